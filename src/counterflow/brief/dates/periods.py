"""Dates and periods: what the text says, and every way to read it.

A reading is a pair of inclusive days. Where the words allow more than one ("first 11 days" with or without
inauguration day), all are given; where they cannot be placed without the document's date, the days are None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import NUMBER_WORD, number_of
from counterflow.brief.dates.era import Era, heads_of_government
from counterflow.brief.schema import Reading


@dataclass(frozen=True)
class TimeMatch:
    """Words of time, with their offsets and readings; `duration` where they only give a length."""

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]
    duration: bool = False


def iso_date(words: str) -> date | None:
    """The day at the start of an ISO 8601 date or time; None where there is none."""
    match = re.match(r"\s*(\d{4})-(\d{2})-(\d{2})", words)
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def fiscal_year_span(year: int) -> tuple[date, date]:
    """First and last day of a US federal fiscal year (1 October to 30 September; 31 U.S.C. 1102)."""
    return date(year - 1, 10, 1), date(year, 9, 30)


# ------------------------------------------------------------------------------------------ patterns


@cache
def _patterns(kind: str = "form") -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Readers with their compiled patterns, in the codebook's order; of times, or of terms of office ("term")."""
    table = codebook.table("periods")
    month = "|".join(sorted(table["months"], key=len, reverse=True))
    unit = "|".join(word for words in table["units"].values() for word in words)
    person = "|".join(re.escape(name) for name in heads_of_government())
    parts = {
        "{month}": rf"(?P<month>{month})\.?",
        "{month2}": rf"(?P<month2>{month})\.?",
        "{year}": r"(?P<year>(?:19|20)\d\d)",
        "{unit}": rf"(?P<unit>{unit})",
        "{number}": rf"(?P<number>\d{{1,3}}|{NUMBER_WORD})",
        "{quarter}": rf"(?P<quarter>{'|'.join(table['quarters'])})",
        "{person}": rf"(?P<person>{person})",
        "{whose}": rf"(?:(?:president\s+)?(?P<person>{person})'s"
        r"|(?:the|this|his|her)\s+(?:new\s+)?(?:president's|administration's)?|su)",
        "{of_whom}": r"(?:\s+(?:of|under|de|del)\s+(?:the\s+)?"
        r"(?:(?:president|presidente|gobierno|administración)\s+(?:de\s+)?)?"
        rf"(?P<person2>{person})(?:'s)?(?:\s+(?:administration|presidency|term))?"
        r"|\s+(?:in|since\s+taking)\s+office)?",
    }
    return tuple(
        (form["reader"], re.compile(rf"(?<![\w$]){_filled(pattern, parts)}", re.IGNORECASE))
        for form in table[kind]
        for pattern in form["patterns"]
    )


def _filled(pattern: str, parts: dict[str, str]) -> str:
    return re.sub(r"\{[a-z]\w*\}", lambda match: parts[match.group()], pattern)


