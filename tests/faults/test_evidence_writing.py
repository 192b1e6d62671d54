"""Writers that die and writers that meet: readers see the store before or after, never between."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date
from pathlib import Path

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.folder import only_writer
from counterflow.evidence.store import Store
from vintage_cases import SERIES, add, add_dying_at, changed, new_store

DECEMBER, TODAY = date(2025, 12, 1), date(2026, 12, 1)

# Its processes begin with everything imported, in a fraction of the time of a new interpreter.
FORKED = multiprocessing.get_context("forkserver")


def december(folder: Path) -> float:
    return {o.date: o.value for o in Store.open(folder).observations(SERIES)}[DECEMBER]


def commit_dying_at(folder: Path, step: int) -> int | None:
    FORKED.set_forkserver_preload(["vintage_cases"])
    writer = FORKED.Process(target=add_dying_at, args=(folder, step))
    writer.start()
    writer.join(60)
    return writer.exitcode


def test_a_writer_killed_at_any_step_leaves_the_old_store_or_the_new_one_whole(tmp_path: Path) -> None:
    outcomes = []
    for step in range(40):
        folder = new_store(tmp_path / str(step))
        code = commit_dying_at(folder, step)
        found = december(folder)  # opens: every table that is named is there and as its hash says
        outcomes.append((code, found))
        assert found in (6478.0, 6480.0)
        later = add(folder, date(2026, 12, 2), [changed(DECEMBER, 6481)])  # the lock went with the process
        assert later == "2026-12-02"
        assert december(folder) == 6481.0
        assert sorted(path.name for path in (folder / "vintages").iterdir())[-1] == "2026-12-02"
        if code == 0:
            break
    assert outcomes[0] == (-signal.SIGKILL, 6478.0)
    assert outcomes[-1] == (0, 6480.0)
    assert len(outcomes) > 5
    assert [found for _, found in outcomes] == sorted(found for _, found in outcomes)  # from old to new, once


def test_a_second_writer_is_told_at_once_and_changes_nothing(tmp_path: Path) -> None:
    folder = new_store(tmp_path)
    holder = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from counterflow.evidence.folder import only_writer
        with only_writer(Path({str(folder)!r})):
            print("held", flush=True)
            time.sleep(60)
    """)
    with subprocess.Popen([sys.executable, "-c", holder], stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        begun = time.monotonic()
        with pytest.raises(EvidenceError, match="another update is writing"):
            add(folder, TODAY, [changed(DECEMBER, 6480)])
        assert time.monotonic() - begun < 2
        assert december(folder) == 6478.0  # readers never wait
        os.kill(first.pid, signal.SIGKILL)
    add(folder, TODAY, [changed(DECEMBER, 6480)])
    assert december(folder) == 6480.0


def test_many_who_begin_the_store_at_once_all_find_it_whole(tmp_path: Path) -> None:
    code = "from counterflow.evidence.store import Store; print(len(Store.open().series_list()))"
    environment = os.environ | {"COUNTERFLOW_DATA": str(tmp_path / "evidence")}
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[0] for process in started] == [b"28\n"] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_store(tmp_path)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("counterflow.evidence.disk.sync", full)
    with pytest.raises(EvidenceError, match="No space left on device"):
        add(folder, TODAY, [changed(DECEMBER, 6480)])
    monkeypatch.undo()
    assert december(folder) == 6478.0
    with only_writer(folder):
        pass
