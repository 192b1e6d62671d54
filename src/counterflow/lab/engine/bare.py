"""An entry as rules and runs look at it: what is kept for the next question keeps no words of anybody's."""

from __future__ import annotations

from typing import Any

from counterflow.strategy.schema import Entry

TEXTS = ("start_reason", "quote", "source", "record_id", "fills", "note")
_NONE: dict[str, Any] = {**dict.fromkeys(TEXTS, ""), "incomplete": False}


def bare(entry: Entry) -> Entry:
    """The entry without its texts: lever, sizes, days, delivery, status, and whose word it is."""
    return entry.model_copy(update=_NONE)
