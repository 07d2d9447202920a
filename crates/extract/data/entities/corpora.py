#!/usr/bin/env python3
"""Brings freely licensed corpora of names into one form for `cargo run --example train_entities`.

  corpora.py OUT --gum DIR --datasets DIR [--silver FILE]

Writes OUT/NAME.jsonl, a row a document: `id`, `text`, `entities` (`kind`, `start`, `end` in
characters). Both folders are clones of the GitHub repositories that the README beside this file
names, with their licences. Of GUM the genres news and interview are left out: they are what
newsmill is measured on. Documents whose texts are not free for every use are left out as well.
`--silver` takes a file that silver.py made.
"""
import argparse
import glob
import json
import os
import re

KINDS = {
    "per": "person", "person": "person",
    "org": "organisation", "organisation": "organisation", "organization": "organisation",
    "corporation": "organisation", "group": "organisation",
    "loc": "place", "location": "place", "place": "place", "facility": "place",
}
# Genres of GUM whose texts are CC BY or CC BY-SA.
GENRES = ("academic", "bio", "court", "voyage")
NO_SPACE_BEFORE = set(".,;:!?)]}%") | {"'s", "’s", "n't", "'", "’", "''", "”"}
NO_SPACE_AFTER = {"(", "[", "{", "$", "``", "“", "#"}


class Text:
    """Tokens joined as they would be written, with the places of names."""

    def __init__(self):
        self.parts, self.length, self.tight, self.spans = [], 0, True, []
        self.open = None

    def add(self, token, label, space=None):
        token = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")"}.get(token, token)
        if space is None:
            space = not self.tight and token not in NO_SPACE_BEFORE
        if space and self.parts:
            self.parts.append(" ")
            self.length += 1
        start = self.length
        self.parts.append(token)
        self.length += len(token)
        self.tight = token in NO_SPACE_AFTER
        self.label(label, start)

    def label(self, label, start):
        begins, kind = (None, None) if label == "O" else (label[0] in "BS", KINDS.get(label[2:].lower()))
        if self.open and (kind != self.open[0] or begins):
            self.open = None
        if kind and not self.open:
            self.open = [kind, start, self.length]
            self.spans.append(self.open)
        elif kind:
            self.open[2] = self.length

    def paragraph(self):
        self.parts.append("\n\n")
        self.length += 2
        self.tight, self.open = True, None

    def row(self, name):
        entities = [{"kind": k, "start": s, "end": e} for k, s, e in self.spans]
        return {"id": name, "text": "".join(self.parts), "entities": entities}


def columns(path, name, sentences=20):
    """Documents of a file of tokens and labels; where it marks none, so many sentences each."""
    text, seen, n = Text(), 0, 0
    for line in open(path, encoding="utf-8", errors="replace"):
        cells = re.split(r"[\t ]", line.strip())
        if len(cells) < 2 or cells[0] == "-DOCSTART-":
            seen += 1
            if cells[0] == "-DOCSTART-" or seen >= sentences:
                if text.spans:
                    yield text.row(f"{name}-{n}")
                text, seen, n = Text(), 0, n + 1
            continue
        text.add(cells[0], cells[-1])
    if text.spans:
        yield text.row(f"{name}-{n}")


def gum_document(path):
    """The names of a document of GUM: runs of proper nouns that head a mention, joined over `of`
    and its like inside an organisation."""
    text = Text()
    tokens, stack, mentions = [], {}, []
    glued = True
    for line in open(path, encoding="utf-8"):
        if line.startswith("# newpar") and not line.startswith("# newpar_block") and tokens:
            text.paragraph()
            glued = True
        cells = line.rstrip("\n").split("\t")
        if len(cells) < 10 or not cells[0].isdigit():
            continue
        text.add(cells[1], "O", space=not glued)
        glued = "SpaceAfter=No" in cells[9]
        at = len(tokens)
        start = text.length - len(cells[1])
        tokens.append((cells[1], cells[3], start, text.length, int(cells[6]), int(cells[0])))
        for part in re.findall(r"\([^()]+\)?|[^()]+\)", dict(
                f.split("=", 1) for f in cells[9].split("|") if "=" in f).get("Entity", "")):
            inner = part.strip("()").split("-")
            if part.startswith("("):
                stack.setdefault(inner[0], []).append((at, inner[1] if len(inner) > 1 else ""))
            if part.endswith(")") and stack.get(inner[0]):
                begin, kind = stack[inner[0]].pop()
                if kind in ("person", "place", "organization"):
                    mentions.append((begin, at, kind))
    taken = [False] * len(tokens)
    for begin, end, kind in sorted(mentions, key=lambda m: m[0] - m[1]):
        inside = {tokens[i][5] for i in range(begin, end + 1)}
        heads = [i for i in range(begin, end + 1) if tokens[i][4] not in inside]
        if len(heads) != 1 or tokens[heads[0]][1] != "PROPN":
            continue
        low = high = heads[0]
        while low > begin and tokens[low - 1][1] == "PROPN":
            low -= 1
        while high < end and tokens[high + 1][1] == "PROPN":
            high += 1
        joints = ("of", "for", "the", "and", "&", "on", "in")
        while kind == "organization":
            next_ = high + 1
            while next_ <= end and tokens[next_][0].lower() in joints and next_ - high <= 2:
                next_ += 1
            if next_ == high + 1 or next_ > end or tokens[next_][1] != "PROPN":
                break
            high = next_
            while high < end and tokens[high + 1][1] == "PROPN":
                high += 1
        title = low == high and tokens[low][0] in ("President", "Senator", "Minister", "King", "Queen", "God")
        if any(taken[low:high + 1]) or title:
            continue
        taken[low:high + 1] = [True] * (high + 1 - low)
        text.spans.append([KINDS[kind], tokens[low][2], tokens[high][3]])
    text.spans.sort(key=lambda s: s[1])
    return text.row(os.path.basename(path)[:-len(".conllu")])


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("out")
    args.add_argument("--gum", required=True)
    args.add_argument("--datasets", required=True)
    args.add_argument("--silver")
    args = args.parse_args()
    os.makedirs(args.out, exist_ok=True)
    data = os.path.join(args.datasets, "data")

    def write(name, rows):
        rows = [r for r in rows if r["entities"]]
        with open(os.path.join(args.out, f"{name}.jsonl"), "w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        print(name, len(rows), sum(len(r["text"]) for r in rows), sum(len(r["entities"]) for r in rows))

    files = sorted(f for g in GENRES for f in glob.glob(os.path.join(args.gum, "dep", f"GUM_{g}_*.conllu")))
    write("gum", map(gum_document, files))
    write("wikigold", columns(os.path.join(data, "wikigold/CONLL-format/data/wikigold.conll.txt"), "wikigold"))
    wnut = os.path.join(data, "WNUT17/CONLL-format/data")
    write("wnut", (r for f in sorted(glob.glob(wnut + "/*/*")) for r in columns(f, os.path.basename(f), 1)))
    btc = sorted(glob.glob(os.path.join(data, "BTC/CONLL-format/data/*.conll")))
    write("btc", (r for f in btc for r in columns(f, os.path.basename(f), 1)))
    if args.silver:
        write("silver", (json.loads(line) for line in open(args.silver, encoding="utf-8")))


main()
