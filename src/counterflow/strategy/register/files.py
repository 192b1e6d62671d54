"""The register's file: where it lies, how it is read, and how it changes whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from counterflow.errors import StrategyError, UsageError
from counterflow.evidence.disk import write_whole
from counterflow.evidence.folder import data_folder
from counterflow.strategy.register.schema import FORMAT, Register

NAME = "register.json"
LARGEST = 100_000_000  # bytes; a document of thirty actions takes about 60,000
PATIENCE = 20.0  # seconds that a writer waits for another


def usual_place() -> Path:
    """Where the user's register lies: in the folder that COUNTERFLOW_DATA names, else in the user's data folder."""
    return data_folder() / NAME


def read_register(path: Path) -> Register:
    """The register of a file.

    Raises StrategyError, naming the file, where it is missing, damaged, or of a newer Counterflow.
    """
    hint = "Move it away, or restore a copy: `counterflow register add DOC` then begins a new one."
    try:
        if path.stat().st_size > LARGEST:
            raise StrategyError(f"the register has more than {LARGEST:,} bytes", where=str(path), hint=hint)
        raw = path.read_bytes()
    except FileNotFoundError:
        hint = "`counterflow register add DOC` begins one; --register names another place."
        raise StrategyError("there is no register", where=str(path), hint=hint) from None
    except OSError as error:
        raise StrategyError(f"the register cannot be read ({error.strerror})", where=str(path)) from error
    try:
        data = json.loads(raw)
        number = data["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"not UTF-8 JSON with a format number: {type(error).__name__}"
        raise StrategyError(f"the register is damaged ({reason})", where=str(path), hint=hint) from error
    if number != FORMAT or isinstance(number, bool):
        raise StrategyError(
            f"the register has format {json.dumps(number)[:40]}, and this Counterflow knows {FORMAT}",
            where=str(path),
            hint="It was written by another version of Counterflow: use that one.",
        )
    try:
        return Register.model_validate_json(raw, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StrategyError(f"the register is damaged: {key}: {first['msg']}", where=str(path), hint=hint) from error


def register_text(register: Register) -> str:
    """The text of a register's file: indented, in a stable order, without what has its usual value."""
    data = {"format": register.format} | register.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def change_register(path: Path, change: Callable[[Register], Register]) -> Register:
    """Read, change and write a register as the only writer; a missing file is an empty register.

    The file is replaced in one step, and not touched where nothing changed. Raises StrategyError as `read_register`
    does, and where another process keeps writing; UsageError where the place cannot be written.
    """
    from filelock import FileLock, Timeout

    path = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A lock that cannot be made looks like one that another process holds: try the folder first.
        with tempfile.TemporaryFile(dir=path.parent):
            pass
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE):
            there = path.exists()
            before = read_register(path) if there else Register()
            after = change(before)
            if after != before or not there:
                write_whole(path, register_text(after).encode())
            return after
    except Timeout:
        raise StrategyError(
            "another process is writing to the register",
            where=str(path),
            hint="Nothing was changed: wait until it is done, and run this again.",
        ) from None
    except OSError as error:
        raise UsageError(
            f"the register cannot be written ({error.strerror or error})",
            where=str(path),
            hint="It is as it was. Name another file with --register.",
        ) from error
