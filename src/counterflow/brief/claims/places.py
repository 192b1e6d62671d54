"""Where a figure was counted, by the words of its clause: a border, a country, or a smaller place."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from counterflow.brief import codebook
from counterflow.brief.layout.parts import Stretch

NEAR = 40  # characters before a name in which words can tell that it is no place of a count


class Place(NamedTuple):
    """A smaller place at its offsets in the text."""

    id: str
    start: int
    end: int


def place_of(folded: str, sentence: Stretch, clause: Stretch) -> str | None:
    """The place that the clause says it counts; None where the words say none.

    A smaller place goes before a border or a country, and the clause before the rest of the sentence. What stands
    before the clause gives the place, unless the clause contrasts with it. Where a clause names several places, they
    are given together: "Arizona and Texas".
    """
    if found := _smaller(folded, *clause) or _wide(folded, *clause):
        return found
    if not _CONTRAST.match(folded, *clause) and (found := _smaller(folded, sentence[0], clause[0])):
        return found
    return _wide(folded, *sentence)


_CONTRAST = re.compile(
    r"\W*(?:but|while|whereas|though|although|however|yet|pero|aunque|mientras|nationally|overall)\b", re.IGNORECASE
)


@lru_cache(maxsize=256)  # each claim of a sentence asks again
def _wide(folded: str, start: int, end: int) -> str | None:
    for pattern, name in _wide_patterns():
        if pattern.search(folded, start, end):
            return name
    return None


@cache
def _wide_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(p["pattern"], re.IGNORECASE), str(p["id"])) for p in codebook.table("measures")["place"])


@lru_cache(maxsize=256)  # each claim of a clause asks again
def _smaller(folded: str, start: int, end: int) -> str | None:
    """The smaller places of a stretch in one line; a sector or field office stands without its state or city."""
    named = {place.id: None for place in _anchored(folded, start, end)}
    offices = [name for name in named if name.endswith((" sector", " field office"))]
    if offices:
        bases = {name.removesuffix(" sector").removesuffix(" field office") for name in offices}
        border = set(codebook.table("places")["border"]["sectors"]) - bases
        offices = [name for name in named if name in offices or name in border]
    return " and ".join(offices or named) or None


def _anchored(folded: str, start: int, end: int) -> list[Place]:
    """The names that the words around them make the place of a count, with those listed behind them."""
    joined = re.compile(codebook.table("places")["context"]["and"], re.IGNORECASE)
    matches = list(names().finditer(folded, start, end))
    kept = {n for n, match in enumerate(matches) if _is_place(folded, start, match, end)}
    pairs = [n for n in range(1, len(matches)) if joined.fullmatch(folded, matches[n - 1].end(), matches[n].start())]
    for n in pairs:  # "in Texas and Arizona"
        if n - 1 in kept:
            kept.add(n)
    for n in reversed(pairs):  # "Arizona and Texas encounters"
        if n in kept:
            kept.add(n - 1)
    return [Place(_id_of(matches[n]), *matches[n].span()) for n in sorted(kept)]


@cache
def names() -> re.Pattern[str]:
    """Every name of a smaller place, the longer before the shorter, with what it is of."""
    table = codebook.table("places")
    border, spellings = table["border"], table["border"]["spellings"]
    offices = {**{n: spellings.get(n, re.escape(n)) for n in border["sectors"]}, **table["states"]}
    names = [*offices.values(), *table["without_figures"]["names"]]
    names.sort(key=len, reverse=True)
    return re.compile(
        # first, as the quickest to fail: a capital, or how the words for a northern border or an office begin
        rf"(?=(?-i:[A-ZÁÉÍÓÚÑ])|north|canad|u\.?s|sector|field)(?<![\w-])(?:(?P<border>{table['without_figures']['borders']})"
        rf"|(?:(?P<sector_of>(?:sector|sectores)\s+(?:de\s+)?)|(?P<office_of>{border['field_office']}\s+in\s+))?"
        rf"(?P<name>{'|'.join(names)})"
        rf"(?:(?P<sector>\s+(?:{border['sector']})s?)|(?P<office>\s+(?:{border['field_office']})s?))?)(?!\w)",
        re.IGNORECASE,
    )


@cache
def _known() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = codebook.table("places")
    spellings = table["border"]["spellings"]
    known = {**{n: spellings.get(n, re.escape(n)) for n in table["border"]["sectors"]}, **table["states"]}
    # the name alone: nothing stands before it that could make it part of another
    return tuple((re.compile(pattern, re.IGNORECASE), name) for name, pattern in known.items())


def _id_of(match: re.Match[str]) -> str:
    """The name under which the evidence knows a place; one without figures keeps its own words."""
    words = " ".join((match["name"] or match["border"]).split())
    name = next((known for pattern, known in _known() if pattern.fullmatch(words)), words)
    if match["sector"] or match["sector_of"]:
        return f"{name} sector"
    return f"{name} field office" if match["office"] or match["office_of"] else name


@cache
def _contexts() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    context = codebook.table("places")["context"]
    before = re.compile(rf"(?<!\w)(?:{context['before']}|{context['of']}|{context['to']})\Z", re.IGNORECASE)
    behind = re.compile(rf"(?:{context['counted']}|{context['says']})", re.IGNORECASE)
    not_after = re.compile(rf"(?<!\w){context['not_after']}", re.IGNORECASE)
    return before, behind, not_after, re.compile(context["not_before"], re.IGNORECASE)


def _is_place(folded: str, start: int, match: re.Match[str], end: int) -> bool:
    before, behind, not_after, not_before = _contexts()
    if match["border"] or match["sector"] or match["office"] or match["sector_of"]:
        return True
    if not_before.match(folded, match.end(), end):
        return False
    lead = folded[max(start, match.start() - NEAR) : match.start()]
    if preposition := before.search(lead):
        return not_after.search(lead[: preposition.start()]) is None
    return behind.match(folded, match.end(), end) is not None
