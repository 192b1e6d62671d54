"""The processes of a Dask cluster as a place to run pieces. It imports Dask: import it only where it is used."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import resource_tracker
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any
from uuid import uuid4

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, Worker, WorkerPlugin, get_worker
from distributed.comm.addressing import resolve_address
from distributed.system import MEMORY_LIMIT
from distributed.utils import silence_logging_cmgr

import counterflow
from counterflow.ensemble import workers as pools
from counterflow.ensemble.workers import Failed, Fell, Finished, Outcome, Skipped, Stop, Work
from counterflow.errors import CounterflowError, ModelError, StoreError, UsageError

EACH = 2  # pieces handed over for each worker's thread: one that runs, and one that waits so that it never idles
ANSWER = 10.0  # seconds within which a scheduler answers
SILENT = 60  # above every level of logging

SETTINGS = {
    "distributed.comm.timeouts.connect": f"{ANSWER:.0f}s",
    # A worker's memory is the run's, not Dask's: nothing of it can be spilled, and a worker that paused would never
    # go on. It is ended at 95% of its share, which counts as a try.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.profile.enabled": False,
}


class Carried(WorkerPlugin):
    """The job, as it lies at each worker; the scheduler gives it to those that come later, too."""

    def __init__(self, work: Work, job: Any) -> None:
        self.work, self.job = work, job
        self.version = counterflow.__version__
        self.halted = False

    def setup(self, worker: Worker) -> None:
        """Refuse to compute what would be taken for the work of another version."""
        if counterflow.__version__ != self.version:
            raise ModelError(
                f"a worker has Counterflow {counterflow.__version__}, this run {self.version}",
                where=worker.address,
                hint="Install the same version on all of them.",
            )


def perform(name: str, index: int) -> Finished | Skipped:
    """On a worker: do one piece of the job that lies there under `name`."""
    carried = get_worker().plugins[name]
    assert isinstance(carried, Carried)
    if carried.halted:
        return Skipped(index)
    try:
        return pools.timed(carried.work, carried.job, index)
    except CounterflowError as error:
        error.__cause__ = None  # it may hold what cannot travel, and would then arrive as something else
        error.__suppress_context__ = True
        raise


def halt(name: str, dask_worker: Worker) -> None:
    """On a worker: begin no further piece."""
    carried = dask_worker.plugins[name]
    assert isinstance(carried, Carried)
    carried.halted = True


def on_cluster(
    work: Work,
    job: Any,
    indices: Sequence[int],
    *,
    workers: int | None,
    scheduler: str | None,
    stop: Stop,
    in_order: bool = False,
    patience: float = 60.0,
) -> Iterator[Finished | Failed]:
    """As `workers.here`, in `workers` processes of this machine (all its cores where None), or at a Dask `scheduler`.

    The job travels once to each worker, which imports `work` by its name. The death of a worker counts as a try of
    the pieces that it had. Raises UsageError where no scheduler answers or where the workers cannot load the job; an
    error of Counterflow's as `here` does; StoreError where the scheduler is lost, and where no worker has been alive
    for `patience` seconds: what was finished stands, and a later run can go on from it.
    """
    with ExitStack() as stack:
        for root in ("distributed", "distributed.client", "tornado", "tornado.application"):
            stack.enter_context(silence_logging_cmgr(SILENT, root))
        stack.enter_context(dask.config.set(SETTINGS))
        client = stack.enter_context(_scheduler(scheduler) if scheduler else _local(workers or os.cpu_count() or 1))
        pool = stack.enter_context(_carrying(client, work, job, patience))
        yield from pools.drive(pool, indices, stop=stop, in_order=in_order)


@contextmanager
def _scheduler(address: str) -> Iterator[Client]:
    """Someone else's cluster, which is left as it was."""
    try:
        resolve_address(address)  # a client would wait for what cannot be one for ever
        client = Client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(
            "no Dask scheduler answers there",
            where=address,
            hint="Start one with `dask scheduler`, workers with `dask worker ADDRESS`, and name it as tcp://HOST:PORT.",
        ) from error
    with _closing(client):
        yield client


