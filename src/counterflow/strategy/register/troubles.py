"""What is wrong with a history, in sentences that name the document and the quote."""

from __future__ import annotations

import textwrap

from counterflow.strategy.record import HALTED
from counterflow.strategy.register.schema import Entry, Problem, Register, Trouble
from counterflow.strategy.register.steps import UPDATES
from counterflow.strategy.register.words import day_words, differences, status_words

OWN = ("person", "text")  # bases of a date that is the act's own
OUT: frozenset[Problem] = frozenset(
    {"needs_first", "end_before_start", "superseded"}
)  # a strategy leaves such an entry out


def with_troubles(history: tuple[Entry, ...], register: Register) -> tuple[Entry, ...]:
    """A history, in order, with what is wrong with each entry. A rejected entry has nothing wrong with it."""
    standing = [entry for entry in history if entry.review.state != "rejected"]
    found = []
    position = -1
    for entry in history:
        if entry.review.state == "rejected":
            found.append(entry)
            continue
        position += 1
        troubles = (
            *_first(entry, standing[:position], register),
            *_ends(entry, register),
            *_order(entry, standing[:position], standing[position + 1 :], register),
            *_readings(entry, register),
            *_older(entry, register),
        )
        found.append(entry.model_copy(update={"troubles": troubles}))
    return tuple(found)


def named(entry: Entry, register: Register) -> str:
    """Document and quote of an entry, for a message."""
    mention = entry.mentions[0]
    quote = textwrap.shorten(" ".join(mention.quote.split()), 90, placeholder="…")
    return f"{register.source(mention.document).label}: “{quote}”"


def _first(entry: Entry, before: list[Entry], register: Register) -> list[Trouble]:
    if (
        entry.told.opposite
        or entry.told.does not in UPDATES
        or any(one.told.does not in UPDATES | {None} for one in before)
    ):
        return []
    said = f"it is told as {status_words(entry.status)}, and nothing in the register tells what that was before"
    cure = "add the document that began it, or correct its status"
    return [Trouble(kind="needs_first", message=f"{named(entry, register)}: {said}: {cure}")]


def _ends(entry: Entry, register: Register) -> list[Trouble]:
    end = entry.told.end
    last = (end.end or end.start) if end else None
    if last is None or last >= entry.begins:
        return []
    said = f"it ends on {day_words(last)}, before it starts on {day_words(entry.begins)}"
    return [Trouble(kind="end_before_start", message=f"{named(entry, register)}: {said}")]


def _order(entry: Entry, before: list[Entry], after: list[Entry], register: Register) -> list[Trouble]:
    if entry.told.does is None:
        return []
    told = ""
    before = [one for one in before if one.told.does is not None]
    stops = [one for one in before if one.told.does in HALTED]
    over = next((one for one in reversed(before) if one.told.does in HALTED | {"reinstated"}), None)
    ended = over is not None and over.told.does in ("rescinded", "ended")
    if entry.told.does == "reinstated" and before and not stops:
        later = next((one for one in after if one.told.does in HALTED), None)
        told = "before anything stopped it"
        if later is not None:
            told = f"before it was {later.status} on {day_words(later.date)}"
    elif over is not None and entry.told.does in UPDATES - {"reinstated"} and ended:
        told = f"after it was {over.status} on {day_words(over.date)}"
    elif over is not None and over.told.does in HALTED and entry.told.does == "in_force" and entry.basis not in OWN:
        told = f"after it was {over.status} on {day_words(over.date)}, and nothing tells that it was resumed"
    if not told:
        return []
    said = f"it is told as {status_words(entry.status)} on {day_words(entry.date)}, {told}"
    return [Trouble(kind="out_of_order", message=f"{named(entry, register)}: {said}")]


def _readings(entry: Entry, register: Register) -> list[Trouble]:
    troubles = []
    mention = entry.mentions[0]
    if mention.lost:
        said = f"{named(entry, register)}: no longer found by the reader; the reviewed version stays"
        troubles.append(Trouble(kind="lost", message=said))
    if mention.again is not None:
        changes = "; ".join(
            f"{key} {new or 'none'} (reviewed: {old or 'none'})"
            for key, old, new in differences(mention.told, mention.again)
        )
        said = f"{named(entry, register)}: the reader now finds {changes}; the reviewed version stays"
        troubles.append(Trouble(kind="read_again", message=said))
    return troubles


def _older(entry: Entry, register: Register) -> list[Trouble]:
    """What a newer version of the document makes of an entry that only an older one tells."""
    sources = [register.source(one.document) for one in entry.mentions]
    if any(source.superseded_by is None for source in sources):
        return []
    newer = {source.superseded_by for source in sources}
    told_there = any(one.document in newer and one.told.lever == entry.told.lever for one in register.mentions)
    said = f"{named(entry, register)}: a newer version of this document ({str(sources[0].superseded_by)[:8]}) is here"
    if told_there:
        told = f"{said} and tells of this lever: the older one does not act"
        return [Trouble(kind="superseded", message=told)]
    return [Trouble(kind="only_in_older", message=f"{said} and does not tell this; the reviewed version stays")]
