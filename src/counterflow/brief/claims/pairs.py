"""Pairs: two levels that one sentence gives as the ends of a change ("from 129,000 in April 2024 to 8,383 in April").

Each end stays a claim of its own. They are joined by a `pair_id`, and a percentage of the same sentence that names no
period or baseline of its own is about the dates of the pair.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from itertools import groupby, pairwise
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import change_words
from counterflow.brief.claims.quantities import find_quantities
from counterflow.brief.claims.scene import overlap
from counterflow.brief.dates.compared import dates_compared
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.schema import Baseline, Claim, Period, Reading, Span

_ENDS = {"level", "share"}
Place = tuple[int, int]  # offsets of a number in the text
End = Literal["from", "to"]


def with_pairs(layout: Layout, claims: Sequence[Claim], era: Era) -> list[Claim]:
    """The claims, those that are the two ends of one change joined, and percentages given the dates of their pair.

    Two levels in a unit are a pair where the words between them say so ("from X to Y", "X, down from Y") and the
    sentence has a word of change or each end has its own time; "from 5 to 10 pounds" is none.
    """
    found: list[Claim] = []
    number = 0
    for _, together in groupby(claims, key=lambda claim: claim.span.start):  # both ends stand in one sentence
        joined = _paired(layout, list(together), era, number)
        number = max([number, *(int(claim.pair_id[1:]) for claim in joined if claim.pair_id)])
        found.extend(joined)
    return found


def _paired(layout: Layout, found: list[Claim], era: Era, number: int) -> list[Claim]:
    """The claims of one sentence, with its pairs counted on from `number`."""
    if len(found) < 2 and not any(claim.claim_type == "change_pct" for claim in found):
        return found
    numbers = [_number_at(layout, claim, era) for claim in found]
    levels = [i for i, c in enumerate(found) if c.claim_type in _ENDS and numbers[i]]
    for left, right in pairwise(levels):
        one, other = found[left], found[right]
        if one.pair_id or one.span != other.span or one.claim_type != other.claim_type or one.unit != other.unit:
            continue
        if one.measure != other.measure or (one.rate != other.rate and one.rate and other.rate):
            continue
        places = numbers[left], numbers[right]
        first = _first_end(layout, one.span, *places, era) or _fronted(layout, one, other, *places)
        if not first:
            continue
        number += 1
        second: End = "to" if first == "from" else "from"
        when = list(_own_periods(one, other, numbers[left], layout, era))
        starts, ends = (0, 1) if first == "from" else (1, 0)
        if dated := _ends_dated(when[ends], layout, one.span, era):
            shared = _is_same(when[starts], when[ends])
            when[starts], when[ends] = dated[0] if shared else when[starts], dated[1]
        if _is_same(when[starts], when[ends]) and (place := numbers[(left, right)[starts]]):
            when[starts] = _time_before(when[ends], _baseline_of(one, other, found), place, layout)
        common = {"pair_id": f"p{number}", "rate": one.rate or other.rate, "implied": _implied(one, other, first)}
        found[left] = one.model_copy(update=common | {"endpoint": first, "period": when[0]})
        found[right] = other.model_copy(update=common | {"endpoint": second, "period": when[1]})
    return [_with_start(_with_dates(claim, found, numbers), layout, era) for claim in found]


def _implied(one: Claim, other: Claim, first: End) -> float | None:
    """The change in percent that the two ends of a pair make; None where it began from nothing, or with shares."""
    start, end = (one, other) if first == "from" else (other, one)
    if not start.value or end.value is None or start.claim_type != "level":
        return None
    return round((end.value - start.value) / start.value * 100, 1)


_AHEAD = 300  # characters: a level and its time stand right behind the change


def _with_start(claim: Claim, layout: Layout, era: Era) -> Claim:
    """A percentage that names no baseline but is followed by the level it began with: "down 93% from 117,905 in May".

    The time of that level, where one stands right behind it, is the baseline.
    """
    if claim.claim_type != "change_pct" or (claim.baseline and claim.baseline.kind not in ("none", "other")):
        return claim
    lead = _THEN_FROM.match(layout.folded, claim.quote_span.end, claim.span.end)
    end = min(claim.span.end, lead.end() + _AHEAD) if lead else 0
    numbers = find_quantities(layout, lead.end(), end, era) if lead else []
    if lead is None or not numbers or numbers[0].start != lead.end():
        return claim
    times = find_times(layout.folded, numbers[0].end, end, era)
    if not times or times[0].start - numbers[0].end > NEAR or len(times[0].readings) != 1:
        return claim
    when, days = times[0], times[0].readings[0]
    if not (days.start and days.end) or any(n.start < when.start for n in numbers[1:]):
        return claim
    words = span(layout, when.start, when.end)
    named = Baseline(text=words.quote, span=words, kind="explicit_date", start=days.start, end=days.end)
    own = claim.period and claim.period.span and claim.period.span.start == words.start
    return claim.model_copy(update={"baseline": named} | ({"period": None} if own else {}))


def _first_end(layout: Layout, sentence: Span, at: Place | None, then: Place | None, era: Era) -> End | None:
    """Which end of a pair the number at `at` is, where another follows at `then`; None where they are no pair."""
    if at is None or then is None or at[1] > then[0]:
        return None
    start, end = sentence.start, sentence.end
    before, between = layout.folded[start : at[0]], layout.folded[at[1] : then[0]]
    times = find_times(layout.folded, start, end, era)
    plain = _without(between, [(t.start - at[1], t.end - at[1]) for t in times])
    words = _patterns()
    if words["from"].search(before) and words["to"].fullmatch(plain):
        moves = bool(change_words(layout.folded, start, end))
        dated = any(at[1] <= t.start < then[0] for t in times) and any(t.start >= then[1] for t in times)
        return "from" if moves or dated else None
    if words["down_from"].fullmatch(plain):
        return "to"
    if words["to_end"].search(before) and words["then_from"].fullmatch(plain):
        return "to"
    return None


def told_as_before(folded: str, at: int) -> bool:
    """Whether the words right before the number at `at` say that it is what was before: "up from 2,500"."""
    return _patterns()["before"].search(folded, max(0, at - _BEFORE), at) is not None


_BEFORE = 60  # characters before a number in which they stand


def _fronted(layout: Layout, one: Claim, other: Claim, at: Place | None, then: Place | None) -> End | None:
    """Which end the first of two levels is where the sentence opens with what was before: "Up from 2,500 in January,
    the deployment has been expanded to 10,000". The second is on the side that the words say."""
    if at is None or then is None or at[1] > then[0] or one.value is None or other.value is None:
        return None
    lead, between = layout.folded[one.span.start : at[0]], layout.folded[at[1] : then[0]]
    words = _patterns()["before"].search(lead)
    if words is None or _NUMBERED.search(lead) or "," not in between or _PARTED.search(between):
        return None
    rises = bool(words["up"] or words["more"])
    told = other.value > one.value if rises else other.value < one.value if words["down"] else True
    return "from" if told else None


