"""Patterns of the codebook, compiled: words that are looked for only where their letters stand at all.

Most sentences hold none of a pattern's words. A regular expression with many alternatives takes long to find that
out; looking for a few fixed runs of letters does not (Cox 2012, "Regular Expression Matching with a Trigram Index").
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

_PARSER: Any = re._parser  # type: ignore[attr-defined]  # what `re` itself reads patterns with

MOST = 150  # a longer list of runs takes as long as the pattern itself
SHORTEST = 2

# A look-behind (fixed width), a character class (left alone), or a blank that no quantifier follows.
_BLANK = re.compile(r"\(\?<[!=][^)]*\)|\[(?:\\.|[^\]\\])*\]| (?![*+?{])")


class Folded(str):
    """A folded text that keeps its lower-case form, of the same length, for `Pattern` to look into."""

    low: str

    def __new__(cls, text: str) -> Folded:
        """The text, with its lower-case form beside it."""
        folded = super().__new__(cls, text)
        folded.low = lower(text)
        return folded


def lower(text: str) -> str:
    """Lower case, character for character: the one letter that grows in lower case stays as it is."""
    return text.lower() if "İ" not in text else "İ".join(part.lower() for part in text.split("İ"))


class Pattern:
    """A regular expression that is tried only where one of the runs of letters that it needs stands."""

    def __init__(self, pattern: str, flags: int = re.IGNORECASE) -> None:
        """Raises re.error where the pattern is not valid."""
        self.pattern = pattern
        self.flags = flags
        self.needs = required_runs(pattern, flags)

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The compiled expression: made when it is first tried, which most patterns never are in a short text."""
        return re.compile(self.pattern, self.flags)

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r})"

    def may_match(self, text: str, start: int = 0, end: int | None = None) -> bool:
        """Whether the letters of a match stand between two offsets at all."""
        if not self.needs:
            return True
        stop = len(text) if end is None else end
        low = text.low[start:stop] if isinstance(text, Folded) else lower(text[start:stop])
        for run in self.needs:  # noqa: SIM110 - asked some hundred times a sentence, and a loop is twice as quick
            if run in low:
                return True
        return False

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first match between two offsets, as `re.Pattern.search`."""
        if not self.may_match(text, start, end):
            return None
        return self.expression.search(text, start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The match that begins at `start`, as `re.Pattern.match`."""
        return self.expression.match(text, start, len(text) if end is None else end)

    def fullmatch(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The match of all that stands between two offsets, as `re.Pattern.fullmatch`."""
        return self.expression.fullmatch(text, start, len(text) if end is None else end)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Every match between two offsets, as `re.Pattern.finditer`."""
        if not self.may_match(text, start, end):
            return iter(())
        return self.expression.finditer(text, start, len(text) if end is None else end)


def _blank(match: re.Match[str]) -> str:
    found = match.group()
    if found.startswith("(?<"):
        return found.replace(" ", r"\s")
    return found if found.startswith("[") else r"[\s-]+"


@cache
def compile_words(pattern: str, flags: int = re.IGNORECASE) -> Pattern:
    """A codebook pattern as a regular expression: each blank matches any run of blanks and hyphens.

    Raises re.error where the codebook's pattern is not valid.
    """
    return Pattern(_BLANK.sub(_blank, pattern), flags)


def required_runs(pattern: str, flags: int = re.IGNORECASE) -> tuple[str, ...]:
    """Runs of letters, in lower case, of which every match holds at least one; empty where none are known.

    >>> required_runs(r"(?:the )?(?:troops?|soldiers?)")
    ('soldier', 'troop')
    """
    known = _known_runs().get(key_of(pattern, flags))
    return runs_in(pattern, flags) if known is None else tuple(known)


def key_of(pattern: str, flags: int) -> str:
    """Under what a pattern's runs stand in runs.json, beside this module."""
    return hashlib.sha256(f"{int(flags)} {pattern}".encode()).hexdigest()[:16]


@cache
def _known_runs() -> dict[str, list[str]]:
    """Runs worked out beforehand, by scripts/work_out_runs.py: to parse a thousand patterns takes a quarter second."""
    path = files("counterflow.brief").joinpath("runs.json")
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def runs_in(pattern: str, flags: int) -> tuple[str, ...]:
    """The runs of `required_runs`, worked out from the pattern itself."""
    found = _runs_of(_PARSER.parse(pattern, flags))
    if found is None or len(found) > MOST or min(map(len, found)) < SHORTEST:
        return ()
    shorter = [run for run in found if not any(other != run and other in run for other in found)]
    return tuple(sorted(set(shorter)))


def _runs_of(parsed: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    """The best set of runs for a sequence of parsed items: the one whose shortest run is longest, then the smallest."""
    candidates: list[frozenset[str]] = []
    run = ""
    for code, value in parsed:
        name = str(code)
        if name == "LITERAL":
            run += chr(value)
            continue
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue  # takes no room: letters on both sides still follow each other
        candidates += [frozenset({lower(run)})] if run else []
        run = ""
        inside = _runs_inside(name, value)
        candidates += [inside] if inside else []
    candidates += [frozenset({lower(run)})] if run else []
    usable = [c for c in candidates if len(c) <= MOST]
    return max(usable, key=lambda c: (min(min(map(len, c)), 4), -len(c)), default=None)


def _runs_inside(name: str, value: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _runs_of(value[3])
    if name == "BRANCH":
        branches = [_runs_of(branch) for branch in value[1]]
        known = [branch for branch in branches if branch is not None]
        return frozenset().union(*known) if len(known) == len(branches) else None
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        return _runs_of(value[2])
    if name == "ATOMIC_GROUP":
        return _runs_of(value)
    return None
