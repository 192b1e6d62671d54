"""Strikes and surveillance: laboratory capacity lost, leaders hit, anticipation, civilians harmed, retaliation.

Anticipation (Mir & Moore 2019) and hits (Rigterink 2021) have opposite signs and are separate channels.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Parameters(NamedTuple):
    share_labs: Array  # share of strikes aimed at laboratories, the rest at leaders
    p_hit: Array  # probability that a strike aimed at a leader removes one
    D_ant: Array  # fall in violent activity under a dense, host-supported programme, share
    n0: Array  # strikes a week at which anticipation is 63% of D_ant
    k_str: Array  # killed per strike, persons
    f_civ: Array  # civilians among the killed, share
    d_ret: Array  # deaths by retaliation per leader removed, persons
    p_det: Array  # laboratories found per week under full surveillance, share
    p_act: Array  # probability that Mexico acts on a cue
    h_det: Array  # flight hours a week that count as full surveillance
    m_tempo: Array  # memory of the tempo of strikes, weeks
    m_civ: Array  # memory of civilians killed, weeks


class State(NamedTuple):
    tempo: Array  # strikes a week, averaged over `m_tempo`
    civilians: Array  # civilians killed, summed over about `m_civ`


class Effects(NamedTuple):
    lab_strikes: Array  # strikes on laboratories this week
    found: Array  # share of laboratory capacity found by surveillance and raided this week
    leaders_killed: Array
    anticipation: Array  # multiplier on violent activity
    civilian_harm: Array  # civilians killed this week
    retaliation: Array  # deaths by retaliation this week


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No strikes so far."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero)


def poisson_quantile(uniform: Array, rate: Array, most: int = 12) -> Array:
    """Smallest count whose Poisson probability reaches `uniform`; monotone in `rate`, so branches stay paired."""
    count = jnp.zeros_like(uniform)
    term = jnp.exp(-rate)
    cumulative = term
    for k in range(1, most + 1):
        count = count + (uniform > cumulative)
        term = term * rate / k
        cumulative = cumulative + term
    return count


def step(
    state: State,
    parameters: Parameters,
    *,
    lab_rate: Array,
    leader_rate: Array,
    flight_hours: Array,
    cooperation: Array,
    support: Array,
    uniform: Array,
    noise: Array,
) -> tuple[State, Effects]:
    """One week.

    `lab_rate`, `leader_rate`: strikes this week aimed at laboratories and at leaders. `flight_hours`: a week over
    Mexico. `cooperation`: relative to its reference. `support`: 1 with the host government's consent, else 0.
    `uniform`: a uniform draw for the number of leaders hit; with `noise` 0 the expected number is used.
    """
    p = parameters
    strikes = lab_rate + leader_rate
    expected = leader_rate * p.p_hit
    killed = noise * poisson_quantile(uniform, expected) + (1.0 - noise) * expected
    tempo = state.tempo + (strikes - state.tempo) / p.m_tempo
    anticipation = 1.0 - support * p.D_ant * (1.0 - jnp.exp(-tempo / p.n0))
    civilian_harm = strikes * p.k_str * p.f_civ
    civilians = state.civilians * (1.0 - 1.0 / p.m_civ) + civilian_harm
    found = p.p_det * jnp.minimum(flight_hours / p.h_det, 1.0) * p.p_act * cooperation
    effects = Effects(lab_rate, found, killed, anticipation, civilian_harm, killed * p.d_ret)
    return State(tempo, civilians), effects
