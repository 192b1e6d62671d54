"""Whole ensembles for the tests of `simulate`: a small strategy over two years, the real command in a process of its
own, and what a store of it holds, bit by bit."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import xarray as xr

from counterflow.ensemble.contrast import OUTCOMES
from counterflow.ensemble.simulate import simulate
from counterflow.evidence.store import Store
from counterflow.strategy.files import write_strategy
from counterflow.strategy.schema import DateInterval, Entry, Strategy

STRATEGY = Strategy(
    title="Two levers",
    date=DateInterval(start=date(2025, 2, 3), end=date(2025, 2, 3), source="user", reason="made for tests"),
    written=(
        Entry(
            lever="asylum.remain_in_mexico",
            level=3,
            start=date(2025, 1, 20),
            start_reason="made for tests",
            status="in_force",
            basis="user",
        ),
        Entry(
            lever="interior.arrests",
            level=2,
            start=date(2025, 2, 3),
            start_reason="made for tests",
            status="in_force",
            basis="user",
        ),
    ),
)
BRANCHES = ("none", "as_written")
CHUNKS = 10  # of DRAWS in REPLICATES; the last block is used in part
DRAWS, REPLICATES, YEARS = 1100, 2, 2
ENDED = 60  # seconds that anything may take that a test waits for

Content = dict[str, str]
Marked = tuple[str, int, int]


@cache
def evidence() -> Store:
    return Store.open()


def ensemble(**more: Any) -> xr.Dataset:
    """`simulate` in this process: small, and with the outputs that the judged ones share one compilation with."""
    few = {"draws": DRAWS, "replicates": REPLICATES, "years": YEARS, "outputs": OUTCOMES, "evidence": evidence()}
    branches = {} if "design" in more else {"only": BRANCHES}
    return simulate(more.pop("strategy", STRATEGY), **few | branches | more)


def arguments(folder: Path, *more: object) -> list[str]:
    """The same ensemble for the command line: from priors, as `ensemble`, unless a posterior is named."""
    file = folder / "strategy.toml"
    if not file.exists():
        write_strategy(STRATEGY, file)
    numbers = {"--draws": DRAWS, "--replicates": REPLICATES, "--years": YEARS}
    several = [*(("--branch", name) for name in BRANCHES), *(("--output", name) for name in OUTCOMES)]
    given = [*(word for pair in [*numbers.items(), *several] for word in pair), *more]
    return ["simulate", str(file), *map(str, given), *([] if "--posterior" in more else ["--priors"])]


SCRIPT = str(Path(sys.executable).with_name("counterflow"))


def started(folder: Path, *more: object, before: str = "") -> subprocess.Popen[str]:
    """`counterflow simulate` in a process and a session of its own; `before` is Python that runs in it first."""
    code = f"import sys\n{before}\nfrom counterflow.cli import main\nmain()"
    command = [sys.executable, "-c", code] if before else [SCRIPT]
    return subprocess.Popen(
        [*command, *arguments(folder, *more)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str], seconds: float = 4 * ENDED) -> subprocess.CompletedProcess[str]:
    """What a process said, once it has ended; one that does not is killed."""
    try:
        told, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        told, errors = process.communicate()
        raise AssertionError(f"it did not end; it said: {told}{errors}") from None
    return subprocess.CompletedProcess(process.args, process.returncode, told, errors)


def ran(folder: Path, *more: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """`counterflow simulate`, to its end."""
    return ended(started(folder, *more, before=before))


def until(true: Callable[[], bool], seconds: float = 4 * ENDED, process: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is true, while `process` runs."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        assert process is None or process.poll() is None, f"it ended: {ended(process)}"
        time.sleep(0.005)


def done(store: Path) -> dict[int, Marked]:
    """Each chunk that a store says is complete: what its content hashes to, and the file that says so."""
    found = {}
    for path in (store / "counterflow" / "done").glob("*.json"):
        said = json.loads(path.read_text())
        state = path.stat()
        found[said["index"]] = said["digest"], state.st_ino, state.st_mtime_ns  # a number can be given out again
    return found


def content(store: Path) -> Content:
    """All that a store holds, by the name of the file, but for what its manifest says about how it came to be."""
    found = {}
    for path in sorted(store.rglob("*")):
        if path.is_dir() or path.name == "writer.lock":
            continue
        held = path.read_bytes()
        if path.name == "manifest.json":
            manifest = json.loads(held)
            del manifest["about"]
            held = json.dumps(manifest).encode()
        found[path.relative_to(store).as_posix()] = hashlib.sha256(held).hexdigest()
    return found


def about(store: Path) -> dict[str, Any]:
    """How the last run into a store went."""
    manifest = json.loads((store / "counterflow" / "manifest.json").read_text())
    assert manifest["complete"]
    return dict(manifest["about"])
