"""The memory of one language: its pairs of sentences, read from TOML, and what they make of a text.

A text is taken whole where it can be, else by its sentences, else as a list; what a slot holds is translated in its
turn. What no pair fits stays as it is and is told apart, so that a page can mark it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from counterflow.errors import UsageError
from counterflow.report.languages.slots import DATE, DAY, NUMBER, SLOT, Template, alike, readings, template

DEPTH = 60  # slots within slots, at most
LONG = 6000  # characters; a longer text is not tried whole
ITEMS = 60  # of a list, at most
JOINED = 9  # neighbouring parts that may be one item
SHORTEST = 12  # characters of a text that was cut
HEAVY = 8  # letters of literals from which on a template may hold what stays English
LETTERS = re.compile(r"[^\W\d_]")
# Names that no language changes: one word with a sign, digit or capital inside it, as border.h_reb, UCDP or 9f2c…
NAME = re.compile(r"(?=.*(?:\d|[_./:@#\\=]\w))[^\s]+|[A-Z]{2,6}|[A-Z]")
SENTENCE = re.compile(r"(?<=[.?!:;…”])(\s+)(?=[“\"(A-Z0-9±−×<>~$])")
WEAK = re.compile(r"(; and |; )")  # between lists: what is joined by commas belongs together
STRONG = re.compile(r"(, and |, | and | or )")
TRAILING = re.compile(r"[\s.,;:…]+$")
LEADING = re.compile(r"^[\s.,;:()/·–—|]+")


TOLD, NAMED = "told", "named"  # in the language; a name or a quotation, in any
ENGLISH, LEFT = "english", "left"  # English and meant to be; English for want of a pair


class Pieces(NamedTuple):
    """A text in pieces, each with what became of it (TOLD, NAMED, ENGLISH or LEFT); `left` counts what is LEFT.

    Of two ways to take a text the one that `costs` less is meant.
    """

    parts: tuple[tuple[str, str], ...]
    left: int

    def costs(self) -> int:
        """What stays as it is: much where it is for want of a pair, little where it is meant to be."""
        return 8 * self.left + sum(len(part) for part, kind in self.parts if kind in (NAMED, ENGLISH))

    def text(self) -> str:
        """The pieces as one text."""
        return "".join(part for part, _ in self.parts)


class Memory:
    """The pairs of one language and what has been asked of it so far."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.exact: dict[str, str] = {}
        self.by_head: dict[str, list[Template]] = {}  # by the first word, of those that begin with words
        self.headless: dict[str, list[Template]] = {}  # the others, by their longest words
        self.words: dict[str, dict[str, str]] = _words(language)
        self.asked: dict[tuple[str, bool], Pieces] = {}
        held: dict[str, str] = {}
        for english, other in _pairs(language):
            if held.setdefault(alike(english), other) != other:
                raise ValueError(f"two counterparts of {english!r}")
            self._add(english, other)
        self.ordered = sorted(self.exact)
        for group in (*self.by_head.values(), *self.headless.values()):
            group.sort(key=lambda one: -one.weight)

    def _add(self, english: str, other: str) -> None:
        if not SLOT.search(english):
            self.exact[alike(english)] = other
            return
        one = template(english, other)
        head = one.literals[0].split(" ", 1)
        if len(head) > 1:
            self.by_head.setdefault(head[0], []).append(one)
        else:
            self.headless.setdefault(one.longest, []).append(one)

    def pieces(self, text: str, depth: int = 0, first: bool = True) -> Pieces:
        """`text` (single spaces, none around it) in the language; `first` where it opens a sentence."""
        key = (text, first)
        if key not in self.asked:
            if depth > DEPTH:
                return _kept(text)
            self.asked[key] = self._made(text, depth, first)
        return self.asked[key]

    def _made(self, text: str, depth: int, first: bool) -> Pieces:
        if simple := self._simple(text):
            return simple
        best = self._whole(text, depth, first)
        for way in (self._flipped, self._cut, self._bare, self._sentences, self._list):
            if not best.costs():
                break
            other = way(text, depth, first)
            if other.costs() < best.costs():
                best = other
        return Pieces(self._drawn_together([part for part in best.parts if part[0]]), best.left)

    def _drawn_together(self, parts: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Parts with the words drawn together that the language draws together where two of them meet."""
        for place in range(1, len(parts)):
            (before, one), (after, other) = parts[place - 1], parts[place]
            if one == other == TOLD:
                for pattern, form in self.words["together"].items():
                    word = pattern.split(" ", 1)[0]
                    if before.endswith((f" {word} ", f"({word} ")) and re.match(pattern.split(" ", 1)[1], after):
                        rest = after[3:] if form.endswith("l") and after.startswith("el ") else after
                        parts[place - 1 : place + 1] = [(before[: -len(word) - 1] + form + " ", TOLD), (rest, TOLD)]
                        break
        return tuple(parts)

    def _simple(self, text: str) -> Pieces | None:
        if not LETTERS.search(text):
            return Pieces(((text, TOLD),), 0)
        if NUMBER.fullmatch(text):
            return Pieces(((self.number(text), TOLD),), 0)
        if DATE.fullmatch(text):
            return Pieces(((self.date(text), TOLD),), 0)
        named = NAME.fullmatch(text) and alike(text) not in self.exact
        return Pieces(((text, TOLD),), 0) if named else None

    def number(self, text: str) -> str:
        """A number, of whose parts only the names of large ones change."""
        figure, _, name = text.partition(" ")
        one = figure.lstrip("<>~≈±×+−-$") == "1"
        return f"{figure} {self.words['large_one' if one else 'large'][name]}" if name else text

    def date(self, text: str) -> str:
        """A date in the order and with the months of the language; short names of months keep the short order."""
        forms, months = self.words["dates"], self.words["months"]
        if text.startswith(forms["fiscal"]):
            return forms["fiscal_year"].format(year=text.removeprefix(forms["fiscal"]))
        return DAY.sub(lambda found: self._day(found, forms, months), text)

    def _day(self, found: re.Match[str], forms: dict[str, str], months: dict[str, str]) -> str:
        day, name, year = (part or "" for part in found.groups())
        month = months[name]
        if len(name) == 3 and name != "May":
            return " ".join(part for part in (day, month, year) if part)
        kind = "_".join(label for label, part in (("day", day), ("month", month), ("year", year)) if part)
        return forms[kind].format(day=day, month=month, year=year)

    def _whole(self, text: str, depth: int, first: bool) -> Pieces:
        plain = alike(text)
        if plain in self.exact:
            return Pieces(((_begun(self.exact[plain], text, first), TOLD),), 0)
        best = _kept(text)
        if len(text) > LONG:
            return best
        for one in self._fitting(plain):
            for places in readings(one, plain):
                made = self._filled(one, text, places, depth, first, best.costs())
                if made is not None and made.costs() < best.costs():
                    best = made
                if not best.costs():
                    return best
        return best

    def _fitting(self, plain: str) -> list[Template]:
        """The templates that a text may fit: those that begin as it does, then the others, the heaviest first."""
        figure = NUMBER.match(plain) is not None
        headless = [one for words, group in self.headless.items() if words in plain for one in group]
        begun = [one for one in self.by_head.get(plain.split(" ", 1)[0], ()) if one.longest in plain]
        return begun + sorted((one for one in headless if figure or not one.counts), key=lambda one: -one.weight)

    def _filled(
        self, one: Template, text: str, places: Mapping[str, tuple[int, int]], depth: int, first: bool, most: int
    ) -> Pieces | None:
        """A template's counterpart with its slots filled; None where it would cost `most` or more."""
        held: dict[str, Pieces] = {}
        left = costs = 0
        for name, (start, end) in places.items():
            inner = text[start:end]
            opens = (first and start == 0) or text[:start].endswith("“")
            held[name] = self._slot(name[0], inner, depth + 1, opens)
            left, costs = left + held[name].left, costs + held[name].costs()
            if costs >= most or (left and sum(map(str.isalpha, "".join(one.literals))) < HEAVY):
                return None
        parts: list[tuple[str, str]] = []
        for place, piece in enumerate(one.other):
            if place % 2 == 0:
                parts.append((piece, TOLD))
            else:
                parts += held[piece].parts
        if parts and not parts[0][0]:
            parts = parts[1:]
        if parts and parts[0][1] == TOLD:
            parts[0] = (_begun(parts[0][0], text, first), TOLD)
        return Pieces(tuple(part for part in parts if part[0]), left)

    def _slot(self, kind: str, inner: str, depth: int, first: bool) -> Pieces:
        if kind in "np":
            return Pieces(((self.number(inner), TOLD),), 0)
        if kind == "d":
            return Pieces(((self.date(inner), TOLD),), 0)
        if kind in "wcqe":
            code = kind == "c" and not NAME.fullmatch(inner)  # a word like any other, and a code here all the same
            return Pieces(((inner, NAMED if code else {"e": ENGLISH, "q": NAMED}.get(kind, TOLD)),), 0)
        return self.pieces(inner, depth, first)

    def _flipped(self, text: str, depth: int, first: bool) -> Pieces:
        """With the first letter small or large, as the pair has it."""
        turned = _turned(text)
        if turned == text:
            return _kept(text)
        made = self._whole(turned, depth, first)
        if made.left or not made.parts:
            return made if made.left < len(turned) else _kept(text)
        (head, kept), *rest = made.parts
        head = _raised(head) if first and text[:1].isupper() else _lowered(head)
        return Pieces(((head, kept), *rest), made.left)

    def _entire(self, text: str, depth: int, first: bool) -> Pieces:
        """Taken whole, and not by its parts."""
        made = self._whole(text, depth, first)
        return made if not made.left else min(made, self._flipped(text, depth, first), key=Pieces.costs)

    def _cut(self, text: str, depth: int, first: bool) -> Pieces:
        """A text that was cut to a length, with an ellipsis: of the whole one that begins so, as much."""
        begun = text.removesuffix("…").rstrip()
        if not text.endswith("…") or len(begun) < SHORTEST:
            return _kept(text)
        for start in (alike(begun), alike(_turned(begun))):
            at = bisect_left(self.ordered, start)
            if at < len(self.ordered) and self.ordered[at].startswith(start):
                other = self.exact[self.ordered[at]]
                whole = _raised(other) if begun[:1].isupper() else other
                return Pieces(((whole[: len(begun)].rstrip() + ("…" if len(whole) > len(begun) else ""), TOLD),), 0)
        return _kept(text)

    def _bare(self, text: str, depth: int, first: bool) -> Pieces:
        """Without the marks around it."""
        before = LEADING.search(text)
        after = TRAILING.search(text)
        start, end = (before.end() if before else 0), (after.start() if after else len(text))
        opened = text[:start].count("(") > text[:start].count(")")
        if opened and text[:end].endswith(")"):
            end -= 1
        if (start, end) == (0, len(text)) or start >= end:
            return _kept(text)
        made = self.pieces(text[start:end], depth + 1, first and not start)
        if all(kind == LEFT for _, kind in made.parts):
            return _kept(text)
        return Pieces(((text[:start], TOLD), *made.parts, (text[end:], TOLD)), made.left)

    def _sentences(self, text: str, depth: int, first: bool) -> Pieces:
        """By its sentences, as many together as one pair fits."""
        tokens = SENTENCE.split(text)
        if len(tokens) < 3 or len(tokens) > 2 * ITEMS:
            return _kept(text)
        left, told = self._best(tokens, depth, lambda start: tokens[2 * start - 2][-1:] not in ":;" if start else first)
        parts = [part for made, mark in told for part in (*made.parts, (mark, TOLD))]
        if all(kind == LEFT or not part.strip() for part, kind in parts):
            return _kept(text)
        return Pieces(tuple(parts), left)

    def _list(self, text: str, depth: int, first: bool) -> Pieces:
        """As a list; where it has semicolons, cut at these alone."""
        tokens = (WEAK if "; " in text else STRONG).split(text)
        if len(tokens) < 3 or len(tokens) > 2 * ITEMS or not all(tokens):
            return _kept(text)
        left, told = self._best(tokens, depth, lambda start: first and start == 0)
        if left and ("; " not in text or all(made.left for made, _ in told)):
            return _kept(text)
        return Pieces(self._joined(told), left)

    def _best(
        self, tokens: Sequence[str], depth: int, opens: Callable[[int], bool]
    ) -> tuple[int, list[tuple[Pieces, str]]]:
        """Of all ways to put parts together (`tokens` are parts and the marks between them, in turns), the one that
        leaves least and cuts least: what it leaves, and each piece with the mark after it."""
        count = (len(tokens) + 1) // 2
        best: list[tuple[int, int, list[tuple[Pieces, str]]]] = [(0, 0, [])]
        for end in range(1, count + 1):
            ways = []
            for start in range(max(0, end - JOINED), end):
                if (start, end) == (0, count):
                    continue
                joined = "".join(tokens[2 * start : 2 * end - 1])
                alone = end - start == 1  # several are one only where a pair has them so
                made = (self.pieces if alone else self._entire)(joined, depth + 1, opens(start))
                costs, cuts, told = best[start]
                mark = tokens[2 * end - 1] if end < count else ""
                ways.append((costs + made.costs(), cuts + 1, [*told, (made, mark)]))
            best.append(min(ways, key=lambda way: way[:2]))
        told = best[-1][2]
        return sum(made.left for made, _ in told), told

    def _joined(self, told: list[tuple[Pieces, str]]) -> tuple[tuple[str, str], ...]:
        parts: list[tuple[str, str]] = []
        for place, (made, mark) in enumerate(told):
            parts += made.parts
            if mark:
                following = told[place + 1][0].text()
                parts.append((self._mark(mark, following), TOLD))
        return tuple(parts)

    def _mark(self, mark: str, following: str) -> str:
        """A separator of a list; before some sounds its conjunction has another form."""
        rule = self.words["list"].get(mark)
        if rule is None:
            return mark
        before = self.words["list"].get(f"{mark}before", "")
        return self.words["list"][f"{mark}then"] if before and re.match(before, following, re.IGNORECASE) else rule


def _kept(text: str) -> Pieces:
    return Pieces(((text, LEFT),), len(text))


def _turned(text: str) -> str:
    return text[:1].swapcase() + text[1:]


def _raised(text: str) -> str:
    """With its first letter large, also after a mark that opens a question or a quotation."""
    place = next((n for n, letter in enumerate(text) if letter.isalpha()), 0)
    return text[:place] + text[place : place + 1].upper() + text[place + 1 :]


def _lowered(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _begun(other: str, english: str, first: bool) -> str:
    """A counterpart with a large first letter where it opens a sentence that begins so."""
    return _raised(other) if first and english[:1].isupper() and other[:1].isalpha() else other


@cache
def memory(language: str) -> Memory:
    """The memory of a language. Raises UsageError where there is none, naming those there are."""
    if language not in languages():
        raise UsageError(
            f"the report is not written in {language!r}", hint=f"There are: {', '.join(('en', *languages()))}."
        )
    return Memory(language)


@cache
def languages() -> tuple[str, ...]:
    """The languages with a memory, beside English."""
    folder = files("counterflow.report.languages")
    return tuple(sorted(one.name for one in folder.iterdir() if one.is_dir() and one.joinpath("words.toml").is_file()))


def _words(language: str) -> dict[str, dict[str, str]]:
    """What a language needs beside pairs: months, forms of dates, large numbers, lists, the page's note."""
    text = files("counterflow.report.languages").joinpath(language, "words.toml").read_text(encoding="utf-8")
    return {str(name): dict(table) for name, table in tomllib.loads(text).items()}


def _pairs(language: str) -> Iterator[tuple[str, str]]:
    """All pairs of a language, file by file."""
    folder = files("counterflow.report.languages").joinpath(language)
    for one in sorted(folder.iterdir(), key=lambda file: file.name):
        if one.name.endswith(".toml") and one.name != "words.toml":
            for table in tomllib.loads(one.read_text(encoding="utf-8")).values():
                yield from table.items()
