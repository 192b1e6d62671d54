"""One clause of a document and what surrounds it, and how a claim is put together from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.status import called_untrue, denied
from counterflow.brief.claims.changes import ChangeWord, Rate, baseline_cues, rate_in, run_in
from counterflow.brief.claims.measures import Mention, unit_of
from counterflow.brief.claims.places import place_of
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import TimeMatch, dates_compared, find_terms
from counterflow.brief.layout.text import Layout, Sentence, span
from counterflow.brief.schema import Baseline, Claim, ClaimType, Finding, Period, Reading

NO_BASELINE = Baseline(text="", span=None, kind="none")

_CITATION = re.compile(r"\[\^?(\d{1,3})\]")
_UNITS = {"percent": "percent", "percentage_points": "percentage points", "usd": "usd", "mxn": "mxn"}
_LENGTH_OF_TIME = re.compile(r"(?:for|over|during|durante|por)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Scene:
    """A clause that is being read, with its sentence."""

    layout: Layout
    era: Era
    sentence: Sentence
    clause: tuple[int, int]
    quantities: tuple[Quantity, ...]  # of the clause
    times: tuple[TimeMatch, ...]  # of the sentence
    gaps: tuple[Finding, ...]  # that lie in the clause

    @property
    def folded(self) -> str:
        return self.layout.folded

    def is_unreal(self, at: int) -> bool:
        """Whether words of the clause before `at` make it a plan, a rule or a supposition."""
        return _unreal().search(self.folded, self.clause[0], at) is not None

    def led_to(self, after: int) -> Quantity | None:
        """The count that a change led to, where it is the next number after its size: "fell 94% to [8,353]"."""
        following = next((q for q in self.quantities if q.start >= after), None)
        if following is None or following.unit in ("percent", "percentage_points"):
            return None
        return following if _to_end().search(self.folded, after, following.start) else None


@cache
def _to_end() -> re.Pattern[str]:
    return re.compile(codebook.table("changes")["pairs"]["to_end"], re.IGNORECASE)


@cache
def _unreal() -> re.Pattern[str]:
    words = "|".join(codebook.table("quantities")["unreal"]["before"])
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def overlap(start: int, end: int, other: tuple[int, int]) -> bool:
    """Whether two stretches of text share a character."""
    return start < other[1] and other[0] < end


def state(
    scene: Scene,
    claim_type: ClaimType,
    extent: tuple[int, int],
    *,
    quantity: Quantity | None = None,
    mention: Mention | None = None,
    change: ChangeWord | None = None,
    baseline: Baseline | None = None,
) -> Claim:
    """A claim about the clause of `scene`; `extent` are the words that must be in its quote.

    The quote also holds the measure (where it stands in the clause), the number with its noun, the word of
    change and the baseline. The id is left to the caller.
    """
    pair = _dates_of_change(scene, baseline) if baseline is not None else None
    baseline = pair[0] if pair else baseline
    measure = mention.measure if mention else None
    head = quantity.head if quantity else ""
    ends = [extent]
    if quantity is not None:
        ends.append((quantity.start, quantity.head_end))
    if mention is not None and mention.start >= scene.clause[0]:
        ends.append((mention.start, mention.end))
    if change is not None:
        ends.append((change.start, change.end))
    if baseline is not None and baseline.span is not None:
        ends.append((baseline.span.start, baseline.span.end))
    if pair and pair[1].span and pair[1].span.start >= scene.clause[0]:
        ends.append((pair[1].span.start, pair[1].span.end))
    if quantity is not None and quantity.unit in _UNITS:
        unit: str | None = _UNITS[quantity.unit]
    else:
        unit = unit_of(measure, head)
    named = " ".join(scene.folded[mention.start : mention.end].split()) if mention else ""
    sentence = scene.sentence
    return Claim(
        id="",
        span=span(scene.layout, sentence.start, sentence.end),
        quote_span=span(scene.layout, min(start for start, _ in ends), max(end for _, end in ends)),
        claim_type=claim_type,
        measure=measure.id if measure else None,
        measure_text=named or head or " ".join(scene.folded[scene.clause[0] : extent[0]].split()[:8]),
        population=head if head and measure and measure.counted else None,
        place=place_of(scene.folded, (sentence.start, sentence.end), scene.clause),
        value=quantity.value if quantity else None,
        value_high=quantity.value_high if quantity else None,
        unit=unit,
        bound=quantity.bound if quantity else "=",
        direction=change.direction if change else "none",
        polarity="negated" if _is_denied(scene, extent) else "affirmed",
        rate=_rate(scene, quantity, mention, baseline),
        period=_run(scene, claim_type) or (pair[1] if pair else _period(scene, extent, baseline, claim_type)),
        baseline=baseline,
        checkability="incomplete" if scene.gaps else measure.checkability if measure else "no_public_series",
        citations=tuple(int(m[1]) for m in _CITATION.finditer(scene.folded, sentence.start, sentence.end)),
        incomplete=bool(scene.gaps),
        finding_ids=tuple(finding.id for finding in scene.gaps),
    )


def _dates_of_change(scene: Scene, baseline: Baseline) -> tuple[Baseline, Period] | None:
    """What a change "between A and B" compares: A is the baseline and B the period.

    None where there is no such pair of dates in the clause or before it, or where the text names another baseline.
    """
    pair = dates_compared(scene.folded, *scene.clause, scene.era) or dates_compared(
        scene.folded, scene.sentence.start, scene.clause[0], scene.era
    )
    if pair is None:
        return None
    earlier, later = pair
    if baseline.span and not overlap(baseline.span.start, baseline.span.end, (earlier.start, later.end)):
        return None
    quote = span(scene.layout, earlier.start, earlier.end)
    first = earlier.readings[0]
    known = Baseline(text=earlier.text, span=quote, kind="explicit_date", start=first.start, end=first.end)
    return known, period_of(scene, later)


def _rate(scene: Scene, quantity: Quantity | None, mention: Mention | None, baseline: Baseline | None) -> Rate | None:
    """Per what time: said right before, in or after the measure's name, or right after the number."""
    places = []
    if quantity is not None:
        places.append((quantity.end, min(quantity.head_end + 25, scene.clause[1])))
    if mention is not None:
        near = max(mention.start - 20, scene.sentence.start)
        places.append((near, max(mention.end, min(mention.end + 25, scene.clause[1]))))
    for start, end in places:
        until = min(end, baseline.span.start) if baseline and baseline.span else end
        if start < until and (rate := rate_in(scene.folded, start, until)):
            return rate
    return None


