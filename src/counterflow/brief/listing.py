"""A brief as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date

from counterflow.brief.layout.folding import plain
from counterflow.brief.schema import Action, Baseline, Brief, Claim, Finding, Party, Period, Span, TimeReference

WIDTH = 100
_INDENT = 6
_BOUNDS = {"=": "", "~": "about ", ">": "more than ", ">=": "at least ", "<": "less than ", "<=": "at most "}


def quoted(span: Span, indent: int = _INDENT) -> list[str]:
    """The quote, wrapped and indented, without control characters."""
    return _wrapped(f"“{_shown(plain(span.quote))}”", indent)


def brief_lines(brief: Brief) -> list[str]:
    """What was read: the document, its findings, actions, claims and assertions, and how many sentences stand
    outside all of them.
    """
    lines = _document_lines(brief)
    lines += ["", f"Findings ({len(brief.findings)}, of them at least {len(brief.gaps)} gaps)"]
    for finding in brief.findings:
        lines += _finding_lines(finding)
    lines += ["", f"Actions ({len(brief.actions)})"]
    for action in brief.actions:
        lines += _action_lines(action)
    lines += ["", f"Claims ({len(brief.claims)})"]
    for claim in brief.claims:
        lines += _claim_lines(claim)
    lines += ["", f"Assertions ({len(brief.assertions)})"]
    for assertion in brief.assertions:
        topics = ", ".join(assertion.topics) or "no topic named"
        lines += _head(assertion.id, f"{assertion.kind}: {topics}")
        lines += _details([("said by", _parties([assertion.holder] if assertion.holder else []))])
        lines += quoted(assertion.span)
    outside = [entry for entry in brief.ledger if "outside" in entry.kinds]
    lines += ["", f"Sentences: {len(brief.ledger)}, of them outside all of these: {len(outside)}"]
    for entry in outside:
        lines += _wrapped(entry.reason, 2)
        lines += quoted(entry.span)
    return lines


def _document_lines(brief: Brief) -> list[str]:
    document = brief.document
    lines = [_shown(document.title or document.source)]
    lines.append(f"  {document.media_type}, {document.language}, {len(document.text.split())} words")
    dated = document.date_published
    lines.append(f"  dated {dated} ({document.date_source})" if dated else "  no date")
    return lines


def _finding_lines(finding: Finding) -> list[str]:
    return _head(finding.id, f"{finding.kind.replace('_', ' ')} ({finding.confidence}): {finding.note}")


def _action_lines(action: Action) -> list[str]:
    level = "" if action.level is None else f", level {action.level}"
    status = ("not done: " if action.polarity == "negated" else "") + action.status.replace("_", " ")
    status += " (its end)" if action.ending else " (its opposite)" if action.opposite else ""
    gap = ", incomplete" if action.incomplete else ""
    towards = _parties(action.recipients)
    who = (_parties(action.actors) or "no agent named") + (f" -> {towards}" if towards else "")
    lines = _head(action.id, f"{action.lever}{level}: {status}{gap}; {who}")
    unit = f" {action.quantity_unit}" if action.quantity_unit else ""
    lines += _details(
        [
            ("when", _dates(action)),
            ("where", ", ".join(action.place)),
            ("size", "" if action.quantity is None else f"{action.quantity:,g}{unit}"),
            ("rests on", ", ".join(authority.normalized for authority in action.legal_authority)),
            ("said by", _parties([action.speaker] if action.speaker else [])),
            ("as", ", ".join(action.modality)),
        ]
    )
    return lines + quoted(action.span)


def _dates(action: Action) -> str:
    dates = (
        ("announced", action.date_announced),
        ("decided", action.date_decided),
        ("from", action.date_start),
        ("until", action.date_end),
    )
    return ", ".join(f"{word} {_time(time)}" for word, time in dates if time is not None)


def _time(time: TimeReference) -> str:
    return _days(time.start, time.end) or f"“{_shown(time.text)}”"


def _days(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return ""
    if start == end:
        return f"{start}"
    return " to ".join("..." if day is None else f"{day}" for day in (start, end))


def _claim_lines(claim: Claim) -> list[str]:
    about = claim.measure or _shown(claim.measure_text) or "measure missing"
    gap = ", incomplete" if claim.incomplete else ""
    denied = ", denied" if claim.polarity == "negated" else ""
    lines = _head(claim.id, f"{claim.claim_type.replace('_', ' ')}: {about}, {_value(claim)}{denied}{gap}")
    lines += _details(
        [
            ("period", _period(claim.period)),
            ("against", _baseline(claim.baseline)),
            ("where", _shown(claim.place or "")),
            ("said by", _parties([claim.speaker] if claim.speaker else [])),
        ]
    )
    return lines + quoted(claim.quote_span)


def _value(claim: Claim) -> str:
    if claim.value is None:
        return "no number" if claim.direction == "none" else f"{claim.direction}, no number"
    way = "" if claim.direction == "none" else f"{claim.direction} "
    high = "" if claim.value_high is None else f" to {claim.value_high:,g}"
    rate = f" per {claim.rate}" if claim.rate else ""
    return f"{way}{_BOUNDS[claim.bound]}{claim.value:,g}{high} {claim.unit or ''}".rstrip() + rate


def _period(period: Period | None) -> str:
    if period is None:
        return ""
    readings = [days for reading in period.readings if (days := _days(reading.start, reading.end))]
    return f"“{_shown(period.text)}”" + (f" ({' or '.join(dict.fromkeys(readings))})" if readings else "")


def _baseline(baseline: Baseline | None) -> str:
    if baseline is None or baseline.kind == "none":
        return ""
    days = _days(baseline.start, baseline.end)
    kind = baseline.kind.replace("_", " ") + (f", {days}" if days else "")
    return f"“{_shown(baseline.text)}” ({kind})" if baseline.text else kind


def _parties(parties: Sequence[Party]) -> str:
    return ", ".join(_shown(party.name) for party in parties)


def _head(identity: str, words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=f"  {identity:<4}", subsequent_indent=" " * _INDENT)


def _details(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Labelled values, those that are empty left out, on as few lines as they take."""
    told = "; ".join(f"{label}: {words}" for label, words in pairs if words)
    return _wrapped(told, _INDENT) if told else []


def _wrapped(words: str, indent: int) -> list[str]:
    lead = " " * indent
    return textwrap.wrap(words, WIDTH, initial_indent=lead, subsequent_indent=lead)


def _shown(words: str) -> str:
    """Words of the document without characters that would move or hide others on a terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
