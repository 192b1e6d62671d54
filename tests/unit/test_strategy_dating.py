"""A document without a date gets the interval that its statements and the policy record allow."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import StrategyError
from counterflow.evidence.store import Store
from counterflow.strategy.dating import infer_date, term_start
from strategy_cases import Record, action, brief, event, register

RECORD = Record(
    (
        event("2019-02-15", "emergency.declaration"),
        event("2025-01-20", "emergency.declaration"),
        event("2025-01-22", "military.deployment", "announced", size="1,500 (+100) troops"),
        event("2025-01-25", "military.deployment", size="4,000 troops", what="first of the 1,500 land"),
        event("2025-02-20", "designation.terrorist"),
        event("2025-03-01", "military.deployment", "announced", size="2,900-3,000 troops"),
        event("2025-04-16", "designation.terrorist", "blocked", effect_on_lever=-1),
    )
)


def test_the_users_date_counts_before_the_documents_own() -> None:
    dated = brief(published="2025-02-10")
    assert infer_date(dated, RECORD, user_date=date(2025, 5, 1)).start == date(2025, 5, 1)
    own = infer_date(dated, RECORD)
    assert (own.start, own.end, own.source) == (date(2025, 2, 10), date(2025, 2, 10), "document")


def test_the_latest_thing_told_as_done_bounds_the_document_from_below() -> None:
    told = brief(action("emergency.declaration"), action("designation.terrorist", number=2))
    interval = infer_date(told, RECORD)
    assert interval.start == date(2025, 2, 20)
    assert "2025-02-20-designation.terrorist" in interval.reason


def test_a_size_that_the_record_later_replaces_bounds_it_from_above() -> None:
    told = brief(action("military.deployment", quantity=1600, quantity_unit="troops"))
    interval = infer_date(told, RECORD)
    assert (interval.start, interval.end) == (date(2025, 1, 25), date(2025, 3, 1))
    assert "1,600" in interval.reason


def test_a_later_block_of_what_is_told_as_in_force_bounds_it_from_above() -> None:
    assert infer_date(brief(action("designation.terrorist")), RECORD).end == date(2025, 4, 16)


def test_a_thing_told_as_pending_stands_before_the_record_shows_it_in_force() -> None:
    interval = infer_date(brief(action("designation.terrorist", "under_consideration")), RECORD)
    assert interval.end == date(2025, 2, 20)
    assert "not yet done" in interval.reason


def test_statements_bound_nothing_because_they_are_repeated() -> None:
    rows = Record((*RECORD.rows, event("2025-06-01", "diplomacy.reject", actor="Mexico President")))
    told = brief(action("emergency.declaration"), action("diplomacy.reject", number=2, by="MX.PRES"))
    assert infer_date(told, rows).start < date(2025, 6, 1)


def test_the_documents_own_date_of_an_act_bounds_it_too() -> None:
    told = brief(action("interior.arrests", day="2025-02-11"))
    assert infer_date(told, RECORD).start == date(2025, 2, 11)


def test_rows_from_memory_date_nothing() -> None:
    rows = Record((event("2025-05-05", "border.barrier", status="memory_unverified"), *RECORD.rows))
    told = brief(action("border.barrier"), action("emergency.declaration", number=2))
    assert infer_date(told, rows).start < date(2025, 5, 5)


def test_an_act_of_an_earlier_term_is_not_taken_for_one_of_the_named_government() -> None:
    assert infer_date(brief(action("emergency.declaration")), RECORD).start > date(2025, 1, 19)


def test_without_any_match_the_interval_is_the_office_holders_time_and_says_so() -> None:
    interval = infer_date(brief(), Record(()))
    assert interval.start == date(2025, 1, 25)  # the Secretary of Defense entered office
    assert "no action of it was matched" in interval.reason


def test_nothing_that_bounds_it_asks_for_a_date() -> None:
    with pytest.raises(StrategyError, match="--date"):
        infer_date(brief(text="The border is a line."), Record(()))


def test_the_terms_of_presidents_meet_on_inauguration_day() -> None:
    assert term_start("US.POTUS", date(2025, 1, 20)) == date(2025, 1, 20)
    assert term_start("US.POTUS", date(2025, 1, 19)) == date(2021, 1, 20)


def test_a_register_of_february_2025_is_dated_between_the_transfer_and_the_next_order() -> None:
    interval = infer_date(register(), Store.open())
    assert (interval.start, interval.end) == (date(2025, 2, 27), date(2025, 3, 1))
    assert interval.source == "inferred"
