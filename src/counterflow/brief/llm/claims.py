"""Claims that a model proposes, held to the document and to the rules' own grammar of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counterflow.brief.claims.changes import ChangeWord, baseline_in, change_words
from counterflow.brief.claims.factors import factors, sizes
from counterflow.brief.claims.measures import Mention, measures, mentions
from counterflow.brief.claims.pairs import with_pairs
from counterflow.brief.claims.quantities import Quantity, find_quantities
from counterflow.brief.claims.scene import Scene, overlap
from counterflow.brief.claims.statement import NO_BASELINE, state
from counterflow.brief.dates.era import Era, heads_of_government
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.llm.actions import Ground, party_of
from counterflow.brief.llm.gate import Dropped, inside, quoted
from counterflow.brief.llm.wire import WireBaseline, WireClaim
from counterflow.brief.schema import Baseline, Claim, Span

_GAPS = ("elided_text", "unresolved_reference")
_NEED_A_NUMBER = frozenset({"level", "change_pct", "change_abs", "change_factor", "share", "threshold", "duration"})
_UNITS = {"percent": "percent", "percentage_points": "percentage points", "usd": "usd", "mxn": "mxn", "count": "count"}
_IN_PERCENT = frozenset({"change_pct", "share"})


@dataclass(frozen=True)
class _Number:
    """What the rules read in a quote as the number of a proposed claim."""

    quantity: Quantity | None = None
    claim: Claim | None = None  # for numbers in words of change ("doubled", "by half")


def claim_of(item: WireClaim, ground: Ground, sentences: Sequence[Sentence]) -> Claim:
    """A proposed claim as one of the schema, its id left to the caller.

    Value, unit and bound are those that the rules read in the quote, and so are place, period and rate; `sentences`
    are those that the model was shown. Raises Dropped where a word or number of it does not stand in the quote.
    """
    layout = ground.layout
    quote, sentence = quoted(layout, item.quote, sentences)
    scene = _scene(ground, sentence, quote)
    number = _number(item, scene, quote)
    if number is None and item.type in _NEED_A_NUMBER and not scene.gaps:
        raise Dropped("no number")
    change = _change(item, scene, quote, number)
    baseline = _baseline(item.baseline, layout, quote, ground.era)
    if baseline is None and (item.type == "trend" or item.type.startswith("change")):
        baseline = NO_BASELINE
    if number and number.claim:
        claim = number.claim.model_copy(update={"pair_id": None, "endpoint": None, "baseline": baseline})
    else:
        quantity = number.quantity if number else None
        extent = (quantity.start, quantity.end) if quantity else (quote.start, quote.end)
        mention = _mention(item.measure, layout, quote)
        claim = state(scene, item.type, extent, quantity=quantity, mention=mention, change=change, baseline=baseline)
    speaker = party_of(item.speaker, ground, sentence, "speaker") if item.speaker else None
    return claim.model_copy(
        update={
            "id": "",
            "quote_span": quote,
            "speaker": speaker,
            "from_heading": layout.blocks[sentence.block].kind in ("title", "heading"),
        }
    )


def _scene(ground: Ground, sentence: Sentence, quote: Span) -> Scene:
    """The clauses that a quote reaches over, as one."""
    layout, era = ground.layout, ground.era
    parts = [part for part in clauses(layout, sentence) if overlap(quote.start, quote.end, part)]
    clause = (min(parts)[0], max(parts)[1]) if parts else (sentence.start, sentence.end)
    quantities = tuple(q for part in parts for q in find_quantities(layout, *part, era))
    gaps = tuple(f for f in ground.findings if f.kind in _GAPS and overlap(f.span.start, f.span.end, clause))
    return Scene(layout, era, sentence, clause, quantities, gaps)


def _number(item: WireClaim, scene: Scene, quote: Span) -> _Number | None:
    """The number of the quote that is the item's. Raises Dropped where it has another or none."""
    if item.value is None:
        return None
    for quantity in scene.quantities:
        if quantity.end <= quote.start or quantity.end > quote.end:
            continue
        begin = max(quantity.start, quote.start)  # words such as "over" may stand before the quote
        read = find_quantities(scene.layout, begin, quantity.end, scene.era)
        if not read or read[-1].value != quantity.value:
            continue
        if quantity.value == item.value and item.value_high in (None, quantity.value_high):
            if item.unit not in (None, _UNITS[quantity.unit]) or (item.type in _IN_PERCENT and not _is_part(quantity)):
                raise Dropped("number in another unit than in the quote")
            if scene.is_unreal(quantity.start):
                raise Dropped("number that is planned or supposed")
            return _Number(quantity=quantity)
    for claim in (*factors(scene), *sizes(scene)):
        within = quote.start <= claim.quote_span.start and claim.quote_span.end <= quote.end
        if within and claim.value == item.value and claim.claim_type == item.type:
            return _Number(claim=claim)
    raise Dropped("number not in the quote")


