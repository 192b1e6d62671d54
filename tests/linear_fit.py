"""A fit whose model is linear in the scores, so that its posterior is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.observed import Observed
from counterflow.calibration.fitting.problem import ALONE, KIND, Figures, Problem

Floats = np.ndarray
MEMBERS = 2000
MONTHS, SERIES, PARAMETERS = 10, 2, 4


class Linear:
    """A model whose logs are linear in the scores, the last of which moves nothing; see `predicted`."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.series = rng.standard_normal((MONTHS, SERIES, PARAMETERS)) * 0.3
        self.figure = rng.standard_normal((1, PARAMETERS)) * 0.5
        self.series[:, :, -1] = 0.0
        self.figure[:, -1] = 0.0

    def __call__(self, problem: Problem, scores: Floats) -> tuple[Floats, Floats]:
        return 1.0 + np.einsum("msp,np->nms", self.series, scores), 2.0 + scores @ self.figure.T


def toy(seed: int, *, members: int = MEMBERS) -> tuple[Problem, Linear]:
    """A problem of two series, in which months are missing, and one figure."""
    rng = np.random.default_rng([seed, 1])
    model = Linear(seed)
    series, single = model(None, rng.standard_normal((1, PARAMETERS)))  # type: ignore[arg-type]
    logs = series[0] + 0.1 * rng.standard_normal((MONTHS, SERIES))
    logs[[2, 3], 0] = np.nan
    logs[6:, 1] = np.nan
    measured = np.full(logs.shape, 0.003)
    seen = Observed(("one", "two"), (), logs, measured, np.zeros(logs.shape), np.array([0.03, 0.1]))
    none = np.zeros(0)
    known = Figures(single[0] + 0.1, np.array([[ALONE**2 + KIND**2]]), none, none, none)
    prior = rng.standard_normal((members, PARAMETERS))
    nothing: Any = None
    return Problem(nothing, seen, known, nothing, nothing, nothing, prior), model


def exact(problem: Problem, model: Linear) -> tuple[Floats, Floats]:
    """Mean and covariance of the posterior at the central hyperparameters (Bayesian linear regression)."""
    hypers = discrepancy.hyper(np.zeros((3, SERIES)), problem.seen.scatter)  # type: ignore[arg-type]
    precision, pull = np.eye(PARAMETERS), np.zeros(PARAMETERS)
    for column in range(SERIES):
        known = np.isfinite(problem.seen.logs[:, column])
        within = np.linalg.inv(discrepancy.covariance(problem.seen, column, hypers)[np.ix_(known, known)])
        slope = model.series[known, column]
        precision += slope.T @ within @ slope
        pull += slope.T @ within @ (problem.seen.logs[known, column] - 1.0)
    precision += model.figure.T @ model.figure / (ALONE**2 + KIND**2)
    pull += model.figure.T @ (problem.figures.logs - 2.0) / (ALONE**2 + KIND**2)
    return np.linalg.solve(precision, pull), np.linalg.inv(precision)
