"""From runs to a verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.ensemble import run
from counterflow.ensemble.contrast import REFERENCES, window
from counterflow.ensemble.engine import engine
from counterflow.ensemble.identity import identity_of_plan
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import FIELDS, Draws, Sampling
from counterflow.ensemble.simulate import plan_for
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.judgement import fitted, flips, information, undetermined
from counterflow.judgement import headlines as heads
from counterflow.judgement.compared import compared
from counterflow.judgement.schema import BasisParameter, Headline, Learned, Verdict
from counterflow.judgement.studies import study_of
from counterflow.judgement.uncertain import Uncertain, uncertain
from counterflow.judgement.untested import name_untested
from counterflow.model import priors
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

LEAST = 20  # draws
FEW = 36  # draws from which on twice the standard error of a chance is at most a sixth, as far as its words lie apart
CAVEATS = (
    "Methamphetamine, cocaine, the northern border, sea and air routes and anything below a border sector, a field "
    "office or a state are outside the model.",
    "No probability that strikes happen is stated: strike branches say what would follow if they did.",
    "The falls in overdose deaths and in crossings of 2023-24 came before the strategy and belong to every branch.",
)
THRESHOLDS = {rule.id: rule.threshold for rule in heads.rules()}
WORTH_KNOWING = 5  # inputs that are named for a headline
TOO_FEW = "{draws} draws are few: words such as “likely” need about {needed}."
LOST = "{lost} of {draws} draws are left out of every probability: parts of them were not run."


class LaidOut(NamedTuple):
    """An ensemble as the judgement looks at it: how far outcomes moved, and what differs from draw to draw."""

    attrs: Mapping[str, Any]  # of the runs
    at: Plan
    sampling: Sampling
    made: xr.Dataset  # every contrast, as `compared` gives it
    draws: Draws  # those that are whole, their noise left out
    of: Uncertain  # the same as a table
    sizes: dict[undetermined.Cell, np.ndarray]  # (replicate, draw) how far each headline's outcome moved

    @property
    def courses(self) -> list[str]:
        """The branches that are judged."""
        return [str(name) for name in self.made["branch"].values if name != "none"]

    @property
    def met(self) -> dict[undetermined.Cell, np.ndarray]:
        """(replicate, draw) whether each headline is met."""
        return {cell: size >= THRESHOLDS[cell[0]] for cell, size in self.sizes.items()}


def laid_out(runs: xr.Dataset, store: Store | None = None) -> LaidOut:
    """Compare the branches of runs, and draw again what they were drawn from. Raises as `judge`."""
    made = compared(runs)
    courses = [str(name) for name in made["branch"].values if name != "none"]
    as_of = _as_of(runs.attrs)
    numbers = made["draw"].values
    at = plan_for(
        Strategy.model_validate_json(runs.attrs["strategy"]),
        store or Store.open(),
        years=int(runs.attrs["years"]),
        seed=int(runs.attrs["seed"]),
        as_of=as_of,
        design=runs.attrs["design"],
        levers=levers_of(runs.attrs),
        only=["none", *courses],
    )
    refuse_others(runs.attrs, at)
    # Noise is drawn for those alone that are run again: that of 100,000 draws would not fit into memory.
    sampling = sampling_of(runs.attrs)
    drawn = run.rows(draws_for(at, int(numbers.max()) + 1, as_of, weeks=0, sampling=sampling), numbers)
    sizes = {
        (rule.id, branch, reference): heads.size_of(made, rule, branch, reference)
        for rule in heads.rules()
        for branch in courses
        for reference in REFERENCES
    }
    if len(numbers) < LEAST:
        raise JudgementError(f"{len(numbers)} draws are too few for a verdict", hint=f"At least {LEAST} are needed.")
    return LaidOut(runs.attrs, at, sampling, made, drawn, uncertain(at, drawn), sizes)


def refuse_others(attrs: Mapping[str, Any], at: Plan) -> None:
    """Raise JudgementError where runs were made from other priors, data or branches, or by another version, than now:
    their draws could not be made again."""
    told = json.loads(attrs["identity"])
    own = identity_of_plan(at) | {"version": engine()["version"]}
    branches = {name: told["branches"].get(name) for name in own["branches"]}
    made = {**told, "branches": branches, "version": told["engine"]["version"]}
    names = {
        "priors": "the priors",
        "record_before_it": "the record",
        "branches": "the strategy's branches",
        "version": "the version of the program",
    }
    if differing := [said for name, said in names.items() if made[name] != own[name]]:
        raise JudgementError(
            f"since these runs were made, {', '.join(differing)} changed: what they were drawn from cannot be told",
            where="runs",
            hint="Run again, or judge with the version and the data that ran them.",
        )


def judge(
    runs: xr.Dataset,
    *,
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The four headlines of every branch against both references, and what leaves them undetermined.

    `runs` as `simulate` returns them, weekly or reduced; they carry the recipe by which single parameters are moved in
    further runs. From a few thousand draws on nothing is run again: the draws tell.
    Raises JudgementError for what `compared` cannot compare, and where the posterior of the runs has changed since.
    """
    return verdict_on(laid_out(runs, store), progress)


