"""Steps for datatrove pipelines: the same Rust between datatrove's readers and writers.

    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from newsmill.datatrove import NewsmillClean, NewsmillDedup

    LocalPipelineExecutor(
        [JsonlReader("dump/"), NewsmillClean(), NewsmillDedup(), JsonlWriter("out/")], tasks=1
    ).run()
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.writers.disk_base import DiskWriter

import newsmill

#: Documents handed over at a time.
BATCH = 1_000


class NewsmillClean(PipelineStep):
    """Cleans each document by itself and looks for its facts: :func:`newsmill.parse`.

    ``document.text`` becomes the cleaned text; what was found of ``fields`` goes into its metadata
    under these names. What cannot be parsed goes to ``exclusion_writer`` with the reason in
    ``metadata["rejected"]``, or nowhere.
    """

    name = "newsmill clean"
    type = "🗞 - CLEAN"

    def __init__(
        self,
        fields: tuple[str, ...] = ("title", "byline", "published", "language", "links", "quotes"),
        exclusion_writer: DiskWriter | None = None,
        media: str = "plain",
        **options: Any,
    ) -> None:
        super().__init__()
        self.fields = fields
        self.exclusion_writer = exclusion_writer
        self.media = media
        self.options = options

    def run(
        self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        documents = iter(data or ())
        while batch := list(islice(documents, BATCH)):
            with self.track_time():
                rows = newsmill.parse(
                    [document.text for document in batch],
                    ids=[document.id for document in batch],
                    metadata=[_metadata(document) for document in batch],
                    media=self.media,
                    threads=1,
                    **self.options,
                )
                texts, rejected = rows["text"].to_pylist(), rows["rejected"].to_pylist()
                facts = {name: rows[name].to_pylist() for name in self.fields}
            for row, document in enumerate(batch):
                if rejected[row] is not None:
                    self.stat_update("rejected")
                    document.metadata["rejected"] = rejected[row]["error"]
                    if self.exclusion_writer:
                        self.exclusion_writer.write(document, rank)
                    continue
                document.text = texts[row]
                document.metadata.update({name: facts[name][row] for name in self.fields})
                self.update_doc_stats(document)
                yield document


class NewsmillDedup(PipelineStep):
    """Leaves out copies among the documents of a task, proven on their words: :func:`newsmill.dedup`.

    Holds the documents of the task in memory, and knows nothing of other tasks: for one task, or
    shards that hold no copies of each other's. What is left out goes to ``exclusion_writer`` with
    ``duplicate_of``, ``method`` and ``similarity`` in its metadata.
    """

    name = "newsmill dedup"
    type = "🫂 - DEDUPS"

    def __init__(self, exclusion_writer: DiskWriter | None = None, **options: Any) -> None:
        super().__init__()
        self.exclusion_writer = exclusion_writer
        self.options = options

    def run(
        self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        documents = list(data or ())
        with self.track_time():
            decisions = newsmill.dedup(
                [document.text for document in documents],
                ids=[document.id for document in documents],
                **self.options,
            )
            kept = decisions["kept"].to_pylist()
            why = {
                name: decisions[name].to_pylist()
                for name in ("duplicate_of", "method", "similarity")
            }
        for row, document in enumerate(documents):
            if kept[row]:
                self.update_doc_stats(document)
                yield document
                continue
            self.stat_update("duplicates")
            document.metadata.update({name: column[row] for name, column in why.items()})
            if self.exclusion_writer:
                self.exclusion_writer.write(document, rank)


def _metadata(document: Document) -> str:
    return json.dumps(document.metadata, default=str)
