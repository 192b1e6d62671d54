"""The baseline curve: one change against every baseline that could have been chosen, and how special the chosen is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.baselines import UNNAMED, Compared
from counterflow.evidence.checking.comparing import as_rate, footing, in_unit_of
from counterflow.evidence.checking.curve_words import (
    across,
    marked,
    percentile,
    rank_words,
    ranked,
    size_of,
    unranked,
)
from counterflow.evidence.checking.definitions import breaks_between, breaks_of, incomparable
from counterflow.evidence.checking.figures import Figure, Slot, Source
from counterflow.evidence.periods import Grain, Span, calendar_year, fiscal_year, grain_of, spell
from counterflow.evidence.schema import BaselineCurve, CurveMark, CurvePoint

DRAWN = {"change_pct", "change_abs", "change_factor", "trend"}
USUAL = {"same_period_last_year", "period_average"}
YEARS: set[Grain] = {"fiscal year", "calendar year"}
RANKED: set[Grain] = {"month", *YEARS}
FEW = 3  # fewer possible baselines make no curve
ENOUGH = 10  # of fewer baselines of one grain that do not overlap no percentile says anything


class SetAgainst(NamedTuple):
    """A possible baseline and the change from it to the period of the claim."""

    slot: Slot
    change: float  # percent, negative for a fall
    then: float  # what was counted, on the footing of the comparison
    broken: bool  # whether a definition changed in between


def curve_of(claim: Claim, source: Source, compared: Sequence[Compared]) -> BaselineCurve | None:
    """The claim's first compared period against every possible baseline period of the source before it.

    `compared` are the claim's readings on that source. Like is set against like as in a reading: totals of periods
    of one length, else averages a day. None for a claim that is no change, and where too little can be compared.
    """
    fitting = [c for c in compared if c.period.fit in ("covers", "nearby") and not incomparable(c.period)]
    if claim.claim_type not in DRAWN or not fitting:
        return None
    period, label = fitting[0].period, fitting[0].period_label
    slots = _drawn(period, source)
    drawn = tuple(_set_against(period, slots, claim))
    if len(drawn) < FEW:
        return None
    grains = {grain_of(one.baseline.span) for one in fitting} | {slot.grain for slot in slots}
    ranks = {grain: _sizes(grain, drawn, period, source, claim) for grain in grains & RANKED}
    marks: dict[bool, list[CurveMark]] = {True: [], False: []}
    for one in fitting:
        named = UNNAMED not in one.note and not one.unclear
        change = _change(period, one.baseline, claim)
        if one.period == period and change is not None and (named or one.baseline_kind in USUAL):
            marks[named].append(_mark(one, change, ranks, claim))
    stated = _stated(claim, period, source)
    chosen, usual = tuple(marks[True]), tuple(marks[False])
    grain = _one_grain(slots)
    if grain and (ordered := ranks.get(grain)):
        head = ranked(claim, period.span, grain, ordered, stated)
    else:
        head = unranked(len(drawn), source.series_id == "points", source.kind == "rolling12")
    return BaselineCurve(
        title=source.title,
        period=label,
        points=tuple(
            CurvePoint(
                label=d.slot.label, start=d.slot.span.start, change=d.change, value=d.then, crosses_break=d.broken
            )
            for d in drawn
        ),
        stated=stated,
        chosen=chosen,
        usual=usual,
        sentence=" ".join([head, *marked(claim, chosen, usual), *across(len(drawn), sum(d.broken for d in drawn))]),
    )


def _drawn(period: Figure, source: Source) -> tuple[Slot, ...]:
    """What a period is drawn against: where it is a year, the years of a series that has enough of them, else the
    periods that have a figure of their own."""
    years = _slots_of(grain_of(period.span), source) if grain_of(period.span) in YEARS else ()
    enough = len([slot for slot in years if slot.span.end < period.span.start]) >= ENOUGH
    return years if enough and source.series_id != "points" else source.slots


def _slots_of(grain: Grain, source: Source) -> tuple[Slot, ...]:
    """The periods of one grain: those with a figure of their own, else the complete years of a series by months."""
    own = tuple(slot for slot in source.slots if slot.grain == grain)
    if own or grain not in YEARS or not source.slots or source.kind == "rolling12":
        return own
    make = fiscal_year if grain == "fiscal year" else calendar_year
    first, last = source.slots[0].span.start.year, source.slots[-1].span.end.year
    spans = [make(year) for year in range(first, last + 2)]
    figures = [f for span in spans for f in source.over(span) if f.complete and f.span == span]
    return tuple(Slot(f.span, f.value, f.days, spell(f.span), grain) for f in figures)


def _one_grain(slots: Sequence[Slot]) -> Grain | None:
    """The grain that all the periods have; None where they have several."""
    grains = {slot.grain for slot in slots}
    return next(iter(grains)) if len(grains) == 1 else None


def _sizes(
    grain: Grain, drawn: Sequence[SetAgainst], period: Figure, source: Source, claim: Claim
) -> tuple[float, ...]:
    """The sizes of change against the possible baselines of a grain, ascending; () where too few do not overlap.

    Months are ranked among months and years among years: a month is more extreme than the year that holds it, and a
    rank among both would count the same days twice.
    """
    same = [d for d in drawn if d.slot.grain == grain]
    same = same or list(_set_against(period, _slots_of(grain, source), claim))
    if _apart([d.slot.span for d in same]) < ENOUGH:
        return ()
    return tuple(sorted(size_of(d.change, claim) for d in same))


def _apart(spans: Sequence[Span]) -> int:
    """How many of some periods can be chosen at most so that no two overlap."""
    count, end = 0, date.min
    for span in sorted(spans, key=lambda s: s.end):
        if span.start > end:
            count, end = count + 1, span.end
    return count


def _mark(one: Compared, change: float, ranks: Mapping[Grain, tuple[float, ...]], claim: Claim) -> CurveMark:
    grain = grain_of(one.baseline.span)
    ordered, size = ranks.get(grain, ()), size_of(change, claim)
    return CurveMark(
        label=one.baseline_label,
        start=one.baseline.span.start,
        change=change,
        percentile=percentile(size, ordered) if ordered else None,
        rank=rank_words(size, ordered, grain) if ordered else "",
        crosses_break=bool(breaks_of(one.period, one.baseline)),
    )


def _set_against(period: Figure, slots: Sequence[Slot], claim: Claim) -> Iterator[SetAgainst]:
    """The change against every period that was over before; none across what cannot be compared."""
    for slot in slots:
        if slot.span.end >= period.span.start or slot.value <= 0:
            continue
        breaks = breaks_between(period.series_id, slot.span.start, period.span.end)
        if any(not changed.splice for changed in breaks):
            continue
        now, then, _ = footing(period, slot.value, slot.days, claim)
        yield SetAgainst(slot, 100 * (now / then - 1), then, bool(breaks))


def _change(period: Figure, baseline: Figure, claim: Claim) -> float | None:
    """The change in percent; None where the two cannot be compared."""
    if baseline.value <= 0 or incomparable(period, baseline):
        return None
    now, then, _ = footing(period, baseline.value, baseline.days, claim)
    return 100 * (now / then - 1)


def _stated(claim: Claim, period: Figure, source: Source) -> float | None:
    """The change that the document states, in percent with its sign; None for a trend or another unit."""
    if claim.value is None or claim.claim_type == "trend":
        return None
    sign = -1.0 if claim.direction == "down" else 1.0
    if claim.claim_type == "change_pct":
        return sign * claim.value
    if claim.claim_type == "change_factor":
        factor = claim.value if claim.value < 1 or sign > 0 else 1 / claim.value
        return 100 * (factor - 1)
    scale = in_unit_of(claim, 1.0, source.unit)
    if not scale:
        return None
    now = as_rate(period, claim)
    before = now - sign * claim.value / scale  # what there was, if the number and the figure for the period are right
    return 100 * (now / before - 1) if before > 0 else None
