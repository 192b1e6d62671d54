"""Runs by place where nothing moves at any place, without running them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterflow.ensemble.dataset import PLACES
from counterflow.report.assessment.places import DRAWS

if TYPE_CHECKING:
    import xarray as xr

# Output by place: the output over all places, and its dimension.
TOTALS = {
    "encounters_by_sector": ("encounters", "sector"),
    "fentanyl_seized_by_route_lb": ("fentanyl_seized_border_lb", "route"),
}


def unmoved_by_place(runs: xr.Dataset, branch: str) -> xr.Dataset:
    """What stands for `places.runs_by_place` where `branch` moves nothing, from the `runs` of the whole border.

    Such a branch is the run without the strategy, week by week, so that it changes nothing at any place: the total
    stands at each, for only its change is told.
    """
    found = runs.sel(branch=["none", branch]).isel(draw=slice(DRAWS))
    return found[[]].assign(
        {name: found[total].expand_dims({dim: list(PLACES[dim])}, axis=-1) for name, (total, dim) in TOTALS.items()}
    )
