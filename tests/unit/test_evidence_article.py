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
