"""Sentences on results: what each must name, and when one may say that the strategy brings something about."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_words import VERB, claims
from counterflow.judgement.inquiry import Inquiry
from counterflow.judgement.schema import Decider, Headline, Learned, Verdict
from counterflow.judgement.studies import studies
from counterflow.report import words
from counterflow.report.assessment.answer import decider_sentence, decider_sentences, worth_sentences
from counterflow.report.assessment.results import (
    CAUSAL,
    grade_of,
    leading_sentence,
    rests_sentence,
    result_sentence,
    template_for,
)
from counterflow.report.page.render import render_page
from counterflow.report.studies.judged import inquiry_lines
from counterflow.report.words import percent_change, vocabulary, word
from report_fixture import build, verdict

REPORT = Path(words.__file__).parent
WINDOW = (53, 156)
# Words of reports that name no effect of a strategy, and why.
ALLOWED = (
    "Does the strategy curtail trafficking",  # the question
    "deaths averted", "death averted", "homicides averted",  # names of quantities that stand with their interval
    "comes in or is saved", "revenue or a saving", "the cases that a closure saves",  # money
    "Statements of cause or value",  # what a document says
    "the cause of what came out otherwise", "the cause of all that came out otherwise",  # the one input that differs
    "--save-strategy",  # an option
)  # fmt: skip
CODES = ("curtails", "averts", "saves")  # identifiers, not sentences


def headline(**changes: Any) -> Headline:
    made = {
        "id": "crossings", "title": "", "criterion": "", "branch": "as_written", "reference": "none",
        "probability": 0.5, "mc_error": 0.01, "median": -0.3, "low": -0.5, "high": -0.1, "threshold": 0.3,
        "surface": (), "undetermined": False, "word": "likely",
    }  # fmt: skip
    return Headline.model_validate(made | changes)


def intervals() -> st.SearchStrategy[tuple[float, float, float]]:
    return st.tuples(*[st.floats(-1.0, 3.0)] * 3).map(lambda three: tuple(sorted(three)))


@given(
    interval=intervals(),
    kind=st.sampled_from(["trafficking", "crossings", "friction", "violence"]),
    reference=st.sampled_from(["none", "before"]),
)
def test_a_causal_verb_needs_an_interval_without_zero_and_the_run_without_the_strategy(
    interval: tuple[float, float, float], kind: str, reference: str
) -> None:
    low, median, high = interval
    of = headline(id=kind, reference=reference, low=low, median=median, high=high)
    said = result_sentence(of, "as written", WINDOW)
    if VERB.search(said):
        assert reference == "none"
        assert low > 0.0 or high < 0.0
        assert kind != "friction"


@given(interval=intervals(), reference=st.sampled_from(["none", "before"]))
def test_every_sentence_names_the_branch_the_reference_the_horizon_and_the_interval(
    interval: tuple[float, float, float], reference: str
) -> None:
    low, median, high = interval
    said = result_sentence(headline(reference=reference, low=low, median=median, high=high), "as on record", WINDOW)
    for part in ("as on record", word("result_reference", reference), "weeks 53 to 156", percent_change(low)):
        assert part in said
    assert percent_change(high) in said


def test_what_leaves_out_no_change_is_said_to_be_brought_about_and_in_which_direction() -> None:
    assert template_for(headline()) == "lower"
    assert template_for(headline(low=0.1, median=0.2, high=0.3)) == "higher"
    assert template_for(headline(high=0.0)) == "open"
    assert template_for(headline(reference="before")) == "beside"
    assert template_for(headline(id="friction")) == "deepest"
    assert template_for(headline(id="friction", reference="before")) == "deepest_beside"


@pytest.mark.parametrize("kind", ["trafficking", "crossings", "friction", "violence"])
def test_against_the_weeks_before_it_is_said_that_what_would_have_come_anyway_is_in_it(kind: str) -> None:
    said = "what would have come without the strategy is in it too"
    assert said in result_sentence(headline(id=kind, reference="before"), "as written", WINDOW)
    assert said not in result_sentence(headline(id=kind), "as written", WINDOW)


def test_only_two_templates_hold_a_causal_verb() -> None:
    assert {name for name, text in vocabulary()["result"].items() if VERB.search(text)} == set(CAUSAL)


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return build()


def own_sentences(a: dict[str, Any]) -> list[str]:
    """The page's own words: not the document's, nor the meanings and sources of parameters, prices and the record."""
    page = re.sub(r"<style.*?</style>|<svg.*?</svg>|<q .*?</q>|<bdi>.*?</bdi>", "", render_page(a), flags=re.DOTALL)
    page = re.sub(r'<td data-label="(Meaning|Source|The record says)">.*?</td>', "", page, flags=re.DOTALL)
    page = re.sub(r"</?(b|em|code|span|a|abbr|mark)\b[^>]*>", "", page)
    others = {n["reason"] for branch in a["costs"]["branches"].values() for n in branch["unpriced"]}
    others |= {p[field] for p in a["basis"]["parameters"] for field in ("meaning", "source")}
    said = [" ".join(part.split()) for part in re.split(r"<[^>]+>", page)]
    return [part for part in said if part and not any(text in part for text in others)]


def test_no_sentence_of_a_page_says_that_the_strategy_brings_something_about_but_where_the_interval_allows_it(
    assessment: dict[str, Any],
) -> None:
    a = assessment
    judged = {(h["branch"], h["id"], h["reference"]): h for h in a["headlines"]}
    told = {text for said in a["results"].values() for text in said}
    assert len(told) == len([key for key in judged if key[0] in a["results"]])
    assert all("of grade" in text for text in told)
    causal = {text for text in told if claims(text)}
    clear = [
        key for key in judged if key[0] in a["results"] and template_for(Headline(**_plain(judged[key]))) in CAUSAL
    ]
    assert len(causal) == len(clear) > 0
    assert all(judged[key]["high"] < 0.0 or judged[key]["low"] > 0.0 for key in clear)
    rows = [row for branch in a["costs"]["branches"].values() for row in branch["levers"]]
    saves = {f"saves {n}" for n in ("$240 million",) if any(row["kind"] == "saves" and row["high"] < 0 for row in rows)}
    found = [part for part in own_sentences(a) if part not in causal and claims(part, *ALLOWED, *saves)]
    assert found == []


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in Headline.model_fields if name not in ("decided_by", "worth_knowing")}


def test_a_sum_that_may_be_spending_or_a_saving_is_not_called_a_saving(assessment: dict[str, Any]) -> None:
    row = next(r for r in assessment["costs"]["branches"]["as_on_record"]["levers"] if r["kind"] == "saves")
    open_row = row | {"low": -5.0e8, "high": 2.0e8}
    branches = assessment["costs"]["branches"]
    held = branches["as_on_record"] | {"levers": [open_row]}
    page = render_page(assessment | {"costs": assessment["costs"] | {"branches": branches | {"as_on_record": held}}})
    assert claims(re.sub(r"<[^>]+>", " ", page.split('id="costs"')[1].split("<details")[0]), *ALLOWED) == []


def literals(path: Path) -> list[str]:
    """The texts of a module, less its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)]
    told = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in found if isinstance(node.value, str)]


