"""Homicides in Mexico: a latent trend that no mechanism here explains, times what the groups add to it.

    homicides = trend x [1 - f_h + f_h x cartel deaths relative x anticipation x scarcity^-e_vio] x leaders
                + retaliation

Official files fell from 2,211 in September 2024 to 1,442 in December 2025; the trend is a separate process whose
recent slope wears off, so that it belongs to every branch.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

WEEKS_PER_YEAR = 365.25 / 7.0


class Parameters(NamedTuple):
    f_h: Array  # share of homicides that moves with the groups' conflict deaths
    e_vio: Array  # elasticity of violence to scarcity of supply
    damp: Array  # share of last year's slope that goes on
    h_trend: Array  # half-life of the slope, weeks


def step(
    parameters: Parameters,
    *,
    level: Array,
    slope: Array,
    week: Array,
    conflict_deaths: Array,
    anticipation: Array,
    relative_supply: Array,
    leaders: Array,
    retaliation: Array,
    shock: Array,
) -> Array:
    """Homicides this week. `level`: at the start, with season; `slope`: log change over the year before the start.

    `conflict_deaths` and `relative_supply` are relative to their references; `leaders` and `anticipation` are
    multipliers; `retaliation` is deaths this week.
    """
    p = parameters
    rate = jnp.log(2.0) / p.h_trend
    drift = p.damp * slope / WEEKS_PER_YEAR * (1.0 - jnp.exp(-rate * week)) / rate
    scarcity = jnp.maximum(relative_supply, 1e-2) ** (-p.e_vio)
    groups = conflict_deaths * anticipation * scarcity
    return level * jnp.exp(drift + shock) * (1.0 - p.f_h + p.f_h * groups) * leaders + retaliation
