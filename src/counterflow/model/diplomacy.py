"""Friction: hostility of each side toward the other, and Mexican cooperation in security matters.

Hostilities u (US toward Mexico) and v (Mexico toward the US) follow a first-order action-reaction system
(Richardson 1960; Goldstein & Pevehouse 1997), in which the response may be of either sign:

    u' = a u + b_UM v + (1 - a) acts of the US          v' = a v + b_MU u + (1 - a) acts of Mexico

stable iff (1 - a)^2 > b_UM b_MU. Cooperation falls with affronts short of force and with unilateral strikes,
which wear off at different speeds, and moves against v.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Parameters(NamedTuple):
    c_ref: Array  # cooperation at the reference, share of full cooperation
    a: Array  # persistence of hostility, per week
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


def is_stable(a: Array, b_UM: Array, b_MU: Array) -> Array:
    """Richardson's condition: (1 - a)^2 > b_UM b_MU."""
    return (1.0 - a) ** 2 > b_UM * b_MU


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

    pressure = standing + p.w_tariff * acts.tariff / 10.0 + p.w_strike * struck
    us = p.a * state.hostility_us + p.b_UM * state.hostility_mexico + (1.0 - p.a) * pressure
    answer = p.w_reject * acts.refusals - p.w_pledge * acts.pledges
    mexico = p.a * state.hostility_mexico + p.b_MU * state.hostility_us + (1.0 - p.a) * answer + shock
    cooperation = jnp.clip(p.c_ref * (1.0 - affront) * (1.0 - strike) * jnp.exp(-mexico), 0.0, 1.0)
    return State(us, mexico, affront, strike, jnp.maximum(state.standing, standing)), cooperation


def enforcement_factor(parameters: Parameters, cooperation: Array) -> Array:
    """Mexican enforcement relative to its recorded level, as cooperation moves. 1 at the reference."""
    return 1.0 - parameters.coop_share * (1.0 - cooperation / parameters.c_ref)
