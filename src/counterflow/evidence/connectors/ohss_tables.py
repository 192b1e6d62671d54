"""The monthly tables in an OHSS workbook: found by their titles, read by fiscal year and month.

See `ohss_monthly` for the workbook and its traps.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import in_fiscal_year, require_columns
from counterflow.evidence.connectors.workbook import Sheet, Workbook, at, figure, plain, text, unmarked, where

YEAR = (
    *("October", "November", "December", "January", "February", "March"),
    *("April", "May", "June", "July", "August", "September"),
)
NUMBERS = {name: (number + 9) % 12 + 1 for number, name in enumerate(YEAR)}
TITLES = 4  # a title stands among the first rows of its sheet
# Marks that stand in place of a figure. The first two always mean that there is none; the others have other meanings
# with other publishers and count only where a note under the table says what they mean.
MISSING = ("X", "NA")
EXPLAINED = {"D": "withheld", "-": "zero", "–": "zero", "—": "zero"}
CHANGED = "The publisher may have changed the format, or this is another workbook."

Column = tuple[str, str]  # what stands over a group of columns ("" where nothing does), and over the column itself


@dataclass(frozen=True)
class Table:
    """A monthly table: each column's figures by month, and what the table gives for whole fiscal years."""

    sheet: Sheet
    title: str
    columns: Mapping[Column, int]
    months: Mapping[date, Mapping[Column, float | None]]  # None where a mark says that there is no figure
    years: Mapping[int, Mapping[Column, float | None]]

    @property
    def edition(self) -> date:
        """The last month in the table."""
        return max(self.months)


def find_tables(workbook: Workbook, titles: Sequence[str]) -> dict[str, Sheet]:
    """The sheets whose title, up to the colon, is one of these. Raises EvidenceError where one is missing or twice."""
    found: dict[str, Sheet] = {}
    seen: list[str] = []
    for name in workbook.names:
        sheet = workbook.sheet(name)
        _, title = _title(sheet)
        begin = title.partition(":")[0].strip()
        seen.append(begin)
        own = next((wanted for wanted in titles if wanted.casefold() == begin.casefold()), None)
        if own is None:
            continue
        if own in found:
            raise EvidenceError(
                f"the table {own!r} stands twice, in the sheets {found[own].name!r} and {name!r}.",
                where=workbook.file,
                hint="Look at the file itself.",
            )
        found[own] = sheet
    for title in titles:
        if title not in found:
            near = difflib.get_close_matches(title, [begin for begin in seen if begin not in titles], n=1, cutoff=0.6)
            raise EvidenceError(
                f"the workbook has no table {title!r}" + (f"; is it {near[0]!r} now?" if near else "."),
                where=workbook.file,
                hint=CHANGED,
            )
    return found


def read_table(sheet: Sheet, wanted: Sequence[Column], also: Sequence[Column] = (), closed: str = "") -> Table:
    """The wanted columns of a table, with every month checked to be in its place.

    `also` are columns read where they are there; `closed` is a group in which every column must be one of these or
    the wanted ones. Raises EvidenceError, naming the cell: a column missing, twice or unknown, a month left out,
    repeated or out of order, a mark that no note explains, a figure that is not rounded to ten, or an end other than
    the title says.
    """
    row, columns = _columns(sheet)
    _require(sheet, row, columns, wanted)
    own = {column: place for column, place in columns.items() if column in {*wanted, *also}}
    for column, place in columns.items():
        if closed and column[0] == closed and column not in own:
            raise EvidenceError(
                f"the column {column[1]!r} under {closed!r} is not known here.",
                where=where(sheet, row, place),
                hint="If the publisher counts by other parts now, the series has a break: do not splice it.",
            )
    months: dict[date, dict[Column, float | None]] = {}
    years: dict[int, dict[Column, float | None]] = {}
    notes = _notes(sheet)
    fiscal_year = 0
    expected = ["Total"]
    while row + 1 < len(sheet.rows) and (month := unmarked(text(sheet, row + 1, 1))):
        row += 1
        if month != expected[0]:
            raise EvidenceError(
                f"{month!r} stands where {expected[0]!r} should: a row may be missing.",
                where=where(sheet, row, 1),
                hint=CHANGED,
            )
        said = _fiscal_year(sheet, row)
        if (month == "Total") != bool(said) or (said and years and said != fiscal_year + 1):
            raise EvidenceError(
                f"the fiscal year reads {text(sheet, row, 0)!r}"
                + (f" after {fiscal_year}" if years else "")
                + ": it should stand on the row of the total, one year after the other.",
                where=where(sheet, row, 0),
                hint=CHANGED,
            )
        values = {column: _value(sheet, row, place, notes) for column, place in own.items()}
        if said:
            fiscal_year = said
            years[fiscal_year] = values
            expected = [*YEAR, "Total"]
            continue
        months[in_fiscal_year(fiscal_year, NUMBERS[month])] = values
        expected.pop(0)
    _require_end(sheet, row, months, fiscal_year)
    return Table(sheet, _title(sheet)[1], own, months, years)


