"""Where one sentence ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.layout.parts import trim

_LONGEST = 3000  # characters
_TERMINATOR = re.compile(r"(?<![.!?])[.!?]++[\"')\]]*+(?:\s*\[\d{1,3}\])*(?=\s)")
_WORD = re.compile(r"\S{1,40}")


@cache
def _abbreviation() -> re.Pattern[str]:
    """An abbreviation with its full stop at the end of what is looked at."""
    words = "|".join(codebook.table("sentences")["abbreviations"]["words"])
    return re.compile(rf"(?:\b(?:{words})|\b[A-Za-z](?:\.[A-Za-z])*)\s*\.\Z")


# "Sec. 2." names what follows and is no sentence by itself.
_SECTION = re.compile(r"\s*(?:Sec(?:tion)?|Art(?:icle|ículo)?)\s*\.?\s+(?:\d+|[IVXL]+)\s*\.")
_REACH = 40  # characters before a full stop in which an abbreviation can stand


def sentence_bounds(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentences between two offsets of a folded text; a citation marker after the full stop stays with its sentence.

    What is too long to be a sentence (a list run together) is cut at blanks, so that no word is lost.
    """
    bounds: list[tuple[int, int]] = []
    begin = start
    for match in _TERMINATOR.finditer(folded, start, end):
        following, _ = trim(folded, match.end(), min(end, match.end() + _LONGEST))
        if following >= end or not _begins_sentence(folded[following]):
            continue
        if folded[match.start()] == "." and _is_abbreviation(folded, begin, match.start() + 1, following):
            continue
        bounds.append((begin, match.end()))
        begin = following
    bounds.append((begin, end))
    parts = [trim(folded, *part) for bound in bounds for part in _cut(folded, *bound)]
    return [part for part in parts if part[0] < part[1]]


def _cut(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long to be a sentence at blanks where there are any."""
    while end - start > _LONGEST:
        blank = folded.rfind(" ", start + 1, start + _LONGEST)
        cut = blank if blank > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _begins_sentence(first: str) -> bool:
    return first.isupper() or first.isdigit() or first in "\"'([¿¡$€£-"


def _is_abbreviation(folded: str, begin: int, stop: int, following: int) -> bool:
    if stop - begin <= _REACH and _SECTION.fullmatch(folded, begin, stop):
        return True
    match = _abbreviation().search(folded[max(begin, stop - _REACH) : stop])
    if match is None:
        return False
    # "the U.S. The" ends a sentence; "the U.S. Border Patrol" and "J. D. Smith" do not.
    several_letters = match.group().count(".") > 1
    next_word = _WORD.match(folded, following)
    return not (several_letters and next_word and next_word.group() in codebook.table("sentences")["starters"])
