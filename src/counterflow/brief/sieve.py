"""Which patterns may match in a stretch of text at all, told from its words alone.

Each pattern needs one of a few runs of letters (`Pattern.needs`). A word is looked into once, whatever the number of
patterns and however often it stands in a text; what its words may match together is what a sentence may match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from counterflow.brief.patterns import SHORTEST, Folded, Pattern

_KEPT = 100_000  # words remembered at a time; real texts have far fewer, hostile ones would fill the memory
_BREAKS = re.compile(r"[\s-]")


class Sieve:
    """Some patterns, each with a bit, and the words that were looked into so far."""

    def __init__(self, patterns: Iterable[Pattern | None]) -> None:
        """Patterns may be None or repeat each other."""
        self._bits: dict[int, int] = {}
        self._kept: list[Pattern] = []  # so that no identity is used twice
        self.always = 0  # patterns whose letters cannot be told from single words
        self._runs: dict[str, int] = {}
        for pattern in patterns:
            if pattern is None or id(pattern) in self._bits:
                continue
            bit = 1 << len(self._kept)
            self._kept.append(pattern)
            self._bits[id(pattern)] = bit
            runs = [max(_BREAKS.split(run), key=len) for run in pattern.needs]  # what one word can hold of each run
            if not runs or min(map(len, runs)) < SHORTEST:
                self.always |= bit
                continue
            for run in runs:
                self._runs[run] = self._runs.get(run, 0) | bit
        self._beginnings: dict[str, list[tuple[str, int]]] = {}
        for run, owners in self._runs.items():
            self._beginnings.setdefault(run[:2], []).append((run, owners))
        self._words: dict[str, int] = {}

    def bit(self, pattern: Pattern | None) -> int:
        """The bit of a pattern; 0 for none, which every text passes."""
        return 0 if pattern is None else self._bits[id(pattern)]

    def passed(self, text: Folded, start: int, end: int) -> int:
        """The bits of all patterns that may match between two offsets."""
        known = self._words
        bits = self.always
        for word in words_in(text, start, end):
            found = known.get(word)
            bits |= self._look_into(word) if found is None else found
        return bits

    def _look_into(self, word: str) -> int:
        if len(self._words) > _KEPT:
            self._words.clear()
        bits = 0
        for at in range(len(word) - 1):
            for run, owners in self._beginnings.get(word[at : at + 2], ()):
                if word.startswith(run, at):
                    bits |= owners
        self._words[word] = bits
        return bits


@lru_cache(maxsize=256)  # a sentence and its clauses are asked about by several sieves, one after the other
def words_in(text: Folded, start: int, end: int) -> frozenset[str]:
    """The different words between two offsets, in lower case."""
    return frozenset(text.low[start:end].replace("-", " ").split())
