"""Strategies as TOML files, and the JSON Schema that lets an editor help to write them."""

from __future__ import annotations

import difflib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from counterflow.errors import StrategyError, UsageError
from counterflow.strategy.catalogue import Lever, levers
from counterflow.strategy.overrides import (
    ALLOWED,
    POINTS,
    About,
    ParameterOverride,
    Support,
    Switches,
    nearest_parameter,
    problems,
)
from counterflow.strategy.paths import ENDING, PAUSING
from counterflow.strategy.record import STAND_INS
from counterflow.strategy.schema import DateInterval, Entry, Range, Strategy, Unplaced

SCHEMA_FILE = "strategy.schema.json"
LARGEST = 5_000_000  # bytes; a strategy of a hundred entries has about 60,000
ABSURD = 10.0  # times the top of a lever's scale, the most that was seen or planned; a judgement to catch slips


def strategy_schema(parameters: Mapping[str, About]) -> str:
    """The JSON Schema of a strategy file, with the ids of all levers and the names of all `parameters`.

    This room stands before the model and imports nothing of it: the names come in here, and are read back from the
    schema that ships (`known_parameters`).
    """
    schema = Strategy.model_json_schema()
    schema["$defs"]["Entry"]["properties"]["lever"]["enum"] = list(levers())
    schema["$defs"] |= {support: _support_schema(support) for support in ALLOWED}
    named = {
        name: {
            "allOf": [{"$ref": "#/$defs/ParameterOverride"}, {"$ref": f"#/$defs/{about.support}"}],
            "title": about.meaning,
            "description": about.unit,
        }
        for name, about in parameters.items()
    }
    schema["properties"]["parameters"] |= {"properties": named, "additionalProperties": False}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _support_schema(support: Support) -> dict[str, Any]:
    """What a schema can say of a kind of parameter: its limits, and whether it may be given a range."""
    allowed = ALLOWED[support]
    limits: dict[str, Any] = {"enum": [0, 1]} if support == "indicator" else {}
    if support == "bounded":
        limits = {"minimum": 0, "maximum": 1}
    if allowed.above is not None:
        limits["exclusiveMinimum"] = allowed.above
    if allowed.below is not None:
        limits["maximum" if support == "share" else "exclusiveMaximum"] = allowed.below
    keys = ("value", *POINTS) if allowed.families else ("value",)
    properties: dict[str, Any] = dict.fromkeys(keys, limits)
    if allowed.families:
        return {"description": allowed.words, "properties": properties | {"family": {"enum": list(allowed.families)}}}
    return {"description": allowed.words, "properties": properties, "required": ["value"]}


