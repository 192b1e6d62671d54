"""Each claim of a document against every reading of its period and its baseline.

The rules speak of kinds of claims and kinds of figures, never of one document. A number is compared only with
figures of the same measure, place and period; where only another period has a figure, the reading says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from counterflow.brief.schema import Brief, Claim
from counterflow.evidence.catalog import Measure
from counterflow.evidence.checking import sets
from counterflow.evidence.checking.baselines import NO_PERIOD, comparisons, stated_spans
from counterflow.evidence.checking.comparing import signed, spell_number
from counterflow.evidence.checking.counts import (
    Count,
    counts_of,
    held_from_to,
    left_open,
    measure_of,
    told_apart,
    untested_place,
    why_none,
)
from counterflow.evidence.checking.curve import DRAWN, curve_of
from counterflow.evidence.checking.figures import Source
from counterflow.evidence.checking.independence import judged
from counterflow.evidence.checking.issuer import publisher_of
from counterflow.evidence.checking.pairs import ends_of, implied_change, own_pair
from counterflow.evidence.checking.point_source import span_of
from counterflow.evidence.checking.reading import sentences
from counterflow.evidence.checking.records import run_of, thresholds
from counterflow.evidence.checking.rules import RULES, Rule, implied_contrast
from counterflow.evidence.checking.shares import shares
from counterflow.evidence.checking.sources import Group, sources_of
from counterflow.evidence.checking.verdict import rolled_up, with_chart
from counterflow.evidence.periods import overlap, spell
from counterflow.evidence.schema import BaselineCurve, Check, CheckReading, CheckVerdict
from counterflow.evidence.store import Store

SAME_PERIOD = 0.5  # share of days in common from which a figure may be what an incomplete claim spoke of


def check(
    brief: Brief, store: Store, *, interval: tuple[date, date], publisher: str | None = None
) -> tuple[Check, ...]:
    """Test every claim of the brief, in the document's order.

    `interval` is when the document was written (first and last possible day): a claim that names no period is
    read as about the latest figures of that time. `publisher` is the party code of whoever issued the document
    ("US.WH"); where it is None, the document is asked. Raises EvidenceError only where the store is broken, never
    for what a claim says.
    """
    whose = publisher_of(brief) if publisher is None else publisher
    kept: Kept = {}
    return tuple(check_claim(c, store, interval, among=brief.claims, publisher=whose, kept=kept) for c in brief.claims)


def check_claim(
    claim: Claim,
    store: Store,
    interval: tuple[date, date],
    *,
    among: Sequence[Claim] = (),
    publisher: str = "",
    kept: Kept | None = None,
) -> Check:
    """Test one claim against every source of its measure, official series first.

    `among` are the claims of its document, of which some may be the other end of its pair. `kept` holds the sources
    already made, by measure and place; pass one dictionary to all calls on one store to save time.
    """
    measure = measure_of(claim)
    if reason := _why_not(claim, measure):
        return _untested(claim, *reason)
    if claim.incomplete or claim.checkability == "incomplete":
        return _incomplete(claim, measure, store)
    if measure is None:
        return _untested(claim, "no_series", f"No figures on {claim.measure_text.strip() or claim.measure} are held.")
    counts = counts_of(claim, measure, lambda meant: _sources(meant, claim.place, store, {} if kept is None else kept))
    ends = ends_of(claim, among)
    tried = [_read(claim, count, store, interval, ends) for count in counts]
    readings = [
        row
        for count, found in zip(counts, tried, strict=True)
        for row in told_apart(judged(found.readings, claim, count.measure, publisher), count)
    ]
    if ends and claim.endpoint is None and (own := own_pair(claim, ends)):
        readings.append(own)
    found = next((one for one in tried if one.used), tried[0])
    meant = counts[tried.index(found)]
    checked = rolled_up(claim, readings, meant.measure, found.reason or why_none(claim, meant))
    said = checked.explanation + (held_from_to(meant) if checked.verdict == "no_series" else "")
    said = " ".join(filter(None, (left_open(measure, counts, meant), said)))
    checked = checked.model_copy(update={"curve": found.curve, "explanation": said})
    return with_chart(checked, meant.sources, found.used, interval)


class Found(NamedTuple):
    """What testing a claim gave: its rows, the source that settled it, its curve, and why there are no rows."""

    readings: list[CheckReading]
    used: Source | None = None
    curve: BaselineCurve | None = None
    reason: str = ""


def _read(
    claim: Claim,
    count: Count,
    store: Store,
    interval: tuple[date, date],
    ends: tuple[Claim, Claim] | None,
) -> Found:
    """Every reading of a claim on one count that it may mean, by the rule for its type."""
    measure, sources = count.measure, count.sources
    if measure.kind == "set":
        readings, reason = sets.members(claim, measure, store, interval)
        return Found(readings, reason=reason)
    if reason := untested_place(claim, count):
        return Found([], reason=reason)
    if measure.lever and claim.claim_type == "level":
        return Found(sets.sizes(claim, measure, store, interval))
    if claim.claim_type == "share":
        readings, reason = shares(claim, measure, store, interval)
        return Found(readings, reason=reason)
    rule = RULES[claim.claim_type]
    if claim.claim_type in OF_A_LEVEL and run_of(claim):
        rule = thresholds
    readings, used = _settled(claim, rule, sources, interval)
    curve = None
    if used and claim.claim_type in DRAWN:
        curve = curve_of(claim, used, comparisons(claim, used, interval))
    if claim.claim_type == "level":
        readings += implied_contrast(claim, sources, readings)
        if used and ends and claim.endpoint == "to":
            readings += implied_change(ends, used, interval)
    return Found(readings, used, curve)


OF_A_LEVEL = {"level", "threshold"}
STANDS_IN = "a stand-in, not compared where figures of the measure itself are known"


def _settled(
    claim: Claim, rule: Rule, sources: Sequence[Source], interval: tuple[date, date]
) -> tuple[list[CheckReading], Source | None]:
    """The readings on the first source that can be compared with the claim, after those that cannot.

    One source settles a claim: the next would count the same thing in another way. How high a level is, a series that
    only stands in for the measure settles only where nothing that counts the measure itself does; how it changed, it
    tells as well.
    """
    readings: list[CheckReading] = []
    used: Source | None = None
    for source in sources:
        if used is not None and (source.proxy or claim.claim_type not in OF_A_LEVEL):
            continue
        rows = rule(claim, source, interval)
        compared = any(r.outcome != "not comparable" for r in rows)
        if used is not None and not compared:
            continue
        if readings and not compared and all(NO_PERIOD in r.period for r in rows):
            continue  # what one source cannot tell of no period, another cannot either
        if used is not None:
            readings = [_stood_in(r) for r in readings]
        readings += rows
        if compared:
            used = source
            if not source.proxy:
                break
    return readings, used


def _stood_in(reading: CheckReading) -> CheckReading:
    if reading.outcome == "not comparable":
        return reading
    update = {"outcome": "not comparable", "tolerance": None, "note": sentences([STANDS_IN, reading.note])}
    return reading.model_copy(update=update)


Kept = dict[tuple[str, str | None], tuple[Group, ...]]


def _sources(measure: Measure, place: str | None, store: Store, kept: Kept) -> tuple[Group, ...]:
    if (measure.code, place) not in kept:
        kept[measure.code, place] = sources_of(measure, place, store)
    return kept[measure.code, place]


NOT_BY_FIGURES = {
    "comparison": "A comparison of two things in one sentence is not tested: the claim names one measure, not both.",
    "duration": "A length of time is not tested: no series held counts how long something lasted.",
}


def _why_not(claim: Claim, measure: Measure | None) -> tuple[CheckVerdict, str] | None:
    """The verdict and the reason for a claim that nothing is looked up for; None for every other."""
    if claim.polarity == "negated":
        return "not_checkable", "The document denies this figure, so it is not tested."
    if claim.incomplete or claim.checkability == "incomplete":
        return None
    if claim.measure is None:
        return "not_checkable", "What is counted has no counterpart among the figures held."
    if measure is None:
        return None
    if reason := NOT_BY_FIGURES.get(claim.claim_type):
        return "not_checkable", reason
    if measure.kind == "set" and claim.claim_type != "level":
        return "not_checkable", f"Of {measure.title} only the number is tested, not a {_words(claim)}."
    if claim.claim_type == "record" and claim.direction == "none":
        return "not_checkable", "The claim does not say whether it is the highest or the lowest, so it is not tested."
    if claim.claim_type in ("level", "threshold", "share") and claim.value is None:
        return "not_checkable", "The claim gives no number."
    if claim.period and claim.period.text and not stated_spans(claim) and not _is_run(claim):
        words = " ".join(claim.period.text.split())
        why = next((f": {r.why}" for r in claim.period.readings if r.why), "")
        return "not_checkable", f"The period “{words}” could not be placed in time{why}."
    return None


def _is_run(claim: Claim) -> bool:
    """Whether the claim is of a level kept for some months in a row, which ends with its period or with the latest."""
    return claim.claim_type in OF_A_LEVEL and run_of(claim) is not None


def _words(claim: Claim) -> str:
    return {"change_pct": "change", "change_abs": "change", "change_factor": "change"}.get(
        claim.claim_type, claim.claim_type
    )


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
                    period=spell(own),
                    baseline_label=point.label,
                    baseline_kind="candidate",
                    series_id="points",
                    source_title=point.label,
                    source_url=point.source,
                    vintage=store.vintage,
                    observed=point.value,
                    observed_text=f"{signed(point.value, '+g')}%"
                    if percent
                    else f"{spell_number(point.value)} {point.unit}",
                    tolerance=None,
                    outcome="not comparable",
                    official=False,
                    issuer=point.issuer,
                    trust=point.trust,
                    note=sentences([note, point.note]),
                )
            )
    found = f" {len(readings)} published figures are for the same days; none is chosen." if readings else ""
    explanation = f"Words are missing from the claim, so what it states is not known.{found}"
    return Check(claim=claim, verdict="incomplete", explanation=explanation, readings=tuple(readings))