_NUMBERED = re.compile(r"\d")
_PARTED = re.compile(r"[;:]|,\s+(?:and|but|while|y|pero|mientras)\b", re.IGNORECASE)  # another statement begins


def _own_periods(
    one: Claim, other: Claim, at: Place | None, layout: Layout, era: Era
) -> tuple[Period | None, Period | None]:
    """The periods of the two ends, first and second; a time that both were given belongs to the one it stands by.

    The other end is then of the time before the pair, if the sentence has one ("in 2024 it fell from 5 in 2023 to 4").
    """
    shared = one.period.span if one.period else None
    if shared is None or at is None or other.period is None or other.period.span != shared:
        return one.period, other.period
    if shared.start < at[1]:
        return one.period, other.period  # a time before both is the time of both
    earlier = [t for t in find_times(layout.folded, one.span.start, at[0], era) if t.readings]
    rest = (Period(text=t.text, span=span(layout, t.start, t.end), readings=t.readings) for t in reversed(earlier))
    left = next(rest, None)
    between = shared.start < other.quote_span.end and _before_second(other, shared, layout, era)
    return (one.period, left) if between else (left, other.period)


def _is_same(start: Period | None, end: Period | None) -> bool:
    """Whether the level that a change began with has no time of its own, but the one that it led to has."""
    return end is not None and (start is None or start.span == end.span)


def _ends_dated(period: Period | None, layout: Layout, sentence: Span, era: Era) -> tuple[Period, Period] | None:
    """The periods of both ends where the one given runs "from A to B": the change began in A and led to what B was."""
    pair = dates_compared(layout.folded, sentence.start, sentence.end, era)
    if pair is None or period is None or period.span is None:
        return None
    if not (period.span.start <= pair[0].start and pair[1].end <= period.span.end):
        return None
    first, last = (Period(text=t.text, span=span(layout, t.start, t.end), readings=t.readings) for t in pair)
    return first, last


def _baseline_of(one: Claim, other: Claim, claims: Sequence[Claim]) -> Baseline | None:
    """What a change in the sentence of a pair is measured against, where there is just one such change."""
    found = [c.baseline for c in claims if c.claim_type.startswith("change") and c.span == one.span and c.baseline]
    return found[0] if len(found) == 1 and one.measure == other.measure else None


