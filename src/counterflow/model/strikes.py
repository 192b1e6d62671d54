"""Strikes and surveillance: laboratory capacity lost, leaders hit, anticipation, civilians harmed, retaliation; and the
effect of military deployment inside Mexico.

Anticipation (Mir & Moore 2019, ISQ 63:846) and hits (Rigterink 2021, APSR) have opposite signs and are separate
channels: the first is here, `1 - D (1 - exp(-n / n0))` of the recent tempo n, the second is the response of
leaders.py to the leaders killed.

Mexican deployments (Espinosa & Rubin 2015, American Statistician): about 11 more homicides per 100,000 in the first
year in 18 treated regions. No lever deploys Mexican forces as such; arrests of group members beyond the reference are
taken as made by them, so this effect follows mexico.arrests.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

PER = 100_000.0  # persons to whom A_mil refers


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
    A_mil: Array  # further homicides in the first year of a full deployment where deployed, per 100,000 and year
    tau_mil: Array  # weeks in which that fades
    x_mil: Array  # rise of Mexican arrests, as a share of the reference, that counts as a full deployment
    n_mil: Array  # people who live where forces are deployed, persons


class State(NamedTuple):
    tempo: Array  # strikes a week, averaged over `m_tempo`
    civilians: Array  # civilians killed, summed over about `m_civ`
    usual: Array  # deployment to which violence has adapted, share of a full one


class Effects(NamedTuple):
    lab_strikes: Array  # strikes on laboratories this week
    found: Array  # share of laboratory capacity found by surveillance and raided this week
    leaders_killed: Array
    anticipation: Array  # multiplier on violent activity
    civilian_harm: Array  # civilians killed this week
    retaliation: Array  # deaths by retaliation this week
    killed: Array  # persons killed by strikes this week, civilians and others
    deployment: Array  # further homicides in Mexico this week where forces were deployed anew


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """No strikes so far, and no deployment beyond the reference."""
    zero = jnp.zeros((), dtype)
    return State(zero, zero, zero)


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


def anticipation(parameters: Parameters, tempo: Array, support: Array | float) -> Array:
    """Multiplier on violent activity at a tempo of strikes a week (Mir & Moore 2019 for the sign and the need of
    support by the host, 0 to 1). 1 without strikes."""
    return 1.0 - support * parameters.D_ant * (1.0 - jnp.exp(-tempo / parameters.n0))


def deployment_effect(parameters: Parameters, beyond: Array) -> Array:
    """Further homicides per 100,000 and year where forces are deployed, at a deployment `beyond` the usual one.

    `beyond`: share of a full deployment, 1 in the first week, fading with tau_mil (`step`, State.usual). Scaled so that
    the mean over the first year of a full deployment is A_mil, which is what Espinosa & Rubin 2015 estimate.
    """
    years = parameters.tau_mil / WEEKS_PER_YEAR
    return parameters.A_mil * beyond / (years * -jnp.expm1(-1.0 / years))


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
    arrests: Array | float = 1.0,
) -> tuple[State, Effects]:
    """One week.

    `lab_rate`, `leader_rate`: strikes this week aimed at laboratories and at leaders. `flight_hours`: a week over
    Mexico. `cooperation`: relative to its reference. `support`: 1 with the host government's consent, else 0.
    `uniform`: a uniform draw for the number of leaders hit; with `noise` 0 the expected number is used. `arrests`:
    Mexican arrests of group members as ordered, relative to the reference.
    """
    p = parameters
    strikes = lab_rate + leader_rate
    expected = leader_rate * p.p_hit
    leaders_killed = noise * poisson_quantile(uniform, expected) + (1.0 - noise) * expected
    tempo = state.tempo + (strikes - state.tempo) * jnp.minimum(1.0 / p.m_tempo, 1.0)
    killed = strikes * p.k_str
    civilian_harm = killed * p.f_civ
    civilians = state.civilians * jnp.maximum(1.0 - 1.0 / p.m_civ, 0.0) + civilian_harm
    acted = jnp.clip(p.p_act * cooperation, 0.0, 1.0)
    found = jnp.minimum(p.p_det, 1.0) * jnp.clip(flight_hours / p.h_det, 0.0, 1.0) * acted
    deployed = jnp.clip((arrests - 1.0) / p.x_mil, 0.0, 1.0)
    rate = deployment_effect(p, jnp.maximum(deployed - state.usual, 0.0))
    usual = state.usual + (deployed - state.usual) * -jnp.expm1(-1.0 / p.tau_mil)
    effects = Effects(
        lab_strikes=lab_rate,
        found=found,
        leaders_killed=leaders_killed,
        anticipation=anticipation(p, tempo, support),
        civilian_harm=civilian_harm,
        retaliation=leaders_killed * p.d_ret,
        killed=killed,
        deployment=rate * p.n_mil / PER / WEEKS_PER_YEAR,
    )
    return State(tempo, civilians, usual), effects
