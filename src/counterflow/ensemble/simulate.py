"""From a strategy to an xarray Dataset of all its branches. The Dataset carries the recipe to run it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from counterflow.ensemble import planning
from counterflow.ensemble import run as runner
from counterflow.ensemble.contrast import Floats
from counterflow.ensemble.planning import Plan
from counterflow.ensemble.run import Progress
from counterflow.ensemble.sampling import Draws, draw
from counterflow.errors import JudgementError, ModelError
from counterflow.evidence.store import Store
from counterflow.model import anchors, homicide, priors, supply
from counterflow.model.costs import treasury_cost
from counterflow.model.outputs import ABOUT, SCALARS
from counterflow.strategy.branches import branches as branches_of
from counterflow.strategy.branches import first_lever_date
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr

PLACES = {"sector": anchors.SECTORS, "route": supply.ROUTES, "state": homicide.STATES}


def plan_for(
    strategy: Strategy,
    store: Store,
    *,
    years: int,
    seed: int,
    as_of: date | None = None,
    only: Sequence[str] | None = None,
) -> Plan:
    """The branches of a strategy (`only` these, if given) laid out over `years` and a year of withdrawal.

    Raises JudgementError for fewer than 2 or more than 10 years: the headlines look at weeks 53 and later.
    """
    if not 2 <= years <= 10:
        raise JudgementError(f"{years} years asked for", hint="Give 2 to 10: the headlines compare weeks 53 and later.")
    chosen = [branch for branch in branches_of(strategy) if only is None or branch.id in only]
    return planning.plan(
        chosen,
        first_lever_date(strategy),
        years=years,
        seed=seed,
        store=store,
        as_of=as_of,
        switches=strategy.switches.changed(),
        table=priors.with_overrides(priors.load(), strategy.parameters),
    )


def draws_for(at: Plan, count: int, as_of: date | None) -> Draws:
    """The draws of a plan, from its priors as known at `as_of`."""
    year = as_of.year if as_of else None
    return draw(count, at.seed, planning.LEVERS, len(at.weeks), year=year, table=at.priors)


def before_levels(at: Plan, batch: runner.Batch) -> dict[str, Floats]:
    """(draw,) mean a week over the 26 weeks before the first lever, of every outcome that is judged.

    Crossings and homicides as the series show them, deliveries and cooperation as the model has them.
    """
    levels = {
        "attempts": batch.state.last.crossings * batch.at.attempts,
        "fentanyl_delivered": batch.before.delivered,
        "homicides": np.full(len(np.asarray(batch.before.delivered)), at.observed.homicides.level),
        "cooperation": batch.before.cooperation,
    }
    return {name: np.asarray(level, np.float64) for name, level in levels.items()}


def costs_for(at: Plan, draws: Draws) -> np.ndarray:
    """(branch, draw, lever) what each lever costs the US treasury over the judged weeks, USD beyond the record."""
    found = np.zeros((len(at.branches), len(draws.intensity), len(planning.LEVERS)), np.float64)
    recorded = planning.recorded_path(at.weeks)[0]
    judged = slice(1, 1 + at.judged)
    for number, branch in enumerate(at.branches):
        change = runner.branch_paths(branch, draws, at)[:, judged] - recorded
        # A campaign gives its strikes as a rate, whatever they are aimed at.
        change[:, :, planning.LEVERS.index("military.strike_lab")] += runner.strikes_a_week(branch.strikes, at)[judged]
        for column, lever in enumerate(planning.LEVERS):
            of_lever = change[:, :, column]
            if of_lever.any():
                weekly = treasury_cost(lever, of_lever, draws.cost[:, column], at.weeks[judged])
                found[number, :, column] = weekly.sum(axis=1)
    return found


def simulate(
    strategy: Strategy,
    *,
    draws: int = 500,
    years: int = 3,
    seed: int = 0,
    store: Store | None = None,
    as_of: date | None = None,
    only: Sequence[str] | None = None,
    outputs: Sequence[str] = SCALARS,
    every: Literal["week", "month"] = "week",
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run all branches of a strategy in weekly steps, paired by draws and noise.

    `as_of` runs it with the data and priors of that day; `outputs` are names of model/outputs.py, to which those by
    sector, route and state can be added. `every` month keeps sums and means of calendar months, which take less room
    but cannot be judged. Returns a Dataset with dims (branch, draw, time, and sector, route or state),
    one float32 variable per output; `before_*` (draw,) are the means of the 26 weeks before the first lever;
    `treasury_cost` (branch, draw, lever) is in USD over the judged weeks. Raises JudgementError for fewer than 20
    draws or years outside 2 to 10, ModelError where a run breaks or an output is not known.
    """
    import xarray as xr

    if draws < 20:
        raise JudgementError(f"{draws} draws asked for", hint="Give at least 20; 500 is the default.")
    for name in outputs:
        if name not in ABOUT:
            raise ModelError(f"no output is called {name!r}", where="outputs", hint=f"Known: {', '.join(ABOUT)}.")
    store = store or Store.open()
    at = plan_for(strategy, store, years=years, seed=seed, as_of=as_of, only=only)
    drawn = draws_for(at, draws, as_of)
    before: dict[str, Floats] = {}

    def started(where: slice, batch: runner.Batch) -> None:
        for name, level in before_levels(at, batch).items():
            before.setdefault(name, np.empty(draws))[where] = level[: where.stop - where.start]

    values = runner.run(at, drawn, outputs, monthly=every == "month", progress=progress, started=started)
    times = at.weeks if every == "week" else runner.month_starts(at.weeks)
    dims = ("branch", "draw", "time")
    variables = {
        name: ((*dims, *([ABOUT[name].geo] if ABOUT[name].geo else [])), values[name], _about(name)) for name in outputs
    }
    for name, level in before.items():
        about = {"long_name": f"{ABOUT[name].long_name}, mean of the 26 weeks before", "units": ABOUT[name].units}
        variables[f"before_{name}"] = (("draw",), np.asarray(level, np.float32), about)
    variables["treasury_cost"] = (
        ("branch", "draw", "lever"),
        costs_for(at, drawn).astype(np.float32),
        {"long_name": "cost to the US treasury over the judged weeks, beyond the record", "units": "USD"},
    )
    geographies = {ABOUT[name].geo for name in outputs} - {""}
    return xr.Dataset(
        variables,
        coords={
            "branch": [branch.id for branch in at.branches],
            "draw": np.arange(draws),
            "time": times.astype("datetime64[ns]"),
            "lever": planning.LEVERS,
            **{geo: list(PLACES[geo]) for geo in sorted(geographies)},
        },
        attrs={
            "strategy": strategy.model_dump_json(),
            "first_lever": at.first_lever.isoformat(),
            "judged_weeks": at.judged,
            "every": every,
            "years": years,
            "seed": seed,
            "draws": draws,
            "as_of": as_of.isoformat() if as_of else "",
            "Conventions": "CF-1.11",
        },
    )


def _about(name: str) -> dict[str, str]:
    about = ABOUT[name]
    return {
        "long_name": about.long_name,
        "units": about.units,
        "aggregate": about.aggregate,
        "series_id": about.series_id,
    }
