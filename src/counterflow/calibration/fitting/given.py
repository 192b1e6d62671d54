"""What a run of the record is given as of a cut-off: weeks, recorded levers, dated events, levels and seasons."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.fitting.known_levers import as_known
from counterflow.ensemble import planning
from counterflow.evidence.store import Store
from counterflow.model import anchors, cartels, coupling, history
from counterflow.model.anchors import DAYS_PER_YEAR
from counterflow.model.outputs import ABOUT
from counterflow.model.state import Forcing, Observed, Record

FIRST = np.datetime64("2019-02")  # first calendar month that the record's weeks cover whole
TREND_FROM = np.datetime64("2022-01-03")  # the prior of the trend in deaths speaks of the years from 2022 on
BEGINS: date = planning.RECORD.item()  # type: ignore[assignment]
SEASONAL = ("encounters", "homicides", "overdose_deaths")  # outputs whose season is taken from their series


class Inputs(NamedTuple):
    """What the run of a path is given, arrays all; no parameter moves it."""

    weights: np.ndarray  # (month, week) share of each week's flow that falls in the month
    record: Record
    observed: Observed
    forcing: Forcing  # (week, ...) from the first week of the record to the end of the last month
    followed: np.ndarray  # (week,) encounters as published, spread evenly over each month; NaN where none are known
    trend: np.ndarray  # (week,) years of the trend in deaths before the cut-off, below 0; 0 from it on
    on: coupling.Switches


class Given(NamedTuple):
    """A run of the record, with where it stands in time."""

    cutoff: date
    year: int | None  # priors as known in it; None: now
    months: np.ndarray  # (month,) datetime64[M] from FIRST on
    alone: int  # weeks that the groups run by themselves before the record begins
    middle: int  # week, on the same count, that conflict is measured against
    inputs: Inputs


def given(
    store: Store,
    cutoff: date,
    *,
    horizon: int,
    as_of: date | None,
    conditional: bool = False,
    levers: np.ndarray | None = None,
) -> Given:
    """The record up to the month before `cutoff`, and `horizon` months from it on.

    `cutoff` is the first day of a month. Everything is as published by `as_of`, None for all that the store has. From
    the cut-off on levers stay as they then were, and no dated event is known; `conditional` gives both as they came,
    `levers` (week, lever) are others from the cut-off's week on, in the order of planning.LEVERS, NaN where one stays.
    JAX has to have 64 bits enabled. Raises EvidenceError where too little was published by then.
    """
    start = np.datetime64(planning.monday(cutoff))
    months = np.arange(FIRST, np.datetime64(cutoff, "M") + horizon, dtype="datetime64[M]")
    end = (months[-1] + 1).astype("datetime64[D]")
    weeks = np.arange(planning.RECORD, end, 7, dtype="datetime64[D]")
    record = _measured_inside(store, planning.record_of(store, np.array([start]), as_of))
    paths = history.recorded_paths(weeks, planning.LEVERS)
    later = weeks >= start
    if not conditional:
        paths = as_known(paths, weeks, store, as_of) if as_of else paths
        paths[later] = paths[~later][-1]
    forcing = planning.given_from_outside(weeks, start, paths, store, None if conditional else as_of)
    if levers is not None:
        ordered = paths.copy()
        ordered[later] = np.where(np.isnan(levers), ordered[later], levers)
        forcing = forcing._replace(levers=jnp.asarray(ordered))
    if conditional:  # nothing is held at the cut-off: what ended later ends
        beside = history.exogenous(weeks, store)._asdict()
        forcing = forcing._replace(**{name: jnp.asarray(value) for name, value in beside.items()})
    else:
        forcing = _without_news(forcing, later)
    seasons = [_season(store, name, cutoff, as_of) for name in SEASONAL]
    calendar = (weeks + np.timedelta64(3, "D")).astype("datetime64[M]").astype(int) % 12
    forcing = forcing._replace(season=jnp.asarray(np.stack([season[calendar] for season in seasons], axis=1)))
    alone, middle = (
        int((day - np.datetime64(cartels.EPOCH)).astype(int)) // 7
        for day in (weeks[0], np.datetime64(planning.day_between(*anchors.span(cutoff))))
    )
    inputs = Inputs(
        weights=_weights(weeks, months),
        record=record,
        observed=_observed(store, cutoff, as_of),
        forcing=forcing,
        followed=_followed(store, weeks, cutoff, as_of),
        # From the cut-off on the system has the trend itself: before it, a run from a strategy on needs none.
        trend=(np.maximum(weeks, TREND_FROM) - np.maximum(start, TREND_FROM)).astype(int).clip(max=0) / DAYS_PER_YEAR,
        on=coupling.switches(),
    )
    year = None if as_of is None else as_of.year
    return Given(cutoff, year, months, alone, middle, jax.tree.map(_in_double, inputs))


def _in_double(leaf: jax.Array | np.ndarray) -> jax.Array:
    return jnp.asarray(np.asarray(leaf), jnp.float64)


def _followed(store: Store, weeks: np.ndarray, cutoff: date, as_of: date | None) -> np.ndarray:
    """(week,) encounters a week as published."""
    rows = anchors.monthly(store, "encounters", before=cutoff, as_of=as_of)
    a_week = {np.datetime64(row.date, "M"): 7.0 * row.value / anchors.month_end(row.date).day for row in rows}
    days = (weeks[:, None] + np.arange(7)).astype("datetime64[M]")
    return np.array([np.mean([a_week.get(month, np.nan) for month in week]) for week in days])


def _measured_inside(store: Store, record: Record) -> Record:
    """The record with what is inside the country measured against the months before its first week.

    A run from a strategy on measures it against the months before that, since stays are short; a run of the record has
    to begin where the record does.
    """
    levers = history.recorded_paths(np.array([planning.RECORD]), planning.LEVERS)[0]
    inside = anchors.inside(store, BEGINS)
    shown = {"start": levers, **inside._asdict()}
    return record._replace(**{name: jnp.asarray(value, jnp.float32) for name, value in shown.items()})


def _without_news(forcing: Forcing, later: np.ndarray) -> Forcing:
    """The forcing with no dated event in the weeks that are `later`."""
    quiet = {}
    for name in ("killed", "arrested", "wars", "affront"):
        values = np.array(getattr(forcing, name))
        values[later] = 0.0
        quiet[name] = jnp.asarray(values)
    return forcing._replace(**quiet)


def _season(store: Store, output: str, cutoff: date, as_of: date | None) -> np.ndarray:
    """(12,) multiplier of each calendar month."""
    rows = anchors.monthly(store, output, before=cutoff, as_of=as_of)
    return anchors.anchor(rows, cutoff, name=ABOUT[output].series_id).season


def _observed(store: Store, cutoff: date, as_of: date | None) -> Observed:
    """What a run without noise reads of the series: encounters as the record begins, and the slope of homicides."""

    def anchor(name: str, before: date) -> anchors.Anchor:
        rows = anchors.monthly(store, name, before=before, as_of=as_of)
        return anchors.anchor(rows, before, name=ABOUT[name].series_id)

    encounters, homicides = anchor("encounters", BEGINS), anchor("homicides", cutoff)
    one, none = jnp.ones(()), jnp.zeros(())
    return Observed(
        encounters=jnp.asarray(encounters.level),
        homicides=one,
        deaths=one,
        seized_lb=one,
        homicide_slope=jnp.asarray(homicides.slope),
        homicides_gap_weeks=none,
        deaths_gap_weeks=none,
        scatter=jnp.zeros(4),
        drift=jnp.zeros(4),
    )


def _weights(weeks: np.ndarray, months: np.ndarray) -> np.ndarray:
    """(month, week) share of the days of each week that lie in each month."""
    days = weeks[:, None] + np.arange(7)
    return np.asarray((days.astype("datetime64[M]")[None] == months[:, None, None]).mean(axis=2))
