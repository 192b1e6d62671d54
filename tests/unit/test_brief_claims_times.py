"""When a claim is about and what it is compared with, in the forms that documents use."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Claim

JUNE_2025 = date(2025, 6, 15)


def claims_of(text: str, published: date | None = JUNE_2025) -> tuple[Claim, ...]:
    layout = lay_out(text)
    return find_claims(layout, (), era_of(layout, published))


def valued(text: str, value: float | None) -> Claim:
    (claim,) = [claim for claim in claims_of(text) if claim.value == value]
    return claim


def days(claim: Claim) -> tuple[str, str] | None:
    if claim.period is None:
        return None
    reading = claim.period.readings[0]
    return str(reading.start), str(reading.end)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("in March", "2025-03-01", "2025-03-31"),
        ("in March 2025", "2025-03-01", "2025-03-31"),
        ("FY2021-FY2023", "2020-10-01", "2023-09-30"),
        ("fiscal years 2021 through 2023", "2020-10-01", "2023-09-30"),
        ("FY21-FY23", "2020-10-01", "2023-09-30"),
        ("fiscal 2023", "2022-10-01", "2023-09-30"),
        ("first half of 2025", "2025-01-01", "2025-06-30"),
        ("second half of fiscal year 2024", "2024-04-01", "2024-09-30"),
        ("first quarter of fiscal year 2025", "2024-10-01", "2024-12-31"),
        ("the twelve months to April", "2024-05-01", "2025-04-30"),
        ("the 12 months ending April 2025", "2024-05-01", "2025-04-30"),
        ("the year to last May", "2024-06-01", "2025-05-31"),
        ("October 1, 2024 to January 31, 2025", "2024-10-01", "2025-01-31"),
        ("January 20-31, 2025", "2025-01-20", "2025-01-31"),
        ("21 to 31 January 2025", "2025-01-21", "2025-01-31"),
        ("so far this fiscal year", "2024-10-01", "2025-06-15"),
        ("on Monday", "2025-06-09", "2025-06-09"),
        ("yesterday", "2025-06-14", "2025-06-14"),
        ("between November and February", "2024-11-01", "2025-02-28"),
        ("del 1 de octubre de 2024 al 31 de enero de 2025", "2024-10-01", "2025-01-31"),
        ("del 20 al 31 de enero de 2025", "2025-01-20", "2025-01-31"),
        ("entre enero y marzo de 2025", "2025-01-01", "2025-03-31"),
        ("en mayo pasado", "2025-05-01", "2025-05-31"),
        ("primer semestre de 2025", "2025-01-01", "2025-06-30"),
        ("en lo que va del año", "2025-01-01", "2025-06-15"),
        ("ayer", "2025-06-14", "2025-06-14"),
    ],
)
def test_a_time_is_read_in_the_form_that_it_takes(words: str, start: str, end: str) -> None:
    text = f"There were arrests {words}."
    (found,) = find_times(text, 0, len(text), era_of(lay_out(text), JUNE_2025))
    assert found.readings
    assert (str(found.readings[0].start), str(found.readings[0].end)) == (start, end)


@pytest.mark.parametrize(
    ("text", "value", "start"),
    [
        ("In March 2025, Border Patrol apprehended 7,181 migrants, down 95% from March 2024.", 7181, "2025-03-01"),
        ("In March 2025, Border Patrol apprehended 7,181 migrants, down 95% from March 2024.", 95, "2025-03-01"),
        ("In March, apprehensions at the border fell to 7,181 from 137,473 in March 2024.", 7181, "2025-03-01"),
        ("In March, apprehensions at the border fell to 7,181 from 137,473 in March 2024.", 137473, "2024-03-01"),
        ("Border Patrol made 7,181 arrests in March, down 95% from March 2024.", 95, "2025-03-01"),
        ("Officers seized 4,600 pounds of cocaine and 82 firearms at the border in April.", 4600, "2025-04-01"),
    ],
)
def test_the_period_is_the_claims_own_and_never_the_month_it_is_compared_with(
    text: str, value: float, start: str
) -> None:
    period = days(valued(text, value))
    assert period is not None
    assert period[0] == start


def test_a_change_from_a_month_is_not_of_that_month() -> None:
    claim = valued("Apprehensions were a 93% decrease from April 2024.", 93)
    assert claim.period is None
    assert claim.baseline is not None
    assert (claim.baseline.kind, str(claim.baseline.start)) == ("explicit_date", "2024-04-01")


def test_each_clause_is_of_the_term_that_it_names() -> None:
    text = "Under Biden, encounters averaged 5,900 a day; under Trump they have averaged 280."
    assert [days(claim) for claim in claims_of(text)] == [("2021-01-20", "2025-01-20"), ("2025-01-20", "2025-06-15")]


def test_the_same_period_of_another_year_is_compared_with_and_no_period() -> None:
    text = (
        "From January 21 to May 31 ICE arrested 10,000 aliens, more than double the number in the same period of 2024."
    )
    level, factor = claims_of(text)
    assert days(level) == days(factor) == ("2025-01-21", "2025-05-31")
    assert (factor.claim_type, factor.value, factor.bound) == ("change_factor", 2, ">")
    assert factor.baseline is not None
    assert factor.baseline.kind == "same_period_last_year"


def test_a_count_since_a_time_runs_until_the_document() -> None:
    assert days(valued("Mexico has extradited 55 people since February.", 55)) == ("2025-02-01", "2025-06-15")


def test_the_day_on_which_somebody_spoke_is_not_the_day_of_the_count() -> None:
    claim = valued('"We have removed 139,000 illegal aliens," she told reporters on Friday.', 139000)
    assert claim.period is None


def test_the_same_month_is_the_month_named_before() -> None:
    text = "Removals averaged 1,380 a day in April. Border releases came to fewer than 40 in the same month."
    assert days(valued(text, 40)) == ("2025-04-01", "2025-04-30")


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Year-over-year, fentanyl seizures fell 30%.", 30, "same_period_last_year"),
        ("Border Patrol apprehensions saw a 20 percent year-over-year drop in May.", 20, "same_period_last_year"),
        ("Month-on-month, encounters rose 3%.", 3, "previous_period"),
        ("Encounters were 81 percent below the peak of December 2023.", 81, "peak"),
        ("Apprehensions are 99 percent below the monthly average of the past four years.", 99, "period_average"),
        ("Encounters ran at three times the level of the last administration.", 3, "administration"),
        ("Encounters were 40% lower than in August.", 40, "explicit_date"),
        ("Border Patrol made twice as many apprehensions as in May 2024.", 2, "explicit_date"),
        ("Apprehensions were down 95% from a year earlier and the fewest since 2000.", 95, "same_period_last_year"),
        ("Los homicidios bajaron 25% respecto al mismo periodo del año anterior.", 25, "same_period_last_year"),
        ("Hubo 2,500 homicidios en abril, 1.5% más que en 2023.", 1.5, "explicit_date"),
        ("Los cruces irregulares registraron una caída de 93% respecto a mayo de 2024.", 93, "explicit_date"),
        ("Los homicidios subieron 12.5% más que en los ocho meses previos.", 12.5, "previous_period"),
    ],
)
def test_a_baseline_is_read_in_the_form_that_it_takes(text: str, value: float, kind: str) -> None:
    claim = valued(text, value)
    assert claim.baseline is not None
    assert claim.baseline.kind == kind


@pytest.mark.parametrize(
    ("text", "direction", "kind"),
    [
        ("Encounters remained well below the peak of December 2023.", "down", "peak"),
        ("In May agents made more arrests at the border than in all of 2023.", "up", "explicit_date"),
        (
            "Border Patrol released 2.3 million people over three years, more than in the previous ten years together.",
            "up",
            "previous_period",
        ),
    ],
)
def test_a_comparison_needs_no_number(text: str, direction: str, kind: str) -> None:
    (claim,) = [claim for claim in claims_of(text) if claim.claim_type == "comparison"]
    assert (claim.direction, claim.value, claim.unit) == (direction, None, None)
    assert claim.baseline is not None
    assert claim.baseline.kind == kind
    assert claim.measure is not None


def test_what_lies_behind_a_semicolon_is_no_baseline() -> None:
    claim = valued("Encounters rose 40% in May; from FY2021 to FY2023 there were 6.2 million encounters.", 40)
    assert claim.baseline is None or claim.baseline.kind == "none"


def test_a_pair_implies_a_percentage() -> None:
    ends = claims_of("Fentanyl seizures dropped from 1,500 pounds in May 2024 to 750 pounds in May 2025.")
    assert [(claim.endpoint, claim.implied) for claim in ends] == [("from", -50.0), ("to", -50.0)]
