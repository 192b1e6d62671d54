"""Quantities that a document states about the world, each with its words, period, baseline and speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.attribution import Attribution, attributions, speaker_of
from counterflow.brief.claims.counts import counted
from counterflow.brief.claims.domain import domain_of
from counterflow.brief.claims.durations import durations
from counterflow.brief.claims.factors import factors, sizes
from counterflow.brief.claims.gate import kinds_in
from counterflow.brief.claims.measures import NOWHERE, Mention, may_name_outcome, measure_called, mentions
from counterflow.brief.claims.pairs import with_pairs
from counterflow.brief.claims.quantities import find_quantities, holds_number
from counterflow.brief.claims.ratios import ratios
from counterflow.brief.claims.records import records
from counterflow.brief.claims.scene import Scene, overlap
from counterflow.brief.claims.tables import table_claims
from counterflow.brief.claims.trends import comparisons, missing_subject, trends
from counterflow.brief.claims.wordless import nobody, vague
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim, Finding

_GAPS = ("elided_text", "unresolved_reference")


def find_claims(layout: Layout, findings: tuple[Finding, ...], era: Era) -> tuple[Claim, ...]:
    """Every quantity claim of the document, in order; none comes from boilerplate, bylines or references.

    Numbers that are planned, required or supposed ("will deploy 1,500") are not claims, nor is a number in a text
    that is not about the border. A claim made in a heading and again in the text is given once, from the text. A
    claim whose clause has words missing is incomplete.
    """
    gaps = [finding for finding in findings if finding.kind in _GAPS]
    domain = domain_of(layout)
    found: list[Claim] = []
    memory = _Memory()
    for sentence in layout.sentences:
        kind = layout.blocks[sentence.block].kind
        if kind == "table":
            continue
        if not domain.may_admit(memory.begin(sentence), sentence.start, sentence.end):
            memory.note(sentence)
            continue
        here = [claim for claim in _of_sentence(layout, sentence, gaps, era, memory) if domain.admits(claim)]
        if here and (quoted := attributions(layout, sentence)):
            here = [_with_speaker(claim, quoted) for claim in here]
        if kind in ("title", "heading"):
            here = [claim.model_copy(update={"from_heading": True}) for claim in here]
        found.extend(here)
    found.extend(claim for claim in table_claims(layout, era) if domain.admits(claim))
    stated = {_content(claim) for claim in found if not claim.from_heading}
    kept = [claim for claim in found if not (claim.from_heading and _content(claim) in stated)]
    kept.sort(key=lambda claim: (claim.quote_span.start, claim.quote_span.end))
    kept = with_pairs(layout, kept, era)
    return tuple(claim.model_copy(update={"id": f"c{number}"}) for number, claim in enumerate(kept, start=1))


class _Memory:
    """The sentence before, for one that speaks on of it ("They fell from 47,300 to 6,070", "in the same month")."""

    def __init__(self) -> None:
        self.before: list[Sentence] = []

    def note(self, sentence: Sentence) -> None:
        """Remember a sentence; only those of its own block are kept."""
        if self.before and self.before[-1].block != sentence.block:
            self.before = []
        self.before = [*self.before[-_BACK:], sentence]

    def begin(self, sentence: Sentence) -> int:
        """Where the sentence before begins, if it stands in the same block; else where this one does."""
        return self.before[-1].start if self.before and self.before[-1].block == sentence.block else sentence.start

    def topic(self, layout: Layout, sentence: Sentence) -> Mention | None:
        """The measure that the sentence before spoke of last, where this one begins with a pronoun for it."""
        if not _speaks_on().match(layout.folded, sentence.start, sentence.end):
            return None
        for earlier in reversed(self.earlier(sentence)):
            found = [m for m in mentions(layout.folded, earlier.start, earlier.end) if m.measure.is_outcome]
            if found:
                return found[-1]
        return None

    def earlier(self, sentence: Sentence) -> tuple[Sentence, ...]:
        """The sentences before this one in its block, as far back as they are remembered."""
        return tuple(s for s in self.before if s.block == sentence.block and s.index < sentence.index)


_BACK = 2  # sentences


@cache
def _speaks_on() -> Pattern:
    return Pattern(rf"(?:{'|'.join(codebook.table('measures')['topic']['opens'])})(?!\w)")


def _of_sentence(
    layout: Layout, sentence: Sentence, findings: list[Finding], era: Era, memory: _Memory
) -> Iterator[Claim]:
    memory.note(sentence)
    near = [f for f in findings if overlap(f.span.start, f.span.end, (sentence.start, sentence.end))]
    kinds = kinds_in(layout.folded, sentence.start, sentence.end)
    stretch = (sentence.start, sentence.end)
    numbered = holds_number(layout.folded, *stretch)
    parts = _with_ranges(layout, clauses(layout, sentence), era, stretch) if near or kinds or numbered else ()
    counts = [find_quantities(layout, *clause, era, stretch) if numbered else () for clause in parts]
    if any(counts):
        kinds |= {"number", "ratio"}
    if "change" in kinds and not may_name_outcome(layout.folded, *stretch):
        kinds -= {"change"}
    if not near and not kinds:
        return
    topic = memory.topic(layout, sentence)
    earlier = memory.earlier(sentence)
    has_claim = False
    for clause, quantities in zip(parts, counts, strict=True):
        gaps = tuple(f for f in near if overlap(f.span.start, f.span.end, clause))
        for claim in _claims_of(
            Scene(layout, era, sentence, clause, quantities, gaps, topic, has_claim, earlier), kinds
        ):
            yield claim
            has_claim = True
            if claim.measure is not None:  # what the next clause speaks on of ("..., the most since 2000")
                topic = Mention(measure_called(claim.measure), NOWHERE, NOWHERE)


def _with_ranges(
    layout: Layout, parts: tuple[tuple[int, int], ...], era: Era, within: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    """Clauses, where a dash between the ends of a range ("30 % - 50 %") cuts none."""
    kept: list[tuple[int, int]] = []
    for start, end in parts:
        if (
            kept
            and _DASHED.search(layout.folded, max(0, kept[-1][1] - _END), start)
            and layout.folded[start] in _FIGURES
        ):
            joined = find_quantities(layout, kept[-1][0], end, era, within)
            if any(q.value_high is not None and q.start < start < q.end for q in joined):
                kept[-1] = (kept[-1][0], end)
                continue
        kept.append((start, end))
    return tuple(kept)


_END = 12  # characters of a number in which its unit stands
_FIGURES = "0123456789$"
_DASHED = re.compile(r"\d\s*(?:%|percent)?\s+-\s+\Z", re.IGNORECASE)
_RULES = (
    ("duration", durations),
    ("number", counted),
    ("ratio", ratios),
    ("nobody", nobody),
    ("vague", vague),
    ("factor", factors),
    ("size", sizes),
    ("record", records),
)
_SUPPOSED = re.compile(r"(?:whether|if|si)\b", re.IGNORECASE)


def _claims_of(scene: Scene, kinds: frozenset[str]) -> Iterator[Claim]:
    if _SUPPOSED.match(scene.folded, *scene.clause):
        return
    claims = [claim for kind, rule in _RULES if kind in kinds for claim in rule(scene)]
    yield from claims
    if "comparison" in kinds:
        yield from comparisons(scene, claims)
    if not claims and not scene.quantities:
        if "change" in kinds:
            yield from trends(scene)
        yield from missing_subject(scene)


def _with_speaker(claim: Claim, quoted: tuple[Attribution, ...]) -> Claim:
    speaker = speaker_of(quoted, claim.quote_span.start, claim.quote_span.end)
    return claim.model_copy(update={"speaker": speaker}) if speaker else claim


def _content(claim: Claim) -> tuple[object, ...]:
    return claim.claim_type, claim.measure, claim.value, claim.unit
