"""Statements that rest on someone who is not named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.findings.draft import Draft, Prose
from counterflow.brief.layout.parts import Sentence
from counterflow.brief.patterns import Pattern

_FIGURE = re.compile(r"\d")
_NEAR = 80  # characters after the words in which a figure rests on them
_CITED = re.compile(r"\[\[?\^?\d{1,3}\]|\]\(|https?://")


@dataclass(frozen=True)
class _Rule:
    id: str
    pattern: Pattern
    holds: tuple[str, ...]  # one of these stands in every match
    note: str
    weight: str  # confidence where no figure rests on it; with one it is medium


@cache
def _rules() -> tuple[_Rule, ...]:
    rules = codebook.table("findings")["unattributed"]["rule"]
    compiled = [(rule, Pattern(rule["pattern"])) for rule in rules]
    return tuple(
        _Rule(rule["id"], pattern, tuple(rule.get("holds", pattern.needs)), rule["note"], rule["confidence"])
        for rule, pattern in compiled
    )


@cache
def _named() -> Pattern:
    return Pattern("|".join(codebook.table("findings")["unattributed"]["named"]))


def find_unattributed(prose: Prose) -> Iterator[Draft]:
    """Statements whose source stays unnamed, in their own sentence and in their paragraph before them.

    A source is named by a body or person that speaks, by "according to" with a name, by a citation or a link.
    """
    found: dict[int, Draft] = {}
    for rule in _rules():
        for sentence in prose.holding(rule.holds):
            match = rule.pattern.expression.search(prose.folded, sentence.start, sentence.end)
            if match is not None and sentence.index not in found:
                figure = _FIGURE.search(prose.folded, match.end(), min(sentence.end, match.end() + _NEAR))
                weight = "medium" if figure else rule.weight
                found[sentence.index] = Draft("unattributed", rule.id, weight, *match.span(), rule.note)
    read: dict[int, _Reading] = {}
    for number in sorted(found):
        sentence = prose.layout.sentences[number]
        reading = _read_on(prose, sentence, read.get(sentence.block))
        read[sentence.block] = reading
        if not reading.named and _CITED.search(prose.layout.text, sentence.start, sentence.end) is None:
            yield found[number]


@dataclass(frozen=True)
class _Reading:
    """How far a paragraph was read, and whether it names a source until there."""

    until: int
    named: bool


_LONGEST_NAME = 100  # characters that a source and its verb take


def _read_on(prose: Prose, sentence: Sentence, before: _Reading | None) -> _Reading:
    """A paragraph read on to the end of one of its sentences; nothing is read twice."""
    if before is not None and before.named:
        return before
    begin = prose.layout.blocks[sentence.block].start
    if before is not None:
        begin = max(begin, before.until - _LONGEST_NAME)
    return _Reading(sentence.end, _named().search(prose.folded, begin, sentence.end) is not None)
