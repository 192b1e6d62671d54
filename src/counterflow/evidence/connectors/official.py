"""What all connectors share: files, the figures read from them, and the refusals that every format needs."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from typing import NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from counterflow.errors import EvidenceError

MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}


CHANGED = "The publisher may have changed the format."


class File(NamedTuple):
    """A publisher's file as it came, with what the server said of it."""

    name: str  # what messages call it: the last part of its address, or of its path
    data: bytes
    address: str = ""  # where it was fetched; "" for a file saved by hand
    etag: str = ""
    last_modified: str = ""


class Get(Protocol):
    """How a connector asks for what it needs; tests and mirrors put their own behind it."""

    def page(self, address: str) -> File:
        """A page to look for links on, fetched anew. Raises EvidenceError where it cannot be had."""
        ...

    def file(self, address: str) -> File | None:
        """A file of figures; None where it is as it was at the last update. Raises EvidenceError likewise."""
        ...


class Published(NamedTuple):
    """One figure as a publisher's file gives it."""

    series_id: str
    geo: str
    date: date  # first day of its month or year
    value: float
    flag: str = ""  # "", "rounded_to_10", "partial_month", ... as in the store


class Total(NamedTuple):
    """A sum that must agree with its parts: one that the file states, or two ways to the same figure."""

    what: str  # e.g. "nationwide-encounters-fy23.csv: sectors and southwest, Mar 2024"
    stated: float
    added: float
    allowed: float = 0.0  # by how much they may differ (rounding)


@dataclass(frozen=True)
class Extract:
    """What a publisher's files say."""

    figures: tuple[Published, ...]
    totals: tuple[Total, ...] = ()
    # Series id -> first and last period (both inclusive) for which the files are complete: what the store has in
    # between and the files lack has vanished.
    covers: Mapping[str, tuple[date, date]] = field(default_factory=dict)


class Row(NamedTuple):
    """A row of a table: its cells by column, and where it stands, for messages."""

    cells: Mapping[str, str]
    where: str  # "nationwide-encounters-fy23.csv, line 17"


def text_of(file: File, encoding: str = "utf-8-sig") -> str:
    """The file as text. Raises EvidenceError where it is empty, a web page, or in another encoding."""
    if not file.data.strip():
        raise EvidenceError("the file is empty.", where=file.name, hint="Fetch or save it again.")
    refuse_web_page(file)
    try:
        return file.data.decode(encoding)
    except UnicodeDecodeError as error:
        raise EvidenceError(
            f"the text is not {encoding.removesuffix('-sig')} (at byte {error.start}).",
            where=file.name,
            hint="Give the file just as the publisher serves it.",
        ) from None


def refuse_web_page(file: File) -> None:
    """Raise EvidenceError where the file is an HTML page: a site's refusal or a page saved in place of the file."""
    if re.match(
        rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", file.data[:2000], re.I | re.S
    ):
        raise EvidenceError(
            "this is a web page, not a file of figures.",
            where=file.name,
            hint="The site may have refused this program: open the address in a browser, save the file itself, "
            "and give it with --from-file.",
        )


def csv_rows(file: File, columns: Sequence[str], *, encoding: str = "utf-8-sig") -> Iterator[Row]:
    """The rows of a CSV file that has these columns, in any order; others are passed over.

    Spaces around names and cells are dropped. Raises EvidenceError where the file is no such table: a web page,
    a column missing or renamed (with the nearest that is there), or a row cut short.
    """
    lines = csv.reader(io.StringIO(text_of(file, encoding), newline=""), strict=True)
    try:
        names = [name.strip() for name in next(lines)]
        require_columns(names, columns, file.name)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{file.name}, line {lines.line_num}"
            if len(cells) != len(names):
                raise EvidenceError(
                    f"the row has {len(cells)} cells, the header {len(names)}: the file may be cut short.",
                    where=where,
                    hint="Fetch or save it again.",
                )
            yield Row(dict(zip(names, (cell.strip() for cell in cells), strict=True)), where)
    except csv.Error as error:
        raise EvidenceError(
            f"the row is no CSV ({error}): the file may be cut short.",
            where=f"{file.name}, line {lines.line_num}",
            hint="Fetch or save it again.",
        ) from None


