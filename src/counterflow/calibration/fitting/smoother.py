"""The fit: an ensemble of draws from the priors, moved by steps toward the record.

Ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013, Computers & Geosciences 55), with the
sensitivities of all members taken from one regression of what the model gives on the scores (as in Chen & Oliver 2013,
Computational Geosciences 17(4)): in each of STEPS steps every member j is moved by

    z_j <- z_j + (C^-1 + G' R^-1 G / a)^-1 G' R^-1 / a (y + sqrt(a) e_j - f(z_j)),   e_j ~ N(0, R),  1/a_1 + ... = 1

with C the covariance of the members' scores, G the regression and R the covariance of the observations beside the path
(discrepancy.py), at the members' mean hyperparameters. It is exact where f is linear in the scores, and asks for no
gradient: where detention is full the model has none worth following.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.problem import Problem, predicted

STEPS = 4  # equal ones, each with the observations' variance multiplied by as many
RIDGE = 1e-3  # of the regression, in variances of a score


class Ensemble(NamedTuple):
    """Members after a number of steps."""

    step: int
    scores: np.ndarray  # (member, parameter)
    hyper: np.ndarray  # (3, member, series) scores of hyperparameters
    series: np.ndarray  # (member, month, series) logs of what the model gives at `scores`
    figures: np.ndarray  # (member, figure)


def begin(problem: Problem, seed: int) -> Ensemble:
    """The members as drawn from the priors."""
    scores = problem.prior
    series, figures = predicted(problem, scores)
    start = np.zeros((3, len(scores), series.shape[2]))
    return Ensemble(0, scores, _hyper(problem, series, start, seed), series, figures)


def advanced(problem: Problem, now: Ensemble, seed: int) -> Ensemble:
    """The members one step further."""
    rng = np.random.default_rng([seed, now.step])
    scores = now.scores + _move(problem, now, rng)
    series, figures = predicted(problem, scores)
    return Ensemble(now.step + 1, scores, _hyper(problem, series, now.hyper, seed + now.step + 1), series, figures)


def fit(
    problem: Problem, seed: int, *, after: Callable[[Ensemble], None] | None = None, start: Ensemble | None = None
) -> Ensemble:
    """All steps, from `start` if given; `after` is told of each."""
    now = start or begin(problem, seed)
    while now.step < STEPS:
        now = advanced(problem, now, seed)
        if after:
            after(now)
    return now


def seed_of(seed: int, number: int) -> int:
    """A seed of its own for each of several fits, far from the others': each step's is one more than the last's."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _hyper(problem: Problem, series: np.ndarray, scores: np.ndarray, seed: int) -> np.ndarray:
    misfit = problem.seen.logs[:, None, :] - np.moveaxis(series, 0, 1)
    return discrepancy.drawn(misfit, problem.seen, scores, seed)


def _move(problem: Problem, now: Ensemble, rng: np.random.Generator) -> np.ndarray:
    """(member, parameter) by which the members' scores change."""
    seen = problem.seen
    off = now.scores - now.scores.mean(axis=0)
    inverse = np.linalg.inv(np.cov(off.T) + RIDGE * np.eye(off.shape[1]))
    normal = cho_factor(off.T @ off + RIDGE * np.eye(off.shape[1]))
    mean = discrepancy.hyper(now.hyper.mean(axis=1), seen.scatter)
    precision = inverse.copy()
    pull = np.zeros_like(off)
    blocks = [
        (
            now.series[:, known, column],
            seen.logs[known, column],
            discrepancy.covariance(seen, column, mean)[known][:, known],
        )
        for column in range(seen.logs.shape[1])
        if (known := np.isfinite(seen.logs[:, column])).any()
    ]
    blocks.append((now.figures, problem.figures.logs, problem.figures.covariance))
    for given, published, covariance in blocks:
        if not published.size:
            continue
        root = cholesky(covariance, lower=True)
        slope = cho_solve(normal, off.T @ (given - given.mean(axis=0))).T  # (observation, parameter)
        noise = np.sqrt(STEPS) * rng.standard_normal(given.shape) @ root.T
        white = solve_triangular(root, slope, lower=True)
        news = solve_triangular(root, (published + noise - given).T, lower=True)
        precision += white.T @ white / STEPS
        pull += (white.T @ news / STEPS).T
    moved: np.ndarray = np.linalg.solve(precision, pull.T).T
    return moved
