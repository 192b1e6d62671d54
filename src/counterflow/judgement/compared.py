"""From runs to contrasts: of weekly runs they are made here, of reduced runs they are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble import contrast
from counterflow.ensemble.contrast import MEASURES, OUTCOMES
from counterflow.ensemble.sampling import BLOCK
from counterflow.errors import JudgementError

if TYPE_CHECKING:
    import xarray as xr

DIMS = ("branch", "reference", "replicate", "draw")


def compared(runs: xr.Dataset) -> xr.Dataset:
    """Every contrast of every judged outcome, `change_attempts` and so on: (branch, reference, replicate, draw).

    `runs` as `simulate` returns them, weekly or reduced. A draw of which any part is missing, because its chunk failed,
    is left out. Raises JudgementError where branches have no names, where the run without the strategy is missing or
    nothing stands beside it, for monthly runs, for runs without a judged outcome, and where no draw is whole.
    """
    if runs["branch"].dtype.kind in "iu" and "flag_meanings" in runs["branch"].attrs:
        raise JudgementError("branches are numbers here", hint="Open the store with cf.open_runs.")
    if "none" not in runs["branch"].values:
        raise JudgementError("the run without the strategy is missing", hint="Simulate the branch 'none' too.")
    if runs.sizes["branch"] < 2:
        raise JudgementError("no branch beside the run without the strategy", hint="Simulate another branch too.")
    names = [f"{measure}_{outcome}" for outcome in OUTCOMES for measure in MEASURES]
    if all(name in runs for name in names):
        made = runs[names].transpose(*DIMS).load()
    else:
        if runs.attrs["every"] != "week":
            raise JudgementError("monthly runs cannot be judged", hint="Simulate with every='week', the default.")
        if missing := [outcome for outcome in OUTCOMES if outcome not in runs]:
            raise JudgementError(
                f"runs without {', '.join(missing)} cannot be judged", hint="Name them among the outputs to simulate."
            )
        made = _made(runs)
    whole = np.ones(made.sizes["draw"], bool)
    for name in names:
        whole &= np.isfinite(made[name].values).all(axis=(0, 1, 2))
    if not whole.any():
        raise JudgementError("no draw is whole: every one misses a branch or a replicate", hint="Run it again.")
    return made if whole.all() else made.isel(draw=np.flatnonzero(whole))


def _made(runs: xr.Dataset) -> xr.Dataset:
    import xarray as xr

    branches = [str(name) for name in runs["branch"].values]
    judged = int(runs.attrs["judged_weeks"])
    count, replicates = runs.sizes["draw"], runs.sizes["replicate"]
    shape = (len(branches), len(contrast.REFERENCES), replicates, count)
    found: dict[str, np.ndarray] = {}
    for first in range(0, count, BLOCK):
        block = slice(first, first + BLOCK)
        some = runs[[*OUTCOMES, *(f"before_{outcome}" for outcome in OUTCOMES)]].isel(draw=block)
        before = {outcome: some[f"before_{outcome}"].values for outcome in OUTCOMES}
        for replicate in range(replicates):
            one = some.isel(replicate=replicate).transpose("branch", "draw", "time")
            values = {outcome: one[outcome].values for outcome in OUTCOMES}
            for name, part in contrast.contrasts(values, before, branches, judged).items():
                found.setdefault(name, np.empty(shape, np.float32))[:, :, replicate, block] = part
    coords = {"branch": branches, "reference": list(contrast.REFERENCES)}
    coords |= {dim: runs[dim].values for dim in ("replicate", "draw")}
    return xr.Dataset({name: (DIMS, values, contrast.about(name)) for name, values in found.items()}, coords)
