"""What is true of periods, of the store on any day, and of the verdict on any claim."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import measures
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.checking.comparing import rounding
from counterflow.evidence.periods import (
    Span,
    a_year_earlier,
    add_months,
    just_before,
    month_of,
    months_mostly_within,
    months_within,
    overlap,
)
from evidence_cases import SPRING_2025, baseline, claim, period, store

DAYS = st.dates(date(1990, 1, 1), date(2027, 12, 31))
SPANS = st.builds(lambda start, length: Span(start, start + timedelta(days=length)), DAYS, st.integers(0, 2000))
SERIES = st.sampled_from([series.id for series in store().series_list()])


@given(SPANS)
def test_the_period_before_touches_and_is_as_long(span: Span) -> None:
    before = just_before(span)
    assert before.end + timedelta(days=1) == span.start
    assert before.days == span.days or span.start.day == 1


@given(SPANS)
def test_a_year_earlier_is_about_as_long_and_about_a_year_before(span: Span) -> None:
    earlier = a_year_earlier(span)
    assert abs(earlier.days - span.days) <= 2
    assert 364 <= (span.start - earlier.start).days <= 367


@given(DAYS, st.integers(-300, 300))
def test_months_added_and_taken_away_give_the_same_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert month_of(add_months(moved, -months)) == month_of(day)


@given(SPANS)
def test_whole_months_are_among_those_mostly_within(span: Span) -> None:
    whole, mostly = list(months_within(span)), list(months_mostly_within(span))
    assert set(whole) <= set(mostly)
    assert len(mostly) <= len(whole) + 2


@given(SPANS, SPANS)
def test_overlap_is_a_share_and_does_not_depend_on_order(one: Span, other: Span) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1
    assert overlap(one, one) == 1


@given(SERIES, DAYS, st.integers(0, 800))
def test_as_of_never_sees_the_future_and_never_forgets(series_id: str, day: date, later: int) -> None:
    series = store().about(series_id)
    then = store().observations(series_id, as_of=day)
    afterwards = store().observations(series_id, as_of=day + timedelta(days=later))
    assert afterwards[: len(then)] == then
    months = 1 if series.frequency == "month" else 12
    assert all(add_months(o.date, months + series.publication_lag_months) <= day for o in then)


@given(st.integers(1, 10**9))
def test_a_whole_number_is_never_read_as_rounder_than_five_percent(number: int) -> None:
    assert 0.5 <= rounding(float(number)) <= max(0.5, 0.05 * number)


CHANGES = st.builds(
    lambda measure, value, direction, kind, start, length: claim(
        claim_type="change_pct",
        measure=measure,
        value=value,
        unit="percent",
        direction=direction,
        period=period("then", (start.isoformat(), (start + timedelta(days=length)).isoformat())),
        baseline=baseline(kind, administration="Biden"),
    ),
    st.sampled_from(sorted(measures())),
    st.floats(0.1, 500),
    st.sampled_from(["up", "down", "none"]),
    st.sampled_from(["peak", "administration", "same_period_last_year", "previous_period", "none", "other"]),
    st.dates(date(2012, 1, 1), date(2026, 6, 1)),
    st.integers(0, 500),
)


@given(CHANGES, st.floats(0.1, 500))
def test_the_stated_number_changes_outcomes_but_never_what_is_compared(tested: Claim, other: float) -> None:
    """Never match on the number alone: the figures are chosen before the number is looked at."""
    one = check_claim(tested, store(), SPRING_2025)
    two = check_claim(tested.model_copy(update={"value": other}), store(), SPRING_2025)
    compared = [(r.series_id, r.period, r.baseline_label, r.numerator, r.denominator) for r in one.readings]
    assert compared == [(r.series_id, r.period, r.baseline_label, r.numerator, r.denominator) for r in two.readings]


@given(CHANGES)
def test_the_verdict_follows_from_the_outcomes(tested: Claim) -> None:
    found = check_claim(tested, store(), SPRING_2025)
    deciding = [r for r in found.readings if r.named and r.outcome != "not comparable"]
    outcomes = {r.outcome for r in deciding}
    independent = any(r.independent for r in deciding)  # what only the claimant stated confirms nothing by itself
    expected = {
        frozenset({"holds"}): {"holds_all"} if independent else {"not_checkable"},
        frozenset({"does not hold"}): {"holds_none"},
        frozenset({"holds", "does not hold"}): {"holds_some"},
        frozenset(): {"no_series", "not_checkable"},
    }
    assert found.verdict in expected[frozenset(outcomes)]


@given(CHANGES)
def test_the_observed_change_is_that_of_the_two_figures_shown(tested: Claim) -> None:
    for reading in check_claim(tested, store(), SPRING_2025).readings:
        if reading.outcome != "not comparable":
            assert reading.numerator is not None
            assert reading.denominator
            percent = 100 * (reading.numerator / reading.denominator - 1)
            assert reading.observed == pytest.approx(percent)


@given(CHANGES)
def test_both_directions_of_one_change_never_both_hold(tested: Claim) -> None:
    found = {
        way: {
            (r.period, r.baseline_label)
            for r in check_claim(tested.model_copy(update={"direction": way}), store(), SPRING_2025).readings
            if r.outcome == "holds" and (r.tolerance or 0) < abs(tested.value)
        }
        for way in ("up", "down")
    }
    assert not found["up"] & found["down"]
