"""The command that shares out what a strategy changes among its levers."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.base import as_json, counting, debug, heeded, main, say, told


@main.command()
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--branch", default="as_on_record", show_default=True, metavar="ID", help="Whose levers.")
@click.option("--lever", "levers", multiple=True, metavar="ID", help="Share out among these, all others as one.")
@click.option("--draws", type=click.IntRange(20, 250), default=62, show_default=True)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--exact", is_flag=True, help="Run every subset of the levers, however long it takes.")
@click.option("--priors", is_flag=True, help="Draw all parameters from their priors.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def attribute(
    strategy: Path,
    branch: str,
    levers: tuple[str, ...],
    draws: int,
    years: int,
    seed: int,
    exact: bool,
    priors: bool,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Which lever of STRATEGY, a TOML file (see assess --save-strategy), deserves how much of what its branch changes.

    Subsets of the levers are run on the same draws; a lever's share is its Shapley value. Up to 12 levers and 300,000
    runs every subset is run, beyond that orders of the levers are sampled. Levers that the official record does not
    tell apart are told as one bundle.
    """
    with told(as_json, debug):
        from counterflow.assess import posterior_for
        from counterflow.evidence.store import Store
        from counterflow.judgement.attribution.attribute import attribute as share_out
        from counterflow.report.studies.attribution import attribution_lines
        from counterflow.strategy.files import read_strategy

        store = Store.open()
        plan = read_strategy(strategy)
        with heeded() as check, counting("runs", quiet or as_json, check) as progress:
            found = share_out(
                plan,
                store,
                branch=branch,
                levers=levers or None,
                draws=draws,
                years=years,
                seed=seed,
                exact=exact,
                posterior=None if priors else posterior_for(plan),
                progress=progress,
            )
        say(found.model_dump_json() if as_json else "\n".join(attribution_lines(found)))
