"""Causal and evaluative statements of a document: what is said to follow from what, and what is judged."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.hits import find_levers
from counterflow.brief.actions.parties import cast_of, holder, party
from counterflow.brief.actions.scene import is_general_provision, is_heading
from counterflow.brief.layout.parts import Layout, Sentence, span
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Assertion
from counterflow.brief.sieve import Sieve

_CITATION = re.compile(r"\[(\d{1,3})\]")


@cache
def _cues(kind: str) -> tuple[Pattern, ...]:
    patterns = codebook.table("assertions")["cues"][kind]
    return tuple(compile_words(rf"(?<!\w)(?:{pattern})(?!\w)") for pattern in patterns)


@cache
def _sieve() -> Sieve:
    """Cues and outcomes, to tell from a sentence's words which of them it may hold at all."""
    return Sieve([*_cues("causal"), *_cues("evaluative"), *(words for _, words in _outcomes())])


@cache
def _marked(kind: str) -> tuple[int, tuple[tuple[int, Pattern], ...]]:
    """The cues of a kind with their bits in the sieve, and all the bits together."""
    marked = tuple((_sieve().bit(pattern), pattern) for pattern in _cues(kind))
    return sum(bit for bit, _ in marked), marked


def _first_cue(kind: str, layout: Layout, sentence: Sentence, held: int) -> re.Match[str] | None:
    """The first cue of a kind in a sentence, the longest where several begin there."""
    together, marked = _marked(kind)
    if not held & together:
        return None
    tried = [pattern for bit, pattern in marked if held & bit]
    found = [pattern.expression.search(layout.folded, sentence.start, sentence.end) for pattern in tried]
    return min((match for match in found if match), key=lambda match: (match.start(), -match.end()), default=None)


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
        stretch = (sentence.start, sentence.end)
        held = _sieve().passed(layout.folded, *stretch)
        causal = _first_cue("causal", layout, sentence, held)
        evaluative = _first_cue("evaluative", layout, sentence, held)
        if causal is None and evaluative is None:
            continue
        if is_heading(layout, sentence) or is_general_provision(layout, sentence):
            continue
        outcomes = _outcomes_in(layout, sentence, held)
        match = causal if causal and outcomes else evaluative
        if match is None:
            continue
        topics = (*find_levers(layout, sentence), *outcomes)
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


def _outcomes_in(layout: Layout, sentence: Sentence, held: int) -> tuple[str, ...]:
    """Codes of the outcomes that a sentence names."""
    sieve, stretch = _sieve(), (sentence.start, sentence.end)
    return tuple(
        code
        for code, words in _outcomes()
        if held & sieve.bit(words) and words.expression.search(layout.folded, *stretch)
    )
