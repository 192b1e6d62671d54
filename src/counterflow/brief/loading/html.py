"""The text of a web page: its main part as Markdown lines, with its links and what the page says about itself.

The document tree is walked directly, so that text inside links cannot get lost on the way, and a link that
has no text at all stays visible as `[](address)`. Nothing that a page names is loaded.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml import etree, html

from counterflow.brief.loading.blocks import Block, Line, joined, table
from counterflow.brief.loading.content import Content, in_canonical_form
from counterflow.brief.loading.main_part import without_furniture
from counterflow.brief.loading.metadata import iso_date, metadata
from counterflow.errors import BriefError

_SKIPPED = re.compile(
    r"script|style|noscript|template|svg|math|head|nav|footer|aside|iframe|object|embed|applet|audio|video|canvas"
    r"|select|button|textarea"
)
_BLOCK = re.compile(
    r"address|article|blockquote|body|caption|d[dlt]|details|div|fieldset|fig(?:caption|ure)|form|h[1-6r]|header|label"
    r"|legend|li|main|[ou]l|p|pre|section|summary|table|t(?:body|head|foot|r)"
)
_CELLS = frozenset(("td", "th"))
_PROSE = frozenset(("p", "li", "td", "blockquote", "dd"))
_CELL_WORDS = 400  # characters; a table with longer cells is there for the page's looks
_COLUMNS = 60


def read_page(markup: str, *, main: str | None = None) -> Content:
    """The main part of an HTML page; its text is empty where the page holds none.

    `main` is what another reader takes for the page's main text (see `main_part`). Raises BriefError where
    the page's elements are nested so deeply that its end cannot be read.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return Content("")  # a page without elements
    except etree.XMLSyntaxError as error:
        _require_whole(error.error_log)
        return Content("")
    _require_whole(parser.error_log)
    part, marked = _main_part(tree)
    meta = metadata(tree)
    content = joined(without_furniture(_blocks_of(part), main, marked=marked))
    return in_canonical_form(
        replace(
            content,
            title=meta.get("og:title") or meta.get("title"),
            byline=meta.get("author"),
            date_published=iso_date(meta.get("date", "")),
        )
    )


def _require_whole(log: Any) -> None:
    """Raise BriefError where the parser gave up before the end of the page; other faults it mends."""
    for entry in log:
        if "xcessive depth" in entry.message:
            raise BriefError("The page's elements are nested too deeply.", hint="Save its text as .txt and give that.")
        if "emory" in entry.message or entry.type_name == "ERR_NO_MEMORY":
            raise MemoryError


def _main_part(tree: Any) -> tuple[Any, bool]:
    """The article or main element with the most text, where it holds half of the page's; else the body, and False."""
    bodies = tree.xpath("//body")
    body = bodies[0] if bodies else tree
    lengths = _prose_lengths(body)
    marked = tree.xpath("//article | //main | //*[@role='main'] | //*[@itemprop='articleBody']")
    best = max(marked, key=lambda element: lengths.get(element, 0), default=None)
    if best is not None and 2 * lengths.get(best, 0) >= lengths.get(body, 0):
        return best, best is not body
    return body, False


def _prose_lengths(body: Any) -> dict[Any, int]:
    """How many characters of paragraphs and list items each element holds; in one walk, however deep they nest."""
    total = 0
    inside = 0
    before: dict[Any, int] = {}
    for event, element in etree.iterwalk(body, events=("start", "end")):
        prose = element.tag in ("p", "li")
        if event == "start":
            before[element] = total
            inside += prose
            total += len(element.text or "") if inside else 0
        else:
            before[element] = total - before[element]
            inside -= prose
            total += len(element.tail or "") if inside else 0
    return before


def _is_shown(element: Any) -> bool:
    """Whether an element is part of what a reader of the page sees as text."""
    if not isinstance(element, html.HtmlElement) or _SKIPPED.fullmatch(str(element.tag)):
        return False
    style = (element.get("style") or "").replace(" ", "").lower()
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    if hidden or "display:none" in style or "visibility:hidden" in style:
        return False
    return element.tag != "header" or any(parent.tag in ("article", "main") for parent in element.iterancestors())


class _Blocks:
    """Collects running text, and starts a new block where the page does."""

    def __init__(self) -> None:
        self.line = Line()
        self.found: list[Block] = []
        self._kind, self._prefix = "", ""

    def start(self, kind: str = "", prefix: str = "") -> None:
        if block := self.line.done(self._kind, self._prefix):
            self.found.append(block)
        self._kind, self._prefix = kind, prefix


