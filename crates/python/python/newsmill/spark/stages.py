"""The steps from articles to decisions, each a DataFrame to a DataFrame.

An article is known by its *rank*, its place in the order of keeping: an int64, as Spark has no unsigned
numbers. Nothing but counts and the list of hot keys is ever brought to the driver.

=====================  =========================================================================
:func:`read`           files to articles with their sketches, one task a file
:func:`prepare`        the same of a DataFrame of documents
:func:`rank`           adds the ranks
:func:`copies`         articles of the same words
:func:`meetings`       pairs that share a key of a band, or a sampled shingle, counted
:func:`candidates`     those of them that are worth a proof
:func:`prove`          the truth about them, from their texts
:func:`components`     which of them hang together
:func:`decide`         the walk in the order of keeping, within each component
:func:`rows`           article rows and the rows of the ledgers
=====================  =========================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from newsmill import ConfigError, _newsmill

if TYPE_CHECKING:
    Batches = Iterator[pa.RecordBatch]

#: The bit of a rank that says that an article was cut short by its crawler.
TRUNCATED = 1 << 62
#: Rows of one key from which on it is hot: its rows are not brought to one task.
HOT_ROWS = 100_000
#: One article in so many, by a hash of its rank, is asked which keys are hot.
SAMPLED = 64


def _batch(arrow: Any) -> pa.RecordBatch:
    """A batch of the Rust side as one of pyarrow, without a copy."""
    return pa.record_batch(arrow)


def _map(frame: DataFrame, work: Callable[[Batches], Batches], schema: Any) -> DataFrame:
    if not isinstance(schema, (str, StructType)):
        schema = from_arrow_schema(pa.schema(schema))
    return frame.mapInArrow(work, schema)


def read(spark: SparkSession, paths: Sequence[str], config: str) -> DataFrame:
    """Articles of files, each cleaned by itself and sketched; one task a file.

    Every worker must see the files under these paths. Columns: ``doc`` (the place in the input),
    ``place`` (in the order of keeping), ``truncated``, ``id``, ``text``, ``article`` (as Rust stores
    it), the columns of :func:`newsmill.sketch` but ``signature``, and ``rejected``.
    """
    paths = list(paths)

    def work(batches: Batches) -> Batches:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                for made in _newsmill.Articles(paths[number], number, config, 1):
                    yield _batch(made)

    numbers = spark.range(0, len(paths), 1, max(1, len(paths)))
    return _map(numbers, work, _newsmill.articles_schema())


def prepare(
    frame: DataFrame,
    config: str,
    *,
    text: str = "text",
    id: str | None = None,
    metadata: str | None = None,
    media: str = "plain",
) -> DataFrame:
    """As :func:`read`, of documents in a DataFrame, in the order of its partitions."""
    columns = [F.monotonically_increasing_id().alias("doc"), F.col(text).alias("text")]
    columns += [F.col(id).cast("string").alias("id")] if id else []
    columns += [F.col(metadata).alias("metadata")] if metadata else []

    def work(batches: Batches) -> Batches:
        for batch in batches:
            if batch.num_rows == 0:
                continue
            ids = batch.column("id") if id else None
            fields = batch.column("metadata") if metadata else None
            docs = batch.column("doc").to_pylist()
            yield _batch(
                _newsmill.prepare(
                    batch.column("text"), ids, docs, fields, media, "table", config, 1
                )
            )

    return _map(frame.select(columns), work, _newsmill.articles_schema())


def rank(articles: DataFrame, config: str) -> DataFrame:
    """Adds ``rank``: truncated articles behind all whole ones, then by the keep policy, then by
    ``doc``."""
    whole = F.when(F.col("truncated"), F.lit(TRUNCATED)).otherwise(F.lit(0))
    if json.loads(config).get("keep", "input") == "input":
        return articles.withColumn("rank", F.col("doc") + whole)
    # A place in one order of all articles. The counts of the sorted partitions are all that is
    # brought to the driver.
    places = articles.where("rejected is null").select("truncated", "place", "doc")
    places = places.orderBy("truncated", "place", "doc")
    inside = Window.partitionBy("part").orderBy("truncated", "place", "doc")
    places = places.withColumn("part", F.spark_partition_id()).localCheckpoint()
    counts = {row["part"]: row["count"] for row in places.groupBy("part").count().collect()}
    first, before = {}, 0
    for part in sorted(counts):
        first[part] = before
        before += counts[part]
    starts = articles.sparkSession.createDataFrame(
        list(first.items()) or [(0, 0)], "part int, first long"
    )
    places = places.withColumn("inside", F.row_number().over(inside))
    places = places.join(F.broadcast(starts), "part")
    places = places.select("doc", (F.col("first") + F.col("inside") - 1 + whole).alias("rank"))
    return articles.join(places, "doc", "left")


def copies(articles: DataFrame) -> DataFrame:
    """Articles of the same words in the same order as an earlier one: pairs, as :func:`prove` makes
    them, with ``exact`` set."""
    known = articles.where("fingerprint is not null")
    known = known.select("fingerprint", F.struct("rank", "doc", "id", "shingles").alias("own"))
    firsts = known.groupBy("fingerprint").agg(F.min("own").alias("first"), F.count("*").alias("n"))
    pairs = known.join(firsts.where("n > 1"), "fingerprint").where("own.rank > first.rank")
    return pairs.select(
        F.col("own.rank").alias("later"),
        F.col("first.rank").alias("earlier"),
        F.col("own.doc").alias("later_doc"),
        F.col("first.doc").alias("earlier_doc"),
        F.col("own.id").alias("later_id"),
        F.col("first.id").alias("earlier_id"),
        F.col("own.shingles").alias("left_shingles"),
        F.col("first.shingles").alias("right_shingles"),
        F.lit(1.0).alias("jaccard"),
        F.lit(0).cast("byte").alias("inner"),
        F.lit(0.0).alias("share"),
        F.lit(False).alias("template"),
        F.lit(0).cast("long").alias("left_only"),
        F.lit(0).cast("long").alias("right_only"),
        F.lit(True).alias("exact"),
    )


def band_rows(sketches: DataFrame) -> DataFrame:
    """One row an article and band: ``key``, ``rank``."""
    return sketches.select(F.explode("bands").alias("key"), "rank")


def sample_rows(sketches: DataFrame) -> DataFrame:
    """One row an article and sampled shingle: ``key``, ``rank``, ``probe`` (whether it is looked up),
    ``probes`` (how many of the article are)."""
    rows = sketches.select("rank", F.size("sampled").alias("n"), F.posexplode("sampled"))
    return rows.select(
        F.col("col").cast("long").alias("key"),
        "rank",
        (F.col("pos") < 16).alias("probe"),
        F.least("n", F.lit(16)).cast("long").alias("probes"),
    )


def hot_keys(rows: DataFrame, hot_rows: int = HOT_ROWS) -> DataFrame:
    """Keys that very many articles share, told from a sample. What is taken for hot decides how pairs
    are found, never which."""
    rate = max(1, min(SAMPLED, hot_rows // 16))
    sample = rows.where(F.abs(F.xxhash64("rank")) % rate == 0)
    return sample.groupBy("key").count().where(F.col("count") >= hot_rows // rate).select("key")


def meetings(
    rows: DataFrame, kind: str, head: int, hot: DataFrame | None, partitions: int
) -> DataFrame:
    """Pairs of articles that share a key; in a bucket of more than ``head`` each is paired with the
    first ``head`` ones only, as on one machine. ``kind`` is ``bands`` or ``samples``.

    Columns of bands: ``later``, ``earlier``; of samples: ``inner``, ``outer``, ``probes``, and
    ``met``, how often they met. Beside the pairs there are rows that say how many buckets were
    ``capped`` and how large the ``largest`` is, which have no pair.
    """
    pair = ["later", "earlier"] if kind == "bands" else ["inner", "outer", "probes"]
    schema = ", ".join(f"{name} long" for name in [*pair, "capped", "largest", "part"])

    def work(batches: Batches) -> Batches:
        from pyspark import TaskContext

        context = TaskContext.get()
        part = context.partitionId() if context else 0
        buckets = _newsmill.Buckets(head)
        none: list[int | None] = [None]
        for batch in batches:
            found = _batch(buckets.bands(batch) if kind == "bands" else buckets.samples(batch))
            missing = pa.nulls(found.num_rows, pa.int64())
            yield pa.record_batch(
                [*found.columns, missing, missing, missing], [*pair, "capped", "largest", "part"]
            )
        buckets.finish()
        if buckets.largest:
            counts = [[buckets.capped], [buckets.largest], [part]]
            arrays = [pa.array(v, pa.int64()) for v in [*(none for _ in pair), *counts]]
            yield pa.record_batch(arrays, [*pair, "capped", "largest", "part"])

    cold = rows if hot is None else rows.join(F.broadcast(hot), "key", "left_anti")
    cold = cold.repartition(partitions, "key").sortWithinPartitions("key", "rank")
    found = _map(cold, work, schema)
    if hot is not None:
        found = found.unionByName(_hot_meetings(rows, kind, head, hot))
    if kind == "bands":
        return found.distinct()
    return found.groupBy(found.columns).agg(F.count("*").alias("met"))


def _hot_meetings(rows: DataFrame, kind: str, head: int, hot: DataFrame) -> DataFrame:
    """What :func:`meetings` finds in the buckets of hot keys. Their rows stay where they are: only the
    heads of the buckets are gathered, and sent to all."""
    rows = rows.join(F.broadcast(hot), "key", "left_semi")
    place = F.row_number().over(Window.partitionBy("key").orderBy("rank"))
    heads = rows.withColumn("place", place).where(F.col("place") <= head)
    last = heads.groupBy("key").agg(F.max("rank").alias("last"))
    heads = heads.join(last, "key")
    heads = heads.select(
        "key", "last", *(F.col(name).alias(f"head_{name}") for name in rows.columns if name != "key")
    )
    met = rows.join(F.broadcast(heads), "key").where(F.col("rank") > F.col("head_rank"))
    none = [F.lit(None).cast("long").alias(name) for name in ("capped", "largest", "part")]
    counts = rows.groupBy("key").count()
    counts = counts.agg(
        F.count(F.when(F.col("count") > head + 1, 1)).alias("capped"),
        F.max("count").alias("largest"),
        F.lit(-1).cast("long").alias("part"),
    ).where("largest is not null")
    if kind == "bands":
        pairs = met.select(F.col("rank").alias("later"), F.col("head_rank").alias("earlier"), *none)
        return pairs.unionByName(counts, allowMissingColumns=True)
    out = met.where("probe").select(
        F.col("rank").alias("inner"), F.col("head_rank").alias("outer"), "probes", *none
    )
    back = met.where(F.col("head_probe") & (F.col("rank") <= F.col("last"))).select(
        F.col("head_rank").alias("inner"),
        F.col("rank").alias("outer"),
        F.col("head_probes").alias("probes"),
        *none,
    )
    return out.unionByName(back).unionByName(counts, allowMissingColumns=True)


def candidates(
    sketches: DataFrame, bands: DataFrame, samples: DataFrame, config: str
) -> DataFrame:
    """Pairs ``later``, ``earlier`` worth a proof: those of bands by the estimates of their sketches,
    those of samples by how often they met."""
    estimates = sketches.select("rank", "estimate", "shingles")
    pairs = bands.where("later is not null").select("later", "earlier")
    for side, name in (("left", "later"), ("right", "earlier")):
        own = estimates.select(
            F.col("rank").alias(name),
            F.col("estimate").alias(f"{side}_estimate"),
            F.col("shingles").alias(f"{side}_shingles"),
        )
        pairs = pairs.join(own, name)

    def work(batches: Batches) -> Batches:
        for batch in batches:
            wanted = pa.array(_newsmill.promising(batch, config))
            yield batch.select(["later", "earlier"]).filter(wanted)

    similar = _map(pairs, work, "later long, earlier long")
    needed = F.array(*(F.lit(n) for n in _newsmill.probes_needed(config)))
    enough = needed[F.col("probes").cast("int")]
    contained = samples.where("inner is not null").where(F.col("met") >= enough)
    contained = contained.select(
        F.greatest("inner", "outer").alias("later"), F.least("inner", "outer").alias("earlier")
    )
    return similar.unionByName(contained).distinct()


def prove(articles: DataFrame, pairs: DataFrame, config: str) -> DataFrame:
    """The truth about candidate pairs, as :func:`newsmill.verify` tells it, the later one left; those
    from which nothing follows are left out."""
    texts = articles.select("rank", "doc", "id", "text")
    for side in ("later", "earlier"):
        own = texts.select(
            F.col("rank").alias(side),
            *(F.col(name).alias(f"{side}_{name}") for name in ("doc", "id", "text")),
        )
        pairs = pairs.join(own, side)
    known = ["later", "earlier", "later_doc", "earlier_doc", "later_id", "earlier_id"]
    truths = ["left_shingles", "right_shingles", "jaccard", "inner", "share", "template"]
    truths += ["left_only", "right_only"]

    def work(batches: Batches) -> Batches:
        for batch in batches:
            left, right = batch.column("later_text"), batch.column("earlier_text")
            truth = _batch(_newsmill.verify(left, right, config, 1))
            columns = [batch.column(name) for name in known]
            columns += [truth.column(name) for name in truths]
            columns.append(pa.array([False] * batch.num_rows, pa.bool_()))
            made = pa.record_batch(columns, [*known, *truths, "exact"])
            yield made.filter(truth.column("matters"))

    schema = (
        "later long, earlier long, later_doc long, earlier_doc long, later_id string, "
        "earlier_id string, left_shingles long, right_shingles long, jaccard double, inner byte, "
        "share double, template boolean, left_only long, right_only long, exact boolean"
    )
    return _map(pairs.select(*known, "later_text", "earlier_text"), work, schema)


def _forests(edges: DataFrame) -> DataFrame:
    """Each partition's pairs as stars around their smallest nodes: at most one pair a node."""

    def work(batches: Batches) -> Batches:
        whole = [batch for batch in batches if batch.num_rows]
        if whole:
            yield _batch(_newsmill.forest(pa.Table.from_batches(whole)))

    return _map(edges, work, "u long, v long")


