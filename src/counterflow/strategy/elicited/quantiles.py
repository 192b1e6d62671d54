"""Two-piece families from quantiles: fitted to one expert's, pooled over several, and how far off either is.

A family is the one that priors draw from (`model.priors.from_score`): a normal with a standard deviation of its own on
each side of the median, on the log, logit or natural scale. Its quantiles are linear in three numbers, so that least
squares on the quantiles has one answer and three of them, at 5, 50 and 95%, are met exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from counterflow.strategy.overrides import Shape

LEVELS = (0.05, 0.5, 0.95)  # of the points that a prior is written with
DIGITS = 12  # of a fitted point: more are not the same on every processor
LOOKED_AT = np.arange(1, 100) / 100  # levels at which a pool is compared with the family that stands for it
FURTHEST = 700.0  # of which the exponential is a double
NORMAL = NormalDist()


class TwoPiece(NamedTuple):
    """Median and the two standard deviations, on the family's scale; `sign` is -1 of a lognormal below zero."""

    family: Shape
    sign: float
    median: float
    below: float
    above: float


def fit(family: Shape, levels: Sequence[float], values: Sequence[float]) -> TwoPiece | None:
    """The family whose quantiles at `levels` lie nearest to `values`, by least squares on the family's scale.

    The levels (at least three, on both sides of 0.5) and the values increase, and the values lie where the family is
    defined. None where the nearest has no spread on one side: the family cannot follow.
    """
    sign = -1.0 if family == "lognormal" and values[-1] < 0.0 else 1.0
    scores = np.array([NORMAL.inv_cdf(level) for level in levels])
    columns = np.stack([np.ones_like(scores), np.minimum(scores, 0.0), np.maximum(scores, 0.0)], axis=1)
    wanted = np.array([_scaled(family, sign, value) for value in values])
    median, below, above = (float(number) for number in np.linalg.lstsq(columns, wanted, rcond=None)[0])
    return TwoPiece(family, sign, median, below, above) if below > 0.0 and above > 0.0 else None


def quantile(of: TwoPiece, level: float) -> float:
    """The value that a share `level` of the draws lies below."""
    score = NORMAL.inv_cdf(level)
    return _natural(of.family, of.sign, of.median + (of.below if score < 0.0 else of.above) * score)


def share_below(of: TwoPiece, value: float) -> float:
    """The share of the draws that lies below a value."""
    distance = _scaled(of.family, of.sign, value) - of.median
    return NORMAL.cdf(distance / (of.below if distance < 0.0 else of.above))


def points(of: TwoPiece) -> tuple[float, float, float]:
    """The 5%, 50% and 95% points, to 12 digits."""
    low, central, high = (rounded(quantile(of, level)) for level in LEVELS)
    return low, central, high


def rounded(value: float) -> float:
    """A number to 12 significant digits."""
    return float(f"{value:.{DIGITS}g}")


def misfit(of: TwoPiece, levels: Sequence[float], values: Sequence[float]) -> float:
    """How far off a fit is: the largest distance between a level and the share of draws below the value stated there.

    It is a probability, so that it means the same for every parameter and unit.
    """
    return max(abs(share_below(of, value) - level) for level, value in zip(levels, values, strict=True))


def pooled_quantile(of: Sequence[TwoPiece], level: float) -> float:
    """The quantile of the linear pool with equal weights (Stone 1961, Annals of Mathematical Statistics 32(4)).

    The pool's distribution function is the mean of the experts'. Its quantile lies between the least and the greatest
    of theirs. All are of one family, on one side of zero.
    """
    from scipy.optimize import brentq  # not above: it takes a tenth of a second

    family, sign = of[0].family, of[0].sign
    theirs = [_scaled(family, sign, quantile(one, level)) for one in of]
    low, high = min(theirs), max(theirs)

    def excess(place: float) -> float:
        value = _natural(family, sign, place)
        return sum(share_below(one, value) for one in of) / len(of) - level

    if excess(low) >= 0.0 or excess(high) <= 0.0:  # all the same, or so but for rounding
        return _natural(family, sign, low)
    return _natural(family, sign, float(brentq(excess, low, high, xtol=1e-14)))


def departure(stands: TwoPiece, of: Sequence[TwoPiece]) -> float:
    """How far the family that stands for a pool is off it: the largest distance between their shares below a value."""
    values = [quantile(stands, level) for level in LOOKED_AT]
    shares = [sum(share_below(one, value) for one in of) / len(of) for value in values]
    return float(np.abs(np.array(shares) - LOOKED_AT).max())


def _scaled(family: Shape, sign: float, value: float) -> float:
    """A value on the scale on which the family is a two-piece normal; it increases with the value."""
    if family == "lognormal":
        return sign * math.log(sign * value)
    return math.log(value / (1.0 - value)) if family == "logitnormal" else value


def _natural(family: Shape, sign: float, place: float) -> float:
    """The value at a place on that scale, as large or small as a double can be."""
    if family == "normal":
        return place
    place = min(max(place, -FURTHEST), FURTHEST)
    return sign * math.exp(sign * place) if family == "lognormal" else 1.0 / (1.0 + math.exp(-place))
