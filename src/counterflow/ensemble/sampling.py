"""Draws: one vector of all uncertain parameters each, and where in its range each lever's intensity lies."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from counterflow.errors import StrategyError
from counterflow.model import noise, priors
from counterflow.model.conditions import Condition, conditions
from counterflow.model.state import Parameters

JOINT = ("C0", "rho", "eta", "theta", "omega")
NEAREST = 10  # refits from which the others come where one of JOINT is fixed
TRIES = 60  # redraws of what a joint condition names
FIELDS: dict[str, Any] = get_type_hints(Parameters)  # the parameters of each mechanism


class Draws(NamedTuple):
    """Every leaf of `parameters` is (draw,); `intensity`, `delivery` and `cost` are (draw, lever) in (0, 1);
    `scores` (draw, week, ...)."""

    parameters: Parameters
    intensity: np.ndarray
    delivery: np.ndarray
    cost: np.ndarray
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
    table: priors.Table | None = None,
) -> Draws:
    """`count` draws from the priors as known in `year` (None = now), with noise for `weeks` weeks.

    `table` are the priors, if not those of the package. `fixed` holds (mechanism, symbol) at a value; all other
    parameters keep the values they have without it, so that a contrast between two fixed values is paired. What a joint
    condition names (model/conditions.toml) is drawn again until the condition holds, but for what is fixed.
    """
    fixed = dict(fixed or {})
    table = table or priors.load()
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
    near = refits_near({symbol: table["cartels"][symbol].central for symbol in JOINT if _is_fixed(table, symbol)})
    chosen = near[generator(seed, "cartels.joint").integers(0, len(near), count)]
    for column, symbol in enumerate(JOINT):
        if table["cartels"][symbol].family == "joint":
            values["cartels", symbol] = chosen[:, column]
    for key, value in fixed.items():
        values[key] = np.full(count, value)
    for condition in conditions():
        if year is None or condition.known_from < year:
            _meet(condition, values, fixed, seed, year, table)
    parameters = Parameters(
        *(
            FIELDS[mechanism](*(values[mechanism, symbol].astype(np.float32) for symbol in FIELDS[mechanism]._fields))
            for mechanism in Parameters._fields
        )
    )
    intensity = np.stack([generator(seed, f"intensity.{lever}").random(count) for lever in levers], axis=1)
    delivery = np.stack([generator(seed, f"delivery.{lever}").random(count) for lever in levers], axis=1)
    cost = np.stack([generator(seed, f"cost.{lever}").random(count) for lever in levers], axis=1)
    # Filled draw by draw, so that a draw's noise does not depend on how many are drawn.
    scores: Any = noise.Scores(
        generator(seed, "noise.normal").standard_normal((count, weeks, noise.SCORES), dtype=np.float32),  # type: ignore[arg-type]
        generator(seed, "noise.uniform").random((count, weeks, noise.UNIFORMS), dtype=np.float32),  # type: ignore[arg-type]
    )
    return Draws(parameters, intensity, delivery, cost, scores)


def _is_fixed(table: priors.Table, symbol: str) -> bool:
    return table["cartels"][symbol].family == "fixed"


def refits_near(fixed: Mapping[str, float]) -> np.ndarray:
    """(refit, 5) the accepted refits, or those nearest to what is `fixed`: theta falls as C0 squared, and none of the
    five can be chosen without the others."""
    every = refits()
    if not fixed:
        return every
    columns = [JOINT.index(symbol) for symbol in fixed]
    scale = np.maximum(every[:, columns].std(axis=0), 1e-30)
    distance = (((every[:, columns] - np.array(list(fixed.values()))) / scale) ** 2).sum(axis=1)
    return np.asarray(every[np.argsort(distance, kind="stable")[:NEAREST]])


def _meet(
    condition: Condition,
    values: dict[tuple[str, str], np.ndarray],
    fixed: Mapping[tuple[str, str], float],
    seed: int,
    year: int | None,
    table: priors.Table,
) -> None:
    """Redraw in place what a joint condition names, in the draws that do not meet it, each from numbers of its own.

    Raises StrategyError where TRIES redraws of the first and TRIES of all are not enough: the priors of the package
    leave room, so what a strategy sets for them does not.
    """
    for keys in (condition.first, condition.first + condition.then):
        count = len(values[keys[0]])
        scores = generator(seed, f"condition.{condition.name}.{len(keys)}").standard_normal((count, TRIES, len(keys)))
        for attempt in range(TRIES):
            failing = ~condition.holds(values)
            if not failing.any():
                return
            for column, key in enumerate(keys):
                if key not in fixed and table[key[0]][key[1]].family != "fixed":
                    redrawn = priors.from_score(table[key[0]][key[1]], scores[:, attempt, column], year)
                    values[key] = np.where(failing, redrawn, values[key])
    symbols = ", ".join(f'"{mechanism}.{symbol}"' for mechanism, symbol in condition.first + condition.then)
    raise StrategyError(
        f"no draw meets the condition that {condition.meaning}",
        where=f"parameters.{symbols}",
        hint="What you set for them clashes with it; leave one of them to its prior, or widen it.",
    )
