"""The whole report as GitHub Markdown, with its figures as SVG files beside it.

Words of a document are hostile input: nothing in them makes a link, a picture, HTML, a heading or a cell. Addresses
and the like among them, which GitHub would link by themselves, are shown as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote as quoted

from counterflow.report.formats.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Line,
    Link,
    Named,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    Tell,
    Typed,
    drawn,
    told,
)
from counterflow.report.formats.sections import whole
from counterflow.report.page.context import citation
from counterflow.report.words import clean

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!|~&$^])")
# What GitHub makes a link or a mention of by itself: addresses, mail, names after an at sign.
LINKED = re.compile(r"[^\s`|]*(?:://|www\.|@)[^\s`|]*", re.IGNORECASE)
STARTS = re.compile(r"^(\d{1,9})([.)])|^([-+=:])")


class Markdown(NamedTuple):
    """The report and its figures: SVG text by the name of the file."""

    text: str
    figures: dict[str, str]


def markdown(assessment: Mapping[str, Any], figures: str | None = None, tell: Tell = str) -> Markdown:
    """The report on an assessment in GitHub Markdown. `figures` is the folder that its pictures are to lie in, as seen
    from the report; None leaves them out. `tell` puts a text into another language.
    """
    blocks = list(told(whole(assessment), tell))
    below = citation(assessment)
    pictures = {f"{b.name}.svg": drawn(b, below) for b in blocks if isinstance(b, Picture)} if figures else {}
    return Markdown("\n\n".join(_blocks(blocks, figures)) + "\n", pictures)


def _blocks(blocks: Iterable[Block], figures: str | None) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(level, text):
                yield f"{'#' * level} {_line(text)}"
            case Paragraph(text):
                yield _start(_line(text))
            case Bullets(items):
                yield "\n".join(f"- {_start(_line(item))}" for item in items)
            case Table(head, rows):
                yield "\n".join([_row(head), "|" + " --- |" * len(head), *map(_row, rows)])
            case Picture(name, alt, _, _) if figures:
                yield f"![{escaped(alt)}](<{quoted(figures)}/{quoted(name)}.svg>)"
            case Typed(text):
                yield _fenced(text)


def _row(cells: Iterable[Line]) -> str:
    return "| " + " | ".join(_line(cell) or " " for cell in cells) + " |"


def _line(pieces: Line) -> str:
    return "".join(map(_piece, pieces)).strip()


def _piece(piece: Inline) -> str:
    match piece:
        case Quote(text):
            return f"“{escaped(text)}”"
        case Code(text):
            return _code(text)
        case Strong(text):
            return f"**{escaped(text).strip()}**"
        case Link(text, address):
            return f"[{escaped(text, linked=True)}](<{address.replace('|', '%7C')}>)"
        case Named(text):
            return escaped(text)
    return escaped(piece)


def escaped(text: str, linked: bool = False) -> str:
    """A text that Markdown shows as it is; what GitHub would link by itself becomes code (not within a link, where
    `linked`, since links do not nest)."""
    text = clean(text)
    if linked:
        return SPECIAL.sub(r"\\\1", text)
    parts, at = [], 0
    for found in LINKED.finditer(text):
        parts += [SPECIAL.sub(r"\\\1", text[at : found.start()]), _code(found.group())]
        at = found.end()
    return "".join([*parts, SPECIAL.sub(r"\\\1", text[at:])])


def _start(text: str) -> str:
    """A line that begins no list, heading or rule."""
    return STARTS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)


def _code(text: str) -> str:
    """Code within a line; a stroke in it would end a cell, and a backtick the code."""
    plain = clean(text).replace("`", "ˋ").replace("|", "¦")
    return f"`{plain}`" if plain.strip() else ""


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    typed = "\n".join(clean(line) for line in text.split("\n"))  # a command a line
    return f"{fence}sh\n{typed}\n{fence}"
