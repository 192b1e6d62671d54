"""Statuses in the course of a policy, and the date at which each mention stands on the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date

from counterflow.brief.schema import Status
from counterflow.strategy.dating import MONTH
from counterflow.strategy.record import HALTED, PENDING, PROMISED
from counterflow.strategy.register.schema import Basis, Mention, Source, Told, When

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


def rank(told: Told) -> int:
    """The place of an act among several of one day: what begins before what expands, stops and resumes it."""
    status = told.does or told.status
    first = stage(status)
    if first is not None:
        return first
    return {"expanded": 4, "reinstated": 6}.get(status, 5)


def days_of(when: When | None) -> tuple[Date, Date] | None:
    """The first and the last day that a date can mean, where it is told to a month or less."""
    if when is None or when.start is None or when.end is None or when.end - when.start > MONTH:
        return None
    return when.start, when.end


@dataclass(frozen=True)
class Dated:
    """A mention at its place in time; `own` where the text or a person gives the day."""

    mention: Mention
    source: Source
    date: Date
    last: Date  # the last day that the date can mean
    basis: Basis
    effect: tuple[Date, Date] | None  # when it starts (first and last day), where the text or a person says so

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
        return (self.date, rank(self.told), not self.own, *place)


def dated(mention: Mention, source: Source) -> Dated:
    """A mention with its date: the act's own day, else the document's, else the first day of its interval.

    What is considered, announced or ordered stands where that happened, not where it takes effect: a court may block
    it before. Its day is that of the decision, else of the announcement, else of the document, none of them after the
    start that is told.
    """
    told = mention.told
    effect = days_of(told.start)
    written: Basis = "inferred" if source.dated.source == "inferred" else "document"
    own: Basis = "person" if any(change.field == "start" for change in mention.review.changes) else "text"
    promised = stage(told.does or told.status) in (0, 1, 2)
    if promised and effect is not None:
        for when in (told.decided, told.announced):
            if (before := days_of(when)) is not None and before[0] <= effect[0]:
                return Dated(mention, source, *before, "text", effect)
        if source.dated.end < effect[0]:
            return Dated(mention, source, source.dated.start, source.dated.start, written, effect)
    days = days_of(told.day)
    if days is None:
        return Dated(mention, source, source.dated.start, source.dated.start, written, effect)
    return Dated(mention, source, *days, own, effect)
