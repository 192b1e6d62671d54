"""Boxes in the space of the inputs, and how they are tested in draws that had no part in finding them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Z975 = 1.959963984540054  # 97.5% point of the standard normal
LEVEL = 0.05


class Limits(NamedTuple):
    """low < input <= high. A limit is a value of some draw, so that an increasing transform of the input moves the
    limit and no draw."""

    column: int
    low: float = -inf
    high: float = inf


Box = tuple[Limits, ...]  # at most one for each column; () holds every draw


class Share(NamedTuple):
    """A share of some draws, with its 95% interval."""

    value: float
    low: float
    high: float
    of: float  # draws; of a coverage the draws on the side asked for, where replicates count in parts


def inside(box: Box, values: Floats) -> Bools:
    """(draw,) which rows of `values` (draw, input) a box holds."""
    held = np.ones(len(values), bool)
    for column, low, high in box:
        held &= (values[:, column] > low) & (values[:, column] <= high)
    return held


def share(hits: float, of: float) -> Share:
    """Wilson's interval (Wilson 1927, Journal of the American Statistical Association 22).

    `hits` may count parts of draws, as replicates of a draw do: the interval is then too wide, never too narrow, since
    a share varies no more than what is met or not.
    """
    if of <= 0:
        return Share(np.nan, 0.0, 1.0, of)
    value, square = hits / of, Z975**2
    centre = (value + square / (2.0 * of)) / (1.0 + square / of)
    reach = Z975 * sqrt(value * (1.0 - value) / of + square / (4.0 * of**2)) / (1.0 + square / of)
    # At the ends the limits are 0 and 1 exactly, where rounding would leave the share outside its interval.
    return Share(value, min(max(centre - reach, 0.0), value), max(min(centre + reach, 1.0), value), of)


def chance_of(hits: float, draws: int, rate: float) -> float:
    """How often at least so many of so many draws are met by chance at a rate: the exact binomial tail.

    Parts of draws are rounded down, which makes the chance larger.
    """
    return float(binom.sf(np.floor(hits + 1e-9) - 1.0, draws, min(rate, 1.0)))


def quasi_p(box: Box, values: Floats, met: Floats) -> list[float]:
    """For each restriction the chance of the box's hits at the rate of the box without it: the quasi-p-value of Bryant
    and Lempert (2010, Technological Forecasting and Social Change 77)."""
    held = inside(box, values)
    found = []
    for number in range(len(box)):
        wider = inside(box[:number] + box[number + 1 :], values)
        found.append(chance_of(met[held].sum(), int(held.sum()), float(met[wider].mean())) if held.any() else 1.0)
    return found


def simplified(box: Box, values: Floats, met: Floats) -> tuple[Box, list[float], int]:
    """The box without the restrictions that do not count, the quasi-p-values of those that stay, and how many boxes
    were looked at. The least significant goes first, and the others are looked at again."""
    looked = 1
    while (found := quasi_p(box, values, met)) and max(found) > LEVEL:
        worst = int(np.argmax(found))
        box = box[:worst] + box[worst + 1 :]
        looked += 1
    return box, found, looked


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number (Holm 1979, Scandinavian Journal of Statistics 6)."""
    corrected, largest = [1.0] * len(p_values), 0.0
    for rank, number in enumerate(np.argsort(p_values, kind="stable")):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[number]))
        corrected[number] = largest
    return corrected
