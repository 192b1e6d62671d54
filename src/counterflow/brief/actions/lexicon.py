"""Which levers a stretch of text names: the triggers of codebook/actions.toml, compiled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from counterflow.brief import codebook
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Status

Stretch = tuple[int, int]


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


def _trigger(entry: dict[str, Any], reach: int) -> Trigger:
    return Trigger(
        phrase=_whole(entry.get("phrase")),
        verb=_whole(entry.get("verb")),
        object=_whole(entry.get("object")),
        reach=entry.get("reach", reach),
        status=entry.get("status"),
        object_code=entry.get("object_code", ""),
        against=entry.get("against", False),
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


def levers_in_scene(folded: str, sentence: Stretch, near: str) -> tuple[Lever, ...]:
    """The levers that a sentence may be about.

    `sentence` holds offsets into `folded`, `near` is the text around it (its heading, the sentence before)
    that may set the scene for it.
    """
    scene = f"{near} {folded[sentence[0] : sentence[1]]}"
    return tuple(lever for lever in lexicon() if lever.gate is None or lever.gate.search(scene))


def find_hits(folded: str, clause: Stretch, sentence: Stretch, levers: tuple[Lever, ...]) -> list[Hit]:
    """The triggers of some levers in a clause, in order; the first wording of each lever at each place.

    `clause` and `sentence` are offsets into `folded`. The words of a response name acts without stating them.
    """
    hits: list[Hit] = []
    for lever in levers:
        if lever.unless and lever.unless.search(folded, *clause):
            continue
        for trigger in lever.triggers:
            for place, verb in _places(folded, clause, trigger):
                if trigger.needs and not trigger.needs.search(folded, *sentence):
                    break
                if not any(hit.lever is lever and _overlap(hit.place, place) for hit in hits):
                    hits.append(Hit(lever, trigger, place, verb))
    answered = [hit.place for hit in hits if hit.lever.response]
    hits = [hit for hit in hits if hit.lever.response or not any(_overlap(hit.place, place) for place in answered)]
    return sorted(hits, key=lambda hit: hit.place)


def visible(folded: str, start: int, end: int) -> int:
    """How many characters a reader sees between two offsets: blanks and markup in a row count as one."""
    return len(" ".join(folded[start:end].split()))


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _places(folded: str, clause: Stretch, trigger: Trigger) -> list[tuple[Stretch, Stretch | None]]:
    if trigger.phrase:
        return [(match.span(), None) for match in trigger.phrase.finditer(folded, *clause)]
    assert trigger.verb is not None  # a test holds every trigger of the codebook to one of the two forms
    assert trigger.object is not None
    found: list[tuple[Stretch, Stretch | None]] = []
    for match in trigger.verb.finditer(folded, *clause):
        verb = match.span()
        behind = trigger.object.search(folded, verb[1], clause[1])
        if behind and visible(folded, verb[1], behind.start()) <= trigger.reach:
            found.append(((verb[0], behind.end()), verb))
            continue
        before = [object_.span() for object_ in trigger.object.finditer(folded, clause[0], verb[0])]
        if not before or visible(folded, before[-1][1], verb[0]) > trigger.reach:
            continue
        if _is_passive(folded, clause, before[-1], verb):
            found.append(((before[-1][0], verb[1]), verb))
    return found


_BE = re.compile(r"\b(?:be|been|being|is|are|was|were|get|gets|got|remain|remains|fue|fueron|ser|sido|son)\b[\w\s,-]*$")


def _is_passive(folded: str, clause: Stretch, object_: Stretch, verb: Stretch) -> bool:
    """Whether a verb behind its object is passive ("troops were sent", "troops sent north") or names an
    action ("wall building"). A relative ("aliens apprehended at ...") in a clause with its own verb is not.
    """
    between = folded[object_[1] : verb[0]]
    if _BE.search(between):
        return True
    if between.strip():
        return False
    if folded[verb[0] : verb[1]].lower().endswith("ing"):
        return True
    leading, rest = folded[clause[0] : object_[0]], folded[verb[1] : clause[1]]
    return len(leading.split()) <= 3 and not _FINITE.search(f"{leading} {rest}")


_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|shall|will|would|may|must|can|could|said|says)\b")
