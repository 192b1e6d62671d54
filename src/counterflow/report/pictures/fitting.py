"""The texts of a picture in the room that they have: measured, wrapped, and room made for them.

A picture is laid out with one font and read with another, so that a text is measured in DejaVu Sans, the widest of the
usual ones: what fits in it fits in all. A panel is fitted when it is made, and again in another language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Spec = dict[str, Any]

SIZE, HEAD = 11, 12  # pixels: letters of labels, axes and legends; letters of the titles of panels
LINE = 13  # pixels from one line of a label to the next
COLUMN = 20  # pixels between the columns of a legend, at least
LOOKED_UP = "[datum.value]"
SYMBOL = 22  # pixels that an entry of a legend takes beside its words
# Hundredths of the size that a letter is wide, upright and bold, never less than in DejaVu Sans
_UPRIGHT = {
    28: "'ijlí", 32: " ,.IJÍ·‘’", 36: "/:;\\f|", 40: "()-[]t", 44: "!r¡", 48: '"ª', 52: "*_`–“”°", 56: "?Lcsz¿",
    60: "Fkvxy", 64: "$0123456789EPSTYabdeghnopqu{}áéóúñüÉ", 68: "K", 72: "ABCRVXZÁ", 76: "HNUÚÑ", 80: "&DGOQÓ",
    84: "#+<=>^w~−×±≥≤≈", 88: "M", 96: "%", 100: "@Wm—…",
}  # fmt: skip
_BOLD = {
    32: "'", 36: " ijlí", 40: ",./:;IJ\\|Í·‘’", 44: "-f", 48: "!()[]t¡", 52: "_`r–°", 56: '"*', 60: "?csz¿ª",
    64: "L", 68: "aekvxyáé“”", 72: "$0123456789EFTbdghnopqu{}óúñüÉ", 76: "CPSYZ", 80: "ABKRVXÁ",
    84: "#+<=>DGHNU^~ÚÑ−×±≥≤≈", 88: "&OQÓ", 96: "w", 100: "@M—…", 104: "%", 108: "m", 112: "W",
}  # fmt: skip
_WIDTHS = [{letter: wide for wide, some in table.items() for letter in some} for table in (_UPRIGHT, _BOLD)]
_OTHER = 100  # any other letter, of whatever script


def measured(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Pixels that a text takes at most, at letters of `size` pixels."""
    widths = _WIDTHS[bold]
    return sum(widths.get(letter, _OTHER) for letter in text) * size / 100


