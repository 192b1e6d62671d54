"""The commands that forecast, and that hold past forecasts against what came."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from counterflow.cli.base import EVERY, as_json, debug, heeded, main, told
from counterflow.errors import UsageError

SEED = click.IntRange(0, 2**63 - 1)


@main.command()
@click.option("--cutoffs", metavar="YYYY-MM,...", help="First months that are forecast (January of 2021 to 2025).")
@click.option("--horizon", type=click.IntRange(1, 24), default=12, show_default=True, help="Months of each forecast.")
@click.option("--members", type=click.IntRange(20, 10_000), default=600, show_default=True, help="Runs of a forecast.")
@click.option("--seed", type=SEED, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write everything as JSON to this file.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def backtest(
    cutoffs: str | None,
    horizon: int,
    members: int,
    seed: int,
    out: Path | None,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Forecast from past cut-offs with what was known then, and score it against what came.

    The model takes the bundled posterior of the latest January by then (`make calibrate` makes it again), and is held
    against persistence, seasonal persistence, ETS and ARIMA. Levers known at a cut-off are given; a second table gives
    the later ones too. The blend's weights are learned from forecasts at every month before a cut-off, whose outcome
    was out by then: those forecasts are made anew, which takes minutes. Where a simple rule does better, it is said.
    """
    with told(as_json, debug):
        from counterflow.calibration.forecasting import command, listing
        from counterflow.calibration.forecasting.backtest import cutoffs_of
        from counterflow.evidence.store import Store

        if out is not None and not out.parent.is_dir():
            raise UsageError("there is no such folder to write to", where=str(out))
        store = Store.open()
        days = cutoffs_of(command.CUTOFFS if cutoffs is None else cutoffs, command.last_month(store))
        with heeded() as check, _told_of(quiet, check) as progress:
            found = command.backtest(store, days, horizon=horizon, members=members, seed=seed, progress=progress)
        plain = json.dumps(command.as_json(found), ensure_ascii=False, allow_nan=False)
        if out is not None:
            _write(out, f"{plain}\n")
        click.echo(plain if as_json else "\n".join(listing.of_backtest(found)))


@main.command()
@click.option("--origin", required=True, metavar="YYYY-MM", help="The first month that is forecast.")
@click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True, help="How many months.")
@click.option(
    "--strategy",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A strategy file (see assess --save-strategy) whose levers move from the origin on.",
)
@click.option("--members", type=click.IntRange(20, 10_000), default=1000, show_default=True, help="Runs of the model.")
@click.option("--seed", type=SEED, default=0, show_default=True)
@as_json
@debug
def forecast(
    origin: str, months: int, strategy: Path | None, members: int, seed: int, as_json: bool, debug: bool
) -> None:
    """Forecast the official series month by month, as quantiles.

    The forecast blends the model with two simple rules, by weights learned from past forecasts; each row says the
    model's weight. From an origin after the last published month on it takes the default posterior and all that is
    published; from an earlier one what had been published by then. How good such forecasts were: docs/skill.md.
    """
    with told(as_json, debug):
        from counterflow.calibration.forecasting import command, listing
        from counterflow.evidence.store import Store

        with heeded() as check:
            found = command.forecasts(
                Store.open(), origin, months=months, strategy=strategy, members=members, seed=seed
            )
            check()
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))
        else:
            click.echo("\n".join(listing.of_forecast(found)))


def _write(out: Path, text: str) -> None:
    """Write a file whole. Raises UsageError where it cannot be written."""
    from counterflow.evidence.disk import write_whole

    try:
        write_whole(out, text.encode())
    except OSError as error:
        raise UsageError(f"the file cannot be written ({error.strerror})", where=str(out)) from error


@contextmanager
def _told_of(quiet: bool, check: Callable[[], None]) -> Iterator[Callable[[str, int, int], None]]:
    """A line on standard error every few seconds, and at the end of each stage."""
    last = time.monotonic()

    def line(stage: str, done: int, total: int) -> None:
        nonlocal last
        check()
        if not quiet and (done == total or time.monotonic() - last >= EVERY):
            last = time.monotonic()
            click.echo(f"counterflow: {stage}: {done} of {total}", err=True)
            sys.stderr.flush()

    yield line
