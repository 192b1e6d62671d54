"""Recorded levers as they were known on a day: levels that are means of a series, from what was published by then.

Some steps of the recorded paths are means of an official series over their whole time (their source says "series ..."),
and a step that was still running holds months to come. As of a day, such a step has the mean of its months published by
then, or where there are none, of the last ones before.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from counterflow.ensemble.planning import LEVERS
from counterflow.evidence.store import Store
from counterflow.strategy.catalogue import lever

SOURCE = re.compile(r"series (?P<series>\w+)(?: (?P<geo>\w+))??(?: over (?P<over>\w+))?")
BEFORE = 6  # published months that stand for a step of which none is published


def as_known(paths: np.ndarray, weeks: np.ndarray, store: Store, as_of: date) -> np.ndarray:
    """Recorded intensities (week, lever) with the steps that were still running on `as_of` as they were known."""
    paths = paths.copy()
    for column, name in enumerate(LEVERS):
        steps = lever(name).recorded
        for step, following in zip(steps, [*(later.start for later in steps[1:]), date.max], strict=True):
            derived = SOURCE.fullmatch(step.source)
            if derived and step.start < as_of < following:
                running = (weeks >= np.datetime64(step.start)) & (weeks < np.datetime64(following))
                paths[running, column] *= _known_over_whole(store, derived, step.start, following, as_of)
    return paths


def _known_over_whole(store: Store, of: re.Match[str], start: date, end: date, as_of: date) -> float:
    """The mean over the months of a step that were published by a day, over the mean of all of them."""
    whole = [value for month, value in _months(store, of, None).items() if start <= month < end]
    known = _months(store, of, as_of)
    running = [value for month, value in known.items() if month >= start]
    latest = running or [known[month] for month in sorted(known)[-BEFORE:]]
    return float(np.mean(latest) / np.mean(whole)) if latest and whole else 1.0


def _months(store: Store, of: re.Match[str], as_of: date | None) -> dict[date, float]:
    """The months of the series, or of its ratio to another."""
    months = {row.date: row.value for row in store.observations(of["series"], of["geo"], as_of=as_of)}
    if not of["over"]:
        return months
    below = {row.date: row.value for row in store.observations(of["over"], as_of=as_of)}
    return {month: value / below[month] for month, value in months.items() if below.get(month)}
