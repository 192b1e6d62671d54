"""Commands that take a document: assess, read, check."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from counterflow.cli.base import DAY, as_json, bars, day, debug, heeded, main, told

if TYPE_CHECKING:
    from counterflow.brief.llm.endpoint import Endpoint

_READERS = (
    click.option("--reader", type=click.Choice(["rules", "llm"]), default="rules", show_default=True),
    click.option(
        "--endpoint",
        "url",
        envvar="COUNTERFLOW_LLM_ENDPOINT",
        metavar="URL",
        help="With --reader llm: an OpenAI-compatible service, such as http://localhost:11434/v1.",
    ),
    click.option(
        "--model",
        envvar="COUNTERFLOW_LLM_MODEL",
        metavar="NAME",
        help="With --reader llm: the model to ask there. Its key, if any, is taken from COUNTERFLOW_LLM_KEY.",
    ),
)


def with_reader(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the reader, and pass it the one `endpoint` that they make."""

    @functools.wraps(command)
    def run(*args: Any, reader: str, url: str | None, model: str | None, **options: Any) -> None:
        command(*args, endpoint=_endpoint(reader, url, model), **options)

    for option in reversed(_READERS):
        option(run)
    return run


def _endpoint(reader: str, url: str | None, model: str | None) -> Endpoint | None:
    """The endpoint of the language model; None where rules read."""
    if reader == "rules":
        context = click.get_current_context()
        for name, option in (("url", "--endpoint"), ("model", "--model")):
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                raise click.UsageError(f"{option} needs --reader llm.")
        return None
    if not url:
        raise click.UsageError("--reader llm needs --endpoint or COUNTERFLOW_LLM_ENDPOINT.")
    if not model:
        raise click.UsageError("--reader llm needs --model or COUNTERFLOW_LLM_MODEL.")
    from counterflow.brief.llm.endpoint import endpoint_of

    return endpoint_of(url, model)


def _warn(line: str) -> None:
    click.echo(f"counterflow: {' '.join(line.split())}.", err=True)


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where to write. Its ending says the format, where --format does not; of several formats each gets its own "
    "ending. [default: report.html, or report with the ending of the format]",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["html", "md", "json", "docx"]),
    multiple=True,
    help="A page, Markdown with its figures beside it, the assessment alone, or a memo of two pages. May be repeated. "
    "[default: html, or what the ending of --out says]",
)
@click.option("--pdf", is_flag=True, help="Print the page to PDF too, by Chromium or Google Chrome.")
@click.option("--lang", "language", type=click.Choice(["en", "es"]), default="en", show_default=True)
@click.option("--draws", type=click.IntRange(20, 100_000), default=500, show_default=True)
@click.option("--years", type=click.IntRange(2, 10), default=3, show_default=True, help="Years with the levers held.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--refuse", multiple=True, metavar="ID", help="Do not accept this filling from the policy record.")
@click.option(
    "--strategy",
    "strategy_file",
    type=click.Path(path_type=Path),
    help="Simulate the strategy of this TOML file: the document's, edited (see --save-strategy).",
)
@click.option(
    "--elicited",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Experts' quantiles (CSV or TOML) in the place of the priors of their parameters; see docs/elicitation.md.",
)
@click.option("--save-strategy", type=click.Path(path_type=Path), help="Write the strategy to this TOML file.")
@click.option("--priors", is_flag=True, help="Draw parameters from their priors, not from what the record taught them.")
@click.option("-v", "--verbose", is_flag=True, help="Print the time that each stage took.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@with_reader
@as_json
@debug
def assess(
    document: str,
    on: datetime | None,
    out: Path | None,
    formats: tuple[str, ...],
    pdf: bool,
    language: str,
    draws: int,
    years: int,
    seed: int,
    refuse: tuple[str, ...],
    strategy_file: Path | None,
    elicited: Path | None,
    save_strategy: Path | None,
    priors: bool,
    verbose: bool,
    quiet: bool,
    endpoint: Endpoint | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Read DOCUMENT (a file, an address, or - for standard input), and write report.html and assessment.json.

    assessment.json always lies beside a report in any format.

    Parameters are drawn from the posterior that comes with the package, fitted to the official record.
    """
    with told(as_json, debug):
        from counterflow.assess import assess as run
        from counterflow.report.summary import dated_lines, summary_lines

        with heeded() as check, bars(quiet or as_json, check) as progress:
            done = run(
                document,
                date=day(on),
                to=out,
                formats=formats,
                pdf=pdf,
                language=language,
                draws=draws,
                years=years,
                seed=seed,
                refused=refuse,
                strategy_file=strategy_file,
                elicited_file=elicited,
                save_strategy=save_strategy,
                priors=priors,
                progress=progress,
                endpoint=endpoint,
                warn=_warn,
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
                "files": [str(path) for path in done.files],
                "manifest": done.assessment["manifest"],
            }
            click.echo(json.dumps(result, ensure_ascii=False))
        elif not quiet:
            asked = done.files[:-1] or done.files
            reports = [f"{'Report' if n == 0 else '':<15}{path}" for n, path in enumerate(asked)]
            click.echo("\n".join([*dated_lines(done.assessment), *summary_lines(done.assessment), *reports]))


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@with_reader
@as_json
@debug
def read(document: str, on: datetime | None, endpoint: Endpoint | None, as_json: bool, debug: bool) -> None:
    """Read DOCUMENT: findings, actions, claims, and where each sentence went."""
    with told(as_json, debug):
        from counterflow.brief.listing import brief_lines
        from counterflow.brief.reader import read as read_document

        brief = read_document(document, date=day(on), endpoint=endpoint, warn=_warn)
        if as_json:
            click.echo(brief.model_dump_json())
        else:
            by = f"a language model ({brief.dropped} of its items left out)" if brief.reader == "llm" else "rules"
            click.echo("\n".join([*brief_lines(brief), "", f"Read by {by}"]))


@main.command()
@click.argument("document")
@click.option("--date", "on", type=DAY, help="The document's date (YYYY-MM-DD), if it carries none.")
@click.option("--table", type=click.Path(path_type=Path), help="Write every reading to this .csv or .parquet file.")
@click.option("--claimreview", type=click.Path(path_type=Path), help="Write schema.org ClaimReview to this file.")
@click.option("--operator", envvar="COUNTERFLOW_OPERATOR", help="Who publishes the ClaimReview.")
@click.option("--operator-url", envvar="COUNTERFLOW_OPERATOR_URL", help="Their address on the web.")
@with_reader
@as_json
@debug
def check(
    document: str,
    on: datetime | None,
    table: Path | None,
    claimreview: Path | None,
    operator: str | None,
    operator_url: str | None,
    endpoint: Endpoint | None,
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

        brief = read_document(document, date=day(on), endpoint=endpoint, warn=_warn)
        store = Store.open()
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
