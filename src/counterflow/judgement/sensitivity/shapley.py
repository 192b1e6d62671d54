"""Shapley values of explained variance: what each player adds to a regression, over the orders in which they come in.

For a set S of players v(S) is the share of variance that least squares on the terms of S alone explains, less what as
many terms would explain by chance (adjusted R squared; Theil 1961, Economic Forecasts and Policy). A term of two
players is there only when both are. In one order of players all v(S) on its way come out of one Cholesky
factorization, in that order, of the moments of terms and outcome.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf

from counterflow.judgement.sensitivity.curves import Floats

PAIRS = 24  # orders of players, each with its reverse
FEW = 4  # such pairs where a group of draws is left out
RIDGE = 1e-7  # of a term's variance: terms that repeat others add nothing


class Order(NamedTuple):
    """One order of players, and where in the moments' order each one's terms end."""

    players: np.ndarray  # (player,) who comes first, second, ...
    rows: np.ndarray  # (2 + term,) rows of the moments: the constant, terms as they come in, the outcome
    ends: np.ndarray  # (player,) terms that are in once each has come


def orders(owners: Sequence[frozenset[int]], players: int, rng: np.random.Generator) -> list[Order]:
    """Orders of the players, each followed by its reverse; all of them where they are few.

    A product of independent numbers then goes to both in equal parts whatever orders are drawn (antithetic pairs:
    Mitchell, Cooper, Frank & Holmes 2022, Journal of Machine Learning Research 23(43)).
    """
    if math.factorial(players) <= 2 * PAIRS:
        some = [one for one in itertools.permutations(range(players)) if one[0] <= one[-1]]
    else:
        some = [tuple(rng.permutation(players)) for _ in range(PAIRS)]
    both = [one for order in some for one in ((order, order[::-1]) if players > 1 else (order,))]
    return [_order(np.array(one), owners) for one in both]


def _order(players: np.ndarray, owners: Sequence[frozenset[int]]) -> Order:
    place = np.empty(len(players), int)
    place[players] = np.arange(len(players))
    entry = np.array([max(place[owner] for owner in own) for own in owners])
    came = np.argsort(entry, kind="stable")
    ends = np.searchsorted(entry[came], np.arange(len(players)), side="right")
    return Order(players, np.concatenate([[0], 1 + came, [1 + len(owners)]]), ends)


def added(moments: Floats, draws: int, order: Order) -> Floats:
    """(player,) what each player adds to the share of explained variance in one order.

    `moments` are the sums over `draws` draws of products of the constant, the terms and the outcome, in this order.
    """
    # Transposed, which changes nothing: LAPACK then works in place.
    factor, info = dpotrf(moments[np.ix_(order.rows, order.rows)].T, lower=1, clean=0, overwrite_a=1)
    if info:
        raise ValueError("moments are not positive definite")
    explained = np.concatenate([[0.0], np.cumsum(factor[-1, 1:-1] ** 2)])
    total = explained[-1] + factor[-1, -1] ** 2
    used = np.concatenate([[0], order.ends])
    left = (total - explained[used]) / (draws - 1 - used)
    found = np.empty(len(order.players))
    found[order.players] = -np.diff(left) / (total / (draws - 1))
    return found


def with_ridge(moments: Floats, draws: int) -> Floats:
    """Moments to which every term has a little of its own added."""
    found = moments.copy()
    inner = np.arange(1, len(moments) - 1)
    found[inner, inner] += RIDGE * draws
    return found


class Values(NamedTuple):
    """Shapley values, and how far those of other orders would lie from them."""

    shares: Floats  # (player,)
    error: Floats  # (player,) standard error from the orders drawn; 0 where all were taken


def values(moments: Floats, draws: int, every: Sequence[Order]) -> Values:
    """The mean over orders of what each player adds; they sum to the adjusted R squared of all terms."""
    steady = with_ridge(moments, draws)
    found = np.stack([added(steady, draws, order) for order in every])
    players = found.shape[1]
    if len(every) >= math.factorial(players):
        return Values(found.mean(axis=0), np.zeros(players))
    pairs = found.reshape(-1, 2, players).mean(axis=1)
    spread = pairs.std(axis=0, ddof=1) if len(pairs) > 1 else np.zeros(players)
    return Values(found.mean(axis=0), spread / np.sqrt(len(pairs)))
