"""Diagrams of past forecasts as SVG: how often intervals held what came, and what was forecast beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import skill
from counterflow.calibration.forecasting.skill import Score

Spec = dict[str, Any]

INK, MUTED, RULE = "#1d2430", "#5c6675", "#dfe3e8"
# Okabe and Ito's palette for the colour-blind, the green and the orange darkened.
COLOURS = {"blend": "#00795a", "model": "#0067a5", "persistence": "#b84a00"}
ACROSS = 3  # panels beside each other
CONFIG: Spec = {
    "aria": False,
    "background": "white",  # pages are read in the dark too
    "font": "sans-serif",
    "padding": 6,
    "view": {"stroke": None},
    "axis": {
        "gridColor": RULE,
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "title": {"anchor": "start", "fontSize": 12, "color": INK, "offset": 6},
    "legend": {"title": None, "labelColor": INK, "orient": "top", "labelLimit": 300},
}
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def reliability_figure(scores: Iterable[Score], title: str) -> Spec:
    """Share of what came in the central interval of each level: all series at once, then each by itself."""
    shown = [score for score in scores if score.method in COLOURS]
    panels = [_reliability("all series", shown)]
    panels += [_reliability(name, [score for score in shown if score.name == name]) for name in skill.names_of(shown)]
    return _figure(title, panels)


def _reliability(title: str, scores: Sequence[Score]) -> Spec:
    rows = []
    for method in COLOURS:
        found = skill.reliability(score for score in scores if score.method == method)
        rows += [{"method": method, "level": level, "share": round(share, 4)} for level, share in found.items()]
    return {
        "title": title,
        "width": 190,
        "height": 190,
        "layer": [
            {
                "data": {"values": [{"level": 0, "share": 0}, {"level": 1, "share": 1}]},
                "mark": {"type": "line", "color": MUTED, "strokeDash": [4, 3], "strokeWidth": 1},
                "encoding": {"x": _share("level", "central interval"), "y": _share("share", "held what came")},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 1.8, "point": {"size": 14}},
                "encoding": {
                    "x": _share("level", "central interval"),
                    "y": _share("share", "held what came"),
                    "color": _by_method(),
                },
            },
        ],
    }


def _share(field: str, title: str) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]},
    }


def _by_method() -> Spec:
    return {
        "field": "method",
        "type": "nominal",
        "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
    }


def forecasts_figure(scores: Sequence[Score], came: Mapping[str, Monthly], method: str, title: str) -> Spec:
    """What was forecast from each cut-off, the central 90% and 50% and the median, beside what came."""
    of_method = [score for score in scores if score.method == method]
    panels = []
    for name in skill.names_of(of_method):
        rows = [score for score in of_method if score.name == name]
        panels.append(_forecasts(name, rows, came[name]))
    return _figure(title, panels)


def _forecasts(name: str, scores: Sequence[Score], came: Monthly) -> Spec:
    rows = [
        {
            "month": str(score.origin + score.step - 1),
            "cutoff": str(score.origin),
            **{
                f"q{round(100 * level)}": _short(value) for level, value in zip(skill.POINTS, score.points, strict=True)
            },
        }
        for score in scores
    ]
    first = min(score.origin for score in scores) - 12
    seen = [
        {"month": str(month), "value": _short(float(value))}
        for month, value in zip(came.months, came.values, strict=True)
        if month >= first and np.isfinite(value)
    ]
    x = {
        "field": "month",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%Y", "tickCount": "year", "labelOverlap": True},
    }
    # One forecast far off the rest would flatten all that came.
    top = 1.6 * float(np.nanmax(came.values[came.months >= first]))
    axis = {"tickCount": 4, "format": "~s"}
    y = {"type": "quantitative", "title": None, "axis": axis, "scale": {"domain": [0, top], "clamp": True}}
    each = {"field": "cutoff", "type": "nominal"}

    def band(low: str, high: str, opacity: float) -> Spec:
        return {
            "data": {"values": rows},
            "mark": {"type": "area", "color": COLOURS["blend"], "opacity": opacity},
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}, "detail": each},
        }

    return {
        "title": name,
        "width": 250,
        "height": 150,
        "layer": [
            band("q5", "q95", 0.2),
            band("q25", "q75", 0.35),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "color": COLOURS["blend"], "strokeWidth": 1.6},
                "encoding": {"x": x, "y": {**y, "field": "q50"}, "detail": each},
            },
            {
                "data": {"values": seen},
                "mark": {"type": "line", "color": INK, "strokeWidth": 1.3},
                "encoding": {"x": x, "y": {**y, "field": "value"}},
            },
        ],
    }


def _figure(title: str, panels: Sequence[Spec]) -> Spec:
    return {"$schema": SCHEMA, "title": title, "config": CONFIG, "concat": list(panels), "columns": ACROSS}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def svg(figure: Spec, prefix: str) -> str:
    """A figure as SVG text, without network access, the same for the same figure; its ids begin with `prefix`."""
    import vl_convert

    text = str(vl_convert.vegalite_to_svg(figure, vl_version="5.21", allowed_base_urls=[]))
    fresh = count()  # the renderer's own counter runs on from one figure to the next
    names = {old: f"{prefix}-{next(fresh)}" for old in dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))}
    for old, new in names.items():
        text = text.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
        text = text.replace(f'href="#{old}"', f'href="#{new}"')
    return text.rstrip() + "\n"
