"""Spark gives the answer of the single machine, also when a worker dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import newsmill
from conftest import needed, needed_java

needed("pyspark")
needed("pyarrow")
needed_java()

import pyarrow.parquet as pq  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

import newsmill.spark  # noqa: E402
from newsmill.spark.job import SETTINGS  # noqa: E402

ALONE = {"boilerplate": False, "passages": "off"}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Two workers of one core each, processes of their own on loopback."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("newsmill tests")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    builder = builder.config("spark.sql.shuffle.partitions", 4).config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.executor.memory", "1g")
    builder = builder.config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def rows(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one table of a run folder, of one machine or of Spark, by id and place."""
    jsonl = path / f"{name}.jsonl"
    if jsonl.exists():
        found = [json.loads(line) for line in jsonl.read_text(encoding="utf-8").splitlines()]
        for row in found:
            row.get("source", row)["record"] = str(row.get("source", row)["record"])
            if name == "removed" and row["of"]:
                row["of"] = {"start": None, "end": None, "id": None} | row["of"]
    else:
        found = pq.read_table(path / name).to_pylist()
    if name == "removed":
        for row in found:
            row["score"] = row["score"] and round(row["score"], 5)
    for row in found:
        # Only one machine puts the bytes of rejects aside.
        row.pop("payload", None)
    return sorted(found, key=lambda row: (row.get("id", ""), row.get("start", 0), json.dumps(row, default=str)))


def same(one: Path, spark: Path) -> None:
    for name in ("articles", "duplicates", "removed", "repaired", "rejected"):
        assert rows(one, name) == rows(spark, name), name
    books = [json.loads((path / "manifest.json").read_text())["tally"] for path in (one, spark)]
    for key, value in books[1].items():
        assert books[0][key] == value, key


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, inputs: str) -> Path:
    out = tmp_path_factory.mktemp("alone") / "RUN"
    newsmill.run(inputs, out, to="parquet", **ALONE)
    assert len(rows(out, "duplicates")) > 100
    return out


def test_the_same_answer(spark: SparkSession, inputs: str, alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "SPARK"
    manifest = newsmill.spark.run(spark, inputs, str(out))
    same(alone, out)
    assert manifest["balanced"] and not (out / "_work").exists()
    assert newsmill.spark.run(spark, inputs, str(out), resume=True) == manifest
    with pytest.raises(newsmill.OutputError):
        newsmill.spark.run(spark, inputs, str(out))


def test_hot_keys_and_other_policies(spark: SparkSession, inputs: str, tmp_path: Path) -> None:
    """All keys but the rarest are hot, buckets are capped, the longest stays, contained ones go."""
    options = {
        "keep": "longest",
        "contained": "drop",
        "config": {"across": {"bucket_head": 2}},
    }
    one, out = tmp_path / "ONE", tmp_path / "SPARK"
    newsmill.run(inputs, one, to="parquet", **ALONE, **options)
    manifest = newsmill.spark.run(spark, inputs, str(out), hot_rows=4, **options)
    same(one, out)
    search = manifest["search"]
    assert search["bands"]["hot_keys"] > 0 and search["samples"]["hot_keys"] > 0
    assert search["bands"]["capped_buckets"] > 0


def executors(session: SparkSession) -> list[int]:
    """Processes that this session's own JVM has started as executors."""
    driver = session._jvm.java.lang.ProcessHandle.current().pid()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == driver and b"CoarseGrainedExecutorBackend" in command:
            found.append(int(entry.name))
    return found


def test_a_killed_worker_changes_nothing(
    spark: SparkSession, inputs: str, alone: Path, tmp_path: Path
) -> None:
    out, killed = tmp_path / "SPARK", []

    def kill() -> None:
        # Amid the job: once the first tables are there.
        while not (out / "_work" / "sketches" / "_SUCCESS").exists():
            time.sleep(0.02)
        killed.extend(executors(spark)[:1])
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    newsmill.spark.run(spark, inputs, str(out))
    killer.join(10)
    assert len(killed) == 1 and not Path(f"/proc/{killed[0]}/exe").exists()
    same(alone, out)


def test_a_job_that_was_broken_off_goes_on(
    spark: SparkSession, inputs: str, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsmill.spark import stages

    out = tmp_path / "SPARK"
    with monkeypatch.context() as patch:
        patch.setattr(stages, "decide", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            newsmill.spark.run(spark, inputs, str(out))
    with pytest.raises(newsmill.OutputError):
        newsmill.spark.run(spark, inputs, str(out), resume=True, drop_threshold=0.9)
    written = (out / "_work" / "proven" / "_SUCCESS").stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr(stages, "read", lambda *_: 1 / 0)
        newsmill.spark.run(spark, inputs, str(out), resume=True)
    assert written
    same(alone, out)


def test_a_data_frame_of_documents(
    spark: SparkSession, documents: list[dict[str, str]], tmp_path: Path
) -> None:
    frame = spark.createDataFrame([(d["id"], d["text"]) for d in documents], "id string, text string")
    decisions = newsmill.spark.dedup(frame.coalesce(1), work=str(tmp_path / "work"))
    got = {row["id"]: (row["duplicate_of"], row["similarity"]) for row in decisions.where("not kept").collect()}
    batch = newsmill.dedup([d["text"] for d in documents], ids=[d["id"] for d in documents])
    columns = zip(*(batch[name].to_pylist() for name in ("kept", "duplicate_of", "similarity")))
    want = {d["id"]: (of, similarity) for d, (kept, of, similarity) in zip(documents, columns) if not kept}
    assert got == want


@pytest.mark.parametrize("options", [{"method": "exact-join"}, {"by_url": True}, {"index": "seen"}])
def test_what_only_one_machine_does_is_refused(
    spark: SparkSession, inputs: str, tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(newsmill.ConfigError):
        newsmill.spark.run(spark, inputs, str(tmp_path / "OUT"), **options)


def test_from_the_command_line(inputs: str, alone: Path, tmp_path: Path) -> None:
    out = tmp_path / "SPARK"
    command = [sys.executable, "-m", "newsmill.spark", inputs, "-o", str(out), "--master", "local[2]"]
    command += ["--conf", "spark.ui.enabled=false", "--partitions", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-3000:]
    same(alone, out)
