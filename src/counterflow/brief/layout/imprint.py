"""Lines that say who made a document, where and when: bylines and date lines."""

from __future__ import annotations

import re
from functools import cache

from counterflow.brief import codebook


@cache
def _byline_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in codebook.table("boilerplate")["byline"]["patterns"])


@cache
def _dateline_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A whole line that holds nothing but a date with its labels and place, and a date at the end of a line."""
    table = codebook.table("boilerplate")["dateline"]
    months = "|".join(sorted(codebook.table("periods")["months"], key=len, reverse=True))
    year = r"(?:19|20)\d\d"
    day = (
        rf"(?:{table['weekday']},?\s+)?(?:{year}-\d\d-\d\d|(?:{months})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{year}"
        rf"|(?:el\s+)?\d{{1,2}}(?:º|st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?:{months})\.?,?\s+(?:de\s+|del\s+)?{year})"
    )
    place = rf"(?:(?:the\s+)?{table['place']}\s*[,.:|-]+\s*(?:a\s+)?){{0,3}}"
    dated = rf"{table['label']}*{place}{day}[\s.,|-]*"
    last = rf"[\s,|·-]+{table['label']}*{day}[\s.,|-]*"
    return re.compile(rf"(?:{dated}){{1,2}}", re.IGNORECASE), re.compile(rf"{last}\Z", re.IGNORECASE)


_LONGEST = 120  # characters
_YEAR = re.compile(r"(?:19|20)\d\d")


def is_dateline(words: str) -> bool:
    """Whether (folded) words hold nothing but a date, with the label and the place that stand before it."""
    if len(words) > _LONGEST or _YEAR.search(words) is None:
        return False
    return _dateline_patterns()[0].fullmatch(words) is not None


def byline_name(words: str) -> str | None:
    """The name in a byline such as "Written by A. Name | 3 May 2025"; None where the (folded) words are no byline."""
    if len(words) > _LONGEST:
        return None
    # Most lines do not even begin as a byline does.
    patterns = [pattern for pattern in _byline_patterns() if pattern.match(words)]
    undated = _dateline_patterns()[1].sub("", words) if patterns and _YEAR.search(words) else words
    names = (match["name"] for pattern in patterns if (match := pattern.fullmatch(undated)))
    return next((name.strip(" .,") for name in names), None)
