"""From the document's words to verdicts: the article's six claims, and the example that paraphrases it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.evidence.checking.checker import check
from counterflow.evidence.store import Store
from evidence_cases import PROJECT, SPRING_2025, store

EXAMPLE = PROJECT / "examples" / "border-strategy.md"
EXPECTED = {
    "troops": "holds_some",
    None: "incomplete",
    "gotaways": "holds_some",
    "arrests.interior": "holds_some",
    "designated_groups": "holds_none",
    "crossings": "direction_only",
}


def test_the_article_s_claims_get_their_verdicts(article: Path) -> None:
    found = check(read(article), store(), interval=SPRING_2025)
    assert {c.claim.measure: c.verdict for c in found} == EXPECTED
    assert len(found) == len(EXPECTED)


def test_the_article_s_readings_are_those_that_were_worked_out_by_hand(article: Path) -> None:
    """Per measure the observed values of all readings: gotaways in percent, arrests, troops and groups as counts."""
    found = {c.claim.measure: c for c in check(read(article), store(), interval=SPRING_2025)}
    gotaways = {r.baseline_label.split(":")[0]: round(r.observed or 0.0, 1) for r in found["gotaways"].readings}
    assert gotaways["peak fiscal year under Biden"] == -92.8  # 132 against 670,674 / 365
    assert gotaways["peak month under Biden"] == -94.6  # against 73,463 / 30
    assert gotaways["peak week under Biden"] == -95.1  # against 2,671
    assert gotaways["same period last year"] == -82.4  # against 750
    assert {round(r.observed or 0.0, 1) for r in found["gotaways"].readings} >= {-83.5, -83.2}  # against 800 and 785
    arrests = {r.baseline_kind: (r.observed, r.denominator, r.outcome) for r in found["arrests.interior"].readings}
    assert arrests["implied_contrast"][0] == 308
    assert arrests["implied_contrast"][1] == pytest.approx(310.7, abs=0.05)
    assert arrests["implied_contrast"][2] == "does not hold"
    assert any(r.observed == 308 and r.outcome == "holds" for r in found["arrests.interior"].readings)
    assert {1500.0, 1600.0, 4000.0} <= {r.observed for r in found["troops"].readings}
    assert [r.observed for r in found["designated_groups"].readings] == [8.0, 6.0]
    incomplete = next(c for c in found.values() if c.verdict == "incomplete")
    assert sorted(r.observed or 0.0 for r in incomplete.readings) == [-93.0, -85.0]
    assert {r.outcome for r in incomplete.readings} == {"not comparable"}
    assert "claimant's own figure" in found["arrests.interior"].flags


@pytest.mark.skipif(not EXAMPLE.exists(), reason="examples/border-strategy.md is not there")
def test_the_example_s_claims_get_the_same_verdicts() -> None:
    found = check(read(EXAMPLE), store(), interval=SPRING_2025)
    assert Counter(c.verdict for c in found) == Counter(EXPECTED.values())


def test_opening_the_store_and_checking_the_article_takes_under_a_second(article: Path) -> None:
    brief = read(article)
    Store.open()  # warm: the database is imported and the files are in memory
    started = time.perf_counter()
    check(brief, Store.open(), interval=SPRING_2025)
    assert time.perf_counter() - started < 1.0
