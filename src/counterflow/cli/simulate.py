"""The command that runs ensembles."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterflow.cli.base import DAY, EVERY, as_json, day, debug, fault, main, say, told
from counterflow.errors import JudgementError, StoppedError

if TYPE_CHECKING:
    import xarray as xr

GRACE = 1.0  # seconds to say what is kept, to a reader who may not read it
METHODS = ("random", "latin-hypercube", "sobol")
DESIGNS = ("courses", "one-at-a-time", "factorial")
KEPT = "What is complete is kept: the same command with --resume goes on."
ENDINGS = {signal.SIGINT, signal.SIGTERM}


@main.command()
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--draws", type=click.IntRange(20, 10_000_000), default=500, show_default=True)
@click.option(
    "--replicates", type=click.IntRange(1, 1000), default=1, show_default=True, help="Courses of chance a draw."
)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--as-of", "as_of", type=DAY, help="With the data and priors of that day (YYYY-MM-DD).")
@click.option("--branch", "branches", multiple=True, metavar="ID", help="Run only these branches.")
@click.option(
    "--design", type=click.Choice(DESIGNS), default="courses", show_default=True, help="Which branches there are."
)
@click.option("--lever", "levers", multiple=True, metavar="ID", help="With a design: the levers to take (all of them).")
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Keep only these (all national ones).")
@click.option("--every", type=click.Choice(["week", "month"]), default="week", show_default=True)
@click.option("--sampling", type=click.Choice(METHODS), default="random", show_default=True)
@click.option(
    "--posterior",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take parameters from the rows of this CSV or Parquet, not from the posterior that comes with the package.",
)
@click.option("--priors", is_flag=True, help="Draw all parameters from their priors.")
@click.option(
    "--elicited",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Experts' quantiles (CSV or TOML) in the place of the priors of their parameters; see docs/elicitation.md.",
)
@click.option("--reduce", is_flag=True, help="Keep what the verdict needs and summaries through time, not the runs.")
@click.option("--above", multiple=True, metavar="OUTPUT=VALUE", help="With --reduce: the share of runs above a value.")
@click.option("--store", metavar="PLACE", help="Keep the runs in this Zarr store, a folder or an fsspec address.")
@click.option("--resume", is_flag=True, help="Go on with the store where it was cut short.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes of this machine.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.5:8786.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; without --json no summary.")
@as_json
@debug
def simulate(
    strategy: Path,
    draws: int,
    replicates: int,
    years: int,
    seed: int,
    as_of: datetime | None,
    branches: tuple[str, ...],
    design: str,
    levers: tuple[str, ...],
    outputs: tuple[str, ...],
    every: str,
    sampling: str,
    posterior: Path | None,
    priors: bool,
    elicited: Path | None,
    reduce: bool,
    above: tuple[str, ...],
    store: str | None,
    resume: bool,
    workers: int | None,
    scheduler: str | None,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Run the branches of STRATEGY, a TOML file (see assess --save-strategy), over many draws.

    Parameters come from the posterior that comes with the package, fitted to the official record; with --as-of from the
    one of the latest January before that day, or, where there is none, from the priors as known then.
    With --json each line of standard output is one JSON object: progress while it runs, at the end the manifest.
    Control-C ends it after the chunks that are running, a second one at once; with --store, --resume goes on from
    there.
    """
    with told(as_json, debug):
        if priors and posterior is not None:
            raise click.UsageError("--priors and --posterior do not go together: give one of them.")
        _refuse_conflicts(workers, scheduler, store, resume, levers, design, above, reduce)
        limits = _limits(above)
        there: list[tuple[int, int]] = []  # chunks that are complete as it begins, and of how many
        with halting(store, as_json) as asked, _told_of(quiet, as_json) as tell:

            def progress(done: int, total: int) -> None:
                if not there:
                    there.append((done, total))
                tell(done, total)

            from counterflow.assess import posterior_for
            from counterflow.ensemble.simulate import simulate as run
            from counterflow.model.outputs import SCALARS
            from counterflow.strategy.elicited.elicit import read_elicited, with_elicited
            from counterflow.strategy.files import read_strategy

            plan = read_strategy(strategy)
            if elicited:
                experts = read_elicited(elicited)
                plan = with_elicited(plan, experts)
                for line in () if quiet else experts.told:
                    say(f"counterflow: {line}.", err=True)
            runs = run(
                plan,
                draws=draws,
                replicates=replicates,
                years=years,
                seed=seed,
                as_of=day(as_of),
                design=design,  # type: ignore[arg-type]  # one of the choices above
                levers=levers or None,
                only=branches or None,
                outputs=outputs or SCALARS,
                every=every,  # type: ignore[arg-type]
                sampling=sampling,  # type: ignore[arg-type]
                posterior=posterior or (None if priors else posterior_for(plan, day(as_of))),
                reduce=reduce,
                above=limits,
                store=store,
                resume=resume,
                workers=workers,
                scheduler=scheduler,
                progress=progress,
                stop=asked,
            )
        if as_json or not quiet:
            try:
                _tell(runs, store, there if resume else [], as_json)
            except KeyboardInterrupt:
                if store is None:
                    raise
                raise StoppedError("interrupted, but the runs are complete.", where=store) from None


