"""Figures of one sentence that do not agree with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from counterflow.brief.claims.changes import change_of
from counterflow.brief.claims.quantities import Quantity, find_quantities
from counterflow.brief.dates.era import Era
from counterflow.brief.findings.draft import Draft, Prose
from counterflow.brief.layout.parts import Layout, Sentence

_NO_ERA = Era((), "")


_PERCENT = ("%", "percent", "per cent", "por ciento")
# Two figures as the ends of a change, with what may stand around them.
_CHANGE = re.compile(
    r"\b(?:from|desde|de)\s+(?:[^\s\d;]+\s+){0,3}[^\s\d;]?\d[^;]{0,80}?\s(?:to|a)\s+(?:[^\s\d;]+\s+){0,3}[^\s\d;]?\d",
    re.IGNORECASE,
)
# "412 people: 300 men, 90 women and 22 children", a total with its parts up to the end of the sentence.
_LISTED_PARTS = re.compile(r"\d(?:\s+[\w\'-]+){1,5}(?::|\s-)\s+(?=[^:;()]*\d)")
_NOT_ALL = re.compile(
    r"\b(?:includ\w*|among|e\.g|such as|others?|etc|rest|incluy\w*|incluid\w+|entre ell[oa]s|como|otr[oa]s|resto)\b",
    re.IGNORECASE,
)


def find_inconsistencies(prose: Prose) -> Iterator[Draft]:
    """Figures of one sentence that contradict each other: a percentage and its levels, a total and its parts."""
    for sentence in prose.holding(_PERCENT):
        if _CHANGE.search(prose.folded, sentence.start, sentence.end):
            yield from _percentage_and_levels(prose.layout, sentence)
    for sentence in prose.holding((":", " - ")):
        if match := _LISTED_PARTS.search(prose.folded, sentence.start, sentence.end):
            yield from _total_and_parts(prose.layout, sentence, match.end())


def _percentage_and_levels(layout: Layout, sentence: Sentence) -> Iterator[Draft]:
    """A stated percentage beside two levels ("from 200 to 50") that imply another one.

    implied = 100 (to - from) / from. The levels are rounded: each may be off by half a unit of its last
    place; the stated figure by one point.
    """
    quantities = find_quantities(layout, sentence.start, sentence.end, _NO_ERA)
    percents = [q for q in quantities if q.unit == "percent"]
    for low, high in pairwise(quantities):
        if not _is_pair(layout, low, high) or len(percents) != 1 or low.value == 0:
            continue
        stated = percents[0]
        change = change_of(layout.folded, (sentence.start, sentence.end), stated.start, stated.end)
        implied = 100 * (high.value - low.value) / low.value
        sign = -1 if change and change.direction == "down" else 1 if change else 0
        if sign == 0 or stated.bound not in ("=", "~"):
            continue
        tolerance = 1.0 + 100 * (_rounding(low) + _rounding(high)) / low.value
        if abs(sign * stated.value - implied) > tolerance:
            yield Draft(
                "internal_inconsistency",
                "percentage_and_levels",
                "high",
                min(stated.start, low.start),
                max(stated.end, high.end),
                f"The two levels imply {implied:+.0f}%, the text says {sign * stated.value:+.0f}%.",
                {"implied_percent": round(implied), "stated_percent": round(sign * stated.value)},
            )


def _total_and_parts(layout: Layout, sentence: Sentence, parts_begin: int) -> Iterator[Draft]:
    """A total of ten or more, followed by a colon or dash and by nothing but its parts, which make another sum.

    Only counts that are stated exactly are added up; the sum must be near enough to be meant as the total's.
    """
    quantities = find_quantities(layout, sentence.start, sentence.end, _NO_ERA)
    before = [q for q in quantities if q.end <= parts_begin]
    parts = [q for q in quantities if q.start >= parts_begin]
    if not before or len(parts) < 2 or _NOT_ALL.search(layout.folded, before[-1].end, sentence.end):
        return
    total, summed = before[-1], sum(part.value for part in parts)
    if any(q.unit != "count" or q.bound != "=" or q.value_high is not None for q in (total, *parts)):
        return
    comparable = total.value >= max(10.0, *(part.value for part in parts)) and summed > 0.6 * total.value
    tolerance = _rounding(total) + sum(_rounding(part) for part in parts)
    listed = len(re.findall(r",|\b(?:and|y)\b", layout.folded[parts_begin : sentence.end]))
    if comparable and summed < 1.4 * total.value and listed < 2 * len(parts) and abs(summed - total.value) > tolerance:
        yield Draft(
            "internal_inconsistency",
            "total_and_parts",
            "medium",
            total.start,
            parts[-1].end,
            f"The parts add up to {summed:,.0f}, the text says {total.value:,.0f}.",
            {"sum": round(summed), "stated": round(total.value)},
        )


def _is_pair(layout: Layout, low: Quantity, high: Quantity) -> bool:
    if low.unit != high.unit or low.unit == "percent":
        return False
    before = layout.folded[max(0, low.start - 8) : low.start]
    between = layout.folded[low.end : high.start]
    return bool(
        re.search(r"\b(?:from|desde|de)\s+\Z", before, re.IGNORECASE)
        and re.fullmatch(r"\s+(?:[\w.,]+\s+){0,6}?(?:to|a)\s+(?:just\s+|only\s+|solo\s+)?", between, re.IGNORECASE)
    )


def _rounding(quantity: Quantity) -> float:
    """Half a unit of the last place that is not zero, the second at the most: 129,000 is 128,500 to 129,500."""
    place = 1.0
    while quantity.value >= 100 * place and quantity.value % (10 * place) == 0:
        place *= 10
    return place / 2
