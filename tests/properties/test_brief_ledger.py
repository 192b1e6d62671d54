"""No sentence is dropped, and no span says what the text does not, whatever the document is made of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.brief.actions.find import find_actions
from counterflow.brief.actions.lexicon import lever_ids
from counterflow.brief.assertions import find_assertions
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.ledger import build_ledger
from counterflow.brief.schema import Action, Assertion, Party, Span

FRAGMENTS = [
    "# Border plan",
    "## Mexico’s response",
    "The Pentagon deployed 1,600 troops to the border[3].",
    "Trump reinstated the policy, slashed asylum access and declared a national emergency.",
    "– ICE launched “widespread” raids, arresting over 300 people on Trump’s first full day[10].",
    "- Federal agents are now authorized to , bypassing sanctuary city policies[10].",
    "Mexican President Claudia Sheinbaum rejected claims of collusion, instead blaming U.S. gun shops.",
    "While she pledged cooperation, tensions persist over U.S. drone incursions.",
    "Critics argue military strikes risk inflaming cartel violence.",
    "(a) remove all aliens who enter unlawfully;",
    "It is hereby ordered: the Secretary of Defense shall:",
    "Nothing in this order shall be construed to impair any agency.",
    "Daily gotaways fell 93% compared to the peak.",
    "La presidenta rechazó la intervención de Estados Unidos en México.",
    "What comes next? Nobody knows",
    "; : , — …",
    "Leave a Reply",
    "**Bold** [link](https://example.org/a_(b)) text about the cartels\u00a0and ICE.",
]

documents = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(min_size=1, max_size=60)), min_size=1, max_size=8
).flatmap(lambda parts: st.sampled_from(["\n\n", "\n", " "]).map(lambda glue: glue.join(parts)))


def spans_of(action: Action) -> list[Span]:
    parties = [*action.actors, *action.recipients, *([action.speaker] if action.speaker else [])]
    dates = [action.date.span] if action.date else []
    found = [
        action.span,
        action.trigger,
        action.status_cue,
        *action.mentions,
        *dates,
        *(p.span for p in parties),
    ]
    return [span for span in found if span is not None]


def spans_asserted(assertion: Assertion) -> list[Span]:
    holder: Party | None = assertion.holder
    return [assertion.span, assertion.cue, *([holder.span] if holder and holder.span else [])]


@settings(max_examples=60, deadline=None)
@given(documents)
def test_every_sentence_stands_in_the_ledger_once_and_every_quote_is_in_the_text(text: str) -> None:
    layout = lay_out(text)
    era = era_of(layout)
    findings = find_findings(layout)
    claims = find_claims(layout, findings, era)
    actions = find_actions(layout, findings, claims, era)
    assertions = find_assertions(layout)
    ledger = build_ledger(layout, actions, claims, assertions)

    assert [(e.span.start, e.span.end) for e in ledger] == sorted({(e.span.start, e.span.end) for e in ledger})
    assert len(ledger) == len(layout.sentences)
    for entry in ledger:
        assert ("outside" in entry.kinds) == (not entry.ids) == bool(entry.reason)
    listed = {identity for entry in ledger for identity in entry.ids}
    assert {item.id for item in (*actions, *assertions)} <= listed

    for action in actions:
        assert action.lever in lever_ids()
        assert action.span in action.mentions
        assert set(action.finding_ids) <= {finding.id for finding in findings}
        assert set(action.claim_ids) <= {claim.id for claim in claims}
        assert action.incomplete or not action.finding_ids
        for span in spans_of(action):
            assert layout.text[span.start : span.end] == span.quote
    for assertion in assertions:
        for span in spans_asserted(assertion):
            assert layout.text[span.start : span.end] == span.quote


@settings(max_examples=25, deadline=None)
@given(st.permutations(FRAGMENTS[2:9]))
def test_the_order_of_paragraphs_changes_no_lever(parts: list[str]) -> None:
    def levers(text: str) -> list[str]:
        layout = lay_out(text)
        return sorted({action.lever for action in find_actions(layout, (), (), None)} - {"diplomacy.pledge"})

    assert levers("\n\n".join(parts)) == levers("\n\n".join(FRAGMENTS[2:9]))
