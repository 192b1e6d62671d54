"""What a blend of forecasts does: its terms are its score, its weights find the best pool, and a prior holds them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from counterflow.calibration.forecasting.blending import HALVING, pool, terms, weights
from counterflow.calibration.forecasting.scoring import crps, quantiles
from counterflow.errors import ModelError

EVEN = norm.ppf((np.arange(100) + 0.5) / 100)


def past(rules: list[tuple[float, float]], truth: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """The terms of normal forecasts (mean, deviation), the same each time, against what came."""
    samples = np.array([mean + deviation * EVEN for mean, deviation in rules])
    found = [terms(samples, each) for each in truth]
    return np.array([each.linear for each in found]), np.array([each.quadratic for each in found])


def loss(at: np.ndarray, linear: np.ndarray, quadratic: np.ndarray) -> float:
    return float(np.mean(linear @ at - np.einsum("i,pij,j->p", at, quadratic, at)))


def test_the_terms_give_the_score_of_every_pool() -> None:
    random = np.random.default_rng(0)
    samples = random.normal(size=(3, 40)) * [[1.0], [3.0], [0.2]]
    found = terms(samples, 0.7, scale=2.0)
    for at in random.dirichlet(np.ones(3), 20):
        score = crps(samples.ravel(), 0.7, 2.0, np.repeat(at, 40))
        assert at @ found.linear - at @ found.quadratic @ at == pytest.approx(score, abs=1e-12)


def test_the_quadratic_terms_are_half_the_mean_distance_of_all_pairs() -> None:
    samples = np.random.default_rng(1).normal(size=(2, 15))
    apart = np.abs(samples[:, np.newaxis, :, np.newaxis] - samples[np.newaxis, :, np.newaxis, :]).mean(axis=(2, 3)) / 2
    np.testing.assert_allclose(terms(samples, 0.0).quadratic, apart, rtol=1e-12)


def test_the_rule_that_is_always_right_gets_all_the_weight() -> None:
    found = weights(*past([(0, 1), (5, 1), (-4, 2)], [0.1, -0.2, 0.0, 0.3]), np.zeros(4), [1, 1, 1], 0.0)
    np.testing.assert_allclose(found, [1, 0, 0], atol=1e-6)


def test_rules_that_are_right_in_turn_share_the_weight() -> None:
    found = weights(*past([(-2, 0.5), (2, 0.5)], [-2, 2, -2, 2]), np.zeros(4), [0.5, 0.5], 0.0)
    np.testing.assert_allclose(found, [0.5, 0.5], atol=1e-6)
    lean = weights(*past([(-2, 0.5), (2, 0.5)], [-2, 2, -2, -2]), np.zeros(4), [0.5, 0.5], 0.0)
    assert 0.6 < lean[0] < 0.9


def test_the_weights_are_the_best_of_the_simplex() -> None:
    random = np.random.default_rng(2)
    for _ in range(10):
        lines, squares = past([tuple(each) for each in random.uniform(0.3, 3, (3, 2))], list(random.normal(1, 2, 9)))
        best = loss(weights(lines, squares, np.zeros(9), [1, 1, 1], 0.0), lines, squares)
        grid = [np.array([a, b, 20 - a - b]) / 20 for a in range(21) for b in range(21 - a)]
        assert best <= min(loss(at, lines, squares) for at in grid) + 1e-7


def alone(lines: np.ndarray, squares: np.ndarray) -> float:
    """What the best rule loses by itself."""
    return min(loss(at, lines, squares) for at in np.eye(lines.shape[1]))


def test_a_pool_beats_each_of_two_rules_that_err_on_either_side() -> None:
    random = np.random.default_rng(3)
    lines, squares = past([(-1, 0.5), (1, 0.5)], list(random.normal(0, 1, 200)))
    found = weights(lines, squares, np.zeros(200), [0.5, 0.5], 1.0)
    assert loss(found, lines, squares) < 0.9 * alone(lines, squares)


def test_without_past_forecasts_the_weights_are_the_prior() -> None:
    found = weights(np.empty((0, 2)), np.empty((0, 2, 2)), np.empty(0), [3, 1], 5.0)
    np.testing.assert_allclose(found, [0.75, 0.25])


def test_a_stronger_prior_holds_the_weights_closer_to_it() -> None:
    terms_of_four = past([(0, 1), (3, 1)], [0.0, 0.2, -0.1, 0.1])
    found = [weights(*terms_of_four, np.zeros(4), [0.5, 0.5], strength)[0] for strength in (0, 4, 40, 4000)]
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(1, abs=1e-6)
    assert found[-1] == pytest.approx(0.5, abs=0.01)


def test_strength_counts_forecasts_whose_outcomes_came_from_the_prior_pool() -> None:
    """Three past forecasts and a strength of 200 are as three and 200 with outcomes from the prior's pool."""
    rules, prior = [(0.0, 1.0), (3.0, 1.0)], np.array([0.3, 0.7])
    samples = np.array([mean + deviation * EVEN for mean, deviation in rules])
    drawn = pool(samples, prior, 200, 0)
    real, made = past(rules, [0.0, 0.5, -0.5]), past(rules, list(drawn))
    lines, squares = (np.concatenate(each) for each in zip(real, made, strict=True))
    spelled = weights(lines, squares, np.zeros(203), prior, 0.0)
    np.testing.assert_allclose(weights(*real, np.zeros(3), prior, 200.0), spelled, atol=0.002)


