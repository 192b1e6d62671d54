"""Terms of office inside a claim: how much of one was over, and a change that went on during one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from counterflow.brief.dates.era import OPEN_END, holders
from counterflow.brief.schema import Claim
from counterflow.evidence.periods import Span

Interval = tuple[date, date]
A_CLAUSE = 80  # characters: how far behind a change the words "under NAME" may stand
# what stands between a change and "under NAME" where the term is what the change is measured from
_COMPARED = re.compile(
    r"\b(?:than|compared?|from|versus|vs|against|relative|levels?|averages?|average[ds]|peaks?|highs?|lows?|below|above"
    r"|since|que|frente|respecto|comparad[oa]s?|desde|promedio)\b|[;:,.()]",
    re.IGNORECASE,
)
# "more than 300% under President Biden": a number stands where a baseline would
_ONLY_A_NUMBER = re.compile(
    r"^[\d.,]+\s*(?:%|percent|per\s+cent|por\s+ciento|times|-?fold)?\s*(?:under|during)\b", re.IGNORECASE
)


def _terms(name: str) -> Iterator[Span]:
    """The terms of the head of government called `name`; one without an end is open."""
    for holder in holders():
        if holder.administration and name.lower() in (known.lower() for known in holder.names):
            for term in holder.terms:
                yield Span(term.start, term.end or OPEN_END)


def administration(name: str, interval: Interval) -> Span | None:
    """The term of the head of government called `name`: the last one over when the document was written, else
    the last one begun. None where the name is not known."""
    terms = [term for term in _terms(name) if term.start <= interval[1]]
    over = [term for term in terms if term.end <= interval[1]]
    return max(over or terms, default=None)


def is_whole(name: str, stated: Span) -> bool:
    """Whether dates are those of whole terms of `name`, so that the words name the term and no part of it."""
    known = list(_terms(name))
    return any(stated.start == term.start for term in known) and any(stated.end == term.end for term in known)


def served(term: Span, period: Span, interval: Interval) -> Span | None:
    """As much of a term as a document could set a period against: up to the day it was written.

    Of a term that was not over then, only what was before the period. None where nothing is left.
    """
    if term.end <= interval[1]:
        return term
    end = interval[1]
    if period.end >= term.start:
        end = min(end, period.start - timedelta(days=1))
    return Span(term.start, end) if term.start <= end else None


def before(window: Span, period: Span, interval: Interval) -> Span:
    """A window as far as it lies before the day that the document was written and, unless it begins later, before
    the period: nothing falls from a peak that is still to come."""
    end = min(window.end, interval[1])
    if window.start < period.start:
        end = min(end, period.start - timedelta(days=1))
    return Span(window.start, end)


def term_of_change(claim: Claim, interval: Interval) -> Span | None:
    """The term during which a change is said to have gone on ("rose 300% under President Biden").

    Such a change starts from what was before the term. None where the claim names another baseline, and where it
    states a period of its own but no more of a baseline than the term.
    """
    if not claim.claim_type.startswith("change") and claim.claim_type != "trend":
        return None
    baseline = claim.baseline
    if baseline and baseline.kind == "administration":
        name = baseline.administration if _ONLY_A_NUMBER.match(baseline.text) else None
    elif baseline is None or baseline.kind == "none":
        name = None if claim.period and claim.period.text else _named_after(claim)
    else:
        name = None
    if not name:
        return None
    begun = [term for term in _terms(name) if term.start <= interval[1]]
    return max(begun, default=None)


@cache
def _during() -> re.Pattern[str]:
    names = {name for holder in holders() if holder.administration for name in holder.names}
    name = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(
        r"\b(?:under|during|bajo|durante)\s+(?:(?:the|la|el|president|presidenta?|former|administration|administración"
        rf"|gobierno|presidencia|de|del|joe|joseph|donald|barack)\s+){{0,4}}(?P<name>{name})"
        r"(?:['’]s?)?(?:\s+(?:administration|presidency|years|watch))?(?!\s*['’]?\s*\w*\s*(?:first|second|last|peak))\b",
        re.IGNORECASE,
    )


def _named_after(claim: Claim) -> str | None:
    """The head of government under whom, by the words right after it or at the head of its sentence, it changed."""
    sentence = claim.span.quote
    end = claim.quote_span.end - claim.span.start
    begin = claim.quote_span.start - claim.span.start
    for found in _during().finditer(sentence):
        if found.start() >= begin and found.start() - end <= A_CLAUSE:
            if not _COMPARED.search(sentence[min(end, found.start()) : found.start()]):
                return _known(found["name"])
        elif found.start() == 0:
            return _known(found["name"])
    return None


def _known(words: str) -> str:
    return next(n for h in holders() if h.administration for n in h.names if n.lower() == words.lower())
