"""Runs into a store that are killed, told to end, doubled or lied to about the time: nothing complete is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from counterflow.ensemble.stored.reading import load_runs
from stored_cases import begun, layout, run, started

LONG = 10_000  # weeks: so that a chunk takes long enough to write to be cut short


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    place = tmp_path_factory.mktemp("undisturbed") / "runs.zarr"
    run(place, layout(times=LONG))
    return load_runs(str(place))


def first_line(child: subprocess.Popen[str]) -> str:
    assert child.stdout
    return child.stdout.readline()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_ended_at_any_moment_goes_on_with_all_that_was_complete(
    tmp_path: Path, undisturbed: xr.Dataset, how: signal.Signals
) -> None:
    place = tmp_path / "runs.zarr"
    random = np.random.default_rng(int(how))
    complete: set[int] = set()
    for _ in range(7):
        child = started(place, "--size", LONG, *(["--resume"] if place.exists() else []))
        line = first_line(child)
        time.sleep(float(random.uniform(0.0, 0.1)))
        child.send_signal(how)
        rest, errors = child.communicate(timeout=60)
        assert child.returncode in (-how, 0), errors
        written = {int(number) for number in (line + rest).split()}
        assert not written & complete, "a chunk that was complete was run again"
        complete |= written
        with begun(place, layout(times=LONG), resume=True) as store:
            assert complete <= set(store.done)
            assert store.damaged == ()
            complete = set(store.done)  # one may have been complete and not have said so
    assert complete
    assert not complete & set(run(place, layout(times=LONG), resume=True))
    xr.testing.assert_identical(load_runs(str(place)), undisturbed)
    assert not [path for path in place.rglob("*") if path.suffix in (".part", ".partial")]


def test_a_run_killed_while_it_begins_can_be_begun_again(tmp_path: Path) -> None:
    expected = None
    for number, delay in enumerate(np.linspace(0.0, 0.25, 6)):
        place = tmp_path / f"{number}.zarr"
        child = started(place, "--slow", 5)
        until = time.monotonic() + 60
        while not (place / "counterflow").exists() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(float(delay) / 4)
        child.kill()
        child.communicate(timeout=60)
        run(place, layout(), resume=True)
        expected = load_runs(str(place)) if expected is None else expected
        xr.testing.assert_identical(load_runs(str(place)), expected)


def test_a_second_run_into_a_store_is_refused_while_the_first_writes(tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    first = started(place, "--slow", 30)
    assert first_line(first) == "0\n"
    for arguments in ((place,), (place, "--resume")):
        second = started(*arguments)
        written, errors = second.communicate(timeout=60)
        assert (second.returncode, written) == (4, "")
        assert errors.startswith(f"{place}: another run is writing to this store.")
        assert errors.count("\n") == 1
    first.kill()
    first.communicate(timeout=60)
    third = started(place, "--resume")
    written, errors = third.communicate(timeout=60)
    assert (third.returncode, errors, written.split()) == (0, "", [str(number) for number in range(1, 10)])


BACK = """
import sys, time
time.time = lambda: -1e6
time.time_ns = lambda: -10**15
sys.argv = ["stored_cases.py", *sys.argv[2:]]
sys.path.insert(0, sys.path[0])
import stored_cases
sys.exit(stored_cases.main())
"""


def test_a_clock_that_is_set_back_changes_nothing(tmp_path: Path) -> None:
    place, tests = tmp_path / "runs.zarr", Path(__file__).parents[1]
    first = started(place, "--slow", 0.1)
    assert first_line(first) == "0\n"
    first.kill()
    first.communicate(timeout=60)
    for path in place.rglob("*"):
        os.utime(path, (4e9, 4e9))  # in the year 2096
    done = {path.stem for path in (place / "counterflow" / "done").glob("*.json")}
    command = [sys.executable, "-c", BACK, "--", str(place), "--resume"]
    environment = {**os.environ, "PYTHONPATH": str(tests)}
    again = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert set(again.stdout.split()) == {str(number) for number in range(10)} - done
    run(tmp_path / "other.zarr", layout())
    xr.testing.assert_identical(load_runs(str(place)), load_runs(str(tmp_path / "other.zarr")))
    one, other = (
        json.loads((tmp_path / name / "counterflow/manifest.json").read_text()) for name in ("runs.zarr", "other.zarr")
    )
    assert one == other
