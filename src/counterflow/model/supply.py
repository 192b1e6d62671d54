"""Fentanyl: precursors, laboratory capacity, stock, seizures at the border, deliveries, price. Pure kg per week.

Leontief production: output is the smaller of what laboratories and what precursors allow. Mass balance each week:
produced = seized in Mexico + seized at the border + delivered + change of stock.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

LB_PER_KG = 2.2046
KG_PER_TONNE = 1000.0
WEEKS_PER_YEAR = 365.25 / 7.0
PRICE_BOUND = 20.0  # factor


class Parameters(NamedTuple):
    Q_us: Array  # US consumption, pure tonnes a year
    purity_border: Array  # pure share of gross weight seized at the border
    s_mex: Array  # share of production seized in Mexico
    slack: Array  # laboratory capacity over production at the reference, ratio
    q_lab: Array  # national capacity removed per laboratory lost, share
    T_reb: Array  # half-life of rebuilding capacity, weeks
    L_prec: Array  # supply lost in the precursor shock of mid-2023, share
    tau_prec: Array  # recovery from a precursor shock, weeks
    recovers: Array  # 1 where precursor supply recovers within the horizon, else 0
    p_scan: Array  # seizure probability per +10 points of vehicles scanned
    lag_scan: Array  # traffickers' adaptation to scanning, weeks
    bal: Array  # share of the displaced flow that finds another route
    stock_weeks: Array  # stock held between production and the border, weeks of flow
    e_dem: Array  # price elasticity of demand, within a year


class Reference(NamedTuple):
    """Flows at the branch start, from which everything is measured."""

    shipped: Array  # pure kg a week arriving at the border
    seized_share: Array  # share of that which is seized
    produced: Array  # pure kg a week
    delivered: Array  # pure kg a week
    weeks_since_shock: Array  # from the precursor shock of mid-2023 to the branch start; below 0 if it is to come


class State(NamedTuple):
    capacity: Array  # laboratory capacity, 1 at the reference
    stock: Array  # pure kg
    adaptation: Array  # gain in seizure probability that traffickers have adapted to
    control_weeks: Array  # weeks that present precursor controls have been in force


class Flows(NamedTuple):
    produced: Array
    seized_mexico: Array
    seized_border: Array
    seized_border_lb: Array
    delivered: Array
    stock: Array
    capacity: Array
    price_index: Array


def reference(parameters: Parameters, seized_lb: Array, weeks_since_shock: Array) -> Reference:
    """Flows consistent with gross seizures of `seized_lb` a week and US consumption of `Q_us`."""
    p = parameters
    delivered = p.Q_us * KG_PER_TONNE / WEEKS_PER_YEAR
    seized = seized_lb * p.purity_border / LB_PER_KG
    shipped = delivered + seized
    return Reference(shipped, seized / shipped, shipped / (1.0 - p.s_mex), delivered, weeks_since_shock)


def initial(parameters: Parameters, at: Reference) -> State:
    """Steady state at the reference flows."""
    one = jnp.ones_like(at.shipped)
    return State(one, at.shipped * parameters.stock_weeks, 0.0 * one, 0.0 * one)


def precursors(parameters: Parameters, at: Reference, week: Array) -> Array:
    """Precursor supply from the shock of mid-2023 onwards, 1 at the branch start: it recovers, or does not."""
    p = parameters

    def level(since: Array) -> Array:
        decay = jnp.where(p.recovers > 0.5, jnp.exp(-jnp.maximum(since, 0.0) / p.tau_prec), 1.0)
        return jnp.where(since < 0.0, 1.0, 1.0 - p.L_prec * decay)

    return level(at.weeks_since_shock + week) / level(at.weeks_since_shock)


def price_index(relative_supply: Array, elasticity: Array) -> Array:
    """Price over its reference on a demand curve of constant elasticity.

    Held within PRICE_BOUND either way: the elasticity was measured near the reference and says nothing far from it.
    """
    log_price = jnp.log(jnp.maximum(relative_supply, 1e-3)) / elasticity
    limit = jnp.log(PRICE_BOUND)
    return jnp.exp(jnp.clip(log_price, -limit, limit))


def step(
    state: State,
    parameters: Parameters,
    at: Reference,
    *,
    week: Array,
    lab_strikes: Array,
    found: Array,
    raids: Array,
    control: Array,
    scanning: Array,
    shock: Array,
    seizure_shock: Array,
    mix_shock: Array,
) -> tuple[State, Flows]:
    """One week.

    `lab_strikes`: strikes on laboratories; `found`: share of capacity found by surveillance and raided; `raids`:
    Mexican raids a week beyond the recorded ones; `control`: share of precursor supply under control beyond the
    recorded one; `scanning`: share of vehicles scanned beyond the recorded one; `shock`: log of
    noise on production; `seizure_shock`: on the odds of seizure; `mix_shock`: on gross weight per pure weight, for the
    purity of what is seized drifts (powder 19.5% to 10.3% within two years, DEA).
    """
    p = parameters
    rebuilt = 1.0 - jnp.exp2(-1.0 / p.T_reb)
    lost = jnp.clip(p.q_lab * (lab_strikes + raids) + found, -0.5, 1.0)
    capacity = jnp.clip((state.capacity + (1.0 - state.capacity) * rebuilt) * (1.0 - lost), 0.0, 2.0)

    control_weeks = jnp.where(control > 0.0, state.control_weeks + 1.0, 0.0)
    bite = jnp.where(p.recovers > 0.5, jnp.exp(-control_weeks / p.tau_prec), 1.0)
    inputs = precursors(p, at, week) * (1.0 - jnp.clip(control * bite, -1.0, 1.0))
    produced = at.produced * jnp.exp(shock) * jnp.minimum(p.slack * capacity, inputs)

    seized_mexico = p.s_mex * produced
    stock = state.stock + produced - seized_mexico
    shipped = stock / (p.stock_weeks + 1.0)

    gain = p.p_scan * scanning / 0.10
    adaptation = state.adaptation + (gain - state.adaptation) * (1.0 - jnp.exp(-1.0 / p.lag_scan))
    share = jnp.clip(at.seized_share + gain - p.bal * adaptation, 1e-3, 0.95)
    odds = share / (1.0 - share) * jnp.exp(seizure_shock)
    seized_share = odds / (1.0 + odds)
    seized = seized_share * shipped
    delivered = shipped - seized

    flows = Flows(
        produced,
        seized_mexico,
        seized,
        seized * LB_PER_KG / p.purity_border * jnp.exp(mix_shock),
        delivered,
        stock - shipped,
        capacity,
        price_index(delivered / at.delivered, p.e_dem),
    )
    return State(capacity, stock - shipped, adaptation, control_weeks), flows
