"""From runs to a verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble import contrast
from counterflow.ensemble.sampling import FIELDS, Draws
from counterflow.ensemble.simulate import draws_for, plan_for
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.judgement import headlines as heads
from counterflow.judgement import undetermined
from counterflow.judgement.schema import BasisParameter, Verdict
from counterflow.model import priors
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

CAVEATS = (
    "Not fitted to the record yet: runs start where the official series stand, and parameters come from the "
    "literature and from judgement.",
    "Methamphetamine, cocaine, the northern border, sea and air routes and anything below a border sector, a field "
    "office or a state are outside the model.",
    "No probability that strikes happen is stated: strike branches say what would follow if they did.",
    "The falls in overdose deaths and in crossings of 2023-24 came before the strategy and belong to every branch.",
)


def judge(
    runs: xr.Dataset,
    *,
    store: Store | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """The four headlines of every branch against both references, and what leaves them undetermined.

    `runs` as `simulate` returns them; they carry the recipe by which single parameters are probed. Raises
    JudgementError where the run without the strategy is missing, and for monthly runs.
    """
    names = [str(name) for name in runs["branch"].values]
    if "none" not in names:
        raise JudgementError("the run without the strategy is missing", hint="Simulate the branch 'none' too.")
    if runs.attrs["every"] != "week":
        raise JudgementError("monthly runs cannot be judged", hint="Simulate with every='week', the default.")
    courses = [name for name in names if name != "none"]
    as_of = date.fromisoformat(runs.attrs["as_of"]) if runs.attrs["as_of"] else None
    at = plan_for(
        Strategy.model_validate_json(runs.attrs["strategy"]),
        store or Store.open(),
        years=int(runs.attrs["years"]),
        seed=int(runs.attrs["seed"]),
        as_of=as_of,
        only=names,
    )
    drawn = draws_for(at, int(runs.attrs["draws"]), as_of)
    over = contrast.window(at.judged)
    met = {
        (rule.id, branch, reference): rule.size(
            np.asarray(runs[rule.outcome].sel(branch=branch).values),
            heads.reference_values(runs, rule.outcome, reference),
            over,
        )
        >= rule.threshold
        for rule in heads.rules()
        for branch in courses
        for reference in heads.REFERENCES
    }
    decided = undetermined.decide(at, drawn, heads.rules(), met, progress)
    judged = []
    for branch in courses:
        for rule in heads.rules():
            for reference in heads.REFERENCES:
                one = heads.headline(runs, rule, branch, reference)
                by = decided.deciders[rule.id, branch, reference]
                judged.append(
                    one.model_copy(update={"undetermined": True, "decided_by": by, "word": "undetermined"})
                    if by
                    else one
                )
    basis = parameters_used(at.priors, drawn, decided.used)
    return Verdict(
        headlines=tuple(judged),
        four_way=tuple(heads.four_way(runs, branch) for branch in courses),
        basis=basis,
        grade_counts={grade: sum(p.grade == grade for p in basis) for grade in ("A", "B", "C", "D")},
        draws=int(runs.attrs["draws"]),
        window=(over.first, over.last),
        first_lever=runs.attrs["first_lever"],
        start=str(at.weeks[0]),
        caveats=CAVEATS,
    )


def parameters_used(
    table: priors.Table, draws: Draws, moving: frozenset[undetermined.Key]
) -> tuple[BasisParameter, ...]:
    """The parameters that the headlines rest on, with their drawn 5%, 50% and 95% points, grade and source.

    Those that move a headline's outcome in some branch, and what is fixed or drawn jointly in their mechanisms.
    """
    used = []
    mechanisms = {mechanism for mechanism, _ in moving}
    alone = set(undetermined.movable(table))
    for mechanism, symbols in table.items():
        for symbol in FIELDS[mechanism]._fields:
            key = (mechanism, symbol)
            if key not in moving and (key in alone or mechanism not in mechanisms):
                continue
            prior = symbols[symbol]
            low, median, high = np.quantile(undetermined.value_of(draws, (mechanism, symbol)), [0.05, 0.5, 0.95])
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
                    source=prior.source,
                )
            )
    return tuple(used)
