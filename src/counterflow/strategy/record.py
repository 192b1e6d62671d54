"""The policy record beside a document: which rows an action means, and what size a row gives a lever."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from pydantic import Field

from counterflow.brief.schema import Action, Status, Value
from counterflow.evidence.schema import Event
from counterflow.strategy.catalogue import DAYS_PER, Lever, Per, lever, levers
from counterflow.strategy.schema import Range

ACTING: frozenset[Status] = frozenset({"in_force", "expanded", "reinstated", "took_effect", "completed"})
PROMISED: frozenset[Status] = frozenset({"ordered", "authorised", "announced", "determined"})
HALTED: frozenset[Status] = frozenset({"suspended", "blocked", "rescinded", "ended"})
PENDING: frozenset[Status] = frozenset({"under_consideration", "floated", "proposed"})

# What the end of the opposite of a measure does (to end a parole programme restricts), and what its beginning does.
_OPPOSITES: dict[Status, Status] = {
    **dict.fromkeys(HALTED, "in_force"),
    **dict.fromkeys(ACTING, "rescinded"),
}

# Codes of the reader that are not levers: where they go.
STAND_INS = {"military.strike": "military.strike_lab", "drugs.interdiction": "drugs.port_scanning"}

# What a row's kind of date says of its day, for readers.
DAY_WORDS = {
    "in_force": "the day it came into force, by the record",
    "decided": "the day it was decided, by the record",
    "announced": "the day it was announced, by the record",
    "blocked": "the day a court blocked it, by the record",
    "stayed": "the day it was put off or a court stayed it, by the record",
    "ended": "the day it ended, by the record",
    "": "its day, by the record",
}
# The kinds of row that can date an act that pauses or ends something.
_HALTS: dict[Status, tuple[str, ...]] = {
    "blocked": ("blocked", "stayed"),
    "suspended": ("stayed", "ended", "blocked"),
    "rescinded": ("ended",),
    "ended": ("ended",),
}
_COURT = re.compile(r"\b(?:Court|Circuit)\b|\bD\.")  # names of courts: "Ninth Circuit", "D. Md.", "N.D. Cal."

SAME_SIZE = 0.10  # two sizes are the same within this share: a document rounds, and counts support staff or not
_KIND_STATUS: dict[str, Status] = {"decided": "ordered", "announced": "announced"}
_NUMBER = r"(\d[\d,]*(?:\.\d+)?)(?:\s*(million|thousand|bn|m)\b)?"
_SCALE = {"million": 1e6, "thousand": 1e3, "bn": 1e9, "m": 1e6}
_PER: dict[str, Per] = {
    "day": "day",
    "wk": "week",
    "week": "week",
    "month": "month",
    "yr": "year",
    "year": "year",
}


class CodedEvent(Value):
    """A coder's choice of level for a row that gives no size."""

    date: date
    lever: str
    kind: str
    what: str = ""
    level: int = Field(ge=0, le=4)
    status: Status | None = None
    reason: str


@cache
def coded_events() -> tuple[CodedEvent, ...]:
    """coded_events.toml, validated."""
    text = (files("counterflow.strategy") / "coded_events.toml").read_text(encoding="utf-8")
    return tuple(CodedEvent.model_validate(row) for row in tomllib.loads(text)["event"])


def coded(event: Event) -> CodedEvent | None:
    """The coder's choice for this row, None where there is none."""
    for row in coded_events():
        same = (row.date, row.lever, row.kind) == (event.date, event.lever, event.date_kind)
        if same and row.what in event.what:
            return row
    return None


def acting(action: Action) -> Action | None:
    """The action as its lever sees it; None where it is the opposite of the lever's measure and nothing is done.

    To end or pause the opposite of a measure puts the measure in force, to begin or resume it ends the measure. A
    statement that refuses something is made when it is made, so it is in force.
    """
    if action.opposite:
        status = _OPPOSITES.get(action.status)
        return action.model_copy(update={"status": status, "opposite": False}) if status else None
    if action.lever.startswith("diplomacy.") and action.status == "rejected":
        return action.model_copy(update={"status": "in_force"})
    return action


def seen(events: Iterable[Event]) -> tuple[Event, ...]:
    """The rows that were read in a source, by date. Rows from memory move no lever and date nothing."""
    kept = [event for event in events if not event.status.startswith("memory_unverified")]
    return tuple(sorted(kept, key=lambda event: (event.date, event.id)))


