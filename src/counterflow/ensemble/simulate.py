"""From a strategy to an xarray Dataset of all its branches. The Dataset carries the recipe to run it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from counterflow.ensemble import planning
from counterflow.ensemble.asked import Design, Every, Method, asked
from counterflow.ensemble.engine import engine
from counterflow.ensemble.gather import How, Progress, in_memory, in_store
from counterflow.ensemble.identity import identity_of
from counterflow.ensemble.job import Job
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import Sampling
from counterflow.ensemble.stored.manifest import canonical, hash_of
from counterflow.errors import JudgementError, UsageError, did_you_mean
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.model.outputs import ABOUT, SCALARS
from counterflow.strategy import designs
from counterflow.strategy.branches import branches as branches_of
from counterflow.strategy.branches import first_lever_date
from counterflow.strategy.schema import Branch, Strategy

if TYPE_CHECKING:
    import xarray as xr


def branches_by(strategy: Strategy, design: Design, levers: Sequence[str] | None) -> tuple[Branch, ...]:
    """The branches of a strategy: the courses of events of its document, or a design over the levers that it moves."""
    if design == "courses":
        if levers is not None:
            raise UsageError("levers are named for a design only", hint="Add --design one-at-a-time or factorial.")
        return branches_of(strategy)
    by = designs.one_at_a_time if design == "one-at-a-time" else designs.factorial
    return by(strategy, levers)


def plan_for(
    strategy: Strategy,
    evidence: Store,
    *,
    years: int,
    seed: int,
    as_of: date | None = None,
    design: Design = "courses",
    levers: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
) -> Plan:
    """The branches of a strategy (`only` these, if given) laid out over `years` and a year of withdrawal.

    Raises JudgementError for fewer than 2 or more than 10 years: the headlines look at weeks 53 and later; UsageError
    for a branch that is not there.
    """
    if not 2 <= years <= 10:
        raise JudgementError(f"{years} years asked for", hint="Give 2 to 10: the headlines compare weeks 53 and later.")
    found = branches_by(strategy, design, levers)
    known = [branch.id for branch in found]
    for name in only or ():
        if name not in known:
            hint = f"{did_you_mean(name, known)}It has {', '.join(known)}."
            raise UsageError(f"the strategy has no branch {name!r}", where="branches", hint=hint)
    return planning.plan(
        [branch for branch in found if only is None or branch.id in only],
        first_lever_date(strategy),
        years=years,
        seed=seed,
        store=evidence,
        as_of=as_of,
        switches=strategy.switches.changed(),
        table=priors.with_overrides(priors.load(), strategy.parameters),
    )


def simulate(
    strategy: Strategy,
    *,
    draws: int = 500,
    replicates: int = 1,
    years: int = 3,
    seed: int = 0,
    as_of: date | str | None = None,
    design: Design = "courses",
    levers: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    outputs: Sequence[str] = SCALARS,
    every: Every = "week",
    sampling: Method = "random",
    posterior: Posterior | str | Path | None = None,
    reduce: bool = False,
    above: Mapping[str, Sequence[float]] | None = None,
    store: str | Path | None = None,
    resume: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    evidence: Store | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> xr.Dataset:
    """Run all branches of a strategy in weekly steps, paired by draws and noise.

    A draw is one vector of all uncertain parameters, a replicate one course of chance. `as_of` runs it with the data
    and priors of that day; `design` takes, instead of the courses of events of the document, the `levers` that it moves
    one at a time or in every combination; `outputs` are names of model/outputs.py, to which those by sector, route and
    state can be added. `every` month keeps sums and means of calendar months, which take less room but cannot be
    judged. `sampling` and `posterior` say where draws come from (see ensemble/sampling.py): without a posterior, from
    the priors; `cf.posterior()` gives the one that comes with the package.

    Returns a Dataset with dims (branch, draw, replicate, time, and sector, route or state), one float32 variable per
    output; `before_*` (draw,) are the means of the 26 weeks before the first lever; `treasury_cost` (branch, draw,
    lever) is in USD over the judged weeks. With `reduce` runs are not kept: what the verdict needs is, by draw
    (`change_*`, `withdrawn_*`, `fall_*`, with dims branch, reference, draw, replicate), and of each output the mean,
    spread, quantiles and shares `above` values of it, over all draws and replicates.

    With a `store`, a folder or an address that fsspec knows, results go there chunk by chunk and the Dataset reads them
    from there; `resume` goes on with a run that was cut short. More than one of `workers` are processes of this
    machine, `scheduler` is the address of a Dask scheduler; without them, threads of this process do the work. Once
    `stop()` is true no further chunk is begun.

    Raises JudgementError for fewer than 20 draws or years outside 2 to 10; UsageError for what is not there or does not
    go together; ModelError where a run breaks; UsageError and StoreError as `stored.begin` and `stored.write` do, and
    StoreError where chunks had to be set aside; StoppedError where `stop` came before the end.
    """
    ask = asked(
        draws=draws,
        replicates=replicates,
        years=years,
        seed=seed,
        as_of=as_of,
        design=design,
        levers=levers,
        only=only,
        outputs=outputs,
        every=every,
        sampling=sampling,
        posterior=posterior,
        reduce=reduce,
        above=above,
        store=store,
        resume=resume,
        workers=workers,
        scheduler=scheduler,
    )
    if ask.draws < 20:
        raise JudgementError(f"{draws} draws asked for", hint="Give at least 20; 500 is the default.")
    for name in (*ask.outputs, *ask.above):
        if name not in ABOUT:
            hint = did_you_mean(name, ABOUT) or f"There are {', '.join(ABOUT)}."
            raise UsageError(f"no output is called {name!r}", where="outputs", hint=hint.rstrip())
    if not isinstance(strategy, Strategy):
        raise UsageError("a strategy is needed", where="strategy", hint="Read one with strategy.files.read_strategy.")
    job = Job(
        engine=engine(),
        at=plan_for(
            strategy,
            evidence or Store.open(),
            years=ask.years,
            seed=ask.seed,
            as_of=ask.as_of,
            design=ask.design,
            levers=ask.levers,
            only=ask.only,
        ),
        draws=ask.draws,
        replicates=ask.replicates,
        outputs=tuple(dict.fromkeys([*ask.outputs, *ask.above])),
        every=ask.every,
        sampling=Sampling(ask.sampling, ask.posterior),
        year=ask.as_of.year if ask.as_of else None,
        reduced=ask.reduce,
        above=ask.above,
        bins={},
    )
    identity = identity_of(job, strategy)
    attrs = {
        "strategy": strategy.model_dump_json(),
        "first_lever": job.at.first_lever.isoformat(),
        "judged_weeks": job.at.judged,
        "every": ask.every,
        "years": ask.years,
        "seed": ask.seed,
        "draws": ask.draws,
        "replicates": ask.replicates,
        "as_of": ask.as_of.isoformat() if ask.as_of else "",
        "design": ask.design,
        "levers": list(ask.levers) if ask.levers else "",
        "sampling": ask.sampling,
        "posterior": ask.posterior.source if ask.posterior else "",
        "posterior_sha256": ask.posterior.sha256 if ask.posterior else "",
        "reduced": int(ask.reduce),
        "identity": canonical(identity),
        "identity_sha256": hash_of(identity),
        "Conventions": "CF-1.11",
    }
    how = How(progress or (lambda done, total: None), stop, ask.workers, ask.scheduler)
    if ask.store is None:
        return in_memory(job, how, attrs)
    return in_store(job, how, attrs, ask.store, identity, resume=ask.resume)
