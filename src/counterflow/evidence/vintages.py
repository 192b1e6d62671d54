"""Adding a vintage: the figures that one update changed, once committed never changed again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from counterflow.errors import EvidenceError
from counterflow.evidence.folder import read_manifest, write_manifest
from counterflow.evidence.tables import OF_A_VINTAGE, Row, replace_synced, write_table


class Origin(NamedTuple):
    """Where the figures of an update come from: one publisher's files, fetched together."""

    title: str
    publisher: str
    url: str
    licence: str
    retrieved: str  # ISO time in UTC
    connector: str
    version: str  # of this package
    files: tuple[Row, ...]  # name, address, sha256, bytes, etag, last_modified


class Changed(NamedTuple):
    """A figure that differs from what the store has; without a value where the publisher no longer gives it."""

    series_id: str
    geo: str
    date: date
    value: float | None
    flag: str


def commit(folder: Path, changes: Iterable[tuple[Origin, Iterable[Changed]]], today: date) -> str:
    """Add one vintage with the changes of each origin, and give its name. To be called as the only writer.

    Raises EvidenceError where the clock stands before the last vintage.
    """
    manifest = read_manifest(folder)
    known = [vintage["id"] for vintage in manifest["vintages"]]
    latest = date.fromisoformat(manifest["vintages"][-1]["known"])
    if today < latest:
        raise EvidenceError(
            f"the clock says {today}, before the last vintage of the evidence ({latest}).",
            where=str(folder),
            hint="Set the clock, or look at what was updated then.",
        )
    for leftover in (folder / "vintages").iterdir():  # of a writer that died before its manifest was written
        if leftover.name not in known:
            shutil.rmtree(leftover)
    same_day = sum(name == f"{today}" or name.startswith(f"{today}.") for name in known)
    vintage = f"{today}.{same_day + 1}" if same_day else f"{today}"
    rows: dict[str, list[Row]] = {name: [] for name in OF_A_VINTAGE}
    for origin, figures in changes:
        source = f"{vintage}/{origin.connector}"
        rows["sources"].append((source, vintage, *origin[:-1]))
        rows["files"] += [(source, *file) for file in origin.files]
        rows["observations"] += [(*figure, vintage, source) for figure in figures]
    beside = folder / "vintages" / f"{vintage}.part"
    beside.mkdir()
    tables = {name: write_table(name, rows[name], beside) for name in OF_A_VINTAGE}
    replace_synced(beside, folder / "vintages" / vintage)
    entry = {"id": vintage, "known": f"{today}", "bundled": False, "tables": tables}
    write_manifest(folder, manifest | {"vintages": [*manifest["vintages"], entry]})
    return vintage
