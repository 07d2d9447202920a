"""newsmill on a Spark cluster: the same Rust, spread by Spark.

``python -m newsmill.spark INPUT... -o OUT --master …`` is a whole run (:func:`run`). For a notebook of
one's own, :func:`dedup` decides about a DataFrame of texts, and the functions of
:mod:`newsmill.spark.stages` are the steps between. The answer is that of ``newsmill run`` on one
machine: the same articles are kept, for the same copies, with the same similarities.

Needs ``pip install "newsmill[spark]"`` on the driver and on every worker.
"""

from .job import dedup, run

__all__ = ["dedup", "run"]
