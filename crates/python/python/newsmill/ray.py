"""newsmill on Ray Data: the same Rust over blocks of Arrow, the decisions on the driver.

The texts stay where they are; to the driver come the proven pairs (some 150 bytes each), from which it
decides for all, by the code of the single machine and with its answer. That fits for some 10⁸ pairs;
beyond that there is :mod:`newsmill.spark`.

    import newsmill.ray, ray

    documents = ray.data.read_parquet("dump/")
    articles = newsmill.ray.parse(documents)
    kept = newsmill.ray.without_copies(articles)

Needs ``pip install "newsmill[ray]"`` on every node.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import ray.data
from ray.data import Dataset

from newsmill import _newsmill
from newsmill._config import configuration

#: Blocks in which keys are brought together.
PARTS = 16


def _table(arrow: Any) -> pa.Table:
    return pa.table(arrow)


def parse(documents: Dataset, *, text: str = "text", id: str | None = None, **options: Any) -> Dataset:
    """:func:`newsmill.parse` over a dataset: article rows, and ``rejected`` where a document is none."""
    config = configuration(options.pop("config", None), options)

    def work(block: pa.Table) -> pa.Table:
        names = block[id].cast(pa.string()) if id else None
        return _table(_newsmill.parse(block[text], names, None, "plain", "table", config, 1))

    return documents.map_batches(work, batch_format="pyarrow")


def sketch(documents: Dataset, *, text: str = "text", **options: Any) -> Dataset:
    """:func:`newsmill.sketch` over a dataset: its columns beside those there are."""
    config = configuration(options.pop("config", None), options)

    def work(block: pa.Table) -> pa.Table:
        made = _table(_newsmill.sketch(block[text], config, 1))
        for name in made.column_names:
            block = block.append_column(name, made[name])
        return block

    return documents.map_batches(work, batch_format="pyarrow")


def dedup(
    documents: Dataset, *, text: str = "text", id: str = "id", parts: int = PARTS, **options: Any
) -> pa.Table:
    """:func:`newsmill.dedup` over a dataset: one row for each document that is like another one, with
    the columns of :func:`newsmill.dedup`, ``row`` being its place in the dataset. A document without a
    row is kept, alone. Of two copies that one is kept which comes first in the dataset."""
    config = configuration(options.pop("config", None), options)
    head = int(json.loads(config).get("across", {}).get("bucket_head", 64))
    sketched = _numbered(documents, text, id, config).materialize()

    copies = _copies(sketched)
    dropped = pa.array(copies["later"].to_pylist(), pa.int64())

    def firsts(block: pa.Table) -> pa.Table:
        wanted = pc.invert(pc.is_in(block["rank"], dropped))
        return block.filter(pc.and_(wanted, pc.greater(block["shingles"], 0)))

    unique = sketched.map_batches(firsts, batch_format="pyarrow").materialize()
    pairs = _candidates(unique, config, head, parts)
    if len(pairs) == 0 and len(copies) == 0:
        return _table(_newsmill.decide(copies.slice(0, 0), config))
    proven = _proven(unique, pairs, config, parts) if len(pairs) else []
    whole = pa.concat_tables([copies, *proven], promote_options="permissive")
    return _table(_newsmill.decide(whole, config))


def without_copies(documents: Dataset, *, id: str = "id", **options: Any) -> Dataset:
    """The documents that :func:`dedup` keeps. Their ids must be different ones."""
    decisions = dedup(documents, id=id, **options)
    names = documents.select_columns([id]).to_arrow_refs()
    ids = pa.concat_tables(ray.get(names))[id].cast(pa.string())
    rows = decisions.filter(pc.invert(decisions["kept"]))["row"]
    dropped = ids.take(rows).combine_chunks()

    def work(block: pa.Table) -> pa.Table:
        return block.filter(pc.invert(pc.is_in(block[id].cast(pa.string()), dropped)))

    return documents.map_batches(work, batch_format="pyarrow")


def _numbered(documents: Dataset, text: str, id: str, config: str) -> Dataset:
    """Sketches with the places of the documents in the dataset as ranks."""
    blocks = documents.select_columns(list(dict.fromkeys([id, text]))).materialize()
    refs = blocks.to_arrow_refs()
    firsts, before = [], 0
    for rows in ray.get([_rows.remote(ref) for ref in refs]):
        firsts.append(before)
        before += rows
    return ray.data.from_arrow_refs(
        [_sketched.remote(ref, first, text, id, config) for ref, first in zip(refs, firsts)]
    )


@ray.remote
def _rows(block: pa.Table) -> int:
    return int(block.num_rows)


@ray.remote
def _sketched(block: pa.Table, first: int, text: str, id: str, config: str) -> pa.Table:
    made = _table(_newsmill.sketch(block[text], config, 1)).drop_columns(["signature"])
    ranks = pa.array(range(first, first + block.num_rows), pa.int64())
    made = made.append_column("rank", ranks)
    made = made.append_column("id", block[id].cast(pa.string()))
    return made.append_column("text", block[text].cast(pa.string()))


def _copies(sketched: Dataset) -> pa.Table:
    """Texts of the same words, told on the driver by 24 bytes a text."""
    columns = ["fingerprint", "rank", "id", "shingles"]
    known = pa.concat_tables(ray.get(sketched.select_columns(columns).to_arrow_refs()))
    known = known.filter(pc.is_valid(known["fingerprint"]))
    firsts = known.group_by("fingerprint").aggregate([("rank", "min"), ("rank", "count")])
    firsts = firsts.filter(pc.greater(firsts["rank_count"], 1))
    own = known.join(firsts, "fingerprint", join_type="inner")
    named = known.select(["rank", "id", "shingles"]).rename_columns(["rank_min", "first_id", "size"])
    own = own.join(named, "rank_min", join_type="inner")
    own = own.filter(pc.greater(own["rank"], own["rank_min"])).sort_by("rank")
    zero, rows = pa.scalar(0, pa.int64()), own.num_rows
    return pa.table(
        {
            "later": own["rank"],
            "earlier": own["rank_min"],
            "later_doc": own["rank"],
            "earlier_doc": own["rank_min"],
            "later_id": own["id"],
            "earlier_id": own["first_id"],
            "left_shingles": own["shingles"],
            "right_shingles": own["size"],
            "jaccard": pa.repeat(1.0, rows),
            "inner": pa.repeat(pa.scalar(0, pa.int8()), rows),
            "share": pa.repeat(0.0, rows),
            "template": pa.repeat(False, rows),
            "left_only": pa.repeat(zero, rows),
            "right_only": pa.repeat(zero, rows),
            "exact": pa.repeat(True, rows),
        }
    )


def _met(unique: Dataset, kind: str, head: int, parts: int) -> Dataset:
    """Pairs that share a key: rows of keys are brought together by the key's remainder."""

    def keys(block: pa.Table) -> pa.Table:
        lists = block["bands" if kind == "bands" else "sampled"].combine_chunks()
        parents = pc.list_parent_indices(lists)
        key = pc.list_flatten(lists).cast(pa.int64())
        rank = block["rank"].combine_chunks().take(parents)
        part = pc.bit_wise_and(pc.bit_wise_xor(key, pc.shift_right(key, 16)), parts - 1)
        columns = {"key": key, "rank": rank, "part": part}
        if kind == "samples":
            sizes = pc.list_value_length(lists)
            starts = pc.subtract(pc.cumulative_sum(sizes), sizes)
            own = pa.array(range(len(key)), pa.int64())
            place = pc.subtract(own, starts.take(parents).cast(pa.int64()))
            columns["probe"] = pc.less(place, 16)
            columns["probes"] = pc.min_element_wise(sizes, 16).cast(pa.int64()).take(parents)
        return pa.table(columns)

    def meet(rows: pa.Table) -> pa.Table:
        rows = rows.sort_by([("key", "ascending"), ("rank", "ascending")])
        buckets = _newsmill.Buckets(head)
        found = buckets.bands(rows) if kind == "bands" else buckets.samples(rows)
        table = _table(found)
        if kind == "bands":
            return table.group_by(["later", "earlier"]).aggregate([])
        return table.group_by(["inner", "outer", "probes"]).aggregate([([], "count_all")])

    rows = unique.select_columns(["rank", "bands" if kind == "bands" else "sampled"])
    rows = rows.map_batches(keys, batch_format="pyarrow")
    return rows.groupby("part").map_groups(meet, batch_format="pyarrow")


