"""The command that fits the model to the record."""

from __future__ import annotations

import json
import shlex
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from counterflow.cli.base import as_json, counting, day, debug, heeded, main, say, told
from counterflow.errors import StoppedError

MONTH = click.DateTime(formats=["%Y-%m"])
WIDTH = 118


@main.command()
@click.option("--until", type=MONTH, metavar="YYYY-MM", help="The last month fitted; else the last of encounters.")
@click.option("--as-known", is_flag=True, help="Only with what was published, and the priors known, when it had ended.")
@click.option("--leave-out", "left_out", multiple=True, metavar="NAME", help="Fit without this series.")
@click.option("--ensembles", type=click.IntRange(2, 64), default=8, show_default=True, help="Independent ones.")
@click.option("--members", type=click.IntRange(20, 100_000), default=300, show_default=True, help="Of each ensemble.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--minutes", type=click.FloatRange(min=0), help="Stop after so many, at the end of a step.")
@click.option("--resume", is_flag=True, help="Go on with the folder where it was cut short.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("calibration"), show_default=True, help="Folder.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@as_json
@debug
def calibrate(
    until: datetime | None,
    as_known: bool,
    left_out: tuple[str, ...],
    ensembles: int,
    members: int,
    seed: int,
    minutes: float | None,
    resume: bool,
    out: Path,
    quiet: bool,
    as_json: bool,
    debug: bool,
) -> None:
    """Fit the parameters of the model to the official record, and write the draws to a folder.

    Every series is screened first; one with a fault is refused unless it is left out. Ensembles are smoothed toward the
    record apart, then their members walk chains; where these do not settle or agree, nothing is written. The folder's
    posterior.parquet is what simulate takes as --posterior. Whatever ends it, --resume goes on from the last complete
    step. With --json the result is the manifest.
    """
    with told(as_json, debug):
        from counterflow.calibration.calibrate import calibrate as run
        from counterflow.evidence.store import Store

        with heeded() as check, counting("steps", quiet, check) as progress, _stopped(out):
            manifest = run(
                Store.open(),
                out,
                until=day(until),
                as_known=as_known,
                ensembles=ensembles,
                members=members,
                seed=seed,
                left_out=left_out,
                resume=resume,
                minutes=minutes,
                progress=progress,
            )
        if as_json:
            say(json.dumps(manifest, ensure_ascii=False, allow_nan=False))
        else:
            say("\n".join(summary_lines(manifest, out)))


def summary_lines(manifest: dict[str, Any], out: Path) -> list[str]:
    """What was learned and what not, whether the ensembles agree, how the record lies about the fit, where it is."""
    from counterflow.calibration.fitting.checks import LEARNED

    of = manifest["parameters"]
    ranked = sorted(of, key=lambda name: of[name]["contraction"], reverse=True)
    width = max(len(name) for name in ranked)
    lines = [
        f"Fitted to {', '.join(sorted({name.partition(':')[0] for name in manifest['known']}))}",
        f"before {manifest['cutoff']}"
        + (f", as published by {manifest['as_of']}." if manifest["as_of"] else ", as published by now."),
    ]
    lines = [*textwrap.wrap(" ".join(lines), WIDTH), ""]
    lines.append(f"{'Most learned first':<{width}}  learned     {'before: 5%, 50%, 95%':<30}  after: 5%, 50%, 95%")
    for name in ranked:
        before, after = (", ".join(f"{value:.3g}" for value in of[name][which]) for which in ("prior", "posterior"))
        gain = of[name]["contraction"]
        told_of = f"{gain:.0%}" if gain >= LEARNED else "not"
        lines.append(f"{name:<{width}}  {told_of:<10}  {before:<30}  {after}")
    learned = sum(one["contraction"] >= LEARNED for one in of.values())
    checks = manifest["checks"]
    told = [
        f"Learned (variance of the score less by more than {LEARNED:.0%}): {learned} of {len(of)} parameters that move "
        f"the record; {len(of) - learned} were not, and {len(manifest['not_moved'])} more move no fitted month.",
        f"The chains of {manifest['ensembles']} ensembles agree: R-hat {checks['r_hat']:.4f} at most "
        f"({checks['r_hat_of']}), effective size {checks['effective']:,.0f} at least ({checks['effective_of']}). "
        f"{manifest['rows']:,} of "
        f"{manifest['ensembles'] * manifest['members']:,} members are kept; the others break a joint condition.",
        "Months further off than 1.96 standard deviations from a forecast of one month (about 5% where the fit is "
        f"right): {', '.join(f'{name} {share:.1%}' for name, share in checks['beyond'].items())}.",
    ]
    if manifest["left_out"]:
        told.append(f"Left out: {', '.join(manifest['left_out'])}.")
    for text in told:
        lines += ["", *textwrap.wrap(text, WIDTH)]
    return [*lines, "", f"Posterior  {out / 'posterior.parquet'}"]


@contextmanager
def _stopped(out: Path) -> Iterator[None]:
    """Say what to type to go on, whether the time was over or an interrupt came."""
    try:
        yield
    except StoppedError as error:
        raise StoppedError(error.message, where=error.where, hint=_again()) from None
    except KeyboardInterrupt:
        if not out.exists():
            raise
        raise StoppedError("interrupted; complete steps are kept", where=str(out), hint=_again()) from None


def _again() -> str:
    """The command that goes on."""
    given = [argument for argument in sys.argv[1:] if argument != "--resume"]
    return f"Go on with: counterflow {shlex.join([*given, '--resume'])}"
