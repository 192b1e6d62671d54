"""Regret, ratios, fronts and leads on arrays whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.judgement.comparison import assumptions, scores

DRAWS = 900
RANDOM = np.random.default_rng(7)
INDEX = scores.resamples(DRAWS, 0, 200)


def noise(scale: float = 1.0) -> np.ndarray:
    return RANDOM.normal(0.0, scale, DRAWS)


def test_what_is_best_in_every_draw_has_no_regret_and_the_others_have_their_distance_from_it() -> None:
    base = noise()
    found = scores.regretted(np.stack([base, base + 2.0, base + 5.0]), INDEX)
    assert found.mean == pytest.approx([0.0, 2.0, 5.0])
    assert found.high == pytest.approx([0.0, 2.0, 5.0])
    assert found.mean_error == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_regret_is_counted_draw_by_draw_not_between_means() -> None:
    swapping = np.stack([np.tile([0.0, 4.0], DRAWS // 2), np.tile([4.0, 0.0], DRAWS // 2)])
    assert scores.regretted(swapping, INDEX).mean == pytest.approx([2.0, 2.0])


def test_the_cost_of_a_unit_is_the_ratio_of_the_means() -> None:
    effect = np.exp(noise(0.3)) + 1.0
    cost = 5.0 * effect + noise(0.5)
    found = scores.ratio(cost, effect, INDEX)
    assert found is not None
    assert found.value == pytest.approx(5.0, abs=0.05)
    assert found.error_low < 5.0 < found.error_high
    assert found.low < found.error_low
    assert found.error_high < found.high


def test_a_ratio_of_means_is_no_mean_of_ratios() -> None:
    effect = np.tile([1.0, 9.0], DRAWS // 2)
    found = scores.ratio(np.full(DRAWS, 10.0), effect, INDEX)
    assert found is not None
    assert found.value == pytest.approx(2.0)  # the mean of ratios would be 5.6


@pytest.mark.parametrize("centre", [0.0, 0.5, -1.0])
def test_no_ratio_is_told_where_the_effect_is_not_clearly_above_zero(centre: float) -> None:
    assert scores.ratio(np.ones(DRAWS), centre + noise(), INDEX) is None


def test_a_dominated_strategy_is_never_on_the_front() -> None:
    cheap, good = noise(0.1), noise(0.1)
    harm = np.stack([[cheap, cheap + 1.0, cheap + 2.0], [good + 2.0, good + 1.0, good + 1.5]])
    found = scores.front(harm, INDEX, np.array([0.01, 0.01]))
    assert found.member.tolist() == [True, True, False]
    assert found.chance.tolist() == [1.0, 1.0, 0.0]


def test_what_differs_by_less_than_a_unit_is_alike() -> None:
    harm = np.stack([[np.zeros(DRAWS), np.full(DRAWS, 0.001)], [np.ones(DRAWS), np.ones(DRAWS)]])
    assert scores.front(harm, INDEX, np.array([0.1, 0.1])).member.tolist() == [True, True]
    assert scores.front(harm, INDEX, np.array([0.0001, 0.1])).member.tolist() == [True, False]


def test_near_the_edge_the_chance_of_being_on_the_front_is_between_none_and_all() -> None:
    base = noise()
    harm = np.stack([[base, base + noise(3.0)]])
    chance = scores.front(harm, INDEX, np.array([1e-6])).chance
    assert 0.0 < chance.min() < chance.max() < 1.0
    assert chance.sum() == pytest.approx(1.0)


def test_beaten_by_cost_and_effect_names_who_beats_and_needs_to_be_sure() -> None:
    spread = noise(0.1)
    harm = np.stack([[spread, spread + 1.0, spread - 1.0], [spread, spread + 1.0, spread + 1.0]])
    assert scores.beaten_in_both(harm, INDEX, np.array([0.01, 0.01])) == [[], [0, 2], []]
    unsure = np.stack([[noise(), noise()], [noise(), noise()]])
    assert scores.beaten_in_both(unsure, INDEX, np.array([1e-6, 1e-6])) == [[], []]


def test_a_lead_is_paired() -> None:
    shared = noise(100.0)
    found = scores.lead(np.stack([shared + 3.0, shared, shared + 1.0]))
    assert (found.best, found.second) == (1, 2)
    assert found.lead == pytest.approx(1.0)
    assert found.error < 1e-6


def planted(effect: float) -> tuple[np.ndarray, np.ndarray]:
    """Harm of three strategies of which the first two change places with input 1, and three inputs."""
    inputs = RANDOM.random((DRAWS, 3))
    tilt = effect * (inputs[:, 1] - 0.5)
    shared = noise()
    harm = np.stack([shared + tilt + noise(0.2), shared - tilt + noise(0.2), shared + 5.0])
    return harm, inputs


def test_a_planted_switch_of_the_best_is_found_with_its_input_and_sides() -> None:
    harm, inputs = planted(2.0)
    (found,) = assumptions.switches(harm, inputs, INDEX)
    assert (found.input, found.low_best, found.high_best) == (1, 0, 1)
    # Means of the outer thirds of a uniform number are 1/6 and 5/6: the leads are 2 x 2 x 1/3.
    assert found.low_lead == pytest.approx(4.0 / 3.0, abs=0.1)
    assert found.high_lead == pytest.approx(4.0 / 3.0, abs=0.1)
    assert found.sure == 1.0
    assert found.low_edge == pytest.approx(1.0 / 3.0, abs=0.05)


def test_a_switch_smaller_than_what_is_told_apart_does_not_count() -> None:
    harm, inputs = planted(2.0)
    assert assumptions.switches(harm, inputs, INDEX, unit=2.0) == []


def test_chance_alone_seldom_makes_a_switch() -> None:
    random = np.random.default_rng(1)
    told = 0
    for _ in range(40):
        harm = random.normal(size=(4, 300))
        told += bool(assumptions.switches(harm, random.random((300, 30)), scores.resamples(300, 0, 2)))
    assert told <= 4  # 5% of 40 are 2


def test_a_lead_has_to_be_larger_the_more_is_asked_and_the_fewer_draws_there_are() -> None:
    """Student's t, one-sided: 1.699 at 5% with 29 degrees of freedom, 2.756 at 0.5% (a printed table)."""
    assert assumptions.errors_needed(1, 30) == pytest.approx(1.699, abs=1e-3)
    assert assumptions.errors_needed(10, 30) == pytest.approx(2.756, abs=1e-3)
    assert assumptions.errors_needed(10, 10_000) < assumptions.errors_needed(10, 30)
    harm, inputs = planted(0.5)
    (found,) = assumptions.switches(harm, inputs, INDEX)
    weaker = min(found.low_lead / found.low_error, found.high_lead / found.high_error)
    questions = next(10**power for power in range(60) if assumptions.errors_needed(10**power, DRAWS // 3) > weaker)
    assert questions > 1
    assert assumptions.switches(harm, inputs, INDEX, questions=questions) == []
    shared = noise()
    usual = np.stack([shared, shared + 1.0])
    assert assumptions.best_changes(usual, usual[::-1] + noise(0.1), 10)[4] is True
    slight = np.stack([shared + 0.03 + noise(0.2), shared])
    assert assumptions.best_changes(usual, slight, 1)[4] is True
    assert assumptions.best_changes(usual, slight, 1, questions=10**12)[4] is False


def test_a_number_that_is_zero_or_one_is_split_by_its_value() -> None:
    values = (np.arange(DRAWS) % 5 == 0).astype(float)
    thirds = assumptions.outer_thirds(values)
    assert thirds is not None
    assert [side.sum() for side in thirds] == [DRAWS * 4 // 5, DRAWS // 5]
    assert assumptions.outer_thirds(1.0 - values) is not None
    assert assumptions.outer_thirds(np.ones(DRAWS)) is None


def test_another_structure_changes_the_best_only_where_the_lead_is_clear() -> None:
    shared = noise()
    usual = np.stack([shared, shared + 1.0])
    assert assumptions.best_changes(usual, usual[::-1], 10)[:2] == (0, 1)
    assert assumptions.best_changes(usual, usual[::-1], 10)[4] is True
    assert assumptions.best_changes(usual, usual + 3.0, 10)[4] is False
    unclear = np.stack([noise() + 0.01, noise()])
    assert assumptions.best_changes(usual, unclear, 10)[4] is False
