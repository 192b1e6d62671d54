"""docs/strategies.md as text, from a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from string import Template

from counterflow.calibration.page import table
from counterflow.judgement.comparison.contenders import HEAVIEST
from counterflow.judgement.comparison.schema import Compared, Comparison
from counterflow.judgement.comparison.scores import RESAMPLES
from counterflow.report.studies.compared.tables import asked, sections
from counterflow.report.words import joined
from counterflow.strategy.builtin.load import built_in

FIGURE = "strategies/front.svg"
FRONT = "What no other beats"  # the section that the chart belongs to


def page(of: Comparison, *, command: str, document: str) -> str:
    """The page: what is compared, every section as tables, and how it is computed.

    `command` makes the same comparison; `document` is where the document's text is found.
    """
    parts = []
    for section in sections(of):
        parts += [f"## {section.title}", ""]
        listed = "- " if len(section.notes) > 1 and not section.rows else ""
        gap = [] if listed else [""]
        for note in section.notes:
            parts += [f"{listed}{note}", *gap]
        if listed:
            parts.append("")
        if section.title == FRONT:
            parts += [f"![Outcomes of each strategy, and which of them no other beats]({FIGURE})", ""]
        if section.rows:
            parts += [*table(section.header, section.rows)[1:]]
    source = f"SHA-256 of the posterior's draws: `{of.posterior_sha256}`." if of.posterior else ""
    template = (files("counterflow.report.studies.compared") / "page.md").read_text(encoding="utf-8")
    return Template(template).substitute(
        command=command,
        asked=asked(of),
        posterior=source,
        document=document,
        compared=_table(("strategy", "what it does"), [_about(one) for one in of.strategies]),
        levers=_table(("lever of a built-in strategy", "how far", "why so far"), _levers(of)),
        sections="\n".join(parts),
        resamples=RESAMPLES,
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(table(header, rows)[1:-1])


def _levers(of: Comparison) -> list[tuple[str, ...]]:
    """Each lever that a built-in strategy moves, how far, and why so far: of each the first that moves it."""
    rows: dict[tuple[str, str], tuple[str, ...]] = {}
    for one in of.strategies:
        for moved in one.levers if one.name in built_in() else ():
            rows.setdefault((moved.id, moved.size), (moved.title, moved.size, moved.why))
    return list(rows.values())


def _about(of: Compared) -> tuple[str, ...]:
    """A strategy and what it is; the levers of one that does not come with the package by their names."""
    if of.name in built_in() or of.name in HEAVIEST or not of.levers:
        return of.title, of.about
    names = joined(list(dict.fromkeys(one.title for one in of.levers)), between="; ", last="; ")
    return of.title, f"{of.about} It moves: {names}."
