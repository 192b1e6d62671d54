"""Time what a moving slider waits for, in the engine alone, over HTTP and in a browser, and print a table for
docs/performance.md.

Usage: python scripts/bench_lab.py [MOVES]

MOVES (default 60) sliders are moved, each time another lever to another intensity, and nothing is ever asked twice.
Compiled runs are kept in a new folder, so that the server starts cold; the engine after it finds what the server
compiled. Then everything is asked warm, once the first verdict is there: until then the server compiles beside it. In a
browser, times go from a slider's input to the charts drawn anew; without Chromium they are left out, and that is said.
Ends with 1 where the target is missed: 200 ms in the median and 400 ms at the 95th percentile, for 256 draws and three
years, over HTTP and for single moves in the browser.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread

import numpy as np

from bench_lab_browser import DRAGGED, drags, judged_page, single_moves
from counterflow.lab.engine.schema import COARSE_DRAWS, MOST_COMPARED, USUAL_DRAWS, USUAL_YEARS, Ask, AskCompare
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.catalogue import levers
from counterflow.strategy.overrides import ParameterOverride
from counterflow.strategy.schema import Entry, Range, Strategy

MEDIAN, P95 = 200.0, 400.0  # ms, for USUAL_DRAWS and USUAL_YEARS
SLOW = 4  # times that a slow question is asked
FEWEST = 20  # times of which one in twenty can be told
PARAMETER = "supply.T_reb"  # whose prior is changed
ALONE = "of the engine"  # in this process, whose time on the processors can be told
BEGUN = 300.0  # seconds that the server may take to be ready

Send = Callable[[str, Ask | AskCompare], float]  # ms


def processor() -> str:
    """The processor's name."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def moves(base: Strategy, seed: int) -> Iterator[Strategy]:
    """The strategy with one slider after the other moved, those moved before staying where they are."""
    chance = np.random.default_rng(seed)
    entries = {entry.lever: entry for entry in base.written}
    start = base.written[0].start
    while True:
        for name, of in levers().items():
            low, high = of.levels[0].intensity.low, of.levels[4].intensity.high
            value = float(low + (high - low) * chance.random())
            entries[name] = Entry(
                lever=name,
                intensity=Range(low=value, central=value, high=value),
                start=start,
                start_reason="set by a slider",
                status="ordered",
                basis="user",
            )
            yield base.model_copy(update={"written": tuple(entries.values())})


def row(what: str, how: str, taken: Sequence[float] | np.ndarray, own: str = "") -> tuple[float, float]:
    """Print a line about times in ms; their median and 95th percentile, or the most of fewer than FEWEST."""
    few = len(taken) < FEWEST
    median, late = float(np.median(taken)), float(np.max(taken) if few else np.quantile(taken, 0.95))
    print(
        f"| {what} | {how} | {len(taken)} | {median:,.0f} | {'most ' if few else ''}{late:,.0f} | {own} |", flush=True
    )
    return median, late


def told(
    what: str, how: str, send: Send, where: str, asks: Iterator[Ask | AskCompare], count: int
) -> tuple[float, float]:
    """Print a line about `count` questions, after one that is not counted: median and 95th percentile in ms."""
    send(where, next(asks))
    busy = time.process_time()
    taken = [send(where, next(asks)) for _ in range(count)]
    own = f"{1000.0 * (time.process_time() - busy) / count:,.0f}" if how == ALONE else ""
    return row(what, how, taken, own)


