"""What was counted where along the southwest border, and by how much the model moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.report.assessment.answer import lead_branch
from counterflow.report.assessment.monthly import significant
from counterflow.report.assessment.recorded import Recorded, latest_year
from counterflow.report.words import percent_change

if TYPE_CHECKING:
    import xarray as xr

    from counterflow.ensemble.posterior import Posterior
    from counterflow.evidence.store import Store
    from counterflow.judgement.schema import Verdict
    from counterflow.strategy.schema import Strategy

DRAWS = 250  # one batch: a median by place needs no more
WIDE = 2 * 1.645  # standard deviations of a normal that its central 90% spans

# kind of place: (output by place, its dimension, what the place is called there, what is counted, in which unit)
KINDS = {
    "sector": ("encounters_by_sector", "sector", "{}", "Border Patrol encounters", "encounters"),
    "field office": ("fentanyl_seized_by_route_lb", "route", "{} Field Office", "fentanyl seized", "lb"),
}


def runs_by_place(
    strategy: Strategy, *, draws: int, years: int, seed: int, posterior: Posterior | None, store: Store
) -> xr.Dataset | None:
    """The branch that the answer opens with and the run without the strategy, by sector and field office, in the first
    DRAWS draws at most; None where the strategy has no such branch. Raises as `simulate` does."""
    from counterflow.ensemble.simulate import simulate
    from counterflow.strategy.branches import branches

    lead = lead_branch(branches(strategy))
    if lead is None:
        return None
    return simulate(
        strategy,
        draws=min(draws, DRAWS),
        years=years,
        seed=seed,
        posterior=posterior,
        only=("none", lead),
        outputs=tuple(kind[0] for kind in KINDS.values()),
        evidence=store,
    )


def places(recorded: Recorded, runs: xr.Dataset | None, verdict: Verdict | None) -> list[dict[str, Any]]:
    """The nine Border Patrol sectors and the four field offices, from the west.

    Each is {kind, name, measure, unit, from, to, observed, change}: the sum of the last twelve months that all places
    of its kind have, and by branch the median and the 90% range of the change against *none* in the judged weeks.
    `change` is empty where the runs have no output by place; of draws whose *none* is zero none is told.
    """
    rows = []
    for kind, by_place in (("sector", recorded.encounters), ("field office", recorded.seized)):
        output, dim, called, measure, unit = KINDS[kind]
        start, end, sums = latest_year(by_place)
        changes = _changes(runs, verdict, output, dim) if runs is not None and verdict is not None else {}
        rows += [
            {
                "kind": kind,
                "name": name,
                "measure": measure,
                "unit": unit,
                "from": start,
                "to": end,
                "observed": significant(value),
                "change": {branch: at[called.format(name)] for branch, at in changes.items()},
            }
            for name, value in sums.items()
        ]
    return rows


def moved_alike(rows: Sequence[Mapping[str, Any]], branch: str | None, draws: int) -> dict[str, Mapping[str, Any]]:
    """The kinds of place that a branch moves alike, each with the change of the place in the middle.

    Alike are places whose medians lie no further apart than twice the standard error of a median from so many draws:
    sqrt(pi / 2n) standard deviations of a normal (Cramér 1946, Mathematical Methods of Statistics, 28.5).
    """
    found: dict[str, Mapping[str, Any]] = {}
    for kind in KINDS:
        changes = [row["change"].get(branch) for row in rows if row["kind"] == kind]
        told = sorted((x for x in changes if x and x["median"] is not None), key=lambda x: float(x["median"]))
        if not told or len(told) < len(changes):
            continue
        deviation = max(x["high"] - x["low"] for x in told) / WIDE
        if told[-1]["median"] - told[0]["median"] <= 2 * deviation * sqrt(pi / 2 / min(draws, DRAWS)):
            found[kind] = told[len(told) // 2]
    return found


def alike_sentences(rows: Sequence[Mapping[str, Any]], alike: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What all places of a kind have in common."""
    counted = {row["kind"]: row["measure"] for row in rows}
    return [
        f"The model moves {counted[kind]} in all {kind}s alike, against no strategy: {percent_change(of['median'])} "
        f"({percent_change(of['low'])} to {percent_change(of['high'])})."
        for kind, of in alike.items()
    ]


def _changes(
    runs: xr.Dataset, verdict: Verdict, output: str, dim: str
) -> Mapping[str, Mapping[str, dict[str, float | None]]]:
    """By branch and place the median and 90% range of the relative change of the mean over the judged weeks."""
    if output not in runs or set(runs[output].dims) != {"branch", "draw", "replicate", "time", dim}:
        return {}
    if "none" not in runs["branch"].values:
        return {}
    days = (runs["time"].to_numpy().astype("datetime64[D]") - np.datetime64(verdict.first_lever, "D")).astype(int)
    judged = np.flatnonzero((days >= 7 * (verdict.window[0] - 1)) & (days < 7 * verdict.window[1]))
    if not len(judged):
        return {}
    level = runs[output].isel(time=judged).mean("time", dtype="float64").transpose("branch", dim, "draw", "replicate")
    names = [str(place) for place in runs[dim].values]
    branches = [str(branch) for branch in runs["branch"].values]
    values = level.to_numpy().reshape(len(branches), len(names), -1)
    none = values[branches.index("none")]
    return {
        branch: {name: _spread(values[row, column], none[column]) for column, name in enumerate(names)}
        for row, branch in enumerate(branches)
        if branch != "none"
    }


def _spread(values: np.ndarray, none: np.ndarray) -> dict[str, float | None]:
    kept = none > 0
    if not kept.any():
        return {"low": None, "median": None, "high": None}
    found = np.quantile(values[kept] / none[kept] - 1, (0.05, 0.5, 0.95))
    return {key: significant(x) for key, x in zip(("low", "median", "high"), found, strict=True)}
