"""A fit as a whole: what is observed, what is run, which parameters move, and what the model gives at their scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.calibration.fitting import path
from counterflow.calibration.fitting.given import Given, Inputs, given
from counterflow.calibration.fitting.observed import Observed, Points, fitted, observed
from counterflow.calibration.fitting.space import Space, continuous, scores_of, space, values, with_values
from counterflow.ensemble import planning, sampling
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.model.conditions import Condition, Key, conditions
from counterflow.model.state import Parameters

MOVES = 0.03  # least change of the log of some fitted month, for one score, of a parameter that is fitted
TRIED = 4  # draws at which that is tried
BATCH = 250  # runs side by side
# Standard deviations of the logs of published single figures beside the path: of all of one kind together, and of each
# alone; judgement, grade D.
KIND, ALONE = 0.2, 0.1


class Figures(NamedTuple):
    """Published single figures that were known, in one order."""

    logs: np.ndarray  # (figure,)
    covariance: np.ndarray  # (figure, figure) of the logs beside the path
    within: np.ndarray  # (figure, month) the months that a figure stands for
    above: np.ndarray  # (figure,) position of the modelled quantity
    below: np.ndarray  # (figure,) position of the one that it is divided by, -1 where there is none


class Problem(NamedTuple):
    """Everything that a fit needs. Runs are of members: each holds what is not fitted at one draw of its own."""

    at: Given
    seen: Observed
    figures: Figures
    space: Space
    base: Parameters  # (member,) every leaf: draws from the priors, of which the space's keys are replaced
    groups: tuple[Array, Array]  # (member, ...) see path.groups
    prior: np.ndarray  # (member, parameter) scores of those draws


def quantities(models: Sequence[str], nationwide: Array, table: Array) -> Array:
    """(month, series) logs of what the model gives for each of `models`; `table` (month, quantity) of `path.months`,
    `nationwide`: encounters everywhere over those of the southwest."""
    names = (*path.FLOWS, *path.STOCKS)
    sectors = table[:, len(names) :]
    columns = []
    sector = 0
    for model in models:
        if model == "nationwide":
            columns.append(jnp.full(len(table), jnp.log(nationwide)))
        elif model == "sector":
            columns.append(jnp.log(sectors[:, sector]) - jnp.log(sectors.sum(axis=1) - sectors[:, sector]))
            sector += 1
        else:
            columns.append(jnp.log(table[:, names.index(model)]))
    return jnp.stack(columns, axis=1)


def figures(points: Sequence[Points], months: np.ndarray, cutoff: date, as_of: date | None) -> Figures:
    """The published single figures whose time was over before the cut-off and that were known by `as_of`."""
    names = (*path.FLOWS, *path.STOCKS)
    rows = []
    for kind, of in enumerate(points):
        for figure in of.figures:
            if figure.until >= cutoff or (as_of is not None and figure.known > as_of):
                continue
            first, last = np.datetime64(figure.first, "M"), np.datetime64(figure.until, "M")
            within = ((months >= first) & (months <= last)).astype(float)
            counted = 0.0 if of.over else 1.0 / figure.value
            below = names.index(of.over) if of.over else -1
            rows.append((np.log(figure.value), ALONE**2 + counted, within, names.index(of.model), below, kind))
    if not rows:
        empty = np.zeros(0)
        return Figures(empty, np.zeros((0, 0)), np.zeros((0, len(months))), empty.astype(int), empty.astype(int))
    logs, own, spans, above, under, kinds = (np.array(column) for column in zip(*rows, strict=True))
    together = np.where(kinds[:, None] == kinds, KIND**2, 0.0)
    return Figures(logs, together + np.diag(own), spans, above, under)


def of_figures(known: Figures, table: Array) -> Array:
    """(figure,) logs of what the model gives for each figure; `table` (month, quantity)."""
    sums = jnp.asarray(known.within) @ table  # (figure, quantity)
    at = jnp.arange(len(known.logs))
    below = jnp.where(known.below < 0, 1.0, sums[at, jnp.maximum(known.below, 0)])
    return jnp.log(sums[at, known.above]) - jnp.log(below)


@partial(jax.jit, static_argnames=("keys", "models"))
def _run(
    scores: Array,
    base: Parameters,
    groups: tuple[Array, Array],
    at: Inputs,
    of: Space,
    known: Figures,
    keys: tuple[Key, ...],
    models: tuple[str, ...],
) -> tuple[Array, Array]:
    def one(z: Array, p: Parameters, members: tuple[Array, Array]) -> tuple[Array, Array]:
        table = path.months(with_values(p, keys, values(of, z)), members, at)
        return quantities(models, at.record.nationwide, table), of_figures(known, table)

    found: tuple[Array, Array] = jax.vmap(one)(scores, base, groups)
    return found


def predicted(problem: Problem, scores: np.ndarray, members: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Logs of what the model gives: series (member, month, series) and single figures (member, figure).

    `scores` (member, parameter); `members` (member,) whose draw of what is not fitted each one holds, in order if not
    given.
    """
    of = members if members is not None else np.arange(len(scores)) % len(problem.prior)
    parts = []
    for first in range(0, len(scores), BATCH):
        index = np.minimum(np.arange(first, first + BATCH), len(scores) - 1)
        base, groups = jax.tree.map(lambda leaf, at=of[index]: leaf[at], (problem.base, problem.groups))
        found = _run(
            jnp.asarray(scores[index]),
            base,
            groups,
            problem.at.inputs,
            problem.space._replace(keys=()),
            problem.figures,
            problem.space.keys,
            tuple(about.model for about in problem.seen.about),
        )
        parts.append([np.asarray(part) for part in found])
    return tuple(np.concatenate(part)[: len(scores)] for part in zip(*parts, strict=True))  # type: ignore[return-value]


