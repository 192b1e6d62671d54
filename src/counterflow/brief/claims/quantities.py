"""Numbers with their unit, bound and counted noun; and everything that looks like one and is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import change_words
from counterflow.brief.claims.numerals import NUMBER_WORD, SCALES, figure_value, holds_number_word, number_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.parts import Layout
from counterflow.brief.loading.load import language_of
from counterflow.brief.patterns import Pattern, lower

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
def _number(in_words: bool) -> re.Pattern[str]:
    """A number with its currency, scale and unit: in figures, and in words too where the text holds such words."""
    # "12 500": a blank before exactly three digits parts thousands, where no other digit follows
    figure = r"[1-9]\d{0,2}(?: \d{3})+(?!\d|[ .,]\d|-[A-Za-z])|\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
    scales = "|".join(sorted((re.escape(name) for name in SCALES if len(name) > 2), key=len, reverse=True))
    mass = "|".join(codebook.table("measures")["units"]["mass"].values())
    scaled_word = (
        r"(?:an?|one|un)(?=\s+(?:hundred|thousand|million|billion|dozen|millón)\b)|mil(?=\s+\d{1,3}(?!\d|[.,]\d))"
        r"|(?:half\s+an?|medio)(?=\s+(?:million|billion|dozen|millón)\b)"
        rf"|(?:half\s+an?|media|one|una?)(?=\s+(?:{mass})\s+(?:of|de)\b)"
    )
    begins = r"[^\W_]|[$€£]" if in_words else r"[\d$€£UM]"
    said = rf"|(?P<word>{scaled_word}|{NUMBER_WORD}\b)" if in_words else r"|(?P<word>(?!))"
    return re.compile(
        rf"(?={begins})"  # first: the quickest to fail
        r"(?<![\w.,/:#§])(?<![A-Za-z]-)(?P<money>(?:US\s?)?\$\s?|[€£]\s?|USD\s|MXN\s?\$?\s?)?"
        rf"(?:(?P<figure>{figure}){said})"
        rf"(?:[\s-]+(?P<scale>{scales})\b|(?P<short>bn|mn|[kKMB])(?!\w))?"
        # "2 millones 300 mil", "2 mil 500", "mil 200": what follows a million and a thousand in Mexican usage
        r"(?:(?:(?<=\bmillón)|(?<=\bmillones))\s+(?P<thousands>\d{1,3})\s+mil\b(?!\s+mill))?"
        r"(?:(?<=\bmil)\s+(?P<rest>\d{1,3})(?=[\s,.;:)]|$)(?!\s+mil\b|[.,]\d))?(?P<plus>\+|-plus\b)?"
        r"(?:\s*-?\s*(?P<points>percentage\s+points?|puntos\s+porcentuales)\b"
        r"|\s*(?P<percent>%|-?\s*percent\b|per\s+cent\b|por\s+ciento\b))?"
        r"(?P<currency>\s+(?:de\s+)?(?:dollars|dólares|pesos)\b)?"
        rf"(?!(?!(?:{mass})(?!\w))[\w/]|[.,:]\d|-(?!(?:{mass})(?!\w))[A-Za-z]|\()",
        re.IGNORECASE,
    )


def holds_number(folded: str, start: int, end: int) -> bool:
    """Whether a number, in figures or words, stands between two offsets, other than a name or a year."""
    stretch = folded[start:end]
    return any(not _is_name(match, stretch) for match in _numbers(stretch))


def _numbers(words: str) -> Iterator[re.Match[str]]:
    """Every number of some words, in figures or words, in order."""
    in_words = holds_number_word(lower(words))
    if not in_words and _DIGIT.search(words) is None:
        return iter(())
    return _number(in_words).finditer(words)


_DIGIT = re.compile(r"\d")


@cache
def _bounds() -> tuple[tuple[Bound, re.Pattern[str]], ...]:
    table = codebook.table("quantities")["bounds"]
    return tuple(
        (
            sign,
            re.compile(
                rf"(?<!\w)(?:{'|'.join(sorted(words, key=len, reverse=True))})\s+"
                r"(?:an?\s+|the\s+|just\s+|el\s+|l[oa]s\s+)?\Z",
                re.IGNORECASE,
            ),
        )
        for sign, words in table.items()
    )


@cache
def _naming(*keys: str) -> re.Pattern[str]:
    words = "|".join(form for key in keys for form in codebook.table("quantities")["names"][key])
    return re.compile(rf"\s*(?:{words})\s*", re.IGNORECASE)


def _ends_naming(before: str) -> bool:
    """Whether words end with such as make the number behind them a name or an age: "under Executive Order"."""
    naming = _naming("before", "ages")
    starts = [match.start() for match in _WORD_BEGINS.finditer(before)][-_MOST_NAMING_WORDS:]
    return any(naming.fullmatch(before, start) for start in starts)


_WORD_BEGINS = re.compile(r"(?<!\w)\S")
_MOST_NAMING_WORDS = 6


_NEAR = 60  # how far from a number the words may stand that make it a name, a bound or a range
_UNSEEN = "\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff"
_CITATION = re.compile(r"\[\^?\d{1,3}\]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+")
_LABEL = re.compile(r"\(\d{1,2}\)|(?<!\w)\d{1,2}\)")
_PHONE = re.compile(r"\(\d{3}\)\s?\d{3}[ .-]\d{4}\b|\b\d{3}[.-]\d{3}[.-]\d{4}\b|\b\d{2}\s\d{4}\s\d{4}\b")
_FILE = re.compile(r"\b(?:No|Nos|Núm|Case|Docket|Expediente)\.?\s*[\w:./-]*\d[\w:./-]*|\b\d{1,4}/(?:19|20)?\d\d\b")
_STREET = re.compile(
    r"\b\d{1,5}\s+(?:[NSEW]\.?\s+)?(?:[A-Z][\w.]+\s+){1,3}(?:Ave(?:nue)?|St(?:reet)?|R(?:oa)?d|Blvd|Boulevard|Dr(?:ive)?"
    r"|Lane|Ln|Way|Plaza|Court|Highway|Hwy)\b"
)
# A figure with a character inside that nobody sees: which number is meant, the text does not say.
_BROKEN = re.compile(rf"(?<![\d.,])\d[\d.,]*+(?:(?:[{_UNSEEN}]++|(?<=\d) ?[{_UNSEEN}]++ ?(?=\d{{3}}(?!\d)))[\d.,]++)++")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b|\b\d{1,2}\s?[ap]\.?\s?m\b\.?", re.IGNORECASE)
# What holds figures that state no quantity, each with marks of which one stands in it (none: it is always looked for).
_FIGURES_HELD: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("[",), _CITATION),
    (("://", "www.", "@"), _ADDRESS),
    ((")",), _LABEL),
    ((), _BROKEN),
    ((), _CLOCK),
    ((), _PHONE),
    ((), _FILE),
    ((), _STREET),
)
_HEAD = re.compile(
    r"(?:\s+|-|(?=[A-Za-z]))(?P<of>of\s+(?:the\s+|all\s+)?|del\s+|de\s+(?:los\s+|las\s+)?)?(?P<words>(?:[A-Za-zÁÉÍÓÚÑáéíóúñ\"'][\w.'\"-]*)(?:\s+[A-Za-zÁÉÍÓÚÑáéíóúñ\"'][\w.'\"-]*){0,4})"
)
_MORE_WORDS = re.compile(rf"\s+(?:and\s+)?(?:hundred\b|{NUMBER_WORD}\b)", re.IGNORECASE)
_WORDS_BEFORE = re.compile(r"\b(?:hundred|thousand)\s+(?:and\s+)?\Z", re.IGNORECASE)


def find_quantities(
    layout: Layout, start: int, end: int, era: Era, within: tuple[int, int] | None = None
) -> tuple[Quantity, ...]:
    """Every quantity between two offsets, in order; `within` is the sentence that they lie in, where it is known.

    Left out: citation markers, dates and durations, years, list labels, times of day, ages, web addresses,
    and the numbers of orders, bills, sections, pages, statutes and named things (MS-13, H-2B, CBP One).
    """
    if not holds_number(layout.folded, start, end):
        return ()
    return _found(layout.folded, start, end, era, within or (start, end), language_of(layout.text) == "es")


@lru_cache(maxsize=1024)  # each claim of a sentence asks again
def _found(folded: str, start: int, end: int, era: Era, within: tuple[int, int], spanish: bool) -> tuple[Quantity, ...]:
    masked = _mask(folded, *within, era)[start - within[0] : end - within[0]]
    found: list[Quantity] = []
    for match in _numbers(masked):
        if not _is_name(match, masked):
            quantity = _quantity(match, masked, start, spanish=spanish)
            between = masked[found[-1].end - start : match.start()] if found else ""
            before = masked[: found[-1].start - start][-_NEAR:] if found else ""
            if found and _is_range(found[-1], quantity, before, between):
                found[-1] = _joined(found[-1], quantity)
            else:
                found.append(quantity)
    return tuple(found)


@cache
def _day_of_month() -> Pattern:
    """A day of a month without a year, with or without the preposition that would make it a time."""
    months = "|".join(sorted(codebook.table("periods")["months"], key=len, reverse=True))
    return Pattern(
        rf"(?<!\w)(?:{months})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?![\w%]|[.,]\d|\s+(?:percent|per\s+cent))"
        rf"|(?<!\w)\d{{1,2}}(?:st|nd|rd|th|º)?\s+(?:of\s+|de\s+)?(?:{months})(?!\w)"
    )


@lru_cache(maxsize=64)  # each clause of a sentence asks again
def _mask(folded: str, start: int, end: int, era: Era) -> str:
    """The words between two offsets, with all blanked that holds figures without stating a quantity."""
    masked = list(folded[start:end])
    held = [(time.start, time.end) for time in find_times(folded, start, end, era)]
    words = "".join(masked)
    for marks, pattern in _FIGURES_HELD:
        if not marks or any(mark in words for mark in marks):
            held += [m.span() for m in pattern.finditer(folded, start, end)]
    held += [m.span() for m in _day_of_month().finditer(folded, start, end)]
    for begin, finish in held:
        masked[begin - start : finish - start] = "\x00" * (finish - begin)
    return "".join(masked)


def _is_name(match: re.Match[str], masked: str) -> bool:
    """Whether the number names a thing, a year or an age instead of counting."""
    if match["money"] or match["percent"] or match["points"]:
        return False
    before, after = masked[max(0, match.start() - _NEAR) : match.start()], masked[match.end() :][:_NEAR]
    figure = match["figure"]
    is_year = figure and re.fullmatch(r"(?:19|20)\d\d", figure) and not match["scale"] and not match["short"]
    if is_year and not _COUNTED.match(after):
        return True
    if match["word"] and (_MORE_WORDS.match(after) or _WORDS_BEFORE.search(before)):
        return True  # "two thousand twenty-five": years and the like, spelled out
    # "sections 212 and 215", "pages 3, 4 and 9": the naming word stands before the first of a list.
    first = _LISTED_BEFORE.sub("", before)
    if _naming("after").match(after) or _ends_naming(before) or (first != before and _ends_naming(first)):
        return True
    return bool(
        figure and _AGE.fullmatch(figure) and _APPOSED_TO_NAME.search(before) and _AGE_ENDS.match(after)
    )  # "Pete Oyama, 63, who ..."


_COUNTED = re.compile(r"\s+(?:[a-z]+\s+){0,2}(?:troops|soldiers|agents|people|migrants|arrests)")
_LISTED_BEFORE = re.compile(r"(?:\d[\w.()-]*+(?:[\s,&]|\b(?:and|or|to|through|y)\b)++)++\Z")
_AGE = re.compile(r"[1-9]\d")
_APPOSED_TO_NAME = re.compile(r"(?-i:[A-ZÁÉÍÓÚÑ][\w'-]+\s+[A-ZÁÉÍÓÚÑ][\w'-]+|^\W*[A-ZÁÉÍÓÚÑ][\w'-]+),\s+\Z")
_AGE_ENDS = re.compile(r"\s*(?:[,.;:)]|\Z|who\b|quien\b)")


def _quantity(match: re.Match[str], masked: str, offset: int, *, spanish: bool) -> Quantity:
    figure, word = match["figure"], match["word"]
    value = figure_value(figure, comma_decimal=spanish) if figure else number_of(word) or 0.0
    if scale := (match["scale"] or match["short"] or "").lower():
        # In decimals: 2.05 x 1e6 is 2049999.9999999998 in binary, a number with other digits than the text's.
        value = float(Decimal(repr(value)) * Decimal(SCALES[scale]))
    value += 1000 * float(match["thousands"] or 0) + float(match["rest"] or 0)
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
    words = _head_words(head["words"], of=head["of"] is not None) if head else []
    head_end = head.start("words") + len(_first_words(head["words"], len(words))) if head and words else match.end()
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


def _head_words(words: str, *, of: bool) -> list[str]:
    stops = codebook.table("quantities")["heads"]["end_before"]
    kept: list[str] = []
    spoken = words.split()
    for place, word in enumerate(spoken):
        if word in ("and", "y") and kept and _joins_adjectives(kept[-1], spoken[place + 1 :]):
            kept.append(word)
            continue
        # "workers losing employment": a participle after a plural noun begins another phrase
        is_participle = kept and kept[-1].endswith("s") and word.endswith("ing")
        seized_things = of and place == 0 and word.endswith("ed")  # "58 percent of [seized weapons]"
        compares = word.lower() in ("fewer", "less", "more") and spoken[place + 1 : place + 2] == ["than"]
        if is_participle or compares or (word.lower().strip("\"'.") in stops and not seized_things):
            break
        kept.append(word)
        if word[-1] in ".\"'" and not re.fullmatch(r"(?:[A-Z]\.)+", word):
            break
    return [word.strip("\"'.") if not re.fullmatch(r"(?:[A-Z]\.)+", word) else word for word in kept[:5]]


def _joins_adjectives(before: str, after: list[str]) -> bool:
    """Whether "and" stands between two adjectives of one noun: "eight [Mexican and Salvadoran] groups"."""
    return len(after) > 1 and before[0].isupper() and after[0][0].isupper() and after[1][0].islower()


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
