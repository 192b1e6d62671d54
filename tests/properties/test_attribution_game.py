"""What must hold of Shapley values in every game (Shapley 1953): four axioms that have no other answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from counterflow.errors import UsageError
from counterflow.judgement.attribution import game

TO = 1e-6
DRAWS = 3
numbers = st.floats(-100, 100, allow_nan=False, width=32)


@st.composite
def games(draw: st.DrawFn, least: int = 1, most: int = 6) -> np.ndarray:
    """(coalition, draw) any worths, nothing where nobody is there."""
    players = draw(st.integers(least, most))
    worths = draw(arrays(np.float64, (2**players, DRAWS), elements=numbers))
    worths[0] = 0.0
    return np.asarray(worths)


def bit(worths: np.ndarray, player: int) -> np.ndarray:
    return np.arange(len(worths)) >> player & 1


def estimated(worths: np.ndarray, pairs: int = 20) -> tuple[np.ndarray, np.ndarray, game.Estimate]:
    order = game.orders(game.players_of(worths), pairs, seed=0)
    parts = game.added(order, worths[game.arrivals(order)])
    return order, parts, game.sampled(parts)


@given(games())
def test_shares_add_up_to_what_all_are_worth(worths: np.ndarray) -> None:
    np.testing.assert_allclose(game.exact(worths).sum(axis=0), worths[-1], atol=TO)
    np.testing.assert_allclose(estimated(worths)[2].values.sum(axis=0), worths[-1], atol=TO)


@given(games(least=2), st.data())
def test_players_that_add_the_same_everywhere_get_the_same(worths: np.ndarray, data: st.DataObject) -> None:
    one, other = data.draw(st.permutations(range(game.players_of(worths))))[:2]
    masks = np.arange(len(worths))
    swapped = masks & ~(1 << one | 1 << other) | bit(worths, one) << other | bit(worths, other) << one
    alike = (worths + worths[swapped]) / 2
    values = game.exact(alike)
    np.testing.assert_allclose(values[one], values[other], atol=TO)


@given(games(), st.data())
def test_a_player_that_adds_the_same_to_every_coalition_gets_that(worths: np.ndarray, data: st.DataObject) -> None:
    player = data.draw(st.integers(0, game.players_of(worths) - 1))
    adds = data.draw(numbers)  # nothing: the null player
    masks = np.arange(len(worths))
    worths = worths[masks & ~(1 << player)] + adds * bit(worths, player)[:, None]
    np.testing.assert_allclose(game.exact(worths)[player], adds, atol=TO)
    _, parts, _ = estimated(worths)
    np.testing.assert_allclose(parts[:, player], adds, atol=TO)


@given(games(least=4, most=4), games(least=4, most=4), numbers)
def test_the_shares_of_a_sum_of_games_are_the_sums_of_shares(one: np.ndarray, other: np.ndarray, times: float) -> None:
    together = game.exact(one + times * other)
    np.testing.assert_allclose(together, game.exact(one) + times * game.exact(other), atol=TO)


@given(arrays(np.float64, (5, DRAWS), elements=numbers))
def test_a_linear_game_gives_its_coefficients(coefficients: np.ndarray) -> None:
    on = np.arange(32)[:, None] >> np.arange(5) & 1
    worths = on @ coefficients
    np.testing.assert_allclose(game.exact(worths), coefficients, atol=TO)
    estimate = estimated(worths)[2]
    np.testing.assert_allclose(estimate.values, coefficients, atol=TO)
    np.testing.assert_allclose(estimate.errors, 0.0, atol=TO)
    for player, found in enumerate(game.credit(worths, range(5))):
        np.testing.assert_allclose([found.least, found.most], [coefficients[player]] * 2, atol=TO)


@given(games(least=2, most=5), st.data())
def test_a_share_lies_between_the_least_and_the_most_that_orders_within_a_bundle_give(
    worths: np.ndarray, data: st.DataObject
) -> None:
    players = game.players_of(worths)
    bundle = data.draw(st.lists(st.integers(0, players - 1), min_size=1, unique=True))
    values = game.exact(worths)
    for player, found in zip(bundle, game.credit(worths, bundle), strict=True):
        assert (found.least <= values[player] + TO).all()
        assert (found.most >= values[player] - TO).all()


@given(games(least=3, most=5))
def test_a_share_is_the_average_over_who_of_the_bundle_came_before(worths: np.ndarray) -> None:
    bundle, player = 0b101, 0  # players 0 and 2
    outside = game._outside(game.players_of(worths), bundle)
    values = [game._average(worths, player, before, *outside) for before in (0, 0b100)]
    np.testing.assert_allclose(np.mean(values, axis=0), game.exact(worths)[player], atol=TO)


@given(games(least=4, most=4))
def test_what_is_credited_in_all_orders_is_what_all_orders_give(worths: np.ndarray) -> None:
    from itertools import permutations

    order = np.array(list(permutations(range(4))), np.int64)
    parts = game.added(order, worths[game.arrivals(order)])
    np.testing.assert_allclose(parts.mean(axis=0), game.exact(worths), atol=TO)
    bundle = [0, 1, 3]
    for player, found in zip(bundle, game.credit(worths, bundle), strict=True):
        by_who: dict[frozenset[int], list[np.ndarray]] = {}
        for one, steps in zip(order.tolist(), parts, strict=True):
            before = frozenset(one[: one.index(player)]) & frozenset(bundle)
            by_who.setdefault(before, []).append(steps[player])
        after = [np.mean(some, axis=0) for some in by_who.values()]
        np.testing.assert_allclose(found.least, np.min(after, axis=0), atol=TO)
        np.testing.assert_allclose(found.most, np.max(after, axis=0), atol=TO)


def test_the_glove_game_gives_what_is_published() -> None:
    """Two have a left glove, one a right one, and a pair is worth 1: 1/6, 1/6, 2/3 (a standard example)."""
    worths = np.array([float(mask & 0b100 > 0 and mask & 0b011 > 0) for mask in range(8)])
    np.testing.assert_allclose(game.exact(worths), [1 / 6, 1 / 6, 2 / 3], atol=1e-12)


def test_errors_of_sampled_shares_are_as_large_as_they_say() -> None:
    random = np.random.default_rng(1)
    worths = np.exp(-(np.arange(1024)[:, None] >> np.arange(10) & 1) @ random.uniform(0, 1, 10)) - 1.0
    true = game.exact(worths)
    scores = []
    for seed in range(200):
        order = game.orders(10, 16, seed)
        estimate = game.sampled(game.added(order, worths[game.arrivals(order)]))
        scores.append((estimate.values - true) / estimate.errors)
    assert 0.85 < np.std(scores) < 1.25
    assert np.abs(np.mean(scores, axis=0)).max() < 0.3


def test_a_reversed_order_beside_each_errs_less_than_another_one() -> None:
    random = np.random.default_rng(2)
    worths = np.exp(-(np.arange(1024)[:, None] >> np.arange(10) & 1) @ random.uniform(0, 1, 10)) - 1.0
    true = game.exact(worths)

    def miss(order: np.ndarray) -> float:
        return float(np.square(game.added(order, worths[game.arrivals(order)]).mean(axis=0) - true).sum())

    paired = np.mean([miss(game.orders(10, 10, seed)) for seed in range(50)])
    plain = np.mean([miss(game.orders(10, 20, seed)[::2]) for seed in range(50)])
    assert paired < plain / 2


def test_a_game_with_a_coalition_missing_is_refused() -> None:
    with pytest.raises(UsageError, match="not all"):
        game.exact(np.zeros(7))
    with pytest.raises(UsageError, match="no error"):
        game.sampled(np.zeros((2, 3)))


def test_every_size_of_a_coalition_before_a_player_is_as_likely_as_any_other() -> None:
    sizes = np.array([float(mask.bit_count()) ** 2 for mask in range(2**12)])
    np.testing.assert_allclose(game.exact(sizes), 12.0, rtol=1e-9)
