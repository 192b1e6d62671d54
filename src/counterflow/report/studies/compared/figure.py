"""The front of a comparison as a chart: each outcome of each strategy, and whether no other beats it."""

from __future__ import annotations

from typing import Any

from counterflow.calibration.forecasting.diagrams import COLOURS, CONFIG, INK, MUTED, SCHEMA, Spec
from counterflow.judgement.comparison.schema import Compared, Comparison, OutcomeId, Spread
from counterflow.report.studies.compared.words import AGAINST, OUTCOMES, as_change

BEATEN, FRONT = "beaten by another", "beaten by no other"
PANELS: tuple[OutcomeId, ...] = ("fentanyl", "crossings", "friction", "violence", "deaths")
ACROSS = 3


def front_figure(of: Comparison) -> Spec:
    """Medians and 5% to 95% over draws against the run without a strategy: a panel for each outcome, and spending."""
    titles = [one.title for one in of.strategies]
    panels = [_panel(of, titles, outcome) for outcome in PANELS]
    return {
        "$schema": SCHEMA,
        "title": f"Against {AGAINST['none']}: medians, and 5% to 95% over draws",
        "config": CONFIG,
        "concat": [*panels, _spending(of, titles)],
        "columns": ACROSS,
    }


def _panel(of: Comparison, titles: list[str], outcome: OutcomeId) -> Spec:
    def spread(one: Compared) -> Spread:
        if outcome == "deaths":
            averted = one.deaths_averted
            return Spread(median=-averted.median, low=-averted.high, high=-averted.low)
        effects = one.effects
        return next(as_change(outcome, e.change) for e in effects if e.outcome == outcome and e.reference == "none")

    rows = [_row(one, spread(one), one.front.member) for one in of.strategies]
    title = "change of US deaths (above 0: more)" if outcome == "deaths" else f"change of {OUTCOMES[outcome]}"
    title = "cooperation, deepest fall" if outcome == "friction" else title
    return _intervals(title, rows, titles, "~s" if outcome == "deaths" else "+.0%")


def _spending(of: Comparison, titles: list[str]) -> Spec:
    rows = []
    for one in of.strategies:
        if one.front_with_cost is not None:
            billions = Spread(**{name: value / 1e9 for name, value in one.spent.model_dump().items()})
            rows.append(_row(one, billions, one.front_with_cost.member))
    return _intervals("spent, billions of USD, where all is priced", rows, titles, "~f")


def _row(one: Compared, of: Spread, member: bool) -> dict[str, Any]:
    ends = {name: float(f"{value:.4g}") for name, value in of.model_dump().items()}
    return {"strategy": one.title, "front": FRONT if member else BEATEN, **ends}


def _intervals(title: str, rows: list[dict[str, Any]], titles: list[str], form: str) -> Spec:
    y = {
        "field": "strategy",
        "type": "nominal",
        "title": None,
        "scale": {"domain": titles},
        "axis": {"labelLimit": 200, "labelColor": INK, "domain": False, "ticks": False},
    }
    axis = {"format": form, "tickCount": 4, "labelOverlap": True}
    x = {"type": "quantitative", "title": None, "axis": axis, "scale": {"padding": 8}}
    colour = {
        "field": "front",
        "type": "nominal",
        "scale": {"domain": [FRONT, BEATEN], "range": [COLOURS["model"], MUTED]},
    }
    return {
        "title": title,
        "width": 190,
        "height": 16 * len(titles),
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": {**x, "field": "median"},
                    "color": colour,
                    "shape": {**colour, "scale": {"domain": [FRONT, BEATEN], "range": ["circle", "diamond"]}},
                },
            },
        ],
    }
