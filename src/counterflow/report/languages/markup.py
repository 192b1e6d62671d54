"""A finished page, cut into markup, which stays byte for byte, and the texts that a reader is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

TOKEN = re.compile(
    r"<!--.*?-->|<![^>]*>|<(?P<end>/?)(?P<tag>[a-zA-Z][^\s/>]*)(?P<attributes>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
RAW = frozenset(("style", "script"))  # what they hold is no text
SHOWN = ("title", "alt", "aria-label", "data-label", "placeholder")  # attributes that a reader is shown


class Element(NamedTuple):
    """An open element."""

    tag: str
    attributes: dict[str, str]


class Piece(NamedTuple):
    """A stretch of the page: `kind` is "text", "attribute" or "tag", `at` its place, `inside` the elements around it.

    Of an attribute, `name` is its name and `at` the place of its value.
    """

    kind: str
    at: tuple[int, int]
    text: str
    inside: tuple[Element, ...]
    name: str = ""


def pieces(page: str) -> Iterator[Piece]:
    """The texts and shown attributes of a page in their order, and its tags; the page is well formed, as templates
    write it."""
    inside: list[Element] = []
    at = 0
    while at < len(page):
        found = TOKEN.search(page, at)
        start = found.start() if found else len(page)
        if start > at and page[at:start].strip():
            yield Piece("text", (at, start), unescape(page[at:start]), tuple(inside))
        if found is None:
            return
        at = found.end()
        tag = (found["tag"] or "").lower()
        if not tag:
            continue
        if found["end"]:
            _close(inside, tag)
            continue
        element = Element(tag, dict(_attributes(found["attributes"])))
        yield Piece("tag", found.span(), tag, (*inside, element))
        yield from _shown(found, (*inside, element))
        if tag in RAW:
            stop = re.compile(rf"</{tag}\s*>", re.IGNORECASE).search(page, at)
            at = stop.end() if stop else len(page)
        elif tag not in VOID and not found["attributes"].rstrip().endswith("/"):
            inside.append(element)


def _close(inside: list[Element], tag: str) -> None:
    for place in range(len(inside) - 1, -1, -1):
        if inside[place].tag == tag:
            del inside[place:]
            return


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for found in ATTRIBUTE.finditer(text):
        name, *values = found.groups()
        yield name.lower(), unescape(next((value for value in values if value is not None), ""))


def _shown(found: re.Match[str], inside: tuple[Element, ...]) -> Iterator[Piece]:
    if not any(f"{name}=" in found["attributes"] for name in SHOWN):
        return
    begin = found.start("attributes")
    for one in ATTRIBUTE.finditer(found["attributes"]):
        for group in (2, 3):
            value = one[group]
            if one[1].lower() in SHOWN and value is not None and value.strip():
                place = (begin + one.start(group), begin + one.end(group))
                yield Piece("attribute", place, unescape(value), inside, one[1].lower())
