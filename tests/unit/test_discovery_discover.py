"""What is told of each headline: found in one half of the draws, counted in the other."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from counterflow.errors import JudgementError
from counterflow.judgement.discovery.boxes import Limits, inside
from counterflow.judgement.discovery.discover import Discovery, discover
from counterflow.judgement.uncertain import Input, Uncertain


def inputs_of(values: np.ndarray) -> Uncertain:
    names = (f"m.x{number:02}" for number in range(values.shape[1]))
    return Uncertain(tuple(Input(name, "m", "D", f"meaning of {name}", "weeks") for name in names), values)


def planted(seed: int, draws: int = 2000, inputs: int = 12) -> tuple[Uncertain, np.ndarray]:
    """Met in 90% where x02 > 0.6 and x07 <= 0.5 (a fifth of the draws), elsewhere in 8%."""
    rng = np.random.default_rng(seed)
    values = rng.random((draws, inputs))
    rate = np.where((values[:, 2] > 0.6) & (values[:, 7] <= 0.5), 0.9, 0.08)
    return inputs_of(values), (rng.random(draws) < rate).astype(float)


def only(found: tuple[Discovery, ...]) -> Discovery:
    assert len(found) == 1
    return found[0]


def names(found: Discovery) -> list[list[str]]:
    return [sorted(one.input.name for one in scenario.restrictions) for scenario in found.scenarios]


def test_a_planted_box_is_told_with_density_and_coverage_near_the_truth() -> None:
    of, met = planted(1)
    found = only(discover(of, {"a": met}, with_tree=False))
    assert (found.side, found.draws, found.tested, found.untold) == ("met", 2000, 1000, None)
    assert names(found) == [["m.x02", "m.x07"]]
    scenario = found.scenarios[0]
    truth = 0.2 * 0.9 / (0.2 * 0.9 + 0.8 * 0.08)
    assert scenario.density.low <= 0.9 <= scenario.density.high
    assert scenario.coverage.low <= truth <= scenario.coverage.high
    assert scenario.elsewhere.low <= 0.08 <= scenario.elsewhere.high
    assert scenario.p_value < 1e-20
    assert all(one.p_value is not None and one.p_value < 0.05 for one in scenario.restrictions)


def test_shares_are_counted_by_hand_in_the_half_that_had_no_part_in_the_finding() -> None:
    of, met = planted(2)
    seed = 5
    scenario = only(discover(of, {"a": met}, seed=seed, with_tree=False)).scenarios[0]
    test = np.random.default_rng(seed).permutation(2000) >= 1000
    number = {one.name: column for column, one in enumerate(of.inputs)}
    box = tuple(
        Limits(number[one.input.name], -inf if one.low is None else one.low, inf if one.high is None else one.high)
        for one in scenario.restrictions
    )
    held = inside(box, of.values)
    assert scenario.draws == (held & test).sum()
    assert scenario.density.value == pytest.approx(met[held & test].mean())
    assert scenario.coverage.value == pytest.approx(met[held & test].sum() / met[test].sum())
    assert scenario.elsewhere.value == pytest.approx(met[~held & test].mean())


def test_the_half_that_finds_does_not_see_the_half_that_tests() -> None:
    of, met = planted(3)
    test = np.random.default_rng(0).permutation(2000) >= 1000
    other = np.where(test, 1.0 - met, met)  # turned round where it is tested: nothing of it can hold
    found = only(discover(of, {"a": other}, with_tree=False))
    kept = only(discover(of, {"a": met}, with_tree=False))
    assert kept.scenarios
    assert not found.scenarios
    assert found.untold is not None
    assert found.untold.why == "nothing"


def test_two_planted_boxes_are_both_told() -> None:
    rng = np.random.default_rng(4)
    values = rng.random((4000, 10))
    one = (values[:, 0] > 0.6) & (values[:, 1] < 0.4)
    two = (values[:, 4] < 0.3) & (values[:, 8] > 0.5)
    met = (rng.random(4000) < np.where(one | two, 0.85, 0.05)).astype(float)
    found = only(discover(inputs_of(values), {"a": met}, with_tree=False))
    assert sorted(names(found)) == [["m.x00", "m.x01"], ["m.x04", "m.x08"]]
    assert sum(scenario.coverage.value for scenario in found.scenarios) > 0.75


def test_the_rarer_side_is_asked_for() -> None:
    of, met = planted(5)
    often = only(discover(of, {"a": 1.0 - met}, with_tree=False))
    rare = only(discover(of, {"a": met}, with_tree=False))
    assert (often.side, rare.side) == ("not met", "met")
    assert often.scenarios == rare.scenarios


def test_noise_yields_nothing_in_nearly_every_seed() -> None:
    told = 0
    for seed in range(40):
        rng = np.random.default_rng(1000 + seed)
        values = rng.random((400, 20))
        found = only(discover(inputs_of(values), {"a": (rng.random(400) < 0.3).astype(float)}, with_tree=False))
        told += bool(found.scenarios)
        assert bool(found.scenarios) != (found.untold is not None)
    assert told <= 2


def test_a_tree_is_told_with_leaves_counted_in_the_other_half() -> None:
    pytest.importorskip("sklearn")
    of, met = planted(6)
    found = only(discover(of, {"a": met}))
    assert found.tree is not None
    densest = found.tree.leaves[0]
    assert sorted(one.input.name for one in densest.restrictions) == ["m.x02", "m.x07"]
    assert densest.density.low <= 0.9 <= densest.density.high
    assert sum(leaf.mass for leaf in found.tree.leaves) == pytest.approx(1.0)
    assert sum(leaf.density.of for leaf in found.tree.leaves) == found.tested
    assert found.tree.p_value < 1e-10


def test_too_few_draws_or_cases_say_how_many_are_needed() -> None:
    of, met = planted(7, draws=150)
    few = only(discover(of, {"a": met}))
    assert few.untold is not None
    assert (few.untold.why, few.untold.has, few.untold.needed) == ("draws", 150, 200)
    of, _ = planted(7, draws=1000)
    rare = np.zeros(1000)
    rare[:10] = 1.0
    for answer, (has, needed) in zip(
        discover(of, {"rare": rare, "often": 1.0 - rare, "never": np.zeros(1000)}),
        [(10, 3000), (10, 3000), (0, 10_000)],
        strict=True,
    ):
        assert answer.untold is not None
        assert (answer.untold.why, answer.untold.has, answer.untold.needed) == ("cases", has, needed)
        assert not answer.scenarios
        assert answer.tree is None


def test_answers_come_in_the_order_of_the_question_and_for_cells_too() -> None:
    of, met = planted(8)
    cell = ("trafficking", "as written", "none")
    found = discover(of, {"zeta": met, cell: met, "alpha": met}, with_tree=False)
    assert [one.of for one in found] == ["zeta", cell, "alpha"]


def test_only_the_inputs_named_are_looked_at() -> None:
    of, met = planted(9)
    found = only(discover(of, {"a": met}, inputs=["m.x07", "m.x01"], with_tree=False))
    assert names(found) == [["m.x07"]]
    with pytest.raises(JudgementError, match=r"no input 'm\.x7' .*Did you mean m\.x07"):
        discover(of, {"a": met}, inputs=["m.x7"])


def test_the_trajectory_leads_from_all_draws_to_few() -> None:
    of, met = planted(10)
    steps = only(discover(of, {"a": met}, with_tree=False)).trajectory
    assert steps[0].restrictions == ()
    assert steps[0].draws == 1000
    assert steps[-1].density > 0.8


@pytest.mark.parametrize("wrong", [np.zeros(7), np.full(2000, np.nan), np.full(2000, 1.5)])
def test_what_is_met_has_to_be_a_share_for_each_draw(wrong: np.ndarray) -> None:
    of, _ = planted(11)
    with pytest.raises(JudgementError, match="a: "):
        discover(of, {"a": wrong})


def test_inputs_that_are_not_finite_are_refused() -> None:
    of, met = planted(12)
    of.values[3, 4] = np.nan
    with pytest.raises(JudgementError, match="not finite"):
        discover(of, {"a": met})


def test_the_same_seed_gives_the_same_answer() -> None:
    of, met = planted(13)
    assert discover(of, {"a": met}, seed=3, with_tree=False) == discover(of, {"a": met}, seed=3, with_tree=False)
