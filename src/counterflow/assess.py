"""The main job, from a document to a report: the rooms in order, each handing a plain value to the next."""

from __future__ import annotations

import hashlib
import platform
import shlex
import time
from collections.abc import Callable, Sequence
from datetime import date as Date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from counterflow.brief.schema import Brief
from counterflow.errors import BriefError, StrategyError, UsageError
from counterflow.evidence.folder import documents_folder
from counterflow.evidence.schema import Check
from counterflow.evidence.store import Store
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.brief.llm.endpoint import Endpoint
    from counterflow.ensemble.posterior import Posterior
    from counterflow.judgement.inquiry import Inquiry
    from counterflow.judgement.schema import Verdict

# Attributes of runs.
RECIPE = ("draws", "replicates", "years", "seed", "design", "sampling", "posterior", "posterior_sha256")
STAGES = ("read", "strategy", "check", "simulate", "foresee", "judge", "report")
Progress = Callable[[str, int, int], None]  # stage, done, total


class Assessed(NamedTuple):
    """What the main job leaves behind."""

    assessment: dict[str, Any]
    report: Path
    beside: Path


def check(brief: Brief, store: Store | None = None, *, date: Date | None = None) -> tuple[Check, ...]:
    """Each claim of a brief against every reading of its period and baseline.

    `date` is the document's date, if known; otherwise the interval is inferred from the events that it matches.
    Raises BriefError for a document about something else.
    """
    from counterflow.evidence.checking.checker import check as check_claims
    from counterflow.strategy.dating import infer_date

    refuse_other_subjects(brief)
    store = store or Store.open()
    interval = infer_date(brief, store, user_date=date)
    return check_claims(brief, store, interval=(interval.start, interval.end))


def posterior(day: Date | None = None) -> Posterior | None:
    """The posterior that comes with the package, to be passed to `simulate`: the default, fitted to all bundled data.

    With a `day`, the one of the latest January cut-off not after it; None before the first of them. All but the default
    are fitted to what was known at their cut-off.
    """
    from counterflow.calibration import bundled

    folder = bundled.latest() if day is None else bundled.known_by(day)
    return None if folder is None else bundled.posterior_of(folder)


def posterior_for(strategy: Strategy, day: Date | None = None) -> Posterior | None:
    """As `posterior`, less what the strategy sets and what belongs with that (see `ensemble.posterior.without`)."""
    from counterflow.ensemble.posterior import without

    found = posterior(day)
    return None if found is None else without(found, strategy.parameters)


def report(
    brief: Brief,
    checks: Sequence[Check],
    runs: xr.Dataset | None,
    verdict: Verdict | None,
    *,
    to: str | Path,
    inquiry: Inquiry | None = None,
    strategy: Strategy | None = None,
    foreseen: xr.Dataset | None = None,
    store: Store | None = None,
    timings: dict[str, float] | None = None,
    endpoint: Endpoint | None = None,
    strategy_file: Path | None = None,
    elicited_file: Path | None = None,
) -> Assessed:
    """Write the report and assessment.json beside it. `strategy` is needed only where nothing was simulated, `inquiry`
    where the report is to tell what outcomes vary with.

    `endpoint` is the one whose language model read the document, if one did; `strategy_file` is what the strategy was
    read from, if a file, and `elicited_file` what experts say in place of priors. Raises ReportError where the folder
    cannot be written.
    """
    from counterflow.report.assessment import assemble
    from counterflow.report.page import write_report
    from counterflow.strategy.branches import branches
    from counterflow.strategy.catalogue import levers

    store = store or Store.open()
    if strategy is None:
        if runs is None:
            raise StrategyError("neither runs nor a strategy to report on", hint="Pass strategy=...")
        strategy = Strategy.model_validate_json(runs.attrs["strategy"])
    assessment = assemble(
        brief=brief,
        checks=checks,
        strategy=strategy,
        branches=branches(strategy) if runs is not None else (),
        runs=runs,
        verdict=verdict,
        inquiry=inquiry,
        foreseen=foreseen,
        history=history(store) if runs is not None else {},
        lever_titles={name: lever.title for name, lever in levers().items()},
        manifest=manifest(brief, store, strategy, runs, endpoint, strategy_file, foreseen, elicited_file),
        timings=timings or {},
    )
    page, beside = write_report(assessment, Path(to))
    return Assessed(assessment, page, beside)