def sliders(how: str, send: Send, base: Strategy, count: int, seed: int) -> tuple[float, float]:
    """Print a line for each kind of question that a moving slider asks; what the usual one took."""
    took = 0.0, 0.0
    for number, draws in enumerate((COARSE_DRAWS, USUAL_DRAWS)):
        asks = (Ask(strategy=one, draws=draws) for one in moves(base, seed + number))
        took = told(f"slider, {draws} draws", how, send, "simulate", asks, count)
    some = moves(base, seed + 2)
    four = (AskCompare(strategies=tuple(next(some) for _ in range(MOST_COMPARED))) for _ in iter(int, 1))
    told(f"{MOST_COMPARED} compared, {USUAL_DRAWS} draws each", how, send, "compare", four, count // 3)
    return took


def slower(how: str, send: Send, base: Strategy, seed: int) -> None:
    """Print a line for each kind of question that is asked at rest."""
    sets = (ParameterOverride(value=5.0 + 0.1 * number) for number in range(SLOW + 1))
    priors = (Ask(strategy=base.model_copy(update={"parameters": {PARAMETER: one}})) for one in sets)
    told(f"another prior, {USUAL_DRAWS} draws", how, send, "simulate", priors, SLOW)
    rested = (Ask(strategy=one) for one in moves(base, seed))
    told(f"what it rests on, {USUAL_DRAWS} draws", how, send, "rests", rested, SLOW)


def beside_verdicts(how: str, send: Send, another: Send, base: Strategy, count: int, seed: int) -> None:
    """Print a line for sliders that are moved while one verdict after the other is worked out."""
    ended = Event()

    def judge() -> None:
        for one in moves(base, seed + 1):
            if ended.is_set():
                return
            another("rests", Ask(strategy=one))

    judging = Thread(target=judge)
    judging.start()
    asks = (Ask(strategy=one) for one in moves(base, seed))
    told(f"slider during a verdict, {USUAL_DRAWS} draws", how, send, "simulate", asks, count)
    ended.set()
    judging.join()


def in_browser(address: str, count: int) -> tuple[float, float]:
    """Print lines for what a reader of the page waits for; what single moves took, zeros without a browser."""
    how = "in Chromium"
    try:
        with judged_page(address) as page:
            moved = row(f"single move, {USUAL_DRAWS} draws", how, single_moves(page, count, USUAL_DRAWS).whole)
            dragged = drags(page, max(count // 10, 2), USUAL_DRAWS)
            row(f"drag of {DRAGGED} moves, the first answer", how, dragged.first)
            row(f"drag of {DRAGGED} moves, every chart drawn", how, dragged.ages)
            row(f"drag of {DRAGGED} moves, the last, {USUAL_DRAWS} draws", how, dragged.whole)
    except FileNotFoundError as error:
        print(f"\nNOT measured in a browser: {error}")
        return 0.0, 0.0
    print(f"\nCharts were drawn {dragged.charts:.0f} times in a drag.", flush=True)
    return moved


@contextmanager
def served() -> Iterator[tuple[str, int, float]]:
    """Host and port of the lab's own server in a process of its own, and the seconds until it was ready."""
    command = [sys.executable, "-c", "from counterflow.cli.lab import lab; lab()", "--port", "0"]
    began = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            found = re.search(r"http://([^:/]+):(\d+)", server.stdout.readline())
            if found is None:
                log.seek(0)
                sys.exit(f"the lab did not start: {log.read()}")
            yield found[1], int(found[2]), time.perf_counter() - began
        finally:
            server.terminate()


def over_http(host: str, port: int) -> Send:
    """A sender over one connection that is kept, as a browser's."""
    connection = http.client.HTTPConnection(host, port, timeout=BEGUN)
    headers = {"Content-Type": "application/json", "Origin": f"http://{host}:{port}"}

    def send(where: str, ask: Ask | AskCompare) -> float:
        body = ask.model_dump_json(exclude_none=True)
        began = time.perf_counter()
        while True:
            connection.request("POST", f"/api/{where}", body, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
            if answer.status != 503:  # too busy, as while it compiles: asked again, and the wait counts
                break
            time.sleep(float(answer.headers.get("Retry-After", "1")))
        if answer.status != 200:
            sys.exit(f"/api/{where} answered {answer.status}: {content}")
        return 1000.0 * (time.perf_counter() - began)

    return send


def main(count: int) -> bool:
    """Print everything; whether the target is met."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"{platform.system()} {platform.machine()}, {processor()}, {cores} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, jax {version('jax')}, counterflow {version('counterflow')}; "
        f"{USUAL_YEARS} years\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COUNTERFLOW_DATA"] = str(Path(folder) / "data")
        from counterflow.lab.engine import Engine, compare, simulate

        base = built_in_strategy(next(reversed(built_in())), Engine.open().start)
        with served() as (host, port, cold):
            print(f"Ready after {cold:.1f} s in a new process, with nothing compiled.\n")
            print("| question | asked | times | median ms | 95% ms | processor ms |\n|---|---|---|---|---|---|")
            send = over_http(host, port)
            send("rests", Ask(strategy=base))
            over = sliders("over HTTP", send, base, count, seed=0)
            slower("over HTTP", send, base, seed=10)
            beside_verdicts("over HTTP", send, over_http(host, port), base, count, seed=15)
            seen = in_browser(f"http://{host}:{port}/", count)
        began = time.perf_counter()
        engine = Engine.open().warm()
        again = time.perf_counter() - began

        def alone(where: str, ask: Ask | AskCompare) -> float:
            began = time.perf_counter()
            if isinstance(ask, AskCompare):
                compare(engine, ask.asks())
            else:
                simulate(engine, ask)
            return 1000.0 * (time.perf_counter() - began)

        print("\n| question | asked | times | median ms | 95% ms | processor ms |\n|---|---|---|---|---|---|")
        sliders(ALONE, alone, base, count, seed=20)
    met = all(median <= MEDIAN and late <= P95 for median, late in (over, seen))
    print(f"\nThe engine was ready after {again:.1f} s with compiled runs kept.")
    print(f"{MEDIAN:.0f} and {P95:.0f} ms with {USUAL_DRAWS} draws: {'met' if met else 'missed'}.")
    print(f"Load {os.getloadavg()[0]:.1f} after, this run's own included.")
    return met


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 60) else 1)
