"""Dated history: the recorded paths of the levers, and the events that belong to no lever, week by week.

What acted is listed in forcings.toml, each event once; the steps of the levers are in strategy/levers.toml.
"""

from __future__ import annotations

import calendar
import datetime
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from counterflow.brief.schema import Value
from counterflow.errors import ModelError
from counterflow.evidence.store import Store
from counterflow.model.anchors import span
from counterflow.strategy.catalogue import DAYS_PER, Lever, lever

LEADING = 8  # groups of the highest ranks, which have leaders of their own in the model
EXPULSIONS_ENDED = date(2023, 5, 12)  # with the public-health emergency; the record of events has their lever
NOT_YET = -1e5  # weeks since a shock that was not yet known: it has not come
HELD = 6  # published months whose mean carries the appointments on

Floats = NDArray[np.float64]
Weeks = NDArray[np.datetime64]
Kind = Literal["", "appointments", "shock", "split", "leader_killed", "leader_arrested", "affront"]


class Event(Value):
    """One dated event, and the one way in which it acts."""

    record: str = ""  # id of the row of the policy record, where there is one
    date: datetime.date
    end: datetime.date | None = None
    lever: str = ""  # as the policy record files it
    exogenous: bool = False
    kind: Kind = ""  # of an exogenous event that acts
    group: int | None = Field(default=None, ge=1, le=LEADING)  # rank of the leading group
    what: str
    size: str = ""
    source: str
    known_from: datetime.date  # the first day on which a modeller could have known of it
    channel: str = ""  # what an exogenous event acts on; a lever event acts on what its lever moves
    through: str = ""  # the lever that counts it, where that is another one
    step: datetime.date | None = None  # the recorded step that carries it
    mean: bool = False  # whether that step is a mean over a time that holds it
    acts_done: float | None = Field(default=None, gt=0)  # done on its day, beyond the recorded rate
    acts: bool = True
    why: str = ""  # why it does not act

    @model_validator(mode="after")
    def _acts_once(self) -> Event:
        ways = (self.step is not None) + (self.acts_done is not None) + bool(self.kind)
        if bool(self.lever) == self.exogenous:
            raise ValueError(f"{self.date} {self.what}: either a lever or exogenous")
        if ways != int(self.acts) or bool(self.kind) != (self.exogenous and self.acts):
            raise ValueError(
                f"{self.date} {self.what}: an event that acts does so in one way, by its lever or beside it"
            )
        if self.acts == bool(self.why) or bool(self.channel) != bool(self.kind):
            raise ValueError(f"{self.date} {self.what}: say what it acts on, or why it does not act")
        if (self.kind in ("split", "leader_killed", "leader_arrested")) != (self.group is not None):
            raise ValueError(f"{self.date} {self.what}: a loss or a split belongs to one leading group")
        return self


class Exogenous(NamedTuple):
    """What acts in every branch, by week. Counts fall in the week of their day."""

    since_shock: Floats  # (week,) weeks since the precursor shock of mid-2023, below 0 before it
    killed: Floats  # (week, leading group) leaders killed; groups in order of rank
    arrested: Floats  # (week, leading group) leaders arrested
    wars: Floats  # (week, leading group) groups that split
    affront: Floats  # (week,) affronts to Mexico short of force
    appointments: Floats  # (week,) CBP One appointments a week
    expelled: Floats  # (week,) share of encounters between the ports that ended in expulsion under Title 42


@cache
def events() -> tuple[Event, ...]:
    """forcings.toml, validated. Raises ModelError where an event acts in no way that can be told, or in two."""
    raw = tomllib.loads((files("counterflow.model") / "forcings.toml").read_text(encoding="utf-8"))
    try:
        return tuple(Event.model_validate(row) for row in raw["event"])
    except ValidationError as error:
        raise ModelError(error.errors()[0]["msg"], where="forcings.toml") from error


def recorded_paths(weeks: Weeks, lever_ids: Sequence[str]) -> Floats:
    """Recorded intensity (week, lever) in each lever's own unit, for weeks (Mondays) before a strategy.

    A step holds from its day until the next one, a week that holds several has the mean of its days, and before the
    first step the first one's value stands. Acts done on one day (`acts_done`) are added to the rate of that day.
    """
    days = _days(weeks)
    return np.stack([_mean(_by_day(lever(name), days)) for name in lever_ids], axis=1)


def reference_levels(lever_ids: Sequence[str], start: date | None = None) -> Floats:
    """Each lever's reference (lever,): the mean over time of its recorded path in 2022-24.

    Of a run that starts before the end of those years, only the part before `start`; where that is less than a year,
    the 24 months before it.
    """
    first, last = span(start)
    days = np.asarray(np.arange(np.datetime64(first), np.datetime64(last)), "datetime64[D]")
    return np.array([_mean(_by_day(lever(name), days)) for name in lever_ids])


def around_shock(start: date, as_of: date | None = None) -> tuple[float, float]:
    """Weeks of the reference of a run before the precursor shock, and from it on (0 where it was not yet known)."""
    first, last = span(start)
    known = [event.date for event in events() if event.kind == "shock" and (as_of is None or as_of >= event.known_from)]
    turn = min(max(known[0], first), last) if known else last
    return (turn - first).days / 7.0, (last - turn).days / 7.0


