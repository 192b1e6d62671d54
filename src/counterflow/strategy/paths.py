"""From the entries of a branch to the intensity of each lever in each week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from counterflow.errors import StrategyError
from counterflow.strategy.catalogue import Lever, lever
from counterflow.strategy.schema import Branch, Entry, Range

Floats = NDArray[np.float64]

PAUSING = frozenset({"suspended", "blocked"})
ENDING = frozenset({"rescinded", "ended"})


def quantile(of: Range, u: Floats) -> Floats:
    """The value at `u` in [0, 1]: 0 gives low, 0.5 central, 1 high, straight lines in between."""
    below = of.low + (of.central - of.low) * np.minimum(u, 0.5) * 2.0
    above = (of.high - of.central) * (np.maximum(u, 0.5) - 0.5) * 2.0
    return np.clip(below + above, of.low, of.high)


def lever_paths(
    branch: Branch,
    week_starts: NDArray[np.datetime64],
    u: Floats,
    delivery_u: Floats,
    lever_ids: Sequence[str],
) -> Floats:
    """Intensity of each lever in each week, shape (draw, week, lever), in the lever's own unit.

    `week_starts` are the first days of consecutive weeks; `u` and `delivery_u`, shape (draw, lever), pick
    each draw's place in the ranges of intensity and of delivery, and are shared by all branches.

    A lever without an entry keeps the value that the record shows before the first week. An entry's effect
    is its intensity minus that value (or its `change`), times the share delivered, from its start until its
    end; a week that it covers in part gets its share of days. Of several entries with an intensity, the one
    that started last replaces the others for good, and its end leads back to the recorded value; changes
    add up. A suspended or blocked entry stops what is on the lever until its own end; a rescinded or ended
    one stops it for good. Either leads to its own intensity where it has one, else to the recorded value.
    On one day, an end with an intensity of its own comes before what begins, and a bare stop after it.

    Raises StrategyError for weeks that are not consecutive, and for an entry that gives no size.
    """
    first, days = _calendar(week_starts)
    draws = u.shape[0]
    out = np.empty((len(lever_ids), draws, len(week_starts)))  # what is written together lies together
    for column, lever_id in enumerate(lever_ids):
        of = lever(lever_id)
        recorded = of.recorded_at(first)
        out[column] = recorded
        entries = sorted((e for e in branch.entries if e.lever == lever_id), key=_order)
        for entry, acts in zip(entries, _days_acting(entries, first, days), strict=True):
            if acts.any():
                effect = _effect(of, entry, recorded, u[:, column], delivery_u[:, column])
                share = acts.reshape(-1, 7).mean(axis=1)
                out[column] += effect[:, None] * share[None, :]
    return np.moveaxis(out, 0, -1)


def _order(entry: Entry) -> tuple[date, int]:
    """Place among the entries of one lever."""
    if entry.status not in PAUSING | ENDING:
        return entry.start, 1
    bare = entry.change is None and entry.intensity is None and entry.level is None
    return entry.start, 2 if bare else 0


def _calendar(week_starts: NDArray[np.datetime64]) -> tuple[date, int]:
    days = np.asarray(week_starts, dtype="datetime64[D]")
    if days.size == 0 or (days.size > 1 and (np.diff(days).astype(int) != 7).any()):
        raise StrategyError("the weeks of a run must follow each other without a gap", where="week_starts")
    first: date = days[0].item()
    return first, 7 * days.size


def _days_acting(entries: Sequence[Entry], first: date, days: int) -> list[NDArray[np.bool_]]:
    """For each entry of one lever (in order of start), the days of the run on which it acts."""
    acting = []
    for entry in entries:
        on = np.zeros(days, dtype=bool)
        on[_day(entry.start, first, days) : _day(entry.end, first, days)] = True
        acting.append(on)
    for position, entry in enumerate(entries):
        begin, end = _day(entry.start, first, days), _day(entry.end, first, days)
        for earlier in range(position):
            if entry.status in PAUSING:
                acting[earlier][begin:end] = False
            elif entry.status in ENDING or (entry.change is None and entries[earlier].change is None):
                acting[earlier][begin:] = False
    return acting


def _day(day: date | None, first: date, days: int) -> int:
    if day is None:
        return days
    return min(max((day - first) // timedelta(days=1), 0), days)


def _effect(of: Lever, entry: Entry, recorded: float, u: Floats, delivery_u: Floats) -> Floats:
    """What the entry adds to the recorded value when it acts in full, per draw."""
    if entry.change is not None:
        effect = quantile(entry.change, u)
    elif entry.intensity is not None:
        effect = quantile(entry.intensity, u) - recorded
    elif entry.level is not None:
        effect = quantile(of.level_range(entry.level), u) - recorded
    elif entry.status in PAUSING | ENDING:
        return np.zeros_like(u)
    else:
        raise StrategyError(
            f"the entry on {entry.lever} of {entry.start} gives no size",
            where=entry.source or entry.record_id,
            hint="Give it a level, an intensity or a change.",
        )
    return effect if entry.delivery is None else effect * quantile(entry.delivery, delivery_u)
