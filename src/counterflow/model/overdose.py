"""Deaths involving synthetic opioids: a power of pure fentanyl delivered, a secular trend, treatment.

    deaths = D0 (delivered, lagged / reference)^e_p  exp(g_oth t)  (1 + e_moud10)^(coverage change / 0.10)

Purity counts once, in pure kilograms. The trend and the response to supply are confounded in the record
and are drawn with a negative correlation. A falling pool of users is not modelled yet.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

WEEKS_PER_YEAR = 365.25 / 7.0


class Parameters(NamedTuple):
    e_p: Array  # elasticity of deaths to pure supply
    g_oth: Array  # trend that supply does not explain, log per year
    lag_od: Array  # mean lag from delivery to death, weeks
    e_moud10: Array  # change in deaths per +10 points of treatment coverage, share


class State(NamedTuple):
    supply: Array  # delivered relative to the reference, lagged


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """Supply at its reference."""
    return State(jnp.ones((), dtype))


def step(
    state: State,
    parameters: Parameters,
    *,
    relative_supply: Array,
    coverage_change: Array,
    week: Array,
    level: Array,
    shock: Array,
) -> tuple[State, Array]:
    """One week. `relative_supply`: delivered over its reference; `level`: deaths a week at the start, with season.

    `coverage_change`: share of people with opioid use disorder on medication, beyond the recorded one. Returns the
    state and deaths this week.
    """
    p = parameters
    supply = state.supply + (relative_supply - state.supply) / (1.0 + p.lag_od)
    deaths = (
        level
        * jnp.maximum(supply, 1e-3) ** p.e_p
        * jnp.exp(p.g_oth * week / WEEKS_PER_YEAR + shock)
        * (1.0 + p.e_moud10) ** (coverage_change / 0.10)
    )
    return State(supply), deaths
