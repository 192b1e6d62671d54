"""The record as the model gives it: one run without noise from 2019 on, by calendar month.

The same `week` as every simulation, in 64 bits. The run follows the published encounters: each week the level of
newcomers is set so that the week before would have had as many as were counted, so that what depends on crossings
(detention, agents, revenue, retries) sees those that came ("followed"). What the model gives for encounters is what it
would give without that level; where a series stands beside it is the discrepancy's (discrepancy.py).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array

from counterflow.calibration.fitting.given import Given, Inputs
from counterflow.ensemble.run import groups_since_2012
from counterflow.model import noise
from counterflow.model.beginning import initial, reference
from counterflow.model.outputs import Outputs
from counterflow.model.state import Forcing, Parameters, State
from counterflow.model.supply import PORTS
from counterflow.model.system import week

# What is read of a week, in this order; see `_read`.
FLOWS = (
    "encounters",
    "ports",
    "overdose_deaths",
    "homicides",
    "seized_ports",
    "seized_between",
    "bookins_border",
    "bookins_interior",
    "gotaways",
    "transfers",
    "followed",
)
STOCKS = ("detained_border", "detained_interior")
SECTORS = 9
LEAST = 0.01  # of a quantity's first month is added to each: where detention is full, a flow of none has no logarithm
ENCOUNTERS = FLOWS.index("encounters")


def _read(out: Outputs) -> Array:
    """(quantity,) of a week: FLOWS, STOCKS, encounters by sector."""
    by_route = out.fentanyl_seized_by_route_lb
    return jnp.concatenate(
        [
            jnp.stack(
                [
                    out.encounters,
                    out.encounters_ports,
                    out.overdose_deaths,
                    out.homicides,
                    by_route[:PORTS].sum(),
                    by_route[PORTS:].sum(),
                    out.bookins_border,
                    out.bookins_interior,
                    out.gotaways_known,
                    out.transfers,
                    out.encounters,
                    out.detained_border,
                    out.detained - out.detained_border,
                ]
            ),
            out.encounters_by_sector,
        ]
    )


def months(p: Parameters, groups: tuple[Array, Array], at: Inputs) -> Array:
    """(month, quantity) of one run: sums over a month of FLOWS and of encounters by sector, means of STOCKS.

    `groups`: members of the groups as the record begins, and what their conflict is measured against. Differentiable
    in `p`.
    """
    members, deaths = groups
    dtype = members.dtype
    zero = jnp.zeros((), dtype)
    quiet = noise.Scores(jnp.zeros(noise.SCORES, dtype), jnp.full(noise.UNIFORMS, 0.5, dtype))
    measured = reference(p, at.record, deaths, at.observed.encounters)
    begin = initial(p, at.record, measured, members)

    def advance(state: State, now: tuple[Forcing, Array]) -> tuple[State, Array]:
        forcing, counted = now
        following, out = week(state, p, at.record, measured, at.observed, forcing, quiet, at.on, zero)
        level = state.levels.encounters
        own = out.encounters / level
        known = jnp.isfinite(counted)
        follows = jnp.where(known, jnp.where(known, counted, 1.0) / own, level)
        levels = following.levels._replace(encounters=follows)
        return following._replace(levels=levels), _read(out).at[ENCOUNTERS].set(own)

    # What a week keeps for the way back is its state alone; the rest is worked out again.
    weekly = jax.lax.scan(jax.checkpoint(advance), begin, (at.forcing, jnp.asarray(at.followed)))[1]  # (week, quantity)
    trend = jnp.exp(p.overdose.g_oth * jnp.asarray(at.trend))
    weekly = weekly.at[:, FLOWS.index("overdose_deaths")].multiply(trend)
    sums = jnp.asarray(at.weights, dtype) @ weekly
    weeks = jnp.asarray(at.weights.sum(axis=1), dtype)[:, None]
    stocks = slice(len(FLOWS), len(FLOWS) + len(STOCKS))
    values = sums.at[:, stocks].divide(weeks)
    kept: Array = values + LEAST * values[0]
    return kept


def groups(p: Parameters, at: Given) -> tuple[Array, Array]:
    """What the groups are when the record begins, for draws of parameters (draw, ...)."""
    found: tuple[Array, Array] = groups_since_2012(
        p.cartels, jnp.asarray(at.alone, jnp.int32), jnp.asarray(at.middle, jnp.int32)
    )
    return found
