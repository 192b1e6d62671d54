"""Each kind of claim is tested against every reading of its period and baseline, by general rules."""

from __future__ import annotations

import re
from datetime import date

import pytest

from counterflow.brief.schema import Claim, Span
from counterflow.evidence.catalog import measures
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.checking.verdict import rolled_up
from counterflow.evidence.schema import Check
from evidence_cases import SPRING_2025, baseline, claim, period, row, store

FIRST_DAYS = period("first 11 days", ("2025-01-20", "2025-01-30"), ("2025-01-21", "2025-01-31"))


def checked(tested: Claim, interval: tuple[date, date] = SPRING_2025) -> Check:
    return check_claim(tested, store(), interval)


# --- a change against a peak, known from published figures only ---


@pytest.fixture(scope="module")
def gotaways() -> Check:
    return checked(
        claim(
            claim_type="change_pct",
            measure="gotaways",
            value=93,
            unit="percent",
            direction="down",
            rate="day",
            period=FIRST_DAYS,
            baseline=baseline("peak", "peak Biden-era numbers", administration="Biden"),
            checkability="no_public_series",
        )
    )


@pytest.mark.parametrize(
    ("label", "then", "percent", "outcome"),
    [
        ("peak fiscal year under Biden: FY2023", 1837, -92.8, "holds"),
        ("peak month under Biden: Apr 2023", 2449, -94.6, "does not hold"),
        ("peak week under Biden: 4–10 May 2023", 2671, -95.1, "does not hold"),
        (
            "average of the fiscal year before: FY2024, as far as known Oct 2023–Mar 2024",
            800,
            -83.5,
            "does not hold",
        ),
        ("same period last year: 1–11 Feb 2024", 750, -82.4, "does not hold"),
    ],
)
def test_a_fall_is_shown_against_every_baseline(
    gotaways: Check, label: str, then: float, percent: float, outcome: str
) -> None:
    reading = row(gotaways, label)
    assert reading.numerator == pytest.approx(132)
    assert reading.denominator == pytest.approx(then, abs=0.5)
    assert reading.observed == pytest.approx(percent, abs=0.05)
    assert reading.outcome == outcome
    assert not reading.official


def test_what_readers_see_has_true_minus_signs_and_both_sources_in_one_title(gotaways: Check) -> None:
    peak = row(gotaways, "peak fiscal year under Biden")
    assert peak.observed_text.endswith("−92.8%")
    assert peak.source_title.startswith("senior DHS source to Fox News, against known gotaways")
    shown = [gotaways.explanation, gotaways.chart_mark_label, *(r.observed_text for r in gotaways.readings)]
    assert not any(re.search(r"-\d", text) for text in shown)


def test_a_claim_that_holds_only_against_the_peak_holds_in_some_readings(gotaways: Check) -> None:
    assert gotaways.verdict == "holds_some"
    assert "no official series" in gotaways.flags


def test_a_figure_for_other_days_than_the_stated_says_so(gotaways: Check) -> None:
    assert "the figure is for another period" in gotaways.flags
    for reading in gotaways.readings:
        assert reading.period == "1–11 Feb 2025 (stated: 20–30 Jan 2025 or 21–31 Jan 2025)"
        assert "is not the period of the figure (1–11 Feb 2025" in reading.note


def test_baselines_that_the_document_does_not_name_are_marked(gotaways: Check) -> None:
    unnamed = [r for r in gotaways.readings if "does not name this baseline" in r.note]
    assert {r.baseline_kind for r in unnamed} == {"same_period_last_year", "period_average"}
    assert all(r.baseline_kind == "peak" for r in gotaways.readings if r not in unnamed)
    assert [r for r in gotaways.readings if not r.named] == unnamed


def test_baselines_that_it_does_not_name_stand_beside_the_verdict_and_do_not_change_it(gotaways: Check) -> None:
    """Against the fiscal year 2023 alone the figure holds, whatever the year before says."""
    named = row(gotaways, "peak fiscal year").model_copy(update={"independent": True})
    holds = rolled_up(
        gotaways.claim,
        [named, *(r for r in gotaways.readings if not r.named)],
        measures()["gotaways"],
    )
    assert holds.verdict == "holds_all"
    assert "Against baselines that it does not name: same period last year" in holds.explanation


