"""Weekly draws become calendar months, and months become quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

Floats = NDArray[np.floating[Any]]


def month_weights(weeks: NDArray[np.datetime64], aggregate: str) -> tuple[list[str], Floats]:
    """How much of each week belongs to each calendar month, the weeks split by their days.

    `weeks` holds week starts, shape (time,), seven days apart. Returns the months (ISO first days) that the
    weeks cover from first to last day, and weights of shape (time, month): for "sum" the share of each
    week's days (so that a flow per week becomes a flow per month), for "mean" the share of the month's days.
    A month that is only partly covered is left out, since its sum would read as a fall.
    """
    days = (weeks.astype("datetime64[D]")[:, None] + np.arange(7)).ravel()
    owner = np.repeat(np.arange(len(weeks)), 7)
    months, index = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    held = np.zeros((len(weeks), len(months)))
    np.add.at(held, (owner, index), 1.0)
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    full = held.sum(axis=0) == length
    held, length, months = held[:, full], length[full], months[full]
    weights = held / 7.0 if aggregate == "sum" else held / length
    return [f"{m}-01" for m in months], weights


def monthly_draws(values: Floats, weeks: NDArray[np.datetime64], aggregate: str) -> tuple[list[str], Floats]:
    """Weekly values of shape (branch, draw, time) as months: ISO months, and values (branch, draw, month)."""
    months, weights = month_weights(weeks, aggregate)
    return months, np.asarray(values, dtype=np.float64) @ weights


def quantiles(draws: Floats) -> Floats:
    """The five LEVELS over draws: (branch, draw, month) gives (level, branch, month)."""
    return np.asarray(np.quantile(draws, LEVELS, axis=1))


def significant(value: float, figures: int = 5) -> float | None:
    """`value` at so many significant figures, None where it is not finite: JSON knows neither NaN nor
    infinity."""
    return float(f"{value:.{figures}g}") if np.isfinite(value) else None
