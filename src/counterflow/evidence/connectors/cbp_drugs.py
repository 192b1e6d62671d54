"""U.S. Customs and Border Protection: drugs seized at the southwest border, by month, in pounds of gross weight.

The page links to one kind of CSV file (`/sites/default/files/YYYY-MM/nationwide-drugs-fy23-fy26-jul.csv`), with a row
for each month, component, region, sector or field office, and drug of which anything was seized. No row means that
nothing was: none is made up here. The southwest is the region "Southwest Border" under both land filters ("Land Only"
and "Other": rail yards, airports and the like of the same field offices).

Traps: the running year reads "2026 (FYTD)"; October to December belong to the calendar year before; sectors and field
offices are in capitals; drugs carry stars and spaces ("Other Drugs**"); small quantities read "6.61386786e-05".
Seizures by Air and Marine are another file.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.cbp import (
    NAME,
    OFO,
    SECTORS,
    USBP,
    Edition,
    Key,
    collect_newest,
    covers,
    fiscal_year,
    kind_of,
    newest,
    one_of,
    require_whole,
)
from counterflow.evidence.connectors.official import (
    Extract,
    File,
    Get,
    Published,
    Row,
    Total,
    csv_rows,
    in_fiscal_year,
    month,
    number,
)
from counterflow.evidence.periods import fiscal_year_of

ADDRESSES = ("https://www.cbp.gov/document/stats/nationwide-drug-seizures",)
LINKS = {"of drug seizures (nationwide-drugs-....csv)": NAME.format("nationwide-drugs", "")}
WHAT = "the file of CBP drug seizures"
QUANTITY, EVENTS = "Sum Qty (lbs)", "Count of Event"
COLUMNS = (
    "FY",
    "Month (abbv)",
    "Component",
    "Region",
    "Land Filter",
    "Area of Responsibility",
    "Drug Type",
    EVENTS,
    QUANTITY,
)
SOUTHWEST = "Southwest Border"
REGIONS = (SOUTHWEST, "Northern Border", "Coastal/Interior")
LAND = ("Land Only", "Other")
SHORT = {OFO: "OFO", USBP: "USBP"}
FENTANYL = "Fentanyl"
DRUGS = ("Cocaine", FENTANYL, "Heroin", "Marijuana", "Methamphetamine")
OTHER_DRUGS = ("Ecstasy", "Ketamine", "Khat (Catha Edulis)", "LSD", "Other Drugs")  # of no series of ours
AREAS = {
    OFO: tuple(f"{office} Field Office" for office in ("El Paso", "Laredo", "San Diego", "Tucson")),
    USBP: tuple(f"{sector} Sector" for sector in SECTORS),
}
BY_DRUG, BY_AREA = "cbp_drug_seizures_sw", "cbp_fentanyl_seizures_sector"
DECIMALS = 4  # of a pound, as the series are kept
HALF_A_STEP = 0.5 * 10**-DECIMALS


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest editions of the file that have changed, newest first; () where none has.

    Raises EvidenceError where the page cannot be had, or links to no such file.
    """
    return collect_newest(get, addresses, LINKS)


def parse(files: Sequence[File]) -> Extract:
    """What the files say of seizures at the southwest border by month, in pounds.

    Totals: fentanyl by sector and field office against fentanyl by component. Raises EvidenceError where a file is
    another, cut short, or holds what is not known.
    """
    editions = [_read(file) for file in files]
    chosen = newest(editions)
    figures = sorted(
        Published(*key, value)
        for edition in editions
        for key, value in edition.figures.items()
        if chosen[key.series_id, fiscal_year_of(key.date)] is edition
    )
    totals = [
        total
        for (series_id, year), edition in sorted(chosen.items(), key=lambda item: item[0])
        for total in _sums(series_id, year, edition)
    ]
    return Extract(tuple(figures), tuple(totals), covers(chosen))


