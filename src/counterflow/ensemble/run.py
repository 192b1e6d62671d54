"""Compiled, batched runs of all branches, from one saved state per draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.ensemble.planning import LEVERS, PAST, Plan, monday, observed_at, plan
from counterflow.ensemble.replay import kept_draw, refuse_impossible
from counterflow.ensemble.sampling import BLOCK, Draws
from counterflow.evidence.store import Store
from counterflow.model import cartels, coupling, noise, trajectory
from counterflow.model.beginning import reference
from counterflow.model.state import Forcing, Observed, Parameters, Record, Reference, State
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Campaign

BATCH = BLOCK  # draws per batch; batches are padded to it, so that a draw's bits do not depend on how many are run


class Batch(NamedTuple):
    """BATCH draws in the state of the week before the first lever; the draw is the first axis of every array."""

    parameters: Parameters
    at: Reference
    state: State
    before: trajectory.Before
    scores: noise.Scores


@partial(jax.jit, static_argnames=("count", "weekly", "monthly"))
def _run(
    batch: Batch,
    record: Record,
    observed: Observed,
    forcing: Forcing,
    on: coupling.Switches,
    chance: jax.Array,
    months: trajectory.Months,
    count: int,
    weekly: tuple[str, ...],
    monthly: tuple[str, ...],
) -> tuple[dict[str, jax.Array], dict[str, jax.Array]]:
    """Runs of one branch: outputs (draw, week, ...), and outputs (draw, month, ...)."""
    p, at, state, _, scores = batch
    return trajectory.run_together(
        p, record, at, observed, state, forcing, scores, on, chance, months, count, weekly, monthly
    )


@jax.jit
def groups_since_2012(
    parameters: cartels.Parameters, alone: jax.Array, middle: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Members (draw, group and slot) after `alone` weeks of the published model, and deaths (draw,) in conflict in the
    week `middle`, which conflict is measured against."""

    def one(p: cartels.Parameters) -> tuple[jax.Array, jax.Array]:
        whole = jnp.zeros(cartels.LEADING, p.C0.dtype)
        none = jnp.zeros((), p.C0.dtype)

        def advance(_: int, state: tuple[cartels.Parts, jax.Array]) -> tuple[cartels.Parts, jax.Array]:
            members, flows = cartels.step(state[0], p, cartels.no_change(p.C0.dtype), whole)
            return members, flows.deaths

        begin = cartels.parts_of(cartels.initial_members(p.C0))
        members, _ = jax.lax.fori_loop(0, alone, advance, (begin, none))
        _, deaths = jax.lax.fori_loop(alone, jnp.maximum(middle, alone + 1), advance, (members, none))
        return cartels.joined(members), deaths

    every: tuple[jax.Array, jax.Array] = jax.vmap(one)(parameters)
    return every


@jax.jit
def _begin(
    parameters: Parameters,
    record: Record,
    observed: Observed,
    past: Forcing,
    first: jax.Array,
    groups: tuple[jax.Array, jax.Array],
    on: coupling.Switches,
) -> tuple[Reference, State, trajectory.Before]:
    """Each draw's reference, its state at the end of the record, and means over the record's last weeks."""

    def one(p: Parameters, groups: tuple[jax.Array, jax.Array]) -> tuple[Reference, State, trajectory.Before]:
        members, deaths = groups
        at = reference(p, record, deaths, observed.encounters)
        return at, *trajectory.recorded(p, record, at, members, observed, past, first, on)

    begun: tuple[Reference, State, trajectory.Before] = jax.vmap(one)(parameters, groups)
    return begun


def strikes_a_week(campaign: Campaign | None, at: Plan) -> np.ndarray:
    """(week,) strikes of a campaign."""
    rate = np.zeros(len(at.weeks))
    if campaign is not None:
        first = int((np.datetime64(monday(campaign.start)) - at.weeks[0]).astype(int)) // 7
        rate[max(first, 0) : max(first + campaign.weeks, 0)] = campaign.strikes_per_week
    return rate


