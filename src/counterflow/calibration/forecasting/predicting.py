"""Forecasts by the model: each member's path from the origin on, and its discrepancy carried on from where it stood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.observed import About, Monthly, fitted, monthly
from counterflow.calibration.fitting.problem import Problem, predicted, problem
from counterflow.calibration.fitting.space import scores_of
from counterflow.evidence.store import Store
from counterflow.model.conditions import Key

# What is forecast: the fitted series that are added up, each times the one that it was divided by.
PARTS: Mapping[str, tuple[str, ...]] = {
    "encounters": ("encounters",),
    "nationwide": ("nationwide",),
    "encounters_all": ("encounters", "ports"),
    "overdose_deaths": ("overdose_deaths",),
    "homicides": ("homicides",),
    "seized_ports": ("seized_ports",),
    "seized_between": ("seized_between",),
    "bookins": ("bookins_border", "bookins_interior"),
    "detained": ("detained_border", "detained_interior"),
}
# The official series of each, where it is not one of the fitted ones.
WHOLE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "encounters_all": ("cbp_encounters_sw", ("southwest",)),
    "bookins": ("ice_bookins", ("Total",)),
    "detained": ("ice_detained_adp", ("Total",)),
}


class Fitted(Protocol):
    """What a forecast needs of a fit: rows of values that belong together."""

    @property
    def keys(self) -> tuple[Key, ...]: ...
    @property
    def values(self) -> np.ndarray: ...  # (row, parameter)
    @property
    def hyper(self) -> discrepancy.Hyper: ...  # (row, series)


class Stand(NamedTuple):
    """A path of months with its discrepancy at the origin."""

    paths: np.ndarray  # (member, month, series) logs, all months
    state: discrepancy.Filtered  # (member, series) at the month before the origin
    hyper: discrepancy.Hyper  # (member, series)
    of: Problem


def about(name: str) -> About:
    """The official series of something that is forecast."""
    series, _ = fitted()
    if name not in WHOLE:
        return next(one for one in series if one.name == name)
    series_id, geos = WHOLE[name]
    return About(name=name, series=series_id, geos=geos, model="", count=1.0, scatter=0.03)


def actual(store: Store, name: str, *, before: date, as_of: date | None) -> Monthly:
    """The published months of something that is forecast, that end before a date."""
    return monthly(store, about(name), cutoff=before, as_of=as_of)


def forecast(
    store: Store,
    fit: Fitted,
    origin: date,
    *,
    horizon: int = 12,
    as_of: date | None = None,
    conditional: bool = False,
    levers: np.ndarray | None = None,
    members: int = 600,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Samples (member, month) of everything in PARTS for `horizon` months from `origin` (first of a month) on.

    Only what was published by `as_of` (None: all that the store has of the months before the origin) is used. Levers
    stay as they were, unless `conditional` gives them and dated events as they came, or `levers` are given (see
    `given`). The rows of the fit are taken at equal distances. JAX has to have 64 bits enabled.
    """
    return simulated(standing(store, fit, origin, horizon, as_of, conditional, levers, members, seed), seed)


def standing(
    store: Store,
    fit: Fitted,
    origin: date,
    horizon: int,
    as_of: date | None,
    conditional: bool,
    levers: np.ndarray | None,
    members: int,
    seed: int,
) -> Stand:
    """Where the paths and what they miss stand at the origin."""
    rows = np.linspace(0, len(fit.values) - 1, members).round().astype(int)
    of = problem(
        store,
        origin,
        members=members,
        seed=seed,
        horizon=horizon,
        as_of=as_of,
        conditional=conditional,
        levers=levers,
        keys=fit.keys,
    )
    paths, _ = predicted(of, scores_of(of.space, fit.values[rows]))
    before = len(of.at.months) - horizon
    misfit = of.seen.logs[:before, None, :] - np.moveaxis(paths[:, :before], 0, 1)
    hyper = discrepancy.Hyper(*(jnp.asarray(part[rows]) for part in fit.hyper))
    seen = of.seen._replace(measured=of.seen.measured[:before], jumps=of.seen.jumps[:before])
    _, state = discrepancy.filtered(jnp.asarray(misfit), seen, hyper)
    state, hyper = jax.tree.map(np.asarray, (state, hyper))
    return Stand(paths, state, hyper, of)


def simulated(stand: Stand, seed: int) -> dict[str, np.ndarray]:
    """Samples (member, month) from the origin on of everything in PARTS."""
    state, hyper = stand.state, stand.hyper
    count = state.level.shape
    names = stand.of.seen.names
    months = stand.of.at.months
    horizon = int((months >= np.datetime64(stand.of.at.cutoff, "M")).sum())
    rng = np.random.default_rng([seed, 1])
    # Level and discrepancy are known together: the second given the first.
    level = state.level + np.sqrt(state.level_variance) * rng.standard_normal(count)
    slope = state.covariance / state.level_variance
    rest = np.maximum(state.gap_variance - slope * state.covariance, 0.0)
    gap = state.gap + slope * (level - state.level) + np.sqrt(rest) * rng.standard_normal(count)
    counted = {one.name: one.count for one in stand.of.seen.about}
    logs = np.empty((*count[:1], horizon, count[1]))
    for month in range(horizon):
        gap = hyper.phi * gap + hyper.sigma * rng.standard_normal(count)
        logs[:, month] = stand.paths[:, month - horizon] + level + gap
    logs = logs + (hyper.tau[:, None] * rng.standard_normal(logs.shape))
    found = {name: np.exp(logs[:, :, column]) for column, name in enumerate(names)}
    found["nationwide"] = found["nationwide"] * found["encounters"]
    for name in dict.fromkeys(part for parts in PARTS.values() for part in parts):  # in one order: chance is drawn
        values = found[name]
        # What is counted varies by chance beyond all that.
        error = np.sqrt(counted[name] / np.maximum(values, counted[name]))
        found[name] = values * np.exp(error * rng.standard_normal(values.shape))
    return {name: sum((found[part] for part in parts), np.zeros(1)) for name, parts in PARTS.items()}
