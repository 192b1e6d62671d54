"""Running strategies beside each other, block by block, and keeping of each draw what a comparison looks at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterflow.ensemble import contrast, planning
from counterflow.ensemble.engine import engine
from counterflow.ensemble.gather import Progress
from counterflow.ensemble.job import Job, costs_for, draws_for, run_block
from counterflow.ensemble.packed import pack, packed_contrasts, run_packed
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.replay import refuse_impossible
from counterflow.ensemble.sampling import BLOCK, Sampling
from counterflow.evidence.store import Store
from counterflow.judgement.compared import DIMS
from counterflow.judgement.comparison.contenders import Contender, begins
from counterflow.judgement.comparison.schema import OutcomeId
from counterflow.judgement.comparison.scores import Floats
from counterflow.judgement.headlines import rules
from counterflow.model import coupling, priors
from counterflow.model.costs import spent

if TYPE_CHECKING:
    import xarray as xr

DEATHS = "overdose_deaths"
# What differs by less is taken to be alike: a hundredth of a percentage point, one death.
UNITS: Mapping[OutcomeId, float] = {
    "fentanyl": 1e-4,
    "crossings": 1e-4,
    "friction": 1e-4,
    "violence": 1e-4,
    "deaths": 1.0,
}
DOLLARS = 1e6


class Measured(NamedTuple):
    """What is kept of each draw; the run without a strategy is the first branch."""

    made: xr.Dataset  # contrasts, as `judgement.compared` has them
    deaths: Floats  # (branch, draw) US deaths involving synthetic opioids, over the weeks with the levers held
    homicides: Floats  # (branch, draw) homicide files in Mexico, over the same weeks
    paid: Floats  # (branch, draw, lever) USD, over the same weeks

    @property
    def spent(self) -> Floats:
        """(branch, draw) USD of all levers that cost: what others bring in is not set against it."""
        return spent(self.paid)

    @property
    def received(self) -> Floats:
        """(branch, draw) USD that levers bring in or save."""
        return spent(-self.paid)


def plan_of(contenders: Sequence[Contender], *, years: int, seed: int, store: Store) -> Plan:
    """One plan with a branch for each contender, from the earliest first lever of all on.

    `contenders` as `checked` gives them: they set the same parameters and switches.
    """
    of = contenders[0].strategy
    return planning.plan(
        [one.branch for one in contenders],
        min(begins(one) for one in contenders[1:]),
        years=years,
        seed=seed,
        store=store,
        switches=of.switches.changed(),
        table=priors.with_overrides(priors.load(), of.parameters),
    )


def with_switches(at: Plan, changed: Mapping[str, float]) -> Plan:
    """The same plan with these switches not at their defaults."""
    return at._replace(switches=coupling.switches(changed), recipe={**at.recipe, "switches": dict(changed)})


def measured(at: Plan, sampling: Sampling, draws: int, progress: Progress = lambda done, total: None) -> Measured:
    """Run all branches of a plan, the first of which moves nothing, over the first draws, and keep what is compared.

    One block of draws is in memory at a time. Raises ModelError where a run breaks.
    """
    job = Job(
        engine=engine(),
        at=at,
        draws=draws,
        replicates=1,
        outputs=(DEATHS,),
        every="week",
        sampling=sampling,
        year=None,
        reduced=True,  # the judged outcomes come with it
        above={},
        bins={},
        threads=os.cpu_count() or 1,
    )
    names = [branch.id for branch in at.branches]
    blocks = -(-draws // BLOCK)
    parts: list[dict[str, np.ndarray]] = []
    for number in range(blocks):
        ran = run_block(job, number, 0)
        parts.append(
            contrast.contrasts(ran.by_week, ran.before, names, at.judged)
            | _sums(ran.by_week, at)
            | {"paid": costs_for(at, ran.draws)}
        )
        progress(number + 1, blocks)
    return _kept(parts, at, draws)


def measured_together(at: Plan, sampling: Sampling, draws: int, through: Sequence[str] = ()) -> Measured:
    """As `measured`, of few draws: several branches share a batch. `through` is that of `run_packed`."""
    drawn = draws_for(at, draws, None, sampling=sampling)
    of = pack(at, drawn)
    outputs = tuple(dict.fromkeys([*contrast.OUTCOMES, DEATHS, "homicides"]))
    values = run_packed(of, at.branches, outputs, through=through)
    refuse_impossible(values, at.branches, drawn, at.weeks, at.recipe)
    made = packed_contrasts(of, at.branches, values)
    return _kept([made | _sums(values, at) | {"paid": costs_for(at, drawn)}], at, draws)


def _sums(values: Mapping[str, np.ndarray], at: Plan) -> dict[str, np.ndarray]:
    """(branch, draw) sums over the weeks with the levers held, from weekly values."""
    held = slice(1, 1 + at.judged)
    return {f"sum_{name}": values[name][..., held].sum(axis=2, dtype=np.float64) for name in (DEATHS, "homicides")}


def _kept(parts: Sequence[Mapping[str, np.ndarray]], at: Plan, draws: int) -> Measured:
    """The blocks of draws as one."""
    import xarray as xr

    names = [branch.id for branch in at.branches]
    whole = {
        name: np.concatenate(
            [part[name] for part in parts], axis=2 if name.partition("_")[0] in contrast.MEASURES else 1
        )
        for name in parts[0]
    }
    contrasts = {
        name: (DIMS, values[:, :, np.newaxis], contrast.about(name))
        for name, values in whole.items()
        if name.partition("_")[0] in contrast.MEASURES
    }
    coords = {"branch": names, "reference": list(contrast.REFERENCES), "replicate": [0], "draw": np.arange(draws)}
    return Measured(xr.Dataset(contrasts, coords), whole[f"sum_{DEATHS}"], whole["sum_homicides"], whole["paid"])


def effect_of(made: xr.Dataset, outcome: OutcomeId, branch: str, reference: contrast.Reference) -> Floats:
    """(draw,) the contrast by which an outcome with a headline is told: a relative change, of friction the deepest
    fall."""
    rule = next(rule for rule in rules() if rule.id == HEADLINE[outcome])
    return np.asarray(made[rule.contrast].sel(branch=branch, reference=reference).values[0], np.float64)


HEADLINE = {"fentanyl": "trafficking", "crossings": "crossings", "friction": "friction", "violence": "violence"}


def harms(of: Measured) -> dict[OutcomeId, Floats]:
    """(branch, draw) of each outcome what is to be small, against the run without a strategy: relative changes over
    weeks 53 and later, of friction the deepest fall of cooperation, of deaths their number over all weeks."""
    names = [str(name) for name in of.made["branch"].values]
    found: dict[OutcomeId, Floats] = {
        outcome: np.stack([effect_of(of.made, outcome, name, "none") for name in names])
        for outcome in ("fentanyl", "crossings", "friction", "violence")
    }
    return {**found, "deaths": of.deaths - of.deaths[0]}