def components(
    edges: DataFrame, keep: Callable[[str, DataFrame], DataFrame], most_rounds: int = 40
) -> tuple[DataFrame, int]:
    """Nodes ``u`` and the smallest node ``v`` that hangs together with each, without those themselves;
    and how many rounds it took.

    Large-star and small-star in turns until nothing changes (Kiveris, Lattanzi, Mirrokni, Rastogi and
    Vassilvitskii: "Connected components in MapReduce and beyond", 2014); before each turn every
    partition makes a forest of the pairs it has, which saves rounds and most of the shuffles.
    ``keep`` stores the table of a round under a name and reads it back, so that lineages stay short.
    """
    edges = keep("stars-0", _forests(edges.select(F.col("later").alias("u"), F.col("earlier").alias("v"))))
    before = None
    for number in range(1, most_rounds + 1):
        edges = keep(f"stars-{number}", _small_star(_large_star(edges)))
        now = edges.agg(F.count("*"), F.sum(F.xxhash64("u", "v").cast("decimal(38,0)"))).first()
        if now == before:
            return edges, number
        before = now
    raise RuntimeError(f"the components are not settled after {most_rounds} rounds")


def _large_star(edges: DataFrame) -> DataFrame:
    """Connects each node's larger neighbours with the smallest of its neighbours and itself."""
    both = edges.unionByName(edges.select(F.col("v").alias("u"), F.col("u").alias("v")))
    smallest = both.groupBy("u").agg(F.min("v").alias("m"))
    smallest = smallest.select("u", F.least("u", "m").alias("m"))
    met = both.join(smallest, "u").where(F.col("v") > F.col("u"))
    return _forests(met.select(F.col("v").alias("u"), F.col("m").alias("v")).distinct())


