"""A change is shown against every baseline that could have been chosen, so that a reader sees how special one is."""

from __future__ import annotations

import time
from datetime import date

import pytest

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.checking.curve_words import percentile, rank_words
from counterflow.evidence.periods import month_of
from counterflow.evidence.schema import BaselineCurve
from counterflow.evidence.store import Store
from evidence_cases import SPRING_2025, baseline, claim, period, row, store

FEBRUARY = period("February 2025", ("2025-02-01", "2025-02-28"))


def curve(tested: Claim) -> BaselineCurve:
    found = check_claim(tested, store(), SPRING_2025).curve
    assert found is not None
    return found


def fall(**values: object) -> Claim:
    usual: dict[str, object] = {
        "claim_type": "change_pct",
        "measure": "encounters.between_ports",
        "value": 94,
        "unit": "percent",
        "direction": "down",
        "period": FEBRUARY,
        "baseline": baseline("peak", "the peak under Biden", administration="Biden"),
    }
    return claim(**usual | values)


def test_the_curve_holds_every_earlier_month_of_the_series_in_order() -> None:
    drawn = curve(fall())
    months = [o.date for o in store().observations("usbp_encounters_sw") if o.date < FEBRUARY.readings[0].start]
    assert [point.start for point in drawn.points] == months
    assert drawn.unit == "percent"
    assert drawn.period == "Feb 2025"


def test_a_point_of_the_curve_is_the_change_from_that_month() -> None:
    (year_before,) = [p for p in curve(fall()).points if p.label == "Feb 2024"]
    assert year_before.value == 140641
    assert year_before.change == pytest.approx(100 * (8353 / 140641 - 1))
    assert not year_before.crosses_break
    assert all(p.crosses_break for p in curve(fall()).points if p.start.year < 2023)


def test_the_named_baseline_and_the_usual_one_lie_on_the_curve() -> None:
    found = check_claim(fall(), store(), SPRING_2025)
    assert found.curve
    assert {mark.label for mark in found.curve.chosen} == {
        "peak fiscal year under Biden: FY2022",
        "peak month under Biden: Dec 2023",
    }
    assert {mark.label for mark in found.curve.usual} == {
        "same period last year: Feb 2024",
        "average of the fiscal year before: FY2024",
    }
    for mark in (*found.curve.chosen, *found.curve.usual):
        assert mark.change == pytest.approx(row(found, mark.label).observed)


def test_nothing_flatters_more_than_the_peak_of_all_months() -> None:
    (peak,) = [mark for mark in curve(fall()).chosen if mark.label.endswith("Dec 2023")]
    points = curve(fall()).points
    assert peak.percentile == pytest.approx(100 * (len(points) - 0.5) / len(points))
    assert peak.change == min(point.change for point in points)


def test_the_sentence_counts_the_baselines_that_give_as_much() -> None:
    drawn = curve(fall())
    as_large = sum(point.change <= -93.5 for point in drawn.points)  # 94% as it may have been rounded
    possible = f"Of the {len(drawn.points)} months before Feb 2025 that could have been chosen as baseline"
    assert drawn.sentence.startswith(f"{possible}, {as_large} give a fall at least as large as stated.")
    assert "same period last year gives −94.1%, a larger fall than 86 in 100 of the 304 months give" in drawn.sentence
    assert "For 284 of the 304 the comparison crosses a definition break." in drawn.sentence


def test_months_are_ranked_among_months_and_years_among_years() -> None:
    """Of the fiscal years 2000 to 2024 only FY2022 (2,206,436) was above FY2000 (1,643,679) and all others."""
    drawn = curve(fall())
    ranks = {mark.label.rpartition(": ")[2]: mark.rank for mark in drawn.chosen}
    assert ranks == {"FY2022": "24 of the 25 fiscal years", "Dec 2023": "99 in 100 of the 304 months"}


def test_a_change_that_went_the_other_way_is_told_so_and_not_ranked_in_words() -> None:
    assert "same period last year gives −94.1%, which goes the other way" in curve(fall(direction="up")).sentence


def test_over_is_not_rounded_on_the_curve() -> None:
    drawn = curve(fall(bound=">"))
    assert f" {sum(point.change <= -94 for point in drawn.points)} give a fall" in drawn.sentence


@pytest.mark.parametrize(
    ("values", "stated"),
    [
        ({}, -94),
        ({"direction": "up"}, 94),
        ({"claim_type": "change_factor", "value": 0.5}, -50),
        ({"claim_type": "change_factor", "value": 3, "direction": "up"}, 200),
        ({"claim_type": "change_factor", "value": 4, "direction": "down"}, -75),
        ({"claim_type": "change_abs", "value": 8353, "unit": "encounters"}, -50),
        ({"claim_type": "trend", "value": None, "unit": None}, None),
    ],
)
def test_the_stated_change_is_given_in_percent_with_its_sign(values: dict[str, object], stated: float | None) -> None:
    assert curve(fall(**values)).stated == (stated if stated is None else pytest.approx(stated))


