"""Numbers with their unit, bound and counted noun; and everything that looks like one and is not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import change_words
from counterflow.brief.claims.numerals import NUMBER_WORD, SCALES, figure_value, number_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.text import Layout
from counterflow.brief.loading.load import language_of

Bound = Literal["=", ">", ">=", "<", "<=", "~"]
Unit = Literal["percent", "percentage_points", "usd", "mxn", "count"]


@dataclass(frozen=True)
class Quantity:
    """A number of the text: `start` to `end` hold bound, figures, scale and unit; `head` what it counts."""

    start: int
    end: int
    value: float
    value_high: float | None
    unit: Unit
    bound: Bound
    head: str  # up to four words after the number, "" where none follow
    head_end: int
    in_words: bool


@cache
def _number() -> re.Pattern[str]:
    figure = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
    scales = "|".join(sorted((re.escape(name) for name in SCALES if len(name) > 2), key=len, reverse=True))
    mass = "|".join(codebook.table("measures")["units"]["mass"].values())
    scaled_word = (
        r"(?:an?|one)(?=\s+(?:hundred|thousand|million|billion|dozen)\b)"
        rf"|(?:half\s+an?|media|one|una?)(?=\s+(?:{mass})\s+(?:of|de)\b)"
    )
    return re.compile(
        r"(?<![\w.,/:#§])(?<![A-Za-z]-)(?P<money>(?:US\s?)?\$\s?|[€£]\s?|USD\s|MXN\s?\$?\s?)?"
        rf"(?:(?P<figure>{figure})|(?P<word>{scaled_word}|{NUMBER_WORD}\b))"
        rf"(?:[\s-]+(?P<scale>{scales})\b|(?P<short>bn|mn|[kKMB])(?!\w))?(?P<plus>\+)?"
        r"(?:\s*-?\s*(?P<points>percentage\s+points?|puntos\s+porcentuales)\b"
        r"|\s*(?P<percent>%|-?\s*percent\b|per\s+cent\b|por\s+ciento\b))?"
        r"(?P<currency>\s+(?:de\s+)?(?:dollars|dólares|pesos)\b)?"
        rf"(?!(?!(?:{mass})(?!\w))[\w/]|[.,:]\d|-(?!(?:{mass})(?!\w))[A-Za-z]|\()",
        re.IGNORECASE,
    )


@cache
def _bounds() -> tuple[tuple[Bound, re.Pattern[str]], ...]:
    table = codebook.table("quantities")["bounds"]
    return tuple(
        (
            sign,
            re.compile(
                rf"(?<!\w)(?:{'|'.join(sorted(words, key=len, reverse=True))})\s+"
                r"(?:an?\s+|the\s+|just\s+)?\Z",
                re.IGNORECASE,
            ),
        )
        for sign, words in table.items()
    )


@cache
def _listed(section: str, key: str, *, ends: bool) -> re.Pattern[str]:
    words = "|".join(codebook.table("quantities")[section][key])
    return re.compile(rf"(?<!\w)(?:{words})\s*\Z" if ends else rf"\s*(?:{words})", re.IGNORECASE)


_NEAR = 60  # how far from a number the words may stand that make it a name, a bound or a range
_CITATION = re.compile(r"\[\^?\d{1,3}\]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_LABEL = re.compile(r"\(\d{1,2}\)|(?<!\w)\d{1,2}\)")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b|\b\d{1,2}\s?[ap]\.?\s?m\b\.?", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:\s+|-|(?=[A-Za-z]))(?:of\s+the\s+|of\s+|de\s+(?:los\s+|las\s+)?)?((?:[A-Za-zÁÉÍÓÚÑáéíóúñ\"'][\w.'\"-]*)(?:\s+[A-Za-zÁÉÍÓÚÑáéíóúñ\"'][\w.'\"-]*){0,4})"
)
_MORE_WORDS = re.compile(rf"\s+(?:and\s+)?(?:hundred\b|{NUMBER_WORD}\b)", re.IGNORECASE)
_WORDS_BEFORE = re.compile(r"\b(?:hundred|thousand)\s+(?:and\s+)?\Z", re.IGNORECASE)


def find_quantities(layout: Layout, start: int, end: int, era: Era) -> tuple[Quantity, ...]:
    """Every quantity between two offsets, in order.

    Left out: citation markers, dates and durations, years, list labels, times of day, ages, web addresses,
    and the numbers of orders, bills, sections, pages, statutes and named things (MS-13, H-2B, CBP One).
    """
    masked = _mask(layout.folded, start, end, era)
    spanish = language_of(layout.text) == "es"
    found: list[Quantity] = []
    for match in _number().finditer(masked):
        if not _is_name(match, masked):
            quantity = _quantity(match, masked, start, spanish=spanish)
            between = masked[found[-1].end - start : match.start()] if found else ""
            before = masked[: found[-1].start - start][-_NEAR:] if found else ""
            if found and _is_range(found[-1], quantity, before, between):
                found[-1] = _joined(found[-1], quantity)
            else:
                found.append(quantity)
    return tuple(found)


def _mask(folded: str, start: int, end: int, era: Era) -> str:
    """The words between two offsets, with all blanked that holds figures without stating a quantity."""
    masked = list(folded[start:end])
    held = [(time.start, time.end) for time in find_times(folded, start, end, era)]
    held += [
        m.span() for pattern in (_CITATION, _ADDRESS, _LABEL, _CLOCK) for m in pattern.finditer(folded, start, end)
    ]
    for begin, finish in held:
        masked[begin - start : finish - start] = "\x00" * (finish - begin)
    return "".join(masked)


def _is_name(match: re.Match[str], masked: str) -> bool:
    """Whether the number names a thing, a year or an age instead of counting."""
    if match["money"] or match["percent"] or match["points"]:
        return False
    before, after = masked[max(0, match.start() - _NEAR) : match.start()], masked[match.end() :][:_NEAR]
    if match["word"] and (_MORE_WORDS.match(after) or _WORDS_BEFORE.search(before)):
        return True  # "two thousand twenty-five": years and the like, spelled out
    # "sections 212 and 215", "pages 3, 4 and 9": the naming word stands before the first of a list.
    first = re.sub(r"(?:\d[\w.()-]*\s*(?:,|and|or|to|through|y|-|&|\s)+\s*)+\Z", "", before)
    names = _listed("names", "before", ends=True)
    if names.search(before) or names.search(first) or _listed("names", "ages", ends=True).search(before):
        return True
    if _listed("names", "after", ends=False).match(after):
        return True
    figure = match["figure"]
    is_year = figure and re.fullmatch(r"(?:19|20)\d\d", figure) and not match["scale"] and not match["short"]
    return bool(is_year) and not re.match(
        r"\s+(?:[a-z]+\s+){0,2}(?:troops|soldiers|agents|people|migrants|arrests)", after
    )


def _quantity(match: re.Match[str], masked: str, offset: int, *, spanish: bool) -> Quantity:
    figure, word = match["figure"], match["word"]
    value = figure_value(figure, comma_decimal=spanish) if figure else number_of(word) or 0.0
    if scale := (match["scale"] or match["short"] or "").lower():
        # In decimals: 2.05 x 1e6 is 2049999.9999999998 in binary, a number with other digits than the text's.
        value = float(Decimal(repr(value)) * Decimal(SCALES[scale]))
    unit: Unit = "count"
    if match["percent"]:
        unit = "percent"
    elif match["points"]:
        unit = "percentage_points"
    elif match["money"] or match["currency"]:
        is_peso = "MXN" in (match["money"] or "") or "pesos" in (match["currency"] or "")
        unit = "mxn" if is_peso else "usd"
    bound, begin = bound_before(masked, 0, match.start())
    if match["plus"]:
        bound = ">="
    head = _HEAD.match(masked, match.end()) if unit in ("count", "percent") else None
    words = _head_words(head[1]) if head else []
    head_end = head.start(1) + len(_first_words(head[1], len(words))) if head and words else match.end()
    return Quantity(
        start=offset + begin,
        end=offset + match.end(),
        value=value,
        value_high=None,
        unit=unit,
        bound=bound,
        head=" ".join(words),
        head_end=offset + head_end,
        in_words=figure is None and not match["scale"],
    )


def bound_before(folded: str, start: int, at: int) -> tuple[Bound, int]:
    """How exact a number at `at` is meant, by the words right before it, and where these words begin."""
    for sign, pattern in _bounds():
        if before := pattern.search(folded, max(start, at - _NEAR), at):
            return sign, before.start()
    return "=", at


def _head_words(words: str) -> list[str]:
    stops = codebook.table("quantities")["heads"]["end_before"]
    kept: list[str] = []
    for word in words.split():
        # "workers losing employment": a participle after a plural noun begins another phrase
        is_participle = kept and kept[-1].endswith("s") and word.endswith("ing")
        if is_participle or word.lower().strip("\"'.") in stops:
            break
        kept.append(word)
        if word[-1] in ".\"'" and not re.fullmatch(r"(?:[A-Z]\.)+", word):
            break
    return [word.strip("\"'.") if not re.fullmatch(r"(?:[A-Z]\.)+", word) else word for word in kept[:4]]


def _first_words(words: str, count: int) -> str:
    """The first `count` words of a string with the blanks between them as they stand."""
    match = re.match(rf"\S+(?:\s+\S+){{{count - 1}}}", words)
    return match.group().rstrip(".\"'") if match else ""


# Between a verb of change and the size of the change: "fell 10% ...", "rose by as much as 10% ...".
_SIZE_FOLLOWS = re.compile(r"\s+(?:(?:by|en|un|una)\s+)?(?:[\w-]+\s+){0,2}\Z")


def _is_range(low: Quantity, high: Quantity, before: str, between: str) -> bool:
    """Whether two numbers are one range ("5 to 10", "between 5 and 10"), not two ends or a size and an end.

    A change has ends ("from 10 to 5") or a size and an end ("fell 94% to 8,353", "fell by 21,000 to 8,353"); the ends
    of a range are of one kind, the lower first.
    """
    if not _are_alike(low, high):
        return False
    if re.fullmatch(r"\s+(?:to|a)\s+", between):
        from_one = re.search(r"\b(?:from|desde|de|down|up)\s+\Z", before, re.IGNORECASE)
        return not from_one and not (low.unit == high.unit == "count" and _is_size(before))
    if re.fullmatch(r"\s*-\s*", between):
        return not re.search(r"\b(?:from|desde|de|down|up)\s+\Z", before, re.IGNORECASE)
    return bool(
        re.fullmatch(r"\s+(?:and|y)\s+", between) and re.search(r"\b(?:between|entre)\s+\Z", before, re.IGNORECASE)
    )


def _are_alike(low: Quantity, high: Quantity) -> bool:
    """Whether two numbers can be the ends of one range: the upper one's unit may stand for both, never the lower's.

    "10 to 20 percent" and "$2-3 million" are ranges; "10% to 8,353" is none, and neither is "500 to 20".
    """
    if low.unit == high.unit:
        return low.value <= high.value
    if low.unit in ("usd", "mxn") and high.unit == "count":
        return True
    return low.unit == "count"


def _is_size(before: str) -> bool:
    """Whether a word of change right before a number makes it the size of the change."""
    words = [word for word in change_words(before, 0, len(before)) if word.form in ("verb", "transitive", "particle")]
    return bool(words) and _SIZE_FOLLOWS.fullmatch(before, words[-1].end) is not None


def _joined(low: Quantity, high: Quantity) -> Quantity:
    """One quantity from the two ends of a range; the scale and unit of the upper end hold for both."""
    scale = 1.0
    while low.unit == "count" and low.value and low.value * scale * 1000 <= high.value and high.value >= 1e5:
        scale *= 1000  # "2 to 3 million"
    return replace(
        high,
        unit=low.unit if low.unit in ("usd", "mxn") else high.unit,
        start=low.start,
        value=low.value * scale,
        value_high=high.value,
        bound=low.bound,
        in_words=low.in_words,
    )
