"""Paired contrasts between a branch and a reference, draw by draw: all that the verdict needs of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from counterflow.model.outputs import ABOUT

Floats = NDArray[np.floating]

Reference = Literal["none", "before"]  # the run without the strategy, or the mean of the 26 weeks before it
REFERENCES: tuple[Reference, ...] = get_args(Reference)
OUTCOMES = ("attempts", "fentanyl_delivered", "homicides", "cooperation")  # what headlines are about
MEASURES = {  # what a contrast's name begins with, and what it is
    "change": "relative change of the mean of weeks 53 and later",
    "withdrawn": "relative change over the last four weeks, a year after withdrawal",
    "fall": "deepest fall that is kept up for 26 weeks",
}
FRICTION_WEEKS = 26
LAST_WEEKS = 4


class Window(NamedTuple):
    """Weeks judged, as positions on the time axis (position 0 is the week before the first lever)."""

    first: int
    last: int  # inclusive

    @property
    def weeks(self) -> slice:
        """The window as a slice."""
        return slice(self.first, self.last + 1)


def window(judged_weeks: int) -> Window:
    """Weeks 53 to `judged_weeks` after the first lever."""
    return Window(53, judged_weeks)


def relative_change(outcome: Floats, reference: Floats, over: Window) -> Floats:
    """(..., draw) relative change of the mean over the window.

    `outcome` (..., draw, week); `reference` the same of a paired run, or without the weeks: a constant level.
    """
    return _relative(outcome, reference, over.weeks)


def after_withdrawal(outcome: Floats, reference: Floats) -> Floats:
    """(..., draw) relative change over the last four weeks of the run, 52 weeks after withdrawal; shapes as above."""
    return _relative(outcome, reference, slice(-LAST_WEEKS, None))


def _relative(outcome: Floats, reference: Floats, weeks: slice) -> Floats:
    base = _mean(reference[..., weeks]) if reference.ndim == outcome.ndim else reference
    return np.asarray(_mean(outcome[..., weeks]) / np.maximum(base, 1e-9) - 1.0)


def _mean(values: Floats) -> Floats:
    """Over the weeks. Made float64 and contiguous first: NumPy adds up casted or strided values in an order that
    depends on where in the array they stand, and the same run must have the same bits alone and among others."""
    return np.asarray(np.ascontiguousarray(values, np.float64).mean(axis=-1))


def deepest_sustained_fall(outcome: Floats, reference: Floats, over: Window) -> Floats:
    """(..., draw) the largest fall f >= 0 such that the outcome stays at least f below the reference for 26 weeks in a
    row within the window; shapes as above.
    """
    base = reference[..., over.weeks] if reference.ndim == outcome.ndim else reference[..., None]
    least = 1.0 - outcome[..., over.weeks] / np.maximum(base, 1e-9)
    held = 1  # weeks whose least fall is known: doubled, as minima of overlapping stretches join
    while held < FRICTION_WEEKS:
        step = min(held, FRICTION_WEEKS - held)
        least = np.minimum(least[..., :-step], least[..., step:])
        held += step
    return np.asarray(np.maximum(least.max(axis=-1), 0.0))


def contrasts(
    values: Mapping[str, Floats], before: Mapping[str, Floats], branches: Sequence[str], judged: int
) -> dict[str, NDArray[np.float32]]:
    """Each of MEASURES of each of OUTCOMES that `values` holds, `change_attempts` and so on: (branch, reference, draw).

    `values` (branch, draw, week) are weekly runs of one replicate, in which weeks up to `judged` are judged; `before`
    (draw,) are the levels of the weeks before; `branches` names the first axis. References are those of REFERENCES;
    where no branch is called "none" the first is NaN.
    """
    over = window(judged)
    found = {}
    for outcome in OUTCOMES:
        if outcome not in values:
            continue
        runs = np.asarray(values[outcome], np.float32)
        level = np.asarray(before[outcome], np.float32)
        without = list(branches).index("none") if "none" in branches else None
        references = [None if without is None else runs[without : without + 1], level]
        made: dict[str, list[Floats]] = {measure: [] for measure in MEASURES}
        for reference in references:
            if reference is None:
                for parts in made.values():
                    parts.append(np.full(runs.shape[:2], np.nan))
                continue
            made["change"].append(relative_change(runs, reference, over))
            made["withdrawn"].append(after_withdrawal(runs, reference))
            made["fall"].append(deepest_sustained_fall(runs, reference, over))
        for measure, parts in made.items():
            found[f"{measure}_{outcome}"] = np.stack(parts, axis=1).astype(np.float32)
    return found


def about(name: str) -> dict[str, str]:
    """CF attributes of a contrast, by its name."""
    measure, _, outcome = name.partition("_")
    return {"long_name": f"{ABOUT[outcome].long_name}: {MEASURES[measure]}", "units": "1"}
