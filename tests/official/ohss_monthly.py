"""The OHSS monthly tables as published: sheets, titles, two-storey headers, footnote numbers and marks verbatim."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from openpyxl import Workbook

from counterflow.evidence.connectors.official import File

START = ("/topics/immigration/immigration-enforcement",)
LIST = "/topics/immigration/immigration-enforcement/monthly-tables"
MONTHS = (
    *("October", "November", "December", "January", "February", "March"),
    *("April", "May", "June", "July", "August", "September"),
)
SECTORS = (
    *("San Diego, CA", "El Centro, CA", "Yuma, AZ", "Tucson, AZ", "El Paso, TX"),
    *("Big Bend, TX", "Del Rio, TX", "Laredo, TX", "Rio Grande Valley, TX"),
)
STATUSES = ("Single Adults", "Family Unit Individuals", "Unaccompanied Children")
COUNTRIES = ("Mexico", "Venezuela", "Guatemala", "Honduras", "Cuba", "Colombia", "Ecuador", "Haiti", "Other")

Figures = Mapping[tuple[str, str, date], float]
Value = float | str


def months_to(edition: date, first_year: int = 2014) -> list[date]:
    """The months from the first fiscal year's October to the edition's last month."""
    every = [date(year, month, 1) for year in range(first_year - 1, edition.year + 1) for month in range(1, 13)]
    return [day for day in every if date(first_year - 1, 10, 1) <= day <= edition]


def book(figures: Figures, edition: date, first_year: int = 2014) -> Workbook:
    """A workbook with these figures of our series; a month without one reads X. Other columns are made to agree.

    Tests change the cells of what comes back.
    """
    result = Workbook()
    result.active.title = "TOC"
    result.active["A1"] = "Table of Contents"
    result.active["A3"] = "Click link for corresponding tab:"

    def said(series_id: str, geo: str, day: date, instead: Value = "X") -> Value:
        return figures.get((series_id, geo, day), instead)

    def sector(name: str, day: date) -> Value:
        return said("usbp_encounters_sector", name.partition(",")[0], day, 10.0)

    def usbp(day: date) -> Value:
        return _sum([sector(name, day) for name in SECTORS])

    def ofo(day: date) -> Value:
        return said("ofo_encounters_sw", "southwest", day, 20.0)

    def status(name: str, day: date) -> Value:
        return said("usbp_encounters_sw_by_family_status", name, day, "NA")

    def expelled(agency: str) -> Callable[[date], Value]:
        return lambda day: said("title42_expulsions_sw", agency, day)

    def returned(agency: str, day: date) -> Value:
        value = said("mpp_returns", "southwest", day)
        return 0.0 if agency == "OFO" and value != "X" else value

    def both(day: date) -> Value:
        return _sum([usbp(day), ofo(day)])

    families = [("Total", usbp), *_statuses(status)]
    _sheet(
        result,
        "SWB Encounters by Family Status",
        "CBP SW Border Encounters by Agency and Family Status",
        [
            ("Total CBP", [("Total", both), *_statuses(status), ("Accompanied Minors (OFO)4", _none)]),
            ("USBP", families),
            ("OFO", [("Total", ofo), *_statuses(lambda *_: "NA"), ("Accompanied Minors (OFO)4", _none)]),
        ],
        edition,
        first_year,
        ("NA Not available.", "1Noncitizens encountered by CBP who are at least 18 years of age."),
    )
    _sheet(
        result,
        "SWB Enc by Sector+Field Ofc",
        "CBP SW Border Encounters by Agency and Sector or Field Office",
        [
            ("", [("Total CBP", both)]),
            ("USBP", [("Total USBP", usbp), *((name, _bound(sector, name)) for name in SECTORS)]),
            ("OFO", [("Total OFO", ofo), ("San Diego, CA", ofo), *((name, _zero) for name in ("Tucson, AZ",))]),
        ],
        edition,
        first_year,
    )
    citizens: list[tuple[str, Callable[[date], Value]]] = [(name, _zero) for name in COUNTRIES]
    _sheet(
        result,
        "CBP One Appointments",
        "CBP One Appointments",
        [("", [("Total", lambda day: said("cbp_one_appointments", "southwest", day)), *citizens])],
        edition,
        max(first_year, 2023) if edition >= date(2022, 10, 1) else first_year,
        ("X Not applicable.",),
    )
    _sheet(
        result,
        "CBP SWB Book-Outs by Agency",
        "CBP SW Border Encounters Book-Outs by Agency",
        [
            (
                agency,
                [
                    ("Total Encounters", total),
                    ("T8 repatriations1", _zero),
                    ("T42 expulsions2", expelled(geo)),
                    ("Migrant Protection Protocols3", _bound(returned, geo)),
                    ("Other outcomes8", _zero),
                ],
            )
            for agency, geo, total in (("Total CBP", "CBP", both), ("USBP", "USBP", usbp), ("OFO", "OFO", ofo))
        ],
        edition,
        first_year,
        ("X Not applicable.", "2Expulsions pursuant to CDC’s Title 42 public health order."),
    )
    _sheet(
        result,
        "ERO Arrests by Citizenship",
        "ERO Administrative Arrests by Selected Citizenship",
        [("", [("Total", lambda day: said("ice_arrests", "united_states", day)), *citizens])],
        edition,
        first_year,
    )
    removed = [
        ("Total Removals", lambda day: said("dhs_removals", "united_states", day)),
        ("Expedited Removals", lambda day: said("dhs_removals", "united_states", day)),
        ("Reinstatements of Removal Orders", _zero),
        ("Other Removals", _zero),
    ]
    _sheet(
        result,
        "DHS Repats by Type",
        "DHS Repatriations by Type",
        [
            ("Total Repatriations", [("Total Repatriations3", _zero), ("Title 42 Expulsions6", _none)]),
            ("DHS Removals1", removed),
            ("DHS Enforcement Returns2", [("Total Enforcement Returns", _zero), ("Withdrawals7", _zero)]),
            ("DHS Administrative Returns2", [("Total Administrative Returns", _zero), ("Withdrawals9", _zero)]),
        ],
        edition,
        first_year,
        ("X Not applicable.", "1Removals are the compulsory and confirmed movement of a noncitizen."),
    )
    return result


def saved(workbook: Workbook) -> bytes:
    """The workbook as bytes."""
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def write(figures: Figures, edition: date, first_year: int = 2014) -> bytes:
    """The bytes of `book(...)`."""
    return saved(book(figures, edition, first_year))


def figures_to(edition: date, first_year: int = 2014, seed: int = 0) -> dict[tuple[str, str, date], float]:
    """Figures of every series that a workbook gives, each in the months in which it has any."""
    figures: dict[tuple[str, str, date], float] = {}
    for index, day in enumerate(months_to(edition, first_year)):
        step = 10 * ((index + seed) % 9 + 1)
        if day >= date(2019, 10, 1):
            for number, name in enumerate(SECTORS, start=1):
                figures["usbp_encounters_sector", name.partition(",")[0], day] = 100.0 * number + step
        if day <= date(2021, 9, 1):
            figures["ofo_encounters_sw", "southwest", day] = 6_000.0 + step
        for number, name in enumerate(STATUSES, start=1):
            figures["usbp_encounters_sw_by_family_status", name, day] = 1_000.0 * number + step
        if date(2020, 3, 1) <= day <= date(2023, 5, 1):
            figures["title42_expulsions_sw", "USBP", day] = 60_000.0 + step
            figures["title42_expulsions_sw", "OFO", day] = 2_000.0
            figures["title42_expulsions_sw", "CBP", day] = 62_000.0 + step
        if date(2019, 3, 1) <= day <= date(2021, 1, 1):
            figures["mpp_returns", "southwest", day] = 500.0 + step
        if day >= date(2023, 1, 1):
            figures["cbp_one_appointments", "southwest", day] = 40_000.0 + step
        figures["ice_arrests", "united_states", day] = 10_000.0 + step
        figures["dhs_removals", "united_states", day] = 20_000.0 + step
    return figures


def _none(_: date) -> Value:
    return "X"


def _zero(_: date) -> Value:
    return 0.0


def _bound(value: Callable[[str, date], Value], name: str) -> Callable[[date], Value]:
    return lambda day: value(name, day)


def _statuses(status: Callable[[str, date], Value]) -> list[tuple[str, Callable[[date], Value]]]:
    names = ("Single Adults1", "Family Unit Individuals2", "Unaccompanied Children/Single Minors3")
    return [(name, _bound(status, own)) for name, own in zip(names, STATUSES, strict=True)]


def _sum(parts: Sequence[Value]) -> Value:
    numbers = [part for part in parts if not isinstance(part, str)]
    return sum(numbers) if numbers or not parts else "X"


def _sheet(
    result: Workbook,
    name: str,
    title: str,
    groups: Sequence[tuple[str, Sequence[tuple[str, Callable[[date], Value]]]]],
    edition: date,
    first_year: int,
    notes: Sequence[str] = (),
) -> None:
    page: Any = result.create_sheet(name)
    page["A1"] = "Return to Table of Contents."
    page["C1"] = '* Please click on the "plus" sign to the left of the years to expand to see monthly data.'
    last = edition.year + (edition.month >= 10)
    running = " YTD" if edition.month != 9 else ""
    page["A2"] = f"{title}: Fiscal Years {first_year} to {last}{running} ({edition:%B %Y})"
    columns = [column for _, own in groups for column in own]
    row = 3
    if len(groups) > 1:
        column = 3
        for group, own in groups:
            page.cell(row, column, group or None)
            if len(own) > 1:
                page.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + len(own) - 1)
            column += len(own)
        row += 1
    for column, header in enumerate(("Fiscal Year", "Month", *(name for name, _ in columns)), start=1):
        page.cell(row, column, header)
    every = months_to(edition, first_year)
    for fiscal_year in range(first_year, last + 1):
        own = [day for day in every if day.year + (day.month >= 10) == fiscal_year]
        row += 1
        page.cell(row, 1, f"{fiscal_year}{running}" if fiscal_year == last and running else fiscal_year)
        page.cell(row, 2, "Total")
        for column, (_, value) in enumerate(columns, start=3):
            page.cell(row, column, _sum([value(day) for day in own]))
        for day in own:
            row += 1
            page.cell(row, 2, MONTHS[(day.month + 2) % 12])
            for column, (_, value) in enumerate(columns, start=3):
                page.cell(row, column, value(day))
    for note in (
        *notes,
        "Notes: To protect privacy, table cells are rounded to the nearest ten. Totals may not sum due to rounding.",
        "Source: Office of Homeland Security Statistics Persist Dataset.",
    ):
        row += 1
        page.cell(row, 1, note)


@cache
def _site() -> dict[str, tuple[str, bytes]]:
    stem = "ohss_immigration-enforcement-and-legal-processes-tables"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    newest, older = date(2024, 11, 1), date(2024, 6, 1)
    books = {
        f"/sites/default/files/2024-10/24-1011_{stem}-june-2024_2.xlsx": write(figures_to(older, seed=1), older),
        f"/sites/default/files/2025-01/2025_0116_{stem}-november-2024.xlsx": write(figures_to(newest), newest),
    }
    listed = "".join(f'<a href="{path}">Monthly Tables</a> ' for path in books)
    links = (("/topics/immigration/yearbook", "Yearbook"), (LIST, "Monthly Tables"))
    hub = "<html><body>" + "".join(f'<a href="{path}">{words}</a>' for path, words in links) + "</body></html>"
    return {
        START[0]: ("text/html", hub.encode()),
        LIST: ("text/html", f"<html><body>{listed}</body></html>".encode()),
        **{path: (media, body) for path, body in books.items()},
    }


def site() -> dict[str, tuple[str, bytes]]:
    """The topic's page, the list that it leads to, and two editions, by path."""
    return dict(_site())


@cache
def full_size() -> tuple[File, ...]:
    """One edition with as many sheets and cells as the published ones."""
    edition = date(2024, 11, 1)
    workbook = book(figures_to(edition), edition)
    for number in range(28):
        columns = 104 if number < 3 else 24
        _sheet(
            workbook,
            f"Other {number}",
            f"Other Table {number}",
            [("", [(f"Country {column}", _zero) for column in range(columns)])],
            edition,
            2014,
        )
    return (File("2025_0116_ohss_tables-november-2024.xlsx", saved(workbook)),)
