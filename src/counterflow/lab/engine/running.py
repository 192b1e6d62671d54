"""One compiled run for every number of years: how many weeks it goes on is data, and what it works on is laid out for
the longest. A slider for the years then compiles nothing.

The week is that of the model; `trajectory.run_together` runs the same weeks for ensembles, compiled for their length.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.ensemble import planning, run
from counterflow.ensemble.planning import Plan
from counterflow.lab.engine.schema import MOST_YEARS
from counterflow.model import noise, trajectory
from counterflow.model.coupling import Switches
from counterflow.model.outputs import ABOUT
from counterflow.model.state import Forcing, Observed, Parameters, Record, Reference, State
from counterflow.model.system import week

LONGEST = 1 + 52 * MOST_YEARS  # weeks
MONTHS = 12 * MOST_YEARS + 2  # calendar months that LONGEST weeks can touch

Tree = TypeVar("Tree")


class Begun(NamedTuple):
    """Draws in the week before the first lever, and what is given to each."""

    parameters: Parameters  # (draw,)
    at: Reference  # (draw,)
    state: State  # (draw, ...)
    scores: noise.Scores  # (LONGEST, draw, ...)


class Outside(NamedTuple):
    """What is the same for all draws and all courses of events."""

    record: Record
    observed: Observed
    switches: Switches
    months: trajectory.Months  # (LONGEST, ...)
    weeks: Array  # how many are run


@partial(jax.jit, static_argnames=("weekly", "monthly"))
def _run(
    begun: Begun, outside: Outside, forcing: Forcing, weekly: tuple[str, ...], monthly: tuple[str, ...]
) -> tuple[Array, Array]:
    """Outputs (LONGEST, draw, output) by week, and days' shares of them added up (MONTHS, draw, output)."""
    draws = forcing.levers.shape[1]
    each = jax.vmap(week, in_axes=(0, 0, None, 0, None, trajectory.OVER_DRAWS, 0, None, None))
    chance = jnp.ones((), forcing.levers.dtype)

    def advance(position: Array, carried: tuple[State, Array, Array]) -> tuple[State, Array, Array]:
        state, by_week, sums = carried
        now, scores, month = jax.tree.map(lambda leaf: leaf[position], (forcing, begun.scores, outside.months))
        state, out = each(
            state, begun.parameters, outside.record, begun.at, outside.observed, now, scores, outside.switches, chance
        )
        values = jnp.stack([getattr(out, name) for name in weekly], axis=1)
        by_week = jax.lax.dynamic_update_index_in_dim(by_week, values, position, 0)
        shown = jnp.stack([getattr(out, name) for name in monthly], axis=1)
        added = jax.lax.dynamic_slice_in_dim(sums, month.first, 2) + month.days[:, None, None] / 7.0 * shown
        return state, by_week, jax.lax.dynamic_update_slice_in_dim(sums, added, month.first, 0)

    empty = [jnp.zeros((LONGEST, draws, len(weekly))), jnp.zeros((MONTHS, draws, len(monthly)))]
    _, by_week, sums = jax.lax.fori_loop(0, outside.weeks, advance, (begun.state, *empty))
    return by_week, sums


def laid_out(values: Tree) -> Tree:
    """Arrays (week, ...) with weeks up to LONGEST, which are not run."""

    def longer(leaf: Array) -> Array:
        held = np.asarray(leaf)
        longest = np.zeros((LONGEST, *held.shape[1:]), held.dtype)
        longest[: len(held)] = held
        return jnp.asarray(longest)

    laid: Tree = jax.tree.map(longer, values)
    return laid


def begun(batch: run.Batch, weeks: int) -> Begun:
    """A batch as `run.prepare` makes it, its noise cut to `weeks` and turned."""
    scores = jax.tree.map(lambda leaf: np.moveaxis(np.asarray(leaf)[:, :weeks], 1, 0), batch.scores)
    return Begun(batch.parameters, batch.at, batch.state, laid_out(scores))


def outside(at: Plan) -> Outside:
    """What a plan gives to all draws. Its weeks are those that are run."""
    months, _ = run.months_of(at.weeks)
    weeks = jnp.asarray(len(at.weeks), jnp.int32)
    return Outside(at.record, planning.observed_at(at), at.switches, laid_out(months), weeks)


def outputs(
    begun: Begun, outside: Outside, forcing: Forcing, weekly: tuple[str, ...], monthly: tuple[str, ...]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Outputs (draw, week) and, by calendar month from that of the first week on, (draw, month), as `run.run_batch`.

    `forcing` (LONGEST, ...) as `laid_out`, its levers (LONGEST, draw, lever).
    """
    by_week, sums = map(np.asarray, _run(begun, outside, forcing, weekly, monthly))
    weeks = int(outside.weeks)
    first, days = (np.asarray(leaf)[:weeks] for leaf in outside.months)
    count = int((first + (days[:, 1] > 0.0)).max()) + 1
    held = np.zeros(MONTHS, np.float32)
    np.add.at(held, first, days[:, 0])
    np.add.at(held, first + 1, days[:, 1])
    by_month = {}
    for column, name in enumerate(monthly):
        values = sums[:count, :, column].T
        by_month[name] = values if ABOUT[name].aggregate == "sum" else values / (held[:count] / np.float32(7.0))
    return {name: by_week[:weeks, :, column].T for column, name in enumerate(weekly)}, by_month
