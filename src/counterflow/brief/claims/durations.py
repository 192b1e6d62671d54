"""How long something takes on average: "the average wait for a hearing is now 4.3 years"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.numerals import NUMBER_WORD, number_of
from counterflow.brief.claims.quantities import Quantity, bound_before
from counterflow.brief.claims.scene import Scene, overlap
from counterflow.brief.claims.statement import state
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim


@cache
def _patterns() -> tuple[Pattern, Pattern]:
    table = codebook.table("changes")["durations"]
    units = "|".join(word for words in codebook.table("periods")["units"].values() for word in words)
    number = rf"\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|{NUMBER_WORD}"
    length = Pattern(rf"(?<![\w.,])(?P<number>{number})\s+(?P<unit>{units})(?!\w)(?!\s+(?:old|ago))")
    return length, Pattern(rf"(?<!\w)(?:{'|'.join(table['typical'])})(?!\w)")


def durations(scene: Scene) -> Iterator[Claim]:
    """A length of time that the clause gives as typical of something; any other is no claim."""
    length, typical = _patterns()
    if not typical.search(scene.folded, *scene.clause):
        return
    for match in length.finditer(scene.folded, *scene.clause):
        value = number_of(match["number"])
        dated = any(time.readings and overlap(*match.span(), (time.start, time.end)) for time in scene.times)
        if value is None or dated or scene.is_unreal(match.start()):
            continue
        bound, begin = bound_before(scene.folded, scene.clause[0], match.start())
        quantity = Quantity(begin, match.end(), value, None, "count", bound, match["unit"], match.end(), True)
        claim = state(scene, "duration", (begin, match.end()), quantity=quantity)
        yield claim.model_copy(update={"unit": match["unit"].lower(), "population": None, "rate": None, "period": None})
