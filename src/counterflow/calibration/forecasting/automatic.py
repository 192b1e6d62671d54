"""ETS and ARIMA that choose their own form, by statsforecast: forecasts that need no knowledge of what is forecast.

Exponential smoothing in its state-space form (Hyndman, Koehler, Ord & Snyder 2008, Forecasting with Exponential
Smoothing) and seasonal ARIMA by stepwise search (Hyndman & Khandakar 2008, J. Stat. Softw. 27(3)), both chosen by AICc,
on the log scale with a season of 12 months. Errors are additive there: multiplied logs mean nothing.

Both fit unbroken series only. A gap is closed by a straight line between its neighbours on the log scale, which takes
the months in it for surer than they are: fit for the one or two months that official series lack, not for years. The
gap between the last published month and the origin is forecast, as if it were horizon.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.special import ndtri

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting.rules import Floats, Rule, history, scores_of_levels
from counterflow.errors import ModelError, UsageError

SEASON = 12
FEWEST_MONTHS = 2 * SEASON  # two of each calendar month, below which no season can be told from chance
_LEVEL = 90  # of the interval that the standard deviation is taken from; it is normal, so any would do


def ets(series: Monthly, origin: np.datetime64, horizon: int, samples: int, seed: int) -> Floats:
    """Samples (sample, horizon) of exponential smoothing, in the series' unit.

    Raises ModelError where fewer than FEWEST_MONTHS months are known before `origin`, UsageError where statsforecast
    is not installed.
    """
    _require()
    from statsforecast.models import AutoETS

    return _forecast(AutoETS(season_length=SEASON, model="AZZ"), series, origin, horizon, samples, seed)


def arima(series: Monthly, origin: np.datetime64, horizon: int, samples: int, seed: int) -> Floats:
    """Samples (sample, horizon) of a seasonal ARIMA, in the series' unit. Raises as `ets` does."""
    _require()
    from statsforecast.models import AutoARIMA

    return _forecast(AutoARIMA(season_length=SEASON), series, origin, horizon, samples, seed)


AUTOMATIC: dict[str, Rule] = {"ets": ets, "arima": arima}


def _require() -> None:
    if find_spec("statsforecast") is None:
        raise UsageError(
            "ETS and ARIMA need statsforecast, not installed here", hint="pip install 'counterflow[calibration]'"
        )


def _forecast(model: Any, series: Monthly, origin: np.datetime64, horizon: int, samples: int, seed: int) -> Floats:
    known = history(series, origin)
    published = ~np.isnan(known.logs)
    if published.sum() < FEWEST_MONTHS:
        raise ModelError(
            f"{series.name}: ETS and ARIMA need {FEWEST_MONTHS} months, and {published.sum()} are known",
            where="forecast",
        )
    places = np.arange(len(known.logs), dtype=np.float64)
    whole = np.interp(places, places[published], known.logs[published])
    found = model.forecast(y=whole, h=known.lead - 1 + horizon, level=[_LEVEL])
    mean, high = (np.asarray(found[name], np.float64)[known.lead - 1 :] for name in ("mean", f"hi-{_LEVEL}"))
    deviation = (high - mean) / ndtri(0.5 + _LEVEL / 200)
    scores = scores_of_levels(known.lead, horizon, samples, seed)
    return known.values(mean + scores * deviation)
