"""Score one tool's answer against every true pair of the corpus.

    score.py ANSWER.tsv PAIRS.tsv SCORE.json [PLANTED.tsv]

ANSWER: one line a dropped document, its id and the id kept for it (empty where the tool names none).
PAIRS: idA, idB, true Jaccard of the lower-cased word 5-grams, every pair at 0.5 or more.
PLANTED: id, cluster, variant of the documents made from one another, whatever was done to them.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator

BANDS = {"recall_08": (0.8, 2.0), "recall_07": (0.7, 0.8), "recall_05": (0.5, 0.7)}
# Pairs files carry four decimals.
ROUNDING = 1e-4


def fields(path: str) -> Iterator[list[str]]:
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            yield row.rstrip("\n").split("\t")


def score(
    kept_for: dict[str, str],
    pairs: dict[tuple[str, str], float],
    cluster_of: dict[str, str],
    threshold: float = 0.7,
) -> dict[str, float | int | None]:
    """The figures of the table.

    recall_*         share of the true pairs of a band of which at least one side was dropped
    precision        share of the dropped documents whose true Jaccard with the document kept for them
                     reaches the threshold; for tools that name none, with any document of the corpus
    orphans          dropped documents with no kept document at the threshold or above
    unrelated        dropped documents below 0.5 to the one kept for them (to all documents, where none
                     is named) and not made from the same source
    chained          dropped documents whose kept document was itself dropped
    """
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for (left, right), jaccard in pairs.items():
        near[left][right] = near[right][left] = jaccard

    def similarity(dropped: str, kept: str) -> float:
        return near[dropped].get(kept, 0.0) if kept else max(near[dropped].values(), default=0.0)

    def same_source(dropped: str, kept: str) -> bool:
        cluster = cluster_of.get(dropped)
        return cluster is not None and (not kept or cluster == cluster_of.get(kept))

    enough = threshold - ROUNDING
    figures: dict[str, float | int | None] = {"dropped": len(kept_for)}
    for name, (low, high) in BANDS.items():
        band = [pair for pair, jaccard in pairs.items() if low <= jaccard < high]
        caught = sum(left in kept_for or right in kept_for for left, right in band)
        figures[name] = caught / len(band) if band else None
    proven = sum(similarity(dropped, kept) >= enough for dropped, kept in kept_for.items())
    figures["precision"] = proven / len(kept_for) if kept_for else None
    figures["orphans"] = sum(
        all(jaccard < enough or other in kept_for for other, jaccard in near[dropped].items()) for dropped in kept_for
    )
    figures["unrelated"] = sum(
        similarity(dropped, kept) < 0.5 - ROUNDING and not same_source(dropped, kept)
        for dropped, kept in kept_for.items()
    )
    figures["chained"] = sum(kept in kept_for for kept in kept_for.values())
    figures["named"] = sum(bool(kept) for kept in kept_for.values())
    return figures


def main() -> None:
    answer, truth, out = sys.argv[1:4]
    kept_for = {dropped: kept for dropped, kept in fields(answer)}
    pairs = {(row[0], row[1]): float(row[2]) for row in fields(truth) if row[0] != "idA"}
    planted = fields(sys.argv[4]) if len(sys.argv) > 4 else []
    cluster_of = {row[0]: row[1] for row in planted if row[0] != "id"}
    with open(out, "w", encoding="utf-8") as file:
        json.dump(score(kept_for, pairs, cluster_of), file)


if __name__ == "__main__":
    main()
