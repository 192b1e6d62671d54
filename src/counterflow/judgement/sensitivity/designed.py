"""Sobol' indices of the headlines' outcomes, from runs of their own with independent inputs, screened by Morris."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from counterflow.ensemble.contrast import window
from counterflow.ensemble.planning import Plan
from counterflow.errors import JudgementError
from counterflow.judgement.headlines import rules
from counterflow.judgement.schema import HeadlineId
from counterflow.judgement.sensitivity import independent
from counterflow.judgement.sensitivity.curves import Floats
from counterflow.judgement.sensitivity.designs import Indices, Screened, morris, sobol, strongest
from counterflow.judgement.uncertain import Input

Method = Literal["morris", "sobol"]

TRAJECTORIES = 10  # walks of Morris' design
LEAST_TRAJECTORIES = 4  # fewer have no interval worth the name
LEAST_DRAWS = 32

IGNORED = (
    "Inputs are drawn from their priors, each on its own: what the record taught of them is not used.",
    "Chance is off: nothing of it is in these numbers.",
    "The numbers of the cartel model, refitted together, are one input, whose place picks one refit of many.",
)
CORRELATION = "Correlations between priors are left out, those of {names}."
MOVED = "In {share:.0%} of the rows some numbers were drawn towards their medians, so that {meaning}."
FIXED = (
    "The other {count} inputs stand at their medians: what they do, and do together with these, is not in the indices."
)


class Elementary(NamedTuple):
    """What moving one input does to a headline's outcome, all others anywhere."""

    headline: HeadlineId
    input: str
    size: float  # mean size of the change in the outcome, as for a move from the 5% to the 95% point
    error: float  # half width of its 90% interval
    spread: float  # standard deviation of the change: large against `size` where it depends on other inputs


class Index(NamedTuple):
    """Sobol' indices of one input for a headline's outcome."""

    headline: HeadlineId
    input: str
    first: float
    first_low: float  # 90% interval
    first_high: float
    total: float
    total_low: float
    total_high: float


class Designed(NamedTuple):
    """What a design of independent inputs gave."""

    branch: str
    method: Method
    weeks: tuple[int, int]  # first and last that are judged, counted from the first lever
    inputs: tuple[Input, ...]
    screened: tuple[Elementary, ...]
    indices: tuple[Index, ...]  # empty where only screening was asked for
    untold: tuple[HeadlineId, ...]  # headlines whose outcome is the same in all runs
    unmoved: tuple[HeadlineId, ...]  # headlines that screening moves and no input with indices does: they have none
    runs: int  # of the model, those without the strategy included
    ignored: tuple[str, ...]  # what independence leaves out, in words


def by_design(
    at: Plan,
    method: Method,
    *,
    draws: int = 256,
    most: int = 12,
    trajectories: int = TRAJECTORIES,
    progress: Callable[[int, int], None] | None = None,
) -> Designed:
    """Morris' elementary effects of all inputs and, with `sobol`, indices of the `most` that matter most.

    `at` is a plan with the branches "none" and one other, and its seed the design's. Sobol' indices take
    `draws` x (`most` + 2) rows, Morris' effects `trajectories` x (inputs + 1); each row is run in both branches.

    `draws` and `most` are of Sobol' indices alone. Raises UsageError without SALib; JudgementError for too few draws or
    walks, draws that are no power of two, and where no input moves an outcome.
    """
    if method == "sobol" and (draws < LEAST_DRAWS or draws & (draws - 1)):
        need = 1 << max(draws - 1, LEAST_DRAWS - 1).bit_length()
        raise JudgementError(f"{draws} draws do not fill a Sobol' design", hint=f"Give a power of two, such as {need}.")
    if trajectories < LEAST_TRAJECTORIES:
        raise JudgementError(
            f"{trajectories} walks are too few to screen inputs", hint=f"At least {LEAST_TRAJECTORIES} are needed."
        )
    inputs = independent.inputs_of(at)
    names = [one.name for one in inputs]
    kept = min(most, len(inputs))
    total = trajectories * (len(inputs) + 1) + (draws * (kept + 2) if method == "sobol" else 0)
    moved: Counter[str] = Counter()
    done = 0

    def running(of: list[str]) -> Callable[[Floats], Floats]:
        def one(places: Floats) -> Floats:
            nonlocal done
            told = (lambda rows: None) if progress is None else (lambda rows: progress(done + rows, total))
            ran = independent.sizes_of(at, of, places, told)
            done += len(places)
            moved.update(ran.moved)
            return ran.sizes

        return one

    screened = morris(running(names), len(inputs), trajectories, at.seed)
    found: list[Index] = []
    fixed = 0
    if method == "sobol":
        chosen = [names[column] for column in strongest(screened, kept)]
        if not chosen:
            raise JudgementError("no input moves an outcome", hint="Take a branch that moves a lever.")
        fixed = len(inputs) - len(chosen)
        found = _indices(sobol(running(chosen), len(chosen), draws, at.seed), chosen)
    told = {one.headline for one in found}
    moving = {rule.id for rule, sizes in zip(rules(), screened.size, strict=True) if sizes.any()}
    return Designed(
        branch=next(branch.id for branch in at.branches if branch.id != "none"),
        method=method,
        weeks=window(at.judged),
        inputs=inputs,
        screened=_elementary(screened, names),
        indices=tuple(found),
        untold=tuple(rule.id for rule in rules() if rule.id not in moving | told),
        unmoved=tuple(rule.id for rule in rules() if method == "sobol" and rule.id in moving - told),
        runs=done * 2,
        ignored=_ignored(at, moved, done, fixed),
    )


def _elementary(of: Screened, names: list[str]) -> tuple[Elementary, ...]:
    """By headline, the largest first."""
    return tuple(
        Elementary(rule.id, names[column], *(float(part[row, column]) for part in (of.size, of.error, of.spread)))
        for row, rule in enumerate(rules())
        for column in np.argsort(-of.size[row], kind="stable")
    )


def _indices(of: Indices, names: list[str]) -> list[Index]:
    """By headline, the largest total first; none for outcomes that are the same in all runs."""
    return [
        Index(
            rule.id,
            names[column],
            float(of.first[row, column]),
            float(of.first_interval[0, row, column]),
            float(of.first_interval[1, row, column]),
            float(of.total[row, column]),
            float(of.total_interval[0, row, column]),
            float(of.total_interval[1, row, column]),
        )
        for row, rule in enumerate(rules())
        if np.isfinite(of.total[row]).all()
        for column in np.argsort(-of.total[row], kind="stable")
    ]


def _ignored(at: Plan, moved: Mapping[str, int], rows: int, fixed: int) -> tuple[str, ...]:
    """What independence leaves out."""
    names = independent.correlated(at)
    return (
        *IGNORED,
        *([CORRELATION.format(names=", ".join(names))] if names else []),
        *(MOVED.format(share=count / rows, meaning=meaning) for meaning, count in moved.items() if count),
        *([FIXED.format(count=fixed)] if fixed else []),
    )
