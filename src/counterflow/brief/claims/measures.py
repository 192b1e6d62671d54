"""Which measure a number or a change speaks of, from the noun that it counts and the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.agencies import agency_behind, arrests_of, bare_arrests
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.sieve import Sieve

Checkability = Literal["series", "proxy_series", "event_record", "no_public_series", "incomplete"]


@dataclass(frozen=True)
class Measure:
    """One entry of the codebook's measures."""

    id: str
    title: str
    unit: str
    checkability: Checkability
    is_general: bool  # texts about other things speak of it too
    is_outcome: bool  # a rise or fall of it is a claim even without a number
    phrases: Pattern
    counts: tuple[tuple[Pattern, Pattern], ...]  # nouns that are counted, each with the acts that make them the measure
    unless: Pattern | None  # words of the sentence with which an act is not one of the measure


NOWHERE = -1  # offset of a mention that is known from elsewhere than the text that is being read


@dataclass(frozen=True)
class Mention:
    """Words of the text that name a measure."""

    measure: Measure
    start: int
    end: int


@cache
def measures() -> tuple[Measure, ...]:
    """All measures, in the codebook's order: of two that fit the same words, the earlier is meant."""
    table = codebook.table("measures")
    mass = "|".join(table["units"]["mass"].values())

    def pattern(alternatives: list[str]) -> Pattern:
        words = "|".join(alternatives).replace("{mass}", mass)
        return Pattern(rf"(?<!\w)(?:{words})(?!\w)")

    return tuple(
        Measure(
            id=entry["id"],
            title=entry["title"],
            unit=entry["unit"],
            checkability=entry["checkability"],
            is_general=entry.get("general", False),
            is_outcome=entry["sign"] == "outcome",
            phrases=pattern(entry["phrases"]),
            counts=tuple(
                (pattern([table["classes"][pair["counted"]]]), pattern(pair["acts"]))
                for pair in (entry, *entry.get("also", ()))
                if "counted" in pair
            ),
            unless=pattern([entry["unless"]]) if "unless" in entry else None,
        )
        for entry in table["measure"]
    )


@cache
def measure_called(name: str) -> Measure:
    """The measure with an id. Raises KeyError where there is none."""
    return {measure.id: measure for measure in measures()}[name]


@cache
def _drugs() -> tuple[tuple[Measure, Pattern], ...]:
    names = codebook.table("measures")["drugs"].items()
    return tuple((measure_called(name), Pattern(rf"(?<!\w)(?:{words})(?!\w)")) for name, words in names)


def drug_named(folded: str, start: int, end: int, at: int) -> Mention | None:
    """The drug that a weight at `at` is of, by its name between two offsets: the nearest before, else behind."""
    found = [Mention(m, *hit.span()) for m, words in _drugs() for hit in words.finditer(folded, start, end)]
    before = [mention for mention in found if mention.end <= at]
    if before:
        return max(before, key=lambda mention: mention.end)
    return min(found, key=lambda mention: mention.start, default=None)


@cache
def _phrases() -> tuple[Sieve, tuple[tuple[int, Measure], ...]]:
    sieve = Sieve(measure.phrases for measure in measures())
    return sieve, tuple((sieve.bit(measure.phrases), measure) for measure in measures())


def may_name_outcome(folded: Folded, start: int, end: int) -> bool:
    """Whether the letters of an outcome's name stand between two offsets."""
    sieve, phrases = _phrases()
    passed = sieve.passed(folded, start, end)
    return any(passed & bit for bit, measure in phrases if measure.is_outcome)


@lru_cache(maxsize=1024)  # each number and word of change in a clause asks again
def mentions(folded: str, start: int, end: int) -> tuple[Mention, ...]:
    """Every phrase between two offsets that names a measure, in order, without overlap."""
    found: list[Mention] = []
    sieve, phrases = _phrases()
    passed = sieve.passed(folded, start, end) if isinstance(folded, Folded) else -1
    for bit, measure in phrases if passed else ():
        if not passed & bit:
            continue
        for match in measure.phrases.expression.finditer(folded, start, end):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(Mention(measure, match.start(), match.end()))
    for bare in bare_arrests(folded, start, end):
        named = agency_behind(folded, *bare)
        if named and not any(bare[0] < other.end and other.start < bare[1] for other in found):
            found.append(Mention(measure_called(named), *bare))
    return tuple(sorted((_of_agency(folded, mention) for mention in found), key=lambda mention: mention.start))


def _of_agency(folded: str, mention: Mention) -> Mention:
    """A mention of arrests as the measure of the agency that makes them: "ICE has doubled its daily arrests"."""
    named = arrests_of(mention.measure.id, folded, mention.start, mention.end)
    return mention if named == mention.measure.id else Mention(measure_called(named), mention.start, mention.end)