def _is_denied(scene: Scene, extent: tuple[int, int]) -> bool:
    """Whether the words before a claim deny it, or its sentence calls it untrue."""
    sentence = scene.sentence
    return denied(scene.folded, scene.clause[0], extent[0]) or called_untrue(
        scene.folded, sentence.start, extent, sentence.end
    )


def _run(scene: Scene, claim_type: ClaimType) -> Period | None:
    """The run of months in each of which something changed; it has no reading as one time, and none is made up."""
    if claim_type != "trend" and not claim_type.startswith("change"):
        return None
    if not (found := run_in(scene.folded, *scene.clause, sized=claim_type != "trend")):
        return None
    quote = span(scene.layout, found.start(), found.start() + len(found.group().rstrip()))
    why = "a change in each of several months would have to be tested month by month, which is not done"
    return Period(text=quote.quote, span=quote, readings=(Reading(label=quote.quote, start=None, end=None, why=why),))


def _period(scene: Scene, extent: tuple[int, int], baseline: Baseline | None, claim_type: ClaimType) -> Period | None:
    """The time that a claim belongs to: in its clause, else before the main clause; never the baseline.

    A change with a number is also of the time of the level that it led to ("fell 94% to 8,353 in February").
    """
    level = scene.led_to(extent[1]) if claim_type.startswith("change") else None
    compared = (baseline.span.start, baseline.span.end) if baseline and baseline.span else (0, 0)
    usable = [
        time
        for time in scene.times
        if not overlap(time.start, time.end, compared)
        and not _is_of_record(scene, time)
        and not _is_compared_with(scene, time)
        and (time.readings or _LENGTH_OF_TIME.match(time.text))
    ]
    own = [time for time in usable if overlap(time.start, time.end, scene.clause)]
    if own:
        after = [time for time in own if time.start >= extent[1]]
        close = [t for t in after if not any(extent[1] <= q.start < t.start for q in scene.quantities if q != level)]
        before = [time for time in own if time.end <= extent[0]]
        inside = [time for time in own if time not in after and time not in before]
        chosen = [*close[:1], *before[-1:], *inside[:1]]
        if chosen:
            return period_of(scene, chosen[0])
    fronted = [time for time in usable if time.end <= scene.clause[0]]
    if fronted:
        return period_of(scene, fronted[0])
    return None if baseline is not None else _tenure(scene)


def _tenure(scene: Scene) -> Period | None:
    """The term of office that a level is of ("under Biden, encounters averaged ..."); never one compared with."""
    sentence = scene.sentence
    for term in find_terms(scene.folded, sentence.start, sentence.end, scene.era):
        before = scene.folded[max(sentence.start, term.start - _NEAR) : term.start]
        if not _compares().search(before):
            return period_of(scene, term)
    return None


_NEAR = 60  # characters


@cache
def _compares() -> re.Pattern[str]:
    words = "|".join(codebook.table("changes")["compares"]["words"])
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)[^.;]*\Z", re.IGNORECASE)


def _is_of_record(scene: Scene, time: TimeMatch) -> bool:
    """Whether "since ..." tells how far back a record reaches, and not when the number was counted."""
    before = scene.folded[scene.sentence.start : time.start]
    says_since = re.match(r"(?:since|desde)\b", time.text, re.IGNORECASE)
    compares = r"\b(?:than|low|high|few|most|record|level|más)\w*\b[^.;]{0,60}\Z"
    return bool(says_since and re.search(compares, before, re.IGNORECASE))


def _is_compared_with(scene: Scene, time: TimeMatch) -> bool:
    """Whether the words right before a time make it what something else of the sentence is compared with."""
    start, end = scene.sentence.start, scene.sentence.end
    return any(
        not re.match(r"(?:since|desde)\b", cue.group(), re.IGNORECASE)
        and re.fullmatch(r"(?:the\s+)?", scene.folded[cue.end() : time.start])
        for cue in baseline_cues(scene.folded, start, end)
        if cue.end() <= time.start
        # "a decrease from April 2024, when it counted 5": what is counted then is of that time
        if not re.match(r",?\s+(?:when|cuando)\b", scene.folded[time.end : end])
    )


def period_of(scene: Scene, time: TimeMatch) -> Period:
    """Words of time as the period of a claim; a bare length of time has one reading without days."""
    why = "a length of time whose end the text does not give"
    readings = time.readings or (Reading(label=time.text, start=None, end=None, why=why),)
    return Period(text=time.text, span=span(scene.layout, time.start, time.end), readings=readings)
