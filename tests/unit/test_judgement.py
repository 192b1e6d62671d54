"""The headlines count what they say they count, and undetermined means what the rule says."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from counterflow.ensemble import contrast
from counterflow.judgement import headlines, undetermined

OVER = contrast.window(156)


def weeks(level: float, draws: int = 4) -> np.ndarray:
    return np.full((draws, 209), level)


def test_the_window_is_weeks_53_to_156_after_the_first_lever() -> None:
    assert (OVER.first, OVER.last) == (53, 156)
    outcome = weeks(1.0)
    outcome[:, OVER.weeks] = 0.5
    assert contrast.relative_change(outcome, weeks(1.0), OVER) == pytest.approx(-0.5)
    assert contrast.relative_change(outcome, np.full(4, 2.0), OVER) == pytest.approx(-0.75)


def test_a_fall_counts_only_if_it_lasts_26_weeks_in_a_row() -> None:
    short, long = weeks(1.0), weeks(1.0)
    short[:, 60:85] = 0.5  # 25 weeks
    long[:, 60:86] = 0.5  # 26 weeks
    assert contrast.deepest_sustained_fall(short, weeks(1.0), OVER) == pytest.approx(0.0)
    assert contrast.deepest_sustained_fall(long, weeks(1.0), OVER) == pytest.approx(0.5)


def test_a_fall_outside_the_window_does_not_count() -> None:
    early = weeks(1.0)
    early[:, 10:52] = 0.2
    assert contrast.deepest_sustained_fall(early, weeks(1.0), OVER) == pytest.approx(0.0)


def test_sustained_looks_at_the_last_weeks_a_year_after_withdrawal() -> None:
    back = weeks(0.5)
    back[:, -4:] = 1.0
    assert contrast.after_withdrawal(back, weeks(1.0)) == pytest.approx(0.0)


def test_the_four_headlines_have_the_thresholds_of_the_design() -> None:
    limits = {rule.id: (rule.outcome, rule.direction, rule.threshold) for rule in headlines.rules()}
    assert limits == {
        "trafficking": ("fentanyl_delivered", "down", 0.20),
        "crossings": ("attempts", "down", 0.30),
        "friction": ("cooperation", "sustained fall", 0.34),
        "violence": ("homicides", "up", 0.03),
    }
    assert all(rule.threshold in rule.surface for rule in headlines.rules())


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.95, "very likely"),
        (0.7, "likely"),
        (0.5, "about as likely as not"),
        (0.2, "unlikely"),
        (0.05, "very unlikely"),
    ],
)
def test_probabilities_are_put_into_words(probability: float, word: str) -> None:
    assert headlines.word(probability) == word


@pytest.mark.parametrize(
    ("ends", "crossing"), [([0.2, 0.5], True), ([0.4, 0.6], False), ([0.1, 0.3], False), ([0.6, 0.9], True)]
)
def test_a_crossing_is_of_one_third_or_two_thirds(ends: list[float], crossing: bool) -> None:
    assert undetermined.crosses(ends) is crossing


def test_the_value_where_the_answer_flips_lies_where_the_probability_crosses() -> None:
    assert undetermined.flip(0.0, 1.0, 0.0, 1.0, logarithmic=False) == pytest.approx(1 / 3)
    assert undetermined.flip(1.0, 100.0, 0.0, 2 / 3 + 1e-9, logarithmic=True) == pytest.approx(10.0, rel=1e-6)
    assert undetermined.flip(0.0, 1.0, 0.9, 0.5, logarithmic=False) == pytest.approx((0.9 - 2 / 3) / 0.4)


def test_screening_keeps_what_matters_and_drops_what_is_flat() -> None:
    random = np.random.default_rng(0)
    value = random.standard_normal(2000)
    order = np.argsort(value)
    assert undetermined.could_cross(order, value > 0.5)
    assert not undetermined.could_cross(order, random.random(2000) < 0.02)
    shares = np.mean([value + random.standard_normal(2000) > 0.5 for _ in range(3)], axis=0)
    assert undetermined.could_cross(order, shares)


def test_a_headline_is_met_where_its_outcome_moves_far_enough_its_way() -> None:
    rules = {rule.id: rule for rule in headlines.rules()}
    assert rules["trafficking"].contrast == "change_fentanyl_delivered"
    assert rules["friction"].contrast == "fall_cooperation"
    assert rules["violence"].contrast == "change_homicides"
    moved = np.array([-0.4, 0.4], np.float32)
    met = {name: list(rule.size(moved) >= rule.threshold) for name, rule in rules.items()}
    assert met == {
        "trafficking": [True, False],
        "crossings": [True, False],
        "friction": [False, True],
        "violence": [False, True],
    }


def test_the_standard_error_of_one_replicate_is_that_of_jeffreys_prior() -> None:
    """A share from a beta distribution with half a hit and half a miss beforehand."""
    met = np.arange(100)[None] < 30
    assert headlines.standard_error(met) == pytest.approx(float(scipy.stats.beta(30.5, 70.5).std()), rel=1e-9)
    assert headlines.standard_error(np.zeros((1, 100), bool)) > 0


def test_replicates_of_a_draw_that_agree_tell_nothing_new() -> None:
    once = np.arange(1000)[None] % 10 < 3
    agreeing = headlines.standard_error(np.repeat(once, 20, axis=0))
    assert agreeing == pytest.approx(headlines.standard_error(once), rel=0.01)
    independent = np.random.default_rng(1).random((20, 1000)) < 0.3
    assert headlines.standard_error(independent) == pytest.approx(agreeing / np.sqrt(20), rel=0.1)
    assert headlines.standard_error(np.zeros((20, 1000), bool)) > 0, "not even where all replicates agree on 0"


def test_the_standard_error_is_the_spread_of_the_probability_over_sets_of_draws() -> None:
    random = np.random.default_rng(2)
    chances = random.beta(0.6, 1.4, (400, 60))
    sets = random.random((4, 400, 60)) < chances  # replicate, set of draws, draw
    told = np.mean([headlines.standard_error(sets[:, one]) for one in range(400)])
    assert told == pytest.approx(sets.mean(axis=(0, 2)).std(), rel=0.1)