def _time_before(end: Period | None, baseline: Baseline | None, number: Place, layout: Layout) -> Period:
    """The time of the level that a change began with, where only the time of the level that it led to is given.

    It is never the latter. Words right behind the number or the baseline of the change may tell it ("a year earlier");
    else it is not known.
    """
    days = [(r.start, r.end) for r in end.readings if r.start and r.end] if end else []
    if earlier := _YEAR_EARLIER.match(layout.folded, number[1]):
        words = span(layout, earlier.start("words"), earlier.end("words"))
        return Period(text=words.quote, span=words, readings=_readings(map(_year_before, days)))
    if baseline and baseline.span and baseline.kind in ("explicit_date", "same_period_last_year"):
        known = [(baseline.start, baseline.end)] if baseline.start and baseline.end else []
        then = known if baseline.kind == "explicit_date" else map(_year_before, days)
        if readings := _readings(then):
            return Period(text=baseline.text, span=baseline.span, readings=readings)
    lead = _FROM.search(layout.folded, max(0, number[0] - 10), number[0])
    quote = span(layout, lead.start() if lead else number[0], number[1])
    why = "the time before the change, which the text does not give"
    return Period(text=quote.quote, span=quote, readings=(Reading(label="before", start=None, end=None, why=why),))


NEAR = 40  # characters between a level and its time: "117,905 encounters in May 2024"
_THEN_FROM = re.compile(r",?\s+(?:from|desde|de)\s+(?:the\s+)?", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|desde|de)\s+\Z", re.IGNORECASE)
_YEAR_EARLIER = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?P<words>(?:a|one)\s+year\s+(?:earlier|before|ago|prior)|un\s+año\s+(?:antes|atrás)"
    r"|(?:in\s+)?the\s+same\s+(?:month|week|period|quarter)\s+(?:of\s+)?(?:last\s+year|the\s+(?:previous|prior)\s+year"
    r"|a\s+year\s+(?:ago|earlier|before))|(?:en\s+)?el\s+mismo\s+(?:mes|periodo|período)\s+del\s+año\s+(?:pasado|anterior))\b",
    re.IGNORECASE,
)


def _readings(days: Iterable[tuple[date, date]]) -> tuple[Reading, ...]:
    return tuple(Reading(label=f"{start} to {end}", start=start, end=end) for start, end in days)


def _year_before(days: tuple[date, date]) -> tuple[date, date]:
    """The same days of the year before; the last of February stays the last of February."""
    start, end = (
        day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1])) for day in days
    )
    is_last = days[1].day == monthrange(days[1].year, days[1].month)[1]
    return start, end.replace(day=monthrange(end.year, end.month)[1]) if is_last else end


def _before_second(other: Claim, shared: Span, layout: Layout, era: Era) -> bool:
    """Whether a time stands before the second number, and so by the first."""
    place = _number_at(layout, other, era)
    return place is not None and shared.end <= place[0]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    table = codebook.table("changes")["pairs"]
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in table.items()}


def _number_at(layout: Layout, claim: Claim, era: Era) -> Place | None:
    """Where the number of a claim stands, its bound and its unit included."""
    start, end = claim.quote_span.start, claim.quote_span.end
    for quantity in find_quantities(layout, claim.span.start, claim.span.end, era) if claim.value is not None else ():
        if quantity.value == claim.value and start <= quantity.start and quantity.end <= end:
            return quantity.start, quantity.end
    return None


def _without(text: str, held: Sequence[tuple[int, int]]) -> str:
    """The words without those of time, in single blanks."""
    for start, end in sorted(held, reverse=True):
        if end > 0 and start < len(text):
            text = text[: max(start, 0)] + " " + text[end:]
    return " ".join(text.split())


def _with_dates(claim: Claim, claims: Sequence[Claim], numbers: Sequence[Place | None]) -> Claim:
    """A change in a sentence with one pair of its measure, about the dates of the pair where it has none itself."""
    if not claim.claim_type.startswith("change"):
        return claim
    ends = {c.endpoint: c for c in claims if c.pair_id and c.span == claim.span and c.measure == claim.measure}
    ids = {c.pair_id for c in claims if c.pair_id and c.span == claim.span}
    if len(ids) != 1 or set(ends) != {"from", "to"}:
        return claim
    first, last = ends["from"], ends["to"]
    if claim.direction != ("down" if (last.value or 0) < (first.value or 0) else "up"):
        return claim
    update: dict[str, object] = {"pair_id": first.pair_id, "implied": first.implied}
    if last.period and (claim.period is None or _is_of(claim.period, first) or _is_of(claim.period, last)):
        update["period"] = last.period
    own = [place for place, c in zip(numbers, claims, strict=True) if place and c.pair_id == first.pair_id]
    if first.period and _is_open(claim.baseline, own):
        known = first.period.readings[0] if first.period.readings else None
        if known and known.start and known.end:
            update["baseline"] = Baseline(
                text=first.period.text, span=first.period.span, kind="explicit_date", start=known.start, end=known.end
            )
    return claim.model_copy(update=update)


def _is_of(period: Period, end: Claim) -> bool:
    """Whether a period is the one of an end of the pair, taken by a claim that has none itself."""
    return bool(period.span and end.period and end.period.span == period.span)


def _is_open(baseline: Baseline | None, ends: Sequence[Place]) -> bool:
    """Whether a change names no baseline apart from the pair itself."""
    if baseline is None or baseline.kind == "none" or baseline.span is None:
        return True
    return any(overlap(baseline.span.start, baseline.span.end, place) for place in ends)
