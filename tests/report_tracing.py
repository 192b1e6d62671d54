"""Where each number of the page comes from: the page is made again and again from an assessment whose every number
was changed, and what a number became tells which value of the assessment it shows.

Four changes of all numbers at once keep what they are (a probability near none stays there, a count of one stays
one), four more do not (a zero becomes something); in two further ones every list is two or three times as long, so
that what counts a list tells which.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from counterflow.report import words
from counterflow.report.assessment.held_out import held_sentences

Pointer = tuple[str | int, ...]
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
TOKEN = re.compile(
    rf"(?:\d{{1,2}} )?\b(?:{MONTHS}) \d{{4}}\b|\d{{4}}-\d\d(?:-\d\d)?(?![\d-])"
    r"|(?:(?<![\w–])[−+]|×|<|>)?\$?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?(?: (?:trillion|billion|million)\b)?%?"
)
DIGIT = re.compile(r"\d")
ISO = re.compile(r"\d{4}-\d\d(-\d\d)?")
# What is no number: the document's own words, the places of words in it, and how deep a row is set in.
SPAN = frozenset(("start", "end", "quote"))
KEPT = frozenset(("sha256", "document_sha256", "schema_version", "depth"))
BUCKETS = (0.0, 0.01, 0.05, 0.15, 0.85, 0.95, 0.99, 1.0)  # where the page finds other words for a share
SMALL = frozenset(("mc_error", "error"))  # how far chance reaches: never a large share


@cache
def tokens(text: str) -> tuple[str, ...]:
    """The numbers and dates of a text in their order; those inside words (c3, w_fly) are none."""
    return tuple(found for found, _ in _found(text))


def marked(text: str, nth: int) -> str:
    """A text with its nth number or date in angle quotes, as ‹90%›."""
    found, start = _found(text)[nth]
    return f"{text[:start]}‹{found}›{text[start + len(found) :]}"


@cache
def _found(text: str) -> tuple[tuple[str, int], ...]:
    """The numbers and dates of a text, each with where it starts."""
    found: list[tuple[str, int]] = []
    if not DIGIT.search(text):
        return ()
    for one in TOKEN.finditer(text):
        before, after = text[: one.start()][-1:], text[one.end() : one.end() + 1]
        if not re.match(r"[A-Za-z_]", after or " ") and not re.match(r"[A-Za-z_]", before or " "):
            found.append((one[0].rstrip(","), one.start()))
    return tuple(found)


@cache
def skeleton(text: str) -> str:
    """A text with # for each of its numbers and dates."""
    return " ".join(TOKEN.sub("#", text).split())


