"""Work for pieces that run in threads and on workers: what the tests of both hand out.

Workers import this module by its name. A job is a plain dict; `folder` is where a piece leaves its traces.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.errors import ModelError, StoreError


def numbers(job: dict[str, Any], index: int) -> dict[str, np.ndarray]:
    """Figures that depend on the job and the index only; later pieces are done sooner."""
    time.sleep(job.get("seconds", 0.0) * (index % 3 == 0))
    drawn = np.random.default_rng((job["seed"], index)).normal(size=(3, 50)).astype(np.float32)
    return {"drawn": drawn, "mean": drawn.mean(axis=1)}


def traced(job: dict[str, Any], index: int) -> int:
    """Leave a trace when a piece begins, with its process, and one when it ends."""
    folder = Path(job["folder"])
    (folder / f"begun-{index}-{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(job.get("seconds", 0.0))
    (folder / f"ended-{index}-{os.getpid()}").touch()
    return index


def dies(job: dict[str, Any], index: int) -> int:
    """As `traced`, but one of `poison` kills its process."""
    if index in job["poison"]:
        (Path(job["folder"]) / f"begun-{index}-{os.getpid()}-{time.monotonic_ns()}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return traced(job, index)


def breaks(job: dict[str, Any], index: int) -> int:
    """As `traced`, but one of `poison` raises each time, and one of `shaky` the first time."""
    earlier = begun(Path(job["folder"]), index)
    traced(job, index)
    if index in job["poison"]:
        raise ModelError(f"piece {index} is not finite", where="branch none")
    if index in job.get("shaky", ()) and not earlier:
        raise ValueError("not this time")
    return index


def fills_up(job: dict[str, Any], index: int) -> int:
    """As `traced`, but from `full` on there is no room left."""
    if index >= job["full"]:
        raise StoreError("no space left", where="runs.zarr", hint="Make room.")
    return traced(job, index)


def grows(job: dict[str, Any], index: int) -> int:
    """One of `poison` takes ever more memory, until it is ended."""
    taken = []
    while index in job["poison"]:
        taken.append(np.ones(2_000_000))
        time.sleep(0.02)
    return index


def surroundings(job: dict[str, Any], index: int) -> dict[str, Any]:
    """What a piece finds around it: its process, the settings of its threads, and whether it sees SIGINT."""
    time.sleep(0.1)
    return {
        "process": os.getpid(),
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
        "NPROC": os.environ.get("NPROC", ""),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", ""),
        "interrupts": signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()),
    }


class Job(dict[str, Any]):
    """A job that leaves a trace wherever it arrives."""

    def __setstate__(self, state: object) -> None:
        arrive(self["folder"])

    def __reduce__(self) -> tuple[Any, ...]:
        return Job, (dict(self),), {}


def arrive(folder: str) -> None:
    """Leave a trace of a job that came to this process."""
    (Path(folder) / f"arrived-{os.getpid()}-{time.monotonic_ns()}").touch()


def begun(folder: Path, index: int) -> list[Path]:
    """The traces of a piece that began, one for each try."""
    return sorted(folder.glob(f"begun-{index}-*"))