def test_conflicting_figures_for_one_period_are_named(gotaways: Check) -> None:
    assert "another figure for the period: 664000" in row(gotaways, "peak fiscal year").note


def test_the_level_that_a_change_implies_is_marked_on_the_chart(gotaways: Check) -> None:
    assert gotaways.chart_unit == "people a day"
    assert gotaways.chart_mark == pytest.approx(670674 / 365 * 0.07)
    assert len(gotaways.chart) > 20


# --- other claims on published figures and events ---


def test_a_count_for_a_day_holds_and_its_implied_contrast_does_not() -> None:
    found = checked(
        claim(
            measure="arrests.interior",
            value=300,
            unit="people",
            bound=">",
            period=period("day", ("2025-01-21",) * 2),
        )
    )
    level, contrast = row(found, "the figure for 21 Jan 2025"), row(found, "implied contrast")
    assert (level.observed, level.outcome) == (308, "holds")
    assert contrast.denominator == pytest.approx(310.7)
    assert contrast.outcome == "does not hold"
    assert found.verdict == "holds_some"
    whole_month = row(found, "the figure for Jan 2025")
    assert whole_month.outcome == "not comparable"


def test_an_unusual_day_has_the_contrast_that_it_implies() -> None:
    busy = claim(
        measure="gotaways",
        value=2600,
        unit="people",
        bound=">",
        period=period("x", ("2023-05-04", "2023-05-10")),
    )
    contrast = row(checked(busy.model_copy(update={"value": 18000.0})), "implied contrast")
    assert contrast.numerator == pytest.approx(2671 * 7)
    assert contrast.outcome == "holds"


def test_troops_sent_are_set_against_orders_and_not_against_those_there_already() -> None:
    found = checked(claim(measure="troops", value=1600, unit="troops", action_id="a6", checkability="event_record"))
    ordered = row(found, "troops at border: active-duty order of 22 Jan 2025")
    assert ordered.observed == 1500
    assert ordered.outcome == "does not hold"
    assert "+6.7%" in ordered.observed_text
    with_others = row(found, "US DoD, order: ordered, with the 100 added")
    assert (with_others.observed, with_others.outcome) == (1600, "holds")
    assert found.verdict == "holds_some"
    assert row(found, "troops at border: Title 10 total").outcome == "not comparable"


def test_one_part_of_a_force_and_another_order_are_shown_with_the_reason_and_not_compared() -> None:
    found = checked(claim(measure="troops", value=1600, unit="troops", action_id="a6", checkability="event_record"))
    staff = row(found, "troops at border: 10th Mountain Division HQ")
    assert (staff.observed, staff.outcome) == (500, "not comparable")
    assert staff.note.startswith("One part of the whole")
    later = next(r for r in found.readings if r.observed == 3000)
    assert (later.outcome, later.note) == ("not comparable", "Another act than the one that lies nearest")


SUMMER_2025 = (date(2025, 6, 20), date(2025, 6, 20))
WHOLE = {8600.0, 10000.0}


def troops(sentence: str, number: float, **values: object) -> Claim:
    """A claim on troops whose words are the number and the noun within the sentence."""
    words = f"{number:,.0f}"
    at = sentence.index(words)
    return claim(
        measure="troops",
        value=number,
        unit="troops",
        span=Span(start=0, end=len(sentence), quote=sentence),
        quote_span=Span(start=at, end=at + len(words), quote=words),
        checkability="event_record",
        **values,
    )


def compared(check: Check) -> set[float | None]:
    return {r.observed for r in check.readings if r.outcome != "not comparable"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Some 9,000 troops are at the border.",
        "There are now 9,000 troops on duty.",
        "Last week a brigade was ordered in, and 9,000 troops are stationed at the border.",
        "A total of 9,000 troops has been sent.",
        "Hay 9,000 soldados en la frontera.",
    ],
)
def test_troops_there_are_set_against_all_that_were_there(sentence: str) -> None:
    found = checked(troops(sentence, 9000, action_id="a1"), SUMMER_2025)
    assert compared(found) == WHOLE
    apart = {r.observed: r.note for r in found.readings if r.outcome == "not comparable"}
    assert set(apart) == {180, 1115}
    assert apart[180].startswith("One part of the whole")
    assert apart[1115].startswith("What one act sent")


