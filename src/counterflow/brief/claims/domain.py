"""Whether a figure belongs to the subject: a document about the border, or a sentence with words of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from counterflow.brief import codebook
from counterflow.brief.claims.measures import measure_called, measures
from counterflow.brief.layout.parts import Layout
from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.schema import Claim
from counterflow.brief.sieve import Sieve


@dataclass(frozen=True)
class Domain:
    """What a document is about, and its words."""

    folded: Folded
    is_border: bool

    def admits(self, claim: Claim) -> bool:
        """Whether a claim is one about the border or about Mexico.

        Any is in a document about them. Elsewhere its sentence must say so, or its measure be one of nothing else.
        """
        if self.is_border:
            return True
        start, end = claim.span.start, claim.span.end
        strong, weak = _words()
        if claim.measure is not None and not measure_called(claim.measure).is_general:
            return True
        if _holds(strong, self.folded, start, end):
            return True
        return claim.measure is not None and _holds(weak, self.folded, start, end)

    def may_admit(self, context: int, start: int, end: int) -> bool:
        """Whether a sentence can hold a claim that is admitted, before any is looked for.

        `context` is where the sentence before begins, whose measure this one may speak on of.
        """
        if self.is_border:
            return True
        sieve, own = _sieve()
        passed = sieve.passed(self.folded, context, end)
        for pattern in _words():
            if passed & sieve.bit(pattern) and pattern.expression.search(self.folded, start, end):
                return True
        return any(
            passed & bits and all(pattern.search(self.folded, context, end) for pattern in needed)
            for bits, needed in own
        )


@lru_cache(maxsize=256)  # each claim of a sentence asks again
def _holds(words: Pattern, folded: Folded, start: int, end: int) -> bool:
    return words.search(folded, start, end) is not None


@cache
def _sieve() -> tuple[Sieve, tuple[tuple[int, tuple[Pattern, ...]], ...]]:
    """Words of the subject; and a phrase, or a noun and an act, of each measure that only texts about it speak of."""
    special = [m for m in measures() if not m.is_general]
    sieve = Sieve([*_words(), *(part for m in special for part in (m.phrases, *(acts for _, acts in m.counts)))])
    own = [(sieve.bit(m.phrases), (m.phrases,)) for m in special]
    acted = [(sieve.bit(acts), (acts, noun)) for m in special for noun, acts in m.counts]
    return sieve, (*own, *acted)


def domain_of(layout: Layout) -> Domain:
    """The domain of a document: about the border where words of it are many, of more than one kind, and not sparse."""
    limits = codebook.table("quantities")["domain"]
    strong, _ = _words()
    needed = max(limits["words"], len(layout.folded) / limits["characters_per_word"])
    kinds: set[str] = set()
    for count, match in enumerate(strong.finditer(layout.folded), start=1):
        kinds.add(match.group()[:5].lower())
        if count >= needed and len(kinds) >= limits["kinds"]:
            return Domain(layout.folded, is_border=True)
    return Domain(layout.folded, is_border=False)


@cache
def _words() -> tuple[Pattern, Pattern]:
    table = codebook.table("quantities")["domain"]
    strong, weak = ("|".join(table[key]) for key in ("strong", "weak"))
    return Pattern(rf"(?<!\w)(?:{strong})(?!\w)"), Pattern(rf"(?<!\w)(?:{weak})(?!\w)")
