"""Simulations of all clients on the processors that there are: a queue with an end, and no work for who has left."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from fastapi import Request

from counterflow.lab.engine.wanted import Wanted
from counterflow.lab.errors import RefusedError, too_busy

P = ParamSpec("P")
T = TypeVar("T")
LOOK = 0.25  # seconds between looks whether a client is still there
NICE = 10  # of what sliders go before


class Work:
    """As many threads as processors, and a queue before them. Used from one event loop."""

    def __init__(self, waiting: int, threads: int | None = None, *, behind: bool = False) -> None:
        """`behind`: whether other work goes first where processors are short."""
        self.threads = threads or os.cpu_count() or 1
        self.running = 0  # threads that work on something, asked for by somebody who may have left
        self._pool = ThreadPoolExecutor(
            self.threads, thread_name_prefix="lab", initializer=_step_back if behind else None
        )
        self._places = asyncio.Semaphore(self.threads)
        self._most, self._waiting = waiting, 0

    async def do(self, request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns, called in a thread once one is free.

        Raises RefusedError 503 where the queue is full; what a client that has left asked for is not begun.
        """
        await self._turn(request)
        return await asyncio.wrap_future(self._begin(function, *args, **kwargs))

    async def answer(self, request: Request, call: Callable[[Wanted], T]) -> T:
        """The same for an answer that is given up as soon as its client leaves, or no longer waits for it."""
        await self._turn(request)
        wanted = Wanted()
        running = asyncio.wrap_future(self._begin(call, wanted))
        leaving = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                raise _gone()
            return running.result()
        finally:
            leaving.cancel()
            wanted.leave()
            running.cancel()

    async def _turn(self, request: Request) -> None:
        if self._waiting >= self._most:
            raise too_busy("All processors are taken, and the queue is full.")
        self._waiting += 1
        try:
            await self._place(request)
        finally:
            self._waiting -= 1

    async def first(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin, as the first of all and in the place of one request, what nobody waits for."""
        await self._places.acquire()
        self._begin(function, *args, **kwargs)

    def _begin(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        loop = asyncio.get_running_loop()
        try:
            running = self._pool.submit(function, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        self.running += 1
        # The place is taken until the thread is done, though nobody may wait for it any more.
        running.add_done_callback(lambda done: _soon(loop, self._leave))
        running.add_done_callback(_seen)
        return running

    def _leave(self) -> None:
        self.running -= 1
        self._places.release()

    async def _place(self, request: Request) -> None:
        taking = asyncio.ensure_future(self._places.acquire())  # one wait from first to last, which keeps its turn
        try:
            while not taking.done():
                await asyncio.wait((taking,), timeout=LOOK)
                if await request.is_disconnected():
                    raise _gone()
        except BaseException:
            if taking.done():
                self._places.release()
            else:
                taking.cancel()
            raise

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


async def _left(request: Request) -> None:
    """Return once the client of a request, whose body has been read, has closed its connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _gone() -> RefusedError:
    return RefusedError(499, "gone", "The client has left.")  # told to the log alone


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)


def _seen(done: Future[T]) -> None:
    """Look at an error that nobody waits for any more, so that it is not told of as lost."""
    if not done.cancelled():
        done.exception()


def _step_back() -> None:
    """Let other threads go first, and those too that this one will start: on Linux each has a priority of its own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