def find_times(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    """All words of time between two offsets, in order and without overlap, each with its readings."""
    return _found("form", folded, start, end, era)


def find_terms(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    """Terms of office between two offsets that tell when something was so ("under the Biden administration")."""
    return _found("term", folded, start, end, era)


def _found(kind: str, folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, ...]:
    taken: list[TimeMatch] = []
    for name, pattern in _patterns(kind):
        for match in pattern.finditer(folded, start, end):
            begin = match.start() + len(match.group()) - len(match.group().lstrip())
            if any(begin < other.end and other.start < match.end() for other in taken):
                continue
            readings = tuple(_READERS[name](match, era))
            if readings or name == "duration":
                words = " ".join(match.group().split())
                taken.append(TimeMatch(begin, match.end(), words, readings, name == "duration"))
    return tuple(sorted(taken, key=lambda found: found.start))


_FROM = re.compile(r"\b(?:between|from|entre|desde|del?)\s+(?:el\s+)?", re.IGNORECASE)
_TO = re.compile(r"\s+(?:and|to|y|al?|hasta)\s+(?:el\s+)?", re.IGNORECASE)
_LONGEST_DATE = 40  # characters
_WORD = re.compile(r"\s*[^\s;:()\[\]]+")


def dates_compared(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, TimeMatch] | None:
    """The two dates of "between A and B" or "from A to B" between two offsets; None where there is no such pair.

    Where only B names a year, A is of that year, or of the one before where it would otherwise follow B.
    """
    for opening in _FROM.finditer(folded, start, end):
        for joint in _TO.finditer(folded, opening.end(), min(opening.end() + _LONGEST_DATE, end)):
            later = date_at(folded, joint.end(), end, era)
            if later is None:
                continue
            day = later.readings[0].start
            years = (day.year, day.year - 1) if day else ()
            for year in ("", *(f" {year}" for year in years)):
                earlier = _one_date(folded, opening.end(), joint.start(), year, era)
                if earlier and day and earlier.readings[0].start and earlier.readings[0].start < day:
                    return earlier, later
    return None


def date_at(folded: str, start: int, end: int, era: Era) -> TimeMatch | None:
    """The longest date of at most five words that begins at an offset; None where none does."""
    ends: list[int] = []
    at = start
    while len(ends) < 5 and (word := _WORD.match(folded, at, end)):
        at = word.end()
        ends.append(at)
    found = (_one_date(folded, start, finish, "", era) for finish in reversed(ends))
    return next((date for date in found if date), None)


def _one_date(folded: str, start: int, end: int, year: str, era: Era) -> TimeMatch | None:
    """The words between two offsets as one date, read with a year behind them where they name none."""
    words = folded[start:end].rstrip(" .,")
    bare = re.sub(r"^de\s+", "", words)
    for said in (f"{words}{year}", f"in {bare}{year}"):
        times = find_times(said, 0, len(said), era)
        if len(times) == 1 and times[0].readings and times[0].start == 0 and times[0].end == len(said):
            return TimeMatch(start, start + len(words), " ".join(words.split()), times[0].readings)
    return None


# ------------------------------------------------------------------------------------------- readers


def _group(match: re.Match[str], name: str) -> str | None:
    return match.groupdict().get(name)


def _month(match: re.Match[str], name: str = "month") -> int:
    number: int = codebook.table("periods")["months"][match[name].lower()]
    return number


def _read_day(match: re.Match[str], era: Era) -> Iterator[Reading]:
    found = (
        iso_date(match["iso"]) if _group(match, "iso") else _day(int(match["year"]), _month(match), int(match["day"]))
    )
    if found:
        yield Reading(label=found.isoformat(), start=found, end=found)


def _read_months(match: re.Match[str], era: Era) -> Iterator[Reading]:
    first, last, year = _month(match), _month(match, "month2"), int(match["year"])
    if first <= last:
        start, end = month_span(year, first)[0], month_span(year, last)[1]
        yield Reading(label=f"{start:%B} to {end:%B %Y}", start=start, end=end)


def _read_months_of_years(match: re.Match[str], era: Era) -> Iterator[Reading]:
    start, month_end = month_span(int(match["year"]), _month(match))
    end = month_span(int(match["year2"]), _month(match, "month2"))[1]
    if start < end:
        yield Reading(label=f"{start:%B %Y} to {end:%B %Y}", start=start, end=end)
    if month_end < end and re.match(r"(?:between|entre)\b", match.group(), re.IGNORECASE):
        after, why = month_end + timedelta(days=1), "counted from the end of the first month"
        yield Reading(label=f"{after:%B %Y} to {end:%B %Y}", start=after, end=end, why=why)


def _read_first_of(match: re.Match[str], era: Era) -> Iterator[Reading]:
    """The first days, weeks or months of a month or year that is named."""
    count, unit = number_of(match["number"]), _unit(match["unit"])
    if (fiscal := _group(match, "fiscal")) or (bare := _group(match, "bareyear")):
        wholes = [fiscal_year_span(int(fiscal))[0] if fiscal else date(int(bare or 0), 1, 1)]
    elif year := _group(match, "year"):
        wholes = [month_span(int(year), _month(match))[0]]
    else:
        wholes = [start for r in _read_month_bare(match, era) if (start := r.start)]
    for start in wholes if count and unit in ("day", "week", "month") else ():
        months = start.year * 12 + start.month - 2 + int(count or 0)
        days = {"day": 1, "week": 7}.get(unit, 0) * int(count or 0)
        end = start + timedelta(days=days - 1) if days else month_span(months // 12, months % 12 + 1)[1]
        yield Reading(label=f"{start} to {end}", start=start, end=end)


def _read_month(match: re.Match[str], era: Era) -> Iterator[Reading]:
    start, end = month_span(int(match["year"]), _month(match))
    yield Reading(label=f"{start:%B %Y}", start=start, end=end)


def _read_fiscal(match: re.Match[str], era: Era) -> Iterator[Reading]:
    first = int(_group(match, "year") or f"20{match['short']}")
    digits = _group(match, "year2")
    last = int(digits if len(digits) == 4 else f"{first // 100}{digits}") if digits else first
    label = f"fiscal year {first}" if last == first else f"fiscal years {first} to {last}"
    if last >= first:
        yield Reading(label=label, start=fiscal_year_span(first)[0], end=fiscal_year_span(last)[1])


def _read_quarter(match: re.Match[str], era: Era) -> Iterator[Reading]:
    word = _group(match, "quarter")
    number = codebook.table("periods")["quarters"][word.lower()] if word else int(match["quarterno"])
    year = int(match["year"])
    yield Reading(
        label=f"quarter {number} of {year}",
        start=date(year, 3 * number - 2, 1),
        end=month_span(year, 3 * number)[1],
        why="calendar quarter",
    )


def _read_year(match: re.Match[str], era: Era) -> Iterator[Reading]:
    first, last = int(match["year"]), int(_group(match, "year2") or match["year"])
    label = str(first) if last == first else f"{first} to {last}"
    if last >= first:
        yield Reading(label=label, start=date(first, 1, 1), end=date(last, 12, 31))


def _starts(match: re.Match[str], era: Era) -> list[tuple[str, date]]:
    """The inaugurations that the words can mean: of the person named, else of whoever the era leaves."""
    named = _group(match, "person") or _group(match, "person2")
    if named:
        return [(named, term.start) for term in era.terms_of(named)]
    return [(name, term.start) for name, term in era.in_office("US.POTUS")]


def _read_first_full_day(match: re.Match[str], era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        full = start + timedelta(days=1)
        why = f"the day after {name}'s inauguration on {start.isoformat()}"
        yield Reading(label=full.isoformat(), start=full, end=full, why=why)


def _read_first_days(match: re.Match[str], era: Era) -> Iterator[Reading]:
    count = number_of(match["number"])
    length = {"day": 1, "week": 7, "month": 30, "year": 365}.get(_unit(match["unit"]))
    if count is None or length is None:
        return
    for name, start in _starts(match, era):
        for shift, how in ((0, "counting inauguration day"), (1, "counting full days")):
            first = start + timedelta(days=shift)
            last = first + timedelta(days=int(count) * length - 1)
            label = f"{first.isoformat()} to {last.isoformat()}"
            yield Reading(label=label, start=first, end=last, why=f"{name}'s term from {start.isoformat()}, {how}")


def _read_first_day(match: re.Match[str], era: Era) -> Iterator[Reading]:
    length = {"day": 1, "week": 7, "month": 30, "year": 365}[(_group(match, "unit") or "day").lower()]
    for name, start in _starts(match, era):
        last = start + timedelta(days=length - 1)
        yield Reading(
            label=f"{start} to {last}" if length > 1 else f"{start}",
            start=start,
            end=last,
            why=f"{name}'s term",
        )


def _read_since_office(match: re.Match[str], era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        yield Reading(label=f"since {start}", start=start, end=era.published, why=f"{name}'s inauguration")


def _read_term(match: re.Match[str], era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        yield Reading(label=f"since {start}", start=start, end=era.published, why=f"{name}'s term")


def _read_tenure(match: re.Match[str], era: Era) -> Iterator[Reading]:
    """A whole term, as far as it was over when the document was written."""
    for term in era.terms_of(match["person"]):
        last = min((day for day in (term.end, era.published) if day), default=None)
        yield Reading(label=f"{term.start} to {last}", start=term.start, end=last, why=f"{match['person']}'s term")


def _years(era: Era) -> range:
    if era.published:
        return range(era.published.year - 1, era.published.year + 1)
    if era.start and era.end and (era.end - era.start).days < 5 * 366:
        return range(era.start.year - 1, era.end.year + 1)
    return range(0)


def _read_day_bare(match: re.Match[str], era: Era) -> Iterator[Reading]:
    days = [found for year in _years(era) if (found := _day(year, _month(match), int(match["day"])))]
    yield from _latest([(day, day) for day in days], match, era)


def _read_month_bare(match: re.Match[str], era: Era) -> Iterator[Reading]:
    yield from _latest([month_span(year, _month(match)) for year in _years(era)], match, era)


def _read_months_bare(match: re.Match[str], era: Era) -> Iterator[Reading]:
    first, last = _month(match), _month(match, "month2")
    spans = [(month_span(year, first)[0], month_span(year, last)[1]) for year in _years(era) if first <= last]
    yield from _latest(spans, match, era)


def _latest(spans: list[tuple[date, date]], match: re.Match[str], era: Era) -> Iterator[Reading]:
    """With a date of the document the latest span that had begun by then; without it every one of the era."""
    begun = [item for item in spans if era.published is None or item[0] <= era.published]
    for start, end in begun[-1:] if era.published else begun:
        label = f"{start:%B %Y}" if start.day == 1 and end != start else start.isoformat()
        yield Reading(label=label, start=start, end=end, why="the text gives no year")
    if not begun:
        yield Reading(label=" ".join(match.group().split()), start=None, end=None, why="the text gives no year")


def _read_relative(match: re.Match[str], era: Era) -> Iterator[Reading]:
    words = " ".join(match.group().split()).lower()
    now = era.published
    if now is None:
        yield Reading(label=words, start=None, end=None, why="the document has no date to count from")
        return
    unit = _unit(
        _group(match, "unit") or next((u for u, forms in _unit_forms() if re.search(rf"\b(?:{forms})\b", words)), "")
    )
    count = int(number_of(_group(match, "number") or "1") or 1)
    start: date | None = now
    end: date | None = now
    if re.search(r"\bthis\b|to date|en curso", words):
        start = now.replace(day=1) if "month" in words else now.replace(month=1, day=1)
    elif "every" in words or "next" in words or unit not in ("day", "week", "month", "year", "decade"):
        start = end = None
    elif _group(match, "number") is None and unit == "month":
        last_of_month = now.replace(day=1) - timedelta(days=1)
        start, end = last_of_month.replace(day=1), last_of_month
    elif _group(match, "number") is None and unit == "year" and re.search(r"\blast\b|pasado|anterior|previous", words):
        start, end = date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)
    else:
        days = {"day": 1, "week": 7, "month": 30.44, "year": 365.25, "decade": 3652.5}[unit]
        start = now - timedelta(days=round(count * days))
    yield Reading(label=words, start=start, end=end, why=f"counted from {now.isoformat()}")


def _read_duration(match: re.Match[str], era: Era) -> Iterator[Reading]:
    yield from ()


def _unit_forms() -> list[tuple[str, str]]:
    return [(unit, "|".join(forms)) for unit, forms in codebook.table("periods")["units"].items()]


def _unit(word: str) -> str:
    return next((unit for unit, forms in _unit_forms() if re.fullmatch(forms, word, re.IGNORECASE)), "")


_READERS = {
    "day": _read_day,
    "first_of": _read_first_of,
    "months_of_years": _read_months_of_years,
    "months": _read_months,
    "month": _read_month,
    "fiscal": _read_fiscal,
    "quarter": _read_quarter,
    "year": _read_year,
    "first_full_day": _read_first_full_day,
    "first_days": _read_first_days,
    "first_day": _read_first_day,
    "since_office": _read_since_office,
    "term": _read_term,
    "tenure": _read_tenure,
    "day_bare": _read_day_bare,
    "month_bare": _read_month_bare,
    "months_bare": _read_months_bare,
    "relative": _read_relative,
    "duration": _read_duration,
}
