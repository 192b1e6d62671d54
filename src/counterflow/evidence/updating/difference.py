"""What a publisher's files change in the store: new figures, revised ones, and those that have vanished."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Literal

from counterflow.brief.schema import Value
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.connectors.official import Extract
from counterflow.evidence.periods import add_months
from counterflow.evidence.schema import Observation, Series
from counterflow.evidence.store import Store

PLAIN = {"", "exact", "final"}  # flags that say nothing against a figure
PARTIAL = "partial_month"
ROUNDED = "rounded_to_10"


class Change(Value):
    """One figure that the files change."""

    series_id: str
    geo: str
    date: date
    kind: Literal["new", "revised", "reflagged", "vanished"]
    before: float | None
    after: float | None
    flag: str  # of the figure as it is now given


def difference(extract: Extract, store: Store, pending: Iterable[Change] = ()) -> tuple[Change, ...]:
    """How the figures of an extract differ from those held, in order of series, geography and date.

    `pending` are changes of other publishers that are to be committed together with these: what they give is held
    already. A figure rounded to 10 does not replace an exact one, nor a count for part of a month one for more of
    it. Figures that are held within what the files cover, and the files lack, have vanished.
    """
    given = {(f.series_id, f.geo, f.date): f for f in extract.figures}
    held = {
        (series_id, geo, o.date): o
        for series_id in {f.series_id for f in extract.figures} | set(extract.covers)
        for geo in store.about(series_id).geos
        for o in store.observations(series_id, geo)
        if o.flag != "no_row"  # such zeros stand for the absence of a row
    }
    for change in pending:
        key = (change.series_id, change.geo, change.date)
        if change.after is None:
            held.pop(key, None)
        else:
            held[key] = Observation(date=change.date, value=change.after, flag=change.flag)
    changes = []
    for key, figure in given.items():
        old = held.get(key)
        if old is None:
            kind: Literal["new", "revised", "reflagged"] = "new"
        elif figure.value != old.value:
            if figure.flag == ROUNDED and old.flag in PLAIN:
                continue
            if figure.flag == PARTIAL and (old.flag != PARTIAL or figure.value < old.value):
                continue
            kind = "revised"
        elif figure.flag != old.flag and not {figure.flag, old.flag} <= PLAIN and figure.flag != ROUNDED:
            kind = "reflagged"
        else:
            continue
        before = old.value if old else None
        changes.append(_change(key, kind, before, figure.value, figure.flag))
    for key, old in held.items():
        first, last = extract.covers.get(key[0], (date.max, date.min))
        if old.value == 0 and series_habits()[key[0]].no_row_means_zero:
            continue  # a zero and no row are the same there
        if key not in given and first <= key[2] <= last:
            changes.append(_change(key, "vanished", old.value, None, ""))
    return tuple(sorted(changes, key=lambda c: (c.series_id, c.geo, c.date)))


def _change(
    key: tuple[str, str, date],
    kind: Literal["new", "revised", "reflagged", "vanished"],
    before: float | None,
    after: float | None,
    flag: str,
) -> Change:
    return Change(series_id=key[0], geo=key[1], date=key[2], kind=kind, before=before, after=after, flag=flag)


def runs_of(days: Iterable[date], series: Series) -> list[tuple[date, date]]:
    """Dates as runs without a gap: the first and last date of each, in order."""
    step = 1 if series.frequency == "month" else 12
    ordered = sorted(set(days))
    numbered = enumerate((day.year * 12 + day.month) // step for day in ordered)
    found = []
    for _, run in groupby(numbered, key=lambda item: item[1] - item[0]):
        places = [index for index, _ in run]
        found.append((ordered[places[0]], ordered[places[-1]]))
    return found


def changes_of(changes: Sequence[Change], series_id: str, kind: str) -> list[Change]:
    """The changes of one series that are of one kind."""
    return [c for c in changes if c.series_id == series_id and c.kind == kind]


def period_end(day: date, series: Series) -> date:
    """The first day after the period that begins on `day`."""
    return add_months(day, 1 if series.frequency == "month" else 12)
