"""From a brief to what the register keeps of it: the document, and one mention for each action."""

from __future__ import annotations

import hashlib
from collections import Counter

from counterflow.brief.layout.folding import fold
from counterflow.brief.schema import Action, Authority, Brief, Claim, Party, Period, Reading, Span, TimeReference
from counterflow.strategy.register.schema import Mention, Quantity, Source, Told, When, Who
from counterflow.strategy.schema import DateInterval

AROUND = 160  # characters of text kept before and after a quote, for the person who reviews it


def source_of(brief: Brief, dated: DateInterval) -> Source:
    """What the register keeps of a document; `dated` is when it was written (`dating.infer_date`)."""
    document = brief.document
    return Source(
        sha256=document.sha256,
        name=document.source,
        url=document.url,
        title=document.title,
        language=document.language,
        dated=dated,
        codebook_version=brief.codebook_version,
        reader=brief.reader,
    )


def mentions_of(brief: Brief) -> tuple[Mention, ...]:
    """A mention for each action of the brief, in the order of the text."""
    kinds = {finding.id: finding.kind for finding in brief.findings}
    seen: Counter[str] = Counter()
    found = []
    for action in sorted(brief.actions, key=lambda one: (one.span.start, one.lever, one.status, one.id)):
        name = mention_id(brief.document.sha256, action.lever, action.span.quote)
        seen[name] += 1
        found.append(
            Mention(
                id=name if seen[name] == 1 else f"{name}-{seen[name]}",
                document=brief.document.sha256,
                quote=action.span.quote,
                prefix=_before(brief.document.text, action.span),
                suffix=_after(brief.document.text, action.span),
                place=action.span.start,
                also=tuple(span.quote for span in action.mentions if span.quote != action.span.quote),
                read=_told(action, brief, tuple(sorted({kinds[one] for one in action.finding_ids if one in kinds}))),
            )
        )
    return tuple(found)


def mention_id(sha256: str, lever: str, quote: str) -> str:
    """Twelve hexadecimal digits from the document's bytes, the lever and the words of the quote.

    Where the quote stands, and which number the reader gives the action, do not count: an id outlives a new reading.
    """
    return hashlib.sha256("\n".join((sha256, lever, bare(quote))).encode()).hexdigest()[:12]


def bare(quote: str) -> str:
    """The words of a quote as the rules look at them, in small letters and with single blanks."""
    return " ".join(fold(quote).casefold().split())


def _before(text: str, span: Span) -> str:
    """The text before a quote, from the beginning of a word."""
    start = max(0, span.start - AROUND)
    before = text[start : span.start]
    return before if start == 0 else before.partition(" ")[2]


def _after(text: str, span: Span) -> str:
    """The text after a quote, to the end of a word."""
    after = text[span.end : span.end + AROUND]
    return after if span.end + AROUND >= len(text) else after.rpartition(" ")[0]


def _told(action: Action, brief: Brief, gaps: tuple[str, ...]) -> Told:
    own = [claim for claim in brief.claims if claim.id in action.claim_ids or claim.action_id == action.id]
    return Told(
        lever=action.lever,
        status=action.status,
        policy_id=action.policy_id,
        cue=action.status_cue.quote if action.status_cue else "",
        polarity=action.polarity,
        ending=action.ending,
        opposite=action.opposite,
        modality=action.modality,
        instrument=action.instrument,
        level=action.level,
        quantity=_quantity(action, own),
        announced=When.of(action.date_announced),
        decided=When.of(action.date_decided),
        start=When.of(action.date_start),
        end=When.of(action.date_end),
        actors=tuple(Who.of(party) for party in action.actors),
        recipients=tuple(Who.of(party) for party in action.recipients),
        authority=tuple(dict.fromkeys(one.normalized for one in action.legal_authority)),
        incomplete=action.incomplete,
        gaps=gaps,
    )


def _quantity(action: Action, claims: list[Claim]) -> Quantity | None:
    """The action's number, with what the claim that states it says of the counting."""
    if action.quantity is None:
        return None
    claim = next((one for one in claims if one.value == action.quantity), claims[0] if claims else None)
    if claim is None:
        return Quantity(number=action.quantity, unit=action.quantity_unit or "")
    readings = claim.period.readings if claim.period else ()
    counted = next((one for one in readings if one.start is not None and one.end is not None), None)
    nouns = (claim.unit or "", claim.population or "", claim.measure_text)
    return Quantity(
        number=action.quantity,
        unit=action.quantity_unit or "",
        nouns=tuple(noun for noun in dict.fromkeys(nouns) if noun),
        bound=claim.bound,
        rate=claim.rate,
        counted=When(text=counted.label, start=counted.start, end=counted.end) if counted else None,
    )


# ------------------------------------------------------------------------------------------ and back


def action_of(told: Told, number: str, quote: str) -> Action:
    """What was told as an action of a brief, so that the rules for actions hold for entries of a register too."""
    span = Span(start=0, end=len(quote), quote=quote)
    return Action(
        id=number,
        policy_id=told.policy_id,
        span=span,
        trigger=span,
        mentions=(span,),
        lever=told.lever,
        level=told.level,
        quantity=told.quantity.number if told.quantity else None,
        quantity_unit=(told.quantity.unit or None) if told.quantity else None,
        instrument=told.instrument,
        status=told.status,
        polarity=told.polarity,
        ending=told.ending,
        opposite=told.opposite,
        modality=told.modality,
        actors=tuple(_party(who) for who in told.actors),
        recipients=tuple(_party(who) for who in told.recipients),
        date_announced=_time(told.announced),
        date_decided=_time(told.decided),
        date_start=_time(told.start),
        date_end=_time(told.end),
        legal_authority=tuple(Authority(text=one, normalized=one, span=span) for one in told.authority),
        incomplete=told.incomplete,
        finding_ids=tuple(f"{number}:{kind}" for kind in told.gaps),
        claim_ids=(f"{number}:size",) if told.quantity else (),
    )


def claim_of(told: Told, number: str, quote: str) -> Claim | None:
    """The claim that states the size of an action made by `action_of`, None where none does."""
    size = told.quantity
    if size is None:
        return None
    span = Span(start=0, end=len(quote), quote=quote)
    period = None
    if size.counted is not None:
        reading = Reading(label=size.counted.text, start=size.counted.start, end=size.counted.end)
        period = Period(text=size.counted.text, span=None, readings=(reading,))
    return Claim(
        id=f"{number}:size",
        span=span,
        quote_span=span,
        claim_type="level",
        measure=None,
        measure_text=" ".join(size.nouns),
        value=size.number,
        unit=size.unit or None,
        bound=size.bound,
        rate=size.rate,
        period=period,
        action_id=number,
        checkability="event_record",
    )


def _party(who: Who) -> Party:
    return Party(name=who.name, code=who.code, role=who.role)


def _time(when: When | None) -> TimeReference | None:
    if when is None:
        return None
    exact = when.start is not None and when.start == when.end
    return TimeReference(text=when.text, start=when.start, end=when.end, precision="day" if exact else "unknown")
