"""What a report tells from few draws: by the rules of the full commands, and nothing from too few."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from attribution_cases import strategy
from counterflow.errors import JudgementError, UsageError
from counterflow.evidence.store import Store
from counterflow.judgement import few
from counterflow.judgement.attribution.attribute import attribute
from counterflow.judgement.attribution.schema import Attribution
from counterflow.judgement.comparison.contenders import NONE
from counterflow.judgement.comparison.schema import Comparison
from counterflow.model.outputs import SCALARS
from counterflow.strategy.builtin.load import built_in
from counterflow.strategy.schema import Strategy
from ensemble_runs import STRATEGY

DRAWS, YEARS = few.FEWEST, 2
STILL = STRATEGY.model_copy(update={"written": (), "considered": ("asylum.restriction",)})


@cache
def store() -> Store:
    return Store.open()


def shares(of: Strategy = STRATEGY, branch: str = "as_written", **more: Any) -> Attribution | None:
    asked: dict[str, Any] = {"draws": DRAWS, "years": YEARS, "seed": 0, "posterior": None} | more
    return few.shares(of, branch, store(), **asked)


def others(of: Strategy = STRATEGY, **more: Any) -> Comparison | None:
    asked: dict[str, Any] = {"draws": DRAWS, "years": YEARS, "seed": 0, "posterior": None} | more
    return few.others(of, store(), **asked)


@cache
def shared() -> Attribution:
    found = shares()
    assert found is not None
    return found


@cache
def compared() -> Comparison:
    found = others()
    assert found is not None
    return found


# ------------------------------------------------------------------------------------------ how much is run


@pytest.mark.parametrize("draws", [1, few.FEWEST - 1])
def test_with_too_few_draws_neither_levers_nor_strategies_are_told(draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*given: Any, **how: Any) -> None:
        raise AssertionError("nothing is to be run")

    monkeypatch.setattr(few, "attribute", never)
    monkeypatch.setattr(few, "compare", never)
    assert shares(draws=draws) is None
    assert others(draws=draws) is None


@pytest.mark.parametrize(("asked", "taken"), [(few.FEWEST, few.FEWEST), (40, 40), (few.DRAWS, few.DRAWS), (5000, 62)])
def test_no_more_draws_are_taken_than_share_a_batch(asked: int, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[dict[str, Any]] = []
    monkeypatch.setattr(few, "attribute", lambda *given, **how: ran.append(how))
    monkeypatch.setattr(few, "compare", lambda found, **how: ran.append(how))
    shares(draws=asked, seed=7)
    others(draws=asked, seed=7)
    assert [how["draws"] for how in ran] == [taken, taken]
    assert {how["seed"] for how in ran} == {7}
    assert all(tuple(how["through"]) == tuple(SCALARS) for how in ran)  # a run that is compiled already


# ------------------------------------------------------------------------------------------ shares


def add_up(of: Attribution) -> None:
    for outcome in of.outcomes:
        members = [member.share.mean for group in outcome.groups for member in group.members]
        assert sum(members) == pytest.approx(outcome.total.mean, abs=1e-6), outcome.outcome
        assert sum(group.share.mean for group in outcome.groups) == pytest.approx(outcome.total.mean, abs=1e-6)


def test_the_whole_shares_add_up_to_the_change_of_every_outcome() -> None:
    assert {"attempts", "homicides", "cooperation"} <= {outcome.outcome for outcome in shared().outcomes}
    add_up(shared())


def test_shares_are_those_of_the_command_on_the_same_draws() -> None:
    alone = attribute(STRATEGY, store(), branch="as_written", draws=DRAWS, years=YEARS, seed=0)
    for one, other in zip(shared().outcomes, alone.outcomes, strict=True):
        assert one.outcome == other.outcome
        assert one.total.mean == pytest.approx(other.total.mean, rel=1e-4, abs=1e-6)
    assert (shared().draws, shared().levers, shared().method) == (DRAWS, alone.levers, "exact")


def test_the_same_seed_gives_the_same_shares_and_another_others() -> None:
    assert shares() == shared()
    other = shares(seed=1)
    assert other is not None
    assert other.outcomes != shared().outcomes


def test_many_levers_are_told_from_sampled_orders_within_the_runs_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "RUNS", 200)
    found = shares(strategy(("asylum.remain_in_mexico", 3), ("interior.arrests", 2), ("border.agents", 3),
                            ("interior.detention", 3)))  # fmt: skip
    assert found is not None
    assert (found.method, len(found.levers)) == ("sampled", 4)
    add_up(found)


def test_where_nothing_moves_within_the_judged_weeks_there_is_nothing_to_share() -> None:
    assert shares(STILL, "as_on_record") is None
    as_before = STRATEGY.written[0].model_copy(update={"level": 0})  # where the lever is on record anyway
    assert shares(STRATEGY.model_copy(update={"written": (as_before,)})) is None


@pytest.mark.parametrize("years", [1, 11])
def test_years_that_cannot_be_judged_are_refused_and_not_passed_over(years: int) -> None:
    with pytest.raises(JudgementError, match=f"{years} years"):
        shares(years=years)
    with pytest.raises(JudgementError, match=f"{years} years"):
        others(years=years)


def test_a_branch_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no branch 'as_writen'"):
        shares(branch="as_writen")


# ------------------------------------------------------------------------------------------ other strategies


def test_every_strategy_that_moves_something_is_told_beside_the_documents_own() -> None:
    names = [one.name for one in compared().strategies]
    assert names[0] == NONE
    assert {*built_in()} - {NONE} <= {*names}
    assert "document" in names
    assert all(one.levers for one in compared().strategies[1:])


def test_a_document_that_moves_nothing_is_no_strategy_of_its_own() -> None:
    found = others(STILL)
    assert found is not None
    assert "document" not in [one.name for one in found.strategies]


def test_strategies_are_weighed_against_none_on_the_same_draws() -> None:
    none = compared().strategies[0]
    assert (none.deaths_averted_mean, none.spent_mean) == (0.0, 0.0)
    assert {effect.change.median for effect in none.effects if effect.reference == "none"} == {0.0}
    assert np.isfinite([one.deaths_averted_mean for one in compared().strategies]).all()


def test_the_same_seed_gives_the_same_comparison() -> None:
    assert others() == compared()


def test_too_few_draws_for_thirds_are_said_to_be_so_and_no_structure_is_looked_at() -> None:
    assert compared().under == ()
    assert compared().under_reason == "20 draws were compared, and at least 90 are needed"
    assert (compared().structure, compared().structure_draws) == ((), 0)
    assert few.DRAWS < 90
