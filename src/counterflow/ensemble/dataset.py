"""How an ensemble is laid out: variables, coordinates and attributes by the CF conventions, in memory and stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.ensemble import contrast, planning, reduction
from counterflow.ensemble.job import Job
from counterflow.ensemble.layout import Coordinate, Layout, Variable, dated, named, numbered, pieces
from counterflow.ensemble.reduction import Partial
from counterflow.ensemble.run import month_starts, months_of
from counterflow.ensemble.sampling import BLOCK
from counterflow.model import anchors, homicide, supply
from counterflow.model.outputs import ABOUT

if TYPE_CHECKING:
    import xarray as xr

QUANTILE = Coordinate(
    ("quantile",), np.asarray(reduction.QUANTILES), {"long_name": "share of runs below", "units": "1"}
)
PLACES = {"sector": anchors.SECTORS, "route": supply.ROUTES, "state": homicide.STATES}


def described(job: Job) -> Layout:
    """The variables of an ensemble, as pieces give them (see `job.arrays_of`)."""
    lengths = {
        "branch": len(job.at.branches),
        "draw": job.draws,
        "replicate": job.replicates,
        "time": len(_times(job)),
        "reference": len(contrast.REFERENCES),
        "lever": len(planning.LEVERS),
        **{geo: len(places) for geo, places in PLACES.items()},
    }
    whole = {**lengths, "draw": min(job.blocks * BLOCK, job.draws), "replicate": 1}

    def over(*dims: str, **attrs: Any) -> Variable:
        return Variable(dims, tuple(lengths[d] for d in dims), tuple(whole[d] for d in dims), "float32", attrs)

    found: dict[str, Variable] = {}
    for name in job.outputs:
        geo = [ABOUT[name].geo] if ABOUT[name].geo else []
        runs = over("branch", "draw", "replicate", "time", *geo, **_about(name))
        if job.reduced:
            chunks = len(pieces(job.draws, job.replicates, job.blocks * BLOCK))
            found |= reduction.variables(name, runs, chunks, job.above.get(name, ()))
        else:
            found[name] = runs
    if job.reduced:
        for outcome in contrast.OUTCOMES:
            for measure in contrast.MEASURES:
                name = f"{measure}_{outcome}"
                found[name] = over("branch", "reference", "draw", "replicate", **contrast.about(name))
    for outcome in contrast.OUTCOMES:
        about = {"long_name": f"{ABOUT[outcome].long_name}, mean of the 26 weeks before", "units": ABOUT[outcome].units}
        found[f"before_{outcome}"] = over("draw", **about)
    about = {"long_name": "cost to the US treasury over the judged weeks, beyond the record", "units": "USD"}
    found["treasury_cost"] = over("branch", "draw", "lever", **about)
    return found


def coordinates(job: Job) -> dict[str, Coordinate]:
    """The coordinates of an ensemble."""
    titles = [branch.title for branch in job.at.branches]
    found = {
        "branch": named("branch", [branch.id for branch in job.at.branches], {"titles": titles}),
        "draw": numbered("draw", job.draws, {"long_name": "vector of all uncertain parameters"}),
        "replicate": numbered("replicate", job.replicates, {"long_name": "course of chance"}),
        "time": dated("time", _times(job)),
        "lever": named("lever", planning.LEVERS),
    }
    for geo in sorted({ABOUT[name].geo for name in job.outputs} - {""}):
        found[geo] = named(geo, PLACES[geo])
    if job.reduced:
        found["reference"] = named("reference", contrast.REFERENCES)
        found["quantile"] = QUANTILE
        for name, values in job.above.items():
            about = {"long_name": f"values of: {ABOUT[name].long_name}", "units": ABOUT[name].units}
            found[f"{name}_threshold"] = Coordinate((f"{name}_threshold",), np.asarray(values), about)
    if job.every == "month":
        months, count = months_of(job.at.weeks)
        days = np.zeros(count + 1)
        np.add.at(days, np.asarray(months.first), np.asarray(months.days)[:, 0])
        np.add.at(days, np.asarray(months.first) + 1, np.asarray(months.days)[:, 1])
        about = {"long_name": "days of the month that were run: the first and last are covered in part", "units": "d"}
        found["days"] = Coordinate(("time",), days[:count].astype(np.int32), about)
    return found


def bins_stored(job: Job) -> dict[str, Coordinate]:
    """The bins that the runs of each output are counted in."""
    found: dict[str, Coordinate] = {}
    for name in job.outputs:
        found |= reduction.coordinates(name, _runs_of(job, name), job.bins[name])
    return found


def size(shape: Sequence[int], variable: Variable) -> int:
    """How many bytes so much of a variable has."""
    return int(np.prod(shape, dtype=np.int64)) * np.dtype(variable.dtype).itemsize


def block_bytes(job: Job) -> int:
    """How many bytes the runs of one block give before anything of them is kept."""
    whole = described(job._replace(reduced=False))
    asked = [size([BLOCK, *whole[name].shape[:1], *whole[name].shape[3:]], whole[name]) for name in job.outputs]
    weekly = 4 * BLOCK * len(job.at.branches) * len(job.at.weeks) * len(contrast.OUTCOMES) if job.reduced else 0
    return sum(asked) + weekly


def summary(job: Job, output: str, merged: Partial) -> dict[str, Coordinate]:
    """What is told of an output over all draws and replicates: its mean, standard deviation, extremes and quantiles in
    each branch and week or month, with a bound on the error of the quantiles, and shares above the values asked for."""
    dims = tuple(dim for dim in _runs_of(job, output).dims if dim not in ("draw", "replicate"))
    about = _about(output)
    own = {"quantile": ("quantile",), "quantile_error": ("quantile",), "exceedance": (f"{output}_threshold",)}
    return {
        f"{output}_{statistic}": Coordinate(
            (*own.get(statistic, ()), *dims),
            values,
            {
                "long_name": f"{about['long_name']}: {statistic.replace('_', ' ')} over all runs",
                "units": "1" if statistic == "exceedance" else about["units"],
            },
        )
        for statistic, values in reduction.summary(merged, job.bins[output]).items()
    }


def in_memory(
    variables: Mapping[str, Coordinate], coords: Mapping[str, Coordinate], attrs: Mapping[str, Any]
) -> xr.Dataset:
    """A Dataset of values held in memory, with the names of branches, levers and places as its coordinates."""
    import xarray as xr

    from counterflow.ensemble.stored.reading import with_names

    found: xr.Dataset = xr.Dataset(
        {name: (one.dims, one.values, dict(one.attrs)) for name, one in variables.items()},
        coords={name: (one.dims, one.values, dict(one.attrs)) for name, one in coords.items()},
        attrs=dict(attrs),
    )
    return with_names(xr.decode_cf(found))


def _runs_of(job: Job, output: str) -> Variable:
    """The variable that an output is where its runs are kept."""
    return described(job._replace(reduced=False))[output]


def _times(job: Job) -> np.ndarray:
    return job.at.weeks if job.every == "week" else month_starts(job.at.weeks)


def _about(name: str) -> dict[str, str]:
    about = ABOUT[name]
    return {
        "long_name": about.long_name,
        "units": about.units,
        "aggregate": about.aggregate,
        "cell_methods": f"time: {about.aggregate}",
        "series_id": about.series_id,
    }


def add(job: Job, totals: dict[str, Partial], arrays: Mapping[str, np.ndarray]) -> None:
    """Add the partials of one more piece to those of each output, in place."""
    for name in job.outputs:
        totals[name] = reduction.add(totals.get(name), reduction.of_chunk(name, arrays, 0))