# "six of them": a part of what the words before count
_PART = re.compile(
    r"\s+(?:of\s+(?:them|which|whom|these|those)|de\s+(?:ellos|ellas|los\s+cuales|las\s+cuales))\b", re.I
)
# A count that is the whole clause, its verb behind an aside: "Eight cartels and gangs, six of them Mexican, were ..."
_BARE = re.compile(r"\s*(?:(?:and|or|y|e)\s+\w+\s*)?(?:,[^,;.:]{1,60})?[,(]?\s*", re.IGNORECASE)
_BE = r"(?:were|was|are|is|have|has|had|fueron|fue|han|ha)\b[^.;]{0,120}"
_APPOSED = re.compile(rf"\W*[^,;.:]{{1,60}},\s+{_BE}", re.IGNORECASE)
_REST = re.compile(rf"\W*{_BE}", re.IGNORECASE)


def counted_measure(folded: str, sentence_start: int, clause: tuple[int, int], quantity: Quantity) -> Mention | None:
    """The measure of a count: named by the noun counted, or by that noun and an act in the clause."""
    for mention in mentions(folded, clause[0], clause[1]):
        if mention.start < max(quantity.head_end, quantity.end + 1) and mention.end > quantity.end:
            return mention
    if re.match(r"(?:includ|among|incluid|entre)\w*\s", folded[clause[0] :], re.IGNORECASE):
        clause = (
            sentence_start,
            clause[1],
        )  # "..., including 300 people": the act stands in the clause before
    counted = quantity.head
    if part := _PART.match(folded, quantity.end):
        counted = folded[sentence_start : quantity.start]  # "eight groups, six of them Mexican": counted are groups
    alone = not folded[clause[0] : quantity.start].strip()
    if part or (alone and _BARE.fullmatch(folded, quantity.head_end, clause[1])):
        apposed = _APPOSED.match(folded, clause[1]) or _REST.match(folded, clause[1])
        clause = (sentence_start if part else clause[0], apposed.end() if apposed else clause[1])
    nearest: tuple[int, Mention] | None = None
    for measure in measures():
        acts = [acts for noun, acts in measure.counts if noun.search(counted)]
        if not acts:
            continue
        if measure.unless and measure.unless.search(folded, sentence_start, clause[1]):
            continue
        for act in (found for several in acts for found in several.finditer(folded, clause[0], clause[1])):
            gap = max(quantity.start - act.end(), act.start() - quantity.head_end, 0)
            if nearest is None or gap < nearest[0]:
                nearest = (gap, Mention(measure, act.start(), act.end()))
    return _of_agency(folded, nearest[1]) if nearest else None


def nearest_mention(folded: str, start: int, end: int, at: int) -> Mention | None:
    """The mention nearest before `at` between two offsets; where there is none, the first one after it."""
    found = mentions(folded, start, end)
    before = [mention for mention in found if mention.start <= at]
    return before[-1] if before else found[0] if found else None


def mass_unit(head: str) -> str | None:
    """The unit of mass that a counted noun begins with: "tonne", "ton", "kg", "mg", "g", "lb" or "oz"; else None."""
    return _unit_in("mass", head)


def _unit_in(group: str, head: str) -> str | None:
    for unit, pattern in codebook.table("measures")["units"][group].items():
        if re.match(rf"(?:{pattern})(?!\w)", head, re.IGNORECASE):
            return str(unit)
    return None


def mass_named(words: str) -> str | None:
    """The unit of mass that a head or caption names ("in pounds", "(kg)"); None where it names none."""
    for unit, pattern in codebook.table("measures")["units"]["mass"].items():
        if re.search(rf"(?:\bin\s+|\ben\s+|\()(?:{pattern})(?!\w)", words, re.IGNORECASE):
            return str(unit)
    return None


def is_mass(unit: str) -> bool:
    """Whether a unit is one of mass."""
    return unit in codebook.table("measures")["units"]["mass"]


def unit_of(measure: Measure | None, head: str) -> str | None:
    """The unit of a number that counts `head`: what the noun is itself, else that of the measure.

    A weight is never given a unit that the text does not name in its place: where the noun counted is no unit of
    mass, it is the unit itself ("40 seizures").
    """
    if measure is None or (is_mass(measure.unit) and head):
        return counted_unit(head) or head or None
    return measure.unit


def counted_unit(head: str) -> str | None:
    """The unit that a counted noun is itself ("pounds" -> "lb", "children" -> "people"); else None."""
    table = codebook.table("measures")
    if unit := mass_unit(head) or _unit_in("other", head):
        return unit
    return "people" if re.search(rf"(?<!\w){table['classes']['people']}(?!\w)", head, re.IGNORECASE) else None
