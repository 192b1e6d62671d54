"""Citation numbers and names of parts that lead nowhere, and marks that answer engines leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.findings.draft import Draft, Prose
from counterflow.brief.layout.parts import Layout
from counterflow.brief.patterns import Pattern

_MARKER = re.compile(r"\[\^?(\d{1,3})\]")
_ENTRY = re.compile(r"(?:\[\^?(\d{1,3})\]:?|(\d{1,3})[.)])(?=\s)")
_NUMBER_BEFORE = re.compile(r"(\d{1,3})[.)]\s+\Z")


def find_dangling_citations(layout: Layout) -> Iterator[Draft]:
    """Citation numbers that no list of references explains: one finding for all of them."""
    lists = [block for block in layout.blocks if block.kind == "reference"]
    listed: set[int] = set()
    for block in lists:
        if match := _ENTRY.match(layout.text, block.start) or _ENTRY.match(layout.folded, block.start):
            listed.add(int(match[1] or match[2]))
        # A numbered list whose numbers the block finder took for bullets.
        elif before := _NUMBER_BEFORE.search(layout.text[max(0, block.start - 8) : block.start]):
            listed.add(int(before[1]))
    markers: list[re.Match[str]] = []
    passed = 0  # lists that end before the marker
    for match in _MARKER.finditer(layout.folded):
        while passed < len(lists) and lists[passed].end <= match.start():
            passed += 1
        if passed == len(lists) or match.start() < lists[passed].start:
            markers.append(match)
    loose = [match for match in markers if int(match[1]) not in listed]
    if not loose:
        return
    order = list(dict.fromkeys(int(match[1]) for match in loose))
    yield Draft(
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
            "first_use_ascending": int(order == sorted(order)),
        },
    )


@cache
def _engine_marks() -> Pattern:
    return Pattern("|".join(codebook.table("findings")["engine_marks"]["patterns"]))


def find_engine_marks(layout: Layout) -> Iterator[Draft]:
    """Marks that answer engines leave in pasted text: one finding for all of them, stated as an observation."""
    found = list(_engine_marks().finditer(layout.text))
    if found:
        note = codebook.table("findings")["engine_marks"]["note"]
        data: dict[str, int | str | list[int]] = {"marks": len(found), "first": found[0].group()}
        yield Draft("dangling_citations", "answer_engine_marks", "medium", *found[0].span(), note, data)


@cache
def _part() -> Pattern:
    return Pattern(codebook.table("findings")["missing_reference"]["pattern"])


def find_missing_parts(prose: Prose) -> Iterator[Draft]:
    """Tables, figures and annexes that the text points to and does not hold."""
    layout = prose.layout
    note = codebook.table("findings")["missing_reference"]["note"]
    starts: list[str] | None = None
    for sentence in prose.holding(_part().needs):
        for match in _part().finditer(layout.folded, sentence.start, sentence.end):
            if starts is None:
                starts = [" ".join(layout.folded[b.start : b.start + 40].split()).lower() for b in layout.blocks]
            what = " ".join(match["what"].split()).lower()
            if not any(start.startswith(what) for start in starts):
                yield Draft("missing_reference", "part_not_found", "medium", *match.span("what"), note)
