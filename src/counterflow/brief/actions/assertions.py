"""Causal and evaluative statements of a document: what is said to follow from what, and what is judged."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.mentions import find_levers, is_general_provision, is_heading
from counterflow.brief.actions.parties import cast_of, holder, party
from counterflow.brief.layout.text import Layout, Sentence, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Assertion

_CITATION = re.compile(r"\[(\d{1,3})\]")


@cache
def _cues(kind: str) -> Pattern:
    patterns = codebook.table("assertions")["cues"][kind]
    return compile_words("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in patterns))


@cache
def _outcomes() -> tuple[tuple[str, Pattern], ...]:
    outcomes = codebook.table("assertions")["outcomes"]
    return tuple((code, compile_words(rf"(?<!\w)(?:{words})(?!\w)")) for code, words in outcomes.items())


def find_assertions(layout: Layout) -> tuple[Assertion, ...]:
    """The causal and evaluative statements of a document, at most one of them for a sentence.

    A causal statement names an outcome (trafficking, crossings, friction, violence, overdose, sovereignty or
    law); where a sentence is both causal and evaluative, it is causal.
    """
    found: list[Assertion] = []
    cast = cast_of(layout)
    for sentence in layout.sentences:
        if is_heading(layout, sentence) or is_general_provision(layout, sentence):
            continue
        topics = _topics(layout, sentence)
        stretch = (sentence.start, sentence.end)
        causal = _cues("causal").search(layout.folded, *stretch)
        evaluative = _cues("evaluative").search(layout.folded, *stretch)
        outcomes = [topic for topic in topics if "." not in topic]
        match = causal if causal and outcomes else evaluative
        if match is None:
            continue
        opinion = holder(cast, *stretch)
        found.append(
            Assertion(
                id=f"s{len(found) + 1}",
                span=span(layout, *stretch),
                kind="causal" if match is causal else "evaluative",
                cue=span(layout, *match.span()),
                topics=topics,
                holder=party(layout, opinion, "speaker") if opinion else None,
                citations=tuple(int(mark[1]) for mark in _CITATION.finditer(layout.folded, *stretch)),
            )
        )
    return tuple(found)


def _topics(layout: Layout, sentence: Sentence) -> tuple[str, ...]:
    """Levers and outcomes that a sentence names."""
    levers = find_levers(layout, sentence)
    outcomes = [code for code, words in _outcomes() if words.search(layout.folded, sentence.start, sentence.end)]
    return (*levers, *outcomes)
