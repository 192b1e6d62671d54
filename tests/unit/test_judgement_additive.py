"""What each input does by itself, read from draws: known curves, their errors, and what chance makes of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from counterflow.errors import JudgementError
from counterflow.judgement.additive import along, at_scores, curves, needed, normal_scores, told_from_zero

DRAWS = 4000


def standard(inputs: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((draws, inputs))


def test_a_probability_with_one_input_moved_is_the_one_that_the_formula_gives() -> None:
    """met where x0 + x1 / 2 + e > 0.3: with x0 held at z the rest is normal, of variance 1.25."""
    x = standard(30)
    noise = np.random.default_rng(1).standard_normal(DRAWS)
    met = (x[:, 0] + 0.5 * x[:, 1] + noise > 0.3).astype(float)
    low, high, _, _, error = at_scores(curves(x, met[:, np.newaxis]), -1.0, 1.0)
    for z, found in ((-1.0, low), (1.0, high)):
        assert found[0, 0] == pytest.approx(norm.sf((0.3 - z) / np.sqrt(1.25)), abs=0.04)
        assert found[1, 0] == pytest.approx(norm.sf((0.3 - 0.5 * z) / np.sqrt(2.0)), abs=0.04)
    assert (np.abs(high - low)[2:, 0] < 4.5 * error[2:, 0]).all()


def test_a_dependent_input_is_moved_with_the_others_held() -> None:
    """x1 goes with x0 and does nothing: alone it seems to matter, with x0 held it does not."""
    x = standard(2)
    x[:, 1] = 0.9 * x[:, 0] + np.sqrt(1 - 0.81) * x[:, 1]
    outcome = x[:, :1] + 0.1 * standard(1, seed=2)
    assert np.corrcoef(x[:, 1], outcome[:, 0])[0, 1] > 0.8
    low, high, _, _, error = at_scores(curves(x, outcome), -1.0, 1.0)
    assert (high - low)[0, 0] == pytest.approx(2.0, abs=0.05)
    assert abs((high - low)[1, 0]) < 4 * error[1, 0] < 0.1


def test_errors_are_those_of_the_spread_between_samples() -> None:
    found = []
    for seed in range(200):
        x = standard(3, draws=300, seed=seed)
        met = (x[:, 0] + standard(1, draws=300, seed=1000 + seed)[:, 0] > 0.8).astype(float)
        found.append(np.stack([part[:, 0] for part in at_scores(curves(x, met[:, np.newaxis]), -1.645, 1.645)]))
    first, last, first_error, last_error, error = np.moveaxis(np.array(found), 1, 0)
    for estimates, errors in ((last - first, error), (first, first_error), (last, last_error)):
        np.testing.assert_allclose(errors.mean(axis=0), estimates.std(axis=0), rtol=0.2)


@pytest.mark.parametrize("values", [2, 3])
def test_an_input_of_few_values_that_does_nothing_is_taken_for_more_as_often_as_the_level_says(values: int) -> None:
    p = []
    for seed in range(60):
        x = standard(8, 1500, seed)
        x[:, 0] = np.floor(np.random.default_rng(seed).random(1500) ** 2 * values)
        p.append(told_from_zero(curves(x, standard(8, 1500, 500 + seed)))[0])
    assert (np.ravel(p) < 0.05).mean() == pytest.approx(0.05, abs=0.03)


def test_an_input_of_two_values_is_moved_from_the_one_to_the_other_and_no_further() -> None:
    x = standard(4)
    x[:, 0] = x[:, 0] > 0.5
    met = (np.random.default_rng(1).random(DRAWS) < 0.3 + 0.2 * x[:, 0]).astype(float)
    found = curves(x, met[:, np.newaxis])
    ends = at_scores(found, -1.645, 1.645)
    assert ends.first[0, 0] == pytest.approx(0.3, abs=0.03)
    assert ends.last[0, 0] == pytest.approx(0.5, abs=0.05)
    assert told_from_zero(found)[0, 0] < 1e-6


def test_an_outcome_that_never_changes_is_told_from_no_input() -> None:
    assert (told_from_zero(curves(standard(3), np.ones((DRAWS, 1)))) == 1.0).all()


def test_a_curve_runs_from_one_end_to_the_other() -> None:
    x = standard(3)
    found = curves(x, np.stack([normal_scores(x)[:, 0] ** 3, x[:, 1]], axis=1))
    ends = at_scores(found, -1.0, 1.5)
    line = along(found, np.array([-1.0, 0.0, 1.5]), 0, 0)
    np.testing.assert_allclose(line[[0, 2]], [ends.first[0, 0], ends.last[0, 0]])
    np.testing.assert_allclose(line, [-1.0, 0.0, 1.5**3], atol=1e-5)


def test_inputs_that_do_nothing_are_taken_for_more_as_often_as_the_level_says() -> None:
    p = np.concatenate(
        [told_from_zero(curves(standard(20, 1500, seed), standard(1, 1500, 500 + seed)))[:, 0] for seed in range(40)]
    )
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.025)


def test_a_hump_is_told_though_it_has_no_slope() -> None:
    x = standard(5)
    p = told_from_zero(curves(x, x[:, :1] ** 2))
    assert p[0, 0] < 1e-6


def test_scores_know_ranks_alone() -> None:
    x = standard(3)
    np.testing.assert_array_equal(normal_scores(x), normal_scores(np.exp(x) + 5.0))


def test_too_few_draws_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(JudgementError, match="too few") as refused:
        curves(standard(10, draws=50), np.zeros((50, 1)))
    assert refused.value.hint == f"At least {needed(10):,} draws are needed."
