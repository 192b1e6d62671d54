"""Strategies as TOML files, and the JSON Schema that lets an editor help to write them."""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from counterflow.errors import StrategyError, UsageError
from counterflow.strategy.catalogue import levers
from counterflow.strategy.paths import ENDING, PAUSING
from counterflow.strategy.schema import Branch, Campaign, DateInterval, Entry, Range, Strategy

SCHEMA_FILE = "strategy.schema.json"
LARGEST = 5_000_000  # bytes; a strategy of a hundred entries has about 60,000


def strategy_schema() -> str:
    """The JSON Schema of a strategy file, with the ids of all levers."""
    schema = Strategy.model_json_schema()
    schema["$defs"]["Entry"]["properties"]["lever"]["enum"] = list(levers())
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def bundled_schema() -> str:
    """The schema that ships with the package."""
    return (files("counterflow.strategy") / SCHEMA_FILE).read_text(encoding="utf-8")


def strategy_toml(strategy: Strategy) -> str:
    """The text of a strategy file: every value that is not a default, and the line that names the schema."""
    import tomli_w

    data = strategy.model_dump(mode="python", exclude_none=True, exclude_defaults=True)
    return f"#:schema ./{SCHEMA_FILE}\n" + tomli_w.dumps(_plain(data))


def write_strategy(strategy: Strategy, path: Path) -> None:
    """Write `path`, and the schema beside it where it is not there yet. Nothing is left half-written.

    Raises UsageError, naming the whole path and the reason, where it cannot be written.
    """
    try:
        schema = path.parent / SCHEMA_FILE
        if not schema.exists():
            _replace(schema, bundled_schema())
        _replace(path, strategy_toml(strategy))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"the strategy cannot be written ({reason})",
            where=str(path.absolute()),
            hint="Name a file in a folder that is there and can be written to.",
        ) from error


def read_strategy(path: Path) -> Strategy:
    """Read a strategy file.

    Raises StrategyError, naming file and line where it can, for a file that is missing or not TOML, for an
    unknown key or lever (with the nearest known one), and for an entry without a size.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StrategyError(f"the file cannot be read ({error.strerror})", where=path.name) from error
    if len(raw) > LARGEST:
        raise StrategyError(f"the file has {len(raw):,} bytes; {LARGEST:,} are the most", where=path.name)
    try:
        text = raw.decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise StrategyError(f"the file is not UTF-8 (byte {error.start})", where=path.name) from error
    except RecursionError as error:
        raise StrategyError("the file is nested too deeply", where=path.name) from error
    except tomllib.TOMLDecodeError as error:
        raise StrategyError(f"the file is not TOML: {error}", where=path.name) from error
    try:
        # Through JSON: there strict mode refuses true for 1 and "5" for 5, but takes lists and dates.
        strategy = Strategy.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise _refusal(error, text, path.name) from error
    except RecursionError as error:
        raise StrategyError("the file is nested too deeply", where=path.name) from error
    for section in ("written", "record"):
        for index, entry in enumerate(getattr(strategy, section)):
            _check_entry(entry, _place(text, path.name, (section, index)))
    return strategy


def _check_entry(entry: Entry, where: str) -> None:
    if entry.lever not in levers():
        raise StrategyError(
            f"no lever is called {entry.lever!r}", where=where, hint=_nearest(entry.lever, list(levers()))
        )
    sizes = [size for size in (entry.level, entry.intensity, entry.change) if size is not None]
    if not sizes and entry.status not in PAUSING | ENDING:
        raise StrategyError(
            f"the entry on {entry.lever} gives no size",
            where=where,
            hint="Give a level, an intensity or a change.",
        )
    if entry.change is not None and len(sizes) > 1:
        raise StrategyError(
            f"the entry on {entry.lever} gives a change beside a level or an intensity",
            where=where,
            hint="A change is added to what was there before; leave one of them out.",
        )


_MODELS: dict[str, type[Strategy | Entry | Range | DateInterval | Branch | Campaign]] = {
    "written": Entry,
    "record": Entry,
    "intensity": Range,
    "change": Range,
    "delivery": Range,
    "date": DateInterval,
}


def _refusal(error: ValidationError, text: str, name: str) -> StrategyError:
    """The first thing that pydantic refused, in words a writer of the file can use."""
    first = error.errors()[0]
    location = tuple(first["loc"])
    key = ".".join(str(part) for part in location)
    where = _place(text, name, location)
    if first["type"] == "extra_forbidden":
        parent = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "")
        known = list(_MODELS.get(parent, Strategy).model_fields)
        return StrategyError(f"unknown key {key}", where=where, hint=_nearest(str(location[-1]), known))
    if first["type"] == "missing":
        return StrategyError(f"{key} is missing", where=where)
    return StrategyError(f"{key or 'the file'}: {first['msg']}", where=where)


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."


def _place(text: str, name: str, location: Sequence[str | int]) -> str:
    """File and line of a key, as far as it can be found; the file alone where it cannot."""
    lines = text.splitlines()
    at = 0
    headers: list[str] = []
    for position, part in enumerate(location):
        if not isinstance(part, str):
            continue
        index = location[position + 1] if position + 1 < len(location) else None
        dotted = re.escape(".".join([*headers, part]))
        nth = index if isinstance(index, int) else 0
        header = re.compile(rf"\s*\[\[?\s*{dotted}\s*\]?\]\s*(?:#.*)?$")
        key = re.compile(rf"\s*{re.escape(part)}\s*=")
        found = [number for number, line in enumerate(lines) if number >= at and header.match(line)]
        if len(found) > nth:
            at = found[nth]
            headers.append(part)
            continue
        plain = next((number for number in range(at, len(lines)) if key.match(lines[number])), None)
        if plain is None:
            break
        at = plain
        headers.append(part)
    return f"{name}, line {at + 1}" if headers else name


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down: TOML has no other sequence."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
