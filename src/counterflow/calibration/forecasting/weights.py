"""Weights of the blend: learned, for each series and horizon, from past forecasts whose outcome was known by then.

A forecast blends the model with the two simple rules (`backtest.BLENDED`), by weights that would have given the lowest
CRPS to the forecasts of the months before (`blending`). For a cut-off they are learned from the forecasts at every
earlier month, each made with what was known at its own time, and only from outcomes published by the cut-off, as they
were then published. Horizons near the one asked for count too, half for every two months.

PRIOR and STRENGTH are judgement: the model, which knows levers and events, and persistence, which was the best simple
rule in nearly every series, share most of it, as if 30 forecasts had met outcomes drawn from that blend. They were
chosen after the rules had been scored on 2019-2025 and the model's first forecasts had been seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import blending
from counterflow.calibration.forecasting.backtest import BLEND, BLENDED, Made, at_months
from counterflow.calibration.forecasting.predicting import actual
from counterflow.calibration.forecasting.scoring import Floats
from counterflow.errors import EvidenceError
from counterflow.evidence.store import Store

PRIOR = (0.5, 0.4, 0.1)  # of BLENDED, in its order; judgement, grade D
STRENGTH = 30.0  # forecasts that the prior weighs as much as; judgement, grade D
FILE = "weights.json"
ALL = "all"  # key of the weights that every outcome taught
DIGITS = 4

Weights = Mapping[str, Floats]  # by series: (horizon, component)


class Learning:
    """Past forecasts with the terms of their scores, each computed once for each outcome that it is told."""

    def __init__(self, past: Iterable[Made], components: Sequence[str] = BLENDED) -> None:
        """Forecasts that lack a component teach nothing and are left out."""
        self.past = [one for one in past if all(name in one.samples for name in components)]
        self.components = tuple(components)
        self._terms: dict[tuple[str, np.datetime64, int, float], blending.Terms] = {}

    def weights(
        self, known: Mapping[str, Monthly], cutoff: date, horizon: int, prior: Sequence[float] = PRIOR
    ) -> dict[str, Floats]:
        """Weights (horizon, component) of each series of `known`, its months as published by the cut-off.

        Only forecasts from origins before the cut-off are asked, and only about months that `known` has.
        """
        return {
            name: self._of(name, series, np.datetime64(cutoff, "M"), horizon, prior) for name, series in known.items()
        }

    def _of(self, name: str, known: Monthly, cutoff: np.datetime64, horizon: int, prior: Sequence[float]) -> Floats:
        steps, lines, squares = [], [], []
        for one in (one for one in self.past if one.name == name and one.origin < cutoff):
            ahead = next(iter(one.samples.values())).shape[1]
            for step, value in enumerate(at_months(known, one.origin, ahead)):
                if np.isfinite(value):
                    terms = self._known(one, step, float(value))
                    steps.append(step)
                    lines.append(terms.linear)
                    squares.append(terms.quadratic)
        at = np.array(steps, np.float64)
        found = [blending.weights(lines, squares, at - step, prior, STRENGTH) for step in range(horizon)]
        return np.stack(found)

    def _known(self, one: Made, step: int, value: float) -> blending.Terms:
        key = (one.name, one.origin, step, value)
        if key not in self._terms:
            drawn = np.stack([one.samples[name][:, step] for name in self.components])
            self._terms[key] = blending.terms(drawn, value, one.scale)
        return self._terms[key]


def published(store: Store, names: Iterable[str], cutoff: date, as_of: date | None) -> dict[str, Monthly]:
    """The months of each series before a cut-off, as published by `as_of` (None: all that the store has of them)."""
    return {name: actual(store, name, before=cutoff, as_of=as_of) for name in names}


def blended(one: Made, weights: Floats, seed: int = 0, components: Sequence[str] = BLENDED) -> Made:
    """The same forecasts with their blend beside them; `weights` (horizon, component).

    A component that could not be formed has no part, and the others share its weight.
    """
    there = [number for number, name in enumerate(components) if name in one.samples]
    samples = [one.samples[components[number]] for number in there]
    count, horizon = samples[0].shape
    columns = [
        blending.pool([each[:, step] for each in samples], weights_for(weights, step)[there], count, seed)
        for step in range(horizon)
    ]
    return one._replace(samples={**one.samples, BLEND: np.stack(columns, axis=1)})


def weights_for(weights: Floats, step: int) -> Floats:
    """The weights (component,) at a horizon; past the last that was learned, the last's."""
    return np.asarray(weights[min(step, len(weights) - 1)])


def as_written(learned: Mapping[str, Weights], about: Mapping[str, Any]) -> str:
    """The text of weights.json: weights of every series by the cut-off that they were learned by."""
    tables = {
        cutoff: {name: np.asarray(rows).round(DIGITS).tolist() for name, rows in by_series.items()}
        for cutoff, by_series in learned.items()
    }
    head = {**about, "components": list(BLENDED), "prior": list(PRIOR), "strength": STRENGTH}
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    parts = []
    for cutoff, by_series in tables.items():
        rows = ",\n".join(f"   {json.dumps(name)}: {json.dumps(values)}" for name, values in by_series.items())
        parts.append(f"  {json.dumps(cutoff)}: {{\n{rows}\n  }}")
    lines.append(' "learned_by": {\n' + ",\n".join(parts) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def bundled_weights() -> dict[str, dict[str, Floats]]:
    """Weights (horizon, component) of every series by the cut-off that they were learned by, YYYY-MM or ALL.

    Raises EvidenceError where the file is missing or not as this version writes it.
    """
    try:
        text = (files("counterflow.calibration.forecasting") / FILE).read_text(encoding="utf-8")
        found = json.loads(text)
        if found["components"] != list(BLENDED):
            raise ValueError("other components")
        return {
            cutoff: {name: np.array(rows, np.float64).reshape(-1, len(BLENDED)) for name, rows in by_series.items()}
            for cutoff, by_series in found["learned_by"].items()
        }
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise EvidenceError("the weights of the blend cannot be read", where=FILE, hint="Install it again.") from error


def learned_by(origin: date | None) -> tuple[str, dict[str, Floats]]:
    """The bundled weights of the latest cut-off not after an origin, with its name; None: of all outcomes.

    Before the first cut-off nothing had been learned: the prior.
    """
    table = bundled_weights()
    if origin is None:
        return ALL, table[ALL]
    earlier = sorted(key for key in table if key != ALL and key <= f"{origin:%Y-%m}")
    if not earlier:
        return "prior", {name: np.array([PRIOR]) for name in table[ALL]}
    return earlier[-1], table[earlier[-1]]
