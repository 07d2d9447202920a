"""Turns dumps of scraped articles into clean, structured, deduplicated ones.

Columns come in from any library that speaks the Arrow PyCapsule interface (pyarrow, polars, duckdb,
datasets, pandas 3) or as lists of strings, and go out as ``arro3`` objects, which the same libraries
take without a copy: ``pyarrow.table(x)``, ``polars.DataFrame(x)``. Rows of a result are in the order
of the rows that came in. Work is done in Rust by several threads, without the interpreter's lock;
Ctrl-C ends it within a moment.

======================  ==================================================================
:func:`run`             a whole run: files in, a run folder out, the manifest back
:func:`parse`           documents to article rows, each cleaned by itself
:func:`repeats`         passages that stand twice in a text
:func:`extract`         facts of texts that are clean already
:func:`sketch`          fingerprints, signatures, band keys
:func:`verify`          the true similarity of pairs of texts
:func:`dedup`           which of many texts are copies, proven on their words
:class:`Index`          what earlier calls kept
:mod:`newsmill.spark`   the same on a Spark cluster
:mod:`newsmill.ray`     the same on Ray Data
======================  ==================================================================

Options are those of the command line, as keywords (``drop_threshold=0.8``, ``keep="longest"``,
``without="entities,quotes"``); ``config`` takes the keys of ``newsmill.toml`` as nested dicts, or the
path of such a file. ``threads`` is 0 for one a core.

Errors are :class:`NewsmillError`, with ``place`` (the file or argument) and ``hint``; what is wrong
with one record is a row and no error.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from arro3.core import Array, DataType, RecordBatch

from . import _newsmill
from ._config import configuration
from ._newsmill import (
    ArticleIndexError,
    ConfigError,
    InputError,
    NewsmillError,
    OutputError,
    Stopped,
    __version__,
)

if TYPE_CHECKING:
    from arro3.core.types import ArrowArrayExportable, ArrowStreamExportable

    #: A column: of any Arrow library, or a list of strings.
    Column = ArrowArrayExportable | ArrowStreamExportable | Sequence[str | None]

#: What a configuration is made of: the keys of ``newsmill.toml``, or the path of such a file.
Config = Mapping[str, Any] | str | os.PathLike[str] | None
#: Called with the pass, how far it is, how far it goes (None: unknown) and the records seen so far.
Progress = Callable[[str, int, "int | None", int], object]

__all__ = [
    "ArticleIndexError",
    "ConfigError",
    "Index",
    "InputError",
    "NewsmillError",
    "OutputError",
    "Stopped",
    "__version__",
    "dedup",
    "extract",
    "parse",
    "repeats",
    "run",
    "sketch",
    "verify",
]


def _column(values: Any) -> Any:
    """A column of an Arrow library as it is, anything else as a column of texts."""
    if hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"):
        return values
    values = list(values)
    if values and isinstance(values[0], bytes):
        return Array(values, DataType.binary())
    return Array(values, DataType.string())


def _optional(values: Any) -> Any:
    return None if values is None else _column(values)


def run(
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
    threads: int = 0,
    config: Config = None,
    **options: Any,
) -> dict[str, Any]:
    """Cleans, structures and deduplicates files: ``newsmill run``.

    Args:
        inputs: files, folders (walked) and globs.
        output: the run folder. It must be new or empty, unless ``overwrite`` or ``resume`` is given.
        progress: called in this thread some twenty times a second with the pass (``"read and
            clean"``, ``"find duplicates"``, ``"write"``), how far it is, how far it goes or None, and
            the records seen; what it raises ends the run.

    Returns:
        The manifest, what ``manifest.json`` holds: ``tally``, ``files``, ``configuration`` and so on.

    Raises:
        ConfigError, InputError, OutputError, ArticleIndexError: with ``place`` and ``hint``.
        KeyboardInterrupt: what is done by then stays, and ``resume=True`` goes on from there.
    """
    if overwrite and resume:
        raise ConfigError("a run is either done anew or goes on: overwrite or resume, not both")
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    existing = "overwrite" if overwrite else "resume" if resume else "new"
    paths = [os.fspath(path) for path in inputs]
    made = configuration(config, options)
    _newsmill.run(paths, os.fspath(output), existing, made, threads, progress)
    with open(os.path.join(output, "manifest.json"), encoding="utf-8") as file:
        manifest: dict[str, Any] = json.load(file)
    return manifest


def parse(
    texts: Column,
    *,
    ids: Column | None = None,
    metadata: Column | None = None,
    media: str = "plain",
    path: str = "table",
    threads: int = 0,
    config: Config = None,
    **options: Any,
) -> RecordBatch:
    """Article rows of documents, each parsed, cleaned and searched for facts by itself.

    Args:
        texts: the documents, texts or bytes of any encoding.
        ids: their names; where one is missing it is derived from content and place.
        metadata: objects of JSON, the other fields of each row, from which facts are taken too
            (``{"date": "2024-05-01", "url": …}``).
        media: ``plain``, ``html`` or ``mail``.
        path: what ``source.path`` says.

    Returns:
        One row a document: the columns of an article row as in Parquet (see the README), and
        ``rejected``, a struct that is null where all went well; where it is not, the others are null.

    >>> import newsmill
    >>> batch = newsmill.parse(["A river rose.\\n\\nThe town moved its market."])
    >>> batch["text"][0].as_py()
    'A river rose.\\n\\nThe town moved its market.'
    >>> [block["kind"] for block in batch["blocks"][0].as_py()]
    ['paragraph', 'paragraph']
    """
    made = configuration(config, options)
    names, fields = _optional(ids), _optional(metadata)
    return _newsmill.parse(_column(texts), names, fields, media, path, made, threads)


def repeats(
    texts: Column, *, threads: int = 0, config: Config = None, **options: Any
) -> Array:
    """Passages that stand twice within a text.

    Returns:
        One list a text, of structs ``start``, ``end`` (the copy that may go, in code points),
        ``of_start``, ``of_end`` (the one that stays), ``exact`` and ``similarity``.

    >>> import newsmill
    >>> line = "The bridge over the Tamar will stay closed until the spring, the council said.\\n"
    >>> found = newsmill.repeats([line + "Engineers found cracks in two of its piers.\\n" + line])
    >>> [(r["start"], r["end"], r["of_start"]) for r in found[0].as_py()]
    [(123, 201, 0)]
    """
    return _newsmill.repeats(_column(texts), configuration(config, options), threads)


def extract(
    texts: Column,
    *,
    ids: Column | None = None,
    threads: int = 0,
    config: Config = None,
    **options: Any,
) -> RecordBatch:
    """Facts of texts that are clean: quotes, names, amounts, dates, links, language and so on.

    ``without`` leaves facts out, which saves their time. Nothing is removed.

    Returns:
        The columns of :func:`parse` but ``rejected``; paragraphs are what stands between blank lines.

    >>> import newsmill
    >>> batch = newsmill.extract(['"We will rebuild it," said Ingrid Vale on Monday.'])
    >>> batch["quotes"][0].as_py()[0]["speaker"]
    'Ingrid Vale'
    """
    made = configuration(config, options)
    return _newsmill.extract(_column(texts), _optional(ids), made, threads)


def sketch(
    texts: Column, *, threads: int = 0, config: Config = None, **options: Any
) -> RecordBatch:
    """Sketches of texts: what finds candidates for duplicates.

    Returns:
        One row a text:

        - ``fingerprint``: 16 bytes, equal for texts of the same words; null for one without words
        - ``shingles``: how many different shingles it has (word 5-grams)
        - ``signature``: 256 numbers (``bands`` × ``rows``), as int32 with the bits of uint32; the
          share of equal ones in two signatures estimates their Jaccard similarity
        - ``bands``: 64 int64 keys; texts that have one in common are candidates
        - ``estimate``: the two lowest bits of each value, packed
        - ``sampled``: its shingles of the smallest hashes, one in eight, to find contained texts

        The columns in the middle are null for a text shorter than a shingle.

    >>> import newsmill
    >>> batch = newsmill.sketch(["The ferry to the island will run every hour from May."])
    >>> batch["shingles"][0].as_py(), len(batch["bands"][0].as_py())
    (7, 64)
    """
    return _newsmill.sketch(_column(texts), configuration(config, options), threads)


def verify(
    left: Column, right: Column, *, threads: int = 0, config: Config = None, **options: Any
) -> RecordBatch:
    """The truth about pairs of texts, from their words.

    Returns:
        One row a pair: ``matters`` (whether anything follows from it: similar enough to be linked,
        or contained), ``jaccard``, ``inner`` (−1: the left one lies in the right one, 1: the other way
        round, 0: neither), ``share`` (of the inner one's shingles), ``template`` (they differ in names
        and numbers only), ``left_shingles``, ``right_shingles``, ``left_only``, ``right_only`` (words).
        Where ``matters`` is false the others but the counts of shingles are zero.

    >>> import newsmill
    >>> story = "The council voted on Tuesday to close the old swimming hall after the summer."
    >>> batch = newsmill.verify([story], ["RIVERTON -- " + story])
    >>> batch["jaccard"][0].as_py(), batch["right_only"][0].as_py()
    (0.9090909090909091, 1)
    """
    made = configuration(config, options)
    return _newsmill.verify(_column(left), _column(right), made, threads)


def dedup(
    texts: Column,
    *,
    ids: Column | None = None,
    keys: Sequence[int] | None = None,
    threads: int = 0,
    config: Config = None,
    **options: Any,
) -> RecordBatch:
    """Which texts are copies of which, every one proven on the true words.

    A text is dropped when its Jaccard similarity to one that is kept is at least ``drop_threshold``
    (0.7); so there are no chains, and no two kept texts are that similar.

    Args:
        texts: the texts; a missing one is like an empty one, a copy of nothing.
        ids: what the texts are called in the answer; their places, if nothing is given.
        keys: which copy is rather kept: the one of the smallest key, of equal keys the first.

    Returns:
        One row a text: ``row``, ``kept``; for dropped ones ``duplicate_of`` (an id), ``method``
        (``exact``, ``near``, ``contained``), ``similarity`` (true Jaccard, or the share contained),
        ``added`` and ``dropped`` (words); for all in a cluster its name ``cluster``, for kept ones
        ``cluster_size``, ``others`` (ids) and ``related`` (structs of ``id``, ``kind``,
        ``similarity``: alike, but no copies).

    >>> import newsmill
    >>> story = "The council voted on Tuesday to close the old swimming hall after the summer."
    >>> batch = newsmill.dedup([story, "Snow is expected.", "RIVERTON -- " + story])
    >>> batch["kept"].to_pylist(), batch["duplicate_of"][2].as_py()
    ([True, True, False], '0')
    """
    made = configuration(config, options)
    return _newsmill.dedup(_column(texts), _optional(ids), keys, made, threads)


class Index:
    """What earlier calls kept, in a folder: the index of ``newsmill dedup --index``.

    Texts are compared as they come. One process at a time adds to an index, any number reads it; each
    call adds all or nothing. Made by the first call that adds.

    >>> import newsmill, tempfile
    >>> index = newsmill.Index(tempfile.mkdtemp())
    >>> story = "The council voted on Tuesday to close the old swimming hall after the summer."
    >>> index.dedup([story], ids=["monday-1"])["kept"].to_pylist()
    [True]
    >>> batch = index.dedup(["RIVERTON -- " + story], ids=["tuesday-1"])
    >>> batch["duplicate_of"].to_pylist(), len(index)
    (['monday-1'], 1)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """The index at ``path``, which is opened by the calls below."""
        self.path = os.fspath(path)

    def __len__(self) -> int:
        """Number of texts; as :meth:`stats`."""
        return int(self.stats()["articles"])

    def __repr__(self) -> str:
        return f"newsmill.Index({self.path!r})"

    def stats(self) -> dict[str, Any]:
        """What it holds: ``articles``, ``segments``, ``text_bytes``, ``sketch_bytes``, ``runs``.

        Raises:
            ArticleIndexError: there is none, or it is damaged; ``hint`` says what to do.
        """
        stats: dict[str, Any] = json.loads(_newsmill.stats(self.path))
        return stats

    def merge(self) -> dict[str, Any]:
        """Makes one segment of all, and returns :meth:`stats`."""
        stats: dict[str, Any] = json.loads(_newsmill.merge(self.path))
        return stats

    def verify(self) -> list[str]:
        """Reads everything and says what is wrong; an empty list when all is well."""
        return _newsmill.check(self.path)

    def dedup(
        self,
        texts: Column,
        *,
        ids: Column | None = None,
        add: bool = True,
        name: str = "python",
        threads: int = 0,
        config: Config = None,
        **options: Any,
    ) -> RecordBatch:
        """As :func:`dedup`, behind the texts of the index: these stand, and ``duplicate_of``,
        ``cluster`` and ``related`` may name them. With ``add`` the kept texts become part of the
        index, as the work of ``name``; Ctrl-C adds nothing.

        Raises:
            ArticleIndexError: another process is adding, the index is damaged, or its sketches were
                made with other parameters.
        """
        made = configuration(config, options)
        started = datetime.datetime.now(datetime.timezone.utc).isoformat()
        column, names = _column(texts), _optional(ids)
        return _newsmill.dedup_behind(
            self.path, column, names, name, started, add, made, threads
        )
