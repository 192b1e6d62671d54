"""Places where words are missing: broken sentences, links that show nothing, items without their beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from counterflow.brief import codebook
from counterflow.brief.findings.draft import Draft, Prose
from counterflow.brief.layout.parts import Layout, Sentence
from counterflow.brief.patterns import Pattern


@dataclass(frozen=True)
class _Rule:
    """A pattern of the codebook whose group `gap` marks the words on both sides of a hole."""

    id: str
    pattern: Pattern
    holds: tuple[str, ...]  # one of these stands in every match
    confidence: str
    note: str
    real_space: bool  # blanks in the match must be blanks of the original text too, not marks of Markdown
    across_lines: bool  # and the match may hold the end of a line
    by_habit: bool  # a document that does it often is written so
    not_after: re.Pattern[str] | None  # words before the match that explain it


@dataclass(frozen=True)
class _Pair:
    """A rule on two words that no whole sentence holds one after the other."""

    id: str
    confidence: str
    note: str
    not_after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None


_NEAR = 60  # characters around a place that may explain it


def find_gaps(prose: Prose, lost_links: Sequence[int] = ()) -> Iterator[Draft]:
    """Places where words are missing, one finding for each, by the first rule that sees it.

    `lost_links`: where links of the page stand that have lost their words, as offsets into the canonical text.
    """
    taken: list[tuple[int, int]] = []
    drafts = [*_lost_links(prose, lost_links), *_openings(prose.layout), *_by_rules(prose), *_pairs(prose)]
    for draft in sorted(drafts, key=lambda draft: (draft.start, draft.end)):
        if not taken or taken[-1][1] <= draft.start:
            taken.append((draft.start, draft.end))
            yield draft


@cache
def _rules() -> tuple[_Rule, ...]:
    rules = []
    for rule in codebook.table("findings")["gap"]:
        pattern = Pattern(rule["pattern"])
        rules.append(
            _Rule(
                rule["id"],
                pattern,
                tuple(rule.get("holds", pattern.needs)),
                rule["confidence"],
                rule["note"],
                rule.get("real_space", False),
                rule.get("across_lines", False),
                rule.get("by_habit", False),
                _ending(rule.get("not_after")),
            )
        )
    return tuple(rules)


def _ending(words: str | None) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\S)(?:{words})\s*\Z", re.IGNORECASE) if words else None


def _by_rules(prose: Prose) -> Iterator[Draft]:
    for rule in _rules():
        found = list(_found(prose, rule))
        if not rule.by_habit or len(found) <= max(_HABIT, len(prose.sentences) * _HABITUAL):
            yield from found


_HABIT = 3  # as often may a mark be missing by accident, in a document of any length
_HABITUAL = 0.05


def _found(prose: Prose, rule: _Rule) -> Iterator[Draft]:
    for sentence in prose.holding(rule.holds):
        for match in rule.pattern.expression.finditer(prose.folded, sentence.start, sentence.end):
            start, end = match.span("gap")
            if rule.real_space and not _is_blank_in_text(prose.layout, match.start(), end, rule.across_lines):
                continue
            before = prose.folded[max(sentence.start, match.start() - _NEAR) : match.start()]
            if rule.not_after is None or rule.not_after.search(before) is None:
                yield Draft("elided_text", rule.id, rule.confidence, start, end, rule.note)


def _is_blank_in_text(layout: Layout, start: int, end: int, across_lines: bool) -> bool:
    """Whether what is blank in the folded text is blank in the text itself too, and, where asked, within one line."""
    return all(
        layout.text[position].isspace() and (across_lines or layout.text[position] != "\n")
        for position in range(start, end)
        if layout.folded[position].isspace()
    )


# ------------------------------------------------------------------------------- words that never meet


@cache
def _impossible() -> dict[tuple[str, str], _Pair]:
    found: dict[tuple[str, str], _Pair] = {}
    for rule in codebook.table("findings")["pair"]:
        after, before = rule.get("not_after"), rule.get("not_before")
        pair = _Pair(
            rule["id"],
            rule["confidence"],
            rule["note"],
            _ending(after),
            re.compile(rf"\s+(?:{before})", re.IGNORECASE) if before else None,
        )
        for first in rule["first"]:
            # "A" in capitals is a name or a grade more often than an article.
            for form in {first, first.capitalize()} if len(first) > 1 else {first}:
                found |= {(form, second): pair for second in rule["second"] if second != first}
    return found


def _pairs(prose: Prose) -> Iterator[Draft]:
    """Two words side by side that no whole sentence holds, such as an article before a preposition."""
    known = _impossible()
    never = frozenset(known)
    for sentence in prose.sentences:
        words = prose.folded[sentence.start : sentence.end].split()
        for first, second in sorted(never.intersection(pairwise(words))):
            pair = known[first, second]
            for match in re.finditer(rf"(?<!\S){first}\s+{second}(?!\S)", prose.folded[sentence.start : sentence.end]):
                start, end = sentence.start + match.start(), sentence.start + match.end()
                if not _is_allowed(prose, pair, sentence, start, end):
                    yield Draft("elided_text", pair.id, pair.confidence, start, end, pair.note)


def _is_allowed(prose: Prose, pair: _Pair, sentence: Sentence, start: int, end: int) -> bool:
    text = prose.layout.text
    if start > sentence.start and (text[start].isupper() or not text[start - 1].isspace()):
        return True  # a title inside the sentence, or a letter between marks, such as *a*
    if not _is_blank_in_text(prose.layout, start, end, across_lines=True):
        return True
    before = prose.folded[max(sentence.start, start - _NEAR) : start]
    if pair.not_after and pair.not_after.search(before):
        return True
    return pair.not_before is not None and pair.not_before.match(prose.folded, end, sentence.end) is not None


# -------------------------------------------------------------------------------------- links and openings

_EMPTY_LINK = re.compile(r"(?<!!)\[\s{0,9}\]\(\s{0,9}[^()\s#][^()\s]*\s{0,9}\)")
_WORD_BEFORE = re.compile(r"\S{1,60}\s*\Z")
_WORD_AFTER = re.compile(r"\s*\S{1,60}")


def _lost_links(prose: Prose, lost: Sequence[int]) -> Iterator[Draft]:
    """Links that show nothing: their text was lost."""
    places = {match.start(): match.end() for match in _EMPTY_LINK.finditer(prose.layout.text)}
    places |= {place: place for place in lost if place not in places}
    for begin, finish in sorted(places.items()):
        sentence = prose.at(begin) or prose.at(max(0, begin - 1))
        if sentence is not None:
            start, end = _with_neighbours(prose, sentence, begin, finish)
            if prose.folded[start:end].strip():
                yield Draft("elided_text", "empty_link", "high", start, end, "A link here has lost its words.")


def _with_neighbours(prose: Prose, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    before = _WORD_BEFORE.search(prose.folded[max(sentence.start, start - _NEAR) : start])
    after = _WORD_AFTER.match(prose.folded, end, sentence.end)
    return (start - len(before.group()) if before else start), (after.end() if after else end)


def _openings(layout: Layout) -> Iterator[Draft]:
    """Bullets and paragraphs that begin inside a sentence while their siblings begin with capitals."""
    table = codebook.table("findings")["opening"]
    opening = re.compile(rf"(?:{'|'.join(table['words'])})(?=\s)")
    parts: dict[tuple[str, str], list[int]] = {}
    for block in layout.blocks:
        counts = parts.setdefault((block.kind, block.heading), [0, 0])
        counts[0] += 1
        counts[1] += layout.folded[block.start].isupper()
    for position, block in enumerate(layout.blocks):
        match = opening.match(layout.folded, block.start, block.end)
        if match is None or block.kind not in ("bullet", "paragraph"):
            continue
        blocks, capitals = parts[block.kind, block.heading]
        if capitals >= 2 and 3 * capitals >= 2 * (blocks - 1) and not _continues(layout, position):
            yield Draft("elided_text", "starts_inside_a_sentence", "high", match.start(), match.end(), table["note"])


_CITED_END = re.compile(r"(?:\s*\[\^?\d{1,3}\])+\s*\Z")


def _continues(layout: Layout, position: int) -> bool:
    """Whether the block before ends without an end, so that this one may go on with its sentence."""
    if position == 0:
        return False
    before = layout.blocks[position - 1]
    last = _CITED_END.sub("", layout.folded[max(before.start, before.end - 200) : before.end]).rstrip()
    return before.kind in ("paragraph", "bullet") and last[-1:] not in ".!?\"')"


# ---------------------------------------------------------------------------------- references to nothing


@cache
def _unresolved_patterns() -> tuple[Pattern, re.Pattern[str]]:
    table = codebook.table("findings")["unresolved"]
    return Pattern(table["pattern"]), re.compile(table["named_before"], re.IGNORECASE)


def find_unresolved(prose: Prose) -> Iterator[Draft]:
    """A policy that is restored or ended without a name, here or in the two sentences before."""
    pattern, named = _unresolved_patterns()
    note = codebook.table("findings")["unresolved"]["note"]
    for sentence in prose.holding(pattern.needs):
        matches = list(pattern.expression.finditer(prose.folded, sentence.start, sentence.end))
        if not matches:
            continue
        # A policy named in this sentence or in the two before it in the same part is what is meant.
        begin = _begin_of_scene(prose.layout, sentence)
        name = named.search(prose.folded, begin, matches[-1].start())
        for match in matches:
            if name is None or match.start() < name.end():
                yield Draft("unresolved_reference", "policy_without_name", "low", *match.span("gap"), note)


def _begin_of_scene(layout: Layout, sentence: Sentence) -> int:
    heading = layout.blocks[sentence.block].heading
    earlier = layout.sentences[max(0, sentence.index - 2) : sentence.index]
    return min([s.start for s in earlier if layout.blocks[s.block].heading == heading], default=sentence.start)
