"""The main job, from a document to a report: the rooms in order, each handing a plain value to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date as Date
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
    from counterflow.judgement.attribution.schema import Attribution
    from counterflow.judgement.comparison.schema import Comparison
    from counterflow.judgement.inquiry import Inquiry
    from counterflow.judgement.schema import Verdict

STAGES = ("read", "strategy", "check", "simulate", "foresee", "judge", "report")
Progress = Callable[[str, int, int], None]  # stage, done, total


class Answered(NamedTuple):
    """What the model says of a strategy."""

    runs: xr.Dataset | None
    by_place: xr.Dataset | None  # encounters by sector
    foreseen: xr.Dataset | None  # run with what was known on the strategy's date
    inquiry: Inquiry | None
    attribution: Attribution | None = None  # shares of the levers of the branch that the answer opens with
    comparison: Comparison | None = None  # other strategies on the same draws


class Assessed(NamedTuple):
    """What the main job leaves behind: the assessment, the file that was asked for, the assessment's, and all files."""

    assessment: dict[str, Any]
    report: Path
    beside: Path
    files: tuple[Path, ...]


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
    formats: Sequence[str] = (),
    pdf: bool = False,
    language: str = "en",
    inquiry: Inquiry | None = None,
    strategy: Strategy | None = None,
    foreseen: xr.Dataset | None = None,
    by_place: xr.Dataset | None = None,
    attribution: Attribution | None = None,
    comparison: Comparison | None = None,
    store: Store | None = None,
    timings: dict[str, float] | None = None,
    endpoint: Endpoint | None = None,
    strategy_file: Path | None = None,
    elicited_file: Path | None = None,
) -> Assessed:
    """Write the report and assessment.json beside it. `strategy` is needed only where nothing was simulated, `inquiry`
    where the report is to tell what outcomes vary with, `attribution` and `comparison` where it is to tell what each
    lever adds and how other strategies do.

    The ending of `to` says in which format (.html, .md, .docx, .json, .pdf), unless `formats` names one or several;
    `pdf` prints the page besides; `language` is "en" or another that reports can be had in (see
    `report.formats.plan`). `endpoint` is the one whose language model read the document, if one did; `strategy_file` is
    what the strategy was read from, if a file, and `elicited_file` what experts say in place of priors. Raises
    UsageError for formats that clash or need what is not installed, ReportError where a file cannot be written.
    """
    from counterflow.report.assessment.assemble import assemble
    from counterflow.report.assessment.manifest import manifest
    from counterflow.report.assessment.recorded import recorded
    from counterflow.report.formats.plan import planned
    from counterflow.report.formats.write import require, write
    from counterflow.strategy.branches import branches
    from counterflow.strategy.catalogue import levers

    plan = planned(to, formats, pdf=pdf, language=language)
    require(plan)
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
        manifest=manifest(brief, store, strategy, runs, endpoint, strategy_file, foreseen, elicited_file, plan),
        timings=timings or {},
        recorded=recorded(store, strategy),
        by_place=by_place,
        attribution=attribution,
        comparison=comparison,
    )
    return Assessed(assessment, plan.report, plan.assessment, write(assessment, plan))


def assess(
    document: str | Path,
    *,
    date: Date | None = None,
    to: str | Path | None = None,
    formats: Sequence[str] = (),
    pdf: bool = False,
    language: str = "en",
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
    """Read a document, test its claims, simulate its strategy, judge it, and write the report: report.html, or what
    `to`, `formats`, `pdf` and `language` say (see `report`).

    `strategy_file` holds the strategy to simulate in the place of the one that is read from the document: with other
    entries, parameters or switches; `elicited_file` holds experts' quantiles, which replace priors
    (docs/elicitation.md). Parameters are drawn from the posterior that comes with the package; in the run as
    of the strategy's date from that of the latest January before it, or from the priors as known then where there is
    none; with `priors` always from the priors. `refused` names fillings from the policy record that are not accepted;
    `endpoint` and `warn` are those of `read`. What cannot be written is refused before anything is run. Raises
    UsageError for formats that clash, or a strategy file of another document or beside a date, BriefError for a
    document that cannot be read or is about something else, StrategyError, JudgementError or ReportError as their rooms
    do.
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
    from counterflow.report.formats.plan import planned, refuse_clashes
    from counterflow.report.formats.write import require
    from counterflow.strategy.elicited.elicit import read_elicited, with_elicited

    plan = planned(to, formats, pdf=pdf, language=language)
    refuse_clashes(document, plan, save_strategy, strategy_file, elicited_file)
    require(plan)
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

    found = answered(strategy, store, draws=draws, years=years, seed=seed, priors=priors, stage=stage, done=done)

    stage("report")
    started = timings.pop("report")
    written = report(
        brief,
        checks,
        found.runs,
        found.inquiry.verdict if found.inquiry else None,
        to=plan.report if to is None else to,
        formats=formats,
        pdf=pdf,
        language=language,
        inquiry=found.inquiry,
        strategy=strategy,
        foreseen=found.foreseen,
        by_place=found.by_place,
        attribution=found.attribution,
        comparison=found.comparison,
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


def answered(
    strategy: Strategy,
    store: Store,
    *,
    draws: int,
    years: int,
    seed: int,
    priors: bool = False,
    stage: Callable[[str], Callable[[int, int], None]],
    done: Callable[[str], None] = lambda name: None,
) -> Answered:
    """What the model says of a strategy: its runs, those as of its date, what they were asked, what each lever adds,
    and how other strategies do. All None where it moves no lever.

    `stage` is told the name of each of STAGES as it begins and gives what is told of its progress; `done` is told as it
    ends. For the rest see `assess`.
    """
    if not (strategy.written or strategy.record or strategy.considered):
        return Answered(None, None, None, None)
    from counterflow.ensemble.simulate import simulate
    from counterflow.judgement import few
    from counterflow.judgement.inquiry import inquire
    from counterflow.report.assessment.answer import lead_branch
    from counterflow.report.assessment.places import runs_by_place
    from counterflow.report.assessment.unmoved import unmoved_by_place
    from counterflow.strategy.branches import branches
    from counterflow.strategy.designs import moved

    tell = stage("simulate")
    drawn_from = None if priors else posterior_for(strategy)
    asked = {"draws": draws, "years": years, "seed": seed}
    every = {branch.id: branch for branch in branches(strategy)}
    lead = lead_branch(tuple(every.values()))
    runs = simulate(strategy, draws=draws, years=years, seed=seed, posterior=drawn_from, evidence=store, progress=tell)
    by_place = (
        unmoved_by_place(runs, lead)
        if lead and not moved(every[lead])
        else runs_by_place(strategy, **asked, posterior=drawn_from, store=store)
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
    inquiry = inquire(runs, store=store, seed=seed, progress=tell)
    attribution = comparison = None
    if lead and moved(every[lead]):
        attribution = few.shares(strategy, lead, store, **asked, posterior=drawn_from)
        comparison = few.others(strategy, store, **asked, posterior=drawn_from)
    done("judge")
    return Answered(runs, by_place, foreseen, inquiry, attribution, comparison)


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
