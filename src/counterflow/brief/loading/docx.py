"""The text of a Word document: headings, lists, tables and links as Markdown lines.

Only the parts that hold text, styles and the targets of links are opened. Macros, embedded objects, templates and
pictures, inside the archive or elsewhere, are never looked at. Deleted words of tracked changes are left out, and
inserted ones are in, as when all changes are accepted; headers, footers, footnotes and comments are left out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from counterflow.brief.loading.archive import SAVE_AS, Archive
from counterflow.brief.loading.blocks import Block, Line, joined, table
from counterflow.brief.loading.content import Content, in_canonical_form
from counterflow.errors import BriefError

_DEPTH = 200  # levels to which styles are followed and elements nested
_COLUMNS = 60
_CELL_WORDS = 400  # characters; a table with longer cells is there for the page's looks
_GONE = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "pict", "object"))


def read_docx(data: bytes) -> Content:
    """The text of a Word document. Raises BriefError where it is damaged, encrypted, something else, or a trap."""
    archive = Archive(data)
    if kind := archive.kind():
        raise BriefError(f"This is {kind}, not a text, a Word document or a PDF.", hint=SAVE_AS)
    main, is_macro = _main_part(archive)
    if is_macro:
        raise BriefError("This Word document carries macros (.docm): it is refused.", hint="Save it as .docx.")
    root = archive.part(main)
    body = next((child for child in root if _name(child) == "body"), None) if root is not None else None
    if body is None:
        raise BriefError("This office document has no text part.", hint=SAVE_AS)
    reader = _Reader(_link_targets(archive, main), _styles(archive, main))
    return in_canonical_form(joined(reader.blocks(body)))


def _main_part(archive: Archive) -> tuple[str, bool]:
    """The name of the part that holds the text, and whether the document says that it carries macros."""
    name = "word/document.xml"
    for relation in _children(archive.part("_rels/.rels")):
        if (relation.get("Type") or "").endswith("/officeDocument") and relation.get("TargetMode") != "External":
            name = (relation.get("Target") or name).lstrip("/")
    types = _children(archive.part("[Content_Types].xml"))
    return name, any("macroenabled" in (entry.get("ContentType") or "").lower() for entry in types)


def _children(root: Any) -> Iterator[Any]:
    return iter(()) if root is None else (child for child in root if isinstance(child.tag, str))


def _name(element: Any) -> str:
    """An element's name without its namespace, which differs between transitional and strict documents."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: Any, name: str = "val") -> str | None:
    if element is None:
        return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = None if element is None else next((c for c in element if _name(c) == name), None)
    return element


def _is_on(element: Any) -> bool:
    """Whether a property that is there is switched on."""
    return element is not None and _value(element) not in ("0", "false", "off", "none")


def _link_targets(archive: Archive, main: str) -> dict[str, str]:
    folder, name = posixpath.split(main)
    relations = _children(archive.part(f"{folder}/_rels/{name}.rels".lstrip("/")))
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in relations
        if (relation.get("Type") or "").endswith("/hyperlink")
    }


def _styles(archive: Archive, main: str) -> dict[str, str]:
    """What paragraphs of each style are, "h1" to "h6" or "li", by the style itself or one that it rests on."""
    root = archive.part(posixpath.join(posixpath.dirname(main), "styles.xml"))
    own: dict[str, str] = {}
    rests_on: dict[str, str] = {}
    for style in _children(root):
        style_id = _value(style, "styleId")
        if _name(style) != "style" or style_id is None:
            continue
        rests_on[style_id] = _value(_child(style, "basedOn")) or ""
        name = (_value(_child(style, "name")) or "").lower()
        level = re.fullmatch(r"heading ([1-9])", name)
        outline = _value(_child(style, "pPr", "outlineLvl"))
        if name == "title":
            own[style_id] = "h1"
        elif level:
            own[style_id] = f"h{min(int(level[1]), 6)}"
        elif outline and outline.isdigit() and int(outline) < 9:
            own[style_id] = f"h{min(int(outline) + 1, 6)}"
        elif name.startswith("list ") or _child(style, "pPr", "numPr") is not None:
            own[style_id] = "li"
    kinds = {}
    for style_id in rests_on:
        place = style_id
        for _ in range(_DEPTH):
            if place in own or place not in rests_on:
                break
            place = rests_on[place]
        if place in own:
            kinds[style_id] = own[place]
    return kinds


