"""Stages over columns of every library, and what comes of wrong ones."""

from __future__ import annotations

import doctest
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import newsmill
from conftest import needed, story

LINE = "The bridge over the Tamar will stay closed until the spring, the council said.\n"


def test_doctests() -> None:
    results = doctest.testmod(newsmill)
    assert results.attempted > 10 and results.failed == 0


def test_columns_of_every_library() -> None:
    texts = [story(1), None, story(2)]
    want = newsmill.sketch(texts)["fingerprint"].to_pylist()
    assert want[1] is None and want[0] != want[2]
    columns = [("list", texts)]
    needed("pyarrow")
    import pyarrow as pa

    columns.append(("array", pa.array(texts)))
    columns.append(("large", pa.array(texts, pa.large_string())))
    columns.append(("view", pa.array(texts, pa.string_view())))
    columns.append(("chunked", pa.chunked_array([texts[:1], texts[1:]])))
    columns.append(("dictionary", pa.array(texts).dictionary_encode()))
    needed("polars")
    import polars

    columns.append(("polars", polars.Series(texts)))
    for name, column in columns:
        assert newsmill.sketch(column)["fingerprint"].to_pylist() == want, name
    table = pa.table(newsmill.sketch(texts))
    assert table.schema.field("bands").type == pa.list_(pa.field("element", pa.int64(), False))
    assert polars.DataFrame(newsmill.dedup(texts)).height == 3


def test_parse_keeps_places() -> None:
    texts = [LINE + "Engineers found cracks in two of its piers.\n" + LINE, None, b"caf\xe9 au lait"]
    needed("pyarrow")
    import pyarrow as pa

    batch = newsmill.parse(texts[:2], ids=["a", "b"], metadata=['{"date": "2024-05-01"}', "{}"])
    rows = pa.table(batch).to_pylist()
    assert rows[0]["id"] == "a" and rows[0]["text"].count("Tamar") == 1
    assert rows[0]["published"].startswith("2024-05-01") and rows[0]["rejected"] is None
    assert rows[1]["text"] is None and rows[1]["rejected"]["kind"] == "no_text"
    bytes_ = newsmill.parse(pa.array([texts[2]]))
    assert bytes_["text"].to_pylist() == ["café au lait"]
    page = "<html><body><article><h1>Ferry</h1><p>" + story(3) + "</p></article></body></html>"
    assert "Ferry" in newsmill.parse([page], media="html")["text"].to_pylist()[0]
    assert newsmill.parse([])["text"].to_pylist() == []


def test_dedup_follows_keys_and_options() -> None:
    copy = "RIVERTON -- " + story(1)
    texts = [story(1), story(2), copy]
    kept = newsmill.dedup(texts)["kept"].to_pylist()
    assert kept == [True, True, False]
    assert newsmill.dedup(texts, keys=[2, 1, 0])["kept"].to_pylist() == [False, True, True]
    assert newsmill.dedup(texts, drop_threshold=1.5)["kept"].to_pylist() == [True] * 3
    assert newsmill.dedup(texts, config={"across": {"drop_threshold": 1.5}})["kept"].to_pylist() == [True] * 3
    batch = newsmill.dedup(texts, ids=["a", "b", "c"], method="exact-join", threads=1)
    assert batch["duplicate_of"].to_pylist() == [None, None, "a"]
    assert batch["others"].to_pylist() == [["c"], [], []]
    assert (batch["added"][2].as_py(), batch["dropped"][2].as_py()) == (1, 0)


def test_any_number_of_threads_gives_one_answer(documents: list[dict[str, str]]) -> None:
    texts = [row["text"] for row in documents]
    answers = [newsmill.dedup(texts, threads=threads) for threads in (1, 2, 7)]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: newsmill.sketch([1.5]), Exception, ""),
        (lambda: newsmill.dedup(["a"], colour="red"), newsmill.ConfigError, "colour"),
        (lambda: newsmill.dedup(["a"], method="magic"), newsmill.ConfigError, "magic"),
        (lambda: newsmill.dedup(["a"], memory="2 cows"), newsmill.ConfigError, "memory"),
        (lambda: newsmill.dedup(["a"], ids=["x", "y"]), newsmill.ConfigError, "ids"),
        (lambda: newsmill.dedup(["a"], keys=[1, 2]), newsmill.ConfigError, "keys"),
        (lambda: newsmill.verify(["a"], []), newsmill.ConfigError, "right"),
        (lambda: newsmill.parse(["a"], media="film"), newsmill.ConfigError, "film"),
        (lambda: newsmill.sketch(["a"], config={"across": {"bands": 0}}), newsmill.ConfigError, "bands"),
        (lambda: newsmill.Index("/nowhere").stats(), newsmill.ArticleIndexError, "/nowhere"),
        (lambda: newsmill.run("/nowhere/x", "/tmp/never"), newsmill.InputError, "/nowhere/x"),
    ],
)
def test_errors_say_what_and_where(call, error, says) -> None:
    with pytest.raises(error) as raised:
        call()
    assert says in str(raised.value)
    if error is newsmill.ConfigError and says in ("ids", "keys", "right", "media"):
        assert raised.value.place == says


