"""Time the coupled model and, in the same process, the cartel equations alone; print tables for docs/performance.md.

Usage: python scripts/benchmark_model.py [REPEATS]

A run is ten years in weekly steps in single precision. The coupled model runs with all mechanisms, noise, and every
output by month; the equations alone are the published model with the total of members. Both are batched and run side
by side on all cores; the best and the median of REPEATS (default 5) are printed, after one run that compiles.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version

import jax
import numpy as np

from counterflow.ensemble import planning, run
from counterflow.ensemble.sampling import draw
from counterflow.evidence.store import Store
from counterflow.model import cartels
from counterflow.model.outputs import ABOUT

RUNS = 1000
YEARS = 9  # and one after the levers are withdrawn
WEEKS = 520


def best_and_median(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Seconds of the fastest and of the median of `repeats`."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times), statistics.median(times)


def coupled(repeats: int) -> tuple[float, float, float, float, float]:
    """Seconds to compile the starting states and the run, of the fastest and median run of RUNS draws, and to prepare
    their starting states."""
    at = planning.plan((planning.NONE,), date(2025, 1, 20), years=YEARS, seed=0, store=Store.open())
    jax.config.update("jax_enable_compilation_cache", False)  # compiling is measured too
    drawn = draw(RUNS, 0, planning.LEVERS, len(at.weeks))
    parts = [some for _, some in run.batches(drawn)]
    begin = time.perf_counter()
    batch = jax.block_until_ready(run.prepare(at, parts[0]))
    start_compiled = time.perf_counter() - begin
    given = run.forcing(at.branches[0], parts[0], at)
    begin = time.perf_counter()
    run.run_batch_monthly(batch, at, given, list(ABOUT))
    compiled = time.perf_counter() - begin
    begin = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        prepared = list(pool.map(lambda some: (run.prepare(at, some), run.forcing(at.branches[0], some, at)), parts))
        jax.block_until_ready(prepared)
        started = time.perf_counter() - begin

        def work() -> list[dict[str, np.ndarray]]:
            return list(pool.map(lambda one: run.run_batch_monthly(one[0], at, one[1], list(ABOUT)), prepared))

        best, median = best_and_median(work, repeats)
    return start_compiled, compiled, best, median, started


def alone(repeats: int) -> tuple[float, float]:
    """Seconds of the fastest and median run of RUNS draws of the cartel equations alone."""
    kernel = jax.jit(jax.vmap(lambda p: cartels.run(cartels.initial_members(p.C0), p, WEEKS)[1].deaths))
    drawn = draw(RUNS, 0, planning.LEVERS, 1).parameters.cartels
    parts = [cartels.Parameters(*(leaf[low : low + run.BATCH] for leaf in drawn)) for low in range(0, RUNS, run.BATCH)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def work() -> None:
            jax.block_until_ready(list(pool.map(kernel, parts)))

        work()
        return best_and_median(work, repeats)


def main(repeats: int) -> None:
    """Print the machine and the table."""
    unit = 1 if platform.system() == "Darwin" else 1024  # ru_maxrss is in bytes there, in KiB here
    start_compiled, compiled, best, median, started = coupled(repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    kernel_best, kernel_median = alone(repeats)
    print(f"Measured on {date.today():%Y-%m-%d}: {platform.system()} {platform.machine()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}, jax {version('jax')}, counterflow {version('counterflow')}.\n")
    print(f"| {RUNS} runs of ten years, {run.BATCH} a batch | best, runs a second | median, runs a second |")
    print("|---|---|---|")
    print(f"| coupled model, monthly outputs | {RUNS / best:.0f} | {RUNS / median:.0f} |")
    print(f"| cartel equations alone | {RUNS / kernel_best:.0f} | {RUNS / kernel_median:.0f} |")
    print(f"| ratio, coupled over alone | {kernel_best / best:.3f} | {kernel_median / median:.3f} |\n")
    print(f"First batch, compiling included: starting states {start_compiled:.1f} s, run {compiled:.1f} s.")
    print(f"Starting states of {RUNS} draws, from 2012 on, with lever paths: {started:.2f} s.")
    print(f"Peak memory before the equations alone: {peak:.2f} GB.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
