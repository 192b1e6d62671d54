"""What the official series show: levels, seasons and scatter at the start of a run, from what was published by then,
and the means of 2022-24 that couplings are measured against.

Runs start where the official series stand, fitted to the record or not: the mean of the last 26 weeks (six published
months) with its season taken out.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from counterflow.errors import EvidenceError
from counterflow.evidence.catalog import series_habits
from counterflow.evidence.schema import Observation
from counterflow.evidence.store import Store
from counterflow.model.outputs import ABOUT

MONTHS = 6  # 26 weeks
MIX = 12  # months whose sums give shares of sectors, routes and states
DAYS_PER_YEAR = 365.25
SINCE = date(2012, 1, 1)  # seasons and scatter are taken from here on
YEARS = (date(2022, 1, 1), date(2025, 1, 1))  # the reference: from the first day on, before the second
SHORT, BEFORE = 12, 24  # with fewer months of the reference known, the months before the start are taken

SECTORS = (
    "San Diego",
    "El Centro",
    "Yuma",
    "Tucson",
    "El Paso",
    "Big Bend",
    "Del Rio",
    "Laredo",
    "Rio Grande Valley",
)
FIELD_OFFICES = ("San Diego", "Tucson", "El Paso", "Laredo")
ROUTES = (*(f"{name} Field Office" for name in FIELD_OFFICES), *(f"{name} Sector" for name in SECTORS))


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


class Inside(NamedTuple):
    """What is inside the country: means of the last published months before a date."""

    bookins_border: float  # people arrested by CBP booked into ICE detention, a week
    detained_border: float  # people in ICE detention, arrested by CBP
    detained_interior: float  # the same, arrested by ICE
    removals: float  # a year


class Reference(NamedTuple):
    """Means of 2022-24, or of the months that stand in for them (`span`); shares of the last published year, and
    what is inside the country of the last published months, before the start."""

    encounters: float  # a week, Border Patrol, southwest
    homicides: float  # files a week, Mexico
    deaths: float  # a week, US, involving synthetic opioids
    seized_lb: float  # gross pounds of fentanyl a week, southwest border
    sector_shares: np.ndarray  # (sector,) of encounters, in the order of SECTORS
    state_shares: np.ndarray  # (state,) of victims of homicide, states in the order of the series
    route_shares: np.ndarray  # (route,) of fentanyl pounds, in the order of ROUTES
    bookins_border: float  # people arrested by CBP booked into ICE detention, a week
    detained_border: float  # people in ICE detention, arrested by CBP
    detained_interior: float  # the same, arrested by ICE
    removals: float  # a year
    ports: float  # encounters at southwest ports, a week, those by appointment left out
    nationwide: float  # Border Patrol encounters nationwide over those of the southwest


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
            hint="Choose a later date.",
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


def observe(store: Store, start: date, as_of: date | None = None) -> Anchors:
    """Anchors for a run that starts in the week of `start`, from what was published by `as_of` (None = by now)."""

    def one(output: str) -> Anchor:
        return anchor(monthly(store, output, before=start, as_of=as_of), start, name=ABOUT[output].series_id)

    return Anchors(one("encounters"), one("homicides"), one("overdose_deaths"), one("fentanyl_seized_border_lb"))


def span(start: date | None) -> tuple[date, date]:
    """First day of the reference, and the day after its last, for a run that starts on a date (None = today).

    2022-24 as far as it lies before the start; where that is less than a year, the 24 months before the start.
    """
    first, last = YEARS
    if start is None or start >= last:
        return first, last
    if start >= _months_later(first, SHORT):
        return first, start
    return _months_later(start, -BEFORE), start


def _months_later(day: date, months: int) -> date:
    """The first day of the month that lies so many months after a date's."""
    return date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)


def _before(store: Store, series: str, geo: str, start: date, as_of: date | None, count: int) -> dict[date, float]:
    """The last `count` published months that are over before the start; fewer where fewer are known."""
    known = {row.date: row.value for row in store.observations(series, geo, as_of=as_of) if month_end(row.date) < start}
    return {day: known[day] for day in sorted(known)[-count:]}


