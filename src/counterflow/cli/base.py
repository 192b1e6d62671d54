"""What all commands share: the group that they belong to, errors in one line, interrupts, progress."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import FrameType
from typing import Any, NoReturn, TextIO

import click

from counterflow.errors import CounterflowError

DATABASE_INTERRUPTED = "Query interrupted"  # what DuckDB makes of an interrupt that comes while it works
EVERY = 5.0  # seconds between lines of progress where there is no terminal
DAY = click.DateTime(formats=["%Y-%m-%d"])
as_json = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to standard output.")
debug = click.option("--debug", is_flag=True, help="Show the trace of an error.")


@contextmanager
def told(as_json: bool, debug: bool) -> Iterator[None]:
    """Turn errors into one line (or one JSON object) and the exit code that belongs to them."""
    try:
        yield
        sys.stdout.flush()
    except CounterflowError as error:
        if debug:
            traceback.print_exc()
        fail(error.code, error.message, error.hint, error.where, error.exit_code, as_json)
    except (KeyboardInterrupt, click.Abort):
        fail("interrupted", "interrupted; nothing was written", "", "", 130, as_json)
    except BrokenPipeError:
        _unheard(sys.stdout)  # the reader went away: not an error
    except (click.exceptions.Exit, click.ClickException):
        raise
    except Exception as error:
        if isinstance(error, RuntimeError) and str(error) == DATABASE_INTERRUPTED:
            fail("interrupted", "interrupted; nothing was written", "", "", 130, as_json)
        if debug:
            traceback.print_exc()
        hint = "This is a fault of Counterflow. Run again with --debug and report what it shows."
        fail("internal", f"{type(error).__name__}: {error}", hint, "", 1, as_json)


def fail(code: str, message: str, hint: str, where: str, exit_code: int, as_json: bool) -> NoReturn:
    """Say what went wrong and leave."""
    click.echo(fault(code, message, hint, where, as_json), err=not as_json)
    sys.exit(exit_code)


def fault(code: str, message: str, hint: str, where: str, as_json: bool) -> str:
    """What went wrong in one line, or as a JSON object."""
    if as_json:
        return json.dumps({"error": {"code": code, "message": message, "hint": hint, "where": where}})
    said = message if message.endswith("?") else message.rstrip(".") + "."
    line = " ".join(part for part in (f"{where}:" if where else "", said, hint) if part)
    return f"counterflow: {' '.join(line.split())}"


def say(line: str, *, err: bool = False) -> None:
    """Print a line on the way; where its reader has gone away the command goes on, and tells it nothing more."""
    try:
        click.echo(line, err=err)
    except BrokenPipeError:
        _unheard(sys.stderr if err else sys.stdout)


def _unheard(stream: TextIO) -> None:
    """Send what a stream still holds, and all that will come, nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def day(value: datetime | None) -> date | None:
    """The date of click's datetime."""
    return value.date() if value else None


class Commands(click.Group):
    """A group whose usage errors are one line too, or one JSON object."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run the command and leave with its exit code."""
        asked = list(args[0] if args else options.get("args") or sys.argv[1:])
        code = None
        try:
            with told("--json" in asked, "--debug" in asked):
                code = super().main(*args, **options | {"standalone_mode": False})
        except click.ClickException as error:
            command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "counterflow"
            fail("usage", error.format_message(), f"See {command} --help.", "", error.exit_code, "--json" in asked)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterflow", message="counterflow %(version)s")
def main() -> None:
    """Counterflow turns a border-strategy document into a tested answer.

    It reads what is done and what is claimed, tests every claim against official series, simulates the coupled
    system, and says how likely the strategy is to curtail trafficking or to come back as friction and violence.
    """


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """What raises KeyboardInterrupt if one was asked for where it would be lost.

    JAX runs a callback at every garbage collection, and Python prints and drops what is raised in such a callback.
    """
    asked = threading.Event()

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        asked.set()
        if frame is None or frame.f_code.co_name != "_xla_gc_callback":
            raise KeyboardInterrupt

    def check() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def bars(hidden: bool, check: Callable[[], None]) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar per stage on a terminal, else none; either way `check` is called at every step."""
    if hidden or not sys.stderr.isatty():
        yield lambda stage, done, total: check()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from counterflow.assess import STAGES

    columns = (TextColumn("{task.description:<10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {stage: progress.add_task(stage, total=1, start=False) for stage in STAGES}

        def tell(stage: str, done: int, total: int) -> None:
            check()
            progress.start_task(tasks[stage])
            progress.update(tasks[stage], completed=done, total=max(total, 1))

        yield tell


@main.command()
@as_json
def version(as_json: bool) -> None:
    """Print the version, and the versions of what it computes with."""
    import platform
    from importlib.metadata import version as of

    versions = {name: of(name) for name in ("counterflow", "numpy", "jax", "xarray", "duckdb", "pydantic")}
    versions["python"] = platform.python_version()
    if as_json:
        click.echo(json.dumps(versions))
    else:
        click.echo("\n".join(f"{name:<12}{number}" for name, number in versions.items()))


@contextmanager
def counting(what: str, quiet: bool, check: Callable[[], None]) -> Iterator[Callable[[int, int], None]]:
    """Progress by count of `what` on standard error: a bar on a terminal, else a line every few seconds."""
    if quiet:
        yield lambda done, total: check()
        return
    if not sys.stderr.isatty():
        last = time.monotonic()

        def line(done: int, total: int) -> None:
            nonlocal last
            check()
            if done == total or time.monotonic() - last >= EVERY:
                last = time.monotonic()
                say(f"counterflow: {done} of {total} {what}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(what, total=None)

        def bar(done: int, total: int) -> None:
            check()
            shown.update(task, completed=done, total=total)

        yield bar