def wrapped(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """A text in lines of `width` pixels at most; a word that is wider is broken. One empty line of no text."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if measured(longer, size, bold=bold) <= width:
            lines[-1] = longer
            continue
        *whole, last = _broken(word, width, size, bold)
        lines[len(lines) - (not lines[-1]) :] = [*whole, last]
    return lines


def _broken(word: str, width: float, size: float, bold: bool) -> Iterator[str]:
    while measured(word, size, bold=bold) > width and len(word) > 1:
        most = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or measured(word[:n], size, bold=bold) <= width)
        yield word[:most]
        word = word[most:]
    yield word


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


def row_places(count: int, first: int = 0) -> Spec:
    """The channel that places `count` rows by their number in the field "row", the `first` on top."""
    scale = {"domain": [first + count - 0.5, first - 0.5], "nice": False, "zero": False}
    return {"field": "row", "type": "quantitative", "axis": None, "scale": scale}


def labels(y: Spec, texts: Sequence[str], width: int, colour: str) -> list[Spec]:
    """Layers with a text above the middle of each row of a panel, to be wrapped to `width` pixels where the panel is
    fitted. `y` is that of `row_places`."""
    return _label_layers(y, [(at, [text]) for at, text in enumerate(texts)], width, colour)


def _label_layers(y: Spec, rows: Sequence[tuple[int, list[str]]], width: int, colour: str) -> list[Spec]:
    return [
        {
            "data": {"values": [{"row": at, "label": label} for at, label in rows if len(label) == number]},
            "mark": {
                "type": "text",
                "align": "left",
                "x": 0,
                "dy": -9 - LINE * (number - 1),
                "lineHeight": LINE,
                "fontSize": SIZE,
                "color": colour,
                "limit": width,
            },
            "encoding": {"y": y, "text": {"field": "label"}},
        }
        for number in sorted({len(label) for _, label in rows})
    ]


def fitted(panels: Sequence[Spec]) -> list[Spec]:
    """The panels of a figure with their titles, the titles of their axes, the labels of their rows and their legends in
    the room that they have, and room to the right for what is written there. Rows are as high in one panel as in all,
    for the label with the most lines; panels that fit stay as they are."""
    wrap = [_wrapped_rows(panel) for panel in panels]
    more = LINE * (max(map(_most, wrap), default=1) - max(map(_most, panels), default=1))
    return [_fitted(panel, more) for panel in wrap]


def _fitted(panel: Spec, more: int) -> Spec:
    """One panel, its rows higher by `more` pixels."""
    fit = panel | ({"title": _title(panel["title"], panel["width"])} if panel.get("title") else {})
    if rows := [layer for layer in panel["layer"] if is_labels(layer)]:
        end, start = rows[0]["encoding"]["y"]["scale"]["domain"]
        fit["height"] = panel["height"] + round(more * abs(end - start))
    room = max((measured(text) + 4 for text in _beside(fit["layer"])), default=0.0)
    return fit | {"layer": [_layer(layer, fit, room) for layer in fit["layer"]]}


def _most(panel: Spec) -> int:
    """The lines that the longest label of a panel's rows takes."""
    rows = [row for layer in panel["layer"] if is_labels(layer) for row in layer["data"]["values"]]
    return max((len(row["label"]) for row in rows), default=1)


def _title(title: Spec, width: float) -> Spec:
    size = title.get("fontSize", HEAD)
    fit = title | {"text": _lines(title["text"], width, size, bold=True)}
    if "subtitle" in title:
        fit["subtitle"] = _lines(title["subtitle"], width, title.get("subtitleFontSize", HEAD))
    return fit


def _lines(text: str | list[str], width: float, size: float, *, bold: bool = False) -> str | list[str]:
    """A text that fits as it is; else wrapped."""
    given = [text] if isinstance(text, str) else text
    if all(measured(line, size, bold=bold) <= width for line in given):
        return text
    return wrapped(" ".join(given), width, size, bold=bold)


def _wrapped_rows(panel: Spec) -> Spec:
    """The panel with the labels of its rows wrapped anew."""
    old = [layer for layer in panel["layer"] if is_labels(layer)]
    if not old:
        return panel
    mark, y = old[0]["mark"], old[0]["encoding"]["y"]
    texts = {row["row"]: " ".join(row["label"]) for layer in old for row in layer["data"]["values"]}
    rows = [(at, wrapped(texts[at], mark["limit"])) for at in sorted(texts)]
    others = [layer for layer in panel["layer"] if not is_labels(layer)]
    return panel | {"layer": others + _label_layers(y, rows, mark["limit"], mark["color"])}


def is_labels(layer: Spec) -> bool:
    """Whether a layer is one of those that `labels` makes."""
    rows = layer.get("data", {}).get("values", [])
    return bool(rows) and isinstance(rows[0].get("label"), list)


def _beside(layers: Sequence[Spec]) -> Iterator[str]:
    """What is written to the right of a place, and may reach beyond the panel."""
    for layer in layers:
        mark = layer["mark"]
        if mark["type"] == "text" and mark.get("align") == "left" and "data" in layer and not is_labels(layer):
            field = layer["encoding"]["text"]["field"]
            yield from (row[field] for row in layer["data"]["values"])


def _layer(layer: Spec, panel: Spec, room: float) -> Spec:
    channels = {name: _channel(name, of, panel, room) for name, of in layer.get("encoding", {}).items()}
    fit = layer | ({"encoding": channels} if channels else {})
    if layer["mark"].get("opacity") == 0:  # an unseen dot keeps the room
        fit["mark"] = layer["mark"] | {"xOffset": round(room, 1)}
    return fit


def _channel(name: str, of: Spec, panel: Spec, room: float) -> Spec:
    if name in ("x", "y") and of.get("title"):
        return of | {"title": _lines(of["title"], panel["width" if name == "x" else "height"], SIZE)}
    if of.get("legend") and of.get("type") == "nominal":
        return of | {"legend": _legend(of["legend"], of["scale"]["domain"], panel["width"] + room)}
    return of


def _legend(legend: Spec, entries: Sequence[str], width: float) -> Spec:
    """In as many columns as the panel has room for, and these as far apart as a wider font asks for."""
    wide = [measured(text) + SYMBOL for text in said(legend, entries)]
    apart = max(COLUMN, round(0.2 * max(wide)))
    for columns in range(len(wide), 0, -1):
        widest = [max(wide[column::columns]) for column in range(columns)]
        if columns == 1 or sum(widest) + apart * (columns - 1) <= width:
            return legend | {"columns": columns, "columnPadding": apart, "labelLimit": 0}
    return legend


def reworded(legend: Spec, words: Mapping[str, str]) -> Spec:
    """A legend that says other words of its entries, which are still looked up by their own."""
    return legend | {"labelExpr": json.dumps(words, ensure_ascii=False) + LOOKED_UP}


def said(legend: Spec, entries: Sequence[str]) -> list[str]:
    """What a legend says of its entries."""
    asked = legend.get("labelExpr", "")
    words = json.loads(asked.removesuffix(LOOKED_UP)) if asked else {}
    return [words.get(one, one) for one in entries]
