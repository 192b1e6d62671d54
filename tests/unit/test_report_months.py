"""Weeks become calendar months, and draws become quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.report.assessment.monthly import month_weights, monthly_draws, quantiles, significant


def weeks(first: str, count: int) -> np.ndarray:
    return np.datetime64(first, "D") + 7 * np.arange(count)


@given(st.integers(0, 3000), st.integers(6, 120))
def test_a_constant_stock_keeps_its_level_and_a_constant_flow_follows_the_days(shift: int, count: int) -> None:
    starts = weeks("2019-01-07", count) + 7 * (shift // 7)
    months, stock = month_weights(starts, "mean")
    _, flow = month_weights(starts, "sum")
    days = [(np.datetime64(m[:7], "M") + 1).astype("datetime64[D]") - np.datetime64(m) for m in months]
    np.testing.assert_allclose(stock.sum(axis=0), 1.0)
    np.testing.assert_allclose(7 * flow.sum(axis=0), [d.astype(int) for d in days])


def test_a_week_is_split_between_two_months_by_its_days() -> None:
    starts = weeks("2024-12-30", 10)  # 30 and 31 December, then five days of January
    values = np.zeros((1, 1, 10))
    values[0, 0, 0] = 70.0
    months, monthly = monthly_draws(values, starts, "sum")
    assert months == ["2025-01-01", "2025-02-01"]
    np.testing.assert_allclose(monthly[0, 0], [50.0, 0.0])


def test_a_month_that_is_only_partly_covered_is_left_out() -> None:
    months, _ = month_weights(weeks("2025-01-20", 8), "sum")
    assert months == ["2025-02-01"]


def test_quantiles_run_over_draws() -> None:
    draws = np.arange(101, dtype=float).reshape(1, 101, 1)
    np.testing.assert_allclose(quantiles(draws)[:, 0, 0], [5, 25, 50, 75, 95])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_becomes_a_gap(value: float) -> None:
    assert significant(value) is None
