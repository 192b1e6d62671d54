"""Records are set against all that they claim to beat, and no more; runs against every month in a row."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.schema import Claim, Span
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.checking.records import run_of
from counterflow.evidence.schema import Check
from evidence_cases import SPRING_2025, baseline, claim, period, store

MARCH = period("March 2025", ("2025-03-01", "2025-03-31"))
NOVEMBER_2025 = (date(2025, 11, 5), date(2025, 11, 5))


def said(words: str, **values: object) -> Claim:
    span = Span(start=0, end=len(words), quote=words)
    return claim(**{"measure": "encounters.between_ports", "span": span, "quote_span": span} | values)


def record(words: str, direction: str = "down", **values: object) -> Claim:
    return said(words, **{"claim_type": "record", "direction": direction, "period": MARCH} | values)


def checked(tested: Claim, interval: tuple[date, date] = SPRING_2025) -> Check:
    return check_claim(tested, store(), interval)


def test_since_a_month_does_not_mean_that_the_month_itself_was_beaten() -> None:
    """July 2024 was lower than any month after September 2020, which itself was lower."""
    july = period("July 2024", ("2024-07-01", "2024-07-31"))
    since = baseline("explicit_date", "September 2020", start="2020-09-01", end="2020-09-30")
    found = checked(record("the lowest since September 2020", period=july, baseline=since))
    assert found.verdict == "holds_all"
    (reading,) = found.readings
    assert reading.baseline_label == "every earlier period since Oct 2020"
    assert "In Sep 2020 it was 54,780" in reading.note


def test_a_record_that_reaches_further_than_the_document_says_tells_so() -> None:
    since = baseline("explicit_date", "December 2024", start="2024-12-01", end="2024-12-31")
    (reading,) = checked(record("the lowest since December 2024", baseline=since)).readings
    assert "the record reaches further back than the document says" in reading.note


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("the lowest in five years", "holds_all"),
        ("the lowest in more than 20 years", "holds_all"),
        ("the lowest in decades", "holds_all"),
        ("the lowest in at least five decades", "not_checkable"),
        ("the lowest in 12 months", "holds_all"),
        ("the lowest on record", "holds_all"),
    ],
)
def test_a_record_reaches_as_far_back_as_its_words(words: str, verdict: str) -> None:
    assert checked(record(words)).verdict == verdict


def test_what_a_record_does_not_reach_back_to_does_not_refute_it() -> None:
    """December 2023 had the most of six months; October of the same autumn had not."""
    october = period("October 2023", ("2023-10-01", "2023-10-31"))
    words = "the highest in six months"
    tested = record(words, "up", period=october)
    assert checked(tested).verdict == "holds_none"  # September 2023 was higher
    later = tested.model_copy(update={"period": period("December 2023", ("2023-12-01", "2023-12-31"))})
    assert checked(later).verdict == "holds_all"


def test_a_record_since_a_year_without_a_period_is_one_of_years() -> None:
    since = baseline("explicit_date", "1970", start="1970-01-01", end="1970-12-31")
    found = checked(record("the lowest level since 1970", period=None, baseline=since), NOVEMBER_2025)
    assert found.verdict == "not_checkable"
    assert found.readings[0].period.startswith("FY2025")
    assert "what was before is not known" in found.explanation


def test_a_record_across_a_definition_break_says_so() -> None:
    found = checked(record("the lowest ever"))
    assert "crosses a change of definition" in found.flags
    assert any("1 Mar 2020" in changed for changed in found.readings[0].breaks)


def test_a_record_that_does_not_say_which_way_is_not_tested() -> None:
    found = checked(record("for the first time since 2000", "none"))
    assert found.verdict == "not_checkable"
    assert "highest or the lowest" in found.explanation


# --- runs of months ---


def test_a_level_kept_for_months_in_a_row_is_tested_in_every_one() -> None:
    tested = said("below 10,000 for the third month in a row", value=10000, bound="<", unit="encounters")
    april = tested.model_copy(update={"period": period("April 2025", ("2025-04-01", "2025-04-30"))})
    found = checked(april)
    assert found.verdict == "holds_all"
    (reading,) = found.readings
    assert reading.period == "Feb–Apr 2025"
    assert reading.observed == 8377
    early = checked(tested.model_copy(update={"period": MARCH}))
    assert early.verdict == "holds_none"
    assert "so in 2 of 3 months" in early.readings[0].observed_text


def test_a_run_without_a_date_ends_with_the_latest_month() -> None:
    tested = said("below 10,000 for eight straight months", value=10000, bound="<", unit="encounters",
                  period=period("for eight straight months"))  # fmt: skip
    found = checked(tested, NOVEMBER_2025)
    assert (found.verdict, found.readings[0].period) == ("holds_all", "Feb–Sep 2025")


def test_a_threshold_holds_where_every_month_of_the_period_keeps_it() -> None:
    year = period("FY2025", ("2024-10-01", "2025-09-30"))
    tested = said("stayed below 60,000", claim_type="threshold", value=60000, bound="<", unit="encounters", period=year)
    assert checked(tested, NOVEMBER_2025).verdict == "holds_all"
    assert checked(tested.model_copy(update={"value": 50000.0}), NOVEMBER_2025).verdict == "holds_none"


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("for the third month in a row", 3),
        ("for the 4th consecutive month", 4),
        ("for eight straight months", 8),
        ("for 5 months running", 5),
        ("por tercera vez", None),
        ("in three months", None),
    ],
)
def test_runs_are_read_from_the_words(words: str, months: int | None) -> None:
    assert run_of(said(words)) == months


@pytest.mark.parametrize(("kind", "reason"), [("comparison", "names one measure"), ("duration", "length of time")])
def test_what_is_not_tested_says_precisely_why(kind: str, reason: str) -> None:
    found = checked(said("x", claim_type=kind, value=7))
    assert found.verdict == "not_checkable"
    assert reason in found.explanation


def test_an_average_a_day_over_a_year_is_tested() -> None:
    year = period("FY2024", ("2023-10-01", "2024-09-30"))
    found = checked(said("averaged 4,200 a day", value=4200, unit="encounters", rate="day", period=year))
    assert found.verdict == "holds_all"
    assert found.readings[0].observed == pytest.approx(1530523 / 366, abs=1)
