"""Sentences that an assessment holds say each number as the value that they name: one value changed moves that number,
in its own words, and no other. The trace of the page (test_report_trace.py) follows these no further than to the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pytest

import compared_fixture
import report_fixture
from counterflow.judgement.attribution.schema import Amount, Attribution
from counterflow.judgement.comparison.schema import Compared, Comparison, Spread
from counterflow.judgement.schema import Headline, Verdict
from counterflow.report.assessment.answer import answer
from counterflow.report.assessment.levers import lever_shares
from counterflow.report.assessment.results import grade_of, result_sentence
from counterflow.report.assessment.strategies import other_strategies
from report_tracing import marked, skeleton, tokens

Shown = tuple[str, Any, tuple[str, ...]]  # a field, another value of it, and every place where it is to be seen


def moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Some texts, once for each number in them that another value changed, with that number in angle quotes."""
    assert [skeleton(text) for text in old] == [skeleton(text) for text in new]
    pairs = [(text, zip(tokens(before), tokens(text), strict=True)) for before, text in zip(old, new, strict=True)]
    return {marked(text, n) for text, both in pairs for n, (was, now) in enumerate(both) if was != now}


def assert_shown(found: Iterable[str], places: tuple[str, ...]) -> None:
    """Each place is among what was found, and nothing else is."""
    found = list(found)
    unseen = [place for place in places if not any(place in text for text in found)]
    others = [text for text in found if not any(place in text for place in places)]
    assert (unseen, others) == ([], [])


# to quote


def headline(**fields: Any) -> Headline:
    one = next(h for h in judged().headlines if (h.id, h.branch, h.reference) == ("crossings", "as_on_record", "none"))
    return one.model_copy(update={"low": -0.9, "median": -0.7, "high": -0.4} | fields)


@cache
def judged() -> Verdict:
    return report_fixture.verdict(60)


