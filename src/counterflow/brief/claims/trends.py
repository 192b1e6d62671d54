"""Rises and falls that are told without a number, and statements whose subject is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import ChangeWord, baseline_in, change_words
from counterflow.brief.claims.measures import (
    NOWHERE,
    Mention,
    counted_measure,
    drug_named,
    measure_called,
    mentions,
    nearest_mention,
)
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import NO_BASELINE, state
from counterflow.brief.claims.timing import period_of
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim


@cache
def _comparing() -> tuple[tuple[Literal["up", "down"], Pattern], ...]:
    table = codebook.table("changes")["comparisons"]
    kinds: tuple[Literal["up", "down"], ...] = ("up", "down")
    return tuple((kind, Pattern(rf"(?<![\w-])(?:{'|'.join(table[kind])})")) for kind in kinds)


def comparisons(scene: Scene, claims: list[Claim]) -> Iterator[Claim]:
    """A count set above or below something without a number for it: "far below the peak", "more than in all of 2023".

    `claims` are those of the clause so far: what one of them is measured against is no comparison of its own.
    """
    folded, end = scene.folded, scene.clause[1]
    for direction, pattern in _comparing():
        for match in pattern.finditer(folded, *scene.clause):
            held = [c.baseline.span for c in claims if c.baseline and c.baseline.span]
            sized = [c for c in claims if c.claim_type.startswith("change") and c.quote_span.end > match.start()]
            if any(match.start() < s.end and s.start <= match.end() + 1 for s in held) or sized:
                continue
            if scene.is_unreal(match.start()) or _AMOUNT.search(folded, max(0, match.start() - 30), match.start()):
                continue
            mention = nearest_mention(folded, scene.clause[0], match.start(), match.start())
            mention = mention or _of_claim([claim for claim in claims if claim.quote_span.start < match.start()])
            mention = mention or scene.topic
            mention = mention or nearest_mention(folded, scene.sentence.start, end, match.start())
            mention = mention or drug_named(folded, scene.sentence.start, match.start(), match.start())
            mention = mention or _of_noun(scene, match)
            ever = _EVER.search(folded, match.end(), end)
            baseline = baseline_in(scene.layout, match.start(), end, scene.era)
            if baseline is None and not ever:
                continue
            claim_type: Literal["record", "comparison"] = "record" if ever else "comparison"
            change = ChangeWord(direction, "particle", match.start(), match.end())
            if mention is None and not claims and not scene.has_claim:
                continue
            claim = state(scene, claim_type, match.span(), mention=mention, change=change, baseline=baseline)
            yield claim.model_copy(update={"unit": None})
            return


def _of_noun(scene: Scene, match: re.Match[str]) -> Mention | None:
    """The measure of what is compared, where it is a noun with an act: "more people were removed under X than ..."."""
    noun = _COMPARED_NOUN.match(match.group())
    if noun is None:
        return None
    end = match.start() + noun.end("head")
    compared = Quantity(match.start(), match.start(), 0.0, None, "count", "=", noun["head"], end, True)
    return counted_measure(scene.folded, scene.sentence.start, scene.clause, compared)


_COMPARED_NOUN = re.compile(
    r"(?:more|fewer|less|más|menos)\s+(?P<head>[\w-]+(?:\s+(?!were|was|than)[\w-]+)?)", re.IGNORECASE
)


def _of_claim(claims: list[Claim]) -> Mention | None:
    """The measure of the last claim that the clause made before."""
    known = next((claim.measure for claim in reversed(claims) if claim.measure), None)
    return Mention(measure_called(known), NOWHERE, NOWHERE) if known else None


_AMOUNT = re.compile(r"(?:%|percent|per\s+cent|por\s+ciento|\d|times|twice|half)\s+\Z", re.IGNORECASE)
_EVER = re.compile(
    r"\bever\b|\ben\s+la\s+historia\b|\bany\s+(?:other\s+)?(?:single\s+)?(?:day|week|month|quarter|year)\s+(?:since|before|on\s+record)\b",
    re.IGNORECASE,
)


def trends(scene: Scene) -> Iterator[Claim]:
    """A rise or fall that is stated without a number: "rapid reductions in illegal crossings"."""
    for word in change_words(scene.folded, *scene.clause):
        for mention in mentions(scene.folded, *scene.clause):
            extent = (min(word.start, mention.start), max(word.end, mention.end))
            if not mention.measure.is_outcome or scene.is_unreal(extent[0]):
                continue
            if _moves(scene, word, mention):
                baseline = baseline_in(scene.layout, extent[1], scene.clause[1], scene.era)
                yield state(scene, "trend", extent, mention=mention, change=word, baseline=baseline or NO_BASELINE)
                return


def _moves(scene: Scene, word: ChangeWord, mention: Mention) -> bool:
    """Whether a word of change speaks of the measure: "drops in M", "cut M", "M has fallen", "M is down"."""
    after = scene.folded[word.end : mention.start]
    before = scene.folded[mention.end : word.start]
    lead = scene.folded[max(scene.clause[0], word.start - 60) : word.start]
    if re.fullmatch(r"\s+(?:in|of|to|en|de|del)\s+(?:the\s+|\w+\s+){0,3}", after):
        return word.form in ("noun", "verb")
    if word.form == "transitive":  # not "aimed at reducing M", which is a purpose
        purpose = re.search(r"\b(?:by|for|of|at|towards?|without|to|a|de|para|in)\s+\Z", lead, re.IGNORECASE)
        return purpose is None and re.fullmatch(r"\s+(?:the\s+|\w+\s+){0,3}", after) is not None
    if word.form == "verb":
        return re.fullmatch(r"\s+(?:(?!to\b)[\w'-]+\s+){0,7}", before) is not None
    be = r"\s+(?:is|are|was|were|have\s+been|has\s+been)\s+"
    return word.form == "particle" and re.fullmatch(be, before) is not None


_SMALL_WORDS = re.compile(
    r"\b(?:in|on|by|at|of|the|a|an|during|within|over|and|en|de|los|las|el|la|y)\b|[^\w]", re.IGNORECASE
)


def missing_subject(scene: Scene) -> Iterator[Claim]:
    """A period whose statement is missing: words are gone from the clause, and nothing else is left of it."""
    for time in scene.times if scene.gaps else ():
        if time.start < scene.clause[0] or time.end > scene.clause[1]:
            continue
        rest = scene.folded[scene.clause[0] : time.start] + " " + scene.folded[time.end : scene.clause[1]]
        if not _SMALL_WORDS.sub("", rest):
            claim = state(scene, "level", (scene.clause[0], time.end))
            yield claim.model_copy(update={"measure_text": "", "period": period_of(scene, time)})
