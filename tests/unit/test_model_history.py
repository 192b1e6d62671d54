"""Dated history: each event acts once, and the weeks show it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from counterflow.evidence.store import Store
from counterflow.model import history
from counterflow.model.history import Event
from counterflow.strategy.catalogue import lever, levers
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch

LEVERS = list(levers())
SINCE = date(2019, 1, 1)
WEEKS = np.arange("2019-01-07", "2026-01-05", 7, dtype="datetime64[D]")


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


def week_of(day: date) -> int:
    """Position in WEEKS."""
    return int((np.datetime64(day) - WEEKS[0]).astype(int)) // 7


def lever_events() -> list[Event]:
    return [event for event in history.events() if event.lever]


def test_every_row_of_the_record_from_2019_on_is_listed_once_and_as_it_is_filed(store: Store) -> None:
    listed = [event for event in history.events() if event.record]
    rows = {row.id: row for row in store.events() if row.date >= SINCE}
    assert sorted(event.record for event in listed) == sorted(rows)
    for event in listed:
        row = rows[event.record]
        assert (event.lever or "exogenous") == row.lever
        assert event.source in (row.source, "policy record, from memory")
        if event.lever:
            assert event.date == row.date


def test_a_row_that_moves_its_lever_is_carried_by_a_step_or_says_why_it_is_not(store: Store) -> None:
    moving = {row.id for row in store.events() if row.date >= SINCE and row.effect_on_lever not in (None, 0)}
    assert len(moving) > 130
    carried = [event for event in lever_events() if event.record in moving and event.acts]
    assert len(carried) > 80
    for event in lever_events():
        if event.acts:
            assert (event.step is None) != (event.acts_done is None)
            if event.step is not None:
                of = lever(event.through or event.lever)
                assert event.step in {step.start for step in of.recorded}, f"{event.record}: no step of {of.id}"
        else:
            assert len(event.why) > 20, event.record


def test_a_step_that_carries_one_event_alone_is_dated_close_to_it() -> None:
    for event in lever_events():
        # A mean may begin long before what it holds; anything else is what follows from the act, or counts its result.
        if event.step is not None and not event.mean:
            assert timedelta(days=-150) <= event.step - event.date <= timedelta(days=120), event.record


def test_what_moves_nothing_on_record_is_not_carried_by_a_step_of_its_own(store: Store) -> None:
    rows = {row.id: row for row in store.events()}
    by_zero = {event.record for event in lever_events() if event.acts and rows[event.record].effect_on_lever == 0}
    # Counts and an agreement whose effect came with their announcement.
    assert by_zero == {"20190131-1", "20210728-1", "20231115-1"}


def test_rows_from_memory_carry_nothing_but_the_steps_that_say_so(store: Store) -> None:
    rows = {row.id: row for row in store.events()}
    recalled = {e.record for e in lever_events() if e.acts and rows[e.record].status.startswith("memory_unverified")}
    assert recalled == {"20210121-1", "20220808-1"}
    for record in recalled:
        event = next(e for e in lever_events() if e.record == record)
        step = next(s for s in lever(event.lever).recorded if s.start == event.step)
        assert step.status == "memory_unverified"


def test_no_event_acts_both_by_a_lever_and_beside_it() -> None:
    assert all(bool(event.lever) != event.exogenous for event in history.events())
    beside = {(event.date, event.kind) for event in history.events() if event.kind}
    assert len(beside) == sum(bool(event.kind) for event in history.events())
    same_day = {event.date for event in history.events() if event.kind} & {e.date for e in lever_events() if e.acts}
    assert not same_day


@pytest.mark.parametrize(
    "wrong",
    [
        {"lever": "trade.tariff", "exogenous": True},
        {"lever": "trade.tariff"},
        {"lever": "justice.transfer", "step": date(2025, 1, 1), "acts_done": 3.0},
        {"lever": "trade.tariff", "acts": False},
        {"exogenous": True, "kind": "split", "channel": "leaders"},
        {"exogenous": True, "kind": "affront"},
        {"exogenous": True, "kind": "affront", "channel": "diplomacy", "step": date(2025, 1, 1)},
    ],
)
def test_an_event_that_acts_twice_or_in_no_way_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"date": SINCE, "what": "x", "source": "y", "known_from": SINCE} | wrong)


@given(st.integers(0, 300))
def test_from_a_strategy_s_start_on_no_step_and_no_act_is_in_the_levers(weeks_on: int) -> None:
    start = WEEKS[weeks_on]
    weeks = start + 7 * np.arange(30)
    half = np.full((1, len(LEVERS)), 0.5)
    none = Branch(id="none", title="", description="")
    ahead = lever_paths(none, weeks, half, half, LEVERS)[0]
    assert (ahead == ahead[0]).all()
    # Before it the record goes on to where the branches begin.
    last_day = [
        [step.intensity for step in lever(name).recorded if np.datetime64(step.start) < start][-1:]
        or [lever(name).recorded[0].intensity]
        for name in LEVERS
    ]
    assert ahead[0].tolist() == [value for (value,) in last_day]


def test_recorded_paths_share_a_week_by_its_days() -> None:
    path = history.recorded_paths(WEEKS, LEVERS)
    assert path.shape == (len(WEEKS), len(LEVERS))
    asylum = path[:, LEVERS.index("asylum.restriction")]
    june = week_of(date(2024, 6, 5))  # a Wednesday: five days of seven
    assert asylum[june - 1 : june + 2] == pytest.approx([0.3, (2 * 0.3 + 5 * 0.7) / 7, 0.7])
    assert path[0, LEVERS.index("trade.tariff")] == 0.2  # before its first step


def test_recorded_paths_agree_with_a_plain_loop_over_days() -> None:
    some = WEEKS[::17]
    for name in LEVERS:
        path = history.recorded_paths(some, [name])[:, 0]
        for week, value in zip(some, path, strict=True):
            total = 0.0
            for offset in range(7):
                day = week.item() + timedelta(days=offset)
                current = lever(name).recorded[0].intensity
                for step in lever(name).recorded:
                    current = step.intensity if step.start <= day else current
                done = sum(e.acts_done or 0.0 for e in lever_events() if e.lever == name and e.date == day)
                total += current + 365.25 * done
            assert value == pytest.approx(total / 7, rel=1e-12), f"{name} {week}"


def test_acts_of_a_day_are_that_many_more_in_their_week_alone() -> None:
    path = history.recorded_paths(WEEKS, ["justice.transfer"])[:, 0] * 7 / 365.25
    at = week_of(date(2025, 2, 27))
    assert path[at] - path[at - 1] == pytest.approx(29)
    assert path[at + 1] == path[at - 1]


def test_reference_levels_are_means_over_2022_to_2024() -> None:
    reference = dict(zip(LEVERS, history.reference_levels(LEVERS), strict=True))
    # 5 August 2022 to 14 November 2023: 467 days at 0.03; from then on 413 days at 0.2.
    assert reference["drugs.precursor_control"] == pytest.approx((467 * 0.03 + 413 * 0.2) / 1096)
    assert reference["trade.tariff"] == 0.2  # exactly: a lever that stood still is at its reference
    assert reference["border.barrier"] == 5.0
    assert 350 < reference["interior.arrests"] < 420


def test_reference_levels_of_an_early_run_see_nothing_after_its_start() -> None:
    early = history.reference_levels(["drugs.precursor_control", "asylum.restriction"], date(2022, 6, 1))
    assert early[0] == 0.0
    assert early[1] > 0.45  # two years of expulsions


@pytest.mark.parametrize(
    ("start", "as_of", "before", "after"),
    [
        (date(2025, 1, 13), None, 516, 580),  # 2022-24; the shock is of 1 June 2023
        (date(2023, 9, 4), None, 516, 95),  # only what lies before the start
        (date(2023, 3, 6), None, 429, 0),  # the shock is still to come
        (date(2025, 1, 13), date(2025, 1, 13), 1096, 0),  # nobody knew of it: the paper is of January 2026
        (date(2025, 1, 13), date(2026, 2, 1), 516, 580),
    ],
)
def test_the_reference_is_told_apart_at_the_shock_where_that_was_known(
    start: date, as_of: date | None, before: int, after: int
) -> None:
    found = history.around_shock(start, as_of)
    assert found == pytest.approx((before / 7, after / 7), rel=1e-12)


def test_each_exogenous_event_is_in_its_week_and_once(store: Store) -> None:
    found = history.exogenous(WEEKS, store)
    assert np.argwhere(found.arrested).tolist() == [[week_of(date(2023, 1, 5)), 1], [week_of(date(2024, 7, 25)), 1]]
    assert np.argwhere(found.wars).tolist() == [[week_of(date(2024, 9, 9)), 1]]
    assert np.argwhere(found.affront).tolist() == [[week_of(date(2020, 10, 15))]]
    assert not found.killed.any()
    shock = week_of(date(2023, 6, 1))
    assert -1 < found.since_shock[shock] <= 0 < found.since_shock[shock + 1]
    assert all(len(values) == len(WEEKS) for values in found)


def test_appointments_are_those_published_and_end_when_they_were_cancelled(store: Store) -> None:
    found = history.exogenous(WEEKS, store).appointments
    rows = store.observations("cbp_one_appointments")
    by_september_2024 = found[: week_of(date(2024, 8, 26))].sum()
    known = sum(row.value for row in rows) - rows[-1].value * 6 / 31  # 26 to 31 August lie beyond
    assert by_september_2024 == pytest.approx(known, rel=1e-9)
    assert not found[: week_of(date(2023, 1, 1))].any()
    assert found[week_of(date(2025, 1, 19))] > 0
    assert not found[week_of(date(2025, 1, 20)) :].any()


def test_appointments_go_on_where_their_end_is_a_strategy_s_own_act(store: Store) -> None:
    held = history.exogenous(WEEKS, store, start=date(2025, 1, 13)).appointments
    assert held[-1] == pytest.approx(held[week_of(date(2025, 1, 13))])
    assert held[-1] > 9000
    ended = history.exogenous(WEEKS, store, start=date(2025, 6, 2)).appointments
    assert ended[-1] == 0


def test_what_was_not_yet_known_is_left_out(store: Store) -> None:
    found = history.exogenous(WEEKS, store, as_of=date(2024, 8, 1))
    assert not found.wars.any()
    assert found.arrested.sum() == 2
    assert (found.since_shock == history.NOT_YET).all()  # the paper is of January 2026
    assert found.appointments[-1] > 9000  # nobody knew that they would end
    assert history.exogenous(WEEKS, store, as_of=date(2026, 2, 1)).since_shock[-1] > 0
    assert not history.exogenous(WEEKS, store, as_of=date(2022, 12, 1)).appointments.any()
