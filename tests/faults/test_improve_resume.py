"""A search that is killed, stopped or disturbed: going on gives the same bits as one that nobody disturbed.

The model is a toy that takes its time; folder, journal, search and signals are the real ones, in a process of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(120)

EVALUATIONS = 360
TOY = f"""
import sys, time
from pathlib import Path
import numpy as np
from counterflow.cli.base import told
from counterflow.cli.simulate import halting
from counterflow.judgement.search import folder as place
from counterflow.judgement.search.front import front_of
from counterflow.judgement.search.objectives import Score
from counterflow.judgement.search.searching import search

out, resume, slow = Path(sys.argv[1]), sys.argv[2] == "resume", float(sys.argv[3])

def evaluate(genes):
    time.sleep(slow)
    found = []
    for one in genes:
        values = (float(-sum(one)), float(np.dot(one, [1.1, 2.3, 4.7, 9.1, 18.3])), float(one[0] * one[4]))
        none = (0.0,) * 3
        found.append(Score(values, none, values, none, values, none, values[1], 0.0, values[1], 0.0))
    return found

with told(False, False), halting(str(out), False, "batches") as stop, place.begun(out, {{"seed": 4}}, resume) as known:
    tried = search((5,) * 5, evaluate, objectives=3, budget=60.0, evaluations={EVALUATIONS}, seed=4, known=known,
                   keep=lambda batch: place.keep(out, batch), stop=stop)
    within = [one for one in tried if one.score.spent <= 60.0]
    best = [within[row].genes for row in front_of(np.array([one.score.aim for one in within]))]
    place.put(out, repr(sorted(best)), {{"front-01.toml": "a = 1\\n"}})
"""


def started(out: Path, how: str = "new", slow: float = 0.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TOY, str(out), how, str(slow)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def ran(out: Path, how: str = "new") -> tuple[int, str]:
    process = started(out, how)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def batches(out: Path) -> int:
    kept = out / "evaluations.jsonl"
    return kept.read_bytes().count(b"\n") if kept.is_file() else 0


def wait_for(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while batches(out) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def content(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != "writer.lock"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "search"
    code, err = ran(out)
    assert code == 0, err
    return content(out)


def test_a_search_that_is_killed_goes_on_and_gives_the_same(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "search"
    process = started(out, slow=0.1)
    wait_for(out, 2, process)
    process.send_signal(signal.SIGSTOP)  # alive, and in the middle, as long as this looks at it
    code, err = ran(out, "resume")
    assert code == 4
    assert "another process searches in this folder" in err
    process.send_signal(signal.SIGKILL)
    process.communicate()
    held = batches(out)
    assert 2 <= held < EVALUATIONS // 36
    assert not (out / "front.json").exists()
    with (out / "evaluations.jsonl").open("ab") as torn:  # what a killed writer leaves
        torn.write(b'[[[0,1,2,3,4],{"aim":[')
    code, err = ran(out)
    assert code == 2
    assert "there is a search already" in err
    code, err = ran(out, "resume")
    assert code == 0, err
    assert content(out) == undisturbed


def test_an_interrupt_ends_it_after_the_batch_that_is_running(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "search"
    process = started(out, slow=0.2)
    wait_for(out, 1, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "evaluations are complete" in err
    assert "stopping after the batches that are running" in err
    assert "Traceback" not in err
    assert 1 <= batches(out) < EVALUATIONS // 36
    code, err = ran(out, "resume")
    assert code == 0, err
    assert content(out) == undisturbed


def test_one_that_is_killed_while_it_writes_the_result_gives_the_same(
    undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "search"
    kill = "import os; from counterflow.judgement.search import folder; write = folder.write_whole; count = [0]\n"
    kill += "def broken(place, data):\n    count[0] += 1\n    write(place, data)\n"
    kill += "    count[0] == 3 and os.kill(os.getpid(), 9)\nfolder.write_whole = broken\n"
    found = subprocess.run([sys.executable, "-c", kill + TOY, str(out), "new", "0"], capture_output=True, timeout=60)
    assert found.returncode == -signal.SIGKILL
    assert not (out / "front.json").exists()
    code, err = ran(out, "resume")
    assert code == 0, err
    assert content(out) == undisturbed
