"""Commands that take a document: assess, read, check."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click

from counterflow.cli.base import DAY, as_json, bars, day, debug, heeded, main, told


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
