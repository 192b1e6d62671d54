"""Each claim of a document against every reading of its period and its baseline.

The rules speak of kinds of claims and kinds of figures, never of one document. A number is compared only with
figures of the same measure, place and period; where only another period has a figure, the reading says so.
"""

from __future__ import annotations

import re
from datetime import date

from counterflow.brief.schema import Brief, Claim
from counterflow.evidence.catalog import Measure, measures
from counterflow.evidence.checking import sets
from counterflow.evidence.checking.baselines import stated_spans
from counterflow.evidence.checking.comparing import signed, spell_number
from counterflow.evidence.checking.point_source import span_of
from counterflow.evidence.checking.rules import RULES, implied_contrast
from counterflow.evidence.checking.sources import sources_of
from counterflow.evidence.checking.verdict import rolled_up, with_chart
from counterflow.evidence.periods import overlap, spell
from counterflow.evidence.schema import Check, CheckReading, CheckVerdict
from counterflow.evidence.store import Store

SAME_PERIOD = 0.5  # share of days in common from which a figure may be what an incomplete claim spoke of


def check(brief: Brief, store: Store, *, interval: tuple[date, date]) -> tuple[Check, ...]:
    """Test every claim of the brief, in the document's order.

    `interval` is when the document was written (first and last possible day): a claim that names no period is
    read as about the latest figures of that time. Raises EvidenceError only where the store is broken, never
    for what a claim says.
    """
    return tuple(check_claim(claim, store, interval) for claim in brief.claims)


def check_claim(claim: Claim, store: Store, interval: tuple[date, date]) -> Check:
    """Test one claim against every source of its measure, official series first."""
    measure = _measure_of(claim)
    if claim.polarity == "negated":
        return _untested(claim, "not_checkable", "The document denies this figure, so it is not tested.")
    if claim.incomplete or claim.checkability == "incomplete":
        return _incomplete(claim, measure, store)
    if claim.measure is None:
        return _untested(claim, "not_checkable", "What is counted has no counterpart among the figures held.")
    if measure is None:
        return _untested(claim, "no_series", f"No figures on {claim.measure_text.strip() or claim.measure} are held.")
    if claim.claim_type not in RULES or (measure.kind == "set" and claim.claim_type != "level"):
        kind = claim.claim_type.replace("_", " ")
        return _untested(claim, "not_checkable", f"A {kind} in {measure.title} is not tested.")
    if claim.period and claim.period.text and not stated_spans(claim):
        words = " ".join(claim.period.text.split())
        return _untested(claim, "not_checkable", f"The period “{words}” could not be placed in time.")
    sources = sources_of(measure, claim.place, store)
    readings: list[CheckReading] = []
    used = None
    if measure.kind == "set":
        readings = sets.members(claim, measure, store, interval)
    elif measure.lever and claim.claim_type == "level":
        readings = sets.sizes(claim, measure, store, interval)
    else:
        for source in sources:
            found = RULES[claim.claim_type](claim, source, interval)
            readings += found
            if any(r.outcome != "not comparable" for r in found):
                used = source
                break  # one source settles it: the next would count the same thing in another way
        if claim.claim_type == "level":
            readings += implied_contrast(claim, sources, readings)
    return with_chart(rolled_up(claim, readings, measure), sources, used, interval)


def _measure_of(claim: Claim) -> Measure | None:
    """The measure that the claim means: a narrower one where its own words say so."""
    measure = measures().get(claim.measure or "")
    words = f"{claim.measure_text} {claim.population or ''} {claim.quote_span.quote}"
    for pattern, code in measure.narrower.items() if measure else ():
        if re.search(pattern, words, re.IGNORECASE):
            return measures()[code]
    return measure


def _untested(claim: Claim, verdict: CheckVerdict, explanation: str) -> Check:
    return Check(claim=claim, verdict=verdict, explanation=explanation)


def _incomplete(claim: Claim, measure: Measure | None, store: Store) -> Check:
    """List what was published on the claim's own period, and choose none of it."""
    spans = [span for span in stated_spans(claim) if span.days > 1]
    codes = {measure.code, measure.change_points} if measure else None
    readings = []
    for point in store.points():
        own = span_of(point)
        if own is None or (codes and point.measure not in codes):
            continue
        if any(overlap(own, span) >= SAME_PERIOD for span in spans):
            percent = point.unit == "percent"
            note = "shown because it is for the same days; not chosen"
            readings.append(
                CheckReading(
                    period_label=spell(own),
                    baseline_label=point.label,
                    baseline_kind="candidate",
                    source_id="points",
                    source_title=point.label,
                    source_url=point.source,
                    vintage=store.sources["vintage"],
                    observed=point.value,
                    observed_text=f"{signed(point.value, '+g')}%"
                    if percent
                    else f"{spell_number(point.value)} {point.unit}",
                    tolerance=None,
                    outcome="not comparable",
                    official=False,
                    note=". ".join(n[0].upper() + n[1:] for n in (note, point.note) if n),
                )
            )
    found = f" {len(readings)} published figures are for the same days; none is chosen." if readings else ""
    explanation = f"Words are missing from the claim, so what it states is not known.{found}"
    return Check(claim=claim, verdict="incomplete", explanation=explanation, readings=tuple(readings))
