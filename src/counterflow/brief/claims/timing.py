"""When a claim is about: which words of time of its sentence are its own, and which are what it is compared with."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from counterflow.brief import codebook
from counterflow.brief.claims.changes import baseline_cues, run_in
from counterflow.brief.claims.scene import Scene, overlap
from counterflow.brief.dates.compared import dates_compared
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import TimeMatch, find_terms, find_times
from counterflow.brief.layout.parts import span
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Baseline, ClaimType, Period, Reading

_LENGTH_OF_TIME = re.compile(r"(?:for|over|during|durante|por)\s", re.IGNORECASE)


def dates_of_change(scene: Scene, baseline: Baseline) -> tuple[Baseline, Period] | None:
    """What a change "between A and B" compares: A is the baseline and B the period.

    None where there is no such pair of dates in the clause or before it, or where the text names another baseline.
    """
    before = max(scene.sentence.start, scene.clause[0] - _BEFORE)
    pair = dates_compared(scene.folded, *scene.clause, scene.era) or dates_compared(
        scene.folded, before, scene.clause[0], scene.era
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


def run_of(scene: Scene, claim_type: ClaimType) -> Period | None:
    """The run of months in each of which something changed; it has no reading as one time, and none is made up."""
    if claim_type != "trend" and not claim_type.startswith("change"):
        return None
    if not (found := run_in(scene.folded, *scene.clause, sized=claim_type != "trend")):
        return None
    quote = span(scene.layout, found.start(), found.start() + len(found.group().rstrip()))
    why = "a change in each of several months would have to be tested month by month, which is not done"
    return Period(text=quote.quote, span=quote, readings=(Reading(label=quote.quote, start=None, end=None, why=why),))


def period_for(
    scene: Scene, extent: tuple[int, int], baseline: Baseline | None, claim_type: ClaimType
) -> Period | None:
    """The time that a claim belongs to: in its clause, else before the main clause; never the baseline.

    A change with a number is also of the time of the level that it led to ("fell 94% to 8,353 in February").
    """
    level = scene.led_to(extent[1]) if claim_type.startswith("change") else None
    compared = (baseline.span.start, baseline.span.end) if baseline and baseline.span else (0, 0)
    usable = [
        time
        for time in _times_of_numbers(scene.folded, scene.sentence.start, scene.sentence.end, scene.era)
        if not overlap(time.start, time.end, compared)
    ]
    own = [time for time in usable if overlap(time.start, time.end, scene.clause)]
    if own:
        after = [time for time in own if time.start >= extent[1]]
        close = [t for t in after if not any(extent[1] <= q.start < t.start for q in scene.quantities if q != level)]
        before = [time for time in own if time.end <= extent[0]]
        inside = [time for time in own if time not in after and time not in before]
        chosen = [*close[:1], *before[-1:], *inside[:1]] or _of_all(scene, after, extent)
        if chosen:
            return period_of(scene, chosen[0])
    fronted = [time for time in usable if time.end <= scene.clause[0] and _reaches(scene, time)]
    if _LATER.match(scene.folded, scene.clause[0], scene.clause[1]):
        fronted = []
    if fronted:
        return period_of(scene, fronted[0])
    return None if baseline is not None else _tenure(scene)


def _of_all(scene: Scene, after: list[TimeMatch], extent: tuple[int, int]) -> list[TimeMatch]:
    """The one time behind numbers that are listed together ("4,600 pounds of X and 82 firearms in April")."""
    if len(after) != 1 or _compares().search(scene.folded, extent[1], after[0].start):
        return []
    return after if _LISTED.search(scene.folded, extent[1], after[0].start) else []


_LISTED = re.compile(r"\s(?:and|y|e|plus|as\s+well\s+as|así\s+como)\s", re.IGNORECASE)


def _reaches(scene: Scene, time: TimeMatch) -> bool:
    """Whether a time before the clause is its time too: not where it belongs to what this clause describes."""
    opens = not scene.folded[scene.sentence.start : time.start].strip(" \"'")
    return opens or _RELATIVE.match(scene.folded, scene.clause[0]) is None


_RELATIVE = re.compile(
    r"(?:in|of|on|at|for|from)\s+(?:which|whom)\b|who(?:m|se)?\b|where\b|which\s+(?!is\b|was\b|were\b|are\b)"
    r"|(?:en\s+)?(?:el|la|los|las)\s+(?:que|cual(?:es)?)\b",
    re.IGNORECASE,
)
# A clause that tells a later time than the one before it.
_LATER = re.compile(
    r"(?:and\s+|but\s+)?(?:within|then|later|afterwards?|after\s+that|since\s+then|luego|después)\b", re.I
)
# The day on which something was said is not the day of what was said.
_TOLD = re.compile(
    r"\b(?:said|told|announced|reported|wrote|testified|dijo|informó|señaló|afirmó)\s+(?:[\w.]+\s+){0,4}\Z",
    re.IGNORECASE,
)


def _tenure(scene: Scene) -> Period | None:
    """The term of office that a level is of ("under Biden, encounters averaged ..."); never one compared with."""
    sentence = scene.sentence
    terms = find_terms(scene.folded, sentence.start, sentence.end, scene.era)
    own = [term for term in terms if overlap(term.start, term.end, scene.clause)]
    for term in own or terms:
        before = scene.folded[max(sentence.start, term.start - _NEAR) : term.start]
        if not _compares().search(before):
            return period_of(scene, term)
    return None


_NEAR = 60  # characters
_BEFORE = 300  # characters: how far before its clause the dates of a change are looked for


@cache
def _compares() -> Pattern:
    words = "|".join(codebook.table("changes")["compares"]["words"])
    return Pattern(rf"(?<!\w)(?:{words})(?!\w)[^.;]*\Z")


@lru_cache(maxsize=256)  # asked again by each number of a sentence
def _times_of_numbers(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    """The times of a sentence that numbers of it can be of: none that something is only compared with or told on."""
    cues = tuple(baseline_cues(folded, start, end))
    return tuple(
        time
        for time in find_times(folded, start, end, era)
        if (time.readings or _LENGTH_OF_TIME.match(time.text))
        and not _is_of_record(folded[start : time.start], time)
        and not any(_compares_with(folded, cue, time, end) for cue in cues)
        and not _SAME_OF.search(folded, max(start, time.start - _NEAR), time.start)
        and not _TOLD.search(folded, max(start, time.start - _NEAR), time.start)
    )


_SINCE = re.compile(r"(?:since|desde)\b", re.IGNORECASE)
_RECORD = re.compile(
    r"\b(?:(?<!more\s)(?<!fewer\s)(?<!less\s)than|low|high|few|most|record|level|más(?!\s+de\b))\w*\b[^.;]{0,60}\Z",
    re.IGNORECASE,
)


def _is_of_record(before: str, time: TimeMatch) -> bool:
    """Whether "since ..." tells how far back a record reaches, and not when the number was counted."""
    return bool(_SINCE.match(time.text) and _RECORD.search(before))


def _compares_with(folded: str, cue: re.Match[str], time: TimeMatch, end: int) -> bool:
    """Whether words right before a time make it what something else of the sentence is compared with."""
    if not 0 <= time.start - cue.end() <= _NEAR or not re.fullmatch(r"(?:the\s+)?", folded[cue.end() : time.start]):
        return False
    if _SINCE.match(cue.group()) or (
        _RANGE.search(time.text) and re.match(r"(?:from|de)\b", cue.group(), re.IGNORECASE)
    ):
        return False
    # "a decrease from April 2024, when it counted 5": what is counted then is of that time
    return re.match(r",?\s+(?:when|cuando)\b", folded[time.end : min(end, time.end + _NEAR)]) is None


def is_month_before(scene: Scene, baseline: Baseline, period: Period | None) -> bool:
    """Whether a change is "over August" and of September: over the month before, which is the previous period."""
    if baseline.kind != "explicit_date" or baseline.span is None or period is None or len(period.readings) != 1:
        return False
    if not _OVER.search(scene.folded, scene.sentence.start, baseline.span.start):
        return False
    start, before = period.readings[0].start, baseline.end
    is_month = baseline.start is not None and baseline.start.day == 1 and before is not None
    return is_month and start is not None and before is not None and 0 < (start - before).days <= 1


_RANGE = re.compile(r"\w\s+(?:to|through|a|al|hasta)\s+\w", re.IGNORECASE)  # "from FY 2021 to FY 2023": a period
_OVER = re.compile(r"\b(?:over|sobre)\s+\Z", re.IGNORECASE)


def period_of(scene: Scene, time: TimeMatch) -> Period:
    """Words of time as the period of a claim; a bare length of time has one reading without days."""
    why = "a length of time whose end the text does not give"
    if is_anaphoric(time):
        earlier = [t for t in scene.times if t.end <= time.start and t.readings and not is_anaphoric(t)]
        meant = earlier[-1] if earlier else scene.last_time
        if meant is not None:
            quote = span(scene.layout, time.start, time.end)
            return Period(text=time.text, span=quote, readings=meant.readings)
    lead = scene.folded[max(scene.sentence.start, time.start - 15) : time.start]
    if _SINCE.match(time.text) or _SINCE_BEFORE.search(
        lead
    ):  # what is counted since a time is counted until the document was written
        until = scene.era.published
        open_ended = [r.model_copy(update={"end": until}) if r.start and r.end != until else r for r in time.readings]
        quote = span(scene.layout, time.start, time.end)
        return Period(text=time.text, span=quote, readings=tuple(open_ended))
    readings = time.readings or (Reading(label=time.text, start=None, end=None, why=why),)
    return Period(text=time.text, span=span(scene.layout, time.start, time.end), readings=readings)


def is_anaphoric(time: TimeMatch) -> bool:
    """Whether words of time point back to a time named before: "in the same month"."""
    return _SAME.search(time.text) is not None


# "the same period [of 2024]" is compared with
_SAME_OF = re.compile(
    r"\b(?:same|equivalent|corresponding|mism[oa])\s+(?:\w+\s+){1,2}(?:(?:of|in|de|del)\s+)?\Z", re.IGNORECASE
)
_SINCE = re.compile(r"(?:since|desde)\b", re.IGNORECASE)
_SINCE_BEFORE = re.compile(r"\b(?:since|desde)\s+(?:(?:the|el|la|early|late)\s+)*\Z", re.IGNORECASE)
_SAME = re.compile(r"\b(?:same|mism[oa])\b", re.IGNORECASE)
