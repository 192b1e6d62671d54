"""Branches by design: each lever alone and taken away, and every combination."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from counterflow.errors import UsageError
from counterflow.evidence.store import Store
from counterflow.strategy.branches import branches
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import levers
from counterflow.strategy.designs import MOST, factorial, one_at_a_time
from counterflow.strategy.schema import Branch, Strategy
from strategy_cases import Record, action, brief, register

NAMED = ("asylum.restriction", "trade.tariff", "border.agents")


def strategy(*names: str) -> Strategy:
    told = brief(*(action(name, number=number) for number, name in enumerate(names, 1)))
    return from_brief(told, Record(()), date=date(2025, 2, 1))


def moved(branch: Branch) -> list[str]:
    return sorted({entry.lever for entry in branch.entries})


def test_one_at_a_time_has_each_lever_alone_and_all_but_each() -> None:
    found = {branch.id: branch for branch in one_at_a_time(strategy(*NAMED))}
    assert list(found)[:2] == ["none", "as_on_record"]
    assert len(found) == 2 + 2 * len(NAMED)
    for name in NAMED:
        plain = name.replace(".", "_")
        assert moved(found[f"only_{plain}"]) == [name]
        assert moved(found[f"without_{plain}"]) == sorted(set(NAMED) - {name})


def test_a_lever_is_moved_as_the_branch_moves_it() -> None:
    of = from_brief(register(), Store.open())
    whole = {branch.id: branch for branch in branches(of)}["as_on_record"]
    names = set(moved(whole))
    for branch in one_at_a_time(of)[2:]:
        kept = set(moved(branch))
        assert branch.entries == tuple(entry for entry in whole.entries if entry.lever in kept)
        assert len(kept) == 1 or len(kept) == len(names) - 1


def test_several_entries_of_one_lever_go_together() -> None:
    of = strategy(*NAMED)
    again = of.written[1].model_copy(update={"start": date(2026, 1, 1)})
    of = of.model_copy(update={"written": (*of.written, again)})
    found = {branch.id: branch for branch in one_at_a_time(of)}
    name = again.lever.replace(".", "_")
    assert found[f"only_{name}"].entries == (of.written[1], again)
    assert len(found[f"without_{name}"].entries) == 2


def test_named_levers_are_the_only_ones_taken_alone_and_away() -> None:
    found = one_at_a_time(strategy(*NAMED), ["trade.tariff"])
    assert [branch.id for branch in found] == ["none", "as_on_record", "only_trade_tariff", "without_trade_tariff"]
    assert moved(found[-1]) == ["asylum.restriction", "border.agents"]


@pytest.mark.parametrize("names", [(), NAMED[:1]])
def test_no_branch_repeats_another_where_fewer_than_two_levers_move(names: tuple[str, ...]) -> None:
    assert [branch.id for branch in one_at_a_time(strategy(*names))] == ["none", "as_on_record"]
    assert len(factorial(strategy(*names))) == 2 ** len(names)


def test_factorial_has_every_combination_once_and_none_first() -> None:
    found = factorial(strategy(*NAMED))
    assert found[0].id == "none"
    assert {tuple(moved(branch)) for branch in found} == {
        tuple(sorted(some)) for size in range(4) for some in combinations(NAMED, size)
    }
    assert len({branch.id for branch in found}) == len(found) == 8
    assert [len(moved(branch)) for branch in found] == sorted(len(moved(branch)) for branch in found)


def test_a_combination_is_named_by_the_levers_that_are_on() -> None:
    for branch in factorial(strategy(*NAMED))[1:]:
        assert branch.id.split("+") == [name.replace(".", "_") for name in NAMED if name in moved(branch)]
        assert not set(branch.id) & set(" ,.")


def test_levers_left_out_of_a_factorial_design_stay_off() -> None:
    found = factorial(strategy(*NAMED), ["border.agents", "trade.tariff"])
    assert [branch.id for branch in found] == ["none", "trade_tariff", "border_agents", "trade_tariff+border_agents"]


def test_the_factorial_of_all_levers_ends_with_the_branch_itself() -> None:
    of = strategy(*NAMED)
    assert factorial(of)[-1].entries == {branch.id: branch for branch in branches(of)}["as_on_record"].entries


def test_more_combinations_than_can_be_run_are_refused_with_their_number() -> None:
    names = tuple(list(levers())[2:11])
    assert 2 ** len(names) > MOST
    with pytest.raises(UsageError, match="every combination of 9 levers makes 512 branches") as caught:
        factorial(strategy(*names))
    assert "Name at most 8 of" in caught.value.hint
    assert len(factorial(strategy(*names), names[:8])) == MOST


@pytest.mark.parametrize("design", [one_at_a_time, factorial])
def test_a_lever_that_the_strategy_does_not_move_is_refused_with_the_nearest(design: object) -> None:
    with pytest.raises(UsageError, match=r"does not move a lever 'trade\.tarif'") as caught:
        design(strategy(*NAMED), ["trade.tarif"])  # type: ignore[operator]
    assert "Did you mean trade.tariff?" in caught.value.hint
    with pytest.raises(UsageError, match="It moves none at all"):
        design(strategy(), ["trade.tariff"])  # type: ignore[operator]


def test_a_campaign_is_on_or_off_as_a_whole() -> None:
    of = from_brief(register(), Store.open())
    found = {branch.id: branch for branch in one_at_a_time(of, of="strikes_limited_consent")}
    assert list(found)[1] == "strikes_limited_consent"
    campaign = found["strikes_limited_consent"].strikes
    assert campaign is not None
    assert (found["only_strikes"].entries, found["only_strikes"].strikes) == ((), campaign)
    assert found["without_strikes"].strikes is None
    assert found["without_strikes"].entries == found["strikes_limited_consent"].entries
    others = [
        branch for branch in found.values() if branch.id.startswith("without_") and branch.id != "without_strikes"
    ]
    assert all(branch.strikes == campaign for branch in others)
    pair = factorial(of, ["strikes", "interior.arrests"], of="strikes_limited_consent")
    assert [(branch.id, branch.strikes is not None) for branch in pair] == [
        ("none", False),
        ("interior_arrests", False),
        ("strikes", True),
        ("interior_arrests+strikes", True),
    ]


def test_a_branch_that_the_strategy_does_not_have_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no branch 'as_onrecord'.*Did you mean as_on_record"):
        one_at_a_time(strategy(*NAMED), of="as_onrecord")


def test_titles_are_words_and_every_branch_says_what_it_is() -> None:
    for branch in (*one_at_a_time(strategy(*NAMED)), *factorial(strategy(*NAMED))):
        assert branch.title
        assert "_" not in branch.title
        assert branch.description.endswith(".")


def test_no_two_levers_have_the_same_plain_name() -> None:
    assert len({name.replace(".", "_") for name in levers()}) == len(levers())
