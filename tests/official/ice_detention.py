"""Workbooks as ICE publishes them: the sheets, titles and labels verbatim, tables stacked and side by side."""

from __future__ import annotations

import io
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from openpyxl import Workbook

from counterflow.evidence.connectors.official import File

START = ("/detain/detention-management",)
YEAR = (10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9)
MONTHS = ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep")
CRIMINALITY = ("Convicted Criminal", "Pending Criminal Charges", "Other Immigration Violator")
BOOKINS_AT = (18, 9)  # I18, beside a table at A18
POPULATION_AT = (90, 1)


def months_through(fiscal_year: int, through: date) -> int:
    """How many months of the fiscal year have begun by that day."""
    return sum(date(fiscal_year - (month >= 10), month, 1) <= through for month in YEAR)


def book(
    fiscal_year: int,
    through: date,
    bookins: Mapping[str, Sequence[int]],
    population: Mapping[str, Sequence[float]],
    *,
    sheet: str = "",
    title: str = "",
    run: date | None = None,
    order: Sequence[str] = ("Total", "CBP", "ICE  "),
    later: Any = 0,
    leftover: int = 0,
) -> Workbook:
    """A workbook: by agency ("ICE", "CBP") the months from October on; totals are added up here.

    `later` stands in months without data (0 or None); `leftover` is the year of an old second sheet. Tests change
    the cells of what comes back.
    """
    result = Workbook()
    result.active.title = "Header"
    result.active["A1"] = "ICE Detention Statistics"
    if leftover:
        days = date(leftover, 9, 30)
        old = result.create_sheet(f"Detention EOFY{leftover}")
        _detention(old, f"EOFY{leftover}", leftover, days, *_even(12), order, later)
    label = title or (f"EOFY{fiscal_year}" if through == date(fiscal_year, 9, 30) else f"FY{fiscal_year}")
    page = result.create_sheet(sheet or f"Detention FY{fiscal_year % 100}")
    _detention(page, label, fiscal_year, through, bookins, population, order, later)
    notes = result.create_sheet("Footnotes")
    drawn = run or through + timedelta(days=2)
    said = f"are updated through {through:%m/%d/%Y} (IIDS Run Date {drawn:%m/%d/%Y}; EID as of {through:%m/%d/%Y})."
    notes["A50"] = f"FY{fiscal_year} ICE Average Daily Population and ICE Average Length of Stay"
    notes["B50"] = f"FY{fiscal_year} YTD ICE Detention data {said}"
    notes["B52"] = "The Average Daily Population (ADP) is based on MANDAY Count."
    notes["A60"] = f"FY{fiscal_year} ICE Final Book Outs"
    notes["B60"] = "FY1999 YTD ICE Final Book Out data are updated through 01/01/1999."
    notes["A79"] = f"FY{fiscal_year} ICE Initial Book-Ins"
    notes["B79"] = f"FY{fiscal_year} YTD ICE Book-ins data {said}"
    return result


