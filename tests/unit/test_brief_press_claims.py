"""Sentences as press releases write them, read and tested from end to end: a sentence in, verdict and figures out.

Figures are US Border Patrol encounters between ports on the southwest border (`usbp_encounters_sw`): December 2023
249,740; February 2024 140,641; March 2024 137,473; December 2024 47,324; January 2025 29,107; February 2025 8,353;
March 2025 7,180; April 2025 8,377; May 2025 8,725.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.evidence.checking.checker import check
from counterflow.evidence.schema import Check
from evidence_cases import row, store

MARCH = date(2025, 3, 10)
APRIL = date(2025, 4, 10)
Checker = Callable[..., tuple[Check, ...]]


@pytest.fixture
def checked(tmp_path: Path) -> Checker:
    def of(text: str, written: date = APRIL) -> tuple[Check, ...]:
        place = tmp_path / "document.md"
        place.write_text(f"{text}\n", encoding="utf-8")
        return check(read(place, date=written), store(), interval=(written, written))

    return of


# --- the size of a change, and what it led to ---


@pytest.mark.parametrize(("percent", "outcome"), [(10, "does not hold"), (94, "holds")])
def test_a_percentage_before_the_level_it_led_to_is_tested(checked: Checker, percent: int, outcome: str) -> None:
    change, level = checked(f"Southwest border apprehensions fell {percent}% to 8,353 in February 2025.", MARCH)
    assert (change.claim.claim_type, change.claim.value, change.claim.value_high) == ("change_pct", percent, None)
    assert (level.claim.claim_type, level.claim.value, level.claim.endpoint) == ("level", 8353, "to")
    # 8,353 / 140,641 - 1 = -94.1%
    year = row(change, "same period last year: Feb 2024")
    assert (year.numerator, year.denominator, year.outcome) == (8353, 140641, outcome)
    assert change.verdict == ("holds_some" if percent == 94 else "holds_none")
    assert level.verdict == "holds_all"


def test_a_baseline_behind_the_level_is_that_of_the_percentage(checked: Checker) -> None:
    text = "Southwest border apprehensions dropped 71% to 8,353 in February 2025 from January 2025."
    (change,) = [c for c in checked(text, MARCH) if c.claim.claim_type == "change_pct"]
    # 8,353 / 29,107 - 1 = -71.3%
    assert row(change, "January 2025").observed == pytest.approx(-71.3, abs=0.05)
    assert change.verdict == "holds_all"


def test_a_baseline_before_the_level_ends_where_the_level_begins(checked: Checker) -> None:
    text = "Southwest border apprehensions fell 94% from February 2024 to 8,353 in February 2025."
    change, _ = checked(text, MARCH)
    assert (change.claim.baseline.text, change.claim.period.text) == ("February 2024", "February 2025")  # type: ignore[union-attr]
    assert change.verdict == "holds_all"


def test_gotaways_and_their_fall_are_two_claims(checked: Checker) -> None:
    change, level = checked("Daily gotaways fell 93% to 132 a day.", MARCH)
    assert (change.claim.claim_type, change.claim.value) == ("change_pct", 93)
    assert (level.claim.claim_type, level.claim.value, level.claim.rate) == ("level", 132, "day")


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("Southwest border apprehensions fell 10 to 20 percent in March 2025.", "change_pct", 10, 20),
        ("Southwest border apprehensions fell 10%-20% in March 2025.", "change_pct", 10, 20),
        ("Between 7,000 and 7,500 migrants were apprehended by Border Patrol in March 2025.", "level", 7000, 7500),
        ("Agents made 7,000 to 7,500 apprehensions in March 2025.", "level", 7000, 7500),
    ],
)
def test_a_range_of_like_units_stays_one(checked: Checker, text: str, kind: str, low: float, high: float) -> None:
    (found,) = checked(text)
    assert (found.claim.claim_type, found.claim.value, found.claim.value_high) == (kind, low, high)


def test_a_number_by_which_something_fell_is_no_range_with_what_it_fell_to(checked: Checker) -> None:
    change, level = checked("Southwest border apprehensions fell by 20,754 to 8,353 in February 2025.", MARCH)
    # 29,107 - 8,353 = 20,754
    assert (change.claim.claim_type, row(change, "the period before").outcome) == ("change_abs", "holds")
    assert (level.claim.value, level.verdict) == (8353, "holds_all")


# --- "a year earlier" is a time, no rate ---


def test_both_ends_of_a_change_from_a_year_earlier_are_of_their_own_months(checked: Checker) -> None:
    text = "In February 2025, illegal crossings fell 94% from a year earlier, from 140,641 to 8,353."
    change, first, last = checked(text, MARCH)
    assert [c.claim.rate for c in (change, first, last)] == [None] * 3
    assert [c.verdict for c in (change, first, last)] == ["holds_all"] * 3
    assert first.readings[0].period == "Feb 2024"


def test_a_rate_is_still_read(checked: Checker) -> None:
    (found,) = checked("Southwest border apprehensions averaged 232 a day in March 2025.")
    assert (found.claim.rate, found.verdict) == ("day", "holds_all")  # 7,180 / 31 = 231.6


def test_the_first_end_of_a_change_is_never_of_the_time_of_the_last(checked: Checker) -> None:
    first, last = checked("In March 2025, southwest border apprehensions fell from 137,473 to 7,180.")
    assert (first.verdict, last.verdict) == ("not_checkable", "holds_all")
    assert "the text does not give" in first.explanation


@pytest.mark.parametrize(
    "text",
    [
        "From March 2024 to March 2025, southwest border apprehensions fell from 137,473 to 7,180.",
        "Southwest border apprehensions fell 95% from March 2024 to March 2025, from 137,473 to 7,180.",
        "Southwest border apprehensions fell 95% to 7,180 in March 2025, down from 137,473 a year earlier.",
    ],
)
def test_two_dates_belong_to_the_two_ends(checked: Checker, text: str) -> None:
    assert {c.verdict for c in checked(text)} == {"holds_all"}


# --- what a change is measured against is not its period ---


@pytest.mark.parametrize(
    ("text", "label", "percent"),
    [
        # 7,180 / 249,740 - 1 = -97.1%
        ("Border Patrol encounters fell 97% from the December 2023 peak to March 2025.", "peak month of Dec", -97.1),
        # (29,107 + 8,353 + 7,180) / (124,215 + 140,641 + 137,473) - 1 = 44,640 / 402,329 - 1 = -88.9%
        (
            "In the first quarter of 2025, Border Patrol encounters fell 89% from the first quarter of 2024.",
            "the first quarter of 2024",
            -88.9,
        ),
        ("Border Patrol encounters in March 2025 were 95% below March 2024.", "March 2024", -94.8),
        (
            "Border Patrol encounters in March 2025 were 97% below the peak of December 2023.",
            "peak month of Dec",
            -97.1,
        ),
    ],
)
def test_a_named_baseline_is_compared_with(checked: Checker, text: str, label: str, percent: float) -> None:
    (found,) = checked(text)
    assert (found.claim.claim_type, found.claim.direction) == ("change_pct", "down")
    assert row(found, label).observed == pytest.approx(percent, abs=0.05)
    assert (found.verdict, "no baseline stated" in found.flags) == ("holds_all", False)


def test_two_changes_below_two_months_are_two_claims(checked: Checker) -> None:
    found = checked("Border Patrol encounters in March 2025 were 95% below March 2024 and 14% below February 2025.")
    assert [(c.claim.value, c.verdict) for c in found] == [(95, "holds_all"), (14, "holds_all")]


def test_a_level_between_two_months_is_of_all_that_lies_between(checked: Checker) -> None:
    (found,) = checked("Between January 2021 and January 2025, Border Patrol encountered 7.3 million migrants.", MARCH)
    observed = {r.period: r.observed for r in found.readings}
    # January 2021 to January 2025: 7,412,230; without January 2021 (75,320): 7,336,910
    assert observed == {"Jan 2021–Jan 2025": 7412230, "Feb 2021–Jan 2025": 7336910}


def test_from_one_month_to_another_is_one_period(checked: Checker) -> None:
    (found,) = checked(
        "From February to April 2022, Border Patrol recorded 573,855 encounters at the southwest border.",
        date(2022, 5, 20),
    )
    # 159,170 + 211,181 + 203,504 = 573,855
    assert (found.readings[0].period, found.verdict) == ("Feb–Apr 2022", "holds_all")


def test_a_level_under_an_administration_is_of_its_term(checked: Checker) -> None:
    (found,) = checked(
        "Under the Biden administration, Border Patrol encounters averaged 170,000 a month.", date(2025, 8, 10)
    )
    # February 2021 to January 2025: 7,336,910 in 1,461 days, 152,852 a month of 30.44 days
    assert found.readings[0].baseline_label == "the figure for Feb 2021–Jan 2025"
    assert found.readings[0].observed == pytest.approx(152_852, abs=30)
    assert found.verdict == "holds_none"


def test_first_days_of_a_month_that_is_named_are_of_that_month(checked: Checker) -> None:
    (found,) = checked(
        "Daily gotaways fell 93% from their peak under Biden in the first 11 days of February 2025.", date(2025, 2, 25)
    )
    (reading,) = found.claim.period.readings  # type: ignore[union-attr]
    assert (reading.start, reading.end) == (date(2025, 2, 1), date(2025, 2, 11))
    baseline = found.claim.baseline
    assert baseline is not None
    assert (baseline.kind, baseline.administration, baseline.text) == ("peak", "Biden", "their peak under Biden")
    assert "the figure is for another period" not in found.flags


def test_an_all_time_high_that_something_fell_from_is_a_baseline_and_no_record(checked: Checker) -> None:
    (found,) = checked("Southwest border apprehensions are down 96% from their all-time high.", date(2025, 6, 10))
    assert (found.claim.claim_type, found.claim.baseline.kind) == ("change_pct", "peak")  # type: ignore[union-attr]


def test_an_average_of_the_last_years_is_not_counted_from_the_day_of_the_document(checked: Checker) -> None:
    (found,) = checked(
        "In fiscal year 2025, apprehensions at the southwest border fell 87% from the average of the last four fiscal "
        "years.",
        date(2025, 11, 10),
    )
    assert found.claim.period.text == "fiscal year 2025"  # type: ignore[union-attr]
    assert found.claim.baseline.kind == "period_average"  # type: ignore[union-attr]
    assert found.verdict == "not_checkable"  # the four years before fiscal 2025, and not those before the document


# --- what a document calls untrue ---


@pytest.mark.parametrize(
    "lead",
    [
        "It is false that",
        "It is not true that",
        "There is no evidence that",
        "Critics falsely claimed that",
        "Contrary to claims that",
        "The agency refuted reports that",
    ],
)
def test_what_a_document_denies_is_not_tested(checked: Checker, lead: str) -> None:
    tail = ", the number is not known" if lead.startswith("Contrary") else ""
    (found,) = checked(f"{lead} southwest border apprehensions fell 95% from March 2024 to March 2025{tail}.")
    assert (found.claim.polarity, found.verdict) == ("negated", "not_checkable")
    assert found.explanation == "The document denies this figure, so it is not tested."


def test_a_claim_called_false_behind_it_is_denied(checked: Checker) -> None:
    (found,) = checked("The claim that border apprehensions fell 95% from March 2024 to March 2025 is false.")
    assert found.claim.polarity == "negated"


@pytest.mark.parametrize("lead", ["It is true that", "There is evidence that"])
def test_what_a_document_affirms_is_tested(checked: Checker, lead: str) -> None:
    (found,) = checked(f"{lead} southwest border apprehensions fell 95% from March 2024 to March 2025.")
    assert found.verdict == "holds_all"


# --- changes month after month, and sizes in words ---


@pytest.mark.parametrize(
    "text",
    [
        # April 2025 rose to 8,377 from 7,180, and May to 8,725
        "Border crossings have fallen every month since December.",
        "Border crossings have fallen for seven consecutive months.",
        "Border crossings have declined month after month.",
    ],
)
def test_a_fall_in_each_of_several_months_is_not_taken_for_a_fall(checked: Checker, text: str) -> None:
    (found,) = checked(text, date(2025, 6, 10))
    assert found.verdict == "not_checkable"
    assert "month by month" in found.explanation


def test_a_bound_kept_for_months_in_a_row_is_still_tested(checked: Checker) -> None:
    (found,) = checked(
        "Border Patrol has recorded fewer than 10,000 apprehensions at the southwest border for six straight months.",
        date(2025, 8, 10),
    )
    assert found.verdict == "holds_all"


def test_more_than_half_is_the_size_of_a_change(checked: Checker) -> None:
    (found,) = checked("Southwest border apprehensions have fallen by more than half since Inauguration Day.")
    assert (found.claim.claim_type, found.claim.value, found.claim.bound) == ("change_pct", 50, ">")
    assert found.claim.baseline.text == "Inauguration Day"  # type: ignore[union-attr]
    # 7,180 / 47,324 - 1 = -84.8%
    assert row(found, "last full month before “Inauguration Day”").observed == pytest.approx(-84.8, abs=0.05)
    assert found.verdict == "holds_all"
    assert all((r.observed or 0) < 0 for r in found.readings)


@pytest.mark.parametrize(
    ("words", "value", "verdict"),
    [("by a third", 33, "holds_none"), ("by two-thirds", 67, "holds_none"), ("by more than half", 50, "holds_all")],
)
def test_parts_in_words_are_percentages(checked: Checker, words: str, value: float, verdict: str) -> None:
    (found,) = checked(f"Southwest border apprehensions fell {words} in March 2025 compared with March 2024.")
    assert (found.claim.claim_type, found.claim.value, found.claim.unit) == ("change_pct", value, "percent")
    assert found.verdict == verdict  # 7,180 / 137,473 - 1 = -94.8%


# --- whose count it is ---

JULY = date(2025, 7, 14)


@pytest.mark.parametrize(
    "text",
    [
        "ICE has doubled its daily arrests.",
        "Immigration and Customs Enforcement has doubled its daily arrests since January.",
        "Daily arrests by ICE have doubled since January.",
        "El ICE ha duplicado sus detenciones diarias.",
    ],
)
def test_arrests_by_ice_are_tested_on_its_own_book_ins_and_told_as_a_stand_in(checked: Checker, text: str) -> None:
    (found,) = checked(text, JULY)
    assert {r.series_id for r in found.readings} <= {"ice_arrests", "ice_bookins"}
    assert "a series that stands near it" in found.flags
    assert "Tested on Book-ins to ICE detention by arresting agency (ICE), which only stands near" in found.explanation


def test_arrests_by_border_patrol_are_tested_on_its_encounters(checked: Checker) -> None:
    (found,) = checked("Border Patrol doubled its daily arrests.", JULY)
    assert {r.series_id for r in found.readings} == {"usbp_encounters_sw"}
    assert "Tested on US Border Patrol encounters, southwest land border, between ports." in found.explanation
    assert found.verdict == "holds_none"


def test_arrests_of_an_agency_that_is_not_named_are_tested_on_each_that_makes_them(checked: Checker) -> None:
    (found,) = checked("Daily arrests of migrants doubled in May 2025 compared with May 2024.", JULY)
    assert {r.series_id for r in found.readings} == {"usbp_encounters_sw", "ice_bookins"}
    assert found.explanation.startswith(
        "The document does not say whose arrests these are: tested are Border Patrol encounters between ports and "
        "arrests by ICE in the interior; drawn on Border Patrol encounters between ports."
    )
    assert "a series that stands near it" in found.flags
    names = {r.series_id: r.baseline_label for r in found.readings if r.named}
    assert names["usbp_encounters_sw"] == "May 2024, Border Patrol encounters between ports"
    assert names["ice_bookins"] == "May 2024, arrests by ICE in the interior"


def test_one_agencys_figures_alone_at_a_place_are_said_to_be_so(checked: Checker) -> None:
    (found,) = checked("In the El Paso sector, daily arrests fell 9% in May 2024 compared with May 2023.", JULY)
    assert {r.series_id for r in found.readings} == {"usbp_encounters_sector"}
    assert found.explanation.startswith(
        "The document does not say whose arrests these are: of the place that it names only figures on Border Patrol "
        "encounters between ports are held."
    )


def test_no_series_counts_what_two_agencies_arrest_together(checked: Checker) -> None:
    (found,) = checked("Border Patrol and ICE doubled their daily arrests.", JULY)
    assert (found.verdict, found.readings) == ("no_series", ())


def test_a_verdict_on_single_figures_names_no_series(checked: Checker) -> None:
    (found,) = checked("Known gotaways fell 93% in February 2025 compared with the peak under Biden.")
    assert "no official series" in found.flags
    assert "Tested on" not in found.explanation
