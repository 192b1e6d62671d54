"""What a strategy comes to, in sentences: each names the reference, the horizon, the interval and the grade.

Sentences are the templates of words.toml and nothing else. One that says that the strategy brings something about is
chosen only where the contrast is with the run without the strategy and its 90% interval leaves out no change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from counterflow.judgement.untested import NOT_TESTED
from counterflow.report.words import count, joined, percent, percent_change, word

if TYPE_CHECKING:
    from counterflow.judgement.schema import BasisParameter, Grade, Headline, Verdict

CAUSAL = ("lower", "higher")  # templates that say so
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


def result_sentences(verdict: Verdict, titles: Mapping[str, str], branches: Sequence[str]) -> dict[str, list[str]]:
    """For each of some branches the sentences on its headlines, against both references, in the verdict's order."""
    return {
        branch: [
            " ".join(
                part
                for part in (result_sentence(one, titles[branch], verdict.window), grade_of(one, verdict.basis))
                if part
            )
            for one in verdict.headlines
            if one.branch == branch and one.word != NOT_TESTED
        ]
        for branch in branches
    }


def result_sentence(of: Headline, title: str, window: tuple[int, int]) -> str:
    """How far a headline's outcome moved; `title` is the branch's."""
    return word("result", template_for(of)).format(
        branch=title,
        outcome=word("result_outcome", of.id),
        reference=word("result_reference", of.reference),
        size=percent(abs(of.median)),
        median=percent_change(of.median),
        low=percent_change(of.low),
        high=percent_change(of.high),
        horizon=horizon(window),
    )


def horizon(window: tuple[int, int]) -> str:
    """The weeks that a verdict is about."""
    return word("result", "horizon").format(first=window[0], last=window[1])


def template_for(of: Headline) -> str:
    """Which sentence a contrast allows."""
    if of.id == "friction":  # a deepest fall is a fall in every draw: its interval cannot leave out no change
        return "deepest" if of.reference == "none" else "deepest_beside"
    if of.reference != "none":
        return "beside"
    if of.high < 0.0:
        return "lower"
    return "higher" if of.low > 0.0 else "open"


def grade_of(of: Headline, basis: Sequence[BasisParameter]) -> str:
    """The weakest grade that one headline rests on: of what moves it where that is known, else of all."""
    if of.weakest is None:
        return grade_sentence(basis)
    weakest, (those, every) = of.weakest, of.rests_on
    return word("result", "grade").format(grade=weakest, count=f"{those} of {count(every, 'parameter')}")


def grade_sentence(basis: Sequence[BasisParameter]) -> str:
    """The weakest grade among the parameters that a verdict rests on, and of how many; "" where it rests on none."""
    for grade in reversed(GRADES):
        those = [one for one in basis if one.grade == grade]
        if those:
            of = f"{len(those)} of {count(len(basis), 'parameter')}"
            return word("result", "grade").format(grade=grade, count=of)
    return ""


def leading_sentence(verdict: Verdict, block: str) -> str:
    """What the sentences of a block of [leading] in words.toml have in common: reference, horizon, weakest grade."""
    return (
        word("leading", block)
        .format(
            reference=word("result_reference", "none"),
            horizon=horizon(verdict.window),
            grade=grade_sentence(verdict.basis),
        )
        .strip()
    )


def rests_sentence(verdict: Verdict) -> str:
    """Of how many parameters of which evidence the answers are made."""
    assumed = sum(parameter.assumed for parameter in verdict.basis)
    counted = {grade: verdict.grade_counts.get(grade, 0) for grade in GRADES}
    weakest = max((grade for grade in counted if counted[grade]), default="")
    return word("leading", "rests" if weakest else "rests_on_none").format(
        reference=word("result_reference", "none"),
        horizon=horizon(verdict.window),
        parameters=count(sum(counted.values()), "parameter"),
        counts=joined([f"{number} of grade {grade}" for grade, number in counted.items() if number]),
        weakest=weakest,
        meaning=word("grade_short", weakest),
        assumed=count(assumed, "is", "are"),
    )
