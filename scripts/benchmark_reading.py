"""Time the reading of documents: text per second, a long PDF, and how soon a command has read a page.

Usage: python scripts/benchmark_reading.py

The texts are the gold documents of the project, the real ones where they are at hand, and English prose about other
things that every Python carries. Each is read twice in one process: the second time, patterns are compiled. The PDF has
300 pages of the same prose and is read by the command, as a process. Prints what stands in docs/reading.md.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from datetime import date
from itertools import cycle, islice
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

from document_files import lines, pdf  # noqa: E402
from gold.sets import REAL_TEXTS, gold_documents, grouped, python_prose  # noqa: E402

COMMAND = shutil.which("counterflow", path=str(Path(sys.executable).parent)) or sys.exit(
    "counterflow is not installed beside this Python: run `make nightly`"
)
PAGES, LINES_PER_PAGE = 300, 48
MEGABYTE = 1e6


def texts() -> dict[str, str]:
    """What is read: each text with its name."""
    own = "\n\n".join(gold.path.read_text() for gold in gold_documents("own") if gold.path.suffix != ".html")
    found = {"gold documents of the project": own, "prose about other things": "\n\n".join(grouped(python_prose()))}
    if REAL_TEXTS.is_dir():
        real = sorted(REAL_TEXTS.glob("[0-9]*.md"))
        found["eleven documents of the US government"] = "\n\n".join(path.read_text() for path in real)
    return found


def reading() -> None:
    """Read each text twice in this process, and print how long each took."""
    start = time.perf_counter()
    from counterflow.brief.reader import read

    print(f"Importing the reader: {time.perf_counter() - start:.2f} s.\n")
    print("| text | kB | first s | then s | MB/s |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts().items():
            place = Path(folder, "document.md")
            place.write_text(text)
            seconds = []
            for _ in range(4):
                start = time.process_time()
                read(place)
                seconds.append(time.process_time() - start)
            size, best = len(text.encode()) / MEGABYTE, min(seconds[1:])
            print(f"| {name} | {size * 1000:,.0f} | {seconds[0]:.2f} | {best:.2f} | {size / best:.3f} |")


def as_process(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds of a command, and the peak of it and what it starts, in megabytes."""
    start = time.perf_counter()
    subprocess.run([COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
    unit = 1 if platform.system() == "Darwin" else 1024
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / MEGABYTE


def long_pdf() -> None:
    """Read a long PDF by the command, and print seconds and memory."""
    prose = [line for text in grouped(python_prose()) for line in textwrap.wrap(text, 88)]
    source = cycle(prose)
    pages = [lines(list(islice(source, LINES_PER_PAGE)), y=740) for _ in range(PAGES)]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "long.pdf")
        place.write_bytes(pdf(pages))
        seconds, peak = as_process(["read", str(place)])
    print(f"\nA PDF of {PAGES} pages, `counterflow read`: {seconds:.2f} s, {peak:.0f} MB.")


def main() -> None:
    """Print the machine, then what was measured."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"Measured on {date.today():%Y-%m-%d}: {machine}, Python {platform.python_version()}.\n")
    reading()
    example = str(PROJECT / "examples" / "border-strategy.md")
    times = sorted(as_process(["read", example])[0] for _ in range(5))
    print(f"\n`counterflow read` of the example, as a process: {times[2]:.2f} s in the median of five.")
    long_pdf()


if __name__ == "__main__":
    main()
