"""U.S. Customs and Border Protection: encounters by month, nationwide and at the southwest land border.

Two pages link to three kinds of CSV file, told apart by their headers:
- by area of responsibility (`/sites/default/files/YYYY-MM/nationwide-encounters-fy23-fy26-jul-aor.csv`): component,
  border region, sector or field office;
- by state (`...-state.csv`): border region and state, both components together;
- the southwest land border (`sbo-encounters-fy23-fy26-jul.csv`): component only.

Traps: the running year reads "2026 (FYTD)"; October to December belong to the calendar year before. "Month Grouping"
splits past years at the month that the running year has reached: "FYTD" and "Remaining" are parts of them, and both
count, whereas "Remaining" months of the running year have not been. Field offices of the southwest also have rows in
the region "Other" (airports, seaports). Citizenship holds commas. Older files write counts as "9584.0". The site
refuses some programs: a file saved by hand does as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.cbp import (
    NAME,
    OFO,
    SECTORS,
    USBP,
    Edition,
    Key,
    collect_newest,
    comparable,
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
    count,
    csv_rows,
    in_fiscal_year,
    month,
)
from counterflow.evidence.periods import fiscal_year_of

ADDRESSES = (
    "https://www.cbp.gov/document/stats/nationwide-encounters",
    "https://www.cbp.gov/document/stats/southwest-land-border-encounters",
)
LINKS = {
    "by area of responsibility (nationwide-encounters-...-aor.csv)": NAME.format("nationwide-encounters", "-aor"),
    "by state (nationwide-encounters-...-state.csv)": NAME.format("nationwide-encounters", "-state"),
    "of the southwest land border (sbo-encounters-....csv)": NAME.format("sbo-encounters", ""),
}
WHEN = ("Fiscal Year", "Month Grouping", "Month (abbv)")
COUNT = "Encounter Count"
# By kind of file its columns. Where kinds give the same figure, the first counts.
COLUMNS = {
    "sbo": (
        *WHEN,
        "Component",
        "Demographic",
        "Citizenship Grouping",
        "Title of Authority",
        "Encounter Type",
        COUNT,
    ),
    "aor": (
        *WHEN,
        "Component",
        "Land Border Region",
        "Area of Responsibility",
        "AOR (Abbv)",
        "Demographic",
        "Citizenship",
        "Title of Authority",
        "Encounter Type",
        COUNT,
    ),
    "state": (*WHEN, "Land Border Region", "State", "Demographic", "Citizenship", "Title of Authority", COUNT),
}
SOUTHWEST = "Southwest Land Border"
STATES = ("AZ", "CA", "NM", "TX")
# The values that decide what is counted: another one changes what the figures mean, and is refused.
KNOWN = {
    "Month Grouping": ("FYTD", "Remaining"),
    "Component": (OFO, USBP),
    "Land Border Region": (SOUTHWEST, "Northern Land Border", "Other"),
    "Title of Authority": ("Title 8", "Title 42"),
    "Encounter Type": ("Apprehensions", "Inadmissibles", "Expulsions"),
}
DECIDING = {
    kind: tuple(name for name in columns if name in (*WHEN, *KNOWN, "Area of Responsibility", "State"))
    for kind, columns in COLUMNS.items()
}
# Of what every month has rows in every file.
PARTS = {
    "sbo": (OFO, USBP),
    "aor": (
        f"{OFO}, {SOUTHWEST}",
        *(f"{USBP}, {region}" for region in KNOWN["Land Border Region"] if region != SOUTHWEST),
        *(f"{sector} Sector" for sector in SECTORS),
    ),
    "state": tuple(f"{state}, {SOUTHWEST}" for state in STATES),
}
USBP_SW, OFO_SW, BOTH_SW = "usbp_encounters_sw", "ofo_encounters_sw", "cbp_encounters_sw"
BY_SECTOR, BY_STATE = "usbp_encounters_sector", "cbp_encounters_sw_by_state"
NATIONWIDE = "usbp_encounters_nationwide"
EXACT = {USBP_SW, OFO_SW, BOTH_SW, BY_SECTOR}  # their earlier figures are rounded: the flag tells that these are not


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest editions of the three kinds of file that have changed, newest first; () where none has.

    Raises EvidenceError where a page cannot be had, or the pages link to no file of a kind.
    """
    return collect_newest(get, addresses, LINKS)


def parse(files: Sequence[File]) -> Extract:
    """What the files, of any of the three kinds, say of encounters (events, not persons) by month.

    Totals: sectors and southwest, both components and their sum, states and southwest, and one figure in two kinds
    of file. Raises EvidenceError where a file is another, cut short, or holds what is not known.
    """
    kinds = {id(file): kind_of(file, COLUMNS, "a file of CBP encounters") for file in files}
    ordered = sorted(files, key=lambda file: list(COLUMNS).index(kinds[id(file)]))
    editions = [_read(file, kinds[id(file)]) for file in ordered]
    chosen = newest(editions)
    figures = [
        Published(*key, value, "exact" if key.series_id in EXACT else "")
        for edition in editions
        for key, value in edition.figures.items()
        if chosen[key.series_id, fiscal_year_of(key.date)] is edition
    ]
    return Extract(tuple(sorted(figures)), tuple(_totals(editions, chosen)), covers(chosen))


class _Place(NamedTuple):
    """Where rows of one month, component and place count."""

    month: date
    keys: tuple[Key, ...]
    part: str  # one of PARTS, or another
    year: int
    running: bool


