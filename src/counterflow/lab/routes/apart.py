"""What a request waits for while a worker process looks at a document: a place for it, and its refusals as answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from counterflow.errors import CounterflowError
from counterflow.lab.errors import too_busy
from counterflow.lab.jobs.apart import as_refusal
from counterflow.lab.settings import Settings
from counterflow.lab.state import Lab

T = TypeVar("T")


async def apart(lab: Lab, work: Callable[[bytes, Settings], Awaitable[T]], body: bytes) -> T:
    """What the work makes of a body. Raises RefusedError: 503 where other documents take all places, and what the work
    refuses."""
    if not lab.apart.take():
        raise too_busy("Other documents are being looked at.")
    try:
        return await work(body, lab.settings)
    except CounterflowError as error:
        raise as_refusal(error) from None
    finally:
        lab.apart.leave()