def _title(sheet: Sheet) -> tuple[int, str]:
    """The title's row and words: the first text with a colon in the first column."""
    for row in range(TITLES):
        words = text(sheet, row, 0)
        if ":" in words and "http" not in words:
            return row, words
    return 0, ""


def _columns(sheet: Sheet) -> tuple[int, dict[Column, int]]:
    """The header's row, and its columns: the words over each, and those over its group in the row above."""
    first, _ = _title(sheet)
    for row in range(first + 1, first + 5):
        if (text(sheet, row, 0), text(sheet, row, 1)) == ("Fiscal Year", "Month"):
            break
    else:
        raise EvidenceError(
            "no row below the title begins with 'Fiscal Year' and 'Month'; the first says "
            f"{text(sheet, first + 1, 0)!r} and {text(sheet, first + 1, 1)!r}.",
            where=where(sheet, first + 1, 0),
            hint=CHANGED,
        )
    columns: dict[Column, int] = {}
    group = ""
    for column in range(2, len(sheet.rows[row])):
        if row - 1 > first:
            group = unmarked(text(sheet, row - 1, column)) or group
        name = unmarked(text(sheet, row, column))
        if not name:
            continue
        if (group, name) in columns:
            raise EvidenceError(
                f"the column {name!r} stands twice" + (f" under {group!r}." if group else "."),
                where=where(sheet, row, column),
                hint=CHANGED,
            )
        columns[(group, name)] = column
    return row, columns


def _require(sheet: Sheet, row: int, columns: Mapping[Column, int], wanted: Sequence[Column]) -> None:
    for group in dict.fromkeys(group for group, _ in wanted):
        place = where(sheet, row, 0)
        if group and group not in {own for own, _ in columns}:
            require_columns([own for own, _ in columns], [group], place)
        require_columns(
            [name for own, name in columns if own == group], [name for own, name in wanted if own == group], place
        )


def _notes(sheet: Sheet) -> str:
    """What stands under the table, in small letters."""
    return "\n".join(
        plain(cells[0]).casefold() for cells in sheet.rows[TITLES:] if isinstance(cells[0], str) and cells[0]
    )


def _fiscal_year(sheet: Sheet, row: int) -> int:
    """The fiscal year in the first column ("2014", "2024 YTD"); 0 where it is blank."""
    words = text(sheet, row, 0).rstrip("*†‡ ")
    found = re.fullmatch(r"(20\d\d)(?: YTD)?", words)
    if words and found is None:
        raise EvidenceError(f"{words!r} is not a fiscal year.", where=where(sheet, row, 0), hint=CHANGED)
    return int(found[1]) if found else 0


def _value(sheet: Sheet, row: int, column: int, notes: str) -> float | None:
    """A figure; None where a mark says that there is none."""
    cell = at(sheet, row, column)
    mark = plain(cell) if isinstance(cell, str) else ""
    if mark in MISSING:
        return None
    if mark in EXPLAINED:
        meaning = EXPLAINED[mark]
        if not re.search(rf"^{re.escape(mark.casefold())}\s[^\n]{{0,40}}{meaning}", notes, re.MULTILINE):
            raise EvidenceError(
                f"the mark {mark!r} stands in place of a figure, and no note under the table says that it means "
                f"{meaning!r}.",
                where=where(sheet, row, column),
                hint=CHANGED,
            )
        return 0.0 if meaning == "zero" else None
    value = figure(sheet, row, column)
    if value % 10:
        raise EvidenceError(
            f"{value:g} is not rounded to the nearest ten, as figures of this workbook are.",
            where=where(sheet, row, column),
            hint="If the publisher gives exact counts now, the series has a break: do not splice it.",
        )
    return value


def _require_end(sheet: Sheet, row: int, months: Mapping[date, object], fiscal_year: int) -> None:
    """The table must end with the month in its title, or at a year's end where the title names none."""
    if not months:
        raise EvidenceError("the table has no month.", where=where(sheet, row, 1), hint=CHANGED)
    title_row, title = _title(sheet)
    found = re.search(r"\(([A-Z][a-z]+) (20\d\d)\)", title)
    named = found is not None and found[1] in NUMBERS
    end = date(int(found[2]), NUMBERS[found[1]], 1) if found and named else date(fiscal_year, 9, 1)
    if max(months) != end:
        raise EvidenceError(
            f"the last month is {max(months):%B %Y}; by the title ({title!r}) it should be {end:%B %Y}: rows may be "
            "missing.",
            where=where(sheet, title_row, 0),
            hint="Fetch or save the workbook again.",
        )
