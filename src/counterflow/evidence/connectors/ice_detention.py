"""U.S. Immigration and Customs Enforcement: detention statistics, one workbook for each fiscal year.

Found on https://www.ice.gov/detain/detention-management, as links like
/doclib/detention/FY25_detentionStats12052025.xlsx (a running year's edition) and FY24_detentionStats.xlsx (a past
year's). Two tables of the sheet "Detention FYnn" (also "Detention FY21 YTD", "Detention EOFY2020") are read: initial
book-ins, and average daily population, by arresting agency and month. Tables stand below and beside one another, so
they are found by their titles.

Traps:
- Months to come read 0 in some tables and are blank in others. Neither is a figure: the sheet "Footnotes" says through
  which day each table's data run, and that day alone decides which months have figures.
- Data that run through a month's last day may hold a handful of book-ins of the next month's first hours. They are no
  month; only the year's total counts them.
- A month whose end lies after that day is partial (flag "partial_month"). The last editions for fiscal years 2021, 2022
  and 2025 end in late September.
- Editions have been issued with a year-old second sheet left in ("Detention EOFY2020" beside "Detention FY22"): of
  several sheets the newest fiscal year is the workbook's own.
- The date in a file's name is not always right or even there; where names cannot tell which edition of a year is the
  newest, all are fetched, and what they say of themselves decides.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.ice_tables import KINDS, YEAR, Table, tables_of
from counterflow.evidence.connectors.official import (
    Extract,
    File,
    Get,
    Published,
    Total,
    in_fiscal_year,
    links_on,
    name_of,
)
from counterflow.evidence.connectors.workbook import open_workbook

ADDRESS = "https://www.ice.gov/detain/detention-management"
ADDRESSES = (ADDRESS,)
LINK = r"/fy ?\d\d[-_ ]?detention[-_ ]?stats[^/]*\.xlsx$"

TO_FOUR_PLACES = 0.0005  # how far sums of averages, each rounded to four places, may differ
# How far the average of a running year may lie from its months. In editions of fiscal years 2022 and 2026 the two were
# drawn some days apart (up to 1.0% of the average); in full years they agree.
RUNNING_AVERAGE = 0.02


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest workbook of each fiscal year that the page links to; those unchanged are left out."""
    links = [link for address in addresses for link in links_on(get.page(address), LINK)]
    files = (get.file(link) for link in _newest(links))
    return tuple(file for file in files if file is not None)


def parse(files: Sequence[File]) -> Extract:
    """Monthly book-ins and average daily population by arresting agency, from workbooks of any fiscal years.

    Averages are given to four places. Of several editions for one year the one whose data run longest counts. Where
    the years given leave gaps, only the run of years up to the newest is covered. Raises EvidenceError, naming file,
    sheet and cell.
    """
    newest: dict[tuple[str, int], Table] = {}
    for file in files:
        for table in tables_of(open_workbook(file)):
            key = (table.kind.series_id, table.fiscal_year)
            newest[key] = _newer(newest[key], table) if key in newest else table
    years = sorted({fiscal_year for _, fiscal_year in newest})
    first = next((year for year in reversed(years) if year - 1 not in years), 0)
    return Extract(
        figures=tuple(sorted(found for table in newest.values() for found in _figures(table))),
        totals=tuple(total for _, table in sorted(newest.items()) for total in _totals(table)),
        covers={kind.series_id: (date(first - 1, 10, 1), date(years[-1], 9, 1)) for kind in KINDS} if years else {},
    )


def _newest(links: Sequence[str]) -> tuple[str, ...]:
    """Of each fiscal year the link with the latest date in its name, and any whose name has no date to go by."""
    dated: dict[int, tuple[date, str]] = {}
    undated: list[str] = []
    for link in dict.fromkeys(links):
        name = name_of(link)
        fiscal_year = 2000 + int(re.sub(r"\D", "", name)[:2])
        day = _day_in(name, fiscal_year)
        if day is None:
            undated.append(link)
        elif fiscal_year not in dated or (day, link) > dated[fiscal_year]:
            dated[fiscal_year] = (day, link)
    return tuple(sorted([link for _, link in dated.values()] + undated))


def _day_in(name: str, fiscal_year: int) -> date | None:
    """The date that a file's name ends in: 12052025, 060921, or 221206; None where it has none that can be right."""
    stamp = re.search(r"(\d{6}|\d{8})[a-z]?\.xlsx$", name, re.IGNORECASE)
    if stamp is None:
        return None
    digits = stamp[1]
    ways = [(digits[4:], digits[:2], digits[2:4])]
    if len(digits) == 6:
        ways = [("20" + year, month, day) for year, month, day in (*ways, (digits[:2], digits[2:4], digits[4:]))]
    for year, month, day in ways:  # never both: no month is as great as these years
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if date(fiscal_year - 1, 10, 1) < found < date(fiscal_year + 1, 2, 1):
            return found
    return None


def _newer(one: Table, other: Table) -> Table:
    if (one.through, one.run) != (other.through, other.run):
        return max(one, other, key=lambda table: (table.through, table.run))
    if one.months != other.months:
        raise EvidenceError(
            f"the figures of fiscal year {one.fiscal_year} ({one.kind.title}) differ from those of {one.file}, "
            f"though the data of both run through {one.through:%m/%d/%Y}.",
            where=other.file,
            hint="Give only the one that is right.",
        )
    return one


def _days_with_data(table: Table, month: int) -> tuple[int, int]:
    """How many days of the month the data hold, and how many it has."""
    first = in_fiscal_year(table.fiscal_year, month)
    days = monthrange(first.year, month)[1]
    return min(days, (table.through - first).days + 1), days


def _figures(table: Table) -> Iterator[Published]:
    for geo, values in table.months.items():
        for month, value in zip(YEAR, values, strict=False):
            held, days = _days_with_data(table, month)
            flag = "partial_month" if held < days else ""
            yield Published(table.kind.series_id, geo, in_fiscal_year(table.fiscal_year, month), value, flag)


def _totals(table: Table) -> Iterator[Total]:
    """ICE and CBP make the total, in each month and the year; months make the year (averages, weighed by days)."""
    what = "average daily population" if table.kind.average else "book-ins"
    allowed = TO_FOUR_PLACES if table.kind.average else 0.0
    for month, ice, cbp, total in zip(YEAR, *(table.months[geo] for geo in ("ICE", "CBP", "Total")), strict=False):
        day = in_fiscal_year(table.fiscal_year, month)
        yield Total(f"{table.file}: {what} by ICE and CBP, {day:%b %Y}", total, ice + cbp, allowed)
    for geo, values in table.months.items():
        added = sum(values) + table.stray.get(geo, 0)
        if table.kind.average:
            held = [_days_with_data(table, month)[0] for month in YEAR[: len(values)]]
            added = sum(value * days for value, days in zip(values, held, strict=True)) / sum(held)
            if table.through < date(table.fiscal_year, 9, 30):
                allowed = RUNNING_AVERAGE * table.overall[geo]
        yield Total(f"{table.file}: {what}, months of FY{table.fiscal_year}, {geo}", table.overall[geo], added, allowed)