def _refuse_conflicts(
    workers: int | None,
    scheduler: str | None,
    store: str | None,
    resume: bool,
    levers: tuple[str, ...],
    design: str,
    above: tuple[str, ...],
    reduce: bool,
) -> None:
    """Refuse what does not go together, before the model is imported."""
    if workers is not None and scheduler is not None:
        raise click.UsageError("--workers are of this machine, --scheduler has its own: give one of them.")
    if store is not None and not store.strip():
        raise click.UsageError("--store names no place.")
    if resume and store is None:
        raise click.UsageError("there is no store to go on with: name it with --store.")
    if levers and design == "courses":
        raise click.UsageError("levers are named for a design only: add --design one-at-a-time or factorial.")
    if above and not reduce:
        raise click.UsageError("shares above a value are told of reduced runs only: add --reduce.")


def _limits(above: tuple[str, ...]) -> dict[str, list[float]]:
    """What OUTPUT=VALUE says, by output."""
    found: dict[str, list[float]] = {}
    for text in above:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not equals or not abs(number) < float("inf"):
            raise click.UsageError(f"--above takes OUTPUT=VALUE with a number, not {text!r}.")
        found.setdefault(name, []).append(number)
    return found


def _tell(runs: xr.Dataset, store: str | None, there: list[tuple[int, int]], as_json: bool) -> None:
    """The result: shares of the runs that meet each headline, where they can be told, and what was stored."""
    from counterflow.judgement import shares as counting
    from counterflow.report.studies import shares as telling

    above = counting.above_rows(runs)
    try:
        found = counting.shares(runs)
        rows, lines = counting.share_rows(found), telling.share_lines(found)
    except JudgementError as error:
        rows, lines = [], [" ".join(part for part in (f"No shares are told: {error.message}.", error.hint) if part)]
    if store is None:
        manifest = {name: runs.attrs[name] for name in ("identity", "identity_sha256")}
        manifest["identity"] = json.loads(manifest["identity"])
    else:
        from counterflow.ensemble.stored.reading import manifest_of

        manifest = manifest_of(store)
    if as_json:
        say(json.dumps({"shares": rows, "above": above, "store": store, "manifest": manifest}))
        return
    lines += telling.above_lines(above)
    if rows:
        lines += ["", telling.no_verdict(runs.attrs["sampling"], runs.attrs["posterior"], store)]
    if store is not None:
        lines += ["", *(_found(*one, manifest["about"]) for one in there), f"Runs  {store}"]
    say("\n".join(lines))


def _found(kept: int, total: int, about: dict[str, Any]) -> str:
    """What a run that went on with a store found there; `about` tells of the last run that had anything to do."""
    damaged = len(about["damaged_chunks_run_again"]) if kept < total else 0
    again = f"; {damaged:,} {'was' if damaged == 1 else 'were'} damaged and run again" if damaged else ""
    return f"{kept:,} {'chunk was' if kept == 1 else 'chunks were'} there before and kept{again}."