def leaves(of: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Every number and text of an assessment with its pointer."""
    if isinstance(of, Mapping):
        for key, inner in of.items():
            yield from leaves(inner, (*at, key))
    elif isinstance(of, list | tuple):
        for place, inner in enumerate(of):
            yield from leaves(inner, (*at, place))
    elif isinstance(of, int | float | str) and not isinstance(of, bool):
        yield at, of


def lists(of: Any, at: Pointer = (), within: tuple[Pointer, ...] = ()) -> Iterator[tuple[Pointer, ...]]:
    """Every list of rows, and of texts that are no cells, as its pointer after those of the lists it stands in."""
    if isinstance(of, Mapping):
        for key, inner in of.items():
            yield from lists(inner, (*at, key), within)
    elif isinstance(of, list) and of and (isinstance(of[0], Mapping) or at[-1] == "cutoffs"):
        yield (*within, at)
        for place, inner in enumerate(of):
            yield from lists(inner, (*at, place), (*within, at))


def pattern(at: Pointer, dynamic: frozenset[str]) -> str:
    """A pointer with * for places in lists and for keys that are names of this one assessment."""
    return "/" + "/".join("*" if isinstance(key, int) or key in dynamic else str(key) for key in at)


class Change:
    """One way to change every number of an assessment: `keeps` tells whether numbers stay the kind that they are."""

    def __init__(self, seed: int, keeps: bool) -> None:
        self.seed, self.keeps = seed, keeps
        self.chance = random.Random(seed)

    def of(self, value: Any, at: Pointer = ()) -> Any:
        """`value`, which stands at the pointer, with all its numbers changed."""
        if isinstance(value, Mapping):
            if set(value) == SPAN:
                return copy.deepcopy(value)
            kept = KEPT if at else {*KEPT, "text"}
            return {k: copy.deepcopy(x) if k in kept else self.of(x, (*at, k)) for k, x in value.items()}
        if isinstance(value, list):
            return [self.of(inner, (*at, place)) for place, inner in enumerate(value)]
        if isinstance(value, str):
            return self._text(value, at)
        if isinstance(value, bool) or value is None:
            return value
        return self._number(value, at)

    def _number(self, value: float, at: Pointer) -> float:
        if "curve" in at:  # its marks are some of its points, and its labels stand in their order: all are scaled alike
            return round(value * random.Random(repr((self.seed, at[:2]))).uniform(0.4, 1.7), 2)
        chance = self.chance
        if isinstance(value, int):
            return self._count(value)
        size = abs(value)
        if size > 1:
            other = size * chance.uniform(0.45, 2.1) + 1
            made = float(round(other)) if size.is_integer() else float(f"{other:.5g}")
        elif size in (0.0, 1.0) and self.keeps:
            return value
        elif self.keeps or any(key in SMALL for key in at):
            low, high = next(pair for pair in pairwise(BUCKETS) if pair[0] <= size <= pair[1])
            made = float(f"{chance.uniform(low + (high - low) / 20, high - (high - low) / 20):.5g}")
        else:
            low, high = chance.choice(((0.16, 0.94), (0.16, 0.94), (0.951, 0.989)))
            made = float(f"{chance.uniform(low, high):.5g}")
        return -made if value < 0 else made

    def _count(self, value: int) -> int:
        if abs(value) <= 1 and self.keeps:
            return value
        digits = len(str(abs(value)))
        made = self.chance.randint(max(2, 10 ** (digits - 1)), 10**digits - 1)
        return -made if value < 0 else made

    def _text(self, text: str, at: Pointer) -> str:
        if ISO.fullmatch(text):
            return self._date(text, at)
        if not tokens(text) or text.startswith(("http://", "https://")):
            return text
        return re.sub(r"(?<![A-Za-z_\d])\d[\d,.]*", lambda found: _digits(found[0], self.chance), text)

    def _date(self, text: str, at: Pointer) -> str:
        """Another date; within one outcome or one claim, the same for the same, and months stay as far apart."""
        where = at[:3] if at[0] == "foreseen" else at[:2]
        if at[0] in ("outcomes", "foreseen") or "curve" in at:
            years = random.Random(repr((self.seed, where))).randint(-900, 900)
            return f"{int(text[:4]) + years:04}{text[4:]}"
        chance = random.Random(repr((self.seed, where, text)))
        day = text[7:] if text[7:] in ("", "-01") else f"-{chance.randint(2, 28):02}"
        return f"{chance.randint(1100, 8900)}-{chance.randint(1, 12):02}{day}"


def _digits(number: str, chance: random.Random) -> str:
    made = ""
    for place, letter in enumerate(number):
        others = [digit for digit in "0123456789" if digit != letter and (digit != "0" or place)]
        made += chance.choice(others) if letter.isdigit() else letter
    return made


def longer(a: Any, times: Mapping[Pointer, int], at: Pointer = ()) -> Any:
    """An assessment with lists of rows repeated as often as `times` tells by their pointers in the first one."""
    if isinstance(a, Mapping):
        return {key: longer(inner, times, (*at, key)) for key, inner in a.items()}
    if isinstance(a, list):
        made = [longer(inner, times, (*at, place)) for place, inner in enumerate(a)]
        return [_copied(row, n, at) for n in range(times.get(at, 1)) for row in made]
    return a


def _copied(row: Any, nth: int, at: Pointer) -> Any:
    """A row as it is, and its copies as rows of further branches, where the page counts branches."""
    return row | {"branch": f"{row['branch']} {'again ' * nth}".strip()} if nth and at == ("headlines",) else row


class Leaf(NamedTuple):
    """A value that is shown, or several of which what is shown follows: its pointer, and it in each rendering."""

    at: Pointer
    values: tuple[Any, ...]

    def reads(self, rendering: int) -> frozenset[str]:
        """What it may read as there, as tokens."""
        value = self.values[rendering]
        if isinstance(value, frozenset):
            return value
        return readings_of(value, not NEGATED.isdisjoint(map(str, self.at)))


NEGATED = frozenset(
    ("deaths_averted", "effects", "levers", "spent")
)  # told as their opposite: more deaths, what is earned


@cache
def readings_of(value: float | str, either: bool = False) -> frozenset[str]:
    """A value as the page may write it, as tokens; a number with its own sign, of `either` also with the other."""
    if isinstance(value, str):
        found = {*tokens(words.minus(words.clean(value))), *tokens(words.clean(value))}
        if ISO.fullmatch(value):
            found |= {value, value[:7], value[:4], words.day(value), words.day(f"{value[:7]}-01")[2:]}
        return frozenset(found)
    size = abs(value)
    plain = {words.number(size, figures) for figures in (2, 3, 4)}
    plain |= {repr(size), f"{size:g}", f"{size:,}", f"{round(size):,}", repr(float(f"{size:.4g}")), f"{size:+g}%"[1:]}
    plain |= {repr(round(size, 2)), repr(round(size, 6)), repr(round(100 * size, 2)), words.dollars(size)}
    plain |= {f"{size:.1f}%", f"{size:.2f}"} | ({str(int(size))} if float(size).is_integer() else set())
    signs = ("", "+", "−") if either else ("−",) if value < 0 else ("", "+")
    found = {sign + text for sign in signs for text in plain}
    found |= {words.percent_change(one) for one in ((value, -value) if either else (value,))}
    if 0 <= value <= 1:
        found |= {words.percent(value), f"{max(1, round(200 * value))}"}
    return frozenset(found)


def leaves_of(renderings: Sequence[Mapping[str, Any]]) -> list[Leaf]:
    """All values of the same assessment in several renderings, and what the page makes of several of them."""
    found = [
        Leaf(ways[0][0], tuple(value for _, value in ways))
        for ways in zip(*(list(leaves(a)) for a in renderings), strict=True)
        if not isinstance(ways[0][1], str) or tokens(ways[0][1])
    ]
    for place in range(len(renderings[0]["headlines"])):
        told = [words.chance(h["probability"], h["mc_error"], n) for h, n in _chances(renderings, place)]
        found.append(Leaf(("headlines", place, "probability ± mc_error"), tuple(frozenset(tokens(x)) for x in told)))
    for place, one in enumerate(renderings[0]["held_out"]["series"]):  # from which months on a band is too narrow
        if one["output"]:
            firsts = tuple(frozenset(_narrow_from(a["held_out"], place)) for a in renderings)
            found.append(Leaf(("held_out", "series", place, "ahead", "first of one of them"), firsts))
    for place, branch in enumerate(renderings[0]["branches"]):
        if branch["strikes"]:
            every = [a["branches"][place]["strikes"] for a in renderings]
            told = tuple(frozenset((f"{one['strikes_per_week'] * one['weeks']:,.0f}",)) for one in every)
            found.append(Leaf(("branches", place, "strikes", "strikes_per_week × weeks"), told))
    graded = [sum(a["basis"]["grade_counts"].values()) for a in renderings]
    found.append(Leaf(("basis", "grade_counts", "all together"), tuple(frozenset((f"{n:,}",)) for n in graded)))
    return found


def _narrow_from(held_out: Mapping[str, Any], place: int) -> set[str]:
    """The month ahead from which on the sentence of a series says that its band was too narrow."""
    one = held_out["series"][place]
    said = held_sentences(held_out, one["output"])
    return {str(row["first"]) for row in one["ahead"] if f"from {row['first']} months ahead on" in said}


def _chances(renderings: Sequence[Mapping[str, Any]], place: int) -> Iterator[tuple[Mapping[str, Any], int]]:
    for a in renderings:
        yield a["headlines"][place], a["basis"]["draws"]
