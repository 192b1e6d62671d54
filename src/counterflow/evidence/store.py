"""The evidence store: official series, single figures and the policy record, each with origin and vintage.

DuckDB reads the tables of the store's folder into memory, once each agrees with its hash in the manifest. Every
vintage is kept: what was known on a day can be asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.folder import Manifest, read_manifest, ready, require_whole, tables_of, usual_folder
from counterflow.evidence.periods import add_months
from counterflow.evidence.schema import Event, Observation, Point, Series
from counterflow.evidence.tables import OF_A_VINTAGE, TABLES, sql_columns

if TYPE_CHECKING:
    import duckdb
    import xarray as xr

ALL_PARTS = "all"  # the geography that stands for the sum over all parts of a series


@dataclass(frozen=True)
class Store:
    """Read access to the evidence tables; make one with `Store.open()`."""

    connection: duckdb.DuckDBPyConnection
    manifest: Manifest
    folder: Path
    _rows_kept: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    _kept: dict[tuple[str, str, int], tuple[Observation, ...]] = field(default_factory=dict, repr=False)
    _about: dict[str, Series] = field(default_factory=dict, repr=False)
    _points: list[Point] = field(default_factory=list, repr=False)

    @classmethod
    def open(cls, folder: Path | None = None) -> Store:
        """Open the store in `folder`; by default the user's, which begins with the package's figures.

        Raises EvidenceError, naming the table, where one is missing, not as its hash says, or refers to what is
        not there.
        """
        place = folder or ready(usual_folder())
        return cls.of(place, read_manifest(place))

    @classmethod
    def of(cls, folder: Path, manifest: Manifest) -> Store:
        """Open the store that a manifest describes. Raises EvidenceError as `open` does."""
        require_whole(folder, manifest)
        import duckdb  # not above: it takes a fifth of a second, and most of the package never needs it

        connection = duckdb.connect(":memory:")
        for name in TABLES:
            connection.execute(f"CREATE TABLE {name} ({sql_columns(name)})")
        for name, path, _ in tables_of(folder, manifest):
            connection.execute(f"INSERT INTO {name} SELECT * FROM read_parquet(?)", [str(path)])
        for name, rows in _of_memory(manifest).items():
            slots = ", ".join("?" * len(TABLES[name]["columns"]))
            connection.executemany(f"INSERT INTO {name} VALUES ({slots})", rows)
        connection.execute(
            "CREATE VIEW ranked AS SELECT o.*, rank FROM observations o JOIN vintages USING (vintage);"
            "CREATE TABLE current AS SELECT * EXCLUDE rank FROM ranked"
            " QUALIFY row_number() OVER (PARTITION BY series_id, geo, date ORDER BY rank DESC) = 1;"
            "DELETE FROM current WHERE value IS NULL"
        )
        _require_keys(connection, folder)
        return cls(connection, manifest, folder)

    @property
    def vintage(self) -> str:
        """The vintage of the single figures and of the policy record, which come with the package."""
        return next(str(v["id"]) for v in reversed(self.manifest["vintages"]) if v["bundled"])

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        cursor = self.connection.cursor()  # a cursor of its own: a connection is not safe across threads
        cursor.execute(query, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def series_list(self) -> tuple[Series, ...]:
        """Every series with what the store holds of it now, sorted by id."""
        query = (
            "SELECT s.*, min(date) AS first, max(date) AS last, count(*) AS rows, arg_max(vintage, rank) AS vintage,"
            " (SELECT list(DISTINCT geo ORDER BY geo) FROM observations o WHERE o.series_id = s.id) AS geos"
            " FROM series s JOIN current ON series_id = s.id JOIN vintages USING (vintage)"
            " GROUP BY ALL ORDER BY s.id"
        )
        return tuple(Series(**row) for row in self._rows(query))

    def about(self, series_id: str) -> Series:
        """What one series is, without its figures. Raises EvidenceError with the nearest ids where it is not known."""
        if series_id not in self._known:
            raise EvidenceError(
                f"no series is called {series_id!r}.",
                where="series",
                hint=_nearest(series_id, list(self._known), "series"),
            )
        return self._known[series_id]

    @property
    def _known(self) -> dict[str, Series]:
        if not self._about:
            self._about.update({series.id: series for series in self.series_list()})
        return self._about

    def series(self, series_id: str, geo: str | None = None, *, as_of: date | str | None = None) -> xr.DataArray:
        """The figures of a series as an array with dimensions (time, geo) and its origin as attributes.

        Coordinates: `time` (first day of the period), `geo` (every part of the series, or the one asked for),
        and per figure its `flag` and the `vintage` that gave it. Values are in the unit of the attribute `units`;
        what is not known is NaN. `as_of` ("2025-03-01"): only what was known on that day. Raises EvidenceError
        where the series, the geography or the day is not known.
        """
        from counterflow.evidence.arrays import as_array

        about = self.about(series_id)
        geos = (geo,) if geo else about.geos
        columns = {place: self.observations(series_id, place, as_of) for place in geos}
        return as_array(about, columns, as_of=f"{as_of}" if as_of else "")

    def observations(
        self, series_id: str, geo: str | None = None, as_of: date | str | None = None
    ) -> tuple[Observation, ...]:
        """The figures of a series in order of date, for one geography (default: the series' own default).

        `geo="all"` sums the parts on dates where every part has a figure. With `as_of`, only what was known on
        that day: of an update, what it brought if it was made by then; of the bundled vintage, before its own
        date, what had been published: a figure for a month is known `publication_lag_months` after the month ends
        (for a year likewise), with later revisions in it. Raises EvidenceError where the series, the geography
        or the day is not known.
        """
        series = self.about(series_id)
        place = geo or series.default_geo
        if place == ALL_PARTS and series.default_geo != ALL_PARTS:
            raise EvidenceError(
                f"the parts of {series_id} do not add up to a whole: some are sums of others, or of another unit.",
                where="series",
                hint=f"Ask for one of them: {', '.join(series.geos)}.",
            )
        if place != ALL_PARTS and place not in series.geos:
            raise EvidenceError(
                f"series {series_id} has no geography {place!r}.",
                where="series",
                hint=_nearest(place, list(series.geos), "geographies"),
            )
        vintages = self.manifest["vintages"]
        if as_of is None:
            return self._of_series(series, place, len(vintages))
        day = _day(as_of)
        seen = sum(date.fromisoformat(vintage["known"]) <= day for vintage in vintages)  # they are in order
        if seen:
            return self._of_series(series, place, seen)
        return tuple(o for o in self._of_series(series, place, 1) if known_on(o.date, series) <= day)

    def _of_series(self, series: Series, geo: str, seen: int) -> tuple[Observation, ...]:
        """The figures of the first `seen` vintages, the last word on each date."""
        key = (series.id, geo, seen)
        if key not in self._kept:
            rows = self._everywhere(series, seen)
            no_row_means_zero = series.id in series_habits() and series_habits()[series.id].no_row_means_zero
            if geo == ALL_PARTS:
                rows = _summed(rows, 0 if no_row_means_zero else len({row["geo"] for row in rows}))
            elif no_row_means_zero:
                rows = _with_zeros(rows, geo)
            else:
                rows = [row for row in rows if row["geo"] == geo]
            names = Observation.model_fields
            self._kept[key] = tuple(Observation(**{name: row[name] for name in names}) for row in rows)
        return self._kept[key]

    def _everywhere(self, series: Series, seen: int) -> list[dict[str, Any]]:
        """The same of every geography, as rows: asked for once, though a series can have dozens of parts."""
        key = (series.id, seen)
        if key not in self._rows_kept:
            rows = self._rows(
                "SELECT geo, date, value, flag, vintage, source_id FROM ranked WHERE series_id = ? AND rank <= ?"
                " QUALIFY row_number() OVER (PARTITION BY geo, date ORDER BY rank DESC) = 1 ORDER BY date, geo",
                [series.id, seen],
            )
            self._rows_kept[key] = [row for row in rows if row["value"] is not None]
        return self._rows_kept[key]

    def points(self, measure: str | None = None) -> tuple[Point, ...]:
        """Published single figures, of one measure or all, in order of measure and period."""
        if not self._points:
            rows = self._rows('SELECT * FROM points ORDER BY measure, start, "end", label, value')
            self._points.extend(Point(**row) for row in rows)
        return tuple(point for point in self._points if measure in (None, point.measure))

    def events(self, lever: str | None = None, before: date | None = None) -> tuple[Event, ...]:
        """The policy record in order of date: of one lever or all, up to and including the day `before`."""
        query = (
            "SELECT * FROM events WHERE (? IS NULL OR lever = ?)"
            " AND (CAST(? AS DATE) IS NULL OR date <= CAST(? AS DATE)) ORDER BY date, id"
        )
        return tuple(Event(**row) for row in self._rows(query, [lever, lever, before, before]))

    def source(self, source_id: str) -> dict[str, Any]:
        """Where the figures of one source come from, and the `files` that were read, each with its SHA-256.

        Raises EvidenceError where no source has this id.
        """
        found = self._rows("SELECT * FROM sources WHERE id = ?", [source_id])
        if not found:
            raise EvidenceError(f"no source is called {source_id!r}.", where="sources")
        files = self._rows("SELECT * EXCLUDE source_id FROM files WHERE source_id = ? ORDER BY name", [source_id])
        return found[0] | {"files": files}

    def vintages(self) -> dict[str, str]:
        """The vintage of every series, and the SHA-256 of every table, e.g. of "2026-11/observations.parquet"."""
        tables = {
            "/".join(path.parts[-2 if name in OF_A_VINTAGE else -1 :]): digest
            for name, path, digest in tables_of(self.folder, self.manifest)
        }
        return {series.id: series.vintage for series in self.series_list()} | tables


def known_on(start: date, series: Series) -> date:
    """The day from which a figure for the period that begins on `start` is known: its end plus the lag."""
    months = 1 if series.frequency == "month" else 12
    return add_months(start, months + series.publication_lag_months)


def _of_memory(manifest: Manifest) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the tables that are made when the store is opened."""
    habits = series_habits()
    return {
        "vintages": [(v["id"], rank, v["known"], v["bundled"]) for rank, v in enumerate(manifest["vintages"], start=1)],
        "breaks": [(name, b.date, b.what, b.splice) for name, about in habits.items() for b in about.breaks],
        "never_mix": [(name, other) for name, about in habits.items() for other in about.never_mix_with],
    }


def _day(as_of: date | str) -> date:
    try:
        if isinstance(as_of, datetime):
            return as_of.date()
        return date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError:
        raise EvidenceError(f"{as_of!r} is not a day.", where="as_of", hint="Write it as 2025-03-01.") from None


def _summed(rows: Sequence[dict[str, Any]], parts: int) -> list[dict[str, Any]]:
    """The sum over all parts, on the dates on which at least `parts` of them have a figure; rows in order of date."""
    by_date: dict[date, list[dict[str, Any]]] = {}
    for row in rows:
        by_date.setdefault(row["date"], []).append(row)
    return [
        {
            "date": day,
            "value": sum(row["value"] for row in found),
            "flag": max((row["flag"] for row in found if row["flag"] != "exact"), default=""),
            "vintage": max(row["vintage"] for row in found),
            "source_id": max(row["source_id"] for row in found),
        }
        for day, found in by_date.items()
        if len(found) >= parts
    ]


def _with_zeros(rows: Sequence[dict[str, Any]], geo: str) -> list[dict[str, Any]]:
    """One part, with a zero on the dates on which the publisher has rows for other parts but none for it."""
    own = {row["date"]: row for row in rows if row["geo"] == geo}
    zeros = {row["date"]: row | {"geo": geo, "value": 0.0, "flag": "no_row"} for row in rows}
    return [own.get(day, zero) for day, zero in zeros.items()]


def _require_keys(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Raise EvidenceError where two rows have one key, or a row refers to one that is not there."""
    for name, table in TABLES.items():
        key = ", ".join(table["key"])
        queries = {f"two rows of one key in {name}": f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1"}
        for reference in table.get("refers", ()):
            own, other = ", ".join(reference["columns"]), ", ".join(reference["on"])
            missing = f"SELECT {own} FROM {name} WHERE ({own}) NOT IN (SELECT {other} FROM {reference['to']})"
            queries[f"a row of {name} that refers to no row of {reference['to']}"] = missing
        for what, query in queries.items():
            if table["key"] and (found := connection.execute(query).fetchone()):
                said = ", ".join(map(str, found))
                hint = "Move this folder away: the next command begins a new store."
                raise EvidenceError(f"the evidence holds {what} ({said}).", where=str(folder), hint=hint)


def _nearest(name: str, known: list[str], what: str) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return f"Nearest: {', '.join(near)}." if near else f"There are {len(known)} {what}; the first is {known[0]}."
