"""Workers that die, pieces that kill them, a driver that is killed, and Ctrl-C: on a cluster of this machine's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import worker_tasks as tasks
from counterflow.ensemble.cluster import on_cluster
from counterflow.ensemble.workers import Failed, Finished
from processes import members

TESTS = Path(__file__).parents[1]

# Runs pieces in a process of its own, with workers of its own; prints a line for each that ends.
DRIVER = """
import resource, signal, sys
sys.path.insert(0, {tests!r})
{first}
import worker_tasks as tasks
from counterflow.ensemble.cluster import on_cluster

asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append(1))
job = {{"folder": sys.argv[1], "poison": {poison!r}, "seconds": 0.4}}
for one in on_cluster(tasks.{work}, job, range(30), workers={workers}, scheduler=None, stop=lambda: bool(asked)):
    print(*one[:2], flush=True)
"""


def drive(folder: Path, work: str, *, workers: int = 2, poison: object = (), first: str = "") -> subprocess.Popen[str]:
    code = DRIVER.format(tests=str(TESTS), work=work, workers=workers, poison=poison, first=first)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # as a terminal's: Ctrl-C reaches the driver and its workers
    )


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)


def process_of(trace: Path) -> int:
    return int(trace.name.split("-")[2])


def test_a_worker_killed_in_the_middle_costs_only_what_it_had(tmp_path: Path) -> None:
    killed = []

    def stop() -> bool:
        if not killed and list(tmp_path.glob("ended-*")):
            killed.extend(tasks.begun(tmp_path, 4)[:1])
            for trace in killed:
                os.kill(process_of(trace), signal.SIGKILL)
        return False

    job = {"folder": str(tmp_path), "seconds": 0.5}
    ended = list(on_cluster(tasks.traced, job, range(12), workers=2, scheduler=None, stop=stop))
    assert killed
    assert sorted(one.index for one in ended) == list(range(12))
    assert all(isinstance(one, Finished) and one.result == one.index for one in ended)
    again = [index for index in range(12) if len(tasks.begun(tmp_path, index)) > 1]
    assert 4 in again
    assert len(again) <= 2


def test_a_piece_that_kills_its_worker_is_set_aside_after_three_tries_and_takes_no_other_with_it(
    tmp_path: Path,
) -> None:
    job = {"folder": str(tmp_path), "poison": [3], "seconds": 0.05}
    ended = list(on_cluster(tasks.dies, job, range(10), workers=2, scheduler=None, stop=lambda: False, in_order=True))
    assert [one.index for one in ended] == list(range(10))
    assert [one for one in ended if isinstance(one, Failed)] == [
        Failed(3, "the worker died each time that it ran this")
    ]
    assert len(tasks.begun(tmp_path, 3)) == 3


def test_a_piece_that_takes_ever_more_memory_is_ended_and_set_aside(tmp_path: Path) -> None:
    limit = "resource.setrlimit(resource.RLIMIT_RSS, (2**29, 2**29))"  # which is what a worker's share is taken from
    with drive(tmp_path, "grows", workers=1, poison=[5], first=limit) as driver:
        told, errors = driver.communicate(timeout=120)
    assert driver.returncode == 0
    assert errors == ""
    lines = sorted(told.splitlines(), key=lambda line: int(line.split()[0]))
    assert [line for line in lines if line.split()[0] != line.split()[1]] == [
        "5 the worker died each time that it ran this"
    ]
    assert len(lines) == 30


def test_a_killed_driver_leaves_no_worker_behind(tmp_path: Path) -> None:
    with drive(tmp_path, "traced") as driver:
        until(lambda: bool(list(tmp_path.glob("ended-*"))))
        workers = {process_of(trace) for trace in tmp_path.glob("begun-*")}
        assert workers <= set(members(driver.pid))
        os.kill(driver.pid, signal.SIGKILL)
        driver.communicate(timeout=30)
        until(lambda: not members(driver.pid), 20)


def test_ctrl_c_reaches_all_and_only_the_driver_heeds_it(tmp_path: Path) -> None:
    with drive(tmp_path, "traced") as driver:
        until(lambda: bool(list(tmp_path.glob("ended-*"))))
        os.killpg(driver.pid, signal.SIGINT)
        told, errors = driver.communicate(timeout=30)
    assert driver.returncode == 0
    assert errors == ""
    ended = {int(line.split()[0]) for line in told.splitlines()}
    assert ended == {int(trace.name.split("-")[1]) for trace in tmp_path.glob("begun-*")}  # none was cut short
    assert len(ended) < 10
    until(lambda: not members(driver.pid), 20)
