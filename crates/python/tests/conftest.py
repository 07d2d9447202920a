"""Texts made for the tests, and the command that runs on one machine."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

PLACES = "harbour bridge market school mill ferry library orchard station lighthouse quarry chapel".split()
VERBS = "opened closed moved burned flooded reopened sold painted measured repaired".split()
PEOPLE = "Ingrid Vale, Tom Skell, Mara Ash, Jon Reed, Ada Holm, Piet Loos, Ruth Elm".split(", ")
ENDS = [
    "after the storm of the weekend",
    "to the surprise of its neighbours",
    "for the third time in ten years",
    "although nobody had asked for it",
    "before the council could vote",
    "at the cost of the county",
]


def story(seed: int, sentences: int = 14) -> str:
    """Sentences that no other seed has in this order."""
    rng = random.Random(seed)
    said = []
    for _ in range(sentences):
        place, verb, end = rng.choice(PLACES), rng.choice(VERBS), rng.choice(ENDS)
        who, number = rng.choice(PEOPLE), rng.randint(2, 999)
        said.append(f"The {place} number {number} was {verb} {end}, said {who} on day {rng.randint(1, 365)}.")
    return " ".join(said)


def corpus(size: int, seed: int = 7) -> list[dict[str, str]]:
    """Documents with exact copies, near copies, contained ones, chains and letters of one form."""
    rng = random.Random(seed)
    texts: list[str] = []
    letter = (
        "The fund will give {county} County ${sum} for new fire engines, the senator said. "
        "Firefighters in {county} have waited for this help for years, and the first engine will "
        "come before the winter, as the county has asked in its letter of last spring."
    )
    while len(texts) < size:
        kind = rng.random()
        if not texts or kind < 0.55:
            texts.append(story(seed * 100_000 + len(texts)))
        elif kind < 0.65:
            texts.append(rng.choice(texts).upper())
        elif kind < 0.85:
            words = rng.choice(texts).split(" ")
            for _ in range(rng.randint(1, max(1, len(words) // 25))):
                words[rng.randrange(len(words))] = rng.choice(PLACES)
            texts.append(" ".join(words))
        elif kind < 0.93:
            texts.append(story(rng.randrange(10**9), 30) + " " + rng.choice(texts))
        elif kind < 0.97:
            county = rng.choice(["Adair", "Lee", "Polk", "Clay", "Story"])
            texts.append(letter.format(county=county, sum=f"{rng.randint(10, 900)},000"))
        else:
            texts.append(rng.choice(["", "Yes.", "No.", "Not today", "…"]))
    return [{"id": f"d{number:05}", "text": text} for number, text in enumerate(texts)]


def written(folder: Path, documents: list[dict[str, str]], files: int) -> list[str]:
    """The documents as JSON Lines, in so many files that are read in this order."""
    folder.mkdir(parents=True, exist_ok=True)
    each = -(-len(documents) // files)
    paths = []
    for number in range(files):
        path = folder / f"part-{number:03}.jsonl"
        rows = documents[number * each : (number + 1) * each]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        paths.append(str(path))
    return paths


@pytest.fixture(scope="session")
def documents() -> list[dict[str, str]]:
    return corpus(600)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory, documents: list[dict[str, str]]) -> str:
    folder = tmp_path_factory.mktemp("inputs")
    written(folder, documents, 6)
    # What cannot be read is a row of the ledger, on a cluster too.
    with (folder / "part-003.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "torn", "text": "It bre\n')
    return str(folder)


def needed(name: str) -> None:
    """Skips a test when a package is missing, but not where NEWSMILL_NO_SKIP says that all is there."""
    if os.environ.get("NEWSMILL_NO_SKIP"):
        __import__(name)
    else:
        pytest.importorskip(name, reason=f"{name} is not installed")


def needed_java() -> None:
    if not shutil.which("java") and not os.environ.get("NEWSMILL_NO_SKIP"):
        pytest.skip("Java is not installed")