def _small_star(edges: DataFrame) -> DataFrame:
    """Connects each node and its smaller neighbours with the smallest of these."""
    smallest = edges.groupBy("u").agg(F.min("v").alias("m"))
    met = edges.join(smallest, "u")
    moved = met.where(F.col("v") != F.col("m")).select(F.col("v").alias("u"), F.col("m").alias("v"))
    own = smallest.select("u", F.col("m").alias("v"))
    return moved.unionByName(own).distinct()


def decide(pairs: DataFrame, stars: DataFrame, config: str, partitions: int) -> DataFrame:
    """What happens to each article that is in a pair: the columns of :func:`newsmill.dedup`, with the
    rank in ``row``. Each component is walked in one task, by the code of the single machine."""
    roots = stars.select(F.col("u").alias("earlier"), F.col("v").alias("root"))
    whole = pairs.join(roots, "earlier", "left")
    whole = whole.withColumn("root", F.coalesce("root", "earlier"))

    def work(batches: Batches) -> Batches:
        all_batches = [batch for batch in batches if batch.num_rows]
        if all_batches:
            yield _batch(_newsmill.decide(pa.Table.from_batches(all_batches), config))

    schema = (
        "row long, kept boolean, duplicate_of string, method string, similarity double, "
        "added long, dropped long, cluster string, cluster_size long, others array<string>, "
        "related array<struct<id: string, kind: string, similarity: double>>"
    )
    return _map(whole.repartition(partitions, "root"), work, schema)


