"""From a document to a strategy: each action becomes a path, a branch, or is listed with its reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import Literal

from counterflow.brief.schema import Action, Brief, Claim
from counterflow.errors import UsageError
from counterflow.evidence.schema import Event
from counterflow.strategy import record
from counterflow.strategy.catalogue import (
    DAYS_PER,
    Lever,
    catalogue,
    level_of,
    lever,
    unstated_range,
)
from counterflow.strategy.dating import PolicyRecord, infer_date, own_date, own_end, reach
from counterflow.strategy.paths import ENDING
from counterflow.strategy.schema import DateInterval, Entry, Range, Strategy, Unplaced
from counterflow.strategy.unplaced import why_no_path

WEEK = timedelta(days=7)
GIVEN = "given by the user"
Halt = Literal["own", "existing", "not held"]


@dataclass(frozen=True)
class Size:
    """How far an action moves its lever, and how that was read."""

    level: int | None = None
    intensity: Range | None = None
    change: Range | None = None
    note: str = ""
    open_because: str = ""  # why the record may state the size instead: what the document leaves open


def from_brief(brief: Brief, store: PolicyRecord, *, date: Date | None = None, refused: Iterable[str] = ()) -> Strategy:
    """The strategy of a document.

    `written` holds what the document states; `record` what the policy record adds where the document leaves
    a gap or a size open, from rows dated no later than the document; `considered` the levers that it only
    considers; `unplaced` every action that moves no lever, with the reason. A row whose id is in `refused`
    neither dates nor fills anything (its entry stays listed, and branches leave it out). Raises
    StrategyError as `infer_date` does, and UsageError for a refused id that no row has.

    An act that pauses or ends something stops what the strategy itself does on that lever before it. Where
    it does nothing there, only an end by the executive moves the lever (see `_halt`).
    """
    return within(brief, store, infer_date(brief, store, user_date=date), refused)


def within(brief: Brief, store: PolicyRecord, interval: DateInterval, refused: Iterable[str] = ()) -> Strategy:
    """The strategy of a document written within `interval`; see `from_brief`."""
    refused = tuple(dict.fromkeys(refused))
    _check_refused(refused, store)
    events = record.seen(store.events(before=interval.end))
    dating = [event for event in events if event.id not in refused]
    since = reach(interval.start)

    placed: list[tuple[Action, Lever, Date, str]] = []
    acting: list[tuple[str, Date]] = []  # levers that the strategy moves, as written or on record, and since when
    open_: list[tuple[Action, str]] = []  # what the record may fill, and why
    considered: list[str] = []
    unplaced: list[Unplaced] = []
    for told in brief.actions:
        reason = why_no_path(told)
        action = record.acting(told) or told
        if reason is None and _is_considered(action):
            considered.append(action.lever)
            continue
        gap = None if reason else _gap(brief, action)
        halt = action.status in record.HALTED
        rows = () if reason else _rows(action, dating, since, interval)
        if reason or gap:
            unplaced.append(_listed(told, reason or gap or ""))
            open_ += [(action, gap)] if gap and not halt else []
            acting += [(rows[0].lever, rows[0].date)] if gap and not halt and rows else []
            continue
        start, why = _start(action, rows, interval)
        placed.append((action, lever(record.lever_ids(action.lever)[0]), start, why))
        acting += [] if halt else [(placed[-1][1].id, start)]

    halts = {action.id: _halt(action, of, start, acting) for action, of, start, _ in placed}
    as_told = {action.id: action for action in brief.actions}
    unplaced += [_listed(as_told[one.id], _not_held(one)) for one, *_ in placed if halts[one.id] == "not held"]
    unplaced.sort(key=lambda row: [action.id for action in brief.actions].index(row.action_id))
    placed = [row for row in placed if halts[row[0].id] != "not held"]
    before = min([start for _, _, start, _ in placed], default=interval.start)
    written = []
    for action, of, start, why in placed:
        if halts[action.id] == "own":
            size = Size(note=f"{action.status}: what the strategy does on this lever before it stops")
        else:
            size = _in_all(_size(of, action, brief.claims, of.recorded_at(before)), action, events, since, interval)
        written.append(_entry(of, action, size, start, why, as_told[action.id]))
        if action.status in record.HALTED:
            continue  # a row of the record fills what is done, not what stops it
        missing = "words are missing in the document" if action.incomplete else ""
        why_open = size.open_because or missing
        open_ += [(action, why_open)] if why_open else []
    order = {action.id: position for position, action in enumerate(brief.actions)}
    fills = [
        _fill(action, _rows(action, events, since, interval), why, before)
        for action, why in sorted(open_, key=lambda pair: order[pair[0].id])
    ]
    return Strategy(
        title=brief.document.title or brief.document.source,
        date=interval,
        written=tuple(written),
        record=tuple(entry for entry in fills if entry is not None),
        refused=refused,
        considered=tuple(dict.fromkeys(considered)),
        unplaced=tuple(unplaced),
        document_sha256=brief.document.sha256,
    )


def _check_refused(refused: Sequence[str], store: PolicyRecord) -> None:
    known = [event.id for event in store.events()] if refused else []
    for record_id in refused:
        if record_id not in known:
            near = difflib.get_close_matches(record_id, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "The report gives the id beside each entry on record."
            raise UsageError(f"the policy record has no row {record_id!r}", where="--refuse", hint=hint)


def _rows(action: Action, events: Sequence[Event], since: Date, interval: DateInterval) -> tuple[Event, ...]:
    """Rows that the action can mean; for orders the latest first, since an order is told when it is given."""
    promised = action.status in record.PROMISED
    return record.matches(action, events, since, interval.end, newest_first=promised)


def _halt(action: Action, of: Lever, start: Date, acting: Sequence[tuple[str, Date]]) -> Halt | None:
    """What an act that pauses or ends something stops, None for any other act.

    The strategy's own path, where an entry of it acts on the lever before. Otherwise a pause, and whatever a
    court does, stops a measure that the strategy does not hold; an end by the executive is a move of its
    own, since it takes away a measure that stood before. On one day, an executive ends what stood before and
    not what it begins.
    """
    if action.status not in record.HALTED:
        return None
    moves = action.status in ENDING and all(party.role != "court" for party in action.actors)
    if any(lever_id == of.id and (since < start or (since == start and not moves)) for lever_id, since in acting):
        return "own"
    return "existing" if moves else "not held"


def _not_held(action: Action) -> str:
    """Why an act that stops something moves no lever. Who is blocked and no court is the one who acted."""
    if action.status == "blocked" and action.actors and all(party.role != "court" for party in action.actors):
        return "it is told as blocked, so nothing of it acts"
    return "it stops a measure that this strategy does not hold"


def _listed(action: Action, reason: str) -> Unplaced:
    return Unplaced(
        action_id=action.id,
        lever=action.lever,
        status=action.status,
        quote=action.span.quote,
        reason=reason,
    )


def _is_considered(action: Action) -> bool:
    """Whether an action becomes a branch: strikes do until they are carried out, whatever was authorised."""
    pledged_act = action.status == "pledged" and not action.lever.startswith("diplomacy.")
    strikes_to_come = action.lever.startswith("military.strike") and action.status in record.PROMISED
    conditional = "conditional" in action.modality
    return action.status in record.PENDING or pledged_act or strikes_to_come or conditional


def _gap(brief: Brief, action: Action) -> str | None:
    """Why an action has no path as written although it was done: the document leaves out what it was."""
    kinds = {finding.kind for finding in brief.findings if finding.id in action.finding_ids}
    if "unresolved_reference" in kinds:
        return "the document does not name the measure"
    of = lever(record.lever_ids(action.lever)[0])
    counted = of.counts == "acts" and not of.id.startswith("diplomacy.") and action.status not in record.HALTED
    if counted and action.quantity is None and action.level is None:
        return "the document does not say how many"
    return None


def _start(action: Action, rows: Sequence[Event], interval: DateInterval) -> tuple[Date, str]:
    """The first day of an action, and where it comes from."""
    day = own_date(action)
    if day is not None and action.date is not None:
        if action.origin == "added" or (action.origin == "corrected" and action.date.span is None):
            return day, GIVEN
        return day, f"the document's own date: “{action.date.text}”"
    if rows:
        return rows[0].date, f"the document gives no date; policy record {rows[0].id}: {rows[0].what}"
    return interval.start, (
        "the document gives no date, and no dated row of the record speaks of this: the first day on which"
        " the document can have been written"
    )


def _entry(of: Lever, action: Action, size: Size, start: Date, start_reason: str, told: Action) -> Entry:
    """The entry of an action; `told` is the action as the document tells it (see `record.acting`)."""
    promised = action.status in record.PROMISED and not of.id.startswith("diplomacy.")
    notes = [size.note] if size.note else []
    if told.opposite:
        notes.append(f"{told.status}: told of the opposite of this lever's measure")
    if told.origin != "document" and GIVEN not in size.note:
        notes.append(f"{told.origin} by the user")
    if promised:
        notes.append(f"{action.status}: {catalogue().delivery.meaning} (grade D)")
    return Entry(
        lever=of.id,
        level=size.level,
        intensity=size.intensity,
        change=size.change,
        start=start,
        end=start + WEEK if of.counts == "acts" and size.change is not None else own_end(action, start),
        start_reason=start_reason,
        status=action.status,
        delivery=catalogue().delivery.range if promised else None,
        basis="document" if told.origin == "document" else "user",
        quote=action.span.quote,
        source=action.id,
        incomplete=action.incomplete or action.lever in record.STAND_INS,
        note="; ".join(notes),
    )


def _size(of: Lever, action: Action, claims: Sequence[Claim], recorded: float) -> Size:
    """How far the action moves its lever: by the document's number, by its wording, or just "up".

    `recorded` is where the lever stood before the strategy. A level that the user gives is taken as it is.
    """
    if action.status in record.HALTED:
        lowest = of.level_range(0)
        if recorded <= lowest.high:
            lowest = Range(low=recorded, central=recorded, high=recorded)
        return Size(intensity=lowest, note=f"{action.status}: back to level 0, or to the record if lower")
    if of.id.startswith("diplomacy."):
        return Size(change=record.pulse(of, 1), note="one statement, in one week")
    own = [claim for claim in claims if claim.id in action.claim_ids or claim.action_id == action.id]
    stated = _stated_size(of, action, own)
    if stated is not None:
        return stated
    unread = "" if action.quantity is None else f" (its number, {action.quantity:,.0f}, counts something else)"
    if action.level is not None and action.origin != "document":  # whatever stood there before
        return Size(level=action.level, note=f"level {action.level}, as {GIVEN}{unread}")
    if action.level is not None and of.level_range(action.level).central > recorded:
        return Size(level=action.level, note=f"level {action.level} by its wording{unread}")
    wide = unstated_range(of, recorded)
    why = f"size not stated{unread}"
    if action.level is not None:
        why = f"its wording (level {action.level}) is no more than what was there before"
    note = f"{why}: anything from no move to two levels up, most likely one (grade D)"
    return Size(intensity=wide, note=note, open_because=why)


def _in_all(size: Size, action: Action, events: Sequence[Event], since: Date, interval: DateInterval) -> Size:
    """A number that could be an addition is the whole where the record gives it as the whole: "8,600 troops"."""
    if size.change is None or action.quantity is None:
        return size
    for event in _rows(action, events, since, interval):
        _, whole, _, _ = _row_size(event)
        if whole is not None and record.same_size(whole.central, action.quantity):
            exact = Range(low=action.quantity, central=action.quantity, high=action.quantity)
            return Size(intensity=exact, note=f"in all, as in policy record {event.id}")
    return size


def _stated_size(of: Lever, action: Action, claims: Sequence[Claim]) -> Size | None:
    """The document's own number in the lever's unit, None where none counts what the lever counts."""
    if action.quantity is None:
        return None
    claim = next((c for c in claims if c.value == action.quantity), claims[0] if claims else None)
    nouns = [action.quantity_unit or ""]
    if claim is not None:
        nouns += [claim.unit or "", claim.population or "", claim.measure_text]
    if not any(re.search(rf"\b(?:{unit})\b", noun, re.IGNORECASE) for unit in of.size_units for noun in nouns):
        return None
    number = action.quantity
    if of.counts == "acts":
        return Size(change=record.pulse(of, number), note=f"{number:g} at once, within one week")
    if of.counts == "rate":
        days = _days_counted(claim)
        if days is None or of.per is None:
            return None
        number *= DAYS_PER[of.per] / days
    bound = claim.bound if claim is not None else "="
    at_least, at_most = bound in (">", ">="), bound in ("<", "<=")
    if of.stated_size == "change":
        exact = Range(low=number, central=number, high=number)
        return Size(change=exact, open_because="only a bound is stated" if at_least else "")
    held = level_of(of, number)
    around = of.level_range(held) if held is not None else Range(low=number, central=number, high=number)
    low, central, high = number, number, number
    if at_least:
        central, high = max(number, around.central), max(number, around.high)
    if at_most:
        central, low = min(number, around.central), min(number, around.low)
    note = f"stated: {number:,.4g} {of.unit}"
    if held is not None:
        note += f", level {held}"
    size = Range(low=low, central=central, high=high)
    why = "only a bound is stated" if at_least or at_most else ""
    return Size(level=held, intensity=size, note=note, open_because=why)


def _days_counted(claim: Claim | None) -> float | None:
    """The days over which a claim's number was counted, None where it does not say."""
    if claim is None:
        return None
    if claim.rate is not None:
        return DAYS_PER[claim.rate]
    for reading in claim.period.readings if claim.period else ():
        if reading.start is not None and reading.end is not None:
            return (reading.end - reading.start).days + 1
    return None


