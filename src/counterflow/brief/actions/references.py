"""Words that speak of an act told just before, without its name: "the request was turned down"."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import Hit, visible
from counterflow.brief.actions.status import Standing
from counterflow.brief.layout.parts import Sentence, Stretch
from counterflow.brief.patterns import Pattern, compile_words

_CUE_REACH = 30  # characters between such words and what tells their status
SENTENCES = 2  # how many sentences further on an act can still be spoken of so


@cache
def _words(key: str) -> Pattern:
    return compile_words(rf"(?<!\w)(?:{codebook.table('actions')['reference'][key]})(?!\w)")


def referring(folded: str, clause: Stretch, told: Hit, *, by_court: bool = True) -> Hit | None:
    """The words of a clause that stand for the act of `told`, as a hit of its lever; None where there are none.

    `by_court`: whether the act was told with a court. "The ruling" speaks of no other.
    """
    match = _words("words").search(folded, *clause)
    if match is None or (not by_court and _words("courts").match(folded, *match.span())):
        return None
    plain = replace(
        told.trigger, status=None, against=False, opposite=False, needs=None, unnamed=False, level=None, actor=""
    )
    return Hit(told.lever, plain, match.span(), None)


def tells(folded: str, clause: Stretch, hit: Hit, said: Standing) -> bool:
    """Whether a cue right beside such words says what became of the act."""
    if said.cue is None or said.negated:
        return False
    named = _words("named").match(folded, *hit.place) is not None
    if named and hit.place[0] <= said.cue[0] and said.cue[1] <= hit.place[1]:
        return False  # "during this pause": nothing becomes of it
    if said.cue[0] >= clause[1]:
        return True  # in the predicate behind them: "those limits, which ..., were blocked"
    start, end = sorted((said.cue, hit.place))
    return visible(folded, min(start[1], end[0]), end[0]) <= _CUE_REACH


def as_turned(folded: str, hit: Hit, said: Standing, before: Standing) -> Standing:
    """What becomes of the act where its block or pause is itself stopped: "the injunction was lifted"."""
    stopped = said.status in ("rescinded", "ended", "suspended", "blocked")
    held = before.status in ("blocked", "suspended")
    if stopped and held and _words("holds").search(folded, *hit.place):
        return replace(said, status="reinstated")
    return said


def near(sentence: Sentence, told: Sentence) -> bool:
    """Whether a sentence stands near enough behind another to speak of what it told."""
    return 0 <= sentence.index - told.index <= SENTENCES
