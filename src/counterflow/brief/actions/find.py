"""What the document says is done, ordered, considered or answered.

Mentions of one policy are one action: same lever, actors that can be one, same object. Status does not tell
policies apart. What somebody holds about an act, and acts of an earlier time, are not actions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from counterflow.brief.actions.authority import authorities
from counterflow.brief.actions.mentions import Mention, find_mentions
from counterflow.brief.actions.parties import Named, cast_of, party
from counterflow.brief.actions.policies import MORE, Policy, policies_of
from counterflow.brief.actions.status import words
from counterflow.brief.claims.pairs import told_as_before
from counterflow.brief.claims.places import place_of
from counterflow.brief.claims.quantities import find_quantities
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.schema import Action, Claim, Finding, Instrument, Party, Span, TimeReference

_RAISED_FROM = re.compile(r"\b(?:from|del?|desde)\s+\Z", re.IGNORECASE)
_RAISED_TO = re.compile(r"\s*(?:%|percent|por\s+ciento)?\s*(?:up\s+|down\s+)?(?:to|al?|hasta)\s+\d", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_CITATION = re.compile(r"\[(\d{1,3})\]")


def find_actions(
    layout: Layout, findings: Sequence[Finding], claims: Sequence[Claim], era: Era | None
) -> tuple[Action, ...]:
    """Every action of a document, in the order of first mentions.

    `findings` tell where words are missing, `claims` the sizes that the text gives; `era` resolves dates. The
    headings of a document give no actions: they repeat what its sentences say.
    """
    policies = policies_of(find_mentions(layout, cast_of(layout), era), layout)
    return tuple(
        _action(f"a{number}", policy, layout, findings, claims, era) for number, policy in enumerate(policies, start=1)
    )


# ------------------------------------------------------------------------------------------ building


def _action(
    identity: str,
    policy: Policy,
    layout: Layout,
    findings: Sequence[Finding],
    claims: Sequence[Claim],
    era: Era | None,
) -> Action:
    first, telling = policy.stated[0], policy.telling
    spans = _distinct([span(layout, *mention.clause) for mention in policy.mentions])
    gaps = [f for f in findings if f.kind in ("elided_text", "unresolved_reference") and _touches(f, policy)]
    sizes = _sizes(policy, claims)
    quantity, unit = _quantity(policy, sizes, layout, era)
    acting = next((m for m in policy.stated if m.actors), first)
    speaker = next((m.speaker for m in policy.stated if m.speaker), None)
    timed = [telling, *(m for m in policy.stated if m is not telling)]
    return Action(
        id=identity,
        policy_id=_policy_id(policy, acting),
        span=span(layout, *first.clause),
        trigger=span(layout, *first.hit.place),
        mentions=spans,
        lever=policy.lever,
        level=_level(policy, layout),
        quantity=quantity,
        quantity_unit=unit,
        scope=_scope(first, layout),
        instrument=_instrument(telling, layout),
        status=telling.said.status,
        ending=telling.ending,
        opposite=telling.opposite,
        status_cue=span(layout, *telling.said.cue) if telling.said.cue else None,
        polarity="negated" if telling.said.negated else "affirmed",
        modality=telling.said.modality,
        actors=_parties(layout, acting.actors),
        recipients=tuple(party(layout, named, "recipient") for named in acting.recipients),
        speaker=party(layout, speaker, "speaker") if speaker else None,
        place=_places(policy, layout),
        date_announced=_first(m.times.announced for m in timed),
        date_decided=_first(m.times.decided for m in timed),
        date_start=_first(m.times.start for m in timed),
        date_end=_first(m.times.end for m in timed),
        legal_authority=authorities(layout, _rests_on(policy)),
        citations=_citations(policy, layout),
        incomplete=bool(gaps) or any(m.hit.trigger.unnamed for m in policy.stated),
        finding_ids=tuple(f.id for f in gaps),
        claim_ids=tuple(claim.id for claim in sizes),
    )


def _rests_on(policy: Policy) -> list[tuple[int, int]]:
    """The clauses of a policy, with the phrases before them, where what it rests on is named."""
    return [stretch for m in policy.stated for stretch in (m.front, m.clause) if stretch is not None]


_INSTRUMENTS: tuple[Instrument, ...] = ("proclamation", "statute", "rule", "agreement", "order", "statement")


def _instrument(mention: Mention, layout: Layout) -> Instrument | None:
    """By what means the act is done, where its clause or its lever tells."""
    if any(actor.code.endswith(".COURT") for actor in mention.actors):
        return "ruling"
    if mention.lever == "designation.terrorist":
        return "designation"
    named = (name for name in _INSTRUMENTS if words("instrument", name).search(layout.folded, *mention.clause))
    found = next(named, None)
    if found is None and mention.provision:
        return "order"
    if found in (None, "statement") and mention.lever == "military.deployment":
        return "deployment"
    return found


def _scope(mention: Mention, layout: Layout) -> Literal["targeted", "general"] | None:
    """How wide the act is, where words next to its trigger tell."""
    near = (max(mention.clause[0], mention.hit.place[0] - 30), min(mention.clause[1], mention.hit.place[1] + 30))
    general, targeted = (words("scope", key).search(layout.folded, *near) for key in ("general", "targeted"))
    return "general" if general and not targeted else "targeted" if targeted and not general else None


def _places(policy: Policy, layout: Layout) -> tuple[str, ...]:
    """Where the act is done, by the words of the clauses that state it; empty where they name no place."""
    named = (place_of(layout.folded, m.clause, m.clause) for m in policy.stated)
    return tuple(dict.fromkeys(place for place in named if place is not None))


def _first(times: Iterable[TimeReference | None]) -> TimeReference | None:
    return next((time for time in times if time is not None), None)


def _policy_id(policy: Policy, acting: Mention) -> str:
    """The name by which another document has the same policy: lever, state that acts, and object where one is told."""
    code = acting.actors[0].code if acting.actors else ""
    state = code.split(".")[0]
    parts = [policy.lever, state if state in ("US", "MX") else "", acting.hit.trigger.object_code]
    return ":".join(parts).rstrip(":")


def _distinct(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted({(s.start, s.end): s for s in spans}.values(), key=lambda s: s.start))


def _parties(layout: Layout, actors: list[Named]) -> tuple[Party, ...]:
    return tuple(party(layout, actor, "actor") for actor in actors)


def _touches(finding: Finding, policy: Policy) -> bool:
    """Whether a gap lies in, or at the end of, a clause that states the policy."""
    return any(m.clause[0] <= finding.span.end and finding.span.start <= m.clause[1] for m in policy.stated)


def _sizes(policy: Policy, claims: Sequence[Claim]) -> list[Claim]:
    """The claims inside the policy's clauses that count what the lever counts."""
    return [
        claim
        for claim in claims
        if claim.claim_type == "level"
        and any(
            m.clause[0] <= claim.quote_span.start < m.clause[1] and claim.measure in m.hit.lever.size
            for m in policy.stated
        )
    ]


