"""Claims that the record of events settles: how many groups were listed, how many troops were ordered."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from counterflow.brief.schema import Claim
from counterflow.evidence.baselines import stated_spans
from counterflow.evidence.catalog import Measure
from counterflow.evidence.comparing import agrees, spell_number, tolerance
from counterflow.evidence.schema import CheckReading, Event, Outcome, Point
from counterflow.evidence.store import Store

ORDERED = {
    "announced",
    "decided",
}  # the size of such an act is what was ordered; of one in force, what was there
UNSEEN = "memory_unverified"  # such events may be shown elsewhere, but they settle nothing


def members(claim: Claim, measure: Measure, store: Store, interval: tuple[date, date]) -> list[CheckReading]:
    """How many a list named when the document was written: all, and those based in one country."""
    last = max([interval[1], *(span.end for span in stated_spans(claim))])
    acts = [e for e in store.events(before=last) if e.instrument == measure.instrument and e.status != UNSEEN]
    if not acts:
        return []
    groups = [("all organisations", {e.organisation for e in acts})]
    if measure.subset:
        based = {e.organisation for e in acts if e.base.split("/")[0] == measure.subset}
        groups.append((f"those based in {measure.subset}", based))
    days = Counter(e.date for e in acts)
    when = ", ".join(f"{n} on {day.day} {day:%b %Y}" for day, n in sorted(days.items()))
    return [
        CheckReading(
            period_label=f"listed by {last.day} {last:%b %Y}",
            baseline_label=label,
            baseline_kind="set",
            source_id="events",
            source_title=f"{measure.title}: {when}",
            source_url=_address(acts[0].source),
            vintage=store.sources["vintage"],
            observed=float(len(names)),
            observed_text=str(len(names)),
            numerator=float(len(names)),
            tolerance=0.0,
            # a count of named things is exact: it is not rounded
            outcome=_exactly(claim, len(names)),
            official=True,
            note="; ".join(sorted(names)),
        )
        for label, names in groups
    ]


def _exactly(claim: Claim, count: int) -> Outcome:
    if claim.value is not None and claim.bound in ("=", "~") and claim.value_high is None:
        return "holds" if count == claim.value else "does not hold"
    return agrees(claim, float(count), 0.0)


def sizes(claim: Claim, measure: Measure, store: Store, interval: tuple[date, date]) -> list[CheckReading]:
    """The size of an act (troops sent) against the sizes on record around its date.

    Where the claim states what an action sent, figures of what was there in all are shown but not compared,
    and the other way round. The closest come first.
    """
    spans = stated_spans(claim)
    margin = timedelta(days=measure.nearest_days)
    first = min((span.start for span in spans), default=interval[0]) - margin
    last = max([interval[1], *(span.end for span in spans)])
    speaks_of_sent = claim.action_id is not None

    def compared(is_sent: bool) -> bool:
        return measure.additions is None or is_sent == speaks_of_sent

    readings = []
    for code in (measure.additions, measure.code):
        for point in store.points(code) if code else ():
            if point.start and first <= point.start <= last:
                readings.append(_of_point(claim, point, store, compared(code == measure.additions)))
    for event in store.events(measure.lever, before=last):
        if event.date >= first and event.status != UNSEEN:
            readings += _of_event(claim, event, measure, store, compared(event.date_kind in ORDERED))
    once = {(r.period_label, r.observed, r.outcome): r for r in reversed(readings)}  # the first of equals stays
    return sorted(once.values(), key=lambda r: (r.outcome == "not comparable", _distance(claim, r)))


def _distance(claim: Claim, reading: CheckReading) -> float:
    return abs((reading.observed or 0.0) - (claim.value or 0.0))


def _of_point(claim: Claim, point: Point, store: Store, comparable: bool) -> CheckReading:
    value = point.value
    sign = {"=": "", ">": "over ", "<": "up to ", "~": "about "}[point.bound]
    return _size(
        claim, point.start or date.min, point.label, sign + spell_number(value), value, comparable,
        "points", point.label, point.source, store.sources["vintage"], point.note,
    )  # fmt: skip


def _of_event(claim: Claim, event: Event, measure: Measure, store: Store, comparable: bool) -> list[CheckReading]:
    """The number in the event's size, and the sum where it adds another ("1,500 (+100) troops")."""
    match = re.search(rf"([\d,]*\d)(?: \(\+([\d,]*\d)\))? {measure.event_unit}\b", event.size)
    if not match:
        return []
    number = float(match[1].replace(",", ""))
    found = [(number, "")]
    if match[2]:
        found.append((number + float(match[2].replace(",", "")), f", with the {match[2]} added"))
    what = "ordered" if event.date_kind in ORDERED else "in place"
    note = "" if event.status.startswith("seen") else event.status
    return [
        _size(
            claim, event.date, f"{event.actor}, {event.instrument}: {what}{extra}", spell_number(value),
            value, comparable, "events", event.what, _address(event.source), store.sources["vintage"], note,
        )
        for value, extra in found
    ]  # fmt: skip


def _size(
    claim: Claim,
    day: date,
    label: str,
    words: str,
    value: float,
    comparable: bool,
    source_id: str,
    title: str,
    source: str,
    vintage: str,
    note: str,
) -> CheckReading:
    outcome = agrees(claim, value, 0.0) if comparable else "not comparable"
    apart = ""
    if comparable and claim.value and value:
        apart = f": stated figure {100 * (claim.value / value - 1):+.1f}%"
    return CheckReading(
        period_label=f"{day.day} {day:%b %Y}",
        baseline_label=label,
        baseline_kind="size",
        source_id=source_id,
        source_title=title,
        source_url=source,
        vintage=vintage,
        observed=value,
        observed_text=words + apart,
        numerator=value,
        tolerance=tolerance(claim, 0.0) if comparable else None,
        outcome=outcome,
        official=False,
        note=note if comparable else "; ".join(n for n in ("another thing is counted", note) if n),
    )


def _address(source: str) -> str:
    """The first address in a source line, or the line itself."""
    match = re.search(r"https?://\S+", source)
    return match[0] if match else source
