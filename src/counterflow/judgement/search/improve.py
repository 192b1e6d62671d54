"""From a strategy to a front of strategies that do better: the search, and what is left of it on fresh draws.

The best of many by noisy figures looks better than it is (Smith & Winkler 2006, Management Science 52(3):311-322). So
the front, rid of what serves no objective, is evaluated again on draws that the search has not seen, and those figures
are the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from counterflow.ensemble.contrast import window
from counterflow.ensemble.engine import digest, engine
from counterflow.ensemble.gather import Progress
from counterflow.ensemble.identity import identity_of
from counterflow.ensemble.job import Job, draws_for
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.run import BATCH as MOST_DRAWS
from counterflow.ensemble.sampling import Sampling
from counterflow.ensemble.simulate import plan_for
from counterflow.errors import JudgementError, StoppedError, UsageError
from counterflow.evidence.store import Store
from counterflow.judgement.search import folder as place
from counterflow.judgement.search.evaluate import Bench, Sizes, bench, by_draw, evaluator, scores
from counterflow.judgement.search.front import beaten_by, front_of, growth_of, spread_of
from counterflow.judgement.search.limits import limits, refuse_unknown
from counterflow.judgement.search.objectives import Objective, Score, aim_apart, asked_for, scored
from counterflow.judgement.search.results import (
    Improved,
    Member,
    Movable,
    Moved,
    Named,
    NotMoved,
    Paired,
    Scored,
    Settling,
    Status,
)
from counterflow.judgement.search.searching import BATCH, Evaluator, Tried, search
from counterflow.judgement.search.space import Genes, Space, branch_of, space_of, strategy_of
from counterflow.judgement.search.trim import Trimmed, trimmed
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import strategy_toml
from counterflow.strategy.schema import Strategy

FRESH_DRAWS = 250
FEWEST = 20  # draws; the worst fifth of fewer is under four
FRESH = 1_000_003  # added to the seed: draws that the search has not seen
MEMBERS = 24  # of the front that are evaluated again
BETTER = 8  # of these, at most, for beating the document by every objective


class Budgeted(NamedTuple):
    """What a search is about."""

    space: Space
    objectives: tuple[Objective, ...]
    budget: float


def improve(
    strategy: Strategy,
    *,
    budget: float,
    objectives: Sequence[str],
    store: Store,
    posterior: Posterior | None = None,
    evaluations: int = 2000,
    draws: int = 64,
    years: int = 3,
    seed: int = 0,
    hold: Sequence[str] = (),
    allow: Sequence[str] = (),
    out: Path | None = None,
    resume: bool = False,
    progress: Progress = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Improved:
    """Search from a strategy for those that do best by several `objectives` at once, within a budget.

    `budget` is in USD over the `years` judged. One evaluation is one strategy over all `draws`; see `space_of` for what
    may be proposed with `hold` and `allow`, `objectives.OBJECTIVES` for what can be asked. With `out` every evaluation
    is kept there as it comes, and at the end front.json and a strategy file for each member that is kept; `resume`
    goes on with what is there, also to more `evaluations` than were asked for before.

    Raises UsageError for what is not there, cannot be a budget or does not go together; StrategyError and
    JudgementError as `space_of` does, and JudgementError where nothing keeps within the budget; StoppedError where
    `stop` came before the end.
    """
    if not (math.isfinite(budget) and budget >= 0.0):
        hint = "Give what may be spent over all years judged, as 5e9."
        raise UsageError(f"a budget must be zero or more USD, not {budget:g}", where="--budget", hint=hint)
    if not FEWEST <= draws <= MOST_DRAWS:
        raise JudgementError(f"{draws} draws asked for", hint=f"Give {FEWEST} to {MOST_DRAWS}; 64 is the default.")
    if evaluations < 2:
        raise JudgementError(f"{evaluations} evaluations asked for", hint="Give at least 2; 2000 is the default.")
    if resume and out is None:
        raise UsageError("there is no folder to go on with", where="--resume", hint="Name it with --out.")
    refuse_unknown(allow, hold)
    chosen = asked_for(objectives)
    at = plan_for(strategy, store, years=years, seed=seed)
    of = Budgeted(space_of(strategy, at.weeks, at.judged, allow=allow, hold=hold), chosen, budget)
    asked = _identity(at, of, strategy, posterior, draws, allow=allow, hold=hold)
    folder: AbstractContextManager[list[Tried]] = place.begun(out, asked, resume) if out else nullcontext([])
    with folder as known:
        ready = bench(at, draws_for(at, draws, None, sampling=Sampling(posterior=posterior)), chosen)
        _refuse_too_dear(ready, of)
        try:
            tried = search(
                [len(choice.steps) for choice in of.space.choices],
                evaluator(ready, of.space),
                objectives=len(chosen),
                budget=budget,
                evaluations=evaluations,
                seed=seed,
                begin=(of.space.document, of.space.recorded),
                known=known,
                keep=lambda batch: place.keep(out, batch) if out else None,
                progress=progress,
                stop=stop,
            )
            front = _front(tried, of, evaluator(ready, of.space), stop)
        except StoppedError as error:
            kept = "What is complete is kept: the same command with --resume goes on." if out else "Nothing was kept."
            raise StoppedError(error.message, where=str(out or ""), hint=kept) from None
        fresh = at._replace(seed=(seed + FRESH) % 2**63)
        again = bench(fresh, draws_for(fresh, FRESH_DRAWS, None, sampling=Sampling(posterior=posterior)), chosen)
        found, files = _told(tried, front, of, again, seed, draws, posterior)
        if out:
            place.put(out, found.model_dump_json(indent=1) + "\n", files)
    return found


def _identity(
    at: Plan,
    of: Budgeted,
    strategy: Strategy,
    posterior: Posterior | None,
    draws: int,
    *,
    allow: Sequence[str],
    hold: Sequence[str],
) -> dict[str, Any]:
    """All that an evaluation depends on, in plain values. How many there are is not among it: a search can go on."""
    outputs = tuple(one.output for one in of.objectives if one.output)
    job = Job(engine(), at, draws, 1, outputs, "week", Sampling(posterior=posterior), None, False, {}, {})
    return {
        **identity_of(job, strategy),
        "search": digest("counterflow.judgement", "search"),
        "optuna": version("optuna"),
        "objectives": [one.name for one in of.objectives],
        "budget": of.budget,
        "allow": sorted(set(allow)),
        "hold": sorted(set(hold)),
    }


def _refuse_too_dear(on: Bench, of: Budgeted) -> None:
    """Raise JudgementError where what stays as the document has it costs more than the budget."""
    least = scores(on, [branch_of(of.space, of.space.recorded)])[0].spent
    if least > of.budget:
        raise JudgementError(
            f"what the search does not move costs {least:,.0f} USD already, more than {of.budget:,.0f}",
            where="--budget",
            hint="Give more, hold fewer levers, or add --allow for those who decide the others.",
        )


class Front(NamedTuple):
    """What the search found that no other beats."""

    within: int  # how many distinct strategies are within the budget
    size: int
    members: list[Trimmed]  # of them as far apart as can be, with what serves nothing put back


def _front(tried: Sequence[Tried], of: Budgeted, evaluate: Evaluator, stop: Callable[[], bool]) -> Front:
    within = [Tried(genes, score) for genes, score in dict(tried).items() if score.spent <= of.budget]
    best = front_of(np.array([one.score.aim for one in within]))
    chosen = _chosen(np.array([within[row].score.aim for row in best]), tried[0].score)

    def check() -> None:
        if stop():
            raise StoppedError(f"stopped; all {len(tried):,} evaluations are complete")

    members = trimmed(
        [within[best[row]] for row in chosen],
        (of.space.document, of.space.recorded),
        evaluate,
        units=[one.unit for one in of.objectives],
        budget=of.budget,
        known=tried,
        check=check,
    )
    return Front(len(within), len(best), members)


def _told(
    tried: Sequence[Tried],
    front: Front,
    of: Budgeted,
    again: Bench,
    seed: int,
    draws: int,
    posterior: Posterior | None,
) -> tuple[Improved, dict[str, str]]:
    """The result, and the text of each strategy file by its name."""
    space, objectives = of.space, of.objectives
    members = front.members
    named = [one for one in again.packed.at.branches if one.strikes]
    branches = [branch_of(space, space.document), *(branch_of(space, one.genes) for one in members), *named]
    drawn = by_draw(again, branches)
    document, *rest = [scored(*one) for one in drawn]
    fresh, weighed = rest[: len(members)], rest[len(members) :]
    statuses = _statuses(fresh, of.budget)
    told, files = [], {}
    for number, ((genes, before, back), now, status) in enumerate(zip(members, fresh, statuses, strict=True), 1):
        paired = _paired(drawn[number], drawn[0], objectives)
        name = f"front-{number:02d}"
        if status == "kept":
            files[f"{name}.toml"] = strategy_toml(strategy_of(space, genes, f"{space.strategy.title}: {name}"))
        told.append(
            Member(
                name=name,
                file=f"{name}.toml" if status == "kept" else "",
                status=status,
                is_document=genes == space.document,
                beats_document=bool(paired.better) and not paired.worse,
                against_document=paired,
                levers=_moved(space, genes),
                put_back=tuple(space.choices[choice].lever for choice in back),
                search=_scored(before, objectives),
                fresh=_scored(now, objectives),
            )
        )
    at = again.packed.at
    growth = growth_of(
        np.array([one.score.aim for one in tried]), np.array([one.score.spent <= of.budget for one in tried]), BATCH
    )
    over = window(at.judged)
    optimism = np.mean([np.subtract(now.aim, one.score.aim) for one, now in zip(members, fresh, strict=True)], 0)
    found = Improved(
        title=space.strategy.title,
        objectives={one.name: one.title for one in objectives},
        units={one.name: one.unit for one in objectives},
        budget=of.budget,
        years=at.judged // 52,
        window=(over.first, over.last),
        first_lever=at.first_lever.isoformat(),
        draws=draws,
        fresh_draws=FRESH_DRAWS,
        seed=seed,
        fresh_seed=at.seed,
        posterior=Path(posterior.source).name if posterior else "",
        evaluations=len(tried),
        distinct=len(dict(tried)),
        within_budget=front.within,
        front_size=front.size,
        document=_scored(document, objectives),
        document_in_search=_scored(tried[0].score, objectives),
        document_within_budget=document.spent <= of.budget,
        members=tuple(told),
        named=tuple(
            Named(branch=one.id, title=one.title, fresh=_scored(score, objectives))
            for one, score in zip(named, weighed, strict=True)
        ),
        movable=tuple(_movable(space)),
        not_moved=tuple(
            NotMoved(lever=one.lever, title=levers()[one.lever].title, reason=one.reason) for one in space.left
        ),
        settling=Settling(**growth._asdict()) if growth else None,
        optimism={one.name: float(by) for one, by in zip(objectives, optimism, strict=True)},
        version=version("counterflow"),
    )
    return found, files


def _chosen(values: np.ndarray, document: Score) -> list[int]:
    """The rows of a front (row, objective) that are evaluated again: as far apart as can be, and among them some that
    beat the document's strategy."""
    better = [row for row, one in enumerate(values) if beaten_by(np.array([document.aim]), one)[0]]
    begin = [better[row] for row in spread_of(values[better], BETTER)] if better else []
    return spread_of(values, MEMBERS, begin)


