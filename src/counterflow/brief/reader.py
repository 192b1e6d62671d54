"""Read a document: from a file to a `Brief`."""

from __future__ import annotations

import re
import sys
from datetime import date as Date
from pathlib import Path
from typing import Literal

from counterflow.brief import codebook
from counterflow.brief.actions.assertions import find_assertions
from counterflow.brief.actions.find import find_actions
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import Era, era_of
from counterflow.brief.dates.periods import find_times
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.imprint import is_dateline
from counterflow.brief.layout.text import Layout, lay_out, span
from counterflow.brief.ledger import build_ledger
from counterflow.brief.loading.load import SIZE_LIMIT, Loaded, load
from counterflow.brief.schema import Action, Brief, Claim, Document

STANDARD_INPUT = "-"

DateSource = Literal["metadata", "text", "user", "none"]


def read(source: str | Path, *, date: Date | None = None) -> Brief:
    """Read the document at a path, or from standard input where `source` is "-".

    `date` is the document's date where the user knows it; it goes before a date in the file or in the text,
    and settles which month "last month" is. A document about something else, or that does nothing, is read
    all the same: it gives findings and claims, and no actions. Raises BriefError where it cannot be read.
    """
    if str(source) == STANDARD_INPUT:
        loaded = load(sys.stdin.buffer.read(SIZE_LIMIT + 1), name=STANDARD_INPUT)
    else:
        loaded = load(Path(source), name=str(source))
    layout = lay_out(loaded.text)
    published, date_source = _date(loaded, layout, date)
    era = era_of(layout, published)
    findings = find_findings(layout)
    claims = find_claims(layout, findings, era)
    actions = find_actions(layout, findings, claims, era)
    claims = _with_actions(claims, actions)
    assertions = find_assertions(layout)
    byline = next((str(f.data["name"]) for f in findings if f.kind == "byline"), None)
    return Brief(
        document=Document(
            id=loaded.sha256[:12],
            sha256=loaded.sha256,
            source=loaded.source,
            media_type=loaded.media_type,
            language=loaded.language,
            title=loaded.title or _title(layout),
            byline=byline or loaded.byline,
            date_published=published,
            date_source=date_source,
            text=loaded.text,
            removed=tuple(span(layout, b.start, b.end) for b in layout.blocks if b.kind == "boilerplate"),
        ),
        findings=findings,
        actions=actions,
        claims=claims,
        assertions=assertions,
        ledger=build_ledger(layout, actions, claims, assertions),
        codebook_version=codebook.version(),
    )


def _with_actions(claims: tuple[Claim, ...], actions: tuple[Action, ...]) -> tuple[Claim, ...]:
    """The claims, each naming the action whose size it states."""
    owners = {claim_id: action.id for action in actions for claim_id in action.claim_ids}
    return tuple(claim.model_copy(update={"action_id": owners.get(claim.id)}) for claim in claims)


def _title(layout: Layout) -> str | None:
    block = next((block for block in layout.blocks if block.kind == "title"), None)
    return " ".join(layout.text[block.start : block.end].split()) if block else None


def _date(loaded: Loaded, layout: Layout, given: Date | None) -> tuple[Date | None, DateSource]:
    if given is not None:
        return given, "user"
    if loaded.date_published is not None:
        return loaded.date_published, "metadata"
    found = _dateline(layout)
    return (found, "text") if found else (None, "none")


_OPENS_TEXT = re.compile(r"\s*(?:\([A-Z]+\)\s*)?-+\s")


def _dateline(layout: Layout) -> Date | None:
    """The first day in a line of its own, behind a byline or before a text ("EL PASO, May 3, 2025 - ..."), near
    the beginning or the end of the document.
    """
    for block in (*layout.blocks[:6], *layout.blocks[-4:]):
        times = find_times(layout.folded, block.start, block.end, Era((), ""))
        days = [t for t in times if t.readings and t.readings[0].start and t.readings[0].start == t.readings[0].end]
        if not days:
            continue
        opens = _OPENS_TEXT.match(layout.folded, days[0].end, block.end)
        before = " ".join(layout.folded[block.start : days[0].end].split())
        if block.kind in ("byline", "dateline") or (opens and is_dateline(before)):
            return days[0].readings[0].start
    return None
