"""A made-up corpus of news-like documents with planted copies and every true pair.

    corpus.py FOLDER [DOCUMENTS [SEED]]

Writes docs.jsonl (id, text), pairs.tsv (idA, idB, Jaccard of the lower-cased word 5-grams, every pair
at 0.5 or more, computed on the sets themselves) and planted.tsv (id, cluster, variant). The same
arguments give the same bytes. Sentences come from a small grammar, so that documents share a phrase
here and there, as news does; a quarter of the documents are copies of others: exact, changed in case
and punctuation, under another agency's head, edited at 2, 5 or 10 % of the words, cut short, extended,
or with their paragraphs in another order.
"""

import json
import math
import random
import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

WORD = re.compile(r"[^\W_]+")

NOUNS = """allotment archive bakery barge beacon bridge brewery canal causeway chapel cinema clinic depot dockyard
ferry festival foundry garden granary gallery harbour hatchery heath hospice kiln laundry library lighthouse
lock market meadow mill museum nursery observatory orchard pier pottery quarry railway reservoir sawmill school
shelter stable station swimming-bath tannery theatre tramway tunnel vineyard viaduct warehouse weir wharf woodland
workshop yard""".split()
ADJECTIVES = """abandoned ageing ambitious brick bright cautious cheap coastal costly crowded disputed draughty
empty famous flooded fragile generous handsome hidden historic idle leaking listed modest municipal narrow new
noisy northern old patient popular private provisional quiet rebuilt remote restored rural rusty shared small
southern spare stubborn temporary timber unfinished unlikely upper vacant waterlogged windy wooden""".split()
VERBS = """abandon adopt audit borrow catalogue celebrate close defend delay demolish drain enlarge exhibit fence
finance fund heat inspect insure inventory lease light measure move open paint photograph postpone protect
question rebuild reject relocate rename rent repair replace rescue restore roof sell share study survey tax
transfer visit wire""".split()
PEOPLE = """Abena Alder, Bruno Castell, Carys Penhallow, Dmitri Volk, Edda Lindqvist, Farah Noor, Gideon Marsh,
Hanne Brandt, Imre Szabo, Jun Okabe, Kofi Darko, Leonie Faure, Mirela Popa, Nadia Karim, Owen Tregear, Paloma Reyes,
Quentin Ashby, Rosa Amaral, Sindre Moen, Tamsin Rook, Usha Menon, Viktor Hlavac, Wanda Kowal, Xenia Drakou,
Yusuf Demir, Zofia Wilk""".replace("\n", " ").split(", ")
PLACES = """Ambleford, Brackwater, Cinder Hill, Dunmarsh, Eastmere, Fallowfield, Gannet Bay, Hartsbridge, Ivelcombe,
Juniper Cross, Kettleness, Larkstone, Merrow, Netherby, Oxlade, Pinmoor, Quarrington, Ravenscar, Saltash Green,
Thornlea, Ullswick, Vennford, Westerdale, Yarrow Bank""".replace("\n", " ").split(", ")
ROLES = """architect, auctioneer, botanist, carpenter, caretaker, choirmaster, clerk, councillor, curator, engineer,
ferryman, gardener, harbour master, historian, librarian, mayor, midwife, miller, pensioner, surveyor, teacher,
treasurer, vicar, volunteer""".replace("\n", " ").split(", ")
AGENCIES = ["Northgate Wire", "Tidewater Press", "Meridian News", "Union of Editors", "Seven Rivers Agency"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

# Each {slot} is filled anew for every sentence.
PATTERNS = """The {adjective} {noun} at {place} will {verb} its {adjective} {noun} before the {noun} reopens on {day}.
{person}, a {role} from {place}, asked why anybody would {verb} a {noun} that {number} people still use.
On {day} the {place} committee voted {few} to {few} to {verb} the {adjective} {noun}, against the advice of its {role}.
Nobody in {place} remembers who paid {number} for the {noun}, or whether the {role} meant to {verb} it at all.
“We can {verb} the {noun} or we can {verb} the {noun}, but not both,” said {person}, the {role}.
A report of {few} pages, written by {person}, found that the {noun} and the {adjective} {noun} had cost {number}.
When the {role} opened the {noun} in {year}, {number} visitors came from {place} and from {place} to {verb} it.
Since {year} the {adjective} {noun} has stood beside the {noun}, and each {role} has promised to {verb} one of them.
{person} and {person} would rather {verb} the {noun} with the {number} left from {year}.
Between {place} and {place} the road passes a {noun}, a {adjective} {noun} and {few} signs about the {noun}.
Few expected the {role} to {verb} anything so {adjective}; fewer still expected {place} to thank {person} for it.
By {day} evening {number} names stood under a letter that asks {place} not to {verb} its {noun}.
It took {few} years, {number} bricks and one {adjective} {role} to {verb} the {noun}.
If the {noun} fails, said {person}, then {place} must {verb} the {adjective} {noun} by {year}.""".split("\n")

EXTRA_HEAD = "By {person}, {agency}"
EXTRA_FOOT = "Copyright {year} {agency}. First published in {place}."


class Writer:
    """Fills patterns from one stream of random numbers."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        pick = chance.choice
        self.slots: dict[str, Callable[[], str]] = {
            "noun": lambda: pick(NOUNS),
            "adjective": lambda: pick(ADJECTIVES),
            "verb": lambda: pick(VERBS),
            "person": lambda: pick(PEOPLE),
            "place": lambda: pick(PLACES),
            "role": lambda: pick(ROLES),
            "agency": lambda: pick(AGENCIES),
            "day": lambda: pick(DAYS),
            "number": lambda: f"{chance.randint(110, 98_000):,}",
            "few": lambda: str(chance.randint(2, 40)),
            "year": lambda: str(chance.randint(1890, 2025)),
        }

    def fill(self, pattern: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda slot: self.slots[slot[1]](), pattern)

    def paragraph(self) -> str:
        return " ".join(self.fill(self.chance.choice(PATTERNS)) for _ in range(self.chance.randint(2, 6)))

    def document(self) -> list[str]:
        """Paragraphs of some 1,000 to 6,000 characters in all."""
        length = min(6_000.0, max(1_000.0, self.chance.lognormvariate(7.9, 0.5)))
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < length:
            paragraphs.append(self.paragraph())
        return paragraphs

    def word(self) -> str:
        return self.chance.choice(self.chance.choice([NOUNS, ADJECTIVES, VERBS]))

    def edited(self, paragraphs: list[str], rate: float) -> list[str]:
        """Replaces (3 in 5), drops (1 in 5) or doubles with another (1 in 5) a share of the words."""

        def edit(word: str) -> list[str]:
            if self.chance.random() >= rate:
                return [word]
            kind = self.chance.random()
            return [self.word()] if kind < 0.6 else [] if kind < 0.8 else [word, self.word()]

        return [" ".join(out for word in text.split(" ") for out in edit(word)) for text in paragraphs]

    def extended(self, paragraphs: list[str]) -> list[str]:
        wanted = sum(map(len, paragraphs)) * self.chance.uniform(1.1, 1.6)
        longer = list(paragraphs)
        while sum(map(len, longer)) < wanted:
            longer.append(self.paragraph())
        return longer

    def headed(self, paragraphs: list[str]) -> list[str]:
        dateline = self.fill("{place} ({agency}) – ").upper()
        return [self.fill(EXTRA_HEAD), dateline + paragraphs[0], *paragraphs[1:], self.fill(EXTRA_FOOT)]

    def retyped(self, paragraphs: list[str]) -> list[str]:
        change = self.chance.choice(
            [str.upper, str.lower, lambda text: text.replace(", ", " , "), lambda text: text.replace(" ", "  ")]
        )
        return [change(text) for text in paragraphs]

    def copy(self, paragraphs: list[str]) -> tuple[str, list[str]]:
        """A variant's name and what it makes of the paragraphs."""
        variants: dict[str, tuple[int, Callable[[list[str]], list[str]]]] = {
            "exact": (20, list),
            "retyped": (10, self.retyped),
            "headed": (22, self.headed),
            "edited-2": (12, lambda text: self.edited(text, 0.02)),
            "edited-5": (8, lambda text: self.edited(text, 0.05)),
            "edited-10": (5, lambda text: self.edited(text, 0.10)),
            "truncated": (12, lambda text: text[: max(1, round(len(text) * self.chance.uniform(0.5, 0.95)))]),
            "extended": (8, self.extended),
            "shuffled": (3, lambda text: self.chance.sample(text, len(text))),
        }
        name = self.chance.choices(list(variants), [weight for weight, _ in variants.values()])[0]
        return name, variants[name][1](paragraphs)


def family_sizes(copies: int, chance: random.Random) -> Iterator[int]:
    """Copies of one source: mostly one, some few, now and then dozens; `copies` in all."""
    while copies > 0:
        rank = chance.random()
        size = 1 if rank < 0.6 else chance.randint(2, 4) if rank < 0.92 else chance.randint(5, 40)
        yield min(size, copies)
        copies -= size


def shingles(text: str) -> "array[int]":
    """Distinct 64-bit hashes of the lower-cased word 5-grams (of all words, where there are fewer)."""
    words = WORD.findall(text.lower())
    grams = {tuple(words)} if len(words) < 5 else set(zip(*(words[start:] for start in range(5))))
    return array("q", {hash(gram) for gram in grams})


def true_pairs(documents: "list[array[int]]", threshold: float) -> Iterator[tuple[int, int, float]]:
    """Every pair with Jaccard at the threshold or above, by prefix filter.

    With shingles in one global order, two sets of Jaccard t or more share one among the first
    n − ⌈t·n⌉ + 1 of each (Bayardo, Ma and Srikant, "Scaling up all pairs similarity search", 2007).
    Rarest first makes the groups small.
    """
    frequency = Counter(shingle for document in documents for shingle in document)
    holders: dict[int, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        prefix = len(document) - math.ceil(threshold * len(document)) + 1
        for shingle in sorted(document, key=lambda gram: (frequency[gram], gram))[:prefix]:
            if frequency[shingle] > 1:
                holders[shingle].append(number)
    candidates = {
        (left, right)
        for group in holders.values()
        for place, left in enumerate(group)
        for right in group[place + 1 :]
        if threshold * max(len(documents[left]), len(documents[right]))
        <= min(len(documents[left]), len(documents[right]))
    }
    for left, right in sorted(candidates):
        first, second = set(documents[left]), set(documents[right])
        shared = len(first & second)
        jaccard = shared / (len(first) + len(second) - shared)
        if jaccard >= threshold:
            yield left, right, jaccard


def write_corpus(folder: Path, count: int, seed: int) -> None:
    """Makes the three files; `count` documents in all."""
    chance = random.Random(seed)
    writer = Writer(chance)
    copies = count // 4
    documents: list[tuple[str, str, str]] = []  # text, cluster, variant
    for cluster, size in enumerate(family_sizes(copies, chance)):
        source = writer.document()
        documents.append(("\n".join(source), f"c{cluster}", "source"))
        for _ in range(size):
            variant, paragraphs = writer.copy(source)
            documents.append(("\n".join(paragraphs), f"c{cluster}", variant))
    while len(documents) < count:
        documents.append(("\n".join(writer.document()), "", ""))
    chance.shuffle(documents)

    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"d{number:07d}" for number in range(len(documents))]
    with open(folder / "docs.jsonl", "w", encoding="utf-8") as rows:
        for doc_id, (text, _, _) in zip(ids, documents):
            rows.write(json.dumps({"id": doc_id, "text": text}, ensure_ascii=False) + "\n")
    with open(folder / "planted.tsv", "w", encoding="utf-8") as rows:
        rows.write("id\tcluster\tvariant\n")
        for doc_id, (_, family, variant) in zip(ids, documents):
            if family:
                rows.write(f"{doc_id}\t{family}\t{variant}\n")
    with open(folder / "pairs.tsv", "w", encoding="utf-8") as rows:
        rows.write("idA\tidB\tjaccard\n")
        for left, right, jaccard in true_pairs([shingles(text) for text, _, _ in documents], 0.5):
            rows.write(f"{ids[left]}\t{ids[right]}\t{jaccard:.4f}\n")


if __name__ == "__main__":
    write_corpus(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 5_000,
        int(sys.argv[3]) if len(sys.argv) > 3 else 1,
    )
