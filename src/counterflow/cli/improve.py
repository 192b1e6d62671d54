"""The command that searches for strategies that do better."""

from __future__ import annotations

from pathlib import Path

import click

from counterflow.cli.base import as_json, counting, debug, main, say, told
from counterflow.cli.simulate import halting


@main.command()
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--budget", type=float, required=True, metavar="USD", help="What may be spent over all years judged.")
@click.option(
    "--objective",
    "objectives",
    multiple=True,
    required=True,
    metavar="NAME",
    help="Make it small: fentanyl, deaths, crossings, friction, violence or cost. Give several.",
)
@click.option("--evaluations", type=click.IntRange(2, 100_000), default=2000, show_default=True)
@click.option("--draws", type=click.IntRange(20, 250), default=64, show_default=True, help="Of each evaluation.")
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--hold", multiple=True, metavar="LEVER", help="Leave this lever as the document has it.")
@click.option(
    "--allow",
    multiple=True,
    metavar="WHO",
    help="Move what these decide too, not the US executive alone: congress, mexico or china.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Keep the search and its front here.")
@click.option("--resume", is_flag=True, help="Go on with the folder where it was cut short.")
@click.option("--priors", is_flag=True, help="Draw all parameters from their priors.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def improve(
    strategy: Path,
    budget: float,
    objectives: tuple[str, ...],
    evaluations: int,
    draws: int,
    years: int,
    seed: int,
    hold: tuple[str, ...],
    allow: tuple[str, ...],
    out: Path | None,
    resume: bool,
    priors: bool,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Search from STRATEGY, a TOML file (see assess --save-strategy), for strategies that do better within a budget.

    The answer is a front: strategies of which none is better than another by every objective, each evaluated again on
    fresh draws. Levers that use force are never proposed. Control-C ends it after the batch that is running, a second
    one at once; with --out, --resume goes on from there. With --json the result is front.json.
    """
    with told(as_json, debug):
        if resume and out is None:
            raise click.UsageError("there is no folder to go on with: name it with --out.")
        where = None if out is None else str(out)
        with halting(where, as_json, "batches") as asked, counting("evaluations", quiet, lambda: None) as progress:
            from counterflow.assess import posterior_for
            from counterflow.evidence.store import Store
            from counterflow.judgement.search.improve import improve as run
            from counterflow.strategy.files import read_strategy

            plan = read_strategy(strategy)
            found = run(
                plan,
                budget=budget,
                objectives=objectives,
                store=Store.open(),
                posterior=None if priors else posterior_for(plan),
                evaluations=evaluations,
                draws=draws,
                years=years,
                seed=seed,
                hold=hold,
                allow=allow,
                out=out,
                resume=resume,
                progress=progress,
                stop=asked,
            )
        if as_json:
            say(found.model_dump_json())
        else:
            from counterflow.report.studies.improved import improved_lines

            say("\n".join(improved_lines(found, out)))
