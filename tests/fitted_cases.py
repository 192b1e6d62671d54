"""Small posteriors in the place of those that come with the package: made up, and quick to read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from counterflow.calibration import bundled

Columns = Mapping[str, Sequence[float]]
COLUMNS: Columns = {  # the record taught p_app and L_asy, and g_share nothing
    "border.p_app": [0.60, 0.62, 0.64, 0.66],
    "border.g_share": [0.20, 0.21, 0.22, 0.23],
    "border.L_asy": [0.30, 0.35, 0.40, 0.45],
}
OLDER: Columns = {name: [value * 0.9 for value in column] for name, column in COLUMNS.items()}
NAMES = ("2021-01", "2024-01", "2025-01", "2026-01")


def write(folder: Path, columns: Columns) -> None:
    """A folder as calibrations leave them, with the figures that a verdict tells of."""
    folder.mkdir(parents=True)
    rows = ", ".join(f"({', '.join(map(str, row))})" for row in zip(*columns.values(), strict=True))
    names = ", ".join(f'"{name}"' for name in columns)
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"COPY (SELECT * FROM (VALUES {rows}) AS t({names})) TO '{folder / 'posterior.parquet'}' (FORMAT parquet)"
        )
    learned = {name: {"contraction": 0.09 if name == "border.g_share" else 0.64} for name in columns}
    cutoff = f"{folder.name}-01"
    as_of = None if folder.name == NAMES[-1] else cutoff
    manifest: dict[str, Any] = {"cutoff": cutoff, "as_of": as_of, "parameters": learned}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def bring(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Let the package bring posteriors that are written to `place`: COLUMNS by default, OLDER in the years before."""
    for name in NAMES:
        write(place / name, COLUMNS if name == NAMES[-1] else OLDER)
    monkeypatch.setattr(bundled, "FOLDER", place)