class _Reader:
    """Turns the elements of a document's body into blocks."""

    def __init__(self, targets: dict[str, str], styles: dict[str, str]) -> None:
        self._targets, self._styles = targets, styles
        self._aside: list[Any] = []  # text boxes met inside a paragraph, to be read after it
        self._fields: list[list[str]] = []  # instructions of fields that are open; [""] once their result begins
        self._linked: list[bool] = []  # whether an open field is a link
        self._in_table = False  # where a stroke in the words is escaped, as Markdown does

    def blocks(self, body: Any) -> Iterator[Block]:
        """The blocks of a body, table cell or text box, in order."""
        waiting = [iter(body)]
        while waiting:
            if len(waiting) > _DEPTH:
                raise BriefError("The document's elements are nested too deeply.", hint=SAVE_AS)
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
                continue
            name = _name(element)
            if name == "p":
                yield from self._paragraph(element)
                waiting += [iter(box) for box in reversed(self._aside)]
                self._aside = []
            elif name == "tbl":
                rows = self._data_rows(element)
                if rows and (block := table(rows)):
                    yield block
                elif not rows:
                    waiting.append(iter(element))
            elif name and name not in _GONE:
                waiting.append(iter(element))

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        line = Line()
        self._say(paragraph, line)
        kind = self._kind(paragraph)
        prefix = "- " if kind == "li" else "#" * int(kind[1]) + " " if kind.startswith("h") else ""
        if block := line.done(kind, prefix):
            yield block

    def _kind(self, paragraph: Any) -> str:
        properties = _child(paragraph, "pPr")
        outline = _value(_child(properties, "outlineLvl"))
        numbered = _value(_child(properties, "numPr", "numId"))
        kind = self._styles.get(_value(_child(properties, "pStyle")) or "", "p")
        if outline and outline.isdigit() and int(outline) < 9:
            return f"h{min(int(outline) + 1, 6)}"
        if numbered is not None and not kind.startswith("h"):
            return "p" if numbered == "0" else "li"
        return kind

    def _say(self, parent: Any, line: Line) -> None:
        """The words of a paragraph, walked without recursion."""
        waiting: list[tuple[Any, Iterator[Any], bool]] = [(parent, iter(parent), False)]
        while waiting:
            if len(waiting) > _DEPTH:
                raise BriefError("The document's elements are nested too deeply.", hint=SAVE_AS)
            element = next(waiting[-1][1], None)
            if element is None:
                if waiting.pop()[2]:
                    line.close_link()
                continue
            name = _name(element)
            if name == "instrText" and self._fields:
                self._fields[-1].append(element.text or "")
            elif name == "fldChar":
                self._field(_value(element, "fldCharType") or "", line)
            elif name == "t":
                line.say((element.text or "").replace("|", r"\|") if self._in_table else element.text)
            elif name in ("tab", "br", "cr", "ptab"):
                line.say(" ")
            elif name == "noBreakHyphen":
                line.say("-")
            elif name == "txbxContent":
                self._aside.append(element)
            elif name in _GONE or (name == "r" and _is_on(_child(element, "rPr", "vanish"))):
                continue
            elif name:
                href = self._href(element, name)
                if href and not "".join(element.itertext()).strip() and not _holds_picture(element):
                    line.lose_link(href)
                elif href:
                    line.open_link(href)
                    waiting.append((element, iter(element), True))
                    continue
                waiting.append((element, iter(element), False))

    def _href(self, element: Any, name: str) -> str:
        if name == "hyperlink":
            return self._targets.get(_value(element, "id") or "", "").strip()
        return _link_of(_value(element, "instr") or "") if name == "fldSimple" else ""

    def _field(self, kind: str, line: Line) -> None:
        """Follow a field: its instruction says whether its result is a link."""
        if kind == "begin":
            self._fields.append([])
            self._linked.append(False)
        elif kind == "separate" and self._fields:
            href = _link_of("".join(self._fields[-1]))
            self._linked[-1] = bool(href)
            if href:
                line.open_link(href)
        elif kind == "end" and self._fields:
            self._fields.pop()
            if self._linked.pop():
                line.close_link()

    def _data_rows(self, element: Any) -> list[list[Block | None]]:
        """The cells of a table of data; none of one that only lays out the page."""
        rows: list[list[Block | None]] = []
        for row in _all(element, "tr", "tbl"):
            cells: list[Block | None] = []
            for cell in _all(row, "tc", "tbl"):
                if next(_all(cell, "tbl", "p"), None) is not None:
                    self._aside = []  # whoever reads the cells one by one meets them again
                    return []
                line = Line()
                self._in_table = True
                for paragraph in _all(cell, "p", "tbl"):
                    line.say(" ")
                    self._say(paragraph, line)
                self._in_table = False
                block = line.done("td")
                if block and len(block.text) > _CELL_WORDS:
                    self._aside = []
                    return []
                span = _value(_child(cell, "tcPr", "gridSpan")) or "1"
                cells += [block, *[None] * (min(int(span), _COLUMNS) - 1 if span.isdigit() and len(span) < 4 else 0)]
                if len(cells) > _COLUMNS:
                    return []
            rows.append(cells)
        return rows if max(map(len, rows), default=0) > 1 else []


def _all(element: Any, name: str, closed: str) -> Iterator[Any]:
    """Elements of a name below an element, none below another of them or below one named `closed`."""
    waiting = [iter(element)]
    while waiting:
        if len(waiting) > _DEPTH:
            raise BriefError("The document's elements are nested too deeply.", hint=SAVE_AS)
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif _name(child) == name:
            yield child
        elif _name(child) not in (closed, "", *_GONE):
            waiting.append(iter(child))


def _holds_picture(element: Any) -> bool:
    return any(_name(child) in ("drawing", "pict", "object") for child in element.iter())


_LINK_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]{1,2000})"')


def _link_of(instruction: str) -> str:
    match = _LINK_FIELD.match(instruction)
    return match[1].strip() if match else ""
