"""The official series that the model is fitted to, by calendar month, as they were known on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from counterflow.errors import ModelError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.store import Store

STEP = 1.0 / np.sqrt(12.0)  # standard deviation of what rounding to whole steps hides, in steps
UNUSABLE = ("partial_month",)  # flags of figures that do not stand for their month
JUMP = 0.2  # standard deviation of the log by which a change of definition may move a series


class Monthly(NamedTuple):
    """One official series by calendar month, as known on a day."""

    name: str  # key of observed.toml
    months: np.ndarray  # (month,) datetime64[M], every calendar month from the first to the last published
    values: np.ndarray  # (month,) in the series' unit, NaN where nothing was published
    flags: tuple[str, ...]  # (month,) "" where there is none


class About(BaseModel):
    """A fitted series; see the head of observed.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    series: str
    geos: tuple[str, ...]
    model: str
    count: float
    scatter: float
    over: str = ""
    reported_over: dict[str, tuple[float, float]] = {}


class Figure(BaseModel):
    """A published figure for a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date
    until: date
    value: float
    known: date
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Figure:
        if not self.first < self.until < self.known or self.value <= 0:
            raise ValueError("first < until < known and a value above 0 are needed")
        return self


class Points(BaseModel):
    """Published single figures of one quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    what: str
    model: str
    over: str = ""
    source: str
    figures: tuple[Figure, ...]


class Observed(NamedTuple):
    """What a fit is held against, on the months of a run of the record. Axes: month, series."""

    names: tuple[str, ...]
    about: tuple[About, ...]
    logs: np.ndarray  # (month, series) logs of what was published, NaN where nothing is known
    measured: np.ndarray  # (month, series) variance of the log by counting, rounding and provisional reporting
    jumps: np.ndarray  # (month, series) variance that a change of definition adds in its month
    scatter: np.ndarray  # (series,) likely size of what does not persist from month to month, on the log


@cache
def fitted() -> tuple[tuple[About, ...], tuple[Points, ...]]:
    """observed.toml, each part of a series by itself. Raises ModelError naming the entry that is not valid."""
    raw = tomllib.loads((files("counterflow.calibration.fitting") / "observed.toml").read_text(encoding="utf-8"))
    points = raw.pop("point")
    try:
        series = []
        for name, fields in raw.items():
            parts: dict[str, Any] = {place: {"geos": [place]} for place in fields.pop("each", ())}
            for part, changed in (parts or {"": {}}).items():
                series.append(About(name=f"{name}: {part}" if part else name, **{**fields, **changed}))
        return tuple(series), tuple(Points(name=name, **fields) for name, fields in points.items())
    except ValidationError as error:
        raise ModelError(error.errors()[0]["msg"], where=f"fitting/observed.toml, {name}") from error


def monthly(store: Store, about: About, *, cutoff: date, as_of: date | None) -> Monthly:
    """The months of a series that end before `cutoff`, as published by `as_of` (None: all that the store has).

    Geographies are added up. Months after a change of instrument that must not be spliced are left out.
    """
    limit = min([cutoff, *(b.date for b in series_habits()[about.series].breaks if not b.splice)])
    found: dict[np.datetime64, float] = {}
    flags: dict[np.datetime64, str] = {}
    for geo in about.geos:
        for row in store.observations(about.series, geo, as_of=as_of):
            if row.date < limit:
                month = np.datetime64(row.date, "M")
                found[month] = found.get(month, 0.0) + row.value
                flags[month] = row.flag
    if not found:
        return Monthly(about.name, np.array([], "datetime64[M]"), np.array([]), ())
    months = np.arange(min(found), max(found) + 1)
    named = tuple(flags.get(month, "") for month in months)
    values = np.array(
        [np.nan if flag in UNUSABLE else found.get(month, np.nan) for month, flag in zip(months, named, strict=True)]
    )
    return Monthly(about.name, months, values, named)


def observed(store: Store, months: np.ndarray, *, cutoff: date, as_of: date | None) -> Observed:
    """All fitted series on `months` (month,)."""
    abouts, _ = fitted()
    whole = {about.name: monthly(store, about, cutoff=cutoff, as_of=as_of) for about in abouts}
    logs, measured, jumps = (np.zeros((len(months), len(abouts))) for _ in range(3))
    for column, about in enumerate(abouts):
        values, flags = on(whole[about.name], months)
        logs[:, column], measured[:, column] = _log(about, values, flags)
        if about.over:
            below, _ = on(whole[about.over], months)
            share = values / below if about.model != "sector" else values / (below - values)
            logs[:, column] = np.log(np.where(share > 0.0, share, np.nan))
        for change in series_habits()[about.series].breaks:
            jumps[months == np.datetime64(change.date, "M"), column] = JUMP**2
    measured = np.where(np.isfinite(logs), measured, 1.0)
    scatter = np.array([about.scatter for about in abouts])
    return Observed(tuple(about.name for about in abouts), abouts, logs, measured, jumps, scatter)


def on(series: Monthly, months: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Values and flags of a series on `months`, NaN and "" where it has none."""
    where = {month: position for position, month in enumerate(series.months)}
    at = [where.get(month) for month in months]
    values = np.array([np.nan if position is None else series.values[position] for position in at])
    return values, tuple("" if position is None else series.flags[position] for position in at)


def _log(about: About, values: np.ndarray, flags: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Logs of values and the variance of what stands between them and what happened, by the delta method."""
    positive = np.where(values > 0.0, values, np.nan)
    logs, variance = np.log(positive), about.count / positive
    rounded = np.array([10.0 if flag == "rounded_to_10" else 0.0 for flag in flags])
    variance = variance + (STEP * rounded / positive) ** 2
    for flag, (excess, spread) in about.reported_over.items():
        provisional = np.array([flag == named for named in flags])
        logs = logs - np.where(provisional, np.log1p(excess), 0.0)
        variance = variance + np.where(provisional, spread**2, 0.0)
    return logs, variance
