"""Records ("the lowest since ..."), and rises and falls that are told without a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import baseline_cues, baseline_in, change_words
from counterflow.brief.claims.measures import counted_measure, nearest_mention
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import state
from counterflow.brief.layout.parts import span
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Baseline, Claim


@cache
def _record_words() -> tuple[tuple[Literal["up", "down", "none"], Pattern], ...]:
    table = codebook.table("changes")["records"]
    return (
        ("down", Pattern(rf"(?<![\w-])(?:{'|'.join(table['low'])})(?!\w)")),
        ("up", Pattern(rf"(?<![\w-])(?:{'|'.join(table['high'])})(?!\w)")),
        ("none", Pattern(rf"(?<![\w-])(?:{'|'.join(table['first'])})(?!\w)")),
    )


_SAYS_RECORD = re.compile(r"record|histor|all|ever|récord|first|not|unseen|vez|than", re.IGNORECASE)


def records(scene: Scene) -> Iterator[Claim]:
    """At most one "lowest since ..." a clause. A bare superlative counts only with what it is compared to."""
    against = "|".join(codebook.table("changes")["records"]["against"])
    for direction, pattern in _record_words():
        for match in pattern.finditer(scene.folded, *scene.clause):
            after = scene.folded[match.end() : min(match.end() + _NEAR, scene.clause[1])]
            by_itself = _SAYS_RECORD.search(match.group()) is not None
            if not by_itself and not re.search(rf"(?<!\w)(?:{against})(?!\w)", after, re.IGNORECASE):
                continue
            mention = nearest_mention(scene.folded, scene.clause[0], match.start(), match.start()) or scene.topic
            before = [q for q in scene.quantities if q.end <= match.start()]
            if mention is None and before:  # "encountered 250,000 people between the ports, an all-time high"
                mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, before[-1])
            mention = mention or nearest_mention(scene.folded, scene.sentence.start, scene.clause[1], match.start())
            if scene.is_unreal(match.start()) or (mention is None and direction == "down" and not by_itself):
                continue
            if _is_measured_from(scene, match.start()):
                continue
            baseline = baseline_in(scene.layout, match.end(), scene.clause[1], scene.era)
            baseline = baseline or _reach(scene, match)
            following = re.match(r"(?:\s+[\w.,-]*\w){1,6}", after) if baseline is None else None
            extent = (match.start(), match.end() + (following.end() if following else 0))
            claim = state(scene, "record", extent, mention=mention, baseline=baseline)
            yield claim.model_copy(update={"direction": direction, "unit": None})
            return


def _reach(scene: Scene, match: re.Match[str]) -> Baseline | None:
    """How far back a record reaches where it names no time: "in five decades", "on record", "largest-ever"."""
    scope = _scope().search(scene.folded, match.start(), min(match.end() + _NEAR, scene.clause[1]))
    if scope is None:
        return None
    start = match.start() if scope.start() < match.end() else scope.start()
    quote = span(scene.layout, start, scope.end())
    return Baseline(text=" ".join(quote.quote.split()), span=quote, kind="other")


_NEAR = 90  # characters


@cache
def _scope() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{'|'.join(codebook.table('changes')['records']['scope'])})(?!\w)")


def _is_measured_from(scene: Scene, at: int) -> bool:
    """Whether words at an offset are what a change before them is measured from: "down 96% from their record high"."""
    return any(
        change_words(scene.folded, scene.clause[0], cue.start() + 1)
        and re.fullmatch(r"(?:(?:the|its|their|an?|his)\s+)?(?:[\w-]+\s+){0,2}", scene.folded[cue.end() : at])
        for cue in baseline_cues(scene.folded, *scene.clause)
        if scene.clause[0] < cue.start() and cue.end() <= at
    )
