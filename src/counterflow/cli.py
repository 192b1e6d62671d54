"""The command line: arguments in, exit code out. No logic of its own; heavy modules are imported by commands."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn

import click

from counterflow.errors import CounterflowError, EvidenceError

DATABASE_INTERRUPTED = "Query interrupted"  # what DuckDB makes of an interrupt that comes while it works
DAY = click.DateTime(formats=["%Y-%m-%d"])
as_json = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON to standard output.")
debug = click.option("--debug", is_flag=True, help="Show the trace of an error.")


@contextmanager
def told(as_json: bool, debug: bool) -> Iterator[None]:
    """Turn errors into one line (or one JSON object) and the exit code that belongs to them."""
    try:
        yield
        sys.stdout.flush()
    except CounterflowError as error:
        if debug:
            traceback.print_exc()
        fail(error.code, error.message, error.hint, error.where, error.exit_code, as_json)
    except (KeyboardInterrupt, click.Abort):
        fail("interrupted", "interrupted; nothing was written", "", "", 130, as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: not an error
    except (click.exceptions.Exit, click.ClickException):
        raise
    except Exception as error:
        if isinstance(error, RuntimeError) and str(error) == DATABASE_INTERRUPTED:
            fail("interrupted", "interrupted; nothing was written", "", "", 130, as_json)
        if debug:
            traceback.print_exc()
        hint = "This is a fault of Counterflow. Run again with --debug and report what it shows."
        fail("internal", f"{type(error).__name__}: {error}", hint, "", 1, as_json)


def fail(code: str, message: str, hint: str, where: str, exit_code: int, as_json: bool) -> NoReturn:
    """Say what went wrong and leave."""
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": message, "hint": hint, "where": where}}))
    else:
        said = message if message.endswith("?") else message.rstrip(".") + "."
        line = " ".join(part for part in (f"{where}:" if where else "", said, hint) if part)
        click.echo(f"counterflow: {' '.join(line.split())}", err=True)
    sys.exit(exit_code)


def day(value: datetime | None) -> date | None:
    """The date of click's datetime."""
    return value.date() if value else None


class Commands(click.Group):
    """A group whose usage errors are one line too, or one JSON object."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run the command and leave with its exit code."""
        asked = list(args[0] if args else options.get("args") or sys.argv[1:])
        code = None
        try:
            with told("--json" in asked, "--debug" in asked):
                code = super().main(*args, **options | {"standalone_mode": False})
        except click.ClickException as error:
            command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "counterflow"
            fail("usage", error.format_message(), f"See {command} --help.", "", error.exit_code, "--json" in asked)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterflow", message="counterflow %(version)s")
