"""Ray gives the answer of the single machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import newsmill
from conftest import needed

needed("ray")
needed("pyarrow")

import pyarrow as pa  # noqa: E402
import ray  # noqa: E402

import newsmill.ray  # noqa: E402


@pytest.fixture(scope="module")
def node() -> Iterator[None]:
    """One node of two cores on this machine."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def test_the_same_answer(node: None, documents: list[dict[str, str]]) -> None:
    dataset = ray.data.from_arrow([pa.Table.from_pylist(documents[:300]), pa.Table.from_pylist(documents[300:])])
    got = newsmill.ray.dedup(dataset, parts=4).sort_by("row")
    whole = pa.table(newsmill.dedup([d["text"] for d in documents], ids=[d["id"] for d in documents]))
    want = whole.take(got["row"])
    assert got.equals(want.cast(got.schema))
    # Who is not among them is alone.
    others = set(range(len(documents))) - set(got["row"].to_pylist())
    assert all(whole["kept"][row].as_py() and not whole["related"][row].as_py() for row in others)
    kept = newsmill.ray.without_copies(dataset, parts=4).take_all()
    assert sorted(row["id"] for row in kept) == [
        d["id"] for d, kept in zip(documents, whole["kept"].to_pylist()) if kept
    ]


def test_stages_over_a_dataset(node: None, documents: list[dict[str, str]]) -> None:
    dataset = ray.data.from_arrow(pa.Table.from_pylist(documents[:40]))
    texts = newsmill.ray.parse(dataset, id="id", without="entities,quotes").take_all()
    want = newsmill.parse([d["text"] for d in documents[:40]], ids=[d["id"] for d in documents[:40]])
    assert {row["id"]: row["text"] for row in texts} == dict(zip(want["id"].to_pylist(), want["text"].to_pylist()))
    sketches = newsmill.ray.sketch(dataset).take_all()
    assert {len(row["bands"] or []) for row in sketches} <= {0, 64}
