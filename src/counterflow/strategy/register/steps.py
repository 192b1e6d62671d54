"""Statuses in the course of a policy, and the date at which each mention stands on the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date

from counterflow.brief.schema import Status
from counterflow.strategy.dating import own_date
from counterflow.strategy.record import HALTED, PENDING, PROMISED
from counterflow.strategy.register.reading import action_of
from counterflow.strategy.register.schema import Basis, Mention, Source, Told

RESUMING: frozenset[Status] = frozenset({"reinstated", "took_effect", "in_force", "completed"})
UPDATES: frozenset[Status] = HALTED | {"reinstated", "expanded"}  # each says that something was there before
TURNING: frozenset[Status] = HALTED | {"reinstated", "took_effect"}
DELIBERATED: frozenset[Status] = PENDING | {"requested", "rejected", "not_authorised"}

_STAGES: tuple[frozenset[Status], ...] = (
    DELIBERATED,
    frozenset({"announced", "pledged"}),
    PROMISED - {"announced"},
    frozenset({"in_force", "took_effect", "completed"}),
)


def stage(status: Status | None) -> int | None:
    """How far a policy has come: 0 deliberated, 1 announced, 2 ordered, 3 in force; None for an update or nothing."""
    return next((number for number, statuses in enumerate(_STAGES) if status in statuses), None)


def rank(status: Status) -> int:
    """The place of a status among several of one day: what begins before what expands, stops and resumes it."""
    first = stage(status)
    if first is not None:
        return first
    return {"expanded": 4, "reinstated": 6}.get(status, 5)


@dataclass(frozen=True)
class Dated:
    """A mention at its place in time; `own` where the text or a person gives the day, `days` how exactly."""

    mention: Mention
    source: Source
    date: Date
    last: Date  # the last day that the date can mean
    basis: Basis

    @property
    def told(self) -> Told:
        """What holds of the mention."""
        return self.mention.told

    @property
    def own(self) -> bool:
        """Whether the day is the act's own, and not only that of the document."""
        return self.basis in ("person", "text")

    @property
    def order(self) -> tuple[Date, int, bool, Date, str, int, str]:
        """Its place among all mentions, whatever the order in which they were added."""
        place = (self.source.dated.end, self.source.sha256, self.mention.place, self.mention.id)
        return (self.date, rank(self.told.status), not self.own, *place)


def dated(mention: Mention, source: Source) -> Dated:
    """A mention with its date: the act's own day, else the document's, else the first day of its interval."""
    told = mention.told
    day = own_date(action_of(told, mention.id, mention.quote))
    if day is None:
        basis: Basis = "inferred" if source.dated.source == "inferred" else "document"
        return Dated(mention, source, source.dated.start, source.dated.start, basis)
    person = any(change.field == "start" for change in mention.review.changes)
    last = told.day.end if told.day and told.day.end else day
    return Dated(mention, source, day, last, "person" if person else "text")
