"""What a page lets its reader download, in another language: pictures and charts with their words put into it.

A CSV file stays as it is: its columns are names of the assessment, which is data and always in English.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

# A link to a file that the page itself holds, as the parts of the page write it.
LINK = re.compile(
    r"""<a\sdownload="(?P<name>[^"]*)\.(?P<ending>svg|png|vl\.json)"\shref=["'](?P<address>(?<=")data:[^"]*|(?<=')data:[^']*)"""
)
# Where a picture comes from, in lines below it.
FOOT = re.compile(r'(?:<text x="[^"]*" y="[^"]*" font-size="10" fill="[^"]*">[^<]*</text>)+(?=</svg>$)')
# What a chart writes out, in its own words and in columns of its data.
WRITTEN = frozenset(("title", "subtitle", "description", "text", "label", "labels"))
BREAK = "‖"  # between the lines of a title

Tell = Callable[[str], str]


def translated_downloads(page: str, tell: Tell, svg: Callable[[str], str]) -> Iterator[tuple[tuple[int, int], str]]:
    """For each picture and chart that a page holds, the place of its address in the page and the address of the same
    in the language. `tell` puts a text into it, and `svg` a picture."""
    pictures: dict[str, str] = {}
    for found in LINK.finditer(page):
        held = found["address"].partition(",")[2]
        match found["ending"]:
            case "svg":
                pictures[found["name"]] = svg(FOOT.sub(lambda foot: _foot(foot[0], tell), unquote(held)))
                made = _address(pictures[found["name"]], "image/svg+xml")
            case "png":
                made = _picture(pictures[found["name"]])
            case _:
                chart = _chart(json.loads(unquote(held)), tell)
                made = _address(json.dumps(chart, ensure_ascii=False, separators=(",", ":")), "application/json")
        yield found.span("address"), made


def _foot(lines: str, tell: Tell) -> str:
    texts = re.split(r"(?<=>)([^<]*)(?=</text>)", lines)
    said = tell(" ".join(unescape(line) for line in texts[1::2]))
    texts[1::2] = [escape(line) for line in laid(said, len(texts[1::2]))]
    return "".join(texts)


def _address(text: str, media_type: str) -> str:
    from counterflow.report.page.downloads import data_address

    return str(data_address(text, media_type))


def _picture(svg: str) -> str:
    from counterflow.report.pictures.drawing import picture_png

    return f"data:image/png;base64,{base64.b64encode(picture_png(svg)).decode('ascii')}"


def _chart(of: Any, tell: Tell, key: str = "") -> Any:
    """A spec with its titles, descriptions and labels told, and everything else as it is."""
    if isinstance(of, dict):
        return {name: _chart(inner, tell, name) for name, inner in of.items()}
    if isinstance(of, list):
        if key in WRITTEN and all(isinstance(line, str) for line in of):
            return laid(tell(" ".join(of)), len(of))
        return [_chart(inner, tell) for inner in of]
    if not isinstance(of, str) or key not in WRITTEN:
        return of
    lines = of.split(BREAK)
    return BREAK.join(laid(tell(" ".join(lines)), len(lines)))


def laid(text: str, count: int) -> list[str]:
    """A text over `count` lines, as even as its words allow."""
    words = text.split(" ")
    lines: list[str] = []
    for remaining in range(count, 0, -1):
        goal = len(" ".join(words)) / remaining
        line = [words.pop(0)] if words else []
        while words and remaining > 1 and len(" ".join([*line, words[0]])) <= goal + len(words[0]) / 2:
            line.append(words.pop(0))
        if remaining == 1:
            line, words = [*line, *words], []
        lines.append(" ".join(line))
    return lines
