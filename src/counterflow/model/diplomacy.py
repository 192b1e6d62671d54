"""Friction: hostility of each side toward the other, and Mexican cooperation in security matters.

Hostilities u (US toward Mexico) and v (Mexico toward the US) follow a first-order action-reaction system
(Richardson 1960; Goldstein & Pevehouse 1997, APSR), in which the response may be of either sign:

    u' = a u + (1 - a)(g_UM v + pressure)          v' = a v + (1 - a)(g_MU u + answers) + shock

where g = b / (1 - a_ref) is the long-run response: b is given per week at persistence a_ref, and holding the long-run
response keeps it bounded when a is drawn near 1. Richardson's condition then reads g_UM g_MU < 1, that is
(1 - a_ref)^2 > b_UM b_MU.

Each act takes one path. Affronts short of force (overflight, designation, accusation, and those on record) cost
cooperation at once by their share of S_arr, which is the whole dip observed in 2020-21, and wear off with half-life
h_arr. Coercive pressure (tariffs, and strikes while they go on) works through u and v, with either sign; refusals,
pledges and persons sent to the US work on v. A unilateral strike costs S_str on top. Troops on US soil are no act.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

MOST_LOOP = 0.9  # product of the two long-run responses that a response of changed sign may reach; stable below 1
LEAST_GAIN = 1e-6  # keeps the bound finite where the US does not respond


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
    w_transfer: Array  # one person a week sent to the US, in hostility (subtracted)
    x_overflight: Array  # flight hours a week that count as one overflight affront
    x_designation: Array  # groups designated that count as one designation affront
    coop_share: Array  # share of Mexican enforcement that depends on cooperation
    x_0: Array  # extraditions to the US at the reference, persons a week


class State(NamedTuple):
    hostility_us: Array
    hostility_mexico: Array
    affront: Array  # share of cooperation lost to affronts
    strike: Array  # share of cooperation lost to unilateral strikes
    standing: Array  # standing affronts that Mexico has grown used to, so that only new ones count


class Acts(NamedTuple):
    """Acts of the week, beyond those of the reference."""

    flight_hours: Array  # a week over Mexican soil
    designated: Array  # groups
    accusations: Array  # a month
    affront: Array  # other affronts short of force of this week, in those of 2020-21
    tariff: Array  # points of effective tariff
    refusals: Array  # a month
    pledges: Array  # a month
    transfers: Array  # persons sent to the US this week
    unilateral_strikes: Array  # strikes this week without consent


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No hostility beyond the reference."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero, zero, zero, zero)


def responses(
    parameters: Parameters,
    *,
    retaliation_on: Array | float = 1.0,
    concession_on: Array | float = 1.0,
    reciprocity: Array | float = 0.0,
) -> tuple[Array, Array]:
    """Long-run responses g_MU (of Mexico) and g_UM (of the US), hostility per hostility.

    `reciprocity` 0 leaves the Mexican response as drawn, 1 makes it retaliate and -1 concede with the size drawn. A
    response of changed sign may meet a US response with which it would not die out: its size is then bounded so that
    the product of the two stays within MOST_LOOP. `retaliation_on` 0 takes the part above zero out, `concession_on` 0
    the part below.
    """
    long_run = 1.0 - parameters.a_ref
    drawn, of_us = parameters.b_MU / long_run, parameters.b_UM / long_run
    size = jnp.minimum(jnp.abs(drawn), MOST_LOOP / jnp.maximum(jnp.abs(of_us), LEAST_GAIN))
    chosen = (1.0 - reciprocity * reciprocity) * drawn + reciprocity * size
    return retaliation_on * jnp.maximum(chosen, 0.0) + concession_on * jnp.minimum(chosen, 0.0), of_us


def step(
    state: State,
    parameters: Parameters,
    acts: Acts,
    shock: Array | float = 0.0,
    *,
    retaliation_on: Array | float = 1.0,
    concession_on: Array | float = 1.0,
    reciprocity: Array | float = 0.0,
) -> tuple[State, Array]:
    """One week. Returns the state and cooperation in [0, 1].

    `acts`: what was done last week. `shock`: noise on Mexican hostility. The switches are those of `responses`.
    Without acts and shock, cooperation is c_ref exactly. Equations: head of this module.
    """
    p = parameters
    overflight = jnp.clip(acts.flight_hours / p.x_overflight, 0.0, 1.0)
    designation = jnp.clip(acts.designated / p.x_designation, 0.0, 1.0)
    standing = p.w_overflight * overflight + p.w_designation * designation + p.w_accuse * acts.accusations
    new = jnp.maximum(standing - state.standing, 0.0) + jnp.maximum(acts.affront, 0.0)
    forgotten = jnp.exp2(-1.0 / p.h_arr)
    affront = state.affront * forgotten
    affront = affront + (1.0 - affront) * jnp.clip(p.S_arr * new, 0.0, 1.0)
    struck = jnp.clip(acts.unilateral_strikes, 0.0, 1.0)  # one strike a week counts in full
    strike = jnp.maximum(state.strike * jnp.exp2(-1.0 / p.h_str), p.S_str * struck)

    pressure = p.w_tariff * acts.tariff / 10.0 + p.w_strike * struck
    answers = p.w_reject * acts.refusals - p.w_pledge * acts.pledges - p.w_transfer * acts.transfers
    of_mexico, of_us = responses(p, retaliation_on=retaliation_on, concession_on=concession_on, reciprocity=reciprocity)
    own = 1.0 - p.a
    us = p.a * state.hostility_us + own * (of_us * state.hostility_mexico + pressure)
    mexico = p.a * state.hostility_mexico + own * (of_mexico * state.hostility_us + answers) + shock
    used_to = jnp.maximum(state.standing * forgotten, jnp.maximum(standing, 0.0))
    state = State(us, mexico, affront, strike, used_to)
    return state, cooperation(state, p)


def cooperation(state: State, parameters: Parameters) -> Array:
    """Mexican cooperation in security, 0 to 1: its reference, less what affronts, strikes and hostility take."""
    kept = (1.0 - state.affront) * (1.0 - state.strike) * jnp.exp(-state.hostility_mexico)
    return jnp.clip(parameters.c_ref * kept, 0.0, 1.0)


def enforcement_factor(parameters: Parameters, cooperation: Array) -> Array:
    """Mexican enforcement relative to its recorded level, as cooperation moves. 1 at the reference."""
    return 1.0 - parameters.coop_share * (1.0 - cooperation / parameters.c_ref)


def extraditions(parameters: Parameters, cooperation: Array) -> Array:
    """Extraditions to the US, persons a week: the average of 2019-23 (FGR) in proportion to cooperation."""
    return parameters.x_0 * cooperation / parameters.c_ref


def extraditions_after_affront(parameters: Parameters, weeks: int) -> Array:
    """(week,) extraditions a week from the week of one affront of the size of 2020-21 on, by `step` itself."""
    none = jnp.zeros_like(parameters.c_ref)
    quiet = Acts(*(none,) * len(Acts._fields))

    def advance(state: State, week: Array) -> tuple[State, Array]:
        state, cooperation = step(state, parameters, quiet._replace(affront=1.0 * (week == 0)))
        return state, extraditions(parameters, cooperation)

    zero = State(*(none,) * len(State._fields))
    return jax.lax.scan(advance, zero, jnp.arange(weeks))[1]


def richardson_margin(a_u: Array, a_v: Array, b_uv: Array, b_vu: Array) -> Array:
    """(1 - a_u)(1 - a_v) - b_uv b_vu of u' = a_u u + b_uv v, v' = a_v v + b_vu u (Richardson 1960), weekly.

    Hostility dies out only if it is above 0. That is enough as well where b_uv b_vu >= 0 and both persistences are
    between 0 and 1; where the responses have opposite signs, `dies_out` also asks whether swings grow.
    """
    return (1.0 - a_u) * (1.0 - a_v) - b_uv * b_vu


def dies_out(a_u: Array, a_v: Array, b_uv: Array, b_vu: Array) -> Array:
    """Whether both eigenvalues of the weekly map lie within the unit circle (Jury's conditions for two variables)."""
    trace, determinant = a_u + a_v, a_u * a_v - b_uv * b_vu
    return (richardson_margin(a_u, a_v, b_uv, b_vu) > 0.0) & (1.0 + trace + determinant > 0.0) & (determinant < 1.0)
