"""Where sentences go: actions, claims, assertions, or outside with a reason."""

from __future__ import annotations

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.assertions import find_assertions
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.ledger import build_ledger
from counterflow.brief.schema import Assertion, LedgerEntry


def ledger_of(text: str) -> tuple[LedgerEntry, ...]:
    layout = lay_out(text)
    era = era_of(layout)
    findings = find_findings(layout)
    claims = find_claims(layout, findings, era)
    return build_ledger(layout, find_actions(layout, findings, claims, era), claims, find_assertions(layout))


def assertion_in(text: str) -> Assertion:
    (found,) = find_assertions(lay_out(text))
    return found


def test_a_sentence_can_hold_an_action_and_a_claim() -> None:
    (entry,) = ledger_of("The Pentagon deployed 1,600 troops to the Mexican border.")
    assert entry.kinds == ("action", "claim")
    assert entry.ids == ("a1", "c1")
    assert entry.reason == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "It is hereby ordered:\n\nNothing in this order shall be construed to impair any agency.",
            "saving clause",
        ),
        (
            "The two sides met again since the winter, and neither of them would speak of it. What next?",
            "open question",
        ),
        ("The committee met on Tuesday in the old town hall.", "background"),
        ("In 1846, President Polk sent troops to the border with Mexico.", "names military.deployment"),
        ("Border plan\n\nMarch 14, 2025", "date line"),
        ("Three of five people agreed in the old town hall.", "holds figures"),
        ("Several measures were discussed at length by the officials.", "without naming a lever"),
    ],
)
def test_a_sentence_outside_has_its_reason(text: str, reason: str) -> None:
    assert reason in ledger_of(text)[-1].reason


def test_a_heading_is_outside_as_a_heading() -> None:
    entries = ledger_of("# Raids on the border\n\nICE launched raids in Texas.\n")
    assert [entry.reason for entry in entries] == ["title or heading", ""]


@pytest.mark.parametrize(
    ("text", "kind", "topics"),
    [
        ("Strikes on labs would inflame cartel violence.", "causal", {"violence", "military.strike_lab"}),
        ("The tariffs will strain relations with Mexico.", "causal", {"friction", "trade.tariff"}),
        ("More scanners at the ports of entry curb fentanyl smuggling.", "causal", {"trafficking"}),
        ("Naloxone has reduced overdose deaths.", "causal", {"overdose"}),
        ("The flights violate Mexican sovereignty.", "evaluative", {"sovereignty"}),
        ("The new order marks a sharp break with the past.", "evaluative", set()),
        ("The strategy is a disaster for border towns.", "evaluative", set()),
    ],
)
def test_an_assertion_has_its_kind_and_topics(text: str, kind: str, topics: set[str]) -> None:
    found = assertion_in(text)
    assert found.kind == kind
    assert topics <= set(found.topics)


def test_the_holder_of_an_opinion_is_kept() -> None:
    found = assertion_in("Critics warn that the raids could fuel violence[3].")
    assert found.holder is not None
    assert found.holder.name == "Critics"
    assert found.citations == (3,)


def test_a_plain_report_asserts_nothing() -> None:
    assert find_assertions(lay_out("The two ministers met in Monterrey on Thursday.")) == ()


def test_each_row_is_an_entry_of_the_ledger_and_no_prose() -> None:
    text = (
        "# Border\n\n| Act | Status |\n|---|---|\n"
        "| The Pentagon deployed 1,600 troops to the Mexican border. | done |\n"
        "| Raids would fuel cartel violence | reckless |\n"
    )
    layout = lay_out(text)
    rows = [s for s in layout.sentences if layout.blocks[s.block].kind == "table"]
    assert len(rows) == 3
    assert find_actions(layout, (), (), None) == ()
    assert find_assertions(layout) == ()
    assert [entry.reason for entry in build_ledger(layout, (), (), ())][1:] == ["row of a table"] * 3
