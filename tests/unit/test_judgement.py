"""The headlines count what they say they count, and undetermined means what the rule says."""

from __future__ import annotations

import numpy as np
import pytest

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
    assert undetermined.could_cross(value, value > 0.5)
    assert not undetermined.could_cross(value, random.random(2000) < 0.02)