@pytest.mark.parametrize(
    "sentence", ["It ordered 1,115 more troops to the border.", "It sent 1,115 additional troops."]
)
def test_troops_added_are_set_against_what_acts_added(sentence: str) -> None:
    found = checked(troops(sentence, 1115, action_id="a1"), SUMMER_2025)
    assert (compared(found), found.verdict) == ({1115}, "holds_all")


def test_more_than_is_no_addition() -> None:
    assert compared(checked(troops("There are more than 9,000 troops.", 9000), SUMMER_2025)) == WHOLE


def test_where_sent_may_mean_in_all_the_nearer_on_record_is_taken_and_the_reading_says_so() -> None:
    found = checked(troops("It deployed 9,000 troops to the border.", 9000, action_id="a1"), SUMMER_2025)
    assert compared(found) == WHOLE
    assert all(r.note.startswith("Read as all that were there") for r in found.readings if r.outcome == "holds")


def test_a_part_of_a_force_is_no_figure_of_the_whole_over_time() -> None:
    parts = {p.value for p in store().points("troops") if p.part == "component"}
    drawn = checked(claim(measure="troops", claim_type="trend", direction="up"), SUMMER_2025).chart
    assert parts
    assert not parts & {point.value for point in drawn}


def test_the_date_decides_which_orders_count() -> None:
    troops = claim(measure="troops", value=1600, unit="troops", action_id="a6", checkability="event_record")
    early = checked(troops, (date(2025, 1, 23), date(2025, 1, 23)))
    assert {r.period for r in early.readings} <= {"21 Jan 2025", "22 Jan 2025"}
    assert checked(troops, (date(2016, 1, 1), date(2016, 1, 1))).verdict == "no_series"


@pytest.mark.parametrize(
    ("number", "verdict"), [(5, "holds_none"), (6, "holds_some"), (8, "holds_some"), (7, "holds_none")]
)
def test_the_size_of_a_list_is_counted_in_all_and_by_base(number: int, verdict: str) -> None:
    found = checked(claim(measure="designated_groups", value=number, unit="groups", checkability="event_record"))
    assert found.verdict == verdict
    assert row(found, "all organisations").observed == 8
    assert row(found, "those based in Mexico").observed == 6


def test_a_list_is_that_of_the_document_s_time() -> None:
    before = (date(2025, 2, 1), date(2025, 2, 19))
    assert checked(claim(measure="designated_groups", value=8, unit="groups"), before).verdict == "no_series"


def test_people_handed_over_are_counted_in_the_record_of_events() -> None:
    found = checked(claim(measure="extraditions", value=29, unit="people", checkability="event_record"))
    assert found.verdict == "holds_all"
    assert "event record" in found.flags


def test_an_incomplete_claim_lists_what_fits_its_days_and_chooses_none() -> None:
    found = checked(claim(period=FIRST_DAYS, incomplete=True, checkability="incomplete"))
    assert found.verdict == "incomplete"
    assert {r.observed for r in found.readings} == {-85.0, -93.0}
    assert {r.outcome for r in found.readings} == {"not comparable"}


def test_a_figure_equal_to_the_claim_for_another_measure_is_no_proof() -> None:
    ports = claim(
        claim_type="change_pct",
        measure="removals",
        value=93,
        unit="percent",
        direction="down",
        period=FIRST_DAYS,
    )
    assert not [r for r in checked(ports).readings if r.outcome == "holds"]


# --- claims on official series ---


def test_a_month_against_the_same_month_of_the_year_before() -> None:
    found = checked(
        claim(
            claim_type="change_pct",
            measure="encounters.between_ports",
            value=94,
            unit="percent",
            direction="down",
            period=period("February 2025", ("2025-02-01", "2025-02-28")),
            baseline=baseline("same_period_last_year", "last year"),
        )
    )
    named = row(found, "same period last year: Feb 2024")
    assert (named.numerator, named.denominator, named.outcome) == (8353, 140641, "holds")
    assert named.official
    assert row(found, "average of the fiscal year before: FY2024").outcome == "does not hold"
    assert found.verdict == "holds_all", "the document names its baseline"


