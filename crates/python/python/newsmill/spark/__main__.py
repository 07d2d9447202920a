"""The job from the command line: ``python -m newsmill.spark INPUT... -o OUT --master URL``.

Options of a run are those of ``newsmill run``.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from pyspark.sql import SparkSession

from newsmill import NewsmillError

from . import stages
from .job import run

#: Options of ``newsmill run`` that this job takes, with their types.
RUN_OPTIONS: dict[str, Any] = {
    "keep": str,
    "drop-threshold": float,
    "link-threshold": float,
    "method": str,
    "contained": str,
    "templates": str,
    "without": str,
    "memory": str,
    "from": str,
    "text-field": str,
    "id-field": str,
    "encoding": str,
}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m newsmill.spark", description=__doc__)
    made.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, globs")
    made.add_argument("-o", "--output", required=True, metavar="OUT")
    made.add_argument("--master", help="spark://…, yarn, k8s://…, local[N]; else as spark-submit says")
    made.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE")
    made.add_argument("--config", help="newsmill.toml")
    made.add_argument("--partitions", type=int, help="of the shuffles")
    made.add_argument("--hot-rows", type=int, default=stages.HOT_ROWS)
    made.add_argument("--resume", action="store_true", help="go on with a job that was broken off")
    made.add_argument("--overwrite", action="store_true")
    for name, kind in RUN_OPTIONS.items():
        made.add_argument(f"--{name}", type=kind, dest=name.replace("-", "_"), default=None)
    return made


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    builder = SparkSession.builder.appName("newsmill")
    if asked.master:
        builder = builder.master(asked.master)
    for pair in asked.conf:
        name, _, value = pair.partition("=")
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    options = {name.replace("-", "_"): getattr(asked, name.replace("-", "_")) for name in RUN_OPTIONS}
    options["from_"] = options.pop("from")
    try:
        manifest = run(
            spark,
            asked.inputs,
            asked.output,
            resume=asked.resume,
            overwrite=asked.overwrite,
            hot_rows=asked.hot_rows,
            partitions=asked.partitions,
            config=asked.config,
            **options,
        )
    except NewsmillError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    finally:
        spark.stop()
    sys.stderr.write(json.dumps({"tally": manifest["tally"], "search": manifest["search"]}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
