"""CBP's file of drug seizures as it publishes it, written from figures, and the page that links to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months, fiscal_year_of
from counterflow.evidence.store import Store

HEADER = "FY,Month (abbv),Component,Region,Land Filter,Area of Responsibility,Drug Type,Count of Event,Sum Qty (lbs)"
COMPONENTS = {"OFO": "Office of Field Operations", "USBP": "U.S. Border Patrol"}
DRUGS = ("Cocaine", "Fentanyl", "Heroin", "Marijuana", "Methamphetamine")
OTHERS = ("Other Drugs**", "Ketamine", "Khat (Catha Edulis)", "Ecstasy", "Lsd")
PLACES = {
    "OFO": ("El Paso Field Office", "Laredo Field Office", "San Diego Field Office", "Tucson Field Office"),
    "USBP": (
        "Big Bend Sector",
        "Del Rio Sector",
        "El Centro Sector",
        "El Paso Sector",
        "Laredo Sector",
        "Rio Grande Valley Sector",
        "San Diego Sector",
        "Tucson Sector",
        "Yuma Sector",
    ),
}
BY_DRUG, BY_AREA = "cbp_drug_seizures_sw", "cbp_fentanyl_seizures_sector"
ELSEWHERE = {
    "OFO": (
        "MIAMI FIELD OFFICE",
        "ATLANTA FIELD OFFICE",
        "CHICAGO FIELD OFFICE",
        "HOUSTON FIELD OFFICE",
        "LOS ANGELES FIELD OFFICE",
        "NEW YORK FIELD OFFICE",
        "SAN JUAN FIELD OFFICE",
    ),
    "USBP": ("MIAMI SECTOR", "NEW ORLEANS SECTOR", "RAMEY SECTOR"),
}
PAGE = "/document/stats/nationwide-drug-seizures"
START = (PAGE,)


def write(
    figures: Iterable[Published],
    *,
    running: int | None = None,
    newline: str = "\r\n",
    mark: bool = False,
    stars: bool = False,
    offices: int = 1,
    elsewhere: int = 1,
) -> bytes:
    """A file that says what the figures say: fentanyl by its places, other drugs by component.

    Each month also has rows of other regions and drugs. Field offices have part of their seizures under the land
    filter "Other". `stars`: drugs and places carry stars and spaces. `offices`: over how many places of a component
    drugs other than fentanyl are spread. `elsewhere`: how many places of the coast and interior have rows.
    """
    by_month: dict[date, list[Published]] = defaultdict(list)
    for figure in figures:
        by_month[figure.date].append(figure)
    lines = [("\ufeff" if mark else "") + HEADER]
    for day in sorted(by_month, key=lambda day: (fiscal_year_of(day), f"{day:%b}")):
        year = fiscal_year_of(day)
        start = (f"{year} (FYTD)" if year == running else str(year), f"{day:%b}".upper())
        for component, region, land, place, drug, events, quantity in _rows(by_month[day], offices, elsewhere):
            cells = (component, region, land, f" {place} " if stars else place, f" {drug} **" if stars else drug)
            lines.append(",".join((*start, *cells, str(events), quantity)))
    return (newline.join(lines) + newline).encode()


Line = tuple[str, str, str, str, str, int, str]  # component, region, land filter, place, drug, events, pounds


def _rows(figures: Iterable[Published], offices: int, elsewhere: int) -> Iterator[Line]:
    for short, component in COMPONENTS.items():
        north = "DETROIT FIELD OFFICE" if short == "OFO" else "BLAINE SECTOR"
        for coast in ELSEWHERE[short][:elsewhere]:
            for drug in (*DRUGS, *OTHERS):
                yield component, "Coastal/Interior", "Other", coast, drug, 3, "12.5"
        yield component, "Northern Border", "Land Only", north, "Methamphetamine", 1, "6.61386786e-05"
        for drug in OTHERS:
            yield component, "Southwest Border", "Land Only", PLACES[short][-1].upper(), drug, 1, "0.330693393"
    for figure in figures:
        if figure.series_id == BY_AREA:
            short, drug, places = ("USBP" if figure.geo.endswith("Sector") else "OFO"), "Fentanyl", [figure.geo]
        else:
            short, drug = figure.geo.split(":")
            places = list(PLACES[short][:offices])
            if drug == "Fentanyl":
                continue  # its places are given
        share = round(figure.value / len(places), 4)
        for place in places:
            value = round(figure.value - share * (len(places) - 1), 4) if place == places[0] else share
            lands = {"Land Only": round(value / 2, 4), "Other": round(value - round(value / 2, 4), 4)}
            if short == "USBP":
                lands = {"Land Only": value}
            for land, part in lands.items():
                yield COMPONENTS[short], "Southwest Border", land, place.upper(), drug, 2, repr(part)


@cache
def recent() -> tuple[Published, ...]:
    """Figures from October 2022 to July 2026: those of the store where it has them, else the like of a year before."""
    store = Store.open()
    held = {
        (series_id, geo, o.date): o.value
        for series_id in (BY_DRUG, BY_AREA)
        for geo in store.about(series_id).geos
        for o in store.observations(series_id, geo)
        if o.flag != "no_row"
    }
    figures = []
    for offset in range(46):
        day = add_months(date(2022, 10, 1), offset)
        like = day if day < date(2026, 1, 1) else add_months(day, -12)
        areas = [
            Published(BY_AREA, geo, day, value)
            for (of, geo, when), value in held.items()
            if (of, when) == (BY_AREA, like)
        ]
        for short in COMPONENTS:
            parts = [f.value for f in areas if f.geo in PLACES[short]]
            if parts:
                figures.append(Published(BY_DRUG, f"{short}:Fentanyl", day, round(sum(parts), 4)))
        figures += areas
        figures += [
            Published(BY_DRUG, geo, day, value)
            for (of, geo, when), value in held.items()
            if (of, when) == (BY_DRUG, like) and not geo.endswith("Fentanyl")
        ]
    return tuple(sorted(figures))


@cache
def site() -> dict[str, tuple[str, bytes]]:
    """The page and its files: the newest edition, the one before, and one of years that are over."""
    figures = recent()
    files = {
        "/sites/default/files/2026-08/nationwide-drugs-fy23-fy26-jul.csv": write(figures, running=2026),
        "/sites/default/files/2026-07/nationwide-drugs-fy23-fy26-jun.csv": write(
            [f for f in figures if f.date < date(2026, 7, 1)], running=2026
        ),
        "/sites/default/files/2025-11/nationwide-drugs-fy23-fy25.csv": write(
            [f for f in figures if f.date < date(2025, 10, 1)]
        ),
    }
    others = (
        "/sites/default/files/2026-08/amo-drug-seizures-fy23-fy26-jul.csv",
        "/sites/default/files/2026-08/nationwide-drugs-data-dictionary.pdf",
        "https://example.org/sites/default/files/2026-09/nationwide-drugs-fy23-fy26-aug.csv",
    )
    items = "".join(f'<li><a href="{path}">{path.rsplit("/", 1)[-1]}</a></li>' for path in (*others, *reversed(files)))
    page = f"<!DOCTYPE html><html><head><title>Drug Seizures</title></head><body><ul>{items}</ul></body></html>"
    return {
        PAGE: ("text/html; charset=UTF-8", page.encode()),
        **{path: ("text/csv", body) for path, body in files.items()},
    }


def full_size() -> tuple[File, ...]:
    """One file as large as a real one (about 10,000 rows), of four fiscal years."""
    figures = []
    for offset in range(46):
        day = add_months(date(2022, 10, 1), offset)
        areas = [
            Published(BY_AREA, place, day, round(1.5 * n + offset, 4))
            for n, place in enumerate((*PLACES["OFO"], *PLACES["USBP"]))
        ]
        figures += areas
        figures += [
            Published(BY_DRUG, f"{short}:{drug}", day, 100.25 * (n + 1) + offset)
            for short in COMPONENTS
            for n, drug in enumerate(DRUGS)
        ]
    return (File("nationwide-drugs-fy23-fy26-jul.csv", write(figures, running=2026, offices=9, elsewhere=7)),)
