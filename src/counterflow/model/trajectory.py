"""Courses through time: the recorded years up to a strategy, the state that they leave, and the branches from there."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.model import border, interior, noise
from counterflow.model.beginning import initial
from counterflow.model.coupling import Switches
from counterflow.model.outputs import ABOUT, Outputs
from counterflow.model.state import Forcing, Levels, Observed, Parameters, Record, Reference, State
from counterflow.model.system import week

# Of what is given from outside, only levers differ between draws.
OVER_DRAWS = Forcing(*(0 if name == "levers" else None for name in Forcing._fields))  # type: ignore[arg-type]
BEFORE = 26  # weeks
SETTLE = 8  # rounds in which the chance of apprehension and the flow that it depends on settle


class Modelled(NamedTuple):
    """What the model gives in a week of the record with all levels at 1."""

    encounters: Array
    newcomers: Array
    homicides: Array
    deaths: Array
    seized_lb: Array


class Before(NamedTuple):
    """Means over the last 26 weeks of the record."""

    delivered: Array  # pure kg of fentanyl a week
    cooperation: Array


class Months(NamedTuple):
    """Where each week belongs, (week, ...)."""

    first: Array  # (week,) position of the month of its first day
    days: Array  # (week, 2) its days in that month and in the next one


def recorded(
    p: Parameters,
    record: Record,
    at: Reference,
    members: Array,
    observed: Observed,
    forcing: Forcing,
    first: Array | int,
    on: Switches,
) -> tuple[State, Before]:
    """The state that the recorded years leave, without noise, carried to where the series stand at their end.

    `forcing` (week, ...) ends in the week before the branches; weeks before position `first` are left out.
    `members` (group and slot,) are those of the first week. Differentiable where `first` is a plain number.
    """
    weeks = forcing.strikes.shape[0]
    dtype = members.dtype
    quiet = noise.Scores(jnp.zeros(noise.SCORES, dtype), jnp.full(noise.UNIFORMS, 0.5, dtype))
    zero = jnp.zeros((), dtype)
    calm = observed._replace(homicide_slope=zero, deaths_gap_weeks=zero)  # trends belong to the time after the record

    def advance(position: Array, carried: tuple[State, Modelled, Before]) -> tuple[State, Modelled, Before]:
        state, _, before = carried
        now: Forcing = jax.tree.map(lambda leaf: leaf[position], forcing)
        following, out = week(state, p, record, at, calm, now, quiet, on, zero)
        modelled = Modelled(
            out.encounters,
            out.attempts - state.border.retry,
            out.homicides,
            out.overdose_deaths,
            out.fentanyl_seized_border_lb,
        )
        counts = jnp.where(position >= weeks - BEFORE, 1.0 / BEFORE, 0.0)
        before = Before(
            before.delivered + counts * out.fentanyl_delivered, before.cooperation + counts * out.cooperation
        )
        return following, modelled, before

    begin = (initial(p, record, at, members), Modelled(*(zero,) * len(Modelled._fields)), Before(zero, zero))
    state, modelled, before = jax.lax.fori_loop(first, weeks, advance, begin)
    return at_observed(p, record, at, observed, state, modelled), before


def at_observed(
    p: Parameters, record: Record, at: Reference, observed: Observed, state: State, modelled: Modelled
) -> State:
    """The state with its levels set so that the next week starts where the official series stand.

    This is not a calibration: what the record shows and the mechanisms do not explain is taken as given and held.
    """
    attempts = observed.encounters / p.border.p_app
    for _ in range(SETTLE):
        attempts = observed.encounters / border.apprehension(p.border, attempts / at.attempts)
    share = observed.encounters / modelled.encounters
    retry = state.border.retry * share
    levels = Levels(
        encounters=jnp.maximum(attempts - retry, 0.0) / modelled.newcomers,
        homicides=observed.homicides / modelled.homicides,
        deaths=observed.deaths / modelled.deaths,
        gross=observed.seized_lb / modelled.seized_lb,
    )
    relative = attempts / at.attempts
    # The stock of people is the one published for the middle of the reference, and people are detained as observed:
    # their flows are not known well enough to carry them through the years.
    inside = interior.initial(p.interior, record.detained_border, record.detained_interior)
    last = state.last._replace(
        crossings=relative, freed=jnp.clip(1.0 - relative, -1.0, 1.0), arrests=jnp.ones_like(relative)
    )
    return state._replace(levels=levels, border=state.border._replace(retry=retry), interior=inside, last=last)


def run(
    p: Parameters,
    record: Record,
    at: Reference,
    observed: Observed,
    state: State,
    forcing: Forcing,
    scores: noise.Scores,
    on: Switches,
    chance: Array,
) -> Outputs:
    """One run from `state`: outputs (week, ...) for the weeks of `forcing` and `scores`."""

    def advance(state: State, now: tuple[Forcing, noise.Scores]) -> tuple[State, Outputs]:
        return week(state, p, record, at, observed, *now, on, chance)

    # What a week keeps for the way back is its state alone; the rest is worked out again.
    outputs: Outputs = jax.lax.scan(jax.checkpoint(advance), state, (forcing, scores))[1]
    return outputs


def run_together(
    p: Parameters,
    record: Record,
    at: Reference,
    observed: Observed,
    state: State,
    forcing: Forcing,
    scores: noise.Scores,
    on: Switches,
    chance: Array,
    months: Months,
    count: int,
    weekly: tuple[str, ...],
    monthly: tuple[str, ...],
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Many runs at once: the outputs `weekly` (draw, week, ...), and `monthly` (draw, month, ...) for `count` months.

    `p`, `at`, `state`, `scores` and the levers of `forcing` have the draw as their first axis; everything else is
    shared. Months are added up or averaged inside the run: a week's flows are shared out by its days in each month, and
    a month that the run covers in part holds what was run. Draws are batched inside the scan, so that what is added up
    lies together in memory.
    """
    each = jax.vmap(week, in_axes=(0, 0, None, 0, None, OVER_DRAWS, 0, None, None))
    draws = len(forcing.levers)
    by_week = forcing._replace(levers=jnp.moveaxis(forcing.levers, 1, 0))
    chances = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), scores)

    def one(state: State, now: tuple[Forcing, noise.Scores]) -> tuple[State, Outputs]:
        following: tuple[State, Outputs] = each(state, p, record, at, observed, *now, on, chance)
        return following

    first = jax.tree.map(lambda leaf: leaf[0], (by_week, chances))
    shapes = {name: getattr(jax.eval_shape(one, state, first)[1], name) for name in monthly}
    sizes = [leaf.size // draws for leaf in shapes.values()]
    empty = jnp.zeros((count + 1, draws, sum(sizes)), state.border.retry.dtype)

    def advance(
        carried: tuple[State, Array], now: tuple[Forcing, noise.Scores, Months]
    ) -> tuple[tuple[State, Array], dict[str, Array]]:
        state, sums = carried
        forcing, scores, month = now
        state, out = one(state, (forcing, scores))
        if monthly:
            values = jnp.concatenate([getattr(out, name).reshape(draws, -1) for name in monthly], axis=1)
            added = jax.lax.dynamic_slice_in_dim(sums, month.first, 2) + month.days[:, None, None] / 7.0 * values
            sums = jax.lax.dynamic_update_slice_in_dim(sums, added, month.first, 0)
        return (state, sums), {name: getattr(out, name) for name in weekly}

    (_, sums), by_weeks = jax.lax.scan(advance, (state, empty), (by_week, chances, months))
    days = jnp.zeros(count + 1).at[months.first].add(months.days[:, 0]).at[months.first + 1].add(months.days[:, 1])
    weeks = jnp.maximum(days[:count] / 7.0, 1e-6)
    by_months = {}
    parts = jnp.split(jnp.moveaxis(sums[:count], 0, 1), np.cumsum(sizes)[:-1], axis=2)
    for (name, leaf), part in zip(shapes.items(), parts, strict=bool(monthly)):
        values = part if ABOUT[name].aggregate == "sum" else part / weeks[:, None]
        by_months[name] = values.reshape(draws, count, *leaf.shape[1:])
    return {name: jnp.moveaxis(values, 0, 1) for name, values in by_weeks.items()}, by_months
