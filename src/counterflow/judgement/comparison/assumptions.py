"""Which strategy is best under which assumption: does the best one change from low to high values of an input?

The draws are split by an input into their outer thirds. A switch is told where one strategy is best on average in the
lower third, another in the upper third, and each leads the other there by more than chance allows. Differences are
paired draw by draw, and each is held against Student's t with the degrees of freedom of its own third. Both leads have
to hold, so that no more than one of them counts in the correction for having looked often (Berger 1982, Technometrics
24(4):295-300, the intersection-union test); that is Bonferroni's, over inputs, pairs of strategies and the questions
asked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from counterflow.judgement.comparison.scores import Floats, Index, lead, paired

CHANCE = 0.05  # how often, over all inputs and questions, a switch may be told that is none
THIRD = 30  # draws at least on either side
NEEDED = 3 * THIRD


class Switch(NamedTuple):
    """An input with which the best strategy changes."""

    input: int
    low_edge: float  # the lower third ends here
    high_edge: float  # the upper third begins here
    low_best: int
    low_lead: float  # over the one that is best at high values, in units of the harm
    low_error: float
    high_best: int
    high_lead: float  # over the one that is best at low values
    high_error: float
    sure: float  # share of resamples of the draws in which both are best where they are said to be


def outer_thirds(values: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """The draws of the lower and the upper third of `values` (draw,), None where either holds too few.

    Of a number that takes few values, such as 0 or 1, equal values stay together.
    """
    low, high = np.quantile(values, [1.0 / 3.0, 2.0 / 3.0])
    if low < high:
        below, above = values <= low, values >= high
    elif low > values.min():
        below, above = values < low, values >= low
    else:
        below, above = values <= low, values > low
    return (below, above) if min(below.sum(), above.sum()) >= THIRD else None


def errors_needed(tests: int, draws: int) -> float:
    """Standard errors that a lead over so many draws must have where so many are looked at: the quantile of Student's t
    with the degrees of freedom of these draws (Student 1908, Biometrika 6(1):1-25)."""
    return float(-stdtrit(draws - 1, CHANCE / max(tests, 1)))


def switches(harm: Floats, values: Floats, index: Index, unit: float = 0.0, questions: int = 1) -> list[Switch]:
    """The inputs, columns of `values` (draw, input), with which the best strategy by `harm` (strategy, draw) changes;
    the surest first. Leads below `unit` do not count. So many `questions` are asked of the same inputs, this is one."""
    found = []
    tests = questions * values.shape[1] * max(len(harm) - 1, 1)
    for number, column in enumerate(values.T):
        thirds = outer_thirds(column)
        if thirds is None:
            continue
        below, above = thirds
        first, last = (int(harm[:, side].mean(axis=1).argmin()) for side in thirds)
        if first == last:
            continue
        low_lead, low_error = paired(harm[last, below] - harm[first, below])
        high_lead, high_error = paired(harm[first, above] - harm[last, above])
        low_least, high_least = (
            max(errors_needed(tests, int(side.sum())) * error, unit)
            for side, error in zip(thirds, (low_error, high_error), strict=True)
        )
        if low_lead > low_least and high_lead > high_least:
            found.append(
                Switch(
                    number,
                    float(column[below].max()),
                    float(column[above].min()),
                    first,
                    low_lead,
                    low_error,
                    last,
                    high_lead,
                    high_error,
                    _sure(harm, thirds, (first, last), index),
                )
            )
    return sorted(found, key=lambda one: -min(one.low_lead / one.low_error, one.high_lead / one.high_error))


def _sure(
    harm: Floats, thirds: tuple[NDArray[np.bool_], NDArray[np.bool_]], best: tuple[int, int], index: Index
) -> float:
    holds = np.ones(len(index), bool)
    for side, expected in zip(thirds, best, strict=True):
        weights = np.stack([side[some] for some in index]).astype(np.float64)  # (resample, draw)
        sums = np.stack([harm[:, some] @ one for some, one in zip(index, weights, strict=True)])
        holds &= sums.argmin(axis=1) == expected
    return float(holds.mean())


def best_changes(
    usual: Floats, other: Floats, alternatives: int, unit: float = 0.0, questions: int = 1
) -> tuple[int, int, float, float, bool]:
    """(usual best, other best, lead, its error, whether it is clear) between two structures of the model, over the same
    draws: `usual` and `other` (strategy, draw) harm. The lead is that of the other best over the usual one, under the
    other structure; `alternatives` of them are looked at, and so many `questions` asked. A lead below `unit` does not
    count."""
    before = lead(usual).best
    after = lead(other, over=before)
    needed = errors_needed(questions * alternatives * max(len(usual) - 1, 1), other.shape[1])
    changes = after.best != before and after.lead > max(needed * after.error, unit)
    return before, after.best, after.lead, after.error, changes
