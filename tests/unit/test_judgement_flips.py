"""The rule for undetermined, read from many draws: a toy of two levers whose flip value is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from counterflow.judgement import flips
from counterflow.judgement.headlines import Rule
from counterflow.judgement.uncertain import Input, Uncertain
from counterflow.judgement.undetermined import Cell
from counterflow.model.priors import Prior, Table

DRAWS, OTHERS = 4096, 20
CELL: Cell = ("trafficking", "both levers", "none")
RULE = Rule("trafficking", "", "", "fentanyl_delivered", "down", 0.2, (0.2,))


def prior(grade: str) -> Prior:
    return Prior.model_validate(
        {
            "meaning": "made up", "unit": "weeks", "family": "normal", "low": -1.645, "central": 0.0, "high": 1.645,
            "grade": grade, "source": "made for tests", "known_from": 2000,
        }
    )  # fmt: skip


def toy(
    grade: str, first: float, second: float = 0.15, seed: int = 0
) -> tuple[Table, Uncertain, dict[Cell, np.ndarray]]:
    """Two levers lower an outcome by x0 * first and by u * second: met where the sum is at least 0.2.

    u is uniform on (0, 1) and no parameter, so that P(met | x0) = 1 - (0.2 - first * x0) / second within (0, 1).
    """
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((DRAWS, 1 + OTHERS))
    size = (first * values[:, 0] + 0.2 - second / 2 + second * rng.random(DRAWS))[np.newaxis]
    table: Table = {"supply": {f"x{number}": prior(grade) for number in range(1 + OTHERS)}}
    inputs = tuple(Input(f"supply.x{number}", "supply", grade, "made up", "weeks") for number in range(1 + OTHERS))  # type: ignore[arg-type]
    return table, Uncertain(inputs, values), {CELL: size}


def test_the_flip_values_are_those_that_the_formula_gives() -> None:
    """P(met) = 1/2 + x0 * first / second: at 1/3 where x0 = -second / (6 first), at 2/3 where it is the opposite."""
    flipped = []
    for seed in range(6):
        table, of, sizes = toy("D", first=0.03, second=0.15, seed=seed)
        (found,) = flips.decide(table, of, [RULE], sizes).deciders[CELL]
        assert found.symbol == "x0"
        assert found.probability_at_low == pytest.approx(0.5 - 0.2 * 1.645, abs=0.05)
        assert found.probability_at_high == pytest.approx(0.5 + 0.2 * 1.645, abs=0.05)
        flipped.append(found.flips_at)
    assert np.mean(flipped, axis=0) == pytest.approx((-0.15 / (6 * 0.03), 0.15 / (6 * 0.03)), abs=0.08)


def test_a_share_flips_where_its_own_distribution_says() -> None:
    """A share drawn from a wide logit-normal: a line from end to end would put the flips at 0.23 and 0.55."""
    flipped = []
    for seed in range(6):
        table, of, sizes = toy("D", first=0.03, second=0.15, seed=seed)
        values = of.values.copy()
        values[:, 0] = expit(-1.0 + 2.0 * values[:, 0])
        (found,) = flips.decide(table, of._replace(values=values), [RULE], sizes).deciders[CELL]
        flipped.append(found.flips_at)
    at = 0.15 / (6 * 0.03)
    assert np.mean(flipped, axis=0) == pytest.approx(expit(-1.0 + 2.0 * np.array([-at, at])), abs=0.04)


def test_a_step_flips_about_the_step() -> None:
    """P(met) is 0.15 below x0 = 0.8 and 0.85 above: both limits are crossed there, as near as a cubic can tell."""
    table, of, sizes = toy("D", first=0.0)
    chance = np.where(of.values[:, 0] > 0.8, 0.85, 0.15)
    sizes = {CELL: (0.2 + chance - np.random.default_rng(5).random(DRAWS))[np.newaxis]}
    (found,) = flips.decide(table, of, [RULE], sizes).deciders[CELL]
    assert len(found.flips_at) == 2
    assert found.flips_at == pytest.approx((0.8, 0.8), abs=0.7)
    assert np.mean(found.flips_at) == pytest.approx(0.8, abs=0.25)


def test_what_rises_above_a_limit_and_falls_below_it_again_flips_twice() -> None:
    """Past both limits on its way up and past one on its way back: three values."""
    table, of, sizes = toy("D", first=0.0)
    chance = np.clip(0.66 - 0.18 * (of.values[:, 0] - 1.0) ** 2 + 0.12, 0.0, 1.0)
    sizes = {CELL: (0.2 + chance - np.random.default_rng(6).random(DRAWS))[np.newaxis]}
    (found,) = flips.decide(table, of, [RULE], sizes).deciders[CELL]
    truth = [1.0 - np.sqrt((0.78 - 1 / 3) / 0.18), 1.0 - np.sqrt((0.78 - 2 / 3) / 0.18)]
    assert found.flips_at[:2] == pytest.approx(truth, abs=0.4)
    assert list(found.flips_at) == sorted(found.flips_at)


def test_a_parameter_of_a_better_grade_leaves_nothing_undetermined() -> None:
    table, of, sizes = toy("C", first=0.03)
    decided = flips.decide(table, of, [RULE], sizes)
    assert decided.deciders[CELL] == ()
    assert ("supply", "x0") in decided.used
    assert decided.used_by == {CELL: {("supply", "x0")}}


def test_chance_seldom_leaves_a_headline_undetermined() -> None:
    """With a probability of 1/2 every small swing is far from 1/3, and near 1/3 most small swings cross it."""
    found = 0
    for seed in range(20):
        table, of, sizes = toy("D", first=0.0, seed=seed)
        sizes = {CELL: sizes[CELL] - 0.15 / 6}  # P(met) = 1/3
        found += bool(flips.decide(table, of, [RULE], sizes).deciders[CELL])
    assert found <= 2


def test_a_crossing_by_less_than_its_own_error_does_not_count() -> None:
    """The low end is at 1/3, on either side by chance alone: one seed in two would count it, one in six does."""
    found = 0
    for seed in range(20):
        table, of, sizes = toy("D", first=0.0, seed=seed)
        chance = 1 / 3 + 0.06 * (of.values[:, 0] + 1.645)
        sizes = {CELL: (0.2 + chance - np.random.default_rng(seed + 50).random(DRAWS))[np.newaxis]}
        found += bool(flips.decide(table, of, [RULE], sizes).deciders[CELL])
    assert found <= 7


def test_a_swing_counts_though_the_line_leaves_the_unit_interval() -> None:
    """P(met) falls from beyond 1 to beyond 0: what is told stays within."""
    table, of, sizes = toy("D", first=0.2, second=0.05)
    (found,) = flips.decide(table, of, [RULE], sizes).deciders[CELL]
    assert (found.probability_at_low, found.probability_at_high) == (0.0, 1.0)


def test_only_what_moves_the_outcome_is_used() -> None:
    table, of, sizes = toy("D", first=0.03)
    other: Cell = ("trafficking", "both levers", "before")
    moved = of.values[:, 1] + np.random.default_rng(7).standard_normal(DRAWS)
    decided = flips.decide(table, of, [RULE], {**sizes, other: moved[np.newaxis]})
    assert decided.used_by == {CELL: {("supply", "x0")}, other: {("supply", "x1")}}
    assert decided.used == {("supply", "x0")}


def test_an_outcome_that_hardly_moves_rests_on_nothing() -> None:
    """Its ranks are moved as before, by less than anybody would call a change."""
    table, of, sizes = toy("D", first=0.03)
    assert not flips.decide(table, of, [RULE], {CELL: sizes[CELL] / 200}).used


def test_draws_are_enough_from_some_thousands_on() -> None:
    _, of, _ = toy("D", first=0.03)
    assert flips.enough(of)
    assert not flips.enough(of._replace(values=of.values[: flips.ENOUGH - 1]))
