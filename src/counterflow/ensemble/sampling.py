"""Draws: one vector of all uncertain parameters each, and where in its range each lever's intensity lies.

Draws come in blocks of BLOCK. A block depends on the seed, its number and what is drawn from, never on how many are
asked for, so that any part of an ensemble can be drawn alone, on any machine. Every uncertain number of a draw has a
place in (0, 1) under a name of its own; a design sets the places of a block:

- `random`: independent, each name from a generator of its own, so that a new parameter does not move the others.
- `latin-hypercube`: in each block every name has one place in each of BLOCK equal strata, in an order of its own, from
  the name's own generator too (McKay, Beckman & Conover 1979, Technometrics 21(2), the sample of their section 2.3; its
  independent replicates, one a block, as Iman & Conover 1980, Communications in Statistics A9(17)).
- `sobol`: one scrambled Sobol' sequence over all names (Owen 1998, ACM TOMACS 8(1), by a linear matrix scramble and a
  digital shift; directions of Joe & Kuo 2008, SIAM J. Scientific Computing 30(5)); block b are its points from BLOCK b
  on. A new name can move those after it.

What is correlated with another parameter is a mixture of two places, and what a joint condition draws again comes from
the block's pseudo-random numbers: neither keeps its strata exactly.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, get_type_hints

import jax
import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from counterflow.ensemble.asked import Method
from counterflow.ensemble.posterior import Posterior
from counterflow.errors import StrategyError
from counterflow.model import noise, priors
from counterflow.model.conditions import Condition, Key, conditions
from counterflow.model.state import Parameters

BLOCK = 250  # draws
JOINT = ("C0", "rho", "eta", "theta", "omega")
NEAREST = 10  # refits from which the others come where one of JOINT is fixed
TRIES = 60  # redraws of what a joint condition names
# Places keep this far from 0 and 1, where a normal score is infinite: a quarter of a step of SciPy's Sobol' points.
EDGE = 2.0**-32
FIELDS: dict[str, Any] = get_type_hints(Parameters)  # the parameters of each mechanism


class Sampling(NamedTuple):
    """How the space of the uncertain numbers is covered, and draws that some parameters come from together."""

    method: Method = "random"
    posterior: Posterior | None = None


RANDOM = Sampling()


class Draws(NamedTuple):
    """Every leaf of `parameters` is (draw,); `intensity`, `delivery` and `cost` are (draw, lever) in (0, 1);
    `scores` (draw, week, ...)."""

    parameters: Parameters
    intensity: np.ndarray
    delivery: np.ndarray
    cost: np.ndarray
    scores: noise.Scores


def generator(seed: int, name: str, block: int = 0, replicate: int = 0) -> np.random.Generator:
    """A generator of its own for each name, block and replicate, so that a new parameter does not move the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode()), block, replicate])


