"""Crossings between the ports: attempts, apprehensions, known and unknown gotaways, retries.

Repeated trials: each attempt is stopped with probability p; of those returned, a share r tries again, so that
N newcomers make N / (1 - p r s) attempts where s is the share returned. Intent responds to asylum access,
to announcements whose effect wears off, to agents, troops, and Mexican enforcement.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Parameters(NamedTuple):
    p_app: Array  # probability of apprehension per attempt
    p_up: Array  # rise of that probability when the flow is near zero
    r_retry: Array  # probability that a person who is returned tries again
    g_share: Array  # known gotaways over known gotaways and apprehensions
    L_asy: Array  # long-run fall of attempts from a near-closure of asylum, share
    tau_asy: Array  # adjustment, weeks
    L_ann: Array  # fall from announcement and expectation, on top, share
    h_reb: Array  # half-life of that, weeks
    m_mpp: Array  # extra fall from Remain in Mexico at `x_mpp` enrolments, share
    m_trp: Array  # extra fall from `x_trp` support troops, share
    m_mex: Array  # fall per doubling of Mexican interior enforcement, share
    e_mig_enf: Array  # elasticity of crossings to enforcement hours
    x_asy: Array  # change in the share without asylum to which L_asy belongs
    x_mpp: Array  # enrolments a week to which m_mpp belongs
    x_trp: Array  # troops to which m_trp belongs


class State(NamedTuple):
    closure: Array  # asylum closure to which intent has adjusted, share beyond the recorded one
    expectation: Array  # log effect of announcements still believed
    tightest: Array  # tightest closure announced so far, share beyond the recorded one
    retry: Array  # persons who will try again this week


class Flows(NamedTuple):
    """Persons per week."""

    newcomers: Array
    attempts: Array
    encounters: Array
    gotaways_known: Array
    gotaways_unknown: Array
    retries_next: Array


def apprehension_probability(parameters: Parameters, relative_flow: Array) -> Array:
    """Probability per attempt; higher when the flow is a small share of the reference."""
    return jnp.clip(parameters.p_app + parameters.p_up * (1.0 - jnp.clip(relative_flow, 0.0, 1.0)), 0.0, 0.99)


def newcomers_at(parameters: Parameters, encounters: Array, returned: Array) -> Array:
    """First-time attempts a week that give `encounters` a week in a steady state. `returned`: share returned."""
    p = parameters
    return encounters / p.p_app * (1.0 - p.p_app * p.r_retry * returned)


def initial(parameters: Parameters, encounters: Array, returned: Array) -> State:
    """Steady state at `encounters` a week."""
    zero = jnp.zeros_like(encounters)
    return State(zero, zero, zero, encounters * returned * parameters.r_retry)


def step(
    state: State,
    parameters: Parameters,
    *,
    newcomers: Array,
    reference_attempts: Array,
    no_asylum: Array,
    no_asylum_recorded: Array,
    remain: Array,
    agents_ratio: Array,
    troops: Array,
    mexico_ratio: Array,
) -> tuple[State, Flows]:
    """One week.

    `newcomers`: first-time attempts without the strategy, with season and noise. `no_asylum`: share of entrants
    with no access to asylum, and its recorded value. `remain`: enrolments a week beyond the recorded ones.
    `agents_ratio`: agents over the recorded number. `troops`: beyond the recorded number. `mexico_ratio`: Mexican
    enforcement over its recorded level.
    """
    p = parameters
    closure = no_asylum - no_asylum_recorded
    tightening = jnp.maximum(closure - state.tightest, 0.0)
    room = jnp.maximum(1.0 - no_asylum_recorded, 1e-3)
    # The exact step of an exponential approach: a plain 1 / tau would overshoot where tau is under a week.
    adjusted = state.closure + (closure - state.closure) * (1.0 - jnp.exp(-1.0 / p.tau_asy))
    expectation = state.expectation * jnp.exp2(-1.0 / p.h_reb) + jnp.log1p(-p.L_ann) * tightening / room
    intent = (
        jnp.log1p(-p.L_asy) * adjusted / p.x_asy
        + expectation
        + jnp.log1p(-p.m_mpp) * remain / p.x_mpp
        + jnp.log1p(-p.m_trp) * troops / p.x_trp
        + p.e_mig_enf * jnp.log(agents_ratio)
        + jnp.log1p(-p.m_mex) * jnp.log2(mexico_ratio)
    )
    arriving = newcomers * jnp.exp(intent)
    attempts = arriving + state.retry
    probability = apprehension_probability(p, attempts / reference_attempts)
    encounters = probability * attempts
    through = attempts - encounters
    # Share of those who get through that is seen, as at the reference; at most 1 by a condition on the draws.
    seen = p.g_share / (1.0 - p.g_share) * p.p_app / (1.0 - p.p_app)
    known = jnp.minimum(seen, 1.0) * through
    retry = encounters * no_asylum * p.r_retry
    flows = Flows(arriving, attempts, encounters, known, through - known, retry)
    return State(adjusted, expectation, jnp.maximum(state.tightest, closure), retry), flows