def verdict_on(laid: LaidOut, progress: Callable[[int, int], None] | None = None) -> Verdict:
    """The verdict on runs that are laid out."""
    at, made, met = laid.at, laid.made, laid.met
    numbers = made["draw"].values
    from_draws = flips.enough(laid.of)
    if from_draws:
        decided = flips.decide(at.priors, laid.of, heads.rules(), laid.sizes)
    else:
        first = numbers[: undetermined.PROBES]
        as_of = _as_of(laid.attrs)
        probes = run.rows(draws_for(at, int(first.max()) + 1, as_of, sampling=laid.sampling), first)
        decided = undetermined.decide(at, laid.draws, probes, heads.rules(), met, progress)
    judged = []
    for branch in laid.courses:
        for rule in heads.rules():
            for reference in REFERENCES:
                one = heads.headline(made, rule, branch, reference)
                update = resting_on(at.priors, decided.used_by[rule.id, branch, reference])
                if by := decided.deciders[rule.id, branch, reference]:
                    update |= {"undetermined": True, "decided_by": by, "word": "undetermined"}
                judged.append(one.model_copy(update=update))
    posterior = laid.sampling.posterior
    basis = parameters_used(at.priors, laid.draws, decided.used, posterior)
    fit = fitted.fit_of(posterior)
    asked = int(laid.attrs["draws"])
    lost = asked - len(numbers)
    extra = [LOST.format(lost=lost, draws=asked)] if lost else []
    extra += [TOO_FEW.format(draws=len(numbers), needed=FEW)] if len(numbers) < FEW else []
    over = window(at.judged)
    verdict = Verdict(
        headlines=tuple(informed(judged, laid.of, met)),
        four_way=tuple(heads.four_way(made, branch) for branch in laid.courses),
        basis=basis,
        grade_counts={grade: sum(p.grade == grade for p in basis) for grade in ("A", "B", "C", "D")},
        draws=len(numbers),
        replicates=made.sizes["replicate"],
        window=(over.first, over.last),
        first_lever=laid.attrs["first_lever"],
        start=str(at.weeks[0]),
        caveats=(fitted.origin(fit), *CAVEATS, *extra),
        fit=fit,
        moved_by="draws" if from_draws else "runs",
    )
    return name_untested(verdict)


def resting_on(table: priors.Table, used: frozenset[undetermined.Key]) -> dict[str, Any]:
    """The weakest grade among the parameters that move a headline's outcome, and how many have it, of how many."""
    grades = [table[mechanism][symbol].grade for mechanism, symbol in used]
    weakest = max(grades, default=None)  # D comes last
    return {"weakest": weakest, "rests_on": (grades.count(weakest) if weakest else 0, len(grades))}


def _as_of(attrs: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(attrs["as_of"]) if attrs["as_of"] else None


def informed(
    headlines: Sequence[Headline], of: Uncertain, met: Mapping[undetermined.Cell, np.ndarray]
) -> list[Headline]:
    """The same headlines, the undetermined ones with how often a call is wrong and what would be worth knowing."""
    unsure = [one for one in headlines if one.undetermined]
    if not unsure:
        return list(headlines)
    cells = [(one.id, one.branch, one.reference) for one in unsure]
    found = information.worth(of.values, np.stack([met[cell].mean(axis=0) for cell in cells], axis=1))
    told: dict[undetermined.Cell, dict[str, Any]] = {}
    for column, cell in enumerate(cells):
        told[cell] = {"wrong": float(found.wrong[column])}
        if len(of.values) < information.LEAST:
            continue
        best = [row for row in np.argsort(-found.less[:, column], kind="stable") if found.told[row, column]]
        told[cell]["worth_knowing"] = tuple(
            Learned(
                name=of.inputs[row].name,
                meaning=of.inputs[row].meaning,
                grade=of.inputs[row].grade,
                less_wrong=float(found.less[row, column]),
                error=float(found.error[row, column]),
                study=study_of(of.inputs[row].name),
            )
            for row in best[:WORTH_KNOWING]
        )
    return [one.model_copy(update=told.get((one.id, one.branch, one.reference), {})) for one in headlines]


def levers_of(attrs: Mapping[str, Any]) -> list[str] | None:
    """The levers that a design was asked to move; None = all. NetCDF keeps a list of one name as that name."""
    held = attrs["levers"]
    return ([held] if held else None) if isinstance(held, str) else list(map(str, held))


def sampling_of(attrs: Mapping[str, Any]) -> Sampling:
    """How runs with these attributes were drawn. Raises as `fitted.drawn_from` does."""
    return Sampling(attrs["sampling"], fitted.drawn_from(attrs))


def parameters_used(
    table: priors.Table, draws: Draws, moving: frozenset[undetermined.Key], posterior: Posterior | None = None
) -> tuple[BasisParameter, ...]:
    """The parameters that the headlines rest on, with their drawn 5%, 50% and 95% points, grade and source.

    Those that move a headline's outcome in some branch, and what is fixed or drawn jointly in their mechanisms. Where a
    parameter comes from a posterior, the source of its prior, whose grade is shown, is named beside it, and what the
    record taught it, where its manifest tells.
    """
    held = posterior.names if posterior else ()
    taught = fitted.taught(posterior)
    used = []
    mechanisms = {mechanism for mechanism, _ in moving}
    alone = set(undetermined.movable(table))
    for mechanism, symbols in table.items():
        for symbol in FIELDS[mechanism]._fields:
            key = (mechanism, symbol)
            if key not in moving and (key in alone or mechanism not in mechanisms):
                continue
            prior = symbols[symbol]
            low, median, high = np.quantile(undetermined.value_of(draws, key), [0.05, 0.5, 0.95])
            used.append(
                BasisParameter(
                    symbol=symbol,
                    mechanism=mechanism,
                    meaning=prior.meaning,
                    unit=prior.unit,
                    median=float(median),
                    low=float(low),
                    high=float(high),
                    grade=prior.grade,
                    assumed=prior.assumed,
                    source=f"posterior; before it {prior.source}" if key in held else prior.source,
                    taught=taught.get(key),
                )
            )
    return tuple(used)
