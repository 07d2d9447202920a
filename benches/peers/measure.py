"""Run one command and write down what it cost: CPU seconds, wall seconds, peak memory.

    measure.py RESULT.json TIMEOUT COMMAND...

CPU is user + system time of the command and of every descendant it waited for (`wait4`). Memory is
the largest resident set of one process among them. This file stays a small process of its own
because Linux carries the resident set of the process that starts a command over into the command's
own peak: a big parent would be counted.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time


def measure(command: list[str], timeout: float) -> dict[str, object]:
    """Cost of `command`, killed with all its descendants after `timeout` seconds."""
    late = threading.Event()
    start = time.monotonic()
    child = subprocess.Popen(command, start_new_session=True)

    def stop() -> None:
        late.set()
        os.killpg(child.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, stop)
    timer.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except KeyboardInterrupt:
        os.killpg(child.pid, signal.SIGKILL)
        raise
    finally:
        timer.cancel()
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "timed_out": late.is_set(),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.monotonic() - start,
        "peak_mib": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(measure(sys.argv[3:], float(sys.argv[2])), out)
