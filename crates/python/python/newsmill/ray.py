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

import numpy
import pyarrow as pa
import pyarrow.compute as pc
import ray.data
from ray.data import Dataset

from newsmill import _newsmill
from newsmill._config import configuration

#: Tasks in which keys are brought together: a power of two.
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
    row is kept, alone. Of two copies that one is kept which comes first in the dataset. Keys are
    brought together in ``parts`` tasks."""
    config = configuration(options.pop("config", None), options)
    head = int(json.loads(config).get("across", {}).get("bucket_head", 64))
    blocks, firsts = _numbered(documents, text, id, config)
    copies = _copies(blocks)
    unique = [_unique.remote(block, copies["later"]) for block in blocks]
    pairs = _candidates(unique, config, head, parts)
    proven = _proven(blocks, firsts, pairs, config)
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


def _numbered(documents: Dataset, text: str, id: str, config: str) -> tuple[list[Any], list[int]]:
    """Blocks of sketches with the places of the documents in the dataset as ranks, and the first
    place of each."""
    refs = documents.select_columns(list(dict.fromkeys([id, text]))).to_arrow_refs()
    firsts, before = [], 0
    for rows in ray.get([_rows.remote(ref) for ref in refs]):
        firsts.append(before)
        before += rows
    blocks = [_sketched.remote(ref, first, text, id, config) for ref, first in zip(refs, firsts)]
    return blocks, firsts


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


@ray.remote
def _unique(block: pa.Table, dropped: pa.ChunkedArray) -> pa.Table:
    """The sketches that take part in the search: not those of copies and of texts without words."""
    wanted = pc.invert(pc.is_in(block["rank"], dropped))
    block = block.filter(pc.and_(wanted, pc.greater(block["shingles"], 0)))
    return block.select(["rank", "shingles", "bands", "estimate", "sampled"])


@ray.remote
def _some(block: pa.Table, columns: list[str]) -> pa.Table:
    return block.select(columns)


def _copies(blocks: list[Any]) -> pa.Table:
    """Texts of the same words, told on the driver by 24 bytes a text."""
    columns = ["fingerprint", "rank", "id", "shingles"]
    known = pa.concat_tables(ray.get([_some.remote(block, columns) for block in blocks]))
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


@ray.remote
def _keys(block: pa.Table, kind: str, parts: int) -> Any:
    """The rows of keys of a block, in as many tables as there are parts."""
    lists = block["bands" if kind == "bands" else "sampled"].combine_chunks()
    parents = pc.list_parent_indices(lists)
    key = pc.list_flatten(lists).cast(pa.int64())
    columns = {"key": key, "rank": block["rank"].combine_chunks().take(parents)}
    if kind == "samples":
        sizes = pc.list_value_length(lists)
        starts = pc.subtract(pc.cumulative_sum(sizes), sizes)
        own = pa.array(range(len(key)), pa.int64())
        place = pc.subtract(own, starts.take(parents).cast(pa.int64()))
        columns["probe"] = pc.less(place, 16)
        columns["probes"] = pc.min_element_wise(sizes, 16).cast(pa.int64()).take(parents)
    rows = pa.table(columns)
    part = pc.bit_wise_and(pc.bit_wise_xor(key, pc.shift_right(key, 16)), parts - 1)
    tables = [rows.filter(pc.equal(part, number)) for number in range(parts)]
    return tables if parts > 1 else tables[0]


@ray.remote
def _meet(kind: str, head: int, *pieces: pa.Table) -> pa.Table:
    """The pairs that share a key of this part."""
    rows = pa.concat_tables(pieces).sort_by([("key", "ascending"), ("rank", "ascending")])
    buckets = _newsmill.Buckets(head)
    if kind == "bands":
        return _table(buckets.bands(rows)).group_by(["later", "earlier"]).aggregate([])
    met = _table(buckets.samples(rows))
    return met.group_by(["inner", "outer", "probes"]).aggregate([([], "count_all")])


def _met(unique: list[Any], kind: str, head: int, parts: int) -> pa.Table:
    pieces = [_keys.options(num_returns=parts).remote(block, kind, parts) for block in unique]
    columns = zip(*(piece if parts > 1 else [piece] for piece in pieces))
    return pa.concat_tables(ray.get([_meet.remote(kind, head, *column) for column in columns]))


def _candidates(unique: list[Any], config: str, head: int, parts: int) -> pa.Table:
    """Pairs worth a proof, on the driver."""
    parts = 1 << max(0, parts - 1).bit_length()
    similar = _met(unique, "bands", head, parts).group_by(["later", "earlier"]).aggregate([])
    columns = ["rank", "estimate", "shingles"]
    estimates = pa.concat_tables(ray.get([_some.remote(block, columns) for block in unique]))
    estimates = estimates.combine_chunks()
    table = similar
    for side, name in (("left", "later"), ("right", "earlier")):
        at = pc.index_in(similar[name], estimates["rank"])
        for column in ("estimate", "shingles"):
            table = table.append_column(f"{side}_{column}", estimates[column].take(at))
    similar = similar.filter(pa.array(_newsmill.promising(table.combine_chunks(), config)))
    met = _met(unique, "samples", head, parts)
    met = met.group_by(["inner", "outer", "probes"]).aggregate([("count_all", "sum")])
    needed = pa.array(_newsmill.probes_needed(config)).take(met["probes"])
    met = met.filter(pc.greater_equal(met["count_all_sum"], needed))
    later = pc.max_element_wise(met["inner"], met["outer"])
    earlier = pc.min_element_wise(met["inner"], met["outer"])
    contained = pa.table({"later": later, "earlier": earlier})
    pairs = pa.concat_tables(
        [similar.select(["later", "earlier"]), contained], promote_options="permissive"
    )
    return pairs.group_by(["later", "earlier"]).aggregate([])


@ray.remote
def _prove(pairs: pa.Table, one: pa.Table, other: pa.Table, config: str) -> pa.Table:
    """The truth about pairs, the later of which is in one block and the earlier in the other."""
    made = pairs
    for side, block in (("later", one), ("earlier", other)):
        at = pc.index_in(pairs[side], block["rank"])
        made = made.append_column(f"{side}_id", block["id"].take(at))
        made = made.append_column(f"{side}_doc", pairs[side])
        made = made.append_column(f"{side}_text", block["text"].take(at))
    truth = _table(_newsmill.verify(made["later_text"], made["earlier_text"], config, 1))
    made = made.drop_columns(["later_text", "earlier_text"])
    for name in truth.column_names:
        made = made.append_column(name, truth[name])
    made = made.append_column("exact", pa.repeat(False, made.num_rows))
    return made.filter(truth["matters"]).drop_columns(["matters"])


def _proven(blocks: list[Any], firsts: list[int], pairs: pa.Table, config: str) -> list[pa.Table]:
    """The truth about pairs, a task for each two blocks that have some in common."""
    home = {}
    for side in ("later", "earlier"):
        ranks = pairs[side].to_numpy()
        home[side] = numpy.searchsorted(numpy.array(firsts), ranks, side="right") - 1
    where = home["later"] * len(blocks) + home["earlier"]
    tasks = []
    for number in numpy.unique(where):
        one, other = divmod(int(number), len(blocks))
        some = pairs.filter(pa.array(where == number))
        tasks.append(_prove.remote(some, blocks[one], blocks[other], config))
    return ray.get(tasks)
