"""Friction: hostility of each side toward the other, and Mexican cooperation in security matters.

Hostilities u (US toward Mexico) and v (Mexico toward the US) follow a first-order action-reaction system
(Richardson 1960; Goldstein & Pevehouse 1997), in which the response may be of either sign:

    u' = a u + (1 - a)(g_UM v + pressure)          v' = a v + (1 - a)(g_MU u + answers)

where g = b / (1 - a_ref) is the long-run response: b is given per week at persistence a_ref, and holding the long-run
response keeps it bounded when a is drawn near 1. Stable iff g_UM g_MU < 1, that is (1 - a_ref)^2 > b_UM b_MU.

Each act takes one path. Affronts short of force (overflight, designation, accusation) cost cooperation at once by
their share of S_arr, which is the whole dip observed in 2020-21, and wear off. Coercive pressure (tariffs, and strikes
while they go on) works through u and v, with either sign. A unilateral strike costs S_str on top.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Parameters(NamedTuple):
    c_ref: Array  # cooperation at the reference, share of full cooperation
    a: Array  # persistence of hostility, per week
    a_ref: Array  # persistence at which b_MU and b_UM are given
    b_MU: Array  # Mexican response to US hostility, per week
    b_UM: Array  # US response to Mexican hostility, per week
    S_arr: Array  # cooperation lost after an affront of the size of 2020-21, share
    h_arr: Array  # its half-life, weeks
    S_str: Array  # cooperation lost after a unilateral strike, share
    h_str: Array  # its half-life, weeks
    w_overflight: Array  # surveillance flights over Mexico, in affronts of 2020-21
    w_designation: Array  # terrorist designation of groups, same unit
    w_accuse: Array  # one accusation a month, same unit
    w_tariff: Array  # ten points of effective tariff, in hostility
    w_strike: Array  # a unilateral strike, in hostility
    w_reject: Array  # one public refusal a month, in hostility
    w_pledge: Array  # one pledge a month, in hostility (subtracted)
    x_overflight: Array  # flight hours a week that count as one overflight affront
    x_designation: Array  # groups designated that count as one designation affront
    coop_share: Array  # share of Mexican enforcement that depends on cooperation


class State(NamedTuple):
    hostility_us: Array
    hostility_mexico: Array
    affront: Array  # share of cooperation lost to affronts
    strike: Array  # share of cooperation lost to unilateral strikes
    standing: Array  # largest standing affront so far, so that only new ones count


class Acts(NamedTuple):
    """Acts of the week, beyond the recorded ones."""

    flight_hours: Array  # a week over Mexican soil
    designated: Array  # groups
    accusations: Array  # a month
    tariff: Array  # points of effective tariff
    refusals: Array  # a month
    pledges: Array  # a month
    unilateral_strikes: Array  # strikes this week without consent


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No hostility beyond the reference."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero, zero, zero, zero)


def step(state: State, parameters: Parameters, acts: Acts, shock: Array) -> tuple[State, Array]:
    """One week. Returns the state and cooperation in [0, 1]. `shock`: noise on Mexican hostility."""
    p = parameters
    overflight = jnp.clip(acts.flight_hours / p.x_overflight, 0.0, 1.0)
    designation = jnp.clip(acts.designated / p.x_designation, 0.0, 1.0)
    standing = p.w_overflight * overflight + p.w_designation * designation + p.w_accuse * acts.accusations
    new = jnp.maximum(standing - state.standing, 0.0)
    affront = state.affront * jnp.exp2(-1.0 / p.h_arr)
    affront = affront + (1.0 - affront) * jnp.clip(p.S_arr * new, 0.0, 1.0)
    struck = jnp.minimum(acts.unilateral_strikes, 1.0)  # one strike a week counts in full
    strike = jnp.maximum(state.strike * jnp.exp2(-1.0 / p.h_str), p.S_str * struck)

    pressure = p.w_tariff * acts.tariff / 10.0 + p.w_strike * struck
    answers = p.w_reject * acts.refusals - p.w_pledge * acts.pledges
    own, long_run = 1.0 - p.a, 1.0 - p.a_ref
    us = p.a * state.hostility_us + own * (p.b_UM / long_run * state.hostility_mexico + pressure)
    mexico = p.a * state.hostility_mexico + own * (p.b_MU / long_run * state.hostility_us + answers) + shock
    cooperation = jnp.clip(p.c_ref * (1.0 - affront) * (1.0 - strike) * jnp.exp(-mexico), 0.0, 1.0)
    return State(us, mexico, affront, strike, jnp.maximum(state.standing, standing)), cooperation


def enforcement_factor(parameters: Parameters, cooperation: Array) -> Array:
    """Mexican enforcement relative to its recorded level, as cooperation moves. 1 at the reference."""
    return 1.0 - parameters.coop_share * (1.0 - cooperation / parameters.c_ref)