def test_a_check_across_a_definition_break_says_so() -> None:
    found = checked(
        claim(
            claim_type="change_pct",
            measure="encounters.between_ports",
            value=90,
            unit="percent",
            direction="up",
            period=period("2022", ("2022-01-01", "2022-12-31")),
            baseline=baseline("explicit_date", "2019", start="2019-01-01", end="2019-12-31"),
        )
    )
    assert "Definition break on 1 Mar 2020" in row(found, "2019").note


@pytest.mark.parametrize(
    ("tested", "baselines"),
    [
        ("none", {"the period before", "same period last year", "peak fiscal year", "peak month"}),
        (
            "previous_period",
            {"the period before", "same period last year", "average of the fiscal year before"},
        ),
        (
            "administration",
            {"average under Biden", "last twelve months under Biden", "last full month under Biden",
             "same period last year, under Biden", "average of the fiscal year before"},
        ),
    ],
)  # fmt: skip
def test_every_reading_of_a_baseline_is_shown(tested: str, baselines: set[str]) -> None:
    found = checked(
        claim(
            claim_type="change_pct",
            measure="encounters.between_ports",
            value=50,
            unit="percent",
            direction="down",
            period=period("March 2025", ("2025-03-01", "2025-03-31")),
            baseline=baseline(tested, administration="Biden" if tested == "administration" else None),
        )
    )
    assert {r.baseline_label.split(":")[0] for r in found.readings} == baselines


def test_a_peak_is_within_the_administration_that_is_named() -> None:
    under_trump = claim(
        claim_type="change_pct",
        measure="encounters.between_ports",
        value=10,
        unit="percent",
        direction="down",
        period=period("March 2025", ("2025-03-01", "2025-03-31")),
        baseline=baseline("peak", administration="Trump"),
    )
    # two terms have begun; the one that is over is meant
    assert row(checked(under_trump), "peak month under Trump").baseline_label == "peak month under Trump: May 2019"


def test_a_level_in_kilograms_is_compared_in_kilograms() -> None:
    tested = claim(
        measure="fentanyl.seized",
        value=9600,
        unit="kg",
        period=period("FY2024", ("2023-10-01", "2024-09-30")),
    )
    reading = row(checked(tested), "the figure for FY2024")
    assert reading.observed == pytest.approx(21148 / 2.2046226218, abs=0.5)
    assert reading.outcome == "holds"


def test_a_tonne_is_a_thousand_kilograms_and_a_ton_may_be_either() -> None:
    year = period("x", ("2023-10-01", "2024-09-30"))
    heavy = claim(measure="fentanyl.seized", value=9.7, unit="tonne", period=year)
    light = checked(heavy.model_copy(update={"value": 9700.0, "unit": "kg"})).readings[0]
    found = checked(heavy)
    assert found.readings[0].observed == pytest.approx((light.observed or 0) / 1000)
    assert found.readings[0].outcome == light.outcome != "not comparable"
    vague = checked(heavy.model_copy(update={"unit": "ton"}))
    assert vague.verdict == "not_checkable"
    assert "2,000 lb or 1,000 kg" in vague.explanation


def test_a_change_in_number_is_in_the_unit_of_the_claim() -> None:
    year = period("x", ("2023-10-01", "2024-09-30"))
    values = {"measure": "fentanyl.seized", "claim_type": "change_abs", "direction": "down", "period": year}
    pounds, kilograms, vague = (
        checked(claim(value=5000.0, unit=unit, baseline=baseline("same_period_last_year"), **values)).readings[0]
        for unit in ("lb", "kg", "ton")
    )
    assert kilograms.observed == pytest.approx((pounds.observed or 0) / 2.2046226218)
    assert vague.outcome == "not comparable"


def test_a_figure_that_the_document_denies_is_not_tested() -> None:
    told = claim(measure="crossings", claim_type="change_pct", value=90.0, unit="percent", direction="down")
    found = checked(told.model_copy(update={"polarity": "negated"}))
    assert (found.verdict, found.readings) == ("not_checkable", ())
    assert "denies this figure" in found.explanation


def test_a_level_in_another_unit_is_not_compared() -> None:
    tested = claim(
        measure="fentanyl.seized",
        value=400e6,
        unit="pill",
        period=period("FY2024", ("2023-10-01", "2024-09-30")),
    )
    assert checked(tested).verdict == "not_checkable"


