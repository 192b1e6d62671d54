"""From runs to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.ensemble import run
from counterflow.ensemble.contrast import REFERENCES, window
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import FIELDS, Draws, Sampling
from counterflow.ensemble.simulate import plan_for
from counterflow.evidence.store import Store
from counterflow.judgement import fitted, undetermined
from counterflow.judgement import headlines as heads
from counterflow.judgement.compared import compared
from counterflow.judgement.schema import BasisParameter, Verdict
from counterflow.model import priors
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

CAVEATS = (
    "Methamphetamine, cocaine, the northern border, sea and air routes and anything below a border sector, a field "
    "office or a state are outside the model.",
    "No probability that strikes happen is stated: strike branches say what would follow if they did.",
    "The falls in overdose deaths and in crossings of 2023-24 came before the strategy and belong to every branch.",
)
LOST = "{lost} of {draws} draws are left out of every probability: parts of them were not run."


def judge(
    runs: xr.Dataset,
    *,
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The four headlines of every branch against both references, and what leaves them undetermined.

    `runs` as `simulate` returns them, weekly or reduced; they carry the recipe by which single parameters are probed.
    Raises JudgementError for what `compared` cannot compare, and where the posterior of the runs has changed since.
    """
    made = compared(runs)
    courses = [str(name) for name in made["branch"].values if name != "none"]
    as_of = date.fromisoformat(runs.attrs["as_of"]) if runs.attrs["as_of"] else None
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
    numbers = made["draw"].values
    # Noise is drawn for those alone that are run again: that of 100,000 draws would not fit into memory.
    sampling = sampling_of(runs.attrs)
    drawn = run.rows(draws_for(at, int(numbers.max()) + 1, as_of, weeks=0, sampling=sampling), numbers)
    first = numbers[: undetermined.PROBES]
    probes = run.rows(draws_for(at, int(first.max()) + 1, as_of, sampling=sampling), first)
    met = {
        (rule.id, branch, reference): heads.size_of(made, rule, branch, reference) >= rule.threshold
        for rule in heads.rules()
        for branch in courses
        for reference in REFERENCES
    }
    decided = undetermined.decide(at, drawn, probes, heads.rules(), met, progress)
    judged = []
    for branch in courses:
        for rule in heads.rules():
            for reference in REFERENCES:
                one = heads.headline(made, rule, branch, reference)
                by = decided.deciders[rule.id, branch, reference]
                judged.append(
                    one.model_copy(update={"undetermined": True, "decided_by": by, "word": "undetermined"})
                    if by
                    else one
                )
    posterior = sampling.posterior
    basis = parameters_used(at.priors, drawn, decided.used, posterior)
    fit = fitted.fit_of(posterior)
    lost = int(runs.attrs["draws"]) - len(numbers)
    over = window(at.judged)
    return Verdict(
        headlines=tuple(judged),
        four_way=tuple(heads.four_way(made, branch) for branch in courses),
        basis=basis,
        grade_counts={grade: sum(p.grade == grade for p in basis) for grade in ("A", "B", "C", "D")},
        draws=len(numbers),
        replicates=made.sizes["replicate"],
        window=(over.first, over.last),
        first_lever=runs.attrs["first_lever"],
        start=str(at.weeks[0]),
        caveats=(fitted.origin(fit), *CAVEATS, *([LOST.format(lost=lost, draws=runs.attrs["draws"])] if lost else [])),
        fit=fit,
    )


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
