"""How a claim is put together from a clause and what was found in it."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.status import called_untrue, denied
from counterflow.brief.claims.changes import ChangeWord, Rate, rate_in
from counterflow.brief.claims.measures import Mention, unit_of
from counterflow.brief.claims.places import place_of
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.timing import dates_of_change, is_month_before, period_for, run_of
from counterflow.brief.dates.spans import unit_of_time
from counterflow.brief.layout.parts import span
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Baseline, Claim, ClaimType

NO_BASELINE = Baseline(text="", span=None, kind="none")

_CITATION = re.compile(r"\[\^?(\d{1,3})\]")
_UNITS = {"percent": "percent", "percentage_points": "percentage points", "usd": "usd", "mxn": "mxn"}


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
    pair = dates_of_change(scene, baseline) if baseline is not None else None
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
    named = " ".join(scene.folded[mention.start : mention.end].split()) if mention and mention.start >= 0 else ""
    sentence = scene.sentence
    period = run_of(scene, claim_type) or (pair[1] if pair else period_for(scene, extent, baseline, claim_type))
    if baseline is not None and is_month_before(scene, baseline, period):
        baseline = baseline.model_copy(update={"kind": "previous_period"})
    return Claim(
        id="",
        span=span(scene.layout, sentence.start, sentence.end),
        quote_span=span(scene.layout, min(start for start, _ in ends), max(end for _, end in ends)),
        claim_type=claim_type,
        measure=measure.id if measure else None,
        measure_text=named or head or " ".join(scene.folded[scene.clause[0] : extent[0]].split()[:8]),
        population=head if head and measure and measure.counts else None,
        place=place_of(scene.folded, (sentence.start, sentence.end), scene.clause),
        value=quantity.value if quantity else None,
        value_high=quantity.value_high if quantity else None,
        unit=unit,
        bound=quantity.bound if quantity else "=",
        direction=change.direction if change else "none",
        polarity="negated" if _is_denied(scene, extent) else "affirmed",
        rate=_rate(scene, quantity, mention, baseline),
        period=period,
        baseline=baseline,
        checkability="incomplete" if scene.gaps else measure.checkability if measure else "no_public_series",
        citations=tuple(int(m[1]) for m in _CITATION.finditer(scene.folded, sentence.start, sentence.end)),
        incomplete=bool(scene.gaps),
        finding_ids=tuple(finding.id for finding in scene.gaps),
    )


def _rate(scene: Scene, quantity: Quantity | None, mention: Mention | None, baseline: Baseline | None) -> Rate | None:
    """Per what time: said right before, in or after the measure's name, or right after the number."""
    places = []
    if quantity is not None:
        places.append((quantity.end, _rate_reach(scene, quantity)))
    if mention is not None and mention.start >= 0 and not _is_of_stock(scene, mention):
        near = max(mention.start - 20, scene.sentence.start)
        places.append((near, max(mention.end, min(mention.end + 25, scene.clause[1]))))
    if quantity is not None and quantity.unit == "count" and (opened := _fronted_rate(scene)):
        return opened
    for start, end in places:
        until = min(end, baseline.span.start) if baseline and baseline.span else end
        if start < until and (rate := rate_in(scene.folded, start, until)):
            return rate
    return None


def _rate_reach(scene: Scene, quantity: Quantity) -> int:
    """How far behind a number the words may stand that tell per what time it counts: never past another number."""
    following = [q.start for q in scene.quantities if q.start >= quantity.end]
    return min([quantity.head_end + _RATE_WITHIN, scene.clause[1], *following])


_RATE_UNITS: tuple[Rate, ...] = ("day", "week", "month", "year")


def _fronted_rate(scene: Scene) -> Rate | None:
    """Per what time a sentence says, at its beginning, that its numbers count: "On an average day, ..."."""
    opened = _opens_with_rate().match(scene.folded, scene.sentence.start, scene.sentence.end)
    units = (unit_of_time(word) for word in opened.group().split()) if opened else ()
    return next((unit for named in units for unit in _RATE_UNITS if unit == named), None)


@cache
def _opens_with_rate() -> Pattern:
    forms = "|".join(form for unit in _RATE_UNITS for form in codebook.table("periods")["units"][unit])
    opens = codebook.table("changes")["fronted_rates"]["opens"]
    return Pattern(rf"(?:{opens.replace('{unit}', f'(?:{forms})')})(?!\w)")


_RATE_WITHIN = 45  # characters


def _is_of_stock(scene: Scene, mention: Mention) -> bool:
    """Whether "daily" is how a stock is averaged and not what it is counted per ("average daily population")."""
    return re.search(r"\bpopulation\b", scene.folded[mention.start : mention.end], re.IGNORECASE) is not None


# "Contrary to claims that X, Y fell": only X is denied.
_CONTRARY = re.compile(r"(?:contrary\s+to|despite|contrario\s+a|a\s+pesar\s+de)\s[^,;]*,\s", re.IGNORECASE)


def _is_denied(scene: Scene, extent: tuple[int, int]) -> bool:
    """Whether the words before a claim deny it, or its sentence calls it untrue."""
    sentence = scene.sentence
    contrary = _CONTRARY.match(scene.folded, sentence.start, sentence.end)
    if contrary and contrary.end() <= extent[0]:
        return denied(scene.folded, contrary.end(), extent[0])
    return denied(scene.folded, scene.clause[0], extent[0]) or called_untrue(
        scene.folded, sentence.start, extent, sentence.end
    )