def test_a_total_without_a_period_is_not_compared() -> None:
    assert checked(claim(measure="encounters.between_ports", value=8353, unit="people")).verdict == "not_checkable"


def test_a_total_with_missing_months_is_not_compared() -> None:
    tested = claim(
        measure="arrests.interior",
        value=113430,
        unit="people",
        period=period("FY2024", ("2023-10-01", "2024-09-30")),
    )
    reading = next(r for r in checked(tested).readings if r.series_id == "ice_arrests")
    assert reading.outcome == "not comparable"
    assert "1 of 12 months are missing" in reading.note


def test_a_level_of_a_stock_is_that_of_the_latest_month() -> None:
    found = checked(claim(measure="detained", value=44000, unit="people", bound="~"))
    assert [r.period for r in found.readings] == ["Feb 2025 (no period is stated)"]


def test_over_is_over_and_not_about() -> None:
    day = period("day", ("2025-01-21", "2025-01-21"))
    for value, outcome in ((307, "holds"), (309, "does not hold")):
        found = checked(claim(measure="arrests.interior", value=value, unit="people", bound=">", period=day))
        assert row(found, "the figure for 21 Jan 2025").outcome == outcome


def test_a_trend_has_only_a_direction() -> None:
    found = checked(claim(claim_type="trend", measure="crossings", direction="down"))
    assert found.verdict == "direction_only"
    assert "a series that stands near it" in found.flags
    assert found.chart_title.startswith("US Border Patrol encounters")
    up = checked(claim(claim_type="trend", measure="crossings", direction="up"))
    assert up.verdict == "holds_none"


def test_a_trend_shows_what_had_happened_before() -> None:
    found = checked(claim(claim_type="trend", measure="crossings", direction="down"))
    (context,) = [r for r in found.readings if r.baseline_kind == "context"]
    assert context.baseline_label == "the year to Jan 2025, from Jan 2024"
    assert context.outcome == "not comparable"


def test_a_record_is_set_against_all_earlier_figures() -> None:
    lowest = claim(claim_type="record", measure="encounters.between_ports", direction="down")
    march = lowest.model_copy(update={"period": period("March 2025", ("2025-03-01", "2025-03-31"))})
    april = lowest.model_copy(update={"period": period("April 2025", ("2025-04-01", "2025-04-30"))})
    assert checked(march).verdict == "holds_all"
    assert checked(april).verdict == "holds_none"


def test_a_record_that_reaches_before_the_series_is_not_confirmed() -> None:
    since_1970 = claim(
        claim_type="record",
        measure="encounters.between_ports",
        direction="down",
        period=period("March 2025", ("2025-03-01", "2025-03-31")),
        baseline=baseline("explicit_date", "since 1970", start="1970-01-01", end="1970-12-31"),
    )
    assert checked(since_1970).verdict == "not_checkable"


def test_a_factor_counts_how_many_times() -> None:
    tested = claim(
        claim_type="change_factor",
        measure="encounters.between_ports",
        value=0.5,
        direction="down",
        period=period("November 2024", ("2024-11-01", "2024-11-30")),
        baseline=baseline("explicit_date", "May 2024", start="2024-05-01", end="2024-05-31"),
    )
    assert row(checked(tested), "May 2024").observed == pytest.approx(46612 / 117905)


def test_deaths_by_fentanyl_are_not_all_overdose_deaths() -> None:
    tested = claim(
        claim_type="change_pct",
        measure="overdose.deaths",
        measure_text="fentanyl overdose deaths",
        value=37,
        unit="percent",
        direction="down",
        period=period("2024", ("2024-01-01", "2024-12-31")),
        baseline=baseline("same_period_last_year", "2023"),
    )
    assert {r.series_id for r in checked(tested).readings} == {"overdose_deaths_synthetic_opioids"}


