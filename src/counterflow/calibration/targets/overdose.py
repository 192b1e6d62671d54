"""E: overdose deaths and what explains their fall."""

from __future__ import annotations

from datetime import date
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

from counterflow.calibration.bench import Bench, Study, as_recorded, central, coupled, over_draws, percent, weeks
from counterflow.calibration.published import given
from counterflow.ensemble.planning import NONE
from counterflow.model import history, overdose, supply
from counterflow.model.outputs import ABOUT
from counterflow.model.units import WEEKS_PER_YEAR

SHOCK = next(event.date for event in history.events() if event.kind == "shock")
SERIES = ABOUT["overdose_deaths"].series_id
BEFORE = 78  # weeks before the shock at which the path for E3 starts
AFTER = 100
CUT = {"deliveries": 0.0}
HELD = {"deliveries": 0.0, "secular_trend": 0.0}


def _to_september_2024(bench: Bench, switches: dict[str, float] | None = None) -> np.ndarray:
    """(draw,) deaths of the twelve months to September 2024, without levers, from the shock of mid-2023 on."""
    deaths = coupled(bench, SHOCK, (NONE,), switches=switches)["overdose_deaths"][0]
    total: np.ndarray = deaths @ _days_within(*TO_SEPTEMBER_2024) / 7.0
    return total


def _days_within(first: np.datetime64, until: np.datetime64) -> np.ndarray:
    """(week,) days of each week of a coupled run from the shock on that fall between two days."""
    monday = weeks(SHOCK)
    days: np.ndarray = np.clip((until - monday).astype(int), 0, 7) - np.clip((first - monday).astype(int), 0, 7)
    return days


TO_SEPTEMBER_2024 = np.datetime64("2023-10-01"), np.datetime64("2024-10-01")
BEGIN_2023, END_2023 = np.datetime64("2023-01-01"), np.datetime64("2024-01-01")


def _since_2023(bench: Bench) -> np.ndarray:
    """(draw,) deaths of the twelve months to September 2024 over those of 2023, percent.

    The days of 2023 before the run, which starts with the week before the shock, are those of the official series.
    """
    deaths = coupled(bench, SHOCK, (NONE,))["overdose_deaths"][0]
    begin = weeks(SHOCK)[0]
    recorded = 0.0
    for row in bench.store.observations(SERIES):
        first = np.datetime64(row.date, "M")
        month, after = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")
        if BEGIN_2023 <= month < begin:
            recorded += row.value * float((min(after, begin) - month) / (after - month))
    before = recorded + deaths @ _days_within(begin, END_2023) / 7.0
    change: np.ndarray = percent(_to_september_2024(bench), before)
    return change


def _share_by_supply(bench: Bench) -> np.ndarray:
    """(draw,) share of the fall of deaths until September 2024 that supply explains, on logs, percent."""
    full, without, held = (_to_september_2024(bench, on) for on in (None, CUT, HELD))
    share: np.ndarray = 100.0 * np.log(full / without) / np.log(full / held)
    return share


def _width(values: np.ndarray) -> float:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(high - low)


def _by_levers_of_2025(bench: Bench) -> np.ndarray:
    """(draw,) share of the same fall that the levers of 2025, as recorded, explain, percent."""
    late = as_recorded("recorded", SHOCK, date(2025, 12, 31))
    late = late.model_copy(update={"entries": tuple(one for one in late.entries if one.start >= date(2025, 1, 20))})
    found = coupled(bench, SHOCK, (NONE, late))["overdose_deaths"]
    none, levers = found @ _days_within(*TO_SEPTEMBER_2024) / 7.0
    by_levers: np.ndarray = 100.0 * (none - levers) / none
    return by_levers


# The shape of 2022-25, by choice of parameters.


@cache
def _chosen(seized_lb: float, routes: tuple[float, ...]) -> np.ndarray:
    """(week,) deaths a week by synthetic opioids from BEFORE weeks before the shock on."""
    seen = given("fall_of_2023")
    goods = central("supply", **{name: seen[name] for name in ("L_prec", "tau_prec", "recovers", "stock_weeks")})
    people = central("overdose", **{name: seen[name] for name in ("e_p", "g_oth", "lag_od")})
    at = supply.reference(goods, jnp.asarray(seized_lb), jnp.asarray(routes))
    after = supply.after_precursor_shock(goods, at, AFTER)
    path = jnp.concatenate([jnp.ones(BEFORE), after.relative])
    one, none = jnp.ones(()), jnp.zeros(())

    def advance(state: overdose.State, now: tuple[jax.Array, jax.Array]) -> tuple[overdose.State, jax.Array]:
        return overdose.step(
            state,
            people,
            relative_supply=now[0],
            price=one,
            coverage_change=none,
            week=now[1],
            level=seen["deaths"] / WEEKS_PER_YEAR * one,
            shock=none,
            trend_on=one,
            price_on=none,
        )

    index = jnp.arange(BEFORE + AFTER, dtype=jnp.float32) - BEFORE
    return np.asarray(jax.lax.scan(advance, overdose.initial(), (path, index))[1], np.float64)


def chosen(bench: Bench) -> np.ndarray:
    """(week,) deaths a week of the path with chosen parameters."""
    return _chosen(float(bench.record.seized_lb), tuple(np.asarray(bench.record.route_shares).tolist()))


def _of_twelve_months(bench: Bench) -> np.ndarray:
    """(week,) deaths by all drugs in the 52 weeks up to each week, from week 51 on, scaled to a year."""
    year: np.ndarray = np.convolve(chosen(bench), np.ones(52), mode="valid") * WEEKS_PER_YEAR / 52.0
    return year + given("fall_of_2023")["others"]


def _week_of(day: date) -> int:
    """Position of a day on the path."""
    return BEFORE + (day - SHOCK).days // 7


def _peak(bench: Bench) -> float:
    """Months from the end of August 2023 to the end of the twelve months with most deaths."""
    last = 51 + int(np.argmax(_of_twelve_months(bench)))
    return (last - _week_of(date(2023, 8, 31))) / (WEEKS_PER_YEAR / 12.0)


def _january_2025(bench: Bench) -> float:
    year = _of_twelve_months(bench)
    return float(year[_week_of(date(2025, 1, 31)) - 51] / year.max())


def _rise(bench: Bench) -> float:
    path = chosen(bench)
    early = _week_of(date(2025, 3, 31))
    return float(path[early] / path[: early + 1].min())


STUDIES: dict[str, Study] = {
    "E1": _since_2023,
    "E3.1": _peak,
    "E3.2": _january_2025,
    "E3.3": _rise,
    "E4.1": lambda bench: _width(_share_by_supply(bench)),
    "E4.2": _by_levers_of_2025,
    "E5": over_draws(lambda p: overdose.price_elasticity(p.overdose, p.supply.e_dem, p.supply.e_pur)),
}
