"""Actions that a model proposes, held to the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from counterflow.brief.actions.authority import authorities
from counterflow.brief.actions.lexicon import lexicon
from counterflow.brief.actions.parties import Cast
from counterflow.brief.actions.status import denied
from counterflow.brief.actions.timing import precision_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.llm.gate import Dropped, inside, quoted
from counterflow.brief.llm.told import Told, as_told
from counterflow.brief.llm.wire import WireAction, WireDate, WireParty
from counterflow.brief.schema import Action, Authority, Claim, Finding, Party, Span, TimeReference

_GAPS = ("elided_text", "unresolved_reference")
_SAID_BY_NOTHING = frozenset({"in_force", "completed"})  # what a verb says without a further cue
_HOLD_A_DENIAL = frozenset({"not_authorised", "under_consideration", "rejected"})  # "has not ruled out"
_STOPPED = frozenset({"blocked", "suspended", "rescinded", "ended", "not_authorised", "reinstated", "took_effect"})


@dataclass(frozen=True)
class Ground:
    """What proposed items are held to: the document and what the rules see in it."""

    layout: Layout
    cast: Cast
    era: Era
    findings: Sequence[Finding]
    told: Told
    claims: Sequence[Claim] = ()  # that stand: they tell the size of an act


def action_of(item: WireAction, ground: Ground, sentences: Sequence[Sentence]) -> Action:
    """A proposed action as one of the schema, its id left to the caller.

    `sentences` are those that the model was shown. Raises Dropped where any of its words does not stand where it
    should, or says something else than the item, and where the sentence tells no act of its time.
    """
    layout = ground.layout
    quote, sentence = quoted(layout, item.quote, sentences)
    if layout.blocks[sentence.block].kind in ("title", "heading"):
        raise Dropped("action quoted from a heading")
    trigger = inside(layout, item.lever_words, quote, "words of the lever")
    cue = inside(layout, item.status_words, quote, "words of the status")
    if cue is None and item.status not in _SAID_BY_NOTHING | _usual_status(item.lever):
        raise Dropped("status without words")
    _hold_to_denial(item, trigger or quote, sentence, layout)
    others = [quoted(layout, words, sentences)[0] for words in item.also]
    mentions = tuple(sorted({(m.start, m.end): m for m in (quote, *others)}.values(), key=lambda m: m.start))
    gaps = [f for f in ground.findings if f.kind in _GAPS and any(_touch(f.span, m) for m in mentions)]
    sizes = [c for c in ground.claims if _is_size(c, item.lever, mentions)]
    sized = next((claim for claim in sizes if claim.value is not None), None)
    authority = inside(layout, item.authority, quote, "authority")
    rests_on = _authorities(authority, layout) if authority else ()
    action = Action(
        id="",
        span=quote,
        trigger=trigger or quote,
        mentions=mentions,
        lever=item.lever,
        level=_level(item, quote, layout),
        quantity=sized.value if sized else None,
        quantity_unit=sized.unit if sized else None,
        status=item.status,
        status_cue=cue,
        polarity=item.polarity,
        actors=_parties(item.actor, ground, quote, "actor"),
        recipients=_parties(item.recipient, ground, quote, "recipient"),
        date_start=_date(item.date, ground, quote, first=True),
        date_end=_date(item.end, ground, quote, first=False),
        legal_authority=rests_on,
        incomplete=bool(gaps),
        finding_ids=tuple(finding.id for finding in gaps),
        claim_ids=tuple(claim.id for claim in sizes),
    )
    return as_told(action, ground.told, layout, sentence)


def _hold_to_denial(item: WireAction, trigger: Span, sentence: Sentence, layout: Layout) -> None:
    """Raises Dropped where the clause of an act denies it and the item does not, or the other way round.

    The whole clause is looked at, so that a quote cannot leave the denial out.
    """
    reach = [clause for clause in clauses(layout, sentence) if clause[0] <= trigger.start < clause[1]]
    is_denied = denied(layout.folded, reach[0][0] if reach else sentence.start, trigger.end)
    if item.polarity == "negated" and not is_denied:
        raise Dropped("denial without words")
    if item.polarity == "affirmed" and is_denied and item.status not in _HOLD_A_DENIAL:
        raise Dropped("act that its words deny")


def _words(quote: Span) -> str:
    return " ".join(quote.quote.split())


def _authorities(place: Span, layout: Layout) -> tuple[Authority, ...]:
    """What some words name as authority, in the rules' normal form; the words themselves where the rules know none."""
    as_quoted = Authority(text=_words(place), normalized=_words(place), span=place)
    return authorities(layout, [(place.start, place.end)]) or (as_quoted,)


def _touch(gap: Span, mention: Span) -> bool:
    return mention.start <= gap.end and gap.start <= mention.end


@cache
def _usual_statuses() -> dict[str, frozenset[str]]:
    """Per lever, the statuses that its wordings have by themselves, without a cue."""
    usual: dict[str, frozenset[str]] = {}
    for lever in lexicon():
        own = frozenset({lever.status, *(t.status for t in lever.triggers if t.status)})
        for name in (lever.id, *(to for _, to in lever.by_actor), *(to for _, to in lever.refine)):
            usual[name] = usual.get(name, frozenset()) | own
    return usual


