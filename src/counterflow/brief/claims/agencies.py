"""Whose arrests a text tells of: both ICE, in the interior, and Border Patrol, at the border, make "arrests"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.patterns import Pattern

_BACK = 160  # characters before arrests in which the agency that makes them stands
_BEHIND = 80  # characters behind them in which "by ICE" stands
_SENTENCE_END = re.compile(r"[.;!?][\"')]*\s+|\s{2,}")  # folded, the lines between two blocks are blanks


def bare_arrests(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Arrests named by no more than whose they are ("its arrests"), between two offsets."""
    for match in _bare().finditer(folded, start, end):
        yield match.span()


def arrests_of(measure: str, folded: str, start: int, end: int) -> str:
    """The measure of arrests that the words between two offsets name as those of `measure`, by whoever makes them.

    An agency that is named counts first. Arrests of nobody that the sentence places at the border are Border Patrol's;
    whose the others are the text leaves open.
    """
    agents = codebook.table("measures")["agents"]
    if measure not in (*agents["names"], agents["unnamed"]):
        return measure
    if named := agency_behind(folded, start, end):
        return named
    if measure != agents["unnamed"]:
        return measure
    until = _SENTENCE_END.search(folded, end)
    begin, stop = _sentence_start(folded, start + 1), until.start() if until else len(folded)
    return str(agents["at_border"] if _words("placed").search(folded, begin, stop) else measure)


def agency_behind(folded: str, start: int, end: int) -> str | None:
    """The measure of the arrests named between two offsets, by the agency that makes them; None where none is told.

    "By ICE" behind them counts first, then the name that acts nearest before them in the sentence, and where the
    sentence speaks on ("It has doubled its daily arrests"), in the one before. Two agencies that act together have a
    measure of their own.
    """
    words = folded[start:end]
    if not _words("acts").search(words) or _words("unless").search(words):
        return None
    if made := _made_by().match(folded, end, min(len(folded), end + _BEHIND)):
        return _measure(made)
    begin = _sentence_start(folded, start)
    lead = folded[begin:start]
    found = _acting(lead)
    if found is None and (_words("pronouns").match(lead.lstrip() or words) or not lead.strip()):
        found = _acting(folded[_sentence_start(folded, begin - 1) : begin]) if begin else None
    return found


def _sentence_start(folded: str, at: int) -> int:
    """Where the sentence that holds an offset begins, or as far back as is looked."""
    back = max(0, at - _BACK)
    ends = [match.end() for match in _SENTENCE_END.finditer(folded, back, at) if match.end() < at]
    return ends[-1] if ends else back


def _acting(lead: str) -> str | None:
    """The measure of the agency that acts last in some words; None where none does, or where others act behind it."""
    last: re.Match[str] | None = None
    together = False
    for match in _names().finditer(lead):
        before = lead[: match.start()]
        joined = last is not None and _AND.fullmatch(lead, last.end(), match.start()) is not None
        if joined and last is not None and match.lastgroup != last.lastgroup:
            last, together = match, True
        elif not _not_acting().search(before) or _staff().search(before) or _OWN.match(lead, match.end()):
            last, together = match, False
    if last is None or _words("others").search(lead, last.end()):
        return None
    return str(codebook.table("measures")["agents"]["together"]) if together else _measure(last)


_AND = re.compile(r",?\s+(?:and|y|e)\s+(?:the\s+|el\s+|la\s+|U\.?S\.?\s+)*", re.IGNORECASE)
_OWN = re.compile(r"'s\s")


def _measure(match: re.Match[str]) -> str:
    """The measure of the agency whose name a match of `_names` holds."""
    measures: list[str] = list(codebook.table("measures")["agents"]["names"])
    return measures[int(str(match.lastgroup).removeprefix("agency"))]


@cache
def _names() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{_alternatives()})(?!\w)")


@cache
def _made_by() -> Pattern:
    made = r"\s+(?:[\w-]+\s+){0,3}?(?:by|of|por|del?)\s+(?:the\s+|el\s+|la\s+|U\.?S\.?\s+|agents\s+of\s+)*"
    return Pattern(rf"{made}(?:{_alternatives()})(?!\w)")


def _alternatives() -> str:
    names = codebook.table("measures")["agents"]["names"].values()
    return "|".join(rf"(?P<agency{at}>{words})" for at, words in enumerate(names))


@cache
def _words(key: str) -> Pattern:
    return Pattern(rf"(?<!\w)(?:{codebook.table('measures')['agents'][key]})")


@cache
def _bare() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{codebook.table('measures')['agents']['bare']})(?!\w)")


@cache
def _not_acting() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{codebook.table('measures')['agents']['not_acting']})\Z")


@cache
def _staff() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{codebook.table('measures')['agents']['staff']})\Z")
