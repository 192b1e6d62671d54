"""Scores of forecasts: against closed forms, against brute force, and what they say of right and wrong forecasts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from counterflow.calibration.forecasting import scoring
from counterflow.errors import ModelError

EVEN = (np.arange(2000) + 0.5) / 2000


def by_pairs(samples: np.ndarray, observed: float, weights: np.ndarray) -> float:
    """The energy form over every pair of samples."""
    each = weights / weights.sum()
    apart = sum(
        one * other * abs(x - y)
        for one, x in zip(each, samples, strict=True)
        for other, y in zip(each, samples, strict=True)
    )
    return float((each * np.abs(samples - observed)).sum() - apart / 2)


@pytest.mark.parametrize("observed", [-3.0, 0.4, 2.0, 9.0])
def test_crps_of_a_normal_distribution_is_its_closed_form(observed: float) -> None:
    """Gneiting & Raftery 2007, section 4.2."""
    mean, deviation = 1.0, 2.0
    at = (observed - mean) / deviation
    closed = deviation * (at * (2 * norm.cdf(at) - 1) + 2 * norm.pdf(at) - 1 / np.sqrt(np.pi))
    assert scoring.crps(norm.ppf(EVEN, mean, deviation), observed) == pytest.approx(closed, abs=3e-4)


def test_crps_is_the_energy_form_over_all_pairs() -> None:
    random = np.random.default_rng(0)
    for count in (1, 2, 7, 30):
        samples = np.round(random.normal(0, 2, count), 1)  # with ties
        weights = random.uniform(0, 1, count)
        for observed in (*np.round(random.normal(0, 3, 4), 1), samples[0]):
            alike = scoring.crps(samples, observed)
            assert alike == pytest.approx(by_pairs(samples, observed, np.ones(count)), abs=1e-12)
            weighted = scoring.crps(samples, observed, weights=weights)
            assert weighted == pytest.approx(by_pairs(samples, observed, weights), abs=1e-12)


def test_whole_weights_are_samples_that_come_so_often() -> None:
    samples, weights = np.array([3.0, -1.0, 4.0]), np.array([2, 1, 0])
    spelled = np.repeat(samples, weights)
    assert scoring.crps(samples, 1.0, weights=weights) == pytest.approx(scoring.crps(spelled, 1.0))
    levels = [0.01, 0.3, 0.34, 0.5, 1.0]
    np.testing.assert_array_equal(scoring.quantiles(samples, levels, weights), scoring.quantiles(spelled, levels))


def test_each_forecast_is_scored_in_its_scale_and_what_is_not_observed_is_not() -> None:
    samples = np.random.default_rng(1).normal(size=(50, 3))
    observed, scale = np.array([0.1, np.nan, 2.0]), np.array([1.0, 2.0, 4.0])
    found = scoring.crps(samples, observed, scale)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(scoring.crps(samples[:, 2], 2.0) / 4)
    assert np.isnan(scoring.pit(samples, observed)).tolist() == [False, True, False]
    assert np.isnan(scoring.covered(samples, observed, 0.5)).tolist() == [False, True, False]
    assert np.isnan(scoring.coverage(samples, np.full(3, np.nan), 0.5))


def test_quantiles_are_those_of_numpy_of_the_same_definition() -> None:
    samples = np.random.default_rng(2).normal(size=(37, 2, 3))
    levels = [0.0, 0.05, 0.5, 0.73, 1.0]
    expected = np.quantile(samples, levels, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(scoring.quantiles(samples, levels), expected)


def test_calibrated_forecasts_are_covered_as_often_as_they_say() -> None:
    """Forecasts whose observations are drawn from them, and the same made half as wide."""
    random = np.random.default_rng(3)
    centres = random.normal(0, 5, 4000)
    observed = centres + random.normal(size=4000)
    right = norm.ppf(EVEN[::20])[:, np.newaxis] + centres
    narrow = norm.ppf(EVEN[::20])[:, np.newaxis] / 2 + centres
    table = scoring.reliability(right, observed)
    assert all(share == pytest.approx(level, abs=0.03) for level, share in table.items())
    assert scoring.coverage(narrow, observed, 0.9) == pytest.approx(2 * norm.cdf(1.645 / 2) - 1, abs=0.03)
    shares = np.histogram(scoring.pit(right, observed), 10, (0, 1))[0] / 4000
    np.testing.assert_allclose(shares, 0.1, atol=0.025)
    assert np.histogram(scoring.pit(narrow, observed), 10, (0, 1))[0][[0, 9]].min() / 4000 > 0.15


def test_bias_tells_how_far_medians_are_off_in_logs_and_in_units() -> None:
    samples = np.array([[90.0, 5.0, 7.0], [100.0, 10.0, 8.0], [500.0, 11.0, 9.0]])
    found = scoring.bias(samples, [50.0, 20.0, np.nan])
    assert found.log_ratio == pytest.approx(0.0)  # twice and half
    assert found.difference == pytest.approx((50 - 10) / 2)
    nothing = scoring.bias(samples[:, :1], [0.0])
    assert np.isnan(nothing.log_ratio)
    assert nothing.difference == 100.0


def test_a_tie_counts_half_in_the_pit() -> None:
    assert scoring.pit([1.0, 2.0, 2.0, 5.0], 2.0) == pytest.approx(0.5)
    assert scoring.pit([1.0, 2.0], 0.0) == 0.0
    assert scoring.pit([1.0, 2.0], 3.0) == 1.0


def test_the_interval_of_a_ratio_is_exact_where_one_score_is_always_half_the_other() -> None:
    reference = np.random.default_rng(4).exponential(size=30)
    found = scoring.ratio_interval(reference / 2, reference, [number // 5 for number in range(30)], seed=0)
    assert found == pytest.approx((0.5, 0.5, 0.5))


def test_scores_that_hang_together_make_a_ratio_less_sure() -> None:
    """The same 200 forecasts, each counted as many times as a cut-off has horizons: they say no more than once."""
    random = np.random.default_rng(5)
    reference = random.exponential(size=40)
    ours = reference * random.lognormal(0, 0.5, 40)
    once = scoring.ratio_interval(ours, reference, list(range(40)), seed=0)
    again = np.repeat(ours, 12), np.repeat(reference, 12)
    grouped = scoring.ratio_interval(*again, [number // 12 for number in range(480)], seed=0)
    blind = scoring.ratio_interval(*again, list(range(480)), seed=0)
    assert grouped == pytest.approx(once)
    assert blind.high - blind.low < (grouped.high - grouped.low) / 2
    assert grouped.low < grouped.ratio < grouped.high


def test_the_interval_of_a_ratio_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        shared = random.lognormal(0, 0.3, 30)
        ours, reference = (np.repeat(shared * random.lognormal(0, 0.4, 30), 6) for _ in range(2))
        found = scoring.ratio_interval(ours, reference, [number // 6 for number in range(180)], seed=1, draws=400)
        held += found.low <= 1.0 <= found.high
    assert held / 200 == pytest.approx(0.9, abs=0.07)


def test_forecasts_without_a_score_are_left_out_of_a_ratio() -> None:
    found = scoring.ratio_interval([1.0, np.nan, 3.0], [2.0, 9.0, 2.0], ["a", "b", "c"], seed=0)
    assert found.ratio == pytest.approx(1.0)


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ModelError, match="as many weights"):
        scoring.crps([1.0, 2.0], 1.0, weights=[1.0])
    with pytest.raises(ModelError, match="not all of them zero"):
        scoring.quantiles([1.0, 2.0], 0.5, [0.0, 0.0])
    with pytest.raises(ModelError, match="at least zero"):
        scoring.quantiles([1.0, 2.0], 0.5, [2.0, -1.0])
    with pytest.raises(ModelError, match="reference above zero"):
        scoring.ratio_interval([1.0], [0.0], ["a"], seed=0)
    with pytest.raises(ModelError, match="reference above zero"):
        scoring.ratio_interval([np.nan], [1.0], ["a"], seed=0)
