"""What the commands `backtest` and `forecast` do: run, score, and give plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from counterflow.calibration import bundled
from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import backtest as backtesting
from counterflow.calibration.forecasting import predicting, scoring, skill, weights
from counterflow.calibration.forecasting.backtest import BLENDED, MEMBERS, MODEL, Model, Progress
from counterflow.calibration.forecasting.rules import RULES
from counterflow.calibration.forecasting.scoring import Floats
from counterflow.ensemble import planning
from counterflow.errors import UsageError
from counterflow.evidence.store import Store
from counterflow.strategy.files import read_strategy
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Strategy

CUTOFFS = "2021-01,2022-01,2023-01,2024-01,2025-01"
# What is forecast, by the name that it has here: homicides in Mexico have no month of the same kind after 2025.
FORECAST = (
    "nationwide",
    "encounters_all",
    "detained",
    "bookins",
    "overdose_deaths",
    "seized_ports",
    "seized_between",
)
LONGEST = 36  # months of a forecast
FARTHEST = 24  # months from the last published one to an origin
BRANCH = "as_on_record"  # the course of events of a strategy file that a forecast takes
DRAWN = 1000  # samples of a forecast


class Backtest(NamedTuple):
    """Forecasts from several cut-offs, and how they did."""

    cutoffs: tuple[date, ...]
    horizon: int
    made: list[backtesting.Made]  # from the cut-offs, with the blend and the model given later levers
    scores: list[skill.Score]
    weights: dict[str, dict[str, Floats]]  # by cut-off YYYY-MM and series: (horizon, component)
    posteriors: dict[str, str]  # by cut-off
    notes: tuple[str, ...]


def last_month(store: Store, names: Sequence[str] = FORECAST) -> date:
    """The last month that any of the series has."""
    every = backtesting.came(store, names).values()
    return max(backtesting.first_of(series.months[-1]) for series in every if len(series.months))


def backtest(
    store: Store,
    cutoffs: Sequence[date],
    *,
    horizon: int = 12,
    members: int = MEMBERS,
    seed: int = 0,
    names: Sequence[str] = tuple(predicting.PARTS),
    model: Model | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Forecast from each cut-off with what was known then, and score it against what came.

    The blend's weights at a cut-off are learned from forecasts at every month before it. `model`: other forecasts than
    those from the bundled posteriors.
    """
    planning.keep_compiled()
    known = model is None
    of = cache(model or backtesting.by_posteriors(store, horizon=horizon, members=members, seed=seed))
    settings = {"horizon": horizon, "names": names, "members": members, "seed": seed}
    origins = backtesting.monthly_origins(max(cutoffs))
    past = weights.Learning(backtesting.every_month(store, of, origins, progress=progress, **settings))  # type: ignore[arg-type]
    rules, lacking = backtesting.rivals()
    made, learned = [], {}
    for number, cutoff in enumerate(cutoffs):
        published = weights.published(store, names, cutoff, cutoff)
        learned[f"{cutoff:%Y-%m}"] = past.weights(published, cutoff, horizon)
        given = of(cutoff, True)
        for one in backtesting.made(store, of, cutoff, rules=rules, **settings):  # type: ignore[arg-type]
            whole = weights.blended(one, learned[f"{cutoff:%Y-%m}"][one.name], seed)
            later = np.asarray(given[one.name], np.float64)
            made.append(whole._replace(samples={**whole.samples, skill.CONDITIONAL: later}))
        if progress:
            progress("cut-offs", number + 1, len(cutoffs))
    scores = skill.scored(made, backtesting.came(store, names))
    unmade = sorted({f"{one.name} from {one.origin}: {why}" for one in made for why in one.missing.values()})
    posteriors = {f"{cutoff:%Y-%m}": backtesting.known_at(cutoff) for cutoff in cutoffs} if known else {}
    return Backtest(
        tuple(cutoffs), horizon, made, scores, learned, posteriors, tuple(note for note in (lacking, *unmade) if note)
    )