@cache
def known_parameters() -> dict[str, Support]:
    """The kind of every parameter that a strategy may set, by name, as in the schema that ships."""
    named = json.loads(bundled_schema())["properties"]["parameters"]["properties"]
    return {name: about["allOf"][1]["$ref"].rpartition("/")[2] for name, about in named.items()}


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
    unknown key, lever or parameter (with the nearest known one), for an entry without a size, and for an
    intensity or a parameter outside what is allowed.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StrategyError(f"the file cannot be read ({error.strerror})", where=path.name) from error
    if len(raw) > LARGEST:
        raise StrategyError(f"the file has {len(raw):,} bytes; {LARGEST:,} are the most", where=path.name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StrategyError(f"the file is not UTF-8 (byte {error.start})", where=path.name) from error
    return parse_strategy(text, path.name)


def parse_strategy(text: str, name: str) -> Strategy:
    """The strategy that the text of a strategy file holds; `name` is what errors call it. Raises as `read_strategy`."""
    try:
        data = tomllib.loads(text)
    except RecursionError as error:
        raise StrategyError("the file is nested too deeply", where=name) from error
    except tomllib.TOMLDecodeError as error:
        raise StrategyError(f"the file is not TOML: {error}", where=name) from error
    try:
        # Through JSON: there strict mode refuses true for 1 and "5" for 5, but takes lists and dates.
        strategy = Strategy.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise _refusal(error, data, text, name) from error
    except RecursionError as error:
        raise StrategyError("the file is nested too deeply", where=name) from error
    for section in ("written", "record"):
        for index, entry in enumerate(getattr(strategy, section)):
            _check_entry(entry, _place(text, name, (section, index)))
            for key, problem in _misfits(entry):
                raise StrategyError(problem, where=_place(text, name, (section, index, key)))
    for lever_id in strategy.considered:
        if lever_id not in levers() and lever_id not in STAND_INS:
            where = _place(text, name, ("considered",))
            hint = _nearest(lever_id, list(levers()))
            raise StrategyError(f"considered: no lever is called {lever_id!r}", where=where, hint=hint)
    for symbol, override in strategy.parameters.items():
        _check_override(symbol, override, text, name)
    return strategy


def _check_override(symbol: str, override: ParameterOverride, text: str, name: str) -> None:
    known = known_parameters()
    if symbol not in known:
        where = _place(text, name, ("parameters", symbol))
        raise StrategyError(f"no parameter is called {symbol!r}", where=where, hint=nearest_parameter(symbol, known))
    for key, problem in problems(override, known[symbol]):
        where = _place(text, name, ("parameters", symbol, key))
        raise StrategyError(f'parameters."{symbol}".{key}: {problem}', where=where)


def _misfits(entry: Entry) -> Iterable[tuple[str, str]]:
    """(key, what is wrong and what is allowed) where a size of the entry cannot be in the lever's unit.

    What a document or the record states is not held to the lever's scale: it is what they say.
    """
    of = levers()[entry.lever]
    top = _largest(of)
    allowed = f"0 to {top:,.10g} {of.unit}"
    for key, size in (("intensity", entry.intensity), ("change", entry.change)):
        if size is None:
            continue
        least = 0.0 if key == "intensity" else -top
        held = entry.basis == "user" or _is_share(of)
        if key == "intensity" and size.low < 0.0:
            yield key, f"{of.id} has an intensity of {size.low:,.10g}, below zero; allowed: {allowed}"
        elif held and (size.high > top or size.low < least):
            worst = size.high if size.high > top else size.low
            span = allowed if key == "intensity" else f"{-top:,.10g} to {top:,.10g} {of.unit}"
            yield key, f"{of.id} has {'an' if key == 'intensity' else 'a'} {key} of {worst:,.10g}; allowed: {span}"
    if entry.delivery is not None and not 0.0 <= entry.delivery.low <= entry.delivery.high <= 1.0:
        yield (
            "delivery",
            f"the share delivered runs from {entry.delivery.low:g} to {entry.delivery.high:g}; allowed: 0 to 1",
        )


def _is_share(of: Lever) -> bool:
    return of.unit.startswith(("share ", "probability "))


def _largest(of: Lever) -> float:
    """The largest intensity of a lever that is taken for one: all of a share, else ABSURD times its scale."""
    return 1.0 if _is_share(of) else ABSURD * max(level.intensity.high for level in of.levels)


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


_MODELS: dict[str, type[Strategy | Entry | Range | DateInterval | Unplaced | Switches]] = {
    "written": Entry,
    "record": Entry,
    "intensity": Range,
    "change": Range,
    "delivery": Range,
    "date": DateInterval,
    "unplaced": Unplaced,
    "switches": Switches,
}


def _refusal(error: ValidationError, data: Mapping[str, Any], text: str, name: str) -> StrategyError:
    """The first thing that pydantic refused, in words a writer of the file can use."""
    first = error.errors()[0]
    location = tuple(first["loc"])
    key = _key(location, data)
    where = _place(text, name, location)
    if first["type"] == "extra_forbidden" and location[0] == "parameters" and len(location) > 1:
        if "." not in str(location[1]):
            hint = f'Write [parameters."{location[1]}.{location[2]}"], with quotation marks.'
            return StrategyError(
                f"parameters.{location[1]}.{location[2]} is not in quotation marks", where=where, hint=hint
            )
        return StrategyError(
            f"unknown key {key}", where=where, hint=_nearest(str(location[-1]), list(ParameterOverride.model_fields))
        )
    if first["type"] == "extra_forbidden":
        parent = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "")
        known = list(_MODELS.get(parent, Strategy).model_fields)
        return StrategyError(f"unknown key {key}", where=where, hint=_nearest(str(location[-1]), known))
    if first["type"] == "missing":
        return StrategyError(f"{key} is missing", where=where)
    hint = "Levels run from 0 (none, or as before) to 4." if location[-1:] == ("level",) else ""
    said = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be", 1).replace(" valid ", " ")
    said = said.replace("a boolean", "true or false")
    return StrategyError(
        f"{key or 'the file'}: {said}{_allowed(first['type'], location, data)}", where=where, hint=hint
    )


