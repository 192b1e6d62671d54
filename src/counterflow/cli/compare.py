"""The command that lays strategies beside each other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from counterflow.cli.base import DAY, as_json, counting, day, debug, heeded, main, say, told


@main.command()
@click.argument("strategies", nargs=-1, type=click.Path(path_type=Path))
@click.option("--built-in", "built_in", is_flag=True, help="The strategies that come with the package, too.")
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    metavar="STRATEGY",
    help="A document's strategy, and with the heaviest strikes where it considers them.",
)
@click.option("--start", type=DAY, help="First day of the built-in ones (that of the first lever of the others).")
@click.option("--draws", type=click.IntRange(20, 20_000), default=500, show_default=True)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--priors", is_flag=True, help="Draw all parameters from their priors.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def compare(
    strategies: tuple[Path, ...],
    built_in: bool,
    document: Path | None,
    start: datetime | None,
    draws: int,
    years: int,
    seed: int,
    priors: bool,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Compare STRATEGIES, TOML files (see assess --save-strategy), with each other and with the run without any.

    All run over the same draws and chance, from the earliest first lever on. It tells outcomes, chances, money, regret,
    robustness, what no other beats, and which is best under which assumption.
    """
    with told(as_json, debug):
        if start is not None and not built_in:
            raise click.UsageError("--start is the day of the built-in strategies: add --built-in.")
        with heeded() as check, counting("blocks", quiet or as_json, check) as progress:
            from counterflow.assess import posterior_for
            from counterflow.evidence.store import Store
            from counterflow.judgement.comparison.compare import compare as run
            from counterflow.judgement.comparison.contenders import gathered
            from counterflow.strategy.files import read_strategy

            given = [read_strategy(path) for path in strategies]
            of_document = read_strategy(document) if document else None
            contenders = gathered(given, document=of_document, with_built_in=built_in, start=day(start))
            found = run(
                contenders,
                store=Store.open(),
                posterior=None if priors else posterior_for(contenders[0].strategy),
                draws=draws,
                years=years,
                seed=seed,
                progress=progress,
            )
        if as_json:
            say(found.model_dump_json())
            return
        from counterflow.report.studies.compared.lines import comparison_lines

        say("\n".join(comparison_lines(found)))
