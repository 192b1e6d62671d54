"""Numbers as claims: levels, shares, and changes in percent or by a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from counterflow.brief import codebook
from counterflow.brief.claims.changes import ChangeWord, baseline_in, change_of, compared_word, may_hold_baseline
from counterflow.brief.claims.measures import (
    Mention,
    counted_measure,
    counted_unit,
    drug_named,
    is_mass,
    mass_unit,
    nearest_mention,
)
from counterflow.brief.claims.quantities import Quantity, find_quantities
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import NO_BASELINE, state
from counterflow.brief.patterns import Pattern
from counterflow.brief.schema import Claim, ClaimType


def counted(scene: Scene) -> Iterator[Claim]:
    """Every number of a clause that states something."""
    for position, quantity in enumerate(scene.quantities):
        if scene.is_unreal(quantity.start):
            continue
        led_to = scene.led_to(quantity.end)
        following = next((q for q in scene.quantities[position + 1 : position + 3] if q != led_to), None)
        reach = following.start if following else scene.sentence.end
        semicolon = scene.folded.find(";", quantity.end, reach)
        reach = semicolon if semicolon >= 0 else reach
        if quantity.unit in ("percent", "percentage_points"):
            yield from _percentage(scene, quantity, reach)
        else:
            yield from _count(scene, quantity)


@cache
def _duty() -> Pattern:
    words = "|".join(codebook.table("quantities")["rates_of_duty"]["near"])
    return Pattern(rf"\b(?:{words})\b")


def _percentage(scene: Scene, quantity: Quantity, reach: int) -> Iterator[Claim]:
    """A change or a share in percent; never a rate of duty, which is a part of an act."""
    folded, clause = scene.folded, scene.clause
    if _duty().search(folded, max(quantity.start - 60, clause[0]), min(quantity.end + 40, clause[1])):
        return
    if quantity.unit == "percent" and _is_end_of_shares(scene, quantity):
        yield from _share(scene, quantity)
        return
    extent = (quantity.start, quantity.end)
    change = change_of(folded, clause, *extent) or _set_against(scene, quantity)
    if change is None:
        yield from _share(scene, quantity)
        return
    mention = nearest_mention(folded, *clause, quantity.start) or nearest_mention(
        folded, scene.sentence.start, clause[0], clause[0]
    )
    mention = mention or _apposed(scene, quantity) or scene.topic
    if mention is None and _unrelated().search(folded, clause[0], quantity.start):
        return
    baseline = baseline_in(scene.layout, min(quantity.end, change.end), reach, scene.era)
    if baseline is None and may_hold_baseline(folded, *clause):
        baseline = baseline_in(scene.layout, clause[0], quantity.start, scene.era)
    kind: ClaimType = "change_pct" if quantity.unit == "percent" else "change_abs"
    yield state(
        scene, kind, extent, quantity=quantity, mention=mention, change=change, baseline=baseline or NO_BASELINE
    )


@cache
def _unrelated() -> Pattern:
    words = "|".join(codebook.table("quantities")["unrelated"]["subjects"])
    return Pattern(rf"(?<!\w)(?:{words})(?!\w)")


@cache
def _opinions() -> Pattern:
    words = "|".join(codebook.table("quantities")["opinions"]["words"])
    return Pattern(rf"(?<!\w)(?:{words})(?!\w)")


def _is_end_of_shares(scene: Scene, quantity: Quantity) -> bool:
    """Whether a percentage is one end of a change from one share to another: "rose from 3 percent to 13 percent"."""
    alike = [q for q in scene.quantities if q.unit == "percent"]
    for low, high in pairwise(alike):
        if quantity.start not in (low.start, high.start):
            continue
        if _FROM_END.search(scene.folded, max(scene.clause[0], low.start - _PREPOSITION), low.start):
            return _TO_END.search(scene.folded, low.end, high.start) is not None
    return False


_PREPOSITION = 20  # characters
_FROM_END = re.compile(r"\b(?:from|del?|desde)\s+\Z", re.IGNORECASE)
_TO_END = re.compile(r"\b(?:to|al?|hasta)\s+\Z", re.IGNORECASE)


def _share(scene: Scene, quantity: Quantity) -> Iterator[Claim]:
    """A part of something: its measure is what is counted, or is named in the share's own words.

    "40% of the trucks", "71% had no conviction", "fentanyl seizures made up 93%"; a second one may leave out of what
    ("compared with 17% in 2023").
    """
    folded, clause = scene.folded, scene.clause
    counts = counted_measure(folded, scene.sentence.start, clause, quantity)
    earlier = [q for q in scene.quantities if q.end <= quantity.start]
    begin = max([clause[0], *(q.head_end for q in earlier)])
    if joint := _ANOTHER.search(folded, begin, quantity.start):
        begin = joint.end()
    mention = counts or nearest_mention(folded, begin, clause[1], quantity.start)
    if mention is None and _is_end_of_shares(scene, quantity):
        mention = nearest_mention(folded, *clause, quantity.start)
    if _opinions().search(folded, scene.sentence.start, scene.sentence.end):
        return
    if mention is None and _unrelated().search(folded, clause[0], quantity.start):
        return
    before = folded[scene.sentence.start : quantity.start]
    second = (_COMPARED.search(before) is not None and "%" in before) or _is_end_of_shares(scene, quantity)
    if quantity.head or mention or second or _PREDICATE.match(folded, quantity.end, clause[1]):
        yield state(scene, "share", (quantity.start, quantity.end), quantity=quantity, mention=mention)


_ANOTHER = re.compile(r",?\s+(?:and|y)\s+(?:[\w-]+\s+){0,3}\Z|,\s+(?:[\w-]+\s+){0,2}\Z", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:compared\s+(?:to|with)|versus|vs\.?|up\s+from|down\s+from|frente\s+al?|against|contra|than|from)\s+(?:just\s+|only\s+)?\Z",
    re.I,
)
_PREDICATE = re.compile(
    r"\s+(?:of\s+(?:those|them|these|whom)|de\s+(?:ellos|ellas|quienes|los\s+que)|had|have|has|were|was|are|is|came|went|arrived|crossed|said|no\s+ten[ií]an?|ten[ií]an?|eran?|son|fueron|provien\w+|se)\b",
    re.IGNORECASE,
)


def _set_against(scene: Scene, quantity: Quantity) -> ChangeWord | None:
    """The "below" of "95% below March 2024", a change where a time or a level follows that can be compared with."""
    word = compared_word(scene.folded, quantity.end, scene.clause[1])
    baseline = baseline_in(scene.layout, quantity.end, scene.clause[1], scene.era) if word else None
    return word if baseline and baseline.kind != "other" else None


def _apposed(scene: Scene, quantity: Quantity) -> Mention | None:
    """What a change behind a count is of: "apprehended 8,383 migrants, a 93% decrease"; None where it is no such."""
    before = scene.folded[scene.sentence.start : quantity.start]
    if not re.search(r",\s*(?:(?:or|an?|una?|down|up|by)\s+)*\Z", before, re.IGNORECASE):
        return None
    counts = find_quantities(scene.layout, _near(scene, quantity), quantity.start, scene.era)
    counts = tuple(count for count in counts if count.unit == "count")
    clause = (scene.sentence.start, quantity.start)
    return counted_measure(scene.folded, clause[0], clause, counts[-1]) if counts else None


# "900 fewer migrants", "900 migrantes menos": a difference, not how many there are; "menos de" is a bound
_FEWER = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?P<word>fewer|less|menos|more(?=\s+than)|más(?=\s+que))\b(?!\s+(?:than|de|que)\s+\d)",
    re.IGNORECASE,
)


def _count(scene: Scene, quantity: Quantity) -> Iterator[Claim]:
    """A number of something; where the codebook has no measure for it, only where it is worth stating."""
    folded, clause = scene.folded, scene.clause
    extent = (quantity.start, quantity.end)
    if hundred := _OF_HUNDRED.match(folded, quantity.end, clause[1]):
        part = replace(quantity, unit="percent", end=hundred.end(), head=hundred["of"], head_end=hundred.end("of"))
        yield state(scene, "share", extent, quantity=part)
        return
    if _is_of_ratio(folded, quantity) or _is_limit(folded, quantity):
        return
    quantity = _with_noun(scene, quantity)
    fewer = _FEWER.match(folded, quantity.end, clause[1])
    mention = _measure_of(scene, quantity)
    if mention is None and fewer and not quantity.head:  # "96 homicides in May, eight fewer than in April"
        mention = nearest_mention(folded, scene.sentence.start, quantity.start, quantity.start) or scene.topic
    if mention is None and not _is_worth_stating(scene, quantity):
        return
    change = change_of(folded, clause, *extent)
    before = folded[max(clause[0], quantity.start - 60) : quantity.start]
    moved = _MOVED.match(folded, quantity.head_end, clause[1]) if quantity.head else None
    if fewer:
        change = ChangeWord(
            "up" if fewer["word"].lower() in ("more", "más") else "down", "particle", *fewer.span("word")
        )
    elif moved:
        change = ChangeWord("up" if moved["gained"] else "down", "verb", *moved.span("word"))
    if fewer or moved or (change and _BY.search(before)):
        baseline = baseline_in(scene.layout, quantity.end, clause[1], scene.era) or NO_BASELINE
        yield state(
            scene, "change_abs", extent, quantity=quantity, mention=mention, change=change,
            baseline=None if moved and baseline.kind == "none" else baseline,
        )  # fmt: skip
    else:
        level = state(scene, "level", extent, quantity=quantity, mention=mention)
        yield level.model_copy(update={"endpoint": "to"}) if _is_end_of_change(scene, quantity) else level


_BY = re.compile(r"\s(?:by|en)\s+\Z", re.IGNORECASE)
# "74 of every 100 pistols", "74 de cada 100 pistolas"
_OF_HUNDRED = re.compile(
    r"\s+(?:in|out\s+of|of|de)\s+(?:every|each|cada)\s+(?:100|hundred|cien)\s+(?P<of>[\w-]+)", re.IGNORECASE
)
# "2.57 million Americans gaining employment": so many more than before
_MOVED = re.compile(
    r"\s+(?:have\s+|has\s+)?(?P<word>(?P<gained>gain(?:ed|ing)|found|finding)|los(?:t|ing))\s+(?:employment|jobs|work)\b",
    re.IGNORECASE,
)


_BACK = 300  # characters: what a number stands beside is not further away, and long lists stay quick to read


def _near(scene: Scene, quantity: Quantity) -> int:
    """Where to begin to look for what a number stands beside: at a word of its sentence not far before it."""
    begin = max(scene.sentence.start, quantity.start - _BACK)
    return begin if begin == scene.sentence.start else scene.folded.find(" ", begin, quantity.start)


def _with_noun(scene: Scene, quantity: Quantity) -> Quantity:
    """A number that is compared with one before it, or added to it, counts the same.

    "85 personas al día, contra [300] diarias"; "26 people in August, and [37 more] in January".
    """
    begin = _near(scene, quantity)
    added = bool(_MORE.fullmatch(quantity.head) and _AND.search(scene.folded, begin, quantity.start))
    if quantity.unit != "count" or (quantity.head and not added):
        return quantity
    if not added and not _COMPARED.search(scene.folded, scene.sentence.start, quantity.start):
        return quantity
    counts = find_quantities(scene.layout, begin, quantity.start, scene.era)
    nouns = (q.head for q in reversed(counts) if q.unit == "count" and q.head and not _MORE.fullmatch(q.head))
    return replace(quantity, head=next(nouns, quantity.head))


_MORE = re.compile(r"more|más", re.IGNORECASE)
_AND = re.compile(r"(?:,|\band|\by)\s+(?:a\s+|another\s+|otr[oa]s\s+)?\Z", re.IGNORECASE)


def _measure_of(scene: Scene, quantity: Quantity) -> Mention | None:
    """What a number counts: its noun; for a weight the drug it is of; else what the sentence speaks of.

    A number without a noun ("fell to 22 a day"), or with the noun that the measure itself is counted in ("86.9
    víctimas"), is of the measure named nearest, or of the one that the sentence before spoke of.
    """
    folded, start, end = scene.folded, scene.sentence.start, scene.clause[1]
    if mention := counted_measure(folded, start, scene.clause, quantity):
        return mention
    if mass_unit(quantity.head) is not None:
        mention = nearest_mention(folded, start, end, quantity.start)
        if mention is not None and is_mass(mention.measure.unit):
            return mention
        if _OF_SOMETHING.match(folded, quantity.head_end):
            return drug_named(folded, quantity.head_end, min(end, quantity.head_end + _NEXT_WORDS), quantity.head_end)
        return drug_named(folded, start, end, quantity.start)
    mention = nearest_mention(folded, start, end, quantity.start) or scene.topic
    if mention is None or (is_mass(mention.measure.unit) and quantity.head):
        return None
    if not quantity.head:
        is_figure = not quantity.in_words or quantity.value == 0
        return mention if quantity.unit == "count" and is_figure else None
    unit = counted_unit(quantity.head)
    is_same = unit is not None and unit == mention.measure.unit and len(quantity.head.split()) <= 2
    if is_same and (unit != "people" or _LEADS.search(folded, scene.clause[0], quantity.start)):
        return mention
    return None


_NEXT_WORDS = 30  # characters behind a weight in which its drug is named
_OF_SOMETHING = re.compile(r"\s+(?:of|de)\s+\w", re.IGNORECASE)
_LEADS = re.compile(
    r"\b(?:to|from|at|averag\w+|reach\w+|total\w*|a|de|hasta|promedi\w+|alcanz\w+|sum\w+)\s+(?:[\w-]+\s+){0,2}\Z",
    re.IGNORECASE,
)


def _is_end_of_change(scene: Scene, quantity: Quantity) -> bool:
    """Whether a count is what a change led to whose size stands before it: "fell 94% to [8,353]"."""
    before = [q for q in scene.quantities if q.end <= quantity.start]
    return bool(
        before
        and scene.led_to(before[-1].end) == quantity
        and change_of(scene.folded, scene.clause, before[-1].start, before[-1].end)
        and before[-1].unit in ("percent", "percentage_points")
    )


def _is_of_ratio(folded: str, quantity: Quantity) -> bool:
    """Whether a number is half of a ratio, "nine in ten": neither is a count of anything."""
    return bool(
        (quantity.value <= 10 and _RATIO.match(folded, quantity.end))
        or _RATIO_BEGUN.search(folded, max(0, quantity.start - 30), quantity.start)
    )


_SMALL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
)
_RATIO = re.compile(rf"\s+(?:in|out\s+of|of\s+every|de\s+cada)\s+(?:every\s+)?(?:{_SMALL}|10|100)\b", re.IGNORECASE)
_RATIO_BEGUN = re.compile(
    rf"\b(?:(?:{_SMALL}|[1-9])\s+(?:in|out\s+of)|\w+\s+(?:(?:in|of)\s+(?:every|each)|de\s+cada))\s+(?:every\s+)?\Z",
    re.IGNORECASE,
)


@cache
def _limit() -> Pattern:
    words = "|".join(codebook.table("quantities")["limits"]["after"])
    return Pattern(rf"\s+(?:[\w-]+\s+)?(?:{words})(?!\w)")


def _is_limit(folded: str, quantity: Quantity) -> bool:
    """Whether a weight is one that a law sets: "10 pounds or more of fentanyl"."""
    return mass_unit(quantity.head) is not None and _limit().match(folded, quantity.end) is not None


@cache
def _uncounted() -> Pattern:
    heads = "|".join(codebook.table("quantities")["uncounted"]["heads"])
    return Pattern(rf"(?:(?:other|more|new|additional|otr[oa]s)\s+)?(?:{heads})(?!\w)")


@cache
def _events() -> Pattern:
    words = "|".join(codebook.table("quantities")["events"]["verbs"])
    return Pattern(rf"(?<!\w)(?:{words})(?!\w)")


def _is_worth_stating(scene: Scene, quantity: Quantity) -> bool:
    """Whether a number without a measure states something: not "two issues", not a document's own parts.

    A number in words does so only where something befell those whom it counts ("two bystanders have been hurt").
    """
    if not quantity.head and quantity.unit == "count":
        return False
    if quantity.in_words and quantity.value != 0:
        is_people = counted_unit(quantity.head) == "people"
        return is_people and _events().search(scene.folded, *scene.clause) is not None
    if mass_unit(quantity.head) is not None and not _SEIZED.search(scene.folded, *scene.clause):
        return False  # "20 tons of avocados"
    if counted_unit(quantity.head) in (None, "people") and _opinions().search(
        scene.folded, scene.sentence.start, scene.sentence.end
    ):
        return False
    if quantity.unit in ("usd", "mxn"):
        return _PRICED.search(scene.folded, scene.clause[0], quantity.start) is not None
    return not _uncounted().match(quantity.head)


_SEIZED = re.compile(
    r"\b(?:seiz|confiscat|intercept|interdict|caught|found|hallar|incaut|decomis|asegur|hauls?|stash)\w*", re.IGNORECASE
)
# What costs so much states something; what is asked for, set aside or paid out is part of an act.
_PRICED = re.compile(
    r"\b(?:price|cost(?:s|ing)?|worth|valued?|wages?|remittances|sells?|sold|charge[sd]?|precio|cuesta|costo|valor|valuad[oa]s?|remesas)\b",
    re.IGNORECASE,
)
