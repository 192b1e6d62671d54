"""Which levers a stretch of text names: the triggers of codebook/actions.toml, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from counterflow.brief import codebook
from counterflow.brief.actions.openings import Beginnings, beginnings, found_at
from counterflow.brief.actions.voice import is_done_to
from counterflow.brief.layout.parts import Stretch
from counterflow.brief.patterns import Folded, Pattern, compile_words
from counterflow.brief.schema import Status
from counterflow.brief.sieve import Sieve


@dataclass(frozen=True)
class Trigger:
    """A wording of a lever: a phrase, or a verb and its object."""

    phrase: Pattern | None
    verb: Pattern | None
    object: Pattern | None
    reach: int  # characters between verb and object
    status: Status | None
    object_code: str
    against: bool
    opposite: bool  # its object is the opposite of the lever's measure
    needs: Pattern | None
    unnamed: bool
    level: int | None
    actor: str


@dataclass(frozen=True)
class Lever:
    """The wordings of one lever or response, and what must and must not stand near them."""

    id: str
    status: Status
    gate: Pattern | None
    unless: Pattern | None
    yields_to: tuple[str, ...]  # levers whose words, where they overlap with its own, are the more telling ones
    size: tuple[str, ...]
    counted: tuple[Pattern, str] | None  # the head words of a number, and its unit
    by_actor: tuple[tuple[str, str], ...]
    by_force: tuple[tuple[Pattern, str], ...]  # forces, and the state that acts through them
    by_place: tuple[tuple[Pattern, str], ...]  # words that tell the state that acts where nobody is named
    refine: tuple[tuple[Pattern, str], ...]
    levels: tuple[tuple[Pattern, int], ...]
    response: bool  # an answer to acts, which its words may name
    between_governments: bool
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class Hit:
    """A trigger found in a clause. `verb` is its verb's place, None for a phrase."""

    lever: Lever
    trigger: Trigger
    place: Stretch
    verb: Stretch | None


def _pattern(words: str | None) -> Pattern | None:
    if words is None:
        return None
    named = codebook.table("actions")["words"]
    filled = re.sub(r"\{([a-z]+)\}", lambda match: f"(?:{named[match[1]]})", words)
    return compile_words(filled)


def _whole(words: str | None) -> Pattern | None:
    return None if words is None else _pattern(rf"(?<![\w-])(?:{words})(?!\w)")


# Any few words before the first noun of a wording: they would be tried at every word of a text.
_ANY_WORDS = re.compile(r"\(\?:\[[^\]]*\]\+ \)\{0,(?P<words>\d)\}\??")
_WORD = 8  # characters of a word and its blank, for the reach that such words bridge


def _trigger(entry: dict[str, Any], reach: int) -> Trigger:
    object_ = entry.get("object")
    leading = _ANY_WORDS.match(object_) if object_ else None
    if object_ and leading:
        object_ = object_[leading.end() :]
    return Trigger(
        phrase=_whole(entry.get("phrase")),
        verb=_whole(entry.get("verb")),
        object=_whole(object_),
        reach=entry.get("reach", reach) + (_WORD * int(leading["words"]) if leading else 0),
        status=entry.get("status"),
        object_code=entry.get("object_code", ""),
        against=entry.get("against", False),
        opposite=entry.get("opposite", False),
        needs=_pattern(entry.get("needs")),
        unnamed=entry.get("unnamed", False),
        level=entry.get("level"),
        actor=entry.get("actor", ""),
    )


def _counted(entry: dict[str, str] | None) -> tuple[Pattern, str] | None:
    pattern = _pattern(rf"(?:{entry['words']})(?!\w)") if entry else None
    return (pattern, entry["unit"]) if entry and pattern else None


def _by_state(entry: dict[str, str]) -> tuple[tuple[Pattern, str], ...]:
    return tuple((pattern, code) for code, words in entry.items() if (pattern := _whole(words)))


