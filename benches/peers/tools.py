"""The tools under test: what each needs, its command, and how its own output is read as an answer.

An answer maps every dropped document's id to the id kept for it, or to "" where the tool names none.
Only `command` is measured; `prepare` lays the corpus out as the tool wants it and `answer` reads what
it left, both outside the measure.
"""

import gzip
import json
import pickle
import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Share of a document that must be marked as seen before for a tool that marks passages to drop it.
MARKED = 0.7


class Tool(ABC):
    """One row of the table."""

    name: str
    #: Lock file under requirements/, and so the virtual environment; None for tools not in Python.
    environment: str | None = None
    #: The recipe, in a few words for the table.
    recipe: str
    #: What stands for a dropped document: "one document", "cluster" or "nothing".
    names: str

    def prepare(self, corpus: Path, folder: Path) -> None:
        """Lays out the corpus; most tools read it as it is."""

    @abstractmethod
    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        """The command to measure; `binary` is the environment's Python or the tool itself."""

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        """Reads answer.tsv, which recipes write that hold the answer in memory anyway."""
        with open(folder / "answer.tsv", encoding="utf-8") as rows:
            return dict(row.rstrip("\n").split("\t") for row in rows)


class Newsmill(Tool):
    name = "newsmill"
    recipe = (
        "`newsmill dedup --templates drop -j 1`: one permutation, 64 bands of 4, every drop proven on the true Jaccard"
    )
    names = "one document"

    options: list[str] = []

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        options = ["--drop-threshold", "0.7", "--templates", "drop", "-j", "1", "--quiet", "--overwrite"]
        return [str(binary), "dedup", str(corpus), "-o", str(folder / "run"), *options, *self.options]

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        with open(folder / "run/duplicates.jsonl", encoding="utf-8") as rows:
            return {row["id"]: row["kept"] for row in map(json.loads, rows)}


class NewsmillLedgers(Newsmill):
    name = "newsmill-ledgers"
    recipe = (
        "the same with `--to none --passages off`: the list of duplicates alone, which is what most others write"
    )
    options = ["--to", "none", "--passages", "off"]


class Script(Tool):
    """A recipe that takes the corpus and the file for its answer."""

    script: str

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        return [str(binary), str(HERE / "recipes" / self.script), str(corpus), str(folder / "answer.tsv")]


class RensaReadme(Script):
    name = "rensa"
    environment = "rensa"
    script = "rensa_readme.py"
    recipe = "README: `RMinHash` a document, LSH 16 × 8, signature ≥ 0.7"
    names = "one document"


class RensaBatch(Script):
    name = "rensa-batch"
    environment = "rensa"
    script = "rensa_batch.py"
    recipe = "batch API: `from_token_sets`, `query_all`, LSH 16 × 8, signature ≥ 0.7"
    names = "one document"


class RensaFlags(Script):
    name = "rensa-flags"
    environment = "rensa"
    script = "rensa_flags.py"
    recipe = "fastest path, that of its benchmark: digest matrix, flags of band-mates, LSH 16 × 8, no check"
    names = "nothing"


class Datasketch(Script):
    name = "datasketch"
    environment = "datasketch"
    script = "datasketch_lsh.py"
    recipe = "`MinHash.generator`, `MinHashLSH` 16 × 8, signature ≥ 0.7"
    names = "one document"


class TextDedup(Tool):
    name = "text-dedup"
    environment = "text-dedup"
    recipe = "`python -m text_dedup.minhash`, 16 × 8, clusters, no check"
    names = "cluster"

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        options = {
            "path": "json", "data_files": str(corpus), "split": "train", "column": "text",
            "cache_dir": str(folder / "cache"), "output": str(folder / "kept"), "num_proc": "1",
            "ngram": "5", "num_perm": "128", "threshold": "0.7", "b": "16", "r": "8",
        }  # fmt: skip
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(binary), "-m", "text_dedup.minhash", *flags, "--debug"]

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        with open(folder / "kept/uf.pkl", "rb") as file:
            parent = PlainUnpickler(file).load().parent
        ids = [doc_id for doc_id, _ in documents(corpus)]

        def root(number: int) -> int:
            while parent[number] != number:
                number = parent[number]
            return number

        return {ids[number]: ids[root(number)] for number in parent if root(number) != number}


