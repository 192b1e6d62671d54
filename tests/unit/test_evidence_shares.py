"""A share is a part of one series over the whole of the same series, or is not tested."""

from __future__ import annotations

import pytest

from counterflow.brief.schema import Claim, Span
from counterflow.evidence.catalog import measures, series_habits
from counterflow.evidence.checking.checker import check_claim
from evidence_cases import SPRING_2025, claim, period, store

FY2024 = period("FY2024", ("2023-10-01", "2024-09-30"))


def share(words: str, value: float, **values: object) -> Claim:
    span = Span(start=0, end=len(words), quote=words)
    usual = {"claim_type": "share", "value": value, "unit": "percent", "span": span, "quote_span": span}
    return claim(**usual | values)


def test_fentanyl_at_the_ports_is_set_against_all_that_was_seized() -> None:
    tested = share("86% of fentanyl was seized at ports of entry", 86, measure="fentanyl.seized", period=FY2024)
    found = check_claim(tested, store(), SPRING_2025)
    (reading,) = found.readings
    ports, between = (
        sum(o.value for o in store().observations("cbp_drug_seizures_sw", part) if FY2024.readings[0].start <= o.date
            <= FY2024.readings[0].end)
        for part in ("OFO:Fentanyl", "USBP:Fentanyl")
    )  # fmt: skip
    assert reading.observed == pytest.approx(100 * ports / (ports + between))
    assert (reading.numerator, reading.denominator) == (pytest.approx(ports), pytest.approx(ports + between))
    assert reading.baseline_label == "fentanyl seized at ports of entry, as a share of the whole"
    assert found.verdict == "holds_all"


def test_between_the_ports_is_the_other_part() -> None:
    words = "14% of fentanyl was seized between ports of entry"
    found = check_claim(share(words, 14, measure="fentanyl.seized", period=FY2024), store(), SPRING_2025)
    assert [r.baseline_label for r in found.readings] == ["fentanyl seized by Border Patrol, as a share of the whole"]
    assert found.verdict == "holds_all"


def test_family_units_are_a_part_of_encounters() -> None:
    tested = share(
        "family units made up 41% of encounters",
        41,
        measure="encounters.between_ports",
        period=period("December 2023", ("2023-12-01", "2023-12-31")),
    )
    found = check_claim(tested, store(), SPRING_2025)
    assert found.verdict == "holds_all"
    assert {r.series_id for r in found.readings} == {"usbp_encounters_sw_by_family_status"}


def test_ninety_percent_is_not_anything_from_eighty_five() -> None:
    words = "90% of fentanyl was seized at ports of entry"
    found = check_claim(share(words, 90, measure="fentanyl.seized", period=FY2024), store(), SPRING_2025)
    assert found.verdict == "holds_none"


def test_words_that_name_two_parts_are_not_guessed_at() -> None:
    words = "90% of encounters were of single adults and unaccompanied children"
    found = check_claim(share(words, 90, measure="encounters.between_ports", period=FY2024), store(), SPRING_2025)
    assert (found.verdict, found.readings) == ("not_checkable", ())
    assert "more than one part" in found.explanation


@pytest.mark.parametrize("measure", ["removals", "gotaways", "fentanyl.seized"])
def test_a_share_of_what_no_series_divides_is_not_tested_and_says_why(measure: str) -> None:
    found = check_claim(share("70 percent of them were men", 70, measure=measure, period=FY2024), store(), SPRING_2025)
    assert found.verdict == "not_checkable"
    assert "name a part of a series" in found.explanation


def test_the_parts_of_every_share_in_the_catalogue_are_parts_of_its_own_series() -> None:
    for habits in series_habits().values():
        geos = set(store().about(habits.id).geos)
        for part in habits.shares:
            assert {*part.parts, *part.whole} <= geos
            assert set(part.parts) < (set(part.whole) or geos) or part.whole == ("Total",)
            assert set(part.of) <= set(measures())
