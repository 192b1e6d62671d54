"""What the document says is done, ordered, considered or answered.

Mentions of one policy are one action: same lever, actors that can be one, same object. Status does not tell
policies apart. What somebody holds about an act, and acts of an earlier time, are not actions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from counterflow.brief.actions.mentions import Mention, find_mentions
from counterflow.brief.actions.parties import Cast, Named, cast_of, party, recipients, same_actor
from counterflow.brief.claims.quantities import find_quantities
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.text import Layout, span
from counterflow.brief.schema import Action, Authority, Claim, Finding, Party, Span, Status, TimeReference

# A time that dates something else: the order that is cited, or the end or start of a comparison.
_OTHER_DATE = re.compile(
    r"(?:(?:Order|Proclamation|Act|Memorandum|rule)\b[^.;]{0,25}\bof|since|until|before|than|hasta|desde)\s+$",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"\b(?:Executive\s+Orders?|E\.O\.)\s+\d{4,5}|\bProclamations?\s+\d{4,5}"
    r"|\bsections?\s+\d+\w*(?:\(\w+\))*(?:(?:,|\s+and)\s+\d+\w*(?:\(\w+\))*)*"
    r"\s+of\s+(?:title\s+\d+|the\s+(?:[A-Z][\w'-]*\s*)+)"
    r"|\b\d{1,2}\s+U\.S\.C\.\s+\d+\w*(?:\(\w+\))*|\bPublic\s+Law\s+\d+-\d+"
    r"|\b(?:[A-Z][\w'-]+\s+(?:(?:and|of|to|for)\s+)?){1,6}Act(?:\s+of\s+(?:17|18|19|20)\d\d)?\b|\bIEEPA\b"
)
_CITATION = re.compile(r"\[(\d{1,3})\]")
_MORE = re.compile(r"\b(?:additional|another|more|further|extra|otros?|más)\s+(?!than)", re.IGNORECASE)
_SETTLED: frozenset[Status] = frozenset({"blocked", "suspended", "rescinded", "ended", "not_authorised"})
_STRIKES = ("military.strike", "military.strike_lab", "military.strike_leader")


@dataclass
class _Policy:
    """The mentions that are one action, the first of them first."""

    mentions: list[Mention] = field(default_factory=list)

    @property
    def lever(self) -> str:
        named = [mention.lever for mention in self.mentions]
        return next((lever for lever in named if lever != "military.strike"), named[0])

    @property
    def stated(self) -> list[Mention]:
        return [mention for mention in self.mentions if not mention.weak]


def find_actions(
    layout: Layout, findings: Sequence[Finding], claims: Sequence[Claim], era: Era | None
) -> tuple[Action, ...]:
    """Every action of a document, in the order of first mentions.

    `findings` tell where words are missing, `claims` the sizes that the text gives; `era` resolves dates. The
    headings of a document give no actions: they repeat what its sentences say.
    """
    policies: list[_Policy] = []
    cast = cast_of(layout)
    found = find_mentions(layout, cast, era)
    for mention in [m for m in found if not m.weak]:
        home = next((policy for policy in policies if _same_policy(policy, mention, layout)), None)
        if home is None:
            policies.append(_Policy([mention]))
        else:
            home.mentions.append(mention)
    for mention in [m for m in found if m.weak]:
        home = next((policy for policy in policies if _spoken_of(policy, mention)), None)
        if home is not None:
            home.mentions.append(mention)
    policies.sort(key=lambda policy: policy.stated[0].hit.place)
    return tuple(
        _action(f"a{number}", policy, layout, findings, claims, era, cast)
        for number, policy in enumerate(policies, start=1)
    )


# ------------------------------------------------------------------------------------------ merging


def _family(lever: str) -> str:
    return "military.strike" if lever in _STRIKES else lever


def _same_lever(one: str, other: str) -> bool:
    generic = "military.strike" in (one, other)
    return one == other or (generic and _family(one) == _family(other))


def _same_policy(policy: _Policy, mention: Mention, layout: Layout) -> bool:
    first = policy.mentions[0]
    if not _same_lever(policy.lever, mention.lever):
        return False
    if first.hit.trigger.object_code != mention.hit.trigger.object_code:
        return False
    if _MORE.search(layout.folded, mention.hit.place[0], mention.hit.place[1]):
        return False
    known = [m.by for m in policy.stated if m.by]
    if not all(same_actor(by, mention.by) for by in known):
        return False
    # Where one side names nobody, an act that is not allowed and one that is weighed are kept apart.
    named = bool(known) and mention.by is not None
    apart = {first.said.status, mention.said.status}
    return named or not ("not_authorised" in apart and len(apart) > 1)


def _spoken_of(policy: _Policy, mention: Mention) -> bool:
    return _same_lever(policy.lever, mention.lever) and all(same_actor(m.by, mention.by) for m in policy.stated)


def _standing_of(policy: _Policy) -> Mention:
    """The mention that tells how far a policy has come: a stop or reversal, else the last cue."""
    # "The courts have not blocked the ban" tells of no block, so it leaves the ban where other mentions put it.
    told = [m for m in policy.stated if not m.said.negated] or policy.stated
    explicit = [m for m in told if m.said.cue and "conditional" not in m.said.modality]
    for mention in reversed(explicit):
        if mention.said.status in _SETTLED or mention.said.status in ("reinstated", "took_effect"):
            return mention
    return explicit[-1] if explicit else told[0]


# ------------------------------------------------------------------------------------------ building


def _action(
    identity: str,
    policy: _Policy,
    layout: Layout,
    findings: Sequence[Finding],
    claims: Sequence[Claim],
    era: Era | None,
    cast: Cast,
) -> Action:
    first, telling = policy.stated[0], _standing_of(policy)
    spans = _distinct([span(layout, *mention.clause) for mention in policy.mentions])
    gaps = [f for f in findings if f.kind in ("elided_text", "unresolved_reference") and _touches(f, policy)]
    sizes = _sizes(policy, claims)
    quantity, unit = _quantity(policy, sizes, layout, era)
    acting = next((m for m in policy.stated if m.actors), first)
    speaker = next((m.speaker for m in policy.stated if m.speaker), None)
    return Action(
        id=identity,
        span=span(layout, *first.clause),
        trigger=span(layout, *first.hit.place),
        mentions=spans,
        lever=policy.lever,
        level=_level(policy, layout),
        quantity=quantity,
        quantity_unit=unit,
        status=telling.said.status,
        status_cue=span(layout, *telling.said.cue) if telling.said.cue else None,
        polarity="negated" if telling.said.negated else "affirmed",
        modality=telling.said.modality,
        actors=_parties(layout, acting.actors),
        recipients=tuple(
            party(layout, named, "recipient")
            for named in recipients(cast, acting.clause, acting.hit.place, acting.actors)
        ),
        speaker=party(layout, speaker, "speaker") if speaker else None,
        date_start=_date(policy, layout, era),
        legal_authority=_authority(policy, layout),
        citations=_citations(policy, layout),
        incomplete=bool(gaps) or any(m.hit.trigger.unnamed for m in policy.stated),
        finding_ids=tuple(f.id for f in gaps),
        claim_ids=tuple(claim.id for claim in sizes),
    )


def _distinct(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted({(s.start, s.end): s for s in spans}.values(), key=lambda s: s.start))


def _parties(layout: Layout, actors: list[Named]) -> tuple[Party, ...]:
    return tuple(party(layout, actor, "actor") for actor in actors)


def _touches(finding: Finding, policy: _Policy) -> bool:
    """Whether a gap lies in, or at the end of, a clause that states the policy."""
    return any(m.clause[0] <= finding.span.end and finding.span.start <= m.clause[1] for m in policy.stated)


def _sizes(policy: _Policy, claims: Sequence[Claim]) -> list[Claim]:
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


def _quantity(policy: _Policy, sizes: list[Claim], layout: Layout, era: Era | None) -> tuple[float | None, str | None]:
    """The number and unit of an act's own size: from a claim, or where there is none from its own words."""
    for claim in sizes:
        if claim.value is not None:
            return claim.value, claim.unit
    for mention in policy.stated:
        counted = mention.hit.lever.counted
        if counted is None:
            continue
        start, end = max(mention.clause[0], mention.hit.place[0] - 30), mention.clause[1]
        for found in find_quantities(layout, start, end, era or Era((), "")):
            if found.start >= mention.hit.place[1] + 20:
                break
            head = layout.folded[found.end : end].lstrip()
            if found.unit == counted[1] or (found.unit == "count" and counted[0].match(_MORE.sub("", head))):
                return found.value, counted[1]
    return None, None


