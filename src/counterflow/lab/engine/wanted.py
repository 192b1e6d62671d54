"""Whether somebody still waits for an answer: what nobody waits for any more gives the processors back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class UnwantedError(Exception):
    """Work that was given up, since nobody waits for what would come of it."""


class Wanted:
    """One answer that is waited for, from when it is asked until `leave` is called."""

    def __init__(self) -> None:
        self._pieces: list[Future[Any]] = []
        self._left = False
        self._lock = Lock()

    @property
    def is_left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._left

    def leave(self) -> None:
        """Wait for it no longer: pieces that have not begun are taken out of the queue."""
        with self._lock:
            self._left = True
            pieces, self._pieces = self._pieces, []
        for piece in pieces:
            piece.cancel()

    def require(self) -> None:
        """Raise UnwantedError where nobody waits for it any more: for work that looks up between its steps."""
        if self._left:
            raise UnwantedError

    def begin(self, pool: ThreadPoolExecutor, calls: Sequence[Callable[[], T]]) -> tuple[Future[T], ...]:
        """Begin the pieces of the answer in a pool. Raises UnwantedError where it is not waited for."""
        self.require()
        begun = tuple(pool.submit(call) for call in calls)
        with self._lock:
            self._pieces += begun
            left = self._left
        if left:
            self.leave()
        return begun

    def results(self, begun: Sequence[Future[T]]) -> list[T]:
        """What pieces came to, once all of them are done. Raises UnwantedError where it is not waited for."""
        try:
            return [one.result() for one in begun]
        except Exception:
            self.require()
            raise
