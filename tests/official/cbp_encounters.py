"""CBP's files of encounters as it publishes them, written from figures: three kinds of CSV, and their pages."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice, product

from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months, fiscal_year_of
from counterflow.evidence.store import Store

HEADERS = {
    "aor": (
        "Fiscal Year,Month Grouping,Month (abbv),Component,Land Border Region,Area of Responsibility,AOR (Abbv),"
        "Demographic,Citizenship,Title of Authority,Encounter Type,Encounter Count"
    ),
    "sbo": (
        "Fiscal Year,Month Grouping,Month (abbv),Component,Demographic,Citizenship Grouping,Title of Authority,"
        "Encounter Type,Encounter Count"
    ),
    "state": (
        "Fiscal Year,Month Grouping,Month (abbv),Land Border Region,State,Demographic,Citizenship,Title of Authority,"
        "Encounter Count"
    ),
}
OFO, USBP = "Office of Field Operations", "U.S. Border Patrol"
SOUTHWEST, NORTH, ELSEWHERE = "Southwest Land Border", "Northern Land Border", "Other"
SECTORS = {
    "Big Bend": "BBT",
    "Del Rio": "DRT",
    "El Centro": "ELC",
    "El Paso": "EPT",
    "Laredo": "LRT",
    "Rio Grande Valley": "RGV",
    "San Diego": "SDC",
    "Tucson": "TCA",
    "Yuma": "YUM",
}
OFFICES = ("El Paso", "Laredo", "San Diego", "Tucson")
STATES = ("AZ", "CA", "NM", "TX")
DEMOGRAPHICS = ("Accompanied Minors", "FMUA", "Single Adults", "UAC")
CITIZENSHIPS = (
    "MEXICO",
    "CHINA, PEOPLES REPUBLIC OF",
    "OTHER",
    "GUATEMALA",
    "VENEZUELA",
    "MYANMAR (BURMA)",
    "BRAZIL",
    "CANADA",
    "COLOMBIA",
    "CUBA",
    "ECUADOR",
    "EL SALVADOR",
    "HAITI",
    "HONDURAS",
    "INDIA",
    "NICARAGUA",
    "PERU",
    "PHILIPPINES",
    "ROMANIA",
    "RUSSIA",
    "TURKEY",
    "UKRAINE",
)
GROUPS = ("El Salvador", "Guatemala", "Honduras", "Mexico", "Other")  # of the southwest file
USBP_SW, OFO_SW, BOTH_SW = "usbp_encounters_sw", "ofo_encounters_sw", "cbp_encounters_sw"
BY_SECTOR, BY_STATE, NATIONWIDE = "usbp_encounters_sector", "cbp_encounters_sw_by_state", "usbp_encounters_nationwide"
PAGES = ("/document/stats/nationwide-encounters", "/document/stats/southwest-land-border-encounters")
START = PAGES
Place = tuple[str, ...]  # the cells between the month and the demographic, and the encounter type of the component


def write(
    kind: str,
    figures: Iterable[Published],
    *,
    running: int | None = None,
    to_come: bool = False,
    detail: int = 2,
    newline: str = "\r\n",
    mark: bool = False,
    point: bool = False,
) -> bytes:
    """A file of one kind ("aor", "sbo", "state") that says what the figures say.

    `running`: the fiscal year that is called so; past years are then split at the month it has reached. `to_come`:
    its other months stand there as "Remaining". `detail`: rows per place and month. `mark`: a byte order mark.
    `point`: counts read "12.0", as in old editions.
    """
    by_month: dict[date, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for figure in figures:
        by_month[figure.date][figure.series_id][figure.geo] = int(figure.value)
    reached = {day.month for day in by_month if fiscal_year_of(day) == running} or set(range(1, 13))
    text = io.StringIO()
    text.write(("\ufeff" if mark else "") + HEADERS[kind] + newline)
    lines = csv.writer(text, lineterminator=newline)
    for day in sorted(by_month, key=lambda day: (fiscal_year_of(day), f"{day:%b}")):
        year = fiscal_year_of(day)
        label = f"{year} (FYTD)" if year == running else str(year)
        start = (label, "FYTD" if day.month in reached else "Remaining", f"{day:%b}".upper())
        for place, type_, count in _places(kind, by_month[day]):
            for who, share in zip(islice(_people(kind), detail), _split(count, detail), strict=True):
                end = (type_,) if type_ else ()
                lines.writerow((*start, *place, *who, "Title 8", *end, f"{share}.0" if point else share))
    if running and to_come:
        for number in sorted(set(range(1, 13)) - reached):
            place, type_, _ = next(_places(kind, {}))
            start = (f"{running} (FYTD)", "Remaining", f"{date(2000, number, 1):%b}".upper())
            lines.writerow((*start, *place, *next(_people(kind)), "Title 8", *((type_,) if type_ else ()), 5))
    return text.getvalue().encode()


def _places(kind: str, month: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[Place, str, int]]:
    """The places of a month, the encounter type of their component, and their counts."""
    sectors = month.get(BY_SECTOR, {})
    if kind == "aor":
        beyond = max(month.get(NATIONWIDE, {}).get("united_states", 0) - sum(sectors.values()), 0)
        for office, count in zip(OFFICES, _split(month.get(OFO_SW, {}).get("southwest", 0), 4), strict=True):
            yield (OFO, SOUTHWEST, f"{office} Field Office", office), "Inadmissibles", count
        yield (OFO, NORTH, "Buffalo Field Office", "Buffalo"), "Inadmissibles", 77
        yield (OFO, ELSEWHERE, "San Diego Field Office", "San Diego"), "Inadmissibles", 9  # an airport: not southwest
        for sector, count in sectors.items():
            yield (USBP, SOUTHWEST, f"{sector} Sector", SECTORS.get(sector, "ZZZ")), "Apprehensions", count
        yield (USBP, NORTH, "Blaine Sector", "BLW"), "Apprehensions", beyond // 3
        yield (USBP, ELSEWHERE, "Miami Sector", "MIP"), "Apprehensions", beyond - beyond // 3
    elif kind == "sbo":
        yield (OFO,), "Inadmissibles", month.get(OFO_SW, {}).get("southwest", 0)
        yield (USBP,), "Apprehensions", month.get(USBP_SW, {}).get("southwest", 0)
    else:
        yield (NORTH, "ID"), "", 12
        yield (ELSEWHERE, "TX"), "", 34  # an airport of Texas: not southwest
        for state, count in month.get(BY_STATE, {}).items():
            yield (SOUTHWEST, state), "", count


def _people(kind: str) -> Iterator[tuple[str, str]]:
    return ((who, whence) for whence, who in product(GROUPS if kind == "sbo" else CITIZENSHIPS, DEMOGRAPHICS))


def _split(count: int, parts: int) -> list[int]:
    return [count // parts + (part < count % parts) for part in range(parts)]


def figures_of(months: Mapping[date, tuple[Sequence[int], int, int, Sequence[int]]]) -> list[Published]:
    """Every figure of the three kinds that follows from nine sectors, southwest ports, the Border Patrol beyond the
    southwest, and four states, by month."""
    figures = []
    for day, (sectors, ports, beyond, states) in months.items():
        between = sum(sectors)
        figures += [Published(BY_SECTOR, sector, day, n, "exact") for sector, n in zip(SECTORS, sectors, strict=True)]
        figures += [Published(BY_STATE, state, day, n) for state, n in zip(STATES, states, strict=True)]
        figures += [
            Published(USBP_SW, "southwest", day, between, "exact"),
            Published(OFO_SW, "southwest", day, ports, "exact"),
            Published(BOTH_SW, "southwest", day, between + ports, "exact"),
            Published(NATIONWIDE, "united_states", day, between + beyond),
        ]
    return sorted(figures)


@cache
def recent() -> tuple[Published, ...]:
    """Figures from October 2022 to July 2026: those of the store where it has them, else the like of the last."""
    store = Store.open()
    series = (USBP_SW, BOTH_SW, NATIONWIDE, BY_SECTOR, BY_STATE)
    held = {
        (name, geo, o.date): int(o.value)
        for name in series
        for geo in store.about(name).geos
        for o in store.observations(name, geo)
    }
    months = {}
    sectors, states = [1] * 9, [1] * 4
    for offset in range(46):
        day = add_months(date(2022, 10, 1), offset)
        between = held.get((USBP_SW, "southwest", day), 7000 + 10 * offset)
        known = [held.get((BY_STATE, state, day), 0) for state in STATES]
        both = held.get((BOTH_SW, "southwest", day), sum(known) or between + 3400)
        sectors = _scaled([held.get((BY_SECTOR, sector, day), 0) for sector in SECTORS], sectors, between)
        states = _scaled(known, states, both)
        beyond = held.get((NATIONWIDE, "united_states", day), between + 1700) - between
        months[day] = (sectors, both - between, beyond, states)
    return tuple(figures_of(months))


def _scaled(known: Sequence[int], before: Sequence[int], total: int) -> list[int]:
    """The known counts, or where one is missing those of the month before scaled, made to add up to the total."""
    shares = list(known) if all(known) else [count * total // sum(before) for count in before]
    shares[shares.index(max(shares))] += total - sum(shares)
    return shares


@cache
def site() -> dict[str, tuple[str, bytes]]:
    """The two pages and their files: monthly editions that overlap, a former one, and one of years that are over."""
    figures = recent()
    over = [figure for figure in figures if figure.date < date(2025, 10, 1)]
    before = [figure for figure in figures if figure.date < date(2026, 7, 1)]
    files = {
        "/sites/default/files/2026-08/nationwide-encounters-fy23-fy26-jul-aor_0.csv": write(
            "aor", figures, running=2026
        ),
        "/sites/default/files/2026-08/nationwide-encounters-fy23-fy26-jul-state.csv": write(
            "state", figures, running=2026
        ),
        "/sites/default/files/2026-08/sbo-encounters-fy23-fy26-jul.csv": write("sbo", figures, running=2026),
        "/sites/default/files/2026-07/nationwide-encounters-fy23-fy26-jun-aor.csv": write("aor", before, running=2026),
        "/sites/default/files/2025-11/nationwide-encounters-fy23-fy25-aor.csv": write("aor", over),
        "/sites/default/files/2025-11/nationwide-encounters-fy23-fy25-state.csv": write("state", over),
        "/sites/default/files/2025-11/sbo-encounters-fy23-fy25.csv": write("sbo", over),
    }
    pages = {
        PAGES[0]: _page([path for path in files if "nationwide" in path]),
        PAGES[1]: _page([path for path in files if "sbo" in path]),
    }
    return {
        **{path: ("text/html; charset=UTF-8", body) for path, body in pages.items()},
        **{path: ("text/csv", body) for path, body in files.items()},
    }


def _page(paths: Sequence[str]) -> bytes:
    others = [
        "/sites/default/files/2026-08/nationwide-drugs-fy23-fy26-jul.csv",
        "/sites/default/files/2026-08/nationwide-encounters-data-dictionary.pdf",
        "/newsroom/stats/cbp-public-data-portal",
    ]
    items = "".join(f'<li><a href="{path}">{path.rsplit("/", 1)[-1]}</a></li>' for path in (*others, *paths))
    return f"<!DOCTYPE html><html><head><title>Encounters</title></head><body><ul>{items}</ul></body></html>".encode()


def full_size() -> tuple[File, ...]:
    """Files as large as the largest of their kind (about 90,000, 50,000 and 2,000 rows), of four fiscal years."""
    months = {
        add_months(date(2022, 10, 1), offset): ([900 + 37 * n + offset for n in range(9)], 5000, 1800, [2500] * 4)
        for offset in range(46)
    }
    figures = figures_of(months)
    details = {"aor": 88, "state": 88, "sbo": 20}
    return tuple(
        File(f"{kind}.csv", write(kind, figures, running=2026, detail=detail)) for kind, detail in details.items()
    )
