"""What is odd about the document itself: missing words, and citations and references that lead nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from counterflow.brief.findings.citations import find_dangling_citations, find_engine_marks, find_missing_parts
from counterflow.brief.findings.draft import prose_of
from counterflow.brief.findings.figures import find_inconsistencies
from counterflow.brief.findings.gaps import find_gaps, find_unresolved
from counterflow.brief.findings.page import find_hidden_characters, find_page_parts
from counterflow.brief.findings.sources import find_unattributed
from counterflow.brief.layout.parts import Layout, span
from counterflow.brief.schema import Finding


def find_findings(layout: Layout, lost_links: Sequence[int] = ()) -> tuple[Finding, ...]:
    """Every finding about the document, in order of where it stands.

    `lost_links`: where links of the page stand that have lost their words, as offsets into the canonical text.
    The rules see some gaps, never all: what was deleted without leaving a broken sentence cannot be seen.
    """
    prose = prose_of(layout)
    drafts = [
        *find_page_parts(layout),
        *find_dangling_citations(layout),
        *find_engine_marks(layout),
        *find_gaps(prose, lost_links),
        *find_unresolved(prose),
        *find_inconsistencies(prose),
        *find_unattributed(prose),
        *find_missing_parts(prose),
        *find_hidden_characters(layout),
    ]
    drafts.sort(key=lambda draft: (draft.start, draft.end))
    return tuple(
        Finding(
            id=f"f{number}",
            kind=draft.kind,
            rule=draft.rule,
            confidence=draft.confidence,  # type: ignore[arg-type]
            span=span(layout, draft.start, draft.end),
            note=draft.note,
            data=draft.data,
        )
        for number, draft in enumerate(drafts, start=1)
    )
