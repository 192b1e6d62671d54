"""Made-up series and forecasts for the tests of backtests: nothing of the model is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import predicting
from counterflow.calibration.forecasting.backtest import Made
from counterflow.evidence.store import Store

MEMBERS = 60
HORIZON = 3


def month(text: str) -> np.datetime64:
    """A month, datetime64[M]."""
    return np.datetime64(text, "M")


def series(name: str, first: str, values: list[float]) -> Monthly:
    """A series without flags."""
    return Monthly(name, month(first) + np.arange(len(values)), np.array(values, float), ("",) * len(values))


def around(centre: float, spread: float = 0.1, horizon: int = HORIZON, members: int = MEMBERS) -> np.ndarray:
    """Samples (sample, horizon), evenly spaced around a value."""
    return np.repeat(centre * (1 + spread * np.linspace(-1, 1, members))[:, np.newaxis], horizon, axis=1)


def made(name: str, origin: str, **samples: np.ndarray) -> Made:
    """Forecasts of a series whose year before was 100 a month."""
    return Made(name, month(origin), samples, 100.0, {})


def persistent(store: Store, horizon: int, members: int) -> Callable[[date, bool], Mapping[str, np.ndarray]]:
    """A stand-in for the model: the mean of the last known quarter, twice as low where later levers are given."""

    def forecast(origin: date, conditional: bool) -> Mapping[str, np.ndarray]:
        found = {}
        for name in predicting.PARTS:
            known = predicting.actual(store, name, before=origin, as_of=origin)
            centre = known.values[np.isfinite(known.values)][-3:].mean()
            found[name] = around(centre / (2 if conditional else 1), 0.4, horizon, members)
        return found

    return forecast
