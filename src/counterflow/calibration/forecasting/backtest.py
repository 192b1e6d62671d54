"""Backtests: forecasts from past origins with what was known then, by the model and by rules that know nothing of it.

At every origin the model's forecast is made from the posterior of the latest January by then, on what had been
published by the origin's first day; the rules get the same months. What came is compared later, in `skill`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from typing import NamedTuple

import jax
import numpy as np

from counterflow.calibration import bundled
from counterflow.calibration.fitting.observed import Monthly, on
from counterflow.calibration.forecasting import predicting
from counterflow.calibration.forecasting.automatic import AUTOMATIC
from counterflow.calibration.forecasting.rules import RULES, Rule
from counterflow.calibration.forecasting.scoring import Floats
from counterflow.errors import EvidenceError, ModelError, UsageError
from counterflow.evidence.store import Store

MODEL, BLEND = "model", "blend"
BLENDED = (MODEL, *RULES)  # what a blend is made of; it needs nothing that is not always installed
RIVALS: tuple[str, ...] = (*RULES, *AUTOMATIC)  # what the model is held against
SCALING = 12  # last published months whose mean scores are divided by
MEMBERS = 600  # samples of each forecast
FIRST_YEAR = 2021

Model = Callable[[date, bool], Mapping[str, Floats]]  # samples (sample, horizon) by series; True: later levers given
Progress = Callable[[str, int, int], None]


class Made(NamedTuple):
    """Forecasts of one series from one origin."""

    name: str  # of predicting.PARTS
    origin: np.datetime64  # datetime64[M], the first month that is forecast
    samples: Mapping[str, Floats]  # by method: (sample, horizon) in the series' unit
    scale: float  # mean of the last SCALING published months: what scores are divided by
    missing: Mapping[str, str]  # rules that could not be formed, and why


def month(text: str) -> date:
    """The first day of a month YYYY-MM. Raises UsageError for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}", text) or not ("01" <= text[5:] <= "12") or text[:4] == "0000":
        raise UsageError(f"a month is written YYYY-MM, as in 2024-01, not {text!r}")
    return date(int(text[:4]), int(text[5:]), 1)


def first_of(month: np.datetime64) -> date:
    """The first day of a month, datetime64[M]."""
    day: date = month.astype("datetime64[D]").item()
    return day


def cutoffs_of(text: str, last: date) -> tuple[date, ...]:
    """The cut-offs of a list such as "2021-01,2022-01", in order.

    Raises UsageError for one that is no month, comes twice, or lies before the first bundled posterior or after `last`.
    """
    found = [month(part.strip()) for part in text.split(",")]
    twice = [day for day in found if found.count(day) > 1]
    if twice:
        raise UsageError(f"the cut-off {twice[0]:%Y-%m} is named twice")
    for day in found:
        known_at(day)
        if day > last:
            raise UsageError(f"of what came after {day:%Y-%m} nothing is published; the last cut-off is {last:%Y-%m}")
    return tuple(sorted(found))


def known_at(origin: date) -> str:
    """The name of the bundled posterior known at an origin: that of the latest January.

    Raises UsageError before the first, EvidenceError where none is bundled.
    """
    folder = bundled.known_by(origin)
    if folder is None:
        bundled.latest()  # says so where there is none at all
        raise UsageError(
            f"{origin:%Y-%m} lies before {FIRST_YEAR}-01, and no posterior was fitted to what was known before then"
        )
    return folder.name


@lru_cache(maxsize=8)
def fitted(name: str) -> bundled.Fitted:
    """A bundled posterior, read once."""
    return bundled.read(bundled.FOLDER / name)


def by_posteriors(store: Store, *, horizon: int, members: int = MEMBERS, seed: int = 0) -> Model:
    """The model's forecasts from the posterior and the months known at each origin."""

    def forecast(origin: date, conditional: bool) -> Mapping[str, Floats]:
        with jax.enable_x64(True):
            return predicting.forecast(
                store,
                fitted(known_at(origin)),
                origin,
                horizon=horizon,
                as_of=origin,
                conditional=conditional,
                members=members,
                seed=seed,
            )

    return forecast


def scale_of(known: Monthly) -> float:
    """The mean of the last SCALING published months; of one alone some are near zero.

    Raises EvidenceError where nothing is published, or nothing above zero.
    """
    values = known.values[np.isfinite(known.values)][-SCALING:]
    if values.size == 0 or not values.mean() > 0:
        raise EvidenceError(f"{known.name}: no month above zero is published", where="forecast")
    return float(values.mean())


def by_rules(
    known: Monthly, origin: np.datetime64, horizon: int, rules: Mapping[str, Rule], members: int, seed: int
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Samples (sample, horizon) of each rule that can be formed from what is known, and of the others why not."""
    samples, missing = {}, {}
    for name, rule in rules.items():
        try:
            samples[name] = rule(known, origin, horizon, members, seed)
        except ModelError as error:
            missing[name] = error.message
    return samples, missing


def made(
    store: Store,
    model: Model,
    origin: date,
    *,
    horizon: int = 12,
    rules: Mapping[str, Rule] = RULES,
    names: Sequence[str] = tuple(predicting.PARTS),
    members: int = MEMBERS,
    seed: int = 0,
) -> list[Made]:
    """Every series' forecasts from an origin, by the model and by `rules`, on what was published by its first day."""
    by_model = model(origin, False)
    at = np.datetime64(origin, "M")
    found = []
    for name in names:
        known = predicting.actual(store, name, before=origin, as_of=origin)
        samples, missing = by_rules(known, at, horizon, rules, members, seed)
        samples = {MODEL: np.asarray(by_model[name], np.float64), **samples}
        found.append(Made(name, at, samples, scale_of(known), missing))
    return found


def rivals() -> tuple[dict[str, Rule], str]:
    """The rules that can be asked here, and a sentence about those that cannot."""
    if find_spec("statsforecast") is None:
        return dict(RULES), (
            "ETS and ARIMA are left out: statsforecast is not installed here (pip install 'counterflow[calibration]')."
        )
    return {**RULES, **AUTOMATIC}, ""


def monthly_origins(until: date) -> list[date]:
    """Every month from the first posterior's on that lies before `until`."""
    first = np.datetime64(f"{FIRST_YEAR}-01", "M")
    return [first_of(each) for each in np.arange(first, np.datetime64(until, "M"))]


def every_month(
    store: Store,
    model: Model,
    origins: Sequence[date],
    *,
    horizon: int = 12,
    names: Sequence[str] = tuple(predicting.PARTS),
    members: int = MEMBERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Made]:
    """What a blend learns from: every series' forecasts by the model and the simple rules at all the origins."""
    found = []
    for number, origin in enumerate(origins):
        found += made(store, model, origin, horizon=horizon, names=names, members=members, seed=seed)
        if progress:
            progress("forecasts at every month", number + 1, len(origins))
    return found


def came(store: Store, names: Sequence[str]) -> dict[str, Monthly]:
    """All published months of each series, as known now."""
    return {name: predicting.actual(store, name, before=date.max, as_of=None) for name in names}


def at_months(series: Monthly, origin: np.datetime64, horizon: int) -> Floats:
    """The values of a series in the months from an origin on (month,), NaN where none is published."""
    return on(series, origin + np.arange(horizon))[0]
