"""Makes the page and the plot of a folder of results.

    report.py RESULTS OUT

Reads RESULTS/TOOL.json and RESULTS/corpus.json, writes OUT/dedup.md and OUT/dedup.svg.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  the backend is chosen first

from tools import TOOLS  # noqa: E402

COLUMNS = (
    "| tool | CPU s | × newsmill | wall s | peak MiB | r ≥ 0.8 | r 0.7–0.8 | r 0.5–0.7 "
    "| precision | orphans | unrelated | dropped | named |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
)
LEGEND = """`CPU s`: user and system time of the whole process tree, from the start of the interpreter to the answer;
`wall` is only indicative, the machine does other work. `peak`: resident set of the largest process. `r`:
share of the true pairs of that band of Jaccard similarity of which at least one side was dropped. At the
threshold of 0.7 the first two bands should be caught; a pair of the third is no reason to drop anything,
and counts where a side was dropped for another. `precision`: share of the dropped documents whose true
Jaccard with the document kept for them is 0.7 or more; for tools that name nothing, with any document at
all, which is easier. `orphans`: dropped documents for which nothing at 0.7 or more was kept. `unrelated`:
dropped documents that are below 0.5 to the one kept for them and not made from the same source. `named`:
what the tool names for a dropped document.
"""


def machine() -> str:
    model = next(
        (row.split(":", 1)[1].strip() for row in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in row),
        "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {sys.version.split()[0]}"


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def page(results: dict[str, dict[str, Any]], about: dict[str, Any]) -> str:
    ours = results.get("newsmill", {}).get("cpu_seconds")
    dates = sorted({result["date"] for result in results.values()})
    lines = [
        "# Duplicates: newsmill and its peers\n",
        f"Made by `benches/peers/run.py` on {' and '.join(dates)}; {machine()}.\n",
        f"Corpus: {about['words']} ({about['documents']:,} documents, {about['bytes'] / 1e6:.0f} MB as JSON Lines). "
        "Word 5-grams, threshold 0.7, one process, one thread, each tool alone; the peers with 128 permutations in 16 "
        "bands of 8, newsmill with its defaults, 256 values in 64 bands of 4. "
        "The load average beside each run is in the last table.\n",
        "![CPU seconds, peak memory, recall and precision](dedup.svg)\n",
    ]
    table = COLUMNS
    failures = ""
    for tool in TOOLS:
        result = results.get(tool.name)
        if result is None:
            continue
        if "failure" in result:
            spent = f", {result['cpu_seconds']:.0f} CPU s until then" if "cpu_seconds" in result else ""
            failures += f"- {tool.name}: {result['failure']}{spent}\n"
            continue
        cpu = result["cpu_seconds"]
        cells = [
            f"{tool.name} {result['version']}",
            f"{cpu:.1f}",
            f"{cpu / ours:.1f}" if ours else "–",
            f"{result['wall_seconds']:.1f}",
            f"{result['peak_mib']:,.0f}",
            *(share(result[name]) for name in ("recall_08", "recall_07", "recall_05", "precision")),
            str(result["orphans"]),
            str(result["unrelated"]),
            f"{result['dropped']:,}",
            tool.names,
        ]
        table += f"| {' | '.join(cells)} |\n"
    lines += [table, LEGEND]
    if failures:
        lines.append(f"Not measured:\n\n{failures}")
    recipes = "| tool | recipe | load average |\n|---|---|--:|\n"
    for tool in TOOLS:
        if tool.name in results:
            load = results[tool.name].get("load")
            recipes += f"| {tool.name} | {tool.recipe} | {'–' if load is None else format(load, '.1f')} |\n"
    lines += [recipes, "What each recipe is and where upstream documents it: `benches/peers/README.md`.\n"]
    return "\n".join(lines)


def plot(results: dict[str, dict[str, Any]], path: Path) -> None:
    names = [tool.name for tool in TOOLS if "precision" in results.get(tool.name, {})]
    names.sort(key=lambda name: results[name]["cpu_seconds"], reverse=True)
    colours = ["#b3441e" if name.startswith("newsmill") else "#4a6a8a" for name in names]
    plt.rcParams.update({"svg.hashsalt": "peers", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, (cpu, memory, quality) = plt.subplots(1, 3, figsize=(12, 0.42 * len(names) + 1.2), sharey=True)
    for axes, key, title in ((cpu, "cpu_seconds", "CPU seconds (log)"), (memory, "peak_mib", "peak memory, MiB (log)")):
        values = [results[name][key] for name in names]
        axes.barh(names, values, color=colours)
        axes.set_xscale("log")
        axes.set_xlim(min(values) / 2, max(values) * 3)
        axes.set_title(title)
        for place, value in enumerate(values):
            axes.text(value * 1.08, place, f"{value:,.0f}" if value >= 100 else f"{value:.1f}", va="center")
    for key, marker, label in (
        ("recall_08", "o", "recall, Jaccard ≥ 0.8"),
        ("recall_07", "s", "recall, 0.7–0.8"),
        ("precision", "x", "precision"),
    ):
        points = [(results[name][key], name) for name in names if results[name][key] is not None]
        quality.plot([value for value, _ in points], [name for _, name in points], marker, label=label, alpha=0.85)
    quality.set_title("recall and precision")
    quality.grid(axis="x", alpha=0.3)
    quality.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=3, frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    about = json.loads((folder / "corpus.json").read_text())
    results = {
        tool.name: json.loads((folder / f"{tool.name}.json").read_text())
        for tool in TOOLS
        if (folder / f"{tool.name}.json").exists()
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "dedup.md").write_text(page(results, about), encoding="utf-8")
    if any("precision" in result for result in results.values()):
        plot(results, out / "dedup.svg")


if __name__ == "__main__":
    main()