KINDS: dict[str, tuple[dict[str, Any], str]] = {  # headlines, and how each says its median
    "lower": ({}, "by ‹{size}› at the median"),
    "higher": ({"low": 0.1, "median": 0.3, "high": 0.5, "id": "violence"}, "by ‹{size}› at the median"),
    "open": ({"low": -0.2, "median": -0.1, "high": 0.1}, "is ‹−{size}› at the median"),
    "beside": ({"reference": "before"}, "is ‹−{size}› at the median"),
    "deepest": ({"id": "friction"}, "is ‹−{size}› at the median"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["low", "median", "high"])
def test_a_sentence_to_quote_says_median_low_and_high_each_as_itself(kind: str, field: str) -> None:
    fields, middle = KINDS[kind]
    one = headline(**fields)
    ends = (0.23, 0.63) if kind == "higher" else (0.93, 0.13)
    sizes = {"low": ends[0], "median": 0.33, "high": ends[1]}
    sign = 1 if kind == "higher" or (kind, field) == ("open", "high") else -1
    size, percent = sizes[field], f"{100 * sizes[field]:.0f}%"
    signed = f"{'+' if sign > 0 else '−'}{percent}"
    place = {"low": f"‹{signed}› to ", "median": middle.format(size=percent), "high": f" to ‹{signed}›)"}[field]
    other = one.model_copy(update={field: sign * size})
    said = [result_sentence(x, "As on record", (53, 156)) for x in (one, other)]
    assert_shown(moved(said[:1], said[1:]), (place,))


def test_a_sentence_to_quote_says_its_weeks_and_how_much_of_the_weakest_evidence() -> None:
    said = [result_sentence(headline(), "As on record", window) for window in ((53, 156), (57, 156), (53, 159))]
    assert_shown(moved(said[:1], said[1:2]), ("weeks ‹57› to 156",))
    assert_shown(moved(said[:1], said[2:]), ("weeks 53 to ‹159›",))
    graded = [grade_of(headline(weakest="D", rests_on=of), ()) for of in ((3, 40), (7, 40), (3, 46))]
    assert_shown(moved(graded[:1], graded[1:2]), ("(‹7› of 40",))
    assert_shown(moved(graded[:1], graded[2:]), ("(3 of ‹46›",))


# the answer


@cache
def asked() -> tuple[Any, Any, Any]:
    """The fixture's brief, its checks and its branches."""
    text = report_fixture.brief()
    return text, report_fixture.checks(text), report_fixture.strategy(text)[1]


def answered(verdict: Verdict) -> list[str]:
    text, checks, branches = asked()
    told = answer(text, checks, branches, verdict, None)
    return [told["short"], *told["model"], *told["sure"]]


def with_headline(branch: str, id: str, **fields: Any) -> Verdict:
    rows = judged().headlines
    found = [(h.branch, h.id, h.reference) == (branch, id, "none") for h in rows]
    assert any(found)
    changed = (h.model_copy(update=fields) if there else h for h, there in zip(rows, found, strict=True))
    return judged().model_copy(update={"headlines": tuple(changed)})


def with_decider(**fields: Any) -> Verdict:
    """The one parameter that decides, with other values in the headline on violence."""
    old = next(h for h in judged().headlines if (h.branch, h.id, h.reference) == ("as_on_record", "violence", "none"))
    return with_headline("as_on_record", "violence", decided_by=(old.decided_by[0].model_copy(update=fields),))


VERDICTS: dict[str, tuple[Verdict, tuple[str, ...]]] = {
    "a course as written": (
        with_headline("as_written", "crossings", probability=0.71),
        ("shares of draws are: curtailed trafficking 0%, fewer crossings ‹71%›, friction",),
    ),
    "the least of the courses with strikes": (
        with_headline("strikes_limited_consent", "violence", probability=0.33),
        ("more violence in Mexico ‹33%› to 93%",),
    ),
    "the most of the courses with strikes": (
        with_headline("strikes_sustained", "violence", probability=0.97),
        ("more violence in Mexico 35% to ‹97%›",),
    ),
    "a probability at the low end": (
        with_decider(probability_at_low=0.17),
        ("more violence in Mexico from ‹17%› to 71%",),
    ),
    "a probability at the high end": (
        with_decider(probability_at_high=0.86),
        ("more violence in Mexico from 8% to ‹86%›",),
    ),
    "where an answer flips": (
        with_decider(flips_at=(0.023,)),
        ("more violence in Mexico from 8% to 71% (the answer flips at ‹0.023›)",),
    ),
    "the grades": (
        judged().model_copy(update={"grade_counts": judged().grade_counts | {"B": 29}}),
        ("‹29› of grade B", "rest on ‹{}› parameters".format(sum((judged().grade_counts | {"B": 29}).values()))),
    ),
    "the weeks": (
        judged().model_copy(update={"window": (57, 156)}),
        ("over weeks ‹57› to 156",),
    ),
}


@pytest.mark.parametrize("what", VERDICTS)
def test_the_answer_says_each_number_as_the_value_that_it_names(what: str) -> None:
    verdict, places = VERDICTS[what]
    assert_shown(moved(answered(judged()), answered(verdict)), places)


def test_the_answer_says_the_shares_of_the_four_outcomes_each_as_itself() -> None:
    def told(**shares: float) -> list[str]:
        rows = (f.model_copy(update=shares) if f.branch == "as_on_record" else f for f in judged().four_way)
        return answered(judged().model_copy(update={"four_way": tuple(rows)}))

    assert_shown(moved(told(neither=0.72), told(neither=0.76)), ("with ‹76%› of the draws",))
    found = moved(told(neither=0.72), told(neither=0.72, curtailed_without_friction=0.11))
    assert_shown(found, ("curtailed without friction in ‹11%›",))


# shares of levers


def shares(found: Attribution) -> list[str]:
    """A line for each row: what it is of, and its cells."""
    told = lever_shares(found)
    assert told is not None
    return [
        f"{table['title']} | {row['title']} | {row['share']} | {row['range']}"
        for table in told["tables"]
        for row in table["rows"]
    ]


AMOUNTS: tuple[Shown, ...] = (
    ("mean", -0.222, (" | ‹−22.2› ±",)),
    ("mc_error", 0.0333, (" ±‹6.7› |",)),
    ("low", -0.777, (" | ‹−77.7› to ",)),
    ("high", -0.011, (" to ‹−1.1›",)),
    ("median", -0.111, ()),  # not told
)


@pytest.mark.parametrize(("field", "value", "places"), AMOUNTS)
@pytest.mark.parametrize("row", ["the whole", "a bundle", "a lever of a bundle"])
def test_a_share_says_its_mean_error_low_and_high_each_as_itself_and_in_its_own_row(
    field: str, value: float, places: tuple[str, ...], row: str
) -> None:
    def changed(of: Amount) -> Amount:
        return of.model_copy(update={field: value})

    made = compared_fixture.attribution()
    first, *others = made.outcomes
    bundle, *rest = first.groups
    title = "All levers together"
    if row == "the whole":
        first = first.model_copy(update={"total": changed(first.total)})
    elif row == "a bundle":
        title = "Not separable: 2 levers"
        first = first.model_copy(update={"groups": (bundle.model_copy(update={"share": changed(bundle.share)}), *rest)})
    else:
        one, *more = bundle.members
        title = one.title
        members = (one.model_copy(update={"share": changed(one.share)}), *more)
        first = first.model_copy(update={"groups": (bundle.model_copy(update={"members": members}), *rest)})
    found = moved(shares(made), shares(made.model_copy(update={"outcomes": (first, *others)})))
    assert_shown(found, places)
    assert all(f"Attempts to cross between the ports | {title} | " in text for text in found)


# strategies


def cells(found: Comparison) -> list[str]:
    """A line for each cell with a number: the table, its row, its column, and what it says."""
    told = other_strategies(found)
    assert told is not None
    return [
        f"{section['title']} | {row[0]} | {head} | {cell}"
        for section in told["sections"]
        for row in section["rows"]
        for head, cell in zip(section["header"][1:], row[1:], strict=True)
    ]


def with_strategy(name: str, **fields: Any) -> Comparison:
    made = compared_fixture.comparison()
    rows = tuple(one.model_copy(update=fields) if one.name == name else one for one in made.strategies)
    return made.model_copy(update={"strategies": rows})


def of_strategy(name: str) -> Compared:
    return next(one for one in compared_fixture.comparison().strategies if one.name == name)


def with_effect(outcome: str, field: str, value: float) -> Comparison:
    """The document's own strategy with another number of one outcome against the run without one."""
    effects = tuple(
        effect.model_copy(update={"change": effect.change.model_copy(update={field: value})})
        if (effect.outcome, effect.reference) == (outcome, "none")
        else effect
        for effect in of_strategy("document").effects
    )
    return with_strategy("document", effects=effects)


@pytest.mark.parametrize(
    ("outcome", "field", "value", "place"),
    [
        ("fentanyl", "median", -0.051, "| ‹−5%› ("),
        ("fentanyl", "low", -0.31, "(‹−31%› to "),
        ("fentanyl", "high", 0.27, " to ‹+27%›)"),
        ("violence", "low", -0.31, "(‹−31%› to "),
        ("friction", "median", 0.31, "| ‹−31%› ("),  # a fall is told as one, and its ends change places
        ("friction", "low", 0.011, " to ‹−1%›)"),
        ("friction", "high", 0.44, "(‹−44%› to "),
    ],
)
def test_an_outcome_of_a_strategy_says_median_low_and_high_each_as_itself_and_in_its_own_cell(
    outcome: str, field: str, value: float, place: str
) -> None:
    made = compared_fixture.comparison()
    found = moved(cells(made), cells(with_effect(outcome, field, value)))
    assert_shown(found, (place,))
    assert len({text.split(" | ")[2] for text in found}) == 1
    assert all(text.startswith("Outcomes against ") and " | As in the document | " in text for text in found)


@pytest.mark.parametrize(
    ("name", "field", "end", "value", "place"),
    [
        ("document", "deaths_averted", "median", 1234.0, "fewer US deaths (below 0: more) | ‹1,200› ("),
        ("document", "deaths_averted", "low", -777.0, "(‹−780› to "),
        ("document", "deaths_averted", "high", 7777.0, " to ‹7,800›)"),
        ("document", "homicides_averted", "median", 31.0, "fewer homicides in Mexico (below 0: more) | ‹31› ("),
        ("treatment_naloxone", "spent", "median", 7.7e9, "spent | ‹$7.7 billion› ("),
        ("treatment_naloxone", "spent", "low", 1.1e9, "(‹$1.1 billion› to "),
        ("treatment_naloxone", "per_death", "value", 2.2e6, "spent per death averted | ‹$2.2 million› ("),
        ("treatment_naloxone", "per_death", "low", 3.3e5, "(‹$330,000› to "),
        ("treatment_naloxone", "per_death", "high", 2.2e7, " to ‹$22 million›; "),
        ("treatment_naloxone", "per_death", "error_low", 1.1e6, "; ‹$1.1 million› to "),
        ("treatment_naloxone", "per_death", "error_high", 2.6e6, " to ‹$2.6 million›)"),
    ],
)
def test_what_a_strategy_averts_and_costs_is_told_each_as_itself_and_in_its_own_cell(
    name: str, field: str, end: str, value: float, place: str
) -> None:
    made = compared_fixture.comparison()
    one = of_strategy(name)
    found = moved(
        cells(made), cells(with_strategy(name, **{field: getattr(one, field).model_copy(update={end: value})}))
    )
    assert_shown(found, (place,))
    assert all(text.startswith(f"Deaths, homicides and money | {one.title}") for text in found)


def test_a_low_end_that_is_printed_for_a_high_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def slipped(of: Spread, words: Any) -> str:
        return f"{words(of.median)} ({words(of.high)} to {words(of.low)})"

    from counterflow.report.studies.compared import tables

    monkeypatch.setattr(tables, "spread_words", slipped)
    found = moved(
        cells(compared_fixture.comparison()),
        cells(with_strategy("document", deaths_averted=of_strategy("document").deaths_averted.model_copy(
            update={"low": -777.0}))),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        assert_shown(found, ("(‹−780› to ",))
    assert [text.endswith(" to ‹−780›)") for text in found] == [True]
