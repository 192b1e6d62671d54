"""The finished report in another language.

A page is not made anew: its texts, and the attributes that a reader is shown, are taken one by one through the memory
of the language (see `memory`), and every other byte of the page stays as it is, but for its pictures, which are drawn
anew from their own charts so that longer words have room. So no number can change on the way, and what the page refuses
(scripts, requests) it refuses in every language. Words of the document, titles of sources, names and code stay as they
are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from counterflow.report.languages import memory as memories
from counterflow.report.languages.downloads import Told, translated_pictures
from counterflow.report.languages.markup import Element, Piece, pieces
from counterflow.report.languages.memory import LEFT, TOLD, Memory, Pieces, memory
from counterflow.report.pictures.fitting import laid

ENGLISH = "en"
UNTOUCHED = frozenset(("q", "bdi", "code", "pre", "kbd", "samp"))  # the document's words, and what is typed
FOREIGN = (
    "Source",
    "The record says",
    "Record",
)  # cells with words of others: what has no pair is no gap


class Change(NamedTuple):
    """A stretch of the page and what stands in its place; `left` are the passages in it that stay English."""

    at: tuple[int, int]
    markup: str
    left: tuple[str, ...] = ()


def languages() -> tuple[str, ...]:
    """The languages that a report can be had in, English first."""
    return (ENGLISH, *memories.languages())


def translated_text(text: str, language: str) -> str:
    """One text, as a sentence or a cell of a table, in the language; what the memory does not know stays as it is.

    Space before and after is kept. Raises UsageError where there is no such language.
    """
    if language == ENGLISH:
        return text
    before, core, after = _core(text)
    made = memory(language).pieces(core)
    return text if all(kind == LEFT for _, kind in made.parts) else before + made.text() + after


def translated_page(page: str, language: str) -> str:
    """A finished page in the language: every text, every shown attribute and the language it says that it is in.

    What the memory does not know stays English inside an element that says so, and the page's last lines tell how many
    such passages there are. Pictures, on the page and to download, are laid out anew with the words of the language.
    Everything else is the same to the byte: markup, style, policy, data, ids. Raises UsageError where there is no such
    language.
    """
    if language == ENGLISH:
        return page
    told = memory(language)
    changes = list(_changes(page, told))
    left = sum(len(change.left) for change in changes)
    pictures = [Change(*one) for one in translated_pictures(page, _teller(told))]
    changes = [*_outside(changes, [change.at for change in pictures]), *pictures]
    return _with_note(_changed(page, sorted(changes)), left, told)


def _teller(told: Memory) -> Told:
    """How the words of a picture are told, and the names of months on its axes."""
    months = list(told.words["months"].items())
    long, short = [name for _, name in months[:12]], {english[:3]: name for english, name in months[:12]}
    short |= {english: name for english, name in months if len(english) == 3}
    return Told(lambda text: translated_text(text, told.language), tuple(long), tuple(short.values()))


def _outside(changes: Sequence[Change], pictures: Sequence[tuple[int, int]]) -> Iterator[Change]:
    """The changes that lie within no picture."""
    starts = [start for start, _ in pictures]
    for change in changes:
        place = bisect_right(starts, change.at[0]) - 1
        if place < 0 or change.at[0] >= pictures[place][1]:
            yield change


def _changed(markup: str, changes: Sequence[Change]) -> str:
    """Markup with its changes, which are in their order."""
    out: list[str] = []
    at = 0
    for change in changes:
        out += [markup[at : change.at[0]], change.markup]
        at = change.at[1]
    return "".join([*out, markup[at:]])


def untranslated(page: str, language: str) -> list[str]:
    """The passages of a page that the memory of the language does not know, in their order, each once.

    Raises UsageError where there is no such language.
    """
    if language == ENGLISH:
        return []
    return list(dict.fromkeys(text for change in _changes(page, memory(language)) for text in change.left))


def _changes(page: str, told: Memory) -> Iterator[Change]:
    held: list[Piece] = []  # lines of one text of a picture
    for piece in pieces(page):
        line = piece.kind == "text" and piece.inside and piece.inside[-1].tag == "tspan"
        if held and not line and not (piece.kind == "tag" and piece.text == "tspan"):
            yield from _lines(held, told)
            held = []
        if piece.kind == "tag":
            yield from _language(piece, page, told)
        elif line:
            held.append(piece)
        else:
            yield from _change(piece, told)
    if held:
        yield from _lines(held, told)


def _language(piece: Piece, page: str, told: Memory) -> Iterator[Change]:
    if piece.text == "html":
        tag = page[slice(*piece.at)]
        yield Change(piece.at, tag.replace('lang="en"', f'lang="{told.language}"', 1))


def _change(piece: Piece, told: Memory) -> Iterator[Change]:
    named = piece.kind == "attribute" and piece.inside[-1].tag == "a"  # of a mark in the document's text
    if _untouched(piece.inside) and not named:
        return
    before, core, after = _core(piece.text)
    if not core:
        return
    made = told.pieces(core)
    foreign = _foreign(piece.inside)
    if foreign and made.left:
        made = Pieces(((core, LEFT),), len(core))
    if piece.kind == "attribute" or _plain(piece.inside):
        markup = escape(made.text())
    else:
        markup = "".join(_marked(part, kind in (memories.ENGLISH, LEFT)) for part, kind in made.parts)
    left = () if foreign else tuple(part.strip() for part, kind in made.parts if kind == LEFT)
    if made.text() != core or any(kind != TOLD for _, kind in made.parts):
        yield Change(piece.at, escape(before) + markup + escape(after), left)


def _lines(held: list[Piece], told: Memory) -> Iterator[Change]:
    """A text of a picture that runs over several lines: taken as one, and laid over as many lines again."""
    if _untouched(held[0].inside):
        return
    made = told.pieces(" ".join(" ".join(piece.text.split()) for piece in held))
    left = tuple(part.strip() for part, kind in made.parts if kind == LEFT)
    for piece, line in zip(held, laid(made.text(), len(held)), strict=True):
        yield Change(piece.at, escape(line), left)
        left = ()


def _core(text: str) -> tuple[str, str, str]:
    """The space before a text, the text with single spaces, and the space after it."""
    stripped = text.strip()
    if not stripped:
        return text, "", ""
    start = text.index(stripped)
    return text[:start], " ".join(stripped.split()), text[start + len(stripped) :]


def _untouched(inside: tuple[Element, ...]) -> bool:
    """Whether words stay as they are there: the document's own, code, and what the page says is not to be
    translated."""
    return any(
        one.tag in UNTOUCHED
        or one.attributes.get("translate") == "no"
        or one.attributes.get("lang", ENGLISH) != ENGLISH
        for one in inside
        if one.tag != "html"
    )


def _foreign(inside: tuple[Element, ...]) -> bool:
    """Whether words there are those of a source: a cell or a line that names it, or a link to it."""
    cell = any(one.tag == "td" and one.attributes.get("data-label") in FOREIGN for one in inside)
    link = any(one.tag == "a" and one.attributes.get("href", "").startswith("http") for one in inside)
    line = any(one.attributes.get("class") == "sources" for one in inside) and inside[-1].tag in ("li", "bdi")
    return cell or link or line


def _plain(inside: tuple[Element, ...]) -> bool:
    """Whether no element may stand there: the page's title, and text of a picture."""
    return bool(inside) and (inside[-1].tag == "title" or any(one.tag == "svg" for one in inside))


def _marked(part: str, english: bool) -> str:
    if not english:
        return escape(part, quote=False)
    return f'<span lang="{ENGLISH}">{escape(part, quote=False)}</span>'


def _with_note(page: str, left: int, told: Memory) -> str:
    """The page with a note on its language before its last lines."""
    words = told.words["note"]
    said = [words["about"]]
    said.append(words["none"] if not left else words["one"] if left == 1 else words["some"].format(count=f"{left:,}"))
    note = f'<p class="note translation">{escape(" ".join(said), quote=False)}</p>'
    place = page.rfind("<footer>")
    if place < 0:
        return page
    return page[: place + len("<footer>")] + note + page[place + len("<footer>") :]
