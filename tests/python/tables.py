"""Opens what `newsmill run --to jsonl,parquet,markdown,csv,wet,dolma,newsarticle` wrote with the tools
people have for it, and fails where they do not all read the same articles: python tables.py RUN"""

import gzip
import io
import json
import sys
import tempfile
from pathlib import Path

import datasets
import duckdb
import pandas
import polars
import yaml
import zstandard
from warcio.archiveiterator import ArchiveIterator


def main() -> None:
    run = Path(sys.argv[1])
    rows = [row for part in parts(run, "articles/*.jsonl.zst") for row in json_lines(part)]
    assert rows, "no articles"
    checks = [in_duckdb, in_polars, in_pandas, in_datasets, as_csv, as_wet, as_dolma, as_json_ld, as_markdown]
    for check in checks:
        check(run, rows)
        print(f"{check.__name__}: {len(rows)} articles")


def parts(run: Path, pattern: str) -> list[Path]:
    found = sorted(run.glob(pattern))
    assert found, pattern
    return found


def json_lines(part: Path) -> list[dict]:
    data = part.read_bytes()
    if part.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    else:
        data = gzip.decompress(data)
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def parquet(run: Path) -> list[str]:
    return [str(part) for part in parts(run, "articles/*.parquet")]


def nested(row: dict) -> list:
    """The fields that every reader of Parquet must have alike, as plain values."""
    plain = ["id", "text", "title", "published", "url", "lead"]
    lists = [("blocks", "kind"), ("links", "url"), ("quotes", "text"), ("quotes", "speaker"), ("entities", "kind")]
    told = row["inferred"]
    if isinstance(told, dict):
        told = [{"field": field, **entry} for field, entry in sorted(told.items())]
    metadata = row["metadata"]
    return (
        [none(row[name]) for name in plain]
        + [[none(entry[name]) for entry in row[field]] for field, name in lists]
        + [None if row["byline"] is None else list(row["byline"])]
        + [list(row["keywords"])]
        + [row["source"]["path"], str(row["source"]["record"]), row["source"]["offset"]]
        + [sorted((entry["field"], entry["value"], none(entry["start"])) for entry in told)]
        + [None if row["cluster"] is None else [row["cluster"]["size"], list(row["cluster"]["others"])]]
        + [json.loads(metadata) if isinstance(metadata, str) else metadata]
    )


def none(value):
    """pandas tells a missing value by a number that is none."""
    return None if value is None or value != value else value


def same(read: list[dict], rows: list[dict]) -> None:
    assert len(read) == len(rows), (len(read), len(rows))
    for got, want in zip(read, rows):
        assert nested(got) == nested(want), want["id"]


def in_duckdb(run: Path, rows: list[dict]) -> None:
    files = parquet(run)
    table = duckdb.sql("SELECT * FROM read_parquet($files)", params={"files": files})
    names = table.columns
    same([dict(zip(names, row)) for row in table.fetchall()], rows)
    links = "SELECT count(*) FROM (SELECT unnest(links) AS link FROM read_parquet($files)) WHERE link.url LIKE 'http%'"
    counted = duckdb.sql(links, params={"files": files}).fetchall()[0][0]
    assert counted == sum(link["url"].startswith("http") for row in rows for link in row["links"])
    # The same over CSV and JSON Lines, which it tells by content.
    for pattern in ["articles/*.csv", "articles/*.jsonl.zst"]:
        every = [str(part) for part in parts(run, pattern)]
        reader = "read_csv" if pattern.endswith("csv") else "read_json"
        more = ", max_line_size=100000000" if reader == "read_csv" else ", format='newline_delimited'"
        query = f"SELECT count(*) FROM {reader}($files{more})"
        assert duckdb.sql(query, params={"files": every}).fetchall()[0][0] == len(rows), pattern


def in_polars(run: Path, rows: list[dict]) -> None:
    same(polars.read_parquet(parquet(run)).to_dicts(), rows)
    kinds = polars.scan_parquet(parquet(run)).select(polars.col("blocks").list.len().sum()).collect().item()
    assert kinds == sum(len(row["blocks"]) for row in rows)


def in_pandas(run: Path, rows: list[dict]) -> None:
    read = pandas.concat([pandas.read_parquet(part) for part in parquet(run)])
    same(read.to_dict("records"), rows)


def in_datasets(run: Path, rows: list[dict]) -> None:
    with tempfile.TemporaryDirectory() as cache:
        read = datasets.load_dataset("parquet", data_files=parquet(run), split="train", cache_dir=cache)
        same(list(read), rows)


def as_csv(run: Path, rows: list[dict]) -> None:
    read = pandas.concat(
        [pandas.read_csv(part, keep_default_na=False) for part in parts(run, "articles/*.csv")]
    )
    assert len(read) == len(rows)
    for got, want in zip(read.to_dict("records"), rows):
        assert str(got["id"]).removeprefix("'") == want["id"].removeprefix("'")
        assert got["text"].removeprefix("'").splitlines() == want["text"].removeprefix("'").splitlines(), want["id"]
        assert json.loads(got["links"]) == want["links"]


def as_wet(run: Path, rows: list[dict]) -> None:
    texts = []
    for part in parts(run, "wet/*.warc.wet.gz"):
        with part.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "conversion":
                    texts.append(record.content_stream().read().decode())
    assert texts == [row["text"] for row in rows]


def as_dolma(run: Path, rows: list[dict]) -> None:
    documents, attributes = parts(run, "documents/*"), parts(run, "attributes/newsmill/*")
    assert [part.name for part in documents] == [part.name for part in attributes]
    read = [row for part in documents for row in json_lines(part)]
    beside = [row for part in attributes for row in json_lines(part)]
    assert [row["id"] for row in read] == [row["id"] for row in beside] == [row["id"] for row in rows]
    for document, marks, row in zip(read, beside, rows):
        assert document["text"] == row["text"]
        quotes = marks["attributes"].get("newsmill__quote__speaker", [])
        assert [document["text"][start:end] for start, end, _ in quotes] == [q["text"] for q in row["quotes"]]


def as_json_ld(run: Path, rows: list[dict]) -> None:
    read = [row for part in parts(run, "newsarticle/*") for row in json_lines(part)]
    assert [row["articleBody"] for row in read] == [row["text"] for row in rows]


def as_markdown(run: Path, rows: list[dict]) -> None:
    documents = parts(run, "md/*.md")
    assert len(documents) == len(rows)
    for document, row in zip(documents, rows):
        front = yaml.safe_load(document.read_text().split("---\n")[1])
        assert (front["id"], front.get("title")) == (row["id"], row["title"])
        assert front["source"]["path"] == row["source"]["path"]


if __name__ == "__main__":
    main()
