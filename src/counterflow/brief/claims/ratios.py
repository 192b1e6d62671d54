"""Shares in words: "one in three", "nine out of ten", "two-thirds of the people", "siete de cada diez"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.changes import change_words, size_words
from counterflow.brief.claims.measures import counted_measure, counted_unit, nearest_mention
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.claims.quantities import Quantity, bound_before
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import state
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim


@cache
def _ratio() -> Pattern:
    table = codebook.table("numerals")["ratios"]
    number = "|".join((*table["numbers"], r"\d{1,2}"))
    parts = "|".join((*table["parts"], size_words()))
    return Pattern(
        rf"(?<![\w.,-])(?:(?P<some>{number})\s+(?:in|out\s+of(?:\s+every)?|of\s+every|in\s+every|de\s+cada)\s+(?P<all>{number})"
        rf"(?=\s+[^\W\d])|(?P<part>{parts})(?=\s+(?:of|de)\s))"
        r"(?:\s+(?:of|de)\s+(?!what\b|last\b|this\b|that\b|lo\b)"
        r"(?:(?:the|all|those|these|our|its|their|l[oa]s|tod[oa]s\s+l[oa]s)\s+)?(?!(?:level|peak|total|number|figure)\b)|\s+)"
        r"(?P<head>[^\W\d]+(?:\s+(?!(?:in|on|at|who|that|held|had|has|were|was|is|are|no|que|en|de|por|se)\b)[^\W\d]+)?)"
    )


def ratios(scene: Scene) -> Iterator[Claim]:
    """Shares whose part is told in words, in percent; of a measure, of people, or of what a measure counts.

    A part that something changed by or to ("fell by a third", "half of its level") is none.
    """
    for match in _ratio().finditer(scene.folded, *scene.clause):
        if scene.is_unreal(match.start()) or _is_of_change(scene, match):
            continue
        value = _value(match)
        if value is None:
            continue
        bound, begin = bound_before(scene.folded, scene.clause[0], match.start())
        head_end = match.end("head")
        quantity = Quantity(begin, match.end("part" if match["part"] else "all"), value, None, "percent", bound,
                            match["head"], head_end, True)  # fmt: skip
        mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, quantity)
        mention = mention or nearest_mention(scene.folded, match.start(), scene.clause[1], match.start())
        if mention is not None or counted_unit(match["head"]) is not None:
            yield state(scene, "share", (begin, match.end()), quantity=quantity, mention=mention)


def _value(match: re.Match[str]) -> float | None:
    if match["part"]:
        words = re.sub(r"[\s-]+", " ", match["part"].lower())
        table = codebook.table("numerals")["ratios"]["parts"]
        sizes = codebook.table("changes")["sizes"]
        return float(table[words]) if words in table else float(sizes[words]) if words in sizes else None
    some, total = (_number(match[key]) for key in ("some", "all"))
    return round(100 * some / total, 1) if some and total and some < total else None


def _number(word: str) -> float | None:
    return 1.0 if word.lower() == "uno" else number_of(word)


def _is_of_change(scene: Scene, match: re.Match[str]) -> bool:
    """Whether the part is one by which something changed, or to which."""
    words = change_words(scene.folded, scene.clause[0], match.start())
    lead = scene.folded[max(scene.clause[0], match.start() - 25) : match.start()]
    return bool(words) and re.search(r"\b(?:by|to|en|a|hasta)\s+(?:[\w-]+\s+){0,2}\Z", lead, re.IGNORECASE) is not None