def as_json(of: Backtest) -> dict[str, Any]:
    """A backtest in plain values."""

    def rows(found: Sequence[skill.Row]) -> list[dict[str, Any]]:
        return [
            {**place(row.name), **{key: _known(value) for key, value in row._asdict().items() if key != "name"}}
            for row in found
        ]

    def place(name: str) -> dict[str, str]:
        about = predicting.about(name)
        return {"series": name, "series_id": about.series, "geo": about.geos[0]}

    plain = [score for score in of.scores if score.method != skill.CONDITIONAL]
    given = [score for score in of.scores if score.method in (MODEL, skill.CONDITIONAL)]
    return {
        "cutoffs": [f"{day:%Y-%m}" for day in of.cutoffs],
        "horizon": of.horizon,
        "posteriors": of.posteriors,
        "series": [place(name) for name in skill.names_of(of.scores)],
        "bands": rows(skill.table(plain)),
        "horizons": rows(skill.by_horizon(plain)),
        "conditional": rows(skill.table(given)),
        "weights": {
            cutoff: {name: np.round(found, weights.DIGITS).tolist() for name, found in by_series.items()}
            for cutoff, by_series in of.weights.items()
        },
        "components": list(BLENDED),
        "forecasts": [
            {
                **place(score.name),
                "cutoff": str(score.origin),
                "date": f"{score.origin + score.step - 1}-01",
                "method": score.method,
                "quantiles": dict(zip(map(str, skill.POINTS), score.points, strict=True)),
                "observed": score.observed,
                "crps": score.crps,
                "scaled_crps": score.scaled,
            }
            for score in of.scores
        ],
        "notes": list(of.notes),
    }


def _known(value: Any) -> Any:
    """A value as JSON has it: None where it is not a number."""
    if isinstance(value, tuple):
        return list(value)
    return None if isinstance(value, float) and not np.isfinite(value) else value


def origin_of(store: Store, text: str, months: int) -> tuple[date, str, date | None]:
    """An origin, the name of the posterior that it takes, and the day whose knowledge it uses (None: of now).

    Raises UsageError for a month that is none, too early or too late, and for too few or too many months.
    """
    origin = backtesting.month(text)
    if not 1 <= months <= LONGEST:
        raise UsageError(f"a forecast is for 1 to {LONGEST} months, not {months}")
    last = last_month(store)
    ahead = int((np.datetime64(origin, "M") - np.datetime64(last, "M")).astype(int))
    if ahead > FARTHEST:
        raise UsageError(
            f"{text} is {ahead} months after the last published one, {last:%Y-%m}; {FARTHEST} are the most"
        )
    if ahead > 0:
        return origin, bundled.latest().name, None
    return origin, backtesting.known_at(origin), origin


def forecasts(
    store: Store, origin: str, *, months: int = 12, strategy: Path | None = None, members: int = DRAWN, seed: int = 0
) -> dict[str, Any]:
    """Monthly quantiles of every series of FORECAST from an origin on, each with the model's weight in the blend.

    With a strategy file, its levers move in the model's path from the origin on; the rules know nothing of them. Raises
    UsageError as `origin_of` does, StrategyError for a strategy file that is not valid.
    """
    first, posterior, as_of = origin_of(store, origin, months)
    plan = read_strategy(strategy) if strategy else None
    levers = levers_of(branch_of(plan), first, months) if plan else None
    learned, of_blend = weights.learned_by(as_of)
    planning.keep_compiled()
    with jax.enable_x64(True):
        fit = backtesting.fitted(posterior)
        by_model = predicting.forecast(
            store, fit, first, horizon=months, as_of=as_of, levers=levers, members=members, seed=seed
        )
    rows = []
    for name in FORECAST:
        known = predicting.actual(store, name, before=first, as_of=as_of)
        samples, _ = backtesting.by_rules(known, np.datetime64(first, "M"), months, RULES, members, seed)
        samples = {MODEL: by_model[name], **samples}
        rows += _quantiles(name, first, months, samples, of_blend[name], _late(store, known, first))
    return {
        "origin": f"{first:%Y-%m}",
        "months": months,
        "posterior": posterior,
        "known_by": as_of.isoformat() if as_of else None,
        "weights": learned,
        "strategy": f"{strategy.name}, {BRANCH}" if strategy else None,
        "note": _note(months, plan),
        "forecasts": rows,
    }


