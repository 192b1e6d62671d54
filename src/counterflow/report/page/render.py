"""The report: one self-contained HTML page.

The page carries no script and loads nothing. Document text is hostile input: everything is escaped by the
template, links are made for http and https only, and a content security policy in the page refuses scripts
and requests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterflow.brief.layout.folding import plain
from counterflow.report import sentences, words
from counterflow.report.page.context import context_of
from counterflow.report.page.room import LARGEST, ROOMS, shortened
from counterflow.report.parameters import taught_in_words


def render_page(assessment: Mapping[str, Any]) -> str:
    """The page as HTML text: charts rendered, everything inline, and no larger than a page may be (see `page.room`)."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("counterflow.report.page", "parts"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"phrase": words.phrase, "say": sentences}
    environment.filters |= {
        "number": words.number,
        "percent": words.percent,
        "change": words.percent_change,
        "day": words.day,
        "word": lambda code, group: words.word(group, code),
        "web": web_address,
        "sentence": words.upper,
        "inner": words.inner,
        "host": host,
        "clean": words.clean,
        "inner_quotes": words.inner_quotes,
        "minus": words.minus,
        "plain": plain,
        "dollars": words.dollars,
        "addresses": addresses,
        "taught": taught_in_words,
    }
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    template = environment.get_template("page.html.j2")
    made: dict[str, dict[str, Any] | None] = {}  # pictures are drawn once, however often the page is made
    page = ""
    for room in ROOMS:
        short = shortened(assessment, room)
        page = template.render(a=short, style=style, **context_of(short, room, made))
        if len(page.encode("utf-8", "replace")) <= LARGEST:
            break
    return page


def web_address(text: str | None) -> str | None:
    """`text` if it is a plain web address, else None: no javascript:, data: or other scheme ever becomes a
    link."""
    return text if text and re.fullmatch(r"https?://[^\s<>\"'`\\]+", text) else None


def addresses(text: str) -> list[tuple[str, str | None]]:
    """A text in pieces, each with the web address that it is, or None: addresses among words become links."""
    pieces = re.split(r"(https?://[^\s<>\"'`\\,;()]+)", text)
    return [(piece, web_address(piece)) for piece in pieces if piece]


def host(address: str) -> str:
    """The host of a web address without www., for a short label."""
    return address.split("/")[2].removeprefix("www.")