def lever_ids(code: str) -> tuple[str, ...]:
    """The levers that a reader's code can mean: a strike may be on laboratories or on leaders."""
    if code in levers():
        return (code,)
    if code == "military.strike":
        return ("military.strike_lab", "military.strike_leader")
    return (STAND_INS[code],) if code in STAND_INS else ()


def _numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) * _SCALE.get(scale, 1.0) for n, scale in re.findall(_NUMBER, text)]


def same_size(a: float, b: float) -> bool:
    """Whether two sizes are one and the same within rounding (10%)."""
    return abs(a - b) <= SAME_SIZE * max(abs(a), abs(b))


def states_size(event: Event, size: float) -> bool:
    """Whether the row gives this size, as one number or as a number and its "+N" together."""
    told = re.sub(r"\d{4}-\d{2}-\d{2}|\b(?:EO|USC|INA)\s*\d+", "", event.what)
    stated = [number for text in (event.size, told) for number in _numbers(text)]
    plus = [float(n.replace(",", "")) for n in re.findall(r"\(\+\s*([\d,]+)\)", event.size)]
    head = _numbers(event.size)[:1]
    return any(same_size(size, number) for number in stated + [h + p for h in head for p in plus])


def gives_number(event: Event) -> bool:
    """Whether the row states any size as a number."""
    return bool(_numbers(event.size))


def _same_side(action: Action, event: Event) -> bool:
    """Whether the row's actor can be the action's, for levers that either government can move."""
    sides = {party.code.split(".")[0] for party in action.actors if party.code}
    if lever(event.lever).actor != "any" or not sides:
        return True
    both = " and " in event.actor
    mexican = "Mexico" in event.actor
    return both or mexican == ("MX" in sides)


@cache
def _not_objects() -> frozenset[str]:
    text = (files("counterflow.strategy") / "statements.toml").read_text(encoding="utf-8")
    return frozenset(word for words in tomllib.loads(text)["not_objects"].values() for word in words.split())


def _objects(text: str, names: Iterable[str] = ()) -> frozenset[str]:
    """The words of a text that can tell what it is about: plain, without endings of number, names left out."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    left_out = _not_objects().union(*(name.lower().split() for name in names))
    words = (word for word in re.findall(r"[a-z]{3,}", plain) if word not in left_out)
    # Seven letters tell most words of one stem apart from others, in both languages.
    return frozenset((word[:-1] if word.endswith("s") else word)[:7] for word in words)


def _same_object(action: Action, event: Event) -> bool:
    """Whether a statement and a row share a word of what they are about: one actor makes many statements."""
    names = [party.name for party in (*action.actors, *action.recipients)]
    return bool(_objects(action.span.quote, names) & _objects(event.what))


def _names_actor(action: Action, event: Event) -> bool:
    words = set(re.findall(r"[A-Z]{2,}", event.actor)) - {"US"}
    return any(word in party.name.split() or word in (party.code or "") for party in action.actors for word in words)


def _rank(action: Action, event: Event) -> int | None:
    """How well a row fits an action, 0 best; None where it does not."""
    raises, neutral = event.effect_on_lever == 1, event.effect_on_lever == 0
    if action.status in HALTED:
        # A promise that is put off moves no lever; a court's stay of a ruling keeps a measure up.
        put_off = neutral and event.date_kind == "stayed" and not _COURT.search(event.actor)
        fits = event.date_kind in _HALTS[action.status] and (event.effect_on_lever == -1 or put_off)
        return 0 if fits else None
    if event.lever.startswith("diplomacy."):
        return 0 if raises and _same_object(action, event) else None
    if event.lever.startswith("opposition."):
        return 0 if raises else None
    promise = event.date_kind in ("decided", "announced")
    ruling = event.date_kind in ("stayed", "blocked")  # courts resume a measure, they do not begin it
    if not raises and not (neutral and promise):
        return None
    if action.status in PROMISED:
        return 3 if ruling else 0 if promise else 1
    if raises and not ruling:
        return 0 if event.date_kind == "in_force" else 1
    return 3 if ruling else 2


def _cites(action: Action, event: Event) -> bool:
    """Whether the action names the row's order or proclamation by its number."""
    numbers = re.findall(r"\b\d{4,5}\b", event.instrument)
    return any(
        number in text
        for number in numbers
        for text in (action.span.quote, *(one.text for one in action.legal_authority))
    )


