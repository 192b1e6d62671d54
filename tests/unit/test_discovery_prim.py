"""Peeling on boxes that are known."""

from __future__ import annotations

from itertools import pairwise
from math import inf, log

import numpy as np
import pytest

from counterflow.judgement.discovery.boxes import Limits, inside
from counterflow.judgement.discovery.prim import find, paste, peel, screen, worth


def drawn(seed: int, draws: int, inputs: int) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.random((draws, inputs)), rng


def planted(seed: int, draws: int = 1500, inputs: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Met in 90% where input 2 > 0.6 and input 7 <= 0.5, elsewhere in 8%."""
    values, rng = drawn(seed, draws, inputs)
    rate = np.where((values[:, 2] > 0.6) & (values[:, 7] <= 0.5), 0.9, 0.08)
    return values, (rng.random(draws) < rate).astype(float)


@pytest.mark.parametrize("objective", ["lenient", "standard"])
@pytest.mark.parametrize("seed", range(4))
def test_a_planted_box_is_found_with_its_inputs_and_edges(seed: int, objective: str) -> None:
    values, met = planted(seed)
    box = find(values, met, objective=objective).box  # type: ignore[arg-type]
    assert [one.column for one in box] == [2, 7]
    assert box[0].low == pytest.approx(0.6, abs=0.06)
    assert box[1].high == pytest.approx(0.5, abs=0.06)
    assert (box[0].high, box[1].low) == (inf, -inf)


def test_the_trajectory_tells_coverage_and_density_of_its_boxes() -> None:
    values, met = planted(1)
    steps = find(values, met).trajectory
    assert steps[0].box == ()
    assert (steps[0].coverage, steps[0].density) == (1.0, pytest.approx(met.mean()))
    for before, after in pairwise(steps):
        held = inside(after.box, values)
        assert after.draws == held.sum() < before.draws
        assert after.density == pytest.approx(met[held].mean())
        assert after.coverage == pytest.approx(met[held].sum() / met.sum())
        assert after.restricted == len({one.column for one in after.box}) <= 4
    assert steps[-1].draws >= 20


def test_one_peel_takes_off_the_share_asked_for() -> None:
    values, met = planted(3, draws=1000)
    steps = peel(values, met, range(12), patience=0.1)
    assert steps[1].draws == 900
    assert steps[2].draws == 810


def test_the_standard_objective_takes_the_densest_and_the_lenient_the_best_for_each_draw() -> None:
    # An indicator can only be cut in half: met in 65% against 35%. Of the other, the lowest tenth is never met.
    indicator = np.repeat([0.0, 1.0], 500)
    other = np.tile(np.arange(500.0), 2)
    met = np.where(indicator == 1.0, 0.65, 0.35)
    met[other < 50] = 0.0
    values = np.stack([indicator, other], axis=1)
    assert peel(values, met, [0, 1], objective="standard", patience=0.1)[1].box == (Limits(0, 0.0, inf),)
    assert peel(values, met, [0, 1], objective="lenient", patience=0.1)[1].box == (Limits(1, 49.0, inf),)


def test_equal_values_are_peeled_together_and_a_constant_input_never() -> None:
    values = np.stack([np.repeat([0.0, 1.0, 2.0], [10, 80, 10]), np.ones(100)], axis=1)
    met = (values[:, 0] == 1.0).astype(float)
    steps = peel(values, met, [0, 1], patience=0.05, least=5)
    assert steps[-1].box == (Limits(0, 0.0, 1.0),)
    assert [one.draws for one in steps] == [100, 90, 80]


def test_two_boxes_are_one_after_the_other() -> None:
    values, rng = drawn(5, 3000, 10)
    one = (values[:, 0] > 0.6) & (values[:, 1] < 0.4)
    two = (values[:, 4] < 0.3) & (values[:, 8] > 0.5)
    met = (rng.random(3000) < np.where(one | two, 0.85, 0.05)).astype(float)
    first = find(values, met).box
    left = ~inside(first, values)
    second = find(values[left], met[left]).box
    assert {tuple(limit.column for limit in box) for box in (first, second)} == {(0, 1), (4, 8)}


def test_of_inputs_that_move_together_the_one_that_decides_is_named() -> None:
    values, rng = drawn(6, 2000, 10)
    values[:, 3] = 0.8 * values[:, 7] + 0.2 * values[:, 3]
    met = (rng.random(2000) < np.where(values[:, 7] > 0.7, 0.85, 0.1)).astype(float)
    box = find(values, met).box
    assert [one.column for one in box] == [7]
    assert box[0].low == pytest.approx(0.7, abs=0.05)


def test_shares_of_replicates_count_in_parts() -> None:
    values, rng = drawn(7, 1500, 12)
    rate = np.where((values[:, 2] > 0.6) & (values[:, 7] <= 0.5), 0.9, 0.08)
    box = find(values, rng.binomial(4, rate) / 4).box
    assert [one.column for one in box] == [2, 7]


def test_noise_gives_no_box_that_is_worth_telling() -> None:
    found = 0
    for seed in range(20):
        values, rng = drawn(100 + seed, 400, 15)
        found += bool(find(values, (rng.random(400) < 0.3).astype(float)).box)
    assert found <= 4  # before any test in other draws


def test_worth_is_information_less_the_length_of_the_telling() -> None:
    met = np.repeat([0.0, 1.0], [60, 40])
    box = (Limits(0, 0.5, inf),)
    whole = -100 * (0.4 * log(0.4) + 0.6 * log(0.6))
    assert worth(box, 40, 40.0, met, 10) == pytest.approx(whole - log(10) - log(20))  # it tells all there is to tell
    assert worth(box, 40, 16.0, met, 10) == -inf  # as dense as all draws


def test_pasting_moves_a_limit_outward_and_lifts_what_is_not_worth_it() -> None:
    values, met = planted(8)
    narrow = (Limits(0, -inf, 0.9), Limits(2, 0.75, inf), Limits(7, -inf, 0.5))
    box = paste(narrow, values, met, 12)
    assert [one.column for one in box] == [2, 7]
    assert box[0].low == pytest.approx(0.6, abs=0.06)


def test_screening_keeps_what_differs_most_in_the_order_of_the_columns() -> None:
    values, met = planted(9, inputs=40)
    assert {2, 7} <= set(screen(values, met, 5))
    assert screen(values, met, 5) == sorted(screen(values, met, 5))
    assert screen(values, met, 40) == list(range(40))
    values[:, 7] = 1.0  # what does not differ cannot tell
    assert 7 not in screen(values, met, 5)


def test_a_weak_box_is_found_among_many_inputs_that_do_not_count() -> None:
    found = 0
    for seed in range(6):
        values, rng = drawn(seed, 600, 60)
        rate = np.where((values[:, 5] > 0.5) & (values[:, 9] < 0.5), 0.65, 0.15)
        found += [one.column for one in find(values, (rng.random(600) < rate).astype(float)).box] == [5, 9]
    assert found >= 5


def test_peeling_goes_on_past_a_peel_that_makes_the_box_less_dense() -> None:
    # The lowest twentieth is met more often than what comes after it, as luck has it; the box lies above 0.5.
    values = np.linspace(0.0, 1.0, 400)[:, None]
    met = (values[:, 0] > 0.5).astype(float)
    met[:20], met[-20:] = 1.0, 1.0
    steps = peel(values, met, [0])
    assert any(after.density < before.density for before, after in pairwise(steps))
    assert steps[-1].density == 1.0
