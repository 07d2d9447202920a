"""The configuration of a call, from the options of the command line or the keys of ``newsmill.toml``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

#: Option of the command line, as a keyword: where it stands in the configuration.
OPTIONS: dict[str, tuple[str, ...]] = {
    "to": ("output", "formats"),
    "memory": ("memory_bytes",),
    "shard_size": ("output", "shard_bytes"),
    "without": ("extract", "without"),
    "keep": ("keep",),
    "drop_threshold": ("across", "drop_threshold"),
    "link_threshold": ("across", "link_threshold"),
    "method": ("across", "method"),
    "contained": ("across", "contained"),
    "templates": ("across", "templates"),
    "by_url": ("across", "by_identity"),
    "passages": ("passages", "what"),
    "passage_words": ("passages", "min_words"),
    "index": ("index", "path"),
    "index_read_only": ("index", "read_only"),
    "boilerplate": ("boilerplate", "enabled"),
    "profile": ("boilerplate", "profiles"),
    "from_": ("read", "from"),
    "text_field": ("read", "text_field"),
    "id_field": ("read", "id_field"),
    "encoding": ("read", "encoding"),
}
#: Options that take several values, as one text with commas between them or as a list.
LISTS = {"to", "without", "profile"}
SIZES = {"memory", "shard_size"}
UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def configuration(
    config: Mapping[str, Any] | str | os.PathLike[str] | None, options: Mapping[str, Any]
) -> str:
    """The configuration as JSON: the keys of ``config`` with ``options`` in their places.

    ``config`` is what ``newsmill.toml`` holds as nested mappings, or the path of such a file.

    Raises:
        ConfigError: an option has no place, or the file is no TOML.
    """
    from . import ConfigError

    if config is None:
        made: dict[str, Any] = {}
    elif isinstance(config, Mapping):
        made = json.loads(json.dumps(config))
    else:
        made = _from_file(config)
    for name, value in options.items():
        place = OPTIONS.get(name)
        if place is None:
            known = ", ".join(sorted(OPTIONS))
            raise ConfigError(f"`{name}` is no option; use {known}, or config=")
        if value is None:
            continue
        if name in LISTS and isinstance(value, str):
            value = value.split(",")
        elif name in SIZES:
            value = _bytes(name, value)
        elif name == "keep":
            value = _keep(value)
        elif isinstance(value, os.PathLike):
            value = os.fspath(value)
        inner = made
        for key in place[:-1]:
            inner = inner.setdefault(key, {})
        inner[place[-1]] = value
    return json.dumps(made)


def _from_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    from . import ConfigError

    try:
        import tomllib
    except ModuleNotFoundError:  # Python 3.10
        raise ConfigError("files of TOML need Python 3.11; hand the keys over as a dict") from None
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{os.fspath(path)}: {error}") from error


def _bytes(name: str, value: int | str) -> int:
    from . import ConfigError

    if isinstance(value, int):
        return value
    number = value.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = value[len(number) :].lower().removesuffix("ib").removesuffix("b")
    try:
        return int(number) << (10 * UNITS[unit])
    except (KeyError, ValueError):
        raise ConfigError(f"{name}: `{value}` is no size; use 512MiB or 2G") from None


def _keep(value: str | Mapping[str, list[str]]) -> Any:
    from . import ConfigError

    if not isinstance(value, str) or not value.startswith("prefer:"):
        return value
    path = value.removeprefix("prefer:")
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.split("#")[0].strip().lower() for line in file]
    except OSError as error:
        raise ConfigError(f"{path}: {error}") from error
    return {"prefer": [line for line in lines if line]}