@contextmanager
def _local(workers: int) -> Iterator[Client]:
    """A cluster of this machine's, which ends with the run, however that ends."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # A worker imports the script that began the run. One that runs as it is imported would begin it once more.
        raise UsageError(
            "a script that runs in several processes must not begin the run when it is imported",
            hint='Put the call under `if __name__ == "__main__":`.',
        )
    with ExitStack() as stack:
        stack.enter_context(_same_environment())
        try:
            with _no_interrupts():
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",  # with None, it would listen everywhere on a port that is known
                    memory_limit=MEMORY_LIMIT // workers,
                    silence_logs=SILENT,
                    env=pools.PINNED,
                    # Each death is told here: who counts it knows best.
                    scheduler_kwargs={"allowed_failures": 0, "dashboard": False},
                )
            stack.callback(cluster.close)
            client = Client(cluster, timeout=ANSWER, set_as_default=False)
        except (OSError, RuntimeError, ValueError) as error:
            raise UsageError(
                f"the workers cannot be started: {error}",
                hint='Run with fewer --workers; in a script, put the call under `if __name__ == "__main__":`.',
            ) from error
        stack.enter_context(_closing(client))
        yield client


@contextmanager
def _closing(client: Client) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(OSError, TimeoutError):  # a scheduler that is gone need not be told
            client.close()


@contextmanager
def _same_environment() -> Iterator[None]:
    """Undo what Dask sets in this process so that its workers inherit it."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Threads and processes that are begun within, and those that they begin, never see SIGINT.

    A terminal's Ctrl-C reaches every process of the command; what it means is for this one to decide.
    """
    resource_tracker.ensure_running()  # begun within, it would unblock the signal again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _carrying(client: Client, work: Work, job: Any, patience: float) -> Iterator[_Cluster]:
    """The job, laid at every worker until the run ends."""
    name = f"counterflow-{uuid4().hex}"
    try:
        client.register_plugin(Carried(work, job), name=name)
    except CounterflowError:
        raise
    except Exception as error:
        raise UsageError(
            f"the workers cannot load the run: {type(error).__name__}: {error}",
            hint="Counterflow must be installed, in the same version, where the workers run.",
        ) from error
    pool = _Cluster(client, name, patience)
    try:
        yield pool
    finally:
        pool.close()


class _Cluster:
    """Pieces at the workers of a scheduler; see `workers.Pool`."""

    def __init__(self, client: Client, name: str, patience: float) -> None:
        self.client, self.name, self.patience = client, name, patience
        self.pending: dict[Future[Any], int] = {}
        self.done: SimpleQueue[Future[Any]] = SimpleQueue()
        self.submitted = 0
        self.threads = 0
        self.gone: float | None = None  # since when there has been no worker
        self._look()

    def room(self) -> int:
        return EACH * max(self.threads, 1)

    def submit(self, index: int) -> None:
        self.submitted += 1
        key = f"{self.name}-{index}-{self.submitted}"
        future = self.client.submit(perform, self.name, index, key=key, pure=False)
        self.pending[future] = index
        future.add_done_callback(self.done.put)

    def wait(self, seconds: float) -> Outcome | None:
        with suppress(Empty):
            return self._outcome(self.done.get(timeout=seconds))
        if monotonic() - self.looked > min(1.0, self.patience):
            self._look()
        return None

    def _look(self) -> None:
        """See which workers are there; raises StoreError once there have been none for too long."""
        try:
            self.threads = sum(self.client.nthreads(callback_timeout=ANSWER).values())
        except (OSError, TimeoutError, RuntimeError, AttributeError):
            self.threads = 0
        self.looked = monotonic()
        if self.threads:
            self.gone = None
            return
        if self.client.status != "running":
            raise _lost("the connection to the Dask scheduler was lost")
        self.gone = self.gone or self.looked
        if self.looked - self.gone >= self.patience:
            raise _lost(f"no worker has been alive for {self.patience:.0f} seconds")

    def _outcome(self, future: Future[Any]) -> Outcome:
        index = self.pending.pop(future)
        error: BaseException | None = None
        # A result lies at its worker until it is fetched; where that dies first ("lost"), it is made again.
        while future.status in ("finished", "lost", "pending"):
            try:
                outcome: Outcome = future.result(timeout=ANSWER)
                future.release()
                return outcome
            except TimeoutError:
                self._look()
            except Exception as raised:
                error = raised
                break
        if future.status == "cancelled":
            raise _lost("the connection to the Dask scheduler was lost")
        error = error or future.exception()
        future.release()
        if isinstance(error, KilledWorker):
            return Fell(index, "the worker died each time that it ran this", 1 + error.allowed_failures)
        return pools.fell(index, error)

    def halt(self) -> None:
        with suppress(OSError, TimeoutError):
            self.client.run(partial(halt, self.name), on_error="ignore", callback_timeout=ANSWER)

    def close(self) -> None:
        if self.client.status != "running":
            return
        with suppress(Exception):  # what is left at a scheduler that fails now goes with it
            self.client.cancel(list(self.pending), force=True)
            self.client.unregister_worker_plugin(self.name)


def _lost(what: str) -> StoreError:
    return StoreError(what, hint="What was finished is kept: run again with --resume.")