def _key(location: Sequence[str | int], data: Mapping[str, Any]) -> str:
    """A key as a writer of the file knows it: names of parameters in quotation marks, entries by number and lever."""
    words: list[str] = []
    for part in location:
        if isinstance(part, int) and words:
            lever_id = _entry(words[-1], part, data).get("lever")
            words[-1] += f" {part + 1}" + (f" ({lever_id})" if isinstance(lever_id, str) else "")
        else:
            words.append(f'"{part}"' if words == ["parameters"] else str(part))
    return ".".join(words)


def _entry(section: str, index: int, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """One entry of a section as it stands in the file; empty where it is no table."""
    entries = data.get(section)
    entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
    return entry if isinstance(entry, dict) else {}


def _allowed(problem: str, location: Sequence[str | int], data: Mapping[str, Any]) -> str:
    """What a number may be where something else was given: of the parameter's kind, or of the lever's scale."""
    if problem not in ("float_type", "finite_number"):
        return ""
    if location[0] == "parameters":
        support = known_parameters().get(str(location[1]))
        return f"; allowed: {ALLOWED[support].words}" if support else ""
    if len(location) > 2 and isinstance(location[1], int):
        of = levers().get(str(_entry(str(location[0]), location[1], data).get("lever")))
        if location[2] == "delivery":
            return "; allowed: 0 to 1"
        if of and location[2] in ("intensity", "change"):
            top = f"{_largest(of):,.10g} {of.unit}"
            return f"; allowed: {'0' if location[2] == 'intensity' else f'-{_largest(of):,.10g}'} to {top}"
    return ""


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
        dotted = r"\s*\.\s*".join(_written(key) for key in [*headers, part])
        nth = index if isinstance(index, int) else 0
        header = re.compile(rf"\s*\[\[?\s*{dotted}\s*\]?\]\s*(?:#.*)?$")
        key = re.compile(rf"\s*{_written(part)}\s*=")
        found = [number for number, line in enumerate(lines) if number >= at and header.match(line)]
        if len(found) > nth:
            at = found[nth]
            headers.append(part)
            continue
        below = [number for number in range(at + bool(headers), len(lines)) if re.match(r"\s*\[", lines[number])]
        until = below[0] if below else len(lines)
        plain = next((number for number in range(at, until) if key.match(lines[number])), None)
        if plain is None:
            # A table that stands only in the headers of what is in it, as [parameters."a.b"] without [parameters].
            inner = re.compile(rf"\s*\[\[?\s*{dotted}\s*\.")
            if any(inner.match(line) for line in lines):
                headers.append(part)
                continue
            break
        at = plain
        headers.append(part)
    return f"{name}, line {at + 1}" if headers and at >= 0 else name


def _written(key: str) -> str:
    """A pattern of a key as TOML writes it: bare, or in either kind of quotation marks."""
    word = re.escape(key)
    return rf"(?:{word}|\"{word}\"|'{word}')"


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
