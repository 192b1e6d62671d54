"""Whole runs whose processes are killed, told to end, doubled or lied to about the time: what comes of them in the end
is what an undisturbed run gives, bit for bit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import xarray as xr

import ensemble_runs as runs
from counterflow.ensemble.stored.reading import load_runs
from counterflow.errors import StoreBusyError
from processes import members


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run in threads of this process."""
    place = tmp_path_factory.mktemp("undisturbed") / "runs.zarr"
    runs.ensemble(store=place).close()
    assert len(runs.done(place)) == runs.CHUNKS
    return place


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, reduced."""
    place = tmp_path_factory.mktemp("reduced") / "runs.zarr"
    runs.ensemble(store=place, reduce=True).close()
    return place


def begun(process: subprocess.Popen[str], place: Path, chunks: int = 1) -> None:
    """Wait until so many chunks are complete."""
    runs.until(lambda: len(runs.done(place)) >= chunks, process=process)


def kept(before: dict[int, runs.Marked], place: Path) -> bool:
    """Whether chunks that were complete are as they were, and were not even written again."""
    return runs.done(place).items() >= before.items()


# ------------------------------------------------------------------------------------------ in one process

BACK = "import time; time.time = lambda: -1e6; time.time_ns = lambda: -10**15"


def test_a_killed_run_goes_on_whatever_the_clock_says_and_alone(
    undisturbed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "runs.zarr"
    process = runs.started(tmp_path, "--store", place)
    begun(process, place)
    process.send_signal(signal.SIGSTOP)  # alive, and in the middle, as long as this looks at it
    time.sleep(0.05)
    before = runs.done(place)
    assert len(before) < runs.CHUNKS
    held = runs.content(place)
    for resume in (False, True):
        with pytest.raises(StoreBusyError, match="another run is writing to this store") as told:
            runs.ensemble(store=place, resume=resume)
        assert told.value.exit_code == 4
        assert "Nothing was changed" in told.value.hint
    assert runs.content(place) == held
    process.kill()
    runs.ended(process)

    for number, path in enumerate(sorted(place.rglob("*"))):
        os.utime(path, (0, 0) if number % 2 else (4e9, 4e9))
    before = runs.done(place)
    again = runs.ran(tmp_path, "--store", place, "--resume", "--json", before=BACK)
    assert (again.returncode, again.stderr) == (0, "")
    lines = [json.loads(line) for line in again.stdout.splitlines()]
    assert lines[0]["progress"]["done"] == len(before)
    assert lines[-2]["progress"]["done"] == runs.CHUNKS
    assert kept(before, place)
    assert runs.about(place)["chunks_from_before"] == len(before)
    assert runs.about(place)["damaged_chunks_run_again"] == []
    assert runs.content(place) == runs.content(undisturbed)
    assert capsys.readouterr().err == ""


def test_interrupts_end_a_run_after_the_chunks_that_are_running(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    total = 0
    for how, more in ((signal.SIGINT, ()), (signal.SIGTERM, ("--resume", "--json"))):
        process = runs.started(tmp_path, "--store", place, *more)
        begun(process, place, total + 1)
        before = runs.done(place)
        process.send_signal(how)
        told = runs.ended(process)
        assert told.returncode == 130, told
        assert "counterflow: stopping after the chunks that are running; once more stops at once" in told.stderr
        assert "Traceback" not in told.stderr
        assert kept(before, place)
        total = len(runs.done(place))
        assert total < runs.CHUNKS
        said = f"stopped: {total} of {runs.CHUNKS} chunks are complete"
        if "--json" in more:
            error = json.loads(told.stdout.splitlines()[-1])["error"]
            assert (error["code"], error["where"]) == ("interrupted", str(place))
            assert error["message"].startswith(said)
            assert "--resume" in error["hint"]
        else:
            assert told.stdout == ""
            assert said in told.stderr.splitlines()[-1]
            assert "--resume" in told.stderr.splitlines()[-1]
    before = runs.done(place)
    runs.ensemble(store=place, resume=True).close()
    assert kept(before, place)
    assert runs.content(place) == runs.content(undisturbed)


# ------------------------------------------------------------------------------------------ in several


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that Dask began for a run; beside them, one of Python's own looks after what they share."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.slow
def test_a_killed_worker_costs_a_reduced_run_nothing(reduced: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    process = runs.started(tmp_path, "--store", place, "--reduce", "--workers", 2, "--json")
    begun(process, place, 2)  # the first is run before there are workers
    victim = workers_of(process)[0]
    before = runs.done(place)
    assert len(before) < runs.CHUNKS
    victim.kill()
    told = runs.ended(process)
    # What a killed process shared with others is cleared away by Python, which says so now and then.
    noise = [
        line for line in told.stderr.splitlines() if "resource_tracker" not in line and "warnings.warn" not in line
    ]
    assert (told.returncode, noise) == (0, [])
    assert not victim.is_running()
    assert kept(before, place)
    assert runs.content(place) == runs.content(reduced)
    assert json.loads(told.stdout.splitlines()[-1])["manifest"]["failed"] == []
    runs.until(lambda: not members(process.pid), runs.ENDED)


@pytest.mark.slow
def test_a_killed_run_leaves_no_worker_behind_and_goes_on_without_them(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    process = runs.started(tmp_path, "--store", place, "--workers", 2)
    begun(process, place, 2)
    assert len(workers_of(process)) == 2
    before = runs.done(place)
    process.kill()
    process.communicate()
    runs.ensemble(store=place, resume=True).close()  # at once: what the workers still write are the same bits
    assert kept(before, place)
    assert runs.CHUNKS > runs.about(place)["chunks_from_before"] >= len(before)
    runs.until(lambda: not members(process.pid), runs.ENDED)
    assert runs.content(place) == runs.content(undisturbed)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, in processes of their own."""
    folder = tmp_path_factory.mktemp("dask")
    told = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--no-dashboard")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    one = ("--nthreads", "1", "--nworkers", "1", "--local-directory", str(folder))
    with ExitStack() as stack:

        def dask(*arguments: str) -> None:
            process = subprocess.Popen([sys.executable, "-m", "dask", *arguments, *here], **quiet)
            stack.callback(process.wait, timeout=runs.ENDED)
            stack.callback(process.terminate)

        dask("scheduler", "--port", "0", "--scheduler-file", str(told))
        runs.until(told.exists)
        time.sleep(0.2)  # the file is not written whole at once
        address = json.loads(told.read_text())["address"]
        for _ in range(2):
            dask("worker", address, *one)
        yield address


@pytest.mark.slow
def test_the_same_command_with_a_scheduler_gives_the_same_numbers(
    undisturbed: Path, reduced: Path, scheduler: str, tmp_path: Path
) -> None:
    place = tmp_path / "runs.zarr"
    told = runs.ran(tmp_path, "--store", place, "--scheduler", scheduler)
    assert told.returncode == 0, told.stderr
    first, *_, last = told.stderr.splitlines()
    assert first == f"counterflow: 0 of {runs.CHUNKS} chunks"
    assert last.startswith(f"counterflow: {runs.CHUNKS} of {runs.CHUNKS} chunks, ")
    assert last.endswith(" a second, 0 s left")
    assert told.stdout.splitlines()[-1] == f"Runs  {place}"
    assert runs.content(place) == runs.content(undisturbed)
    # In memory, where results come back, and in which order they are added up matters.
    found = runs.ensemble(reduce=True, scheduler=scheduler)
    xr.testing.assert_identical(found, load_runs(str(reduced)))
