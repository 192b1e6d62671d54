"""Small vintages for the tests of the store: who gave them, and what they change."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from counterflow.evidence import disk
from counterflow.evidence.folder import only_writer, ready
from counterflow.evidence.vintages import Changed, Origin, commit

SERIES, GEO = "usbp_encounters_sw", "southwest"
ORIGIN = Origin(
    title="CBP encounters",
    publisher="U.S. Customs and Border Protection",
    url="https://www.cbp.gov/document/stats/nationwide-encounters",
    licence="public domain (US government work)",
    retrieved="2026-12-01T00:00:00Z",
    connector="cbp-encounters",
    version="0.1.0",
    files=(("a.csv", "https://www.cbp.gov/a.csv", "0" * 64, 1234),),
)


def new_store(folder: Path) -> Path:
    """A store of its own, with the bundled figures."""
    return ready(folder / "evidence")


def changed(day: date, value: float | None, flag: str = "") -> Changed:
    """A figure of Border Patrol's encounters in the southwest."""
    return Changed(SERIES, GEO, day, value, flag)


def add(folder: Path, today: date, rows: Iterable[Changed]) -> str:
    """Commit one vintage of changes, as an update does."""
    with only_writer(folder):
        return commit(folder, [(ORIGIN, list(rows))], today)


TODAY = date(2026, 12, 1)
DECEMBER_CHANGES = [changed(date(2025, 12, 1), 6480)]


def add_dying_at(folder: Path, step: int) -> None:
    """Commit DECEMBER_CHANGES; this process kills itself at the given step of what it writes to the disk."""
    real, left = disk.sync, step

    def sync(path: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        real(path)

    disk.sync = sync
    add(folder, TODAY, DECEMBER_CHANGES)
