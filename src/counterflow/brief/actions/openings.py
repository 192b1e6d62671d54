"""Where in a text a wording may begin at all, told from the first letters of its words.

A wording of some hundred verbs is slow to try at every letter. It begins where a word does, and with one of a few
runs of letters, which are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from counterflow.brief.patterns import Folded, Pattern, lower

_PARSER: Any = re._parser  # type: ignore[attr-defined]  # what `re` itself reads patterns with

_LETTERS = 3  # tell most words apart
_MOST = 2000  # beginnings of one wording; more of them tell nothing
_BEGINNING = re.compile(r"(?<![\w-])\w")


Beginnings = dict[str, list[int]]  # where words begin, by their first letters: by one, two and three of them


def beginnings(text: Folded, start: int, end: int) -> Beginnings:
    """Where the words between two offsets begin, by their first letters."""
    low = text.low
    found: Beginnings = {}
    for match in _BEGINNING.finditer(text, start, end):
        at = match.start()
        for size in range(1, min(_LETTERS, end - at) + 1):
            found.setdefault(low[at : at + size], []).append(at)
    return found


def found_at(pattern: Pattern, text: Folded, begun: Beginnings, start: int, end: int) -> Iterator[re.Match[str]]:
    """Every match of a pattern between two offsets, as `Pattern.finditer` gives them; `begun` are their beginnings."""
    openings = _openings(pattern)
    if openings is None:
        yield from pattern.finditer(text, start, end)
        return
    last = start
    for at in sorted({place for letters in openings.intersection(begun) for place in begun[letters]}):
        found = pattern.expression.match(text, at, end) if at >= last else None
        if found is not None:
            yield found
            last = max(found.end(), at + 1)


@cache
def _openings(pattern: Pattern) -> frozenset[str] | None:
    """The letters with which each match begins, up to three; None where they cannot be told."""
    found = _first(_PARSER.parse(pattern.pattern, pattern.flags))
    if found is None:
        return None
    told = frozenset(lower(letters) for letters, _ in found)
    return None if any(not re.match(r"\w", letters) for letters in told) else told


# Beginnings of a part of a pattern: letters, and whether what follows the part may follow them.
_Firsts = set[tuple[str, bool]]


def _first(parsed: Iterable[tuple[Any, Any]]) -> _Firsts | None:
    found: _Firsts = {("", True)}
    for code, value in parsed:
        name = str(code)
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue  # takes no room
        told = _first_of(name, value)
        following = {("", False)} if told is None else told
        joined: _Firsts = set()
        for letters, is_open in found:
            if not is_open:
                joined.add((letters, False))
                continue
            for more, goes_on in following:
                whole = letters + more
                joined.add((whole[:_LETTERS], goes_on and len(whole) < _LETTERS))
        found = joined
        if len(found) > _MOST:
            return None
        if not any(is_open for _, is_open in found):
            break
    return found


def _first_of(name: str, value: Any) -> _Firsts | None:
    if name == "LITERAL":
        return {(chr(value), True)}
    if name == "IN":
        letters = [str(code) == "LITERAL" for code, _ in value]
        return {(chr(letter), True) for _, letter in value} if all(letters) else None
    if name == "SUBPATTERN":
        return _first(value[3])
    if name == "ATOMIC_GROUP":
        return _first(value)
    if name == "BRANCH":
        branches = [_first(branch) for branch in value[1]]
        known = [branch for branch in branches if branch is not None]
        return set().union(*known) if len(known) == len(branches) else None
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inside = value
        told = _first(inside)
        if told is None:
            return None
        # What is repeated may begin again: only its first letters are sure.
        again = {(letters, False if most != 1 else is_open) for letters, is_open in told}
        return again if least else again | {("", True)}
    return None
