"""Deaths involving synthetic opioids: a power of pure fentanyl delivered, a secular trend, treatment, depletion.

    deaths = level x pool x effect x exp(g_oth t)
    effect = (delivered, lagged / reference)^e_p x (1 + e_moud10)^(coverage change / 0.10)

Purity counts once, in pure kilograms. The trend and the response to supply are confounded in the record
and are drawn with a negative correlation. The structural alternative puts price^e_pr in the place of supply^e_p.

The pool of people at risk loses those who die beyond the reference and fills up again. The trend was drawn to hold
the depletion on the record's own path, so only what departs from that path moves the pool.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

FLOOR = 1e-3  # of the reference, where a logarithm is taken


class Parameters(NamedTuple):
    e_p: Array  # elasticity of deaths to pure supply
    e_pr: Array  # elasticity of deaths to price, in the structural alternative
    g_oth: Array  # trend that supply does not explain, log per year
    lag_od: Array  # mean lag from delivery to death, weeks
    e_moud10: Array  # change in deaths per +10 points of treatment coverage, share
    h_pool: Array  # deaths at the reference as a share of the people at risk, per year
    r_pool: Array  # rate at which the pool returns to its reference, per year


class State(NamedTuple):
    supply: Array  # delivered relative to the reference, lagged
    price: Array  # price relative to the reference, lagged
    pool: Array  # people at risk relative to the reference


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """Supply, price and pool at their reference."""
    one = jnp.ones((), dtype)
    return State(one, one, one)


def step(
    state: State,
    parameters: Parameters,
    *,
    relative_supply: Array,
    price: Array,
    coverage_change: Array,
    week: Array,
    level: Array,
    shock: Array,
    trend_on: Array,
    price_on: Array,
) -> tuple[State, Array]:
    """One week. `relative_supply` and `price`: over their references; `level`: deaths a week at week 0, with season.

    `coverage_change`: share of people with opioid use disorder on medication, beyond the reference; `shock`: log of
    noise; `trend_on`: 1, or 0 without the secular trend; `price_on`: 0, or 1 where deaths follow price. Returns the
    state and deaths this week. The lag is a gamma of shape 1.
    """
    p = parameters
    supply = state.supply + (relative_supply - state.supply) / (1.0 + p.lag_od)
    lagged_price = state.price + (price - state.price) / (1.0 + p.lag_od)
    effect = state.pool * jnp.exp(
        (1.0 - price_on) * p.e_p * jnp.log(jnp.maximum(supply, FLOOR))
        + price_on * p.e_pr * jnp.log(jnp.maximum(lagged_price, FLOOR))
        + jnp.log1p(p.e_moud10) * coverage_change / 0.10
    )
    deaths = level * effect * jnp.exp(trend_on * p.g_oth * week / WEEKS_PER_YEAR + shock)
    pool = state.pool + (p.r_pool * (1.0 - state.pool) + p.h_pool * (1.0 - effect)) / WEEKS_PER_YEAR
    return State(supply, lagged_price, jnp.maximum(pool, 0.0)), deaths


def price_elasticity(parameters: Parameters, e_dem: Array, e_pur: Array) -> Array:
    """Elasticity of deaths to the price of a pure unit when supply is what changes, once purity has answered.

    Supply r gives purity r^e_pur, a volume r^(1 - e_pur), a price of r^((1 - e_pur) / e_dem) a unit sold and of that
    over purity a pure unit; deaths are r^e_p. Without an answer of purity (`e_pur` 0) it is e_p x e_dem. The measure
    of Dave 2006 and Unick et al. 2014, whose prices are of pure grams. `e_dem` is below 0.
    """
    return parameters.e_p / ((1.0 - e_pur) / e_dem - e_pur)
