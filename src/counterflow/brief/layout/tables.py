"""Tables: rows of pipes as in Markdown, and lines whose columns are split by pipes or tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from counterflow.brief.layout.folding import is_ruled
from counterflow.brief.layout.parts import Cell, trim

Line = tuple[int, int]
Row = tuple[Cell, ...]

_PIPE = re.compile(r"(?<!\\)\|")
_TAB = re.compile(r"\t")
# A list's number or mark before a tab is no column.
_MARKER = re.compile(r"(?:[-*+–—•·▪◦●‣]|\(?\w{1,4}[.)])")
_NUMERIC = re.compile(r"[~<>=+–−-]{0,2}\s?[$€£]?\s?[-–−]?\d[\d,.\s]*(?:%|[kKmMbB]|percent|pct|por ciento)?\*?")
_YEAR = re.compile(r"(?:FY\s?|CY\s?|Año\s)?'?(?:19|20)?\d\d(?:\s?[-–/]\s?(?:19|20)?\d\d)?\*?", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """A table before its caption is known: which lines it takes, and its cells."""

    first: int  # number of its first line
    last: int  # number of the line after its last one
    header: Row
    rows: tuple[Row, ...]


def find_grids(text: str, folded: str, lines: Sequence[Line]) -> list[Grid]:
    """The tables among the lines of a text, in order, none overlapping another."""
    found: list[Grid] = []
    number = 0
    while number < len(lines):
        if text.find("|", *lines[number]) < 0 and text.find("\t", *lines[number]) < 0:
            number += 1
            continue
        grid = _ruled(text, folded, lines, number)
        rows, after = ([], number + 1) if grid else _loose_rows(text, folded, lines, number)
        grid = grid or _loose(text, rows, number, after)
        if grid is not None:
            found.append(grid)
        number = grid.last if grid else max(after, number + 1)
    return found


def _ruled(text: str, folded: str, lines: Sequence[Line], number: int) -> Grid | None:
    """A header of pipes over a line such as `|---|:--:|` with as many columns, and the rows below."""
    if number + 1 >= len(lines) or text.find("|", *lines[number]) < 0:
        return None
    start, end = lines[number + 1]
    if end - start > 10_000 or not is_ruled(text[start:end]):
        return None
    header = _split(text, folded, lines[number], _PIPE)
    if len(header) != len(_split(text, text, lines[number + 1], _PIPE)) or is_ruled(text[slice(*lines[number])]):
        return None
    last = number + 2
    rows: list[Row] = []
    while last < len(lines) and text.find("|", *lines[last]) >= 0:
        rows.append(_split(text, folded, lines[last], _PIPE))
        last += 1
    named = header if any(cell.start < cell.end for cell in header) else ()
    return Grid(number, last, named, tuple(rows))


def _loose_rows(text: str, folded: str, lines: Sequence[Line], number: int) -> tuple[list[Row], int]:
    """Rows without a ruled line from a line on, and the number of the line after them.

    Tabs or inner pipes divide each of them into as many columns; where a pipe begins each line, as in tables of
    web pages, rows may be of different length and stand apart by a blank line.
    """
    rows: list[Row] = []
    divider = _TAB if text.find("\t", *lines[number]) >= 0 else _PIPE
    mark = "\t" if divider is _TAB else "|"
    after = at = number
    framed = False
    while at < len(lines):
        start, end = trim(folded, *lines[at])
        if framed and start == end and at == after:
            at += 1
            continue
        if start == end or text.find(mark, *lines[at]) < 0 or (framed and text[start] != "|"):
            break
        row = _split(text, folded, lines[at], divider)
        full = sum(cell.start < cell.end for cell in row)
        if not rows:
            framed = divider is _PIPE and text[start] == "|"
            if full < 2 or _MARKER.fullmatch(text, row[0].start, row[0].end):
                break
        elif not framed and (full < 2 or len(row) != len(rows[0]) or _MARKER.fullmatch(text, row[0].start, row[0].end)):
            break
        rows.append(row)
        at += 1
        after = at
    return rows, after


def _loose(text: str, rows: list[Row], first: int, last: int) -> Grid | None:
    """A table of two or more rows: with three or more columns, or with two of which one holds numbers."""
    if len(rows) < 2:
        return None
    words = [[text[cell.start : cell.end] for cell in row[1:]] for row in rows]
    named = not any(map(_is_numeric, words[0])) or all(_YEAR.fullmatch(word) for word in words[0] if word)
    body = words[1:] if named else words
    numeric = sum(any(map(_is_numeric, row)) for row in body)
    if len(rows[0]) < 3 and 2 * numeric <= len(body):
        return None
    return Grid(first, last, rows[0] if named else (), tuple(rows[1:] if named else rows))


def _is_numeric(word: str) -> bool:
    return len(word) <= 40 and _NUMERIC.fullmatch(word) is not None


def _split(text: str, folded: str, line: Line, divider: re.Pattern[str]) -> Row:
    """The cells of a line; what stands before a first pipe and behind a last one is a cell where it is not blank."""
    start, end = trim(folded, *line) if divider is _PIPE else line
    cells = []
    for match in divider.finditer(text, start, end):
        cells.append(Cell(*trim(folded, start, match.start())))
        start = match.end()
    cells.append(Cell(*trim(folded, start, end)))
    if divider is _PIPE and len(cells) > 1:
        first, *_, last = cells
        begin = 1 if first.start == first.end else 0
        finish = len(cells) - 1 if last.start == last.end else len(cells)
        cells = cells[begin:finish]
    return tuple(cells)
