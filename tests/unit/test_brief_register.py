"""The register of the article, of the same statements in other words, and of its mirror image."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.brief.actions.find import find_actions
from counterflow.brief.assertions import find_assertions
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.ledger import build_ledger
from counterflow.brief.schema import Action

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT.parent / "shared" / "briefs" / "border-strategy.txt"

# lever, status, incomplete
REGISTER = {
    ("military.strike_lab", "under_consideration", False),
    ("military.strike", "not_authorised", False),
    ("military.surveillance", "expanded", True),
    ("asylum.remain_in_mexico", "reinstated", True),
    ("asylum.restriction", "in_force", False),
    ("military.deployment", "in_force", False),
    ("emergency.declaration", "in_force", False),
    ("interior.arrests", "in_force", False),
    ("interior.local_cooperation", "authorised", True),
    ("justice.transfer", "completed", True),
    ("designation.terrorist", "in_force", False),
    ("diplomacy.reject", "rejected", False),
    ("diplomacy.accuse", "in_force", False),
    ("diplomacy.pledge", "pledged", False),
    ("opposition.leak", "in_force", True),
}


def article() -> str:
    if not ARTICLE.exists():
        pytest.skip(f"the article is not at {ARTICLE}")
    return ARTICLE.read_text(encoding="utf-8")


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    era = era_of(layout)
    findings = find_findings(layout)
    return find_actions(layout, findings, find_claims(layout, findings, era), era)


def rows(actions: tuple[Action, ...]) -> list[tuple[str, str, bool]]:
    return [(action.lever, action.status, action.incomplete) for action in actions]


def the(actions: tuple[Action, ...], lever: str) -> Action:
    (found,) = [action for action in actions if action.lever == lever]
    return found


def test_the_article_gives_its_fifteen_actions() -> None:
    found = rows(actions_of(article()))
    assert len(found) == 15
    assert set(found) == REGISTER


def test_the_article_gives_sizes_dates_actors_and_mentions() -> None:
    actions = actions_of(article())
    deployment, arrests = the(actions, "military.deployment"), the(actions, "interior.arrests")
    assert (deployment.quantity, deployment.quantity_unit) == (1600, "troops")
    assert arrests.quantity == 300
    assert arrests.date is not None
    assert str(arrests.date.start) == str(arrests.date.end) == "2025-01-21"
    assert len(arrests.mentions) == len(the(actions, "military.strike_lab").mentions) == 2
    assert len(the(actions, "military.surveillance").mentions) == 2
    assert the(actions, "designation.terrorist").actors == ()
    assert the(actions, "military.strike").actors[0].code == "US.CIA"
    speaker = the(actions, "military.strike_lab").speaker
    assert speaker is not None
    assert speaker.code == "US.DOD"
    mexico = [action for action in actions if action.lever.startswith("diplomacy.")]
    assert {action.actors[0].code for action in mexico} == {"MX.PRES"}


def test_the_critics_and_the_open_question_of_the_article_are_assertions() -> None:
    found = {" ".join(a.span.quote.split())[:25]: a for a in find_assertions(lay_out(article()))}
    critics = found["Critics argue military str"[:25]]
    assert critics.kind == "causal"
    assert critics.holder is not None
    assert critics.holder.name == "Critics"
    assert {"military.strike", "violence"} <= set(critics.topics)
    question = found["Whether this approach sus"]
    assert {"trafficking", "friction"} <= set(question.topics)
    assert found["This marks a dramatic shi"].kind == "evaluative"


def test_every_sentence_of_the_article_is_in_the_ledger() -> None:
    layout = lay_out(article())
    era = era_of(layout)
    findings = find_findings(layout)
    claims = find_claims(layout, findings, era)
    actions, assertions = find_actions(layout, findings, claims, era), find_assertions(layout)
    ledger = build_ledger(layout, actions, claims, assertions)
    assert len(ledger) == len(layout.sentences)
    outside = [entry for entry in ledger if entry.kinds == ("outside",)]
    assert all(entry.reason for entry in outside)
    assert {entry.reason for entry in outside} == {"title or heading"}
    named = {identity for entry in ledger for identity in entry.ids}
    assert named == {item.id for item in (*actions, *claims, *assertions)}


def test_the_same_statements_in_other_words_and_another_order_give_the_same_register() -> None:
    text = (ROOT / "tests" / "data" / "paraphrase_register.md").read_text(encoding="utf-8")
    actions = actions_of(text)
    assert len(actions) == 15
    assert set(rows(actions)) == REGISTER
    assert the(actions, "military.deployment").quantity == 1600
    assert the(actions, "designation.terrorist").quantity == 5
    arrests = the(actions, "interior.arrests")
    assert arrests.date is not None
    assert str(arrests.date.start) == "2025-01-21"


def test_a_wording_made_for_the_claims_gives_the_same_register() -> None:
    text = (ROOT / "tests" / "data" / "border-strategy-reordered.txt").read_text(encoding="utf-8")
    assert sorted(rows(actions_of(text))) == sorted(REGISTER)


def test_the_example_of_the_project_gives_the_same_register() -> None:
    text = (ROOT / "examples" / "border-strategy.md").read_text(encoding="utf-8")
    actions = actions_of(text)
    assert sorted(rows(actions)) == sorted(REGISTER)


CAMPS = [
    ("Trump", "Biden"),
    ("Pete Hegseth", "Lloyd Austin"),
    ("Hegseth", "Austin"),
    ("Claudia Sheinbaum", "Andrés Manuel López Obrador"),
    ("Sheinbaum", "López Obrador"),
]


def swapped(text: str, pairs: list[tuple[str, str]]) -> str:
    for number, (one, other) in enumerate(pairs):
        text = text.replace(one, f"\x00{number}a").replace(other, f"\x00{number}b")
    for number, (one, other) in enumerate(pairs):
        text = text.replace(f"\x00{number}a", other).replace(f"\x00{number}b", one)
    return text


@pytest.mark.parametrize("source", ["article", "paraphrase"])
def test_the_mirrored_political_camps_get_the_same_treatment(source: str) -> None:
    text = (
        article()
        if source == "article"
        else (ROOT / "tests" / "data" / "paraphrase_register.md").read_text(encoding="utf-8")
    )
    mirrored = swapped(text, CAMPS)
    assert mirrored != text
    before, after = actions_of(text), actions_of(mirrored)
    assert rows(after) == rows(before)
    assert [[actor.code for actor in a.actors] for a in after] == [[actor.code for actor in a.actors] for a in before]
    assert [a.quantity for a in after] == [a.quantity for a in before]
    assert [a.level for a in after] == [a.level for a in before]


STATES = [
    ("Mexican President Claudia Sheinbaum", "U.S. President Donald Trump"),
    ("Mexican", "American"),
    ("Mexico", "the United States"),
]


@pytest.mark.parametrize(
    "text",
    [
        "Mexican President Claudia Sheinbaum rejected claims by the United States of collusion, "
        "instead blaming American gun shops.",
        "Mexican President Claudia Sheinbaum pledged cooperation with the United States on the border.",
        "Mexican President Claudia Sheinbaum accused the United States of ignoring the border.",
    ],
)
def test_what_one_state_answers_is_read_like_what_the_other_answers(text: str) -> None:
    before, after = actions_of(text), actions_of(swapped(text, STATES))
    assert before
    assert rows(after) == rows(before)
    assert {a.actors[0].code for a in before} == {"MX.PRES"}
    assert {a.actors[0].code for a in after} == {"US.POTUS"}


def test_a_paragraph_about_something_else_changes_nothing() -> None:
    text = article()
    other = "\n\nIn the league, the home side struck twice before half time and the visitors could not reply.\n"
    assert rows(actions_of(text + other)) == rows(actions_of(text))
