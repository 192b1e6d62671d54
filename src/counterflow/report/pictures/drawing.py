"""Colours and habits that all pictures share, and their rendering to static SVG.

A figure is {"title", "spec", "panels", "rows", "table"}: one Vega-Lite spec to download (its panels side by side),
the panels by themselves (so that a page can wrap them on a narrow screen), the data as flat rows, and a table to read
in place of the picture, as {"head": [...], "rows": [[...]]}, or None where the page has one beside it. Each panel
carries its text alternative as `description`. The same inputs give the same bytes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from counterflow.report.pictures.fitting import fitted, wrapped
from counterflow.report.words import clean

Spec = dict[str, Any]
Figure = dict[str, Any]

INK, MUTED, RULE, NONE = "#1d2430", "#5c6675", "#dfe3e8", "#8a94a3"
# Okabe and Ito's colour-blind-safe palette (https://jfly.uni-koeln.de/color/), darkened where text needs contrast: an
# outcome has the same colour wherever it stands. Courses of action are told apart by their place and by dashes.
TRAFFICKING, CROSSINGS, FRICTION, VIOLENCE, DEATHS = "#0067a5", "#00795a", "#9c4482", "#b84a00", "#806000"
COLOURS = {"trafficking": TRAFFICKING, "crossings": CROSSINGS, "friction": FRICTION, "violence": VIOLENCE}
FAMILY = {
    "fentanyl_delivered": TRAFFICKING,
    "fentanyl_seized_border_lb": TRAFFICKING,
    "attempts": CROSSINGS,
    "encounters": CROSSINGS,
    "encounters_ports": CROSSINGS,
    "encounters_nationwide": CROSSINGS,
    "cooperation": FRICTION,
    "homicides": VIOLENCE,
    "civilian_harm": VIOLENCE,
    "overdose_deaths": DEATHS,
}
# The four outcomes of trafficking against friction: the two of which a cell is made, both, or neither.
FOUR_WAY = {
    "curtailed_without_friction": TRAFFICKING,
    "curtailed_with_friction": "#5b3a8c",
    "friction_only": FRICTION,
    "neither": "#c9ced6",
}
RECORD, CLAIM = "#0067a5", "#b84a00"  # what is usual, and what a document claims
GAP = 16  # pixels between panels of a picture that is downloaded

CONFIG: Spec = {
    "aria": False,
    "background": None,
    "font": "sans-serif",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "domainColor": NONE,
        "gridColor": RULE,
        "tickColor": NONE,
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titlePadding": 6,
        "labelPadding": 4,
    },
    "title": {
        "anchor": "start",
        "fontSize": 12,
        "fontWeight": "bold",
        "color": INK,
        "offset": 8,
        "frame": "group",
    },
}


def colour_of(variable: str) -> str:
    """The colour of an output of the model."""
    return FAMILY.get(variable, MUTED)


def family_of(variable: str) -> str:
    """The group of outcomes with whose colour an output of the model is drawn, as style.css names it."""
    names = {TRAFFICKING: "trafficking", CROSSINGS: "crossings", FRICTION: "friction", VIOLENCE: "violence"}
    return (names | {DEATHS: "deaths"}).get(colour_of(variable), "other")


def _cleaned(value: Any) -> Any:
    """A spec with all its texts cleaned: words of a document may stand in titles and labels."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(x) for key, x in value.items()}
    return [_cleaned(x) for x in value] if isinstance(value, list) else value


def figure_of(
    title: str,
    panels: list[Spec],
    rows: list[dict[str, Any]],
    *,
    data: list[dict[str, Any]] | None = None,
    table: Mapping[str, Any] | None = None,
) -> Figure:
    """A figure of panels and the rows behind them, its texts cleaned. `data` are rows that all panels draw from, where
    they do not bring their own."""
    panels = fitted(_cleaned(panels))
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": clean(title),
        "config": CONFIG,
        "hconcat": panels,
    }
    if data is not None:
        spec["data"] = {"values": _cleaned(data)}
    return {"title": title, "spec": spec, "panels": panels_of(spec), "rows": rows, "table": table}


