"""The command that shows the codebook."""

from __future__ import annotations

import json

import click

from counterflow.cli.base import as_json, debug, main, told


@main.command()
@click.argument("name", required=False)
@as_json
@debug
def codebook(name: str | None, as_json: bool, debug: bool) -> None:
    """Show what words tell which lever, status, measure and unit; or one table or lever (NAME) in full."""
    with told(as_json, debug):
        from counterflow.brief.codebook import fingerprint, version
        from counterflow.brief.codebook.listing import LeverTold, chosen, chosen_lines, overview, overview_lines
        from counterflow.strategy.catalogue import levers

        known = {
            lever.id: LeverTold(lever.title, tuple((level.level, level.meaning) for level in lever.levels))
            for lever in levers().values()
        }
        if not as_json:
            click.echo("\n".join(chosen_lines(name, known) if name else overview_lines(known)))
        elif name is None:
            click.echo(json.dumps(overview(known), ensure_ascii=False))
        else:
            kind, content = chosen(name)
            shown: dict[str, object] = {"version": version(), "name": name, kind: content}
            if kind == "table":
                shown["fingerprint"] = fingerprint(name)
            elif name in known:
                shown["levels"] = dict(known[name].levels)
            click.echo(json.dumps(shown, ensure_ascii=False, default=str))
