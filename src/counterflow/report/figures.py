"""Charts as Vega-Lite specs, and their rendering to static SVG.

A figure is {"title", "spec", "panels", "rows"}: one Vega-Lite spec to download (its panels side by side),
the panels by themselves (so that a page can wrap them on a narrow screen), and the data as flat rows. Each
panel carries its text alternative as `description`. The same inputs give the same bytes.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.outcomes import outcome_title
from counterflow.report.words import clean, minus, number, percent, vocabulary, word

Spec = dict[str, Any]
Figure = dict[str, Any]

INK, MUTED, RULE, NONE = "#1d2430", "#5c6675", "#dfe3e8", "#8a94a3"
# Okabe and Ito's colour-blind-safe palette (https://jfly.uni-koeln.de/color/), darkened where text needs
# contrast.
WRITTEN, RECORD, STRIKES = "#00795a", "#0067a5", "#b84a00"
CLAIM = "#b84a00"
WIDTH, HEIGHT = 296, 170
HISTORY_MONTHS = 36

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


def branch_colours(answer: Mapping[str, Any]) -> dict[str, str]:
    """The colour of each branch that is charted, the same in every chart."""
    colours = {"as_written": WRITTEN, "as_on_record": RECORD}
    if answer["heaviest_strikes"]:
        colours[answer["heaviest_strikes"]] = STRIKES
    return colours


def _time_axis() -> Spec:
    return {
        "field": "month",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%Y", "tickCount": {"interval": "year", "step": 1}, "grid": False},
    }


def _value_axis(field: str, title: str | None, domain: Sequence[float]) -> Spec:
    top = max(abs(x) for x in domain)
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": list(domain), "nice": True},
        "axis": {
            "tickCount": 4,
            "format": "~s" if top >= 10_000 else ",~r" if top >= 1 else "~g",
            "labelExpr": "datum.value === 0 ? '0' : datum.label",
        },
    }


def _band(rows: str, low: str, high: str, colour: str, opacity: float, axis: Spec) -> Spec:
    return {
        "transform": [{"filter": f"datum.branch === '{rows}'"}],
        "mark": {"type": "area", "color": colour, "opacity": opacity},
        "encoding": {"x": _time_axis(), "y": {**axis, "field": low}, "y2": {"field": high}},
    }


def _line(rows: str, colour: str, axis: Spec, dash: Sequence[int] = ()) -> Spec:
    mark: Spec = {"type": "line", "color": colour, "strokeWidth": 1.8}
    if dash:
        mark |= {"strokeDash": list(dash), "strokeWidth": 1.5}
    return {
        "transform": [{"filter": f"datum.branch === '{rows}'"}],
        "mark": mark,
        "encoding": {"x": _time_axis(), "y": {**axis, "field": "q50"}},
    }


def _observed(axis: Spec) -> list[Spec]:
    return [
        {
            "transform": [{"filter": "datum.branch === 'observed' && !datum.since"}],
            "mark": {"type": "line", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": _time_axis(), "y": {**axis, "field": "value"}},
        },
        {
            "transform": [{"filter": "datum.branch === 'observed' && datum.since"}],
            "mark": {"type": "point", "color": INK, "filled": True, "size": 16, "opacity": 1},
            "encoding": {"x": _time_axis(), "y": {**axis, "field": "value"}},
        },
    ]


def fan_figure(item: Mapping[str, Any], shown: Mapping[str, str], titles: Mapping[str, str]) -> Figure:
    """Fan charts of one outcome: history, then a panel per branch of `shown` ({branch: colour}) over *none*
    in grey.

    Bands hold 90% and 50% of the draws, the line is the median; dots are months observed since the branches
    part. All panels share one vertical axis, which starts at zero unless a value is negative.
    """
    start = item["months"][0] if item["months"] else ""
    observed = _recent(item["observed"], start)
    drawn = [b for b in ("none", *shown) if b in item["branches"]]
    values = [x for b in drawn for q in ("q05", "q95") for x in item["branches"][b][q] if x is not None]
    values += [o["value"] for o in observed if o["value"] is not None]
    domain = [min(0.0, *values), max(0.0, *values) or 1.0] if values else [0.0, 1.0]
    panels: list[Spec] = []
    for branch, colour in shown.items():
        if branch not in item["branches"]:
            continue
        axis = _value_axis("q50", item["unit"] if not panels else None, domain)
        rows = [*_fan_rows(item, "none"), *_fan_rows(item, branch), *observed]
        panels.append(
            {
                "title": {
                    "text": textwrap.wrap(titles.get(branch, branch), 46),
                    "color": colour,
                    "limit": WIDTH,
                },
                "description": _fan_description(item, branch, titles),
                "width": WIDTH,
                "height": HEIGHT,
                "data": {"values": rows},
                "layer": [
                    _band("none", "q05", "q95", NONE, 0.22, axis),
                    _band(branch, "q05", "q95", colour, 0.22, axis),
                    _band(branch, "q25", "q75", colour, 0.38, axis),
                    _line("none", MUTED, axis, (4, 3)),
                    _line(branch, colour, axis),
                    *_observed(axis),
                ],
            }
        )
    rows = [r for b in item["branches"] for r in _fan_rows(item, b)]
    rows += [{"month": o["month"], "branch": "observed", "value": o["value"]} for o in item["observed"]]
    return figure_of(outcome_title(item), panels, rows)


def _fan_rows(item: Mapping[str, Any], branch: str) -> list[dict[str, Any]]:
    fan = item["branches"][branch]
    return [
        {"month": month, "branch": branch, **{q: values[i] for q, values in fan.items()}}
        for i, month in enumerate(item["months"])
    ]


def _recent(observed: Sequence[Mapping[str, Any]], start: str) -> list[dict[str, Any]]:
    """The last HISTORY_MONTHS months before `start`, and all since, as rows."""
    before = [o for o in observed if o["month"] < start][-HISTORY_MONTHS:]
    since = [o for o in observed if o["month"] >= start]
    return [
        {"month": o["month"], "branch": "observed", "value": o["value"], "since": o["month"] >= start}
        for o in (*before, *since)
    ]


def _fan_description(item: Mapping[str, Any], branch: str, titles: Mapping[str, str]) -> str:
    text = f"{outcome_title(item)}, {item['unit']}, {titles.get(branch, branch)} over no strategy."
    for key in ("none", branch):
        w = item["window"].get(key)
        if w:
            text += f" {titles.get(key, key)}: median {number(w['median'])} in the judged weeks, "
            text += f"90% of draws from {number(w['low'])} to {number(w['high'])}."
    return text


def foreseen_figure(item: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    """What a run as of the strategy's date foresaw, with the months observed since drawn over it."""
    shown = {"as_on_record": RECORD} if "as_on_record" in item["branches"] else {}
    figure = fan_figure(item, shown, titles)
    for panel in figure["panels"]:
        inside = item["inside"]["as_on_record"]["band_90"]
        since = f" Of {item['observed_since']} months observed since, {inside} lie inside the 90% band."
        panel["description"] += since
    return figure