def test_a_past_forecast_of_another_horizon_counts_less() -> None:
    """One forecast speaks for each rule: where both are as near, they weigh alike; else as the kernel says."""
    lines, squares = past([(-2, 0.5), (2, 0.5)], [-2, 2])
    assert weights(lines, squares, [1, 1], [0.5, 0.5], 0.0)[0] == pytest.approx(0.5, abs=1e-6)
    near = weights(lines, squares, [0, HALVING], [0.5, 0.5], 0.0)
    twice = weights(*past([(-2, 0.5), (2, 0.5)], [-2, -2, 2]), np.zeros(3), [0.5, 0.5], 0.0)
    np.testing.assert_allclose(near, twice, atol=1e-6)
    np.testing.assert_allclose(weights(lines, squares, [0, -HALVING], [0.5, 0.5], 0.0), near, atol=1e-12)


def test_rules_that_agree_keep_the_weights_of_the_prior() -> None:
    found = weights(*past([(1, 1), (1, 1)], [0.0, 3.0]), np.zeros(2), [0.8, 0.2], 0.0)
    np.testing.assert_allclose(found, [0.8, 0.2], atol=1e-6)


def test_a_pool_has_the_quantiles_of_its_rules_in_their_shares() -> None:
    samples = np.array([EVEN - 100, EVEN + 100])
    found = pool(samples, [1, 3], 400, seed=0)
    assert (found < 0).mean() == 0.25
    levels = np.linspace(0.01, 0.99, 33)
    expected = quantiles(samples.ravel(), levels, np.repeat([1, 3], 100))
    np.testing.assert_allclose(quantiles(found, levels), expected, atol=0.05)


def test_seeds_set_only_the_order_of_a_pool() -> None:
    samples = np.array([EVEN, 2 * EVEN])
    first, again, other = (pool(samples, [1, 1], 150, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(np.sort(first), np.sort(other))


def test_what_cannot_be_blended_is_refused() -> None:
    with pytest.raises(ModelError, match="was observed"):
        terms([[1.0, 2.0]], float("nan"))
    with pytest.raises(ModelError, match="scale above zero"):
        terms([[1.0, 2.0]], 1.0, 0.0)
    with pytest.raises(ModelError, match="finite samples"):
        terms([[1.0, np.inf]], 1.0)
    lines, squares = past([(0, 1), (1, 1)], [0.0])
    with pytest.raises(ModelError, match="do not fit"):
        weights(lines, squares, [0.0, 0.0], [1, 1], 0.0)
    with pytest.raises(ModelError, match="strength"):
        weights(lines, squares, [0.0], [1, 1], -1.0)
    with pytest.raises(ModelError, match="at least zero"):
        weights(lines, squares, [0.0], [1, -1], 0.0)
