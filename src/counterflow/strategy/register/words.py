"""What a reading says, in words: the fields that a person reviews, and those that are only shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date

from counterflow.strategy.catalogue import levers
from counterflow.strategy.register.schema import Quantity, Told, When


def lever_title(lever_id: str) -> str:
    """The title of a lever, or its id in words where the catalogue has none."""
    known = levers()
    return known[lever_id].title if lever_id in known else lever_id.replace(".", ": ").replace("_", " ")


def level_meaning(lever_id: str, level: int | None) -> str:
    """What a level of a lever stands for, "" where it is not known."""
    known = levers()
    return known[lever_id].levels[level].meaning if level is not None and lever_id in known else ""


def status_words(status: str) -> str:
    """A status for readers: "in force"."""
    return status.replace("_", " ")


def day_words(day: date) -> str:
    """A day for readers: 20 Jan 2025."""
    return f"{day.day} {day:%b %Y}"


def when_words(when: When | None) -> str:
    """A day or a span of days; the document's words where it gives no day."""
    if when is None:
        return ""
    if when.start is None and when.end is None:
        return f"“{when.text}”"
    if when.start == when.end and when.start is not None:
        return when.start.isoformat()
    return f"{when.start or ''}..{when.end or ''}"


def quantity_words(quantity: Quantity | None) -> str:
    """A number with its unit, bound and rate: ">= 300 people a day"."""
    if quantity is None:
        return ""
    bound = "" if quantity.bound == "=" else f"{quantity.bound} "
    rate = f" a {quantity.rate}" if quantity.rate else ""
    return f"{bound}{quantity.number:,.10g} {quantity.unit}".rstrip() + rate


def actor_words(told: Told) -> str:
    """The codes of who acts, or the names where no code is known."""
    return ", ".join(who.code or who.name for who in told.actors)


def spoken(told: Told) -> dict[str, str]:
    """Everything that a reading says of an act, by field, "" where it says nothing."""
    return {
        "lever": told.lever,
        "status": status_words(told.status) + (" (denied)" if told.polarity == "negated" else ""),
        "of its end": "yes" if told.ending else "",
        "of the opposite": "yes" if told.opposite else "",
        "level": "" if told.level is None else str(told.level),
        "announced": when_words(told.announced),
        "decided": when_words(told.decided),
        "start": when_words(told.start),
        "end": when_words(told.end),
        "actor": actor_words(told),
        "quantity": quantity_words(told.quantity),
        "recipient": ", ".join(who.code or who.name for who in told.recipients),
        "authority": ", ".join(told.authority),
        "told as": ", ".join(told.modality),
        "words missing": "yes" if told.incomplete else "",
    }


def differences(one: Told, other: Told) -> tuple[tuple[str, str, str], ...]:
    """What differs between two readings, as (what, in the first, in the second), in words."""
    shown = (spoken(one), spoken(other))
    return tuple((key, shown[0][key], shown[1][key]) for key in shown[0] if shown[0][key] != shown[1][key])


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A hint that names the known word most like this one."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.4)
    return f"Did you mean {near[0]}?" if near else otherwise
