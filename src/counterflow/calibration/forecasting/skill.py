"""How good forecasts were: scores by series and horizon, what loses to which rule, and the largest misses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting import scoring
from counterflow.calibration.forecasting.backtest import BLEND, MODEL, RIVALS, Made, at_months
from counterflow.calibration.forecasting.scoring import Floats, Ratio
from counterflow.errors import ModelError

CONDITIONAL = "model, later levers given"
METHODS = (MODEL, BLEND, *RIVALS)
HELD = (MODEL, BLEND)  # what is held against the rules
BANDS: Mapping[str, tuple[int, int]] = {  # months of horizon from the first (1) to the last, by name
    "1-2": (1, 2),
    "3-6": (3, 6),
    "7-12": (7, 12),
    "13-24": (13, 24),
    "all": (1, 10**6),
}
LATER = (3, 12)  # horizons that the aim of a lower score speaks of
POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)
DRAWS, LEVEL = 2000, 0.9  # of the bootstrap


class Score(NamedTuple):
    """One forecast of one month, and what came."""

    name: str
    origin: np.datetime64
    step: int  # 1 is the month of the origin
    method: str
    observed: float
    points: tuple[float, ...]  # quantiles at POINTS
    crps: float  # in the series' unit
    scaled: float  # divided by the mean of the last 12 months published at the origin
    pit: float  # share of the samples below what came

    @property
    def inside_50(self) -> bool:
        """Whether the central 50% hold what came."""
        return self.points[1] <= self.observed <= self.points[3]

    @property
    def inside_90(self) -> bool:
        """Whether the central 90% hold what came."""
        return self.points[0] <= self.observed <= self.points[4]


class Row(NamedTuple):
    """Scores of one method on one series over a band of horizons."""

    name: str
    band: str
    method: str
    forecasts: int
    crps: float
    scaled: float
    coverage_50: float
    coverage_90: float
    log_bias: float  # mean of log(median / observed); above zero is too high
    bias: float  # mean of median - observed, in the series' unit
    loses_to: tuple[str, ...]  # rules with a lower scaled CRPS on the forecasts that both made


class Against(NamedTuple):
    """A method's mean scaled CRPS over that of the rule with the lowest, in hindsight."""

    name: str
    rule: str
    ratio: Ratio


def scored(made: Iterable[Made], came: Mapping[str, Monthly]) -> list[Score]:
    """A score for each series, origin, method and horizon whose month is published."""
    found = []
    for one in made:
        for method, samples in one.samples.items():
            observed = at_months(came[one.name], one.origin, samples.shape[1])
            points = scoring.quantiles(samples, POINTS)  # (point, horizon)
            crps = scoring.crps(samples, observed)
            places = scoring.pit(samples, observed)
            found += [
                Score(
                    one.name,
                    one.origin,
                    step + 1,
                    method,
                    float(value),
                    tuple(points[:, step].tolist()),
                    float(crps[step]),
                    float(crps[step] / one.scale),
                    float(places[step]),
                )
                for step, value in enumerate(observed)
                if np.isfinite(value)
            ]
    return found


def names_of(scores: Iterable[Score]) -> tuple[str, ...]:
    """The series that were scored, in order."""
    return tuple(dict.fromkeys(score.name for score in scores))


def within(scores: Iterable[Score], band: tuple[int, int]) -> list[Score]:
    """The scores of horizons from the first of a band to the last."""
    return [score for score in scores if band[0] <= score.step <= band[1]]


def table(scores: Sequence[Score], bands: Mapping[str, tuple[int, int]] = BANDS) -> list[Row]:
    """Scores of every method by series and band of horizons; bands without a forecast are left out."""
    found = []
    for name in names_of(scores):
        of_series = [score for score in scores if score.name == name]
        for band, limits in bands.items():
            by_method = _by_method(within(of_series, limits))
            for method, rows in by_method.items():
                beaten = _lower(rows, by_method) if method in (*HELD, CONDITIONAL) else ()
                found.append(_row(name, band, method, rows, beaten))
    return found


def by_horizon(scores: Sequence[Score]) -> list[Row]:
    """The same, of each horizon by itself."""
    last = max((score.step for score in scores), default=0)
    return table(scores, {str(step): (step, step) for step in range(1, last + 1)})


def _by_method(scores: Iterable[Score]) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {}
    for score in scores:
        found.setdefault(score.method, []).append(score)
    return found


def _row(name: str, band: str, method: str, rows: Sequence[Score], beaten: tuple[str, ...]) -> Row:
    middle, seen = (np.array(each) for each in zip(*((row.points[2], row.observed) for row in rows), strict=True))
    off = scoring.bias(middle[np.newaxis], seen)
    return Row(
        name,
        band,
        method,
        len(rows),
        _mean(row.crps for row in rows),
        _mean(row.scaled for row in rows),
        _mean(row.inside_50 for row in rows),
        _mean(row.inside_90 for row in rows),
        off.log_ratio,
        off.difference,
        beaten,
    )


