"""Commands about the official figures: series, update, export."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from counterflow.cli.base import DAY, as_json, day, debug, main, told
from counterflow.errors import EvidenceError


@main.command()
@click.option(
    "--data-package", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The folder to write."
)
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True)
@as_json
@debug
def export(data_package: Path, form: Literal["csv", "parquet"], as_json: bool, debug: bool) -> None:
    """Write the evidence, in every vintage, as a Data Package that other programs read."""
    with told(as_json, debug):
        from counterflow.evidence.interchange.data_package import export_data_package
        from counterflow.evidence.store import Store

        place = export_data_package(Store.open(), data_package, form)
        click.echo(json.dumps({"data_package": str(place)}) if as_json else str(place))


@main.command()
@click.argument("series_id", required=False)
@click.option("--geo", help="A part of the series: a sector, a state, an agency.")
@click.option("--as-of", type=DAY, help="Only what was known on that day (YYYY-MM-DD).")
@as_json
@debug
def series(series_id: str | None, geo: str | None, as_of: datetime | None, as_json: bool, debug: bool) -> None:
    """List the official series, or show one (SERIES_ID) with a small chart."""
    with told(as_json, debug):
        from counterflow.evidence.listing import series_chart, series_table
        from counterflow.evidence.store import Store

        store = Store.open()
        if as_json:
            if series_id is None:
                listed = [row.model_dump(mode="json") for row in store.series_list()]
                click.echo(json.dumps({"series": listed}, ensure_ascii=False))
                return
            one = store.about(series_id).model_dump(mode="json")
            rows = [row.model_dump(mode="json") for row in store.observations(series_id, geo, day(as_of))]
            click.echo(json.dumps({"series": one, "observations": rows}, ensure_ascii=False))
        elif series_id is None:
            click.echo(series_table(store))
        else:
            click.echo(series_chart(store, series_id, geo, as_of=day(as_of)))


@main.command()
@click.argument("publisher", nargs=-1)
@click.option("--from-file", multiple=True, type=click.Path(path_type=Path), help="A file saved by hand (repeatable).")
@click.option("--dry-run", is_flag=True, help="Show what would change, and commit nothing.")
@click.option("--accept-jumps", is_flag=True, help="Let through figures that differ wildly from those before.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def update(
    publisher: tuple[str, ...],
    from_file: tuple[Path, ...],
    dry_run: bool,
    accept_jumps: bool,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Fetch official figures from each PUBLISHER (all, if none is named), and add what changed as one vintage.

    PUBLISHER is cbp-encounters, cbp-drugs, cdc-vsrr, sesnsp, ice-detention, ohss-monthly or ucdp.
    """
    with told(as_json, debug):
        from datetime import UTC

        from counterflow.evidence.store import Store
        from counterflow.evidence.updating.listing import update_lines
        from counterflow.evidence.updating.update import publishers
        from counterflow.evidence.updating.update import update as run

        if unknown := [name for name in publisher if name not in publishers()]:
            raise click.UsageError(f"No publisher is called {unknown[0]!r}: {', '.join(publishers())}.")
        if from_file and len(publisher) != 1:
            raise click.UsageError(f"--from-file takes the name of one publisher: {', '.join(publishers())}.")
        done = run(
            publisher or tuple(publishers()),
            now=datetime.now(UTC),
            from_files=from_file,
            dry_run=dry_run,
            accept_jumps=accept_jumps,
            tell=lambda line: None if quiet or as_json else click.echo(line, err=True),
        )
        if as_json:
            click.echo(done.model_dump_json())
        else:
            click.echo("\n".join(update_lines(done, Store.open(), dry_run=dry_run)))
        if any(outcome.failed for outcome in done.outcomes):
            sys.exit(EvidenceError.exit_code)
