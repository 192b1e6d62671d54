"""Compiled, batched runs of all branches, from one saved state per draw."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.ensemble.sampling import Draws
from counterflow.errors import ModelError
from counterflow.evidence.store import Store
from counterflow.model import anchors as anchoring
from counterflow.model import cartels, noise, system
from counterflow.model.outputs import ABOUT, Outputs
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Campaign

BATCH = 250  # draws per batch; batches are padded to it, so that a draw's bits do not depend on how many are run
AFTER = 52  # weeks that a run goes on after the levers are withdrawn
LEVERS = list(system.LEVERS)
NONE = Branch(id="none", title="", description="")

Progress = Callable[[int, int], None]


class Plan(NamedTuple):
    """What is run: the branches, the weeks, and what was observed before them."""

    branches: tuple[Branch, ...]
    first_lever: date
    weeks: np.ndarray  # (week,) Mondays; the first is the week before the strategy's first lever
    judged: int  # weeks after the first, at the end of which the levers are withdrawn
    observed: anchoring.Anchors
    weeks_since_shock: float  # from the precursor shock to the start; infinitely long where it was not yet known
    seed: int


class Batch(NamedTuple):
    """BATCH draws, ready to run: every array has the draw as its first axis, but for `recorded` (lever,)."""

    parameters: system.Parameters
    begin: system.Start
    recorded: jax.Array
    scores: noise.Scores


def monday(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def plan(
    branches: Sequence[Branch],
    first_lever: date,
    *,
    years: int,
    seed: int,
    store: Store,
    as_of: date | None = None,
) -> Plan:
    """Lay out the weeks of a run and read what was observed before it."""
    start = monday(first_lever) - timedelta(days=7)
    judged = 52 * years
    weeks = np.datetime64(start) + 7 * np.arange(1 + judged + AFTER)
    observed = anchoring.observe(store, start, as_of)
    shock = anchoring.weeks_since_shock(start, as_of)
    return Plan(tuple(branches), first_lever, weeks, judged, observed, shock, seed)


@jax.jit
def _run(batch: Batch, forcing: system.Forcing, switch: jax.Array) -> Outputs:
    """Runs of one branch: outputs (draw, week)."""
    over_draws = system.Forcing(0, None, None, None, None, None)  # type: ignore[arg-type]
    outputs: Outputs = jax.vmap(system.run, in_axes=(0, 0, None, over_draws, 0, None))(
        batch.parameters, batch.begin, batch.recorded, forcing, batch.scores, switch
    )
    return outputs


@jax.jit
def groups_since_2012(parameters: cartels.Parameters, weeks: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Members (draw, group) after `weeks` weeks of the published model, and deaths (draw,) in the last of them."""

    def one(p: cartels.Parameters) -> tuple[jax.Array, jax.Array]:
        def advance(_: int, state: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            members, flows = cartels.step(state[0], p, cartels.no_change())
            return members, flows.deaths

        members = cartels.initial_members(p.C0)
        grown: tuple[jax.Array, jax.Array] = jax.lax.fori_loop(0, weeks, advance, (members, jnp.zeros(())))
        return grown

    every: tuple[jax.Array, jax.Array] = jax.vmap(one)(parameters)
    return every


_start = jax.jit(jax.vmap(system.start_from, in_axes=(0, 0, 0, 0, None)))


def begin(
    parameters: system.Parameters,
    at: Plan,
    recorded: jax.Array,
    groups: tuple[jax.Array, jax.Array] | None = None,
) -> system.Start:
    """The state of the week before the first lever, (draw, ...) each. `groups` spares running them since 2012."""
    count = len(parameters.border.p_app)
    since_2012 = int((at.weeks[0] - np.datetime64(cartels.EPOCH)).astype(int)) // 7
    members, deaths = groups or groups_since_2012(parameters.cartels, jnp.asarray(since_2012, jnp.int32))
    now = at.observed
    values = (
        now.encounters.level,
        now.homicides.level,
        now.deaths.level,
        now.seized_lb.level,
        now.homicides.slope,
        now.homicides.gap_weeks,
        now.deaths.gap_weeks,
        [flow.scatter for flow in (now.encounters, now.homicides, now.deaths, now.seized_lb)],
        [flow.drift for flow in (now.encounters, now.homicides, now.deaths, now.seized_lb)],
        at.weeks_since_shock,
    )
    observed = system.Observed(*(jnp.asarray([value] * count, jnp.float32) for value in values))
    started: system.Start = _start(parameters, members, deaths, observed, recorded)
    return started


def recorded_levels(at: Plan) -> np.ndarray:
    """(lever,) intensities before the strategy."""
    half = np.full((1, len(LEVERS)), 0.5)
    return np.asarray(lever_paths(NONE, at.weeks[:1], half, half, LEVERS)[0, 0], np.float32)


def strikes_a_week(campaign: Campaign | None, at: Plan) -> np.ndarray:
    """(week,) strikes of a campaign."""
    rate = np.zeros(len(at.weeks))
    if campaign is not None:
        first = int((np.datetime64(monday(campaign.start)) - at.weeks[0]).astype(int)) // 7
        rate[max(first, 0) : max(first + campaign.weeks, 0)] = campaign.strikes_per_week
    return rate


def forcing(branch: Branch, draws: Draws, at: Plan) -> system.Forcing:
    """Lever paths (draw, week, lever), strikes and seasons (week,) of one branch; all withdrawn after the judged
    weeks."""
    paths = lever_paths(branch, at.weeks, draws.intensity, draws.delivery, LEVERS)
    paths[:, 1 + at.judged :, :] = recorded_levels(at)
    strikes = strikes_a_week(branch.strikes, at)
    strikes[1 + at.judged :] = 0.0
    consent = float(branch.strikes.consent) if branch.strikes else 0.0
    month = (at.weeks + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12

    def season(of: anchoring.Anchor) -> jax.Array:
        return jnp.asarray(of.season[month], jnp.float32)

    return system.Forcing(
        jnp.asarray(paths, jnp.float32),
        jnp.asarray(strikes, jnp.float32),
        jnp.full(len(at.weeks), consent, jnp.float32),
        season(at.observed.encounters),
        season(at.observed.homicides),
        season(at.observed.deaths),
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


def prepare(at: Plan, draws: Draws, groups: tuple[jax.Array, jax.Array] | None = None) -> Batch:
    """A batch of draws in its starting state."""
    recorded = jnp.asarray(recorded_levels(at))
    parameters, scores = jax.tree.map(jnp.asarray, (draws.parameters, draws.scores))
    return Batch(parameters, begin(parameters, at, recorded, groups), recorded, scores)


def run_batch(
    batch: Batch, given: system.Forcing, outputs: Sequence[str], *, with_noise: bool = True
) -> dict[str, np.ndarray]:
    """One branch over one batch: the outputs asked for, (draw, week) float32."""
    found = _run(batch, given, jnp.asarray(float(with_noise), jnp.float32))
    return {name: np.asarray(getattr(found, name)) for name in outputs}


def workers() -> ThreadPoolExecutor:
    """Threads to run batches side by side; a compiled run uses one core and lets go of the interpreter."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1)


def run(
    at: Plan,
    draws: Draws,
    outputs: Sequence[str],
    *,
    with_noise: bool = True,
    progress: Progress | None = None,
) -> Mapping[str, np.ndarray]:
    """All branches over all draws: each output (branch, draw, week) float32.

    Raises ModelError where a value is not finite or a stock or flow negative, naming branch, draw and output.
    """
    count = len(draws.intensity)
    result = {name: np.empty((len(at.branches), count, len(at.weeks)), np.float32) for name in outputs}
    total = len(at.branches) * -(-count // BATCH)
    done = 0
    with workers() as pool:
        for where, some in batches(draws):
            batch = prepare(at, some)

            def one(branch: Branch, some: Draws = some, batch: Batch = batch) -> dict[str, np.ndarray]:
                return run_batch(batch, forcing(branch, some, at), outputs, with_noise=with_noise)

            for number, values in enumerate(pool.map(one, at.branches)):
                for name in outputs:
                    result[name][number, where] = values[name][: where.stop - where.start]
                done += 1
                if progress:
                    progress(done, total)
    _check_possible(result, at)
    return result


def _check_possible(result: Mapping[str, np.ndarray], at: Plan) -> None:
    """Every value is finite, and no stock or flow is below zero."""
    for name, values in result.items():
        possible = np.isfinite(values) if ABOUT[name].signed else values >= 0.0
        if not possible.all():
            branch, draw, week = np.argwhere(~possible)[0]
            raise ModelError(
                f"{name} is {values[branch, draw, week]} in week {week}",
                where=f"branch {at.branches[branch].id}, draw {draw}, seed {at.seed}",
                hint="Run that draw alone to replay it; please report it with the seed.",
            )