def require_columns(names: Sequence[str], columns: Sequence[str], where: str) -> None:
    """Raise EvidenceError naming the columns that are missing, and what stands there in their place."""
    missing = [column for column in columns if column not in names]
    if not missing:
        return
    others = [name for name in names if name not in columns]
    near = {column: difflib.get_close_matches(column, others, n=1, cutoff=0.5) for column in missing}
    said = ", ".join(
        f"{column!r}" + (f" (is it {near[column][0]!r} now?)" if near[column] else "") for column in missing
    )
    raise EvidenceError(
        f"the table lacks the column{'s' if len(missing) > 1 else ''} {said}.",
        where=where,
        hint="The publisher may have changed the format, or this is another file.",
    )


def number(text: str, where: str) -> float:
    """A count or quantity as publishers write it: "1,234", "12.5". Raises EvidenceError where it is none."""
    plain = text.strip().replace(",", "")
    if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", plain):
        raise EvidenceError(
            f"{text!r} is not a number.", where=where, hint="The publisher may have changed the format."
        )
    return float(plain)


def count(text: str, where: str) -> float:
    """A number of cases: whole and not negative. Raises EvidenceError where the text is none."""
    value = number(text, where)
    if value < 0 or value != value // 1:  # infinity, which 1e999 reads as, is no whole number either
        raise EvidenceError(f"{text!r} is no count.", where=where, hint=CHANGED)
    return value


def year(text: str, where: str, first: int) -> int:
    """A calendar year from `first` to 2099. Raises EvidenceError where the text is none."""
    if not re.fullmatch(r"(?:19|20)[0-9]{2}", text) or int(text) < first:
        raise EvidenceError(f"{text!r} is not a year from {first} on.", where=where, hint=CHANGED)
    return int(text)


def month(text: str, where: str) -> int:
    """The number of an English month's name or its first three letters. Raises EvidenceError where it is none."""
    found = MONTHS.get(text.strip()[:3].upper())
    if found is None:
        raise EvidenceError(f"{text!r} is not a month.", where=where, hint=CHANGED)
    return found


def in_fiscal_year(fiscal_year: int, month_number: int) -> date:
    """First day of a month of a US fiscal year: October to December belong to the calendar year before."""
    return date(fiscal_year - (month_number >= 10), month_number, 1)


def links_on(page: File, pattern: str) -> tuple[str, ...]:
    """Absolute addresses of the links on a page that match the pattern (a regular expression on the path), each once.

    Only links to the page's own site, or to a host of the same domain, are given. Raises EvidenceError where no
    link matches.
    """
    from lxml import html

    anchors = html.fromstring(page.data or b"<html></html>").xpath("//a/@href")
    found = dict.fromkeys(
        address
        for address in (urljoin(page.address, str(anchor).strip()) for anchor in anchors)
        if re.search(pattern, urlsplit(address).path, re.IGNORECASE) and domain_of(address) == domain_of(page.address)
    )
    if not found:
        raise EvidenceError(
            "the page links to no file of the kind looked for.",
            where=page.address,
            hint="The publisher may have moved it: save the file by hand and give it with --from-file.",
        )
    return tuple(found)


def changed(file: File) -> float:
    """When the server says that the file changed, in seconds of the epoch; 0.0 where it does not say."""
    try:
        when = parsedate_to_datetime(file.last_modified)
    except (TypeError, ValueError):
        return 0.0
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def name_of(address: str) -> str:
    """What a file is called in messages: the last part of its address."""
    return urlsplit(address).path.rstrip("/").rpartition("/")[2] or address


def domain_of(address: str) -> str:
    """The last two parts of an address's host: what the sites of one publisher share."""
    return ".".join((urlsplit(address).hostname or "").split(".")[-2:])
