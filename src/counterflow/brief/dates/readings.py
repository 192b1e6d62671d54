"""What words of time mean: each form of the codebook's periods as the readings that it allows.

A reading is a pair of inclusive days. Where the words allow more than one ("first 11 days" with or without
inauguration day), all are given; where they cannot be placed without the document's date, the days are None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.relative import (
    latest,
    possible_years,
    read_day_bare,
    read_duration,
    read_half_bare,
    read_month_bare,
    read_month_of_last_year,
    read_month_on,
    read_months_bare,
    read_open,
    read_quarter_bare,
    read_relative,
    read_weekday,
    read_weekend,
    read_year_so_far,
)
from counterflow.brief.dates.spans import (
    day_of,
    earlier_month,
    fiscal_year_span,
    group_of,
    month_of,
    month_span,
    months_on,
    unit_of_time,
)
from counterflow.brief.schema import Reading

Match = re.Match[str]


def readings_of(reader: str, match: Match, era: Era) -> tuple[Reading, ...]:
    """The readings of words of time that the codebook gives to `reader`; empty where they are no possible time."""
    return tuple(_READERS[reader](match, era))


# ------------------------------------------------------------------------------------- named by the calendar


def _read_day(match: Match, era: Era) -> Iterator[Reading]:
    if iso := group_of(match, "iso"):
        found = day_of(*map(int, iso.split("-")))
    else:
        found = day_of(int(match["year"]), month_of(match), int(match["day"]))
    if found:
        yield Reading(label=found.isoformat(), start=found, end=found)


def _read_days(match: Match, era: Era) -> Iterator[Reading]:
    """From one day to another; the first is of the month and year of the second where it names none."""
    last_month = month_of(match, "month2") if group_of(match, "month2") else month_of(match)
    first_month = month_of(match) if group_of(match, "month") else last_month
    digits = group_of(match, "year2") or group_of(match, "year")
    spans: list[tuple[date, date]] = []
    for year in (int(digits),) if digits else possible_years(era):
        first_year = int(group_of(match, "year") or year)
        if group_of(match, "year") is None and first_month > last_month:
            first_year -= 1
        start = day_of(first_year, first_month, int(match["day"]))
        end = day_of(year, last_month, int(match["day2"]))
        if start and end and start <= end:
            spans.append((start, end))
    if digits:
        yield from (Reading(label=f"{start} to {end}", start=start, end=end) for start, end in spans)
    else:
        yield from latest(spans, match, era)


def _read_months(match: Match, era: Era) -> Iterator[Reading]:
    first, last, year = month_of(match), month_of(match, "month2"), int(match["year"])
    if first <= last:
        start, end = month_span(year, first)[0], month_span(year, last)[1]
        yield Reading(label=f"{start:%B} to {end:%B %Y}", start=start, end=end)
    elif re.match(r"(?:between|from|entre|desde|del?)\b|.*\b(?:to|through|a|hasta)\b", match.group(), re.IGNORECASE):
        start, end = month_span(year - 1, first)[0], month_span(year, last)[1]
        yield Reading(label=f"{start:%B %Y} to {end:%B %Y}", start=start, end=end, why="the months pass a new year")


def _read_months_of_years(match: Match, era: Era) -> Iterator[Reading]:
    start, month_end = month_span(int(match["year"]), month_of(match))
    end = month_span(int(match["year2"]), month_of(match, "month2"))[1]
    if start < end:
        yield Reading(label=f"{start:%B %Y} to {end:%B %Y}", start=start, end=end)
    if month_end < end and re.match(r"(?:between|entre)\b", match.group(), re.IGNORECASE):
        after, why = month_end + timedelta(days=1), "counted from the end of the first month"
        yield Reading(label=f"{after:%B %Y} to {end:%B %Y}", start=after, end=end, why=why)


def _read_first_of(match: Match, era: Era) -> Iterator[Reading]:
    """The first days, weeks or months of a month or year that is named."""
    count, unit = number_of(match["number"]), unit_of_time(match["unit"])
    if (fiscal := group_of(match, "fiscal")) or (bare := group_of(match, "bareyear")):
        wholes = [fiscal_year_span(int(fiscal))[0] if fiscal else date(int(bare or 0), 1, 1)]
    elif year := group_of(match, "year"):
        wholes = [month_span(int(year), month_of(match))[0]]
    else:
        wholes = [start for r in read_month_bare(match, era) if (start := r.start)]
    for start in wholes if count and unit in ("day", "week", "month") else ():
        days = {"day": 1, "week": 7}.get(unit, 0) * int(count or 0)
        end = start + timedelta(days=days - 1) if days else months_on(start, int(count or 0))
        yield Reading(label=f"{start} to {end}", start=start, end=end)


def _read_half(match: Match, era: Era) -> Iterator[Reading]:
    year = int(match["year"])
    start = fiscal_year_span(year)[0] if group_of(match, "fiscal") else date(year, 1, 1)
    if codebook.table("periods")["quarters"][match["quarter"].lower()] == 2:
        start = months_on(start, 6) + timedelta(days=1)
    elif codebook.table("periods")["quarters"][match["quarter"].lower()] > 2:
        return
    end = months_on(start, 6)
    yield Reading(label=f"{start} to {end}", start=start, end=end)


def _read_to_month(match: Match, era: Era) -> Iterator[Reading]:
    """A fiscal year as far as a month of it: "FY 2025 through May"."""
    start, last = fiscal_year_span(int(match["year"]))
    end = month_span(last.year - (month_of(match) > 9), month_of(match))[1]
    yield Reading(label=f"{start} to {end}", start=start, end=end)


def _read_month(match: Match, era: Era) -> Iterator[Reading]:
    start, end = month_span(int(match["year"]), month_of(match))
    yield Reading(label=f"{start:%B %Y}", start=start, end=end)


def _read_months_to(match: Match, era: Era) -> Iterator[Reading]:
    """A stretch of months or a year that ends with a month: "the twelve months to April", "the year to last May"."""
    count = number_of(group_of(match, "number") or "12")
    years = (int(match["year"]),) if group_of(match, "year") else possible_years(era)
    ends = [month_span(year, month_of(match)) for year in years]
    if era.published and not group_of(match, "year"):
        ends = [item for item in ends if item[0] <= era.published][-1:]
    for last, end in ends if count and count >= 1 else ():
        start = earlier_month(last, int(count or 0))
        yield Reading(label=f"{start} to {end}", start=start, end=end)


def _read_fiscal(match: Match, era: Era) -> Iterator[Reading]:
    first = int(group_of(match, "year") or f"20{match['short']}")
    digits = group_of(match, "year2")
    last = int(digits if len(digits) == 4 else f"{first // 100}{digits}") if digits else first
    label = f"fiscal year {first}" if last == first else f"fiscal years {first} to {last}"
    if last >= first:
        yield Reading(label=label, start=fiscal_year_span(first)[0], end=fiscal_year_span(last)[1])


def _read_quarter(match: Match, era: Era) -> Iterator[Reading]:
    word = group_of(match, "quarter")
    number = codebook.table("periods")["quarters"][word.lower()] if word else int(match["quarterno"])
    year = int(match["year"])
    if group_of(match, "fiscal"):
        start, why = months_on(fiscal_year_span(year)[0], 3 * (number - 1)) + timedelta(days=1), "fiscal quarter"
        start = fiscal_year_span(year)[0] if number == 1 else start
    else:
        start, why = date(year, 3 * number - 2, 1), "calendar quarter"
    yield Reading(label=f"quarter {number} of {year}", start=start, end=months_on(start, 3), why=why)


def _read_year(match: Match, era: Era) -> Iterator[Reading]:
    first, last = int(match["year"]), int(group_of(match, "year2") or match["year"])
    label = str(first) if last == first else f"{first} to {last}"
    if last >= first:
        yield Reading(label=label, start=date(first, 1, 1), end=date(last, 12, 31))


# -------------------------------------------------------------------------------------- terms of office


def _starts(match: Match, era: Era) -> list[tuple[str, date]]:
    """The inaugurations that the words can mean: of the person named, else of whoever the era leaves."""
    named = group_of(match, "person") or group_of(match, "person2")
    if named:
        return [(named, term.start) for term in era.terms_of(named)]
    return [(name, term.start) for name, term in era.in_office("US.POTUS")]


_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}  # days


def _read_first_full_day(match: Match, era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        full = start + timedelta(days=1)
        why = f"the day after {name}'s inauguration on {start.isoformat()}"
        yield Reading(label=full.isoformat(), start=full, end=full, why=why)


def _read_first_days(match: Match, era: Era) -> Iterator[Reading]:
    count = number_of(match["number"])
    length = _LENGTHS.get(unit_of_time(match["unit"]))
    if count is None or length is None:
        return
    for name, start in _starts(match, era):
        for shift, how in ((0, "counting inauguration day"), (1, "counting full days")):
            first = start + timedelta(days=shift)
            last = first + timedelta(days=int(count) * length - 1)
            label = f"{first.isoformat()} to {last.isoformat()}"
            yield Reading(label=label, start=first, end=last, why=f"{name}'s term from {start.isoformat()}, {how}")


def _read_first_day(match: Match, era: Era) -> Iterator[Reading]:
    length = _LENGTHS[(group_of(match, "unit") or "day").lower()]
    for name, start in _starts(match, era):
        last = start + timedelta(days=length - 1)
        label = f"{start} to {last}" if length > 1 else f"{start}"
        yield Reading(label=label, start=start, end=last, why=f"{name}'s term")


def _read_since_office(match: Match, era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        yield Reading(label=f"since {start}", start=start, end=era.published, why=f"{name}'s inauguration")


def _read_term(match: Match, era: Era) -> Iterator[Reading]:
    for name, start in _starts(match, era):
        yield Reading(label=f"since {start}", start=start, end=era.published, why=f"{name}'s term")


def _read_tenure(match: Match, era: Era) -> Iterator[Reading]:
    """A whole term, as far as it was over when the document was written."""
    for term in era.terms_of(match["person"]):
        last = min((day for day in (term.end, era.published) if day), default=None)
        yield Reading(label=f"{term.start} to {last}", start=term.start, end=last, why=f"{match['person']}'s term")


_READERS: dict[str, Callable[[Match, Era], Iterator[Reading]]] = {
    "day": _read_day,
    "days": _read_days,
    "first_of": _read_first_of,
    "half": _read_half,
    "half_bare": read_half_bare,
    "to_month": _read_to_month,
    "year_so_far": read_year_so_far,
    "month_on": read_month_on,
    "weekend": read_weekend,
    "months_of_years": _read_months_of_years,
    "months": _read_months,
    "months_to": _read_months_to,
    "month": _read_month,
    "fiscal": _read_fiscal,
    "quarter": _read_quarter,
    "quarter_bare": read_quarter_bare,
    "year": _read_year,
    "first_full_day": _read_first_full_day,
    "first_days": _read_first_days,
    "first_day": _read_first_day,
    "since_office": _read_since_office,
    "term": _read_term,
    "tenure": _read_tenure,
    "day_bare": read_day_bare,
    "month_bare": read_month_bare,
    "month_of_last_year": read_month_of_last_year,
    "months_bare": read_months_bare,
    "weekday": read_weekday,
    "open": read_open,
    "relative": read_relative,
    "duration": read_duration,
}
