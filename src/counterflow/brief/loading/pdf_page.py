"""A page of a PDF as lines, and which of them are its running heads and its number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PageLine:
    """A line of a page; places and size are points (1/72 inch) from the page's lower left corner."""

    text: str  # ends with U+0002 where it breaks a word
    left: float
    right: float
    bottom: float  # the line on which the letters are set
    size: float  # of the type


@dataclass(frozen=True)
class PageLink:
    """Words of a page that lead to an address."""

    text: str
    href: str


@dataclass(frozen=True)
class PdfPage:
    height: float
    lines: tuple[PageLine, ...]
    links: tuple[PageLink, ...]
    pictures: bool  # whether a page without text holds pictures


_EDGE = 3  # lines at the top and at the bottom of a page that may be furniture
_ZONE = 0.14  # of a page's height
_LONGEST = 150  # characters of a running head
_NUMBER = re.compile(
    r"[-–—|\s]*(?:(page|p\.|página|pág\.?)\s*)?(\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|de|/)\s*(\d{1,4}))?[-–—|\s]*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,4})\s.*|.*\s(\d{1,4})", re.DOTALL)


class Edges:
    """What stands at the edges of a document's pages, and how often."""

    def __init__(self, pages: Sequence[PdfPage]) -> None:
        edges = [edge_lines(page) for page in pages]
        self.heads = Counter(key for lines in edges for key in {_key(line) for line in lines})
        self.numbered = Counter(
            (_key(line), offset)
            for number, lines in enumerate(edges)
            for line in lines
            if (offset := _offset(line, number)) is not None
        )
        # In a long document a head may be a chapter's; in a short one, half of the pages must have it.
        self.often = max(2.0, 0.25 * len(pages) if len(pages) > 8 else 0.5 * len(pages))


def body_lines(page: PdfPage, number: int, edges: Edges) -> list[PageLine]:
    """The lines of a page without those that repeat at its edge from page to page, and without its number.

    `number` is the page's place in the file, from 0.
    """
    gone = {id(line) for line in edge_lines(page) if _is_furniture(line, number, edges)}
    return [line for line in page.lines if id(line) not in gone]


def edge_lines(page: PdfPage) -> list[PageLine]:
    """The short lines at the top and bottom of a page."""
    ordered = sorted(page.lines, key=lambda line: -line.bottom)
    top = [line for line in ordered[:_EDGE] if line.bottom > (1 - _ZONE) * page.height]
    bottom = [line for line in ordered[-_EDGE:] if line.bottom < _ZONE * page.height]
    return [line for line in top + bottom if len(line.text) < _LONGEST]


def _is_furniture(line: PageLine, number: int, edges: Edges) -> bool:
    key = _key(line)
    if edges.heads[key] >= edges.often:
        return True
    offset = _offset(line, number)
    if offset is not None and edges.numbered[key, offset] > 1:
        return True  # a line that counts with the pages
    match = _NUMBER.fullmatch(line.text)
    return match is not None and (bool(match[1] or match[3]) or offset == 1 or not match[2].isdigit())


def _key(line: PageLine) -> tuple[str, float]:
    """What is the same of a head on every page: its words but for numbers, and its size."""
    return re.sub(r"\d+|\b[ivxl]+\b", "#", line.text.lower()), line.size


def _offset(line: PageLine, number: int) -> int | None:
    """How far the number at a line's beginning or end is from the page's place in the file."""
    match = _NUMBER.fullmatch(line.text)
    if match:
        return int(match[2]) - number if match[2].isdigit() else None
    match = _NUMBERED.fullmatch(line.text)
    return int(match[1] or match[2]) - number if match else None
