"""Checks as a table with one row per reading, as CSV or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from counterflow.errors import UsageError
from counterflow.evidence.disk import replace_synced, write_whole
from counterflow.evidence.schema import Check, CheckReading

COLUMNS = {
    "claim": "VARCHAR", "quote": "VARCHAR", "verdict": "VARCHAR", "flags": "VARCHAR", "period": "VARCHAR",
    "baseline_label": "VARCHAR", "baseline_kind": "VARCHAR", "outcome": "VARCHAR", "observed": "DOUBLE",
    "observed_text": "VARCHAR", "tolerance": "DOUBLE", "numerator": "DOUBLE", "denominator": "DOUBLE",
    "named": "BOOLEAN", "official": "BOOLEAN", "independent": "BOOLEAN", "breaks": "VARCHAR", "series_id": "VARCHAR",
    "source_title": "VARCHAR", "source_url": "VARCHAR", "vintage": "VARCHAR", "note": "VARCHAR",
}  # fmt: skip
OF_THE_CLAIM = 4  # the first columns


def write_readings(checks: Sequence[Check], to: Path) -> None:
    """Write one row per reading (and per claim without one) as CSV or, where the name ends so, Parquet.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it. Raises UsageError where the
    name ends in neither, or the file cannot be written.
    """
    if to.suffix not in (".csv", ".parquet"):
        raise UsageError("a table is written as .csv or .parquet", where=str(to), hint="End its name so.")
    with told_where(to):
        if to.suffix == ".parquet":
            _write_parquet(list(_rows(checks)), to)
        else:
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([_plain(cell) for cell in row] for row in _rows(checks))
            write_whole(to, text.getvalue().encode())


@contextmanager
def told_where(to: Path) -> Iterator[None]:
    """Say in one line where a file could not be written. Raises UsageError instead of OSError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"the file cannot be written: {reason}", where=str(to), hint="Name another place.") from None


def _rows(checks: Iterable[Check]) -> Iterator[tuple[Any, ...]]:
    for check in checks:
        quote = " ".join(check.claim.quote_span.quote.split())
        head = (check.claim.id, quote, check.verdict, "; ".join(check.flags))
        if not check.readings:
            yield (*head, *([None] * (len(COLUMNS) - len(head) - 1)), check.explanation)
        for reading in check.readings:
            yield (*head, *(_cell(reading, column) for column in list(COLUMNS)[OF_THE_CLAIM:]))


def _cell(reading: CheckReading, column: str) -> Any:
    value = getattr(reading, column)
    return "; ".join(value) if isinstance(value, tuple) else value


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _write_parquet(rows: Sequence[tuple[Any, ...]], to: Path) -> None:
    import duckdb

    if not to.parent.is_dir():
        raise FileNotFoundError(2, "No such file or directory")
    temporary = to.with_name(f"{to.name}.part")
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE rows ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        if rows:
            connection.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        place = str(temporary).replace("'", "''")
        connection.execute(f"COPY rows TO '{place}' (FORMAT parquet, COMPRESSION zstd)")
    replace_synced(temporary, to)
