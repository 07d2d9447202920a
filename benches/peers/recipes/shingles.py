"""Reading the corpus and cutting it into word 5-grams, the way Python users of these libraries do."""

import json
import re
from collections.abc import Iterator

WORD = re.compile(r"\w+")


def shingles(text: str) -> set[str]:
    """Lower-cased word 5-grams of a text; a text of fewer words is one shingle."""
    words = WORD.findall(text.lower())
    if len(words) < 5:
        return {" ".join(words)}
    return set(map(" ".join, zip(words, words[1:], words[2:], words[3:], words[4:])))


def documents(path: str) -> Iterator[tuple[str, str]]:
    """Id and text of each row of a JSON Lines file."""
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            record = json.loads(row)
            yield record["id"], record["text"]


def write_answer(path: str, kept_for: dict[str, str]) -> None:
    """One line for each dropped document: its id and the id kept for it, empty where none is named."""
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(f"{dropped}\t{kept}\n" for dropped, kept in kept_for.items())
