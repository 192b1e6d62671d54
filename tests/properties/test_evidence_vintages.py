"""Whatever is committed, a vintage never changes again, and what was known on a day stays what it was."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.folder import BUNDLED, read_manifest, tables_of
from counterflow.evidence.store import Store
from counterflow.evidence.tables import write_table
from counterflow.evidence.vintages import Changed
from vintage_cases import SERIES, add, changed, new_store

FIRST_DAY = date(2026, 11, 1)
MONTHS = st.sampled_from(
    [date(2025, month, 1) for month in range(1, 13)] + [date(2026, month, 1) for month in range(1, 11)]
)
VALUES = st.one_of(st.none(), st.integers(0, 300_000).map(float))
CHANGES = st.dictionaries(MONTHS, VALUES, min_size=1, max_size=6)
HISTORY = st.lists(st.tuples(st.integers(0, 40), CHANGES), min_size=1, max_size=5)  # days since the last, changes


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.parquet")
    }


def rows(changes: dict[date, float | None]) -> list[Changed]:
    return [changed(day, value) for day, value in changes.items()]


@settings(max_examples=15)
@given(HISTORY)
def test_a_vintage_never_changes_after_it_is_committed(history: list[tuple[int, dict[date, float | None]]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, today = new_store(Path(place)), FIRST_DAY
        seen = digests(folder)
        for days, changes in history:
            today += timedelta(days)
            add(folder, today, rows(changes))
            now = digests(folder)
            assert {name: now[name] for name in seen} == seen
            assert len(now) == len(seen) + 3  # observations, sources, files
            seen = now


@settings(max_examples=15)
@given(HISTORY, st.integers(-400, 200))
def test_what_was_known_on_a_day_never_sees_what_came_later(
    history: list[tuple[int, dict[date, float | None]]], offset: int
) -> None:
    asked = FIRST_DAY + timedelta(offset)
    with tempfile.TemporaryDirectory() as place:
        folder, today = new_store(Path(place)), FIRST_DAY
        expected = {o.date: o.value for o in Store.open(folder).observations(SERIES, as_of=asked)}
        for days, changes in history:
            today += timedelta(days)
            add(folder, today, rows(changes))
            if today <= asked:  # known by then: it is seen, the last word on each month
                expected |= {day: value for day, value in changes.items() if value is not None}
                expected = {day: value for day, value in expected.items() if changes.get(day, 0.0) is not None}
        known = Store.open(folder).observations(SERIES, as_of=asked)
        assert {o.date: o.value for o in known} == expected
        assert all(o.date <= asked for o in known)
        assert all(o.vintage == "2026-11" or o.vintage[:10] <= asked.isoformat() for o in known)


@pytest.mark.parametrize("table", [(name, path) for name, path, _ in tables_of(BUNDLED, read_manifest(BUNDLED))],
                         ids=lambda table: table[1].stem)  # fmt: skip
def test_a_table_written_again_from_its_own_rows_is_the_same_to_the_byte(
    table: tuple[str, Path], tmp_path: Path
) -> None:
    name, path = table
    rows = duckdb.connect(":memory:").execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    write_table(name, reversed(rows), tmp_path)
    assert (tmp_path / f"{name}.parquet").read_bytes() == path.read_bytes()
