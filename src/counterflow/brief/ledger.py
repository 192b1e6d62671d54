"""The ledger: where each sentence of a document went, none of them silently dropped."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.actions.hits import find_levers
from counterflow.brief.actions.mentions import why_no_act
from counterflow.brief.actions.scene import is_general_provision, is_heading
from counterflow.brief.claims.numerals import NUMBER_WORD
from counterflow.brief.layout.parts import Layout, Sentence, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Action, Assertion, Claim, LedgerEntry, Span
from counterflow.brief.sieve import Sieve

Kind = Literal["action", "claim", "assertion", "outside"]


_DIGIT = re.compile(r"(?<![\w.])\d")


@dataclass(frozen=True)
class _Outside:
    """Why a sentence is outside: patterns with their bits in the sieve, and the reason that each gives."""

    sieve: Sieve
    reasons: tuple[tuple[int, Pattern, str], ...]
    figure: tuple[int, Pattern]  # a number in words


@cache
def _outside() -> _Outside:
    rules = codebook.table("assertions")["outside"]
    told = [(compile_words(pattern), rule["reason"]) for rule in rules for pattern in rule["patterns"]]
    figure = Pattern(rf"\b(?:{NUMBER_WORD}|hundreds?|thousands?|millions?|billions?|dozens?|half)\b")
    sieve = Sieve([figure, *(pattern for pattern, _ in told)])
    reasons = tuple((sieve.bit(pattern), pattern, reason) for pattern, reason in told)
    return _Outside(sieve, reasons, (sieve.bit(figure), figure))


def build_ledger(
    layout: Layout, actions: Sequence[Action], claims: Sequence[Claim], assertions: Sequence[Assertion]
) -> tuple[LedgerEntry, ...]:
    """One entry for each sentence of the layout, in order: what was read in it, or why nothing was."""
    read: list[list[tuple[Kind, str]]] = [[] for _ in layout.sentences]
    for action in actions:
        for number in sorted({n for mention in action.mentions for n in _touched(layout, mention)}):
            read[number].append(("action", action.id))
    for claim in claims:
        for number in _touched(layout, claim.quote_span):
            read[number].append(("claim", claim.id))
    for assertion in assertions:
        for number in _touched(layout, assertion.span):
            read[number].append(("assertion", assertion.id))
    return tuple(_entry(layout, sentence, read[sentence.index]) for sentence in layout.sentences)


def _touched(layout: Layout, quote: Span) -> Iterator[int]:
    """Indexes of the sentences that hold a part of a quote."""
    sentences = layout.sentences
    number = max(0, bisect_right(sentences, quote.start, key=lambda sentence: sentence.start) - 1)
    while number < len(sentences) and sentences[number].start < quote.end:
        if quote.start < sentences[number].end:
            yield number
        number += 1


def _entry(layout: Layout, sentence: Sentence, read: list[tuple[Kind, str]]) -> LedgerEntry:
    kinds: tuple[Kind, ...] = tuple(dict.fromkeys(kind for kind, _ in read)) or ("outside",)
    return LedgerEntry(
        span=span(layout, sentence.start, sentence.end),
        kinds=kinds,
        ids=tuple(identity for _, identity in read),
        reason="" if read else _reason(layout, sentence),
    )


def _reason(layout: Layout, sentence: Sentence) -> str:
    """Why a sentence is outside, in one phrase."""
    kind = layout.blocks[sentence.block].kind
    if kind in ("dateline", "table"):
        return "date line" if kind == "dateline" else "row of a table"
    if is_heading(layout, sentence):
        return "title or heading"
    if is_general_provision(layout, sentence):
        return "saving clause of an order: states no act"
    levers = find_levers(layout, sentence)
    if levers:
        return f"names {', '.join(levers)}, {why_no_act(layout, sentence)}"
    folded = layout.folded[sentence.start : sentence.end]
    rules = _outside()
    held = rules.sieve.passed(layout.folded, sentence.start, sentence.end)
    for bit, pattern, reason in rules.reasons:
        if held & bit and pattern.expression.search(folded):
            return reason
    bit, number = rules.figure
    if _DIGIT.search(folded) or (held & bit and number.expression.search(folded)):
        return "holds figures, none of which a rule reads as a claim"
    return "background: names no lever, no figure and no outcome"
