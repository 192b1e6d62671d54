"""What keeps figures of official series from being compared: definitions that changed, and series never mixed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from counterflow.evidence.catalog import Break, series_habits
from counterflow.evidence.checking.figures import Figure


@lru_cache(maxsize=4096)  # every month of a series asks
def breaks_between(series_id: str, first: date, last: date) -> tuple[Break, ...]:
    """Changes of a series' definition after `first`, up to and including `last`; none for what is no series."""
    habits = series_habits().get(series_id)
    return tuple(b for b in habits.breaks if first < b.date <= last) if habits else ()


def breaks_of(period: Figure, baseline: Figure | None = None) -> tuple[Break, ...]:
    """Changes of definition within a figure's own period, or from the earlier of two periods to the later."""
    spans = [period.span, *((baseline.span,) if baseline else ())]
    return breaks_between(period.series_id, min(s.start for s in spans), max(s.end for s in spans))


def spell_break(changed: Break) -> str:
    """A change of definition in words: "definition break on 1 Mar 2020: Title 42 expulsions are counted ..."."""
    return f"definition break on {changed.date.day} {changed.date:%b %Y}: {changed.what}"


def may_mix(one: str, other: str) -> bool:
    """Whether the catalogue allows figures of two series side by side in one comparison; the order does not matter."""
    known = series_habits()
    return not (
        (one in known and other in known[one].never_mix_with) or (other in known and one in known[other].never_mix_with)
    )


def incomparable(period: Figure, baseline: Figure | None = None) -> str:
    """Why a figure cannot be compared with a claim, or with its baseline, by the catalogue; "" where it can."""
    if baseline and not may_mix(period.series_id, baseline.series_id):
        return f"{period.source_title} and {baseline.source_title} count differently and are never mixed"
    for changed in breaks_of(period, baseline):
        if not changed.splice:
            return f"nothing is compared across {changed.date.day} {changed.date:%b %Y}: {changed.what}"
    return ""
