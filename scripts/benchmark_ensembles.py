"""Measure how fast ensembles run, all in one go on one machine, and write docs/benchmarks.md's tables.

Usage: python scripts/benchmark_ensembles.py [--repeats N] [--draws N] [--runs N] [--only a,b,c,d,e]
           [--workbench PYTHON] [--out build/benchmarks.json] [--write docs/benchmarks.md]
           [--from build/benchmarks.json]

(a) the cartel model alone by different engines, (b) the coupled model against its best kernel and the bandwidth of the
memory, (c) stored runs against runs in memory, (d) more workers, (e) --runs coupled runs of ten years, reduced.
All seconds of all repeats go to --out; the tables are printed, and put between the markers of the file that --write
names. --from prints those of an earlier run. Nothing of the user's data folder is read: compiled runs are kept in a
folder that is removed at the end. EMA Workbench is run by the Python that --workbench names, for it brings a library
under the GPL that is no part of this project; without it its rows say so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# Before NumPy is imported: engines are run side by side, and each of them then uses one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import benchmark_engines as engines
import benchmark_tables as tables

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "examples" / "border-strategy.md"
BRANCHES = ("none", "as_on_record")
YEARS = 9  # and one after the levers are withdrawn
PARTS = "abcde"
PACKAGES = ("counterflow", "jax", "numpy", "scipy", "ema_workbench", "distributed", "zarr")
RATE_BYTES = 2**30  # of all arrays that are copied, or four times the largest cache


def say(text: str) -> None:
    """Progress, to standard error."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Where this is measured."""
    processor = platform.processor()
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as told:
        processor = next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), processor)
    versions = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return {
        "date": date.today().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_at_start": os.getloadavg()[0],
        "caches": caches(),
        "python": platform.python_version(),
        "versions": versions,
        "command": " ".join(["python", *sys.argv]),
    }


def caches() -> dict[str, int]:
    """Bytes of each cache that the first core sees, as the system tells."""
    found = {}
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        with suppress(OSError, ValueError):
            if (folder / "type").read_text().strip() != "Instruction":
                size = (folder / "size").read_text().strip()
                found[f"L{(folder / 'level').read_text().strip()}"] = int(size.removesuffix("K")) * 1024
    return found