@cache
def lexicon() -> tuple[Lever, ...]:
    """Every lever and response of the codebook with its wordings, in the codebook's order."""
    table = codebook.table("actions")
    found = []
    for entry in table["lever"]:
        refine = [(_whole(rule["object"]), rule["lever"]) for rule in entry.get("refine", ())]
        levels = [(_whole(rule["words"]), rule["level"]) for rule in entry.get("levels", ())]
        found.append(
            Lever(
                id=entry["id"],
                status=entry.get("status", "in_force"),
                gate=_pattern(entry.get("gate")),
                unless=_whole(entry.get("unless")),
                yields_to=tuple(entry.get("yields_to", ())),
                size=tuple(entry.get("size", ())),
                counted=_counted(entry.get("counted")),
                by_force=_by_state(entry.get("by_force", {})),
                by_place=_by_state(entry.get("by_place", {})),
                by_actor=tuple(entry.get("by_actor", {}).items()),
                refine=tuple((pattern, lever) for pattern, lever in refine if pattern),
                levels=tuple((pattern, level) for pattern, level in levels if pattern),
                response=entry.get("response", False),
                between_governments=entry.get("parties") == "governments",
                triggers=tuple(_trigger(trigger, table["reach"]) for trigger in entry["triggers"]),
            )
        )
    return tuple(found)


def lever_ids() -> frozenset[str]:
    """Every id that an action can carry: levers, responses and the acts without a lever."""
    ids = set()
    for lever in lexicon():
        ids |= {lever.id, *(target for _, target in lever.by_actor), *(target for _, target in lever.refine)}
    return frozenset(ids)


@cache
def sieve() -> Sieve:
    """Tells from the words of a sentence which wordings it may hold."""
    gates = [lever.gate for lever in lexicon()]
    wordings = [p for lever in lexicon() for t in lever.triggers for p in (t.phrase, t.verb, t.object)]
    return Sieve([*gates, *map(domain, ("words", "here", "elsewhere")), *wordings])


@cache
def domain(key: str) -> Pattern:
    """Words that tell what a text is about: "words" and "here" for this border, "elsewhere" for other theatres."""
    return compile_words(rf"(?<!\w)(?:{codebook.table('actions')['domain'][key]})")


@cache
def _wanted() -> tuple[tuple[int, Lever, Trigger], ...]:
    """Every wording with its lever and the bits that it needs of the sieve."""
    net = sieve()
    return tuple(
        (net.bit(t.phrase) | net.bit(t.verb) | net.bit(t.object), lever, t)
        for lever in lexicon()
        for t in lever.triggers
    )


_MOST = 6  # hits of one lever in one clause; more of them say the same again
_ROOM = 600  # characters of markup that may stand between a verb and its object beside the words

Candidates = tuple[tuple[Lever, tuple[Trigger, ...]], ...]


@lru_cache(maxsize=4096)  # headings, rows and lists say the same again and again
def candidates(passed: int) -> Candidates:
    """The levers, and the wordings of each, that a sentence may hold by what the sieve let through of it."""
    found: dict[str, tuple[Lever, list[Trigger]]] = {}
    for _, lever, trigger in [wanted for wanted in _wanted() if passed & wanted[0] == wanted[0]]:
        found.setdefault(lever.id, (lever, []))[1].append(trigger)
    return tuple((lever, tuple(triggers)) for lever, triggers in found.values())


@cache
def _needed() -> dict[int, int]:
    """The bits that each wording needs of the sieve, by the wording's identity."""
    return {id(trigger): bits for bits, _, trigger in _wanted()}


def narrowed(levers: Candidates, passed: int) -> Candidates:
    """Those of some wordings that a part of their sentence may hold by what the sieve let through of it."""
    needed = _needed()
    found = ((lever, tuple(t for t in ts if passed & needed[id(t)] == needed[id(t)])) for lever, ts in levers)
    return tuple((lever, triggers) for lever, triggers in found if triggers)