def _read(file: File, kind: str) -> Edition:
    sums: dict[Key, float] = defaultdict(float)
    found: dict[date, set[str]] = defaultdict(set)
    running: dict[int, bool] = {}
    places: dict[tuple[str, ...], _Place | None] = {}
    seen: set[str] = set()
    for row in csv_rows(file, COLUMNS[kind]):
        cells = row.cells
        deciding = tuple([cells[name] for name in DECIDING[kind]])
        if deciding not in places:
            places[deciding] = _place(kind, row)
        place = places[deciding]
        if place is None:
            continue
        whole = "\t".join([cell for name, cell in cells.items() if name != COUNT])
        if whole in seen:
            raise EvidenceError(
                f"the row {whole.replace(chr(9), ', ')} stands twice.",
                where=row.where,
                hint="The file may have been put together from several: give each as the publisher serves it.",
            )
        seen.add(whole)
        if running.setdefault(place.year, place.running) != place.running:
            raise EvidenceError(
                f"fiscal year {place.year} is given both as running (FYTD) and as over.",
                where=row.where,
                hint="The file may have been put together from several: give each as the publisher serves it.",
            )
        value = count(cells[COUNT], row.where)
        for key in place.keys:
            sums[key] += value
        found[place.month].add(place.part)
    if not running:
        raise EvidenceError("the file has no row of a month.", where=file.name, hint="Fetch or save it again.")
    require_whole(found, PARTS[kind], running, file.name)
    return Edition(file, kind, sums, running)


def _place(kind: str, row: Row) -> _Place | None:
    """Where a row counts; None for a month of the running year that is yet to be. Raises EvidenceError likewise."""
    cells = {name: one_of(row.cells[name], KNOWN[name], name, row.where) for name in KNOWN if name in DECIDING[kind]}
    year, running = fiscal_year(row.cells["Fiscal Year"], row.where)
    day = in_fiscal_year(year, month(row.cells["Month (abbv)"], row.where))
    if running and cells["Month Grouping"] == "Remaining":
        return None
    component, region = cells.get("Component", ""), cells.get("Land Border Region", SOUTHWEST)
    part = f"{component}, {region}"
    keys = []
    if kind == "aor" and component == USBP:
        keys.append(Key(NATIONWIDE, "united_states", day))
        if sector := _sector(row.cells["Area of Responsibility"], region, row.where):
            keys.append(Key(BY_SECTOR, sector, day))
            part = f"{sector} Sector"
    if kind == "sbo":
        part = component
    if region == SOUTHWEST:
        keys.append(Key(BOTH_SW, "southwest", day))
        if component:
            keys.append(Key(USBP_SW if component == USBP else OFO_SW, "southwest", day))
        if kind == "state":
            state = one_of(row.cells["State"], STATES, "state of the southwest land border", row.where)
            keys.append(Key(BY_STATE, state, day))
            part = f"{state}, {SOUTHWEST}"
    return _Place(day, tuple(keys), part, year, running)


def _sector(area: str, region: str, where: str) -> str:
    """The sector of the southwest that an area is; "" for one of another region. Raises EvidenceError likewise."""
    if region == SOUTHWEST:
        name = one_of(area, [f"{sector} Sector" for sector in SECTORS], "sector of the southwest land border", where)
        return name.removesuffix(" Sector")
    if area.casefold().removesuffix(" sector") in {sector.casefold() for sector in SECTORS}:
        raise EvidenceError(
            f"{area!r}, a sector of the southwest, stands in the region {region!r}.",
            where=where,
            hint="The publisher may have changed its regions: until this program knows them, it takes nothing.",
        )
    return ""


def _totals(editions: Sequence[Edition], chosen: dict[tuple[str, int], Edition]) -> list[Total]:
    """What must add up in each month: between files only where revisions cannot have come between them."""
    totals = []
    for (series_id, year), edition in sorted(chosen.items(), key=lambda item: item[0]):
        for day in (in_fiscal_year(year, number) for number in range(1, 13)):
            stated = edition.figures.get(Key(series_id, "southwest", day))
            if stated is None:
                continue
            for what, keys in _sums_of(series_id, day):
                added = []
                for key in keys:
                    giver = chosen.get((key.series_id, year))
                    if giver and comparable(edition, giver, year):
                        added.append(giver.figures.get(key, 0.0))
                if len(added) == len(keys):
                    said = f"{edition.file.name}: southwest as the sum of its {what}, {day:%b %Y}"
                    totals.append(Total(said, stated, sum(added)))
            for other in editions:
                again = other.figures.get(Key(series_id, "southwest", day))
                if other.kind != edition.kind and again is not None and comparable(edition, other, year):
                    said = f"{edition.file.name} and {other.file.name}: {series_id}, {day:%b %Y}"
                    totals.append(Total(said, stated, again))
    return totals


def _sums_of(series_id: str, day: date) -> list[tuple[str, list[Key]]]:
    """The parts whose sum a figure of the southwest is, and what they are called."""
    if series_id == USBP_SW:
        return [("sectors", [Key(BY_SECTOR, sector, day) for sector in SECTORS])]
    if series_id == BOTH_SW:
        components = [Key(USBP_SW, "southwest", day), Key(OFO_SW, "southwest", day)]
        return [("components", components), ("states", [Key(BY_STATE, state, day) for state in STATES])]
    return []
