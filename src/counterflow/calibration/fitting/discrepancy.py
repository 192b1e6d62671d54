"""What a series shows beside the model's path: a level, a discrepancy that persists, and errors of counting.

    log y_t = log m_t + a + d_t + e_t,   d_t = phi d_(t-1) + sigma n_t,   a ~ N(0, LEVEL^2)
    e_t ~ N(0, count / y_t + rounding + provisional + tau^2)

m is the model's path without noise. The discrepancy d carries what the model misses on from month to month, so that a
misfit is neither hidden nor forgotten (Kennedy & O'Hagan 2001, J Royal Statistical Society B 63(3), with an
autoregression in the place of their Gaussian process). e is the log of a negative binomial count of mean m and
dispersion tau^2 by the delta method; the monthly counts here are large enough for it. Where a definition changes, d may
jump. Levels, discrepancies and errors are Gaussian and are integrated out exactly (Kalman 1960, J Basic
Engineering 82(1)).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from counterflow.calibration.fitting.observed import Observed

LEVEL = 0.5  # standard deviation of the log of a series' level beside the path's; judgement, grade D
# Centre and spread of the logit of phi and of the log of sigma, and spread of the log of tau; judgement, grade D.
PHI, SIGMA, TAU = (4.0, 1.0), (float(np.log(0.08)), 0.8), 0.7
MOVES, STEP = 60, 0.6  # of the random walk that draws them, and its length in standard deviations


class Hyper(NamedTuple):
    """Of each series' discrepancy, (..., series)."""

    phi: Array  # persistence from month to month
    sigma: Array  # standard deviation of its monthly news
    tau: Array  # standard deviation of the log of what does not persist, beyond counting


class Filtered(NamedTuple):
    """What is known of level and discrepancy after the last month, (..., series) each."""

    level: Array
    gap: Array
    level_variance: Array
    covariance: Array
    gap_variance: Array


def hyper(scores: Array, scatter: Array | np.ndarray) -> Hyper:
    """Hyperparameters at standard normal scores (3, ..., series); `scatter` (series,) is the centre of tau."""
    return Hyper(
        1.0 / (1.0 + jnp.exp(-(PHI[0] + PHI[1] * scores[0]))),
        jnp.exp(SIGMA[0] + SIGMA[1] * scores[1]),
        jnp.asarray(scatter) * jnp.exp(TAU * scores[2]),
    )


def filtered(misfit: Array, seen: Observed, of: Hyper) -> tuple[Array, Filtered]:
    """Log-likelihood of each series (..., series), and what is known after the last month.

    `misfit` (month, ..., series): log of what was published less log of the path, NaN where nothing is known.
    """
    known = jnp.isfinite(misfit)
    between = (1,) * (misfit.ndim - 2)
    errors, jumps = (
        jnp.asarray(part).reshape(part.shape[0], *between, part.shape[1]) for part in (seen.measured, seen.jumps)
    )
    zero = jnp.zeros(misfit.shape[1:], misfit.dtype)

    def advance(carried: tuple[Filtered, Array], now: tuple[Array, ...]) -> tuple[tuple[Filtered, Array], None]:
        state, total = carried
        value, is_known, error, jump = now
        gap = of.phi * state.gap
        covariance = of.phi * state.covariance
        variance = of.phi**2 * state.gap_variance + of.sigma**2 + jump
        news = value - state.level - gap
        whole = state.level_variance + 2.0 * covariance + variance + error + of.tau**2
        total = total - 0.5 * jnp.where(is_known, jnp.log(2.0 * jnp.pi * whole) + news**2 / whole, 0.0)
        to_level, to_gap = state.level_variance + covariance, covariance + variance
        counts = jnp.where(is_known, 1.0 / whole, 0.0)
        following = Filtered(
            state.level + counts * to_level * news,
            gap + counts * to_gap * news,
            state.level_variance - counts * to_level**2,
            covariance - counts * to_level * to_gap,
            variance - counts * to_gap**2,
        )
        return (following, total), None

    begin = Filtered(zero, zero, zero + LEVEL**2, zero, zero + of.sigma**2 / (1.0 - of.phi**2))
    months = (jnp.where(known, misfit, 0.0), known, errors, jumps)
    (state, total), _ = jax.lax.scan(advance, (begin, zero), months)
    return total, state


def covariance(seen: Observed, column: int, of: Hyper) -> np.ndarray:
    """(month, month) of one series beside its path, at hyperparameters (series,): what `filtered` integrates out."""
    count = len(seen.logs)
    phi, sigma, tau = (float(part[column]) for part in of)
    variance = np.zeros(count)
    now = sigma**2 / (1.0 - phi**2)
    for month in range(count):
        now = phi**2 * now + sigma**2 + seen.jumps[month, column]
        variance[month] = now
    lag = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    earlier = np.minimum.outer(np.arange(count), np.arange(count))
    own = variance[earlier] * phi**lag
    return np.asarray(LEVEL**2 + own + np.diag(seen.measured[:, column] + tau**2))


@partial(jax.jit, static_argnames=("moves",))
def _walk(misfit: Array, seen: Observed, scores: Array, key: Array, scatter: Array, moves: int) -> Array:
    """Scores (3, member, series) after `moves` of a random walk (Metropolis et al. 1953, J Chemical Physics 21(6)):
    each member's and each series' own."""

    def density(at: Array) -> Array:
        return filtered(misfit, seen, hyper(at, scatter))[0] - 0.5 * (at**2).sum(axis=0)

    def move(carried: tuple[Array, Array], key: Array) -> tuple[tuple[Array, Array], None]:
        at, its = carried
        steps, chance = jax.random.split(key)
        proposed = at + STEP * jax.random.normal(steps, at.shape, at.dtype)
        there = density(proposed)
        taken = jnp.log(jax.random.uniform(chance, its.shape, its.dtype)) < there - its
        return (jnp.where(taken, proposed, at), jnp.where(taken, there, its)), None

    (scores, _), _ = jax.lax.scan(move, (scores, density(scores)), jax.random.split(key, moves))
    return scores


@jax.jit
def _likelihood(misfit: Array, seen: Observed, scores: Array, scatter: Array) -> Array:
    return filtered(misfit, seen, hyper(scores, scatter))[0]


def likelihood(misfit: Array, seen: Observed, scores: Array) -> Array:
    """(member, series) log-likelihoods at scores (3, member, series) of hyperparameters; see `filtered`."""
    found: Array = _likelihood(misfit, seen._replace(names=(), about=()), scores, jnp.asarray(seen.scatter))
    return found


def drawn(misfit: np.ndarray, seen: Observed, scores: np.ndarray, seed: int, moves: int = MOVES) -> np.ndarray:
    """Scores (3, member, series) of hyperparameters drawn given each member's misfit (month, member, series)."""
    arrays = seen._replace(names=(), about=())
    found = _walk(
        jnp.asarray(misfit), arrays, jnp.asarray(scores), jax.random.PRNGKey(seed), jnp.asarray(seen.scatter), moves
    )
    return np.asarray(found)