def find_hits(folded: Folded, clause: Stretch, sentence: Stretch, levers: Candidates) -> list[Hit]:
    """The triggers of some levers in a clause, in order; the first wording of each lever at each place.

    A wording that holds only for some actors is followed by the next one at its place, which holds where it does not.
    `clause` and `sentence` are offsets into `folded`.
    """
    hits: list[Hit] = []
    begun = beginnings(folded, *clause)
    for lever, triggers in levers:
        if lever.unless and lever.unless.search(folded, *clause):
            continue
        own: list[Hit] = []
        for trigger in triggers:
            if len(own) >= _MOST:
                break
            for place, verb in _places(folded, clause, begun, trigger):
                if trigger.needs and not trigger.needs.search(folded, *sentence):
                    break
                taken = any(overlap(hit.place, place) for hit in own if not hit.trigger.actor)
                if len(own) < _MOST and not taken:
                    own.append(Hit(lever, trigger, place, verb))
        hits += own
    return sorted(hits, key=lambda hit: hit.place)


def is_named_by(hit: Hit, answers: Iterable[Stretch]) -> bool:
    """Whether a hit stands in the words of a response, which names acts without stating them."""
    return not hit.lever.response and any(overlap(hit.place, place) for place in answers)


def yields(hit: Hit, hits: Iterable[Hit]) -> bool:
    """Whether the words of a hit overlap with those of a more telling lever."""
    return any(other.lever.id in hit.lever.yields_to and overlap(hit.place, other.place) for other in hits)


def visible(folded: str, start: int, end: int) -> int:
    """How many characters a reader sees between two offsets: blanks and markup in a row count as one."""
    return len(" ".join(folded[start:end].split()))


def overlap(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches share a character."""
    return one[0] < other[1] and other[0] < one[1]


def _places(
    folded: Folded, clause: Stretch, begun: Beginnings, trigger: Trigger
) -> list[tuple[Stretch, Stretch | None]]:
    if trigger.phrase:
        return [(match.span(), None) for match in islice(found_at(trigger.phrase, folded, begun, *clause), _MOST)]
    assert trigger.verb is not None  # a test holds every trigger of the codebook to one of the two forms
    assert trigger.object is not None
    # Objects come first: they are rarer than verbs, and what holds none need not be looked at for verbs.
    objects = [match.span() for match in islice(found_at(trigger.object, folded, begun, *clause), 2 * _MOST)]
    found: list[tuple[Stretch, Stretch | None]] = []
    verbs = [match.span() for match in found_at(trigger.verb, folded, begun, *clause)] if objects else []
    for verb in verbs:
        if len(found) >= _MOST:
            break
        behind = _object_behind(folded, trigger.object, objects, verb, clause[1])
        apart = behind is not None and _is_apart(folded, verb[1], behind[0], verbs)
        if behind and not apart and _within(folded, verb[1], behind[0], trigger.reach):
            found.append(((verb[0], behind[1]), verb))
            continue
        before = [object_ for object_ in objects if object_[1] <= verb[0]]
        if (
            before
            and _within(folded, before[-1][1], verb[0], trigger.reach)
            and is_done_to(folded, clause, before[-1], verb)
        ):
            found.append(((before[-1][0], verb[1]), verb))
    return found


def _is_apart(folded: str, start: int, end: int, verbs: list[Stretch]) -> bool:
    """Whether a further clause, or a second verb with an object of its own, begins between a verb and an object."""
    if _NEW_CLAUSE.search(folded, start, end):
        return True
    # "refused to send troops": what governs the nearer verb is a cue, and no verb of the object.
    return any(start < other[0] and other[1] <= end and _GOVERNED.search(folded[start : other[0]]) for other in verbs)


def _within(folded: str, start: int, end: int, reach: int) -> bool:
    return end - start <= reach + _ROOM and visible(folded, start, end) <= reach


def _object_behind(folded: str, object_: Pattern, objects: list[Stretch], verb: Stretch, end: int) -> Stretch | None:
    """The first object behind a verb; looked for anew where the words before an object hold the verb itself."""
    for start, stop in objects:
        if start >= verb[1]:
            return start, stop
        if stop > verb[1]:
            match = object_.search(folded, verb[1], end)
            return match.span() if match else None
    return None


_NEW_CLAUSE = re.compile(r",\s+(?:and|but|which|who|that|y|pero|que)\s")
_GOVERNED = re.compile(r"(?:\A\s*to|\S\s+\S.*\b(?:and|or|y|o|to))\s+(?:to\s+|then\s+|also\s+)?\Z")
