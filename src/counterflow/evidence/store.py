"""The evidence store: official series, single figures and the policy record, each with origin and vintage.

The tables are Parquet files inside the package; DuckDB reads them into memory. Nothing is read before its
SHA-256 agrees with sources.json.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.periods import add_months
from counterflow.evidence.schema import Event, Observation, Point, Series

if TYPE_CHECKING:
    import duckdb

TABLES = ("series", "observations", "points", "events")
ALL_PARTS = "all"  # the geography that stands for the sum over all parts of a series


@dataclass(frozen=True)
class Store:
    """Read access to the evidence tables; make one with `Store.open()`."""

    connection: duckdb.DuckDBPyConnection
    sources: dict[str, Any]
    _kept: dict[tuple[str, str], tuple[Observation, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, directory: Path | None = None) -> Store:
        """Open the store of the package, or the one in `directory`.

        Raises EvidenceError, naming the file, where a table is missing or not as sources.json says.
        """
        place = directory or Path(str(files(__package__).joinpath("data")))
        sources = _checked_sources(place)
        import duckdb  # not above: it takes a fifth of a second, and most of the package never needs it

        connection = duckdb.connect(":memory:")
        for name in TABLES:
            path = str(place / f"{name}.parquet").replace("'", "''")
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{path}')")
        return cls(connection, sources)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        cursor = self.connection.cursor()  # a cursor of its own: a connection is not safe across threads
        cursor.execute(query, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def series_list(self) -> tuple[Series, ...]:
        """Every series, sorted by id."""
        return tuple(Series(**row) for row in self._rows("SELECT * FROM series ORDER BY id"))

    def series(self, series_id: str) -> Series:
        """One series. Raises EvidenceError with the nearest ids where it is not known."""
        rows = self._rows("SELECT * FROM series WHERE id = ?", [series_id])
        if not rows:
            known = [row["id"] for row in self._rows("SELECT id FROM series ORDER BY id")]
            raise EvidenceError(
                f"no series is called {series_id!r}.",
                where="series",
                hint=_nearest(series_id, known, "series"),
            )
        return Series(**rows[0])

    def observations(
        self, series_id: str, geo: str | None = None, as_of: date | None = None
    ) -> tuple[Observation, ...]:
        """The figures of a series in order of date, for one geography (default: the series' own default).

        `geo="all"` sums the parts on dates where every part has a figure. With `as_of`, only what was
        published by that day: a figure for a month is known `publication_lag_months` after the month ends
        (for a year likewise). Figures are of the one bundled vintage, so later revisions are in them. Raises
        EvidenceError where the series or the geography is not known.
        """
        series = self.series(series_id)
        place = geo or series.default_geo
        if place != ALL_PARTS and place not in series.geos:
            raise EvidenceError(
                f"series {series_id} has no geography {place!r}.",
                where="series",
                hint=_nearest(place, list(series.geos), "geographies"),
            )
        found = self._of_series(series, place)
        if as_of is None:
            return found
        return tuple(o for o in found if known_on(o.date, series) <= as_of)

    def _of_series(self, series: Series, geo: str) -> tuple[Observation, ...]:
        if (series.id, geo) not in self._kept:
            zero = series_habits()[series.id].no_row_means_zero if series.id in series_habits() else False
            if geo == ALL_PARTS:
                rows = self._rows(
                    "SELECT date, sum(value) AS value, coalesce(max(nullif(flag, 'exact')), '') AS flag"
                    " FROM observations WHERE series_id = ?"
                    " GROUP BY date HAVING count(*) = ? OR ? ORDER BY date",
                    [series.id, len(series.geos), zero],
                )
            else:
                rows = self._rows(
                    "SELECT date, value, flag FROM observations WHERE series_id = ? AND geo = ? ORDER BY date",
                    [series.id, geo],
                )
                if zero:
                    rows = self._with_zeros(series, rows)
            self._kept[series.id, geo] = tuple(Observation(**row) for row in rows)
        return self._kept[series.id, geo]

    def _with_zeros(self, series: Series, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add a zero on the dates on which the publisher has rows for other parts but none for this one."""
        have = {row["date"] for row in rows}
        dates = self._rows("SELECT DISTINCT date FROM observations WHERE series_id = ?", [series.id])
        rows += [{"date": d["date"], "value": 0.0, "flag": "no_row"} for d in dates if d["date"] not in have]
        return sorted(rows, key=lambda row: row["date"])

    def points(self, measure: str | None = None) -> tuple[Point, ...]:
        """Published single figures, of one measure or all, in order of measure and period."""
        query = 'SELECT * FROM points WHERE ? IS NULL OR measure = ? ORDER BY measure, start, "end", label, value'
        return tuple(Point(**row) for row in self._rows(query, [measure, measure]))

    def events(self, lever: str | None = None, before: date | None = None) -> tuple[Event, ...]:
        """The policy record in order of date: of one lever or all, up to and including the day `before`."""
        query = (
            "SELECT * FROM events WHERE (? IS NULL OR lever = ?)"
            " AND (CAST(? AS DATE) IS NULL OR date <= CAST(? AS DATE)) ORDER BY date, id"
        )
        return tuple(Event(**row) for row in self._rows(query, [lever, lever, before, before]))

    def vintages(self) -> dict[str, str]:
        """The vintage of every series, and the SHA-256 of every table under its file name."""
        vintages = {series.id: series.vintage for series in self.series_list()}
        return vintages | {f"{name}.parquet": self.sources["tables"][name]["sha256"] for name in TABLES}


def known_on(start: date, series: Series) -> date:
    """The day from which a figure for the period that begins on `start` is known: its end plus the lag."""
    months = 1 if series.frequency == "month" else 12
    return add_months(start, months + series.publication_lag_months)


def _checked_sources(place: Path) -> dict[str, Any]:
    """sources.json, after every table's bytes have been compared with it."""
    hint = "Install the package again, or build the tables with scripts/build_evidence.py."
    record = place / "sources.json"
    try:
        sources: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        expected = {name: sources["tables"][name]["sha256"] for name in TABLES}
    except OSError:
        raise EvidenceError("the record of the evidence tables is missing.", where=record.name, hint=hint) from None
    except (ValueError, KeyError, TypeError):
        raise EvidenceError("the record of the evidence tables is damaged.", where=record.name, hint=hint) from None
    for name, digest in expected.items():
        path = place / f"{name}.parquet"
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            raise EvidenceError("an evidence table is missing.", where=path.name, hint=hint) from None
        if found != digest:
            message = f"an evidence table is not as its hash says ({found[:12]}, expected {digest[:12]})."
            raise EvidenceError(message, where=path.name, hint=hint)
    return sources


def _nearest(name: str, known: list[str], what: str) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return f"Nearest: {', '.join(near)}." if near else f"There are {len(known)} {what}; the first is {known[0]}."
