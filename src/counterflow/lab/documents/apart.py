"""Documents of strangers, from bytes to what was read, without a line of theirs read in the lab's own process."""

from __future__ import annotations

import asyncio
import re
import tempfile
import unicodedata
from collections.abc import Callable
from datetime import date as Date
from pathlib import Path
from typing import Any

from counterflow.lab.jobs.apart import PREFIX, run_apart
from counterflow.lab.settings import Settings

CHILD = "counterflow.lab.documents.child"
LONGEST_NAME = 120  # characters of a file's name


def plain_name(name: str) -> str:
    """A file's name that is nothing but a name: no folders, nothing hidden, nothing that changes how a line looks."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last).strip(" .")
    plain = plain.encode("utf-8", "replace").decode()
    stem, dot, suffix = plain.rpartition(".")
    if dot and 0 < len(suffix) <= 10:
        return f"{stem[:LONGEST_NAME]}.{suffix}"
    return plain[:LONGEST_NAME] or "document"


async def read_apart(
    data: bytes, name: str, date: Date | None, settings: Settings, on_progress: Callable[[dict[str, Any]], None]
) -> bytes:
    """A document's bytes as `DocumentRead`, in JSON. Raises as `run_apart`."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        path = Path(folder) / plain_name(name)
        await asyncio.to_thread(path.write_bytes, data)
        arguments = ["document", str(path), *([date.isoformat()] if date else [])]
        return await run_apart(CHILD, arguments, seconds=settings.document_time, on_progress=on_progress)


async def opened_apart(source: str, settings: Settings) -> bytes:
    """The document of a file or at an address as `DocumentRead`, in JSON. Raises as `run_apart`."""
    return await run_apart(CHILD, ["document", source], seconds=settings.document_time, on_progress=lambda step: None)


async def strategy_apart(corrected: bytes, settings: Settings) -> bytes:
    """A brief with corrected actions, as JSON, to `StrategyMade`, in JSON. Raises as `run_apart`."""
    return await _worked_apart("strategy", corrected, settings)


async def require_brief_apart(body: bytes, settings: Settings) -> None:
    """Refuse a body whose brief is none, or quotes what its text does not say. Raises as `run_apart`."""
    await _worked_apart("brief", body, settings)


async def _worked_apart(what: str, body: bytes, settings: Settings) -> bytes:
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        path = Path(folder) / "body.json"
        await asyncio.to_thread(path.write_bytes, body)
        seconds = min(settings.document_time, settings.answer_time / 2)
        return await run_apart(CHILD, [what, str(path)], seconds=seconds, on_progress=lambda step: None)