def rows(articles: DataFrame, decisions: DataFrame, config: str) -> DataFrame:
    """The rows of articles: ``article`` for those kept, ``duplicate`` for the others, and the rows of
    the ledgers ``removed`` and ``repaired``."""
    whole = articles.where("rejected is null").select("rank", "doc", "article")
    whole = whole.join(decisions.withColumnRenamed("row", "rank"), "rank", "left").drop("rank")

    def work(batches: Batches) -> Batches:
        for batch in batches:
            if batch.num_rows:
                yield _batch(_newsmill.rows(batch, config, 1))

    return _map(whole, work, _newsmill.rows_schema())


def check(config: str) -> None:
    """Refuses what a cluster cannot do.

    Raises:
        ConfigError: for the exact join, an index, and articles told apart by their addresses.
    """
    made = json.loads(config)
    across = made.get("across", {})
    if across.get("method") == "exact-join":
        raise ConfigError("method: the exact join is for one machine; use one-permutation or min-hash")
    if across.get("by_identity"):
        raise ConfigError("by_url: addresses are compared on one machine only")
    if made.get("index", {}).get("path"):
        raise ConfigError("index: an index belongs to one machine; read it there")


__all__ = [
    "band_rows",
    "candidates",
    "check",
    "components",
    "copies",
    "decide",
    "hot_keys",
    "meetings",
    "prepare",
    "prove",
    "rank",
    "read",
    "rows",
    "sample_rows",
]
