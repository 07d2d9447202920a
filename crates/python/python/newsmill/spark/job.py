"""Whole jobs: a run from files to files, and decisions about a DataFrame."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from newsmill import OutputError, __version__
from newsmill._config import configuration

from . import stages

#: Settings of a session that the job is made for; those that are set already stay.
SETTINGS = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "8192",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64 << 20),
}


class Tables:
    """Tables between the steps, as Parquet in a folder: what is finished is taken over by a job that
    goes on, and what a lost worker held is read again and not computed again."""

    def __init__(self, spark: SparkSession, folder: str, *, goes_on: bool) -> None:
        self.spark = spark
        self.folder = folder.rstrip("/")
        self.goes_on = goes_on

    def keep(self, name: str, made: DataFrame | Callable[[], DataFrame]) -> DataFrame:
        """The table ``name``: written, or as it was finished before."""
        path = f"{self.folder}/{name}"
        if not (self.goes_on and Files(self.spark).exists(f"{path}/_SUCCESS")):
            frame = made() if callable(made) else made
            frame.write.mode("overwrite").parquet(path)
        return self.spark.read.parquet(path)


class Files:
    """Small files on whatever file system Spark knows."""

    def __init__(self, spark: SparkSession) -> None:
        self.jvm: Any = spark._jvm  # noqa: SLF001
        self.settings: Any = spark._jsc.hadoopConfiguration()  # type: ignore[union-attr]  # noqa: SLF001

    def _place(self, path: str) -> tuple[Any, Any]:
        place = self.jvm.org.apache.hadoop.fs.Path(path)
        return place.getFileSystem(self.settings), place

    def exists(self, path: str) -> bool:
        system, place = self._place(path)
        return bool(system.exists(place))

    def delete(self, path: str) -> None:
        system, place = self._place(path)
        system.delete(place, True)

    def read(self, path: str) -> str:
        system, place = self._place(path)
        stream = system.open(place)
        try:
            return str(self.jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
        finally:
            stream.close()

    def write(self, path: str, text: str) -> None:
        """The file appears whole: under another name first."""
        system, place = self._place(path)
        _, draft = self._place(path + ".draft")
        stream = system.create(draft, True)
        stream.write(bytearray(text, "utf-8"))
        stream.close()
        system.delete(place, False)
        system.rename(draft, place)


def settle(spark: SparkSession) -> None:
    """Gives a session the settings of :data:`SETTINGS` that it does not have."""
    for name, value in SETTINGS.items():
        if spark.conf.get(name, None) in (None, "false", "-1", "snappy", "10000", str(2**63 - 1)):
            spark.conf.set(name, value)


def dedup(
    frame: DataFrame,
    *,
    work: str,
    text: str = "text",
    id: str | None = "id",
    hot_rows: int = stages.HOT_ROWS,
    partitions: int | None = None,
    config: Any = None,
    **options: Any,
) -> DataFrame:
    """Which articles of a DataFrame are copies: :func:`newsmill.dedup` on a cluster.

    Args:
        frame: one row a document; their order is that of the partitions.
        work: a folder that every worker sees, for the tables between the steps; to be deleted when
            the answer has been used.
        text, id: columns. Without ``id`` documents are called by a hash of content and place.

    Returns:
        One row a document that is like another one: ``id`` and the columns of :func:`newsmill.dedup`
        but ``row``. A document that is not in it is kept, alone.
    """
    made = json.loads(configuration(config, options))
    made["mode"] = "verbatim"
    config_json = json.dumps(made)
    stages.check(config_json)
    spark = frame.sparkSession
    tables = Tables(spark, work, goes_on=False)
    articles = tables.keep(
        "articles", stages.rank(stages.prepare(frame, config_json, text=text, id=id), config_json)
    )
    decisions, _ = decided(tables, articles, config_json, hot_rows, partitions)
    names = articles.select(F.col("rank").alias("row"), "id")
    return decisions.join(names, "row").drop("row")


def decided(
    tables: Tables,
    articles: DataFrame,
    config: str,
    hot_rows: int,
    partitions: int | None,
) -> tuple[DataFrame, dict[str, Any]]:
    """Decisions about ranked articles, and what is told of the search in the manifest."""
    spark = articles.sparkSession
    partitions = partitions or int(spark.conf.get("spark.sql.shuffle.partitions") or 200)
    across = json.loads(config).get("across", {})
    head = int(across.get("bucket_head", 64))
    articles = articles.where("rejected is null")
    copies = tables.keep("copies", lambda: stages.copies(articles))
    duplicates = copies.select(F.col("later").alias("rank"))
    sketched = ("rank", "doc", "shingles", "bands", "estimate", "sampled")
    sketches = tables.keep(
        "sketches",
        lambda: articles.where("shingles > 0").select(*sketched).join(duplicates, "rank", "left_anti"),
    )
    found, report = {}, {}
    for kind, rows in (
        ("bands", stages.band_rows(sketches)),
        ("samples", stages.sample_rows(sketches)),
    ):
        hot = tables.keep(f"hot-{kind}", lambda rows=rows: stages.hot_keys(rows, hot_rows).repartition(1))
        keys = hot.count()
        found[kind] = tables.keep(
            f"met-{kind}",
            lambda kind=kind, rows=rows, hot=hot if keys else None: stages.meetings(
                rows, kind, head, hot, partitions
            ),
        )
        counts = found[kind].where("largest is not null")
        counts = counts.agg(F.sum("capped"), F.max("largest")).first()
        capped, largest = counts or (0, 0)
        report[kind] = {"hot_keys": keys, "capped_buckets": capped or 0, "largest_bucket": largest or 0}
    candidates = tables.keep(
        "candidates",
        lambda: stages.candidates(sketches, found["bands"], found["samples"], config),
    )
    proven = tables.keep("proven", lambda: stages.prove(articles, candidates, config))
    pairs = proven.unionByName(copies)
    stars, rounds = stages.components(pairs, tables.keep)
    decisions = tables.keep("decisions", lambda: stages.decide(pairs, stars, config, partitions))
    report |= {"candidates": candidates.count(), "proven": proven.count(), "star_rounds": rounds}
    return decisions, report


def run(
    spark: SparkSession,
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    output: str,
    *,
    resume: bool = False,
    overwrite: bool = False,
    hot_rows: int = stages.HOT_ROWS,
    partitions: int | None = None,
    config: Any = None,
    **options: Any,
) -> dict[str, Any]:
    """A whole run: files in, Parquet out, the manifest back.

    As ``newsmill run --no-boilerplate --passages off``: lines and passages that recur over articles are
    looked for on one machine only. ``output`` gets the folders ``articles``, ``duplicates``,
    ``removed``, ``repaired`` and ``rejected``, whose columns are the fields of the rows of a run folder,
    and ``manifest.json``, written last; rows are in no order.

    Args:
        inputs: files, folders and globs as the driver sees them; the workers must see the same. One
            task reads one file, so there should be several times as many files as cores.
        output: a folder every worker can write to.
        resume: go on with a job that was broken off: finished tables are taken over.
        hot_rows: rows of one key from which on they are not brought to one task.
        partitions: of the shuffles; ``spark.sql.shuffle.partitions``, if nothing is given.
        config, options: as for :func:`newsmill.run`.

    Raises:
        ConfigError: for settings that only one machine knows, and a folder that holds another job.
    """
    made = json.loads(configuration(config, options))
    made.setdefault("boilerplate", {})["enabled"] = False
    made.setdefault("passages", {})["what"] = "off"
    config_json = json.dumps(made, sort_keys=True)
    stages.check(config_json)
    settle(spark)
    files, output = Files(spark), str(output).rstrip("/")
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    paths = _files([os.fspath(path) for path in inputs])
    home = f"{output}/_work"
    job = {"newsmill": __version__, "configuration": made, "inputs": paths}
    print_of_job = hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()
    finished = f"{output}/manifest.json"
    if files.exists(finished) and not overwrite:
        manifest: dict[str, Any] = json.loads(files.read(finished))
        if resume and manifest.get("job") == print_of_job:
            return manifest
        raise OutputError(f"{output} holds a finished run; choose another folder, or overwrite it")
    if files.exists(f"{home}/job") and not overwrite:
        if not resume or files.read(f"{home}/job") != print_of_job:
            raise OutputError(f"{output} holds another job, or one to be resumed")
    else:
        files.delete(finished)
        files.delete(home)
        files.write(f"{home}/job", print_of_job)
    tables = Tables(spark, home, goes_on=resume)
    articles = tables.keep(
        "articles", lambda: stages.rank(stages.read(spark, paths, config_json), config_json)
    )
    decisions, report = decided(tables, articles, config_json, hot_rows, partitions)
    rows = tables.keep("rows", lambda: stages.rows(articles, decisions, config_json))
    written = {
        "articles": rows.where("article is not null").select("article.*"),
        "duplicates": rows.where("duplicate is not null").select("duplicate.*"),
        "removed": rows.select(F.explode("removed").alias("row")).select("row.*"),
        "repaired": rows.select(F.explode("repaired").alias("row")).select("row.*"),
        "rejected": articles.where("rejected is not null").select("rejected.*"),
    }
    for name, frame in written.items():
        frame.write.mode("overwrite").parquet(f"{output}/{name}")
    tally = _tally(articles, rows)
    manifest = {
        "newsmill": __version__,
        "engine": {"spark": spark.version, "application": spark.sparkContext.applicationId},
        "job": print_of_job,
        "configuration": made,
        "inputs": [{"path": path} for path in paths],
        "tally": tally,
        "search": report,
        "balanced": tally["read"] == tally["kept"] + tally["duplicates"] + tally["rejected"],
    }
    if not manifest["balanced"]:
        raise OutputError(f"the books do not balance: {tally}; this is a bug, please report it")
    files.write(finished, json.dumps(manifest, indent=2) + "\n")
    files.delete(home)
    return manifest


def _files(inputs: Sequence[str]) -> list[str]:
    """The files that arguments stand for, in the order of a run on one machine."""
    from newsmill import _newsmill

    return _newsmill.inputs(list(inputs))


def _tally(articles: DataFrame, rows: DataFrame) -> dict[str, Any]:
    counts = articles.agg(F.count("*"), F.count("rejected")).first() or (0, 0)
    fates = rows.agg(F.count("article"), F.count("duplicate")).first() or (0, 0)
    entries = rows.select(F.explode("tally").alias("entry"))
    sums = {
        row["name"]: row["value"]
        for row in entries.groupBy("entry.name").agg(F.sum("entry.value").alias("value")).collect()
    }
    removed = {name.removeprefix("removed_"): n for name, n in sums.items() if name.startswith("removed_")}
    plain = ("text_bytes", "kept_bytes", "layout_bytes", "replacement_characters")
    return {
        "read": counts[0],
        "kept": fates[0],
        "duplicates": fates[1],
        "rejected": counts[1],
        **{name: sums.get(name, 0) for name in plain},
        "removed_bytes": dict(sorted(removed.items())),
    }


__all__ = ["Files", "Tables", "decided", "dedup", "run", "settle"]
