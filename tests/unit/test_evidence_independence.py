"""What only the claimant ever stated is shown, marked, and proves nothing by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import Claim, Party
from counterflow.evidence.catalog import measures
from counterflow.evidence.checking.checker import check, check_claim
from counterflow.evidence.checking.independence import same_office
from counterflow.evidence.checking.issuer import publisher_of
from counterflow.evidence.schema import Check
from evidence_cases import SPRING_2025, baseline, claim, period, row, store

DAY = period("day", ("2025-01-21", "2025-01-21"))
OCTOBER = period("October 2025", ("2025-10-01", "2025-10-31"))
AUTUMN = (date(2025, 11, 5), date(2025, 11, 5))


def checked(tested: Claim, publisher: str = "", interval: tuple[date, date] = SPRING_2025) -> Check:
    return check_claim(tested, store(), interval, publisher=publisher)


def arrests(**values: object) -> Claim:
    return claim(
        **{"measure": "arrests.interior", "value": 300, "unit": "people", "bound": ">", "period": DAY} | values
    )


def daily(value: float, **values: object) -> Claim:
    usual = {"measure": "encounters.between_ports", "value": value, "unit": "encounters", "rate": "day"}
    return claim(**usual | {"period": OCTOBER} | values)


def test_a_press_figure_of_the_government_on_its_own_work_is_marked_and_the_verdict_stays() -> None:
    found = checked(arrests())
    level = row(found, "the figure for 21 Jan 2025")
    assert (level.outcome, level.independent, level.issuer, level.trust) == ("holds", False, "US.WH", "B")
    assert found.verdict == "holds_some"
    assert "claimant's own figure" in found.flags
    assert "no independent proof" in found.explanation


def test_a_figure_that_only_the_claimant_stated_confirms_nothing_by_itself() -> None:
    found = checked(daily(258), interval=AUTUMN)
    (reading,) = [r for r in found.readings if r.outcome == "holds"]
    assert not reading.independent
    assert found.verdict == "not_checkable"
    assert "Only the claimant's own figure speaks of this" in found.explanation
    assert "claimant's own figure" in found.flags


def test_a_figure_that_contradicts_its_own_side_counts() -> None:
    assert checked(daily(180), interval=AUTUMN).verdict == "holds_none"


def test_a_document_that_repeats_its_publisher_is_not_tested_by_that() -> None:
    found = checked(daily(258), publisher="US.DHS.CBP", interval=AUTUMN)
    (reading,) = found.readings
    assert (reading.outcome, reading.independent) == ("not comparable", False)
    assert reading.note.startswith("The document repeats a figure of its own publisher")
    assert found.verdict == "not_checkable"
    assert "repeats a figure of its own publisher" in found.explanation


def test_another_number_than_the_publishers_own_is_compared() -> None:
    found = checked(daily(180), publisher="US.DHS.CBP", interval=AUTUMN)
    assert found.verdict == "holds_none"


def test_the_speaker_of_a_claim_is_no_witness_for_it() -> None:
    speaker = Party(name="the border czar", code="US.WH", role="speaker")
    assert not row(checked(arrests(speaker=speaker)), "the figure for 21 Jan 2025").independent


def test_what_one_government_says_of_its_work_is_independent_of_anothers_document() -> None:
    assert row(checked(arrests(), publisher="MX.GOV"), "the figure for 21 Jan 2025").independent
    assert "claimant's own figure" not in checked(arrests(), publisher="MX.GOV").flags


def test_an_official_series_counts_whoever_publishes_the_document() -> None:
    march = period("March 2025", ("2025-03-01", "2025-03-31"))
    tested = claim(measure="encounters.between_ports", value=7180, unit="encounters", period=march)
    found = checked(tested, publisher="US.DHS.CBP")
    (reading,) = found.readings
    assert (reading.outcome, reading.official, reading.independent) == ("holds", True, True)
    assert found.verdict == "holds_all"
    assert found.flags == ()


def test_a_disclosure_under_the_law_is_no_press_figure() -> None:
    """The yearly counts of gotaways came out by freedom-of-information requests."""
    year = period("FY2023", ("2022-10-01", "2023-09-30"))
    found = checked(claim(measure="gotaways", value=670674, unit="people", period=year))
    assert row(found, "the figure for FY2023").independent


def test_every_published_figure_names_who_stated_it() -> None:
    points = store().points()
    assert all(point.issuer for point in points)
    assert {p.issuer for p in points if p.measure == "labs"} == {"MX.GOV"}
    assert {p.issuer for p in points if "border czar" in p.label} == {"US.WH"}
    offices = {m.operator for m in measures().values()} - {""}
    assert offices <= {"MX.GOV", "US.DOD", "US.DHS", "US.DHS.CBP", "US.DHS.ICE"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("US.DHS", "US.DHS.ICE", True),
        ("US.DHS.ICE", "US.DHS.CBP", False),
        ("US.WH", "US.DHS", False),
        ("US.DHS", "US.DHSX", False),
    ],
)
def test_an_office_and_its_department_are_one_side(one: str, other: str, same: bool) -> None:
    assert same_office(one, other) is same
    assert same_office(other, one) is same


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("---\nsource_url: https://www.cbp.gov/newsroom/x\n---\nEncounters fell.\n", "US.DHS.CBP"),
        ("---\nurl: https://example.org/cbp.gov\n---\nEncounters fell.\n", ""),
        ("Encounters fell.\n\nTHE WHITE HOUSE,\n\n3 February 2025.\n", "US.WH"),
        ("By the authority vested in me as President, I order.\n", "US.WH"),
        ("The White House said that encounters fell.\n", ""),
        ("The Mexican government said so.\n\nIn Mexico, encounters fell.\n", ""),
    ],
)
def test_a_document_is_asked_who_issued_it(text: str, publisher: str, tmp_path: Path) -> None:
    place = tmp_path / "document.md"
    place.write_text(text, encoding="utf-8")
    found = publisher_of(read(place))
    assert found in (publisher, "US.POTUS" if publisher == "US.WH" else publisher)


def test_the_publisher_can_be_given(tmp_path: Path) -> None:
    place = tmp_path / "document.md"
    place.write_text("In October 2025, Border Patrol apprehensions averaged 258 per day.\n", encoding="utf-8")
    brief = read(place, date=AUTUMN[0])
    (unknown,) = check(brief, store(), interval=AUTUMN)
    (own,) = check(brief, store(), interval=AUTUMN, publisher="US.DHS.CBP")
    assert [r.outcome for r in unknown.readings] == ["holds"]
    assert [r.outcome for r in own.readings] == ["not comparable"]


def test_a_change_rests_on_whoever_stated_the_later_figure() -> None:
    days = period("first 11 days", ("2025-01-20", "2025-01-30"))
    tested = claim(
        claim_type="change_pct",
        measure="gotaways",
        value=93,
        unit="percent",
        direction="down",
        rate="day",
        period=days,
        baseline=baseline("peak", administration="Biden"),
    )
    assert {(r.issuer, r.independent) for r in checked(tested).readings} == {("US.DHS", False)}
