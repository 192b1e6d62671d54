"""What the routes of one lab share: the engine once it is warm, the queue, the jobs, the document it opened with."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from counterflow.errors import CounterflowError
from counterflow.evidence.store import Store
from counterflow.lab.calls import Calls
from counterflow.lab.documents.schema import DocumentRead
from counterflow.lab.engine.schema import Hashes
from counterflow.lab.errors import RefusedError
from counterflow.lab.jobs.store import Jobs
from counterflow.lab.journal import tell
from counterflow.lab.pace import Room
from counterflow.lab.settings import Settings
from counterflow.lab.work import Work

WARM = "warm"


@dataclass
class Lab:
    """One lab. What it holds changes once: when the engine is warm, or when that failed."""

    settings: Settings
    calls: Calls
    opened: DocumentRead | None
    work: Work
    verdicts: Work  # one at a time, which takes no place of a slider
    jobs: Jobs
    streams: Room
    apart: Room
    engine: Any = None
    catalogue: bytes = b""  # JSON
    hashes: Hashes | None = None
    fault: Exception | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _warming: asyncio.Future[None] | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether a thread works on what cannot be told to stop."""
        return self.work.running + self.verdicts.running > 0 or any(
            thread.name == WARM for thread in threading.enumerate()
        )

    def warm_up(self) -> None:
        """Make the engine, in a thread that does not keep the process from ending."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._warm, args=(loop,), daemon=True, name=WARM).start()

    def _warm(self, loop: asyncio.AbstractEventLoop) -> None:
        began = time.perf_counter()
        try:
            Store.open()  # begun here: what reads documents may write nothing
            engine = self.calls.warm()
            strategies = [self.opened.strategy] if self.opened else []
            catalogue = self.calls.catalogue(engine, strategies)
            usual = catalogue.limits.draws.model_copy(update={"usual": self.settings.draws})
            limits = catalogue.limits.model_copy(update={"draws": usual, "document_bytes": self.settings.document_size})
            self.catalogue = catalogue.model_copy(update={"limits": limits}).model_dump_json().encode()
            self.hashes = catalogue.hashes
            self.engine = engine
            tell("info", "warm", seconds=round(time.perf_counter() - began, 2))
        except Exception as error:
            self.fault = error
            trace = "" if isinstance(error, CounterflowError) else traceback.format_exc()
            tell("error", "cold", kind=type(error).__name__, message=str(error), trace=trace)
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._is_ready)

    def _is_ready(self) -> None:
        self.ready.set()
        if self.fault is None:  # sliders need not wait for it
            self._warming = asyncio.ensure_future(self.verdicts.first(self._warm_verdicts))

    def _warm_verdicts(self) -> None:
        try:
            self.calls.warm_verdicts(self.engine)
        except Exception as error:  # whoever asks for a verdict is told then
            tell("error", "verdicts", kind=type(error).__name__, message=str(error))

    def require_warm(self) -> Any:
        """The engine. Raises RefusedError 503 before it is warm, and where it could not be made."""
        if self.fault is not None:
            raise RefusedError(503, "broken", "The model could not be started.", "The log of the lab says why.")
        if self.engine is None:
            hint = "Ask again shortly."
            raise RefusedError(503, "warming", "The model is being made ready.", hint, headers={"Retry-After": "2"})
        return self.engine

    async def close(self) -> None:
        """End all jobs, and begin no more work."""
        await self.jobs.close()
        self.work.close()
        self.verdicts.close()


def lab_of(request: Request) -> Lab:
    """The lab that a request belongs to."""
    found = request.app.state.lab
    assert isinstance(found, Lab)
    return found
