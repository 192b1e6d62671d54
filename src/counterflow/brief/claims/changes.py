"""Ups and downs, what they are measured against, and per what time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import NUMBER_WORD
from counterflow.brief.dates.compared import date_at
from counterflow.brief.dates.era import Era, heads_of_government
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.schema import Baseline
from counterflow.brief.sieve import Sieve

Rate = Literal["day", "week", "month", "year"]
_KINDS: tuple[Literal["up", "down"], ...] = ("down", "up")


@dataclass(frozen=True)
class ChangeWord:
    """A word that says up or down."""

    direction: Literal["up", "down"]
    form: Literal["verb", "transitive", "noun", "particle"]
    start: int
    end: int


@cache
def _change_words() -> tuple[tuple[Literal["up", "down"], str, Pattern], ...]:
    table = codebook.table("changes")
    return tuple(
        (
            direction,
            form,
            Pattern(rf"(?<![\w-])(?:{'|'.join(table[direction][key])})(?![\w-])"),
        )
        for direction in _KINDS
        for key, form in (
            ("verbs", "verb"),
            ("transitive", "transitive"),
            ("nouns", "noun"),
            ("particles", "particle"),
        )
    )


@cache
def _change_sieve() -> Sieve:
    return Sieve(pattern for _, _, pattern in _change_words())


@lru_cache(maxsize=1024)  # each number of a clause asks again
def change_words(folded: str, start: int, end: int) -> tuple[ChangeWord, ...]:
    """Every word of change between two offsets, in order; verbs before nouns where a word can be both."""
    found: list[ChangeWord] = []
    sieve = _change_sieve()
    passed = sieve.passed(folded, start, end) if isinstance(folded, Folded) else -1
    for direction, form, pattern in _change_words() if passed else ():
        if not passed & sieve.bit(pattern):
            continue
        for match in pattern.expression.finditer(folded, start, end):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(ChangeWord(direction, form, match.start(), match.end()))  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda word: word.start))


def change_of(folded: str, clause: tuple[int, int], start: int, end: int) -> ChangeWord | None:
    """The word of change that a number at `start` to `end` belongs to, inside its clause; None without one.

    "dropped 93%", "down by 93%", "a 93% drop", "cut the share of ... by 52 percent"; not "made up 93%".
    """
    words = change_words(folded, *clause)
    if re.search(r"\b(?:ma[dk]es?|making)\s+up\s+(?:[\w-]+\s+){0,3}\Z", folded[clause[0] : start], re.IGNORECASE):
        return None
    for word in words:
        between = folded[end : word.start]
        if word.start < end:
            continue
        if word.form in ("noun", "verb") and re.fullmatch(r"[\s-]+(?:[\w-]+\s+){0,2}", between):
            return word  # "a 93% drop"
        if word.form == "particle" and not between.strip():
            return word  # "93% lower", "85% fewer"
    before = [word for word in words if word.end <= start]
    for word in reversed(before):
        between = folded[word.end : start]
        if word.form == "particle" and not re.fullmatch(r"\s+(?:by\s+)?(?:[\w-]+\s+){0,2}", between):
            continue
        if word.form == "noun" and not re.fullmatch(r"\s+(?:of|by|de|del)\s+(?:[\w-]+\s+){0,3}(?:\S+\s+)?", between):
            continue
        near = re.fullmatch(r"\s+(?:[\w-]+\s+){0,4}", between)
        by = re.search(r"\s(?:by|en|un|a|to)\s+(?:(?:more|less)\s+than\s+|[\w-]+\s+){0,2}\Z", between, re.IGNORECASE)
        if near or by:
            return word
    return None


@cache
def _against() -> tuple[tuple[Literal["up", "down"], re.Pattern[str]], ...]:
    table = codebook.table("changes")
    return tuple((d, re.compile(rf"\s+(?P<word>{'|'.join(table[d]['against'])})\s", re.IGNORECASE)) for d in _KINDS)


def compared_word(folded: str, start: int, end: int) -> ChangeWord | None:
    """The word right at an offset that sets what stands before it below or above what follows; None without one."""
    for direction, pattern in _against():
        if match := pattern.match(folded, start, end):
            return ChangeWord(direction, "particle", match.start("word"), match.end("word"))
    return None


# ---------------------------------------------------------------------------------------- baselines


@cache
def _cue() -> Pattern:
    cues = codebook.table("changes")["baselines"]["cues"]
    return Pattern(rf"(?<![\w-])(?:{'|'.join(cues)})(?:\s+|(?<=\s))")


_STOP = re.compile(
    r"\[\^?\d|[;:()]|\.(?=\s|\Z)|,(?!\s*\d{4}\b)|\s(?:while|which|who|when|because|as\s+(?:the|a)\s|mientras|cuando)\b|\s-+\s"
)


# "a 95% decrease from March 2024 and a [14% decrease ...]": the next change is no part of the baseline
_AND_ANOTHER = re.compile(r",?\s+(?:and|or|y|o)(?:\s+(?:an?|the|un|una|el|la))?\s*\Z", re.IGNORECASE)


def baseline_cues(folded: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The words between two offsets that say what something is measured against ("compared to", "from")."""
    return _cue().finditer(folded, start, end)


