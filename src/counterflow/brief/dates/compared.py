"""Two dates between which something changed: "between A and B", "from A to B"."""

from __future__ import annotations

import re

from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import TimeMatch, find_times

_FROM = re.compile(r"\b(?:between|from|entre|desde|del?)\s+(?:el\s+)?", re.IGNORECASE)
_TO = re.compile(r"\s+(?:and|to|y|al?|hasta)\s+(?:el\s+)?", re.IGNORECASE)
_LONGEST_DATE = 40  # characters
_WORD = re.compile(r"\s*[^\s;:()\[\]]+")


def dates_compared(folded: str, start: int, end: int, era: Era) -> tuple[TimeMatch, TimeMatch] | None:
    """The two dates of "between A and B" or "from A to B" between two offsets; None where there is no such pair.

    Where only B names a year, A is of that year, or of the one before where it would otherwise follow B.
    """
    if start >= end or not find_times(folded, start, end, era):
        return None
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
