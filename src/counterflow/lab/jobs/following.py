"""A job as a stream of server-sent events: the latest state whenever it changes, and a sign of life between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from counterflow.lab.jobs.schema import ENDED
from counterflow.lab.jobs.store import Job

BETWEEN = 0.1  # seconds from one event to the next, at the least


async def events(job: Job, keep_alive: float) -> AsyncIterator[bytes]:
    """Events of a job until it ends: progress, with how far it is, then one of done, failed and cancelled.

    The data of the last is the job without its result. What comes faster than a client reads is left out, not kept.
    """
    yield b"retry: 2000\n\n"
    while True:
        news = job.news
        yield _event(job)
        if job.state in ENDED:
            return
        while not news.is_set():
            try:
                async with asyncio.timeout(keep_alive):
                    await news.wait()
            except TimeoutError:
                yield b": still at work\n\n"
        if job.state not in ENDED:
            await asyncio.sleep(BETWEEN)


def _event(job: Job) -> bytes:
    ended = job.state in ENDED
    data = job.view().model_dump_json(exclude={"result"}) if ended else job.progress.model_dump_json()
    return f"event: {job.state if ended else 'progress'}\ndata: {data}\n\n".encode()
