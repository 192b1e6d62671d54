"""Days, months and years as stretches of days, and what the words of a pattern's groups name."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from counterflow.brief import codebook

Match = re.Match[str]


def day_of(year: int, month: int, day: int) -> date | None:
    """The day of these numbers; None where there is no such day."""
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


def group_of(match: Match, name: str) -> str | None:
    """The words of a group; None where the pattern has no such group or it took no part."""
    return match.groupdict().get(name)


def month_of(match: Match, name: str = "month") -> int:
    """The number of the month that a group names, 1 to 12."""
    number: int = codebook.table("periods")["months"][match[name].lower()]
    return number


def earlier_month(last: date, count: int) -> date:
    """First day of the month that is `count` - 1 months before that of `last`: of a stretch of `count` months."""
    months = last.year * 12 + last.month - count
    return date(months // 12, months % 12 + 1, 1)


def months_on(start: date, count: int) -> date:
    """The last day of a stretch of `count` months that begins on the first of a month."""
    months = start.year * 12 + start.month - 2 + count
    return month_span(months // 12, months % 12 + 1)[1]


def unit_forms() -> list[tuple[str, str]]:
    """The units of time, each with the pattern of its forms."""
    return [(unit, "|".join(forms)) for unit, forms in codebook.table("periods")["units"].items()]


def unit_of_time(word: str) -> str:
    """The unit that a word names: "day", "week", "month", "year", "decade" or "hour"; "" for other words."""
    return next((unit for unit, forms in unit_forms() if re.fullmatch(forms, word, re.IGNORECASE)), "")
