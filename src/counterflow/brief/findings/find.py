"""What is odd about the document itself: missing words, and citations and references that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from counterflow.brief import codebook
from counterflow.brief.claims.changes import change_of
from counterflow.brief.claims.quantities import Quantity, find_quantities
from counterflow.brief.dates.era import Era
from counterflow.brief.layout.imprint import byline_name
from counterflow.brief.layout.text import Block, Layout, Sentence, span
from counterflow.brief.schema import Finding, FindingKind


@dataclass(frozen=True)
class _Draft:
    kind: FindingKind
    rule: str
    confidence: str
    start: int
    end: int
    note: str
    data: dict[str, int | str | list[int]] = field(default_factory=dict)


def find_findings(layout: Layout) -> tuple[Finding, ...]:
    """Every finding about the document, in order of where it stands.

    The rules see some gaps, never all: what was deleted without leaving a broken sentence cannot be seen.
    """
    drafts = [
        *_page_parts(layout),
        *_citations(layout),
        *_engine_marks(layout),
        *_gaps(layout),
        *_unresolved(layout),
        *_inconsistencies(layout),
        *_unattributed(layout),
        *_missing_references(layout),
        *_hidden_characters(layout),
    ]
    drafts.sort(key=lambda draft: (draft.start, draft.end))
    return tuple(
        Finding(
            id=f"f{number}",
            kind=draft.kind,
            rule=draft.rule,
            confidence=draft.confidence,  # type: ignore[arg-type]
            span=span(layout, draft.start, draft.end),
            note=draft.note,
            data=draft.data,
        )
        for number, draft in enumerate(drafts, start=1)
    )


def _page_parts(layout: Layout) -> Iterator[_Draft]:
    table = codebook.table("boilerplate")
    notes = {rule["id"]: rule["note"] for rule in table["rule"]}
    notes |= {key: table[key]["note"] for key in ("orphan_label", "adjacent_post_link")}
    for block in layout.blocks:
        if block.kind == "boilerplate":
            yield _Draft("boilerplate", block.rule, "high", block.start, block.end, notes[block.rule])
        elif block.kind == "byline":
            name = byline_name(" ".join(layout.folded[block.start : block.end].split())) or ""
            yield _Draft("byline", "byline", "high", block.start, block.end, table["byline"]["note"], {"name": name})


# ---------------------------------------------------------------------------------------- citations

_MARKER = re.compile(r"\[\^?(\d{1,3})\]")
_ENTRY = re.compile(r"(?:\[\^?(\d{1,3})\]:?|(\d{1,3})[.)])(?=\s)")


def _citations(layout: Layout) -> Iterator[_Draft]:
    """Citation numbers that no list of references explains."""
    lists = [block for block in layout.blocks if block.kind == "reference"]
    listed = {
        int(match[1] or match[2])
        for block in lists
        if (match := _ENTRY.match(layout.text, block.start)) or (match := _ENTRY.match(layout.folded, block.start))
    }
    for block in lists:  # a numbered list whose numbers the block finder took for bullets
        before = re.search(r"(\d{1,3})[.)]\s+\Z", layout.text[max(0, block.start - 8) : block.start])
        if before:
            listed.add(int(before[1]))
    markers = [
        match
        for match in _MARKER.finditer(layout.folded)
        if not any(block.start <= match.start() < block.end for block in lists)
    ]
    loose = [match for match in markers if int(match[1]) not in listed]
    if not loose:
        return
    order = list(dict.fromkeys(int(match[1]) for match in loose))
    ascending = order == sorted(order)
    yield _Draft(
        "dangling_citations",
        "citation_without_entry",
        "high",
        loose[0].start(),
        loose[0].end(),
        f"{len(loose)} citation markers with {len(order)} different numbers lead to no list of sources.",
        {
            "markers": len(loose),
            "distinct": len(order),
            "unresolved": len(order),
            "resolved": len({int(match[1]) for match in markers} & listed),
            "order": order,
            "first_use_ascending": int(ascending),
        },
    )


def _engine_marks(layout: Layout) -> Iterator[_Draft]:
    marks = "|".join(codebook.table("findings")["engine_marks"]["patterns"])
    found = list(re.finditer(marks, layout.text))
    if found:
        yield _Draft(
            "dangling_citations",
            "answer_engine_marks",
            "medium",
            found[0].start(),
            found[0].end(),
            "The text holds marks that answer engines leave behind; this is no proof of who wrote it.",
            {"marks": len(found)},
        )


# --------------------------------------------------------------------------------------------- gaps


@cache
def _gap_rules() -> tuple[tuple[str, re.Pattern[str], str, str, bool], ...]:
    return tuple(
        (
            rule["id"],
            re.compile(rule["pattern"], re.IGNORECASE),
            rule["confidence"],
            rule["note"],
            rule.get("real_space", False),
        )
        for rule in codebook.table("findings")["gap"]
    )


def _gaps(layout: Layout) -> Iterator[_Draft]:
    """Places where words are missing; one finding per place, by the first rule that sees it."""
    taken: list[tuple[int, int]] = []
    drafts = [*_empty_links(layout), *_openings(layout)]
    for rule, pattern, confidence, note, real_space in _gap_rules():
        for sentence in layout.sentences:
            for match in pattern.finditer(layout.folded, sentence.start, sentence.end):
                group = "gap" if match["gap"] is not None else "gap2"
                start, end = match.span(group)
                if not real_space or _is_blank_in_text(layout, start, end):
                    drafts.append(_Draft("elided_text", rule, confidence, start, end, note))
    for draft in drafts:
        if not any(draft.start < end and start < draft.end for start, end in taken):
            taken.append((draft.start, draft.end))
            yield draft


def _is_blank_in_text(layout: Layout, start: int, end: int) -> bool:
    """Whether what is blank in the folded text is blank in the text itself too, and within one line."""
    return all(
        layout.text[position].isspace() and layout.text[position] != "\n"
        for position in range(start, end)
        if layout.folded[position].isspace()
    )


_EMPTY_LINK = re.compile(r"(?<!!)\[\s*\]\(\s*[^()\s#][^()\s]*\s*\)")


def _empty_links(layout: Layout) -> Iterator[_Draft]:
    """Links that show nothing: their text was lost."""
    for match in _EMPTY_LINK.finditer(layout.text):
        sentence = next((s for s in layout.sentences if s.start <= match.start() < s.end), None)
        if sentence is not None:
            start, end = _with_neighbours(layout, sentence, match.start(), match.end())
            yield _Draft("elided_text", "empty_link", "high", start, end, "A link here has lost its words.")


def _with_neighbours(layout: Layout, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    before = re.search(r"\S+\s*\Z", layout.folded[sentence.start : start])
    after = re.match(r"\s*\S+", layout.folded[end : sentence.end])
    return (start - len(before.group()) if before else start), (end + after.end() if after else end)


def _openings(layout: Layout) -> Iterator[_Draft]:
    """Bullets and paragraphs that begin inside a sentence while their siblings begin with capitals."""
    table = codebook.table("findings")["opening"]
    opening = re.compile(rf"(?:{'|'.join(table['words'])})(?=\s)")
    for position, block in enumerate(layout.blocks):
        match = opening.match(layout.folded, block.start, block.end)
        if match is None or block.kind not in ("bullet", "paragraph"):
            continue
        siblings = [b for b in _siblings(layout, position) if b is not block]
        capitals = sum(layout.folded[b.start].isupper() for b in siblings)
        if capitals >= 2 and 3 * capitals >= 2 * len(siblings) and not _continues(layout, position):
            yield _Draft("elided_text", "starts_inside_a_sentence", "high", match.start(), match.end(), table["note"])


def _siblings(layout: Layout, position: int) -> list[Block]:
    block = layout.blocks[position]
    return [b for b in layout.blocks if b.kind == block.kind and b.heading == block.heading]


def _continues(layout: Layout, position: int) -> bool:
    """Whether the block before ends without an end, so that this one may go on with its sentence."""
    if position == 0:
        return False
    before = layout.blocks[position - 1]
    last = re.sub(r"(?:\s*\[\^?\d{1,3}\])+\s*\Z", "", layout.folded[before.start : before.end]).rstrip()
    return before.kind in ("paragraph", "bullet") and last[-1:] not in ".!?\"')"


def _unresolved(layout: Layout) -> Iterator[_Draft]:
    table = codebook.table("findings")["unresolved"]
    pattern = re.compile(table["pattern"], re.IGNORECASE)
    named = re.compile(table["named_before"], re.IGNORECASE)
    for position, sentence in enumerate(layout.sentences):
        for match in pattern.finditer(layout.folded, sentence.start, sentence.end):
            # A policy named in this sentence or in the two before it in the same part is what is meant.
            earlier = [s for s in layout.sentences[max(0, position - 2) : position] if _same_part(layout, s, sentence)]
            begin = earlier[0].start if earlier else sentence.start
            if not named.search(layout.folded, begin, match.start()):
                start, end = match.span("gap")
                yield _Draft("unresolved_reference", "policy_without_name", "low", start, end, table["note"])


def _same_part(layout: Layout, one: Sentence, other: Sentence) -> bool:
    return layout.blocks[one.block].heading == layout.blocks[other.block].heading


# ------------------------------------------------------------------------- numbers that do not agree

_NO_ERA = Era((), "")


def _inconsistencies(layout: Layout) -> Iterator[_Draft]:
    """A stated percentage beside two levels ("from 200 to 50") that imply another one.

    implied = 100 (to - from) / from. The levels are rounded: each may be off by half a unit of its last
    place; the stated figure by one point.
    """
    for sentence in layout.sentences:
        quantities = find_quantities(layout, sentence.start, sentence.end, _NO_ERA)
        percents = [q for q in quantities if q.unit == "percent"]
        for low, high in pairwise(quantities):
            if not _is_pair(layout, low, high) or len(percents) != 1 or low.value == 0:
                continue
            stated = percents[0]
            change = change_of(layout.folded, (sentence.start, sentence.end), stated.start, stated.end)
            implied = 100 * (high.value - low.value) / low.value
            sign = -1 if change and change.direction == "down" else 1 if change else 0
            if sign == 0 or stated.bound not in ("=", "~"):
                continue
            tolerance = 1.0 + 100 * (_rounding(low) + _rounding(high)) / low.value
            if abs(sign * stated.value - implied) > tolerance:
                yield _Draft(
                    "internal_inconsistency",
                    "percentage_and_levels",
                    "high",
                    min(stated.start, low.start),
                    max(stated.end, high.end),
                    f"The two levels imply {implied:+.0f}%, the text says {sign * stated.value:+.0f}%.",
                    {"implied_percent": round(implied), "stated_percent": round(sign * stated.value)},
                )


def _is_pair(layout: Layout, low: Quantity, high: Quantity) -> bool:
    if low.unit != high.unit or low.unit == "percent":
        return False
    before = layout.folded[max(0, low.start - 8) : low.start]
    between = layout.folded[low.end : high.start]
    return bool(
        re.search(r"\b(?:from|desde|de)\s+\Z", before, re.IGNORECASE)
        and re.fullmatch(r"\s+(?:[\w.,]+\s+){0,6}?(?:to|a)\s+(?:just\s+|only\s+|solo\s+)?", between, re.IGNORECASE)
    )


def _rounding(quantity: Quantity) -> float:
    """Half a unit of the last place that is not zero, the second at the most: 129,000 is 128,500 to 129,500."""
    place = 1.0
    while quantity.value >= 100 * place and quantity.value % (10 * place) == 0:
        place *= 10
    return place / 2


# ---------------------------------------------------------------------------------------- the rest


def _unattributed(layout: Layout) -> Iterator[_Draft]:
    table = codebook.table("findings")["unattributed"]
    for match in _in_sentences(layout, table["pattern"]):
        yield _Draft("unattributed", "unnamed_source", "medium", match.start(), match.end(), table["note"])


def _missing_references(layout: Layout) -> Iterator[_Draft]:
    table = codebook.table("findings")["missing_reference"]
    starts = [" ".join(layout.folded[b.start : b.start + 40].split()).lower() for b in layout.blocks]
    for match in _in_sentences(layout, table["pattern"]):
        what = " ".join(match["what"].split()).lower()
        if not any(start.startswith(what) for start in starts):
            start, end = match.span("what")
            yield _Draft("missing_reference", "part_not_found", "medium", start, end, table["note"])


def _in_sentences(layout: Layout, pattern: str) -> Iterator[re.Match[str]]:
    compiled = re.compile(pattern, re.IGNORECASE)
    for sentence in layout.sentences:
        yield from compiled.finditer(layout.folded, sentence.start, sentence.end)


_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def _hidden_characters(layout: Layout) -> Iterator[_Draft]:
    """Characters that a reader does not see and that split words for a rule: reported, never removed."""
    found = list(_HIDDEN.finditer(layout.text))
    if found:
        first = found[0].start()
        codes = sorted({f"U+{ord(match.group()):04X}" for match in found})
        yield _Draft(
            "hidden_characters",
            "invisible_or_direction_mark",
            "high",
            first,
            first + 1,
            f"{len(found)} invisible characters ({', '.join(codes)}); rules may miss words that they split.",
            {"count": len(found), "characters": ", ".join(codes)},
        )
