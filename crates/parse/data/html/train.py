"""Grow model.tsv, which judges the blocks of HTML pages, from labelled pages.

    cargo run --release -p newsmill-parse --example survey -- SET/pages.list > SET/survey.jsonl
    train.py --set SET/gold.jsonl SET/survey.jsonl [--set ...] --out model.tsv
    train.py --set SET/gold.jsonl SET/survey.jsonl [--set ...] --folds 3

Requires Python 3.11, lightgbm 4.7 and numpy 2.4. model.tsv comes out the same, byte by byte, from the
same sets in the same order with the same number of --threads.

survey.jsonl: what the example survey prints, all pages of the set, by their ids.
gold.jsonl: a JSON object a page, with `id` and what people marked on it:
    text      its main text, one paragraph, heading or list item a line; or, where there is none,
    with      snippets that stand in its main text, and
    without   snippets that do not
    headings  optional: those lines of text that are headings
    url       optional: its host tells in which fold the page is

--out grows the model from all pages. --folds cross-validates: pages of one host are in one fold, and
each page is judged by a model grown from the other folds. A line a set is printed: F1, precision and
recall of the words of the main text, averaged over pages; the shares of snippets found and missed as
they should be; the share of headings kept.
"""

import argparse
import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

import lightgbm
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HEAD = """\
# Which blocks of a page belong to its article: trees of gradient boosting over the columns of
# src/html/features. Format: src/html/model.rs. A block is article where the logistic function of
# the sum of all trees is 0.5 or more.
"""
# A block is article from this likelihood on.
LIKELY = 0.5

# The column that says what a block is, and its last value that is a heading.
KIND, LAST_HEADING = 0, 6
# Blocks of at least so many letters and digits are looked for anywhere in the main text.
LONG = 30
# Shorter ones: how far behind the block before a line of the text may stand, and any other part.
LINE_REACH, PART_REACH = 2000, 60
# A block weighs by its words and this, a heading and a block made up as one by so many more.
WORDS_MORE, HEADING_MORE, MADE_UP_MORE = 1.5, 24, 3
# Words of the shortest main text a block is weighed against.
SHORT_TEXT = 50
# What a block weighs that a snippet meets: one to find, one to miss.
FOUND_WEIGHT, MISSED_WEIGHT = 0.19, 0.15
# A block inside a snippet is met by it if longer than this: one to find, one to miss.
FOUND_LENGTH, MISSED_LENGTH = 20, 8


@dataclass
class Page:
    """A page of a set: what people marked, and its blocks as newsmill cuts them."""

    set_name: str
    gold: dict[str, Any]
    texts: list[str]
    columns: npt.NDArray[np.float32]
    """A row a block."""
    labels: Floats
    """A share of each block, NaN where it is not known."""
    weights: Floats


WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def bare(text: str) -> str:
    """Letters and digits only, as labels are compared by."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text).lower())


def read(gold_path: str, survey_path: str) -> Iterator[Page]:
    blocks_of = {}
    with open(survey_path, encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            texts = [block["text"] for block in page["blocks"]]
            columns = np.array([block["columns"] for block in page["blocks"]], dtype=np.float32)
            blocks_of[page["id"]] = texts, columns
    with open(gold_path, encoding="utf-8") as lines:
        for line in lines:
            gold = json.loads(line)
            texts, columns = blocks_of[gold["id"]]
            if gold.get("text"):
                labels, weights = by_text(gold, texts, columns)
            else:
                labels, weights = by_snippets(gold, texts)
            yield Page(gold_path, gold, texts, columns, labels, weights)


def by_text(
    gold: dict[str, Any], texts: list[str], columns: npt.NDArray[np.float32]
) -> tuple[Floats, Floats]:
    """Labels and weights of the blocks of a page whose main text is known."""
    text = bare(gold["text"])
    lines = {bare(line) for line in re.split(r"\n+", gold["text"])}
    headings = {bare(heading) for heading in gold.get("headings") or []}
    text_words = words(gold["text"])
    triples = set(zip(text_words, text_words[1:], text_words[2:]))
    total = max(SHORT_TEXT, len(text_words))
    labels = np.zeros(len(texts))
    weights = np.zeros(len(texts))
    reached = 0
    for at, block in enumerate(texts):
        block_words, letters = words(block), bare(block)
        found = -1
        if len(letters) >= LONG:
            found = text.find(letters)
            if found >= 0:
                labels[at] = 1
            else:
                own = list(zip(block_words, block_words[1:], block_words[2:]))
                labels[at] = sum(triple in triples for triple in own) / max(1, len(own))
        elif letters in lines and letters:
            labels[at] = 1
            found = text.find(letters, reached, reached + LINE_REACH)
        elif len(letters) > 2:
            found = text.find(letters, reached, reached + len(letters) + PART_REACH)
            labels[at] = found >= 0
        if found >= 0:
            reached = found + len(letters)
        weights[at] = (len(WORD.findall(block)) + WORDS_MORE) / total
        if letters in headings and labels[at] == 1:
            weights[at] += HEADING_MORE / total
        elif columns[at, KIND] <= LAST_HEADING:
            weights[at] += MADE_UP_MORE / total
    return labels, weights


def by_snippets(gold: dict[str, Any], texts: list[str]) -> tuple[Floats, Floats]:
    """Labels and weights of the blocks of a page of which only snippets are known."""
    to_find = [bare(snippet) for snippet in gold.get("with") or []]
    to_miss = [bare(snippet) for snippet in gold.get("without") or []]

    def meets(letters: str, snippets: list[str], length: int) -> bool:
        return any(
            snippet and (snippet in letters or (len(letters) > length and letters in snippet))
            for snippet in snippets
        )

    labels = np.full(len(texts), np.nan)
    weights = np.zeros(len(texts))
    for at, block in enumerate(texts):
        letters = bare(block)
        if meets(letters, to_find, FOUND_LENGTH):
            labels[at], weights[at] = 1, FOUND_WEIGHT
        elif meets(letters, to_miss, MISSED_LENGTH):
            labels[at], weights[at] = 0, MISSED_WEIGHT
    return labels, weights


def grow(pages: list[Page], options: argparse.Namespace) -> lightgbm.Booster:
    pages = [page for page in pages if page.texts]
    columns = np.concatenate([page.columns for page in pages])
    labels = np.concatenate([page.labels for page in pages])
    weights = np.concatenate([page.weights for page in pages])
    known = ~np.isnan(labels) & (weights > 0)
    parameters = {
        "objective": "cross_entropy",
        "learning_rate": options.rate,
        "num_leaves": options.leaves,
        "min_data_in_leaf": 40,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 2.0,
        "max_bin": 63,
        "force_col_wise": True,
        "seed": 1,
        "num_threads": options.threads,
        "verbose": -1,
    }
    data = lightgbm.Dataset(columns[known], labels[known], weight=weights[known])
    return lightgbm.train(parameters, data, options.rounds)


def write(model: lightgbm.Booster, path: str) -> None:
    """The trees as src/html/model.rs reads them: a line each, in preorder."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for tree in model.dump_model()["tree_info"]:
            steps, ahead = [], [tree["tree_structure"]]
            while ahead:
                node = ahead.pop()
                if "leaf_value" in node:
                    steps.append(f"={node['leaf_value']:.4g}")
                    continue
                if node["decision_type"] != "<=":
                    raise ValueError(f"no such branch in model.rs: {node['decision_type']}")
                steps.append(f"{node['split_feature']}:{node['threshold']:.6g}")
                ahead += node["right_child"], node["left_child"]
            out.write(" ".join(steps) + "\n")


