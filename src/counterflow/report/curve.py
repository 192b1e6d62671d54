"""The baseline curve of a claim: the change against every baseline that could have been chosen, as a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.report.figures import CLAIM, INK, NONE, RECORD, Figure, Spec, figure_of
from counterflow.report.words import minus

WIDTH, HEIGHT = 440, 190
NAMED, USUAL, OTHER = "named by the document", "usual, not named", "every other"


def curve_figure(curve: Mapping[str, Any]) -> Figure:
    """One dot per possible baseline: when it was, and the change from it to the period of the claim, in percent.

    `curve` is a BaselineCurve as JSON. The stated change is a dashed line; the baselines that the document names, and
    the usual ones that it does not, are larger dots.
    """
    marks = {m["start"]: (NAMED, m["label"]) for m in curve["chosen"]}
    marks |= {m["start"]: (USUAL, m["label"]) for m in curve["usual"] if m["start"] not in marks}
    rows = [
        {
            "baseline": p["label"],
            "begins": p["start"],
            "change": round(p["change"], 2),
            "kind": marks.get(p["start"], (OTHER, ""))[0],
            "definition": "a definition changed in between" if p["crosses_break"] else "the same definition",
        }
        for p in curve["points"]
    ]
    known = {row["begins"] for row in rows}
    rows += [
        {"baseline": m["label"], "begins": m["start"], "change": round(m["change"], 2), "kind": kind, "definition": ""}
        for kind, group in ((NAMED, curve["chosen"]), (USUAL, curve["usual"]))
        for m in group
        if m["start"] not in known
    ]
    changes = [row["change"] for row in rows] + ([curve["stated"]] if curve["stated"] is not None else [])
    y: Spec = {
        "field": "change",
        "type": "quantitative",
        "title": "change, percent",
        "scale": {"domain": [min(0.0, *changes), max(0.0, *changes)], "nice": True},
        "axis": {"tickCount": 5, "format": "+,~f", "labelExpr": "datum.value === 0 ? '0' : datum.label"},
    }
    x: Spec = {
        "field": "begins",
        "type": "temporal",
        "title": "baseline: when the period compared with began",
        "axis": {"format": "%Y", "grid": False, "tickCount": 8},
    }
    kinds = [kind for kind in (NAMED, USUAL, OTHER) if any(row["kind"] == kind for row in rows)]
    look = {NAMED: (CLAIM, 80), USUAL: (RECORD, 60), OTHER: (NONE, 14)}
    colours = {"domain": kinds, "range": [look[kind][0] for kind in kinds]}
    sizes = {"domain": kinds, "range": [look[kind][1] for kind in kinds]}
    by_kind = {"field": "kind", "type": "nominal", "title": None}
    legend = {"orient": "top", "labelColor": INK, "labelFontSize": 11, "columnPadding": 28, "symbolOffset": 0}
    layers: list[Spec] = [
        {"data": {"values": [{"change": 0}]}, "mark": {"type": "rule", "color": NONE}, "encoding": {"y": y}},
        {
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": {
                    **by_kind,
                    "scale": colours,
                    "legend": legend,
                },
                "size": {**by_kind, "scale": sizes, "legend": None},
                "order": {"field": "rank", "type": "quantitative"},
            },
            "transform": [{"calculate": f"indexof({list(reversed(kinds))!r}, datum.kind)", "as": "rank"}],
        },
    ]
    if curve["stated"] is not None:
        layers += _stated(curve["stated"], changes, y)
    panel = {
        "description": f"{curve['title']}, to {curve['period_label']}. {curve['sentence']}",
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": rows},
        "layer": layers,
    }
    return figure_of(f"{curve['title']}: the change against every possible baseline", [panel], rows)


def _stated(stated: float, changes: list[float], y: Spec) -> list[Spec]:
    """The stated change as a dashed line with its words, on the side of the line where there is room."""
    at = {"data": {"values": [{"change": stated}]}, "encoding": {"y": y}}
    middle = (max(0.0, *changes) + min(0.0, *changes)) / 2
    text = {
        "type": "text",
        "align": "left",
        "x": 4,
        "dy": -7 if stated < middle else 12,
        "color": CLAIM,
        "fontSize": 11,
        "fontWeight": "bold",
        "text": minus(f"{stated:+g}% as stated"),
    }
    rule = {"type": "rule", "color": CLAIM, "strokeWidth": 1.5, "strokeDash": [5, 3]}
    return [{**at, "mark": rule}, {**at, "mark": text}]
