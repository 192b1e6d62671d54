"""Blends of forecasts: a linear pool whose weights past forecasts of the same series set.

Stacking (Yao, Vehtari, Simpson & Gelman 2018, Bayesian Analysis 13(3)) with the CRPS in the place of the log score. A
pool of rules with weights w has the distribution sum of w_i F_i, and the score of that is

    CRPS(w) = sum of w_i E|X_i - y|  -  sum of w_i w_j E|X_i - X_j| / 2

(Gneiting & Raftery 2007, J. Am. Stat. Assoc. 102(477), eq. 21, of a mixture), convex where the weights sum to one, as
E|X - X'| is negative definite there. So the best weights are the minimum of a small quadratic programme. They are
learned from the past forecasts that are handed over and nothing else: handing over only what was known is the caller's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from counterflow.calibration.forecasting.scoring import Floats, quantiles, shares
from counterflow.errors import ModelError

HALVING = 2.0  # months of horizon between a past forecast and the one asked about, at which it counts half
_RIDGE = 1e-9  # of the scores: where rules agree to the last sample, the weights nearest the prior's are taken


class Terms(NamedTuple):
    """What the score of a pool is made of: w @ linear - w @ quadratic @ w."""

    linear: Floats  # (rule,) E|X_i - y|
    quadratic: Floats  # (rule, rule) E|X_i - X_j| / 2


def terms(samples_by_rule: ArrayLike, observed: float, scale: float = 1.0) -> Terms:
    """The terms of one past forecast of each rule, samples (rule, sample), against what came, divided by `scale`.

    Exact: E|X - Y| is the integral of F(1 - G) + G(1 - F), both staircases. Raises ModelError where a sample or the
    observation is not finite, or the scale is not above zero.
    """
    drawn = np.asarray(samples_by_rule, np.float64)
    if not (np.isfinite(drawn).all() and np.isfinite(observed) and np.isfinite(scale) and scale > 0):
        raise ModelError("a past forecast needs finite samples, a value that was observed and a scale above zero")
    rules, count = drawn.shape
    order = np.argsort(drawn, axis=None)
    values = drawn.ravel()[order]
    of_rule = (order // count == np.arange(rules)[:, np.newaxis]) / count  # (rule, sample of any rule)
    below = np.minimum(np.cumsum(of_rule, axis=1)[:, :-1], 1.0)  # F of each rule between neighbours
    apart = (below * np.diff(values)) @ (1.0 - below).T
    linear = np.abs(drawn - observed).mean(axis=1)
    return Terms(linear / scale, (apart + apart.T) / (2 * scale))


def weights(linear: ArrayLike, quadratic: ArrayLike, distance: ArrayLike, prior: ArrayLike, strength: float) -> Floats:
    """Weights (rule,), on the simplex, that would have given the past forecasts the lowest CRPS as a pool.

    `linear` (past, rule) and `quadratic` (past, rule, rule) are their `terms`, `distance` (past,) how many months of
    horizon each lies from the one asked about: it counts half for every HALVING months. They are held to `prior`
    (rule,) as if `strength` more forecasts, of the usual quadratic terms, had met outcomes drawn from the pool of prior
    weights. What weights v are expected to lose there is -(v - prior) @ quadratic @ (v - prior), half the energy
    distance of the pools (Szekely & Rizzo 2013, J. Stat. Plan. Inference 143(8)): rules that hardly differ are hardly
    held, and it hardly matters.
    Without past forecasts the weights are the prior. Raises ModelError where shapes disagree or values are not finite.
    """
    held = shares(prior, len(np.atleast_1d(np.asarray(prior))))
    rules = len(held)
    lines, squares, apart = (np.asarray(each, np.float64) for each in (linear, quadratic, distance))
    past = len(apart)
    if past == 0:
        return held
    if lines.shape != (past, rules) or squares.shape != (past, rules, rules):
        raise ModelError(f"{past} past forecasts of {rules} rules do not fit {lines.shape} and {squares.shape}")
    if not (np.isfinite(lines).all() and np.isfinite(squares).all() and np.isfinite(apart).all() and strength >= 0):
        raise ModelError("past forecasts need finite terms and distances, and the prior a strength of zero or more")
    counts = 0.5 ** (np.abs(apart) / HALVING)
    line = counts @ lines  # (rule,)
    square = np.tensordot(counts, squares, axes=1)  # (rule, rule)
    usual = square / counts.sum()
    line = line + strength * 2 * usual @ held
    square = square + strength * usual
    return _lowest(line, square, held)


def pool(samples_by_rule: ArrayLike, weights: ArrayLike, count: int, seed: int) -> Floats:
    """Samples (count,) of the linear pool of samples (rule, sample) with weights (rule,).

    Its quantiles at `count` evenly spaced levels, so that chance has no part in them; `seed` sets their order, which
    means nothing. As many samples of one rule alone are that rule's.
    """
    drawn = np.asarray(samples_by_rule, np.float64)
    each = np.repeat(shares(weights, len(drawn)) / drawn.shape[1], drawn.shape[1])
    found = quantiles(drawn.ravel(), (np.arange(count) + 0.5) / count, each)
    return np.random.default_rng(seed).permutation(found)


def _lowest(line: Floats, square: Floats, start: Floats) -> Floats:
    """Where w @ line - w @ square @ w is least on the simplex, by sequential quadratic programming (Kraft 1988)."""
    size = float(np.abs(line).max())
    if size == 0.0:
        return start
    line, square = line / size, (square + square.T) / (2 * size)

    def score(at: Floats) -> float:
        return float(at @ line - at @ square @ at + _RIDGE * ((at - start) ** 2).sum())

    def slope(at: Floats) -> Floats:
        return np.asarray(line - 2 * square @ at + 2 * _RIDGE * (at - start))

    found = minimize(
        score,
        start,
        jac=slope,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(start),
        constraints={"type": "eq", "fun": lambda at: at.sum() - 1.0, "jac": np.ones_like},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    ends = [shares(np.maximum(found.x, 0.0), len(start))] if np.isfinite(found.x).all() and found.x.sum() > 0 else []
    # The search stops early at times. What it gives is not worse than holding to the prior or to one rule.
    return min([*ends, start, *np.eye(len(start))], key=score)