def panels_of(spec: Spec) -> list[Spec]:
    """The panels of a figure's spec by themselves, each with the data and the habits that they share."""
    shared = {key: spec[key] for key in ("data", "config") if key in spec}
    return [shared | panel for panel in spec["hconcat"]]


def render(panel: Spec, prefix: str) -> str:
    """One panel as SVG text without network access; ids inside start with `prefix`, so that many fit on one
    page."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg({"config": CONFIG, **panel}, vl_version="5.21", allowed_base_urls=[])
    return _own_ids(_shorter(str(svg)), prefix)


def _shorter(svg: str) -> str:
    """The same picture in half the bytes: places to a tenth of a pixel, and no attribute or path that shows nothing."""
    svg = re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: _PLACES.sub(_to_a_tenth, _NEEDLESS.sub("", tag[0])), svg)
    return _EMPTY.sub("", svg)


_NEEDLESS = re.compile(
    r' (?:opacity="1"|pointer-events="none"|(?:aria-[a-z]+|role|class)="[^"]*"|font-weight="normal")'
)
_PLACES = re.compile(r'\b(?:d|transform)="[^"]*"')
_EMPTY = re.compile(r'<path(?: d="(?:M0,0h0v0h0Z)?"| display="none")+/>')


def _to_a_tenth(attribute: re.Match[str]) -> str:
    return re.sub(r"(\.\d)\d+", r"\1", attribute[0])


def _own_ids(svg: str, prefix: str) -> str:
    """Renumber ids in order of appearance: the renderer's counter runs on from one chart to the next."""
    fresh = count()
    names = {old: f"{prefix}-{next(fresh)}" for old in dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))}
    for old, new in names.items():
        svg = svg.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
        svg = svg.replace(f'href="#{old}"', f'href="#{new}"')
    return svg


def whole_picture(svgs: Sequence[str], title: str, citation: str) -> str:
    """Rendered panels side by side on white, with a title above and where they come from below, as one SVG file."""
    sizes = [_size(svg) for svg in svgs]
    width = max(360.0, sum(w for w, _ in sizes) + GAP * (len(sizes) + 1))
    heads = wrapped(title, width - 2 * GAP, 14, bold=True)
    lines = wrapped(citation, width - 2 * GAP, 10) if citation else []
    top = 12 + 18 * len(heads)
    height = max(h for _, h in sizes) + top + 14 + 13 * len(lines)
    inner, left = [], float(GAP)
    for svg, (w, _) in zip(svgs, sizes, strict=True):
        inner.append(svg.replace("<svg ", f'<svg x="{left:g}" y="{top}" ', 1))
        left += w + GAP
    head = "".join(
        f'<text x="{GAP}" y="{20 + 18 * n}" font-size="14" font-weight="bold" fill="{INK}">{escape(line)}</text>'
        for n, line in enumerate(heads)
    )
    first = height - 13 * len(lines) + 3
    foot = "".join(
        f'<text x="{GAP}" y="{first + 13 * n:g}" font-size="10" fill="{MUTED}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
        f"{head}{''.join(inner)}{foot}</svg>"
    )


def _size(svg: str) -> tuple[float, float]:
    head = svg[: svg.index(">")]
    sides = [re.search(rf'\b{side}="([\d.]+)"', head) for side in ("width", "height")]
    return float(sides[0][1]) if sides[0] else 0.0, float(sides[1][1]) if sides[1] else 0.0


def picture_png(svg: str) -> bytes:
    """An SVG picture as PNG, at twice its size."""
    import vl_convert

    return _packed(bytes(vl_convert.svg_to_png(svg, scale=2)))


def _packed(png: bytes) -> bytes:
    """The same PNG, its pixels compressed well: the renderer's are four times as long."""
    head, pixels, at = png[:8], b"", 8
    before: list[bytes] = []
    after: list[bytes] = []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, chunk = png[at + 4 : at + 8], png[at : at + 12 + length]
        if kind == b"IDAT":
            pixels += chunk[8:-4]
        else:
            (after if pixels else before).append(chunk)
        at += 12 + length
    body = b"IDAT" + zlib.compress(zlib.decompress(pixels), 6)
    packed = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return b"".join([head, *before, packed, *after])
