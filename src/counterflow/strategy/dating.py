"""When a document was written: given, or bounded by the policy record of the things that it tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from counterflow.brief.dates.era import holders
from counterflow.brief.schema import Action, Brief
from counterflow.errors import StrategyError
from counterflow.evidence.schema import Event
from counterflow.strategy import record
from counterflow.strategy.schema import DateInterval

MONTH = timedelta(days=31)


class PolicyRecord(Protocol):
    """What this room needs of the evidence store: the dated acts, up to and including the day `before`."""

    def events(self, lever: str | None = None, before: date | None = None) -> tuple[Event, ...]:
        """Rows of one lever or all, in order of date, up to and including the day `before`."""


def infer_date(brief: Brief, store: PolicyRecord, *, user_date: date | None = None) -> DateInterval:
    """The day on which the document was written, or the interval in which it must have been.

    The user's date counts first, then the document's own. Otherwise the interval is inferred, and `reason`
    names what bounds it:

    - *Not before* the latest thing that the document tells as done: for each of its actions in force or
      ordered, the action's own date, or the first row of the policy record that fits it since the
      government of the day took office, a year back at most. Statements (accusations, pledges) bound
      nothing: they are repeated, and the record does not hold every one.
    - *Not after* the first later row that would have changed what the document says: another size of the same
      kind for a lever whose size it states, something in force that it tells as pending, an end or a block of
      something that it tells as in force. This bound is weak, since a document may lag behind.
    - Both lie inside the terms of the office holders that it names. Where nothing says "not after", the
      record's own end does. Today's date is never used.

    Raises StrategyError, asking for a date, where neither an office holder nor a row of the record bounds it.
    """
    if user_date is not None:
        return DateInterval(start=user_date, end=user_date, source="user", reason="the date was given")
    published = brief.document.date_published
    if published is not None:
        where = {"metadata": "its metadata", "text": "its text", "user": "the user"}.get(
            brief.document.date_source, "the document"
        )
        return DateInterval(
            start=published, end=published, source="document", reason=f"the document is dated by {where}"
        )

    events = record.seen(store.events())
    era_start, era_end, era_reason = _era(brief)
    since = reach(era_start) if era_start else None
    limit = era_end or (events[-1].date if events else date.max)

    lower = [(era_start, era_reason)] if era_start else []
    told = [action for action in brief.actions if _bounds(action)]
    for action in told:
        day = own_date(action)
        if day is not None:
            lower.append((day, f"it dates “{_short(action)}”"))
        else:
            rows = record.matches(action, events, since, limit)
            if rows:
                lower.append((rows[0].date, _row(rows[0], f"it tells “{_short(action)}”")))
    if not lower:
        raise StrategyError(
            "nothing in the document bounds its date: it names no office holder with the office, and"
            " nothing that it tells stands in the policy record.",
            where=brief.document.source,
            hint="Give its date with --date YYYY-MM-DD.",
        )
    start, why_start = max(lower, key=lambda bound: bound[0])

    upper = [(era_end, era_reason)] if era_end else []
    for action in brief.actions:
        row = _contradiction(action, events, since, start, limit)
        if row is not None:
            upper.append((row[0].date, _row(row[0], f"“{_short(action)}” {row[1]}")))
    if not upper and events:
        upper.append((max(events[-1].date, start), "no later row of the policy record speaks against it"))
    end, why_end = min(upper, key=lambda bound: bound[0]) if upper else (start, why_start)
    matched = len(lower) - bool(era_start)
    basis = f"{matched} of its actions stand in the policy record" if matched else "no action of it was matched"
    if end < start:
        end, why_end = start, f"the record and the office holders disagree ({why_end})"
    reason = f"no date is given; {basis}. Not before {start}: {why_start}. Not after {end} (weak): {why_end}."
    return DateInterval(start=start, end=end, source="inferred", reason=reason)


def term_start(office: str, day: date) -> date | None:
    """First day of the term of whoever held `office` (e.g. "US.POTUS") on `day`; None where not known."""
    starts = [
        term.start
        for holder in holders()
        if holder.office == office
        for term in holder.terms
        if term.start <= day and (term.end is None or day <= term.end)
    ]
    return max(starts, default=None)


def reach(day: date) -> date:
    """How far back a document of `day` speaks of: a year, and no further than the president's term goes.

    A strategy document tells the steps of the government of its day; what is older is how things stood
    before.
    """
    year = day - timedelta(days=365)
    return max(year, term_start("US.POTUS", day) or year)


def own_date(action: Action) -> date | None:
    """The first day of an action where the document gives it to a month or less; None for "in two years"."""
    when = action.date
    if when is None or when.start is None or when.end is None or when.end - when.start > MONTH:
        return None
    return when.start


def own_end(action: Action, start: date) -> date | None:
    """The day from which an action no longer acts, where the document gives its end to a month or less.

    None too for an end that does not come after `start`: the document then contradicts itself.
    """
    when = action.date_end
    last = (when.end or when.start) if when else None
    if when is None or last is None or last - (when.start or last) > MONTH:
        return None
    return last if last > start else None


def _era(brief: Brief) -> tuple[date | None, date | None, str]:
    from counterflow.brief.dates.era import era_of
    from counterflow.brief.layout.text import lay_out

    era = era_of(lay_out(brief.document.text))
    return era.start, era.end, era.reason


def _bounds(action: Action) -> bool:
    """Whether an action says that something had happened when the document was written."""
    done = action.status in record.ACTING | record.PROMISED | record.HALTED
    statement = action.lever.startswith(("diplomacy.", "opposition."))
    told = action.polarity == "affirmed" and not {"conditional", "future"} & set(action.modality)
    return done and told and not statement


def _contradiction(
    action: Action, events: Sequence[Event], since: date | None, start: date, limit: date
) -> tuple[Event, str] | None:
    """The first row after `start` that would have changed what the document says of the action, and how."""
    if action.lever.startswith("diplomacy."):
        return None  # a later statement speaks against no earlier one
    later = [event for event in events if start < event.date <= limit and event.lever in record.lever_ids(action.lever)]
    pending = action.status in record.PENDING | {"not_authorised", "requested", "announced"}
    for event in later:
        if pending and event.effect_on_lever == 1 and event.date_kind in ("in_force", "decided"):
            return event, "is told as not yet done"
        if action.status in record.ACTING and event.effect_on_lever == -1:
            return event, "is told as in force"
    if action.quantity is None or not _bounds(action):
        return None
    stated = [row for row in record.matches(action, events, since, start) if record.states_size(row, action.quantity)]
    for event in later:
        same_kind = any(event.date_kind == row.date_kind for row in stated)
        if same_kind and record.gives_number(event) and not record.states_size(event, action.quantity):
            return event, f"states {action.quantity:,.0f}, and another size of the same kind follows"
    return None


def _row(event: Event, why: str) -> str:
    return f"{why}; policy record {event.id}, {event.date}: {event.what}"


def _short(action: Action, length: int = 90) -> str:
    words = " ".join(action.span.quote.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
