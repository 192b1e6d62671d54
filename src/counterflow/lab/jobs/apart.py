"""Start a worker process, hear what it tells, and leave nothing of it behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from counterflow.errors import BriefError, CounterflowError, ModelError
from counterflow.lab.errors import RefusedError
from counterflow.lab.journal import tell

LINE = 200_000_000  # bytes of the longest line: a long document as read
PREFIX = "counterflow-lab-"  # of the folders that hold what is being read, as long as it is
_RESULT = b'{"result": '


class WorkerRefusal(CounterflowError):
    """What a worker process refuses, with the code that its error had there."""

    def __init__(self, told: dict[str, str]) -> None:
        super().__init__(told["message"], where=told["where"], hint=told["hint"])
        self.code = told["code"]


async def run_apart(
    module: str, arguments: Sequence[str], *, seconds: float, on_progress: Callable[[dict[str, Any]], None]
) -> bytes:
    """What the worker `module` makes, as JSON, started as `python -I -m module arguments...`.

    However this ends, by cancelling too, the process and all that it started are gone then. Raises WorkerRefusal for
    what the worker refuses, BriefError where it takes more than `seconds` or more of the machine than it may, and
    ModelError where it breaks.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", module, *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True, limit=LINE,
    )  # fmt: skip
    assert process.stdout is not None
    told: dict[str, Any] = {}
    result = b""
    try:
        async with asyncio.timeout(seconds):
            async for line in process.stdout:
                if line.startswith(_RESULT):  # it may be large, and is not looked into here
                    result = line.strip()[len(_RESULT) : -1]
                elif "progress" in (told := json.loads(line)):
                    on_progress(told["progress"])
            code = await process.wait()
    except TimeoutError:
        message = f"This took more than {seconds:g} s."
        raise BriefError(message, hint="Ask for less: a shorter document, fewer draws or years.") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
    if result:
        return result
    if "refused" in told:
        raise WorkerRefusal(told["refused"])
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise BriefError("This took more of the machine than it may.", hint="Give the strategy's own text as .txt.")
    tell("error", "worker", module=module, code=code, trace=told.get("fault", ""))
    raise ModelError("The work broke off.", hint="This is a fault of Counterflow; its log says more.")


def as_refusal(error: CounterflowError) -> RefusedError:
    """An error of a worker as the answer to a request that waited for it."""
    from counterflow.lab.errors import problem_of

    status = 500 if isinstance(error, ModelError) else 422
    refused = RefusedError(status, error.code, error.message, error.hint)
    refused.problem = problem_of(error)
    return refused
