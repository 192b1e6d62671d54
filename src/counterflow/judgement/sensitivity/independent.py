"""Runs whose inputs are independent, as Sobol' indices and Morris' screening need them.

Every input is its place in (0, 1). What a place makes of a parameter is its prior alone: no posterior, no correlation
between priors, and the jointly refitted numbers of the cartel model are one input, `cartels.joint`, whose place picks
a refit. Where a joint condition does not hold, the numbers that it would draw again are drawn towards their medians, by
an eighth of their score at a time, until it does: so each run is one that the model knows, and the inputs stay
independent. Levers have their places in their ranges as inputs too. Chance is off: runs with noise of their own would
blur what an input does, and one course of noise for all would be one course of many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from counterflow.ensemble import planning, run
from counterflow.ensemble.contrast import OUTCOMES, contrasts
from counterflow.ensemble.job import before_levels, draws_for
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.replay import refuse_impossible
from counterflow.ensemble.sampling import BLOCK, FIELDS, JOINT, Draws, refits_near
from counterflow.errors import JudgementError
from counterflow.judgement.headlines import rules
from counterflow.judgement.sensitivity.curves import Floats
from counterflow.judgement.uncertain import Input, uncertain
from counterflow.model import noise, priors
from counterflow.model.conditions import Condition, Key, conditions
from counterflow.model.state import Parameters

CARTELS = "cartels.joint"
STEPS = 8  # in which scores are drawn to the median


class Made(NamedTuple):
    """Draws from places, and in how many rows each joint condition had to be brought about."""

    draws: Draws
    moved: Mapping[str, int]


def inputs_of(at: Plan) -> tuple[Input, ...]:
    """What is not known in a plan, as independent inputs."""
    every = uncertain(at, draws_for(at, BLOCK, None, weeks=0)).inputs
    joint = [one for one in every if one.name in _joint_names(at)]
    alone = [one for one in every if one not in joint]
    if not joint:
        return tuple(alone)
    grade = max(one.grade for one in joint)
    meaning = "the refit that the numbers of the cartel model come from"
    return (Input(CARTELS, "cartels", grade, meaning, ""), *alone)


def _joint_names(at: Plan) -> set[str]:
    return {f"cartels.{symbol}" for symbol in JOINT if at.priors["cartels"][symbol].family == "joint"}


def correlated(at: Plan) -> tuple[str, ...]:
    """The parameters whose correlation with others is left out."""
    return tuple(
        f"{mechanism}.{symbol}"
        for mechanism, symbols in at.priors.items()
        for symbol, prior in symbols.items()
        if prior.correlation
    )


def draws_of(at: Plan, names: Sequence[str], places: Floats) -> Made:
    """Draws from the places (row, input) of the named inputs; all others stand at their medians. They have no noise.

    Raises JudgementError where a joint condition cannot be met.
    """
    rows = len(places)
    given = dict(zip(names, places.T, strict=True))
    middle = np.full(rows, 0.5)
    scores = {
        (mechanism, symbol): ndtri(given.get(f"{mechanism}.{symbol}", middle))
        for mechanism, symbols in at.priors.items()
        for symbol, prior in symbols.items()
        if prior.family != "joint"
    }
    values = {key: priors.from_score(at.priors[key[0]][key[1]], score) for key, score in scores.items()}
    held = {symbol: at.priors["cartels"][symbol] for symbol in JOINT}
    near = refits_near({symbol: prior.central for symbol, prior in held.items() if prior.family == "fixed"})
    chosen = near[np.floor(given.get(CARTELS, middle) * len(near)).astype(int)]
    for column, symbol in enumerate(JOINT):
        if held[symbol].family == "joint":
            values["cartels", symbol] = chosen[:, column]
    moved = {one.meaning: _bring_about(one, values, scores, at.priors) for one in conditions()}
    parameters = Parameters(
        *(
            FIELDS[mechanism](*(values[mechanism, symbol].astype(np.float32) for symbol in FIELDS[mechanism]._fields))
            for mechanism in Parameters._fields
        )
    )
    sizes, deliveries = (
        np.stack([given.get(f"{kind} of {lever}", middle) for lever in planning.LEVERS], axis=1)
        for kind in ("size", "delivery")
    )
    weeks = len(at.weeks)
    # Not filled: without noise nothing of them is looked at.
    silent: Any = noise.Scores(
        np.broadcast_to(np.float32(0.0), (rows, weeks, noise.SCORES)),  # type: ignore[arg-type]
        np.broadcast_to(np.float32(0.5), (rows, weeks, noise.UNIFORMS)),  # type: ignore[arg-type]
    )
    return Made(Draws(parameters, sizes, deliveries, np.full(sizes.shape, 0.5), silent), moved)


def _bring_about(
    condition: Condition, values: dict[Key, np.ndarray], scores: Mapping[Key, Floats], table: priors.Table
) -> int:
    """Draw towards their medians what a condition names, in the rows where it fails; how many these were."""
    failing = ~condition.holds(values)
    count = int(failing.sum())
    for keys in (condition.first, condition.first + condition.then):
        for step in range(1, STEPS + 1):
            if not failing.any():
                return count
            for key in keys:
                nearer = priors.from_score(table[key[0]][key[1]], scores[key] * (1.0 - step / STEPS))
                values[key] = np.where(failing, nearer, values[key])
            failing &= ~condition.holds(values)
    if failing.any():
        raise JudgementError(
            f"the condition that {condition.meaning} cannot be met with independent inputs",
            hint="What the strategy sets clashes with it: widen it, or leave it to its prior.",
        )
    return count


class Ran(NamedTuple):
    """How far each headline's outcome moved, and in how many rows conditions had to be brought about."""

    sizes: Floats  # (headline, row)
    moved: Mapping[str, int]


def sizes_of(
    at: Plan, names: Sequence[str], places: Floats, progress: Callable[[int], None] = lambda rows: None
) -> Ran:
    """How far each headline's outcome moves against the run without the strategy, in the order of `rules()`.

    `at` has the branches "none" and one other. `progress` hears of every row of `places` (row, input) that is done.
    """
    made = draws_of(at, names, places)
    branches = [branch.id for branch in at.branches]
    other = next(number for number, name in enumerate(branches) if name != "none")
    found = np.empty((len(rules()), len(places)))
    with run.workers() as pool:
        for where, some in run.batches(made.draws):
            batch, values, _ = run.run_branches(at, some, OUTCOMES, with_noise=False, pool=pool)
            wanted = where.stop - where.start
            kept = {name: value[:, :wanted] for name, value in values.items()}
            refuse_impossible(kept, at.branches, some, at.weeks, at.recipe, first=where.start)
            sizes = contrasts(values, before_levels(at, batch), branches, at.judged)
            for number, rule in enumerate(rules()):
                found[number, where] = rule.size(sizes[rule.contrast][other, 0, :wanted])
            progress(where.stop)
    return Ran(found, made.moved)
