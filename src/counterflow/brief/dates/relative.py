"""Times that only the document's own date places: bare months and days, "last week", "so far this year"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.spans import (
    Match,
    day_of,
    fiscal_year_span,
    group_of,
    month_of,
    month_span,
    months_on,
    unit_forms,
    unit_of_time,
)
from counterflow.brief.schema import Reading


def possible_years(era: Era) -> range:
    """The years that a bare month or day can be of; none where nothing dates the document."""
    if era.published:
        return range(era.published.year - 1, era.published.year + 1)
    if era.start and era.end and (era.end - era.start).days < 5 * 366:
        return range(era.start.year - 1, era.end.year + 1)
    return range(0)


def read_day_bare(match: Match, era: Era) -> Iterator[Reading]:
    """As in "May 3": of the document's time."""
    days = [found for year in possible_years(era) if (found := day_of(year, month_of(match), int(match["day"])))]
    yield from latest([(day, day) for day in days], match, era)


def read_month_bare(match: Match, era: Era) -> Iterator[Reading]:
    """As in "in May": of the document's time."""
    yield from latest([month_span(year, month_of(match)) for year in possible_years(era)], match, era)


def read_month_of_last_year(match: Match, era: Era) -> Iterator[Reading]:
    """As in "last year's May", counted from the document's date."""
    if era.published:
        start, end = month_span(era.published.year - 1, month_of(match))
        yield Reading(label=f"{start:%B %Y}", start=start, end=end, why=f"counted from {era.published.isoformat()}")


def read_months_bare(match: Match, era: Era) -> Iterator[Reading]:
    """As in "between January and March": of the document's time, over the turn of a year where the first is later."""
    first, last = month_of(match), month_of(match, "month2")
    spans = [(month_span(year - (first > last), first)[0], month_span(year, last)[1]) for year in possible_years(era)]
    yield from latest(spans, match, era)


def latest(spans: list[tuple[date, date]], match: Match, era: Era) -> Iterator[Reading]:
    """With a date of the document the latest span that had begun by then; without it every one of the era."""
    begun = [item for item in spans if era.published is None or item[0] <= era.published]
    for start, end in begun[-1:] if era.published else begun:
        label = f"{start:%B %Y}" if start.day == 1 and end != start else start.isoformat()
        yield Reading(label=label, start=start, end=end, why="the text gives no year")
    if not begun:
        yield Reading(label=" ".join(match.group().split()), start=None, end=None, why="the text gives no year")


def read_weekday(match: Match, era: Era) -> Iterator[Reading]:
    """A day of the week or a word for a near day: the latest such day that is not after the document's."""
    words = " ".join(match.group().split()).lower()
    now = era.published
    if now is None:
        yield Reading(label=words, start=None, end=None, why="the document has no date to count from")
        return
    if name := group_of(match, "weekday"):
        back = (now.weekday() - codebook.table("periods")["weekdays"][name.lower()]) % 7
    else:
        back = codebook.table("periods")["near_days"][match["near"].lower()]
    found = now - timedelta(days=back)
    yield Reading(label=words, start=found, end=found, why=f"counted from {now.isoformat()}")


def read_weekend(match: Match, era: Era) -> Iterator[Reading]:
    """The Saturday and Sunday that were last when the document was written."""
    if era.published:
        saturday = era.published - timedelta(days=(era.published.weekday() - 5) % 7)
        sunday = saturday + timedelta(days=1)
        why = f"counted from {era.published.isoformat()}"
        yield Reading(label=f"{saturday} to {sunday}", start=saturday, end=sunday, why=why)
    else:
        yield from read_open(match, era)


def read_open(match: Match, era: Era) -> Iterator[Reading]:
    """As in "since May": from then on, to the document's date where it is known."""
    words = " ".join(match.group().split())
    yield Reading(label=words, start=None, end=None, why="the text does not say when that began or ended")


