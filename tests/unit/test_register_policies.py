"""Many documents, one policy: what joins a history, what begins another, and what is wrong with it."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.schema import TimeReference
from counterflow.strategy.register.policies import policies_of
from register_cases import (
    MPP,
    TROOPS,
    corrected,
    document,
    entries,
    histories,
    mention,
    only,
    register_of,
    rejected,
    said,
    statuses,
    story,
)


def test_an_order_its_block_and_its_reinstatement_are_one_policy() -> None:
    policy = only(story())
    assert statuses(policy) == ["ordered", "blocked", "reinstated"]
    assert [entry.date for entry in policy.history] == [date(2025, 1, 20), date(2025, 2, 5), date(2025, 3, 11)]
    assert (policy.lever, policy.state) == (MPP, "US")
    assert policy.id == f"{MPP}/US@2025-01-20"
    assert [entry.troubles for entry in policy.history] == [(), (), ()]


def test_the_order_told_again_is_a_mention_of_the_same_entry() -> None:
    policy = only(register_of(document("2025-01-20", said()), document("2025-02-01", said(quote="He ordered it."))))
    (entry,) = policy.history
    assert len(entry.mentions) == 2
    assert entry.date == date(2025, 1, 20)


def test_an_order_told_as_background_after_its_block_is_still_the_same_order() -> None:
    later = document("2025-03-12", said(quote="He ordered it."), said(status="blocked", day="2025-02-05"))
    register = register_of(document("2025-01-20", said()), document("2025-02-05", said(status="blocked")), later)
    assert histories(register) == [["ordered", "blocked"]]


def test_a_second_block_after_a_reinstatement_is_a_new_entry() -> None:
    register = register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="blocked")),
        document("2025-03-11", said(status="reinstated", by="US.COURT")),
        document("2025-04-16", said(status="blocked")),
    )
    assert histories(register) == [["ordered", "blocked", "reinstated", "blocked"]]


@pytest.mark.parametrize(
    "second",
    [said(day="2025-03-01", quote="Another order."), said(quantity=9000, quote="Another order.")],
)
def test_another_day_or_size_makes_another_order(second: object) -> None:
    first = document("2025-01-20", said(day="2025-01-20", quantity=1500))
    assert histories(register_of(first, document("2025-03-02", second))) == [["ordered"], ["ordered"]]


@pytest.mark.parametrize("number", [1500, 1600, None])
def test_a_size_within_rounding_is_the_same(number: float | None) -> None:
    again = document("2025-01-23", said(TROOPS, quantity=number, quote="He sent troops."))
    register = register_of(document("2025-01-22", said(TROOPS, quantity=1500)), again)
    assert histories(register) == [["ordered"]]


@pytest.mark.parametrize("status", ["in_force", "took_effect", "completed"])
def test_what_was_ordered_and_is_done_is_one_policy(status: str) -> None:
    register = register_of(document("2025-01-20", said()), document("2025-02-20", said(status=status)))
    assert histories(register) == [["ordered", status]]


def test_what_was_only_considered_becomes_the_order() -> None:
    register = register_of(
        document("2025-01-20", said(status="under_consideration")),
        document("2025-02-20", said(status="announced")),
        document("2025-03-20", said()),
    )
    assert histories(register) == [["under_consideration", "announced", "ordered"]]


@pytest.mark.parametrize("status", ["ordered", "in_force", "took_effect", "completed"])
def test_what_begins_after_an_end_is_another_policy(status: str) -> None:
    register = register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="rescinded")),
        document("2025-03-11", said(status=status, day="2025-03-10")),
    )
    assert histories(register) == [["ordered", "rescinded"], [status]]


def test_a_first_entry_joins_the_update_that_was_told_before_it_was_known() -> None:
    register = register_of(
        document("2025-02-05", said(status="blocked")), document("2025-03-01", said(day="2025-01-20"))
    )
    assert histories(register) == [["ordered", "blocked"]]


def test_the_other_government_has_a_policy_of_its_own() -> None:
    register = register_of(
        document("2025-01-20", said(TROOPS)), document("2025-02-05", said(TROOPS, "suspended", by="MX.PRES"))
    )
    assert histories(register) == [["ordered"], ["suspended"]]
    assert [policy.state for policy in policies_of(register)] == ["US", "MX"]


def test_an_act_without_an_actor_belongs_to_the_state_whose_lever_it_is() -> None:
    register = register_of(document("2025-01-20", said()), document("2025-02-05", said(status="suspended", by=None)))
    assert histories(register) == [["ordered", "suspended"]]


def test_the_number_of_an_order_tells_two_policies_of_one_day_apart() -> None:
    register = register_of(
        document(
            "2025-01-20",
            said(order="EO 14165", day="2025-01-20"),
            said(order="EO 14167", day="2025-01-20", quote="A second order."),
        ),
        document("2025-02-05", said(status="blocked", order="EO 14165")),
    )
    assert sorted(histories(register)) == [["ordered"], ["ordered", "blocked"]]
    blocked = next(policy for policy in policies_of(register) if len(policy.history) == 2)
    assert blocked.history[0].told.authority == ("EO 14165",)


def test_objects_of_the_reader_keep_policies_apart_and_one_without_joins_the_only_one() -> None:
    key = f"{MPP}:US:{{}}".format  # as the reader writes it, and with an empty state where nobody is named
    apart = register_of(
        document("2025-01-20", said(policy_id=key("nationals"))),
        document("2025-02-05", said(status="blocked", policy_id=key("families"))),
    )
    assert len(policies_of(apart)) == 2
    joined = register_of(
        document("2025-01-20", said(policy_id=key("nationals"))),
        document("2025-02-05", said(status="blocked", policy_id=f"{MPP}:US")),
        document("2025-02-20", said(status="ended", policy_id=f"{MPP}::nationals", by=None)),
    )
    assert statuses(only(joined)) == ["ordered", "blocked", "ended"]
    assert only(joined).object == "nationals"


def test_what_is_announced_for_a_later_day_is_one_announcement() -> None:
    register = register_of(
        document("2025-01-10", said(status="announced")),
        document("2025-01-15", said(status="announced", day="2025-01-20", quote="It begins on January 20.")),
    )
    assert histories(register) == [["announced"]]


def test_a_more_exact_day_speaks_for_the_entry() -> None:
    register = register_of(
        document("2025-02-01", said()), document("2025-03-01", said(day="2025-01-20", quote="Signed on January 20."))
    )
    (entry,) = only(register).history
    assert (entry.date, entry.basis) == (date(2025, 1, 20), "text")


# ------------------------------------------------------------------------------------------ what is wrong


def kinds(register: object) -> list[list[str]]:
    return [[trouble.kind for trouble in entry.troubles] for entry in entries(register)]


@pytest.mark.parametrize("status", ["blocked", "suspended", "rescinded", "ended", "reinstated", "expanded"])
def test_an_update_without_a_first_entry_is_kept_and_flagged(status: str) -> None:
    register = register_of(document("2025-02-05", said(status=status), name="ruling.txt"))
    (trouble,) = entries(register)[0].troubles
    assert trouble.kind == "needs_first"
    assert "ruling.txt" in trouble.message
    assert f"told as {status}." in trouble.message  # the quote


def test_a_first_entry_that_comes_later_in_time_does_not_count() -> None:
    register = register_of(
        document("2025-02-05", said(status="blocked", day="2025-02-05")),
        document("2025-03-01", said(day="2025-02-20")),
    )
    assert kinds(register) == [["needs_first"], []]


def test_an_end_before_the_start_is_flagged_with_document_and_quote() -> None:
    when = said(day="2025-02-05").date_start.model_copy(
        update={"start": date(2025, 1, 1), "end": date(2025, 1, 1), "text": "January 1"}
    )
    register = register_of(document("2025-02-05", said(day="2025-02-05", date_end=when), name="order.txt"))
    (trouble,) = entries(register)[0].troubles
    assert trouble.kind == "end_before_start"
    assert "order.txt: “" in trouble.message
    assert "1 Jan 2025" in trouble.message


def test_a_reinstatement_before_the_block_is_flagged() -> None:
    register = register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="reinstated", day="2025-02-05")),
        document("2025-03-11", said(status="blocked", day="2025-03-11")),
    )
    assert kinds(register) == [[], ["out_of_order"], []]
    assert "before it was blocked on 11 Mar 2025" in entries(register)[1].troubles[0].message


def test_what_is_rejected_stays_to_be_seen_and_tells_nothing() -> None:
    register = story()
    register = rejected(register, mention(register, "ordered"))
    policy = only(register)
    assert statuses(policy) == ["ordered", "blocked", "reinstated"]
    assert [[trouble.kind for trouble in entry.troubles] for entry in policy.history] == [
        [],
        ["needs_first"],
        ["needs_first"],
    ]


def test_a_corrected_actor_moves_the_entry_to_the_other_policy() -> None:
    register = register_of(document("2025-01-20", said(TROOPS)), document("2025-02-05", said(TROOPS, "suspended")))
    assert len(policies_of(register)) == 1
    moved = corrected(register, mention(register, "suspended", TROOPS), actor="MX.PRES")
    assert [policy.state for policy in policies_of(moved)] == ["US", "MX"]


def test_what_is_denied_begins_stops_and_needs_nothing() -> None:
    register = register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="blocked", polarity="negated")),
        document("2025-02-20", said(status="reinstated", polarity="negated")),
    )
    assert kinds(register) == [[], [], []]
    alone = register_of(
        document("2025-01-20", said(polarity="negated")), document("2025-02-05", said(status="blocked"))
    )
    assert kinds(alone) == [[], ["needs_first"]]


# ------------------------------------------------------------------------------------------ decided, and in effect


def when(day: str) -> TimeReference:
    return TimeReference(text=day, start=date.fromisoformat(day), end=date.fromisoformat(day), precision="day")


@pytest.mark.parametrize("status", ["ordered", "announced", "authorised", "proposed"])
@pytest.mark.parametrize("more", [{}, {"date_decided": when("2025-01-18")}, {"date_announced": when("2025-01-19")}])
def test_a_promise_stands_where_it_was_made_and_begins_where_it_takes_effect(
    status: str, more: dict[str, TimeReference]
) -> None:
    (entry,) = only(register_of(document("2025-01-20", said(status=status, day="2025-02-20", **more)))).history
    told = [one.start for one in more.values()] or [date(2025, 1, 20)]
    assert ([entry.date], entry.begins) == (told, date(2025, 2, 20))


def test_a_block_before_the_effective_day_comes_after_the_order() -> None:
    order = document("2025-01-20", said(day="2025-02-20"))
    policy = only(register_of(document("2025-02-05", said(status="blocked")), order))
    assert statuses(policy) == ["ordered", "blocked"]
    assert [entry.date for entry in policy.history] == [date(2025, 1, 20), date(2025, 2, 5)]
    assert [entry.troubles for entry in policy.history] == [(), ()]


def test_a_promise_told_after_its_start_stands_at_its_start() -> None:
    (entry,) = only(register_of(document("2025-03-01", said(day="2025-02-20")))).history
    assert (entry.date, entry.begins, entry.basis) == (date(2025, 2, 20), date(2025, 2, 20), "text")


def test_orders_for_two_days_are_two_and_one_told_before_and_after_its_day_is_one() -> None:
    before = document("2025-01-20", said(day="2025-02-20"))
    other = document("2025-01-25", said(day="2025-03-20", quote="Another order."))
    after = document("2025-03-01", said(day="2025-02-20", quote="It was ordered."))
    assert histories(register_of(before, other)) == [["ordered"], ["ordered"]]
    (entry,) = only(register_of(before, after)).history
    assert (len(entry.mentions), entry.begins) == (2, date(2025, 2, 20))


def test_the_day_of_a_decision_and_its_start_can_come_from_two_documents() -> None:
    first = document("2025-01-20", said(day="2025-02-20"))
    second = document("2025-01-22", said(quote="He ordered it.", date_decided=when("2025-01-20")))
    (entry,) = only(register_of(first, second)).history
    assert (entry.date, entry.begins, len(entry.mentions)) == (date(2025, 1, 20), date(2025, 2, 20), 2)
