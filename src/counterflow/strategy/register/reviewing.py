"""What a person decides on a reading: accept, correct or reject it, with who and when."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import get_args

from counterflow.brief import codebook
from counterflow.brief.schema import Status
from counterflow.errors import UsageError
from counterflow.strategy.catalogue import levers
from counterflow.strategy.register.schema import (
    FIELDS,
    Change,
    Correctable,
    Mention,
    Quantity,
    Register,
    Review,
    Told,
    When,
    Who,
)
from counterflow.strategy.register.words import differences, nearest, spoken

NOTHING = ("none", "-")  # what a person types where the text says nothing
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)


@cache
def known_levers() -> tuple[str, ...]:
    """Every lever and response that the reader can find or the model moves."""
    read = [str(row["id"]) for row in codebook.table("actions")["lever"]]
    return tuple(dict.fromkeys([*levers(), *read]))


@cache
def known_actors() -> tuple[str, ...]:
    """The codes of every party in the codebook."""
    return tuple(sorted(codebook.party_codes()))


def find_mention(register: Register, mention_id: str) -> Mention:
    """The mention with this id. Raises UsageError with the nearest id where there is none."""
    for mention in register.mentions:
        if mention.id == mention_id:
            return mention
    raise UsageError(
        f"the register has no entry {mention_id!r}",
        hint=nearest(mention_id, [one.id for one in register.mentions], "`register show` lists them."),
    )


# ------------------------------------------------------------------------------------------ decisions


def accept(mention: Mention, by: str, at: datetime, note: str = "") -> Mention:
    """The mention with what stands there accepted: a correction made before stays, signed anew."""
    changes = mention.review.changes
    return _decided(mention, mention.person, _review("corrected" if changes else "accepted", by, at, note, changes))


def reject(mention: Mention, by: str, at: datetime, note: str = "") -> Mention:
    """The mention, rejected: it stays to be seen, and is never simulated."""
    return _decided(mention, None, _review("rejected", by, at, note))


def correct(mention: Mention, values: Mapping[Correctable, str], by: str, at: datetime, note: str = "") -> Mention:
    """The mention with what the person typed for its fields, added to what was corrected before.

    Raises UsageError, naming what is near, for a value that cannot stand. Where nothing differs from what
    was read, the mention is accepted.
    """
    person = corrected(mention.told, values, by)
    before, after = spoken(mention.read), spoken(person)
    changes = tuple(
        Change(field=field, before=before[field], after=after[field])
        for field in FIELDS
        if before[field] != after[field]
    )
    if not changes:
        return _decided(mention, None, _review("accepted", by, at, note))
    return _decided(mention, person, _review("corrected", by, at, note, changes))


def _review(state: str, by: str, at: datetime, note: str, changes: tuple[Change, ...] = ()) -> Review:
    return Review.model_validate({"state": state, "by": by, "at": at.astimezone(UTC), "changes": changes, "note": note})


def _decided(mention: Mention, person: Told | None, review: Review) -> Mention:
    """The mention after a decision; a newer reading that says the same as the person is no difference any more."""
    again = mention.again
    if again is not None and not differences(person or mention.read, again):
        again = None
    return mention.model_copy(update={"person": person, "review": review, "again": again})


def replaced(register: Register, mention: Mention) -> Register:
    """The register with this mention in the place of the one with its id."""
    others = [one for one in register.mentions if one.id != mention.id]
    return Register.of(list(register.documents), [*others, mention], register.codebook_version)


# ------------------------------------------------------------------------------------------ values


def corrected(told: Told, values: Mapping[Correctable, str], by: str) -> Told:
    """What was told with the person's values; an empty one keeps what stands there, "none" takes it away.

    Raises UsageError for a value that cannot stand, and for an end before the start.
    """
    update: dict[str, object] = {}
    for field in FIELDS:
        typed = values.get(field, "").strip()
        if typed:
            update |= _VALUES[field](typed, told, by)
    if update.keys() & {"lever", "actors"}:
        update["policy_id"] = ""  # the reader's key holds for what it read
    person = told.model_copy(update=update)
    start, end = person.day, person.end
    if start and end and start.start and (end.end or end.start) and (end.end or end.start or LATEST) < start.start:
        raise UsageError(
            f"the end {end.end or end.start} comes before the start {start.start}", hint="Correct one of them."
        )
    return person


def check_value(field: Correctable, typed: str, told: Told) -> None:
    """Raise UsageError where a typed value cannot stand in this field by itself."""
    if typed.strip():
        _VALUES[field](typed.strip(), told, "")


def _lever(typed: str, told: Told, by: str) -> dict[str, object]:
    if typed not in known_levers():
        raise UsageError(
            f"no lever is called {typed!r}", hint=nearest(typed, known_levers(), f"Known: {', '.join(known_levers())}.")
        )
    return {"lever": typed, "opposite": False}


def _status(typed: str, told: Told, by: str) -> dict[str, object]:
    word = typed.lower().replace(" ", "_")
    if word not in get_args(Status):
        known = ", ".join(get_args(Status))
        raise UsageError(f"{typed!r} is no status", hint=nearest(word, get_args(Status), f"Known: {known}."))
    return {"status": word, "cue": "", "polarity": "affirmed", "ending": False, "opposite": False}


def _level(typed: str, told: Told, by: str) -> dict[str, object]:
    if typed.lower() in NOTHING:
        return {"level": None}
    if typed not in ("0", "1", "2", "3", "4"):
        raise UsageError(f"{typed!r} is no level", hint="Give 0, 1, 2, 3 or 4, or none.")
    return {"level": int(typed)}


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise UsageError(f"{typed!r} is no day", hint="Give it as YYYY-MM-DD, or none.") from None
    if not EARLIEST <= day <= LATEST:
        raise UsageError(f"{typed} is out of reach", hint=f"Give a day from {EARLIEST} to {LATEST}.")
    return day


def _when(typed: str, by: str) -> When | None:
    if typed.lower() in NOTHING:
        return None
    day = _day(typed)
    return When(text=f"{day}, by {by}", start=day, end=day)


def _start(typed: str, told: Told, by: str) -> dict[str, object]:
    when = _when(typed, by)
    # Without a start, the day of the decision would take its place: a person who says "none" means no day.
    return {"start": when} if when else {"start": None, "decided": None, "announced": None}


def _end(typed: str, told: Told, by: str) -> dict[str, object]:
    return {"end": _when(typed, by)}


def _actor(typed: str, told: Told, by: str) -> dict[str, object]:
    if typed.lower() in NOTHING:
        return {"actors": ()}
    code = typed.upper()
    if code not in known_actors():
        known = ", ".join(known_actors())
        raise UsageError(f"no actor has the code {typed!r}", hint=nearest(code, known_actors(), f"Known: {known}."))
    same = next((who for who in told.actors if who.code == code), None)
    role = "court" if code.endswith(".COURT") else "actor"
    return {"actors": (same or Who.model_validate({"name": code, "code": code, "role": role}),)}


def _quantity(typed: str, told: Told, by: str) -> dict[str, object]:
    if typed.lower() in NOTHING:
        return {"quantity": None}
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s+(.+))?", typed)
    number = float(found[1].replace(",", "")) if found else math.inf
    if found is None or not math.isfinite(number):
        raise UsageError(f"{typed!r} is no quantity", hint="Give a number and its unit, such as 1,500 troops, or none.")
    old = told.quantity or Quantity(number=number)
    unit = found[2] or old.unit
    kept = {"unit": unit} if unit == old.unit else {"unit": unit, "nouns": (), "rate": None, "counted": None}
    return {"quantity": old.model_copy(update={"number": number, "bound": "="} | kept)}


_VALUES = {
    "lever": _lever,
    "status": _status,
    "level": _level,
    "start": _start,
    "end": _end,
    "actor": _actor,
    "quantity": _quantity,
}
