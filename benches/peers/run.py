"""Runs every tool alone on one corpus and writes docs/peers/dedup.md and docs/peers/dedup.svg.

    run.py                                            a corpus of 5,000 made-up documents
    run.py --corpus DOCS.jsonl --pairs PAIRS.tsv      your own, with every true pair at 0.5 or more

Finished results stay in the work folder: a second call runs what is missing. See README.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools import HERE, TOOLS, Tool

ROOT = HERE.parent.parent
# One thread for every tool that can be told so, and no look at any model hub.
SINGLE = {
    **dict.fromkeys(("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}


class Failed(Exception):
    """What a tool said when it could not be installed or run."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="JSON Lines of id and text, plain or .zst")
    parser.add_argument("--pairs", type=Path, help="its true pairs: idA, idB, Jaccard; plain or .zst")
    parser.add_argument("--planted", type=Path, help="id and cluster of documents made from one another")
    parser.add_argument("--describe", help="what the corpus is, for the page")
    parser.add_argument("--newsmill", type=Path, help="a release binary, instead of building one")
    parser.add_argument("--google", type=Path, help="binary of deduplicate-text-datasets, left out without it")
    parser.add_argument("--only", action="append", choices=[tool.name for tool in TOOLS], help="run anew")
    parser.add_argument("--timeout", type=float, default=420, help="seconds for one tool's run")
    parser.add_argument("--work", type=Path, default=ROOT / "target/peers", help="environments and results")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/peers", help="folder for the page and plot")
    options = parser.parse_args()
    if bool(options.corpus) != bool(options.pairs):
        parser.error("--corpus and --pairs go together")
    if "google-substrings" in (options.only or []) and not options.google:
        parser.error("google-substrings needs --google")
    return options


def quiet(command: list[str], timeout: float | None = None) -> None:
    """Runs a step that is not measured; its last words go into the failure."""
    try:
        subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{Path(command[0]).name}: not done after {late.timeout:.0f} s") from late
    except subprocess.CalledProcessError as error:
        raise Failed(last_words(error.stdout)) from error


