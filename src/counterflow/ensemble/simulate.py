"""From a strategy to an xarray Dataset of all its branches. The Dataset carries the recipe to run it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble import run as runner
from counterflow.ensemble.contrast import Floats
from counterflow.ensemble.run import Plan, Progress
from counterflow.ensemble.sampling import Draws, draw
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.model.outputs import ABOUT
from counterflow.model.supply import KG_PER_TONNE, WEEKS_PER_YEAR
from counterflow.strategy.branches import branches as branches_of
from counterflow.strategy.branches import first_lever_date
from counterflow.strategy.schema import Strategy

if TYPE_CHECKING:
    import xarray as xr


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
    return runner.plan(chosen, first_lever_date(strategy), years=years, seed=seed, store=store, as_of=as_of)


def draws_for(at: Plan, count: int, as_of: date | None) -> Draws:
    """The draws of a plan, from priors as known at `as_of`."""
    year = as_of.year if as_of else None
    return draw(count, at.seed, runner.LEVERS, len(at.weeks), year=year)


def before_levels(at: Plan, draws: Draws) -> dict[str, Floats]:
    """(draw,) mean a week over the 26 weeks before the first lever, of every outcome that is judged."""
    p, now = draws.parameters, at.observed
    levels = {
        "attempts": now.encounters.level / p.border.p_app,
        "fentanyl_delivered": p.supply.Q_us * KG_PER_TONNE / WEEKS_PER_YEAR,
        "homicides": np.full(len(draws.intensity), now.homicides.level),
        "cooperation": p.diplomacy.c_ref,
    }
    return {name: np.asarray(level, np.float64) for name, level in levels.items()}


def simulate(
    strategy: Strategy,
    *,
    draws: int = 500,
    years: int = 3,
    seed: int = 0,
    store: Store | None = None,
    as_of: date | None = None,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run all branches of a strategy, weekly, paired by draws and noise.

    `as_of` runs it with the data and priors of that day. Returns a Dataset with dims (branch, draw, time), one
    float32 variable per output; `before_*` (draw,) are the means of the 26 weeks before the first lever. Raises
    JudgementError for fewer than 20 draws or years outside 2 to 10, ModelError where a run breaks.
    """
    import xarray as xr

    if draws < 20:
        raise JudgementError(f"{draws} draws asked for", hint="Give at least 20; 500 is the default.")
    store = store or Store.open()
    at = plan_for(strategy, store, years=years, seed=seed, as_of=as_of, only=only)
    drawn = draws_for(at, draws, as_of)
    values = runner.run(at, drawn, list(ABOUT), progress=progress)
    variables = {
        name: (
            ("branch", "draw", "time"),
            values[name],
            {
                "long_name": about.long_name,
                "units": about.units,
                "aggregate": about.aggregate,
                "series_id": about.series_id,
            },
        )
        for name, about in ABOUT.items()
    }
    before = before_levels(at, drawn)
    return xr.Dataset(
        {
            **variables,
            **{
                f"before_{name}": (
                    ("draw",),
                    np.asarray(level, np.float32),
                    {
                        "long_name": f"{ABOUT[name].long_name}, mean of the 26 weeks before",
                        "units": ABOUT[name].units,
                    },
                )
                for name, level in before.items()
            },
        },
        coords={
            "branch": [branch.id for branch in at.branches],
            "draw": np.arange(draws),
            "time": at.weeks.astype("datetime64[ns]"),
        },
        attrs={
            "strategy": strategy.model_dump_json(),
            "first_lever": at.first_lever.isoformat(),
            "judged_weeks": at.judged,
            "years": years,
            "seed": seed,
            "draws": draws,
            "as_of": as_of.isoformat() if as_of else "",
            "Conventions": "CF-1.11",
        },
    )