def _is_part(quantity: Quantity) -> bool:
    return quantity.unit in ("percent", "percentage_points")


def _change(item: WireClaim, scene: Scene, quote: Span, number: _Number | None) -> ChangeWord | None:
    """The word of the quote that says up or down. Raises Dropped where its words say only the opposite."""
    if item.direction == "none":
        return None
    words = change_words(scene.folded, quote.start, quote.end)
    same = [word for word in words if word.direction == item.direction]
    if words and not same:
        raise Dropped("direction that its words do not give")
    at = number.quantity.start if number and number.quantity else quote.start
    nearest = min(same, key=lambda word: abs(word.start - at), default=None)
    return nearest or ChangeWord(item.direction, "particle", quote.start, quote.end)


def _mention(measure: str | None, layout: Layout, quote: Span) -> Mention | None:
    """The words of the quote that name the measure; the whole quote where no phrase of the codebook does."""
    if measure is None:
        return None
    named = [m for m in mentions(layout.folded, quote.start, quote.end) if m.measure.id == measure]
    known = next(entry for entry in measures() if entry.id == measure)
    return named[0] if named else Mention(known, quote.start, quote.end)


def _baseline(proposed: WireBaseline | None, layout: Layout, quote: Span, era: Era) -> Baseline | None:
    """What the quote compares with. Its dates are those that the rules read in its words."""
    if proposed is None:
        return None
    place = inside(layout, proposed.words, quote, "baseline")
    if place is None:
        raise Dropped("baseline not in the quote")
    read = baseline_in(layout, quote.start, quote.end, era)
    if read and read.span and overlap(place.start, place.end, (read.span.start, read.span.end)):
        return read if read.kind == proposed.kind else _as_proposed(proposed, place, layout, era)
    return _as_proposed(proposed, place, layout, era)


def _as_proposed(proposed: WireBaseline, place: Span, layout: Layout, era: Era) -> Baseline:
    times = find_times(layout.folded, place.start, place.end, era)
    days = [r for time in times for r in time.readings[:1] if r.start is not None]
    if proposed.kind == "explicit_date" and not days:
        raise Dropped("baseline without a date")
    names = [name for name in heads_of_government() if name.lower() in place.quote.lower()]
    if proposed.kind == "administration" and not names:
        raise Dropped("baseline without a name")
    return Baseline(
        text=" ".join(place.quote.split()),
        span=place,
        kind=proposed.kind,
        administration=names[0] if names else None,
        start=days[0].start if days else None,
        end=days[-1].end if days else None,
    )


def numbered(claims: Sequence[Claim], layout: Layout, era: Era) -> tuple[Claim, ...]:
    """The claims in order, each once, those of a heading that the text repeats left out, with pairs and ids."""

    def content(claim: Claim) -> tuple[object, ...]:
        return claim.claim_type, claim.measure, claim.value, claim.unit

    in_text = {content(claim) for claim in claims if not claim.from_heading}
    kept: dict[tuple[object, ...], Claim] = {}
    for claim in sorted(claims, key=lambda one: (one.quote_span.start, one.quote_span.end)):
        if not (claim.from_heading and content(claim) in in_text):
            kept.setdefault((*content(claim), claim.span.start), claim)
    paired = with_pairs(layout, list(kept.values()), era)
    return tuple(claim.model_copy(update={"id": f"c{number}"}) for number, claim in enumerate(paired, start=1))
