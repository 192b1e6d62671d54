"""The command that judges stored runs."""

from __future__ import annotations

import json

import click

from counterflow.cli.base import as_json, counting, debug, heeded, main, say, told


@main.command()
@click.argument("runs")
@click.option("--branch", metavar="ID", help="Look into this branch (as_on_record, else as_written, else the first).")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Of halves and orders.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def judge(runs: str, branch: str | None, seed: int, quiet: bool, as_json: bool, debug: bool) -> None:
    """Judge RUNS, a Zarr store that `simulate --store` wrote: the four headlines and what they rest on.

    Of one branch it also tells what its outcomes vary with, and under which conditions it meets a headline. With fewer
    than some thousands of draws, single parameters are moved in further runs, which takes a while.
    """
    with told(as_json, debug):
        from counterflow.ensemble.stored.reading import open_runs
        from counterflow.judgement.inquiry import inquire
        from counterflow.report.studies.judged import inquiry_lines, inquiry_rows

        with heeded() as check, counting("batches of further runs", quiet or as_json, check) as progress:
            found = inquire(open_runs(runs), branch=branch, seed=seed, progress=progress)
        say(json.dumps(inquiry_rows(found), ensure_ascii=False) if as_json else "\n".join(inquiry_lines(found)))