def test_a_place_is_looked_up_and_never_replaced_silently() -> None:
    feb = period("February 2024", ("2024-02-01", "2024-02-29"))
    sector = claim(measure="encounters.between_ports", value=23920, unit="people", period=feb, place="El Paso Sector")
    reading = row(checked(sector), "the figure for Feb 2024")
    assert reading.series_id == "usbp_encounters_sector"
    assert reading.observed == 23920
    assert {o.date: o.value for o in store().observations("usbp_encounters_sector", "El Paso")}[
        date(2024, 2, 1)
    ] == 23920
    nation = claim(measure="encounters.between_ports", value=1, unit="people", period=feb, place="nationwide")
    assert row(checked(nation), "the figure for Feb 2024").series_id == "usbp_encounters_nationwide"
    elsewhere = claim(measure="encounters.between_ports", value=1, unit="people", period=feb, place="Atlantis")
    assert "speaks of “Atlantis”" in row(checked(elsewhere), "the figure for Feb 2024").note
    assert checked(elsewhere).verdict == "not_checkable"


# --- claims that nothing can test ---


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"measure": None, "value": 7}, "not_checkable"),
        ({"measure": "asylum", "value": 7}, "no_series"),
        ({"measure": "crossings", "claim_type": "share", "value": 7}, "not_checkable"),
        ({"measure": "crossings", "claim_type": "duration", "value": 7}, "not_checkable"),
        ({"measure": "crossings", "claim_type": "trend", "period": period("some day")}, "not_checkable"),
        ({"measure": "mpp.returns", "claim_type": "change_pct", "value": 7, "direction": "up"}, "no_series"),
    ],
)  # fmt: skip
def test_what_no_figure_can_settle_is_said_to_be_so(values: dict[str, object], verdict: str) -> None:
    found = checked(claim(**values))
    assert found.verdict == verdict
    assert found.explanation
    assert not [r for r in found.readings if r.outcome != "not comparable"]


# --- which figures stand for a claim ---


def test_a_series_that_stands_in_gives_way_to_figures_of_the_measure_itself() -> None:
    """Investigation files run below victims; the victims of September 2025 are known from published figures only."""
    september = period("September 2025", ("2025-09-01", "2025-09-30"))
    tested = claim(measure="homicides.mexico", value=59.5, unit="victims", rate="day", period=september)
    found = checked(tested, (date(2025, 11, 1), date(2025, 11, 1)))
    files, victims = found.readings
    assert (files.series_id, files.outcome) == ("homicide_crimes_mx", "not comparable")
    assert files.note.startswith("A stand-in")
    assert (victims.series_id, victims.outcome) == ("points", "holds")


def test_without_a_place_another_area_is_asked_last_and_says_so() -> None:
    """October 2025 is missing from the southwest series: the published southwest figure goes before the nation's."""
    october = period("October 2025", ("2025-10-01", "2025-10-31"))
    tested = claim(measure="encounters.between_ports", value=258, unit="encounters", rate="day", period=october)
    found = checked(tested, (date(2025, 11, 5), date(2025, 11, 5)))
    assert {r.series_id for r in found.readings} == {"points"}
    november = period("November 2025", ("2025-11-01", "2025-11-30"))
    nation = checked(tested.model_copy(update={"period": november}), (date(2025, 12, 20), date(2025, 12, 20)))
    assert nation.readings[-1].series_id == "usbp_encounters_nationwide"
    assert "No place is named: this counts united states" in nation.readings[-1].note


def since_may(sentence: str) -> Claim:
    words = "the period after the rule began on May 12, 2023"
    at = sentence.index(words)
    return claim(
        claim_type="change_pct",
        measure="encounters.between_ports",
        value=60,
        unit="percent",
        direction="down",
        span=Span(start=0, end=len(sentence), quote=sentence),
        period=period("August 2024", ("2024-08-01", "2024-08-31")),
        baseline=baseline("explicit_date", words, start="2023-05-12", end="2023-05-12",
                          span={"start": at, "end": at + len(words), "quote": words}),
    )  # fmt: skip


def test_the_period_after_a_day_reaches_to_the_period_of_the_claim() -> None:
    found = checked(since_may("They fell 60% from the period after the rule began on May 12, 2023."))
    assert "12 May 2023 to 31 Jul 2024" in row(found, "the period after the rule began").baseline_label


def test_a_baseline_whose_end_has_no_date_is_not_guessed() -> None:
    found = checked(
        since_may("They fell 60% from the period after the rule began on May 12, 2023, and before another.")
    )
    assert found.verdict == "not_checkable"
    assert "ends at a time that it does not date" in found.explanation