_THIS = r"\bthis\b|to date|so far|en curso|lo que va|\best[ea]\b"
_LAST_WHOLE = r"\blast\b|pasad[oa]|anterior|previous|prior"


def read_relative(match: Match, era: Era) -> Iterator[Reading]:
    """As in "last month", "this week", "a year ago", counted from the document's date."""
    words = " ".join(match.group().split()).lower()
    now = era.published
    if now is None:
        yield Reading(label=words, start=None, end=None, why="the document has no date to count from")
        return
    named = group_of(match, "unit") or next(
        (u for u, forms in unit_forms() if re.search(rf"\b(?:{forms})\b", words)), ""
    )
    unit = unit_of_time(named)
    count = int(number_of(group_of(match, "number") or "1") or 1)
    fiscal = "fiscal" in words
    start: date | None = now
    end: date | None = now
    if re.search(_THIS, words):
        year = now.replace(month=1, day=1)
        if fiscal:
            year = fiscal_year_span(now.year + (now.month > 9))[0]
        first = {"month": now.replace(day=1), "week": now - timedelta(days=now.weekday()), "day": now}
        start = first.get(unit, year)
    elif "every" in words or "next" in words or unit not in ("day", "week", "month", "year", "decade"):
        start = end = None
    elif group_of(match, "number") is None and unit == "month":
        last_of_month = now.replace(day=1) - timedelta(days=1)
        start, end = last_of_month.replace(day=1), last_of_month
    elif group_of(match, "number") is None and unit == "year" and re.search(_LAST_WHOLE, words):
        start, end = date(now.year - 1, 1, 1), date(now.year - 1, 12, 31)
        if fiscal:
            start, end = fiscal_year_span(now.year + (now.month > 9) - 1)
    else:
        days = {"day": 1, "week": 7, "month": 30.44, "year": 365.25, "decade": 3652.5}[unit]
        start = now - timedelta(days=round(count * days))
    yield Reading(label=words, start=start, end=end, why=f"counted from {now.isoformat()}")


def read_duration(match: Match, era: Era) -> Iterator[Reading]:
    """A bare length of time: it has no days of its own."""
    yield from ()


def read_quarter_bare(match: Match, era: Era) -> Iterator[Reading]:
    """As in "in the second quarter": of the document's time."""
    yield from _part_of_year(match, era, 3, "quarter")


def read_half_bare(match: Match, era: Era) -> Iterator[Reading]:
    """As in "in the first half": of the document's time."""
    yield from _part_of_year(match, era, 6, "half")


def _part_of_year(match: Match, era: Era, months: int, name: str) -> Iterator[Reading]:
    """A quarter or half without its year: the latest of which half was over when the document was written."""
    number = codebook.table("periods")["quarters"][match["quarter"].lower()]
    if era.published is None or number * months > 12:
        return
    for year in (era.published.year, era.published.year - 1):
        start = date(year, (number - 1) * months + 1, 1)
        end = months_on(start, months)
        if start + (end - start) / 2 <= era.published:
            yield Reading(label=f"{name} {number} of {year}", start=start, end=end, why="the text gives no year")
            return


def read_year_so_far(match: Match, era: Era) -> Iterator[Reading]:
    """As in "so far this year": from its first day to the document's date."""
    year = int(match["year"])
    start, end = fiscal_year_span(year) if group_of(match, "fiscal") else (date(year, 1, 1), date(year, 12, 31))
    if era.published and start <= era.published:
        yield Reading(label=f"{year} so far", start=start, end=min(end, era.published))
    else:
        yield Reading(label=f"{year} so far", start=start, end=None, why="the document has no date in that year")


def read_month_on(match: Match, era: Era) -> Iterator[Reading]:
    """From the first day of a month until the document was written."""
    for reading in read_month_bare(match, era):
        yield reading.model_copy(update={"end": era.published, "label": f"since {reading.label}"})