def saved(workbook: Workbook) -> bytes:
    """The workbook as bytes."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def write(
    fiscal_year: int,
    through: date,
    bookins: Mapping[str, Sequence[int]],
    population: Mapping[str, Sequence[float]],
    **more: Any,
) -> bytes:
    """The bytes of `book(...)`."""
    return saved(book(fiscal_year, through, bookins, population, **more))


def edition(fiscal_year: int, through: date | None = None, seed: int = 0, **more: Any) -> bytes:
    """A workbook of made-up figures, always the same for the same year, day and seed."""
    day = through or date(fiscal_year, 9, 30)
    return write(fiscal_year, day, *_even(months_through(fiscal_year, day), fiscal_year + seed), **more)


def _even(months: int, seed: int = 0) -> tuple[dict[str, list[int]], dict[str, list[float]]]:
    ice = [5_000 + 37 * ((month + seed) % 11) for month in range(months)]
    cbp = [9_000 + 53 * ((month + seed) % 7) for month in range(months)]
    held = {agency: [count * 1.25 + 1 / 31 for count in counts] for agency, counts in (("ICE", ice), ("CBP", cbp))}
    return {"ICE": ice, "CBP": cbp}, held


def _detention(
    page: Any,
    label: str,
    fiscal_year: int,
    through: date,
    bookins: Mapping[str, Sequence[int]],
    population: Mapping[str, Sequence[float]],
    order: Sequence[str],
    later: Any,
) -> None:
    page["A1"] = "ICE Detention Statistics"
    page["A7"] = f"ICE Currently Detained by Processing Disposition and Detention Facility Type: {label}"
    page["A18"] = f"ICE Currently Detained by Criminality and Arresting Agency: {label}"
    for column, name in enumerate(("Criminality", "ICE", "Percent ICE", "CBP", "Percent CBP", "Total"), start=1):
        page.cell(19, column, name)
        page.cell(20, column, "Total" if column == 1 else column * 1_000)
    total = {"Total": [ice + cbp for ice, cbp in zip(bookins["ICE"], bookins["CBP"], strict=True)]}
    rows: list[tuple[str, Sequence[float]]] = [(name, {**bookins, **total}[name.strip()]) for name in order]
    _table(
        page,
        *BOOKINS_AT,
        f"ICE Initial Book-Ins by Arresting Agency and Month: {label}",
        "Total",
        [(name, values, sum(values)) for name, values in rows],
        later,
    )
    firsts = [date(fiscal_year - (month >= 10), month, 1) for month in YEAR]
    days = [
        min(monthrange(first.year, first.month)[1], (through - first).days + 1)
        for first in firsts[: len(population["ICE"])]
    ]
    averages = {**population, "Total": [sum(pair) for pair in zip(population["ICE"], population["CBP"], strict=True)]}
    blocks = []
    for name, agency in (("CBP Average", "CBP"), ("ICE Average  ", "ICE"), ("Average ", "Total")):
        values = averages[agency]
        overall = sum(value * day for value, day in zip(values, days, strict=True)) / sum(days)
        blocks.append((name, values, overall))
        blocks += [(kind, [value / 3 for value in values], overall / 3) for kind in CRIMINALITY]
    for begin, title in (
        (POPULATION_AT[0], "ICE Average Daily Population by Arresting Agency, Month and Criminality"),
        (POPULATION_AT[0] + 20, "ICE Average Length of Stay by Arresting Agency, Month and Criminality"),
    ):
        _table(page, begin, POPULATION_AT[1], f"{title}: {label}", "FY Overall", blocks, later)


def _table(
    page: Any, row: int, column: int, title: str, total: str, rows: Sequence[tuple[str, Any, float]], later: Any
) -> None:
    page.cell(row, column, title)
    for index, name in enumerate(("Agency", *MONTHS, total)):
        page.cell(row + 1, column + index, name)
    for below, (name, values, overall) in enumerate(rows, start=row + 2):
        page.cell(below, column, name)
        for index in range(12):
            page.cell(below, column + 1 + index, values[index] if index < len(values) else later)
        page.cell(below, column + 13, overall)


def _page(links: Sequence[tuple[str, str]]) -> bytes:
    listed = "\n".join(f'<li><a href="{link}">{words}</a></li>' for link, words in links)
    return (
        "<!DOCTYPE html>\n<html><head><title>Detention Management | ICE</title></head><body>"
        '<a href="/doclib/detention/dedicatedNonDedicatedFacilityList.xlsx">Facility list</a>'
        f"<h2>Detention Statistics</h2><ul>{listed}</ul></body></html>"
    ).encode()


@cache
def _site() -> dict[str, tuple[str, bytes]]:
    books = {
        "/doclib/detention/FY26_detentionStats_02122026.xlsx": edition(2026, date(2026, 2, 7), later=None),
        "/doclib/detention/FY26_detentionStats01082026.xlsx": edition(2026, date(2026, 1, 7), seed=1, leftover=2020),
        "/doclib/detention/FY25_detentionStats.xlsx": edition(2025, date(2025, 9, 20)),
        "/doclib/detention/FY24_detentionStats.xlsx": edition(2024),
    }
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    links = [(path, f"Detention {path.rpartition('/')[2][:4]} Statistics") for path in books]
    return {START[0]: ("text/html", _page(links)), **{path: (media, body) for path, body in books.items()}}


def site() -> dict[str, tuple[str, bytes]]:
    """The page and what it links to, by path: editions of fiscal years 2024 to 2026, one of them superseded."""
    return dict(_site())


@cache
def full_size() -> tuple[File, ...]:
    """All eight fiscal years, each with a list of facilities as large as the published one."""
    files = []
    for fiscal_year in range(2019, 2027):
        day = date(fiscal_year, 9, 30) if fiscal_year < 2026 else date(2026, 2, 7)
        workbook = book(fiscal_year, day, *_even(months_through(fiscal_year, day), fiscal_year))
        facilities = workbook.create_sheet(f"Facilities FY{fiscal_year % 100}")
        for row in range(1_000):
            facilities.append([f"FACILITY {row}", *(row * column / 7 for column in range(70))])
        files.append(File(f"FY{fiscal_year % 100}_detentionStats.xlsx", saved(workbook)))
    return tuple(files)