def _statuses(fresh: Sequence[Score], budget: float) -> list[Status]:
    """What becomes of each member on fresh draws: of those within the budget, the ones that no other beats are kept."""
    found: list[Status] = ["over budget"] * len(fresh)
    inside = [row for row, score in enumerate(fresh) if score.spent <= budget]
    best = {inside[row] for row in front_of(np.array([fresh[row].aim for row in inside]))} if inside else set()
    for row in inside:
        found[row] = "kept" if row in best else "beaten"
    return found


def _paired(one: Sizes, document: Sizes, objectives: Sequence[Objective]) -> Paired:
    apart, error = aim_apart(one.sizes, document.sizes)
    limit = np.maximum(2.0 * error, [of.unit for of in objectives])
    names = [of.name for of in objectives]
    return Paired(
        difference=dict(zip(names, apart.tolist(), strict=True)),
        error=dict(zip(names, error.tolist(), strict=True)),
        better=tuple(name for name, yes in zip(names, apart < -limit, strict=True) if yes),
        worse=tuple(name for name, yes in zip(names, apart > limit, strict=True) if yes),
    )


def _scored(score: Score, objectives: Sequence[Objective]) -> Scored:
    def named(values: Sequence[float]) -> dict[str, float]:
        return {one.name: value for one, value in zip(objectives, values, strict=True)}

    return Scored(
        aim=named(score.aim),
        aim_error=named(score.aim_error),
        mean=named(score.mean),
        mean_error=named(score.mean_error),
        tail=named(score.tail),
        tail_error=named(score.tail_error),
        spent=score.spent,
        spent_error=score.spent_error,
        spent_high=score.spent_high,
        received=score.received,
    )


def _moved(space: Space, genes: Genes) -> tuple[Moved, ...]:
    """Where a strategy differs from the document's."""
    found = []
    for choice, gene in zip(space.choices, genes, strict=True):
        if gene == choice.document:
            continue
        of, step = levers()[choice.lever], choice.steps[gene]
        found.append(
            Moved(
                lever=of.id,
                title=of.title,
                step=step.name,
                meaning=step.entries[0].note if step.name.startswith("level") else "",
                intensity=step.intensity,
                unit=of.unit,
                document=choice.steps[choice.document].name,
            )
        )
    return tuple(found)


def _movable(space: Space) -> list[Movable]:
    found = []
    for choice in space.choices:
        limit = limits()[choice.lever]
        found.append(
            Movable(
                lever=choice.lever,
                title=levers()[choice.lever].title,
                steps=tuple(step.name for step in choice.steps),
                decided_by=limit.decided_by,
                law=limit.law,
                contested=limit.contested,
            )
        )
    return found
