"""What a canonical text is made of: blocks, tables, sentences, and the quote between two of its offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from counterflow.brief.patterns import Folded
from counterflow.brief.schema import Span

BlockKind = Literal[
    "title", "heading", "paragraph", "bullet", "table", "byline", "dateline", "boilerplate", "reference"
]


Stretch = tuple[int, int]  # offsets into a text: start, and end (exclusive)


@dataclass(frozen=True)
class Block:
    """A run of the canonical text that belongs together. Offsets are into the canonical text."""

    start: int
    end: int
    kind: BlockKind
    heading: str  # text of the nearest title or heading above, "" if none
    rule: str = ""  # for boilerplate: the rule of the codebook that recognised it


@dataclass(frozen=True)
class Cell:
    """A cell of a table, as offsets into the canonical text without blanks at its ends; start == end where empty."""

    start: int
    end: int


@dataclass(frozen=True)
class Table:
    """A table and its cells; each of its rows, the header among them, is a sentence of its block."""

    start: int
    end: int
    caption: str  # the line right above it, else the nearest heading; "" if there is neither
    header: tuple[Cell, ...]  # empty where the table has no header
    rows: tuple[tuple[Cell, ...], ...]  # without the header; a row may hold fewer cells than the header


@dataclass(frozen=True)
class Sentence:
    """A sentence of a block that is not boilerplate, byline or reference list; of a table, a row."""

    index: int
    start: int
    end: int
    block: int  # index into Layout.blocks


@dataclass(frozen=True)
class Layout:
    """The canonical text with its blocks, tables and sentences.

    `folded` has the same length as `text`, character for character: quotation marks, dashes and
    no-break spaces are mapped to their plain forms so that rules match them all. Line breaks and the
    marks of Markdown (emphasis, link targets, comments, the line under a table's header) are blanks in
    it, so that a rule which allows for runs of white space reads across them.
    """

    text: str
    folded: Folded
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...] = ()


def trim(folded: str, start: int, end: int) -> tuple[int, int]:
    """The offsets without the blanks at both ends; both the same where there is nothing but blanks."""
    while start < end and folded[start].isspace():
        start += 1
    while end > start and folded[end - 1].isspace():
        end -= 1
    return start, end


def span(layout: Layout, start: int, end: int) -> Span:
    """The quote between two offsets of the canonical text, without blanks at its ends.

    Raises ValueError where the offsets enclose no character that is not blank.
    """
    start, end = trim(layout.folded, start, end)
    if not 0 <= start < end <= len(layout.text):
        raise ValueError(f"empty or impossible span {start}-{end} in a text of {len(layout.text)} characters")
    return Span(start=start, end=end, quote=layout.text[start:end])
