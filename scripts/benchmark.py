"""Time the commands that users wait for, as real processes, and print a table for docs/performance.md.

Usage: python scripts/benchmark.py [RUNS]

Each command runs RUNS times (default 5; the long ones a third as often, at least once) after one run that
is not counted. Peak memory is the largest resident set of the process, from the operating system.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).parents[1]
EXAMPLE = PROJECT / "examples" / "border-strategy.md"
COMMAND = shutil.which("counterflow", path=str(Path(sys.executable).parent)) or sys.exit(
    "counterflow is not installed beside this Python: run `make nightly`"
)


def timed(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one run of the command; exits where the run fails."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    process = os.posix_spawn(COMMAND, [COMMAND, *arguments], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"counterflow {' '.join(arguments)} ended with exit code {code}")
    unit = 1 if platform.system() == "Darwin" else 1024  # ru_maxrss is in bytes there, in KiB here
    return seconds, usage.ru_maxrss * unit / 1e6


def main(runs: int) -> None:
    """Print the machine, then one row per command."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"Measured on {date.today():%Y-%m-%d}: {machine}, Python {platform.python_version()},")
    print(f"jax {version('jax')}, counterflow {version('counterflow')}.\n")
    print("| command | runs | median s | fastest s | slowest s | peak MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        report = ["--out", f"{folder}/report.html"]
        commands = [
            (runs, ["--help"]),
            (runs, ["series"]),
            (runs, ["read", str(EXAMPLE)]),
            (runs, ["check", str(EXAMPLE)]),
            *((max(1, runs // 3), ["assess", str(EXAMPLE), "--draws", n, *report]) for n in ("100", "500", "2000")),
        ]
        for count, arguments in commands:
            timed(arguments)
            times, memory = zip(*(timed(arguments) for _ in range(count)), strict=True)
            shown = " ".join(a for a in arguments if a not in report).replace(str(EXAMPLE), "DOCUMENT")
            spread = f"{statistics.median(times):.2f} | {min(times):.2f} | {max(times):.2f}"
            print(f"| `{shown}` | {count} | {spread} | {max(memory):.0f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