def branch_paths(branch: Branch, draws: Draws, at: Plan) -> np.ndarray:
    """(draw, week, lever) intensities of a branch as ordered, all withdrawn after the judged weeks."""
    paths = lever_paths(branch, at.weeks, draws.intensity, draws.delivery, LEVERS)
    paths[:, 1 + at.judged :, :] = np.asarray(at.beside.recorded)[0]
    return paths


def forcing(branch: Branch, draws: Draws, at: Plan) -> Forcing:
    """What is given from outside in one branch: `levers` (draw, week, lever), everything else (week, ...)."""
    strikes = strikes_a_week(branch.strikes, at)
    strikes[1 + at.judged :] = 0.0
    consent = float(branch.strikes.consent) if branch.strikes else 0.0
    month = (at.weeks + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12
    seasons = [flow.season[month] for flow in (at.observed.encounters, at.observed.homicides, at.observed.deaths)]
    return at.beside._replace(
        levers=jnp.asarray(branch_paths(branch, draws, at), jnp.float32),
        strikes=jnp.asarray(strikes, jnp.float32),
        consent=jnp.full(len(at.weeks), consent, jnp.float32),
        season=jnp.asarray(np.stack(seasons, axis=1), jnp.float32),
    )


def rows(draws: Draws, index: np.ndarray) -> Draws:
    """The draws at `index`."""
    chosen: Draws = jax.tree.map(lambda leaf: leaf[index], draws)
    return chosen


def batches(draws: Draws) -> Iterable[tuple[slice, Draws]]:
    """The draws in batches of BATCH, the last one padded with copies of its first draw, and where each belongs."""
    count = len(draws.intensity)
    for low in range(0, count, BATCH):
        index = np.arange(low, low + BATCH)
        yield slice(low, min(low + BATCH, count)), rows(draws, np.where(index < count, index, low))


def groups_before(at: Plan, parameters: Parameters) -> tuple[jax.Array, jax.Array]:
    """The groups when the record begins, and what their conflict is measured against; see `groups_since_2012`."""
    begins = at.weeks[0] - 7 * (PAST - at.first)
    alone, middle = (int((day - np.datetime64(cartels.EPOCH)).astype(int)) // 7 for day in (begins, at.middle))
    groups: tuple[jax.Array, jax.Array] = groups_since_2012(
        parameters.cartels, jnp.asarray(alone, jnp.int32), jnp.asarray(middle, jnp.int32)
    )
    return groups


def prepare(at: Plan, draws: Draws, groups: tuple[jax.Array, jax.Array] | None = None) -> Batch:
    """A batch of draws in its starting state. `groups` spares running them alone since 2012."""
    parameters, scores = jax.tree.map(jnp.asarray, (draws.parameters, draws.scores))
    groups = groups or groups_before(at, parameters)
    first = jnp.asarray(at.first, jnp.int32)
    # Switches cut what a strategy sets going: the recorded years went as they went.
    begun = _begin(parameters, at.record, observed_at(at), at.past, first, groups, coupling.switches())
    return Batch(parameters, begun[0], begun[1], begun[2], scores)


def run_batch(
    batch: Batch,
    at: Plan,
    given: Forcing,
    weekly: Sequence[str],
    monthly: Sequence[str] = (),
    *,
    with_noise: bool = True,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """One branch over one batch: outputs (draw, week, ...) and, by calendar month from that of the first week on,
    (draw, month, ...); float32. An output can be asked for in both."""
    months, count = months_of(at.weeks)
    chance = jnp.asarray(float(with_noise), jnp.float32)
    observed = observed_at(at)
    found = _run(
        batch,
        at.record,
        observed,
        given,
        at.switches,
        chance,
        months,
        count=count,
        weekly=tuple(weekly),
        monthly=tuple(monthly),
    )
    by_week, by_month = ({name: np.asarray(values) for name, values in part.items()} for part in found)
    return by_week, by_month


def run_branches(
    at: Plan,
    draws: Draws,
    weekly: Sequence[str],
    monthly: Sequence[str] = (),
    *,
    with_noise: bool = True,
    pool: ThreadPoolExecutor | None = None,
    progress: Callable[[], None] | None = None,
) -> tuple[Batch, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """All branches over BATCH draws: their starting states, outputs (branch, draw, week, ...), outputs by month.

    Branches run side by side in the threads of `pool`, if one is given.
    """
    batch = prepare(at, draws)

    def one(branch: Branch) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        return run_batch(batch, at, forcing(branch, draws, at), weekly, monthly, with_noise=with_noise)

    # The first run compiles; threads that came to it together would each do so.
    parts = chain([one(at.branches[0])], (pool.map if pool else map)(one, at.branches[1:]))
    by_week: dict[str, np.ndarray] = {}
    by_month: dict[str, np.ndarray] = {}
    for number, part in enumerate(parts):
        for values, found in zip((by_week, by_month), part, strict=True):
            for name, value in found.items():
                if name not in values:
                    values[name] = np.empty((len(at.branches), *value.shape), np.float32)
                values[name][number] = value
        if progress:
            progress()
    return batch, by_week, by_month


def month_starts(weeks: np.ndarray) -> np.ndarray:
    """(month,) the calendar months that the days of the weeks fall into."""
    return np.arange(weeks[0].astype("datetime64[M]"), (weeks[-1] + 6).astype("datetime64[M]") + 1)


def months_of(weeks: np.ndarray) -> tuple[trajectory.Months, int]:
    """The month of each week and its days there and in the next month, and how many months there are."""
    month = weeks.astype("datetime64[M]")
    count = len(month_starts(weeks))
    to_next = ((month + 1).astype("datetime64[D]") - weeks).astype(int)
    days = np.minimum(to_next, 7)
    first = (month - month[0]).astype(int)
    return trajectory.Months(
        jnp.asarray(first, jnp.int32), jnp.asarray(np.stack([days, 7 - days], axis=1), jnp.float32)
    ), count


def workers() -> ThreadPoolExecutor:
    """Threads to run batches side by side; a compiled run uses one core and lets go of the interpreter."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1)


def run(
    at: Plan, draws: Draws, outputs: Sequence[str], *, with_noise: bool = True, monthly: bool = False
) -> Mapping[str, np.ndarray]:
    """All branches over all draws: each output (branch, draw, week, ...) float32, or by month where `monthly`.

    Raises ModelError where a value is not finite or a stock or flow negative, naming branch, draw and output; the
    draw is saved for replay.
    """
    asked = ((), outputs) if monthly else (outputs, ())
    parts = []
    with workers() as pool:
        for where, some in batches(draws):
            _, *both = run_branches(at, some, *asked, with_noise=with_noise, pool=pool)
            parts.append({name: values[:, : where.stop - where.start] for name, values in both[monthly].items()})
    result = {name: np.concatenate([part[name] for part in parts], axis=1) for name in outputs}
    times = month_starts(at.weeks) if monthly else at.weeks
    refuse_impossible(result, at.branches, draws, times, at.recipe)
    return result


def replay(path: Path, store: Store, outputs: Sequence[str]) -> dict[str, np.ndarray]:
    """Run a draw again that broke: each output (week, ...), as it came. Raises ModelError for another file."""
    draws, branch, recipe = kept_draw(path)
    at = plan(
        (branch,),
        date.fromisoformat(recipe["first_lever"]),
        years=recipe["years"],
        seed=recipe["seed"],
        store=store,
        as_of=date.fromisoformat(recipe["as_of"]) if recipe["as_of"] else None,
        switches=recipe["switches"],
    )
    (_, some), *_ = batches(draws)
    found, _ = run_batch(prepare(at, some), at, forcing(branch, some, at), outputs)
    return {name: values[0] for name, values in found.items()}