@lru_cache(maxsize=256)  # each number of a clause asks again
def may_hold_baseline(folded: str, start: int, end: int) -> bool:
    """Whether any words between two offsets can say what something is measured against."""
    return _cue().search(folded, start, end) is not None or _adverb().search(folded, start, end) is not None


@cache
def _adverb() -> re.Pattern[str]:
    return re.compile(codebook.table("changes")["baselines"]["adverbs"], re.IGNORECASE)


def baseline_in(layout: Layout, start: int, end: int, era: Era) -> Baseline | None:
    """What a change between two offsets is measured against, by the words that say so; None where none do."""
    folded = layout.folded
    adverb = _adverb().search(folded, start, end)
    for cue in _cue().finditer(folded, start, end):
        stop = _STOP.search(folded, cue.end(), end)
        finish = _before_end_of_change(folded, cue.end(), stop.start() if stop else end, era)
        if more := _AND_ANOTHER.search(folded, cue.end(), finish):
            finish = more.start()
        words = folded[cue.end() : finish]
        # "below 300" is a bound, "since 1970" a baseline
        if not words.strip() or re.fullmatch(r"\s*(?:the\s+)?(?!(?:19|20)\d\d\s*\Z)[\d,.]+%?\s*", words):
            continue
        if _is_bound(words) or _tells_a_record(folded, start, cue):
            continue
        return _baseline(layout, cue.start(), cue.end(), finish, era)
    if adverb:
        return _baseline(layout, adverb.start(), adverb.start(), adverb.end(), era)
    return None


def _tells_a_record(folded: str, start: int, cue: re.Match[str]) -> bool:
    """Whether "since" says how far back a record reaches ("fell 25% to 1,530,523, the lowest since 2020")."""
    since = re.match(r"since|desde", cue.group().strip(), re.IGNORECASE)
    return bool(since and _RECORD.search(folded, max(start, cue.start() - 40), cue.start()))


_RECORD = re.compile(
    r"\b(?:lowest|highest|fewest|most|largest|smallest|least|record|más\s+(?:baj|alt)[oa]|menor|mayor)\b[^.;]*\Z",
    re.IGNORECASE,
)


def _is_bound(words: str) -> bool:
    """Whether what follows a cue is the size of the change: "more than 300% under ...", "more than half since"."""
    return re.match(rf"\s*(?:\d[\d,.]*\s*(?:%|percent\b|per\s+cent\b)|(?:{size_words()})\b)", words, re.I) is not None


def size_words() -> str:
    """The names of parts by which something can have changed ("half", "a third"), as alternatives of a pattern."""
    return "|".join(sorted((key.replace(" ", r"[\s-]+") for key in codebook.table("changes")["sizes"]), key=len)[::-1])


_TO = re.compile(r"\s+(?:to|through|until|hasta)\s+(?:(?:just|only|about|apenas)\s+)?(?=\w)", re.IGNORECASE)


def _before_end_of_change(folded: str, start: int, end: int, era: Era) -> int:
    """Where the words of a baseline end before those of what the change led to.

    "[the December 2023 peak] to March 2025", "[February 2024] to 8,353"; not inside a period ("January to March").
    """
    for joint in _TO.finditer(folded, start, end):
        inside = any(t.start < joint.end() and joint.start() < t.end for t in find_times(folded, start, end, era))
        if not inside and (folded[joint.end()].isdigit() or date_at(folded, joint.end(), end, era)):
            return joint.start()
    return end


