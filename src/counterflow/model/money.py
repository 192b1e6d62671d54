"""Money: what groups earn, what a designation takes of it, and legal wages in Mexico.

Revenue from drugs moves with fentanyl delivered and the price that exporters get for it, revenue from migrants with
crossings times the fee; cocaine, methamphetamine and heroin are held at their reference. Responses are power laws in
ratios to the reference, so that each is 1 there. A designation takes a share of the usable revenue and raises the
cost of laundering; both build up exponentially (Kelley & Simmons 2020, ch. 9: no effect found for groups that live off
crime). A tariff lowers Mexican output and with it wages of low-skilled men, with a lag.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from counterflow.model.units import WEEKS_PER_YEAR

BILLION = 1e9
POINTS = 10.0  # points of effective tariff to which e_tar_gdp and e_tar_unc refer
LEAST = 1e-6  # keeps logs finite where a ratio is 0


class Parameters(NamedTuple):
    R_drug: Array  # export revenue from drugs to groups at the reference, 1e9 USD a year
    R_mig: Array  # revenue from migrants to groups at the reference, 1e9 USD a year
    R_smug: Array  # all that migrants pay to smugglers, 1e9 USD a year
    share_fent: Array  # share of fentanyl in R_drug
    w_rec: Array  # wage of a recruit, USD a week
    L_fto: Array  # fall in usable revenue by designation, share
    tau_fto: Array  # weeks in which it builds up
    c_laund: Array  # further cost of laundering by designation, share of the flow
    x_designation: Array  # groups designated that count as a full designation
    k_pass: Array  # elasticity of the export price to the retail price
    e_rw: Array  # elasticity of recruitment to revenue
    e_rec_w: Array  # elasticity of recruitment to legal wages
    e_tar_gdp: Array  # log output per ten points of tariff
    e_tar_unc: Array  # log output by the threat alone, full at ten points
    e_w_gdp: Array  # log wage per log output
    tau_wage: Array  # weeks in which output and wages adjust


class State(NamedTuple):
    usable: Array  # share of revenue left by designation, 1 = all
    wage: Array  # log real wage of low-skilled men in Mexico, 0 = reference


class Flows(NamedTuple):
    revenue_drug: Array  # usable, USD a week
    revenue_mig: Array  # usable, USD a week
    revenue: Array  # usable, relative to the reference
    recruitment_revenue: Array  # factor on recruitment as revenue moves
    recruitment_wages: Array  # factor on recruitment as legal wages move
    wage: Array  # log, 0 = reference
    gun_demand: Array  # pull on guns, relative to the reference: what is fought, and can be paid for
    contested: Array  # revenue that groups fight over, relative to the reference


def initial(dtype: jnp.dtype = jnp.float32) -> State:
    """Nothing designated, wages at the reference."""
    return State(jnp.ones((), dtype), jnp.zeros((), dtype))


def power(ratio: Array, elasticity: Array) -> Array:
    """ratio ** elasticity with finite gradients at 0; exactly 1 at 1."""
    return jnp.exp(elasticity * jnp.log(jnp.maximum(ratio, LEAST)))


def lost_to_designation(parameters: Parameters, designated: Array) -> Array:
    """Share of revenue lost in the long run with `designated` groups: 1 - (1 - L_fto d)(1 - c_laund d), d up to 1."""
    share = jnp.clip(designated / parameters.x_designation, 0.0, 1.0)
    return 1.0 - (1.0 - parameters.L_fto * share) * (1.0 - parameters.c_laund * share)


def output_by_tariff(parameters: Parameters, tariff: Array) -> Array:
    """Log Mexican output in the long run at `tariff` points of effective tariff beyond the reference.

    The loss by the threat is full at ten points and is not taken twice above. A tariff below the reference raises
    output.
    """
    dose = tariff / POINTS
    return parameters.e_tar_gdp * dose + parameters.e_tar_unc * jnp.clip(dose, 0.0, 1.0)


def step(
    state: State,
    parameters: Parameters,
    *,
    delivered: Array,
    price: Array,
    crossings: Array,
    fee: Array,
    conflict: Array,
    designated: Array,
    tariff: Array,
) -> tuple[State, Flows]:
    """One week.

    `delivered`, `price` (retail), `crossings`, `fee` and `conflict` (deaths in conflict): of last week, relative to the
    reference. `designated`: groups, `tariff`: points of effective tariff, both beyond the reference. At the reference
    every relative flow is 1 and the wage 0, exactly. How far guns follow the pull on them is for arms.py (x_str).
    """
    p = parameters
    left = 1.0 - lost_to_designation(p, designated)
    usable = state.usable + (left - state.usable) * -jnp.expm1(-1.0 / p.tau_fto)
    target = p.e_w_gdp * output_by_tariff(p, tariff)
    wage = state.wage + (target - state.wage) * -jnp.expm1(-1.0 / p.tau_wage)

    drugs = 1.0 + p.share_fent * (delivered * power(price, p.k_pass) - 1.0)
    migrants = crossings * fee
    of_migrants = p.R_mig / (p.R_drug + p.R_mig)
    revenue = usable * (1.0 + (1.0 - of_migrants) * (drugs - 1.0) + of_migrants * (migrants - 1.0))
    flows = Flows(
        revenue_drug=p.R_drug * (BILLION / WEEKS_PER_YEAR) * drugs * usable,
        revenue_mig=p.R_mig * (BILLION / WEEKS_PER_YEAR) * migrants * usable,
        revenue=revenue,
        recruitment_revenue=power(revenue, p.e_rw),
        recruitment_wages=jnp.exp(p.e_rec_w * wage),
        wage=wage,
        gun_demand=revenue * conflict,
        contested=revenue,
    )
    return State(usable, wage), flows


def revenue_lost(parameters: Parameters, designated: Array, weeks: Array) -> Array:
    """Share of usable revenue lost `weeks` after `designated` groups were designated, all else at the reference."""
    return lost_to_designation(parameters, designated) * -jnp.expm1(-weeks / parameters.tau_fto)


def migrant_share(parameters: Parameters) -> Array:
    """Share of what migrants pay to smugglers that reaches the groups, at most all of it."""
    return jnp.minimum(parameters.R_mig / parameters.R_smug, 1.0)


def implied_revenue(known: Array, share: Array) -> Array:
    """Revenue from all drugs where one of them is known to bring `known` and to be `share` of it (RAND 2010)."""
    return known / share


def wage_bill(parameters: Parameters, members: Array) -> Array:
    """What `members` cost at the wage of a recruit, as a share of revenue at the reference. Above 1 a draw of size,
    wage and revenue contradicts itself."""
    earned = (parameters.R_drug + parameters.R_mig) * BILLION / WEEKS_PER_YEAR
    return members * parameters.w_rec / earned
