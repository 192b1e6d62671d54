"""What a search can ask for, all of it to be as small as can be, and how a strategy does by it over draws.

Every objective is robust: half of what counts is its mean over draws, half the mean of the worst fifth of draws, the
conditional value at risk at 80% (Rockafellar & Uryasev 2000, Journal of Risk 2(3):21-41). Such a mixture is a coherent
measure of risk (Acerbi 2002, Journal of Banking & Finance 26:1505-1518). The tail alone would not do: in the draws in
which a measure does least it often does nothing at all, and there one strategy is as good as another. Both parts are
told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.errors import UsageError, did_you_mean
from counterflow.model.costs import spent

Floats = NDArray[np.float64]

TAIL = 0.2  # the share of the draws that is the tail: a judgement
WEIGHT = 0.5  # of the tail, the rest is of the mean: a judgement
COST = "cost"
DOLLARS = 1e6  # spending that differs by less is taken to be alike


class Objective(NamedTuple):
    """One thing to make small."""

    name: str
    title: str
    output: str  # of the model, whose relative change against the run without the strategy counts; "" for cost
    sign: float = 1.0  # -1 where a fall is bad
    unit: float = 1e-4  # what differs by less is taken to be alike: a hundredth of a point


OBJECTIVES: Mapping[str, Objective] = {
    one.name: one
    for one in (
        Objective("fentanyl", "pure fentanyl delivered", "fentanyl_delivered"),
        Objective("deaths", "US deaths involving synthetic opioids", "overdose_deaths"),
        Objective("crossings", "attempts to cross between the ports", "attempts"),
        Objective("friction", "cooperation of Mexico lost", "cooperation", -1.0),
        Objective("violence", "homicides in Mexico", "homicides"),
        Objective(COST, "spending of the US treasury, USD", "", unit=DOLLARS),
    )
}


class Score(NamedTuple):
    """How a strategy does, in the order of the objectives asked for; errors are Monte Carlo standard errors."""

    aim: tuple[float, ...]  # what is searched by: halfway between the next two
    aim_error: tuple[float, ...]
    mean: tuple[float, ...]
    mean_error: tuple[float, ...]
    tail: tuple[float, ...]  # the mean of the worst fifth of draws
    tail_error: tuple[float, ...]
    spent: float  # mean over draws, USD over the judged weeks: what the budget limits
    spent_error: float
    spent_high: float  # 95% point over draws
    received: float  # mean over draws, USD: what levers bring in, which is not set against what is spent


def asked_for(names: Sequence[str]) -> tuple[Objective, ...]:
    """The objectives of some names, each once. A single one is weighed against spending.

    Raises UsageError for an unknown one, for none at all, and for cost alone.
    """
    for name in names:
        if name not in OBJECTIVES:
            hint = f"{did_you_mean(name, OBJECTIVES)}There are {', '.join(OBJECTIVES)}."
            raise UsageError(f"no objective is called {name!r}", where="--objective", hint=hint)
    chosen = list(dict.fromkeys(names))
    if not [name for name in chosen if name != COST]:
        hint = f"Name one or more of {', '.join(name for name in OBJECTIVES if name != COST)}."
        asked = "cost alone asks for doing nothing" if chosen else "no objective is given"
        raise UsageError(asked, where="--objective", hint=hint)
    if len(chosen) == 1:
        chosen.append(COST)
    return tuple(OBJECTIVES[name] for name in chosen)


def tail_mean(values: Floats) -> Floats:
    """(...) mean of the largest TAIL of the draws, of `values` (..., draw).

    Of the draw at the edge the part counts that makes the share exact (Rockafellar & Uryasev 2002, Journal of Banking &
    Finance 26:1443-1471, Proposition 8).
    """
    ranked = -np.sort(-values, axis=-1)
    share = TAIL * values.shape[-1]
    whole = int(share)
    weights = np.zeros(values.shape[-1])
    weights[:whole] = 1.0
    if whole < len(weights):
        weights[whole] = share - whole
    return np.asarray(ranked @ weights / share)


def aim(values: Floats) -> tuple[Floats, Floats]:
    """(...) what is searched by, of `values` (..., draw), and its standard error."""
    middle = (1.0 - WEIGHT) * values.mean(axis=-1) + WEIGHT * tail_mean(values)
    return np.asarray(middle), error_of(_added(values))


def aim_apart(values: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """(...) how much more than `reference` (..., draw) is what is searched by, of `values` (..., draw), in the same
    draws, and the standard error of that difference."""
    return np.asarray(aim(values)[0] - aim(reference)[0]), error_of(_added(values) - _added(reference))


def _added(values: Floats) -> Floats:
    """(..., draw) what each draw adds to what is searched by, but for a constant."""
    return np.asarray((1.0 - WEIGHT) * values + WEIGHT * excess(values))


def excess(values: Floats) -> Floats:
    """(..., draw) what each draw adds to `tail_mean`, but for a constant: its mean has the same standard error.

    The tail mean is the least over q of q + E max(x - q, 0) / TAIL, and flat in q where that is least, so that of how
    well q is known nothing enters.
    """
    edge = np.quantile(values, 1.0 - TAIL, axis=-1, keepdims=True)
    return np.asarray(np.maximum(values - edge, 0.0) / TAIL)


def error_of(values: Floats) -> Floats:
    """(...) standard error of the mean of `values` (..., draw)."""
    return np.asarray(values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1]))


def scored(sizes: Floats, paid: Floats) -> Score:
    """The score of one strategy: `sizes` (objective, draw), `paid` (draw, lever) USD over the judged weeks.

    What a lever costs counts as spent, what one brings in does not lower it: receipts go to the Treasury, not to who
    collects them (31 U.S.C. 3302(b)), and take an appropriation to be spent.
    """
    cost = spent(paid)
    middle, middle_error = aim(sizes)
    return Score(
        aim=_plain(middle),
        aim_error=_plain(middle_error),
        mean=_plain(sizes.mean(axis=1)),
        mean_error=_plain(error_of(sizes)),
        tail=_plain(tail_mean(sizes)),
        tail_error=_plain(error_of(excess(sizes))),
        spent=float(cost.mean()),
        spent_error=float(error_of(cost)),
        spent_high=float(np.quantile(cost, 0.95)),
        received=float(-np.minimum(paid, 0.0).sum(axis=1).mean()),
    )


def _plain(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(map(float, values))
