"""A brief as lines for a terminal."""

from __future__ import annotations

import textwrap

from counterflow.brief.layout.text import plain
from counterflow.brief.schema import Brief, Span

WIDTH = 100


def quoted(span: Span, indent: int = 6) -> list[str]:
    """The quote, wrapped and indented, without control characters."""
    shown = "".join(letter if letter.isprintable() else " " for letter in plain(span.quote).strip())
    lead = " " * indent
    return textwrap.wrap(f"“{shown}”", WIDTH, initial_indent=lead, subsequent_indent=lead)


def brief_lines(brief: Brief) -> list[str]:
    """What was read: the document, its findings, actions, claims and assertions, and how many sentences stand
    outside all of them.
    """
    document = brief.document
    lines = [document.title or document.source]
    lines.append(f"  {document.media_type}, {document.language}, {len(document.text.split())} words")
    dated = document.date_published
    lines.append(f"  dated {dated} ({document.date_source})" if dated else "  no date")
    lines += ["", f"Findings ({len(brief.findings)}, of them at least {len(brief.gaps)} gaps)"]
    for finding in brief.findings:
        lines.append(f"  {finding.id:<4}{finding.kind.replace('_', ' ')} ({finding.confidence}): {finding.note}")
    lines += ["", f"Actions ({len(brief.actions)})"]
    for action in brief.actions:
        gap = ", incomplete" if action.incomplete else ""
        actors = ", ".join(party.name for party in action.actors) or "no agent named"
        status = ("not done: " if action.polarity == "negated" else "") + action.status.replace("_", " ")
        lines.append(f"  {action.id:<4}{action.lever}: {status}{gap}; {actors}")
        lines += quoted(action.span)
    lines += ["", f"Claims ({len(brief.claims)})"]
    for claim in brief.claims:
        value = "no number" if claim.value is None else f"{claim.value:,g} {claim.unit or ''}".rstrip()
        about = claim.measure or claim.measure_text or "measure missing"
        value += ", denied" if claim.polarity == "negated" else ""
        lines.append(f"  {claim.id:<4}{claim.claim_type.replace('_', ' ')}: {about}, {value}")
        lines += quoted(claim.quote_span)
    lines += ["", f"Assertions ({len(brief.assertions)})"]
    for assertion in brief.assertions:
        lines.append(f"  {assertion.id:<4}{assertion.kind}: {', '.join(assertion.topics) or 'no topic named'}")
        lines += quoted(assertion.span)
    outside = [entry for entry in brief.ledger if "outside" in entry.kinds]
    lines += ["", f"Sentences: {len(brief.ledger)}, of them outside all of these: {len(outside)}"]
    for entry in outside:
        lines.append(f"  {entry.reason}")
        lines += quoted(entry.span)
    return lines