def _fill(action: Action, rows: Sequence[Event], why: str, before: Date) -> Entry | None:
    """What the policy record says where the document is open: from the row that fits best, None without one.

    `before` is the strategy's first day: a row without a size moves the lever up from where it stood then.
    """
    sized = [(event, *_row_size(event)) for event in rows]
    if not sized:
        return None
    event, level, intensity, change, how = next((row for row in sized if row[1:4] != (None, None, None)), sized[0])
    of = lever(event.lever)
    if level is None and intensity is None and change is None:
        intensity = unstated_range(of, of.recorded_at(before))
        how = "the record states no size: anything from no move to two levels up (grade D)"
    status = record.status_of(event)
    promised = status in record.PROMISED
    return Entry(
        lever=event.lever,
        level=level,
        intensity=intensity,
        change=change,
        start=event.date,
        end=event.date + WEEK if of.counts == "acts" and change is not None else None,
        start_reason=record.DAY_WORDS.get(event.date_kind, record.DAY_WORDS[""]),
        status=status,
        delivery=catalogue().delivery.range if promised else None,
        basis="record",
        quote=event.what + (f" ({event.size})" if event.size else ""),
        source=event.source,
        record_id=event.id,
        fills=action.id,
        note=f"fills {action.id} ({why}); {how}",
    )


def _row_size(event: Event) -> tuple[int | None, Range | None, Range | None, str]:
    """(level, intensity, change, how it was read) of a row of the record."""
    of = lever(event.lever)
    choice = record.coded(event)
    if choice is not None:
        return choice.level, None, None, f"level {choice.level} coded by hand: {choice.reason} (grade D)"
    if of.id.startswith("diplomacy."):
        return None, None, record.pulse(of, 1), "one statement, in one week"
    intensity, change = record.size_in_unit(of, event, of.recorded_at(event.date))
    if intensity is not None:
        return level_of(of, intensity.central), intensity, None, f"size of the row: {event.size}"
    if change is not None:
        return None, None, change, f"size of the row: {event.size}"
    return None, None, None, ""
