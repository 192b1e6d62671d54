"""The sentences that tell conditions."""

from __future__ import annotations

import json
import re

import pytest

from counterflow.judgement.discovery.boxes import Share, share
from counterflow.judgement.discovery.discover import Discovery, Leaf, Restriction, Scenario, Tree, Untold
from counterflow.judgement.schema import Headline
from counterflow.judgement.uncertain import Input
from counterflow.report.studies.discovered import SAYS, WORDS, condition, discovered_lines, discovered_rows, sentences

LABS = Input("supply.T_reb", "supply", "D", "time until a laboratory is replaced", "weeks")
SHORT = Input("supply.cut", "supply", "C", "fall of precursors: how short they stay", "share")
CELL = ("trafficking", "as written", "none")
CAUSAL = re.compile(
    r"\b(caus\w*|because|due to|drive[ns]?|lead[s]? to|makes?|result\w*|reduces|raises|produc\w*|effects?|thanks)\b"
)


def scenario(p_value: float = 0.012) -> Scenario:
    return Scenario(
        (Restriction(LABS, 9.0, None, 0.001), Restriction(SHORT, 0.3, 0.85, 0.02)),
        210,
        Share(0.71, 0.64, 0.77, 210),
        Share(0.58, 0.52, 0.64, 257),
        Share(0.22, 0.2, 0.24, 790),
        p_value,
    )


def discovery(**changes: object) -> Discovery:
    found = Discovery(CELL, "met", 2000, 1000, Share(0.3, 0.27, 0.33, 1000), (scenario(),))
    return found._replace(**changes)  # type: ignore[arg-type]


def headline() -> Headline:
    return Headline(
        id="trafficking",
        title="Trafficking curtailed",
        criterion="pure fentanyl delivered to the US at least 20% lower than without the strategy",
        branch="as written",
        reference="none",
        probability=0.3,
        mc_error=0.01,
        median=-0.1,
        low=-0.4,
        high=0.0,
        threshold=0.2,
        surface=(),
        undetermined=False,
        word="unlikely",
    )


def test_a_scenario_reads_as_a_sentence() -> None:
    lines = sentences(discovery(), [headline()], (53, 156))
    assert lines == [
        "Trafficking curtailed, as written: pure fentanyl delivered to the US at least 20% lower than without the "
        "strategy, in weeks 53 to 156 after the strategy's first lever.",
        "Trafficking is curtailed in 30% (27–33%) of the 1,000 draws kept for testing.",
        "Trafficking is curtailed in 71% (64–77%) of draws where time until a laboratory is replaced is above 9 weeks "
        "(supply.T_reb, grade D) and fall of precursors is above 30% and at most 85% (supply.cut, grade C); these hold "
        "58% (52–64%) of all draws in which trafficking is curtailed. Where these conditions do not all hold, "
        "trafficking is curtailed in 22% (20–24%). Counted in 210 draws of the half that had no part in finding them; "
        "chance alone would give a share this high in about 1 of 83 such tests (p = 0.012).",
    ]


def test_the_other_side_and_a_further_scenario_are_said_so() -> None:
    lines = sentences(discovery(side="not met", scenarios=(scenario(), scenario(1e-9))))
    assert lines[0] == "trafficking, as written, none:"
    assert lines[2].startswith("Trafficking is not curtailed in 71%")
    assert lines[3].startswith("Of the draws left over, trafficking is not curtailed in 71%")
    assert "in fewer than 1 of 1,000 such tests (p < 0.001)" in lines[3]


@pytest.mark.parametrize(
    ("untold", "words"),
    [
        (Untold("draws", 150, 200), "is not told: 150 draws are too few; at least 200 draws are needed"),
        (Untold("cases", 10, 3000), "that is so in 10 draws only; about 3,000 draws would be needed"),
        (Untold("cases", 28, 1072), "that is so in 28 draws only; about 1,100 draws would be needed"),
        (Untold("cases", 0, 10_000), "that is so in no draw; more than 10,000 draws would be needed"),
        (Untold("cases", 10.25, 3000), "that is so in 10.2 draws only"),
        (Untold("nothing", 1000, 0), "No conditions were found under which trafficking is curtailed"),
    ],
)
def test_why_nothing_is_told_is_said(untold: Untold, words: str) -> None:
    lines = sentences(discovery(scenarios=(), untold=untold))
    assert len(lines) == 2
    assert words in lines[1]


def test_a_tree_has_one_line_for_each_leaf() -> None:
    leaves = (
        Leaf((Restriction(LABS, 9.0, None),), 0.25, Share(0.7, 0.6, 0.8, 250)),
        Leaf((Restriction(LABS, None, 9.0),), 0.75, Share(0.1, 0.08, 0.12, 750)),
    )
    lines = sentences(discovery(scenarios=(), tree=Tree(leaves, 1e-6)))
    assert lines[-1] == (
        "  trafficking is curtailed in 10% (8–12%) of draws where time until a laboratory is replaced is at most 9 "
        "weeks (supply.T_reb, grade D) (75% of draws)"
    )


@pytest.mark.parametrize(
    ("unit", "low", "high", "words"),
    [
        ("weeks", None, 9.123, "x is at most 9.12 weeks"),
        ("share", 0.0034, None, "x is above 0.34%"),
        ("probability", 0.2, None, "x is above 20%"),
        ("ratio", -0.5, None, "x is above −0.5"),
        ("1/week", 0.01, None, "x is above 0.01 a week"),
        ("persons/week", 12_345.0, None, "x is above 12,300 persons a week"),
        ("", 0.4, None, "x is above 40% of its range"),
        ("indicator", 0.0, None, "“x” is 1"),
        ("indicator", None, 0.0, "“x” is 0"),
    ],
)
def test_limits_have_their_unit(unit: str, low: float | None, high: float | None, words: str) -> None:
    told = condition(Restriction(Input("m.x", "m", "B", "x", unit), low, high))
    assert told == f"{words} (m.x, grade B)"


def test_of_a_lever_the_range_is_named_once() -> None:
    size = Input("size of border.agents", "lever", "C", "size of agents, within its range", "")
    told = condition(Restriction(size, None, 0.4))
    assert told == "size of agents is at most 40% of its range (size of border.agents, grade C)"


def test_no_sentence_speaks_of_causes() -> None:
    texts = [*WORDS.values(), *(text for pair in SAYS.values() for text in pair)]
    assert [text for text in texts if CAUSAL.search(text)] == []
    assert CAUSAL.search("labs drive prices")


def test_the_note_stands_once_and_nothing_is_said_of_nothing() -> None:
    lines = discovered_lines([discovery(), discovery()])
    assert lines.count(WORDS["note"]) == 1
    assert lines[-1] == WORDS["note"]
    assert discovered_lines([]) == []


def test_rows_are_plain_and_json_can_hold_them() -> None:
    row = discovered_rows([discovery(base=share(0, 0))])[0]
    assert row["scenarios"][0]["restrictions"][0]["input"]["name"] == "supply.T_reb"
    assert row["base"]["value"] is None
    assert json.loads(json.dumps(row, allow_nan=False))["of"] == list(CELL)
