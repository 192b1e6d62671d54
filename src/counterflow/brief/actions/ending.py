"""Whether what is still ahead is the end of a measure, and whether a text only tells how long a measure runs."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import Hit, overlap, visible
from counterflow.brief.actions.status import Standing
from counterflow.brief.layout.parts import Stretch
from counterflow.brief.patterns import Pattern, compile_words
from counterflow.brief.schema import Status

# What is said or decided, and not yet done.
_AHEAD: frozenset[Status] = frozenset(
    {
        "announced",
        "ordered",
        "proposed",
        "under_consideration",
        "floated",
        "authorised",
        "requested",
        "pledged",
    }
)
_HALTED: frozenset[Status] = frozenset({"rescinded", "ended", "suspended"})  # of a wording that names a halt by itself
_MOST_WORDS = 6  # between a halting word and the words that name the measure
_NEAR = 60  # characters between them


@cache
def _words(key: str) -> Pattern:
    return compile_words(rf"(?<![\w-])(?:{codebook.table('status')['ending'][key]})(?!\w)")


def is_ending(folded: str, clause: Stretch, hit: Hit, said: Standing) -> bool:
    """Whether what is still to be done is to end or to cut the measure that `hit` names ("will end the programme").

    False where the verb is the lever's own act ("to ban asylum"), or its object the opposite of the lever's measure.
    """
    if said.status not in _AHEAD or hit.trigger.against or hit.trigger.opposite:
        return False
    behind = clause[1] - len(folded[hit.place[1] : clause[1]].lstrip())
    if _words("stops").match(folded, behind, clause[1]):
        return False  # "will lift the tariff pause": the measure goes on
    if hit.trigger.status in _HALTED or _words("behind").match(folded, behind, clause[1]):
        return True
    passive = hit.verb is not None and hit.verb[0] > hit.place[0]
    if passive and _words("behind").search(folded, *hit.place):
        return True
    if any(_governs(folded, match.span(), hit) for match in _words("verbs").finditer(folded, clause[0], hit.place[1])):
        return True
    carried = [match.span() for match in _words("carried").finditer(folded, clause[0], hit.place[1])]
    return any(_governs(folded, place, hit) and _away_from(folded, place[1], clause[1]) for place in carried)


def _away_from(folded: str, start: int, end: int) -> bool:
    return _words("away").match(folded, end - len(folded[start:end].lstrip()), end) is not None


def _governs(folded: str, halting: Stretch, hit: Hit) -> bool:
    """Whether a halting word has the measure for its object, with no other verb or stop between them."""
    start, end = hit.place
    if hit.verb is not None and overlap(halting, hit.verb):
        return True
    if halting[0] >= start:
        # Inside the words of a verb and its object: "ordered ICE to stop raids"; inside a name it is part of it.
        return hit.verb is not None and hit.verb[1] <= halting[0] and _is_bare(folded, halting[1], end)
    return halting[1] <= start and _is_bare(folded, halting[1], start)


def _is_bare(folded: str, start: int, end: int) -> bool:
    between = folded[start:end]
    if re.search(r"[,;:](?!\d)", between) or visible(folded, start, end) > _NEAR or len(between.split()) > _MOST_WORDS:
        return False
    return _words("apart").search(folded, start, end) is None


def without_term(folded: str, clause: Stretch, hit: Hit, said: Standing, default: Status) -> Standing:
    """What stands of an act whose clause only tells until when it runs ("the deployment ends on May 1").

    Such words give its last day and change nothing in how far it has come.
    """
    if said.cue is None or said.status not in ("ended", "rescinded", "announced"):
        return said
    for match in _words("scheduled").finditer(folded, hit.place[1], clause[1]):
        if overlap(match.span(), said.cue) and visible(folded, hit.place[1], match.start()) <= _NEAR:
            return replace(said, status=default, cue=None)
    return said