def test_the_lock_is_free_meanwhile() -> None:
    texts = [story(seed, 400) for seed in range(200)]
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.wait(0.002):
            ticks.append(1)

    other = threading.Thread(target=tick)
    other.start()
    newsmill.extract(texts, threads=1)
    done.set()
    other.join()
    assert len(ticks) > 5


def test_ctrl_c_ends_a_call(tmp_path: Path) -> None:
    """A long call in a process of its own is sent SIGINT, and ends as Python code would."""
    code = (
        "import newsmill, sys, time\n"
        "texts = [f'word{i % 7919} of the day {i} was said twice' * 40 for i in range(20_000)]\n"
        "print('begun', flush=True)\n"
        "try:\n"
        "    while True: newsmill.extract(texts, threads=1)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "begun\n"
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        pass
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert (out, process.returncode) == ("interrupted\n", 0)


def test_index_remembers(tmp_path: Path) -> None:
    index = newsmill.Index(tmp_path / "index")
    first = index.dedup([story(1), story(2)], ids=["a", "b"], name="monday")
    assert first["kept"].to_pylist() == [True, True]
    batch = index.dedup(["NOTE " + story(2), story(3)], ids=["c", "d"], add=False)
    assert batch["duplicate_of"].to_pylist() == ["b", None] and len(index) == 2
    index.dedup([story(3)], ids=["d"])
    assert index.merge()["segments"] == 1 and index.verify() == []
    assert [run["name"] for run in index.stats()["runs"]] == ["monday", "python"]
    with pytest.raises(newsmill.ArticleIndexError) as raised:
        index.dedup([story(1)], config={"across": {"rows": 8}})
    assert raised.value.hint


def test_a_run_tells_how_far_it_is(tmp_path: Path, inputs: str) -> None:
    told = []
    out = tmp_path / "RUN"
    manifest = newsmill.run(inputs, out, progress=lambda *news: told.append(news), to="jsonl,parquet")
    tally = manifest["tally"]
    assert tally["read"] == 601 == tally["kept"] + tally["duplicates"] + tally["rejected"]
    assert tally["rejected"] >= 1 and manifest == json.loads((out / "manifest.json").read_text())
    assert [p for p in dict.fromkeys(news[0] for news in told)] == ["read and clean", "find duplicates", "write"]
    with pytest.raises(newsmill.OutputError):
        newsmill.run(inputs, out)
    again = newsmill.run(inputs, out, resume=True, to="jsonl,parquet")
    assert again["tally"] == tally

    def angry(*_: object) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        newsmill.run(inputs, tmp_path / "OTHER", progress=angry)
    assert not (tmp_path / "OTHER" / "manifest.json").exists()


def test_dedup_is_that_of_a_run(tmp_path: Path, inputs: str, documents: list[dict[str, str]]) -> None:
    """The function over columns and `newsmill dedup` over files give the same duplicates."""
    out = tmp_path / "RUN"
    newsmill.run(inputs, out, config={"mode": "verbatim"}, passages="off")
    rows = [json.loads(line) for line in (out / "duplicates.jsonl").read_text().splitlines()]
    want = {row["id"]: (row["kept"], row["method"], row["similarity"], row["cluster"], row["diff"]) for row in rows}
    assert len(want) > 100
    batch = newsmill.dedup([row["text"] for row in documents], ids=[row["id"] for row in documents])
    columns = [batch[name].to_pylist() for name in ("kept", "duplicate_of", "method", "similarity", "cluster", "added", "dropped")]
    got = {
        document["id"]: (of, method, similarity, cluster, {"added": added, "dropped": dropped})
        for document, kept, of, method, similarity, cluster, added, dropped in zip(documents, *columns)
        if not kept
    }
    assert got == want
