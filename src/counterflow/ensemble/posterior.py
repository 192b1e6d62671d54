"""Draws of parameters that belong together, as a calibration leaves them: a table with one row a draw."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.errors import UsageError
from counterflow.model import priors
from counterflow.strategy.overrides import ParameterOverride, Support, nearest_parameter, problems

if TYPE_CHECKING:
    from counterflow.model.conditions import Key  # not where it runs: it loads JAX

PARQUET = b"PAR1"  # first bytes of the format
ROWS = "Rows are counted from 1, without the line of names."


class Posterior(NamedTuple):
    """Rows of values that some parameters have together."""

    names: tuple[Key, ...]  # mechanism, symbol
    values: np.ndarray  # (row, name) float64
    source: str  # the file, as an absolute path; the name of one that the package brings, as "bundled 2026-01"
    sha256: str  # of the file's bytes


def read_posterior(path: Path | str) -> Posterior:
    """Read a CSV or Parquet file whose columns are parameters, as "border.p_app", one row a posterior draw.

    A run of many draws takes one row for each, picked with repeats, and some rows not at all. Every value has to be one
    that a strategy could set. The parameters of the cartel model that are refitted together come all or not at all.
    Raises UsageError naming file, row and column.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"the posterior cannot be read: {error.strerror}", where=str(path)) from error
    names, rows = _parquet(file) if content.startswith(PARQUET) else _csv(file, content)
    known = {name: about.support for name, about in priors.about(priors.load()).items()}
    _check_names(file, names, known)
    if not rows:
        raise UsageError("the posterior has no rows", where=str(file), hint="Give one row a draw.")
    values = np.array([_numbers(file, number, names, cells) for number, cells in enumerate(rows, 1)])
    for name, column in zip(names, values.T, strict=True):
        _check_values(file, name, column, known[name])
    pairs = (name.split(".") for name in names)
    keys = tuple((mechanism, symbol) for mechanism, symbol in pairs)
    return Posterior(keys, values, str(file.absolute()), hashlib.sha256(content).hexdigest())


class _LookedAt(dict["Key", np.ndarray]):
    """Values that note which of them are asked for."""

    def __init__(self, values: Mapping[Key, np.ndarray]) -> None:
        super().__init__(values)
        self.keys_read: set[Key] = set()

    def __getitem__(self, key: Key) -> np.ndarray:
        self.keys_read.add(key)
        return super().__getitem__(key)


def without(posterior: Posterior, names: Iterable[str]) -> Posterior:
    """What is left of a posterior beside a strategy that sets the parameters `names`, each "mechanism.symbol".

    Their columns are taken out, those refitted together with them, and those that a joint condition which looks at one
    of them could draw again: left in, what is set could make the condition impossible to meet. Other columns stay, row
    by row, as they were fitted beside the ones taken out. Source and hash stay those of the file.
    """
    taken = {(mechanism, symbol) for mechanism, _, symbol in (name.partition(".") for name in names)}
    if not taken:
        return posterior
    from counterflow.model.conditions import conditions  # not above: it loads JAX

    every = {
        (mechanism, symbol): prior for mechanism, symbols in priors.load().items() for symbol, prior in symbols.items()
    }
    together = {key for key, prior in every.items() if prior.family == "joint"}
    out = taken | (together if taken & together else set())
    for condition in conditions():
        looked_at = _LookedAt({key: np.array([prior.central]) for key, prior in every.items()})
        condition.holds(looked_at)
        if taken & looked_at.keys_read:
            out |= {*condition.first, *condition.then}
    left = [column for column, key in enumerate(posterior.names) if key not in out]
    return posterior._replace(names=tuple(posterior.names[column] for column in left), values=posterior.values[:, left])


def _csv(file: Path, content: bytes) -> tuple[list[str], list[list[str]]]:
    """Names and cells; empty lines do not count."""
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        hint = "Give CSV in UTF-8 with a line of names, or Parquet."
        raise UsageError(f"the posterior is not a table: {error}", where=str(file), hint=hint) from error
    return ([name.strip() for name in rows[0]], rows[1:]) if rows else ([], [])


def _parquet(file: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb  # not above: it takes a fifth of a second

    try:
        with duckdb.connect(":memory:") as connection:
            # Square brackets, so that no character of the name is taken for a pattern.
            pattern = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(file))
            table = connection.execute("SELECT * FROM read_parquet(?)", [pattern])
            return [column[0] for column in table.description or ()], table.fetchall()
    except duckdb.Error as error:
        message = f"the posterior is not a Parquet file that can be read: {str(error).splitlines()[0]}"
        raise UsageError(message, where=str(file)) from error


def _check_names(file: Path, names: Sequence[str], known: dict[str, Support]) -> None:
    """Raise UsageError for a name that is no parameter, is there twice, or lacks those that it is refitted with."""
    hint = "Its columns are parameters, as border.p_app."
    if not names:
        raise UsageError("the posterior names no parameter", where=str(file), hint=hint)
    if not any("." in name and all(part.isidentifier() for part in name.split(".")) for name in names):
        raise UsageError("this is not a table of parameters", where=str(file), hint=hint)
    for name in names:
        where = f"{file}, column {name!r}"
        if name not in known:
            raise UsageError("this is no parameter of the model", where=where, hint=nearest_parameter(name, known))
        if names.count(name) > 1:
            raise UsageError("the column is there twice", where=where)
    together = [name for name, support in known.items() if support == "joint"]
    missing = [name for name in together if name not in names]
    if missing and len(missing) < len(together):
        raise UsageError(
            f"the posterior lacks {', '.join(missing)}",
            where=str(file),
            hint=f"{', '.join(together)} were refitted together: give all of them, or none.",
        )


def _numbers(file: Path, row: int, names: Sequence[str], cells: Sequence[Any]) -> list[float]:
    where = f"{file}, row {row}"
    if len(cells) != len(names):
        raise UsageError(f"{len(cells)} values for {len(names)} columns", where=where, hint=ROWS)
    numbers = []
    for name, cell in zip(names, cells, strict=True):
        try:
            numbers.append(float(cell))
        except (TypeError, ValueError):
            numbers.append(math.nan)
        if not math.isfinite(numbers[-1]):
            shown = "nothing" if cell in (None, "") else repr(cell)
            raise UsageError(f"{shown} where a finite number is needed", where=f"{where}, column {name!r}", hint=ROWS)
    return numbers


def _check_values(file: Path, name: str, column: np.ndarray, support: Support) -> None:
    """Raise UsageError where a value (row,) of a parameter cannot be.

    What is allowed is an interval, or 0 and 1, and sizes that single precision holds: where any value is outside, one
    of the least, the greatest, the smallest in size and the furthest from both 0 and 1 is. Among what was refitted
    together 0 is allowed: some refits have no saturation.
    """
    sizes = np.where(column == 0.0, np.inf, np.abs(column))
    between = np.abs(column * (1.0 - column))
    rows = {int(column.argmin()), int(column.argmax()), int(sizes.argmin()), int(between.argmax())}
    for row in sorted(rows):
        if support == "joint" and column[row] == 0.0:
            continue
        for _, problem in problems(ParameterOverride(value=float(column[row])), support):
            raise UsageError(problem, where=f"{file}, row {row + 1}, column {name!r}", hint=ROWS)