def test_a_change_in_number_is_not_measured_between_periods_of_other_lengths() -> None:
    march = period("March 2025", ("2025-03-01", "2025-03-31"))
    tested = claim(claim_type="change_abs", measure="encounters.between_ports", value=1000, unit="encounters",
                   direction="down", period=march, baseline=baseline("peak", administration="Biden"))  # fmt: skip
    found = checked(tested)
    assert row(found, "peak fiscal year under Biden").outcome == "not comparable"
    assert row(found, "peak month under Biden").outcome == "does not hold"


@pytest.mark.parametrize(("value", "outcome"), [(249741, "holds"), (250200, "does not hold")])
def test_two_editions_of_one_table_are_not_two_figures(value: float, outcome: str) -> None:
    december = period("December 2023", ("2023-12-01", "2023-12-31"))
    tested = claim(measure="encounters.between_ports", value=value, unit="encounters", period=december)
    assert row(checked(tested), "the figure for Dec 2023").outcome == outcome


def test_a_percentage_that_was_right_when_it_was_stated_stays_so_after_a_usual_revision() -> None:
    """8,383 against 128,900 was a fall of 93.497%; now it is 8,377 against 128,895, a fall of 93.501%."""
    april = period("April 2025", ("2025-04-01", "2025-04-30"))
    tested = claim(claim_type="change_pct", measure="encounters.between_ports", value=93, unit="percent",
                   direction="down", period=april, baseline=baseline("same_period_last_year"))  # fmt: skip
    assert row(checked(tested), "same period last year").outcome == "holds"
    assert checked(tested.model_copy(update={"value": 92.0})).verdict == "holds_none"


def test_only_readings_that_decide_raise_the_flag_of_a_definition_break() -> None:
    tested = claim(claim_type="change_pct", measure="encounters.between_ports", value=94, unit="percent",
                   direction="down", period=period("February 2024", ("2024-02-01", "2024-02-29")),
                   baseline=baseline("previous_period"))  # fmt: skip
    found = checked(tested)
    assert any(r.breaks for r in found.readings if not r.named)
    assert "crosses a change of definition" not in found.flags


def test_since_an_event_is_set_against_what_was_before_it() -> None:
    april = period("April 2025", ("2025-04-01", "2025-04-30"))
    event = baseline("explicit_date", "he took office", start="2025-01-20", end="2025-05-10")
    tested = claim(claim_type="change_pct", measure="encounters.between_ports", value=82, unit="percent",
                   direction="down", period=april, baseline=event)  # fmt: skip
    found = checked(tested, (date(2025, 5, 10), date(2025, 5, 10)))
    assert row(found, "last full month before “he took office”").observed == pytest.approx(100 * (8377 / 47324 - 1))
    assert row(found, "twelve months before “he took office”").denominator == pytest.approx(2873, abs=1)


def test_a_level_over_a_period_that_spans_a_definition_break_says_so() -> None:
    year = period("FY2023", ("2022-10-01", "2023-09-30"))
    found = checked(claim(measure="encounters.between_ports", value=2045838, unit="encounters", period=year))
    (reading,) = found.readings
    assert reading.breaks[0].startswith("definition break on 12 May 2023")
    assert (found.verdict, found.flags) == ("holds_all", ("crosses a change of definition",))


@pytest.mark.parametrize(
    ("value", "outcome"), [(88, "holds"), (90, "does not hold"), (85, "holds"), (83, "does not hold")]
)
def test_about_a_percentage_is_rounded_to_the_nearest_five_points(value: float, outcome: str) -> None:
    """18,213 of the 21,148 lb of fentanyl of FY2024 were seized at ports: 86.1%."""
    tested = claim(claim_type="share", measure="fentanyl.seized", value=value, unit="percent", bound="~",
                   measure_text="fentanyl seized at ports of entry",
                   period=period("FY2024", ("2023-10-01", "2024-09-30")))  # fmt: skip
    words = Span(start=0, end=60, quote="about N% of fentanyl was seized at ports of entry in FY2024..")
    found = checked(tested.model_copy(update={"span": words, "quote_span": words}))
    assert [r.outcome for r in found.readings] == [outcome]