def _baseline(layout: Layout, cue: int, start: int, end: int, era: Era) -> Baseline:
    """The baseline whose words stand between `start` and `end`, introduced by the words from `cue` on."""
    table = codebook.table("changes")["baselines"]
    end = _before_other_time(layout.folded, start, end, era)
    words = layout.folded[start:end]

    def says(key: str) -> bool:
        return re.search(rf"(?<!\w)(?:{table[key]})(?!\w)", words, re.IGNORECASE) is not None

    administration = _administrations().search(words)
    readings = [t.readings[0] for t in find_times(layout.folded, cue, end, era) if t.readings]
    dated = [r for r in readings if r.start is not None]
    first, last = (dated[0].start, dated[-1].end) if dated else (None, None)
    if bare := re.fullmatch(
        r"\W*(?:at\s+least\s+|about\s+|around\s+|al\s+menos\s+)?((?:19|20)\d\d)\W*", words
    ):  # "compared with 2023": no preposition tells a year
        first, last = date(int(bare[1]), 1, 1), date(int(bare[1]), 12, 31)
    kind: Literal[
        "peak",
        "same_period_last_year",
        "explicit_date",
        "period_average",
        "administration",
        "previous_period",
        "other",
    ]
    if says("peak"):
        kind = "peak"
    elif says("same_period_last_year"):
        kind = "same_period_last_year"
    elif says("period_average"):
        kind = "period_average"
    elif (first or _names_month().search(words)) and not says("previous_period"):
        kind = "explicit_date"
    elif administration or re.search(r"(?:previous|prior|last|former)\s+(?:president|administration)", words, re.I):
        kind = "administration"
    elif says("previous_period"):
        kind = "previous_period"
    else:
        kind = "other"
    name = _known_name(administration[1]) if administration else None
    if name and first is None:
        terms = era.terms_of(name)
        first, last = (terms[0].start, terms[-1].end) if terms else (None, None)
    if kind == "period_average" and re.search(r"\b(?:last|past|previous|prior|preceding|últim[oa]s)\s", words, re.I):
        first = last = None  # "the average of the last four years": before the period, not before the document
    quote = span(layout, start, end)
    return Baseline(
        text=" ".join(quote.quote.split()), span=quote, kind=kind, administration=name, start=first, end=last
    )


@cache
def _administrations() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in heads_of_government())
    return re.compile(
        rf"(?<!\w)({names})(?:'s|[ -]era|[ -]years|\s+administration|\s+presidency|\s+term|\b)", re.IGNORECASE
    )


def _before_other_time(folded: str, start: int, end: int, era: Era) -> int:
    """Where the words of a baseline end before a time that cannot be its own: one outside the terms of whom it names.

    "from [their peak under Biden] in the first 11 days of February 2025".
    """
    named = _administrations().search(folded, start, end)
    terms = era.terms_of(_known_name(named[1])) if named else ()
    times = find_times(folded, named.end(), end, era) if named and terms else ()
    for time in (time for time in times if time.readings):
        first, last = time.readings[0].start, time.readings[-1].end
        if first and last and not any(t.start <= last and first <= (t.end or date.max) for t in terms):
            return time.start - len(folded[start : time.start]) + len(folded[start : time.start].rstrip())
    return end


@cache
def _names_month() -> Pattern:
    months = "|".join(sorted(codebook.table("periods")["months"], key=len, reverse=True))
    return Pattern(rf"(?<!\w)(?:{months})(?!\w)")


def _known_name(words: str) -> str:
    return next(name for name in heads_of_government() if name.lower() == words.lower())


@cache
def _runs(key: str) -> re.Pattern[str]:
    number = rf"(?:\d{{1,2}}|{NUMBER_WORD})"
    words = "|".join(codebook.table("changes")["runs"][key]).replace("{number}", number)
    return re.compile(rf"(?<![\w-])(?:{words})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=256)  # each change of a clause asks again
def run_in(folded: str, start: int, end: int, *, sized: bool) -> re.Match[str] | None:
    """Words that make a change one in each of several months: "every month since May", "for seven straight months".

    A change with a size (`sized`) is so only by "every month": "for the third month in a row, it fell 20%" tells how
    much it fell in the last of them.
    """
    found = _runs("each").search(folded, start, end)
    return found if found or sized else _runs("in_a_row").search(folded, start, end)


@cache
def _rates() -> tuple[tuple[Rate, re.Pattern[str]], ...]:
    table = codebook.table("changes")
    none_before = "|".join(table["not_rates"]["before"])
    return tuple(
        (rate, re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])(?!\s+(?:{none_before})\b)", re.IGNORECASE))
        for rate, words in table["rates"].items()
    )


_LOOK_AHEAD = 40  # characters behind the words of a rate that can make them something else ("a year earlier")


def rate_in(folded: str, start: int, end: int) -> Rate | None:
    """Per what time a number counts ("daily", "a month"); None where the words do not say.

    The words lie between the offsets, but what follows them is seen: "a year earlier" is no rate, wherever `end` is.
    """
    for rate, pattern in _rates():
        for match in pattern.finditer(folded, start, end + _LOOK_AHEAD):
            if match.end() <= end:
                return rate
    return None