def test_where_the_document_names_no_baseline_only_the_usual_ones_are_marked() -> None:
    drawn = curve(fall(baseline=baseline("none")))
    assert drawn.chosen == ()
    assert [mark.label for mark in drawn.usual] == ["same period last year: Feb 2024"]
    assert "The document names none. Usual, not named: same period last year gives −94.1%" in drawn.sentence


def test_where_only_published_figures_exist_their_periods_are_the_curve() -> None:
    days = period("first 11 days", ("2025-01-20", "2025-01-30"), ("2025-01-21", "2025-01-31"))
    drawn = curve(fall(measure="gotaways", value=93, rate="day", period=days))
    assert {"FY2023", "Apr 2023", "4–10 May 2023"} <= {point.label for point in drawn.points}
    assert drawn.sentence.startswith(
        "22 figures were published for earlier periods; they overlap and come from several"
    )
    # 11 fiscal years do not overlap; of the months there are 8, of the week and the part-years too few
    ranks = {mark.label.rpartition(": ")[2]: (mark.percentile is None, mark.rank) for mark in drawn.chosen}
    assert ranks["FY2023"] == (False, "10 of the 11 fiscal years")
    assert {ranks["Apr 2023"], ranks["4–10 May 2023"]} == {(True, "")}
    assert all(mark.percentile is None for mark in drawn.usual)
    (year,) = [mark for mark in drawn.chosen if "FY2023" in mark.label]
    assert year.change == pytest.approx(-92.8, abs=0.05)


def test_a_count_over_twelve_months_is_set_against_earlier_ones_that_it_does_not_overlap() -> None:
    year = period("2024", ("2024-01-01", "2024-12-31"))
    drawn = curve(fall(measure="overdose.deaths", value=25, period=year, baseline=baseline("same_period_last_year")))
    assert drawn.points[-1].label == "2023"
    assert "earlier spans of twelve months have a figure; they overlap" in drawn.sentence
    assert all(mark.percentile is None for mark in (*drawn.chosen, *drawn.usual)), "nine years are too few"


def test_a_year_is_drawn_against_years() -> None:
    year = period("FY2021", ("2020-10-01", "2021-09-30"))
    drawn = curve(fall(value=100, direction="up", period=year, baseline=baseline("same_period_last_year")))
    assert [point.label for point in drawn.points] == [f"FY{n}" for n in range(2000, 2021)]
    assert drawn.sentence.startswith("Of the 21 fiscal years before FY2021")


def test_nothing_is_compared_across_an_instrument_that_must_not_be_spliced() -> None:
    later = (2018, 2022)
    found = check_claim(
        fall(
            measure="conflict_deaths.mexico",
            value=50,
            direction="up",
            period=period("2020", ("2020-01-01", "2020-12-31")),
            baseline=baseline("explicit_date", "2016", start="2016-01-01", end="2016-12-31"),
        ),
        store(),
        SPRING_2025,
    )
    old = row(found, "2016")
    assert old.outcome == "not comparable"
    assert old.note.startswith("Nothing is compared across 1 Jan 2018")
    assert found.curve is None or {p.start.year for p in found.curve.points} <= set(range(*later))


def test_what_is_no_change_has_no_curve() -> None:
    level = claim(measure="encounters.between_ports", value=8353, unit="encounters", period=FEBRUARY)
    assert check_claim(level, store(), SPRING_2025).curve is None


def test_a_percentile_is_the_mean_of_those_below_and_those_not_above() -> None:
    assert percentile(2, [1, 2, 3, 4]) == 37.5
    assert percentile(0, [1, 2]) == 0
    assert percentile(9, [1, 2]) == 100
    assert percentile(5, [5, 5, 5]) == 50


@pytest.mark.parametrize(
    ("size", "count", "words"),
    [
        (0, 100, "fewer than 1 in 100 of the 100 months"),
        (62, 100, "62 in 100 of the 100 months"),
        (1000, 100, "99 in 100 of the 100 months"),
        (9, 12, "8 of the 12 months"),
        (99, 12, "12 of the 12 months"),
    ],
)
def test_ranks_are_told_in_hundredths_of_many_and_counted_of_few(size: float, count: int, words: str) -> None:
    assert rank_words(size, [n + 0.5 if count > 50 else n + 1.0 for n in range(count)], "month") == words


def test_ten_thousand_changes_a_minute_are_checked_with_their_curves() -> None:
    months = [month_of(date(2015 + i // 12 % 10, i % 12 + 1, 1)) for i in range(500)]
    claims = [fall(period=period("x", (m.start.isoformat(), m.end.isoformat()))) for m in months]
    started = time.perf_counter()
    opened, kept = Store.open(), {}
    checks = [check_claim(tested, opened, SPRING_2025, kept=kept) for tested in claims]
    taken = time.perf_counter() - started
    assert all(check.curve for check in checks)
    assert len(claims) / taken * 60 > 10_000
