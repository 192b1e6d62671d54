"""The text of a web page: its main part as Markdown lines, with what the page says about itself.

The document tree is walked directly, so that text inside links cannot get lost on the way, and a link that
has no text at all stays visible as `[](address)`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree, html

from counterflow.brief.dates.periods import iso_date


@dataclass(frozen=True)
class Page:
    text: str
    title: str | None
    byline: str | None
    date_published: date | None


_SKIPPED = re.compile(r"script|style|noscript|template|svg|math|head|nav|footer|aside|iframe|object|select|button")
_BLOCK = re.compile(
    r"address|article|blockquote|body|d[dlt]|details|div|fieldset|fig(?:caption|ure)|form|h[1-6r]|header|label|legend"
    r"|li|main|[ou]l|p|pre|section|summary|table|t(?:body|head|foot|r)"
)
_CELLS = frozenset(("td", "th"))
_PROSE = frozenset(("p", "li", "td", "blockquote", "dd"))


def read_page(markup: str) -> Page:
    """The main part of an HTML page. `text` is empty where the page holds none."""
    try:
        tree = html.document_fromstring(
            markup.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return Page("", None, None, None)
    meta = _metadata(tree)
    return Page(
        text="\n\n".join(_lines_of(_main_part(tree))),
        title=meta.get("og:title") or meta.get("title"),
        byline=meta.get("author"),
        date_published=iso_date(meta.get("date", "")),
    )


def _metadata(tree: Any) -> dict[str, str]:
    """Title, author and date of publication from meta elements, JSON-LD or a marked time, in that order."""
    found: dict[str, str] = {}
    title = tree.find(".//title")
    if title is not None and title.text_content().strip():
        found["title"] = " ".join(title.text_content().split())
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = " ".join((element.get("content") or "").split())
        if not content:
            continue
        if key in (
            "article:published_time",
            "datepublished",
            "dc.date",
            "dcterms.created",
            "date",
            "pubdate",
        ):
            found.setdefault("date", content)
        elif key in ("og:title", "author"):
            found.setdefault(key, content)
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json" and "date" not in found:
            try:
                data = json.loads(element.text or "")
            except ValueError:
                continue
            for item in data if isinstance(data, list) else [data]:
                if isinstance(item, dict) and isinstance(item.get("datePublished"), str):
                    found.setdefault("date", item["datePublished"])
    for element in tree.iter("time"):
        if element.get("datetime") and (element.get("pubdate") is not None or element.get("itemprop")):
            found.setdefault("date", element.get("datetime"))
    return found


def _main_part(tree: Any) -> Any:
    """The article or main element with the most text, where it holds half of the page's; else the body."""
    bodies = tree.xpath("//body")
    body = bodies[0] if bodies else tree
    marked = tree.xpath("//article | //main | //*[@role='main'] | //*[@itemprop='articleBody']")
    best = max(marked, key=_prose_length, default=None)
    return best if best is not None and 2 * _prose_length(best) >= _prose_length(body) else body


def _prose_length(element: Any) -> int:
    return sum(len(part.text_content()) for part in element.iter("p", "li"))


def _is_shown(element: Any) -> bool:
    """Whether an element is part of what a reader of the page sees as text."""
    if not isinstance(element, html.HtmlElement) or _SKIPPED.fullmatch(str(element.tag)):
        return False
    style = (element.get("style") or "").replace(" ", "").lower()
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    if hidden or "display:none" in style:
        return False
    return element.tag != "header" or bool(element.xpath("ancestor::article | ancestor::main"))


class _Lines:
    """Collects running text, and starts a new line at each block."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._prefix = ""

    def say(self, words: str | None) -> None:
        if words:
            self._words.append(words)

    def start(self, prefix: str = "") -> None:
        line = " ".join("".join(self._words).split())
        if line:
            self._lines.append(self._prefix + line)
        self._words, self._prefix = [], prefix

    def done(self) -> list[str]:
        self.start()
        return self._lines


def _lines_of(part: Any) -> list[str]:
    """The lines of an element, walked without recursion so that deep nesting does no harm."""
    lines = _Lines()
    walker = etree.iterwalk(part, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        shown = event in ("start", "end") and _is_shown(element)
        if event == "start" and shown:
            _enter(str(element.tag), lines)
            if element.tag == "a" and _has_lost_its_text(element):
                lines.say(f"[]({element.get('href').strip().replace(' ', '%20')})")
            lines.say(element.text)
        elif event == "start":
            walker.skip_subtree()
        else:
            if shown and _BLOCK.fullmatch(str(element.tag)):
                lines.start()
            if element is not part:
                lines.say(element.tail)
    return lines.done()


def _enter(tag: str, lines: _Lines) -> None:
    if re.fullmatch(r"h[1-6]", tag):
        lines.start("#" * int(tag[1]) + " ")
    elif tag == "li":
        lines.start("- ")
    elif _BLOCK.fullmatch(tag):
        lines.start()
    elif tag == "br":
        lines.say(" ")
    elif tag in _CELLS:
        lines.say(" | ")


def _has_lost_its_text(anchor: Any) -> bool:
    """A link inside running text that leads somewhere and shows nothing: neither words nor a picture."""
    href = (anchor.get("href") or "").strip()
    if not href or href.startswith("#") or anchor.text_content().strip():
        return False
    if anchor.xpath(".//img | .//svg | .//i | .//span[@class]") or anchor.get("aria-label") or anchor.get("class"):
        return False
    paragraph = next((parent for parent in anchor.iterancestors() if parent.tag in _PROSE), None)
    return paragraph is not None and bool(paragraph.text_content().strip())
