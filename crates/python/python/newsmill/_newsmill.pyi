from collections.abc import Iterator
from typing import Any, final

from arro3.core import Array, RecordBatch, Schema
from arro3.core.types import ArrowArrayExportable, ArrowStreamExportable

_Arrow = ArrowArrayExportable | ArrowStreamExportable

__version__: str
__all__ = [
    "ArticleIndexError",
    "Articles",
    "Buckets",
    "ConfigError",
    "InputError",
    "NewsmillError",
    "OutputError",
    "Stopped",
    "__version__",
    "articles_schema",
    "check",
    "decide",
    "dedup",
    "dedup_behind",
    "extract",
    "forest",
    "inputs",
    "merge",
    "parse",
    "prepare",
    "probes_needed",
    "promising",
    "repeats",
    "rows",
    "rows_schema",
    "run",
    "sketch",
    "stats",
    "verify",
]

class NewsmillError(Exception):
    place: str | None
    hint: str | None

class ConfigError(NewsmillError): ...
class InputError(NewsmillError): ...
class OutputError(NewsmillError): ...
class ArticleIndexError(NewsmillError): ...
class Stopped(NewsmillError): ...

@final
class Articles:
    def __new__(cls, path: str, number: int, config: str, threads: int) -> Articles: ...
    def __iter__(self) -> Iterator[RecordBatch]: ...
    def __next__(self) -> RecordBatch: ...
    def skipped(self) -> int: ...

@final
class Buckets:
    def __new__(cls, head: int) -> Buckets: ...
    @property
    def capped(self) -> int: ...
    @property
    def largest(self) -> int: ...
    def bands(self, rows: _Arrow) -> RecordBatch: ...
    def samples(self, rows: _Arrow) -> RecordBatch: ...
    def finish(self) -> None: ...

def articles_schema() -> Schema: ...
def rows_schema() -> Schema: ...
def prepare(
    texts: _Arrow,
    ids: _Arrow | None,
    docs: list[int],
    metadata: _Arrow | None,
    media: str,
    path: str,
    config: str,
    threads: int,
) -> RecordBatch: ...
def rows(articles: _Arrow, config: str, threads: int) -> RecordBatch: ...
def forest(pairs: _Arrow) -> RecordBatch: ...
def probes_needed(config: str) -> list[int]: ...
def promising(pairs: _Arrow, config: str) -> Array: ...
def decide(pairs: _Arrow, config: str) -> RecordBatch: ...
def dedup(
    texts: _Arrow, ids: _Arrow | None, keys: Any, config: str, threads: int
) -> RecordBatch: ...
def check(path: str) -> list[str]: ...
def merge(path: str) -> str: ...
def stats(path: str) -> str: ...
def dedup_behind(
    path: str,
    texts: _Arrow,
    ids: _Arrow | None,
    name: str,
    started: str,
    add: bool,
    config: str,
    threads: int,
) -> RecordBatch: ...
def extract(texts: _Arrow, ids: _Arrow | None, config: str, threads: int) -> RecordBatch: ...
def parse(
    texts: _Arrow,
    ids: _Arrow | None,
    metadata: _Arrow | None,
    media: str,
    path: str,
    config: str,
    threads: int,
) -> RecordBatch: ...
def repeats(texts: _Arrow, config: str, threads: int) -> Array: ...
def inputs(arguments: list[str]) -> list[str]: ...
def run(
    inputs: list[str],
    output: str,
    existing: str,
    config: str,
    threads: int,
    progress: Any,
) -> None: ...
def sketch(texts: _Arrow, config: str, threads: int) -> RecordBatch: ...
def verify(left: _Arrow, right: _Arrow, config: str, threads: int) -> RecordBatch: ...
