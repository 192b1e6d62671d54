"""How strategies do beside each other, from arrays over paired draws. Whatever is called harm is to be small."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.judgement.search.front import beaten_by

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

RESAMPLES = 400
INTERVAL = (0.05, 0.95)
SURE = 0.95  # of resamples, for one strategy to be called beaten by another


def resamples(draws: int, seed: int, count: int = RESAMPLES) -> Index:
    """(resample, draw) draws taken again with replacement (Efron 1979, Annals of Statistics 7(1):1-26). The same draws
    are taken for every strategy, so that contrasts stay paired."""
    return np.random.default_rng(seed).integers(0, draws, (count, draws))


class Regretted(NamedTuple):
    """Regret of each strategy, with standard errors."""

    mean: Floats  # (strategy,)
    mean_error: Floats
    high: Floats  # (strategy,) 95% point over draws
    high_error: Floats


def regret(harm: Floats) -> Floats:
    """(strategy, draw) how much worse each is than the best of its draw, which could be known only afterwards (Savage
    1951, J. American Statistical Association 46:55-67)."""
    return np.asarray(harm - harm.min(axis=0))


def regretted(harm: Floats, index: Index) -> Regretted:
    """Mean regret and its 95% point, of `harm` (strategy, draw)."""
    of = regret(harm)
    again = np.stack([np.quantile(of[:, some], INTERVAL[1], axis=1) for some in index])
    return Regretted(
        of.mean(axis=1),
        of.std(axis=1, ddof=1) / np.sqrt(of.shape[1]),
        np.quantile(of, INTERVAL[1], axis=1),
        again.std(axis=0, ddof=1),
    )


class Ratio(NamedTuple):
    """Cost per unit of effect: the ratio of their means, as the draws leave it and from draw to draw."""

    value: float
    error_low: float  # 5% and 95% over resamples of the draws: how far other draws would move it
    error_high: float
    low: float  # 5% and 95% over draws: how far what is not known moves it
    high: float


def ratio(cost: Floats, effect: Floats, index: Index) -> Ratio | None:
    """`cost` over `effect`, both (draw,); None where the effect is not clearly above zero.

    A ratio has a bounded interval only where its denominator is clearly not zero (Fieller 1954, J. Royal Statistical
    Society B 16(2):175-185). That is asked of the mean over resamples, as by Briggs, Wonderling & Mooney 1997, Health
    Economics 6:327-340, and of single draws too: where one in twenty has no effect, the ratio has no upper end.
    """
    low = float(np.quantile(effect, INTERVAL[0]))
    means = effect[index].mean(axis=1)
    if low <= 0.0 or float(np.quantile(means, INTERVAL[0])) <= 0.0:
        return None
    again = np.quantile(cost[index].mean(axis=1) / means, INTERVAL)
    having = effect > 0.0
    # Where there is no effect the ratio is beyond any: it counts as the largest.
    single = np.where(having, cost / np.where(having, effect, 1.0), np.inf)
    ends = np.quantile(single, INTERVAL, method="lower")
    return Ratio(float(cost.mean() / effect.mean()), float(again[0]), float(again[1]), float(ends[0]), float(ends[1]))


def beaten_in_both(harm: Floats, index: Index, units: Floats) -> list[list[int]]:
    """For each strategy those that are at least as good by every part of `harm` (objective, strategy, draw) and better
    by one, by their means over draws and in at least 95% of resamples. Means are rounded to `units` (objective,)."""
    means = _boxes(harm.mean(axis=2), units)
    again = [_boxes(harm[:, :, some].mean(axis=2), units) for some in index]

    def beats(one: int, other: int) -> bool:
        if not beaten_by(means[[other]], means[one])[0]:
            return False
        shares = [beaten_by(these[[other]], these[one])[0] for these in again]
        return float(np.mean(shares)) >= SURE

    count = harm.shape[1]
    return [[one for one in range(count) if one != other and beats(one, other)] for other in range(count)]


def on_front(harm: Floats) -> NDArray[np.bool_]:
    """(strategy,) whether no other is at least as good by every column of `harm` (strategy, objective) and better by
    one (Pareto)."""
    beaten = np.zeros(len(harm), bool)
    for one in harm:
        beaten |= beaten_by(harm, one)
    return ~beaten


class Front(NamedTuple):
    """Which strategies no other beats."""

    member: NDArray[np.bool_]  # (strategy,) by medians over draws
    chance: Floats  # (strategy,) share of resamples of the draws in which its medians are on the front


def front(harm: Floats, index: Index, units: Floats) -> Front:
    """The front of `harm` (objective, strategy, draw) by medians over draws, rounded to `units` (objective,)."""
    again = [on_front(_boxes(np.median(harm[:, :, some], axis=2), units)) for some in index]
    return Front(on_front(_boxes(np.median(harm, axis=2), units)), np.mean(again, axis=0))


def _boxes(harm: Floats, units: Floats) -> Floats:
    """(strategy, objective) of `harm` (objective, strategy), in whole units: what differs by less is alike (the boxes
    of Laumanns, Thiele, Deb & Zitzler 2002, Evolutionary Computation 10(3):263-282)."""
    return np.asarray(np.round(harm / units[:, np.newaxis]).T)


class Lead(NamedTuple):
    """Which strategy is best on average, and by how much it leads another over the same draws."""

    best: int
    second: int
    lead: float
    error: float  # standard error of the lead, from paired differences


def lead(harm: Floats, over: int | None = None) -> Lead:
    """The best of `harm` (strategy, draw) by its mean, and its lead over the second, or over the strategy `over`."""
    order = np.argsort(harm.mean(axis=1), kind="stable")
    best = int(order[0])
    other = int(order[1]) if over is None else over
    return Lead(best, other, *paired(harm[other] - harm[best]))


def paired(difference: Floats) -> tuple[float, float]:
    """Mean of paired differences (draw,), and its standard error."""
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference)))
