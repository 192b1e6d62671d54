"""What became of each label and what is spurious, as lines for those who write the rules."""

from __future__ import annotations

from collections.abc import Iterable

from counterflow.brief.schema import Action
from gold.scoring import Item, Outcome, Scored, Spurious
from gold.sets import Kind

WIDTH = 160


def detail_lines(text: str, scored: Scored, kinds: Iterable[Kind] = ("action", "claim")) -> list[str]:
    """Each label of a document and each spurious item, in the order of the text within each kind."""
    lines = []
    for kind in kinds:
        outcomes = [outcome for outcome in scored.outcomes if outcome.label.kind == kind]
        for outcome in sorted(outcomes, key=lambda outcome: outcome.label.extents[0]):
            lines += _outcome_lines(text, outcome)
        for spurious in scored.spurious:
            if spurious.item.kind == kind:
                lines += _spurious_lines(spurious)
    return lines


def _outcome_lines(text: str, outcome: Outcome) -> list[str]:
    label = outcome.label
    start, end = label.extents[0]
    known = f"{label.kind} {label.type}"
    known += f" {label.keys.get('status', '')}" if label.kind == "action" else f" {label.keys.get('value')}"
    verdict = "MISSED" if outcome.item is None else "OK" if outcome.all_right else "WRONG"
    lines = [f"  {verdict:<9}{known.rstrip()}: {_short(text[start:end])}"]
    if outcome.merged is not None:
        lines.append(f"             read as a mention of {_item(outcome.merged)}")
    if outcome.item is None and outcome.beside is not None:
        lines.append(f"             read there instead: {_item(outcome.beside)}")
    if outcome.item is not None and verdict == "WRONG":
        lines.append(f"             read: {_item(outcome.item)}")
    for slot in outcome.slots:
        if not slot.right:
            lines.append(f"             {slot.key}: {_value(slot.gold)} <> {_value(slot.read)} (read)")
    return lines


def _spurious_lines(spurious: Spurious) -> list[str]:
    return [f"  SPURIOUS {_item(spurious.item)}", f"             {spurious.why}"]


def _item(item: Item) -> str:
    source = item.source
    if isinstance(source, Action):
        told = f"{source.id} {source.lever} {source.status}, by “{_short(source.trigger.quote)}” in "
        return told + _short(source.span.quote)
    about = source.measure or "no measure"
    return f"{source.id} {source.claim_type} {source.value} {source.unit}, {about}: {_short(source.quote_span.quote)}"


def _value(value: object) -> str:
    return "none" if value is None else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."
