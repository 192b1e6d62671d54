"""Shapley effects from given draws: players, refusals, and what is not told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from counterflow.errors import JudgementError
from counterflow.judgement.sensitivity import effects as effecting
from counterflow.judgement.sensitivity.curves import CURVES, curves
from counterflow.judgement.sensitivity.effects import OTHERS, UNEXPLAINED, By, Effect, draws_needed, effects, ranked
from counterflow.judgement.sensitivity.terms import terms_for
from counterflow.judgement.uncertain import LEVER, Input, Uncertain

Floats = NDArray[np.float64]

INPUTS = (
    Input("supply.a", "supply", "C", "", ""),
    Input("supply.b", "supply", "D", "", ""),
    Input("border.a", "border", "D", "", ""),
    Input("size of border.agents", LEVER, "C", "", ""),
)


def uncertain(draws: int = 800, seed: int = 0) -> Uncertain:
    return Uncertain(INPUTS, np.random.default_rng(seed).standard_normal((draws, len(INPUTS))))


def by_player(of: Uncertain, outcome: np.ndarray, by: By) -> dict[str, Effect]:
    return {one.player: one for one in effects(of, {"y": outcome}, [by]).effects}


def test_groups_are_mechanisms_or_grades_and_levers_stand_apart() -> None:
    of = uncertain()
    outcome = of.values @ [1.0, 1.0, 1.0, 1.0]
    mechanisms = by_player(of, outcome, "mechanism")
    assert set(mechanisms) == {"supply", "border", LEVER, UNEXPLAINED}
    assert mechanisms["supply"].share == pytest.approx(0.5, abs=0.06)
    assert mechanisms["supply"].inputs == ("supply.a", "supply.b")
    grades = by_player(of, outcome, "grade")
    assert set(grades) == {"C", "D", LEVER, UNEXPLAINED}
    assert grades["D"].inputs == ("supply.b", "border.a")
    assert grades["C"].inputs == ("supply.a",)
    assert grades[UNEXPLAINED].inputs == ()


def test_all_groupings_explain_the_same_and_add_up_to_one() -> None:
    of = uncertain()
    outcome = of.values[:, 0] * of.values[:, 2] + of.values[:, 1] ** 2 + np.random.default_rng(1).standard_normal(800)
    found = effects(of, {"y": outcome, "yes": outcome > 1.0})
    for name in ("y", "yes"):
        rest = []
        for by in effecting.GROUPINGS:
            rows = found.of(name, by)
            assert sum(one.share for one in rows) == pytest.approx(1.0, abs=1e-9)
            assert all(one.low <= one.share <= one.high for one in rows)
            assert [one.share for one in rows] == sorted((one.share for one in rows), reverse=True)
            rest += [one.share for one in rows if one.player == UNEXPLAINED]
        np.testing.assert_allclose(rest, rest[0], atol=1e-6)


def test_a_product_goes_to_both_in_equal_parts() -> None:
    of = uncertain(2000)
    found = by_player(of, of.values[:, 0] * of.values[:, 3], "input")
    assert found["supply.a"].share == pytest.approx(0.5, abs=0.03)
    assert found["size of border.agents"].share == pytest.approx(0.5, abs=0.03)


def test_inputs_that_do_not_stand_out_are_one_player_and_keep_what_they_do_together() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_normal((2000, 100))
    outcome = 2.0 * values[:, 0] + values[:, 1:].sum(axis=1) * np.sqrt(4.0 / 99.0)  # 99 times next to nothing
    inputs = tuple(Input(f"m.x{number}", "m", "D", "", "") for number in range(100))
    found = by_player(Uncertain(inputs, values), outcome, "input")
    assert found["m.x0"].share == pytest.approx(0.5, abs=0.04)
    assert "m.x0" not in found[OTHERS].inputs
    assert sum(one.share for name, one in found.items() if name != "m.x0") == pytest.approx(0.5, abs=0.04)
    assert len(found) <= effecting.MOST_PLAYERS + 2
    assert found[UNEXPLAINED].share < 0.02


def test_a_monotone_scale_of_an_input_changes_nothing() -> None:
    of = uncertain()
    outcome = of.values @ [1.0, 0.5, 0.2, 0.0] + np.random.default_rng(3).standard_normal(800)
    scaled = of._replace(values=np.exp(3.0 * of.values))
    assert by_player(of, outcome, "input") == by_player(scaled, outcome, "input")


def test_the_unit_of_an_outcome_changes_nothing() -> None:
    of = uncertain()
    outcome = of.values[:, 0] + np.random.default_rng(3).standard_normal(800)
    one, other = (by_player(of, values, "input") for values in (outcome, 1e6 * outcome - 5.0))
    np.testing.assert_allclose([row.share for row in one.values()], [row.share for row in other.values()], atol=1e-8)


def test_an_input_of_two_values_counts_as_what_it_is() -> None:
    of = uncertain()
    yes = np.random.default_rng(4).random(800) < 0.3
    of.values[:, 2] = yes
    outcome = 2.0 * yes + 0.5 * np.random.default_rng(5).standard_normal(800)
    found = by_player(of, outcome, "input")
    assert found["border.a"].share == pytest.approx(0.84 / (0.84 + 0.25), abs=0.04)
    assert not curves(of.values)[:, 2, 1:].any()


def test_the_same_seed_gives_the_same_and_another_only_moves_the_interval() -> None:
    of = uncertain()
    outcome = of.values[:, 0] + np.random.default_rng(6).standard_normal(800)
    one, again, other = (effects(of, {"y": outcome}, ["input"], seed=seed).effects for seed in (1, 1, 2))
    assert one == again
    assert [row.share for row in one] == pytest.approx([row.share for row in other])
    assert one != other


def test_too_few_draws_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(JudgementError, match=r"199 draws are too few .* At least 200 are needed"):
        effects(uncertain(199), {"y": np.arange(199.0)})
    assert draws_needed(200) == 500


def test_outcomes_of_other_draws_or_without_a_value_are_refused() -> None:
    with pytest.raises(JudgementError, match="y has no finite value for each of 800 draws"):
        effects(uncertain(), {"y": np.arange(799.0)})
    with pytest.raises(JudgementError, match="y has no finite value") as refused:
        effects(uncertain(), {"y": np.full(800, np.nan)})
    assert "for each draw of the inputs" in refused.value.hint


def test_no_input_at_all_is_refused() -> None:
    with pytest.raises(JudgementError, match="no input differs"):
        effects(Uncertain((), np.zeros((800, 0))), {"y": np.arange(800.0)})


def test_what_never_differs_or_rests_on_a_few_draws_is_not_told() -> None:
    of = uncertain()
    rare = np.arange(800) < 4
    far = np.where(rare, 1e6, of.values[:, 0])
    found = effects(of, {"same": np.full(800, 0.1), "rare": rare, "far": far, "ranks": ranked(far)}, ["input"])
    assert {one.outcome for one in found.effects} == {"ranks"}
    assert found.untold["same"] == "it is the same in all draws"
    assert found.untold["rare"] == "its variance rests on a few of 800 draws: about 4,926 are needed"
    assert set(found.untold) == {"same", "rare", "far"}
    assert found.of("ranks", "input")[0].player == "supply.a"


def test_ranks_go_from_zero_to_one_over_all_replicates() -> None:
    ranks = ranked(np.array([[3.0, 1.0], [-7.0, 1.0]]))
    np.testing.assert_allclose(ranks, [[0.875, 0.5], [0.125, 0.5]])


def test_more_draws_than_are_looked_at_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effecting, "MOST_DRAWS", 500)
    of = uncertain(2000)
    found = by_player(of, of.values[:, 0] + of.values[:, 1], "input")
    assert found["supply.a"].share == pytest.approx(0.5, abs=0.08)


def test_curves_have_mean_zero_variance_one_and_no_correlation() -> None:
    made = curves(np.random.default_rng(7).lognormal(size=(1000, 2)))
    assert made.shape == (1000, 2, CURVES)
    np.testing.assert_allclose(made[:, 0].T @ made[:, 0] / 1000, np.eye(CURVES), atol=1e-9)
    np.testing.assert_allclose(made.mean(axis=0), 0.0, atol=1e-12)


def test_a_pair_that_acts_only_together_is_found_among_many() -> None:
    rng = np.random.default_rng(8)
    values = rng.standard_normal((1000, 60))
    outcome = values[:, 3] * values[:, 40] + rng.standard_normal(1000)
    found = terms_for(curves(values), outcome, 400)
    assert ((3, 0), (40, 0)) in found.terms
    assert set(found.important) == {3, 40}


def test_where_there_is_nothing_hardly_anything_stands_out() -> None:
    count = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        count += len(terms_for(curves(rng.standard_normal((600, 30))), rng.standard_normal(600), 300).important)
    assert count <= 15  # of 20 times 30 inputs


def test_no_more_terms_are_taken_than_asked_for() -> None:
    rng = np.random.default_rng(9)
    values = rng.standard_normal((1000, 20))
    outcome = (values**2).sum(axis=1) + values[:, 0] * values[:, 1]
    assert len(terms_for(curves(values), outcome, 31).terms) == 31