def matches(
    action: Action, events: Sequence[Event], since: date | None, until: date, *, newest_first: bool = False
) -> tuple[Event, ...]:
    """Rows that the action can mean, dated from `since` to `until`, best first.

    A row fits when it moves the same lever the same way and its actor is not the other government; a pause or
    an end fits only a row that pauses or ends, and a statement only one about the same thing. Among
    those, one whose order the action cites by number comes first, then one that gives the document's own
    size, then rows in force before orders for what is told as in force (and the other way round for what is
    ordered), then those that name the same agency, then the earliest, or the latest with `newest_first`.
    """
    wanted = lever_ids(action.lever)
    counted = action.quantity is not None and any(lever(name).counts != "rate" for name in wanted)
    ranked = []
    meant = acting(action)
    if meant is None:
        return ()
    for event in seen(events):
        rank = _rank(meant, event) if event.lever in wanted else None
        if rank is None or not _same_side(action, event):
            continue
        if not (since is None or event.date >= since) or event.date > until:
            continue
        if counted and action.quantity is not None and states_size(event, action.quantity):
            rank = -2 if event.date_kind == "in_force" else -1
        if _cites(action, event):
            rank = -3
        age = -event.date.toordinal() if newest_first else event.date.toordinal()
        ranked.append((rank, not _names_actor(action, event), age, event.id, event))
    return tuple(row[-1] for row in sorted(ranked, key=lambda row: row[:-1]))


def size_in_unit(of: Lever, event: Event, recorded: float) -> tuple[Range | None, Range | None]:
    """The row's size as (intensity, change) in the lever's unit; (None, None) where it gives none.

    A number counts only with a noun of the lever (`size_units`) or, for a rate, with its own unit of time.
    What is ordered is a change where the lever's stated sizes are changes; what is in force is a total,
    unless it is far below what stood before although the row raises the lever.
    """
    text = event.size
    nouns = "|".join(of.size_units)
    found: tuple[float, float] | None = None
    if of.per is not None:
        rate = re.search(rf"{_NUMBER}(?:\s*[-–]\s*{_NUMBER})?\s*/\s*(day|wk|week|month|yr|year)\b", text)
        if rate:
            low = _amount(rate[1], rate[2])
            high = _amount(rate[3], rate[4]) if rate[3] else low
            factor = DAYS_PER[of.per] / DAYS_PER[_PER[rate[5]]]
            found = (low * factor, high * factor)
    if found is None and nouns and of.counts != "rate":
        plus = r"(?:\s*\(\+\s*[\d,]+\))?"
        total = re.search(rf"{_NUMBER}(?:\s*[-–]\s*{_NUMBER})?{plus}\s*(?:{nouns})\b", text, re.IGNORECASE)
        if total:
            low = _amount(total[1], total[2])
            found = (low, _amount(total[3], total[4]) if total[3] else low)
    if found is None or found[1] < found[0]:
        return None, None
    size = Range(low=found[0], central=(found[0] + found[1]) / 2, high=found[1])
    if of.counts == "acts":
        return None, _in_one_week(of, size)
    ordered = event.date_kind in ("decided", "announced")
    below = event.effect_on_lever == 1 and size.high < recorded / 2
    if of.stated_size == "change" and (ordered or below):
        return None, size
    return size, None


def _amount(number: str, scale: str | None) -> float:
    return float(number.replace(",", "")) * _SCALE.get(scale or "", 1.0)


def _in_one_week(of: Lever, acts: Range) -> Range:
    assert of.per is not None  # the catalogue refuses acts without a unit of time
    factor = DAYS_PER[of.per] / DAYS_PER["week"]
    return Range(low=acts.low * factor, central=acts.central * factor, high=acts.high * factor)


def pulse(of: Lever, acts: float) -> Range:
    """The rate at which `acts` acts done within one week stand on a lever that counts acts per time."""
    return _in_one_week(of, Range(low=acts, central=acts, high=acts))


def status_of(event: Event) -> Status:
    """The status that a row gives to what it records."""
    choice = coded(event)
    if choice and choice.status:
        return choice.status
    return _KIND_STATUS.get(event.date_kind, "in_force")
