"""What the document says was done and what the record shows was done, lever by lever, by date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.report.assessment.recorded import Recorded
from counterflow.report.words import status_in_words, word

if TYPE_CHECKING:
    from counterflow.brief.schema import Brief
    from counterflow.strategy.schema import Entry, Strategy


def timeline(
    brief: Brief, strategy: Strategy, recorded: Recorded, title_of: Callable[[str], str]
) -> list[dict[str, Any]]:
    """One row per lever that the document names, in the order in which it names them.

    Each is {lever, title, stated, paths, history}: `stated` are the actions on it (id, status, quote, and the origin:
    whose word each is), `paths` from when to when it is moved in the model (basis "document", "user" or "record"), and
    `history` the dated acts of the policy record, as {date, status, what, source, id}.
    """
    rows: dict[str, dict[str, Any]] = {}

    def row(lever: str) -> dict[str, Any]:
        empty = {"lever": lever, "title": title_of(lever), "stated": [], "paths": [], "history": []}
        return rows.setdefault(lever, empty)

    for action in brief.actions:
        by = "" if action.origin == "document" else f" ({action.origin} by the user)"
        stated = {"id": action.id, "status": action.status, "status_in_words": status_in_words(action) + by}
        row(action.lever)["stated"].append(stated | {"quote": action.trigger.quote, "origin": action.origin})
    for entry in strategy.written:
        row(entry.lever)["paths"].append(_path(entry))
    for entry in strategy.record:
        if entry.record_id not in strategy.refused:
            row(entry.lever)["paths"].append(_path(entry))
    for event in sorted(recorded.events, key=lambda event: (event.date, event.id)):
        if event.lever in rows:
            rows[event.lever]["history"].append(
                {
                    "date": event.date.isoformat(),
                    "status": event.date_kind,
                    "status_in_words": word("record_status", event.date_kind),
                    "what": event.what,
                    "source": event.source,
                    "id": event.id,
                }
            )
    return list(rows.values())


def _path(entry: Entry) -> Mapping[str, Any]:
    return {
        "basis": entry.basis,
        "from": entry.start.isoformat(),
        "to": entry.end.isoformat() if entry.end else None,
        "source": entry.record_id or entry.source,
    }