def claim_figure(check: Mapping[str, Any]) -> Figure | None:
    """The series that a claim is about, with the level that the claim states or implies; None without a
    series."""
    rows = [{"month": str(p["date"]), "value": p["value"]} for p in check["chart"]]
    if not rows:
        return None
    mark = check["chart_mark"]
    values = [r["value"] for r in rows] + ([mark] if mark is not None else [])
    axis = _value_axis("value", check["chart_unit"], [min(0.0, *values), max(0.0, *values) or 1.0])
    # Single figures of several publishers are dots: a line would join what was not counted alike.
    one_series = check["claim"]["checkability"] in ("series", "proxy_series")
    line: Spec = {"type": "line", "color": INK, "strokeWidth": 1.5}
    dots: Spec = {"type": "point", "filled": True, "color": INK, "size": 28, "opacity": 1}
    layers: list[Spec] = [{"mark": line if one_series else dots, "encoding": {"x": _time_axis(), "y": axis}}]
    if mark is not None:
        at = {"data": {"values": [{"value": mark}]}}
        layers.append(
            {
                **at,
                "mark": {"type": "rule", "color": CLAIM, "strokeWidth": 1.5, "strokeDash": [5, 3]},
                "encoding": {"y": axis},
            }
        )
        near_top = mark > 0.85 * max(values)
        text = {
            "type": "text",
            "align": "right",
            "x": 440,
            "dy": 11 if near_top else -6,
            "color": CLAIM,
            "fontSize": 11,
            "fontWeight": "bold",
            "text": minus(check["chart_mark_label"]),
        }
        layers.append({**at, "mark": text, "encoding": {"y": axis}})
    last = rows[-1]
    months = f"{rows[0]['month'][:7]} to {last['month'][:7]}"
    alt = f"{check['chart_title']}, {check['chart_unit']}, {months}, last value {number(last['value'])}."
    if mark is not None:
        alt += f" The claim is marked at {number(mark)}: {minus(check['chart_mark_label'])}."
    panel = {
        "description": alt,
        "width": 440,
        "height": 170,
        "data": {"values": rows},
        "layer": layers,
    }
    return figure_of(check["chart_title"], [panel], rows)


