"""Counts that are told without a number: "nobody was released", "tens of thousands of migrants"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.measures import counted_measure
from counterflow.brief.claims.quantities import Quantity
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import state
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim


@cache
def _vague_words() -> Pattern:
    words = "|".join(codebook.table("quantities")["vague"]["words"])
    return Pattern(rf"(?<!\w)(?:{words})(?!\w)")


@cache
def _nobody() -> Pattern:
    table = codebook.table("quantities")["nobody"]
    alone, before = "|".join(table["alone"]), "|".join(table["before_noun"])
    return Pattern(rf"(?<!\w)(?:(?:{alone})|(?:{before})\s+(?P<head>[^\W\d]+(?:\s+[^\W\d]+)?))(?!\w)")


def nobody(scene: Scene) -> Iterator[Claim]:
    """A count of nobody, of a measure that the border's authorities do: "nobody was released", "no migrant was ..."."""
    for match in _nobody().finditer(scene.folded, *scene.clause):
        if scene.is_unreal(match.start()):
            continue
        head = match["head"] or "people"
        quantity = Quantity(match.start(), match.start() + 2, 0.0, None, "count", "=", head, match.end(), True)
        mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, quantity)
        if mention is not None and mention.measure.is_outcome:
            level = state(scene, "level", match.span(), quantity=quantity, mention=mention)
            yield level.model_copy(update={"polarity": "affirmed"})
            return


def vague(scene: Scene) -> Iterator[Claim]:
    """A count told without a number, of a known measure: "removed tens of thousands of aliens"."""
    for match in _vague_words().finditer(scene.folded, *scene.clause):
        if scene.is_unreal(match.start()) or any(
            q.start < match.end() and match.start() < q.end for q in scene.quantities
        ):
            continue
        noun = _VAGUE_NOUN.match(scene.folded, match.end(), scene.clause[1])
        if noun is None:
            continue
        words = noun["head"]
        quantity = Quantity(*match.span(), 0.0, None, "count", "=", words, noun.end("head"), True)
        mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, quantity)
        if mention is not None:
            level = state(scene, "level", match.span(), quantity=quantity, mention=mention)
            yield level.model_copy(update={"value": None})


_VAGUE_NOUN = re.compile(
    r"\s+(?:of|de)\s+(?:the\s+|these\s+|los\s+|las\s+)?(?P<head>[^\W\d]+(?:[\s-]+(?!(?:in|on|at|from|by|who|to|en|que|a|por)\b)[^\W\d]+){0,3})"
)
