"""PRIM, the patient rule induction method: a box is peeled a little at a time towards draws that meet a headline.

Friedman and Fisher (1999, Statistics and Computing 9); as a way to find scenarios, Bryant and Lempert (2010,
Technological Forecasting and Social Change 77). Written here because EMA Workbench brings a library under the GPL.
Everything depends on the order of an input's values alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, log
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import entr

from counterflow.judgement.discovery.boxes import Box, Floats, Limits, inside

Objective = Literal["lenient", "standard"]
PATIENCE = 0.05  # share of a box that one peel takes off
MOST_INPUTS = 4  # in a box: more cannot be told in a sentence
LEAST_DRAWS = 20  # in a box
SCREENED = 24  # inputs that are peeled, of all


class Step(NamedTuple):
    """A box on the way from all draws to few."""

    box: Box
    draws: int
    coverage: float  # share of what is met that lies in it
    density: float  # share of it that is met

    @property
    def restricted(self) -> int:
        """How many inputs it restricts."""
        return len(self.box)


class Peeled(NamedTuple):
    """The box chosen, () where none tells anything, and the way that led past it."""

    box: Box
    trajectory: tuple[Step, ...]


def screen(values: Floats, met: Floats, most: int = SCREENED) -> list[int]:
    """The columns whose values differ most between draws that meet and that do not meet, in order of the columns.

    By the greatest distance between the two distributions (Kolmogorov-Smirnov), a draw counting in both by its share.
    What acts only by the company of others, and evens out alone, is not seen where there are more than `most` inputs.
    """
    if values.shape[1] <= most:
        return list(range(values.shape[1]))
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    hits = met[order]  # (draw, input)
    gap = np.cumsum(hits, axis=0) / met.sum() - np.cumsum(1.0 - hits, axis=0) / (1.0 - met).sum()
    last = np.ones_like(ordered, bool)
    last[:-1] = ordered[1:] != ordered[:-1]  # between equal values there is no cut
    distance = np.where(last, np.abs(gap), 0.0).max(axis=0)
    return sorted(np.argsort(-distance, kind="stable")[:most].tolist())


def peel(
    values: Floats,
    met: Floats,
    columns: Sequence[int],
    *,
    objective: Objective = "lenient",
    patience: float = PATIENCE,
    most: int = MOST_INPUTS,
    least: int = LEAST_DRAWS,
) -> tuple[Step, ...]:
    """The peeling trajectory: each step takes off, at one end of one input, the share `patience` of the box.

    `values` (draw, input), `met` (draw,) in [0, 1]. The standard objective takes the peel after which the box is
    densest; the lenient one that which gains most density for each draw it takes off, which is fair to inputs of few
    values whose ends are large (Friedman and Fisher 1999; Kwakkel and Jaxa-Rozen 2016, Environmental Modelling and
    Software 79). Equal values go together. It goes on, even where every peel makes the box less dense, until all of it
    is met or fewer than `least` draws would be left; after `most` inputs are restricted, only these are peeled further.
    """
    chosen = np.asarray(columns, int)
    order = np.argsort(values[:, chosen], axis=0, kind="stable").T  # (input, draw)
    limits: dict[int, Limits] = {}  # by row of `order`
    steps = [Step((), len(met), 1.0, float(met.mean()))]
    rows = np.arange(len(chosen))
    while len(chosen) and (count := order.shape[1]) > least and steps[-1].density < 1.0 - 1e-12:
        ordered = values[order, chosen[:, None]]
        hits = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(met[order], axis=1)], axis=1)
        taken = min(max(ceil(patience * count), 1), count - 1)
        low, high = ordered[:, taken, None], ordered[:, count - 1 - taken, None]
        first = (ordered < low).sum(axis=1)  # draws before it go
        first = np.where(first == 0, (ordered <= low).sum(axis=1), first)
        last = (ordered <= high).sum(axis=1)  # draws from it on go
        last = np.where(last == count, (ordered < high).sum(axis=1), last)
        kept = np.stack([count - first, last])  # (side, input)
        inner = np.stack([hits[:, -1] - hits[rows, first], hits[rows, last]])
        gain = inner / np.maximum(kept, 1) - steps[-1].density
        if objective == "lenient":
            gain = gain / np.maximum(count - kept, 1)
        closed = np.zeros(len(rows), bool) if len(limits) < most else ~np.isin(rows, list(limits))
        gain = np.where((kept < least) | closed, -inf, gain)
        side, row = divmod(int(np.argmax(gain)), len(rows))
        if gain[side, row] == -inf:
            break
        column = int(chosen[row])
        limit = limits.get(row, Limits(column))
        if side == 0:
            limits[row] = limit._replace(low=float(ordered[row, first[row] - 1]))
            going = order[row, : first[row]]
        else:
            limits[row] = limit._replace(high=float(ordered[row, last[row] - 1]))
            going = order[row, last[row] :]
        stays = np.ones(len(met), bool)
        stays[going] = False
        order = order[stays[order]].reshape(len(rows), -1)
        hit = float(inner[side, row])
        box = tuple(sorted(limits.values()))
        steps.append(Step(box, order.shape[1], hit / float(met.sum()), hit / order.shape[1]))
    return tuple(steps)


def worth(box: Box, draws: int, hits: float, met: Floats, inputs: int, patience: float = PATIENCE) -> float:
    """What a box tells of which draws meet, less what it takes to tell the box, in nats; -inf where it is no denser.

    The draws times the mutual information of lying in the box and of being met, less log(inputs) for each input named
    and log(1/patience) for each limit: a description in two parts (Rissanen 1978, Automatica 14). It weighs coverage
    against density, and restrictions that luck alone would give are not worth their telling.
    """
    count, rate = len(met), float(met.mean())
    if not 0 < draws < count or hits / draws <= rate:
        return -inf
    outer = (rate * count - hits) / (count - draws)
    parts = draws * entropy(hits / draws) + (count - draws) * entropy(outer)
    told = count * entropy(rate) - parts
    limits = sum((one.low > -inf) + (one.high < inf) for one in box)
    return told - len(box) * log(inputs) - limits * log(1.0 / patience)


def paste(box: Box, values: Floats, met: Floats, inputs: int, patience: float = PATIENCE) -> Box:
    """Move limits outward, by the share `patience` of the box's draws or altogether, as long as that makes the box
    worth more (the pasting of Friedman and Fisher 1999, which here may also lift a restriction)."""

    def rated(one: Box) -> float:
        held = inside(one, values)
        return worth(one, int(held.sum()), float(met[held].sum()), met, inputs, patience)

    best = rated(box)
    while box:
        wider = [(rated(one), number, one) for number, one in enumerate(_wider(box, values, patience))]
        found, _, one = max(wider, key=lambda row: (row[0], -row[1]))
        if not found > best + 1e-9:
            break
        best, box = found, one
    return box


def find(
    values: Floats,
    met: Floats,
    *,
    objective: Objective = "lenient",
    patience: float = PATIENCE,
    most: int = MOST_INPUTS,
    least: int = LEAST_DRAWS,
    screened: int = SCREENED,
) -> Peeled:
    """One box of draws (draw, input) where `met` (draw,) is high, of at most `most` inputs.

    Inputs are taken in one by one: each time the one with which the peeling passes a box that is worth most (`worth`).
    So what is peeled cannot stray into the many inputs that do not count, as it does where all are open from the start.
    The first two are always tried together, since one may tell little without the other. Of all trajectories the box
    that is worth most is taken and pasted; () where no box is worth its telling.
    """
    inputs = values.shape[1]

    def best_of(steps: Sequence[Step]) -> tuple[float, Box]:
        rated = [(worth(one.box, one.draws, one.density * one.draws, met, inputs, patience), one.box) for one in steps]
        return max(rated, key=lambda pair: pair[0])

    left = screen(values, met, screened)
    taken: list[int] = []
    found = Peeled((), (Step((), len(met), 1.0, float(met.mean())),))
    best = 0.0
    while left and len(taken) < most:
        ways = [
            peel(values, met, [*taken, column], objective=objective, patience=patience, most=most, least=least)
            for column in left
        ]
        rated = [best_of(steps) for steps in ways]
        place = max(range(len(left)), key=lambda number: rated[number][0])
        taken.append(left.pop(place))
        if rated[place][0] > best:
            best = rated[place][0]
            found = Peeled(rated[place][1], ways[place])
        elif len(taken) > 1:
            break
    return found._replace(box=paste(found.box, values, met, inputs, patience))


def entropy(rate: float) -> float:
    """Of being met or not at a rate, in nats."""
    rate = min(max(rate, 0.0), 1.0)
    return float(entr(rate) + entr(1.0 - rate))


def _wider(box: Box, values: Floats, patience: float) -> list[Box]:
    taken = max(ceil(patience * int(inside(box, values).sum())), 1)
    found = []
    for number, limit in enumerate(box):
        others = box[:number] + box[number + 1 :]
        column = values[inside(others, values), limit.column]
        moved = []
        if limit.low > -inf:
            below = np.sort(column[column <= limit.low])[::-1]
            edge = next((float(value) for value in below[taken:] if value < limit.low), -inf)
            moved += [limit._replace(low=edge), limit._replace(low=-inf)]
        if limit.high < inf:
            above = np.sort(column[column > limit.high])
            edge = float(above[taken - 1]) if len(above) > taken else inf
            moved += [limit._replace(high=edge), limit._replace(high=inf)]
        for one in moved:
            is_open = one.low == -inf and one.high == inf
            found.append(others if is_open else (*box[:number], one, *box[number + 1 :]))
    return found