def main() -> None:
    """Counterflow turns a border-strategy document into a tested answer.

    It reads what is done and what is claimed, tests every claim against official series, simulates the coupled
    system, and says how likely the strategy is to curtail trafficking or to come back as friction and violence.
    """


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@click.option("--out", type=click.Path(path_type=Path), default="report.html", show_default=True)
@click.option("--draws", type=click.IntRange(20, 100_000), default=500, show_default=True)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--refuse", multiple=True, metavar="ID", help="Do not accept this filling from the policy record.")
@click.option("--save-strategy", type=click.Path(path_type=Path), help="Write the strategy to this TOML file.")
@click.option("-v", "--verbose", is_flag=True, help="Print the time that each stage took.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@as_json
@debug
def assess(
    document: str,
    on: datetime | None,
    out: Path,
    draws: int,
    years: int,
    seed: int,
    refuse: tuple[str, ...],
    save_strategy: Path | None,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Read DOCUMENT (a file, or - for standard input), and write report.html and assessment.json."""
    with told(as_json, debug):
        from counterflow.assess import assess as run
        from counterflow.report.summary import dated_lines, summary_lines

        with heeded() as check, bars(quiet or as_json, check) as progress:
            done = run(
                document,
                date=day(on),
                to=out,
                draws=draws,
                years=years,
                seed=seed,
                refused=refuse,
                save_strategy=save_strategy,
                progress=progress,
            )
        if verbose:
            for stage, seconds in done.assessment["timings"].items():
                click.echo(f"{stage:<10}{seconds:8.2f} s", err=True)
        if as_json:
            shown = ("branch", "id", "reference", "probability", "mc_error", "undetermined", "decided_by")
            rows = [{key: row[key] for key in shown} for row in done.assessment["headlines"]]
            headlines = [{("headline" if key == "id" else key): value for key, value in row.items()} for row in rows]
            result = {
                "headlines": headlines,
                "report": str(done.report),
                "manifest": done.assessment["manifest"],
            }
            click.echo(json.dumps(result, ensure_ascii=False))
        elif not quiet:
            report = f"Report         {done.report}"
            click.echo("\n".join([*dated_lines(done.assessment), *summary_lines(done.assessment), report]))


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """What raises KeyboardInterrupt if one was asked for where it would be lost.

    JAX runs a callback at every garbage collection, and Python prints and drops what is raised in such a callback.
    """
    asked = threading.Event()

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        asked.set()
        if frame is None or frame.f_code.co_name != "_xla_gc_callback":
            raise KeyboardInterrupt

    def check() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def bars(hidden: bool, check: Callable[[], None]) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar per stage on a terminal, else none; either way `check` is called at every step."""
    if hidden or not sys.stderr.isatty():
        yield lambda stage, done, total: check()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from counterflow.assess import STAGES

    columns = (TextColumn("{task.description:<10}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {stage: progress.add_task(stage, total=1, start=False) for stage in STAGES}

        def tell(stage: str, done: int, total: int) -> None:
            check()
            progress.start_task(tasks[stage])
            progress.update(tasks[stage], completed=done, total=max(total, 1))

        yield tell


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@as_json
@debug
def read(document: str, on: datetime | None, as_json: bool, debug: bool) -> None:
    """Read DOCUMENT: findings, actions, claims, and where each sentence went."""
    with told(as_json, debug):
        from counterflow.brief.listing import brief_lines
        from counterflow.brief.reader import read as read_document

        brief = read_document(document, date=day(on))
        if as_json:
            click.echo(brief.model_dump_json())
        else:
            click.echo("\n".join(brief_lines(brief)))


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@click.option("--table", type=click.Path(path_type=Path), help="Write every reading to this .csv or .parquet file.")
@click.option("--claimreview", type=click.Path(path_type=Path), help="Write schema.org ClaimReview to this file.")
@click.option("--operator", envvar="COUNTERFLOW_OPERATOR", help="Who publishes the ClaimReview.")
@click.option("--operator-url", envvar="COUNTERFLOW_OPERATOR_URL", help="Their address on the web.")
@as_json
@debug
def check(
    document: str,
    on: datetime | None,
    table: Path | None,
    claimreview: Path | None,
    operator: str | None,
    operator_url: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Test every claim of DOCUMENT against official figures, period by period and baseline by baseline."""
    with told(as_json, debug):
        from counterflow.assess import check as check_claims
        from counterflow.brief.reader import read as read_document
        from counterflow.evidence.interchange import claim_review, readings
        from counterflow.evidence.listing import check_lines
        from counterflow.evidence.store import Store

        brief, store = read_document(document, date=day(on)), Store.open()
        checks = check_claims(brief, store, date=day(on))
        by = {"operator": operator or "", "operator_url": operator_url or ""}
        reviews = claim_review.claim_reviews(brief, checks, store, **by, reviewed=date.today()) if claimreview else []
        if table:
            readings.write_readings(checks, table)
        if claimreview:
            claim_review.write_claim_reviews(reviews, claimreview)
        if as_json:
            rows = [row.model_dump(mode="json", exclude={"chart"}) for row in checks]
            click.echo(json.dumps({"checks": rows}, ensure_ascii=False))
        else:
            click.echo("\n".join(check_lines(checks)))


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


@main.command()
@as_json
def version(as_json: bool) -> None:
    """Print the version, and the versions of what it computes with."""
    import platform
    from importlib.metadata import version as of

    versions = {name: of(name) for name in ("counterflow", "numpy", "jax", "xarray", "duckdb", "pydantic")}
    versions["python"] = platform.python_version()
    if as_json:
        click.echo(json.dumps(versions))
    else:
        click.echo("\n".join(f"{name:<12}{number}" for name, number in versions.items()))