@pytest.mark.parametrize("path", sorted(REPORT.rglob("*.py")), ids=lambda path: str(path.relative_to(REPORT)))
def test_no_text_of_a_report_is_a_causal_claim(path: Path) -> None:
    """Of the page, of judge, compare, improve, attribute and diff: what all their sentences are made of."""
    assert [text for text in literals(path) if text not in CODES and claims(text, *ALLOWED)] == []


def test_no_other_template_is_a_causal_claim() -> None:
    """The words beside the code: only [result] has templates that claim, and money is what a branch saves."""
    notes = tomllib.loads((REPORT / "studies" / "compared" / "notes.toml").read_text(encoding="utf-8"))
    assert [name for name, text in notes.items() if claims(text, *ALLOWED)] == []
    words_of = ((group, name, text) for group, texts in vocabulary().items() for name, text in texts.items())
    found = {(group, name) for group, name, text in words_of if claims(text, *ALLOWED)}
    assert found == {("result", name) for name in CAUSAL} | {("cost_kind", "saves")}


@pytest.mark.parametrize(
    "text",
    [
        "It lowers crossings.", "This leads to violence.", "Strikes cut supply.", "Crossings were lowered by troops.",
        "Deaths prevented: 300.", "It led to friction.", "Supply, reduced by raids, fell.", "300 deaths averted",
        "Trafficking curtailed by strikes that curtail it.",
    ],
)  # fmt: skip
def test_the_pattern_finds_what_it_is_for(text: str) -> None:
    assert claims(text)