def _level(policy: _Policy, layout: Layout) -> int | None:
    for mention in policy.stated:
        if mention.hit.trigger.level is not None:
            return mention.hit.trigger.level
        for pattern, level in mention.hit.lever.levels:
            if pattern.search(layout.folded, *mention.clause):
                return level
    return None


def _date(policy: _Policy, layout: Layout, era: Era | None) -> TimeReference | None:
    """The first time that a clause of the policy names; a duration is no date."""
    for mention in policy.stated:
        for found in find_times(layout.folded, *mention.clause, era or Era((), "")):
            if (
                found.duration
                or not found.readings
                or _OTHER_DATE.search(layout.folded, max(0, found.start - 60), found.start)
            ):
                continue
            readings = {(reading.start, reading.end) for reading in found.readings}
            start, end = next(iter(readings)) if len(readings) == 1 else (None, None)
            days = (end - start).days + 1 if start and end else None
            return TimeReference(
                text=found.text,
                start=start,
                end=end,
                precision=_precision(days),
                span=span(layout, found.start, found.end),
            )
    return None


def _precision(days: int | None) -> Literal["day", "week", "month", "year", "relative"]:
    if days is None:
        return "relative"
    return "day" if days == 1 else "week" if days <= 7 else "month" if days <= 31 else "year"


def _authority(policy: _Policy, layout: Layout) -> tuple[Authority, ...]:
    found: dict[str, Authority] = {}
    for mention in policy.stated:
        for match in _AUTHORITY.finditer(layout.folded, *mention.clause):
            text = " ".join(match.group().split())
            found.setdefault(text, Authority(text=text, normalized=text, span=span(layout, *match.span())))
    return tuple(found.values())


def _citations(policy: _Policy, layout: Layout) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for mention in policy.mentions:
        for match in _CITATION.finditer(layout.folded, mention.sentence.start, mention.sentence.end):
            numbers[int(match[1])] = None
    return tuple(numbers)