def problem(
    store: Store,
    cutoff: date,
    *,
    members: int,
    seed: int,
    horizon: int = 0,
    as_of: date | None = None,
    conditional: bool = False,
    levers: np.ndarray | None = None,
    keys: Sequence[Key] | None = None,
) -> Problem:
    """The fit as of a cut-off, for `members` draws from the priors as known then; JAX has to have 64 bits enabled.

    Fitted are `keys`; if not given, what moves some month of some fitted series, or a published single figure, by more
    than MOVES for one score, and what a joint condition ties to such a parameter. See `given` for the rest.
    """
    at = given(store, cutoff, horizon=horizon, as_of=as_of, conditional=conditional, levers=levers)
    seen = observed(store, at.months, cutoff=cutoff, as_of=as_of)
    known = figures(fitted()[1], at.months, cutoff, as_of)
    table = priors.load()
    draws = sampling.draw(members, seed, planning.LEVERS, 1, year=at.year)
    base = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), draws.parameters)
    every = space(table, keys or continuous(table), at.year)
    whole = Problem(at, seen, known, every, base, path.groups(base, at), _scores(base, every))
    if keys:
        return whole
    moved = {key for key, largest in zip(every.keys, _moved(whole, seed), strict=True) if largest > MOVES}
    for condition in known_conditions(whole):
        tied = {*condition.first, *condition.then}
        moved |= tied & {*every.keys} if tied & moved else set()
    chosen = space(table, [key for key in every.keys if key in moved], at.year)
    return whole._replace(space=chosen, prior=_scores(base, chosen))


def known_conditions(problem: Problem) -> tuple[Condition, ...]:
    """The joint conditions of the priors that were known."""
    year = problem.at.year
    return tuple(one for one in conditions() if year is None or one.known_from < year)


def every_value(problem: Problem, found: np.ndarray) -> dict[Key, np.ndarray]:
    """(member,) values of all parameters: `found` (member, parameter) of the space's keys, else each member's own."""
    return {
        (mechanism, symbol): np.asarray(column)
        for mechanism, symbols in problem.base._asdict().items()
        for symbol, column in symbols._asdict().items()
    } | dict(zip(problem.space.keys, found.T, strict=True))


def _scores(base: Parameters, of: Space) -> np.ndarray:
    """(member, parameter) scores of draws."""
    found = [np.asarray(getattr(getattr(base, mechanism), symbol)) for mechanism, symbol in of.keys]
    return scores_of(of, np.stack(found, axis=1))


def _moved(whole: Problem, seed: int) -> np.ndarray:
    """(parameter,) the most that one score up or down changes the log of a fitted month or of a single figure."""
    count = len(whole.space.keys)
    begin = np.random.default_rng(seed).standard_normal((TRIED, count)) * 0.7
    shifts = np.concatenate([np.zeros((1, count)), np.eye(count), -np.eye(count)])
    scores = (begin[:, None] + shifts).reshape(-1, count)
    members = np.repeat(np.arange(TRIED), len(shifts))
    series, single = predicted(whole, scores, members)
    known = np.isfinite(whole.seen.logs)
    flat = np.concatenate([series[:, known], single], axis=1).reshape(TRIED, len(shifts), -1)
    largest = np.abs(flat[:, 1:] - flat[:, :1]).max(axis=(0, 2))
    return np.asarray(np.maximum(largest[:count], largest[count:]))
