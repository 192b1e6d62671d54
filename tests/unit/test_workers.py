"""Pieces side by side: the same from threads as from any number of workers, in any order or in theirs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import worker_tasks as tasks
from counterflow.ensemble.cluster import on_cluster
from counterflow.ensemble.workers import Failed, Finished, here
from counterflow.errors import StoreError

PIECES = range(12)
CORES = os.cpu_count() or 1


def never() -> bool:
    return False


def by_index(ended: Iterable[Finished | Failed]) -> dict[int, Any]:
    """What was returned, or why there is nothing; a piece never ends twice."""
    found: dict[int, Any] = {}
    for one in ended:
        assert one.index not in found
        found[one.index] = one.result if isinstance(one, Finished) else one.reason
    return found


def same(one: dict[int, Any], other: dict[int, Any]) -> bool:
    """Whether two runs gave the same pieces, bit for bit."""
    return one.keys() == other.keys() and all(
        one[index][name].tobytes() == other[index][name].tobytes() for index in one for name in ("drawn", "mean")
    )


def began(folder: Path) -> list[int]:
    return [int(path.name.split("-")[1]) for path in folder.glob("begun-*")]


def test_threads_and_one_or_four_workers_give_the_same_bits() -> None:  # two: test_workers_scheduler.py
    job = {"seed": 3, "seconds": 0.02}
    expected = {index: tasks.numbers(job, index) for index in PIECES}
    assert same(by_index(here(tasks.numbers, job, PIECES, stop=never)), expected)
    for workers in (1, 4):
        ended = on_cluster(tasks.numbers, job, PIECES, workers=workers, scheduler=None, stop=never)
        assert same(by_index(ended), expected)


def test_the_job_travels_once_to_each_worker_which_computes_in_one_thread_and_ignores_ctrl_c(tmp_path: Path) -> None:
    before = dict(os.environ)
    job = tasks.Job(folder=str(tmp_path))
    found = by_index(on_cluster(tasks.surroundings, job, PIECES, workers=2, scheduler=None, stop=never))
    assert dict(os.environ) == before
    assert len({one["process"] for one in found.values()} - {os.getpid()}) == 2
    assert len(list(tmp_path.glob("arrived-*"))) == 2
    for one in found.values():
        assert (one["NPROC"], one["OMP_NUM_THREADS"], one["interrupts"]) == ("1", "1", False)


@pytest.mark.skipif(CORES < 2, reason="with one core nothing runs side by side")
def test_the_first_piece_runs_alone_and_the_others_side_by_side(tmp_path: Path) -> None:
    for _ in here(tasks.traced, {"folder": str(tmp_path), "seconds": 0.2}, [4, 5, 6, 7], stop=never):
        if len(began(tmp_path)) == 1:
            assert began(tmp_path) == [4]  # what it compiles, the others find compiled
    stamps = {n: os.stat(next(tmp_path.glob(f"begun-{n}-*"))).st_mtime for n in (5, 6)}
    assert os.stat(next(tmp_path.glob("ended-4-*"))).st_mtime <= min(stamps.values())
    assert abs(stamps[5] - stamps[6]) < 0.2


def test_in_order_means_the_order_of_the_indices_asked_for() -> None:
    indices = [3, 1, 2, 0, 6, 5, 4]  # 3, 0 and 6 take longest
    ended = here(tasks.numbers, {"seed": 1, "seconds": 0.1}, indices, stop=never, in_order=True)
    assert [one.index for one in ended] == indices


@pytest.mark.parametrize("in_order", [False, True])
def test_no_more_pieces_are_begun_than_there_is_room_for(in_order: bool, tmp_path: Path) -> None:
    ended = here(tasks.traced, {"folder": str(tmp_path)}, range(100), stop=never, in_order=in_order)
    for number, _ in enumerate(ended, start=1):
        assert len(began(tmp_path)) <= number + 2 * (CORES + 1)
    assert sorted(began(tmp_path)) == list(range(100))


@pytest.mark.parametrize("in_order", [False, True])
def test_a_piece_that_always_breaks_is_set_aside_and_one_that_breaks_once_is_done(
    in_order: bool, tmp_path: Path
) -> None:
    job = {"folder": str(tmp_path), "poison": [0, 5], "shaky": [3, 11]}
    ended = list(here(tasks.breaks, job, PIECES, stop=never, in_order=in_order))
    found = by_index(ended)
    assert {index for index, value in found.items() if value != index} == {0, 5}
    assert found[5] == "branch none: piece 5 is not finite"
    assert [len(tasks.begun(tmp_path, index)) for index in (0, 5, 3, 11, 4)] == [3, 3, 2, 2, 1]
    if in_order:
        assert [one.index for one in ended] == list(PIECES)


def test_no_room_left_ends_the_run_at_once(tmp_path: Path) -> None:
    ended = here(tasks.fills_up, {"folder": str(tmp_path), "full": 2, "seconds": 0.05}, range(50), stop=never)
    with pytest.raises(StoreError, match="no space left"):
        list(ended)
    assert sorted(began(tmp_path)) == [0, 1]


@pytest.mark.parametrize("in_order", [False, True])
def test_stopping_lets_what_runs_finish_and_begins_nothing_else(in_order: bool, tmp_path: Path) -> None:
    job = {"folder": str(tmp_path), "seconds": 0.2}
    asked = []

    def stop() -> bool:
        asked.append(len(began(tmp_path)))
        return len(asked) > 1 and asked[-1] >= 3

    found = [one.index for one in here(tasks.traced, job, range(50), stop=stop, in_order=in_order)]
    assert sorted(found) == sorted(began(tmp_path))
    assert 3 <= len(found) <= 3 + CORES
    assert len(list(tmp_path.glob("ended-*"))) == len(found)
    if in_order:
        assert found == sorted(found)


def test_leaving_early_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    ended = here(tasks.traced, {"folder": str(tmp_path), "seconds": 0.05}, range(50), stop=never)
    assert isinstance(next(ended), Finished)
    ended.close()
    assert threading.active_count() == before
    assert len(began(tmp_path)) < 10


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(here(tasks.numbers, {}, [], stop=never)) == []


def test_work_that_returns_no_array_is_carried_as_it_is() -> None:
    (one,) = here(lambda job, index: (job, index), "job", [7], stop=never)
    assert isinstance(one, Finished)
    assert one.result == ("job", 7)
    assert 0 <= one.seconds < 1


def test_without_dask_threads_work_and_workers_are_refused_with_what_to_install() -> None:
    code = """
import sys
from counterflow.ensemble.workers import here
assert not {"dask", "distributed", "jax", "xarray", "numpy"} & sys.modules.keys()
sys.modules["distributed"] = None
from counterflow.ensemble.gather import How
def run(workers):
    how = How(progress=print, stop=lambda: False, workers=workers, scheduler=None)
    return [one.result for one in how.run(lambda job, index: index, None, [1])]
print(run(1))
try:
    run(2)
except Exception as error:
    print(type(error).__name__, error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.splitlines()[0] == "[1]"
    assert told.stdout.splitlines()[1].startswith("UsageError ")
    assert "pip install 'counterflow[scale]'" in told.stdout


def test_the_figures_of_the_tests_differ_between_pieces_and_jobs() -> None:
    one, other = tasks.numbers({"seed": 3}, 1), tasks.numbers({"seed": 4}, 1)
    assert not np.array_equal(one["drawn"], other["drawn"])
    assert not np.array_equal(one["drawn"], tasks.numbers({"seed": 3}, 2)["drawn"])
