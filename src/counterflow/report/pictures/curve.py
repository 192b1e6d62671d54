"""The baseline curve of a claim: the change against every baseline that could have been chosen, as a figure.

A fall of 93% and one of 95% are a pixel apart on an axis that holds every baseline; so where the marked baselines and
the stated change lie close together, a second panel enlarges them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from counterflow.report.pictures.drawing import CLAIM, INK, NONE, RECORD, Figure, Spec, figure_of
from counterflow.report.words import minus

WIDTH, HEIGHT = 330, 210
NAMED, USUAL, OTHER = "named by the document", "usual, not named", "every other"
SAME, CHANGED = "same definition", "a definition changed in between"
# a circle with a hole, as an SVG path: an outline as wide as a dot of the same size
RING = "M-1.1,0A1.1,1.1,0,1,1,1.1,0A1.1,1.1,0,1,1,-1.1,0ZM-.7,0A.7,.7,0,1,0,.7,0A.7,.7,0,1,0,-.7,0Z"
LOOK = {NAMED: (CLAIM, 80), USUAL: (RECORD, 60), OTHER: (NONE, 22)}
LINE = 13  # pixels: how far apart two labels stand at least
CLOSE = 0.25  # share of the axis within which what is marked is enlarged
FAR = 0.3  # an axis starts at zero unless the smallest change is at least this share of the largest
LONGEST = 24  # characters of a label
Row = dict[str, Any]


def curve_figure(curve: Mapping[str, Any]) -> Figure:
    """One dot per possible baseline: when it was, and the change from it to the period of the claim, in percent.

    `curve` is a BaselineCurve as JSON. The stated change is a dashed line; the baselines that the document names, and
    the usual ones that it does not, are larger dots with their names; a dot is hollow where a definition changed
    between the two periods.
    """
    rows = _rows(curve)
    stated = curve["stated"]
    changes = [row["change"] for row in rows] + ([stated] if stated is not None else [])
    marked = [row for row in rows if row["kind"] != OTHER]
    whole = _domain(changes)
    about = f"{curve['title']}, to {curve['period']}. {curve['sentence']}"
    panels = [_panel(rows, stated, whole, _title(whole), about)]
    if close := _close(marked, stated, whole):
        inside = [row for row in rows if close[0] <= row["change"] <= close[1]]
        panels.append(
            _panel(inside, stated, close, "change, percent (enlarged; does not start at zero)", f"Enlarged: {about}")
        )
    return figure_of(f"{curve['title']}: the change against every possible baseline", panels, rows)


def _rows(curve: Mapping[str, Any]) -> list[Row]:
    marks = [(USUAL, m) for m in curve["usual"]] + [(NAMED, m) for m in curve["chosen"]]
    # a mark that is one of the points is drawn once, as the mark; one that is a longer or shorter period, beside it
    drawn = {(m["start"], round(m["change"], 2)): (kind, m["label"]) for kind, m in marks}
    rows = []
    for p in curve["points"]:
        kind, label = drawn.pop((p["start"], round(p["change"], 2)), (OTHER, ""))
        rows.append(_row(label or p["label"], p, kind, p["label"] if label else ""))
    for kind, m in reversed(marks):
        if drawn.pop((m["start"], round(m["change"], 2)), None):
            rows.append(_row(m["label"], m, kind, short_label(m["label"])))
    return rows


def _row(baseline: str, found: Mapping[str, Any], kind: str, name: str) -> Row:
    return {
        "baseline": baseline,
        "begins": found["start"],
        "change": round(found["change"], 2),
        "kind": kind,
        "definition": CHANGED if found["crosses_break"] else SAME,
        "name": name,
    }


def short_label(label: str) -> str:
    """The period alone of a baseline's label: "Apr 2023" of "peak month under Biden: Apr 2023"."""
    words = label.rpartition("as far as known ")[2] if "as far as known " in label else label.rpartition(": ")[2]
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "\u2026"


def _domain(changes: Sequence[float]) -> tuple[float, float]:
    """The axis that holds all changes: from zero, unless all lie on one side and far from it."""
    low, high = min(changes), max(changes)
    sizes = sorted((abs(low), abs(high)))
    if low * high > 0 and sizes[0] >= FAR * sizes[1]:
        margin = 0.04 * (high - low) or 1.0
        return low - margin, high + margin
    margin = 0.04 * (max(0.0, high) - min(0.0, low))
    return (min(0.0, low) - (margin if low < 0 else 0.0), max(0.0, high) + (margin if high > 0 else 0.0))


def _title(domain: tuple[float, float]) -> str:
    return "change, percent" + ("" if domain[0] <= 0 <= domain[1] else " (does not start at zero)")


def _close(marked: Sequence[Row], stated: float | None, whole: tuple[float, float]) -> tuple[float, float] | None:
    """The stretch of the axis to enlarge: what the document names and states; None where that is no narrow one."""
    named = [row["change"] for row in marked if row["kind"] == NAMED] or [row["change"] for row in marked]
    wanted = [*named, *([stated] if stated is not None else [])]
    if len(set(wanted)) < 2 or not named:
        return None
    low, high = min(wanted), max(wanted)
    if high - low > CLOSE * (whole[1] - whole[0]):
        return None
    margin = 0.15 * (high - low)
    return low - margin, high + margin