def last_words(log: bytes) -> str:
    lines = [line.strip() for line in log.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no message"])[-1][:300]


def plain(path: Path, folder: Path) -> Path:
    """The file itself, or its decompressed copy in the folder."""
    if path.suffix != ".zst":
        return path.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.stem
    if not copy.exists():
        quiet(["zstd", "-dqf", str(path), "-o", str(copy)])
    return copy.resolve()


def corpus_files(options: argparse.Namespace) -> tuple[Path, Path, Path | None, str]:
    """Corpus, pairs, planted clusters and a description; made up where none is given."""
    if options.corpus:
        folder = options.work / "input" / hashlib.sha256(str(options.corpus.resolve()).encode()).hexdigest()[:12]
        planted = plain(options.planted, folder) if options.planted else None
        words = options.describe or "a corpus given on the command line"
        return plain(options.corpus, folder), plain(options.pairs, folder), planted, words
    folder = options.work / "made-up"
    if not (folder / "pairs.tsv").exists():
        quiet([sys.executable, str(HERE / "corpus.py"), str(folder), "5000"])
    words = options.describe or "made-up news-like documents of `benches/peers/corpus.py`"
    return folder / "docs.jsonl", folder / "pairs.tsv", folder / "planted.tsv", words


def python_of(environment: str, work: Path) -> Path:
    """Python of a virtual environment that holds exactly what the lock file names."""
    lock = HERE / "requirements" / f"{environment}.txt"
    folder = work / "environments" / environment
    done = folder / "installed.txt"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        quiet([sys.executable, "-m", "venv", "--clear", str(folder)])
        quiet([str(folder / "bin/python"), "-m", "pip", "install", "--no-deps", "-qr", str(lock)], timeout=900)
        done.write_bytes(lock.read_bytes())
    return folder / "bin/python"


def binary_of(tool: Tool, options: argparse.Namespace) -> Path:
    if tool.environment:
        return python_of(tool.environment, options.work)
    if tool.name.startswith("newsmill"):
        if options.newsmill:
            return Path(options.newsmill).resolve()
        quiet(["cargo", "build", "--release", "--manifest-path", str(ROOT / "Cargo.toml"), "-p", "newsmill"])
        return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/newsmill"
    return Path(options.google).resolve()


def version_of(tool: Tool, binary: Path) -> str:
    if tool.environment:
        ask = f"import importlib.metadata as m; print(m.version({tool.environment!r}))"
        return subprocess.run([str(binary), "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    if tool.name.startswith("newsmill"):
        said = subprocess.run([str(binary), "--version"], check=True, capture_output=True, text=True)
        return said.stdout.split()[-1]
    return "1.0.0"


def run(tool: Tool, files: tuple[Path, Path, Path | None], folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Installs, measures and scores one tool; a failure is a result too."""
    corpus, pairs, planted = files
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result: dict[str, Any] = {"date": datetime.now(UTC).strftime("%Y-%m-%d")}
    try:
        binary = binary_of(tool, options)
        result["version"] = version_of(tool, binary)
        tool.prepare(corpus, folder)
        cost = folder / "cost.json"
        measure = [sys.executable, str(HERE / "measure.py"), str(cost), str(options.timeout)]
        result["load"] = os.getloadavg()[0]
        with open(folder / "log.txt", "wb") as log:
            environment = {**os.environ, **SINGLE, "HF_HOME": str(folder / "hub")}
            command = measure + tool.command(corpus, folder, binary)
            subprocess.run(command, check=True, stdout=log, stderr=log, env=environment, cwd=folder)
        result |= json.loads(cost.read_text())
        if result["timed_out"]:
            raise Failed(f"not done after {options.timeout:.0f} s of wall time")
        if result["exit"] != 0:
            raise Failed(last_words((folder / "log.txt").read_bytes()))
        answer = folder / "scored.tsv"
        with open(answer, "w", encoding="utf-8") as out:
            out.writelines(f"{dropped}\t{kept}\n" for dropped, kept in tool.answer(corpus, folder).items())
        figures = folder / "figures.json"
        truth = [str(pairs), str(figures), *([str(planted)] if planted else [])]
        quiet([sys.executable, str(HERE / "score.py"), str(answer), *truth])
        result |= json.loads(figures.read_text())
    except (Failed, OSError, subprocess.CalledProcessError) as failure:
        result["failure"] = str(failure)
    return result


def main() -> None:
    options = arguments()
    options.work = options.work.resolve()
    corpus, pairs, planted, words = corpus_files(options)
    digest = hashlib.sha256(corpus.read_bytes()).hexdigest()[:12]
    results = options.work / "results" / digest
    results.mkdir(parents=True, exist_ok=True)
    for tool in TOOLS:
        kept = results / f"{tool.name}.json"
        if tool.name == "google-substrings" and not options.google:
            continue
        if tool.name in options.only if options.only else not kept.exists():
            print(f"{tool.name} …", flush=True)
            scratch = options.work / "scratch" / tool.name
            result = run(tool, (corpus, pairs, planted), scratch, options)
            kept.write_text(json.dumps(result, indent=1))
            shutil.rmtree(scratch / "data", ignore_errors=True)
            said = result.get("failure") or f"{result['cpu_seconds']:.1f} CPU s"
            print(f"{tool.name}: {said}", flush=True)
    with open(corpus, "rb") as rows:
        count = sum(1 for _ in rows)
    about = {"words": words, "documents": count, "bytes": corpus.stat().st_size}
    (results / "corpus.json").write_text(json.dumps(about))
    python = python_of("report", options.work)
    subprocess.run([str(python), str(HERE / "report.py"), str(results), str(options.out)], check=True)


if __name__ == "__main__":
    main()
