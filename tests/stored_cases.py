"""A small ensemble of made-up runs for the tests of stores, and a program that writes it as a run would.

As a program: `python stored_cases.py ADDRESS [--resume] [--slow SECONDS] [--size WEEKS] [--largest BYTES]` writes what
is missing, sleeping after each chunk, and prints a line for each; no file may be larger than BYTES. It leaves with the
error's exit code, as the command line does.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from counterflow.ensemble.layout import Coordinate, Layout, Piece, Variable, dated, named, numbered
from counterflow.ensemble.stored.pieces import parts, write
from counterflow.ensemble.stored.writing import Begun, begin, finish
from counterflow.errors import CounterflowError

BRANCHES = ("none", "as_written", "on record, less tariffs")
SECTORS = ("San Diego", "El Paso")
IDENTITY = {"version": "0.1.0", "seed": 7, "strategy": {"name": "made up", "branches": [*BRANCHES]}, "draws": 23}
PROCESSOR = "Some Processor 7"
ATTRS = {"title": "made-up runs", "judged_weeks": 3}


def layout(draws: int = 23, replicates: int = 2, block: int = 5, times: int = 4) -> Layout:
    """One variable of each kind: weekly, by sector, without replicate, per chunk."""
    branches, chunks = len(BRANCHES), -(-draws // block) * replicates
    runs, cut = (branches, draws, replicates, times), (branches, block, 1, times)
    dims = ("branch", "draw", "replicate", "time")
    return {
        "homicides": Variable(dims, runs, cut, "float32", {"units": "crimes", "long_name": "homicides"}),
        "attempts": Variable((*dims, "sector"), (*runs, 2), (*cut, 2), "float32", {"units": "attempts"}),
        "before_homicides": Variable(("draw",), (draws,), (block,), "float64", {"units": "crimes"}),
        "bins": Variable(("chunk", "branch"), (chunks, branches), (1, branches), "uint8", {"units": "1"}),
        "order": Variable(("chunk",), (chunks,), (1,), "int32", {"units": "1"}),
    }


def coords(of: Layout) -> dict[str, Coordinate]:
    """The coordinates of `layout`."""
    _, draws, replicates, times = of["homicides"].shape
    weeks = np.datetime64("2026-01-05") + 7 * np.arange(times)
    return {
        "branch": named("branch", BRANCHES, {"long_name": "branch"}),
        "draw": numbered("draw", draws),
        "replicate": numbered("replicate", replicates),
        "time": dated("time", weeks),
        "sector": named("sector", SECTORS),
        "chunk": numbered("chunk", of["order"].shape[0]),
        "low": Coordinate(("branch", "time"), np.ones((len(BRANCHES), times)), {"long_name": "lowest bin"}),
    }


def content(of: Layout, piece: Piece) -> dict[str, np.ndarray]:
    """What a piece gives: a function of its number alone."""
    random = np.random.default_rng([3, piece.index])
    found = {}
    for name, where in parts(of, piece).items():
        values = 100.0 * random.random(tuple(part.stop - part.start for part in where))
        found[name] = values.astype(of[name].dtype)
    return found


def begun(address: Path | str, of: Layout, *, resume: bool = False, identity: Mapping[str, Any] = IDENTITY) -> Begun:
    """The store of the made-up runs."""
    return begin(str(address), of, coords(of), ATTRS, identity, resume=resume)


def run(address: Path | str, of: Layout, *, resume: bool = False, slow: float = 0.0, quiet: bool = True) -> list[int]:
    """Write what is missing and complete the store; returns the numbers of the pieces that were written."""
    written = []
    with begun(address, of, resume=resume) as store:
        for piece in store.missing:
            write(store.address, of, piece, content(of, piece), store.identity_hash, PROCESSOR)
            written.append(piece.index)
            if not quiet:
                print(piece.index, flush=True)
            time.sleep(slow)
        if not store.manifest["complete"]:
            finish(store, about={"seconds": 1.5})
    return written


def started(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """This file as a program, in a process of its own."""
    command = [sys.executable, __file__, *map(str, arguments)]
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **options
    )


def main() -> int:
    """Write the runs as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--size", type=int, default=4)
    parser.add_argument("--largest", type=int, default=None)
    given = parser.parse_args()
    if given.largest is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.largest, given.largest))
    try:
        run(given.address, layout(times=given.size), resume=given.resume, slow=given.slow, quiet=False)
    except CounterflowError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
