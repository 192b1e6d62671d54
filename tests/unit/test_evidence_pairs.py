"""Both ends of a stated change are tested, the change that they imply, and a percentage against its own pair."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.evidence.checking.checker import check
from counterflow.evidence.schema import Check
from evidence_cases import row, store

AUTUMN = (date(2025, 11, 5), date(2025, 11, 5))


def checked(text: str, place: Path) -> tuple[Check, ...]:
    document = place / "document.md"
    document.write_text(f"{text}\n", encoding="utf-8")
    return check(read(document, date=AUTUMN[0]), store(), interval=AUTUMN)


def test_a_change_with_its_pair_is_tested_for_the_months_of_the_pair(tmp_path: Path) -> None:
    change, first, last = checked(
        "Border Patrol apprehensions fell 93% compared to the same month last year, down from nearly 129,000 in "
        "April 2024 to just 8,383 in April 2025.",
        tmp_path,
    )
    named = row(change, "same period last year: Apr 2024")
    assert named.period == "Apr 2025"
    assert (named.numerator, named.denominator) == (8377, 128895)
    assert [c.verdict for c in (change, first, last)] == ["holds_all"] * 3


def test_the_change_that_a_pair_implies_is_set_against_the_series(tmp_path: Path) -> None:
    _, last = checked("Apprehensions fell from 128,900 in April 2024 to 8,383 in April 2025.", tmp_path)
    implied = row(last, "the change that the pair implies, from Apr 2024")
    assert implied.observed == pytest.approx(-93.5, abs=0.05)
    assert implied.outcome == "holds"
    assert "the pair as stated gives −93.5%" in implied.observed_text


def test_a_pair_with_a_wrong_end_implies_a_wrong_change(tmp_path: Path) -> None:
    first, last = checked("Apprehensions fell from 228,900 in April 2024 to 8,383 in April 2025.", tmp_path)
    assert first.verdict == "holds_none"
    assert row(last, "the change that the pair implies").outcome == "does not hold"
    assert last.verdict == "holds_some"


def test_a_percentage_that_its_own_pair_contradicts_is_flagged_whatever_the_world_says(tmp_path: Path) -> None:
    change = checked("Apprehensions fell 50%, from 128,900 in April 2024 to 8,383 in April 2025.", tmp_path)[0]
    own = row(change, "its own pair")
    assert (own.outcome, own.named, own.independent, own.series_id) == ("does not hold", False, False, "document")
    assert "disagrees with its own pair" in change.flags
    assert "which is not what it states" in change.explanation


def test_a_percentage_that_agrees_with_its_own_pair_is_not_proved_by_it(tmp_path: Path) -> None:
    change = checked("Apprehensions fell 50%, from 400,000 in April 2024 to 200,000 in April 2025.", tmp_path)[0]
    assert row(change, "its own pair").outcome == "holds"
    assert change.verdict == "holds_none"
    assert "as stated" in change.explanation


def test_a_change_is_measured_from_the_level_that_it_says_it_began_with(tmp_path: Path) -> None:
    """8,725 against 117,905 is a fall of 92.6%; 7,180 against 137,473 one of 94.8%."""
    change = checked("Apprehensions in May 2025 were down 93% from 117,905 in May 2024.", tmp_path)[0]
    assert row(change, "May 2024").observed == pytest.approx(100 * (8725 / 117905 - 1))
    assert change.verdict == "holds_all"
    later = checked("Apprehensions in March 2025 decreased 90% from about 137,500 people in March 2024.", tmp_path)[0]
    assert row(later, "March 2024").observed == pytest.approx(100 * (7180 / 137473 - 1))
    assert later.verdict == "holds_none"


def test_since_in_a_record_is_no_baseline_of_the_change_before_it(tmp_path: Path) -> None:
    """1,530,523 against 2,045,838 in FY2023 is a fall of 25.2%."""
    change = checked(
        "Border Patrol encounters fell 25% in fiscal year 2024 to 1,530,523, the lowest since fiscal year 2020.",
        tmp_path,
    )[0]
    assert row(change, "the period before").observed == pytest.approx(-25.2, abs=0.05)
    assert change.verdict != "holds_none"


def test_the_two_numbers_of_a_ratio_are_no_counts(tmp_path: Path) -> None:
    for text in ("Nine in ten people booked into ICE detention in December 2025 were arrested by ICE.",
                 "One in five Border Patrol encounters in fiscal year 2024 were in the San Diego Sector."):  # fmt: skip
        assert [c.claim.value for c in checked(text, tmp_path) if c.claim.claim_type == "level"] == []
