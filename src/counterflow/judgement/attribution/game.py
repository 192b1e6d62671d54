"""Shapley values of a cooperative game, from what its coalitions are worth.

A coalition is a bit mask: player i is in it where bit i is set. Every array of worths has further axes behind the
first, such as outcomes and draws: each of their cells is a game of its own over the same players.

Every order in which the players can arrive is as likely as any other; a player's value is what it adds on arrival, on
average over the orders (Shapley 1953, A value for n-person games, Contributions to the Theory of Games II).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import lgamma
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.errors import UsageError

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]


class Estimate(NamedTuple):
    """Values that were estimated from some of the orders."""

    values: Floats  # (player, ...)
    errors: Floats  # (player, ...) their standard errors


class Credit(NamedTuple):
    """What a player adds, by who of its bundle was there before: the least and the most of it."""

    least: Floats  # (...)
    most: Floats  # (...)


def players_of(worths: Floats) -> int:
    """How many players a game of all these coalitions has. Raises UsageError where some are missing."""
    players = len(worths).bit_length() - 1
    if len(worths) != 2**players:
        raise UsageError(
            f"{len(worths)} coalitions are not all of any number of players",
            where="worths",
            hint="Give the worth of every bit mask from none to all: 2 to the power of the number of players.",
        )
    return players


def exact(worths: Floats) -> Floats:
    """(player, ...) Shapley values from the worths (coalition, ...) of all coalitions, by their bit masks.

    Sum over the coalitions S without i of s! (n - s - 1)! / n! times what i adds to S (Shapley 1953). Raises UsageError
    as `players_of`.
    """
    players = players_of(worths)
    values = [_average(worths, player, 0, *_outside(players, 1 << player)) for player in range(players)]
    return np.stack(values) if players else worths[:0]


def credit(worths: Floats, bundle: Sequence[int]) -> list[Credit]:
    """What each player of a bundle adds, at the least and at the most, over all that could be there of it before.

    For each set T of the others of the bundle: what the player adds on average over all orders of all players in which
    it comes just after T among the bundle. A player's Shapley value is an average of these and so lies between them.
    """
    players = players_of(worths)
    everyone = sum(1 << player for player in bundle)
    outside, weights = _outside(players, everyone)
    found = []
    for player in bundle:
        others = everyone & ~(1 << player)
        after = [_average(worths, player, before, outside, weights) for before in _subsets(others)]
        found.append(Credit(np.min(after, axis=0), np.max(after, axis=0)))
    return found


def _outside(players: int, bundle: int) -> tuple[Masks, Floats]:
    """The sets of players outside a bundle (set,), and how likely each is to be there when the bundle's first, second
    and so on arrives (place, set).

    Let each player arrive at a random time. One that is k-th of b comes at a time t of the beta distribution (k,
    b - k + 1), and each of the m players outside has come by then with probability t: a set of s of them is there with
    probability B(k + s, b - k + 1 + m - s) / B(k, b - k + 1). With a bundle of one this is Shapley's weight.
    """
    size = bundle.bit_count()
    rest = players - size
    masks = np.arange(2**players, dtype=np.int64)
    masks = masks[(masks & bundle) == 0]
    there = np.asarray(sum(masks >> other & 1 for other in range(players)))
    by_size = [
        [
            np.exp(_log_beta(place + s, size - place + 1 + rest - s) - _log_beta(place, size - place + 1))
            for s in range(rest + 1)
        ]
        for place in range(1, size + 1)
    ]
    return masks, np.array(by_size)[:, there]


def _average(worths: Floats, player: int, before: int, outside: Masks, weights: Floats) -> Floats:
    """What a player adds on average over the orders in which just `before`, of its bundle, has come before it;
    `outside` and `weights` are those of `_outside` for the bundle."""
    masks = outside | before
    steps = worths[masks | (1 << player)] - worths[masks]
    return np.asarray(np.tensordot(weights[before.bit_count()], steps, axes=(0, 0)))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _subsets(of: int) -> Iterator[int]:
    """Every bit mask within `of`, itself first and 0 last."""
    some = of
    while some:
        yield some
        some = (some - 1) & of
    yield 0


def orders(players: int, pairs: int, seed: int) -> Masks:
    """(2 * pairs, player) random orders, each followed by its reverse.

    What a player adds early is often high where what it adds late is low, so that the two together err less than two
    orders at random (antithetic sampling: Mitchell, Cooper, Frank & Holmes 2022, JMLR 23(43), section 2.4; sampling of
    orders: Castro, Gomez & Tejada 2009, Computers & Operations Research 36:1726).
    """
    random = np.random.default_rng(seed)
    forth = np.stack([random.permutation(players) for _ in range(pairs)]).astype(np.int64)
    return np.stack([forth, forth[:, ::-1]], axis=1).reshape(2 * pairs, players)


def arrivals(order: Masks) -> Masks:
    """(order, player + 1) the coalition that is there before the first arrival and after each one."""
    there = np.cumsum(np.int64(1) << order, axis=1)
    return np.concatenate([np.zeros((len(order), 1), np.int64), there], axis=1)


def added(order: Masks, worths: Floats) -> Floats:
    """(order, player, ...) what each player adds in each order; `worths` (order, player + 1, ...) are those of
    `arrivals`."""
    steps = np.diff(worths, axis=1)
    found = np.empty_like(steps)
    found[np.arange(len(order))[:, None], order] = steps
    return found


def sampled(parts: Floats) -> Estimate:
    """Values from what players add (order, player, ...) in the orders of `orders`, and their standard errors.

    Orders are independent by pairs, so errors are those of the mean of the pairs (Mitchell et al. 2022). The values of
    all players add up to what all of them are worth without error. Raises UsageError for fewer than two pairs.
    """
    if len(parts) < 4:
        raise UsageError("one pair of orders shows no error", where="pairs", hint="Give at least 2 pairs.")
    pairs = parts.reshape(len(parts) // 2, 2, *parts.shape[1:]).mean(axis=1)
    return Estimate(pairs.mean(axis=0), pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)))
