"""What joint conditions make of the parameters that they name: the points drawn beside those stated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from counterflow.ensemble.sampling import draw
from counterflow.model import priors
from counterflow.model.conditions import Key, conditions

COUNT, SEED = 4000, 0
POINTS = (5.0, 50.0, 95.0)


class Drawn(NamedTuple):
    """A parameter that conditions name: which conditions, and its 5%, 50% and 95% points as drawn."""

    key: Key
    conditions: tuple[str, ...]
    low: float
    central: float
    high: float


def drawn() -> tuple[Drawn, ...]:
    """All parameters that a joint condition may draw again, with their points in COUNT draws from the priors."""
    named: dict[Key, list[str]] = {}
    for condition in conditions():
        for key in condition.first + condition.then:
            named.setdefault(key, []).append(condition.name)
    parameters = draw(COUNT, SEED, ["none"], 1).parameters
    order = {mechanism: place for place, mechanism in enumerate(priors.MECHANISMS)}
    rows = []
    for key in sorted(named, key=lambda one: order[one[0]]):  # type: ignore[index]
        mechanism, symbol = key
        low, central, high = np.percentile(getattr(getattr(parameters, mechanism), symbol), POINTS)
        rows.append(Drawn(key, tuple(named[key]), float(low), float(central), float(high)))
    return tuple(rows)