def _days(weeks: Weeks) -> Weeks:
    """The days (week, 7) of each week."""
    return np.asarray(np.asarray(weeks, "datetime64[D]")[:, None] + np.arange(7), "datetime64[D]")


def _mean(by_day: Floats) -> Floats:
    """The mean over days (the last axis), exact where they are all the same."""
    begin = by_day[..., :1]
    return np.asarray(begin[..., 0] + (by_day - begin).mean(axis=-1))


def _by_day(of: Lever, days: NDArray[np.datetime64]) -> Floats:
    """Recorded intensity on each day, any shape."""
    starts = np.array([step.start for step in of.recorded], "datetime64[D]")
    values = np.array([step.intensity for step in of.recorded])
    path: Floats = values[np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)]
    for event in events():
        if event.lever == of.id and event.acts_done is not None and of.per is not None:
            path = path + np.where(days == np.datetime64(event.date), event.acts_done * DAYS_PER[of.per], 0.0)
    return path


def exogenous(
    weeks: Weeks, store: Store, as_of: date | None = None, start: date | np.datetime64 | None = None
) -> Exogenous:
    """The events that no lever stands for, in each of the weeks (consecutive Mondays).

    `as_of` leaves out what was not yet known on that day. Appointments end when they were cancelled, unless that is
    on or after `start`: their end is then an act of asylum.restriction, and they are held where they stood. So is the
    share that is expelled.
    """
    days = np.asarray(weeks, "datetime64[D]")
    count = len(days)
    by_kind = {kind: np.zeros((count, LEADING)) for kind in ("leader_killed", "leader_arrested", "split")}
    affront, appointments = np.zeros(count), np.zeros(count)
    since_shock = np.full(count, NOT_YET)
    for event in events():
        if not event.exogenous or not event.acts or (as_of is not None and as_of < event.known_from):
            continue
        its_week = (np.datetime64(event.date) - days).astype(int) // 7 == 0
        if event.kind in by_kind and event.group is not None:
            by_kind[event.kind][its_week, event.group - 1] += 1.0
        elif event.kind == "affront":
            affront[its_week] += 1.0
        elif event.kind == "shock":
            since_shock = (days - np.datetime64(event.date)).astype(int) / 7.0
        elif event.kind == "appointments":
            appointments = _appointments(event, days, store, as_of, start)
    return Exogenous(
        since_shock,
        by_kind["leader_killed"],
        by_kind["leader_arrested"],
        by_kind["split"],
        affront,
        appointments,
        _expelled(days, store, as_of, start),
    )


def _expelled(mondays: Weeks, store: Store, as_of: date | None, start: date | np.datetime64 | None) -> Floats:
    """(week,) share of encounters that ended in expulsion: by month as published, then the last one until the end, if
    that had come."""
    expulsions = {row.date: row.value for row in store.observations("title42_expulsions_sw", "USBP", as_of=as_of)}
    encounters = {row.date: row.value for row in store.observations("usbp_encounters_sw", as_of=as_of)}
    if not expulsions:
        return np.zeros(len(mondays))
    months = np.array(sorted(expulsions), "datetime64[M]")
    shares = np.array([expulsions[day] / encounters[day] for day in sorted(expulsions)])
    days = _days(mondays)
    running = (days >= months[0].astype("datetime64[D]")) & (days < _end(EXPULSIONS_ENDED, as_of, start))
    a_day = shares[np.clip(np.searchsorted(months, days.astype("datetime64[M]")), 0, len(months) - 1)]
    return np.asarray(np.where(running, a_day, 0.0).mean(axis=1))


def _end(day: date | None, as_of: date | None, start: date | np.datetime64 | None) -> np.datetime64:
    """The day on which something ended, if that was known and is no act of a strategy; else the end of days."""
    limits = [np.datetime64(limit) for limit in (as_of, start) if limit is not None]
    ended = np.datetime64(day)
    return ended if all(ended < limit for limit in limits) else np.datetime64(date.max)


def _appointments(
    event: Event, mondays: Weeks, store: Store, as_of: date | None, start: date | np.datetime64 | None
) -> Floats:
    """Appointments a week: the series' months, then the mean of the last published ones until the end, if known."""
    rows = store.observations("cbp_one_appointments", as_of=as_of)
    if not rows:
        return np.zeros(len(mondays))
    months = np.array([row.date for row in rows], "datetime64[M]")
    lengths = np.array([calendar.monthrange(row.date.year, row.date.month)[1] for row in rows])
    counts = np.array([row.value for row in rows])
    # The end is known once it has come, and is a strategy's own act from its start on.
    end = _end(event.end, as_of, start)
    held = counts[-HELD:].sum() / lengths[-HELD:].sum()
    days = _days(mondays)
    a_day = np.r_[counts / lengths, held][np.searchsorted(months, days.astype("datetime64[M]"))]
    running = (days >= months[0].astype("datetime64[D]")) & (days < end)
    return np.asarray(np.where(running, a_day, 0.0).sum(axis=1))
