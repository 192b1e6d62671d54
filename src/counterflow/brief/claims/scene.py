"""One clause of a document and what surrounds it: what the rules of claims look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from counterflow.brief import codebook
from counterflow.brief.claims.measures import Mention
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import TimeMatch, find_times
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Finding


@dataclass(frozen=True)
class Scene:
    """A clause that is being read, with its sentence."""

    layout: Layout
    era: Era
    sentence: Sentence
    clause: tuple[int, int]
    quantities: tuple[Quantity, ...]  # of the clause
    gaps: tuple[Finding, ...]  # that lie in the clause
    topic: Mention | None = None  # the measure that an earlier sentence spoke of, where this one speaks on of it
    has_claim: bool = False  # whether an earlier clause of the sentence states something
    before: tuple[Sentence, ...] = ()  # earlier sentences of the block

    @property
    def folded(self) -> str:
        return self.layout.folded

    @property
    def times(self) -> tuple[TimeMatch, ...]:
        """The words of time of the sentence; looked for only where something is stated."""
        return find_times(self.folded, self.sentence.start, self.sentence.end, self.era)

    @property
    def last_time(self) -> TimeMatch | None:
        """The last time that an earlier sentence of the block named ("in the same month")."""
        for earlier in reversed(self.before):
            times = [t for t in find_times(self.folded, earlier.start, earlier.end, self.era) if t.readings]
            if times:
                return times[-1]
        return None

    def is_unreal(self, at: int) -> bool:
        """Whether words of the clause before `at`, or behind it, make it a plan, an order, a rule or a supposition."""
        opens, before, after = _unreal()
        if opens.match(self.folded, self.sentence.start):
            return True
        first = _first_unreal(self.folded, *self.clause)  # a long list asks for each of its numbers
        if first is not None and first < at and before.search(self.folded, first, at):
            return True
        if _ordered().search(self.folded, max(self.sentence.start, at - _REACH), at):
            return True
        return after.search(self.folded, at, min(self.sentence.end, at + _REACH)) is not None

    def led_to(self, after: int) -> Quantity | None:
        """The count that a change led to, where it is the next number after its size: "fell 94% to [8,353]"."""
        following = next((q for q in self.quantities if q.start >= after), None)
        if following is None or following.unit in ("percent", "percentage_points"):
            return None
        return following if _to_end().search(self.folded, after, following.start) else None


_REACH = 120  # characters behind a number in which words can make it a plan


@cache
def _to_end() -> re.Pattern[str]:
    return re.compile(codebook.table("changes")["pairs"]["to_end"], re.IGNORECASE)


@cache
def _unreal() -> tuple[Pattern, Pattern, Pattern]:
    table = codebook.table("quantities")["unreal"]
    opens, before, after = (Pattern(rf"(?<!\w)(?:{'|'.join(table[key])})(?!\w)") for key in _UNREAL)
    return opens, before, after


@lru_cache(maxsize=256)
def _first_unreal(folded: str, start: int, end: int) -> int | None:
    """Where the first words of a clause begin that make what follows unreal; None without any."""
    found = _unreal()[1].search(folded, start, end)
    return found.start() if found else None


@cache
def _ordered() -> Pattern:
    """What stands before a size that an order or a bill sets: "signed Executive Order 14800 ordering [5,000]"."""
    table = codebook.table("quantities")["ordered"]
    papers, does = "|".join(table["papers"]), "|".join(table["does"])
    word = r"[\w'$-]+(?:[.,]\d+)*"
    dated = rf"(?:,?\s+(?:{'|'.join(table['dated'])})\s+(?:[\w'-]+,?\s+){{1,5}}?|\s+)"  # "of January 20, 2025"
    return Pattern(rf"(?<!\w)(?:{papers})(?:\s+\d+)?{dated}(?:{does})\s+(?:{word}\s+){{0,5}}\Z")


_UNREAL = ("opens", "before", "after")


def overlap(start: int, end: int, other: tuple[int, int]) -> bool:
    """Whether two stretches of text share a character."""
    return start < other[1] and other[0] < end
