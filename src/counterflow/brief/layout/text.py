"""One canonical text, laid out: its blocks, its tables and its sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from counterflow.brief.layout.blocks import find_blocks, split_lines
from counterflow.brief.layout.folding import fold, plain
from counterflow.brief.layout.parts import Block, Layout, Sentence, Table, trim
from counterflow.brief.layout.sentences import sentence_bounds
from counterflow.brief.layout.tables import Grid, Line, find_grids
from counterflow.brief.patterns import Folded


def lay_out(text: str) -> Layout:
    """Find the blocks of a canonical text (plain or Markdown), then the tables and sentences inside them."""
    folded = Folded(fold(text))
    lines = split_lines(text)
    grids = find_grids(text, folded, lines)
    blocks = find_blocks(text, folded, lines, grids)
    sentences = _sentences(folded, lines, blocks, grids)
    return Layout(text, folded, blocks, tuple(sentences), _tables(text, lines, blocks, grids))


def _sentences(folded: str, lines: Sequence[Line], blocks: Sequence[Block], grids: Sequence[Grid]) -> list[Sentence]:
    rows = iter(grids)
    bounds: list[tuple[int, int, int]] = []
    for number, block in enumerate(blocks):
        if block.kind == "table":
            grid = next(rows)
            parts = [trim(folded, *line) for line in lines[grid.first : grid.last]]
            bounds += [(start, end, number) for start, end in parts if start < end]
        elif block.kind not in ("boilerplate", "byline", "reference"):
            bounds += [(start, end, number) for start, end in sentence_bounds(folded, block.start, block.end)]
    return [Sentence(index, start, end, block) for index, (start, end, block) in enumerate(bounds)]


def _tables(text: str, lines: Sequence[Line], blocks: Sequence[Block], grids: Sequence[Grid]) -> tuple[Table, ...]:
    placed = [block for block in blocks if block.kind == "table"]
    return tuple(
        Table(block.start, block.end, _line_above(text, lines, grid.first) or block.heading, grid.header, grid.rows)
        for block, grid in zip(placed, grids, strict=True)
    )


_LABEL = re.compile(r"(?:Table|Figure|Chart|Exhibit|Tabla|Cuadro|Gráfic[oa])\s+[\dA-Z]", re.IGNORECASE)
_LONGEST_CAPTION = 300


def _line_above(text: str, lines: Sequence[Line], first: int) -> str:
    """The line right above a table, or above one blank line where it announces the table; "" if there is none."""
    for distance, (start, end) in enumerate(reversed(lines[max(0, first - 2) : first])):
        words = plain(text[start : min(end, start + _LONGEST_CAPTION + 1)]).strip(" #")
        if words:
            announces = distance == 0 or _LABEL.match(words) or words.endswith(":")
            return words if announces and len(words) <= _LONGEST_CAPTION else ""
    return ""
