"""Which strategy does better, as a report tells it: those that come with the package beside the document's own."""

from __future__ import annotations

from typing import Any

from counterflow.judgement.comparison.schema import Compared, Comparison
from counterflow.judgement.search.limits import limits
from counterflow.report.studies.compared.tables import page_sections
from counterflow.report.studies.compared.words import Section
from counterflow.report.words import count, day, joined

FORCE = " (with armed force)"


def other_strategies(found: Comparison | None) -> dict[str, Any] | None:
    """The comparison with its words: `notes` on how it was made, and `sections`, each a table with what to know before
    it. Strategies that use armed force in another country are marked wherever they stand in a row."""
    if found is None:
        return None
    forced = {one.title for one in found.strategies if with_force(one)}
    return found.model_dump(mode="json") | {
        "notes": _notes(found, sorted(forced)),
        "forced": sorted(forced),
        "sections": [_marked(section, forced) for section in page_sections(found)],
    }


def with_force(of: Compared) -> bool:
    """Whether a strategy moves a lever that uses armed force in another country."""
    return any(limits()[moved.id].force for moved in of.levers if moved.id in limits())


def _notes(found: Comparison, forced: list[str]) -> list[str]:
    told = [
        f"{count(len(found.strategies) - 1, 'strategy', 'strategies')} and the run without one, over the first "
        f"{count(found.draws, 'draw')} of this page’s run and on the same chance, from {day(found.first_lever)} on "
        f"with the levers held for {count(found.years, 'year')}. So few draws tell apart only what differs much."
    ]
    if forced:
        told.append(
            f"With armed force in another country: {joined(forced, between='; ', last='; ')}. The "
            "document names such force; it is weighed here on the same draws, never proposed."
        )
    return told


def _marked(of: Section, forced: set[str]) -> dict[str, Any]:
    rows = [[row[0] + (FORCE if row[0] in forced else ""), *row[1:]] for row in of.rows]
    return {"title": of.title, "notes": list(of.notes), "header": list(of.header), "rows": rows}
