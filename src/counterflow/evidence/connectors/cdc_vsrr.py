"""Overdose deaths in twelve months: CDC's VSRR provisional counts, table xkb8-kh2a on data.cdc.gov.

The address answers pages of JSON (`$limit`, `$offset`); the site also offers the whole table, all states and
indicators, as CSV with other column names ("Data Value" for `data_value`) or as JSON. Only the rows of the whole
country (`state` "US"), of two indicators and of twelve months are used. Traps:

- `data_value` is what was reported, `predicted_value` adds what is still to come. They are two series; the one is
  never set off against the other, nor put in its place.
- Values are text, may carry commas, and are blank or absent where nothing is shown. Blank is not zero: the month
  has no figure in that series.
- The whole table is revised each month.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import (  # fmt: skip
    CHANGED,
    Extract,
    File,
    Get,
    Published,
    Row,
    changed,
    count,
    csv_rows,
    month,
    require_columns,
    text_of,
    year,
)

ADDRESS = "https://data.cdc.gov/resource/xkb8-kh2a.json"
ADDRESSES = (ADDRESS,)

SYNTHETIC, ALL = "Synthetic opioids, excl. methadone (T40.4)", "Number of Drug Overdose Deaths"
# Indicator -> column -> series.
SERIES: Mapping[str, Mapping[str, str]] = {
    SYNTHETIC: {
        "data_value": "overdose_deaths_t404_12mo_reported",
        "predicted_value": "overdose_deaths_t404_12mo_predicted",
    },
    ALL: {"predicted_value": "overdose_deaths_all_12mo"},
}
COLUMNS = ("state", "year", "month", "period", "indicator", "data_value", "predicted_value")
CSV_COLUMNS = ("State", "Year", "Month", "Period", "Indicator", "Data Value", "Predicted Value")
COUNTRY, PERIOD = "US", "12 month-ending"
FIRST_YEAR = 2000  # the table starts in 2015

PAGE_ROWS = 5000  # two indicators make 24 rows a year: one page holds them for two centuries
MOST_PAGES = 100
# Newest year first, so that what is new stands on the first page; the rest of the key makes the order total.
QUERY = {
    "$where": f"state='{COUNTRY}' AND indicator in('{SYNTHETIC}','{ALL}')",
    "$order": "year DESC,month,indicator,period",
    "$limit": str(PAGE_ROWS),
}


class Value(NamedTuple):
    """A cell that holds a figure: its amount, and where it stands."""

    amount: float
    where: str


class Edition(NamedTuple):
    """What one file says of the country: figures by series and month, and the months of each indicator."""

    file: File
    values: dict[tuple[str, date], Value]
    months: dict[str, set[date]]

    @property
    def last(self) -> date:
        """The newest month that the file has a row for."""
        return max(day for days in self.months.values() for day in days)


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """All pages of the table's rows that are ours, where the first of them changed.

    Raises EvidenceError where the answer is an error or no table, or where the pages never end.
    """
    files: list[File] = []
    for address in addresses:
        file = get.file(_page_address(address, 0))
        pages: list[File] = []
        while file is not None:
            pages.append(file)
            if len(_objects(file)) < PAGE_ROWS:
                break
            if len(pages) == MOST_PAGES:
                raise _endless(address, f"there is no end to them after {MOST_PAGES}")
            file = get.page(_page_address(address, len(pages) * PAGE_ROWS))
            if file.data == pages[-1].data:
                raise _endless(address, "one came twice")
        files += pages
    return tuple(files)


def parse(files: Sequence[File]) -> Extract:
    """Deaths in the twelve months that end with each month; a newer edition supersedes an older one's figures.

    Raises EvidenceError where a file is not this table, lacks a column or an indicator, holds a cell that is no
    count, or gives two values for one month.
    """
    editions = sorted((edition for file in files if (edition := read(file))), key=_age)
    if not editions:
        if files:
            raise _missing(files, f"no row of the whole country (state {COUNTRY!r}) and of the indicators used")
        return Extract(())
    values: dict[tuple[str, date], tuple[Value, Edition]] = {}
    months: dict[str, set[date]] = {}
    for edition in editions:
        for key, value in edition.values.items():
            if key in values:
                _refuse_two_values(key[1], *values[key], value, edition)
            values[key] = value, edition
        for indicator, days in edition.months.items():
            months.setdefault(indicator, set()).update(days)
    for indicator in SERIES:
        if indicator not in months:
            raise _missing(files, f"no row of the indicator {indicator!r} for the whole country")
    figures = (Published(series, "united_states", day, value.amount) for (series, day), (value, _) in values.items())
    covers = {
        series: (min(months[indicator]), max(months[indicator]))
        for indicator, columns in SERIES.items()
        for series in columns.values()
    }
    return Extract(tuple(sorted(figures)), covers=covers)


def read(file: File) -> Edition | None:
    """What a file says of the whole country; None where it has no row of it (one page of several)."""
    edition = Edition(file, {}, {})
    for cells, where in _rows(file):
        if cells["state"] != COUNTRY or (columns := SERIES.get(cells["indicator"])) is None:
            continue
        if cells["period"] != PERIOD:
            if not re.fullmatch(r"\d{1,2} month-ending", cells["period"]):
                raise EvidenceError(
                    f"{cells['period']!r} is not a period that is known.",
                    where=where,
                    hint=CHANGED,
                )
            continue
        day = date(year(cells["year"], where, FIRST_YEAR), month(cells["month"], where), 1)
        days = edition.months.setdefault(cells["indicator"], set())
        if day in days:
            raise EvidenceError(
                f"{cells['indicator']}, {day:%B %Y} stands there twice.", where=where, hint="Fetch or save it again."
            )
        days.add(day)
        for column, series in columns.items():
            if cells[column]:
                edition.values[series, day] = Value(count(cells[column], f"{where}, {column}"), where)
        if len(columns) > 1 and cells["data_value"] and cells["predicted_value"]:
            _refuse_swapped(count(cells["data_value"], where), count(cells["predicted_value"], where), where)
    return edition if edition.months else None


def _refuse_swapped(reported: float, predicted: float, where: str) -> None:
    """Raise EvidenceError where more is reported than predicted: a prediction adds what reports still lack."""
    if reported > predicted:
        raise EvidenceError(
            f"{reported:,.0f} are reported and {predicted:,.0f} predicted: the columns may be swapped.",
            where=where,
            hint="Give the table just as the publisher serves it.",
        )


def _rows(file: File) -> Iterator[Row]:
    """The rows of the table under the names that the JSON has, whichever form the file is in."""
    text = text_of(file)
    if text.lstrip()[:1] in ("[", "{"):
        objects = _objects(file)
        names = sorted({name for cells in objects for name in cells})
        if objects:
            require_columns(names, COLUMNS, file.name)
        for position, cells in enumerate(objects, start=1):
            where = f"{file.name}, row {position}"
            yield Row({name: _text(cells.get(name), f"{where}, {name}") for name in COLUMNS}, where)
        return
    plain = text.partition("\n")[0].replace('"', "").split(",")[0].strip() == COLUMNS[0]  # the API's own CSV
    theirs = COLUMNS if plain else CSV_COLUMNS
    for row in csv_rows(file, theirs):
        yield Row({ours: row.cells[name] for ours, name in zip(COLUMNS, theirs, strict=True)}, row.where)


def _objects(file: File) -> list[dict[str, Any]]:
    """The rows of an answer in JSON. Raises EvidenceError where it is an error, cut short or of another form."""
    try:
        answer = json.loads(text_of(file), parse_constant=_refuse_constant, object_pairs_hook=_only_ours)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(
            f"the file is no JSON ({error}): it may be cut short.", where=file.name, hint="Fetch or save it again."
        ) from None
    if isinstance(answer, dict):
        said = answer.get("message") or answer.get("errorCode") or answer.get("code")
        raise EvidenceError(
            f"the site answered with an error: {said}" if said else "this is no list of rows.",
            where=file.name,
            hint="Try again later; or save the table as CSV from the site and give it with --from-file.",
        )
    if not isinstance(answer, list) or not all(isinstance(cells, dict) for cells in answer):
        raise EvidenceError(
            "this is no list of rows.", where=file.name, hint="Save the table as CSV and give it with --from-file."
        )
    return answer


def _only_ours(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without the values of other states, which the whole table has fifty times as many of."""
    cells = dict(pairs)
    state = cells.get("state")
    return cells if state is None or state == COUNTRY else {"state": state, **dict.fromkeys(cells.keys() - {"state"})}


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _text(value: object, where: str) -> str:
    """A cell as text: absent and null are blank."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise EvidenceError(f"{value!r} is no value.", where=where, hint=CHANGED)
    return str(value).strip()


def _age(edition: Edition) -> tuple[date, float]:
    """What tells a newer edition: the last month in it, then when the site says that it changed."""
    return edition.last, changed(edition.file)


def _refuse_two_values(day: date, older: Value, first: Edition, newer: Value, second: Edition) -> None:
    if older.amount != newer.amount and _age(first) == _age(second):
        raise EvidenceError(
            f"{day:%B %Y} has {newer.amount:,.0f} here and {older.amount:,.0f} at {older.where}.",
            where=newer.where,
            hint="Nothing tells which file is newer: give only that one.",
        )


def _missing(files: Sequence[File], what: str) -> EvidenceError:
    return EvidenceError(
        f"the table has {what}.",
        where=", ".join(file.name for file in files),
        hint="The publisher may have renamed it, or the file is cut short or of a single state.",
    )


def _endless(address: str, what: str) -> EvidenceError:
    return EvidenceError(
        f"the site's pages do not follow one another: {what}.",
        where=address,
        hint="Save the table as CSV from the site and give it with --from-file.",
    )


def _page_address(address: str, offset: int) -> str:
    return f"{address}?{urlencode({**QUERY, '$offset': str(offset)}, quote_via=quote)}"
