"""A Dask scheduler that someone else runs: the same numbers from it, and one clear line when it goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import worker_tasks as tasks
from counterflow.ensemble.cluster import on_cluster
from counterflow.ensemble.workers import Failed, Finished
from counterflow.errors import StoreError, UsageError

TESTS = Path(__file__).parents[1]
PIECES = range(12)


def never() -> bool:
    return False


@contextmanager
def dask(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`dask ...` in a process of its own, whose workers find the work of the tests."""
    settings = os.environ | {"PYTHONPATH": str(TESTS), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    command = [sys.executable, "-m", "dask", *arguments]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=settings, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler's address, and its process."""
    told = folder / "scheduler.json"
    with dask(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)
    ) as one:
        until(told.exists)
        time.sleep(0.1)  # the file is not written whole at once
        yield json.loads(told.read_text())["address"], one


def worker(address: str, folder: Path) -> tuple[str, ...]:
    """Arguments of `dask` for one worker."""
    where = ("--local-directory", str(folder), "--host", "127.0.0.1")
    return ("worker", address, "--nthreads", "1", "--nworkers", "1", "--no-dashboard", *where)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler with two workers."""
    folder = tmp_path_factory.mktemp("dask")
    with scheduler(folder) as (found, _), ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(dask(*worker(found, folder)))
        yield found


def test_two_workers_of_a_scheduler_give_the_same_bits(address: str) -> None:
    job = {"seed": 3, "seconds": 0.02}
    ended = list(on_cluster(tasks.numbers, job, PIECES, workers=None, scheduler=address, stop=never, in_order=True))
    assert [one.index for one in ended] == list(PIECES)
    for one in ended:
        assert isinstance(one, Finished)
        expected = tasks.numbers(job, one.index)
        assert all(one.result[name].tobytes() == expected[name].tobytes() for name in expected)


@pytest.mark.parametrize("in_order", [False, True])
def test_a_piece_that_always_breaks_is_set_aside(address: str, in_order: bool, tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "poison": [5], "shaky": [3]}
    ended = list(on_cluster(tasks.breaks, job, PIECES, workers=None, scheduler=address, stop=never, in_order=in_order))
    assert [one for one in ended if isinstance(one, Failed)] == [Failed(5, "branch none: piece 5 is not finite")]
    assert {one.index for one in ended} == set(PIECES)
    assert [len(tasks.begun(tmp_path, index)) for index in (5, 3, 4)] == [3, 2, 1]


def test_a_piece_that_kills_its_workers_is_set_aside(address: str, tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "poison": [5]}
    ended = list(on_cluster(tasks.dies, job, PIECES, workers=None, scheduler=address, stop=never))
    assert [one.index for one in ended if isinstance(one, Failed)] == [5]
    assert {one.index for one in ended} == set(PIECES)
    assert len(tasks.begun(tmp_path, 5)) == 4  # the scheduler tries twice before it tells


def test_no_room_left_ends_the_run_at_once(address: str, tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "full": 2}
    with pytest.raises(StoreError, match="no space left") as told:
        list(on_cluster(tasks.fills_up, job, range(50), workers=None, scheduler=address, stop=never))
    assert (told.value.where, told.value.hint) == ("runs.zarr", "Make room.")


def test_stopping_lets_what_runs_finish_and_begins_nothing_else(address: str, tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "seconds": 0.5}

    def stop() -> bool:
        return bool(list(tmp_path.glob("ended-*")))

    ended = list(on_cluster(tasks.traced, job, range(50), workers=None, scheduler=address, stop=stop))
    begun = {int(trace.name.split("-")[1]) for trace in tmp_path.glob("begun-*")}
    assert {one.index for one in ended} == begun
    assert len(begun) <= 4


def test_a_run_leaves_nothing_of_its_own_at_the_scheduler(address: str, tmp_path: Path) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        left = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.worker_plugins))
    assert not [name for name in left if name.startswith("counterflow")]


def test_no_scheduler_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from counterflow.ensemble import cluster

    monkeypatch.setattr(cluster, "ANSWER", 1.0)
    for nowhere in ("tcp://127.0.0.1:9", "nonsense", "odd://127.0.0.1:9"):
        begun = time.monotonic()
        with pytest.raises(UsageError, match="no Dask scheduler answers") as told:
            list(on_cluster(tasks.numbers, {}, PIECES, workers=None, scheduler=nowhere, stop=never))
        assert told.value.where == nowhere
        assert time.monotonic() - begun < 10


def test_a_scheduler_without_workers_and_one_that_dies_end_the_run_and_hang_nothing(tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "seconds": 0.3}
    with scheduler(tmp_path) as (found, process):
        ended = on_cluster(tasks.traced, job, PIECES, workers=None, scheduler=found, stop=never, patience=1.0)
        with pytest.raises(StoreError, match="no worker has been alive for 1 seconds"):
            list(ended)
        with dask(*worker(found, tmp_path)):
            ended = on_cluster(tasks.traced, job, PIECES, workers=None, scheduler=found, stop=never)
            assert isinstance(next(ended), Finished)
            process.kill()
            begun = time.monotonic()
            with pytest.raises(StoreError, match="connection to the Dask scheduler was lost"):
                list(ended)
            assert time.monotonic() - begun < 30
