"""Words of time in a text: where they stand, and the readings that they allow (see `readings`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import NUMBER_WORD
from counterflow.brief.dates.era import Era, heads_of_government
from counterflow.brief.dates.readings import readings_of
from counterflow.brief.patterns import Folded, Pattern, lower
from counterflow.brief.schema import Reading
from counterflow.brief.sieve import Sieve


@dataclass(frozen=True)
class TimeMatch:
    """Words of time, with their offsets and readings; `duration` where they only give a length."""

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]
    duration: bool = False


def find_times(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    """All words of time between two offsets, in order and without overlap, each with its readings."""
    return _found("form", folded, start, end, era)


def find_terms(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    """Terms of office between two offsets that tell when something was so ("under the Biden administration")."""
    return _found("term", folded, start, end, era)


@lru_cache(maxsize=4096)  # a sentence is asked for again by each of its clauses and numbers
def _found(kind: str, folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    taken: list[TimeMatch] = []
    covered = bytearray()
    sieve, forms = _sieve(kind)
    passed = sieve.passed(folded, start, end) if isinstance(folded, Folded) else -1
    if passed:
        passed &= ~_impossible(kind, lower(folded[start:end]))
    for bit, name, expression in forms if passed else ():
        if not passed & bit:
            continue
        for match in expression.finditer(folded, start, end):
            begin = match.start() + len(match.group()) - len(match.group().lstrip())
            covered = covered or bytearray(end - start)
            if covered.find(1, begin - start, match.end() - start) >= 0:
                continue
            readings = readings_of(name, match, era)
            if readings or name == "duration":
                words = " ".join(match.group().split())
                covered[begin - start : match.end() - start] = b"\x01" * (match.end() - begin)
                taken.append(TimeMatch(begin, match.end(), words, readings, name == "duration"))
    return tuple(sorted(taken, key=lambda found: found.start))


@cache
def _sieve(kind: str) -> tuple[Sieve, tuple[tuple[int, str, re.Pattern[str]], ...]]:
    """What tells which forms may stand in a stretch, and each form with its bit."""
    patterns = _patterns(kind)
    sieve = Sieve(pattern for _, pattern in patterns)
    return sieve, tuple((sieve.bit(pattern), name, pattern.expression) for name, pattern in patterns)


def _impossible(kind: str, words: str) -> int:
    """The bits of the forms that cannot stand in words in lower case, for want of a month, of two, or of a year."""
    of_month, of_two, of_year = _needs(kind)
    months = codebook.table("periods")["months"]
    count = sum(word in months for word in _LETTERS.findall(words))
    return (0 if count else of_month) | (0 if count > 1 else of_two) | (0 if _YEAR.search(words) else of_year)


_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


@cache
def _needs(kind: str) -> tuple[int, int, int]:
    """The bits of the forms of which every match holds a month, of those with two, and of those with a year."""
    names = codebook.table("periods")["months"]
    sieve, _ = _sieve(kind)
    patterns = _patterns(kind)
    of_month = {sieve.bit(pattern) for _, pattern in patterns if pattern.needs and set(pattern.needs) <= set(names)}
    of_two = {sieve.bit(pattern) for reader, pattern in patterns if reader in _OF_TWO_MONTHS}
    of_year = {sieve.bit(pattern) for reader, pattern in patterns if reader in _OF_A_YEAR}
    return sum(of_month), sum(of_two), sum(of_year)


_OF_TWO_MONTHS = {"months_of_years", "months", "months_bare"}
_OF_A_YEAR = {"day", "half", "months_of_years", "months", "month", "quarter", "year", "year_so_far", "to_month"}


@cache
def _patterns(kind: str) -> tuple[tuple[str, Pattern], ...]:
    """Readers with their compiled patterns, in the codebook's order; of times, or of terms of office ("term")."""
    table = codebook.table("periods")
    month = "|".join(sorted(table["months"], key=len, reverse=True))
    unit = "|".join(word for words in table["units"].values() for word in words)
    person = "|".join(re.escape(name) for name in heads_of_government())
    parts = {
        "{month}": rf"(?P<month>{month})\.?",
        "{month2}": rf"(?P<month2>{month})\.?",
        "{year}": r"(?P<year>(?:19|20)\d\d)",
        "{year2}": r"(?P<year2>(?:19|20)\d\d)",
        "{unit}": rf"(?P<unit>{unit})",
        "{number}": rf"(?P<number>\d{{1,3}}|{NUMBER_WORD})",
        "{quarter}": rf"(?P<quarter>{'|'.join(table['quarters'])})",
        "{weekday}": rf"(?P<weekday>{'|'.join(table['weekdays'])})",
        "{near}": rf"(?P<near>{'|'.join(table['near_days'])})",
        "{person}": rf"(?P<person>{person})",
        "{whose}": rf"(?:(?:president\s+)?(?P<person>{person})'s"
        r"|(?:the|this|his|her)\s+(?:new\s+)?(?:president's|administration's)?|su)",
        "{of_whom}": r"(?:\s+(?:of|under|de|del)\s+(?:the\s+)?"
        r"(?:(?:president|presidente|gobierno|administración)\s+(?:de\s+)?)?"
        rf"(?P<person2>{person})(?:'s)?(?:\s+(?:administration|presidency|term))?"
        r"|\s+(?:in|since\s+taking)\s+office)?",
    }
    return tuple(
        (form["reader"], Pattern(rf"(?<![\w$])(?<!\d[.,]){_filled(pattern, parts)}"))
        for form in table[kind]
        for pattern in form["patterns"]
    )


def _filled(pattern: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{[a-z]\w*\}", lambda match: parts[match.group()], pattern)
