"""Process noise: what the record shows that no mechanism here explains, and the uniforms behind rare events.

Each observed flow has a short-lived part, log-AR(1), and a level that drifts, a random walk; the size of both is
estimated from its official series. The scores of a run are given to it and are the same in all branches (common
random numbers), so that contrasts are paired.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

FLOWS = 4  # encounters, homicides, deaths, seizures: in this order wherever a vector of them is meant
SCORES = 2 * FLOWS + 2  # short-lived, drifting, production, hostility
# Leaders hit, whose they are, whether the group splits, rulings on contested levers, whose leaders are caught.
HITS, WHICH, SPLIT, COURTS, CAUGHT = 0, 1, 2, slice(3, 9), 9
UNIFORMS = 10


class Parameters(NamedTuple):
    phi: Array  # persistence of the short-lived part, per week
    sd_supply: Array  # standard deviation of log production
    sd_hostility: Array  # standard deviation of weekly shocks to hostility


class Scores(NamedTuple):
    """What chance gives to a run, (week, ...)."""

    normal: Array  # (week, SCORES) standard normal
    uniform: Array  # (week, UNIFORMS) between 0 and 1


class State(NamedTuple):
    short: Array  # (FLOWS + 1,) logs, production last
    level: Array  # (FLOWS,) logs


class Shocks(NamedTuple):
    """This week's shocks: logs of multipliers, but for hostility (added)."""

    encounters: Array
    homicides: Array
    deaths: Array
    seizures: Array  # short-lived: on the odds of seizure
    mix: Array  # drifting: on gross weight per pure weight of what is seized
    supply: Array
    hostility: Array


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No deviation at the start."""
    return State(jnp.zeros(FLOWS + 1, dtype), jnp.zeros(FLOWS, dtype))


def step(state: State, parameters: Parameters, normal: Array, scatter: Array, drift: Array) -> tuple[State, Shocks]:
    """One week. `normal` (SCORES,); `scatter` (FLOWS,) stationary standard deviations of the short-lived logs;
    `drift` (FLOWS,) standard deviations of the change of the level's log over a year. With scores of 0 there is no
    noise.
    """
    p = parameters
    scale = jnp.append(scatter, p.sd_supply) * jnp.sqrt(1.0 - p.phi**2)
    short = p.phi * state.short + scale * jnp.append(normal[:FLOWS], normal[2 * FLOWS])
    level = state.level + drift / jnp.sqrt(WEEKS_PER_YEAR) * normal[FLOWS : 2 * FLOWS]
    flows = short[:FLOWS] + level  # the fourth, seizures, keeps its two parts apart
    hostility = normal[2 * FLOWS + 1] * p.sd_hostility
    shocks = Shocks(flows[0], flows[1], flows[2], short[3], level[3], short[FLOWS], hostility)
    return State(short, level), shocks