@pytest.mark.parametrize("text", ["Trafficking curtailed: unlikely.", "crossings are reduced in 30% of draws"])
def test_the_name_of_a_criterion_is_no_claim(text: str) -> None:
    assert claims(text) == []


def decider(**changes: Any) -> Decider:
    made = {
        "symbol": "w_fly", "mechanism": "diplomacy", "meaning": "loss per week of overflight", "unit": "share",
        "low": 0.076612, "high": 0.95533, "probability_at_low": 0.2, "probability_at_high": 0.8,
        "flips_at": (0.123456, 0.54321),
    }  # fmt: skip
    return Decider.model_validate(made | changes)


def test_a_range_is_told_with_two_figures_and_every_value_at_which_the_answer_flips() -> None:
    said = decider_sentence(headline(), decider(), {("diplomacy", "w_fly")})
    assert "moved from 0.077 to 0.96 share" in said
    assert "(the answer flips at 0.12 and 0.54)" in said
    assert "against the run without the strategy" in said
    assert "flips" not in decider_sentence(headline(), decider(flips_at=()), set())


def test_what_decides_against_both_references_is_told_once() -> None:
    both = [headline(decided_by=(decider(),)), headline(reference="before", decided_by=(decider(),))]
    (alike,) = [text for text, _ in decider_sentences(both, set())]
    assert alike.endswith("against the run without the strategy and the 26 weeks before it (w_fly).")
    apart = [both[0], headline(reference="before", decided_by=(decider(probability_at_high=0.9, flips_at=()),))]
    (told,) = [text for text, _ in decider_sentences(apart, set())]
    assert "0.54) against the run without the strategy; and from 20% to 90% against the 26 weeks before it" in told
    other = headline(reference="before", decided_by=(decider(symbol="c_ref"),))
    assert len(decider_sentences([both[0], other], set())) == 2


@pytest.mark.parametrize("reference", ["none", "before"])
def test_what_a_call_is_worth_names_the_reference_and_reads_as_a_sentence(reference: str) -> None:
    one = Learned(name="diplomacy.w_fly", meaning="loss", grade="D", less_wrong=0.1, error=0.01)
    (said,) = worth_sentences(headline(reference=reference, wrong=0.3, worth_knowing=(one,)))
    assert f"against {word('result_reference', reference)}, it would be wrong in 30% of draws." in said
    assert "Knowing one number beforehand would make it wrong less often: loss (diplomacy.w_fly) by 10" in said


def test_every_block_of_the_answer_names_reference_horizon_and_weakest_grade(assessment: dict[str, Any]) -> None:
    told = assessment["answer"]
    for block in (told["leading"], told["model"][0], " ".join(told["sure"])):
        for part in ("against the run without the strategy", "over weeks 53 to 156", "of grade D"):
            assert part in block
    assert "against the run without the strategy, over weeks 53 to 156 after its first lever" in told["short"]
    page = render_page(assessment)
    assert page.count(told["leading"]) == 2  # over the cards, and over what decides


