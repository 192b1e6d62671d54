"""What a fit and a backtest know of the levers at a cut-off: nothing of the months to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import jax
import numpy as np
import pytest

from counterflow.calibration.fitting.given import given
from counterflow.calibration.fitting.known_levers import as_known
from counterflow.ensemble.planning import LEVERS
from counterflow.evidence.store import Store
from counterflow.model.history import recorded_paths

WEEKS = np.arange(np.datetime64("2019-01-07"), np.datetime64("2025-12-29"), 7)


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.open()


def mean(store: Store, series: str, geo: str | None, as_of: date, first: date) -> float:
    rows = store.observations(series, geo, as_of=as_of)
    return float(np.mean([row.value for row in rows if row.date >= first]))


def test_a_step_that_is_a_mean_of_a_series_is_that_of_the_months_published(store: Store) -> None:
    day = date(2024, 1, 1)
    paths = as_known(recorded_paths(WEEKS, LEVERS), WEEKS, store, day)
    beds = paths[np.datetime64(day) > WEEKS, LEVERS.index("interior.detention")]
    # The step of October 2023 to November 2024, of which October and November 2023 were published; it is rounded.
    assert beds[-1] == pytest.approx(mean(store, "ice_detained_adp", "Total", day, date(2023, 10, 1)), rel=0.002)
    assert beds[-1] != recorded_paths(WEEKS, LEVERS)[260, LEVERS.index("interior.detention")]


def test_steps_that_were_over_and_steps_of_dated_acts_stay(store: Store) -> None:
    day = np.datetime64("2024-01-01")
    before, after = recorded_paths(WEEKS, LEVERS), as_known(recorded_paths(WEEKS, LEVERS), WEEKS, store, day.item())
    over = np.datetime64("2023-09-25") > WEEKS
    np.testing.assert_array_equal(after[over], before[over])
    for name in ("asylum.restriction", "border.agents", "military.deployment"):
        column = LEVERS.index(name)
        np.testing.assert_array_equal(after[day > WEEKS, column], before[day > WEEKS, column])


def test_a_step_of_which_no_month_was_published_has_the_last_ones_before(store: Store) -> None:
    day = date(2025, 1, 1)  # a step begins in December 2024, and November is the last month published
    paths = as_known(recorded_paths(WEEKS, LEVERS), WEEKS, store, day)
    beds = paths[np.searchsorted(WEEKS, np.datetime64("2024-12-16")), LEVERS.index("interior.detention")]
    assert beds == pytest.approx(mean(store, "ice_detained_adp", "Total", day, date(2024, 6, 1)), rel=0.02)


@pytest.mark.parametrize(("cutoff", "series"), [(date(2023, 1, 1), "expelled"), (date(2025, 1, 1), "appointments")])
def test_what_ended_after_a_cutoff_goes_on_unless_later_acts_are_given(store: Store, cutoff: date, series: str) -> None:
    held, came = (
        np.asarray(getattr(given(store, cutoff, horizon=12, as_of=cutoff, conditional=known).inputs.forcing, series))
        for known in (False, True)
    )
    assert held[-1] > 0.0
    assert came[-1] == 0.0


def test_levers_stay_as_they_were_in_the_week_before_the_cutoff(store: Store) -> None:
    at = given(store, date(2025, 1, 1), horizon=12, as_of=date(2025, 1, 1))
    levers = np.asarray(at.inputs.forcing.levers)
    later = np.asarray(at.inputs.forcing.week) >= 0.0
    assert later.sum() > 50
    assert (levers[later] == levers[~later][-1]).all()