@contextmanager
def halting(store: str | None, as_json: bool, running: str = "chunks") -> Iterator[Callable[[], bool]]:
    """Whether to stop: the first interrupt, or wish to end the process, asks for it; the second ends it at once.
    `running` says what is let to its end.

    A thread of its own heeds them: Python calls no handler while the main thread is inside XLA, which compiles long.
    """
    asked = threading.Event()
    reading, writing = os.pipe()

    def heed() -> None:
        while number := os.read(reading, 1):  # the number of a signal; nothing once the other end is closed
            if number[0] not in ENDINGS:
                continue
            if asked.is_set():
                _end_at_once(store, as_json)
            asked.set()
            say(f"counterflow: stopping after the {running} that are running; once more stops at once", err=True)

    os.set_blocking(writing, False)
    awake = signal.set_wakeup_fd(writing)
    before = {number: signal.signal(number, lambda number, frame: None) for number in ENDINGS}
    heeding = threading.Thread(target=heed, daemon=True)
    heeding.start()
    try:
        yield asked.is_set
    finally:
        # Once asked, the run is on its way out: a further interrupt would only cut short what it has to say.
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if asked.is_set() else handler)
        signal.set_wakeup_fd(awake)
        os.close(writing)
        heeding.join()
        os.close(reading)


def _end_at_once(store: str | None, as_json: bool) -> None:
    """Say what is kept, and end the process as it is: threads that compute cannot be told to stop."""
    limit = threading.Timer(GRACE, os._exit, (130,))
    limit.daemon = True
    limit.start()
    hint = "Nothing was kept." if store is None else KEPT
    if os.isatty(2):
        os.write(2, b"\x1b[?25h\n")  # the bar hides the cursor
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(1 if as_json else 2, f"{fault('interrupted', 'interrupted', hint, store or '', as_json)}\n".encode())
    os._exit(130)


@contextmanager
def _told_of(quiet: bool, as_json: bool) -> Iterator[Callable[[int, int], None]]:
    """Progress with rate and time left: a bar on a terminal, else a line every few seconds; JSON lines if asked."""
    if quiet:
        yield lambda done, total: None
    elif as_json:
        yield _lines(lambda told: say(json.dumps({"progress": told})))
    elif not sys.stderr.isatty():
        yield _lines(lambda told: say(f"counterflow: {_sentence(told)}", err=True))
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("chunks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, TextColumn("gone, {task.fields[rate]}"), console=Console(stderr=True)) as shown:
            task = shown.add_task("chunks", total=None, rate="starting")

            def bar(told: dict[str, Any]) -> None:
                shown.update(task, completed=told["done"], total=told["of"], rate=_pace(told) or _starting(told))

            yield _lines(bar, every=0.0)


def _lines(tell: Callable[[dict[str, Any]], None], every: float = EVERY) -> Callable[[int, int], None]:
    """What to call with each chunk that is done: it tells the first, the last and some in between.

    The rate counts from the first chunk of this run on: that one waits until the model is compiled.
    """
    last = 0.0
    earlier: int | None = None
    begun: tuple[int, float] | None = None

    def line(done: int, total: int) -> None:
        nonlocal last, earlier, begun
        now = time.monotonic()
        if earlier is None:
            earlier = done
        elif done == earlier:
            return
        elif begun is None:
            begun = (done, now)
        elif done < total and now - last < every:
            return
        last = now
        rate = (done - begun[0]) / (now - begun[1]) if begun and done > begun[0] else None
        left = (total - done) / rate if rate else None
        tell({"done": done, "of": total, "chunks_per_second": rate, "seconds_left": left})

    return line


def _sentence(told: dict[str, Any]) -> str:
    return ", ".join(part for part in (f"{told['done']:,} of {told['of']:,} chunks", _pace(told)) if part)


def _starting(told: dict[str, Any]) -> str:
    """What stands in place of a rate as long as none is known."""
    return "starting" if told["done"] < told["of"] else ""


def _pace(told: dict[str, Any]) -> str:
    if not told["chunks_per_second"]:
        return ""
    return f"{told['chunks_per_second']:.3g} a second, {told['seconds_left']:.0f} s left"
