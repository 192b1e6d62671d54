"""The day that a document gives for itself: in its head, before its text, or where it is signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.dates.spans import day_of
from counterflow.brief.layout.imprint import is_dateline
from counterflow.brief.layout.parts import Block, Layout

_HEAD, _FOOT = 8, 4  # blocks
_LONGEST_LINE = 120  # characters: a longer one is a sentence that happens to end with a date
_NO_ERA = Era((), "")

_OPENS_TEXT = re.compile(r"\)?\.?\s*(?:\((?:[\w.-]+\s?){1,4}\)\s*)?-+\s")
# "WASHINGTON, 14 May 2025. The administration has ...": a place, a day and a full stop before the text
_ENDS_DATELINE = re.compile(r"\.\s+(?=\S)")
_PLACED = re.compile(r"[^\W\d][^\d]*[,.:-]\s*(?:a\s+)?\Z")
# What stands before the day in a line of the head that holds more: "Policy Note 18 | 12 September 2025"
_SET_OFF = re.compile(
    r"(?:^|[|,·•;:(.]|\s-+|\b(?:updated|published|issued|dated|of))\s*(?:\w+day,?\s+)?(?:el\s+)?\Z", re.I
)
# A line that breaks off so goes on in the next one, which then is none of its own.
_RUNS_ON = re.compile(
    r"\b(?:on|of|until|till|by|from|since|after|before|in|through|the|and|to|el|la|de|del|desde|hasta|al|y)\s+\Z"
)
_NUMBERED = re.compile(r"\s*(?:executive order|proclamation|memorandum|notice|directive|decreto)\b", re.IGNORECASE)


def date_in_text(layout: Layout) -> date | None:
    """The document's own day, None where it gives none: a day in a line of its own or set off in a line of the head,
    one that opens the text behind a place ("EL PASO, May 3, 2025 (Agency) - ..."), or that of a signature
    ("this 14th day of January, 2026").
    """
    for block in layout.blocks[:_HEAD]:
        if found := _of_imprint(layout, block) or _of_head_line(layout, block):
            return found
    foot = layout.blocks[-_FOOT:]
    if foot and (found := _signed(layout, foot[0].start, foot[-1].end)):  # a formula may be broken by a blank line
        return found
    return next((day for block in foot if (day := _of_imprint(layout, block))), None)


def _days(layout: Layout, start: int, end: int) -> Iterator[tuple[int, int, date]]:
    for time in find_times(layout.folded, start, end, _NO_ERA):
        first = time.readings[0] if time.readings else None
        if first and first.start and first.start == first.end:
            yield time.start, time.end, first.start


def _of_imprint(layout: Layout, block: Block) -> date | None:
    """The first day of a byline, a date line, or of the words that open a text."""
    found = next(_days(layout, block.start, block.end), None)
    if found is None:
        return None
    before = " ".join(layout.folded[block.start : found[1]].split()).replace(" (", ", ")
    opens = _OPENS_TEXT.match(layout.folded, found[1], block.end)
    if (
        opens is None
        and block.kind != "bullet"
        and _PLACED.match(layout.folded[block.start : found[0]].strip("*_ ") + " ")
    ):
        opens = _ENDS_DATELINE.match(layout.folded, found[1], block.end)
    return found[2] if block.kind in ("byline", "dateline") or (opens and is_dateline(before)) else None


def _of_head_line(layout: Layout, block: Block) -> date | None:
    """The day with which a short line ends, where it is set off from the words before it."""
    if block.kind == "reference":
        return None
    start = block.start
    for line in layout.text[block.start : block.end].split("\n"):
        end = start + len(line)
        words = layout.folded[start:end].strip()
        if 0 < len(words) <= _LONGEST_LINE and (found := next(_days(layout, start, end), None)):
            rest = layout.folded[found[1] : end].strip(" .)*_|")
            before = layout.folded[start : found[0]]
            named = before.rstrip().endswith((" of", " de"))
            goes_on = not before.strip() and _RUNS_ON.search(layout.folded[block.start : found[0]])
            if not rest and not goes_on and _SET_OFF.search(before) and (not named or _NUMBERED.match(before)):
                return found[2]
        start = end + 1
    return None


@cache
def _signature() -> re.Pattern[str]:
    months = "|".join(sorted(codebook.table("periods")["months"], key=len, reverse=True))
    return re.compile(
        rf"\bthis\s+(?P<day>\d{{1,2}}|[a-z-]+)(?:st|nd|rd|th)?\s+day\s+of\s+(?P<month>{months}),?\s+"
        r"(?:(?:in\s+)?the\s+year\s+of\s+our\s+Lord\s+)?(?P<year>(?:19|20)\d\d|two\s+thousand(?:\s+and)?\s+[\w-]+)"
        rf"|\ba\s+(?:los\s+)?(?P<dia>\d{{1,2}})\s+(?:días\s+del\s+mes\s+)?de\s+(?P<mes>{months})\s+de(?:l\s+año)?\s+"
        r"(?P<año>(?:19|20)\d\d)\W*\Z",
        re.IGNORECASE,
    )


def _signed(layout: Layout, start: int, end: int) -> date | None:
    for match in _signature().finditer(layout.folded, start, end):
        months = codebook.table("periods")["months"]
        month = months[(match["month"] or match["mes"]).lower()]
        year = _number(match["year"] or match["año"])
        day = _number(match["day"] or match["dia"])
        if year and day and (found := day_of(year, month, day)):
            return found
    return None


def _number(words: str) -> int | None:
    """The number of a day or year in figures or words: "14", "twentieth", "two thousand twenty-five"."""
    ordinals: dict[str, int] = codebook.table("boilerplate")["dateline"]["ordinals"]
    words = words.lower()
    if thousand := re.match(r"two\s+thousand(?:\s+and)?\s+", words):
        rest = number_of(words[thousand.end() :])
        return 2000 + int(rest) if rest is not None else None
    tens, _, last = words.rpartition("-")
    if last in ordinals:
        return ordinals[last] + int(number_of(tens) or 0)
    value = number_of(words)
    return int(value) if value is not None else None