def places(method: Method, names: Sequence[str], seed: int, number: int) -> dict[str, np.ndarray]:
    """(draw,) places in (0, 1) of every name in block `number`; see the head of this module."""
    if method == "sobol":
        engine = qmc.Sobol(len(names), scramble=True, rng=generator(seed, "sobol"))
        if number == 0:
            # A power of two, and cut: of any other number scipy warns that such a sample alone is not balanced.
            points = engine.random(1 << BLOCK.bit_length())[:BLOCK]
        else:
            points = engine.fast_forward(BLOCK * number).random(BLOCK)
        found = dict(zip(names, points.T, strict=True))
    elif method == "latin-hypercube":
        found = {name: qmc.LatinHypercube(1, rng=generator(seed, name, number)).random(BLOCK)[:, 0] for name in names}
    else:
        found = {name: generator(seed, name, number).random(BLOCK) for name in names}
    return {name: np.clip(values, EDGE, 1.0 - EDGE) for name, values in found.items()}


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
    fixed: Mapping[Key, float] | None = None,
    table: priors.Table | None = None,
    sampling: Sampling = RANDOM,
    replicate: int = 0,
) -> Draws:
    """The first `count` draws from the priors as known in `year` (None = now), with noise for `weeks` weeks.

    `table` are the priors, if not those of the package. `fixed` holds (mechanism, symbol) at a value; all other
    parameters keep the values they have without it, so that a contrast between two fixed values is paired. What a joint
    condition names (model/conditions.toml) is drawn again until the condition holds, but for what is fixed.

    Parameters that a posterior names come from it, in whole rows and in every year, one row a draw at the place that
    the design gives; what it leaves out comes from the priors, independent of it. No condition draws them again, and
    one that names nothing else is taken to be met. A `replicate` has noise of its own and nothing else.

    Raises StrategyError where no draw meets a condition, or where a parameter is both set by the strategy and in the
    posterior.
    """
    blocks = [
        draw_block(
            number, seed, levers, weeks, year=year, fixed=fixed, table=table, sampling=sampling, replicate=replicate
        )
        for number in range(max(1, -(-count // BLOCK)))
    ]
    joined: Draws = jax.tree.map(lambda *parts: np.concatenate(parts)[:count], *blocks)
    return joined


def draw_block(
    number: int,
    seed: int,
    levers: Sequence[str],
    weeks: int,
    *,
    year: int | None = None,
    fixed: Mapping[Key, float] | None = None,
    table: priors.Table | None = None,
    sampling: Sampling = RANDOM,
    replicate: int = 0,
) -> Draws:
    """The BLOCK draws from BLOCK x `number` on; see `draw`."""
    fixed = dict(fixed or {})
    table = table or priors.load()
    keys = [(mechanism, symbol) for mechanism, symbols in table.items() for symbol in symbols]
    ranges = [f"{kind}.{lever}" for kind in ("intensity", "delivery", "cost") for lever in levers]
    names = ["posterior", "cartels.joint", *(".".join(key) for key in keys), *ranges]
    place = places(sampling.method, names, seed, number)

    normal = {key: ndtri(place[".".join(key)]) for key in keys}
    for mechanism, symbols in table.items():
        for symbol, prior in symbols.items():
            for other, rho in prior.correlation.items():
                own = normal[mechanism, symbol]
                normal[mechanism, symbol] = rho * normal[mechanism, other] + np.sqrt(1.0 - rho**2) * own
    values: dict[Key, np.ndarray] = {}
    for (mechanism, symbol), score in normal.items():
        prior = table[mechanism][symbol]
        if prior.family != "joint":
            values[mechanism, symbol] = priors.from_score(prior, score, year)
    near = refits_near({symbol: table["cartels"][symbol].central for symbol in JOINT if _is_fixed(table, symbol)})
    chosen = near[np.floor(place["cartels.joint"] * len(near)).astype(int)]
    for column, symbol in enumerate(JOINT):
        if table["cartels"][symbol].family == "joint":
            values["cartels", symbol] = chosen[:, column]
    held = set(fixed)
    if sampling.posterior is not None:
        _refuse_clash(sampling.posterior, table)
        rows = np.floor(place["posterior"] * len(sampling.posterior.values)).astype(int)
        values |= dict(zip(sampling.posterior.names, sampling.posterior.values[rows].T, strict=True))
        held |= set(sampling.posterior.names)
    for key, value in fixed.items():
        values[key] = np.full(BLOCK, value)
    for condition in conditions():
        taken = sampling.posterior is not None and held.issuperset(condition.first + condition.then)
        if not taken and (year is None or condition.known_from < year):
            _meet(condition, values, held, seed, number, year, table)
    parameters = Parameters(
        *(
            FIELDS[mechanism](*(values[mechanism, symbol].astype(np.float32) for symbol in FIELDS[mechanism]._fields))
            for mechanism in Parameters._fields
        )
    )
    intensity, delivery, cost = np.stack([place[name] for name in ranges], axis=1).reshape(BLOCK, 3, -1).swapaxes(0, 1)
    normals, uniforms = (generator(seed, f"noise.{kind}", number, replicate) for kind in ("normal", "uniform"))
    scores: Any = noise.Scores(
        normals.standard_normal((BLOCK, weeks, noise.SCORES), dtype=np.float32),  # type: ignore[arg-type]
        uniforms.random((BLOCK, weeks, noise.UNIFORMS), dtype=np.float32),  # type: ignore[arg-type]
    )
    return Draws(parameters, intensity, delivery, cost, scores)


def _refuse_clash(posterior: Posterior, table: priors.Table) -> None:
    """Raise StrategyError where a strategy sets what the posterior holds: its other columns belong to what it holds."""
    for mechanism, symbol in posterior.names:
        if table[mechanism][symbol].known_from == priors.ALWAYS:
            raise StrategyError(
                f"{mechanism}.{symbol} is set by the strategy and drawn from {posterior.source}",
                where=f'parameters."{mechanism}.{symbol}"',
                hint="Take it out of the strategy, or leave its column out of the posterior.",
            )


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
    values: dict[Key, np.ndarray],
    held: Collection[Key],
    seed: int,
    number: int,
    year: int | None,
    table: priors.Table,
) -> None:
    """Redraw in place what a joint condition names, in the draws that do not meet it, each from numbers of its own.

    What is `held` stays as it is. Each draw takes the first of TRIES redraws that meets the condition. Raises
    StrategyError where TRIES of the first and TRIES of all are not enough: the priors of the package leave room, so
    what a strategy sets for them does not.
    """
    failing = ~condition.holds(values)
    for keys in (condition.first, condition.first + condition.then):
        if not failing.any():
            return
        own = generator(seed, f"condition.{condition.name}.{len(keys)}", number)
        scores = own.standard_normal((BLOCK, TRIES, len(keys)))
        redrawn = {
            key: priors.from_score(table[key[0]][key[1]], scores[:, :, column], year)
            for column, key in enumerate(keys)
            if key not in held and table[key[0]][key[1]].family != "fixed"
        }
        # All redraws of all draws at once: (draw, try).
        meets = condition.holds({key: column[:, None] for key, column in values.items()} | redrawn)
        meets = np.broadcast_to(meets, (BLOCK, TRIES))
        first = np.where(meets.any(axis=1), meets.argmax(axis=1), TRIES - 1)
        for key, tries in redrawn.items():
            values[key] = np.where(failing, tries[np.arange(BLOCK), first], values[key])
        failing &= ~meets.any(axis=1)
    if not failing.any():
        return
    symbols = ", ".join(f'"{mechanism}.{symbol}"' for mechanism, symbol in condition.first + condition.then)
    raise StrategyError(
        f"no draw meets the condition that {condition.meaning}",
        where=f"parameters.{symbols}",
        hint="What is set for them clashes with it; leave one of them to its prior, or widen it.",
    )
