"""DHS Office of Homeland Security Statistics: immigration enforcement and legal processes, monthly tables.

One workbook holds all months since fiscal year 2014 (in some tables later); each edition replaces the one before. The
page https://ohss.dhs.gov/topics/immigration/immigration-enforcement leads to "monthly-tables", which lists them, as
/sites/default/files/2025-01/2025_0116_ohss_immigration-enforcement-and-legal-processes-tables-november-2024.xlsx. That
one, of January 2025, is the last.

Traps:
- The fiscal year stands on the row of its total ("2014", "2024 YTD"); the months stand below, the first column blank.
- Names of columns repeat under "Total CBP", "USBP" and "OFO", and end in footnote numbers ("T42 expulsions2").
- "X" is not applicable (or suppressed: returns under the Migrant Protection Protocols before March 2019), "NA" not
  available. Neither is zero. Zero is a number.
- Every cell is rounded to ten by itself, so totals agree only within rounding, and a year's total may count months that
  are marked X.
- Sectors are exact in our series to September 2019, from another workbook, and ports of entry are exact from October
  2021, from CBP. Those months are checked here, but not given: rounded figures would replace exact ones.
- Encounters at ports hold administrative ones too, as in our series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import Extract, File, Get, Published, Total, links_on
from counterflow.evidence.connectors.ohss_tables import NUMBERS, Column, Table, find_tables, read_table
from counterflow.evidence.connectors.workbook import Sheet, open_workbook

ADDRESS = "https://ohss.dhs.gov/topics/immigration/immigration-enforcement"
ADDRESSES = (ADDRESS,)
LINK = r"legal-processes-tables-[a-z]+-20\d\d[^/]*\.xlsx$"
LIST = r"/(?:monthly-tables|[^/]*legal-processes-monthly[^/]*)/?$"

SECTORS = "CBP SW Border Encounters by Agency and Sector or Field Office"
FAMILIES = "CBP SW Border Encounters by Agency and Family Status"
APPOINTMENTS = "CBP One Appointments"
BOOKOUTS = "CBP SW Border Encounters Book-Outs by Agency"
ARRESTS = "ERO Administrative Arrests by Selected Citizenship"
REPATRIATIONS = "DHS Repatriations by Type"

NAMES_OF_SECTORS = {
    "San Diego, CA": "San Diego",
    "El Centro, CA": "El Centro",
    "Yuma, AZ": "Yuma",
    "Tucson, AZ": "Tucson",
    "El Paso, TX": "El Paso",
    "Big Bend, TX": "Big Bend",
    "Del Rio, TX": "Del Rio",
    "Laredo, TX": "Laredo",
    "Rio Grande Valley, TX": "Rio Grande Valley",
}
AGENCIES = {"Total CBP": "CBP", "USBP": "USBP", "OFO": "OFO"}
STATUSES = {
    "Single Adults": "Single Adults",
    "Family Unit Individuals": "Family Unit Individuals",
    "Unaccompanied Children/Single Minors": "Unaccompanied Children",
}
T42 = "T42 expulsions"
RETURNS = "Migrant Protection Protocols"

TOTAL_CBP: Column = ("", "Total CBP")
TOTAL_USBP: Column = ("USBP", "Total USBP")
TOTAL_OFO: Column = ("OFO", "Total OFO")

# Each series: its table, column -> geo, flag, and the months that it takes from here.
ALWAYS = (date.min, date.max)
SERIES: dict[str, tuple[str, dict[Column, str], str, tuple[date, date]]] = {
    "usbp_encounters_sector": (
        SECTORS,
        {("USBP", column): geo for column, geo in NAMES_OF_SECTORS.items()},
        "rounded_to_10",
        (date(2019, 10, 1), date.max),
    ),
    "ofo_encounters_sw": (SECTORS, {TOTAL_OFO: "southwest"}, "rounded_to_10", (date.min, date(2021, 9, 1))),
    "usbp_encounters_sw_by_family_status": (
        FAMILIES,
        {("USBP", column): geo for column, geo in STATUSES.items()},
        "",
        ALWAYS,
    ),
    "title42_expulsions_sw": (BOOKOUTS, {(agency, T42): geo for agency, geo in AGENCIES.items()}, "", ALWAYS),
    "mpp_returns": (BOOKOUTS, {("Total CBP", RETURNS): "southwest"}, "", ALWAYS),
    "cbp_one_appointments": (APPOINTMENTS, {("", "Total"): "southwest"}, "", ALWAYS),
    "ice_arrests": (ARRESTS, {("", "Total"): "united_states"}, "", ALWAYS),
    "dhs_removals": (REPATRIATIONS, {("DHS Removals", "Total Removals"): "united_states"}, "", ALWAYS),
}
TITLES = tuple(dict.fromkeys(table for table, *_ in SERIES.values()))

# Columns that are read to check others, and the sums in one table: total -> its parts.
SUMS: dict[str, tuple[tuple[Column, tuple[Column, ...]], ...]] = {
    SECTORS: (
        (TOTAL_CBP, (TOTAL_USBP, TOTAL_OFO)),
        (TOTAL_USBP, tuple(("USBP", column) for column in NAMES_OF_SECTORS)),
    ),
    FAMILIES: ((("Total CBP", "Total"), (("USBP", "Total"), ("OFO", "Total"))),),
    BOOKOUTS: tuple(
        (("Total CBP", name), (("USBP", name), ("OFO", name))) for name in ("Total Encounters", T42, RETURNS)
    ),
    REPATRIATIONS: (
        (
            ("DHS Removals", "Total Removals"),
            (
                ("DHS Removals", "Expedited Removals"),
                ("DHS Removals", "Reinstatements of Removal Orders"),
                ("DHS Removals", "Other Removals"),
            ),
        ),
    ),
}
# One figure in two tables.
SAME: tuple[tuple[tuple[str, Column], tuple[str, Column]], ...] = (
    ((FAMILIES, ("USBP", "Total")), (SECTORS, TOTAL_USBP)),
    ((FAMILIES, ("OFO", "Total")), (SECTORS, TOTAL_OFO)),
    ((BOOKOUTS, ("USBP", "Total Encounters")), (SECTORS, TOTAL_USBP)),
    ((BOOKOUTS, ("OFO", "Total Encounters")), (SECTORS, TOTAL_OFO)),
)
ROUNDING = 5.0  # how far a cell may lie from the true count


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest edition that the page, or the list that it leads to, links to; nothing where it is unchanged."""
    links: list[str] = []
    for address in addresses:
        page = get.page(address)
        try:
            links += links_on(page, LINK)
        except EvidenceError:
            for further in links_on(page, LIST):
                links += links_on(get.page(further), LINK)
    file = get.file(max(links, key=_edition))
    return () if file is None else (file,)


