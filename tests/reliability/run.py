"""Breaks runs of newsmill in every way there is and looks whether they go on as if nothing had been.

    run.py kills 1000        SIGKILL at random times, then --resume
    run.py signals 200       SIGINT and SIGTERM at random times, then --resume
    run.py syscalls          SIGKILL at each write, sync, rename, open … of a small run (strace)
    run.py errors            an error at each of them (strace): seen, and survived by the next start
    run.py disks             20 sizes of a full disk (tmpfs; root)
    run.py power 60          what was not synced is lost (ext4 on a loop device; root, xfs_io)
    run.py control 10        the same with a run that syncs nothing (a C compiler): it must be found out
    run.py bombs             10 GB in 10 MB, a line of 1 GB: rejected within 256 MiB
    run.py memory            ten times the articles

Each prints one line and exits with 1 when a run ended differently from one that was left alone, or
said that it was done and was not. --newsmill names the binary, --seed repeats a sequence.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What may differ from run to run: the manifest tells when a run was made.
LASTING = ("articles", "duplicates.jsonl", "removed.jsonl", "repaired.jsonl", "passages.jsonl", "boilerplate.jsonl", "samples.jsonl", "rejected.jsonl", "rejected.tar")
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "openat", "unlink", "unlinkat", "mkdir", "ftruncate")
ERRORS = ("ENOSPC", "EIO", "EMFILE", "EINTR")
# What stands beside the files that the manifest lists.
UNLISTED = {"manifest.json", "report.html"}
WORDS = "river bridge council market ferry harbour orchard granite lantern weather parish tide".split()


class Broken(Exception):
    """A run that did not keep its promise."""


def dump(path: Path, articles: int) -> None:
    """Posts with copies, repeats and lines that are no JSON."""
    chance = random.Random(7)
    with path.open("w") as file:
        stories: list[str] = []
        for number in range(articles):
            if number % 5 == 4:
                text = chance.choice(stories)
            else:
                said = [" ".join(chance.choices(WORDS, k=9)).capitalize() + f" {number}." for _ in range(6)]
                text = "\n\n".join(said + said[:2] * (number % 7 == 0))
            stories.append(text)
            file.write(json.dumps({"id": f"p{number}", "text": text}) + "\n")
            if number % 50 == 0:
                file.write("no json\n")


def digest(run: Path) -> str:
    """One number for everything that must not differ."""
    total = hashlib.sha256()
    for name in LASTING:
        for path in sorted((run / name).glob("*")) if (run / name).is_dir() else [run / name]:
            total.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"missing"))
    return total.hexdigest()


class Bench:
    """A dump, the answer of a run that is left alone, and runs that are not."""

    def __init__(self, newsmill: Path, folder: Path, articles: int) -> None:
        self.newsmill, self.folder, self.articles = newsmill, folder, articles
        self.input = folder / "dump.jsonl"
        dump(self.input, articles)
        began = time.monotonic()
        self.finish(folder / "whole")
        self.seconds = time.monotonic() - began
        self.answer = digest(folder / "whole")

    def command(self, run: Path) -> list[str]:
        return [str(self.newsmill), "--quiet", "run", str(self.input), "-o", str(run), "--resume", "-j", "2"]

    def start(self, run: Path, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        environment = os.environ | (environment or {})
        return subprocess.Popen(self.command(run), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)

    def finish(self, run: Path) -> None:
        done = subprocess.run(self.command(run), capture_output=True, timeout=120)
        if done.returncode != 0:
            raise Broken(f"exit {done.returncode}: {done.stderr.decode()[-400:]}")

    def unreadable(self, run: Path) -> bool:
        """Whether a finished run tells of an input that could not be read."""
        rows = map(json.loads, (run / "rejected.jsonl").read_text().splitlines())
        return any(row["kind"] == "unreadable" for row in rows)

    def check(self, run: Path, what: str) -> None:
        """Finishes a run and compares it; a run that is done must not be touched again."""
        self.finish(run)
        if digest(run) != self.answer:
            raise Broken(f"{what}: another answer in {run}")
        books = json.loads((run / "manifest.json").read_text())["tally"]
        if books["read"] != books["kept"] + books["duplicates"] + books["rejected"]:
            raise Broken(f"{what}: {books}")
        listed = {entry["name"] for entry in json.loads((run / "manifest.json").read_text())["files"]}
        left = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()} - listed - UNLISTED
        if left:
            raise Broken(f"{what}: {left} was left behind in {run}")
        shutil.rmtree(run)


def kills(bench: Bench, count: int, chance: random.Random) -> str:
    broken = starts = 0
    while broken < count:
        run = bench.folder / "run"
        for _ in range(chance.randint(1, 5)):
            process = bench.start(run)
            starts += 1
            try:
                process.communicate(timeout=chance.uniform(0, bench.seconds * 1.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                broken += 1
        bench.check(run, f"kill {broken}")
    return f"{broken} kills in {starts} starts"


def signals(bench: Bench, count: int, chance: random.Random) -> str:
    sent, slowest = 0, 0.0
    while sent < count:
        run = bench.folder / "run"
        which = chance.choice((signal.SIGINT, signal.SIGTERM))
        process = bench.start(run)
        try:
            process.communicate(timeout=chance.uniform(0.02, bench.seconds * 1.1))
        except subprocess.TimeoutExpired:
            began = time.monotonic()
            process.send_signal(which)
            process.communicate()
            slowest = max(slowest, time.monotonic() - began)
            sent += 1
            # Before it looks out for signals, one ends it as it ends any process; behind its last
            # row it is done.
            if process.returncode not in (128 + which, -which, 0):
                raise Broken(f"{which.name}: exit {process.returncode}") from None
            if slowest > 2:
                raise Broken(f"{which.name}: {slowest:.1f} s until the end") from None
        bench.check(run, f"signal {sent}")
    return f"{sent} signals, {slowest:.2f} s at most until the end"


def traced(bench: Bench, run: Path, *options: str) -> tuple[int, int]:
    """Exit code, and how often the injection came to pass."""
    log = bench.folder / "injected"
    done = subprocess.run(["strace", "-f", "-qq", "-o", str(log), *options, *bench.command(run)], capture_output=True, timeout=120)
    return done.returncode, log.read_text().count("(INJECTED)")


def counted(bench: Bench) -> dict[str, int]:
    """How often the busiest thread of a run left alone makes each call: strace counts by thread, and
    injects into each thread that comes to that number."""
    log = bench.folder / "calls"
    run = bench.folder / "counted"
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}", *bench.command(run)]
    subprocess.run(command, check=True, capture_output=True)
    shutil.rmtree(run)
    made = Counter(re.findall(r"^(\d+)\s+(\w+)\(", log.read_text(), re.MULTILINE))
    return {call: max(times for (_, name), times in made.items() if name == call) for call in CALLS if any(name == call for _, name in made)}


def syscalls(bench: Bench, _count: int, _chance: random.Random) -> str:
    points = killed = 0
    for call, times in counted(bench).items():
        for number in range(1, times + 1):
            run = bench.folder / "run"
            code, _ = traced(bench, run, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}")
            bench.check(run, f"SIGKILL at {call} {number}")
            points += 1
            killed += code != 0
    return f"SIGKILL at {points} calls, {killed} of them came to pass"


def errors(bench: Bench, _count: int, _chance: random.Random) -> str:
    points = injected = ended = told = 0
    for call, times in counted(bench).items():
        for number in range(1, times + 1):
            for error in ERRORS:
                run = bench.folder / "run"
                code, came = traced(bench, run, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}")
                points += 1
                injected += came > 0
                ended += code != 0
                bench.finish(run)
                if bench.unreadable(run):
                    # An input that could not be opened is a row of rejected.jsonl, for good.
                    told += 1
                    shutil.rmtree(run)
                else:
                    bench.check(run, f"{error} at {call} {number}")
    return f"errors at {points} calls, {injected} of them came to pass: {ended} ended the run, {told} became rejects, 0 in silence"


@contextmanager
def mounted(folder: Path, *command: str) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", *command, str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def disks(bench: Bench, _count: int, _chance: random.Random) -> str:
    full = 0
    for step in range(20):
        kilobytes = int(64 * (128 ** (step / 19)))
        with mounted(bench.folder / "disk", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs") as disk:
            done = subprocess.run(bench.command(disk / "run"), capture_output=True, timeout=120)
            if done.returncode == 0 and digest(disk / "run") != bench.answer:
                raise Broken(f"{kilobytes} KiB: said to be done and is not")
            full += done.returncode != 0
            subprocess.run(["mount", "-o", "remount,size=256m", str(disk)], check=True)
            bench.check(disk / "run", f"{kilobytes} KiB")
    return f"20 disks, {full} of them too small"


def cut_off(bench: Bench, image: Path, seconds: float, environment: dict[str, str] | None = None) -> bool:
    """Runs for some seconds on a disk of its own, then takes the power away. Whether the run was done."""
    with mounted(bench.folder / "disk", "-o", "loop", str(image)) as disk:
        shutil.rmtree(disk / "run", ignore_errors=True)
        os.sync()
        process = bench.start(disk / "run", environment)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            pass
        subprocess.run(["xfs_io", "-x", "-c", "shutdown", str(disk)], check=True)
        done = process.poll() == 0
        process.kill()
        process.communicate()
    return done


def ext4(bench: Bench) -> Path:
    image = bench.folder / "disk.ext4"
    with image.open("wb") as file:
        file.truncate(256 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    return image


def power(bench: Bench, count: int, chance: random.Random) -> str:
    image, finished = ext4(bench), 0
    for cut in range(1, count + 1):
        done = cut_off(bench, image, chance.uniform(0.01, bench.seconds * 1.2))
        finished += done
        with mounted(bench.folder / "disk", "-o", "loop", str(image)) as disk:
            if done and digest(disk / "run") != bench.answer:
                raise Broken(f"cut {cut}: a finished run is lost")
            bench.check(disk / "run", f"cut {cut}")
    return f"{count} power cuts, {finished} of them behind a finished run"


# What a run that does not sync would do: every call that makes things durable says yes and does nothing.
UNSYNCED = """
int fsync(int file) { (void)file; return 0; }
int fdatasync(int file) { (void)file; return 0; }
int sync_file_range(int file, long from, long length, unsigned how) { (void)file; (void)from; (void)length; (void)how; return 0; }
"""


def control(bench: Bench, count: int, _chance: random.Random) -> str:
    source, library = bench.folder / "unsynced.c", bench.folder / "unsynced.so"
    source.write_text(UNSYNCED)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    image, finished, lost = ext4(bench), 0, 0
    for _ in range(count):
        if not cut_off(bench, image, bench.seconds * 20, {"LD_PRELOAD": str(library)}):
            continue
        finished += 1
        with mounted(bench.folder / "disk", "-o", "loop", str(image)) as disk:
            lost += digest(disk / "run") != bench.answer
    if not finished or lost < finished / 2:
        raise Broken(f"{lost} of {finished} finished runs that sync nothing are lost: power cuts show nothing here")
    return f"{lost} of {finished} finished runs that sync nothing are lost in a power cut, as they must be"


def peak(run: Path) -> int:
    return json.loads((run / "manifest.json").read_text())["run"]["peak_memory_bytes"]


MIB = 1 << 20


def bombs(bench: Bench, _count: int, _chance: random.Random) -> str:
    """10 GB in 10 MB of gzip, and a line of 1 GB: rejected, in bounded memory, and what is sound is kept."""
    bomb, run = bench.folder / "bomb.jsonl.gz", bench.folder / "run"
    member = gzip.compress(b"x" * (256 * MIB), 9, mtime=0)
    sound = gzip.compress(b'{"text": "A river rose."}\n', mtime=0)
    with bomb.open("wb") as file:
        file.write(sound)
        for _ in range(40):
            file.write(member)
    command = [str(bench.newsmill), "--quiet", "run", "-o", str(run), "--from", "jsonl"]
    subprocess.run([*command, str(bomb)], check=True)
    told = [(json.loads((run / "manifest.json").read_text())["tally"], peak(run))]
    shutil.rmtree(run)
    with subprocess.Popen([*command, "-"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b'{"text": "A river rose."}\n')
        for _ in range(1_000):
            process.stdin.write(b"x" * 1_000_000)
        process.stdin.write(b'\n{"text": "The town moved its market."}\n')
        process.stdin.close()
        if process.wait() != 0:
            raise Broken(f"a line of 1 GB: exit {process.returncode}")
    told.append((json.loads((run / "manifest.json").read_text())["tally"], peak(run)))
    for (books, most), kept in zip(told, (1, 2), strict=True):
        if (books["kept"], books["rejected"]) != (kept, 1) or most > 256 * MIB:
            raise Broken(f"{books}, {most >> 20} MiB")
    return f"10 GB in {bomb.stat().st_size >> 20} MiB and a line of 1 GB, {max(m for _, m in told) >> 20} MiB at most"


def memory(bench: Bench, _count: int, _chance: random.Random) -> str:
    """Ten times the articles take no more memory but for what is documented for each."""
    peaks = []
    for times in (1, 10):
        articles = bench.articles * times
        dump(bench.input, articles)
        bench.finish(bench.folder / "run")
        peaks.append(peak(bench.folder / "run"))
        shutil.rmtree(bench.folder / "run")
        if peaks[-1] > 256 * MIB + 2_000 * articles:
            raise Broken(f"{peaks[-1] >> 20} MiB for {articles} articles")
    return f"{peaks[0] >> 20} MiB for {bench.articles} articles, {peaks[1] >> 20} MiB for ten times as many"


def main() -> int:
    modes = {mode.__name__: mode for mode in (kills, signals, syscalls, errors, disks, power, control, bombs, memory)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=modes)
    parser.add_argument("count", type=int, nargs="?", default=20)
    parser.add_argument("--newsmill", type=Path, default=Path("target/release/newsmill"))
    parser.add_argument("--articles", type=int, help="in the dump")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    small = options.mode in ("syscalls", "errors")
    articles = options.articles or (60 if small else 12_000)
    began = time.monotonic()
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() and os.access(shared, os.W_OK) else None) as folder:
        try:
            bench = Bench(options.newsmill.resolve(), Path(folder), articles)
            said = modes[options.mode](bench, options.count, random.Random(options.seed))
        except Broken as broken:
            print(f"{options.mode}: BROKEN (seed {options.seed}): {broken}")
            return 1
    print(f"{options.mode}: {said}, 0 differences; {time.monotonic() - began:.0f} s, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
