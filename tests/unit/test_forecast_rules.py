"""What simple and automatic rules forecast: from which value, how wide, over which gaps, and from nothing later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import automatic
from counterflow.calibration.forecasting.automatic import AUTOMATIC, arima, ets
from counterflow.calibration.forecasting.rules import (
    FEWEST,
    HALVING,
    RULES,
    Floats,
    Rule,
    history,
    persistence,
    seasonal_persistence,
    spread,
)
from counterflow.errors import ModelError, UsageError

ORIGIN = np.datetime64("2024-01", "M")
SIMPLE = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def monthly(values: Sequence[float] | Floats, last: str = "2023-11") -> Monthly:
    """A series of these values whose last month is `last`."""
    end = np.datetime64(last, "M")
    months = np.arange(end - len(values) + 1, end + 1)
    return Monthly("made", months, np.asarray(values, float), ("",) * len(values))


def walk(count: int, step: float = 0.1, seed: int = 0) -> Floats:
    return np.asarray(1000 * np.exp(np.random.default_rng(seed).normal(0, step, count).cumsum()))


def seasons(years: int, noise: float = 0.02, seed: int = 0) -> Floats:
    """A strong season and little else, from January on."""
    months = np.arange(12 * years)
    chance = np.random.default_rng(seed).normal(0, noise, len(months))
    return 1000 * np.exp(np.sin(2 * np.pi * months / 12) + chance)


def test_persistence_carries_the_last_published_value_on() -> None:
    values = walk(60)
    medians = np.median(persistence(monthly(values), ORIGIN, 12, 1001, 0), axis=0)
    np.testing.assert_allclose(medians, values[-1], rtol=1e-12)


def test_a_gap_at_the_end_is_carried_over_and_widens_the_forecast() -> None:
    values = walk(60)
    late = np.append(values, [np.nan, np.nan])
    whole, gapped = (persistence(monthly(each), ORIGIN, 4, 1001, 0) for each in (values, late))
    np.testing.assert_allclose(np.median(gapped, axis=0), values[-1], rtol=1e-12)
    waited = persistence(monthly(values, "2023-09"), ORIGIN, 4, 1001, 0)
    np.testing.assert_array_equal(gapped, waited)
    assert np.ptp(gapped[:, 0]) > np.ptp(whole[:, 0])


def test_the_spread_of_a_lead_is_what_changes_over_it_were() -> None:
    """Changes of 0.2 up and down, so that two months later all is as before: no spread over two months."""
    logs = np.tile([0.0, 0.2], 30)
    assert spread(logs, 1) == pytest.approx(0.2)
    assert spread(logs, 2) == 0.0
    assert spread(logs, 3) == pytest.approx(0.2)


def test_older_changes_count_half_for_every_halving() -> None:
    logs = np.zeros(int(HALVING) + 2)
    logs[1:] = 1.0  # one change, HALVING months before the latest
    weights = 0.5 ** (np.arange(len(logs) - 1) / HALVING)
    assert spread(logs, 1) == pytest.approx(np.sqrt(0.5 / weights.sum()))


def test_a_lead_beyond_the_history_is_extrapolated_as_a_random_walk() -> None:
    logs = np.log(walk(FEWEST + 3))  # FEWEST changes over 3 months, fewer over more
    assert spread(logs, 12) == pytest.approx(spread(logs, 3) * 2)


def test_changes_across_a_gap_are_not_made_up() -> None:
    logs = np.log(walk(80))
    logs[30:33] = np.nan
    changes = logs[1:] - logs[:-1]
    known = ~np.isnan(changes)
    weights = 0.5 ** (np.arange(79)[::-1] / HALVING)
    expected = np.sqrt((weights * changes**2)[known].sum() / weights[known].sum())
    assert spread(logs, 1) == pytest.approx(expected)


def test_seasonal_persistence_takes_the_same_month_of_the_last_published_year() -> None:
    values = seasons(6)[:-1]  # to November 2023
    medians = np.median(seasonal_persistence(monthly(values), ORIGIN, 12, 1001, 0), axis=0)
    np.testing.assert_allclose(medians[:11], values[-11:], rtol=1e-12)  # January to November
    np.testing.assert_allclose(medians[11], values[-12], rtol=1e-12)  # December, last published in 2022


def test_seasonal_persistence_goes_back_a_year_more_where_a_month_is_missing() -> None:
    values = seasons(6)[:-1]
    values[-11] = np.nan  # January 2023
    found = seasonal_persistence(monthly(values), ORIGIN, 2, 1001, 0)
    np.testing.assert_allclose(np.median(found, axis=0), [values[-23], values[-10]], rtol=1e-12)


def test_a_season_is_narrow_for_the_rule_that_follows_it() -> None:
    series = monthly(seasons(8)[:-1])
    width = {name: np.ptp(rule(series, ORIGIN, 6, 200, 0)[:, 4]) for name, rule in RULES.items()}
    assert width["seasonal_persistence"] < width["persistence"] / 5


@SIMPLE
def test_nothing_from_the_origin_on_plays_a_part(rule: Rule) -> None:
    values = walk(60)
    known = rule(monthly(values), ORIGIN, 12, 50, 3)
    later = monthly(np.append(values, [np.nan, 1e9, 1.0]), "2024-02")
    np.testing.assert_array_equal(rule(later, ORIGIN, 12, 50, 3), known)


@SIMPLE
def test_forecasts_are_reproducible_and_seeds_set_only_their_order(rule: Rule) -> None:
    series = monthly(walk(60))
    first, again, other = (rule(series, ORIGIN, 12, 99, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_allclose(np.sort(first, axis=0), np.sort(other, axis=0), rtol=1e-12)


@SIMPLE
def test_a_sample_moves_from_month_to_month_and_does_not_jump(rule: Rule) -> None:
    found = rule(monthly(walk(120)), ORIGIN, 12, 2000, 0)
    ranks = np.asarray(np.corrcoef(found.argsort(axis=0).argsort(axis=0).T))
    assert ranks[5, 6] > 0.8
    assert ranks[0, 11] < ranks[5, 6] - 0.2


@SIMPLE
def test_zeros_are_allowed_and_nothing_is_below_zero(rule: Rule) -> None:
    values = walk(60)
    values[[10, 20, 58, 59]] = 0.0
    found = rule(monthly(values), ORIGIN, 12, 200, 0)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_array_equal(rule(monthly(np.zeros(40)), ORIGIN, 12, 5, 0), 0.0)


@SIMPLE
def test_nine_tenths_of_random_walks_end_in_the_central_nine_tenths(rule: Rule) -> None:
    inside = []
    for seed in range(150):
        values = walk(132, seed=seed)
        found = rule(monthly(values[:119]), ORIGIN, 12, 100, 0)  # the 119 end in November, the forecast a month later
        low, high = np.quantile(found, [0.05, 0.95], axis=0)
        inside.append((values[120:132] >= low) & (values[120:132] <= high))
    assert np.mean(inside) == pytest.approx(0.9, abs=0.05)


def test_what_is_not_known_yet_is_said() -> None:
    with pytest.raises(ModelError, match="nothing was published before 2024-01"):
        persistence(monthly([1.0, 2.0], "2024-05"), ORIGIN, 3, 10, 0)
    for few in ([1.0], walk(FEWEST)):
        with pytest.raises(ModelError, match="12 past changes"):
            persistence(monthly(few), ORIGIN, 3, 10, 0)
    assert persistence(monthly(walk(FEWEST + 1)), ORIGIN, 3, 10, 0).shape == (10, 3)
    with pytest.raises(ModelError, match="no value yet"):
        seasonal_persistence(monthly(walk(8)), ORIGIN, 12, 10, 0)
    with pytest.raises(ModelError, match="24 months, and 23"):
        automatic._forecast(None, monthly(walk(23)), ORIGIN, 3, 10, 0)


def test_history_begins_and_ends_with_a_published_month() -> None:
    known = history(monthly([np.nan, 3.0, np.nan, 5.0, np.nan]), ORIGIN)
    assert known.lead == 3  # October, November, December, January
    np.testing.assert_allclose(known.values(known.logs), [3.0, np.nan, 5.0])


@pytest.mark.parametrize("rule", AUTOMATIC.values(), ids=list(AUTOMATIC))
def test_without_the_extra_automatic_rules_say_what_to_install(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"counterflow\[calibration\]"):
        rule(monthly(walk(60)), ORIGIN, 12, 10, 0)


@pytest.mark.parametrize("rule", [ets, arima])
def test_automatic_rules_find_a_season_over_a_gap_and_carry_zeros(rule: Rule) -> None:
    pytest.importorskip("statsforecast")
    values = seasons(5)
    truth = 1000 * np.exp(np.sin(2 * np.pi * np.arange(12) / 12))
    gapped = values[:-1].copy()
    gapped[30:32] = np.nan
    found = rule(monthly(gapped), ORIGIN, 12, 501, 0)
    np.testing.assert_allclose(np.median(found, axis=0), truth, rtol=0.1)
    low, high = np.quantile(found, [0.05, 0.95], axis=0)
    assert (high / low < 1.25).all()
    gapped[[3, 45]] = 0.0
    zeros = rule(monthly(gapped), ORIGIN, 12, 50, 0)
    assert np.isfinite(zeros).all()
    assert (zeros >= 0).all()


@pytest.mark.parametrize("rule", [ets, arima])
def test_automatic_rules_give_a_series_that_never_moves_back(rule: Rule) -> None:
    pytest.importorskip("statsforecast")
    np.testing.assert_allclose(rule(monthly([7.0] * 40), ORIGIN, 12, 20, 0), 7.0, rtol=1e-3)
