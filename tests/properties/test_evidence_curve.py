"""What is true of every baseline curve, every percentile, every share, and every two series that are never mixed."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from counterflow.brief.schema import Claim, Span
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.checking.baselines import Compared
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.checking.curve_words import percentile
from counterflow.evidence.checking.definitions import may_mix
from counterflow.evidence.checking.reading import reading
from counterflow.evidence.checking.rules import changed
from counterflow.evidence.checking.sources import source_of_parts
from counterflow.evidence.periods import month_of
from evidence_cases import SPRING_2025, baseline, claim, period, store

SIZES = st.lists(st.floats(-200, 200), min_size=1, max_size=60)
MEASURES = [
    "encounters.between_ports",
    "gotaways",
    "homicides.mexico",
    "overdose.deaths",
    "detained",
    "fentanyl.seized",
]
CHANGES = st.builds(
    lambda measure, kind, value, direction, named, start: claim(
        claim_type=kind,
        measure=measure,
        value=None if kind == "trend" else value,
        unit="percent",
        direction=direction,
        period=period("then", (month_of(start).start.isoformat(), month_of(start).end.isoformat())),
        baseline=baseline(named, administration="Biden"),
    ),
    st.sampled_from(MEASURES),
    st.sampled_from(["change_pct", "change_factor", "trend"]),
    st.floats(0.1, 500),
    st.sampled_from(["up", "down", "none"]),
    st.sampled_from(["peak", "administration", "same_period_last_year", "previous_period", "none"]),
    st.dates(date(2012, 1, 1), date(2026, 6, 1)),
)


@given(SIZES, st.floats(-200, 200))
def test_a_percentile_is_the_share_below_with_ties_halved(sizes: list[float], size: float) -> None:
    below, equal = sum(s < size for s in sizes), sum(s == size for s in sizes)
    assert percentile(size, sorted(sizes)) == pytest.approx(100 * (below + equal / 2) / len(sizes))


@given(SIZES, st.floats(-200, 200), st.floats(-200, 200))
def test_a_larger_change_never_lies_lower(sizes: list[float], one: float, other: float) -> None:
    ordered = sorted(sizes)
    assert percentile(min(one, other), ordered) <= percentile(max(one, other), ordered)
    assert 0 <= percentile(one, ordered) <= 100


@given(SIZES)
def test_the_percentiles_of_all_possible_baselines_are_fifty_on_average(sizes: list[float]) -> None:
    ordered = sorted(sizes)
    assert sum(percentile(s, ordered) for s in ordered) / len(ordered) == pytest.approx(50)


@given(CHANGES)
def test_every_point_of_a_curve_is_an_earlier_period_and_its_change_cannot_pass_total_loss(tested: Claim) -> None:
    curve = check_claim(tested, store(), SPRING_2025).curve
    if curve is not None:
        starts = [point.start for point in curve.points]
        assert starts == sorted(starts)
        assert tested.period
        assert all(start < tested.period.readings[0].end for start in starts)
        assert all(point.change >= -100 and point.value > 0 for point in curve.points)


@given(CHANGES)
def test_marks_stand_where_their_readings_say_and_rank_among_the_points(tested: Claim) -> None:
    found = check_claim(tested, store(), SPRING_2025)
    assume(found.curve)
    assert found.curve
    shown = {(r.baseline_label, round((r.numerator or 0) / (r.denominator or 1), 9)) for r in found.readings}
    sign = {"up": 1, "down": -1}.get(tested.direction, 0)

    def size(change: float) -> float:
        return sign * change if sign else abs(change)

    for mark in (*found.curve.chosen, *found.curve.usual):
        assert (mark.label, round(1 + mark.change / 100, 9)) in shown
        assert (mark.percentile is None) == (mark.rank == "")
        # a mark is ranked among the points where it is one of them: months among months
        at = [p for p in found.curve.points if p.start == mark.start and p.change == pytest.approx(mark.change)]
        if (
            mark.percentile is not None
            and at
            and at[0].label in mark.label
            and "could have been" in found.curve.sentence
        ):
            sizes = [size(point.change) for point in found.curve.points]
            own = size(at[0].change)
            smaller, ties = sum(s < own for s in sizes), sum(s == own for s in sizes)
            assert mark.percentile == pytest.approx(100 * (smaller + ties / 2) / len(sizes), abs=100 / len(sizes))
    assert (found.curve.stated is None) == (tested.claim_type == "trend")


@given(CHANGES, st.floats(0.1, 500))
def test_the_stated_number_moves_the_line_and_never_the_curve(tested: Claim, other: float) -> None:
    assume(tested.claim_type != "trend")
    one = check_claim(tested, store(), SPRING_2025).curve
    two = check_claim(tested.model_copy(update={"value": other}), store(), SPRING_2025).curve
    assert (one is None) == (two is None)
    if one and two:
        assert (one.points, one.chosen, one.usual) == (two.points, two.chosen, two.usual)


# --- series that are never mixed ---

TOGETHER = list(combinations(sorted(series_habits()), 2))
FORBIDDEN = [pair for pair in TOGETHER if not may_mix(*pair)]


def test_what_one_series_forbids_the_other_forbids_too() -> None:
    assert FORBIDDEN
    for one, other in TOGETHER:
        named = other in series_habits()[one].never_mix_with or one in series_habits()[other].never_mix_with
        assert may_mix(one, other) is may_mix(other, one) is not named


@given(st.sampled_from(FORBIDDEN), st.booleans(), st.data(), st.floats(0.1, 500), st.sampled_from(["up", "down"]))
def test_a_period_and_a_baseline_of_series_never_mixed_are_never_compared(
    pair: tuple[str, str], turned: bool, data: st.DataObject, value: float, direction: str
) -> None:
    figures = []
    for series_id in reversed(pair) if turned else pair:
        source = source_of_parts(series_id, (store().about(series_id).geos[0],), store())
        slot = data.draw(st.sampled_from(source.slots))
        figures.append(next(iter(source.over(slot.span)), None))
    now, then = figures
    assume(now and then and then.value)
    assert now
    assert then
    stated = claim(claim_type="change_pct", measure="x", value=value, unit="percent", direction=direction)
    row = changed(stated, Compared("now", now, "then", "peak", then))
    assert row.outcome == "not comparable"
    assert row.tolerance is None
    assert "never mixed" in row.note
    forced = reading(now, label="", baseline="", kind="", observed=value, words="", allowed=1.0, outcome="holds",
                     against=then)  # fmt: skip
    assert forced.outcome == "not comparable"


# --- shares ---


@given(st.dates(date(2019, 1, 1), date(2025, 9, 1)), st.floats(0.1, 99))
def test_the_two_parts_of_one_whole_make_a_hundred_percent(day: date, value: float) -> None:
    observed = []
    for words in ("of fentanyl was seized at ports of entry", "of fentanyl was seized between ports of entry"):
        span = Span(start=0, end=len(words), quote=words)
        month = (month_of(day).start.isoformat(), month_of(day).end.isoformat())
        tested = claim(
            claim_type="share", measure="fentanyl.seized", value=value, unit="percent", span=span, quote_span=span,
            period=period("then", month),
        )  # fmt: skip
        observed += [r.observed for r in check_claim(tested, store(), SPRING_2025).readings]
    assert len(observed) == 2
    assert all(share is not None and 0 <= share <= 100 for share in observed)
    assert sum(share or 0.0 for share in observed) == pytest.approx(100)
