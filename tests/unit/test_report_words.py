"""Numbers and codes in plain words."""

from __future__ import annotations

import re
import tomllib
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.judgement.headlines import rules
from counterflow.report import words
from said_twice import shared, texts_of_module, texts_of_template, twice, words_of

REPORT = Path(words.__file__).parent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345, "12,300"),
        (0.04123, "0.0412"),
        (0, "0"),
        (-2.5, "−2.5"),
        (999.9, "1,000"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_a_number_keeps_three_figures(value: float | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.234, "−23%"),
        (0.05, "+5%"),
        (0.004, "+0.4%"),
        (0.0, "0%"),
        (-0.0001, "0%"),
        (20.0, "×21"),
        (None, "–"),
    ],
)
def test_a_change_is_signed_and_not_over_precise(value: float | None, text: str) -> None:
    assert words.percent_change(value) == text


@pytest.mark.parametrize(("p", "text"), [(0.0, "0%"), (0.004, "<1%"), (0.39, "39%"), (0.996, ">99%"), (1.0, "100%")])
def test_a_probability_is_certain_only_when_it_is(p: float, text: str) -> None:
    assert words.percent(p) == text


@pytest.mark.parametrize(
    ("p", "error", "text"),
    [
        (0.39, 0.011, "about 4 in 10 (39%, ±2)"),
        (0.10, 0.012, "about 1 in 10 (10%, ±2)"),
        (0.06, 0.010, "about 1 in 17 (6%, ±2)"),
        (0.14, 0.015, "about 1 in 7 (14%, ±3)"),
        (0.004, 0.005, "fewer than 1 in 20 (below 2%)"),
        (0.995, 0.005, "more than 19 in 20 (above 98%)"),
        (0.03, 0.020, "below 7% of draws"),
        (0.97, 0.020, "above 93% of draws"),
        (0.02, 0.001, "fewer than 1 in 20 (2%, ±1)"),
        (0.97, 0.008, "more than 19 in 20 (97%, ±2)"),
        (0.0, 0.0, "in none of 500 draws (below 1%)"),
        (1.0, 0.0, "in all of 500 draws (above 99%)"),
    ],
)
def test_a_chance_says_how_far_other_draws_could_move_it(p: float, error: float, text: str) -> None:
    assert words.chance(p, error, 500) == text


@given(st.integers(2, 100_000), st.floats(0, 1))
def test_a_chance_never_reaches_outside_what_can_be_and_names_the_odds_that_it_has(draws: int, share: float) -> None:
    probability = round(share * draws) / draws
    error = sqrt(probability * (1 - probability) / draws)
    told = words.chance(probability, error, draws)
    if plus := re.search(r"±(\d+)", told):
        assert 100 * probability - int(plus[1]) >= 0
        assert 100 * probability + int(plus[1]) <= 100
    if odds := re.match(r"about (\d+) in (\d+)", told):
        of, among = int(odds[1]), int(odds[2])
        nearest = 1 / (among + 0.5) <= probability <= 1 / (among - 0.5) if among != 10 else False
        assert nearest or abs(of / among - probability) <= 0.05 + 1e-9
        assert of > 1 or among == 10 or 0.05 <= probability < 0.15
    if bound := re.search(r"(below|above) (\d+)%", told):
        limit = int(bound[2]) / 100
        assert probability <= limit if bound[1] == "below" else probability >= limit


def test_few_draws_without_a_hit_leave_a_wide_bound() -> None:
    assert words.chance(0.0, 0.0, 20) == "in none of 20 draws (below 15%)"


def test_a_weekly_flow_is_labelled_as_a_monthly_one() -> None:
    assert words.axis_unit("attempts/week", "sum") == "attempts a month"
    assert words.axis_unit("kg pure", "sum") == "kg pure a month"
    assert words.axis_unit("1", "mean") == "index"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("“gotaways” fell", "‘gotaways’ fell"),
        ('called "gotaways", it said', "called ‘gotaways’, it said"),
        ("Mexico’s ‘own’", "Mexico’s ‘own’"),
    ],
)
def test_quotation_marks_inside_a_quotation_are_single(text: str, shown: str) -> None:
    assert words.inner_quotes(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("132 a day: -92.8% (-43 to -62%)", "132 a day: −92.8% (−43 to −62%)"),
        ("2020-21, MQ-9, 20250218-1, 1–-2, a.b/-1", "2020-21, MQ-9, 20250218-1, 1–-2, a.b/-1"),
    ],
)
def test_only_a_hyphen_that_stands_for_a_minus_becomes_one(text: str, shown: str) -> None:
    assert words.minus(text) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.83e9, "$7.8 billion"),
        (999.6e6, "$1 billion"),
        (-343e6, "−$340 million"),
        (36_400, "$36,000"),
        (2.5, "$2.5"),
        (1.25e12, "$1.2 trillion"),
        (0, "$0"),
        (None, "–"),
    ],
)
def test_a_sum_is_told_at_two_figures(value: float | None, text: str) -> None:
    assert words.dollars(value) == text


def test_a_list_reads_as_a_sentence() -> None:
    assert [words.joined(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    assert words.word("status", "some_new_status") == "some new status"


def test_every_code_of_the_contracts_that_needs_a_word_has_one() -> None:
    from typing import get_args

    from counterflow.brief.schema import FindingKind
    from counterflow.evidence.schema import CheckVerdict
    from counterflow.judgement.schema import FourWay, Grade, HeadlineId
    from counterflow.model.works import Read

    vocabulary = words.vocabulary()
    assert set(vocabulary["finding"]) == set(get_args(FindingKind))
    assert set(vocabulary["claim_verdict"]) == set(get_args(CheckVerdict)) == set(vocabulary["claim_verdict_symbol"])
    assert set(vocabulary["grade"]) == set(get_args(Grade))
    assert set(vocabulary["read"]) == set(get_args(Read))
    assert set(vocabulary["four_way"]) == set(FourWay.model_fields) - {"branch"}
    for group in ("headline", "headline_short", "headline_inside"):
        assert set(vocabulary[group]) == set(get_args(HeadlineId))


def test_a_headline_has_one_name_wherever_it_stands() -> None:
    assert {rule.id: rule.title for rule in rules()} == words.vocabulary()["headline"]
    own = tomllib.loads((REPORT / "words.toml").read_text(encoding="utf-8"))
    assert "headline" not in own, "the names belong to judgement/headlines.toml"


def test_a_sentence_has_one_home() -> None:
    """The page and the other formats say what both say from words.toml or sentences.py: nothing is written twice."""
    found = twice(REPORT)
    assert found["the page's parts and the other formats"] == []
    assert found["two modules of the other formats"] == []


def test_what_is_written_twice_is_found() -> None:
    said = "{% if x %}<p>There are {{ n }} <b>more</b> branches that were run here.</p>{% endif %}"
    module = (
        '"""There are some more branches that were run here."""\ntold = f"There are {n} more branches that were run"'
    )
    runs = [[words_of(text) for text in texts] for texts in (texts_of_template(said), texts_of_module(module))]
    assert shared(*runs) == ["there are {} more branches that were run"]
    assert shared(runs[0], [words_of("no word of it stands there, and it is long")]) == []


@pytest.mark.parametrize("code", sorted(words.vocabulary()["phrase"]))
def test_every_phrase_is_used_and_its_places_can_be_filled(code: str) -> None:
    sources = [*REPORT.rglob("*.j2"), *REPORT.rglob("*.py")]
    assert any(f'phrase("{code}"' in path.read_text(encoding="utf-8") for path in sources)
    assert "{" not in words.phrase(code, first=53, last=156, branch="as written")
