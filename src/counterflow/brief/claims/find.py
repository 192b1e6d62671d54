"""Quantities that a document states about the world, each with its words, period and baseline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.claims.changes import (
    ChangeWord,
    baseline_cues,
    baseline_in,
    change_of,
    change_words,
    compared_word,
    size_words,
)
from counterflow.brief.claims.measures import Mention, counted_measure, is_mass, mass_unit, mentions, nearest_mention
from counterflow.brief.claims.numerals import number_of
from counterflow.brief.claims.pairs import with_pairs
from counterflow.brief.claims.quantities import Quantity, bound_before, find_quantities
from counterflow.brief.claims.statement import NO_BASELINE, Scene, overlap, period_of, state
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import find_times
from counterflow.brief.layout.text import Layout, clauses
from counterflow.brief.schema import Claim, Finding

_GAPS = ("elided_text", "unresolved_reference")


def find_claims(layout: Layout, findings: tuple[Finding, ...], era: Era) -> tuple[Claim, ...]:
    """Every quantity claim of the document, in order; none comes from boilerplate, bylines or references.

    Numbers that are planned, required or supposed ("will deploy 1,500") are not claims. A claim made in a
    heading and again in the text is given once, from the text. A claim whose clause has words missing is
    incomplete.
    """
    found: list[tuple[Claim, bool]] = []
    for sentence in layout.sentences:
        is_heading = layout.blocks[sentence.block].kind in ("title", "heading")
        times = find_times(layout.folded, sentence.start, sentence.end, era)
        for clause in clauses(layout, sentence):
            gaps = tuple(f for f in findings if f.kind in _GAPS and overlap(f.span.start, f.span.end, clause))
            quantities = find_quantities(layout, *clause, era)
            scene = Scene(layout, era, sentence, clause, quantities, times, gaps)
            found.extend((claim, is_heading) for claim in _claims_of(scene))
    stated = {_content(claim) for claim, is_heading in found if not is_heading}
    kept = [claim for claim, is_heading in found if not (is_heading and _content(claim) in stated)]
    kept.sort(key=lambda claim: (claim.quote_span.start, claim.quote_span.end))
    kept = with_pairs(layout, kept, era)
    return tuple(claim.model_copy(update={"id": f"c{number}"}) for number, claim in enumerate(kept, start=1))


def _content(claim: Claim) -> tuple[object, ...]:
    return claim.claim_type, claim.measure, claim.value, claim.unit


def _claims_of(scene: Scene) -> Iterator[Claim]:
    if re.match(r"(?:whether|if|si)\b", scene.folded[scene.clause[0] : scene.clause[1]], re.IGNORECASE):
        return
    claims = list(chain(_counted(scene), _factors(scene), _sizes(scene), _records(scene)))
    yield from claims
    if not claims and not scene.quantities:
        yield from _trends(scene)
        yield from _missing_subject(scene)


# ------------------------------------------------------------------------------------------- numbers


def _counted(scene: Scene) -> Iterator[Claim]:
    for position, quantity in enumerate(scene.quantities):
        if scene.is_unreal(quantity.start):
            continue
        following = [q for q in scene.quantities[position + 1 :] if q != scene.led_to(quantity.end)]
        reach = following[0].start if following else scene.sentence.end
        if quantity.unit in ("percent", "percentage_points"):
            yield from _percentage(scene, quantity, reach)
        else:
            yield from _count(scene, quantity)


def _percentage(scene: Scene, quantity: Quantity, reach: int) -> Iterator[Claim]:
    """A change or a share in percent; never a rate of duty, which is a part of an act."""
    duty = "|".join(codebook.table("quantities")["rates_of_duty"]["near"])
    around = scene.folded[max(quantity.start - 40, scene.clause[0]) : min(quantity.end + 40, scene.clause[1])]
    if re.search(rf"\b(?:{duty})\b", around, re.IGNORECASE):
        return
    extent = (quantity.start, quantity.end)
    change = change_of(scene.folded, scene.clause, *extent) or _set_against(scene, quantity)
    mention = nearest_mention(scene.folded, *scene.clause, quantity.start) or nearest_mention(
        scene.folded, scene.sentence.start, scene.clause[0], scene.clause[0]
    )
    if change is not None:
        mention = mention or _apposed(scene, quantity)
        baseline = baseline_in(scene.layout, min(quantity.end, change.end), reach, scene.era)
        if baseline is None:
            baseline = baseline_in(scene.layout, scene.clause[0], quantity.start, scene.era)
        yield state(
            scene, "change_pct", extent, quantity=quantity, mention=mention, change=change,
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip
    elif quantity.head or mention:
        counted = counted_measure(scene.folded, scene.sentence.start, scene.clause, quantity)
        yield state(scene, "share", extent, quantity=quantity, mention=counted or mention)


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
    counts = find_quantities(scene.layout, scene.sentence.start, quantity.start, scene.era)
    counts = tuple(count for count in counts if count.unit == "count")
    clause = (scene.sentence.start, quantity.start)
    return counted_measure(scene.folded, clause[0], clause, counts[-1]) if counts else None


# "900 fewer migrants", "900 migrantes menos": a difference, not how many there are; "menos de" is a bound
_FEWER = re.compile(r"\s+(?:[\w-]+\s+){0,2}?(?P<word>fewer|less|menos)\b(?!\s+(?:than|de)\s+\d)", re.IGNORECASE)


def _count(scene: Scene, quantity: Quantity) -> Iterator[Claim]:
    """A number of something; where the codebook has no measure for it, only in figures."""
    if _is_of_ratio(scene.folded, quantity):
        return
    extent = (quantity.start, quantity.end)
    mention = counted_measure(scene.folded, scene.sentence.start, scene.clause, quantity)
    weighed = mass_unit(quantity.head) is not None
    if mention is None and (weighed or not quantity.head):
        mention = nearest_mention(scene.folded, scene.sentence.start, scene.clause[1], quantity.start)
        if mention is None and not weighed:
            return
        if mention is not None and weighed and not is_mass(mention.measure.unit):
            mention = None
    if mention is None and not _is_worth_stating(quantity):
        return
    change = change_of(scene.folded, scene.clause, *extent)
    before = scene.folded[max(scene.clause[0], quantity.start - 60) : quantity.start]
    fewer = _FEWER.match(scene.folded, quantity.end, scene.clause[1])
    if fewer:
        change = ChangeWord("down", "particle", fewer.start("word"), fewer.end("word"))
    if fewer or (change and re.search(r"\sby\s+\Z", before, re.IGNORECASE)):
        baseline = baseline_in(scene.layout, quantity.end, scene.clause[1], scene.era)
        yield state(
            scene, "change_abs", extent, quantity=quantity, mention=mention, change=change,
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip
    else:
        level = state(scene, "level", extent, quantity=quantity, mention=mention)
        yield level.model_copy(update={"endpoint": "to"}) if _is_end_of_change(scene, quantity) else level


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
    rf"\b(?:{_SMALL}|[1-9])\s+(?:in|out\s+of|of\s+every|de\s+cada)\s+(?:every\s+)?\Z", re.IGNORECASE
)


def _is_worth_stating(quantity: Quantity) -> bool:
    """Whether a number without a measure states something: not "two issues", not a document's own parts."""
    uncounted = "|".join(codebook.table("quantities")["uncounted"]["heads"])
    if quantity.in_words and quantity.value != 0:
        return False
    return not re.match(rf"(?:{uncounted})\b", quantity.head, re.IGNORECASE)


