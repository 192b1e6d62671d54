"""Which mentions are one policy, and which of them tells how far it has come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from counterflow.brief import codebook
from counterflow.brief.actions.acting import same_actor
from counterflow.brief.actions.mentions import Mention
from counterflow.brief.layout.parts import Layout
from counterflow.brief.schema import Status

MORE = re.compile(r"\b(?:additional|another|more|further|extra|otros?|más)\s+(?!than)", re.IGNORECASE)
_SETTLED: frozenset[Status] = frozenset({"blocked", "suspended", "rescinded", "ended", "not_authorised", "rejected"})
_STRIKES = ("military.strike", "military.strike_lab", "military.strike_leader")


@dataclass
class Policy:
    """The mentions that are one action, the first of them first."""

    lever: str  # the most telling one that its mentions name
    stated: list[Mention] = field(default_factory=list)
    spoken: list[Mention] = field(default_factory=list)  # that only speak of it

    @property
    def mentions(self) -> list[Mention]:
        """All mentions, those first that state it."""
        return [*self.stated, *self.spoken]

    def add(self, mention: Mention) -> None:
        """Take in another mention."""
        (self.spoken if mention.weak else self.stated).append(mention)
        if self.lever == "military.strike":
            self.lever = mention.lever

    @property
    def telling(self) -> Mention:
        """The mention that tells how far it has come: a stop or reversal, else the last cue."""
        # "The courts have not blocked the ban" tells of no block, so it leaves the ban where other mentions put it.
        told = [m for m in self.stated if not m.said.negated] or self.stated
        explicit = [m for m in told if m.said.cue and "conditional" not in m.said.modality]
        for mention in reversed(explicit):
            if mention.said.status in _SETTLED or mention.said.status in ("reinstated", "took_effect"):
                return mention
        return explicit[-1] if explicit else told[0]


def policies_of(mentions: Iterable[Mention], layout: Layout) -> list[Policy]:
    """The mentions of a document, those of one policy together, in the order of their first statements."""
    found = list(mentions)
    policies: dict[str, list[Policy]] = {}
    for mention in (m for m in found if not m.weak):
        family = policies.setdefault(_family(mention.lever), [])
        home = next((policy for policy in family if _same_policy(policy, mention, layout)), None)
        if home is None and family and _is_aside(mention, layout):
            home = family[-1]
        if home is None:
            family.append(Policy(mention.lever, [mention]))
        else:
            home.add(mention)
    for mention in (m for m in found if m.weak):
        family = policies.get(_family(mention.lever), [])
        home = next((policy for policy in family if _spoken_of(policy, mention)), None)
        if home is not None:
            home.add(mention)
    every = [policy for family in policies.values() for policy in family]
    return sorted(every, key=lambda policy: policy.stated[0].hit.place)


_RELATIVE = re.compile(r"\s*(?:which|who|que|quien(?:es)?)\s", re.IGNORECASE)


def _is_aside(mention: Mention, layout: Layout) -> bool:
    """Whether an answer stands in a relative clause without a day of its own: it tells more of one told before."""
    aside = _RELATIVE.match(layout.folded, *mention.clause) is not None
    return aside and mention.hit.lever.response and mention.times.day is None


def _family(lever: str) -> str:
    return "military.strike" if lever in _STRIKES else lever


def _same_lever(one: str, other: str) -> bool:
    generic = "military.strike" in (one, other)
    return one == other or (generic and _family(one) == _family(other))


def _same_policy(policy: Policy, mention: Mention, layout: Layout) -> bool:
    first, last = policy.stated[0], policy.stated[-1]
    if not _same_lever(policy.lever, mention.lever):
        return False
    if first.hit.trigger.object_code != mention.hit.trigger.object_code:
        return False
    if mention.hit.lever.response and not _same_object(first, mention, layout):
        return False
    if mention.provision and first.provision:
        return mention.clause == last.clause  # each provision of an order is an act of its own
    if MORE.search(layout.folded, mention.hit.place[0], mention.hit.place[1]):
        return False
    denied = mention if mention.said.negated else first
    if mention.said.negated != first.said.negated and denied.said.status not in _SETTLED:
        return False  # "no family has been returned" is beside the order to return them
    if mention.said.negated and mention.said.status in _SETTLED:
        return True  # "the courts have not blocked it" speaks of the measure of whoever took it
    if not same_actor(first.by, mention.by) or not same_actor(last.by, mention.by):
        return False
    if _other_act(last, mention, layout):
        return False
    # Where one side names nobody, an act that is not allowed and one that is weighed are kept apart.
    named = any(m.by for m in (first, last)) and mention.by is not None
    apart = {first.said.status, mention.said.status}
    return named or not ("not_authorised" in apart and len(apart) > 1)


def _same_object(one: Mention, other: Mention, layout: Layout) -> bool:
    """Whether two statements can be about one thing: they share a word besides their verbs, or one has no other."""
    said = []
    for mention in (one, other):
        start, end = mention.hit.place
        verb = mention.hit.verb or (start, start)
        said.append(_stems(f"{layout.folded[start : verb[0]]} {layout.folded[verb[1] : end]}"))
    return not all(said) or bool(said[0] & said[1])


# "the tariffs", "those raids": words that speak of an act as known; "the purchase of truck scanners" tells what it is.
_KNOWN = re.compile(
    r"(?:the|this|that|these|those|its|his|her|their|both|it|el|la|los|las|dich[oa]s?|es[ea]s?|su)"
    r"(?:\s+(?:same|latest|new))?(?:\s+[^\W\d][\w'-]*){0,2}",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\b(?:the|this|that|these|those|its|his|her|their|el|la|los|las|dich[oa]s?|es[ea]s?|su)\s+(?:same\s+)?\Z",
    re.IGNORECASE,
)


def _is_known(mention: Mention, one: Mention, layout: Layout) -> bool:
    """Whether a mention speaks of its measure as known, in a word or two that fit any or that `one` has too."""
    start, end = mention.hit.place
    if mention.hit.verb is not None and mention.hit.verb[0] == start:
        start = mention.hit.verb[1]
    elif determiner := _DETERMINER.search(layout.folded, max(mention.sentence.start, start - 20), start):
        start = determiner.start()
    spoken = layout.folded[start:end].strip()
    if _KNOWN.fullmatch(spoken) is None:
        return False
    said = _stems(spoken)
    plain = _stems(codebook.table("actions")["reference"]["plain"])
    return bool(not said or plain & said or said & _stems(layout.folded[slice(*one.clause)]))


_LETTERS = 5  # of a word tell most stems apart


def _stems(words: str) -> frozenset[str]:
    found = (word[:_LETTERS] for word in re.findall(r"[^\W\d_]{3,}", words.lower()))
    return frozenset(found) - {"the", "this", "that", "these", "those", "its", "his", "her", "their", "los", "las"}


# How far an act has come, in steps that one thing does not take at once.
_STEPS: tuple[frozenset[Status], ...] = (
    frozenset({"under_consideration", "floated", "proposed", "requested", "rejected"}),
    frozenset({"not_authorised"}),
    frozenset({"ordered", "authorised", "announced", "pledged"}),
    frozenset({"in_force", "completed", "took_effect", "expanded", "determined", "reinstated"}),
    frozenset({"blocked", "suspended", "rescinded", "ended"}),
)


def _step(status: Status) -> int:
    return next(number for number, step in enumerate(_STEPS) if status in step)


def _other_act(one: Mention, other: Mention, layout: Layout) -> bool:
    """Whether two mentions tell two things done to one measure.

    They do where their statuses differ and each has a day of its own, where two bodies of a state do them, and where
    they have come unequally far and the second does not speak of its measure as known.
    """
    if one.said.status == other.said.status:
        return False
    if other.said.cue is None and other.times.end is not None and other.times.day is None:
        return False  # it only tells how long the other goes on
    if _at_other_times(one, other):
        return True
    bodies = [{actor.code for actor in mention.actors} for mention in (one, other)]
    apart = all(bodies) and not bodies[0] & bodies[1]
    if one.sentence is other.sentence:
        return apart
    told = one.said.cue is not None and other.said.cue is not None
    if apart and told:
        return True
    far = told or _step(one.said.status) != _step(other.said.status)
    return far and not other.refers and not _is_known(other, one, layout)


def _at_other_times(one: Mention, other: Mention) -> bool:
    """Whether two mentions have days of their own, or in one sentence months, of which neither holds the other."""
    days = (one.times.day, other.times.day)
    if None not in days or one.sentence is not other.sentence:
        return None not in days and days[0] != days[1]
    when = [mention.times.when for mention in (one, other)]
    if None in [(time and time.start and time.end) for time in when]:
        return False
    first, second = ((time.start, time.end, time.precision) for time in when if time and time.start and time.end)
    if "year" in (first[2], second[2]):
        return False
    return first[1] < second[0] or second[1] < first[0]


def _spoken_of(policy: Policy, mention: Mention) -> bool:
    ends = (policy.stated[0], policy.stated[-1])
    return _same_lever(policy.lever, mention.lever) and all(same_actor(m.by, mention.by) for m in ends)