def _quantity(policy: Policy, sizes: list[Claim], layout: Layout, era: Era | None) -> tuple[float | None, str | None]:
    """The number and unit of an act's own size: from a claim, or where there is none from its own words."""
    for claim in sizes:
        # What it was before is no size of the act.
        if claim.value is not None and claim.endpoint != "from" and not _starts_from(claim, layout):
            return claim.value, claim.unit
    for mention in policy.stated:
        counted = mention.hit.lever.counted
        if counted is None:
            continue
        start, end = max(mention.clause[0], mention.hit.place[0] - 30), mention.clause[1]
        raised = False
        for found in find_quantities(layout, start, end, era or Era((), "")):
            if found.start >= mention.hit.place[1] + 20 and not raised:
                break
            head = layout.folded[found.end : end].lstrip()
            if found.unit == counted[1] or (found.unit == "count" and counted[0].match(MORE.sub("", head))):
                if told_as_before(layout.folded, found.start):
                    raised = True
                    continue  # "up from 34,000, to 60,000": the latter is what it will be
                before = layout.folded[max(start, found.start - 10) : found.start]
                raised = not raised and _RAISED_FROM.search(before) is not None
                if raised and _RAISED_TO.match(layout.folded, found.end):
                    continue  # "from 25% to 50%": the latter is what it will be
                return found.value, counted[1]
    return None, None


def _starts_from(claim: Claim, layout: Layout) -> bool:
    """Whether a claim is of what was before, by the words before its number."""
    at = claim.quote_span
    number = _DIGIT.search(layout.folded, at.start, at.end)
    return told_as_before(layout.folded, number.start() if number else at.start)


def _level(policy: Policy, layout: Layout) -> int | None:
    for mention in policy.stated:
        if mention.hit.trigger.level is not None:
            return mention.hit.trigger.level
        for pattern, level in mention.hit.lever.levels:
            if pattern.search(layout.folded, *mention.clause):
                return level
    return None


def _citations(policy: Policy, layout: Layout) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for mention in policy.mentions:
        for match in _CITATION.finditer(layout.folded, mention.sentence.start, mention.sentence.end):
            numbers[int(match[1])] = None
    return tuple(numbers)
