"""Intentional homicide in Mexico: SESNSP's open data on crimes and victims by state.

The page of open data links a zip with one CSV file for each table; links are told apart by their wording ("2015 -
2025 (Fuero Común - Víctimas). Incidencia delictiva estatal") or by the file's name. Traps:

- Files are linked on gob.mx hosts or, since 2025, on the secretariat's SharePoint, whose links lead to a page; the
  file comes from the address that the page's own download button uses. Both sites turn many programs away: a file
  saved by hand does as well.
- Crimes are investigation files, victims are persons: three series that are never mixed.
- From January 2026 another instrument is in force, in a file of its own: its figures are flagged, and no file may
  hold both. Femicide, and attempts since 2026, are not homicide here.
- A state's zero may be a missing report, and months to come may be zeros: see `sesnsp_table`.
- Most files are in Windows-1252, some in UTF-8 with a mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import Extract, File, Get, Published, Total, changed, domain_of, name_of
from counterflow.evidence.connectors.sesnsp_table import NEW_INSTRUMENT, Table, read
from counterflow.evidence.connectors.zipped import csv_member

ADDRESS = "https://www.gob.mx/sesnsp/acciones-y-programas/datos-abiertos-de-incidencia-delictiva"
ADDRESSES = (ADDRESS,)

VICTIMS, VICTIMS_BY_STATE, CRIMES = "homicide_victims_mx", "homicide_victims_mx_state", "homicide_crimes_mx"

SHAREPOINT = ".sharepoint.com"
OTHER_TABLES = ("municipal", "federal", "tablero", "diccionario", "manual", "idm_nm", "ideff", "1997", "anterior")
MONTH_NAMES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
BY_HAND = "Open the page in a browser, save the state files of crimes and victims, and give them with --from-file."


class Link(NamedTuple):
    """A link to a state table, by what its wording and its file's name say."""

    victims: bool
    first_year: int  # 0 where they do not say
    edition: tuple[int, int]  # the last year and month named; (0, 0) likewise
    address: str


def collect(get: Get, addresses: Sequence[str] = ADDRESSES) -> tuple[File, ...]:
    """The newest edition of each state table that the pages link to, where it changed.

    Raises EvidenceError where a page links to no table of crimes or to none of victims.
    """
    links = [link for address in addresses for link in state_tables(get.page(address))]
    newest: dict[tuple[bool, int], Link] = {}
    for link in links:
        held = newest.get((link.victims, link.first_year))
        if held is None or link.edition > held.edition:
            newest[link.victims, link.first_year] = link
    files = (get.file(link.address) for link in newest.values())
    return tuple(file for file in files if file is not None)


def state_tables(page: File) -> tuple[Link, ...]:
    """The links on a page that lead to state tables. Raises EvidenceError where one of the two kinds is missing."""
    from lxml import html

    anchors = html.fromstring(page.data or b"<html></html>").xpath("//a[@href]")
    found = []
    for anchor in anchors:
        address = urljoin(page.address, anchor.get("href").strip())
        link = _link(anchor.text_content(), address, domain_of(page.address))
        if link is not None:
            found.append(link)
    for victims, what in ((False, "crimes (Delitos)"), (True, "victims (Víctimas)")):
        if not any(link.victims == victims for link in found):
            raise EvidenceError(
                f"the page links to no state table of {what}; the site may have sent a check for browsers instead.",
                where=page.address,
                hint=BY_HAND,
            )
    return tuple(found)


def _link(wording: str, address: str, own_domain: str) -> Link | None:
    parts = urlsplit(address)
    shared = (parts.hostname or "").endswith(SHAREPOINT) and parts.scheme == "https"
    if not shared and (domain_of(address) != own_domain or not re.search(r"\.(?:zip|csv)$", parts.path, re.IGNORECASE)):
        return None
    text = _plain(f"{wording} {'' if shared else unquote(name_of(address))}")
    victims = "victimas" in text or "idvfc" in text
    crimes = "estatal" in text or "idefc" in text
    if not (victims or crimes) or any(word in text for word in OTHER_TABLES):
        return None
    years = [int(found) for found in re.findall(r"20\d\d", text)]
    editions = [
        (int(in_year) % 100 + 2000, MONTH_NAMES.index(name) + 1)
        for name, in_year in re.findall(
            rf"({'|'.join(MONTH_NAMES)})[a-z]{{0,9}}[ ._-]{{0,3}}(?:de )?(20\d\d|\d\d)(?!\d)", text
        )
    ]
    edition = max(editions, default=(max(years, default=0), 0))
    return Link(victims, min(years, default=0), edition, _download(address) if shared else address)