def cross_validate(pages: list[Page], options: argparse.Namespace) -> None:
    def fold(page: Page) -> int:
        host = urlparse(page.gold.get("url") or "").netloc or page.gold["id"]
        return zlib.crc32(host.encode()) % options.folds

    kept_of: dict[str, list[tuple[Page, list[str]]]] = {page.set_name: [] for page in pages}
    for held_out in range(options.folds):
        model = grow([page for page in pages if fold(page) != held_out], options)
        for page in pages:
            if fold(page) == held_out:
                likely = model.predict(page.columns) >= LIKELY if page.texts else []
                kept = [text for text, stays in zip(page.texts, likely) if stays]
                kept_of[page.set_name].append((page, kept))
    for set_name, judged in kept_of.items():
        print(set_name, *(f"{name} {value:.4f}" for name, value in figures(judged)))


def figures(judged: list[tuple[Page, list[str]]]) -> Iterator[tuple[str, float]]:
    """What the kept blocks of a set's pages are worth; only what its gold can tell."""
    shares, found, missed, headings = [], [], [], []
    for page, kept in judged:
        text = "\n\n".join(kept)
        if page.gold.get("text"):
            ours, theirs = Counter(words(text)), Counter(words(page.gold["text"]))
            common = (ours & theirs).total()
            precision, recall = common / max(1, ours.total()), common / max(1, theirs.total())
            f1 = 2 * precision * recall / (precision + recall) if common else 0.0
            shares.append((f1, precision, recall))
        letters = bare(text)
        found += [bare(snippet) in letters for snippet in page.gold.get("with") or []]
        missed += [bare(snippet) not in letters for snippet in page.gold.get("without") or []]
        blocks = {bare(block) for block in kept}
        headings += [bare(heading) in blocks for heading in page.gold.get("headings") or []]
    if shares:
        yield from zip(("F1", "precision", "recall"), np.mean(shares, axis=0))
    for name, hits in ("with", found), ("without", missed), ("headings", headings):
        if hits:
            yield name, float(np.mean(hits))


def main() -> None:
    usage = argparse.ArgumentParser(description="Grow the model of HTML blocks.")
    usage.add_argument(
        "--set", nargs=2, action="append", required=True, metavar=("GOLD", "SURVEY"), dest="sets"
    )
    usage.add_argument("--out", help="where to write the model")
    usage.add_argument("--folds", type=int, help="cross-validate by so many folds")
    usage.add_argument("--rounds", type=int, default=130, help="trees (130)")
    usage.add_argument("--leaves", type=int, default=20, help="leaves of a tree (20)")
    usage.add_argument("--rate", type=float, default=0.1, help="learning rate (0.1)")
    usage.add_argument("--threads", type=int, default=2, help="threads (2)")
    options = usage.parse_args()
    if not options.out and not options.folds:
        usage.error("nothing to do: --out or --folds")
    pages = [page for gold, survey in options.sets for page in read(gold, survey)]
    if options.folds:
        cross_validate(pages, options)
    if options.out:
        write(grow(pages, options), options.out)


if __name__ == "__main__":
    main()
