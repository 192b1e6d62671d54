"""Observed levels, seasons and scatter at the start of a run, from what was published by then.

Without a fit to the whole record, runs start where the official series stand: the mean of the last 26 weeks
(six published months) with its season taken out. This is not a calibration, and the report says so.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import date
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.schema import Observation
from counterflow.evidence.store import Store
from counterflow.model.outputs import ABOUT

MONTHS = 6  # 26 weeks
SINCE = date(2012, 1, 1)  # seasons and scatter are taken from here on


class Anchor(NamedTuple):
    """One series at the start of a run."""

    level: float  # a week, season taken out
    slope: float  # log change of the last 12 published months over the 12 before
    season: np.ndarray  # (12,) multiplier of each calendar month
    scatter: float  # standard deviation of the log around its 13-month mean, season taken out
    drift: float  # root mean square change over a year of the log of that mean
    first: date  # months that the level was taken from
    last: date
    gap_weeks: float  # from the middle of those months to the start of the run


class Anchors(NamedTuple):
    encounters: Anchor
    homicides: Anchor
    deaths: Anchor
    seized_lb: Anchor


def monthly(store: Store, output: str, *, before: date, as_of: date | None) -> list[Observation]:
    """Months of the official series behind an output that end before a date, geographies added up.

    Months after a change of instrument that must not be spliced are left out: they count something else.
    """
    about = ABOUT[output]
    breaks = [b.date for b in series_habits()[about.series_id].breaks if not b.splice]
    before = min([before, *breaks])
    totals: dict[date, float] = {}
    flags: dict[date, str] = {}
    for geo in about.series_geo or (None,):
        for row in store.observations(about.series_id, geo, as_of=as_of):
            if month_end(row.date) < before:
                totals[row.date] = totals.get(row.date, 0.0) + row.value
                flags[row.date] = row.flag
    return [Observation(date=day, value=totals[day], flag=flags[day]) for day in sorted(totals)]


def month_end(month: date) -> date:
    """Last day of the month of a date."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def anchor(rows: list[Observation], start: date, *, name: str) -> Anchor:
    """Level, slope, season and scatter of a monthly series before `start`.

    Raises EvidenceError where fewer than 36 months are known.
    """
    rows = [row for row in rows if row.date >= SINCE and row.value > 0]
    if len(rows) < 36:
        raise EvidenceError(
            f"{len(rows)} months known before {start}; 36 are needed to start a run",
            where=name,
            hint="Choose a later date with --date.",
        )
    months = np.array([row.date.month for row in rows])
    weekly = np.log([row.value / month_end(row.date).day * 7.0 for row in rows])
    kernel = np.r_[0.5, np.ones(11), 0.5] / 12.0
    smooth = np.convolve(weekly, kernel, mode="valid")
    deviation, its_month = weekly[6:-6] - smooth, months[6:-6]
    season = np.array([np.median(deviation[its_month == month]) for month in range(1, 13)])
    season -= np.log(np.mean(np.exp(season)))
    residual = deviation - season[its_month - 1]
    over_a_year = smooth[12:] - smooth[:-12]
    adjusted = weekly - season[months - 1]
    return Anchor(
        level=float(np.mean(np.exp(adjusted[-MONTHS:]))),
        slope=float(np.mean(adjusted[-12:]) - np.mean(adjusted[-24:-12])),
        season=np.exp(season),
        # Months that stand out are breaks of policy, not scatter: hence the median. A random walk, though, has the
        # mean square of its changes, wild years included.
        scatter=float(1.4826 * np.median(np.abs(residual - np.median(residual)))),
        drift=float(np.sqrt(np.mean(over_a_year**2))),
        first=rows[-MONTHS].date,
        last=rows[-1].date,
        gap_weeks=(start - (rows[-MONTHS].date + (month_end(rows[-1].date) - rows[-MONTHS].date) / 2)).days / 7.0,
    )


def weeks_since_shock(start: date, as_of: date | None) -> float:
    """Weeks from the precursor shock of forcings.toml to `start`: below 0 if it is still to come. A shock that was
    not known by `as_of` is taken for long past, which leaves supply as it is."""
    raw = tomllib.loads((files("counterflow.model") / "forcings.toml").read_text(encoding="utf-8"))
    shock = raw["precursor_shock"]
    if as_of is not None and shock["known_from"] >= as_of.year:
        return 1e5
    return float((start - shock["start"]).days / 7.0)


def observe(store: Store, start: date, as_of: date | None = None) -> Anchors:
    """Anchors for a run that starts in the week of `start`, from what was published by `as_of` (None = by now)."""

    def one(output: str) -> Anchor:
        return anchor(monthly(store, output, before=start, as_of=as_of), start, name=ABOUT[output].series_id)

    return Anchors(one("encounters"), one("homicides"), one("overdose_deaths"), one("fentanyl_seized_border_lb"))