def _download(address: str) -> str:
    """Where the file behind a SharePoint link is: what the linked page's download button asks for."""
    parts = urlsplit(address)
    shared = re.fullmatch(r"/:\w:/g/(personal|sites)/([\w.-]+)/([\w-]+)/?", parts.path)
    if shared is None:
        return address
    return f"https://{parts.hostname}/{shared[1]}/{shared[2]}/_layouts/15/download.aspx?share={shared[3]}"


def _plain(text: str) -> str:
    """Lower case, without accents, single spaces."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def parse(files: Sequence[File]) -> Extract:
    """Victims by month, of Mexico and by state, and crimes by month, as far as the files go.

    Where files overlap, the year is taken from the newer edition: the one that goes further, or that the site changed
    later. Raises EvidenceError where a file is not such a table or is damaged, or where two differ and nothing tells
    which is newer.
    """
    figures: list[Published] = []
    totals: list[Total] = []
    covers: dict[str, tuple[date, date]] = {}
    tables = [read(csv_member(file)) for file in files]
    for victims in (True, False):
        years = _by_year([table for table in tables if table.victims == victims])
        if not years:
            continue
        for in_year, table in sorted(years.items()):
            own, checks = _year_of(table, in_year)
            figures += own
            totals += checks
        span = _unbroken(years)
        covers |= dict.fromkeys((VICTIMS, VICTIMS_BY_STATE) if victims else (CRIMES,), span)
    return Extract(tuple(sorted(figures)), tuple(totals), covers)


def _by_year(tables: Sequence[Table]) -> dict[int, Table]:
    """For each year the newest edition that has it."""
    years: dict[int, Table] = {}
    for table in sorted(tables, key=_age):
        for in_year in range(table.first.year, table.last.year + 1):
            held = years.get(in_year)
            if held is not None and _age(held) == _age(table) and _cells(held, in_year) != _cells(table, in_year):
                raise EvidenceError(
                    f"{in_year} differs from {held.file.name}, and nothing tells which is the newer edition.",
                    where=table.file.name,
                    hint="Give only the newer one.",
                )
            years[in_year] = table
    return years


def _age(table: Table) -> tuple[date, float]:
    return table.last, changed(table.file)


def _cells(table: Table, in_year: int) -> dict[tuple[str, date], float | None]:
    return {key: value for key, value in table.states.items() if key[1].year == in_year}


def _year_of(table: Table, in_year: int) -> tuple[list[Published], list[Total]]:
    """The figures of one year of a table, and the sums that must agree."""
    cells = _cells(table, in_year)
    new = in_year >= NEW_INSTRUMENT
    flag = "instrument_2026" if new else "" if table.victims else "instrument_2015"
    figures, totals = [], []
    if table.victims:
        flagged = "instrument_2026" if new else ""
        figures += [
            Published(VICTIMS_BY_STATE, *key, value, flagged) for key, value in cells.items() if value is not None
        ]
    for day in sorted({day for _, day in cells}):
        values = [value for (_, of), value in cells.items() if of == day]
        reported = [value for value in values if value is not None]
        if not reported:
            continue
        series = VICTIMS if table.victims else CRIMES
        figures.append(
            Published(series, "mexico", day, sum(reported), flag if len(reported) == len(values) else "understated")
        )
        totals.append(Total(f"{table.file.name}: rows and states, {day:%b %Y}", table.rows_sum[day], sum(reported)))
    return figures, totals


def _unbroken(years: dict[int, Table]) -> tuple[date, date]:
    """The last run of years without a gap: what lies before a gap is not vouched for."""
    last = first = max(years)
    while first - 1 in years:
        first -= 1
    return date(first, 1, 1), min(years[last].last, date(last, 12, 1))
