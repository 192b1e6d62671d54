"""Claims that a sentence gives as the two ends of a change, and a percentage beside them.

A pair implies a change: it is set against what the series shows between the same two periods. A percentage in the
same sentence is set against its own pair; that tests the document against itself, not against the world.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counterflow.brief.schema import Claim
from counterflow.evidence.checking.baselines import period_figures
from counterflow.evidence.checking.comparing import agrees, like_with_like, signed, spell_number, tolerance
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.reading import reading
from counterflow.evidence.schema import CheckReading, Outcome

OWN_PAIR = "own_pair"  # baseline_kind of the document set against itself


def ends_of(claim: Claim, claims: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """The two ends (from, to) of the pair that a claim belongs to; None where it belongs to none."""
    if claim.pair_id is None:
        return None
    ends = {c.endpoint: c for c in claims if c.pair_id == claim.pair_id and c.endpoint and c.value is not None}
    first, last = ends.get("from"), ends.get("to")
    return (first, last) if first and last and first.value else None


def implied_change(ends: tuple[Claim, Claim], source: Source, interval: tuple[date, date]) -> list[CheckReading]:
    """The change from one end of a pair to the other, as stated and as the source shows it, in percent."""
    first, last = ends
    stated = 100 * ((last.value or 0.0) / (first.value or 1.0) - 1)
    # a percentage moves by about as much as either level may be rounded
    rounded = sum(tolerance(end, 0.0) / end.value for end in ends if end.value)
    readings = []
    for label, now in period_figures(last, source, interval):
        for before_label, then in period_figures(first, source, interval):
            if now.fit != "covers" or then.fit != "covers" or now.span == then.span or not then.value:
                continue
            value, base, per = like_with_like(now, then, last)
            observed = 100 * (value / base - 1)
            allowed = 100 * value / base * (rounded + now.uncertainty + then.uncertainty)
            fits: Outcome = "holds" if abs(observed - stated) <= allowed else "does not hold"
            comparable = now.complete and then.complete
            readings.append(
                reading(
                    now,
                    label=label,
                    baseline=f"the change that the pair implies, from {before_label}",
                    kind="implied_change",
                    observed=observed,
                    words=f"{spell_number(value)} against {spell_number(base)}{per}: {signed(observed)}%; the pair as "
                    f"stated gives {signed(stated)}%",
                    allowed=allowed if comparable else None,
                    outcome=fits if comparable else "not comparable",
                    notes=("" if comparable else "figures are missing",),
                    against=then,
                    pair=(value, base),
                )
            )
    return readings


def own_pair(claim: Claim, ends: tuple[Claim, Claim]) -> CheckReading | None:
    """A stated change against the two levels of its own sentence; None where it is no change with a number.

    `observed` is what the pair gives: percent, a number, or a factor, as the claim. The tolerance is the rounding of
    the change and of both levels.
    """
    first, last = (end.value or 0.0 for end in ends)
    sign = -1.0 if claim.direction == "down" else 1.0
    rounded = sum(tolerance(end, 0.0) / end.value for end in ends if end.value)
    given = {
        "change_pct": (100 * (last / first - 1), sign * 100 * (last / first - 1), 100 * last / first * rounded, "%"),
        "change_abs": (last - first, sign * (last - first), sum(tolerance(end, 0.0) for end in ends), ""),
        "change_factor": (
            last / first,
            last / first if sign > 0 or (claim.value or 2) < 1 else first / (last or 1.0),
            last / first * rounded,
            " times",
        ),
    }.get(claim.claim_type)
    if given is None or claim.value is None:
        return None
    observed, size, allowed, unit = given
    shown = signed(observed) if claim.claim_type == "change_pct" else spell_number(observed)
    return CheckReading(
        period="in the document",
        baseline_label=f"its own pair: from {spell_number(first)} to {spell_number(last)}",
        baseline_kind=OWN_PAIR,
        series_id="document",
        source_title="the two levels in the same sentence",
        source_url="",
        vintage="",
        observed=observed,
        observed_text=f"the pair gives {shown}{unit}",
        numerator=last,
        denominator=first,
        tolerance=tolerance(claim, allowed),
        outcome=agrees(claim, size, allowed),
        named=False,
        official=False,
        independent=False,
        note="The document set against itself: no test against the world",
    )