def surface_figure(
    headlines: Sequence[Mapping[str, Any]], shown: Mapping[str, str], titles: Mapping[str, str]
) -> Figure | None:
    """How each headline's probability moves as its threshold moves: one panel per headline, a line per
    branch."""
    panels: list[Spec] = []
    rows: list[dict[str, Any]] = []
    for name in vocabulary()["headline"]:
        lines = [
            h
            for h in headlines
            if h["id"] == name
            and h["reference"] == "none"
            and h["branch"] in shown
            and h["surface"]
            and h["word"] != NOT_TESTED
        ]
        if not lines:
            continue
        values = [{"branch": h["branch"], "threshold": t, "probability": p} for h in lines for t, p in h["surface"]]
        rows += [{"headline": name, **v} for v in values]
        panels.append(_surface_panel(name, lines, values, shown, titles, first=not panels))
    if not panels:
        return None
    return figure_of("Probability at other thresholds", panels, rows)


def _surface_panel(
    name: str,
    lines: Sequence[Mapping[str, Any]],
    values: Sequence[Mapping[str, Any]],
    shown: Mapping[str, str],
    titles: Mapping[str, str],
    first: bool,
) -> Spec:
    x = {
        "field": "threshold",
        "type": "quantitative",
        "title": "change asked for",
        "axis": {"format": "~%", "tickCount": 4, "grid": False},
    }
    y = {
        "field": "probability",
        "type": "quantitative",
        "title": "probability" if first else None,
        "scale": {"domain": [0, 1]},
        "axis": {"format": "~%", "values": [0, 1 / 3, 2 / 3, 1]},
    }
    branches = [h["branch"] for h in lines]
    colour = {
        "field": "branch",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": branches, "range": [shown[b] for b in branches]},
    }
    at = f"At {percent(lines[0]['threshold'])}: " + "; ".join(
        f"{titles.get(h['branch'], h['branch'])} {percent(h['probability'])}" for h in lines
    )
    return {
        "title": {"text": word("headline", name)},
        "description": f"{word('headline', name)}: probability as the threshold moves. {at}.",
        "width": 190,
        "height": 130,
        "data": {"values": list(values)},
        "layer": [
            {
                "data": {"values": [{"threshold": lines[0]["threshold"]}]},
                "mark": {"type": "rule", "color": MUTED, "strokeDash": [4, 3]},
                "encoding": {"x": x},
            },
            {"mark": {"type": "line", "strokeWidth": 1.8}, "encoding": {"x": x, "y": y, "color": colour}},
        ],
    }


def _cleaned(value: Any) -> Any:
    """A spec with all its texts cleaned: words of a document may stand in titles and labels."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(x) for key, x in value.items()}
    return [_cleaned(x) for x in value] if isinstance(value, list) else value


def figure_of(title: str, panels: list[Spec], rows: list[dict[str, Any]]) -> Figure:
    """A figure of panels and the rows behind them, its texts cleaned."""
    panels = _cleaned(panels)
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": clean(title),
        "config": CONFIG,
        "hconcat": panels,
    }
    return {"title": title, "spec": spec, "panels": panels, "rows": rows}


def render(panel: Spec, prefix: str) -> str:
    """One panel as SVG text without network access; ids inside start with `prefix`, so that many fit on one
    page."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg({**panel, "config": CONFIG}, vl_version="5.21", allowed_base_urls=[])
    return _own_ids(str(svg), prefix)


def _own_ids(svg: str, prefix: str) -> str:
    """Renumber ids in order of appearance: the renderer's counter runs on from one chart to the next."""
    fresh = count()
    names = {old: f"{prefix}-{next(fresh)}" for old in dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))}
    for old, new in names.items():
        svg = svg.replace(f'id="{old}"', f'id="{new}"').replace(f"url(#{old})", f"url(#{new})")
        svg = svg.replace(f'href="#{old}"', f'href="#{new}"')
    return svg
