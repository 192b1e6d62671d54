"""Files of judgements: a CSV with a row for each, or a TOML with a table for each."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import FiniteFloat, ValidationError

from counterflow.brief.schema import Value
from counterflow.errors import StrategyError, did_you_mean

LARGEST = 1_000_000  # bytes; a judgement has about 100
WORDS = ("parameter", "expert", "note")  # columns of a CSV that are no levels
EXAMPLE = "as in docs/elicitation.md"
CELLS = (
    "Give one cell for each column, empty ones too. A decimal comma makes two cells of a number: write 0.25 with a "
    "point, and put a text that holds a comma in quotation marks."
)


class Judgement(NamedTuple):
    """What one expert says of one parameter: `values` that he or she puts at the `levels`, both increasing."""

    parameter: str
    expert: str
    levels: tuple[float, ...]
    values: tuple[float, ...]
    note: str
    where: str  # file and line


class _Table(Value):
    """A judgement as TOML holds it."""

    parameter: str
    expert: str
    levels: tuple[FiniteFloat, ...]
    values: tuple[FiniteFloat, ...]
    note: str = ""


class _Tables(Value):
    judgement: tuple[_Table, ...]


def judgements(path: Path) -> Iterator[Judgement]:
    """The judgements of a .csv or .toml file, as they stand: what they say is not looked at.

    Raises StrategyError, naming file and line, for a file that is missing or has another form.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".toml"):
        raise StrategyError(
            "judgements are read from .csv and .toml files", where=path.name, hint=f"Name one, {EXAMPLE}."
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Check the path, and that the file may be read."
        raise StrategyError(f"the judgements cannot be read: {reason}", where=str(path), hint=hint) from error
    if len(raw) > LARGEST:
        hint = "A judgement has about 100 bytes: check that it is the right file, and shorten its notes."
        raise StrategyError(f"the file has {len(raw):,} bytes; allowed: {LARGEST:,}", where=path.name, hint=hint)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "Save it as UTF-8; a spreadsheet calls this CSV UTF-8."
        raise StrategyError("the file is not in UTF-8", where=path.name, hint=hint) from error
    return _from_csv(text, path.name) if kind == ".csv" else _from_toml(text, path.name)


def _from_csv(text: str, name: str) -> Iterator[Judgement]:
    """One judgement a row: parameter, expert, perhaps a note, and a column for each level; cells may be empty."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heads = [cell.strip() for cell in next(rows, [])]
        levels = _levels_of(heads, f"{name}, line 1")
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{name}, line {rows.line_num}"
            if len(cells) != len(heads):
                raise StrategyError(f"{len(cells)} cells for {len(heads)} columns", where=where, hint=CELLS)
            row = {head: cell.strip() for head, cell in zip(heads, cells, strict=True)}
            numbers = {level: _number(row[head], head, where) for level, head in levels.items() if row[head]}
            parameter, expert, note = (" ".join(row.get(word, "").split()) for word in WORDS)
            yield Judgement(parameter, expert, tuple(numbers), tuple(numbers.values()), note, where)
    except csv.Error as error:
        hint = "Close every quotation mark, and write one within a text twice."
        raise StrategyError(
            f"the file is not CSV: {error}", where=f"{name}, line {rows.line_num}", hint=hint
        ) from error


def _levels_of(heads: Sequence[str], where: str) -> dict[float, str]:
    """Column by level, in increasing order, as "0.05" or "5%"."""
    for word in ("parameter", "expert"):
        if word not in heads:
            hint = f"Name the columns in the first line, {EXAMPLE}, with commas between them."
            raise StrategyError(f"there is no column {word!r}", where=where, hint=hint)
    found: dict[float, str] = {}
    for head in heads:
        if heads.count(head) > 1:
            raise StrategyError(
                f"the column {head!r} is there twice", where=where, hint="Leave one of them out, or rename it."
            )
        if head in WORDS:
            continue
        try:
            level = float(head.removesuffix("%")) / (100.0 if head.endswith("%") else 1.0)
        except ValueError as error:
            hint = f"{did_you_mean(head, WORDS)}Columns are {', '.join(WORDS)}, and levels such as 0.05."
            raise StrategyError(f"the column {head!r} is no level", where=where, hint=hint) from error
        if level in found:
            hint = "Put the values of both into one column, and leave the other out."
            raise StrategyError(f"the columns {found[level]!r} and {head!r} are the same level", where=where, hint=hint)
        found[level] = head
    return dict(sorted(found.items()))


def _number(cell: str, head: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        hint = "Write numbers as 0.25 or 12000."
        raise StrategyError(f"{cell!r} in column {head!r} where a finite number is needed", where=where, hint=hint)
    return value


def _from_toml(text: str, name: str) -> Iterator[Judgement]:
    """One table [[judgement]] for each."""
    try:
        data = tomllib.loads(text)
        # Through JSON, as strategy files: there strict mode refuses true for 1, but takes lists.
        tables = _Tables.model_validate_json(json.dumps(data, default=str), strict=True).judgement
    except tomllib.TOMLDecodeError as error:
        hint = f"Write [[judgement]] tables, {EXAMPLE}: texts in quotation marks, numbers with a point."
        raise StrategyError(f"the file is not TOML: {error}", where=name, hint=hint) from error
    except RecursionError as error:
        hint = f"Write [[judgement]] tables with one list of levels and one of values, {EXAMPLE}."
        raise StrategyError("the file is nested too deeply", where=name, hint=hint) from error
    except ValidationError as error:
        raise _refusal(error, _headers(text), name) from error
    lines = _headers(text)
    for number, table in enumerate(tables):
        # One line each, but in an array written as a value, or where the words stand in a text of several lines.
        where = f"{name}, line {lines[number]}" if len(lines) == len(tables) else f"{name}, judgement {number + 1}"
        parameter, expert, note = (" ".join(str(getattr(table, word)).split()) for word in WORDS)
        yield Judgement(parameter, expert, table.levels, table.values, note, where)


def _headers(text: str) -> list[int]:
    """The line, from 1, of each [[judgement]]."""
    return [
        n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*[\"']?judgement[\"']?\s*\]\]", line)
    ]


def _refusal(error: ValidationError, headers: Sequence[int], name: str) -> StrategyError:
    """The first thing that is not as it should be, with the line of its table."""
    first = error.errors()[0]
    place = first["loc"]
    number = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    where = f"{name}, line {headers[number]}" if number is not None and number < len(headers) else name
    key = ".".join(str(part) for part in place if not isinstance(part, int))
    if first["type"] == "extra_forbidden":
        known = list(_Table.model_fields) if number is not None else ["judgement"]
        hint = f"{did_you_mean(str(place[-1]), known)}Known: {', '.join(known)}."
        return StrategyError(f"unknown key {key}", where=where, hint=hint)
    if first["type"] == "missing":
        return StrategyError(f"{key} is missing", where=where, hint=f"Write [[judgement]] tables, {EXAMPLE}.")
    said = first["msg"].replace("Input should be", "must be", 1)
    return StrategyError(f"{key}: {said}", where=where, hint=f"Write [[judgement]] tables, {EXAMPLE}.")
