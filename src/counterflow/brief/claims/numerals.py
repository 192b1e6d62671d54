"""Numbers as documents write them: figures with separators, scales, and words, in English and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterable

from counterflow.brief import codebook


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TABLE = codebook.table("numerals")
SCALES: dict[str, float] = _TABLE["scales"]
NUMBER_WORD = (
    rf"(?:(?:{'|'.join(_TABLE['tens'])})(?:-(?:{'|'.join(_TABLE['ones'])}))?|{_longest_first(_TABLE['values'])})"
)


_NUMBER_WORDS = frozenset({*_TABLE["values"], *_TABLE["tens"], *_TABLE["alone"], *SCALES})


_WORDS = re.compile(r"[^\W\d_]+")


def holds_number_word(words: str) -> bool:
    """Whether one of some words in lower case can be, begin or scale a number ("twenty", "dozen", "half")."""
    return not _NUMBER_WORDS.isdisjoint(_WORDS.findall(words))


def number_of(words: str) -> float | None:
    """The value of a bare number in figures or words ("11", "1,600", "twenty-five"); None for other words."""
    words = words.strip().lower()
    if words in _TABLE["values"]:
        return float(_TABLE["values"][words])
    if words in ("one", "a", "an", "un", "una"):
        return 1.0
    if re.fullmatch(r"half\s+an?|medi[oa]", words):
        return 0.5
    tens, _, ones = words.partition("-")
    if tens in _TABLE["tens"]:
        return float(_TABLE["tens"][tens] + _TABLE["ones"].get(ones, 0))
    try:
        return float(words.replace(",", ""))
    except ValueError:
        return None


def figure_value(figure: str, *, comma_decimal: bool) -> float:
    """The value of figures with separators.

    Groups of three after a comma are thousands in either language (Mexican usage writes "1,500"); groups of
    three after a point, and one or two digits after a comma, are read in the Spanish way only where
    `comma_decimal`. A blank between figures parts thousands too.
    """
    figure = figure.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", figure):
        return float(figure.replace(",", ""))
    if comma_decimal and re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", figure):
        return float(figure.replace(".", "").replace(",", "."))
    if comma_decimal and re.fullmatch(r"\d+,\d{1,2}", figure):
        return float(figure.replace(",", "."))
    if figure.count(".") > 1:  # points that stand more than once cannot part off decimals
        figure = figure.replace(".", "")
    return float(figure.replace(",", ""))
