"""The log of the lab: one JSON object on a line of standard error for each thing that happens. No word of a document,
no token and no whole id of a job is ever in it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

Level = Literal["info", "warning", "error"]
_LOG = logging.getLogger("counterflow.lab")


def tell(level: Level, event: str, **about: Any) -> None:
    """Log what happened, with what belongs to it."""
    _LOG.log(getattr(logging, level.upper()), event, extra={"about": about})


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name == _LOG.name else "server",
        }
        if record.name != _LOG.name:
            line["message"] = record.getMessage()
        line |= getattr(record, "about", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def to_standard_error() -> None:
    """Write the log, and what the server has to say, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    for name, level in (("counterflow", logging.INFO), ("uvicorn", logging.WARNING), ("asyncio", logging.WARNING)):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)