def _blocks_of(part: Any) -> list[Block]:
    """The blocks of an element, walked without recursion so that deep nesting does no harm."""
    blocks = _Blocks()
    walker = etree.iterwalk(part, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        shown = event in ("start", "end") and _is_shown(element)
        if event == "start" and shown and element.tag == "table" and (rows := _data_rows(element)):
            blocks.start()
            if block := table([[_cell(cell) if cell is not None else None for cell in row] for row in rows]):
                blocks.found.append(block)
            walker.skip_subtree()
        elif event == "start" and shown:
            _enter(element, blocks)
        elif event == "start":
            walker.skip_subtree()
        else:
            if shown:
                _leave(element, blocks)
            if element is not part:
                blocks.line.say(element.tail)
    blocks.start()
    return blocks.found


def _enter(element: Any, blocks: _Blocks) -> None:
    tag = str(element.tag)
    if re.fullmatch(r"h[1-6]", tag):
        blocks.start(tag, "#" * int(tag[1]) + " ")
    elif tag == "li":
        blocks.start(tag, "- ")
    elif _BLOCK.fullmatch(tag) or tag in _CELLS:
        blocks.start(tag)
    elif tag == "br":
        blocks.line.say(" ")
    elif tag == "a":
        _enter_link(element, blocks.line)
    blocks.line.say(element.text)


def _leave(element: Any, blocks: _Blocks) -> None:
    tag = str(element.tag)
    if tag == "a" and _leads_somewhere(element):
        blocks.line.close_link()
    elif _BLOCK.fullmatch(tag) or tag in _CELLS:
        blocks.start()


# -------------------------------------------------------------------------------------------------- links


def _enter_link(anchor: Any, line: Line) -> None:
    if _has_lost_its_text(anchor):
        line.lose_link(anchor.get("href").strip())
    if _leads_somewhere(anchor):
        line.open_link(anchor.get("href").strip())


def _leads_somewhere(anchor: Any) -> bool:
    href = (anchor.get("href") or "").strip()
    return bool(href) and not href.startswith("#")


def _has_lost_its_text(anchor: Any) -> bool:
    """A link inside running text that leads somewhere and shows nothing: neither words nor a picture."""
    if not _leads_somewhere(anchor) or anchor.text_content().strip():
        return False
    if anchor.xpath(".//img | .//svg | .//i | .//span[@class]") or anchor.get("aria-label") or anchor.get("class"):
        return False
    paragraph = next((parent for parent in anchor.iterancestors() if parent.tag in _PROSE), None)
    return paragraph is not None and bool(paragraph.text_content().strip())


# ------------------------------------------------------------------------------------------------- tables


def _data_rows(element: Any) -> list[list[Any]]:
    """The cells of a table of data, None where a cell above or beside reaches in; none of one that only lays out."""
    if element.get("role") in ("presentation", "none") or element.find(".//table") is not None:
        return []
    rows: list[list[Any]] = []
    reaching: dict[int, int] = {}  # columns into which a cell from above reaches, and for how many more rows
    for row in element.iter("tr"):
        cells: list[Any] = []
        for cell in row.iterchildren("td", "th"):
            while reaching.get(len(cells), 0) > 0:
                reaching[len(cells)] -= 1
                cells.append(None)
            width, height = _spans(cell, "colspan"), _spans(cell, "rowspan")
            reaching.update({len(cells) + step: height - 1 for step in range(width) if height > 1})
            cells += [cell, *[None] * (width - 1)]
            if len(cells) > _COLUMNS or _is_layout(cell):
                return []
        rows.append(cells)
    return rows if max(map(len, rows), default=0) > 1 else []


def _spans(cell: Any, name: str) -> int:
    said = (cell.get(name) or "1").strip()
    return min(max(int(said), 1), _COLUMNS) if said.isascii() and said.isdigit() and len(said) < 5 else 1


def _is_layout(cell: Any) -> bool:
    if cell.find(".//h1") is not None or cell.find(".//h2") is not None or len(cell.findall(".//p")) > 2:
        return True
    return len(" ".join(cell.text_content().split())) > _CELL_WORDS


def _cell(cell: Any) -> Block | None:
    """The words of a cell in one line; a stroke in them is escaped, as Markdown does."""
    line = Line()
    walker = etree.iterwalk(cell, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        shown = event in ("start", "end") and _is_shown(element)
        if event == "start" and shown:
            if _BLOCK.fullmatch(str(element.tag)) or element.tag == "br":
                line.say(" ")
            if element.tag == "a":
                _enter_link(element, line)
            line.say((element.text or "").replace("|", r"\|"))
        elif event == "start":
            walker.skip_subtree()
        else:
            if shown and element.tag == "a" and _leads_somewhere(element):
                line.close_link()
            if shown and _BLOCK.fullmatch(str(element.tag)):
                line.say(" ")
            if element is not cell:
                line.say((element.tail or "").replace("|", r"\|"))
    return line.done("td")
