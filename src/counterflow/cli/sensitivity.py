"""The command that asks independent designs which inputs move the headlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from counterflow.cli.base import as_json, counting, debug, heeded, main, say, told
from counterflow.errors import UsageError

if TYPE_CHECKING:
    from counterflow.judgement.sensitivity.designed import Method


@main.command()
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--method", type=click.Choice(["sobol", "morris"]), default="sobol", show_default=True)
@click.option("--branch", default="as_on_record", show_default=True, metavar="ID", help="The branch to look at.")
@click.option("--draws", type=click.IntRange(32, 65_536), default=256, show_default=True, help="A power of two.")
@click.option(
    "--inputs", type=click.IntRange(2, 100), default=12, show_default=True, help="Inputs that get Sobol' indices."
)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
@click.pass_context
def sensitivity(
    context: click.Context,
    strategy: Path,
    method: Method,
    branch: str,
    draws: int,
    inputs: int,
    years: int,
    seed: int,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Ask which uncertain inputs move the headlines of STRATEGY, a TOML file, in runs of their own.

    Inputs are drawn independently from their priors, without chance. Morris' elementary effects look at all of them;
    Sobol' indices then split the variance among those that matter most. Draws that come from the record depend on one
    another: for them `counterflow judge` tells Shapley effects.
    """
    with told(as_json, debug):
        if branch == "none":
            raise click.UsageError("the branch none is what the others are compared with: name another.")
        given = [f"--{name}" for name in ("draws", "inputs") if _is_given(context, name)]
        if method == "morris" and given:
            raise UsageError(
                f"Morris' screening has no use for {' and '.join(given)}",
                where="--method morris",
                hint="It walks through all inputs: leave this out, or take --method sobol.",
            )
        from counterflow.ensemble.simulate import plan_for
        from counterflow.evidence.store import Store
        from counterflow.judgement.sensitivity.designed import by_design
        from counterflow.report.studies.sensitivity import sensitivity_lines, sensitivity_values
        from counterflow.strategy.files import read_strategy

        read = read_strategy(strategy)
        at = plan_for(read, Store.open(), years=years, seed=seed, only=["none", branch])
        with heeded() as check, counting("rows", quiet or as_json, check) as progress:
            found = by_design(at, method, draws=draws, most=inputs, progress=progress)
        if as_json:
            say(json.dumps(sensitivity_values(found), allow_nan=False))
        else:
            say("\n".join(sensitivity_lines(found)))


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT
