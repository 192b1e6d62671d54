"""The two tables of an ICE detention workbook that are read: where they stand, and what they hold.

See `ice_detention` for the files and their traps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import MONTHS, in_fiscal_year, require_columns
from counterflow.evidence.connectors.workbook import (
    Sheet,
    Workbook,
    at,
    figure,
    one_titled,
    plain,
    text,
    unmarked,
    where,
)

YEAR = tuple(range(10, 13)) + tuple(range(1, 10))  # the months of a fiscal year, in order
NAMES = {number: name.title() for name, number in MONTHS.items()}
FULL = dict(
    enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        start=1,
    )
)
CRIMINALITY = {"convicted", "criminal", "non-criminal", "pending", "charge", "other", "immigration", "violator"}
MOST_STRAY = 0.01  # of the month before: editions with stray book-ins had 7 and 9, after 21,041 and 28,797
CHANGED = "The publisher may have changed the format."
FAULTY = "The edition may be faulty: wait for the next, or give an earlier one."


@dataclass(frozen=True)
class Kind:
    """One of the two tables: how it is titled, footnoted and laid out, and the series that it settles."""

    series_id: str
    title: str
    footnote: str
    total: str  # the column behind the months
    agencies: tuple[tuple[str, str], ...]  # label -> geo
    average: bool


BOOKINS = Kind(
    "ice_bookins",
    "ICE Initial Book-Ins by Arresting Agency and Month",
    "ICE Initial Book-Ins",
    "Total",
    (("ICE", "ICE"), ("CBP", "CBP"), ("Total", "Total")),
    average=False,
)
POPULATION = Kind(
    "ice_detained_adp",
    "ICE Average Daily Population by Arresting Agency",
    "ICE Average Daily Population",
    "FY Overall",
    (
        ("ICE Average", "ICE"),
        ("CBP Average", "CBP"),
        ("Average", "Total"),
        ("ICE", "ICE"),
        ("CBP", "CBP"),
        ("Total", "Total"),
        ("Total Average", "Total"),
    ),
    average=True,
)
KINDS = (BOOKINS, POPULATION)


@dataclass(frozen=True)
class Table:
    """One table of one workbook: for each agency its months with data, in order, and the year's total or average."""

    kind: Kind
    file: str
    fiscal_year: int
    through: date  # the last day of the data
    run: date  # when they were drawn
    months: Mapping[str, tuple[float, ...]]
    stray: Mapping[str, float]  # what stands in the month after `through`; counted in the year's total
    overall: Mapping[str, float]


def tables_of(workbook: Workbook) -> Iterator[Table]:
    """Both tables of a workbook, for the newest fiscal year in it. Raises EvidenceError, naming the cell."""
    names = [name for name in workbook.names if "detention" in name.casefold()]
    if not names:
        workbook.sheet("Detention FY")  # is not there: raises, with the names that are
    by_year: dict[int, list[Sheet]] = {}
    for sheet in map(workbook.sheet, names):
        by_year.setdefault(_fiscal_year(sheet, *one_titled(sheet, BOOKINS.title)), []).append(sheet)
    fiscal_year = max(by_year)
    if len(by_year[fiscal_year]) > 1:
        both = " and ".join(repr(sheet.name) for sheet in by_year[fiscal_year])
        raise EvidenceError(
            f"the sheets {both} both hold fiscal year {fiscal_year}.",
            where=workbook.file,
            hint="Look which one is right, and give a workbook with that one only.",
        )
    notes = [workbook.sheet(name) for name in workbook.names if "footnote" in name.casefold()]
    if not notes:
        notes = [workbook.sheet("Footnotes")]  # raises likewise
    for kind in KINDS:
        yield _table(by_year[fiscal_year][0], kind, fiscal_year, _through(notes, kind, fiscal_year))


def _fiscal_year(sheet: Sheet, row: int, column: int) -> int:
    title = text(sheet, row, column)
    found = re.search(r"FY ?(\d{4}|\d{2})\b", title)
    if found is None:
        raise EvidenceError(
            f"the title {title!r} names no fiscal year.",
            where=where(sheet, row, column),
            hint=CHANGED,
        )
    return int(found[1]) % 2000 + 2000


def _through(notes: Sequence[Sheet], kind: Kind, fiscal_year: int) -> tuple[date, date]:
    """The last day of a table's data and the day when they were drawn, from the footnotes."""
    found: dict[tuple[date, date], str] = {}
    for sheet in notes:
        for row, cells in enumerate(sheet.rows):
            words = [plain(cell) for cell in cells if isinstance(cell, str) and cell.strip()]
            if len(words) < 2 or not re.match(rf"FY\d\d\d\d (?:YTD )?{kind.footnote}\b", words[0]):
                continue
            days = [_day(sheet, row, day) for day in re.findall(r"(?:through|run date) (\d+/\d+/\d+)", words[1], re.I)]
            if days and date(fiscal_year - 1, 10, 1) <= days[0] <= date(fiscal_year, 9, 30):
                found[(days[0], days[-1])] = where(sheet, row, 0)
    if len(found) == 1:
        return next(iter(found))
    said = "; ".join(f"{day:%m/%d/%Y} ({place})" for (day, _), place in found.items())
    raise EvidenceError(
        f"the footnotes do not tell through which day of fiscal year {fiscal_year} the data of {kind.footnote!r} run"
        + (f": they say {said}." if said else "."),
        where=f"{notes[0].file}, sheet {notes[0].name!r}",
        hint="The edition may be faulty, with footnotes of another one: wait for the next, or give an earlier one.",
    )


def _day(sheet: Sheet, row: int, words: str) -> date:
    month, day, year = (int(part) for part in words.split("/"))
    try:
        return date(year, month, day)
    except ValueError:
        raise EvidenceError(
            f"{words!r} is not a day.", where=where(sheet, row, 0), hint="Look at the file itself."
        ) from None


def _table(sheet: Sheet, kind: Kind, fiscal_year: int, days: tuple[date, date]) -> Table:
    row, column = one_titled(sheet, kind.title)
    if _fiscal_year(sheet, row, column) != fiscal_year:
        raise EvidenceError(
            f"the table is of another fiscal year ({text(sheet, row, column)!r}) than the book-ins ({fiscal_year}).",
            where=where(sheet, row, column),
            hint=FAULTY,
        )
    row, columns = _columns(sheet, row, column, kind)
    had = [month for month in YEAR if in_fiscal_year(fiscal_year, month) <= days[0]]
    months: dict[str, tuple[float, ...]] = {}
    stray: dict[str, float] = {}
    overall: dict[str, float] = {}
    for label_row, geo in _agencies(sheet, row + 1, column, kind):
        if geo in months:
            raise EvidenceError(
                f"the table has two rows for {geo!r}.",
                where=where(sheet, label_row, column),
                hint="Look at the file itself.",
            )
        months[geo] = tuple(_value(sheet, label_row, columns[NAMES[month]], kind) for month in had)
        overall[geo] = figure(sheet, label_row, columns[kind.total])
        stray[geo] = _require_none_after(sheet, label_row, columns, kind, days, months[geo])
    if missing := [geo for geo in ("ICE", "CBP", "Total") if geo not in months]:
        raise EvidenceError(
            f"the table {kind.title!r} has no row for {', '.join(missing)}.",
            where=where(sheet, row, column),
            hint=CHANGED,
        )
    for month, value in zip(had, months["Total"], strict=True):
        if not value:
            raise EvidenceError(
                f"{NAMES[month]} is 0, though by the footnotes the data run through {days[0]:%m/%d/%Y}.",
                where=where(sheet, row, columns[NAMES[month]]),
                hint=FAULTY,
            )
    return Table(kind, sheet.file, fiscal_year, *days, months, stray, overall)


def _require_none_after(
    sheet: Sheet, row: int, columns: Mapping[str, int], kind: Kind, days: tuple[date, date], values: Sequence[float]
) -> float:
    """Refuse figures for months after the data end; give the few stray book-ins that may stand in the next one."""
    through, run = days
    stray = 0.0
    next_day = through + timedelta(days=1)
    for index, month in enumerate(YEAR[len(values) :]):
        cell = at(sheet, row, columns[NAMES[month]])
        if cell in ("", 0.0):
            continue
        value = _value(sheet, row, columns[NAMES[month]], kind)
        if index or kind.average or next_day.day != 1 or run < next_day or value > MOST_STRAY * values[-1]:
            raise EvidenceError(
                f"there is a figure for {NAMES[month]}, though by the footnotes the data run through "
                f"{through:%m/%d/%Y} only.",
                where=where(sheet, row, columns[NAMES[month]]),
                hint=FAULTY,
            )
        stray = value
    return stray


def _columns(sheet: Sheet, title: int, column: int, kind: Kind) -> tuple[int, dict[str, int]]:
    """The row of the header, and its columns by name: the months as three letters, and the total."""
    row = next((row for row in range(title + 1, title + 4) if text(sheet, row, column) == "Agency"), None)
    if row is None:
        raise EvidenceError(
            f"the header under the title should begin with 'Agency'; it says {text(sheet, title + 1, column)!r}.",
            where=where(sheet, title + 1, column),
            hint=CHANGED,
        )
    columns: dict[str, int] = {}
    at_column = column + 1
    while (name := unmarked(text(sheet, row, at_column))) and kind.total not in columns:
        name = _month(name)
        if name in columns:
            raise EvidenceError(
                f"the column {name!r} stands twice.",
                where=where(sheet, row, at_column),
                hint=CHANGED,
            )
        columns[name] = at_column
        at_column += 1
    require_columns(list(columns), [*NAMES.values(), kind.total], where(sheet, row, column))
    return row, columns


def _month(name: str) -> str:
    """The three letters of a month written in three letters or more; other names as they are."""
    begin = name.rstrip(".").casefold()
    return next((NAMES[number] for number in YEAR if len(begin) > 2 and FULL[number].startswith(begin)), name)


def _agencies(sheet: Sheet, row: int, column: int, kind: Kind) -> Iterator[tuple[int, str]]:
    """The rows of arresting agencies and their geo, down to the first row without a label."""
    geos = {label.casefold(): geo for label, geo in kind.agencies}
    while label := unmarked(text(sheet, row, column)):
        geo = geos.get(label.casefold())
        if geo is not None:
            yield row, geo
        elif not kind.average or not {word.rstrip("s") for word in label.casefold().split()} <= CRIMINALITY:
            raise EvidenceError(
                f"{label!r} is no arresting agency known here (ICE, CBP, Total).",
                where=where(sheet, row, column),
                hint="If the publisher counts by other agencies now, the series has a break: do not splice it.",
            )
        row += 1
    if at(sheet, row, column + 1) != "":
        raise EvidenceError(
            "the row has figures, but no agency.",
            where=where(sheet, row, column),
            hint=CHANGED,
        )


def _value(sheet: Sheet, row: int, column: int, kind: Kind) -> float:
    value = figure(sheet, row, column)
    if not kind.average and value != int(value):
        raise EvidenceError(
            f"{value:g} is not a whole number of book-ins.",
            where=where(sheet, row, column),
            hint=CHANGED,
        )
    return round(value, 4) if kind.average else value