def _lower(rows: Sequence[Score], by_method: Mapping[str, Sequence[Score]]) -> tuple[str, ...]:
    """The rules that scored lower than `rows` on the same forecasts."""
    found = []
    for rule in RIVALS:
        ours, theirs, _ = paired(rows, by_method.get(rule, ()))
        if len(ours) and theirs.mean() < ours.mean():
            found.append(rule)
    return tuple(found)


def paired(rows: Sequence[Score], others: Sequence[Score]) -> tuple[Floats, Floats, list[np.datetime64]]:
    """Scaled CRPS of two methods on the forecasts of one or more series that both made, and their origins."""
    known = {(row.name, row.origin, row.step): row.scaled for row in others}
    both = [row for row in rows if (row.name, row.origin, row.step) in known]
    theirs = np.array([known[row.name, row.origin, row.step] for row in both])
    return np.array([row.scaled for row in both]), theirs, [row.origin for row in both]


def against_best(
    scores: Sequence[Score], method: str, rules: Sequence[str], band: tuple[int, int], seed: int = 0
) -> list[Against]:
    """A method's mean scaled CRPS over that of the best of `rules`, for each series.

    The best is the one with the lowest mean in hindsight over the same forecasts, which no forecaster could have known.
    """
    found = []
    for name in names_of(scores):
        by_method = _by_method(within((score for score in scores if score.name == name), band))
        ours = by_method.get(method, [])
        there = [rule for rule in rules if len(paired(ours, by_method.get(rule, ()))[0])]
        if not there:
            continue
        best = min(there, key=lambda rule: _relative(paired(ours, by_method[rule])))
        own, reference, groups = paired(ours, by_method[best])
        found.append(Against(name, best, scoring.ratio_interval(own, reference, groups, seed, DRAWS, LEVEL)))
    return found


def _relative(pair: tuple[Floats, Floats, list[np.datetime64]]) -> float:
    """The second method's mean over the first's."""
    return float(pair[1].mean() / pair[0].mean())


def on_average(
    scores: Sequence[Score], method: str, found: Sequence[Against], band: tuple[int, int], seed: int = 0
) -> Ratio:
    """The geometric mean over series of the ratios in `found`, with a bootstrap interval over origins, paired.

    Whole origins are drawn with replacement, the same for all series, and the rule of each series stays the one found.
    Raises ModelError where no series was held against a rule.
    """
    if not found:
        raise ModelError("no series was scored against a rule")
    origins = sorted({score.origin for score in scores})
    place = {origin: number for number, origin in enumerate(origins)}
    sums = np.zeros((2, len(found), len(origins)))  # (ours and theirs, series, origin)
    for number, one in enumerate(found):
        by_method = _by_method(within((score for score in scores if score.name == one.name), band))
        own, reference, groups = paired(by_method[method], by_method[one.rule])
        at = [place[origin] for origin in groups]
        for row, values in enumerate((own, reference)):
            sums[row, number] = np.bincount(at, values, len(origins))
    times = np.random.default_rng(seed).multinomial(len(origins), np.full(len(origins), 1 / len(origins)), DRAWS)
    above, below = sums @ times.T  # (series, draw) each
    drawn = np.where((above > 0) & (below > 0), above, np.nan), np.where(below > 0, below, np.nan)
    means = np.exp(np.nanmean(np.log(drawn[0] / drawn[1]), axis=0))
    whole = sums.sum(axis=2)
    low, high = np.nanquantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Ratio(float(np.exp(np.log(whole[0] / whole[1]).mean())), float(low), float(high))


def reliability(scores: Iterable[Score], levels: Sequence[float] = scoring.LEVELS) -> dict[float, float]:
    """Share of what came in the central interval of each level, by level, from where it lies among the samples."""
    places = np.array([score.pit for score in scores])
    return {level: float((np.abs(places - 0.5) <= level / 2 + 1e-9).mean()) for level in levels} if len(places) else {}


def share(scores: Iterable[Score], holds: Callable[[Score], bool]) -> float:
    """The share of scores that something holds for; NaN of none."""
    return _mean(holds(score) for score in scores)


class Miss(NamedTuple):
    """How far one method's forecasts of one series from one origin lay off."""

    name: str
    origin: np.datetime64
    scaled: float  # mean over the horizons
    worst: Score  # the horizon with the largest CRPS
    inside_90: int
    of: int


def misses(scores: Iterable[Score], method: str, count: int) -> list[Miss]:
    """The series and origins with the largest mean scaled CRPS of a method, the largest first."""
    by_forecast: dict[tuple[str, np.datetime64], list[Score]] = {}
    for score in scores:
        if score.method == method:
            by_forecast.setdefault((score.name, score.origin), []).append(score)
    found = [
        Miss(
            name,
            origin,
            _mean(row.scaled for row in rows),
            max(rows, key=lambda row: row.scaled),
            sum(row.inside_90 for row in rows),
            len(rows),
        )
        for (name, origin), rows in by_forecast.items()
    ]
    return sorted(found, key=lambda miss: -miss.scaled)[:count]


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return float(np.mean(known)) if known else float("nan")