def alone(repeats: int, runs: int, python: str) -> dict[str, Any]:
    """(a) The cartel model by all engines; EMA Workbench is that of the interpreter `python`."""
    found: dict[str, Any] = {}
    for kind in ("smooth", "forced"):
        given = engines.problem(runs, forced=kind == "forced")
        checked = given.first(max(3, runs // 10))
        plain = engines.loops(checked)
        rows = []
        for engine in engines.engines(given, forced=kind == "forced", runs=runs, batch=250):
            say(f"(a) {kind}: {engine.name}")
            some = given.first(engine.runs)
            seconds, ends = engines.timed(lambda engine=engine, some=some: engine.solve(some), repeats)
            about = {"key": engine.key, "name": engine.name, "runs": engine.runs, "same_steps": engine.exact}
            rows.append(about | {"seconds": seconds, "apart": engines.apart(ends, plain)})
        say(f"(a) {kind}: EMA Workbench")
        workbench = {"key": "ema", "same_steps": True, "runs": max(20, runs // 5)}
        workbench["name"] = f"EMA Workbench, {engines.PROCESSES} processes, the NumPy loop inside, float64"
        workbench |= engines.workbench(given.first(workbench["runs"]), repeats, python)
        if "totals" in workbench:
            workbench["apart"] = engines.apart(workbench.pop("totals"), plain)
        rows.append(workbench)
        few = given.first(3)
        how = "free" if kind == "smooth" else "weekly"
        exact = engines.adaptive(few, method="LSODA", how=how, tolerance=1e-9)
        found[kind] = {"rows": rows, "exact": engines.apart(engines.loops(few), exact)}
    return found


def copied(each: int, repeats: int, passes: int) -> list[float]:
    """Bytes a second, read and written, of NumPy's copy of an array of `each` bytes in every core at once."""
    cores = os.cpu_count() or 1
    pairs = [(np.ones(each // 8), np.empty(each // 8)) for _ in range(cores)]

    def work(pair: tuple[np.ndarray, np.ndarray]) -> None:
        for _ in range(passes):
            np.copyto(pair[1], pair[0])

    with ThreadPoolExecutor(cores) as pool:
        seconds, _ = engines.timed(lambda: list(pool.map(work, pairs)), repeats)
    return [2 * each * cores * passes / one for one in seconds]


def bandwidth(repeats: int) -> dict[str, Any]:
    """How fast memory, and the cache that each core has to itself, are copied."""
    held = caches()
    # Copies lie in both arrays of each core; no more than a quarter of the memory is taken.
    all_memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    whole = min(max(RATE_BYTES, 4 * max(held.values(), default=0)), all_memory // 4)
    large = whole // (2 * (os.cpu_count() or 1))
    small = held.get("L2", 2**20) // 4
    return {
        "memory": {"array_bytes": large, "bytes_a_second": copied(large, repeats, 1)},
        "cache": {"array_bytes": small, "bytes_a_second": copied(small, repeats, 2000)},
    }


def coupled(repeats: int, runs: int) -> dict[str, Any]:
    """(b) The coupled model, with all outputs by month, beside the kernels for the cartel equations alone."""
    import jax
    import jax.numpy as jnp

    from counterflow.ensemble import planning
    from counterflow.ensemble import run as runner
    from counterflow.ensemble.sampling import draw
    from counterflow.evidence.store import Store
    from counterflow.model.outputs import ABOUT

    say("(b) compiling the coupled model")  # nothing compiled is kept yet: the folder for it is new
    at = planning.plan((planning.NONE,), date(2025, 1, 20), years=YEARS, seed=0, store=Store.open())
    drawn = draw(runs, 0, planning.LEVERS, len(at.weeks))
    parts = [some for _, some in runner.batches(drawn)]
    begin = time.perf_counter()
    batch = jax.block_until_ready(runner.prepare(at, parts[0]))
    start_compiled = time.perf_counter() - begin
    given = runner.forcing(at.branches[0], parts[0], at)
    begin = time.perf_counter()
    _, by_month = runner.run_batch(batch, at, given, (), list(ABOUT))
    run_compiled = time.perf_counter() - begin

    # One week alone: XLA counts the inside of a loop once, whatever its length, but whole arrays that it reads from.
    def first_week(tree: Any, axis: int) -> Any:
        return jax.tree.map(lambda leaf: jax.lax.slice_in_dim(leaf, 0, 1, axis=axis), tree)

    week = first_week(given._replace(levers=jnp.moveaxis(given.levers, 1, 0)), 0)
    week = week._replace(levers=jnp.moveaxis(week.levers, 0, 1))
    months, count = runner.months_of(at.weeks[:1])
    one_week = batch._replace(scores=first_week(batch.scores, 1))
    lowered = runner._run.lower(
        one_week,
        at.record,
        runner.observed_at(at),
        week,
        at.switches,
        jnp.float32(1.0),
        months,
        count=count,
        weekly=(),
        monthly=tuple(ABOUT),
    )
    counted = lowered.compile().cost_analysis()
    counted = counted[0] if isinstance(counted, list) else counted

    def each(tree: Any) -> float:
        return sum(leaf.nbytes for leaf in jax.tree.leaves(tree)) / runner.BATCH

    weeks = len(at.weeks)
    moved = {
        "state": each(batch.state),
        "parameters": each((batch.parameters, batch.at)),
        "given": (each(batch.scores) + given.levers.nbytes / runner.BATCH) / weeks,
        "outputs": each(by_month) / weeks,
    }
    bare_given = engines.problem(2 * runs, forced=True)
    kernels = {one.key: one for one in engines.engines(bare_given, forced=True, runs=2 * runs, batch=runner.BATCH)[:2]}
    seconds: dict[str, list[float]] = {"coupled": [], "start": [], "model": [], "bare": []}
    say("(b) coupled model and kernels, in turn")
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def start() -> list[Any]:
            def ready(some: Any) -> Any:
                return runner.prepare(at, some), runner.forcing(at.branches[0], some, at)

            return jax.block_until_ready(list(pool.map(ready, parts)))

        prepared = start()
        works: dict[str, Callable[[], Any]] = {
            "start": start,
            "coupled": lambda: list(
                pool.map(lambda one: runner.run_batch(one[0], at, one[1], (), list(ABOUT)), prepared)
            ),
            **{key: lambda one=one: one.solve(bare_given) for key, one in kernels.items()},
        }
        for repeat in range(repeats + 1):  # the first is not counted
            for key, work in works.items():
                begin = time.perf_counter()
                work()
                if repeat:
                    seconds[key].append(time.perf_counter() - begin)
    say("(b) copying memory")
    return {
        "runs": {"coupled": runs, "start": runs, "model": 2 * runs, "bare": 2 * runs},
        "weeks": weeks,
        "seconds": seconds,
        "compile_seconds": {"start": start_compiled, "run": run_compiled},
        "moved_bytes_a_week": moved,
        "xla_bytes_a_week": counted.get("bytes accessed", 0.0) / runner.BATCH if counted else None,
        "bandwidth": bandwidth(repeats),
    }


def strategy_of_document() -> Any:
    """The strategy of the example document."""
    import counterflow as cf
    from counterflow.strategy.build import from_brief

    brief = cf.read(DOCUMENT)
    return from_brief(brief, cf.Store.open())


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def simulated(strategy: Any, draws: int, store: Path | None = None, **how: Any) -> dict[str, Any]:
    """One call of cf.simulate: its seconds, when each chunk was done, bytes written."""
    import counterflow as cf

    done: list[tuple[int, int, float]] = []
    begin = time.perf_counter()

    def tell(count: int, total: int) -> None:
        done.append((count, total, time.perf_counter() - begin))

    with cf.simulate(strategy, draws=draws, years=YEARS, only=BRANCHES, store=store, progress=tell, **how) as runs:
        seconds = time.perf_counter() - begin
        assert runs.sizes["branch"] == len(BRANCHES)
    return {
        "seconds": seconds,
        "runs": draws * len(BRANCHES),
        "chunks_done": [moment for count, _, moment in done if count],
        "bytes": size_of(store) if store else 0,
    }


def stored(repeats: int, draws: int, folder: Path) -> dict[str, Any]:
    """(c) The same call with and without a store, in turn."""
    strategy = strategy_of_document()
    found: dict[str, Any] = {}
    for every in ("week", "month"):
        say(f"(c) {draws} draws, outputs by {every}")
        held: dict[str, list[dict[str, Any]]] = {"memory": [], "store": []}
        for repeat in range(repeats + 1):
            for where in ("memory", "store") if repeat % 2 else ("store", "memory"):
                store = folder / f"{every}-{repeat}.zarr" if where == "store" else None
                one = simulated(strategy, draws, store, every=every)
                if repeat:  # the first compiles
                    held[where].append(one)
        found[every] = held
    return found


def scaled(repeats: int, draws: int, folder: Path) -> dict[str, Any]:
    """(d) One process, and 2 and 4 workers, each into a store of its own."""
    strategy = strategy_of_document()
    found: dict[str, Any] = {}
    for repeat in range(repeats + 1):
        for workers in (1, 2, 4):
            # The first only compiles: workers compile for one core each, and keep that where the others find it.
            some = draws if repeat else 500
            say(f"(d) {workers} workers, {some} draws")
            one = simulated(strategy, some, folder / f"workers-{workers}-{repeat}.zarr", workers=workers)
            if repeat:
                found.setdefault(str(workers), []).append(one)
    return found


def peak_memory() -> int:
    """The largest resident set of this process so far, in bytes.

    Linux hands the peak of the process that started this one on to getrusage, so the system's own count is read.
    """
    with suppress(OSError), open("/proc/self/status", encoding="utf-8") as told:
        for line in told:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if platform.system() == "Darwin" else 1024)


def large(runs: int, folder: Path) -> dict[str, Any]:
    """(e) Many runs, reduced, in a process of their own, so that the peak of its memory is theirs."""
    say(f"(e) {runs} runs, reduced")
    begin = time.perf_counter()
    command = [sys.executable, __file__, "--large", str(runs), "--store", str(folder / "large.zarr")]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"process_seconds": time.perf_counter() - begin}


def large_here(runs: int, store: Path) -> None:
    """The process of `large`: prints its findings as JSON."""
    found = simulated(strategy_of_document(), runs // len(BRANCHES), store, reduce=True)
    print(json.dumps(found | {"peak_bytes": peak_memory(), "branches": BRANCHES, "years": YEARS + 1}))


def measure(asked: argparse.Namespace, only: Sequence[str]) -> dict[str, Any]:
    """All parts that are asked for."""
    found: dict[str, Any] = {"machine": machine(), "repeats": asked.repeats}
    begin = time.perf_counter()
    build = PROJECT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="benchmarks-") as folder:
        place = Path(folder)
        os.environ["COUNTERFLOW_DATA"] = str(place / "data")
        works: dict[str, Callable[[], dict[str, Any]]] = {
            "a": lambda: alone(asked.repeats, 2 * asked.draws, asked.workbench),
            "b": lambda: coupled(asked.repeats, asked.draws),
            "c": lambda: stored(asked.repeats, 2 * asked.draws, place),
            "d": lambda: scaled(max(1, asked.repeats // 2), 4 * asked.draws, place),
            "e": lambda: large(asked.runs, place),
        }
        for part in sorted(only):
            started = time.perf_counter()
            found[part] = works[part]()
            found[part]["took_seconds"] = time.perf_counter() - started
    found["took_seconds"] = time.perf_counter() - begin
    return found


def main() -> None:
    """Measure, keep, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=5, help="of everything but (e), after one that is not counted")
    parser.add_argument(
        "--draws", type=int, default=1000, help="of (b); (a) and (c) have twice, (d) four times as many"
    )
    parser.add_argument("--runs", type=int, default=100_000, help="of (e)")
    parser.add_argument("--workbench", default=sys.executable, help="a Python that has EMA Workbench, if not this one")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, such as a,b")
    parser.add_argument("--out", type=Path, default=PROJECT / "build" / "benchmarks.json")
    parser.add_argument("--write", type=Path, help="put the tables between the markers of this file")
    parser.add_argument("--from", dest="earlier", type=Path, help="tables of an earlier run's JSON; nothing is run")
    parser.add_argument("--large", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.large:
        large_here(asked.large, asked.store)
        return
    only = asked.only.split(",")
    if unknown := set(only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if asked.earlier:
        found = json.loads(asked.earlier.read_text(encoding="utf-8"))
    else:
        found = measure(asked, only)
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    blocks = tables.blocks(found)
    print("\n\n".join(blocks.values()))
    if asked.write:
        tables.put_into(asked.write, blocks)


if __name__ == "__main__":
    main()
