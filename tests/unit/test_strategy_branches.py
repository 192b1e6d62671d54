"""The branches of a strategy, and the day on which the first of them parts from the others."""

from __future__ import annotations

from datetime import date, timedelta

from counterflow.evidence.store import Store
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.build import from_brief
from strategy_cases import Record, action, brief, event, register


def test_a_register_with_considered_strikes_has_nine_branches_and_none_is_first_and_empty() -> None:
    found = branches(from_brief(register(), Store.open()))
    assert [branch.id for branch in found] == [
        "none",
        "as_written",
        "as_on_record",
        "strikes_limited_consent",
        "strikes_limited_no_consent",
        "strikes_sustained_consent",
        "strikes_sustained_no_consent",
        "strikes_heavy_consent",
        "strikes_heavy_no_consent",
    ]
    assert found[0].entries == ()


def test_strikes_come_on_top_of_the_record_four_weeks_after_the_document() -> None:
    strategy = from_brief(register(), Store.open())
    on_record, limited, *_ = branches(strategy)[2:]
    assert limited.entries == on_record.entries
    assert limited.strikes is not None
    assert limited.strikes.start == strategy.date.end + timedelta(days=28)
    assert limited.strikes.strikes_per_week * limited.strikes.weeks == 10


def test_no_strike_branch_where_the_document_does_not_consider_strikes() -> None:
    strategy = from_brief(brief(action("asylum.restriction")), Record(()), date=date(2025, 2, 1))
    assert [branch.id for branch in branches(strategy)] == ["none", "as_written", "as_on_record"]


def test_another_considered_lever_becomes_one_branch_on_top_of_the_record() -> None:
    told = brief(action("asylum.restriction"), action("trade.tariff", "proposed", 2))
    strategy = from_brief(told, Record(()), date=date(2025, 2, 1))
    extra = branches(strategy)[-1]
    assert extra.id == "with_trade_tariff"
    assert [entry.lever for entry in extra.entries] == ["asylum.restriction", "trade.tariff"]
    assert extra.entries[-1].start == date(2025, 3, 1)


def test_a_record_entry_takes_the_place_of_the_written_entry_that_it_fills() -> None:
    strategy = from_brief(register(), Store.open())
    _, written, on_record, *_ = branches(strategy)
    arrests = [entry for entry in on_record.entries if entry.lever == "interior.arrests"]
    assert [entry.basis for entry in arrests] == ["record"]
    assert any(entry.lever == "interior.arrests" and entry.basis == "document" for entry in written.entries)


def test_a_refused_record_entry_leaves_the_written_one_in_place() -> None:
    plain = from_brief(register(), Store.open())
    row = next(entry for entry in plain.record if entry.lever == "asylum.restriction")
    refused = from_brief(register(), Store.open(), refused=(row.record_id,))
    entries = branches(refused)[2].entries
    asylum = [entry for entry in entries if entry.lever == "asylum.restriction"]
    assert [entry.basis for entry in asylum] == ["document"]
    assert row.record_id in {entry.record_id for entry in refused.record}


def test_a_row_that_fills_two_actions_acts_once() -> None:
    record = Record((event("2025-01-30", "justice.transfer", size="29 persons", actor="Mexico"),))
    told = brief(action("justice.transfer", "completed"), action("justice.transfer", "completed", 2))
    strategy = from_brief(told, record, date=date(2025, 2, 1))
    assert [entry.fills for entry in strategy.record] == ["a1", "a2"]
    assert len(branches(strategy)[2].entries) == 1


def test_the_first_lever_date_is_the_earliest_accepted_entry() -> None:
    strategy = from_brief(register(), Store.open())
    assert first_lever_date(strategy) == date(2025, 1, 20)


def test_a_strategy_that_only_considers_starts_with_its_branches() -> None:
    strategy = from_brief(brief(action("military.strike", "floated")), Record(()), date=date(2025, 2, 1))
    assert first_lever_date(strategy) == date(2025, 3, 1)
    nothing = from_brief(brief(), Record(()), date=date(2025, 2, 1))
    assert first_lever_date(nothing) == date(2025, 2, 1)
