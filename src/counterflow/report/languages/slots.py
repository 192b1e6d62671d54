"""Templates with slots: where a text fits one, and what then stands in each slot.

A template is a sentence with slots in braces, as “{n} of {n2} months”. The first letter of a slot tells what may
stand there, the digits after it tell slots of one kind apart:

    n  a number with its signs, percent or dollars, also “$1.2 billion”, or the dash that stands for an unknown one
    d  a date or span: “14 May 2025”, “May 2025”, “1–11 Feb 2025”, “FY2024”, “2025-05-14”
    c  a code without a space: a name, an id, a file
    p  such a number with a percent sign
    w  a person's or an office's name: words with capitals
    q  a quotation or a name, which stays as it is
    e  words of an English source, which stay too and are told apart as English
    t  a text that is translated in its turn
    l  a list of such texts, joined by commas, semicolons or “and”
    a  such a list without a semicolon: where one ends is told by it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

SLOT = re.compile(r"\{([npdwcqetla]\d*)\}")
NUMBER = re.compile(
    r"[<>~≈±×+−-]?[±−-]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+−-]?\d+)?%?(?: (?:million|billion|trillion)\b)?|–(?![\w])"
)
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
_DAY = rf"(?:\d{{1,2}}(?:–\d{{1,2}})? )?(?:{_MONTH})(?: \d{{4}}\b)?"
DATE = re.compile(rf"\b(?:{_DAY}(?:–{_DAY})?|FY\d{{4}}\b|\d{{4}}-\d\d(?:-\d\d)?\b)")
DAY = re.compile(rf"(?:(\d{{1,2}}(?:–\d{{1,2}})?) )?\b({_MONTH})\b(?: (\d{{4}})\b)?")
ENDED = re.compile(r"(?<![A-Z])[.?!] +[A-Z]")  # a sentence that ends: what stays as it is holds none, but in quotes
PERCENT = re.compile(r"[<>~≈±×+−-]?[±−-]?\d+(?:,\d{3})*(?:\.\d+)?%")
CAPITALS = re.compile(r"[A-ZÁÉÍÓÚÑ][\w.'-]*(?: (?:de |la |del )*[A-ZÁÉÍÓÚÑ][\w.'-]*){0,4}(?<![.])")
CLOSED = {"n": NUMBER, "p": PERCENT, "w": CAPITALS, "d": DATE}  # kinds that tell by themselves where they end
PLACES = 24  # where a slot of free text may end, at most
STEPS = 600  # tries of one template on one text, at most
SAME = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " "})


class Template(NamedTuple):
    """A sentence with slots and its counterpart: `literals` (one more than `slots`) stand around the slots."""

    literals: tuple[str, ...]
    slots: tuple[str, ...]
    other: tuple[str, ...]  # the counterpart in turns: text, slot, text, …
    longest: str  # the longest literal: a text without it does not fit
    weight: int  # characters of literals: of two that fit, the heavier is meant
    counts: bool  # whether it begins with a number
    closing: int  # how many of the last slots are of closed kinds, where others come before them
    ending: re.Pattern[str] | None  # how a text must end that fits, where there are such


def alike(text: str) -> str:
    """`text` with apostrophes and spaces of one kind, character for character."""
    return text.translate(SAME)


def template(english: str, other: str) -> Template:
    """A pair as a template. Raises ValueError where the slots of both differ or two free slots touch."""
    parts, counterpart = SLOT.split(alike(english)), SLOT.split(other)
    literals, slots = tuple(parts[::2]), tuple(parts[1::2])
    if len(set(slots)) != len(slots) or not set(counterpart[1::2]) <= set(slots):
        raise ValueError(f"the slots differ: {english!r} and {other!r}")
    if set(slots) - set(counterpart[1::2]):
        raise ValueError(f"a slot is lost: {english!r} and {other!r}")
    if any(not literal for literal in literals[1:-1]):
        raise ValueError(f"two slots touch: {english!r}")
    longest = max(literals, key=len)
    counts = not literals[0] and slots[0][0] == "n"
    closing = len(slots) - 1 - max((n for n, slot in enumerate(slots) if slot[0] not in CLOSED), default=len(slots) - 1)
    ending = re.compile(_ending(literals, slots, closing)) if closing else None
    return Template(literals, slots, tuple(counterpart), longest, sum(map(len, literals)), counts, closing, ending)


def _ending(literals: tuple[str, ...], slots: tuple[str, ...], closing: int) -> str:
    """A pattern of the last slots and of what stands around them."""
    parts = [re.escape(literals[-closing - 1])]
    for name, literal in zip(slots[-closing:], literals[-closing:], strict=True):
        parts.append(f"(?:{CLOSED[name[0]].pattern}){re.escape(literal)}")
    return "".join(parts) + r"\Z"


def readings(of: Template, text: str) -> Iterator[Mapping[str, tuple[int, int]]]:
    """Each way in which the whole `text` (see `alike`) fits, as the place of each slot; a bounded number of them."""
    first, last = of.literals[0], of.literals[-1]
    if len(text) <= len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return
    tail = None
    if of.ending and (tail := of.ending.search(text)) is None:
        return
    at = len(first)
    for literal in of.literals[1:-1]:  # all of them in their order, else it cannot fit
        at = text.find(literal, at + 1)
        if at < 0:
            return
        at += len(literal)
    yield from _rest(of, text, 0, len(first), {}, [STEPS], tail.start() if tail else -1)


def _rest(
    of: Template, text: str, slot: int, at: int, found: dict[str, tuple[int, int]], left: list[int], tail: int
) -> Iterator[Mapping[str, tuple[int, int]]]:
    """The ways in which the text from `at` fits from a slot on; `left` counts tries down, and `tail` is where
    slots of closed kinds begin that end the text, -1 where none do."""
    name, after, final = of.slots[slot], of.literals[slot + 1], slot + 1 == len(of.slots)
    known = tail >= 0 and slot + 1 < len(of.slots) and slot + 1 == len(of.slots) - of.closing
    quoted = of.literals[slot].endswith(("“", '"', "'"))
    for end in (tail,) if known and tail > at else () if known else _ends(name[0], text, at, after, final):
        left[0] -= 1
        if left[0] < 0:
            return
        if (name[0] in "qe" and not quoted and ENDED.search(text, at, end)) or (
            name[0] == "a" and text.find("; ", at, end) >= 0
        ):
            return
        held = {**found, name: (at, end)}
        if final:
            yield held
        else:
            yield from _rest(of, text, slot + 1, end + len(after), held, left, tail)


def _ends(kind: str, text: str, at: int, after: str, final: bool) -> Iterator[int]:
    """Where what begins at `at` may end, so that the literal `after` follows (and, at the end, nothing more)."""
    whole = len(text) - len(after)
    if kind in CLOSED:
        found = CLOSED[kind].match(text, at, whole if final else len(text))
        if found and (found.end() == whole if final else text.startswith(after, found.end())):
            yield found.end()
    elif at < whole and text[at] != " ":
        if final:
            if kind != "c" or " " not in text[at:whole]:
                yield whole
            return
        end, stop = at, text.find(" ", at) if kind == "c" else -1
        for _ in range(PLACES):
            end = text.find(after, end + 1)
            if end < 0 or (0 <= stop < end):
                return
            if text[end - 1] != " ":
                yield end
