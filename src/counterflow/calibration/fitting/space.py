"""Parameters as standard normal scores: the space in which every prior is the same and a fit moves.

The families are those of model/priors.py: two-piece normals on the log, logit or natural scale whose 5%, 50% and 95%
points are the prior's. Parameters that are fixed, indicators, or refitted together are no part of it: each chain holds
one draw of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.model import priors
from counterflow.model.conditions import Key
from counterflow.model.state import Parameters

SCALES = ("normal", "lognormal", "logitnormal")  # in the order of `Space.scale`


class Space(NamedTuple):
    """The parameters that are fitted, and how a score becomes a value."""

    keys: tuple[Key, ...]
    scale: np.ndarray  # (parameter,) position in SCALES
    sign: np.ndarray  # (parameter,) -1 where a lognormal lies below zero
    centre: np.ndarray  # (parameter,) 50% point on its scale
    below: np.ndarray  # (parameter,) standard deviation below it
    above: np.ndarray  # (parameter,) and above
    mixing: np.ndarray  # (parameter, parameter) lower triangle: independent scores to correlated ones


def continuous(table: priors.Table) -> tuple[Key, ...]:
    """All parameters with a continuous prior of their own."""
    return tuple(
        (mechanism, symbol)
        for mechanism, symbols in table.items()
        for symbol, prior in symbols.items()
        if prior.family in SCALES
    )


def space(table: priors.Table, keys: Sequence[Key], year: int | None) -> Space:
    """The space of `keys`, with priors as known in `year` (None = now)."""
    keys = tuple(keys)
    rows = []
    for mechanism, symbol in keys:
        prior = table[mechanism][symbol]
        interval = prior.at(year)
        points = np.array([interval.low, interval.central, interval.high], np.float64)
        sign = -1.0 if prior.family == "lognormal" and interval.central < 0.0 else 1.0
        if prior.family == "lognormal":
            points = np.log(np.sort(sign * points))
        elif prior.family == "logitnormal":
            points = np.log(points / (1.0 - points))
        wider = priors.WIDER if not prior.is_known(year) and prior.earlier is None else 1.0
        spread = wider * np.diff(points) / priors.Z95
        rows.append((SCALES.index(prior.family), sign, points[1], *spread))
    columns = np.array(rows).T
    return Space(keys, columns[0].astype(int), columns[1], columns[2], columns[3], columns[4], _mixing(table, keys))


def _mixing(table: priors.Table, keys: tuple[Key, ...]) -> np.ndarray:
    """As `ensemble.sampling.draw_block` mixes: a score is rho of the other's and the rest its own."""
    mixing = np.eye(len(keys))
    for row, (mechanism, symbol) in enumerate(keys):
        for other, rho in table[mechanism][symbol].correlation.items():
            if (mechanism, other) in keys:
                mixing[row] *= np.sqrt(1.0 - rho**2)
                mixing[row] += rho * mixing[keys.index((mechanism, other))]
    return mixing


def values(at: Space, scores: Array) -> Array:
    """(..., parameter) values at independent standard normal scores of the same shape."""
    z = jnp.asarray(at.sign) * (scores @ jnp.asarray(at.mixing).T)
    inner = jnp.asarray(at.centre) + z * jnp.where(z < 0.0, jnp.asarray(at.below), jnp.asarray(at.above))
    share = 1.0 / (1.0 + jnp.exp(-inner))
    size = jnp.asarray(at.sign) * jnp.exp(jnp.where(at.scale == 1, inner, 0.0))
    return jnp.where(at.scale == 2, share, jnp.where(at.scale == 1, size, inner))


def scores_of(at: Space, found: np.ndarray) -> np.ndarray:
    """(..., parameter) independent scores of values: the inverse of `values`."""
    found = np.asarray(found, np.float64)
    inner = found.copy()
    logs, shares = at.scale == 1, at.scale == 2
    inner[..., logs] = np.log(at.sign[logs] * found[..., logs])
    inner[..., shares] = np.log(found[..., shares] / (1.0 - found[..., shares]))
    off = inner - at.centre
    z = at.sign * off / np.where(off < 0.0, at.below, at.above)
    return np.asarray(np.linalg.solve(at.mixing, z[..., None])[..., 0])


def with_values(base: Parameters, keys: Sequence[Key], found: Array) -> Parameters:
    """`base` with `found` (parameter,) in the place of what it holds of `keys`."""
    changed: dict[str, dict[str, Array]] = {}
    for position, (mechanism, symbol) in enumerate(keys):
        changed.setdefault(mechanism, {})[symbol] = found[position]
    return base._replace(**{name: getattr(base, name)._replace(**symbols) for name, symbols in changed.items()})
