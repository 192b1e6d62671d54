"""Deaths in non-state conflict in Mexico: the UCDP Non-State Conflict Dataset of Uppsala University.

The downloads page links one zip with one CSV file per edition, `nsos/ucdp-nonstate-261-csv.zip` for edition 26.1.
Each row is a pair of groups in a year. Traps:

- `location` lists every country where the pair fought in that year ("Guatemala, Mexico"). All of the pair's
  deaths count here where Mexico is among them, since the file does not divide them: so the series was built.
- A pair appears only in years with 25 deaths or more. A year without a Mexican row is not zero: it has no figure.
- Each edition restates earlier years and supersedes the ones before as a whole; two are never mixed.
- The low, best and high estimates of some rows are out of order in the original; only the best one is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import (
    Extract,
    File,
    Get,
    Published,
    changed,
    count,
    csv_rows,
    links_on,
    year,
)
from counterflow.evidence.connectors.zipped import csv_member

ADDRESS = "https://ucdp.uu.se/downloads/"
ADDRESSES = (ADDRESS,)

SERIES = "ucdp_nonstate_deaths_mx"
COUNTRY, COUNTRY_NUMBER = "Mexico", "70"  # in `location`, and in `gwno_location` (Gleditsch and Ward's numbers)
COLUMNS = ("dyad_id", "side_a_name", "side_b_name", "year", "best_fatality_estimate", "location")
FIRST_YEAR = 1989  # the dataset starts there

LINK = r"/ucdp-nonstate-(\d+)(?:-csv\.zip|\.csv)$"


class Edition(NamedTuple):
    """What one edition says: its number, the years that it covers, and deaths by year."""

    name: str
    age: tuple[tuple[int, ...], int, float]  # newer is higher: the number that it states, its last year, its date
    first: int
    last: int
    deaths: dict[int, float]


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest edition that each page links to, where it changed. Raises EvidenceError where there is none."""
    files = (get.file(newest(links_on(get.page(address), LINK))) for address in addresses)
    return tuple(file for file in files if file is not None)


def newest(links: Sequence[str]) -> str:
    """The link with the highest edition number, zip or CSV."""
    return max(links, key=lambda link: int((re.search(LINK, link, re.IGNORECASE) or [0, 0])[1]))


def parse(files: Sequence[File]) -> Extract:
    """Deaths by year (1 January), best estimate, from the newest of the editions given.

    Raises EvidenceError where a file is not this dataset, a cell is no count, a pair stands twice in a year, or
    two files do not say which of them is newer.
    """
    if not files:
        return Extract(())
    editions = sorted((read(csv_member(file)) for file in files), key=lambda edition: edition.age)
    chosen = editions[-1]
    for other in editions[:-1]:
        if other.age == chosen.age and other.deaths != chosen.deaths:
            raise EvidenceError(
                f"it differs from {other.name}, and neither says that it is the newer edition.",
                where=chosen.name,
                hint="Give only the newer one.",
            )
    figures = tuple(
        Published(SERIES, "mexico", date(in_year, 1, 1), deaths) for in_year, deaths in sorted(chosen.deaths.items())
    )
    return Extract(figures, covers={SERIES: (date(chosen.first, 1, 1), date(chosen.last, 1, 1))})


def read(file: File) -> Edition:
    """One edition, from its CSV file."""
    deaths: dict[int, float] = {}
    seen: set[tuple[str, int]] = set()
    versions: set[str] = set()
    for row in csv_rows(file, COLUMNS):
        cells, where = row.cells, row.where
        in_year = year(cells["year"], where, FIRST_YEAR)
        best = count(cells["best_fatality_estimate"], f"{where}, best_fatality_estimate")
        if (cells["dyad_id"], in_year) in seen or not cells["dyad_id"]:
            raise EvidenceError(
                f"the pair of groups {cells['dyad_id']!r} has no number or stands twice in {in_year}.",
                where=where,
                hint="The file is not as UCDP published it: fetch or save it again.",
            )
        seen.add((cells["dyad_id"], in_year))
        versions.add(cells.get("version", ""))
        if _in_mexico(cells["location"], cells.get("gwno_location"), where):
            deaths[in_year] = deaths.get(in_year, 0.0) + best
    if not deaths:
        raise EvidenceError(
            f"the table has no row of {COUNTRY}.",
            where=file.name,
            hint="The file may be cut short or limited to other countries: give the whole dataset.",
        )
    years = {in_year for _, in_year in seen}
    age = (_version(versions, file.name), max(years), changed(file))
    return Edition(file.name, age, min(years), max(years), deaths)


def _in_mexico(location: str, numbers: str | None, where: str) -> bool:
    """Whether Mexico is among the countries, which names and numbers must agree on."""
    countries = [country.strip() for country in location.split(",")]
    if not all(countries):
        raise EvidenceError(f"the location {location!r} names no country.", where=where, hint="Fetch or save it again.")
    named = COUNTRY in countries
    if numbers is not None and named != (COUNTRY_NUMBER in [part.strip() for part in numbers.split(",")]):
        raise EvidenceError(
            f"the location {location!r} and its country numbers {numbers!r} do not agree on {COUNTRY}.",
            where=where,
            hint="The publisher may have renamed a country.",
        )
    return named


def _version(versions: set[str], name: str) -> tuple[int, ...]:
    """The edition's number: one for the whole file."""
    if len(versions) != 1:
        raise EvidenceError(
            f"the rows are of several editions ({', '.join(sorted(versions))}).",
            where=name,
            hint="Editions must not be mixed: give one edition's file as it was published.",
        )
    stated = next(iter(versions))
    if not re.fullmatch(r"(?:\d{1,4}(?:\.\d{1,4})?)?", stated):
        raise EvidenceError(f"{stated!r} is not the number of an edition.", where=name, hint="Fetch or save it again.")
    return tuple(int(part) for part in stated.split(".") if part)