def test_the_leading_sentence_leaves_out_a_grade_where_the_answers_rest_on_nothing() -> None:
    bare = verdict().model_copy(update={"basis": (), "grade_counts": {}})
    assert leading_sentence(bare, "page").endswith("after its first lever.")
    assert rests_sentence(bare).endswith("rest on no uncertain parameter.")


def test_what_an_answer_rests_on_is_counted_by_grade() -> None:
    said = rests_sentence(verdict())
    for grade, number in verdict().grade_counts.items():
        assert f"{number} of grade {grade}" in said
    assert "The weakest, of grade D, have little or no evidence" in said
    assert f"{sum(p.assumed for p in verdict().basis)} are assumed" in said


def test_the_grade_is_the_weakest_that_there_is() -> None:
    basis = verdict().basis
    assert "grade D (15 of 37 parameters)" in grade_of(headline(), basis)
    assert "grade C" in grade_of(headline(), [one for one in basis if one.grade != "D"])
    assert grade_of(headline(), ()) == ""


def judged_text(of: Verdict) -> str:
    return "\n".join(inquiry_lines(Inquiry(of, "as_on_record", None, (), ())))


def test_the_text_of_a_judgement_has_all_parts_of_the_verdict() -> None:
    of = verdict()
    text = judged_text(of)
    flat = " ".join(text.split())
    assert "Trafficking against friction: shares of draws, against the run without the strategy, over weeks" in flat
    row = next(line for line in text.splitlines() if re.match(r"  as_on_record +6% ", line))
    assert row.split()[1:] == ["6%", "2%", "20%", "72%"]
    assert rests_sentence(of) in flat
    doubtful = [h for h in of.headlines if h.undetermined or 0.1 < h.probability < 0.9]
    assert text.count("by threshold, of draws:") == len(doubtful) > 0
    assert claims(text) == []


def test_undetermined_is_explained_against_both_references() -> None:
    text = " ".join(judged_text(verdict()).split())
    both = "Against the run without the strategy and the 26 weeks before it, over weeks 53 to 156"
    assert text.count("Undetermined: more violence in Mexico, as_on_record") == 1
    assert text.split("Undetermined: more violence in Mexico, as_on_record")[1].lstrip().startswith(both)
    after = text.split("Undetermined: friction between the US and Mexico, as_on_record")[1].lstrip()
    assert after.startswith("Against the run without the strategy, over weeks")


def test_the_page_explains_it_against_both_references(assessment: dict[str, Any]) -> None:
    page = " ".join(re.sub(r"<[^>]+>", "", render_page(assessment)).split())
    assert "3 answers are undetermined, 1 of them against the 26 weeks before" in page
    assert "as on record (8% to 71%, flips at 0.017; against the 26 weeks before 8% to 71%, flips at 0.017)." in page
    assert "moved from 0.001 to 0.03:" in page


def test_every_study_stands_by_itself_after_what_would_settle_it() -> None:
    """None leans on another: neither on its words ("the same estimate"), nor on its name."""
    leaning = re.compile(
        r"^The same\b|\bthe same (?!group\b)|\b(?:as|named) (?:for|under|above)\b|"
        rf"\b(?:{'|'.join({name.split('.')[0] for name in studies()})})\.\w",
        re.IGNORECASE,
    )
    assert [name for name, text in studies().items() if leaning.search(text)] == []
    assert [name for name, text in studies().items() if not (text[0].isupper() and text.endswith("."))] == []
    assert max(map(len, studies().values())) < 220
    assert len(set(studies().values())) == len(studies())
    for name in ("strikes.share_labs", "diplomacy.w_strike"):
        assert studies()[name].startswith("No ")
    assert word("leading", "settles") == "What would settle it: {study}"


def test_what_was_not_looked_at_is_not_said_to_be_worth_nothing() -> None:
    """With few draws nothing is told of single numbers; with many, that none of them would help."""
    (few,) = worth_sentences(headline(wrong=0.3))
    assert "not told: at least 2,000 draws are needed" in few
    (many,) = worth_sentences(headline(wrong=0.3, worth_knowing=()))
    assert "No single number" in many
