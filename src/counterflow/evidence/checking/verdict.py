"""What the readings of a claim add up to: the verdict, its reasons in plain words, and the chart to draw it
on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure, series_habits
from counterflow.evidence.checking.baselines import NO_PERIOD, stated_spans
from counterflow.evidence.checking.comparing import TON, signed, spell_number
from counterflow.evidence.checking.figures import DAYS_PER_MONTH, Source
from counterflow.evidence.schema import Check, CheckReading, CheckVerdict

DAYS_IN = {"day": 1.0, "week": 7.0, "month": DAYS_PER_MONTH, "year": 365.25}
FEW = 5  # fewer points than these make no chart where a series of the measure exists


def rolled_up(claim: Claim, readings: Sequence[CheckReading], measure: Measure) -> Check:
    """The verdict over all readings of what the document states: some, all or none hold, only the direction is
    known, or nothing could be compared. Baselines that it does not name are shown beside where it names one."""
    stated = [r for r in readings if r.named]
    holds = [r for r in stated if r.outcome == "holds"]
    fails = [r for r in stated if r.outcome == "does not hold"]
    same_way = [r for r in readings if r.outcome == "direction only"]
    verdict: CheckVerdict
    if same_way:
        verdict = "direction_only"
    elif holds or fails:
        verdict = "holds_some" if holds and fails else "holds_all" if holds else "holds_none"
    else:
        verdict = "not_checkable" if readings else "no_series"
    return Check(
        claim=claim,
        verdict=verdict,
        explanation=_explained(claim, verdict, holds, fails, same_way, measure)
        + _beside([r for r in readings if not r.named and r.outcome in ("holds", "does not hold")]),
        flags=_flags(claim, [r for r in readings if r.outcome != "not comparable"]),
        readings=tuple(readings),
    )


def _flags(claim: Claim, tested: Sequence[CheckReading]) -> tuple[str, ...]:
    """What a reader must know about all the figures at once."""
    if not tested:
        return ()
    ids = {r.source_id for r in tested}
    proxies = {series_id for series_id, habits in series_habits().items() if claim.measure in habits.proxy}
    flags = {
        "no official series": not ids - {"points", "events"} and ids != {"events"},
        "event record": ids == {"events"},
        "proxy series": bool(ids & proxies),
        "period mismatch": any("(stated: " in r.period_label for r in tested),
        "no period stated": all(NO_PERIOD in r.period_label for r in tested),
        "no baseline stated": claim.claim_type.startswith("change")
        and (claim.baseline is None or claim.baseline.kind == "none"),
    }
    return tuple(flag for flag, applies in flags.items() if applies)


def _explained(
    claim: Claim,
    verdict: CheckVerdict,
    holds: Sequence[CheckReading],
    fails: Sequence[CheckReading],
    same_way: Sequence[CheckReading],
    measure: Measure,
) -> str:
    def listed(readings: Sequence[CheckReading]) -> str:
        shown = "; ".join(f"{r.baseline_label} ({r.observed_text})" for r in readings[:2])
        return shown + (f"; and {len(readings) - 2} more" if len(readings) > 2 else "")

    if verdict == "no_series":
        return f"No figure on {measure.title} covers the claim."
    if verdict == "not_checkable" and claim.unit == "ton":
        return f"The claim is not compared with figures on {measure.title}: {TON}."
    if verdict == "not_checkable":
        return f"There are figures on {measure.title}, but none for the period and unit of the claim."
    if verdict == "direction_only":
        against = f" The other way against {listed(fails)}." if fails else ""
        return f"The claim has no number. Its direction is right against {listed(same_way)}.{against}"
    parts = []
    if holds:
        parts.append(f"Holds against {listed(holds)}.")
    if fails:
        parts.append(f"Does not hold against {listed(fails)}.")
    if measure.caveat:
        parts.append(f"Such figures are {measure.caveat}.")
    return " ".join(parts)


def _beside(readings: Sequence[CheckReading]) -> str:
    """What a reader should see against baselines that the document does not name."""
    if not readings:
        return ""
    shown = "; ".join(f"{r.baseline_label} ({r.observed_text})" for r in readings[:2])
    return f" Against baselines that it does not name: {shown}."


def with_chart(check: Check, sources: Sequence[Source], used: Source | None, interval: tuple[date, date]) -> Check:
    """Add the figures to draw the claim on, and the level that it states or implies, in their unit.

    Drawn is what the claim was tested against; where that is a handful of single figures, a series of the
    measure that reaches the time of the document, if there is one.
    """
    candidates = [(source, *source.chart()) for source in ((used,) if used else ()) + tuple(sources)]
    full = [c for c in candidates if len(c[1]) >= FEW and c[1][-1].date >= interval[0].replace(day=1)]
    chosen = next(iter(full or [c for c in candidates if c[1]]), None)
    if chosen is None:
        return check
    source, points, unit = chosen
    mark, label = _mark(check, unit, source.kind == "flow")
    return check.model_copy(
        update={
            "chart_title": source.title,
            "chart_unit": unit,
            "chart": points,
            "chart_mark": mark,
            "chart_mark_label": label,
        }
    )


def _mark(check: Check, unit: str, is_flow: bool) -> tuple[float | None, str]:
    """The level that the claim states or implies, in the chart's unit; None where it implies none."""
    claim = check.claim
    if claim.value is None:
        return None, ""
    days = DAYS_IN.get(unit.rpartition(" a ")[2], 1.0)
    if claim.claim_type == "level":
        if not is_flow:
            return claim.value, "as the document states"
        spans = stated_spans(claim)
        if not claim.rate and not spans:
            return None, ""
        per_day = claim.value / (DAYS_IN[claim.rate] if claim.rate else spans[0].days)
        return per_day * days, f"{spell_number(claim.value)} as stated, in {unit}"
    reading = next((r for r in check.readings if r.denominator and r.outcome != "not comparable"), None)
    if claim.claim_type != "change_pct" or reading is None or reading.denominator is None:
        return None, ""
    change = (-1 if claim.direction == "down" else 1) * claim.value
    base = reading.denominator * (days if " a day" in reading.observed_text else 1.0)
    return base * (1 + change / 100), f"{signed(change, '+g')}% from {reading.baseline_label}"
