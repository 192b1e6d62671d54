"""What may be compared, and what is refused with the reason."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import JudgementError, UsageError
from counterflow.judgement.comparison.contenders import (
    begins,
    checked,
    contender,
    gathered,
    of_document,
    parts,
)
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.overrides import ParameterOverride, Switches
from counterflow.strategy.schema import Strategy

START = date(2025, 3, 5)


def strategy(name: str = "port_scanning", title: str = "Scanning", start: date = START, **more: object) -> Strategy:
    return built_in_strategy(name, start).model_copy(update={"title": title, **more})


A, B = strategy(), strategy("precursor_control", "Precursors")


def test_the_run_without_a_strategy_is_added_and_comes_first() -> None:
    found = checked([contender(A), contender(B)])
    assert [one.name for one in found] == ["none", "scanning", "precursors"]
    assert found[0].branch.entries == ()


def test_one_that_moves_nothing_is_the_run_without_a_strategy() -> None:
    idle = strategy("none", "Nothing at all")
    found = checked([contender(A), contender(idle)])
    assert [(one.name, one.title) for one in found] == [("none", "Nothing at all"), ("scanning", "Scanning")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([A, A], "called 'Scanning'"),
        ([A, strategy("precursor_control", "B", switches=Switches(hits=False))], "different switches"),
        ([A, strategy(title="B", parameters={"border.p_app": ParameterOverride(value=0.8)})], "different parameters"),
        ([A, strategy("none", "X"), strategy("none", "Y")], "both move nothing"),
        ([strategy("none", "X")], "no strategy moves a lever"),
        ([A, strategy("precursor_control", "Without any strategy")], "Without any strategy"),
        ([], "no strategy to compare"),
    ],
)
def test_what_is_no_comparison_is_refused_with_the_reason(given: list[Strategy], said: str) -> None:
    with pytest.raises(JudgementError, match=said):
        checked([contender(one) for one in given])


@pytest.mark.parametrize("given", [[], [A], [A, strategy("none", "X")]])
def test_fewer_than_two_strategies_are_refused(given: list[Strategy]) -> None:
    with pytest.raises(UsageError, match="fewer than two"):
        gathered(given)


def test_built_in_strategies_begin_with_the_earliest_of_the_others() -> None:
    later = strategy("precursor_control", "Later", start=date(2025, 6, 2))
    found = gathered([later, A], with_built_in=True)
    assert {begins(one) for one in found if one.name in built_in() and one.name != "none"} == {START}


def test_alone_they_need_a_day_to_begin_on() -> None:
    with pytest.raises(UsageError, match="no day"):
        gathered([], with_built_in=True)
    assert len(gathered([], with_built_in=True, start=START)) == len(built_in())


def test_built_in_strategies_take_the_switches_of_what_they_are_compared_with() -> None:
    found = gathered([strategy(switches=Switches(splits=False))], with_built_in=True)
    assert all(one.strategy.switches == Switches(splits=False) for one in checked(found))


def test_names_are_different_even_where_titles_come_to_the_same() -> None:
    found = gathered([strategy(title="Port scanning!"), strategy(title="Port; scanning")], with_built_in=True)
    names = [one.name for one in found]
    assert len(set(names)) == len(names)


def test_a_document_has_strikes_only_where_it_considers_them() -> None:
    quiet = of_document(A)
    assert [one.name for one in quiet] == ["document"]
    considering = of_document(strategy(considered=("military.strike_lab",)))
    assert [one.name for one in considering] == ["document", "document_strikes", "document_strikes_consent"]
    without, with_consent = (one.branch.strikes for one in considering[1:])
    assert without is not None
    assert with_consent is not None
    assert (without.consent, with_consent.consent) == (False, True)
    assert without.strikes_per_week * without.weeks == 1040  # the heaviest of the three campaigns


def test_a_strategy_of_a_file_is_never_compared_with_strikes() -> None:
    considering = strategy(considered=("military.strike_lab",))
    assert all(one.branch.strikes is None for one in gathered([considering, B]))


def test_sums_of_others_are_told_from_their_parts() -> None:
    found = gathered([], with_built_in=True, start=START)
    alone = [found[number].name for number in parts(found)]
    assert "none" in alone
    assert "treatment_naloxone" in alone
    assert not {"demand_and_supply", "prevention_mix", "all_together"} & set(alone)
    considering = gathered([], document=strategy(considered=("military.strike_lab",)))
    assert [considering[number].name for number in parts(considering)] == ["document"]
