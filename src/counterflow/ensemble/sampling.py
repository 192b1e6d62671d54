"""Draws: one vector of all uncertain parameters each, and where in its range each lever's intensity lies."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from counterflow.errors import ModelError
from counterflow.model import (
    border,
    cartels,
    diplomacy,
    homicide,
    leaders,
    noise,
    overdose,
    priors,
    strikes,
    supply,
)
from counterflow.model.conditions import Condition, conditions
from counterflow.model.system import Parameters

JOINT = ("C0", "rho", "eta", "theta", "omega")
TRIES = 60  # redraws of what a joint condition names
FIELDS: dict[str, Any] = {
    "cartels": cartels.Parameters,
    "leaders": leaders.Parameters,
    "strikes": strikes.Parameters,
    "supply": supply.Parameters,
    "overdose": overdose.Parameters,
    "border": border.Parameters,
    "diplomacy": diplomacy.Parameters,
    "homicide": homicide.Parameters,
    "noise": noise.Parameters,
}


class Draws(NamedTuple):
    """Every leaf of `parameters` is (draw,); `intensity` and `delivery` are (draw, lever) in (0, 1); `scores`
    (draw, week, ...)."""

    parameters: Parameters
    intensity: np.ndarray
    delivery: np.ndarray
    scores: noise.Scores


def generator(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each name, so that a new parameter does not move the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@lru_cache(maxsize=1)
def refits() -> np.ndarray:
    """(refit, 5) accepted refits of the cartel model, columns as in JOINT."""
    with (files("counterflow.model") / "data" / "refits.csv").open(encoding="utf-8") as file:
        return np.array([[float(row[name]) for name in JOINT] for row in csv.DictReader(file)])


def draw(
    count: int,
    seed: int,
    levers: Sequence[str],
    weeks: int,
    *,
    year: int | None = None,
    fixed: Mapping[tuple[str, str], float] | None = None,
) -> Draws:
    """`count` draws from the priors as known in `year` (None = now), with noise for `weeks` weeks.

    `fixed` holds (mechanism, symbol) at a value; all other parameters keep the values they have without it, so
    that a contrast between two fixed values is paired. What a joint condition names (model/conditions.toml) is drawn
    again until the condition holds, but for what is fixed.
    """
    fixed = fixed or {}
    table = priors.load()
    values: dict[tuple[str, str], np.ndarray] = {}
    normal = {
        (mechanism, symbol): generator(seed, f"{mechanism}.{symbol}").standard_normal(count)
        for mechanism in table
        for symbol in table[mechanism]
    }
    for mechanism, symbols in table.items():
        for symbol, prior in symbols.items():
            for other, rho in prior.correlation.items():
                own = normal[mechanism, symbol]
                normal[mechanism, symbol] = rho * normal[mechanism, other] + np.sqrt(1.0 - rho**2) * own
    for (mechanism, symbol), score in normal.items():
        prior = table[mechanism][symbol]
        if prior.family != "joint":
            values[mechanism, symbol] = priors.from_score(prior, score, year)
    chosen = refits()[generator(seed, "cartels.joint").integers(0, len(refits()), count)]
    for column, symbol in enumerate(JOINT):
        values["cartels", symbol] = chosen[:, column]
    for key, value in fixed.items():
        values[key] = np.full(count, value)
    for condition in conditions():
        if year is None or condition.known_from < year:
            _meet(condition, values, fixed, seed, year)
    parameters = Parameters(
        *(
            FIELDS[mechanism](*(values[mechanism, symbol].astype(np.float32) for symbol in FIELDS[mechanism]._fields))
            for mechanism in Parameters._fields
        )
    )
    intensity = np.stack([generator(seed, f"intensity.{lever}").random(count) for lever in levers], axis=1)
    delivery = np.stack([generator(seed, f"delivery.{lever}").random(count) for lever in levers], axis=1)
    # Filled draw by draw, so that a draw's noise does not depend on how many are drawn.
    scores: Any = noise.Scores(
        generator(seed, "noise.normal").standard_normal((count, weeks, noise.SCORES), dtype=np.float32),  # type: ignore[arg-type]
        generator(seed, "noise.uniform").random((count, weeks, 2), dtype=np.float32),  # type: ignore[arg-type]
    )
    return Draws(parameters, intensity, delivery, scores)


def _meet(
    condition: Condition,
    values: dict[tuple[str, str], np.ndarray],
    fixed: Mapping[tuple[str, str], float],
    seed: int,
    year: int | None,
) -> None:
    """Redraw in place what a joint condition names, in the draws that do not meet it, each from numbers of its own.

    Raises ModelError where TRIES redraws are not enough.
    """
    count = len(values[condition.keys[0]])
    scores = generator(seed, f"condition.{condition.name}").standard_normal((count, TRIES, len(condition.keys)))
    for attempt in range(TRIES):
        failing = ~condition.holds(values)
        if not failing.any():
            return
        for column, key in enumerate(condition.keys):
            if key not in fixed:
                prior = priors.load()[key[0]][key[1]]
                redrawn = priors.from_score(prior, scores[:, attempt, column], year)
                values[key] = np.where(failing, redrawn, values[key])
    raise ModelError(
        f"the condition {condition.name!r} leaves no draw",
        where="model/conditions.toml",
        hint="The priors that it names clash with it.",
    )
