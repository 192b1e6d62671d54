"""What a report in words is made of, before it takes a form: headings, paragraphs, lists, tables and pictures.

A line is a row of pieces. Plain text is the report's own and can be put into another language; the other pieces say
what they are, so that each form can show words of the document as words and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from counterflow.brief.layout.folding import plain
from counterflow.report.languages.charts import panels_told
from counterflow.report.page.render import host, web_address
from counterflow.report.words import clean, inner_quotes, minus

# Characters that turn the direction of what follows them: they would reach beyond a quotation.
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Quote(NamedTuple):
    """Words of the document, shown in quotation marks."""

    text: str


class Named(NamedTuple):
    """A name or title that is the same in every language."""

    text: str


class Code(NamedTuple):
    """What is typed, or the name of a variable, file or parameter."""

    text: str


class Strong(NamedTuple):
    """Own words that stand out."""

    text: str


class Link(NamedTuple):
    """A name that leads to a web address."""

    text: str
    address: str


Inline = str | Quote | Named | Code | Strong | Link
Line = tuple[Inline, ...]


class Heading(NamedTuple):
    level: int  # 1 for the title
    line: Line


class Paragraph(NamedTuple):
    line: Line


class Bullets(NamedTuple):
    items: tuple[Line, ...]


class Table(NamedTuple):
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]  # the first cell of each row names it


class Picture(NamedTuple):
    name: str  # of its file, without ending
    alt: str
    title: str
    panels: tuple[Mapping[str, Any], ...]  # Vega-Lite, to stand side by side


class Typed(NamedTuple):
    """A command or the like, on a line of its own."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Picture | Typed
Tell = Callable[[str], str]  # one text in another language


def line(*pieces: Inline) -> Line:
    """A line of pieces, without those that are empty."""
    return tuple(piece for piece in pieces if piece and piece != ("",))


def text_of(pieces: Line) -> str:
    """The words of a line, without what its pieces are."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def said(text: str | None) -> str:
    """Own words, fit to be shown: without characters that no form allows, minus signs as such."""
    return minus(without_turns(clean(text)))


def quote(text: str) -> Quote:
    """Words of the document as people read them."""
    return Quote(inner_quotes(without_turns(clean(plain(text)))).strip())


def source(address: str | None, title: str = "") -> Inline:
    """A link where there is a web address, shown as its title or else its host, as on the page; else the words."""
    if address and web_address(address):
        return Link(without_turns(clean(title or host(address))), address)
    return Named(without_turns(clean(title or address or "")))


def without_turns(text: str) -> str:
    """A text without characters that turn the direction of what follows."""
    return TURNS.sub("", text)


def told(blocks: Iterable[Block], tell: Tell) -> Iterator[Block]:
    """The same blocks with the report's own words in another language."""

    def of(pieces: Line) -> Line:
        return tuple(
            tell(x) if isinstance(x, str) else Strong(tell(x.text)) if isinstance(x, Strong) else x for x in pieces
        )

    for block in blocks:
        match block:
            case Heading(level, text):
                yield Heading(level, of(text))
            case Paragraph(text):
                yield Paragraph(of(text))
            case Bullets(items):
                yield Bullets(tuple(of(item) for item in items))
            case Table(head, rows):
                yield Table(tuple(map(of, head)), tuple(tuple(map(of, row)) for row in rows))
            case Picture(name, alt, title, panels):
                yield Picture(name, tell(alt), tell(title), tuple(panels_told(panels, tell)))
            case _:
                yield block


def drawn(picture: Picture, source: str = "") -> str:
    """A picture as SVG on white: its panels side by side under its title, and below them where it comes from."""
    from counterflow.report.pictures.drawing import render, whole_picture

    panels = [render(dict(panel), f"{picture.name}-{n}") for n, panel in enumerate(picture.panels)]
    return whole_picture(panels, picture.title, source)
