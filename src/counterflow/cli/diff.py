"""The command that compares two assessments."""

from __future__ import annotations

import json
from pathlib import Path

import click

from counterflow.cli.base import as_json, debug, main, told


@main.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@as_json
@debug
def diff(a: Path, b: Path, as_json: bool, debug: bool) -> None:
    """Say what two assessments differ in, and why: A and B are files that `counterflow assess` writes beside a report.

    Chances that differ are told with their Monte Carlo error. Where one thing differs it is named as the cause; where
    several do, how to find out. A difference is no error: the exit code stays 0.
    """
    with told(as_json, debug):
        from counterflow.report.studies.difference.compare import as_json as rows_of
        from counterflow.report.studies.difference.compare import difference
        from counterflow.report.studies.difference.lines import difference_lines
        from counterflow.report.studies.difference.reading import read_pair

        first, second = read_pair(a, b)
        found = difference(first, second)
        if as_json:
            click.echo(json.dumps(rows_of(found), ensure_ascii=False, allow_nan=False))
        else:
            click.echo("\n".join([f"A  {a}", f"B  {b}", "", *difference_lines(found, first)]))
