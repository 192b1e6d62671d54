"""Scores of forecasts that are given as samples: CRPS, coverage, bias, PIT, and how sure a ratio of scores is.

Samples lie along the first axis, forecasts along the second: (sample, forecast). A forecast whose observation is not
known (NaN) has no score (NaN) and no part in a share or a mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterflow.errors import ModelError

Floats = NDArray[np.float64]

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # of central intervals
_SLACK = 1e-12  # cumulative weights are sums, so that a level may miss its own sample by rounding


class Bias(NamedTuple):
    """How far medians lie from what was observed, on average; above zero is too high."""

    log_ratio: float  # mean of log(median / observed), of those forecasts where both are above zero
    difference: float  # mean of median - observed, in the series' unit


class Ratio(NamedTuple):
    """The ratio of two mean scores, and what a share `level` of resampled sets of forecasts gives."""

    ratio: float
    low: float
    high: float


def shares(weights: ArrayLike | None, count: int) -> Floats:
    """Weights (sample,) that sum to one, all equal where none are given.

    Raises ModelError unless there is one weight a sample, each at least zero, and not all of them zero.
    """
    if weights is None:
        return np.full(count, 1.0 / count)
    given = np.asarray(weights, np.float64)
    if given.shape != (count,):
        raise ModelError(f"{count} samples need as many weights, not {given.shape}")
    total = given.sum()
    if not (np.isfinite(total) and total > 0 and (given >= 0).all()):
        raise ModelError("weights must be at least zero, and not all of them zero")
    return np.asarray(given / total)


def crps(
    samples: ArrayLike, observed: ArrayLike, scale: ArrayLike = 1.0, weights: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Continuous ranked probability score of samples (sample, ...) against what was observed (...), in its shape.

    E|X - y| - E|X - X'| / 2 of the samples' own distribution (Gneiting & Raftery 2007, J. Am. Stat. Assoc. 102(477),
    eq. 21), computed as what it equals, the integral of (F(x) - 1{x >= y})^2 (eq. 20): F is a staircase, so that the
    sum is exact, has no differences of large numbers in it, and costs a sort. In the unit of the series, divided by
    `scale` (...): with the last value known at the cut-off, scores of several cut-offs can be compared. `weights`
    (sample,): of a weighted pool; equal by default.
    """
    drawn, seen = np.asarray(samples, np.float64), np.asarray(observed, np.float64)
    each = shares(weights, len(drawn))
    order = np.argsort(drawn, axis=0)
    values = np.take_along_axis(drawn, order, axis=0)
    below = np.minimum(np.cumsum(each[order], axis=0)[:-1], 1.0)  # F between neighbours: (sample - 1, ...)
    turn = np.clip(seen, values[:-1], values[1:])  # where the observation splits the step; at an end if outside
    inner = (below**2 * (turn - values[:-1]) + (1.0 - below) ** 2 * (values[1:] - turn)).sum(axis=0)
    outer = np.maximum(values[0] - seen, 0.0) + np.maximum(seen - values[-1], 0.0)
    return np.asarray((inner + outer) / scale)


def quantiles(samples: ArrayLike, levels: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Quantiles (level, ...) of samples (sample, ...), weighted by `weights` (sample,) if given.

    A quantile is the smallest sample that at least that share of the weight does not exceed (Hyndman & Fan 1996, The
    American Statistician 50(4), definition 1). A sample without weight is none.
    """
    drawn, asked = np.asarray(samples, np.float64), np.atleast_1d(np.asarray(levels, np.float64))
    each = shares(weights, len(drawn))
    drawn, each = drawn[each > 0], each[each > 0]
    flat = drawn.reshape(len(drawn), -1)  # (sample, forecast)
    order = np.argsort(flat, axis=0)
    up_to = np.cumsum(each[order], axis=0)
    found = np.empty((len(asked), flat.shape[1]))
    for column in range(flat.shape[1]):
        place = np.searchsorted(up_to[:, column], asked - _SLACK)
        found[:, column] = flat[order[np.minimum(place, len(flat) - 1), column], column]
    return found.reshape(len(asked), *drawn.shape[1:])


def covered(samples: ArrayLike, observed: ArrayLike, level: float, weights: ArrayLike | None = None) -> Floats:
    """1 where the central interval of a level holds the observation, 0 where not, NaN where there is none: (...)."""
    low, high = quantiles(samples, [(1 - level) / 2, (1 + level) / 2], weights)
    seen = np.asarray(observed, np.float64)
    return np.where(np.isnan(seen), np.nan, (seen >= low) & (seen <= high))


def coverage(samples: ArrayLike, observed: ArrayLike, level: float) -> float:
    """Share of the observations that lie in the central interval of a level; NaN where nothing was observed."""
    return _mean(covered(samples, observed, level))


def reliability(samples: ArrayLike, observed: ArrayLike, levels: Sequence[float] = LEVELS) -> dict[float, float]:
    """Share of the observations in the central interval of each level, by level; equal to it where well calibrated."""
    return {level: coverage(samples, observed, level) for level in levels}


def bias(samples: ArrayLike, observed: ArrayLike) -> Bias:
    """How far the medians of samples (sample, forecast) lie from what was observed (forecast,), on average."""
    middle, seen = quantiles(samples, 0.5)[0], np.asarray(observed, np.float64)
    positive = (middle > 0) & (seen > 0)
    return Bias(_mean(np.log(middle[positive] / seen[positive])), _mean(middle - seen))


def pit(samples: ArrayLike, observed: ArrayLike) -> Floats:
    """Probability integral transform (...), uniform where forecasts are calibrated.

    A sample equal to the observation counts half, below it whole: the mean over the randomised transform, so that
    nothing is drawn (Czado, Gneiting & Held 2009, Biometrics 65(4), take the whole interval; this is its middle).
    """
    drawn, seen = np.asarray(samples, np.float64), np.asarray(observed, np.float64)
    share = ((drawn < seen).mean(axis=0) + (drawn <= seen).mean(axis=0)) / 2
    return np.where(np.isnan(seen), np.nan, share)


def ratio_interval(
    scores: ArrayLike, reference: ArrayLike, groups: Sequence[object], seed: int, draws: int = 2000, level: float = 0.9
) -> Ratio:
    """mean(scores) / mean(reference) of the same forecasts (forecast,), with a bootstrap interval of that level.

    Whole groups are drawn with replacement, paired: `groups` (forecast,) says which forecasts belong together, such as
    the horizons of one cut-off, which miss together (the cluster bootstrap: Davison & Hinkley 1997, Bootstrap Methods
    and their Application, section 3.8). Percentiles; with few groups (five cut-offs) they are too narrow. Forecasts
    without either score are left out. Raises ModelError where none is left, or the reference's mean is zero.
    """
    ours, theirs = np.asarray(scores, np.float64), np.asarray(reference, np.float64)
    both = ~(np.isnan(ours) | np.isnan(theirs))
    labels = [group for group, kept in zip(groups, both, strict=True) if kept]
    if not labels or not theirs[both].sum() > 0:
        raise ModelError("a ratio of scores needs forecasts that both were scored on, and a reference above zero")
    names = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    numbers = [names[label] for label in labels]
    # A ratio of means is one of sums: both means are over the same forecasts, however many a resample holds.
    sums = np.stack([np.bincount(numbers, each[both], len(names)) for each in (ours, theirs)])  # (2, group)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    above, under = sums @ times.T  # (draw,) each
    ratios = np.divide(above, under, out=np.full(draws, np.inf), where=under > 0)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    whole = sums.sum(axis=1)
    return Ratio(float(whole[0] / whole[1]), float(low), float(high))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