def _read(file: File) -> Edition:
    kind_of(file, {"": COLUMNS}, WHAT)
    amounts: dict[Key, list[float]] = defaultdict(list)
    found: dict[date, set[str]] = defaultdict(set)
    running: dict[int, bool] = {}
    seen: set[tuple[str, ...]] = set()
    for row in csv_rows(file, COLUMNS):
        year, is_running = fiscal_year(row.cells["FY"], row.where)
        if running.setdefault(year, is_running) != is_running:
            raise EvidenceError(
                f"fiscal year {year} is given both as running (FYTD) and as over.",
                where=row.where,
                hint="The file may have been put together from several: give each as the publisher serves it.",
            )
        day = in_fiscal_year(year, month(row.cells["Month (abbv)"], row.where))
        whole = tuple(_plain(cell) for name, cell in row.cells.items() if name not in (QUANTITY, EVENTS))
        if whole in seen:
            raise EvidenceError(
                f"the row {', '.join(whole)} stands twice.",
                where=row.where,
                hint="The file may have been put together from several: give each as the publisher serves it.",
            )
        seen.add(whole)
        component, region, keys = _keys(row, day)
        quantity = _amount(row, QUANTITY)
        _amount(row, EVENTS)
        for key in keys:
            amounts[key].append(quantity)
        found[day].add(f"{component}, {region}")
    if not running:
        raise EvidenceError("the file has no row of a month.", where=file.name, hint="Fetch or save it again.")
    require_whole(found, [f"{component}, {SOUTHWEST}" for component in SHORT], running, file.name)
    sums = {key: round(math.fsum(parts), DECIMALS) for key, parts in amounts.items()}
    return Edition(file, "", sums, running)


def _plain(cell: str) -> str:
    """A cell without the spaces and stars that mark footnotes."""
    return cell.strip(" *\u00a0").casefold()


def _keys(row: Row, day: date) -> tuple[str, str, list[Key]]:
    """Component, region, and where the row counts. Raises EvidenceError where a value is not known."""
    cells, where = row.cells, row.where
    component = one_of(_plain(cells["Component"]), SHORT, "component", where)
    region = one_of(_plain(cells["Region"]), REGIONS, "region", where)
    one_of(_plain(cells["Land Filter"]), LAND, "land filter", where)
    drug = one_of(_plain(cells["Drug Type"]), (*DRUGS, *OTHER_DRUGS), "drug", where)
    area = _plain(cells["Area of Responsibility"])
    if region != SOUTHWEST:
        if area in {known.casefold() for areas in AREAS.values() for known in areas}:
            raise EvidenceError(
                f"{cells['Area of Responsibility']!r}, of the southwest, stands in the region {region!r}.",
                where=where,
                hint="The publisher may have changed its regions: until this program knows them, it takes nothing.",
            )
        return component, region, []
    place = one_of(area, AREAS[component], f"place of the {component} at the southwest border", where)
    if drug not in DRUGS:
        return component, region, []
    keys = [Key(BY_DRUG, f"{SHORT[component]}:{drug}", day)]
    if drug == FENTANYL:
        keys.append(Key(BY_AREA, place, day))
    return component, region, keys


def _amount(row: Row, column: str) -> float:
    value = number(row.cells[column], row.where)
    if value < 0:
        raise EvidenceError(
            f"{row.cells[column]!r} under {column!r} is less than nothing.",
            where=row.where,
            hint="The publisher may have changed the format.",
        )
    return value


def _sums(series_id: str, year: int, edition: Edition) -> list[Total]:
    """Fentanyl of each component as the sum of its sectors or field offices, by month of a fiscal year."""
    if series_id != BY_DRUG:
        return []
    totals = []
    for key, stated in sorted(edition.figures.items()):
        if key.series_id != BY_DRUG or fiscal_year_of(key.date) != year or not key.geo.endswith(f":{FENTANYL}"):
            continue
        component = next(name for name, short in SHORT.items() if key.geo == f"{short}:{FENTANYL}")
        parts = [edition.figures.get(Key(BY_AREA, area, key.date)) for area in AREAS[component]]
        given = [part for part in parts if part is not None]
        what = f"{edition.file.name}: {key.geo} as the sum of its places, {key.date:%b %Y}"
        totals.append(Total(what, stated, math.fsum(given), allowed=HALF_A_STEP * (len(given) + 1) + 1e-9))
    return totals
