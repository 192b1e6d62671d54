"""A comparison as a terminal shows it."""

from __future__ import annotations

import textwrap

from counterflow.judgement.comparison.schema import Comparison
from counterflow.report.studies.compared.tables import asked, sections
from counterflow.report.studies.compared.words import Section

WIDTH = 100
WIDEST = 160  # of a table; what is wider has a line for each cell


def comparison_lines(of: Comparison) -> list[str]:
    """All of its sections."""
    lines = _wrapped(asked(of))
    for section in sections(of):
        lines += ["", section.title.upper()]
        for note in section.notes:
            lines += _wrapped(note)
        if section.rows:
            lines += ["", *_table(section)]
    return lines


def _table(of: Section) -> list[str]:
    cells = (of.header, *of.rows)
    widths = [max(len(row[column]) for row in cells) for column in range(len(of.header))]
    if sum(widths) + 2 * len(widths) <= WIDEST:
        return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines = []
    for row in of.rows:
        lines.append(row[0])
        lines += [f"    {head}: {text}" for head, text in zip(of.header[1:], row[1:], strict=True)]
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)
