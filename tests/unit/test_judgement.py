"""The headlines count what they say they count, and undetermined means what the rule says."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
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


NORMAL = scipy.stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)


@pytest.mark.parametrize("drawn", [NORMAL, np.exp(0.5 * NORMAL), scipy.special.expit(1.0 + 2.0 * NORMAL)])
def test_the_values_where_the_answer_flips_follow_the_distribution_drawn_from(drawn: np.ndarray) -> None:
    """From 0.1 to 0.9 in a straight line on the normal score: at 1/3 and 2/3 by (limit - 0.5) / 0.8 of the way."""
    found = undetermined.flip_values(drawn, undetermined.SCORES, np.array([0.1, 0.9]))
    scores = [(limit - 0.5) / 0.8 * 2 * undetermined.Z95 for limit in (1 / 3, 2 / 3)]
    assert found == pytest.approx(np.interp(scores, NORMAL, drawn), rel=1e-3)
    assert undetermined.flip_values(drawn, undetermined.SCORES, np.array([0.9, 0.1])) == pytest.approx(found)
    assert undetermined.flip_values(drawn, undetermined.SCORES, np.array([0.4, 0.6])) == ()


def test_both_ends_lie_beyond_the_limit_by_their_own_error() -> None:
    assert undetermined.clearly_crosses([0.28, 0.50], [0.05, 0.05])
    assert undetermined.clearly_crosses([0.50, 0.28], [0.10, 0.05])
    assert not undetermined.clearly_crosses([0.30, 0.50], [0.05, 0.05])
    assert not undetermined.clearly_crosses([0.28, 0.36], [0.05, 0.05])
    assert undetermined.clearly_crosses([0.30, 0.75], [0.05, 0.05]), "2/3 is crossed clearly"


def test_a_probability_at_an_end_is_that_of_all_runs_and_the_paired_change() -> None:
    rng = np.random.default_rng(0)
    met = rng.random((2, 400)) < 0.4
    probes = met[0, :62]
    moved = undetermined.moved_to(met, np.stack([probes & False, probes]))
    assert moved.probabilities == pytest.approx([met.mean() - probes.mean(), met.mean()])
    assert moved.errors[1] == pytest.approx(headlines.standard_error(met))
    assert moved.error == pytest.approx(np.sqrt(probes.sum()) / 62)


def test_errors_of_the_ends_are_the_spread_between_sets_of_draws() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(600):
        place = rng.random((1, 200))
        met = place < 0.5
        found.append(undetermined.moved_to(met, (place[:, :62] + 0.4 * rng.random((2, 62)) < [[0.45], [0.9]])))
    ends = np.array([one.probabilities for one in found])
    assert np.mean([one.errors for one in found], axis=0) == pytest.approx(ends.std(axis=0), rel=0.1)


def test_a_change_among_the_probes_counts_where_chance_would_not_make_it_of_any_parameter() -> None:
    """Nothing but noise, and a probability of 1/3: with 40 parameters one set in 20 may be taken for more."""
    rng = np.random.default_rng(4)
    limit = undetermined.limit_of(40)
    sets, taken, by_swing = 200, 0, 0
    for _ in range(sets):
        met = rng.random((1, 62)) < 1 / 3
        moved = [undetermined.moved_to(met, rng.random((2, 62)) < 1 / 3) for _ in range(40)]
        taken += any(one.decides(limit) for one in moved)
        by_swing += any(one.decides(0.0) for one in moved)
    assert taken <= 0.09 * sets
    assert by_swing > 0.8 * sets
    clear = undetermined.moved_to(np.arange(62)[None] < 31, np.stack([np.arange(62) < 10, np.arange(62) < 50]))
    assert clear.decides(limit)


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
