"""What the connectors to U.S. Customs and Border Protection share: fiscal years, and editions that overlap.

CBP publishes each table as one CSV file of about four fiscal years, anew every month of the running year
("...-fy23-fy26-jul...") and once more when a year is over ("...-fy22-fy25..."), and leaves the former ones on the
page. For each fiscal year the newest edition counts. A file is newer when it reaches further; at the same reach when
it no longer calls the year running ("2026 (FYTD)"); and then when it was put up later (a folder, "_0" in the name).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import MONTHS, File, Get, in_fiscal_year, links_on, text_of
from counterflow.evidence.periods import fiscal_year_of

OFO, USBP = "Office of Field Operations", "U.S. Border Patrol"
SECTORS = (
    "Big Bend",
    "Del Rio",
    "El Centro",
    "El Paso",
    "Laredo",
    "Rio Grande Valley",
    "San Diego",
    "Tucson",
    "Yuma",
)  # the nine of the southwest
IN_ORDER = (10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9)  # the months of a fiscal year
HAND = "save the file by hand and give it with --from-file"

# How the files are named; {} stands for the kind of file, before and after the years.
NAME = r"/{}-fy(?P<first>\d\d)-fy(?P<last>\d\d)(?:-(?P<month>[a-z]{{3,9}}))?{}(?:_(?P<again>\d{{1,3}}))?\.csv$"


class Key(NamedTuple):
    """What a figure is of."""

    series_id: str
    geo: str
    date: date


@dataclass(frozen=True)
class Edition:
    """One file, read."""

    file: File
    kind: str
    figures: Mapping[Key, float]
    running: Mapping[int, bool]  # fiscal year -> whether the file calls it running
    last: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "last", max(key.date for key in self.figures))

    def gives(self) -> set[tuple[str, int]]:
        """The series and fiscal years that the file has figures of."""
        return {(key.series_id, fiscal_year_of(key.date)) for key in self.figures}

    def rank(self, year: int) -> tuple[date, bool, str, int]:
        """The higher, the newer is what the file says of a fiscal year."""
        return (self.last, not self.running[year], *_put_up(self.file.address))


def fiscal_year(text: str, where: str) -> tuple[int, bool]:
    """The fiscal year, and whether it is running: "2025", "2026 (FYTD)". Raises EvidenceError where it is none."""
    match = re.fullmatch(r"(\d{4})\s*(\(FYTD\))?", text.strip(), re.IGNORECASE)
    if not match:
        raise EvidenceError(
            f"{text!r} is not a fiscal year such as '2025' or '2026 (FYTD)'.",
            where=where,
            hint="The publisher may have changed the format.",
        )
    return int(match[1]), match[2] is not None


def one_of(text: str, known: Iterable[str], what: str, where: str) -> str:
    """The known value that the text gives, whatever its case. Raises EvidenceError where it gives none."""
    values = {value.casefold(): value for value in known}
    found = values.get(text.casefold())
    if found is None:
        raise EvidenceError(
            f"{text!r} is not a known {what} ({', '.join(values.values())}).",
            where=where,
            hint="The publisher may have changed how it counts: until this program knows the value, it takes nothing.",
        )
    return found


def kind_of(file: File, kinds: Mapping[str, Sequence[str]], what: str) -> str:
    """Which kind of table a file holds, by its header; `kinds` gives the columns of each, `what` is said of them all.

    Raises EvidenceError where it is none of them (a renamed column is left to the reading of the rows), where it is
    a web page, and where the last line has no end: a file cut within its last number looks whole otherwise.
    """
    text = text_of(file)
    if not text.endswith(("\n", "\r")):
        raise EvidenceError(
            "the last line has no end: the file may be cut short.", where=file.name, hint="Fetch or save it again."
        )
    first = text.lstrip("\r\n").split("\n", 1)[0]
    try:
        names = {name.strip() for name in next(csv.reader([first], strict=True), [])}
    except csv.Error:
        names = set()
    kind = min(kinds, key=lambda kind: len(names ^ set(kinds[kind])))
    if 2 * len(names & set(kinds[kind])) < len(kinds[kind]):
        said = ", ".join(sorted(names))[:200] or first[:60]
        raise EvidenceError(
            f"this is not {what}: it begins with {said!r}.",
            where=file.name,
            hint="Give the CSV file that the publisher's page links to.",
        )
    return kind


def require_whole(found: Mapping[date, set[str]], parts: Sequence[str], running: Mapping[int, bool], name: str) -> None:
    """Raise EvidenceError where a month lacks rows of a part that every month has.

    `found` gives the parts that have rows by month. A fiscal year has twelve months; a running one begins with
    October and has no gap. A file cut between two rows, or filtered before it was saved, is told by this alone.
    """
    for year, is_running in running.items():
        months = [in_fiscal_year(year, number) for number in IN_ORDER]
        last = max(month for month in months if month in found) if is_running else months[-1]
        for month in months[: months.index(last) + 1]:
            for part in parts:
                if part not in found.get(month, ()):
                    raise EvidenceError(
                        f"fiscal year {year} has no row of {part} in {month:%B %Y}.",
                        where=name,
                        hint="The file may be cut short or filtered: fetch or save the whole of it again.",
                    )


def newest(editions: Sequence[Edition]) -> dict[tuple[str, int], Edition]:
    """For each series and fiscal year the edition that counts; of several kinds of one rank, the first given.

    Raises EvidenceError where two files of one kind are of one edition and say different things.
    """
    chosen: dict[tuple[str, int], Edition] = {}
    for edition in editions:
        for series_id, year in sorted(edition.gives()):
            other = chosen.get((series_id, year))
            if other is None or edition.rank(year) > other.rank(year):
                chosen[series_id, year] = edition
            elif edition.kind == other.kind and edition.rank(year) == other.rank(year):
                _require_same(other, edition, series_id, year)
    return chosen


def comparable(one: Edition, other: Edition, year: int) -> bool:
    """Whether two editions must agree on a fiscal year: revisions come between editions while it runs."""
    return one.last == other.last or not (one.running[year] or other.running[year])


def covers(chosen: Mapping[tuple[str, int], Edition]) -> dict[str, tuple[date, date]]:
    """By series the first and last month of the latest fiscal years that follow each other without a gap.

    A running year is covered to its end, so that a month which an edition drops is seen to be gone.
    """
    spans = {}
    for series_id in {series_id for series_id, _ in chosen}:
        years = {year for of, year in chosen if of == series_id}
        first = last = max(years)
        while first - 1 in years:
            first -= 1
        spans[series_id] = (date(first - 1, 10, 1), date(last, 9, 1))
    return spans


def collect_newest(get: Get, addresses: Sequence[str], kinds: Mapping[str, str]) -> tuple[File, ...]:
    """The newest editions that are linked on the pages: of each kind as few as cover all fiscal years, newest first.

    `kinds`: a pattern on the path by kind, made from `NAME`. An edition is asked for only where every newer one of
    its kind came anew: alone, it would set back the years that the newer one gives too. Raises EvidenceError where
    the pages link to no file of a kind.
    """
    pages = [get.page(address) for address in addresses]
    any_kind = "|".join(re.sub(r"\?P<\w+>", "?:", pattern) for pattern in kinds.values())
    links = dict.fromkeys(link for page in pages for link in links_on(page, any_kind))
    found = []
    for kind, pattern in kinds.items():
        needed = _needed(links, pattern)
        if not needed:
            raise EvidenceError(
                f"the page links to no file {kind}.",
                where=", ".join(addresses),
                hint=f"The publisher may have moved or renamed it: {HAND}.",
            )
        for link in needed:
            file = get.file(link)
            if file is None:
                break
            found.append(file)
    return tuple(found)


def _needed(links: Iterable[str], pattern: str) -> list[str]:
    named = [(re.search(pattern, urlsplit(link).path, re.IGNORECASE), link) for link in links]
    ranked = sorted(((_reach(match), *_put_up(link), link, match) for match, link in named if match), reverse=True)
    needed, covered = [], set[int]()
    for *_, link, match in ranked:
        years = set(range(int(match["first"]), int(match["last"]) + 1))
        if years - covered:
            needed.append(link)
            covered |= years
    return needed


def _reach(match: re.Match[str]) -> tuple[int, int]:
    """The last fiscal year and the place of the last month in it; a file of whole years reaches beyond September."""
    if not match["month"]:
        return int(match["last"]), 13
    number = MONTHS.get(match["month"][:3].upper())
    return int(match["last"]), IN_ORDER.index(number) + 1 if number else 0


def _put_up(address: str) -> tuple[str, int]:
    """When a file was put up: the month of its folder ("2026-08", "2023-Nov"), and how often its name was taken."""
    again = re.search(r"_(\d{1,3})\.csv$", address)
    times = int(again[1]) + 1 if again else 0  # the second file of a name is "..._0.csv"
    folder = re.search(r"/(\d{4})-(\d\d|[A-Za-z]{3})/", address)
    if not folder:
        return "", times
    number = int(folder[2]) if folder[2].isdigit() else MONTHS.get(folder[2].upper(), 0)
    return f"{folder[1]}-{number:02d}", times


def _require_same(one: Edition, other: Edition, series_id: str, year: int) -> None:
    for key in sorted({*one.figures, *other.figures}):
        if key.series_id != series_id or fiscal_year_of(key.date) != year:
            continue
        a, b = one.figures.get(key), other.figures.get(key)
        if a != b:
            raise EvidenceError(
                f"{series_id}, {key.geo}, {key.date:%b %Y}: {one.file.name} gives {_said(a)}, "
                f"{other.file.name} {_said(b)}, and neither is newer.",
                where=other.file.name,
                hint="Give only the file that was published last.",
            )


def _said(value: float | None) -> str:
    return "nothing" if value is None else f"{value:,.10g}"
