"""Periods of official figures: days, calendar months, US fiscal years (October to September), calendar
years.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

Grain = Literal["day", "week", "month", "quarter", "fiscal year", "calendar year", "other"]


class Span(NamedTuple):
    """A period from `start` to `end`, both days inclusive."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@lru_cache(maxsize=8192)  # a claim walks over thousands of months, the next one over the same
def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative); the last day of the month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, month_of(first).end.day))


@lru_cache(maxsize=8192)
def month_of(day: date) -> Span:
    """The calendar month that holds the day."""
    first = day.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Span(first, following - timedelta(days=1))


def fiscal_year(year: int) -> Span:
    """US fiscal year `year`: October of the year before to September."""
    return Span(date(year - 1, 10, 1), date(year, 9, 30))


def fiscal_year_of(day: date) -> int:
    """The number of the US fiscal year that holds the day."""
    return day.year + (day.month >= 10)


def calendar_year(year: int) -> Span:
    """January to December."""
    return Span(date(year, 1, 1), date(year, 12, 31))


def months_within(span: Span) -> Iterator[date]:
    """First days of the calendar months that lie wholly within the span."""
    month = span.start if span.start.day == 1 else add_months(span.start.replace(day=1), 1)
    while month_of(month).end <= span.end:
        yield month
        month = add_months(month, 1)


def months_mostly_within(span: Span) -> Iterator[date]:
    """First days of the calendar months of which at least half the days lie within the span."""
    month = span.start.replace(day=1)
    while month <= span.end:
        inside = (min(month_of(month).end, span.end) - max(month, span.start)).days + 1
        if 2 * inside >= month_of(month).days:
            yield month
        month = add_months(month, 1)


def a_year_earlier(span: Span) -> Span:
    """The same days of the year before; whole months stay whole months."""
    end = add_months(span.end, -12)
    if span.end == month_of(span.end).end:
        end = month_of(end).end
    return Span(add_months(span.start, -12), end)


def just_before(span: Span) -> Span:
    """The period as long that ends the day before; of as many months where the span is whole months."""
    end = span.start - timedelta(days=1)
    if span.start.day == 1 and span.end == month_of(span.end).end:
        months = sum(1 for _ in months_within(span))
        return Span(add_months(span.start, -months), end)
    return Span(end - timedelta(days=span.days - 1), end)


def overlap(one: Span, other: Span) -> float:
    """Days in common over days in either (Jaccard index), 0 to 1."""
    common = (min(one.end, other.end) - max(one.start, other.start)).days + 1
    return max(0, common) / (one.days + other.days - max(0, common))


def gap_days(one: Span, other: Span) -> int:
    """Days between two periods; 0 where they touch or overlap."""
    return max(0, (max(one.start, other.start) - min(one.end, other.end)).days - 1)


def contains(outer: Span, inner: Span) -> bool:
    """Whether the inner period lies wholly within the outer one."""
    return outer.start <= inner.start and inner.end <= outer.end


def middle(span: Span) -> date:
    """The day in the middle, the later one of two."""
    return span.start + timedelta(days=span.days // 2)


def grain_of(span: Span) -> Grain:
    """Which kind of period a span is; "other" where it is none of the usual ones."""
    if span.days == 1:
        return "day"
    if span.days == 7:
        return "week"
    if span == month_of(span.start):
        return "month"
    if span == fiscal_year(fiscal_year_of(span.end)):
        return "fiscal year"
    if span == calendar_year(span.start.year):
        return "calendar year"
    if span.start.day == 1 and span.start.month % 3 == 1 and span.end == month_of(add_months(span.start, 2)).end:
        return "quarter"
    return "other"


def spell(span: Span) -> str:
    """The period in words: "Apr 2023", "FY2023", "2024", "1-11 Feb 2025"."""
    grain = grain_of(span)
    if grain == "day":
        return _day(span.start)
    if grain == "month":
        return f"{span.start:%b %Y}"
    if grain == "fiscal year":
        return f"FY{span.end.year}"
    if grain == "calendar year":
        return f"{span.start.year}"
    if span.start.day == 1 and span.end == month_of(span.end).end:
        same_year = span.start.year == span.end.year
        return f"{span.start:%b}{'' if same_year else span.start.strftime(' %Y')}–{span.end:%b %Y}"
    if (span.start.year, span.start.month) == (span.end.year, span.end.month):
        return f"{span.start.day}–{_day(span.end)}"
    return f"{_day(span.start)} to {_day(span.end)}"


def spell_period(first: date, frequency: str) -> str:
    """The month, fiscal year or year that begins on `first`: "Apr 2023", "FY2023", "2024"."""
    if frequency == "fiscal year":
        return f"FY{fiscal_year_of(first)}"
    return f"{first:%Y}" if frequency == "year" else f"{first:%b %Y}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
