"""What a claim counts, by its own words: one measure, or each of those that they leave open.

Border Patrol counts between ports of entry, the Office of Field Operations at them, and CBP both together. These are
never mixed: where the words of a claim do not tell which it is, each is tested, and every row names its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure, measures
from counterflow.evidence.checking.baselines import stated_spans
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.series_source import SeriesSource
from counterflow.evidence.checking.sources import Group, apart, is_smaller
from counterflow.evidence.schema import CheckReading


class Count(NamedTuple):
    """One thing that a claim may count, where it is counted, and by what name its rows tell it from the others."""

    measure: Measure
    sources: tuple[Source, ...]
    name: str = ""
    elsewhere: str = ""  # why the figures held are not for the claim's place, in a sentence; "" where they are


def measure_of(claim: Claim) -> Measure | None:
    """The measure that the claim means: a narrower one where its own words say so, a component where its clause does.

    A share is one of the whole: the words that tell the part do not change what it is a share of.
    """
    measure = measures().get(claim.measure or "")
    if measure is None:
        return None
    words = f"{claim.measure_text} {claim.population or ''} {claim.quote_span.quote}"
    whole = claim.claim_type == "share"
    clause = f"{words} {clause_of(claim)}"
    if not whole and (part := _component(measure, clause)) is not measure:
        return part
    for pattern, code in measure.narrower.items():
        if re.search(pattern, words, re.IGNORECASE):
            return measures()[code] if whole else _component(measures()[code], clause)
    return measure


def _component(measure: Measure, words: str) -> Measure:
    for pattern, code in measure.component.items():
        if re.search(pattern, words, re.IGNORECASE):
            return measure if code == measure.code else _component(measures()[code], words)
    return measure


def meanings(claim: Claim, measure: Measure) -> tuple[Measure, ...]:
    """The measure of the claim, and after it the others that its words mean as well as far as they tell.

    Where the clause does not tell, whoever states it does: Border Patrol speaks of its own count. Of a measure that no
    figures are of, only the others are meant.
    """
    if not measure.open or claim.claim_type == "share":
        return (measure,)
    if measure.unsaid:
        return tuple(measures()[code] for code in measure.open)
    own = f"{claim.measure_text} {claim.population or ''} {clause_of(claim)}"
    if not re.search(measure.open_words, own, re.IGNORECASE):
        return (measure,)
    if measure.alone and re.search(measure.alone, own, re.IGNORECASE):
        return (measure,)
    if measure.stated_by and re.search(measure.stated_by, claim.span.quote, re.IGNORECASE):
        return (measure,)
    return (*(measures()[code] for code in measure.open), measure)


def counts_of(claim: Claim, measure: Measure, sources: Callable[[Measure], tuple[Group, ...]]) -> tuple[Count, ...]:
    """Every count that the claim may mean, with the sources that `sources` gives for its place.

    The widest comes first. One that no series holds at the place is left out where another is held there; but where
    it is the widest, the others count less than the claim may mean, and are shown without being compared.
    """
    meant = meanings(claim, measure)
    found = [(one, group) for one in meant for group in sources(one)]
    held = [(one, group) for one, group in found if not group.elsewhere]
    if held and held[0][0] is not meant[0]:
        return tuple(_count(one, apart(group, one.title)) for one, group in held)
    chosen = held or found[:1]
    named = len(chosen) > 1
    return tuple(_count(one, group, (group.place or one.title) if named else "") for one, group in chosen)


def left_open(measure: Measure, counts: Sequence[Count], drawn: Count) -> str:
    """What the claim's words leave open and how it is tested all the same, in a sentence; "" where they tell. `drawn`
    is the count that the claim is drawn on."""
    if not measure.unsaid:
        return ""
    if len(counts) > 1:
        tested = " and ".join(count.measure.title for count in counts)
        return f"{measure.unsaid}: tested are {tested}; drawn on {drawn.measure.title}."
    return f"{measure.unsaid}: of the place that it names only figures on {counts[0].measure.title} are held."


def _count(measure: Measure, group: Group, name: str = "") -> Count:
    return Count(measure, group.sources, name, group.elsewhere)


def untested_place(claim: Claim, count: Count) -> str:
    """Why a claim on a smaller place is not tested by a rule that knows only the whole; "" where it is."""
    whole = claim.claim_type == "share" or (count.measure.lever is not None and claim.claim_type == "level")
    return count.elsewhere if whole and is_smaller(claim.place) else ""


def why_none(claim: Claim, count: Count) -> str:
    """Why none of the figures held can be compared, where it is the place or a new instrument; else ""."""
    return count.elsewhere or _new_instrument(claim, count)


def held_from_to(count: Count) -> str:
    """Which figures are held, and from when to when, in a sentence with a blank before it; "" where none are."""
    for source in count.sources:
        points, _ = source.chart()
        if points:
            return f" {source.title}: held from {points[0].date:%b %Y} to {points[-1].date:%b %Y}."
    return ""


def _new_instrument(claim: Claim, count: Count) -> str:
    spans = stated_spans(claim)
    for source in count.sources if spans else ():
        if not isinstance(source, SeriesSource):
            continue
        for changed in source.habits.breaks:
            last = max((*source.figures, date.min))
            if not changed.splice and last < changed.date <= max(span.end for span in spans):
                day = f"{changed.date.day} {changed.date:%b %Y}"
                return f"On {day} {changed.what}: nothing is compared across that day, and no figures since are held."
    return ""


def told_apart(readings: list[CheckReading], count: Count) -> list[CheckReading]:
    """The rows of one count among several, each with its name."""
    if not count.name:
        return readings
    return [r.model_copy(update={"baseline_label": f"{r.baseline_label}, {count.name}"}) for r in readings]


# ------------------------------------------------------------------------------------------ the clause

_COMMA = re.compile(r"[,;:—](?!\d)")
_FRONTED = re.compile(r"\W*(?:in|on|at|between|during|along|across|by|en|entre|durante)\b", re.IGNORECASE)
# a conjunction before or behind which another number stands begins another statement
_JOINT = re.compile(r"\s(?:and|but|while|whereas|y|pero|mientras)\s", re.IGNORECASE)
_COUNT = re.compile(r"\b(?!(?:19|20)\d\d\b)\d[\d,.]*")


def clause_of(claim: Claim) -> str:
    """The words of the claim's own statement: between the commas and conjunctions around it, with what is fronted."""
    return _clause(claim.span.quote, claim.quote_span.start - claim.span.start, len(claim.quote_span.quote))


@lru_cache(maxsize=256)  # what a claim counts is asked of the same clause several times
def _clause(text: str, at: int, length: int) -> str:
    at = min(max(at, 0), len(text))
    end = min(at + length, len(text))
    cuts = [0, *(cut.end() for cut in _COMMA.finditer(text)), len(text)]
    start = max(cut for cut in cuts if cut <= at)
    stop = min(cut for cut in cuts if cut >= end)
    before, after = text[start:at], text[end:stop]
    lead = before
    for joint in _JOINT.finditer(lead):
        if _COUNT.search(lead, 0, joint.start()):
            before = lead[joint.end() :]
    for joint in _JOINT.finditer(after):
        if _COUNT.search(after, joint.end()):
            after = after[: joint.start()]
            break
    earlier = [text[one:other] for one, other in pairwise(cuts) if other <= start]
    fronted = [words for words in earlier if _FRONTED.match(words)]
    return " ".join([*fronted, before + text[at:end] + after])
