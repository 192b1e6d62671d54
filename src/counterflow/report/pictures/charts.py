"""Charts of outcomes, of claims and of thresholds, as figures (see `pictures.drawing`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.assessment.outcomes import outcome_title
from counterflow.report.pictures.drawing import (
    CLAIM,
    COLOURS,
    INK,
    MUTED,
    NONE,
    Figure,
    Spec,
    colour_of,
    figure_of,
)
from counterflow.report.pictures.fitting import SIZE
from counterflow.report.words import day, minus, number, percent, vocabulary, word

WIDTH, HEIGHT = 296, 170
CLAIM_WIDTH = 440
HISTORY_MONTHS = 36
DASHES: tuple[tuple[int, ...], ...] = ((), (2, 2), (7, 3))  # of the courses, where several stand in one panel


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


def fan_figure(item: Mapping[str, Any], shown: Sequence[str], titles: Mapping[str, str]) -> Figure:
    """Fan charts of one outcome in its colour: history, then a panel per branch of `shown` over *none* in grey.

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
    colour = colour_of(item["variable"])
    data = [row for branch in drawn for row in _fan_rows(item, branch)] + observed
    for branch in shown:
        if branch not in item["branches"]:
            continue
        axis = _value_axis("q50", item["unit"] if not panels else None, domain)
        panels.append(
            {
                "title": {"text": titles.get(branch, branch)},
                "description": _fan_description(item, branch, titles),
                "width": WIDTH,
                "height": HEIGHT,
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
    return figure_of(outcome_title(item), panels, rows, data=data, table=_fan_table(item, drawn, titles))


def _fan_table(item: Mapping[str, Any], drawn: Sequence[str], titles: Mapping[str, str]) -> dict[str, Any]:
    """Median and 90% range of every third month, and what was observed in it."""
    observed = {o["month"]: o["value"] for o in item["observed"]}
    rows = []
    for i, month in enumerate(item["months"]):
        if i % 3 == 0:
            cells = [day(month).split(" ", 1)[1], number(observed[month]) if month in observed else "–"]
            for branch in drawn:
                fan = item["branches"][branch]
                cells.append(f"{number(fan['q50'][i])} ({number(fan['q05'][i])} to {number(fan['q95'][i])})")
            rows.append(cells)
    return {"head": ["Month", "Observed", *(titles.get(branch, branch) for branch in drawn)], "rows": rows}


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
    figure = fan_figure(item, ["as_on_record"], titles)
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
    last = rows[-1]
    months = f"{rows[0]['month'][:7]} to {last['month'][:7]}"
    alt = f"{check['chart_title']}, {check['chart_unit']}, {months}, last value {number(last['value'])}."
    if mark is not None:
        alt += f" The claim is marked at {number(mark)}: {minus(check['chart_mark_label'])}."
    panel = {
        "description": alt,
        **({"title": _key(check["chart_mark_label"])} if mark is not None else {}),
        "width": CLAIM_WIDTH,
        "height": HEIGHT,
        "data": {"values": rows},
        "layer": layers,
    }
    table = {"head": ["Month", check["chart_unit"]], "rows": [[r["month"], number(r["value"])] for r in rows[-24:]]}
    return figure_of(check["chart_title"], [panel], rows, table=table)


def _key(label: str) -> Spec:
    """What the dashed line of a claim is, above the panel: inside it the words would lie on what was counted."""
    return {"text": f"Dashed: {minus(label)}", "color": CLAIM, "fontSize": SIZE}


def surface_figure(
    headlines: Sequence[Mapping[str, Any]], shown: Sequence[str], titles: Mapping[str, str]
) -> Figure | None:
    """How each headline's probability moves as its threshold moves: one panel per headline, in its colour, and a line
    per branch, told apart by DASHES."""
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
    table = {
        "head": ["Headline", "Branch", "Threshold", "Probability"],
        "rows": [
            [word("headline", r["headline"]), titles.get(r["branch"], r["branch"]), percent(r["threshold"]),
             percent(r["probability"])]
            for i, r in enumerate(rows)
            if i % 5 == 0
        ],
    }  # fmt: skip
    return figure_of("Probability at other thresholds", panels, rows, table=table)


def _surface_panel(
    name: str,
    lines: Sequence[Mapping[str, Any]],
    values: Sequence[Mapping[str, Any]],
    shown: Sequence[str],
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
    dashes = {
        "field": "branch",
        "type": "nominal",
        "legend": None,
        "scale": {
            "domain": branches,
            "range": [list(DASHES[shown.index(b) % len(DASHES)]) or [1, 0] for b in branches],
        },
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
            {
                "mark": {"type": "line", "strokeWidth": 1.8, "color": COLOURS.get(name, INK)},
                "encoding": {"x": x, "y": y, "strokeDash": dashes},
            },
        ],
    }
