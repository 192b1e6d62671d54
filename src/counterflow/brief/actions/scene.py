"""What stands around each sentence: its heading, the items that open its list, and whether it is about this border."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.actions.lexicon import domain, sieve
from counterflow.brief.actions.status import words
from counterflow.brief.layout.clauses import clauses
from counterflow.brief.layout.once import once_for_layout
from counterflow.brief.layout.parts import Layout, Sentence, Stretch
from counterflow.brief.patterns import Folded, Pattern

_LONG = 8  # sentences, from which a document's own words tell what all of it is about
_ENUMERATED = re.compile(r"\s*\(?(?P<mark>[a-z]|[ivx]+|[A-Z]|\d{1,2})\s*\)")
_RUN_IN_HEADING = re.compile(
    r"\s*(?:Sec|Section)\b\W*\d+\s*\.\s+(?![^.]*\b(?:shall|may|must|will|is|are|hereby|authori[sz]es)\b)[^.]{0,120}\.?\s*"
)


def is_heading(layout: Layout, sentence: Sentence) -> bool:
    """Whether a sentence is a title, a heading, the heading that opens a section of an order, or a row of a table."""
    if layout.blocks[sentence.block].kind in ("title", "heading", "table"):
        return True
    return _RUN_IN_HEADING.fullmatch(layout.folded, sentence.start, sentence.end) is not None


@dataclass(frozen=True)
class Surroundings:
    """What is around the sentences of a document, each list by the index of the sentence."""

    leads: tuple[tuple[Stretch, ...], ...]  # clauses of the items that open a sentence's list, nearest first
    passed: tuple[int, ...]  # what the sieve of the lexicon lets through of each sentence
    passed_near: tuple[int, ...]  # the same, of the sentence and what its scene holds
    scenes: tuple[tuple[Stretch, ...], ...]  # the sentence before it in its block, and the one that opens its list
    about: tuple[bool, ...]  # whether it is about this border
    dense: bool  # the whole document is about this border, and long enough to tell
    general: tuple[bool, ...]  # whether it, or what opens its list, is a saving clause of an order


@once_for_layout
def surroundings(layout: Layout) -> Surroundings:
    """What is around each sentence of a document."""
    folded = layout.folded
    net = sieve()
    passed = tuple(net.passed(folded, s.start, s.end) for s in layout.sentences)
    leads = _leads(layout)
    scenes = []
    passed_near = []
    for sentence in layout.sentences:
        before = layout.sentences[sentence.index - 1] if sentence.index else None
        near = [(before.start, before.end)] if before and before.block == sentence.block else []
        scenes.append((*near, *leads[sentence.index]))
        bits = passed[sentence.index] | (passed[sentence.index - 1] if near else 0)
        for start, end in leads[sentence.index]:
            bits |= net.passed(folded, start, end)
        passed_near.append(bits)
    saving = words("orders", "saving")
    general = tuple(
        any(saving.search(folded, start, end) for start, end in [(s.start, s.end), *leads[s.index]])
        for s in layout.sentences
    )
    about, dense = _about(layout, tuple(scenes), passed, tuple(passed_near))
    return Surroundings(leads, passed, tuple(passed_near), tuple(scenes), about, dense and len(about) >= _LONG, general)


def is_general_provision(layout: Layout, sentence: Sentence) -> bool:
    """Whether a sentence, or the one that opens its list, is a saving clause of an order."""
    return surroundings(layout).general[sentence.index]


def found_near(layout: Layout, sentence: Sentence, pattern: Pattern) -> bool:
    """Whether a pattern stands in a sentence, its heading, the sentence before it or the one that opens its list.

    In a document that is about this border throughout, it may stand anywhere.
    """
    folded = layout.folded
    if surroundings(layout).dense:
        return _stands_in(layout, pattern)
    scene = surroundings(layout)
    around = ((sentence.start, sentence.end), *scene.scenes[sentence.index])
    if scene.passed_near[sentence.index] & sieve().bit(pattern) and any(
        pattern.search(folded, start, end) for start, end in around
    ):
        return True
    return _in_heading(pattern, layout.blocks[sentence.block].heading)


def _stands_in(layout: Layout, pattern: Pattern) -> bool:
    known = _standing(layout)
    if id(pattern) not in known:
        known[id(pattern)] = pattern.search(layout.folded) is not None
    return known[id(pattern)]


@once_for_layout
def _standing(layout: Layout) -> dict[int, bool]:
    """Which patterns stand anywhere in the document, filled as it is asked."""
    return {}


@cache
def _in_heading(pattern: Pattern, heading: str) -> bool:
    return pattern.search(heading) is not None


# ---------------------------------------------------------------------------------------------- lists


def _leads(layout: Layout) -> tuple[tuple[Stretch, ...], ...]:
    """For each sentence of a list, the clauses of the items above it that end with a colon, nearest first."""
    folded = layout.folded
    leads: list[tuple[Stretch, ...]] = []
    openers: list[tuple[str, tuple[Stretch, ...]]] = []  # style of enumeration, clauses nearest first
    letter = ""
    for sentence in layout.sentences:
        bullet = layout.blocks[sentence.block].kind == "bullet"
        mark = _ENUMERATED.match(folded, sentence.start)
        continued = _ENUMERATED.match(folded, layout.blocks[sentence.block].start) is not None
        if mark:
            style, letter = _style(mark["mark"], letter)
            styles = [known for known, _ in openers]
            if style in styles:
                del openers[styles.index(style) :]
        elif bullet:
            style = "bullet"
        else:
            style = "" if not continued else "text"
            if not continued:
                openers.clear()
        listed = bullet or mark is not None
        leads.append(tuple(part for _, parts in reversed(openers) for part in parts) if listed else ())
        if folded[max(sentence.start, sentence.end - 3) : sentence.end].rstrip().endswith(":"):
            if style in ("", "bullet"):
                openers.clear()
            openers = [*openers[-3:], (style, tuple(reversed(clauses(layout, sentence)))[:4])]
    return tuple(leads)


def _style(mark: str, letter: str) -> tuple[str, str]:
    """The style of an enumeration, and the last letter counted: "(i)" is a number unless it follows "(h)"."""
    if mark.isdigit():
        return "digit", letter
    if mark.isupper():
        return "upper", letter
    follows = len(mark) == 1 and letter and ord(mark) == ord(letter) + 1
    if re.fullmatch(r"[ivx]+", mark) and not follows:
        return "roman", letter
    return "lower", mark


# --------------------------------------------------------------------------------------------- border


def speaks_of_the_border(words: str) -> bool:
    """Whether some words name this border, migration, drugs or cartels, and no other theatre."""
    text = Folded(words)
    here = domain("here").search(text) is not None
    return here or (domain("words").search(text) is not None and domain("elsewhere").search(text) is None)


def _about(
    layout: Layout, scenes: tuple[tuple[Stretch, ...], ...], passed: tuple[int, ...], passed_near: tuple[int, ...]
) -> tuple[tuple[bool, ...], bool]:
    folded = layout.folded
    any_word, here, elsewhere = (sieve().bit(domain(key)) for key in ("words", "here", "elsewhere"))
    own = [
        bool(passed[s.index] & any_word) and domain("words").search(folded, s.start, s.end) is not None
        for s in layout.sentences
    ]
    dense = bool(own) and sum(own) / len(own) >= float(codebook.table("actions")["domain"]["dense"])
    about = []
    for sentence in layout.sentences:
        stretch = (sentence.start, sentence.end)
        heading = layout.blocks[sentence.block].heading
        around = scenes[sentence.index]
        near = passed_near[sentence.index]
        if passed[sentence.index] & here and domain("here").search(folded, *stretch):
            about.append(True)
        elif (near & elsewhere and domain("elsewhere").search(folded, *stretch)) or _near(
            "elsewhere", folded, around if near & elsewhere else (), heading
        ):
            about.append(False)
        else:
            there = around if near & any_word else ()
            about.append(dense or own[sentence.index] or _near("words", folded, there, heading))
    return tuple(about), dense


def _near(key: str, folded: str, around: tuple[Stretch, ...], heading: str) -> bool:
    pattern = domain(key)
    return any(pattern.search(folded, *stretch) for stretch in around) or _in_heading(pattern, heading)
