"""Actions that a reader missed and a person added: held to what the text says."""

from __future__ import annotations

from counterflow.brief.schema import Brief
from counterflow.errors import BriefError, did_you_mean


def require_added(brief: Brief) -> None:
    """Refuse added actions that quote nothing, or move no lever. Raises BriefError."""
    from counterflow.strategy.catalogue import levers

    for action in brief.actions:
        if action.origin != "added":
            continue
        name, where = action.id[:100], "brief.actions"
        if not action.span.quote.strip():
            raise BriefError(f"{name} quotes no words", where=where, hint="Select the words that state it.")
        if action.lever not in levers():
            hint = f"{did_you_mean(action.lever, levers())}The catalogue lists all levers."
            raise BriefError(f"{name} names no lever of the catalogue", where=where, hint=hint)