def assess(
    document: str | Path,
    *,
    date: Date | None = None,
    to: str | Path = "report.html",
    draws: int = 500,
    years: int = 3,
    seed: int = 0,
    refused: Sequence[str] = (),
    strategy_file: Path | None = None,
    elicited_file: Path | None = None,
    save_strategy: Path | None = None,
    priors: bool = False,
    progress: Progress | None = None,
    endpoint: Endpoint | None = None,
    warn: Callable[[str], None] | None = None,
) -> Assessed:
    """Read a document, test its claims, simulate its strategy, judge it, and write the report.

    `strategy_file` holds the strategy to simulate in the place of the one that is read from the document: with other
    entries, parameters or switches; `elicited_file` holds experts' quantiles, which replace priors
    (docs/elicitation.md). Parameters are drawn from the posterior that comes with the package; in the run as
    of the strategy's date from that of the latest January before it, or from the priors as known then where there is
    none; with `priors` always from the priors. `refused` names fillings from the policy record that are not accepted;
    `endpoint` and `warn` are those of `read`. Raises UsageError for a strategy file of another document or beside a
    date, BriefError for a document that cannot be read or is about something else, StrategyError, JudgementError or
    ReportError as their rooms do.
    """
    timings: dict[str, float] = {}

    def stage(name: str) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            if progress:
                progress(name, done, total)

        timings[name] = time.perf_counter()
        tell(0, 1)
        return tell

    def done(name: str) -> None:
        timings[name] = time.perf_counter() - timings[name]
        if progress:
            progress(name, 1, 1)

    stage("read")
    from counterflow.brief.reader import read
    from counterflow.report.page import require_writable
    from counterflow.strategy.elicited.elicit import read_elicited, with_elicited

    refuse_clashes(document, Path(to), save_strategy, strategy_file, elicited_file)
    require_writable(Path(to))
    elicited = read_elicited(elicited_file) if elicited_file else None
    store = Store.open()  # before anything is kept beside it
    brief = read(document, date=date, endpoint=endpoint, keep_in=documents_folder(), warn=warn)
    refuse_other_subjects(brief)
    done("read")

    stage("strategy")
    if strategy_file:
        strategy = edited(strategy_file, brief, date, refused)
    else:
        from counterflow.strategy.build import from_brief

        strategy = from_brief(brief, store, date=date, refused=refused)
    if elicited:
        strategy = with_elicited(strategy, elicited)
        if warn:
            for line in elicited.told:
                warn(line)
    if save_strategy:
        from counterflow.strategy.files import write_strategy

        write_strategy(strategy, save_strategy)
    done("strategy")

    stage("check")
    from counterflow.evidence.checking.checker import check as check_claims

    checks = check_claims(brief, store, interval=(strategy.date.start, strategy.date.end))
    done("check")

    runs = foreseen = inquiry = None
    if strategy.written or strategy.record or strategy.considered:
        tell = stage("simulate")
        from counterflow.ensemble.simulate import simulate

        runs = simulate(
            strategy,
            draws=draws,
            years=years,
            seed=seed,
            posterior=None if priors else posterior_for(strategy),
            evidence=store,
            progress=tell,
        )
        done("simulate")

        tell = stage("foresee")
        foreseen = simulate(
            strategy,
            draws=draws,
            years=years,
            seed=seed,
            evidence=store,
            as_of=strategy.date.end,
            posterior=None if priors else posterior_for(strategy, strategy.date.end),
            only=("none", "as_on_record"),
            progress=tell,
        )
        done("foresee")

        tell = stage("judge")
        from counterflow.judgement.inquiry import inquire

        inquiry = inquire(runs, store=store, seed=seed, progress=tell)
        done("judge")

    stage("report")
    started = timings.pop("report")
    written = report(
        brief,
        checks,
        runs,
        inquiry.verdict if inquiry else None,
        to=to,
        inquiry=inquiry,
        strategy=strategy,
        foreseen=foreseen,
        store=store,
        timings=timings,
        endpoint=endpoint,
        strategy_file=strategy_file,
        elicited_file=elicited_file,
    )
    written.assessment["timings"]["report"] = round(time.perf_counter() - started, 3)
    if progress:
        progress("report", 1, 1)
    return written


def edited(strategy_file: Path, brief: Brief, date: Date | None, refused: Sequence[str]) -> Strategy:
    """The strategy of a file, to be simulated in the place of the document's.

    Raises UsageError where the file is another document's, or holds what is given beside it; StrategyError as
    `read_strategy` does.
    """
    from counterflow.strategy.files import read_strategy

    if date is not None or refused:
        raise UsageError("--date and --refuse say what the strategy file says", hint="Change them in the file.")
    strategy = read_strategy(strategy_file)
    if strategy.document_sha256 and strategy.document_sha256 != brief.document.sha256:
        raise UsageError(
            "this strategy was written from another document",
            where=str(strategy_file),
            hint="Give that document, or take document_sha256 out of the file.",
        )
    return strategy


