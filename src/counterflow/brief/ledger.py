"""The ledger: where each sentence of a document went, none of them silently dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.actions.mentions import find_levers, is_general_provision, is_heading, why_no_act
from counterflow.brief.claims.numerals import NUMBER_WORD
from counterflow.brief.layout.text import Layout, Sentence, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Action, Assertion, Claim, LedgerEntry, Span

Kind = Literal["action", "claim", "assertion", "outside"]


_FIGURE = re.compile(
    rf"(?<![\w.])\d|\b(?:{NUMBER_WORD}|hundreds?|thousands?|millions?|billions?|dozens?|half)\b", re.IGNORECASE
)


@cache
def _reasons() -> tuple[tuple[Pattern, str], ...]:
    rules = codebook.table("assertions")["outside"]
    return tuple((compile_words("|".join(rule["patterns"])), rule["reason"]) for rule in rules)


def build_ledger(
    layout: Layout, actions: Sequence[Action], claims: Sequence[Claim], assertions: Sequence[Assertion]
) -> tuple[LedgerEntry, ...]:
    """One entry for each sentence of the layout, in order: what was read in it, or why nothing was."""
    return tuple(_entry(layout, sentence, actions, claims, assertions) for sentence in layout.sentences)


def _entry(
    layout: Layout,
    sentence: Sentence,
    actions: Sequence[Action],
    claims: Sequence[Claim],
    assertions: Sequence[Assertion],
) -> LedgerEntry:
    read: list[tuple[Kind, str]] = []
    read += [("action", a.id) for a in actions if any(_inside(mention, sentence) for mention in a.mentions)]
    read += [("claim", claim.id) for claim in claims if _inside(claim.quote_span, sentence)]
    read += [("assertion", assertion.id) for assertion in assertions if _inside(assertion.span, sentence)]
    kinds: tuple[Kind, ...] = tuple(dict.fromkeys(kind for kind, _ in read)) or ("outside",)
    return LedgerEntry(
        span=span(layout, sentence.start, sentence.end),
        kinds=kinds,
        ids=tuple(identity for _, identity in read),
        reason="" if read else _reason(layout, sentence),
    )


def _inside(quote: Span, sentence: Sentence) -> bool:
    return quote.start < sentence.end and sentence.start < quote.end


def _reason(layout: Layout, sentence: Sentence) -> str:
    """Why a sentence is outside, in one phrase."""
    if layout.blocks[sentence.block].kind == "dateline":
        return "date line"
    if is_heading(layout, sentence):
        return "title or heading"
    if is_general_provision(layout, sentence):
        return "saving clause of an order: states no act"
    levers = find_levers(layout, sentence)
    if levers:
        return f"names {', '.join(levers)}, {why_no_act(layout, sentence)}"
    folded = layout.folded[sentence.start : sentence.end]
    for pattern, reason in _reasons():
        if pattern.search(folded):
            return reason
    if _FIGURE.search(folded):
        return "holds figures, none of which a rule reads as a claim"
    return "background: names no lever, no figure and no outcome"
