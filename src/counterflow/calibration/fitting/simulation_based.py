"""Simulation-based calibration: whether the fit finds, as often as it says, what a made-up record was made from.

Parameters are drawn from their priors, a record is made from them by the model and by discrepancy.py with the months
that the real one has, and the fit is run on it. Over many such replicates the rank of the true value among the members
is uniform if, and only if (but for what averages out), the fit gives the posterior (Talts, Betancourt, Simpson, Vehtari
& Gelman 2018, arXiv:1804.06788, theorem 1). So is that of the log-likelihood at the true values, which shows what ranks
of single parameters miss (Modrak et al. 2023, Bayesian Analysis, arXiv:2211.02383), and of a forecast.

What is given to every run of the record (levers, dated events, the published encounters that a run follows) stays as it
was: a fit is conditional on it, so that a made-up record tests the same step from a record to its posterior.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from counterflow.calibration.fitting import discrepancy, path, smoother
from counterflow.calibration.fitting.discrepancy import LEVEL, Hyper
from counterflow.calibration.fitting.problem import Problem, predicted
from counterflow.calibration.fitting.smoother import Ensemble, seed_of
from counterflow.calibration.fitting.space import scores_of
from counterflow.ensemble import planning, sampling

BINS = 20
FIT = "log-likelihood"
LATER = "encounters in the last month"
HYPER = Hyper._fields


class Ranks(NamedTuple):
    """Where the true values lie among the members of each fit."""

    names: tuple[str, ...]  # "mechanism.symbol", FIT, LATER, and "phi:SERIES", "sigma:SERIES", "tau:SERIES"
    below: np.ndarray  # (replicate, quantity) how many members are below the true value
    members: int


class Row(NamedTuple):
    """How far the ranks of one quantity are from uniform."""

    name: str
    chi_square: float
    p: float
    within_50: float  # share of the replicates in which the central interval of 50% holds the true value
    within_90: float


class Truth(NamedTuple):
    """What a record was made from, and the record."""

    scores: np.ndarray  # (parameter,)
    hyper: np.ndarray  # (3, series) scores
    series: np.ndarray  # (month, series) logs of the path
    figures: np.ndarray  # (figure,) logs of what the model gives
    later: float  # log of encounters in the last month, with level and discrepancy
    logs: np.ndarray  # (month, series) the made-up series, NaN where the real one has no month
    figure_logs: np.ndarray  # (figure,)


def ranks(
    problem: Problem,
    *,
    replicates: int,
    members: int,
    seed: int,
    fit: Callable[[Problem, int], Ensemble] = smoother.fit,
    progress: Callable[[int], None] | None = None,
) -> Ranks:
    """The ranks of `replicates` made-up records, each fitted by an ensemble of `members` of its own.

    `fit` takes a problem and a seed. With a horizon the problem's last month lies after the cut-off, and LATER is a
    forecast. `progress` is told how many replicates are done. JAX must have 64 bit enabled.
    """
    names = problem.seen.names
    found = []
    truths = made(problem, replicates, seed)
    for number, truth in enumerate(truths):
        of = _again(problem, members, seed_of(seed, number + 1))._replace(
            seen=problem.seen._replace(logs=truth.logs), figures=problem.figures._replace(logs=truth.figure_logs)
        )
        found.append(_below(of, truth, fit(of, seed_of(seed, number + 1)), seed + number))
        if progress:
            progress(number + 1)
    keys = tuple(".".join(key) for key in problem.space.keys)
    hyper = tuple(f"{kind}:{name}" for kind in HYPER for name in names)
    return Ranks((*keys, FIT, LATER, *hyper), np.array(found), members)


def made(problem: Problem, count: int, seed: int) -> list[Truth]:
    """Made-up records, each from a draw of everything from the priors, joint conditions included."""
    of = _again(problem, count, seed_of(seed, 0))
    series, figures = predicted(of, of.prior)
    rng = np.random.default_rng([seed, 0])
    return [
        _made(problem, *row, rng=rng)  # one after another: the records are independent
        for row in zip(of.prior, series, figures, strict=True)
    ]


def _made(
    problem: Problem, scores: np.ndarray, series: np.ndarray, figures: np.ndarray, rng: np.random.Generator
) -> Truth:
    seen = problem.seen
    hyper = rng.standard_normal((3, series.shape[1]))
    phi, sigma, tau = (np.asarray(part) for part in discrepancy.hyper(jnp.asarray(hyper), seen.scatter))
    level = LEVEL * rng.standard_normal(series.shape[1])
    gap = sigma / np.sqrt(1.0 - phi**2) * rng.standard_normal(series.shape[1])
    beside = np.zeros_like(series)
    for month, jumps in enumerate(seen.jumps):
        gap = phi * gap + np.sqrt(sigma**2 + jumps) * rng.standard_normal(series.shape[1])
        beside[month] = level + gap
    errors = np.sqrt(seen.measured + tau**2) * rng.standard_normal(series.shape)
    logs = np.where(np.isfinite(seen.logs), series + beside + errors, np.nan)
    told = figures + np.linalg.cholesky(problem.figures.covariance) @ rng.standard_normal(len(figures))
    column = seen.names.index("encounters")
    return Truth(scores, hyper, series, figures, float(series[-1, column] + beside[-1, column]), logs, told)


def _again(problem: Problem, count: int, seed: int) -> Problem:
    """The same problem with other draws from the priors."""
    draws = sampling.draw(count, seed, planning.LEVERS, 1, year=problem.at.year).parameters
    base = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), draws)
    found = [np.asarray(getattr(getattr(base, mechanism), symbol)) for mechanism, symbol in problem.space.keys]
    prior = scores_of(problem.space, np.stack(found, axis=1))
    return problem._replace(base=base, groups=path.groups(base, problem.at), prior=prior)


_filtered = jax.jit(discrepancy.filtered)  # the records of all replicates have one shape


def _below(problem: Problem, truth: Truth, fit: Ensemble, seed: int) -> np.ndarray:
    """(quantity,) how many members are below the true value, in the order of `Ranks.names`."""
    seen, rng = problem.seen, np.random.default_rng([seed, 1])
    series = np.concatenate([truth.series[None], fit.series])  # (1 + member, month, series), the truth first
    hyper = np.concatenate([truth.hyper[:, None], fit.hyper], axis=1)  # (3, 1 + member, series)
    single = np.concatenate([truth.figures[None], fit.figures])
    misfit = jnp.asarray(seen.logs[:, None, :] - np.moveaxis(series, 0, 1))
    of = discrepancy.hyper(jnp.asarray(hyper), seen.scatter)
    each, state = _filtered(misfit, seen._replace(names=(), about=()), of)
    off = problem.figures.logs - single
    of_figures = (off * np.linalg.solve(problem.figures.covariance, off.T).T).sum(axis=1)
    likelihood = np.asarray(each).sum(axis=1) - 0.5 * of_figures
    column = seen.names.index("encounters")
    level, gap, level_variance, covariance, gap_variance = (np.asarray(part)[1:, column] for part in state)
    variance = level_variance + 2.0 * covariance + gap_variance
    later = fit.series[:, -1, column] + level + gap + np.sqrt(variance) * rng.standard_normal(len(level))
    return np.concatenate(
        [
            (fit.scores < truth.scores).sum(axis=0),
            [(likelihood[1:] < likelihood[0]).sum(), (later < truth.later).sum()],
            (fit.hyper < truth.hyper[:, None]).sum(axis=1).ravel(),
        ]
    )


def places(of: Ranks) -> np.ndarray:
    """(replicate, quantity) ranks as places in (0, 1): each in the middle of its share."""
    return np.asarray((of.below + 0.5) / (of.members + 1.0))


def table(of: Ranks, bins: int = BINS) -> list[Row]:
    """Each quantity's chi-square of the rank histogram, its p-value and the coverage of central intervals.

    The numbers of members and one more should be a multiple of `bins`, so that every bin has as many ranks.
    """
    rows = []
    for name, place in zip(of.names, places(of).T, strict=True):
        counts = np.histogram(place, bins, (0.0, 1.0))[0]
        test = stats.chisquare(counts)
        within = [float((np.abs(place - 0.5) < share / 2.0).mean()) for share in (0.5, 0.9)]
        rows.append(Row(name, float(test.statistic), float(test.pvalue), *within))
    return rows


def together(of: Ranks, prefix: str = "", bins: int = BINS) -> tuple[float, float]:
    """Of all quantities whose name begins with `prefix`: the least p-value times their number (Bonferroni; at most 1),
    and that of a Kolmogorov-Smirnov test of all their ranks, which counts those of one replicate as independent."""
    chosen = [position for position, name in enumerate(of.names) if name.startswith(prefix)]
    some = of._replace(names=tuple(of.names[position] for position in chosen), below=of.below[:, chosen])
    least = min(row.p for row in table(some, bins))
    # Compared where a rank ends: between ends ranks are no numbers, and their steps would count as distance.
    ranked = np.bincount(some.below.ravel(), minlength=of.members + 1).cumsum() / some.below.size
    distance = np.abs(ranked - np.arange(1, of.members + 2) / (of.members + 1)).max()
    return min(1.0, least * len(chosen)), float(stats.kstwo.sf(distance, some.below.size))
