"""How many of the runs meet each headline: counting alone, without asking what leaves an answer undetermined."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.ensemble.contrast import REFERENCES, Window, window
from counterflow.ensemble.planning import monday
from counterflow.judgement.compared import compared
from counterflow.judgement.headlines import headline, rules
from counterflow.judgement.schema import Headline

if TYPE_CHECKING:
    import xarray as xr

SHOWN = ("branch", "reference", "probability", "mc_error", "median", "low", "high")


class Shares(NamedTuple):
    """Each headline of each branch against each reference, and the runs that were counted."""

    headlines: tuple[Headline, ...]
    draws: int
    replicates: int
    weeks: Window


def shares(runs: xr.Dataset) -> Shares:
    """Each headline of each branch against both references. Raises JudgementError as `compared`."""
    made = compared(runs)
    courses = [str(name) for name in made["branch"].values if name != "none"]
    found = tuple(
        headline(made, rule, branch, reference) for rule in rules() for reference in REFERENCES for branch in courses
    )
    return Shares(found, made.sizes["draw"], made.sizes["replicate"], window(int(runs.attrs["judged_weeks"])))


def share_rows(found: Shares) -> list[dict[str, Any]]:
    """The shares in plain values."""
    return [{"headline": one.id, **{name: getattr(one, name) for name in SHOWN}} for one in found.headlines]


def above_rows(runs: xr.Dataset) -> list[dict[str, Any]]:
    """The share of reduced runs above each value asked for, averaged over the weeks or whole months that are judged.

    One row for each output, value and branch, and for each place where the output is by place.
    """
    rows = []
    for name in map(str, runs.data_vars):
        output = name.removesuffix("_exceedance")
        if output == name:
            continue
        means = runs[name].isel(time=_judged(runs)).mean("time")  # (threshold, branch[, place])
        values = [float(value) for value in runs[f"{output}_threshold"].values]
        places = [str(dim) for dim in means.dims[2:]]
        for where, share in np.ndenumerate(means.values):
            row = {"output": output, "value": values[where[0]], "branch": str(means["branch"].values[where[1]])}
            if places:
                row["place"] = str(means[places[0]].values[where[2]])
            rows.append({**row, "share": float(share)})
    return rows


def _judged(runs: xr.Dataset) -> np.ndarray:
    """Positions of the weeks 53 and later up to withdrawal, or of the months that lie wholly within them."""
    begins = runs["time"].values.astype("datetime64[D]")
    next_month = (begins.astype("datetime64[M]") + 1).astype("datetime64[D]")
    ends = begins + 7 if runs.attrs["every"] == "week" else next_month
    over = window(int(runs.attrs["judged_weeks"]))
    week_one = np.datetime64(monday(date.fromisoformat(runs.attrs["first_lever"])))
    return np.flatnonzero((begins >= week_one + 7 * (over.first - 1)) & (ends <= week_one + 7 * over.last))