def _panel(rows: list[Row], stated: float | None, domain: tuple[float, float], title: str, description: str) -> Spec:
    y: Spec = {
        "field": "change",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": {"tickCount": 6, "format": "+,~f", "labelExpr": "datum.value === 0 ? '0' : datum.label"},
    }
    begins = sorted(row["begins"] for row in rows)
    first, last = date.fromisoformat(begins[0]), date.fromisoformat(begins[-1])
    beyond = max(timedelta(days=45), (last - first) / 20)  # the dots stay clear of the axis and of the labels
    ends = [(first - beyond).isoformat(), (last + beyond).isoformat()]
    x: Spec = {
        "field": "begins",
        "type": "temporal",
        "title": "baseline: when the period compared with began",
        "scale": {"domain": ends},
        "axis": {"format": "%Y" if (last - first).days > 1500 else "%b %Y", "grid": False, "tickCount": 6},
    }
    layers: list[Spec] = []
    if domain[0] <= 0 <= domain[1]:
        zero = {"data": {"values": [{"change": 0}]}, "mark": {"type": "rule", "color": NONE}, "encoding": {"y": y}}
        layers.append(zero)
    if stated is not None and domain[0] <= stated <= domain[1]:
        layers.append(_line(stated, y))
    layers += _names(rows, stated, domain, x, y, ends[1])
    layers.append(_dots(rows, x, y))
    return {
        "description": description,
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": rows},
        "layer": layers,
    }


def _dots(rows: Sequence[Row], x: Spec, y: Spec) -> Spec:
    kinds = [kind for kind in (NAMED, USUAL, OTHER) if any(row["kind"] == kind for row in rows)]
    by_kind = {"field": "kind", "type": "nominal", "title": None}
    colours = {"domain": kinds, "range": [LOOK[kind][0] for kind in kinds]}
    words: Spec = {"labelColor": INK, "labelFontSize": 11, "symbolOffset": 0}
    legend = {**words, "orient": "top"}
    hollow = any(row["definition"] == CHANGED for row in rows)
    shape: Spec = {
        "field": "definition",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [SAME, CHANGED], "range": ["circle", RING]},
        "legend": {**words, "orient": "bottom", "symbolFillColor": NONE, "symbolStrokeWidth": 0} if hollow else None,
    }
    return {
        "mark": {"type": "point", "filled": True, "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "color": {**by_kind, "scale": colours, "legend": legend},
            "shape": shape,
            "size": {
                **by_kind,
                "scale": {"type": "ordinal", "domain": kinds, "range": [LOOK[kind][1] for kind in kinds]},
                "legend": legend,
            },
            "order": {"field": "rank", "type": "quantitative"},
        },
        "transform": [{"calculate": f"indexof({list(reversed(kinds))!r}, datum.kind)", "as": "rank"}],
    }


def _line(stated: float, y: Spec) -> Spec:
    """The stated change as a dashed line."""
    rule = {"type": "rule", "color": CLAIM, "strokeWidth": 1.5, "strokeDash": [5, 3]}
    return {"data": {"values": [{"change": stated}]}, "mark": rule, "encoding": {"y": y}}


def _names(
    rows: Sequence[Row], stated: float | None, domain: tuple[float, float], x: Spec, y: Spec, edge: str
) -> list[Spec]:
    """The names of the marked dots and of the stated change in a column at the right edge, each with a thin line to
    what it names, none on top of another."""
    named = [(row["change"], row["name"], row["kind"], row["begins"]) for row in rows if row["name"]]
    if stated is not None and domain[0] <= stated <= domain[1]:
        named.append((stated, minus(f"{stated:+g}% as stated"), "stated", edge))
    if not named:
        return []
    named.sort(reverse=True)
    places = spread([change for change, *_ in named], domain)
    labels = [
        {"begins": edge, "change": place, "label": label, "colour": RECORD if kind == USUAL else CLAIM}
        for (_, label, kind, _), place in zip(named, places, strict=True)
    ]
    ends = [
        {"group": n, "at": at, "begins": begins, "change": change}
        for n, ((found, _, kind, begun), place) in enumerate(zip(named, places, strict=True))
        if kind != "stated"
        for at, begins, change in ((0, begun, found), (1, edge, place))
    ]
    lines: Spec = {
        "data": {"values": ends},
        "mark": {"type": "line", "color": NONE, "strokeWidth": 0.6},
        "encoding": {"x": x, "y": y, "detail": {"field": "group", "type": "nominal"}, "order": {"field": "at"}},
    }
    # a colour of the mark, not an encoding: a second scale of colours would take the dots' legend away
    words: list[Spec] = [
        {
            "data": {"values": [label for label in labels if label["colour"] == colour]},
            "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 11, "baseline": "middle", "color": colour},
            "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
        }
        for colour in dict.fromkeys(label["colour"] for label in labels)
    ]
    # a reader's font may be wider than the one that the picture is laid out with: an unseen dot keeps the room, which
    # is found where the panel is fitted
    unseen = {"type": "point", "opacity": 0, "size": 1}
    words.append({"data": {"values": labels[:1]}, "mark": unseen, "encoding": {"x": x, "y": y}})
    return [lines, *words] if ends else words


def spread(values: Sequence[float], domain: tuple[float, float]) -> list[float]:
    """Places on the axis for labels of descending `values`, as near to them as they can stand without overlap."""
    gap = LINE * (domain[1] - domain[0]) / HEIGHT
    places: list[float] = []
    for value in values:
        places.append(min(value, places[-1] - gap) if places else value)
    places[-1] = max(places[-1], domain[0])
    for n in range(len(places) - 2, -1, -1):  # what ran out below moves the others up
        places[n] = max(places[n], places[n + 1] + gap)
    return places
