"""Actions that a reader missed and a person added: held to what the text says, and told apart in the strategy."""

from __future__ import annotations

from collections.abc import Sequence

from counterflow.brief.schema import Brief
from counterflow.errors import BriefError, did_you_mean
from counterflow.strategy.schema import Strategy

GIVEN = "given by the user"


def require_added(brief: Brief, added: Sequence[str]) -> None:
    """Refuse added actions that are not in the brief, quote nothing, or move no lever. Raises BriefError."""
    from counterflow.strategy.catalogue import levers

    actions = {action.id: action for action in brief.actions}
    for name in added:
        if name not in actions:
            raise BriefError(f"no action has the id {name[:100]!r}", where="added", hint="Name actions of the brief.")
        action = actions[name]
        if not action.span.quote.strip():
            raise BriefError(f"{name} quotes no words", where="added", hint="Select the words that state it.")
        if action.lever not in levers():
            hint = f"{did_you_mean(action.lever, levers())}The catalogue lists all levers."
            raise BriefError(f"{name} names no lever of the catalogue", where="added", hint=hint)


def as_users(strategy: Strategy, brief: Brief, added: Sequence[str]) -> Strategy:
    """The strategy with what added actions move on the user's word, and so with their dates, where they have any."""
    dated = {action.id for action in brief.actions if action.id in set(added) and action.date is not None}
    written = tuple(
        entry.model_copy(
            update={"basis": "user", "start_reason": GIVEN if entry.source in dated else entry.start_reason}
        )
        if entry.source in added
        else entry
        for entry in strategy.written
    )
    return strategy.model_copy(update={"written": written})
