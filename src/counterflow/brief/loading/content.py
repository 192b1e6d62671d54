"""What a reader of one format gives: a canonical text, and where in it links and pages stand."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date


@dataclass(frozen=True)
class Anchor:
    """A link: characters `start` to `end` (exclusive) of the text; where its words are lost, `start` is `end`."""

    start: int
    end: int
    href: str


@dataclass(frozen=True)
class Content:
    """A document's text with what its format says about it; all places are characters of `text`."""

    text: str
    title: str | None = None
    byline: str | None = None
    date_published: date | None = None
    anchors: tuple[Anchor, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()


def to_json(content: Content) -> bytes:
    """Content as bytes, to hand from one process to another."""
    day = content.date_published.isoformat() if content.date_published else None
    return json.dumps(asdict(content) | {"date_published": day}).encode("ascii")


def from_json(data: bytes) -> Content:
    """Content from the bytes that `to_json` made. Raises ValueError, KeyError or TypeError for others."""
    fields = json.loads(data)
    day = fields["date_published"]
    return Content(
        text=fields["text"],
        title=fields["title"],
        byline=fields["byline"],
        date_published=date.fromisoformat(day) if day else None,
        anchors=tuple(Anchor(**anchor) for anchor in fields["anchors"]),
        pages=tuple((start, end) for start, end in fields["pages"]),
    )


def in_canonical_form(content: Content) -> Content:
    """The same content with its text composed (NFC), and every place moved with the words it marks."""
    if unicodedata.is_normalized("NFC", content.text):
        return content
    places = {place for anchor in content.anchors for place in (anchor.start, anchor.end)}
    places |= {place for page in content.pages for place in page}
    text, moved = compose(content.text, places)
    return replace(
        content,
        text=text,
        anchors=tuple(Anchor(moved[a.start], moved[a.end], a.href) for a in content.anchors),
        pages=tuple((moved[start], moved[end]) for start, end in content.pages),
    )


def compose(text: str, places: Iterable[int]) -> tuple[str, dict[int, int]]:
    """The text in composed form (NFC), and where each place of the old text is in the new one.

    A place between a letter and the accent that belongs to it moves behind the accent.
    """
    parts: list[str] = []
    moved: dict[int, int] = {}
    done = length = 0
    for place in sorted(set(places)):
        cut = max(place, done)
        while 0 < cut < len(text) and not _is_joint(text, cut):
            cut += 1
        part = unicodedata.normalize("NFC", text[done:cut])
        parts.append(part)
        done, length = cut, length + len(part)
        moved[place] = length
    parts.append(unicodedata.normalize("NFC", text[done:]))
    return "".join(parts), moved


def _is_joint(text: str, cut: int) -> bool:
    """Whether composing the text before and after a place by themselves gives what composing the whole does."""
    before = unicodedata.normalize("NFC", text[max(cut - 6, 0) : cut])  # three may make one, as in Korean
    after = unicodedata.normalize("NFC", text[cut])
    return not unicodedata.combining(text[cut]) and unicodedata.is_normalized("NFC", before + after)
