"""From the smoother's members to draws of the posterior: each member walks a chain of its own.

The smoother's moves are Gaussian and share a regression, so that its members stand near the posterior and not in it.
From there each takes Metropolis-Hastings moves whose proposals leave a Gaussian with the members' own mean m and
covariance C unchanged (preconditioned Crank-Nicolson: Cotter, Roberts, Stuart & White 2013, Statistical Science 28(3),
equation 4.8, with that Gaussian in the place of the prior):

    z' = m + sqrt(1 - b^2) (z - m) + b x,   x ~ N(0, C)

so that only what sets the posterior apart from that Gaussian decides on acceptance, in any number of dimensions. In
between, hyperparameters are drawn given each member's path. The prior is that of draws, joint conditions included
(conditioned.py): what one excludes is never accepted. m and C are taken anew from all members at the start of each of
the first rounds, and b follows the share that is accepted; then all three stay. A member keeps its own draw of what is
not fitted: that is not learned (a "cut").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.conditioned import Weigh, weigher
from counterflow.calibration.fitting.problem import Problem, predicted
from counterflow.calibration.fitting.smoother import Ensemble

ROUNDS, MOVES = 5, 20  # of the chains; moves in each round
ADAPTED = 3  # rounds after which the proposals stay as they are
HYPER_MOVES = 4  # of the hyperparameters between two of the parameters
LENGTH, AIM = 0.3, 0.35  # b at the start, and the acceptance that it is adapted to
WIDER = 1.1  # of the members' covariance: a proposal with too thin tails leaves members where it cannot reach
RIDGE = 1e-4
TRIES = 30  # places that a member is given that breaks a condition


class Chains(NamedTuple):
    """Members after a number of moves."""

    move: int
    ensemble: Ensemble  # where they stand
    centre: np.ndarray  # (parameter,) m
    root: np.ndarray  # (parameter, parameter) lower triangle of C
    length: float  # b
    accepted: float  # share of the last proposals that was
    began: np.ndarray  # (member, parameter) scores before the first move
    taken: np.ndarray  # (member,) moves that each has made


def start(problem: Problem, ensemble: Ensemble, seed: int) -> Chains:
    """Chains that have not moved.

    The smoother knows of no condition: a member that breaks one begins where another stands.
    """
    rng = np.random.default_rng([seed, ROUNDS * MOVES])
    scores = ensemble.scores.copy()
    weigh = weigher(problem)
    for _ in range(TRIES):
        excluded = ~np.isfinite(weigh(scores))
        scores[excluded] = ensemble.scores[rng.integers(len(scores), size=int(excluded.sum()))]
    if (scores != ensemble.scores).any():
        series, figures = predicted(problem, scores)
        ensemble = ensemble._replace(scores=scores, series=series, figures=figures)
    centre, root = _gaussian(scores)
    return Chains(0, ensemble, centre, root, LENGTH, 0.0, scores, np.zeros(len(scores), int))


def moved(problem: Problem, now: Chains, seed: int, weigh: Weigh) -> Chains:
    """Each chain one move further; `weigh` is the problem's `conditioned.weigher`."""
    rng = np.random.default_rng([seed, now.move])
    adapting = now.move < ADAPTED * MOVES
    if adapting and now.move and now.move % MOVES == 0:
        centre, root = _gaussian(now.ensemble.scores)
        now = now._replace(centre=centre, root=root)
    here = now.ensemble
    off = here.scores - now.centre
    news = rng.standard_normal(off.shape) @ now.root.T
    scores = now.centre + np.sqrt(1.0 - now.length**2) * off + now.length * news
    series, figures = predicted(problem, scores)
    there = here._replace(scores=scores, series=series, figures=figures)
    leaving, arriving = (log_density(problem, at, weigh) for at in (here, there))
    back = 0.5 * (_squared(scores - now.centre, now.root) - _squared(off, now.root))
    bar = np.log(rng.random(len(scores))) + leaving - back
    taken = np.isfinite(arriving) & (bar < arriving)

    def where(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.where(taken.reshape(-1, *(1,) * (one.ndim - 1)), one, other)

    kept = here._replace(
        scores=where(scores, here.scores), series=where(series, here.series), figures=where(figures, here.figures)
    )
    misfit = problem.seen.logs[:, None, :] - np.moveaxis(kept.series, 0, 1)
    hyper = discrepancy.drawn(misfit, problem.seen, here.hyper, seed + now.move, HYPER_MOVES)
    share = float(taken.mean())
    length = float(np.clip(now.length * np.exp(0.5 * (share - AIM)), 0.02, 0.9)) if adapting else now.length
    return now._replace(
        move=now.move + 1, ensemble=kept._replace(hyper=hyper), length=length, accepted=share, taken=now.taken + taken
    )


def settled(problem: Problem, now: Chains, seed: int, *, after: Callable[[Chains], None] | None = None) -> Chains:
    """All moves from `now` on; `after` is told of each."""
    weigh = weigher(problem)
    while now.move < ROUNDS * MOVES:
        now = moved(problem, now, seed, weigh)
        if after:
            after(now)
    return now


def memory(of: Chains) -> np.ndarray:
    """(parameter,) correlation over the members of where each stands with where it began: 0 where chains forgot."""
    here, there = (scores - scores.mean(axis=0) for scores in (of.ensemble.scores, of.began))
    return np.asarray((here * there).mean(axis=0) / (here.std(axis=0) * there.std(axis=0)))


def log_density(problem: Problem, at: Ensemble, weigh: Weigh) -> np.ndarray:
    """(member,) log of the posterior density of the scores, given each member's hyperparameters, up to a constant.

    Minus infinity where a path is not finite: its months would else count as not observed.
    """
    seen = problem.seen
    misfit = jnp.asarray(seen.logs[:, None, :] - np.moveaxis(at.series, 0, 1))
    of_series = discrepancy.likelihood(misfit, seen, jnp.asarray(at.hyper))
    off = at.figures - problem.figures.logs
    of_figures = (off * np.linalg.solve(problem.figures.covariance, off.T).T).sum(axis=1)
    density = np.asarray(of_series).sum(axis=1) - 0.5 * of_figures - 0.5 * (at.scores**2).sum(axis=1)
    density = density + weigh(at.scores)
    return np.where(np.isfinite(at.series).all(axis=(1, 2)) & np.isfinite(density), density, -np.inf)


def _gaussian(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the members, and the root of their covariance, a little wider."""
    covariance = WIDER * np.cov(scores.T) + RIDGE * np.eye(scores.shape[1])
    return scores.mean(axis=0), np.linalg.cholesky(covariance)


def _squared(off: np.ndarray, root: np.ndarray) -> np.ndarray:
    """(member,) squared length of `off` (member, parameter) in the metric of the covariance."""
    return np.asarray((np.linalg.solve(root, off.T) ** 2).sum(axis=0))