def _driver(found: Dataset) -> pa.Table:
    tables = [table for table in ray.get(found.to_arrow_refs()) if table.num_rows]
    return pa.concat_tables(tables) if tables else pa.table({})


def _candidates(unique: Dataset, config: str, head: int, parts: int) -> pa.Table:
    """Pairs worth a proof, on the driver."""
    bands = _driver(_met(unique, "bands", head, parts))
    samples = _driver(_met(unique, "samples", head, parts))
    pairs = []
    if bands.num_rows:
        bands = bands.group_by(["later", "earlier"]).aggregate([])
        estimates = pa.concat_tables(
            ray.get(unique.select_columns(["rank", "estimate", "shingles"]).to_arrow_refs())
        ).combine_chunks()
        table = bands
        for side, name in (("left", "later"), ("right", "earlier")):
            at = pc.index_in(bands[name], estimates["rank"])
            for column in ("estimate", "shingles"):
                table = table.append_column(f"{side}_{column}", estimates[column].take(at))
        wanted = pa.array(_newsmill.promising(table.combine_chunks(), config))
        pairs.append(bands.filter(wanted).select(["later", "earlier"]))
    if samples.num_rows:
        keys = ["inner", "outer", "probes"]
        met = samples.group_by(keys).aggregate([("count_all", "sum")])
        needed = pa.array(_newsmill.probes_needed(config)).take(met["probes"])
        met = met.filter(pc.greater_equal(met["count_all_sum"], needed))
        later = pc.max_element_wise(met["inner"], met["outer"])
        earlier = pc.min_element_wise(met["inner"], met["outer"])
        pairs.append(pa.table({"later": later, "earlier": earlier}))
    if not pairs:
        return pa.table({"later": pa.array([], pa.int64()), "earlier": pa.array([], pa.int64())})
    return pa.concat_tables(pairs).group_by(["later", "earlier"]).aggregate([])


def _proven(unique: Dataset, pairs: pa.Table, config: str, parts: int) -> list[pa.Table]:
    """The truth about pairs, from the texts where they are."""
    texts = unique.select_columns(["rank", "id", "text"])
    found = ray.data.from_arrow(pairs).repartition(parts)
    for side in ("later", "earlier"):
        own = texts.rename_columns({"rank": side, "id": f"{side}_id", "text": f"{side}_text"})
        found = found.join(own, join_type="inner", num_partitions=parts, on=(side,))

    def prove(block: pa.Table) -> pa.Table:
        truth = _table(_newsmill.verify(block["later_text"], block["earlier_text"], config, 1))
        made = block.select(["later", "earlier", "later_id", "earlier_id"])
        made = made.append_column("later_doc", block["later"])
        made = made.append_column("earlier_doc", block["earlier"])
        for name in truth.column_names:
            made = made.append_column(name, truth[name])
        made = made.append_column("exact", pa.repeat(False, made.num_rows))
        return made.filter(truth["matters"]).drop_columns(["matters"])

    proven = _driver(found.map_batches(prove, batch_format="pyarrow"))
    return [proven] if proven.num_rows else []
