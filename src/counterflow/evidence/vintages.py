"""Adding a vintage: the figures that one update changed, once committed never changed again."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from counterflow.errors import EvidenceError
from counterflow.evidence.disk import folder_in_place
from counterflow.evidence.folder import read_manifest, write_manifest
from counterflow.evidence.store import Store
from counterflow.evidence.tables import OF_A_VINTAGE, Row, write_table


class Origin(NamedTuple):
    """Where the figures of an update come from: one publisher's files, fetched together."""

    title: str
    publisher: str
    url: str
    licence: str
    retrieved: str  # ISO time in UTC
    connector: str
    version: str  # of this package
    files: tuple[Row, ...]  # name, address, sha256, bytes


class Changed(NamedTuple):
    """A figure that differs from what the store has; without a value where the publisher no longer gives it."""

    series_id: str
    geo: str
    date: date
    value: float | None
    flag: str


def commit(folder: Path, changes: Iterable[tuple[Origin, Iterable[Changed]]], today: date) -> str:
    """Add one vintage with the changes of each origin, and give its name. To be called as the only writer.

    Raises EvidenceError where the clock stands before the last vintage, or the store would not hold together with
    the new one: then it stays as it was.
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
    same_day = sum(name == f"{today}" or name.startswith(f"{today}.") for name in known)
    vintage = f"{today}.{same_day + 1}" if same_day else f"{today}"
    rows: dict[str, list[Row]] = {name: [] for name in OF_A_VINTAGE}
    for origin, figures in changes:
        source = f"{vintage}/{origin.connector}"
        rows["sources"].append((source, vintage, *origin[:-1]))
        rows["files"] += [(source, *file) for file in origin.files]
        rows["observations"] += [(*figure, vintage, source) for figure in figures]
    place = folder / "vintages" / vintage
    for leftover in place.parent.iterdir():  # of a writer that died before it named its vintage in the manifest
        if leftover.name not in known:
            shutil.rmtree(leftover)
    with folder_in_place(place) as beside:
        tables = {name: write_table(name, rows[name], beside) for name in OF_A_VINTAGE}
    where = place.relative_to(folder).as_posix()
    entry = {"id": vintage, "known": f"{today}", "bundled": False, "folder": where, "tables": tables}
    extended = manifest | {"vintages": [*manifest["vintages"], entry]}
    try:
        Store.of(folder, extended)
    except EvidenceError as error:
        shutil.rmtree(place)
        raise EvidenceError(
            f"the new vintage does not fit the store: {error.message}",
            where=error.where,
            hint="Nothing was committed. This is a fault of Counterflow, or one file was given twice.",
        ) from None
    write_manifest(folder, extended)
    return vintage