@cache
def _factor() -> re.Pattern[str]:
    stems = "|".join(codebook.table("changes")["factors"])
    return re.compile(
        rf"(?<!\w)(?:(?P<stem>{stems})(?:ed|ing|ó|aron|ado)\b"
        r"|(?P<times>\d+(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten)"
        r"(?:\s+times(?=\s+(?:more|as|higher|larger|the|lower|fewer))|[\s-]?fold\b))",
        re.IGNORECASE,
    )


def _factors(scene: Scene) -> Iterator[Claim]:
    """Factors ("tripled", "three times as many"): the value is what the old level is multiplied by."""
    for match in _factor().finditer(scene.folded, *scene.clause):
        mention = nearest_mention(scene.folded, match.end(), scene.clause[1], match.end()) or nearest_mention(
            scene.folded, *scene.clause, match.start()
        )
        if mention is None or scene.is_unreal(match.start()):
            continue
        stem = (match["stem"] or "").lower()
        value = codebook.table("changes")["factors"][stem] if stem else number_of(match["times"]) or 0.0
        falls = any(word.direction == "down" for word in change_words(scene.folded, *scene.clause))
        direction: Literal["up", "down"] = "down" if (value < 1 if stem else falls) else "up"
        bound, begin = bound_before(scene.folded, scene.clause[0], match.start())
        quantity = Quantity(begin, match.end(), value, None, "count", bound, "", match.end(), True)
        change = ChangeWord(direction, "verb", match.start(), match.end())
        baseline = baseline_in(scene.layout, match.end(), scene.clause[1], scene.era)
        claim = state(
            scene, "change_factor", match.span(), quantity=quantity, mention=mention, change=change,
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip
        yield claim.model_copy(update={"unit": "times"})


@cache
def _size() -> re.Pattern[str]:
    bounds = "|".join(word for words in codebook.table("quantities")["bounds"].values() for word in words)
    return re.compile(
        rf"(?<!\w)(?:by|en|in)\s+(?P<size>(?:(?:{bounds})\s+)?(?P<part>{size_words()}))(?![\w-])(?!\s+(?:a|an)\s+\w)",
        re.IGNORECASE,
    )


def _sizes(scene: Scene) -> Iterator[Claim]:
    """Changes whose size is a part in words: "fell by more than half", "cut by a third", in percent."""
    sizes = codebook.table("changes")["sizes"]
    for match in _size().finditer(scene.folded, *scene.clause):
        words = [w for w in change_words(scene.folded, scene.clause[0], match.start()) if w.form != "noun"]
        mention = nearest_mention(scene.folded, *scene.clause, match.start()) or nearest_mention(
            scene.folded, scene.sentence.start, scene.clause[0], scene.clause[0]
        )
        if not words or mention is None or scene.is_unreal(match.start()):
            continue
        value = sizes[re.sub(r"[\s-]+", " ", match["part"].lower())]
        bound, _ = bound_before(scene.folded, match.start("size"), match.start("part"))
        quantity = Quantity(match.start("size"), match.end(), value, None, "percent", bound, "", match.end(), True)
        reach = next((q.start for q in scene.quantities if q.start >= match.end()), scene.sentence.end)
        baseline = baseline_in(scene.layout, match.end(), reach, scene.era)
        yield state(
            scene, "change_pct", match.span(), quantity=quantity, mention=mention, change=words[-1],
            baseline=baseline or NO_BASELINE,
        )  # fmt: skip


# ------------------------------------------------------------------------------- records and trends


@cache
def _record_words() -> tuple[tuple[Literal["up", "down", "none"], re.Pattern[str]], ...]:
    table = codebook.table("changes")["records"]
    return (
        ("down", re.compile(rf"(?<![\w-])(?:{'|'.join(table['low'])})(?!\w)", re.IGNORECASE)),
        ("up", re.compile(rf"(?<![\w-])(?:{'|'.join(table['high'])})(?!\w)", re.IGNORECASE)),
        ("none", re.compile(rf"(?<![\w-])(?:{'|'.join(table['first'])})(?!\w)", re.IGNORECASE)),
    )


_SAYS_RECORD = re.compile(r"record|histor|all|ever|récord|first|not|unseen|vez|than", re.IGNORECASE)


def _records(scene: Scene) -> Iterator[Claim]:
    """At most one "lowest since ..." a clause. A bare superlative counts only with what it is compared to."""
    against = "|".join(codebook.table("changes")["records"]["against"])
    for direction, pattern in _record_words():
        for match in pattern.finditer(scene.folded, *scene.clause):
            after = scene.folded[match.end() : min(match.end() + 90, scene.clause[1])]
            by_itself = _SAYS_RECORD.search(match.group()) is not None
            if not by_itself and not re.search(rf"(?<!\w)(?:{against})(?!\w)", after, re.IGNORECASE):
                continue
            mention = nearest_mention(scene.folded, scene.sentence.start, scene.clause[1], match.start())
            if scene.is_unreal(match.start()) or (mention is None and direction == "down" and not by_itself):
                continue
            if _is_measured_from(scene, match.start()):
                continue
            baseline = baseline_in(scene.layout, match.end(), scene.clause[1], scene.era)
            following = re.match(r"(?:\s+[\w.,-]*\w){1,6}", after) if baseline is None else None
            extent = (match.start(), match.end() + (following.end() if following else 0))
            claim = state(scene, "record", extent, mention=mention, baseline=baseline)
            yield claim.model_copy(update={"direction": direction})
            return


def _is_measured_from(scene: Scene, at: int) -> bool:
    """Whether words at an offset are what a change before them is measured from: "down 96% from their record high"."""
    return any(
        change_words(scene.folded, scene.clause[0], cue.start() + 1)
        and re.fullmatch(r"(?:(?:the|its|their|an?|his)\s+)?(?:[\w-]+\s+){0,2}", scene.folded[cue.end() : at])
        for cue in baseline_cues(scene.folded, *scene.clause)
        if scene.clause[0] < cue.start() and cue.end() <= at
    )


def _trends(scene: Scene) -> Iterator[Claim]:
    """A rise or fall that is stated without a number: "rapid reductions in illegal crossings"."""
    for word in change_words(scene.folded, *scene.clause):
        for mention in mentions(scene.folded, *scene.clause):
            extent = (min(word.start, mention.start), max(word.end, mention.end))
            if not mention.measure.is_outcome or scene.is_unreal(extent[0]):
                continue
            if _moves(scene, word, mention):
                baseline = baseline_in(scene.layout, extent[1], scene.clause[1], scene.era)
                yield state(scene, "trend", extent, mention=mention, change=word, baseline=baseline or NO_BASELINE)
                return


def _moves(scene: Scene, word: ChangeWord, mention: Mention) -> bool:
    """Whether a word of change speaks of the measure: "drops in M", "cut M", "M has fallen", "M is down"."""
    after = scene.folded[word.end : mention.start]
    before = scene.folded[mention.end : word.start]
    lead = scene.folded[max(scene.clause[0], word.start - 60) : word.start]
    if re.fullmatch(r"\s+(?:in|of|to|en|de|del)\s+(?:the\s+|\w+\s+){0,3}", after):
        return word.form in ("noun", "verb")
    if word.form == "transitive":  # not "aimed at reducing M", which is a purpose
        purpose = re.search(r"\b(?:by|for|of|at|towards?|without|to|a|de|para|in)\s+\Z", lead, re.IGNORECASE)
        return purpose is None and re.fullmatch(r"\s+(?:the\s+|\w+\s+){0,3}", after) is not None
    if word.form == "verb":
        return re.fullmatch(r"\s+(?:(?!to\b)[\w'-]+\s+){0,7}", before) is not None
    be = r"\s+(?:is|are|was|were|have\s+been|has\s+been)\s+"
    return word.form == "particle" and re.fullmatch(be, before) is not None


_SMALL_WORDS = re.compile(
    r"\b(?:in|on|by|at|of|the|a|an|during|within|over|and|en|de|los|las|el|la|y)\b|[^\w]", re.IGNORECASE
)


def _missing_subject(scene: Scene) -> Iterator[Claim]:
    """A period whose statement is missing: words are gone from the clause, and nothing else is left of it."""
    for time in scene.times:
        if not scene.gaps or time.start < scene.clause[0] or time.end > scene.clause[1]:
            continue
        rest = scene.folded[scene.clause[0] : time.start] + " " + scene.folded[time.end : scene.clause[1]]
        if not _SMALL_WORDS.sub("", rest):
            claim = state(scene, "level", (scene.clause[0], time.end))
            yield claim.model_copy(update={"measure_text": "", "period": period_of(scene, time)})
