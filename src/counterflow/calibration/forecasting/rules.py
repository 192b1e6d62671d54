"""Simple rules that any forecast has to beat: the last value carried on, and the same month of the last year.

Each gives samples (sample, horizon) of one series: step 0 is the month of the origin, and only what the series holds
of earlier months is used. How far a rule was off in the past, on the log scale, is how wide it is.

The distribution is normal, centred on the carried value, with the root mean square of all past changes over as many
months, in which a change counts half for every HALVING months that it is older. It was chosen among nine by scores of
the nine bundled series at every monthly origin of 2019-2025 with 24 months known, horizons 1-12. Of persistence, the
mean CRPS in units of the last value known, the share in the central 90%, and how far the series' own shares lay from
90% on average:

    normal, all changes alike                  0.541  87.7%  8.9
    normal, half at 60 months                  0.540  87.4%  8.6
    normal, half at 36 months                  0.539  87.4%  8.4
    normal, half at 24 months                  0.538  86.8%  8.2
    normal, half at 12 months                  0.538  84.6%  8.5
    normal, the latest 60 changes              0.540  87.7%  7.4
    normal, 1.48 x median absolute change      0.550  84.8%  9.3
    Student t of 4 degrees, likeliest scale    0.546  88.6%  8.4
    the changes with either sign, smoothed     0.548  89.8%  8.3

Halving at 36 is near the best of both rules in score and loses least of the coverage. The choice saw the months that
the rules are scored on, which favours the rules. No spread is right for all: encounters at the southwest border fell
and rose faster than ever before (73-77% inside), detention and seizures at ports slower than they once had (96-98%).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from counterflow.calibration.fitting.observed import Monthly
from counterflow.errors import ModelError

Floats = NDArray[np.float64]
Rule = Callable[[Monthly, np.datetime64, int, int, int], Floats]

HALVING = 36.0  # months
FEWEST = 12  # changes that a spread is taken from; where fewer are known, a shorter lead is
_GUARD = 0.01  # of the median, added before logs: zeros are possible, and the series' unit plays no part


class History(NamedTuple):
    """What is known before an origin, on the log scale."""

    logs: Floats  # (month,) log(value + guard) from the first to the last published month, NaN in gaps
    guard: float
    lead: int  # months from the last published one to the origin: at least 1

    def values(self, logs: Floats) -> Floats:
        """Logs as values of the series, none below zero."""
        return np.maximum(np.exp(logs) - self.guard, 0.0)


def history(series: Monthly, origin: np.datetime64) -> History:
    """What the series holds of the months before `origin`. Raises ModelError where nothing was published by then."""
    start = origin.astype("datetime64[M]")
    values = np.asarray(series.values[series.months < start], np.float64)
    published = np.flatnonzero(~np.isnan(values))
    if not len(published):
        raise ModelError(f"{series.name}: nothing was published before {start}", where="forecast")
    first, last = published[0], published[-1]
    values = values[first : last + 1]
    # A series of nothing but zeros has no unit of its own to guard with.
    guard = _GUARD * float(np.nanmedian(values[values > 0])) if (values > 0).any() else 1.0
    lead = int((start - series.months[last]).astype(int))
    return History(np.log(np.maximum(values, 0.0) + guard), guard, lead)


def scores_of_levels(lead: int, horizon: int, samples: int, seed: int) -> Floats:
    """Normal scores (sample, horizon): in each month the same evenly spaced levels, so that quantiles have no noise.

    Their order follows random walks from the last published month, `lead` months before the first: a sample that is
    high in one month tends to be high in the next, and sums over months have a spread to match.
    """
    steps = np.random.default_rng(seed).standard_normal((samples, horizon))
    steps[:, 0] *= np.sqrt(lead)
    walks = np.cumsum(steps, axis=1)
    return np.asarray(ndtri((rankdata(walks, axis=0, method="ordinal") - 0.5) / samples), np.float64)


def spread(logs: Floats, lead: int) -> float:
    """Standard deviation of the change over `lead` months, from the past ones in logs (month,).

    Where fewer than FEWEST such changes are known, it is that of the longest lead that has them, times the square root
    of the ratio of leads, as of a random walk. Raises ModelError where no lead has them: from two or three changes a
    spread may come out a hundred times too wide or too narrow.
    """
    leads = range(min(lead, len(logs) - 1), 0, -1)
    enough = (each for each in leads if np.count_nonzero(~np.isnan(logs[each:] - logs[:-each])) >= FEWEST)
    longest = next(enough, None)
    if longest is None:
        raise ModelError(f"a spread needs {FEWEST} past changes; fewer are known", where="forecast")
    changes = logs[longest:] - logs[:-longest]
    known = ~np.isnan(changes)
    weights = 0.5 ** (np.arange(len(changes))[::-1] / HALVING)
    mean_square = np.average(changes[known] ** 2, weights=weights[known])
    return float(np.sqrt(mean_square * lead / longest))


def persistence(series: Monthly, origin: np.datetime64, horizon: int, samples: int, seed: int) -> Floats:
    """The last published value carried on: samples (sample, horizon) in the series' unit.

    As wide at each month as the changes over as many months were. Raises ModelError where fewer than FEWEST changes
    are known before `origin`.
    """
    known = history(series, origin)
    leads = known.lead + np.arange(horizon)
    return _carried(known, known.logs[-1], leads, samples, seed)


def seasonal_persistence(series: Monthly, origin: np.datetime64, horizon: int, samples: int, seed: int) -> Floats:
    """The last published value of the same calendar month: samples (sample, horizon) in the series' unit.

    It is 12 months old, or 24 where the last year's is not out yet or was never published, and so on; the forecast is
    as wide as the changes over as many months were. Raises ModelError where a calendar month has no value yet, or
    fewer than FEWEST changes are known.
    """
    known = history(series, origin)
    ages = np.array([_age(series, known, known.lead + step) for step in range(horizon)], int)
    places = len(known.logs) - 1 + known.lead + np.arange(horizon) - ages
    return _carried(known, known.logs[places], ages, samples, seed)


RULES: dict[str, Rule] = {"persistence": persistence, "seasonal_persistence": seasonal_persistence}


def _carried(known: History, centres: Floats, leads: NDArray[np.int_], samples: int, seed: int) -> Floats:
    spreads = {lead: spread(known.logs, lead) for lead in set(leads.tolist())}
    scores = scores_of_levels(known.lead, len(leads), samples, seed)  # (sample, horizon)
    return known.values(centres + scores * np.array([spreads[lead] for lead in leads.tolist()]))


def _age(series: Monthly, known: History, lead: int) -> int:
    """How many months before the one `lead` after the last published one its calendar month was last published."""
    for age in range(12 * -(-lead // 12), len(known.logs) + lead, 12):
        if not np.isnan(known.logs[len(known.logs) - 1 + lead - age]):
            return age
    raise ModelError(f"{series.name}: a calendar month has no value yet", where="forecast")
