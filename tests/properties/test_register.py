"""A register does not depend on how it came about."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from counterflow.strategy.register.adding import DocumentRead, add
from counterflow.strategy.register.files import register_text
from counterflow.strategy.register.policies import policies_of
from counterflow.strategy.register.reviewing import accept, reject, replaced
from counterflow.strategy.register.schema import Register
from register_cases import AT, document, register_of, said

DAYS = st.integers(0, 120).map(lambda number: date(2025, 1, 20) + timedelta(days=number))
STATUSES = st.sampled_from(
    ["under_consideration", "announced", "ordered", "in_force", "blocked", "reinstated", "ended", "took_effect"]
)
ACTIONS = st.builds(
    lambda lever, status, by, day, number, words: said(
        lever,
        status,
        by=by,
        day=day.isoformat() if day else None,
        quantity=number,
        quote=f"{words} {lever} {status}.",
    ),
    st.sampled_from(["asylum.remain_in_mexico", "military.deployment"]),
    STATUSES,
    st.sampled_from(["US.POTUS", "US.COURT", "MX.PRES", None]),
    st.none() | DAYS,
    st.none() | st.sampled_from([1500.0, 1600.0, 9000.0]),
    st.text("abc ", min_size=1, max_size=4),
)
DOCUMENTS = st.lists(
    st.builds(
        lambda day, actions, number: document(day.isoformat(), *actions, name=f"{number}.txt"),
        DAYS,
        st.lists(ACTIONS, max_size=3),
        st.integers(),
    ),
    max_size=5,
    unique_by=lambda one: one.source.name,
)


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_documents_added_in_any_order_give_the_same_register(documents: list[DocumentRead], chance: object) -> None:
    shuffled = list(documents)
    chance.shuffle(shuffled)
    one, other = register_of(*documents), register_of(*shuffled)
    assert register_text(one) == register_text(other)
    assert policies_of(one) == policies_of(other)


@given(DOCUMENTS)
def test_a_document_added_twice_changes_nothing(documents: list[DocumentRead]) -> None:
    once = register_of(*documents)
    assert register_of(*documents, *documents) == once


@given(DOCUMENTS)
def test_every_mention_stands_in_one_entry_and_histories_are_in_order(documents: list[DocumentRead]) -> None:
    register = register_of(*documents)
    policies = policies_of(register)
    shown = [one.id for policy in policies for entry in policy.history for one in entry.mentions]
    assert sorted(shown) == sorted(one.id for one in register.mentions)
    assert len({policy.id for policy in policies}) == len(policies)
    for policy in policies:
        assert [entry.date for entry in policy.history] == sorted(entry.date for entry in policy.history)


@given(DOCUMENTS)
def test_what_is_written_is_read_back(documents: list[DocumentRead]) -> None:
    register = register_of(*documents)
    text = register_text(register)
    assert Register.model_validate_json(text, strict=True) == register
    assert json.loads(text)["format"] == 1


@given(DOCUMENTS, st.lists(st.booleans(), min_size=15, max_size=15))
def test_reviews_outlive_any_new_reading(documents: list[DocumentRead], choices: list[bool]) -> None:
    register = register_of(*documents)
    for one, choice in zip(register.mentions, choices, strict=False):
        register = replaced(register, (accept if choice else reject)(one, "Ann", AT))
    again = register
    for one in documents:
        again, _ = add(again, one.source, one.mentions)
    assert again == register
    for one in documents:  # a reader that finds nothing any more
        again, _ = add(again, one.source, ())
    reviewed = {one.id: one.review for one in register.mentions if one.review.state != "unreviewed"}
    assert {one.id: one.review for one in again.mentions} == reviewed
    assert all(one.lost for one in again.mentions)
