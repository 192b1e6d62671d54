"""What a page prints, place by place: its texts, what is told of its pictures, and what can be downloaded."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import html

from report_tracing import tokens

SENTENCE = re.compile(r"(?<=[.;?!])\s+(?=[A-Z“])")  # what one says need not stand in another rendering beside it
SAID = ("aria-label", "alt", "title")  # attributes with words
BLOCKS = {"td", "th", "p", "li", "dd", "dt", "summary", "figcaption", "h1", "h2", "h3", "caption", "text"}
# Columns of a picture's data that only place things in it.
LAYOUT = {"key", "row", "at", "group", "x", "y", "zero", "width", "height", "from", "to", "middle"}
LINES = {"group", "colour"}  # of rows that are lines and labels, of which only the words count


class Place(NamedTuple):
    """A text of the page: where it stands by kind (`kind`, the same for all rows of a table), which one it is
    (`one`, from the next element with an id inwards), a sentence of it, and the heads of its row and column."""

    kind: str
    one: tuple[Any, ...]
    text: str
    heads: tuple[str, ...] = ()


def places(page: str, names: frozenset[str], downloads: bool = True) -> list[Place]:
    """All texts of a page that hold a number, but for the document's own; also what can be downloaded, if wanted.
    `names` are texts of the assessment, by which nothing is called here."""
    root = html.document_fromstring(page)
    found = [*_texts(root, names), *(_downloads(root) if downloads else ())]
    return [place for place in found if tokens(place.text)]


def _texts(root: Any, names: frozenset[str]) -> Iterator[Place]:
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in ("style", "script", "svg", "title"):
            continue
        around = [element, *element.iterancestors()]
        said = [(around, "@" + name, element.get(name)) for name in SAID]
        said += [(around, "", element.text)] if not _quoted(around) else []
        said += [(around[1:], "tail", element.tail)] if not _quoted(around[1:]) else []
        for inside, name, text in said:
            if text and tokens(text):
                kind = f"{_kind(inside, names)} {name if name != 'tail' else ''}".strip()
                where, heads = (*_one(around), name), _heads(inside)
                yield from (Place(kind, where, sentence, heads) for sentence in SENTENCE.split(text))


def _quoted(around: list[Any]) -> bool:
    """Whether words there are the document's own."""
    return any(one.tag == "q" or (one.tag == "div" and one.get("class") == "text") for one in around)


def _heads(around: list[Any]) -> tuple[str, ...]:
    """What the row and the column of a cell are called."""
    labels = [one.get("data-label") for one in around if one.get("data-label")]
    rows = [row.find("th") for one in around if one.tag == "tr" for row in (one,)]
    return (*labels, *(" ".join(head.text_content().split()) for head in rows if head is not None))


def _kind(around: list[Any], names: frozenset[str]) -> str:
    """Where something stands, from the next element with an id inwards, as told apart by class and label."""
    if any(one.get("class") == "cite" for one in around):
        return ".cite"
    steps: list[str] = []
    for element in around:
        classes = (element.get("class") or "").split()
        if own := element.get("id"):
            steps.append("#" + re.sub(r"-(?!answer|claims|actions|outcomes|places|basis|levers).*", "-*", own))
            if element.tag != "h2":
                break
        elif label := element.get("data-label"):
            steps.append(f"[{'*' if label.casefold() in names else label}]")
        elif classes and element.tag not in ("b", "mark", "div", "details"):
            steps.append(f".{classes[0]}")
        elif element.tag in BLOCKS:
            steps.append(element.tag)
    return " ".join(reversed(steps))


def _one(around: list[Any]) -> tuple[Any, ...]:
    """Which element it is: its place among its like, up to the next that has an id."""
    path: list[Any] = []
    for element in around:
        if own := element.get("id"):
            return (own, *reversed(path))
        path.append((element.tag, len([1 for _ in element.itersiblings(element.tag, preceding=True)])))
    return tuple(reversed(path))


def _downloads(root: Any) -> Iterator[Place]:
    for link in root.iter("a"):
        if name := link.get("download"):
            kind = re.sub(r"-.*?\.", "-*.", name)
            text = link.get("href").partition(",")[2]
            if name.endswith(".csv"):
                yield from _cells(f"{kind}", name, csv.reader(io.StringIO(unquote(text))))
            elif name.endswith(".vl.json"):
                yield from _values(json.loads(unquote(text)), kind, name)


def _cells(kind: str, name: str, rows: Iterator[list[str]]) -> Iterator[Place]:
    head = next(rows)
    for place, row in enumerate(rows):
        for column, cell in zip(head, row, strict=True):
            yield Place(f"{kind} {column}", (name, place, column), _signed(cell))


def _values(spec: Mapping[str, Any], kind: str, name: str) -> Iterator[Place]:
    """The rows that a picture draws from, wherever they stand in its spec."""
    for where, rows in _data(spec, ()):
        for place, row in enumerate(rows):
            for column, value in row.items():
                placed = column in LAYOUT or (LINES & set(row) and column != "label")
                if not placed and isinstance(value, int | float | str) and not isinstance(value, bool):
                    text = _signed(value if isinstance(value, str) else repr(value))
                    yield Place(f"{kind} {column}", (name, where, place, column), text)


def _signed(cell: str) -> str:
    """A cell of data with the minus sign that the page has."""
    return re.sub(r"^-(?=\d)", "−", cell)


def _data(of: Any, at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], list[dict[str, Any]]]]:
    if isinstance(of, Mapping):
        for key, inner in of.items():
            if key == "data":
                yield (*at, key), [row.get("properties", row) for row in inner["values"]]
            else:
                yield from _data(inner, (*at, key))
    elif isinstance(of, list):
        for place, inner in enumerate(of):
            yield from _data(inner, (*at, place))


def labels(spec: Mapping[str, Any]) -> Iterator[str]:
    """Every text that a picture writes by its spec, without what its axes tick."""
    title = spec.get("title") or {}
    title = {"text": title} if isinstance(title, str | list) else title
    for key in ("text", "subtitle"):
        words = title.get(key, "")
        yield from [words] if isinstance(words, str) else words
    yield from _labels(spec, ())


def _labels(layer: Mapping[str, Any], inherited: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    rows = (*inherited, *layer["data"]["values"]) if "data" in layer else inherited
    own = layer["data"]["values"] if "data" in layer else inherited
    for channel, encoding in layer.get("encoding", {}).items():
        if title := encoding.get("title"):
            yield title if isinstance(title, str) else " ".join(title)
        if channel == "text":
            for row in own:
                words = row.get(encoding["field"], "")
                for one in words if isinstance(words, list) else [words]:
                    yield from str(one).split("‖")
    mark = layer.get("mark", {})
    if isinstance(mark, Mapping) and "text" in mark:
        yield mark["text"]
    for inner in layer.get("layer", ()):
        yield from _labels(inner, tuple(rows))


def sketched(panel: Mapping[str, Any], prefix: str) -> str:
    """A stand-in for a rendered panel: its labels alone. Takes what the renderer takes."""
    from xml.sax.saxutils import escape

    texts = "".join(f"<text>{escape(text)}</text>" for text in labels(panel) if tokens(text))
    return f'<svg width="{panel["width"]}" height="{panel["height"]}">{texts}</svg>'
