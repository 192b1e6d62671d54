"""The command that shows the parameters of the model."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import click

from counterflow.cli.base import as_json, debug, main, told

if TYPE_CHECKING:
    from counterflow.model.priors import Table


@main.command()
@click.option("--mechanism", metavar="NAME", help="Only those of one mechanism, such as border or supply.")
@click.option("--grade", metavar="A|B|C|D", help="Only those of one grade: A several good studies, D no evidence.")
@as_json
@debug
def parameters(mechanism: str | None, grade: str | None, as_json: bool, debug: bool) -> None:
    """Show the model's parameters: meaning, unit, range, and on whose word, with a grade from A to D."""
    with told(as_json, debug):
        from counterflow.model.priors import chosen, load
        from counterflow.report.parameters import parameter_lines, parameter_rows

        shown = chosen(load(), mechanism, grade)
        if as_json:
            click.echo(json.dumps({"parameters": parameter_rows(shown)}, ensure_ascii=False))
        else:
            click.echo("\n".join(parameter_lines(shown, shutil.get_terminal_size((100, 24)).columns)))
            for line in drawn_lines(shown):
                click.echo(line)


def drawn_lines(shown: Table) -> list[str]:
    """What joint conditions make of the parameters shown: the points drawn; empty where no condition names one."""
    from counterflow.ensemble.drawn import COUNT, Drawn, drawn
    from counterflow.report.words import minus, number

    rows = [one for one in drawn() if one.key[1] in shown.get(one.key[0], {})]
    if not rows:
        return []

    def points(one: Drawn) -> str:
        return minus(" | ".join(number(point, 4) for point in (one.low, one.central, one.high)))

    width = max(len(".".join(one.key)) for one in rows)
    return [
        "",
        "Joint conditions draw some values again (see docs/model.md).",
        f"Points of {COUNT:,} draws, of the parameters that a condition names:",
        *(f"  {'.'.join(one.key):<{width}}  {points(one)}; {', '.join(one.conditions)}" for one in rows),
    ]
