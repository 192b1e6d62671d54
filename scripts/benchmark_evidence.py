"""Time the evidence room: parsing publishers' files, opening the store, checking claims.

Usage: python scripts/benchmark_evidence.py

Files are made in the official formats, as large as the publishers' own (tests/official). Claims are of every kind that
is tested, each about other months than the one before, so that nothing can be remembered. Prints the tables of
docs/performance.md.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
EXAMPLE = PROJECT / "examples" / "border-strategy.md"
CLAIMS = 10_000


def memory() -> float:
    """Largest resident set so far, in megabytes."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def parsing() -> None:
    """Parse each publisher's full-size files, and print how long it took."""
    from counterflow.evidence.updating.update import publishers

    print("| publisher | files | MB | figures | seconds |\n|---|---|---|---|---|")
    total = 0.0
    for name, publisher in publishers().items():
        files = import_module(f"official.{name.replace('-', '_')}").full_size()
        begun = time.perf_counter()
        extract = publisher.connector.parse(files)
        seconds = time.perf_counter() - begun
        total += seconds
        size = sum(len(file.data) for file in files) / 1e6
        print(f"| {name} | {len(files)} | {size:.1f} | {len(extract.figures):,} | {seconds:.2f} |", flush=True)
    print(f"| all | | | | {total:.2f} |\n")


def claims() -> Iterator[Any]:
    """Claims of every kind that is tested, about ever other months."""
    from evidence_cases import baseline, claim, period

    measures = ("encounters.between_ports", "fentanyl.seized", "homicides.mexico", "arrests.interior", "detained")
    kinds: tuple[dict[str, Any], ...] = (
        {"claim_type": "change_pct", "value": 60, "unit": "percent", "direction": "down"},
        {"claim_type": "change_pct", "value": 60, "unit": "percent", "direction": "down", "baseline": baseline("peak")},
        {"claim_type": "change_factor", "value": 2, "unit": None, "direction": "up"},
        {"claim_type": "level", "value": 1000, "unit": None},
        {"claim_type": "level", "value": 300, "unit": None, "rate": "day"},
        {"claim_type": "record", "direction": "down"},
        {"claim_type": "trend", "direction": "down"},
    )
    months = [date(year, month, 1) for year in range(2019, 2026) for month in range(1, 13)]
    for month in cycle(months):
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        last = date.fromordinal(following.toordinal() - 1)
        for measure in measures:
            for kind in kinds:
                stated = period(f"{month:%B %Y}", (month.isoformat(), last.isoformat()))
                yield claim(**{"measure": measure, "period": stated} | kind)


def checking() -> None:
    """Open the store and check the example's claims, then many claims; print how long it took."""
    from counterflow.brief.reader import read
    from counterflow.evidence.checking.checker import check, check_claim
    from counterflow.evidence.folder import BUNDLED
    from counterflow.evidence.store import Store

    interval = (date(2025, 2, 20), date(2025, 3, 15))
    brief = read(EXAMPLE)
    times = []
    for _ in range(6):
        begun = time.perf_counter()
        store = Store.open(BUNDLED)
        check(brief, store, interval=interval)
        times.append(time.perf_counter() - begun)
    print(f"Open the store and check the example's {len(brief.claims)} claims: {times[0]:.2f} s at first in a process,")
    print(f"then {min(times[1:]):.2f} to {max(times[1:]):.2f} s.\n")
    store = Store.open(BUNDLED)
    listed = list(islice(claims(), CLAIMS))
    begun = time.perf_counter()
    readings = sum(
        len(check_claim(one, store, (one.period.readings[0].end, one.period.readings[0].end)).readings)
        for one in listed
    )
    seconds = time.perf_counter() - begun
    print(
        f"{CLAIMS:,} claims ({readings:,} readings, with curves) in {seconds:.1f} s: {60 * CLAIMS / seconds:,.0f}/min."
    )


def main() -> None:
    sys.path.insert(0, str(PROJECT / "tests"))
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}.\n")
    checking()
    print(f"Peak memory to here: {memory():.0f} MB.\n")
    parsing()
    print(f"Peak memory of all, with the files themselves in memory: {memory():.0f} MB.")


if __name__ == "__main__":
    main()