def _usual_status(lever: str) -> frozenset[str]:
    return _usual_statuses().get(lever, frozenset())


def _is_size(claim: Claim, lever: str, mentions: Sequence[Span]) -> bool:
    """Whether a claim states how large an act is: a level of what its lever counts, inside its words."""
    counted = {measure for entry in lexicon() if entry.id == lever for measure in entry.size}
    return (
        claim.claim_type == "level"
        and claim.measure in counted
        and any(m.start <= claim.quote_span.start < m.end for m in mentions)
    )


def _level(item: WireAction, quote: Span, layout: Layout) -> int | None:
    words = inside(layout, item.level_words, quote, "words of the level")
    if item.level is not None and words is None:
        raise Dropped("level without words")
    return item.level


def party_of(
    proposed: WireParty,
    ground: Ground,
    within: Span | Sentence,
    role: Literal["actor", "recipient", "speaker"],
) -> Party:
    """A party that is named inside a quote or sentence.

    Raises Dropped where it is not, or where the document knows the words as a party of another state.
    """
    place = inside(ground.layout, proposed.words, within, role)
    if place is None:
        raise Dropped(f"{role} without words")
    known = [named for named in ground.cast.named if named.start < place.end and place.start < named.end]
    code = proposed.code
    if code and known and not any(named.code.split(".")[0] == code.split(".")[0] for named in known):
        raise Dropped(f"{role} of another state than its words")
    code = code or (known[0].code if known else None)
    court = role == "actor" and code is not None and code.endswith(".COURT")
    return Party(name=_words(place), code=code, role="court" if court else role, span=place)


def _parties(
    proposed: WireParty | None, ground: Ground, quote: Span, role: Literal["actor", "recipient"]
) -> tuple[Party, ...]:
    return (party_of(proposed, ground, quote, role),) if proposed else ()


def _date(proposed: WireDate | None, ground: Ground, quote: Span, *, first: bool) -> TimeReference | None:
    """A date whose words stand in the quote. The days are those that the rules read in them; a day that they do not
    read is not taken over. An end (`first` false) is the last of its days.
    """
    if proposed is None:
        return None
    place = inside(ground.layout, proposed.words, quote, "words of a date")
    if place is None:
        raise Dropped("words of a date not in the quote")
    readings = [r for t in find_times(ground.layout.folded, place.start, place.end, ground.era) for r in t.readings]
    if proposed.day is not None:
        days = {day for r in readings for day in (r.start, r.end)}
        try:
            named = date.fromisoformat(proposed.day)
        except ValueError:
            raise Dropped("date that is none") from None
        if named not in days:
            raise Dropped("date that its words do not give")
        readings = [r for r in readings if named in (r.start, r.end)]
    distinct = {(r.start, r.end) for r in readings}
    start, end = next(iter(distinct)) if len(distinct) == 1 else (None, None)
    length = (end - start).days + 1 if start and end else None
    precision: Literal["day", "week", "month", "year", "relative", "unknown"] = (
        precision_of(length) if readings else "unknown"
    )
    if not first and end is not None:
        start, precision = end, "day"
    return TimeReference(text=_words(place), start=start, end=end, precision=precision, span=place)


# ------------------------------------------------------------------------------------------ merging


def merged(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Actions of one policy as one: the same lever, polarity and actors, or the same words. In order, with ids.

    The first statement stands; how far it has come is told by the last mention that says so, where that one stops
    or revives it.
    """
    kept: list[Action] = []
    for action in sorted(actions, key=lambda one: (one.span.start, one.span.end)):
        home = next((at for at, other in enumerate(kept) if _is_one(other, action)), None)
        if home is None:
            kept.append(action)
        else:
            kept[home] = _joined(kept[home], action)
    return tuple(action.model_copy(update={"id": f"a{number}"}) for number, action in enumerate(kept, start=1))


def _is_one(one: Action, other: Action) -> bool:
    if one.lever != other.lever or one.polarity != other.polarity:
        return False
    if one.span == other.span:
        return True
    codes = {party.code for party in one.actors}
    same_actors = bool(codes) and None not in codes and codes == {party.code for party in other.actors}
    stages = {one.status, other.status}
    return same_actors and (len(stages) == 1 or bool(stages & _STOPPED))


def _joined(one: Action, other: Action) -> Action:
    told = other if other.status in _STOPPED else one
    mentions = {(m.start, m.end): m for m in (*one.mentions, *other.mentions)}
    return one.model_copy(
        update={
            "mentions": tuple(mentions[place] for place in sorted(mentions)),
            "status": told.status,
            "status_cue": told.status_cue,
            "ending": told.ending,
            "opposite": told.opposite,
            "modality": told.modality,
            "speaker": one.speaker or other.speaker,
            "place": tuple(dict.fromkeys([*one.place, *other.place])),
            "date_start": one.date_start or other.date_start,
            "date_end": one.date_end or other.date_end,
            "quantity": one.quantity if one.quantity is not None else other.quantity,
            "quantity_unit": one.quantity_unit or other.quantity_unit,
            "incomplete": one.incomplete or other.incomplete,
            "finding_ids": tuple(dict.fromkeys([*one.finding_ids, *other.finding_ids])),
            "claim_ids": tuple(dict.fromkeys([*one.claim_ids, *other.claim_ids])),
        }
    )
