"""Which actions of a document can have no path, and why."""

from __future__ import annotations

from counterflow.brief.schema import Action
from counterflow.strategy import record
from counterflow.strategy.catalogue import lever

NO_PATH = {
    "not_authorised": "the document says that it is not authorised",
    "requested": "it is only requested",
    "rejected": "it was rejected",
}


def why_no_path(action: Action) -> str | None:
    """Why an action can have no path at all, None where it can."""
    if not record.lever_ids(action.lever):
        return "no lever of the model stands for it"
    if action.polarity == "negated":
        return "the document says that it did not happen"
    if action.ending:
        return f"its end is only {action.status.replace('_', ' ')}: it moves nothing until it has ended"
    if _acts_for_the_other_state(action):
        return "the lever is that of the United States, and Mexico acts"
    meant = record.acting(action)
    if meant is None:
        return f"it is the opposite of the lever's measure, and only {action.status.replace('_', ' ')}"
    if meant.status in NO_PATH:
        return f"recorded, no path: {NO_PATH[action.status]}"
    if "historical" in action.modality:
        return "told as history: it is part of what was there before"
    return None


def _acts_for_the_other_state(action: Action) -> bool:
    """Whether Mexico does what only the United States can move: its own tariffs or barriers are not theirs."""
    owner = lever(record.lever_ids(action.lever)[0]).actor
    states = {(party.code or "").split(".")[0] for party in action.actors}
    return owner == "US" and states == {"MX"}