def parse(files: Sequence[File]) -> Extract:
    """The monthly figures of our series from the newest of the workbooks given.

    Covers end with the edition's last month. Raises EvidenceError, naming file, sheet and cell.
    """
    newest: dict[str, Table] = {}
    for file in files:
        tables = _tables(file)
        if newest and _last(tables) == _last(newest) and _content(tables) != _content(newest):
            raise EvidenceError(
                f"the figures differ from those of {newest[SECTORS].sheet.file}, an edition for the same month "
                f"({_last(tables):%B %Y}).",
                where=file.name,
                hint="Give only the one that is right.",
            )
        if not newest or _last(tables) > _last(newest):
            newest = tables
    if not newest:
        return Extract(())
    return Extract(figures=tuple(sorted(_figures(newest))), totals=tuple(_totals(newest)), covers=dict(_covers(newest)))


def _edition(link: str) -> tuple[int, int, str]:
    """By what links are put in order: the edition's month, then when it was put up and the file's name."""
    name = re.search(r"-([a-z]+)-(20\d\d)[^/]*\.xlsx", link, re.IGNORECASE)
    folder = re.search(r"/20\d\d-\d\d/[^/]*$", link)
    number = NUMBERS.get(name[1].title(), 0) if name else 0
    return int(name[2]) if name else 0, number, folder[0] if folder else link


def _tables(file: File) -> dict[str, Table]:
    sheets = find_tables(open_workbook(file), TITLES)
    return {title: _table(sheets[title], title) for title in TITLES}


def _table(sheet: Sheet, title: str) -> Table:
    wanted = [column for table, columns, *_ in SERIES.values() if table == title for column in columns]
    also = [column for total, parts in SUMS.get(title, ()) for column in (total, *parts)]
    also += [column for pair in SAME for table, column in pair if table == title]
    return read_table(sheet, wanted, also, closed="USBP" if title in (SECTORS, FAMILIES) else "")


def _last(tables: Mapping[str, Table]) -> date:
    return max(table.edition for table in tables.values())


def _content(tables: Mapping[str, Table]) -> list[object]:
    return [tables[title].months for title in TITLES]


def _figures(tables: Mapping[str, Table]) -> Iterator[Published]:
    for series_id, (title, columns, flag, (first, last)) in SERIES.items():
        for day, values in tables[title].months.items():
            for column, geo in columns.items():
                value = values[column]
                if value is not None and first <= day <= last:
                    yield Published(series_id, geo, day, value, flag)


def _covers(tables: Mapping[str, Table]) -> Iterator[tuple[str, tuple[date, date]]]:
    for series_id, (title, _, _, (first, last)) in SERIES.items():
        months = [day for day in tables[title].months if first <= day <= last]
        if months:
            yield series_id, (min(months), max(months))


def _totals(tables: Mapping[str, Table]) -> Iterator[Total]:
    for title, table in tables.items():
        what = f"{table.sheet.file}, sheet {table.sheet.name!r}"
        for total, parts in SUMS.get(title, ()):
            for day, values in table.months.items():
                stated, *added = (values.get(column) for column in (total, *parts))
                yield from _sum(f"{what}: {_words(total)}, {day:%b %Y}", stated, added)
        for column in table.columns:
            for fiscal_year, values in table.years.items():
                first, last = date(fiscal_year - 1, 10, 1), date(fiscal_year, 9, 1)
                added = [months[column] for day, months in table.months.items() if first <= day <= last]
                yield from _sum(f"{what}: {_words(column)}, months of FY{fiscal_year}", values[column], added)
    for (one, column), (other, same) in SAME:
        if column not in tables[one].columns or same not in tables[other].columns:
            continue
        for day in sorted(tables[one].months.keys() & tables[other].months.keys()):
            what = f"{tables[one].sheet.file}: {_words(column)} in {one!r} and {other!r}, {day:%b %Y}"
            yield from _sum(what, tables[one].months[day][column], [tables[other].months[day][same]])


def _sum(what: str, stated: float | None, added: Sequence[float | None]) -> Iterator[Total]:
    """A total to be held against its parts, each rounded by itself; none where one of them has no figure."""
    parts = [part for part in added if part is not None]
    if stated is not None and len(parts) == len(added):
        yield Total(what, stated, sum(parts), ROUNDING * (len(parts) + 1))


def _words(column: Column) -> str:
    return ", ".join(part for part in column if part)
