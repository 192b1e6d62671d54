"""The baseline curve: one change against every baseline that could have been chosen, and how special the chosen is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.baselines import UNNAMED, Compared
from counterflow.evidence.checking.comparing import as_rate, footing, in_unit_of, rounding
from counterflow.evidence.checking.definitions import breaks_between, incomparable
from counterflow.evidence.checking.figures import Figure, Source
from counterflow.evidence.periods import spell
from counterflow.evidence.schema import BaselineCurve, CurveMark, CurvePoint

DRAWN = {"change_pct", "change_abs", "change_factor", "trend"}
USUAL = {"same_period_last_year", "period_average"}
FEW = 3  # of fewer possible baselines no percentile says anything


def percentile(size: float, ordered: Sequence[float]) -> float:
    """Where a change stands among all possible ones: 0 (the smallest) to 100 (the largest).

    The share of `ordered` (sizes of change in the claimed direction, ascending, not empty) that is smaller than
    `size`, ties counted as half: the mean of the strict and the weak empirical distribution function ("mid-rank").
    """
    return 50.0 * (bisect_left(ordered, size) + bisect_right(ordered, size)) / len(ordered)


def curve_of(claim: Claim, source: Source, compared: Sequence[Compared]) -> BaselineCurve | None:
    """The claim's first compared period against every possible baseline period of the source before it.

    `compared` are the claim's readings on that source. Like is set against like as in a reading: totals of periods
    of one length, else averages a day. None for a claim that is no change, and where too little can be compared.
    """
    fitting = [c for c in compared if c.period.fit in ("covers", "nearby") and not incomparable(c.period)]
    if claim.claim_type not in DRAWN or not fitting:
        return None
    period, label = fitting[0].period, fitting[0].period_label
    points = _points(period, source, claim)
    if len(points) < FEW:
        return None
    ordered = sorted(_size(point.change, claim) for point in points)
    marks: dict[bool, list[CurveMark]] = {True: [], False: []}
    for one in fitting:
        named = UNNAMED not in one.note and not one.unclear
        change = _change(period, one.baseline, claim)
        if one.period == period and change is not None and (named or one.baseline_kind in USUAL):
            mark = CurveMark(
                label=one.baseline_label,
                start=one.baseline.span.start,
                change=change,
                percentile=percentile(_size(change, claim), ordered),
            )
            marks[named].append(mark)
    stated = _stated(claim, period, source)
    chosen, usual = tuple(marks[True]), tuple(marks[False])
    return BaselineCurve(
        title=source.title,
        period_label=label,
        points=points,
        stated=stated,
        chosen=chosen,
        usual=usual,
        sentence=_sentence(
            claim, f"{_possible(source)} of {spell(period.span)}", points, ordered, stated, chosen, usual
        ),
    )


def _points(period: Figure, source: Source, claim: Claim) -> tuple[CurvePoint, ...]:
    """The change against every period of the source that was over before; none across what cannot be compared."""
    points = []
    for slot in source.slots:
        if slot.span.end >= period.span.start or slot.value <= 0:
            continue
        breaks = breaks_between(period.source_id, slot.span.start, period.span.end)
        if any(not changed.splice for changed in breaks):
            continue
        now, then, _ = footing(period, slot.value, slot.days, claim)
        points.append(
            CurvePoint(
                label=slot.label,
                start=slot.span.start,
                change=100 * (now / then - 1),
                value=then,
                crosses_break=bool(breaks),
            )
        )
    return tuple(points)


def _change(period: Figure, baseline: Figure, claim: Claim) -> float | None:
    """The change in percent; None where the two cannot be compared."""
    if baseline.value <= 0 or incomparable(period, baseline):
        return None
    now, then, _ = footing(period, baseline.value, baseline.days, claim)
    return 100 * (now / then - 1)


def _size(change: float, claim: Claim) -> float:
    """A change in the claimed direction: positive where it goes that way; its amount where none is claimed."""
    return {"up": change, "down": -change}.get(claim.direction, abs(change))


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


def _possible(source: Source) -> str:
    """What the points of a curve are baselines of, in words."""
    if source.kind == "rolling12":
        return "baselines of twelve months"
    grains = {slot.grain for slot in source.slots}
    if grains == {"month"}:
        return "baseline months"
    return "baseline years" if grains == {source.year} else "baseline periods"


def _sentence(
    claim: Claim,
    possible: str,
    points: Sequence[CurvePoint],
    ordered: Sequence[float],
    stated: float | None,
    chosen: Sequence[CurveMark],
    usual: Sequence[CurveMark],
) -> str:
    what = {"up": "rise", "down": "fall"}.get(claim.direction, "change")
    if stated is None:
        count, size = len(ordered) - bisect_right(ordered, 0.0), ""
    else:
        # as stated, "93%" is anything from 92.5; "over 93%" is not rounded
        allowed = (
            rounding(claim.value or 0.0, "percent") if claim.claim_type == "change_pct" and claim.bound in "=~" else 0.0
        )
        count, size = (
            len(ordered) - bisect_left(ordered, _size(stated, claim) - allowed),
            " at least as large as stated",
        )
    number = "all" if count == len(points) else count or "none"
    give = "gives" if count < 2 else "give"
    parts = [f"Of {len(points)} possible {possible}, {number} {give} a {what}{size}"]
    at = sorted(mark.percentile for mark in chosen)
    if len(at) == 1:
        parts.append(f"the one that the document names lies at the {ordinal(at[0])} percentile")
    elif at:
        parts.append(
            f"the {len(at)} readings of the one that the document names lie between the {ordinal(at[0])} and the "
            f"{ordinal(at[-1])} percentile"
        )
    else:
        words = claim.baseline.text if claim.baseline else ""
        parts.append("the one that the document names is not among them" if words else "the document names none")
    short = {mark.label.partition(":")[0]: mark for mark in reversed(usual)}  # of several alike the first stays
    lie = " lies" if not at else ""
    parts += [f"{label}{lie} at the {ordinal(mark.percentile)}" for label, mark in reversed(short.items())]
    broken = sum(point.crosses_break for point in points)
    across = f" Against {broken} of them the comparison crosses a definition break." if broken else ""
    return "; ".join(parts) + f" (100 = the largest {what})." + across


def ordinal(share: float) -> str:
    """A percentile in words: "97th", "62nd"; never "0th" or "100th", which would promise more than a rank can."""
    number = min(99, max(1, int(share + 0.5)))
    end = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"