def _in_reference(store: Store, series: str, geo: str, start: date, as_of: date | None) -> dict[date, float]:
    """Published months of a series that belong to the reference: those of `span`, or the last 24 before the start.

    Raises EvidenceError where fewer than 12 are known.
    """
    known = {
        row.date: row.value
        for row in store.observations(series, geo, as_of=as_of)
        if month_end(row.date) < start  # a month that the start falls into is not over
    }
    inside = {day: value for day, value in known.items() if YEARS[0] <= day < YEARS[1]}
    if len(inside) < SHORT or start < _months_later(YEARS[0], SHORT):
        inside = {day: known[day] for day in sorted(known)[-BEFORE:]}
    if len(inside) < SHORT:
        raise EvidenceError(
            f"{len(inside)} months known before {start}; {SHORT} are needed for a reference",
            where=series,
            hint="Choose a later date.",
        )
    return inside


def reference(store: Store, start: date, as_of: date | None = None) -> Reference:
    """What couplings are measured against in a run that starts in the week of `start`, as published by `as_of`.

    Shares are of sums over the months that all parts have. The port encounters are those counted at the ports less
    the CBP One appointments of the same months; a month without a published count of appointments, from the first one
    on, is left out. Raises EvidenceError where fewer than 12 months of a series are known.
    """

    def months(series: str, geo: str) -> dict[date, float]:
        return _in_reference(store, series, geo, start, as_of)

    def a_day(series: str, *geos: str) -> float:
        parts = [months(series, geo) for geo in geos]
        return sum(sum(part.values()) for part in parts) / _days(parts[0])

    def output(name: str) -> float:
        about = ABOUT[name]
        geos = about.series_geo or (store.about(about.series_id).default_geo,)
        return 7.0 * a_day(about.series_id, *geos)

    def last(series: str, geo: str, count: int) -> dict[date, float]:
        return _before(store, series, geo, start, as_of, count)

    def shares(series: str, geos: Sequence[str]) -> np.ndarray:
        parts = [last(series, geo, MIX) for geo in geos]
        common = set.intersection(*(set(part) for part in parts))
        sums = np.array([sum(part[day] for day in common) for part in parts])
        return np.asarray(sums / sums.sum())

    southwest = months("usbp_encounters_sw", "southwest")
    everywhere = months("usbp_encounters_nationwide", "united_states")
    both = southwest.keys() & everywhere.keys()
    return Reference(
        encounters=output("encounters"),
        homicides=output("homicides"),
        deaths=output("overdose_deaths"),
        seized_lb=output("fentanyl_seized_border_lb"),
        sector_shares=shares("usbp_encounters_sector", SECTORS),
        state_shares=shares("homicide_victims_mx_state", store.about("homicide_victims_mx_state").geos),
        route_shares=shares("cbp_fentanyl_seizures_sector", ROUTES),
        **inside(store, start, as_of)._asdict(),
        ports=7.0 * _beside_appointments(store, months("ofo_encounters_sw", "southwest"), as_of),
        nationwide=sum(everywhere[day] for day in both) / sum(southwest[day] for day in both),
    )


def inside(store: Store, start: date, as_of: date | None = None) -> Inside:
    """What was inside the country before the week of `start`: means of the last six published months, or of as many
    as there are."""

    def recent(series: str, geo: str) -> dict[date, float]:
        return _before(store, series, geo, start, as_of, MONTHS)

    def mean(geo: str) -> float:
        return float(np.mean(list(recent("ice_detained_adp", geo).values())))

    def a_day(series: str, geo: str) -> float:
        found = recent(series, geo)
        return sum(found.values()) / _days(found)

    return Inside(
        bookins_border=7.0 * a_day("ice_bookins", "CBP"),
        detained_border=mean("CBP"),
        detained_interior=mean("ICE"),
        removals=DAYS_PER_YEAR * a_day("dhs_removals", "united_states"),
    )


def _days(months: Iterable[date]) -> int:
    return sum(month_end(day).day for day in months)


def _beside_appointments(store: Store, at_ports: dict[date, float], as_of: date | None) -> float:
    """Encounters a day at the ports, those by appointment left out."""
    made = {row.date: row.value for row in store.observations("cbp_one_appointments", as_of=as_of)}
    begun = min(made, default=date.max)
    counted = [day for day in at_ports if day < begun or day in made]
    return sum(at_ports[day] - made.get(day, 0.0) for day in counted) / _days(counted)
