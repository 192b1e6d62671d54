"""Fentanyl: precursors, laboratories, stock, thirteen routes over the border, deliveries, purity, price.

Leontief production: output is the smaller of what laboratories and what precursors allow. Mass balance each week, in
pure kg: produced = seized in Mexico + seized at the border + delivered + change of stock.

Everything is computed as a deviation from the reference, so that inputs at their reference give the reference bit for
bit. Routes are those of the seizure record: four field offices (ports), then nine sectors (between the ports).
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

LB_PER_KG = 2.2046
KG_PER_TONNE = 1000.0
PRICE_BOUND = 20.0  # factor: elasticities were measured near the reference and say nothing far from it
SUPPLY_FLOOR = 1e-3  # of the reference, where a logarithm of supply is taken
MOST_SEIZED = 0.95  # share of a route's flow
LOG_WEIGHT_BOUND = 36.0  # of a route: its exponential's square, which gradients divide by, stays within float32
NEARLY_NONE = 1e-3  # sum of the routes' weights, 1 at the reference, below which 1 + its deviation lacks digits
MOST_SEIZED_REFERENCE = 0.90  # the same at the reference: bounds the share of flow at the ports from either side
PORTS = 4
ROUTES = (
    "San Diego Field Office",
    "Tucson Field Office",
    "El Paso Field Office",
    "Laredo Field Office",
    "San Diego Sector",
    "El Centro Sector",
    "Yuma Sector",
    "Tucson Sector",
    "El Paso Sector",
    "Big Bend Sector",
    "Del Rio Sector",
    "Laredo Sector",
    "Rio Grande Valley Sector",
)  # as the geographies of the series cbp_fentanyl_seizures_sector are called


class Parameters(NamedTuple):
    Q_us: Array  # US consumption, pure tonnes a year
    purity_border: Array  # pure share of gross weight seized at the border, at the reference
    s_mex: Array  # share of production seized in Mexico
    slack: Array  # laboratory capacity over production at the reference, ratio
    q_lab: Array  # national capacity removed per laboratory lost, share
    T_reb: Array  # half-life of rebuilding capacity, weeks
    a_prec: Array  # precursor supply lost while laboratories are struck, share
    L_prec: Array  # supply lost in the precursor shock of mid-2023, share
    tau_prec: Array  # recovery from a precursor shock, weeks
    recovers: Array  # 1 where precursor supply recovers within the horizon, else 0
    q_poe: Array  # share of the flow that crosses at the ports
    f_poe: Array  # share of what is seized that is seized at ports and checkpoints
    p_scan: Array  # seizure probability per +10 points of vehicles scanned
    a_free: Array  # gain in seizure probability between the ports if all agents are freed
    lag_scan: Array  # time until traffickers know a new risk at the ports, weeks
    lag_route: Array  # the same between the ports, weeks
    k_route: Array  # fall of the log weight of a route per unit of expected loss
    bal: Array  # share of the displaced flow that finds another route
    stock_weeks: Array  # stock held between production and the border, weeks of flow
    e_pass: Array  # rise of the retail price per rise of the cost of border losses, elasticity
    e_dem: Array  # price elasticity of demand, within a year
    e_dem_long: Array  # the same in the long run
    tau_dem: Array  # time until demand has answered a price in full, weeks
    e_pur: Array  # elasticity of purity to pure supply
    tau_pur: Array  # time until purity has answered supply, weeks


class Reference(NamedTuple):
    """Flows at the reference, from which everything is measured."""

    shipped: Array  # pure kg a week arriving at the border
    produced: Array  # pure kg a week
    delivered: Array  # pure kg a week
    seized_share: Array  # (route,) share of each route's flow that is seized, there or at a checkpoint behind it
    flow_share: Array  # (route,) share of the flow, sums to 1
    lost: Array  # share of the whole flow that is seized
    checkpoint_share: Array  # share of the seizures from the ports' flow that is made, and recorded, at checkpoints
    sector_share: Array  # (sector,) where checkpoints record, sums to 1


class State(NamedTuple):
    """Deviations are 0 at the reference."""

    capacity: Array  # laboratory capacity, 1 at the reference
    stock: Array  # relative deviation of the stock
    adapted: Array  # (route,) deviation of the seizure probability that traffickers reckon with
    control_weeks: Array  # weeks that present precursor controls have been in force
    log_purity: Array  # log of purity over its reference
    habit: Array  # log of demand at the reference price: how far demand has moved for good


class Flows(NamedTuple):
    produced: Array  # pure kg
    seized_mexico: Array  # pure kg
    seized: Array  # (route,) pure kg, where it is recorded
    seized_lb: Array  # (route,) gross lb, where it is recorded
    delivered: Array  # pure kg
    stock: Array  # pure kg
    capacity: Array  # 1 at the reference
    purity: Array  # 1 at the reference
    price: Array  # of a unit of what is sold, not of a pure unit; 1 at the reference
    relative: Array  # delivered over its reference


class Path(NamedTuple):
    """What follows a shock, each (week,), 1 at the reference."""

    relative: Array
    purity: Array
    price: Array


def reference(parameters: Parameters, seized_lb: Array, route_shares: Array) -> Reference:
    """Flows consistent with gross seizures of `seized_lb` a week and US consumption of `Q_us`.

    `route_shares` (route,): each route's part of what is seized by weight, on any scale; not 0 for all ports or for
    all sectors. The ports' share of the flow is `q_poe`, held within what leaves no route with more
    than MOST_SEIZED_REFERENCE of its flow seized. Within the ports, and within the sectors, the probability of seizure
    is the same everywhere: nothing published tells them apart, so a route without recorded seizures carries no flow.

    Checkpoints stop what came through the ports, and their seizures are recorded by sector: `f_poe` counts ports
    and checkpoints, the field offices' share of the record ports only. Where the record's share is the larger one,
    it replaces `f_poe`.
    """
    p = parameters
    recorded = route_shares / route_shares.sum()  # (route,)
    at_ports = recorded[:PORTS].sum()
    between = recorded[PORTS:].sum()
    from_ports = jnp.maximum(p.f_poe, at_ports)
    delivered = p.Q_us * KG_PER_TONNE / WEEKS_PER_YEAR
    seized = seized_lb * p.purity_border / LB_PER_KG
    shipped = delivered + seized
    lost = seized / shipped
    ports = jnp.clip(
        p.q_poe,
        from_ports * lost / MOST_SEIZED_REFERENCE,
        1.0 - (1.0 - from_ports) * lost / MOST_SEIZED_REFERENCE,
    )
    within_ports = recorded[:PORTS] / at_ports  # (port,)
    within_sectors = recorded[PORTS:] / between  # (sector,)
    ones = jnp.ones_like(recorded)
    return Reference(
        shipped=shipped,
        produced=shipped / (1.0 - p.s_mex),
        delivered=delivered,
        seized_share=jnp.concatenate(
            [
                from_ports * lost / ports * ones[:PORTS],
                (1.0 - from_ports) * lost / (1.0 - ports) * ones[PORTS:],
            ]
        ),
        flow_share=jnp.concatenate([ports * within_ports, (1.0 - ports) * within_sectors]),
        lost=lost,
        checkpoint_share=1.0 - at_ports / from_ports,
        sector_share=within_sectors,
    )


def initial(at: Reference) -> State:
    """Steady state at the reference flows."""
    zero = jnp.zeros_like(at.shipped)
    return State(zero + 1.0, zero, jnp.zeros_like(at.flow_share), zero, zero, zero)


def precursor_level(parameters: Parameters, weeks_since_shock: Array) -> Array:
    """Precursor supply after a shock such as that of mid-2023, 1 before it (weeks below 0), any shape.

    Shock and recovery 1 - L exp(-t / tau), which sums up the courses that Dobkin & Nicosia 2009 (AER) and Cunningham,
    Callaghan & Liu 2015 (Addiction) report; without recovery it stays at 1 - L.
    """
    p = parameters
    decay = jnp.where(p.recovers > 0.5, jnp.exp(-jnp.maximum(weeks_since_shock, 0.0) / p.tau_prec), 1.0)
    return jnp.where(weeks_since_shock < 0.0, 1.0, 1.0 - p.L_prec * decay)


def precursor_mean(parameters: Parameters, before: Array, after: Array) -> Array:
    """Mean precursor supply over `before` weeks before such a shock and `after` weeks from it on."""
    p = parameters
    kept = jnp.where(p.recovers > 0.5, -p.tau_prec * jnp.expm1(-after / p.tau_prec), after)
    return (before + after - p.L_prec * kept) / (before + after)


def step(
    state: State,
    parameters: Parameters,
    at: Reference,
    *,
    precursors: Array,
    lab_strikes: Array,
    found: Array,
    raids: Array,
    control: Array,
    scanning: Array,
    freed: Array,
    adaptation: Array,
    shock: Array,
    seizure_shock: Array,
    mix_shock: Array,
    gross: Array,
) -> tuple[State, Flows]:
    """One week.

    `precursors`: supply of precursors by history alone, 1 at the reference; `lab_strikes`: strikes on laboratories;
    `found`: share of capacity found by surveillance and raided; `raids`: Mexican raids a week beyond the reference;
    `control`: share of precursor supply under control beyond the reference; `scanning`: share of vehicles scanned
    beyond it; `freed`: share of agents' time freed beyond it, a scalar or (sector,), held within -1 and 1;
    `adaptation`: 1, or 0 where no flow is moved to another route; `shock`: log of noise on production;
    `seizure_shock`: on the odds of seizure; `mix_shock`: on gross weight per pure weight; `gross`: multiplier of
    gross weight per pure weight that a branch starts with.
    """
    p = parameters
    control_weeks = jnp.where(control > 0.0, state.control_weeks + 1.0, 0.0)
    bite = jnp.where(p.recovers > 0.5, jnp.exp(-control_weeks / p.tau_prec), 1.0)
    struck = 1.0 + jnp.maximum(p.a_prec, 0.0) * jnp.expm1(-lab_strikes)
    inputs = precursors * struck * (1.0 - jnp.clip(control * bite, -1.0, 1.0))

    rebuilt = 1.0 - jnp.exp2(-1.0 / p.T_reb)
    removed = jnp.clip(p.q_lab * (lab_strikes + raids) + found, -0.5, 1.0)
    capacity = jnp.clip((state.capacity + (1.0 - state.capacity) * rebuilt) * (1.0 - removed), 0.0, 2.0)

    gain = jnp.concatenate(  # (route,)
        [
            jnp.broadcast_to(p.p_scan * scanning / 0.10, (PORTS,)),
            jnp.broadcast_to(p.a_free * jnp.clip(freed, -1.0, 1.0), (len(ROUTES) - PORTS,)),
        ]
    )
    state = state._replace(capacity=capacity, control_weeks=control_weeks)
    return _market(
        state, p, at, inputs * jnp.exp(shock), jnp.exp(shock), gain, adaptation, seizure_shock, mix_shock, gross
    )


def _market(
    state: State,
    p: Parameters,
    at: Reference,
    inputs: Array,
    activity: Array,
    gain: Array,
    adaptation: Array,
    seizure_shock: Array,
    mix_shock: Array,
    gross: Array,
) -> tuple[State, Flows]:
    """From inputs (relative) and gains in seizure probability (route,) to deliveries, purity and price."""
    # Seizure probability this week and the one reckoned with, as deviations from the reference. All (route,).
    known = jnp.clip(at.seized_share + gain, 0.1 * at.seized_share, MOST_SEIZED)
    ports, sectors = (-jnp.expm1(-1.0 / lag) for lag in (p.lag_scan, p.lag_route))
    learned = jnp.concatenate([jnp.broadcast_to(ports, (PORTS,)), jnp.broadcast_to(sectors, (gain.size - PORTS,))])
    adapted = state.adapted + (known - at.seized_share - state.adapted) * learned
    odds = jnp.expm1(seizure_shock)
    seized_share = known + known * (1.0 - known) * odds / (1.0 + known * odds)
    rise = (known - at.seized_share) + (seized_share - known)

    # Logit on the expected loss. `total` and `moved` (relative change of a route's share) are 0 at the reference;
    # where next to nothing of the weights is left, `total` is their sum and not its deviation from 1.
    weight = jnp.exp(jnp.clip(-p.k_route * adaptation * adapted, -LOG_WEIGHT_BOUND, LOG_WEIGHT_BOUND))  # (route,)
    total = (at.flow_share * (weight - 1.0)).sum()
    base = jnp.where(1.0 + total > NEARLY_NONE, 1.0, 0.0)
    total = (at.flow_share * (weight - base)).sum()
    kept = base + total
    moved = (weight - base - total) / kept
    displaced = (1.0 - p.bal) * (total - (1.0 - base))  # below 0: this part has found no other route and waits
    lost = (at.flow_share * (rise + moved * (at.seized_share + rise))).sum()
    expected = (at.flow_share * (adapted + moved * (at.seized_share + adapted))).sum()

    # Losses at the border are made up for by more production, up to what the higher price takes from demand.
    wanted = jnp.exp(-(1.0 + jnp.maximum(p.e_pass, 0.0) * p.e_dem) * jnp.log1p(-expected / (1.0 - at.lost)))
    produced = jnp.minimum(jnp.maximum(p.slack, 1.0) * state.capacity * activity, wanted * inputs)

    # Stock before shipping is (stock_weeks + 1) weeks of flow at the reference, of which one week's is shipped.
    before = (p.stock_weeks * state.stock + (produced - 1.0)) / (p.stock_weeks + 1.0)
    amount = 1.0 + displaced
    shipped = (1.0 + before) * (1.0 + p.stock_weeks * displaced / (p.stock_weeks + amount))
    stock = before - (1.0 + before) * displaced / (p.stock_weeks + amount)
    relative = shipped * (1.0 - lost / (1.0 - at.lost))

    log_relative = jnp.log(jnp.maximum(relative, SUPPLY_FLOOR))
    log_purity = state.log_purity + (p.e_pur * log_relative - state.log_purity) * -jnp.expm1(-1.0 / p.tau_pur)
    limit = jnp.log(PRICE_BOUND)
    log_price = jnp.clip((log_relative - log_purity - state.habit) / p.e_dem, -limit, limit)
    habit = state.habit + ((p.e_dem_long - p.e_dem) * log_price - state.habit) * -jnp.expm1(-1.0 / p.tau_dem)

    seized = at.shipped * shipped * at.flow_share * (weight / kept) * seized_share  # (route,) where it crossed
    checkpoints = at.checkpoint_share * seized[:PORTS].sum()
    recorded = jnp.concatenate(
        [seized[:PORTS] * (1.0 - at.checkpoint_share), seized[PORTS:] + checkpoints * at.sector_share]
    )
    pounds_per_kg = LB_PER_KG / p.purity_border * jnp.exp(mix_shock - log_purity) * gross
    flows = Flows(
        produced=at.produced * produced,
        seized_mexico=p.s_mex * at.produced * produced,
        seized=recorded,
        seized_lb=recorded * pounds_per_kg,
        delivered=at.delivered * relative,
        stock=at.shipped * p.stock_weeks * (1.0 + stock),
        capacity=state.capacity,
        purity=jnp.exp(log_purity),
        price=jnp.exp(log_price),
        relative=relative,
    )
    return State(state.capacity, stock, adapted, state.control_weeks, log_purity, habit), flows


def after_precursor_shock(parameters: Parameters, at: Reference, weeks: int) -> Path:
    """What follows a precursor shock of `L_prec` in week 0, (week,) each, from the steady state and without noise.

    The set-up of Dobkin & Nicosia 2009 and of Cunningham, Callaghan & Liu 2015: price of a unit sold and purity; the
    price of a pure unit is price / purity.
    """
    levels = precursor_level(parameters, jnp.arange(weeks, dtype=at.shipped.dtype))
    return _run(parameters, at, levels, jnp.zeros_like(at.flow_share))


def price_after_seizures(parameters: Parameters, at: Reference, factor: Array, weeks: int) -> Array:
    """Relative change of the retail price `weeks` weeks after the probability of seizure rose on every route.

    `factor`: probability over its reference (1.5 = half as much again), held below MOST_SEIZED. The set-up of
    Pollack & Reuter 2014 (Addiction 109:1959): a marginal and lasting rise of enforcement.
    """
    ones = jnp.ones(weeks, at.shipped.dtype)
    return _run(parameters, at, ones, (factor - 1.0) * at.seized_share).price[-1] - 1.0


def reaching_consumers(parameters: Parameters, budget: Array, raids: Array) -> Array:
    """Relative change of what reaches consumers when a source country's budget is multiplied by `budget`, for good.

    Raids are `raids` a week at the reference and scale with the budget, as do the odds of seizure in the source
    country: odds proportional to effort are the contest function of Mejia & Restrepo 2016 (JEBO 126:255). Capacity is
    the steady state of `step`. What is lost in the source country is not made up for (`e_pass` was seen at the border).
    """
    p = parameters
    rebuilt = 1.0 - jnp.exp2(-1.0 / p.T_reb)
    removed = jnp.clip(p.q_lab * raids * (budget - 1.0), -0.5, 1.0)
    capacity = rebuilt * (1.0 - removed) / (1.0 - (1.0 - rebuilt) * (1.0 - removed))
    output = jnp.minimum(jnp.maximum(p.slack, 1.0) * jnp.clip(capacity, 0.0, 2.0), 1.0)
    return output / (1.0 + p.s_mex * (budget - 1.0)) - 1.0


def _run(p: Parameters, at: Reference, inputs: Array, gain: Array) -> Path:
    """Weeks with given inputs (week,) and gains (route,), without noise."""
    one, zero = jnp.ones_like(at.shipped), jnp.zeros_like(at.shipped)

    def week(state: State, level: Array) -> tuple[State, Path]:
        state, flows = _market(state, p, at, level, one, gain, one, zero, zero, one)
        return state, Path(flows.relative, flows.purity, flows.price)

    _, path = jax.lax.scan(week, initial(at), inputs)
    assert isinstance(path, Path)
    return path
