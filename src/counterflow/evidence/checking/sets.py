"""Claims that the record of events settles: how many groups were listed, how many troops were ordered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from counterflow.brief.schema import Claim
from counterflow.evidence.catalog import Measure
from counterflow.evidence.checking.baselines import stated_spans
from counterflow.evidence.checking.comparing import agrees, signed, spell_number, tolerance
from counterflow.evidence.checking.reading import sentences
from counterflow.evidence.schema import CheckReading, Event, Outcome, Part, Point
from counterflow.evidence.store import Store

ORDERED = {"announced", "decided"}  # the size of such an act is what was ordered; of one in force, what was there
ONE_ACT = 14  # days: sizes no further apart are taken for tellings of one act
UNSEEN = "memory_unverified"  # such events may be shown elsewhere, but they settle nothing


NEITHER = "The record does not tell which of those listed the claim counts: it holds where each is based, and no more."


def members(
    claim: Claim, measure: Measure, store: Store, interval: tuple[date, date]
) -> tuple[list[CheckReading], str]:
    """How many a list named when the document was written, and why nothing is compared where nothing is.

    The claim's own words tell whether all are counted or those based in one country; where they do not, both are.
    """
    last = max([interval[1], *(span.end for span in stated_spans(claim))])
    acts = [e for e in store.events(before=last) if e.instrument == measure.instrument and e.status != UNSEEN]
    if not acts:
        return [], ""
    meant = _members_meant(claim, measure)
    if meant == "neither":
        return [], NEITHER
    groups = [("all organisations", {e.organisation for e in acts})] if meant != "subset" else []
    if measure.subset and meant != "all":
        based = {e.organisation for e in acts if e.base.split("/")[0] == measure.subset}
        groups.append((f"those based in {measure.subset}", based))
    days = Counter(e.date for e in acts)
    when = ", ".join(f"{n} on {day.day} {day:%b %Y}" for day, n in sorted(days.items()))
    readings = [
        CheckReading(
            period=f"listed by {last.day} {last:%b %Y}",
            baseline_label=label,
            baseline_kind="set",
            series_id="events",
            source_title=f"{measure.title}: {when}",
            source_url=_address(acts[0].source),
            vintage=store.vintage,
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
    return readings, ""


# "eight cartels as terrorist organizations": what they were made is not what is counted, nor is "six of them Mexican"
_NOT_COUNTED = re.compile(
    r"\b(?:as|como)\b|,\s*(?=\w+\s+(?:of|de)\s+(?:them|which|whom|these|those|ellos|ellas|l[oa]s\s+cuales)\b)",
    re.IGNORECASE,
)


def _members_meant(claim: Claim, measure: Measure) -> str:
    """Which members the claim counts, by the words of its number: "subset", "all", "neither", or "" for either."""
    after = claim.span.quote[max(0, claim.quote_span.end - claim.span.start) :]
    counted = _NOT_COUNTED.split(claim.quote_span.quote, maxsplit=1)[0]
    words = f"{claim.population or ''} {counted}"
    behind = re.match(r"\s*(?:\(|that\s+are\s+|which\s+are\s+|all\s+)?[^,;.]{0,30}", after)
    for kind, text in (("subset", f"{words}{behind[0] if behind else ''}"), ("all", words), ("neither", words)):
        pattern = measure.set_wording.get(kind)
        if pattern and re.search(pattern, text, re.IGNORECASE):
            return kind
    return ""


def _exactly(claim: Claim, count: int) -> Outcome:
    if claim.value is not None and claim.bound in ("=", "~") and claim.value_high is None:
        return "holds" if count == claim.value else "does not hold"
    return agrees(claim, float(count), 0.0)


@dataclass(frozen=True)
class Size:
    """How many on one day, by a published figure or a row of the record."""

    part: Part
    day: date
    value: float
    label: str
    words: str
    series_id: str
    title: str
    source: str
    note: str
    issuer: str = ""
    trust: Literal["A", "B", "C"] | None = None


def sizes(claim: Claim, measure: Measure, store: Store, interval: tuple[date, date]) -> list[CheckReading]:
    """A size (troops sent, troops there) against those on record around its date, like with like.

    What one act added is set against what acts added, the whole against the whole, and a part of the whole
    against neither; among acts, only the one that lies nearest is meant. The others are shown, not compared,
    with the reason. Those compared come first, the closest before.
    """
    spans = stated_spans(claim)
    margin = timedelta(days=measure.nearest_days)
    first = min((span.start for span in spans), default=interval[0]) - margin
    last = max([interval[1], *(span.end for span in spans)])
    found = [
        _of_point(point)
        for code in (measure.additions, measure.code)
        for point in (store.points(code) if code else ())
        if point.start and first <= point.start <= last
    ]
    for event in store.events(measure.lever, before=last):
        if event.date >= first and event.status != UNSEEN:
            found += _of_event(event, measure)
    wanted, how = _part_meant(claim, measure, found)
    meant = _act_meant(claim, found) if wanted == "increment" else None
    readings = []
    for size in found:
        reason = _apart(size, wanted, meant)
        readings.append(_reading(claim, size, reason, how, store.vintage))
    once = {(r.period, r.observed, r.outcome): r for r in reversed(readings)}  # the first of equals stays
    return sorted(once.values(), key=lambda r: (r.outcome == "not comparable", _distance(claim, r.observed)))


def _part_meant(claim: Claim, measure: Measure, found: Sequence[Size]) -> tuple[Part | None, str]:
    """What the claim counts, by the words of its clause, and how it was read where they leave it open.

    What "was sent" may be what one act sent or all that were sent by then: there, the nearer on record.
    """
    if measure.additions is None:
        return None, ""
    words = _clause(claim)

    def says(kind: str) -> bool:
        return bool(re.search(measure.wording[kind], words, re.IGNORECASE))

    if says("added"):
        return "increment", ""
    sent = says("sent")
    if says("in_all") or (says("there") and not sent) or (claim.action_id is None and not sent):
        return "total", ""
    whole = [size for size in found if size.part != "component"]
    nearest = min(whole, key=lambda size: (_distance(claim, size.value), size.part == "total"), default=None)
    if nearest is None or nearest.part == "increment":
        return "increment", "read as what was sent at once, which lies nearer than all that were there"
    return "total", "read as all that were there, which lies nearer than what was sent at once"


def _clause(claim: Claim) -> str:
    """The words between the commas around the claim."""
    at = claim.quote_span.start - claim.span.start
    text = claim.span.quote
    cuts = [0, *(cut.end() for cut in re.finditer(r"[,;:—](?!\d)", text)), len(text)]
    before = max(cut for cut in cuts if cut <= max(at, 0))
    after = min((cut for cut in cuts if cut >= at + len(claim.quote_span.quote)), default=len(text))
    return text[before:after]


def _act_meant(claim: Claim, found: Sequence[Size]) -> Size | None:
    """The act that the claim can mean: the nearest to its days where it states any, then in size."""
    spans = stated_spans(claim)

    def days_off(size: Size) -> int:
        return min((max((s.start - size.day).days, (size.day - s.end).days, 0) for s in spans), default=0)

    acts = [size for size in found if size.part == "increment"]
    return min(acts, key=lambda size: (days_off(size), _distance(claim, size.value)), default=None)


def _apart(size: Size, wanted: Part | None, meant: Size | None) -> str:
    """Why a size is not compared with the claim; "" where it is."""
    if size.part == "component":
        return "one part of the whole, which the claim does not single out"
    if wanted == "increment" and size.part == "total":
        return "all that there were, and the claim is of what was sent"
    if wanted == "total" and size.part == "increment":
        return "what one act sent, and the claim is of all that there were"
    if meant and abs((size.day - meant.day).days) > ONE_ACT:
        return "another act than the one that lies nearest"
    return ""


def _distance(claim: Claim, value: float | None) -> float:
    return abs((value or 0.0) - (claim.value or 0.0))


def _of_point(point: Point) -> Size:
    sign = {"=": "", ">": "over ", "<": "up to ", "~": "about "}[point.bound]
    return Size(
        part=point.part,
        day=point.start or date.min,
        value=point.value,
        label=point.label,
        words=sign + spell_number(point.value),
        series_id="points",
        title=point.label,
        source=point.source,
        note=point.note,
        issuer=point.issuer,
        trust=point.trust,
    )


def _of_event(event: Event, measure: Measure) -> list[Size]:
    """The number in the event's size, and the sum where it adds another ("1,500 (+100) troops")."""
    unit = rf" {measure.event_unit}\b" if measure.event_unit else "(?= |$)"  # "" = the size is a bare number
    match = re.search(rf"([\d,]*\d)(?: \(\+([\d,]*\d)\))?{unit}", event.size)
    if not match:
        return []
    number = float(match[1].replace(",", ""))
    found = [(number, "")]
    if match[2]:
        found.append((number + float(match[2].replace(",", "")), f", with the {match[2]} added"))
    # An act that tells how many there are "in all", or stay, gives the whole.
    added = event.date_kind in ORDERED and not re.search(r"\b(?:in all|in total|stay|remain)\b", event.what)
    what = "ordered" if added else "in place"
    return [
        Size(
            part="increment" if added else "total",
            day=event.date,
            value=value,
            label=f"{event.actor}, {event.instrument}: {what}{extra}",
            words=spell_number(value),
            series_id="events",
            title=event.what,
            source=_address(event.source),
            note="" if event.status.startswith("seen") else event.status,
        )
        for value, extra in found
    ]


def _reading(claim: Claim, size: Size, apart: str, how: str, vintage: str) -> CheckReading:
    share = ""
    if not apart and claim.value and size.value:
        share = f": stated figure {signed(100 * (claim.value / size.value - 1))}%"
    return CheckReading(
        period=f"{size.day.day} {size.day:%b %Y}",
        baseline_label=size.label,
        baseline_kind="size",
        series_id=size.series_id,
        source_title=size.title,
        source_url=size.source,
        vintage=vintage,
        observed=size.value,
        observed_text=size.words + share,
        numerator=size.value,
        tolerance=None if apart else tolerance(claim, 0.0),
        outcome="not comparable" if apart else agrees(claim, size.value, 0.0),
        official=False,
        issuer=size.issuer,
        trust=size.trust,
        note=sentences([apart or how, size.note]),
    )


def _address(source: str) -> str:
    """The first address in a source line, or the line itself."""
    match = re.search(r"https?://\S+", source)
    return match[0] if match else source
