"""The command that asks the model for published results."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from counterflow.cli.base import as_json, counting, debug, heeded, main, told

if TYPE_CHECKING:
    from counterflow.calibration.verify import Outcome


@main.command()
@click.argument("targets", nargs=-1, metavar="[TARGETS]...")
@click.option(
    "--draws", type=click.IntRange(20, 100_000), default=400, show_default=True, help="Draws from the priors."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def verify(targets: tuple[str, ...], draws: int, seed: int, quiet: bool, as_json: bool, debug: bool) -> None:
    """Ask the model for published results, and say which it gives.

    TARGETS are letters (B), targets (B3) or parts of one (B3.1); all of them if none is named. A target lies inside
    where the median over draws is in its band and the draws are not much wider than the band. One that lies outside
    is a finding, not an error: the exit code stays 0.
    """
    with told(as_json, debug):
        from counterflow.calibration import verify as verifying

        verifying.chosen(targets)  # refuses a wrong name before anything is drawn
        with heeded() as check, counting("targets", quiet, check) as progress:
            outcomes = verifying.verify(targets or None, draws=draws, seed=seed, progress=progress)
        if as_json:
            click.echo(json.dumps(verifying.as_json(outcomes), ensure_ascii=False, allow_nan=False))
        else:
            click.echo("\n".join([verifying.table(outcomes), "", *summary_lines(outcomes)]))


def summary_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Of each target outside why, then how many lie inside: by row, and at the end the event studies by target."""
    from counterflow.calibration.verify import counted

    lines = []
    for one in (one for one in outcomes if one.inside is False):
        why = one.target.why or "no reason is on record."
        lines += textwrap.wrap(f"{one.target.id} lies outside: {why}", 118, subsequent_indent="  ")
    for count in counted(outcomes):
        lines += textwrap.wrap(count, 118, subsequent_indent="  ")
    return lines
