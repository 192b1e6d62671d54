"""What is kept of the members of a calibration: values in natural units, which rows are written, and all as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.calibration.fitting.problem import Problem, every_value, known_conditions
from counterflow.calibration.fitting.smoother import Ensemble
from counterflow.calibration.fitting.space import SCALES, values


class Kept(NamedTuple):
    """The members of all ensembles, one after the other, and those of them that are written."""

    scores: np.ndarray  # (member, parameter)
    values: np.ndarray  # (member, parameter) natural units, as single precision holds them
    hyper: Hyper  # (member, series) natural units
    rows: np.ndarray  # (member,) whether every joint condition holds
    broken: dict[str, int]  # members that break each condition


def kept_of(whole: Problem, found: Sequence[Ensemble]) -> Kept:
    """All members, with those marked that meet the joint conditions known as of the problem.

    A condition is looked at with what a member holds of the parameters that are not fitted.
    """
    scores = np.concatenate([one.scores for one in found])
    of = whole.space
    own = np.array(values(of, jnp.asarray(scores)))
    shares = of.scale == SCALES.index("logitnormal")
    least = float(np.finfo(np.float32).tiny)
    own[:, shares] = own[:, shares].clip(least, float(np.nextafter(np.float32(1), np.float32(0))))
    own = own.astype(np.float32).astype(np.float64)
    every = every_value(whole, own)
    holds = {one.name: one.holds(every) for one in known_conditions(whole)}
    rows = np.logical_and.reduce([np.isfinite(own).all(axis=1), *holds.values()])
    broken = {name: int((~held).sum()) for name, held in holds.items()}
    hyper = discrepancy.hyper(jnp.asarray(np.concatenate([one.hyper for one in found], axis=1)), whole.seen.scatter)
    return Kept(scores, own, jax.tree.map(np.asarray, hyper), rows, broken)


def groups(whole: Problem, found: Sequence[Ensemble], kept: Kept) -> dict[str, Any]:
    """The groups of inference.zarr: datasets in the layout of ArviZ, an ensemble in the place of a chain.

    `sample_stats` tells which members meet the joint conditions: they are the rows of posterior.parquet, in order.
    """
    import xarray as xr

    shape = (len(found), len(found[0].scores))
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1]), "series": list(whole.seen.names)}
    monthly = {"month": whole.at.months.astype("datetime64[ns]"), "series": coords["series"]}
    names = [".".join(key) for key in whole.space.keys]

    def by_chain(table: np.ndarray) -> dict[str, Any]:
        return {name: (("chain", "draw"), column.reshape(shape)) for name, column in zip(names, table.T, strict=True)}

    hyper = {
        name: (("chain", "draw", "series"), of.reshape(*shape, -1))
        for name, of in zip(Hyper._fields, kept.hyper, strict=True)
    }
    prior = np.asarray(values(whole.space, jnp.asarray(whole.prior)))
    seen, single = whole.seen, whole.figures
    by_month = ("month", "series")
    return {
        "posterior": xr.Dataset({**by_chain(kept.values), **hyper}, coords),
        "prior": xr.Dataset(by_chain(prior), {name: coords[name] for name in ("chain", "draw")}),
        "sample_stats": xr.Dataset(
            {"kept": (("chain", "draw"), kept.rows.reshape(shape))}, {name: coords[name] for name in ("chain", "draw")}
        ),
        "observed_data": xr.Dataset({"logs": (by_month, seen.logs), "figures": (("figure",), single.logs)}, monthly),
        "constant_data": xr.Dataset(
            {
                "measured": (by_month, seen.measured),
                "jumps": (by_month, seen.jumps),
                "figures_covariance": (("figure", "of"), single.covariance),
            },
            monthly,
        ),
    }
