"""Sentences in, verdicts out: nothing is set against a time that was still to come, and a miss says which way it was.

The figures are Border Patrol's encounters between ports, southwest (usbp_encounters_sw).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import counterflow as cf
from counterflow.brief.schema import Span
from counterflow.evidence.checking.checker import check_claim
from counterflow.evidence.schema import Check
from evidence_cases import SPRING_2025, baseline, claim, period, row, store

Checked = Callable[[str, str], Check]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    def of(sentence: str, on: str) -> Check:
        document = tmp_path / "release.md"
        document.write_text(f"# Border enforcement update\n\n{sentence}\n", encoding="utf-8")
        (found,) = cf.check(cf.read(document, date=date.fromisoformat(on)), store())
        return found

    return of


ENCOUNTERS = "outhwest border apprehensions"


@pytest.mark.parametrize(
    ("sentence", "on", "average"),
    [
        # (130,521 / 28) / (4,345,331 / 730 days) = 4,661 / 5,953 = 0.783
        (f"In February 2023, s{ENCOUNTERS} fell 22% compared to the average under President Biden.",
         "2023-03-20", "average under Biden: Feb 2021–Jan 2023"),
        (f"S{ENCOUNTERS} in February 2024 were 17% lower than under President Biden.",
         "2024-03-20", "average under Biden: Feb 2021–Jan 2024"),
    ],
)  # fmt: skip
def test_a_term_that_is_not_over_ends_before_the_period(checked: Checked, sentence: str, on: str, average: str) -> None:
    found = checked(sentence, on)
    assert row(found, average).outcome == "holds"
    assert not [
        r.baseline_label for r in found.readings if "2025" in r.baseline_label or "Dec 2024" in r.baseline_label
    ]


def test_a_term_that_is_over_is_taken_whole(checked: Checked) -> None:
    found = checked(f"S{ENCOUNTERS} in May 2025 were 94% lower than under President Biden.", "2025-06-10")
    labels = {r.baseline_label for r in found.readings if r.named}
    assert {"average under Biden: Feb 2021–Dec 2024", "last full month under Biden: Dec 2024"} <= labels


def test_a_peak_is_one_that_was_over_before_the_period(checked: Checked) -> None:
    """FY2022 was not over in May 2022, and the peak of the term, December 2023, was to come."""
    found = checked(f"S{ENCOUNTERS} in May 2022 were 5% above the peak under President Biden.", "2022-06-20")
    for reading in found.readings:
        assert "FY2022" not in reading.baseline_label
        assert "Dec 2023" not in reading.baseline_label
    assert row(found, "peak fiscal year under Biden: FY2021").outcome == "does not hold"


def test_a_change_during_a_term_begins_before_the_term(checked: Checked) -> None:
    """Dec 2020: 71,140; 2020: 508,230. Feb 2024: 140,641 (+97.7%); Mar 2023-Feb 2024: 2,045,423 (+302.5%)."""
    found = checked("Border Patrol encounters at the southwest border surged more than 300% under President Biden.",
                    "2024-03-10")  # fmt: skip
    compared = {(round(r.observed or 0, 1), r.outcome) for r in found.readings}
    assert {(97.7, "does not hold"), (302.5, "holds")} <= compared
    assert {r.baseline_label.partition(": ")[2] for r in found.readings} == {"Dec 2020", "2020"}
    assert found.verdict == "holds_some"


def test_what_rose_under_someone_who_left_rose_while_they_were_there(checked: Checked) -> None:
    """The peak year FY2022 against 2020: 2,206,436 / 508,230 = +334.1%; the peak month Dec 2023: +251.1%."""
    found = checked("Border Patrol encounters at the southwest border rose 334% under Biden.", "2025-06-10")
    assert {r.outcome for r in found.readings if round(r.observed or 0, 1) == 334.1} == {"holds"}
    assert found.verdict == "holds_some"
    assert not [r for r in found.readings if "2025" in r.period]


# --- which way and how far ---


def test_a_change_the_other_way_is_told_so(checked: Checked) -> None:
    """8,353 / 140,641 = -94.1%."""
    found = checked(f"S{ENCOUNTERS} rose 6% in February 2025 compared with February 2024.", "2025-03-10")
    assert found.verdict == "holds_none"
    assert row(found, "February 2024: Feb 2024").note.startswith("The change went the other way: a fall")


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        # FY2021 / FY2019 = 1,659,210 / 851,508 = 1.949; FY2022 / FY2021 = 2,206,436 / 1,659,210 = 1.330
        ("doubled in FY2021 compared with FY2019", "holds_all"),
        ("nearly doubled in FY2021 compared with FY2019", "holds_all"),
        ("nearly doubled in FY2022 compared with FY2021", "holds_none"),
        # May 2021 / Feb 2021 = 172,650 / 97,640 = 1.768
        ("doubled in May 2021 compared with February 2021", "holds_none"),
        ("nearly doubled in May 2021 compared with February 2021", "holds_none"),
    ],
)
def test_a_whole_factor_is_good_to_a_tenth(checked: Checked, sentence: str, verdict: str) -> None:
    assert checked(f"S{ENCOUNTERS} {sentence}.", "2023-01-10").verdict == verdict


# --- records against every window ---


def test_a_record_of_two_months_is_set_against_every_two_months(checked: Checked) -> None:
    """Oct-Nov 2020: 69,030 + 69,170 = 138,200; Nov-Dec 2020: 69,170 + 71,140 = 140,310."""
    found = checked("Border Patrol encounters at the southwest border in July and August 2024 were the lowest since "
                    "September 2020.", "2024-10-20")  # fmt: skip
    assert found.verdict == "holds_all"
    assert "the lowest before was 138,200 (Oct–Nov 2020)" in found.readings[0].observed_text


def test_a_record_is_refuted_by_a_window_that_its_own_length_steps_over() -> None:
    """Feb-Apr 2022: 573,855; Jul-Sep 2021: 582,690, though in 92 days and not in 89."""
    words = "the highest since December 2020"
    span = Span(start=0, end=len(words), quote=words)
    tested = claim(
        claim_type="record", measure="encounters.between_ports", direction="up", span=span, quote_span=span,
        period=period("February to April 2022", ("2022-02-01", "2022-04-30")),
        baseline=baseline("explicit_date", "December 2020", start="2020-12-01", end="2020-12-31"),
    )  # fmt: skip
    found = check_claim(tested, store(), SPRING_2025)
    assert found.verdict == "holds_none"
    assert "582,690" in found.readings[0].observed_text


# --- whose figure ---


def test_where_only_the_claimant_agrees_the_first_sentence_says_so(checked: Checked) -> None:
    found = checked("Daily gotaways fell 93% in the first 11 days of February 2025 compared to the peak under Biden.",
                    "2025-03-01")  # fmt: skip
    assert found.verdict == "holds_some"
    assert found.explanation.startswith("Nothing independent confirms this claim: what agrees is the claimant's own")
