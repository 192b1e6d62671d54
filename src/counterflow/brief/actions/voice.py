"""Whether a verb behind the thing named by a wording is done to it, or by it of itself."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.layout.parts import Stretch
from counterflow.brief.patterns import Pattern, compile_words


@cache
def _words(key: str) -> Pattern:
    return compile_words(rf"(?<!\w)(?:{codebook.table('actions')['voice'][key]})")


_BE = re.compile(
    r"\b(?:be|been|being|is|are|was|were|get|gets|got|remain|remains|se|fue|fueron|ser|será|serán|sea|sean|sido|siendo|son"
    r"|es|está|están|queda|quedan|quedó|quedaron)\b(?P<behind>[\w\s,-]*)$"
)
_PROGRESSIVE = re.compile(r"(?:is|are|was|were|been)\s+(?:now\s+|already\s+|still\s+)?\Z")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|shall|will|would|may|must|can|could|said|says)\b")
_MEASURED = re.compile(r"\d|\b(?:made|built|high|long|tall)\s+(?:and|y)\b")


def is_done_to(folded: str, clause: Stretch, object_: Stretch, verb: Stretch) -> bool:
    """Whether a verb behind its object is passive ("troops were sent", "troops sent north"), names an action ("wall
    building"), or says what became of the thing by itself ("the camp will open"). A relative ("aliens apprehended at
    ...") in a clause with its own verb is not.
    """
    between, said = folded[object_[1] : verb[0]], folded[verb[0] : verb[1]]
    if _PROGRESSIVE.search(between) and said.lower().endswith("ing"):
        return _words("becoming").match(folded, verb[0]) is not None  # not "prices are keeping up"
    be = _BE.search(between)
    if be:
        # "is 30 feet high and made of steel" tells how a thing is.
        return _MEASURED.search(be["behind"]) is None
    if _words("becomes").match(folded, verb[0]) and _comes_about(folded, clause, between, verb):
        return True
    if between.strip():
        return False
    if said.lower().endswith("ing"):
        return True
    if _words("object").match(folded, *_behind(folded, verb[1], clause[1])):
        return False  # "agents stopped 7,950 people": what it is done to stands behind
    leading, rest = folded[clause[0] : object_[0]], folded[verb[1] : clause[1]]
    return len(leading.split()) <= 3 and not _FINITE.search(f"{leading} {rest}")


def _comes_about(folded: str, clause: Stretch, between: str, verb: Stretch) -> bool:
    """Whether a verb of change has the thing for its subject and no object of its own."""
    if _words("subject").fullmatch(between) is None:
        return False
    return _words("goes_on").match(folded, *_behind(folded, verb[1], clause[1])) is not None


def _behind(folded: str, start: int, end: int) -> Stretch:
    """The rest of a clause from its next word on."""
    return end - len(folded[start:end].lstrip()), end
