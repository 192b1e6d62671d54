"""What the official record holds beside a document: dated acts on its levers, and what was counted where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from counterflow.evidence.schema import Event
from counterflow.model.anchors import FIELD_OFFICES, SECTORS

if TYPE_CHECKING:
    from counterflow.evidence.store import Store
    from counterflow.strategy.schema import Strategy

BEFORE, AFTER = timedelta(days=365), timedelta(days=730)  # of the document's date: how far its acts are shown
Months = Sequence[tuple[str, float]]  # (ISO first day, value)


class Recorded(NamedTuple):
    """Dated acts, and months by place."""

    events: tuple[Event, ...] = ()
    encounters: Mapping[str, Months] = {}  # by Border Patrol sector
    seized: Mapping[str, Months] = {}  # fentanyl in pounds, by field office


def recorded(store: Store, strategy: Strategy) -> Recorded:
    """The acts on the levers that a strategy names, from a year before its document to two years after it, and the
    last observed months of encounters by sector and of fentanyl seized by field office.

    Raises EvidenceError as the store does.
    """
    named = {e.lever for e in (*strategy.written, *strategy.record)} | set(strategy.considered)
    named |= {one.lever for one in strategy.unplaced}
    first, last = strategy.date.start - BEFORE, strategy.date.end + AFTER
    return Recorded(
        tuple(event for event in store.events() if event.lever in named and first <= event.date <= last),
        {name: _months(store, "usbp_encounters_sector", name) for name in SECTORS},
        {name: _months(store, "cbp_fentanyl_seizures_sector", f"{name} Field Office") for name in FIELD_OFFICES},
    )


def _months(store: Store, series: str, geo: str) -> Months:
    return [(row.date.isoformat(), row.value) for row in store.observations(series, geo)]


def latest_year(by_place: Mapping[str, Months]) -> tuple[str, str, dict[str, float]]:
    """First and last month of the last twelve that every place has, and the sum over them by place.

    Both months are "" and the sums empty where no twelve months are shared.
    """
    shared = set.intersection(*({month for month, _ in months} for months in by_place.values())) if by_place else set()
    if not shared:
        return "", "", {}
    end = date.fromisoformat(max(shared))
    start = date(end.year - (end.month < 12), end.month % 12 + 1, 1).isoformat()
    within = {
        name: [value for month, value in months if start <= month <= end.isoformat()]
        for name, months in by_place.items()
    }
    if any(len(values) < 12 for values in within.values()):
        return "", "", {}
    return start, end.isoformat(), {name: float(sum(values)) for name, values in within.items()}
