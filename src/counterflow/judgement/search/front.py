"""Which of many strategies are worth telling: those that no other beats, spread out, and how their front grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

POINTS = 20_000  # of the box in which the share that is beaten is counted
MARGIN = 0.1  # of the front's width, by which the box is wider than the front
LAST = 0.25  # the part of a search in which a front that has settled hardly grows
SETTLED = 0.02  # of what is beaten in the end: a judgement


class Growth(NamedTuple):
    """How a front grew."""

    curve: tuple[tuple[int, float], ...]  # (evaluations, share of the box that is beaten)
    error: float  # standard error of the last share, of counting it at random points
    gained: float  # in the last quarter of the evaluations, of what is beaten in the end
    settled: bool


def beaten_by(values: Floats, one: Floats) -> NDArray[np.bool_]:
    """(row,) which rows of `values` (row, objective) are nowhere better than `one` (objective,) and somewhere worse."""
    return np.asarray((one <= values).all(axis=1) & (one < values).any(axis=1))


def front_of(values: Floats) -> list[int]:
    """The rows of `values` (row, objective), to be small, that no other row beats; of equal rows the first."""
    left = np.ones(len(values), bool)
    for row in range(len(values)):
        if left[row]:
            same = (values == values[row]).all(axis=1)
            same[: row + 1] = False
            left &= ~(beaten_by(values, values[row]) | same)
    return np.flatnonzero(left).tolist()


def spread_of(values: Floats, most: int, begin: Sequence[int] = ()) -> list[int]:
    """At most so many rows of `values` (row, objective): those of `begin`, the best by each objective, then always the
    one furthest from those chosen, by its nearest of them, with every objective in units of its width (Gonzalez 1985,
    Theoretical Computer Science 38:293-306)."""
    width = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(width > 0.0, width, 1.0)
    chosen = list(dict.fromkeys([*begin, *scaled.argmin(axis=0).tolist()]))[:most]
    while len(chosen) < min(most, len(values)):
        apart = np.linalg.norm(scaled[:, None] - scaled[chosen], axis=2).min(axis=1)
        apart[chosen] = -1.0
        chosen.append(int(apart.argmax()))
    return sorted(chosen)


def growth_of(values: Floats, within: NDArray[np.bool_], every: int) -> Growth | None:
    """How the front of `values` (evaluation, objective) grew, of those that are `within` (evaluation,) the budget.

    What is told is the hypervolume, as a share of a box around the final front, from random points of it (Bader &
    Zitzler 2011, Evolutionary Computation 19(1):45-76). None where the front has no width.
    """
    inside = values[within]
    if not len(inside):
        return None
    final = inside[front_of(inside)]
    best, worst = final.min(axis=0), final.max(axis=0)
    wide = worst > best
    if not wide.any():
        return None
    box = np.random.default_rng(0).random((POINTS, int(wide.sum())))
    scaled = (values[:, wide] - best[wide]) / ((1.0 + MARGIN) * (worst - best)[wide])
    beaten = np.zeros(POINTS, bool)
    curve = []
    for number, (row, counts) in enumerate(zip(scaled, within, strict=True), 1):
        if counts:
            beaten |= (row <= box).all(axis=1)
        if number % every == 0 or number == len(scaled):
            curve.append((number, float(beaten.mean())))
    end = curve[-1][1]
    before = [share for count, share in curve if count <= (1.0 - LAST) * len(scaled)]
    gained = 1.0 - (before[-1] if before else 0.0) / end if end else 1.0
    return Growth(tuple(curve), float(np.sqrt(end * (1.0 - end) / POINTS)), gained, gained < SETTLED)
