"""Steps of a datatrove pipeline."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from conftest import needed

import newsmill

needed("datatrove")

from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.readers import JsonlReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402

from newsmill.datatrove import NewsmillClean, NewsmillDedup  # noqa: E402


def written(folder: Path) -> list[dict]:
    files = sorted(folder.glob("*.jsonl.gz"))
    return [json.loads(line) for path in files for line in gzip.open(path, "rt", encoding="utf-8")]


def test_clean_and_dedup(tmp_path: Path, documents: list[dict[str, str]]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    usable = [document for document in documents if document["text"]]
    (source / "dump.jsonl").write_text("".join(json.dumps(d) + "\n" for d in usable))
    steps = [
        JsonlReader(str(source)),
        NewsmillClean(without="entities"),
        NewsmillDedup(exclusion_writer=JsonlWriter(str(tmp_path / "copies"))),
        JsonlWriter(str(tmp_path / "out")),
    ]
    LocalPipelineExecutor(steps, tasks=1, logging_dir=str(tmp_path / "logs")).run()
    kept, copies = written(tmp_path / "out"), written(tmp_path / "copies")
    texts = newsmill.parse([d["text"] for d in usable])["text"].to_pylist()
    wanted = newsmill.dedup(texts)["kept"].to_pylist()
    assert [row["id"] for row in kept] == [d["id"] for d, keep in zip(usable, wanted) if keep]
    assert len(copies) + len(kept) == len(usable)
    assert {"duplicate_of", "method", "similarity"} <= copies[0]["metadata"].keys()
    assert kept[0]["metadata"]["language"] == "en"
