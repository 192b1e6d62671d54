"""Strategies beside each other: a panel for each outcome, with the median and where nine in ten draws lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.judgement.comparison.schema import Compared, OutcomeId, Spread
from counterflow.report.pictures.drawing import (
    CROSSINGS,
    DEATHS,
    FRICTION,
    INK,
    MUTED,
    RULE,
    TRAFFICKING,
    VIOLENCE,
    Figure,
    Spec,
    figure_of,
)
from counterflow.report.pictures.fitting import labels, row_places
from counterflow.report.studies.compared.words import OUTCOMES, as_change, persons, spread_words
from counterflow.report.words import percent_change

WIDTH, ROW = 250, 27
COLOURS: Mapping[OutcomeId, str] = {
    "fentanyl": TRAFFICKING,
    "deaths": DEATHS,
    "crossings": CROSSINGS,
    "friction": FRICTION,
    "violence": VIOLENCE,
}


def strategies_figure(found: Mapping[str, Any] | None) -> Figure | None:
    """Each outcome of each strategy against the run without one; a dot is full where no other strategy beats it."""
    if not found:
        return None
    every = [Compared.model_validate(row) for row in found["strategies"][1:]]
    rows = [
        {"outcome": OUTCOMES[outcome], "strategy": one.title, **_spread(one, outcome).model_dump(),
         "beaten by no other": one.front.member}
        for outcome in COLOURS
        for one in every
    ]  # fmt: skip
    title = "Strategies against the run without a strategy"
    return figure_of(title, [_panel(every, outcome, found["forced"]) for outcome in COLOURS], rows)


def _spread(of: Compared, outcome: OutcomeId) -> Spread:
    if outcome == "deaths":
        averted = of.deaths_averted
        return Spread(median=-averted.median, low=-averted.high, high=-averted.low)
    change = next(effect.change for effect in of.effects if effect.outcome == outcome and effect.reference == "none")
    return as_change(outcome, change)


def _panel(every: list[Compared], outcome: OutcomeId, forced: list[str]) -> Spec:
    words = persons if outcome == "deaths" else percent_change
    title = f"{OUTCOMES[outcome][0].upper()}{OUTCOMES[outcome][1:]}"
    y = row_places(len(every))
    axis = {"format": "~s" if outcome == "deaths" else "+.0%", "tickCount": 4, "gridColor": RULE, "labelOverlap": True}
    x: Spec = {"field": "median", "type": "quantitative", "title": None, "axis": axis}
    names = [one.title + (" (with armed force)" if one.title in forced else "") for one in every]
    above = labels(y, names, WIDTH, INK)
    values = [
        {"row": at, "front": one.front.member}
        | {key: float(f"{value:.4g}") for key, value in _spread(one, outcome).model_dump().items()}
        for at, one in enumerate(every)
    ]
    told = "; ".join(
        f"{name} {spread_words(_spread(one, outcome), words)}" for name, one in zip(names, every, strict=True)
    )
    place = {"yOffset": 5, "color": COLOURS[outcome]}
    dot = {"type": "point", "size": 40, "opacity": 1, **place}
    encoding = {"y": y, "x": x}
    return {
        "title": {"text": title},
        "description": f"{title}, change against the run without a strategy: {told}.",
        "width": WIDTH,
        "height": ROW * len(every),
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rule", "color": MUTED}, "encoding": {"x": {"datum": 0.0, "type": "quantitative"}}},
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6, **place},
                "encoding": {"y": y, "x": x | {"field": "low"}, "x2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "datum.front"}],
                "mark": dot | {"filled": True},
                "encoding": encoding,
            },
            {
                "transform": [{"filter": "!datum.front"}],
                "mark": dot | {"filled": True, "color": "#ffffff", "stroke": COLOURS[outcome], "strokeWidth": 1.5},
                "encoding": encoding,
            },
            *above,
        ],
    }
