"""Claims from tables: each number whose row and column tell a measure and a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from counterflow.brief import codebook
from counterflow.brief.claims.changes import baseline_in
from counterflow.brief.claims.measures import NOWHERE, Mention, drug_named, is_mass, mass_named, mentions, unit_of
from counterflow.brief.claims.places import names, place_of
from counterflow.brief.claims.quantities import Quantity, find_quantities
from counterflow.brief.claims.scene import Scene
from counterflow.brief.claims.statement import NO_BASELINE, state
from counterflow.brief.dates.era import Era
from counterflow.brief.dates.periods import TimeMatch, find_times
from counterflow.brief.layout.parts import Cell, Layout, Sentence, Stretch, Table, span
from counterflow.brief.patterns import Folded, Pattern
from counterflow.brief.schema import Baseline, Claim, Period, Reading


def table_claims(layout: Layout, era: Era) -> Iterator[Claim]:
    """Every numeric cell of a table whose heads name a measure, as a level, or as a change where the column says so.

    The measure stands in the row's first cell or the head of the column, else in the caption where that head says only
    when or where; the time in the first cell or the head. A table without a measure of the codebook gives nothing.
    """
    for table in layout.tables:
        rows = [s for s in layout.sentences if table.start <= s.start < table.end]
        for row in table.rows:
            sentence = next((s for s in rows if row and s.start <= row[0].start <= s.end), None)
            if sentence is not None:
                yield from _row(layout, table, row, sentence, era)


def _row(layout: Layout, table: Table, row: tuple[Cell, ...], sentence: Sentence, era: Era) -> Iterator[Claim]:
    folded = layout.folded
    named = _measure_in(folded, (row[0].start, row[0].end))
    when = _time_in(folded, (row[0].start, row[0].end), era)
    for column, cell in enumerate(row):
        head = table.header[column] if column < len(table.header) else None
        heading = (head.start, head.end) if head and head.start < head.end else None
        if column == 0 or cell.start == cell.end or not _NUMBER.fullmatch(folded, cell.start, cell.end):
            continue
        about = " ".join((table.caption, folded[heading[0] : heading[1]] if heading else ""))
        mention = named or _drug_in(folded, (row[0].start, row[0].end), about)
        if mention is None and heading:
            mention = _measure_in(folded, heading) or _drug_in(folded, heading, about)
        if mention is None and (heading is None or _is_bare(folded, heading, era)):
            mention = _in_caption(table.caption)
        time = when or (_time_in(folded, heading, era) if heading else None)
        quantities = find_quantities(layout, cell.start, cell.end, era) or _year_like(folded, cell)
        if mention is None or time is None or len(quantities) != 1:
            continue
        claim = _claim(layout, sentence, cell, heading, quantities[0], mention, time, era)
        weight = mass_named(about) if is_mass(mention.measure.unit) and claim.claim_type == "level" else None
        yield claim.model_copy(update={"unit": weight}) if weight else claim


# A cell that holds one number and no more, a sign or percent at most.
_NUMBER = re.compile(r"[-+~<>]?\s*\$?\s*\d[\d.,]*(?: \d{3})*\s*(?:%|percent|million|mil|k|lbs?|kg)?", re.IGNORECASE)


def _year_like(folded: str, cell: Cell) -> tuple[Quantity, ...]:
    """A number between 1900 and 2099 by itself in a cell, which is a count there and no year."""
    words = folded[cell.start : cell.end]
    if not re.fullmatch(r"(?:19|20)\d\d", words):
        return ()
    return (Quantity(cell.start, cell.end, float(words), None, "count", "=", "", cell.end, False),)


def _measure_in(folded: Folded, stretch: Stretch) -> Mention | None:
    found = mentions(folded, *stretch)
    if found:
        return found[0]
    acted = _acted().search(folded, *stretch)  # "Migrants apprehended between ports": a noun and its participle
    if acted is None:
        return None
    for measure_mention in mentions(Folded(_NORMAL[acted.group().lower()]), 0, 99):
        return Mention(measure_mention.measure, acted.start(), acted.end())
    return None


_NORMAL = {"apprehended": "apprehensions", "encountered": "encounters", "deported": "deportations"}


@cache
def _acted() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{'|'.join(_NORMAL)})(?!\w)")


def _drug_in(folded: Folded, cell: Stretch, about: str) -> Mention | None:
    """The drug that a row is of ("Fentanyl"), where the column or the caption speaks of seizures or gives a weight."""
    if mass_named(about) is None and not _SEIZURES.search(about):
        return None
    return drug_named(folded, *cell, cell[1])


_SEIZURES = re.compile(r"\b(?:seiz|confiscat|intercept|interdict|incaut|decomis|asegur)\w*", re.IGNORECASE)


def _is_bare(folded: Folded, heading: Stretch, era: Era) -> bool:
    """Whether the head of a column says only when, where, or that it holds numbers: of what, the caption says."""
    words = folded[heading[0] : heading[1]]
    if _time_in(folded, heading, era) and not find_times(folded, *heading, era):
        return True  # "2024", by itself
    held = [(time.start, time.end) for time in find_times(folded, *heading, era)]
    held += [
        match.span() for pattern in (_change(), _plain_words(), names()) for match in pattern.finditer(folded, *heading)
    ]
    for start, end in held:
        words = words[: start - heading[0]] + " " * (end - start) + words[end - heading[0] :]
    return re.search(r"[^\W\d_]", words) is None


@cache
def _plain_words() -> Pattern:
    words = [*codebook.table("changes")["columns"]["plain"], *codebook.table("periods")["months"]]
    return Pattern(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


def _in_caption(caption: str) -> Mention | None:
    found = mentions(Folded(caption), 0, len(caption))
    return Mention(found[0].measure, NOWHERE, NOWHERE) if found else None


def _time_in(folded: Folded, stretch: Stretch, era: Era) -> TimeMatch | None:
    """The time that a head names; a bare month or year ("2024") is one there."""
    words = folded[stretch[0] : stretch[1]].strip()
    found = [time for time in find_times(folded, *stretch, era) if time.readings]
    if found:
        return found[0]
    lead = "in "
    said = find_times(lead + words, 0, len(lead + words), era)
    if len(said) == 1 and said[0].readings and said[0].start == 0:
        return TimeMatch(stretch[0], stretch[1], words, said[0].readings)
    return None


def _claim(
    layout: Layout,
    sentence: Sentence,
    cell: Cell,
    heading: Stretch | None,
    quantity: Quantity,
    mention: Mention,
    time: TimeMatch,
    era: Era,
) -> Claim:
    folded = layout.folded
    bare = Mention(mention.measure, NOWHERE, NOWHERE)  # the head stands outside the row, and in no quote
    scene = Scene(layout, era, sentence, (cell.start, cell.end), (quantity,), ())
    changes = heading is not None and _change().search(folded, *heading) is not None
    percent = quantity.unit == "percent" or (heading is not None and "%" in folded[heading[0] : heading[1]])
    claim = state(scene, "level", (cell.start, cell.end), quantity=quantity, mention=bare)
    words = span(layout, time.start, time.end)
    readings: tuple[Reading, ...] = time.readings
    update: dict[str, object] = {
        "period": Period(text=words.quote, span=words, readings=readings),
        "measure_text": " ".join(folded[mention.start : mention.end].split()) if mention.start >= 0 else "",
        "place": place_of(folded, heading, heading) if heading else None,
    }
    if changes:
        sign = folded[cell.start : cell.start + 1]
        baseline: Baseline | None = baseline_in(layout, *heading, era) if heading else None
        update |= {
            "claim_type": "change_pct" if percent else "change_abs",
            "direction": "down" if sign == "-" else "up",
            "baseline": baseline or NO_BASELINE,
        }
    elif percent:
        update |= {"claim_type": "share"}
    if percent:
        update |= {"unit": "percent"}
    elif heading and (unit := _unit_in_head(folded[heading[0] : heading[1]], mention)):
        update |= {"unit": unit}
    return claim.model_copy(update=update)


def _unit_in_head(head: str, mention: Mention) -> str | None:
    """The unit that a head gives in brackets: "Fentanyl seized (lb)"."""
    bracket = re.search(r"\(([^()]{1,20})\)\s*\Z", head)
    return unit_of(mention.measure, bracket[1].strip()) if bracket else None


@cache
def _change() -> Pattern:
    return Pattern(rf"(?<!\w)(?:{'|'.join(codebook.table('changes')['columns']['change'])})(?!\w)")