def refuse_clashes(
    document: str | Path,
    to: Path,
    save_strategy: Path | None,
    strategy_file: Path | None = None,
    elicited_file: Path | None = None,
) -> None:
    """Refuse to write over the document, or one result over another. Raises UsageError."""
    from counterflow.report.page import beside

    places = [("--out", to), ("the file beside the report", beside(to))]
    places += [("--save-strategy", save_strategy)] if save_strategy else []
    taken = {} if str(document) == "-" else {Path(document).resolve(): "the document"}
    taken |= {strategy_file.resolve(): "the strategy file"} if strategy_file else {}
    taken |= {elicited_file.resolve(): "the file of what experts say"} if elicited_file else {}
    for name, place in places:
        other = taken.setdefault(place.resolve(), name)
        if other != name:
            raise UsageError(f"{name} would be written over {other}", where=str(place), hint="Choose another name.")


def refuse_other_subjects(brief: Brief) -> None:
    """Refuse a document that has no action, no claim and nothing asserted about the border.

    A figure whose measure is not known counts where its sentence speaks of the border. Raises BriefError.
    """
    from counterflow.brief.actions.scene import speaks_of_the_border

    if brief.actions or brief.assertions:
        return
    if any(claim.measure or speaks_of_the_border(claim.span.quote) for claim in brief.claims):
        return
    raise BriefError(
        "this document names no border, migration, drug or cartel policy, and claims no figure about them",
        where=brief.document.source,
        hint="Give a strategy document: an article, an order, a fact sheet, a release.",
    )


def history(store: Store) -> dict[str, list[tuple[str, float, str]]]:
    """Observed months of every output that has an official series: (ISO first day, value, flag)."""
    from counterflow.model.anchors import monthly
    from counterflow.model.outputs import ABOUT

    return {
        name: [(row.date.isoformat(), row.value, row.flag) for row in monthly(store, name, before=Date.max, as_of=None)]
        for name, about in ABOUT.items()
        if about.series_id
    }


def manifest(
    brief: Brief,
    store: Store,
    strategy: Strategy,
    runs: xr.Dataset | None,
    endpoint: Endpoint | None = None,
    strategy_file: Path | None = None,
    foreseen: xr.Dataset | None = None,
    elicited_file: Path | None = None,
) -> dict[str, Any]:
    """What a run is a function of: version, document, data, priors, posterior, strategy, seed; and how to run it again.

    Where a language model read the document (that of `endpoint`), it is named: another may read otherwise.
    """
    from counterflow.ensemble.engine import digest

    model = endpoint if brief.reader == "llm" else None
    recipe = {name: runs.attrs[name] for name in RECIPE if runs.attrs[name] != ""} if runs is not None else {}
    if "posterior" in recipe:
        recipe["posterior"] = Path(recipe["posterior"]).name  # of a file its name alone: where it lay means nothing
    if foreseen is not None and foreseen.attrs["posterior"]:
        recipe["foreseen_posterior"] = Path(foreseen.attrs["posterior"]).name
        recipe["foreseen_posterior_sha256"] = foreseen.attrs["posterior_sha256"]
    command = ["counterflow", "assess", brief.document.source]
    for name in ("draws", "years", "seed") if recipe else ():
        command += [f"--{name}", str(recipe[name])]
    command += ["--priors"] if recipe and "posterior" not in recipe else []
    if strategy_file:
        command += ["--strategy", str(strategy_file)]
    else:
        command += ["--date", strategy.date.start.isoformat()] if strategy.date.source == "user" else []
        command += [part for record_id in strategy.refused for part in ("--refuse", record_id)]
    command += ["--elicited", str(elicited_file)] if elicited_file else []
    if model:
        command += ["--reader", "llm", "--endpoint", model.url, "--model", model.model]
    return {
        "version": version("counterflow"),
        "document_sha256": brief.document.sha256,
        "codebook_version": brief.codebook_version,
        **({"language_model": model.model} if model else {}),
        "strategy_sha256": hashlib.sha256(strategy.model_dump_json().encode()).hexdigest(),
        "priors_sha256": digest("counterflow.model", "priors"),
        "data": store.vintages(),
        **recipe,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "jax", "xarray", "duckdb", "pydantic")},
        "command": shlex.join(command),
    }
