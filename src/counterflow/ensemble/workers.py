"""Pieces of a run side by side, in threads of this process; cluster.py has the processes of a Dask cluster.

A piece is known by its index; what it is made from, the job, is the same for all. A piece that fails is tried again
when nothing else runs, so that one that kills its worker takes no other with it, and is set aside after TRIES.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from time import perf_counter
from typing import Any, NamedTuple, Protocol

from counterflow.errors import CounterflowError, ModelError

TRIES = 3  # of one piece, before it is set aside
LOOK = 0.1  # seconds between two looks at whether to stop, while nothing finishes

Work = Callable[[Any, int], Any]  # of a job and an index; a function at the top of a module, so that it can travel
Stop = Callable[[], bool]


class Finished(NamedTuple):
    """A piece that is done: what `work` returned, and how many seconds it took."""

    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks for
    result: Any
    seconds: float


class Failed(NamedTuple):
    """A piece that was set aside, and why."""

    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks for
    reason: str


class Fell(NamedTuple):
    """A piece whose try came to nothing; `tries` counts as how many."""

    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks for
    reason: str
    tries: int


class Skipped(NamedTuple):
    """A piece that had not begun when the run was stopped."""

    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody asks for


Outcome = Finished | Fell | Skipped


class Pool(Protocol):
    """Where pieces run."""

    def room(self) -> int:
        """How many pieces to hand over at most, running and waiting."""

    def submit(self, index: int) -> None:
        """Hand over a piece."""

    def wait(self, seconds: float) -> Outcome | None:
        """What became of a piece; None where none comes to its end within `seconds`. Raises StoreError where a piece
        did, and where nothing can run any more."""

    def halt(self) -> None:
        """Begin no piece that has not begun: it comes back as Skipped."""


def here(
    work: Work, job: Any, indices: Sequence[int], *, stop: Stop, in_order: bool = False
) -> Iterator[Finished | Failed]:
    """Run the pieces in threads of this process, as many at a time as it has cores, and yield them as they finish.

    The first runs alone, since it compiles what the others then share. `in_order` yields in the order of `indices`.
    Once `stop()` is true no further piece begins; those that run are yielded, then this ends (in order, with gaps
    where an earlier one had not begun). Raises an error of Counterflow's as soon as a piece does, where it would befall
    any other piece too (no room, values that clash); ModelError and whatever is unforeseen count as a try.
    """
    pool = _Threads(work, job)
    try:
        yield from drive(pool, indices, stop=stop, in_order=in_order)
    finally:
        pool.close()


def drive(pool: Pool, indices: Sequence[int], *, stop: Stop, in_order: bool) -> Iterator[Finished | Failed]:
    """Hand pieces to a pool, never more than it has room for, and yield what becomes of them."""
    waiting, order = deque(indices), deque(indices if in_order else ())
    fallen: deque[int] = deque()  # to be tried again, each by itself
    tries: Counter[int] = Counter()
    kept: dict[int, Finished | Failed] = {}  # finished before one that comes earlier in the order
    running, alone, halted = 0, False, False
    while True:
        if not halted and stop():
            halted = True
            pool.halt()
        if not halted:
            # In order, those behind one that fell are held back too: else they would all be kept until it is done.
            if fallen and (in_order or not waiting):
                if running == 0:
                    pool.submit(fallen.popleft())
                    running, alone = 1, True
            elif not alone:
                room = pool.room()
                while waiting and running < room and running + len(kept) < 2 * room:
                    pool.submit(waiting.popleft())
                    running += 1
        if running == 0:
            break
        outcome = pool.wait(LOOK)
        if outcome is None:
            continue
        running -= 1
        ended: Finished | Failed | None = outcome if isinstance(outcome, Finished) else None
        if isinstance(outcome, Fell):
            tries[outcome.index] += outcome.tries
            if alone and tries[outcome.index] >= TRIES:
                ended = Failed(outcome.index, outcome.reason)
            else:
                fallen.append(outcome.index)
        alone = False
        if ended and not in_order:
            yield ended
        elif ended:
            kept[ended.index] = ended
            while order and order[0] in kept:
                yield kept.pop(order.popleft())
    yield from (kept[index] for index in order if index in kept)


def fell(index: int, error: BaseException) -> Fell:
    """A piece that raised an error; one that no piece could do better than, such as no room, is raised again."""
    if isinstance(error, CounterflowError) and not isinstance(error, ModelError):
        raise error
    text = str(error) if isinstance(error, CounterflowError) else f"{type(error).__name__}: {error}"
    return Fell(index, " ".join(text.split()), 1)


class _Threads:
    """Pieces in threads of this process; see `Pool`."""

    def __init__(self, work: Work, job: Any) -> None:
        self.work, self.job = work, job
        self.cores = os.cpu_count() or 1
        self.threads = ThreadPoolExecutor(self.cores)
        self.pending: dict[Future[Finished], int] = {}
        self.compiled = False

    def room(self) -> int:
        return self.cores + 1 if self.compiled else 1

    def submit(self, index: int) -> None:
        self.pending[self.threads.submit(timed, self.work, self.job, index)] = index

    def wait(self, seconds: float) -> Outcome | None:
        done, _ = wait_for(self.pending, seconds, FIRST_COMPLETED)
        if not done:
            return None
        self.compiled = True
        future = min(done, key=self.pending.__getitem__)
        index = self.pending.pop(future)
        if future.cancelled():
            return Skipped(index)
        error = future.exception()
        return fell(index, error) if error else future.result()

    def halt(self) -> None:
        for future in self.pending:
            future.cancel()

    def close(self) -> None:
        self.threads.shutdown(cancel_futures=True)


def timed(work: Work, job: Any, index: int) -> Finished:
    """Do one piece."""
    begun = perf_counter()
    result = work(job, index)
    return Finished(index, result, perf_counter() - begun)


# What a process begins with to compute in one thread. XLA_FLAGS could say it too, but compiled runs are kept by their
# flags: with others than the user's own they would all be compiled again.
PINNED = dict.fromkeys(("NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