def _quantiles(
    name: str, first: date, months: int, samples: Mapping[str, Floats], of_blend: Floats, late: int
) -> list[dict[str, Any]]:
    """A row a month. `late`: months that are not known beyond those that never are at an origin: a forecast reaches as
    much further, and takes the weights of that reach."""
    about = predicting.about(name)
    there = [number for number, component in enumerate(BLENDED) if component in samples]
    drawn = np.concatenate([samples[BLENDED[number]] for number in there])  # (component x sample, month)
    found = []
    for step, month in enumerate(np.datetime64(first, "M") + np.arange(months)):
        shares = scoring.shares(weights.weights_for(of_blend, step + late)[there], len(there))
        each = np.concatenate(
            [
                np.full(len(samples[BLENDED[number]]), part / len(samples[BLENDED[number]]))
                for number, part in zip(there, shares, strict=True)
            ]
        )
        points = scoring.quantiles(drawn[:, step], skill.POINTS, each)
        found.append(
            {
                "series_id": about.series,
                "geo": about.geos[0],
                "date": f"{month}-01",
                "quantiles": {
                    str(level): float(f"{value:.6g}") for level, value in zip(skill.POINTS, points, strict=True)
                },
                "model_weight": round(float(shares[0]), weights.DIGITS),
            }
        )
    return found


def _late(store: Store, known: Monthly, first: date) -> int:
    """Months between the last that is known and the origin, beyond the lag of publication."""
    last = known.months[np.isfinite(known.values)][-1]
    usual = 1 + store.about(predicting.about(known.name).series).publication_lag_months
    return max(0, int((np.datetime64(first, "M") - last).astype(int)) - usual)


def branch_of(plan: Strategy) -> Branch:
    """The course of events of a strategy that a forecast takes."""
    return next(branch for branch in plan.branches() if branch.id == BRANCH)


def levers_of(branch: Branch, origin: date, months: int) -> np.ndarray:
    """(week, lever) intensities from an origin's week on with a branch's entries, at their central sizes.

    A lever that the branch still moves at the origin or after takes the branch's path, counted from what the record
    shows the week before its first entry on it. All others are NaN: they stay as they were.
    """
    start = np.datetime64(planning.monday(origin))
    end = (np.datetime64(origin, "M") + months).astype("datetime64[D]")
    weeks = np.arange(start, end, 7, dtype="datetime64[D]")
    paths = np.full((len(weeks), len(planning.LEVERS)), np.nan)
    half = np.full((1, 1), 0.5)
    for column, lever in enumerate(planning.LEVERS):
        entries = tuple(entry for entry in branch.entries if entry.lever == lever)
        if any(entry.end is None or np.datetime64(entry.end) > start for entry in entries):
            first = min([start, *(np.datetime64(planning.monday(entry.start)) for entry in entries)]) - 7
            whole = np.arange(first, end, 7, dtype="datetime64[D]")
            paths[:, column] = lever_paths(branch, whole, half, half, [lever])[0, -len(weeks) :, 0]
    return paths


def _note(months: int, plan: Strategy | None) -> str:
    parts = [
        "Quantiles of a blend of the model, persistence and seasonal persistence; model_weight is the model's share."
    ]
    if months > 12:
        parts.append("Weights past month 12 are those of month 12: no longer forecast was scored.")
    if plan is not None:
        parts.append(
            "The strategy moves the model's share only, by its levers at their central sizes; the two rules know"
            " nothing of it."
        )
    if plan is not None and (plan.parameters or plan.switches.model_fields_set):
        parts.append("Its own parameters and switches are not used: the posterior stays as fitted.")
    return " ".join(parts)