class PlainUnpickler(pickle.Unpickler):
    """Reads text-dedup's union-find without text-dedup."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "UnionFind":
            return type("UnionFind", (), {})
        return super().find_class(module, name)


class Datatrove(Tool):
    name = "datatrove"
    environment = "datatrove"
    recipe = "four MinHash stages, `n_grams=5`, 16 buckets × 8, clusters, no check"
    names = "cluster"

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        return [str(binary), str(HERE / "recipes/datatrove_minhash.py"), str(corpus), str(folder / "run")]

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        clusters = folder / "run/clusters"
        removed = {number for (number,) in struct.iter_unpack("<I", (clusters / "000000.remove").read_bytes())}
        cluster_of = dict(struct.iter_unpack("<2I", (clusters / "000000.clusters").read_bytes()))
        kept = {cluster: number for number, cluster in cluster_of.items() if number not in removed}
        ids = [doc_id for doc_id, _ in documents(corpus)]
        return {ids[number]: ids[kept[cluster_of[number]]] for number in removed}


class Dolma(Tool):
    """Marks the paragraphs seen before; a document of which 70 % is marked counts as dropped."""

    environment = "dolma"
    names = "nothing"
    options: list[str]

    def prepare(self, corpus: Path, folder: Path) -> None:
        (folder / "data/documents").mkdir(parents=True)
        with open(corpus, "rb") as rows, gzip.open(folder / "data/documents/docs.jsonl.gz", "wb", 6) as out:
            out.writelines(rows)

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        return [
            str(binary.with_name("dolma")), "dedupe",
            "--documents", str(folder / "data/documents/docs.jsonl.gz"),
            "--dedupe.name", "peers", "--dedupe.paragraphs.attribute_name", "seen", "--dedupe.skip_empty",
            "--bloom_filter.file", str(folder / "bloom.bin"), "--no-bloom_filter.read_only",
            "--bloom_filter.desired_false_positive_rate", "0.00001",
            "--processes", "1", *self.options,
        ]  # fmt: skip

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        with gzip.open(folder / "data/attributes/peers/docs.jsonl.gz", "rt", encoding="utf-8") as rows:
            attributes = {row["id"]: row["attributes"] for row in map(json.loads, rows)}
        return {
            doc_id: ""
            for doc_id, text in documents(corpus)
            if sum(end - start for start, end, _ in attributes[doc_id].get("seen", [])) >= MARKED * len(text)
        }


class DolmaParagraphs(Dolma):
    name = "dolma-paragraphs"
    recipe = "Bloom filter of whole paragraphs; dropped where 70 % is marked"
    options = ["--bloom_filter.estimated_doc_count", "2000000"]


class DolmaNgrams(Dolma):
    name = "dolma-ngrams"
    recipe = "Bloom filter of 13-grams, paragraphs of 80 % seen; dropped where 70 % is marked"
    options = [
        "--bloom_filter.estimated_doc_count", "40000000",
        "--dedupe.paragraphs.by_ngram.ngram_length", "13",
        "--dedupe.paragraphs.by_ngram.stride", "0",
        "--dedupe.paragraphs.by_ngram.overlap_threshold", "0.8",
    ]  # fmt: skip


class Google(Tool):
    name = "google-substrings"
    recipe = "suffix array, repeats of ≥ 100 bytes; dropped where 70 % is marked, every copy alike"
    names = "nothing"

    def prepare(self, corpus: Path, folder: Path) -> None:
        with open(folder / "text", "wb") as out:
            for _, text in documents(corpus):
                # A separator that no text holds keeps repeats from running over the border.
                out.write(text.encode("utf-8") + b"\xff\xff")

    def command(self, corpus: Path, folder: Path, binary: Path) -> list[str]:
        return ["sh", str(HERE / "recipes/google_substrings.sh"), str(binary), str(folder / "text"), str(folder)]

    def answer(self, corpus: Path, folder: Path) -> dict[str, str]:
        ranges = re.findall(r"^(\d+) (\d+)$", (folder / "ranges.txt").read_text(), re.MULTILINE)
        spans = sorted((int(start), int(end)) for start, end in ranges)
        answer: dict[str, str] = {}
        begin, first = 0, 0
        for doc_id, text in documents(corpus):
            length = len(text.encode("utf-8"))
            while first < len(spans) and spans[first][1] <= begin:
                first += 1
            marked, place = 0, first
            while place < len(spans) and spans[place][0] < begin + length:
                marked += min(spans[place][1], begin + length) - max(spans[place][0], begin)
                place += 1
            if marked >= MARKED * length:
                answer[doc_id] = ""
            begin += length + 2
        return answer


def documents(corpus: Path) -> Iterator[tuple[str, str]]:
    """Id and text of each row."""
    with open(corpus, encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            yield row["id"], row["text"]


TOOLS: list[Tool] = [
    Newsmill(), NewsmillLedgers(), RensaReadme(), RensaBatch(), RensaFlags(), Datasketch(), TextDedup(), Datatrove(),
    DolmaParagraphs(), DolmaNgrams(), Google(),
]  # fmt: skip
