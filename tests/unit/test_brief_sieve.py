"""Which patterns a sentence can match, told from its words: none that does match is ever ruled out."""

from __future__ import annotations

import pytest

from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.sieve import Sieve, words_in

PATTERNS = [Pattern(form) for form in ("year[ -]over[ -]year", "largest-ever", r"\w+est-ever", "troops?", r"a\s+\d")]


@pytest.mark.parametrize(
    "text",
    ["down year-over-year", "down Year over year", "the largest-ever haul", "the Biggest-ever haul", "TROOPS", "a 5"],
)
def test_a_pattern_that_matches_is_let_through(text: str) -> None:
    sieve, folded = Sieve(PATTERNS), Folded(text)
    passed = sieve.passed(folded, 0, len(folded))
    for pattern in PATTERNS:
        if pattern.expression.search(folded):
            assert passed & sieve.bit(pattern)


def test_a_sentence_without_the_letters_is_ruled_out() -> None:
    sieve, folded = Sieve(PATTERNS), Folded("The committee met.")
    passed = sieve.passed(folded, 0, len(folded))
    assert not passed & sieve.bit(PATTERNS[3])
    assert not passed & sieve.bit(PATTERNS[0])


def test_the_words_of_a_stretch_are_each_given_once_in_lower_case() -> None:
    folded = Folded("Year-over-year, Year two")
    assert words_in(folded, 0, len(folded)) == {"year", "over", "year,", "two"}
