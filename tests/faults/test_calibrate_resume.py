"""Calibrations that are killed, stopped or refused: what is kept, and that going on gives the same bits."""

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

from counterflow.calibration.fitting import chains, files, smoother
from counterflow.calibration.fitting.begun import RECIPE, WORK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the first process compiles

SMALL = ("--until", "2020-12", "--ensembles", "2", "--members", "40")
STEPS = 2 * (smoother.STEPS + 1) + chains.ROUNDS * chains.MOVES
# The checks that so few members would fail are set aside, so that the files are written.
LENIENT = (
    "from counterflow.calibration import calibrate; from counterflow.calibration.fitting import checks; "
    "checks.R_HAT, checks.EFFECTIVE, checks.REMEMBERED, calibrate.KEPT = 1e9, 0.0, 2.0, 0.1; "
)


def started(folder: Path, *more: str, before: str = "") -> subprocess.Popen[str]:
    code = f"{before}from counterflow.cli import main; main()"
    arguments = [sys.executable, "-c", code, "calibrate", *SMALL, "--out", str(folder), *more]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder.parent
    )


def ran(folder: Path, *more: str, before: str = "") -> tuple[int, str, str]:
    process = started(folder, *more, before=before)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def steps(folder: Path) -> dict[str, int]:
    """The last complete step of each ensemble."""
    return {path.name: int(np.load(path)["step"]) for path in sorted((folder / WORK).glob("ensemble-*.npz"))}


def arrays(folder: Path) -> dict[str, bytes]:
    """What is kept of each ensemble, but for the seconds that it took."""
    found = {}
    for path in sorted((folder / WORK).glob("*.npz")):
        with np.load(path) as held:
            found |= {f"{path.name}/{name}": held[name].tobytes() for name in held.files if name != "seconds"}
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a calibration that is whole; the manifest but for the seconds that it tells."""
    manifest = json.loads((folder / files.MANIFEST).read_text())
    manifest.pop("seconds")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {**found, files.MANIFEST: json.dumps(manifest).encode()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All steps of a calibration that nobody disturbed, and that is then refused."""
    folder = tmp_path_factory.mktemp("undisturbed") / "fit"
    code, out, err = ran(folder)
    assert code == 2, err
    assert out == ""
    last = err.splitlines()[-1]
    assert "the ensembles do not agree on" in last
    assert "R-hat" in last
    assert "--members" in last
    assert "Traceback" not in err
    assert f"counterflow: {STEPS} of {STEPS} steps" in err
    assert sorted(path.name for path in folder.iterdir()) == [WORK]  # no posterior
    return folder


@pytest.fixture(scope="module")
def whole(undisturbed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the same calibration."""
    folder = copied(undisturbed, tmp_path_factory.mktemp("whole") / "fit")
    code, out, err = ran(folder, "--resume", "--json", before=LENIENT)
    assert code == 0, err
    assert json.loads(out) == json.loads((folder / files.MANIFEST).read_text())
    return folder


def copied(folder: Path, to: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            (to / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (to / path.relative_to(folder)).write_bytes(path.read_bytes())
    return to


def test_a_calibration_that_is_killed_and_stopped_goes_on_and_gives_the_same_bits(
    undisturbed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "fit"
    process = started(folder)
    deadline = time.monotonic() + 400
    while not any(step >= 2 for step in steps(folder).values()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGSTOP)  # alive, and in the middle, as long as this looks at it
    busy, _, told = ran(folder, "--resume")
    assert busy == 4
    assert "another process calibrates in this folder" in told
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = steps(folder)
    assert sum(before.values()) < 2 * smoother.STEPS

    code, _, told = ran(folder)
    assert code == 2
    assert "a calibration already, unfinished" in told
    code, _, told = ran(folder, "--resume", "--seed", "1")
    assert code == 2
    assert "seed is 0 there, not 1" in told
    assert steps(folder) == before

    (folder / WORK / "ensemble-1.npz.part").write_bytes(b"what a killed writer leaves")
    code, out, told = ran(folder, "--resume", "--minutes", "0")
    assert code == 130
    assert out == ""
    assert "steps are complete" in told.splitlines()[-1]
    assert "Go on with: counterflow calibrate --until 2020-12" in told.splitlines()[-1]
    assert told.rstrip().endswith("--resume")
    assert sum(steps(folder).values()) == sum(before.values()) + 1

    process = started(folder, "--resume")
    while not (folder / WORK / "chains.npz").is_file():  # every few moves of the chains
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert int(np.load(folder / WORK / "chains.npz")["move"]) < chains.ROUNDS * chains.MOVES

    code, _, told = ran(folder, "--resume")
    assert code == 2
    assert "the ensembles do not agree on" in told
    assert arrays(folder) == arrays(undisturbed)


def test_one_that_is_killed_whenever_it_writes_gives_the_same_files(
    undisturbed: Path, whole: Path, tmp_path: Path
) -> None:
    folder = copied(undisturbed, tmp_path / "fit")
    for at in ("write_draws", "write_inference", "write_manifest"):
        kill = (
            "import os; from counterflow.calibration.fitting import files; "
            f"write = files.{at}; files.{at} = lambda *given: (write(*given), os.kill(os.getpid(), 9)); "
        )
        code, _, err = ran(folder, "--resume", before=LENIENT + kill)
        assert code == -signal.SIGKILL, err
        assert (folder / WORK / RECIPE).is_file()
    code, out, err = ran(folder, "--resume", before=LENIENT)
    assert code == 0, err
    assert content(folder) == content(whole)
    assert "Most learned first" in out
    assert out.rstrip().endswith("posterior.parquet")


def test_one_that_is_whole_is_told_again_and_left_as_it_is(whole: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*") if path.is_file()}
    code, _, err = ran(whole)
    assert code == 2
    assert "a calibration already, finished" in err
    code, out, err = ran(whole, "--resume", "--json")
    assert code == 0, err
    assert json.loads(out)["rows"] == json.loads((whole / files.MANIFEST).read_text())["rows"]
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--until", "2031-05"), 2, "encounters are not known for 2031-05"),
        (("--until", "2019-06"), 4, ""),
        (("--leave-out", "homicide"), 2, "Did you mean homicides?"),
        (("--leave-out", "encounters"), 2, "the run of the record follows encounters"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_line_and_nothing_is_begun(
    more: tuple[str, ...], code: int, says: str, tmp_path: Path
) -> None:
    found, out, err = ran(tmp_path / "fit", *more)
    assert found == code, err
    assert out == ""
    assert says in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "fit").exists()
