"""Designs over the unit cube for functions whose inputs are independent: Morris' screening and Sobol' indices.

Both take a function of places (row, input) in (0, 1) that gives outcomes (outcome, row); every row is a run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc, sobol_indices

from counterflow.ensemble.extra import require
from counterflow.ensemble.sampling import EDGE
from counterflow.errors import JudgementError
from counterflow.judgement.sensitivity.curves import Floats

Function = Callable[[Floats], Floats]  # places (row, input) -> outcomes (outcome, row)

LEVELS = 4  # of each input in Morris' design
ENDS = (0.05, 0.95)  # places of its lowest and its highest level
CERTAINTY = 0.90
RESAMPLES = 300


class Screened(NamedTuple):
    """Elementary effects by outcome and input: changes of an outcome as one input moves over its 90% interval."""

    size: Floats  # (outcome, input) mean of their sizes, Morris' mu*
    error: Floats  # (outcome, input) half width of its 90% interval
    spread: Floats  # (outcome, input) their standard deviation, from interactions and bends
    runs: int


class Indices(NamedTuple):
    """Sobol' indices by outcome and input, with 90% intervals; NaN where an outcome is the same in all runs."""

    first: Floats  # (outcome, input) share of variance that an input accounts for alone
    first_interval: Floats  # (2, outcome, input)
    total: Floats  # (outcome, input) share that vanishes once the input is known and all others are too
    total_interval: Floats  # (2, outcome, input)
    runs: int


def morris(function: Function, inputs: int, trajectories: int, seed: int) -> Screened:
    """Elementary effects of each input in turn, from `trajectories` walks through the cube.

    Morris 1991, Technometrics 33(2); sizes as Campolongo, Cariboni & Saltelli 2007, Environmental Modelling & Software
    22(10), by SALib. Levels lie between the 5% and the 95% point of each input. Raises UsageError without SALib.
    """
    require("screenings by Morris", "SALib", extra="explore")
    from SALib.analyze import morris as analysing
    from SALib.sample import morris as sampling

    problem = {"num_vars": inputs, "names": [str(one) for one in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
    levels = sampling.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    found = function(ENDS[0] + (ENDS[1] - ENDS[0]) * levels)
    parts = [
        analysing.analyze(
            problem, levels, np.asarray(one, np.float64), conf_level=CERTAINTY, num_levels=LEVELS, seed=seed
        )
        for one in found
    ]
    size, error, spread = (
        np.array([np.asarray(part[name], np.float64) for part in parts])
        for name in ("mu_star", "mu_star_conf", "sigma")
    )
    return Screened(size, error, spread, len(levels))


def sobol(function: Function, inputs: int, count: int, seed: int) -> Indices:
    """First-order and total indices from `count` x (inputs + 2) runs, `count` a power of two.

    Saltelli et al. 2010, Computer Physics Communications 181(2): two samples A and B, and A with one column of B at a
    time, both from one scrambled Sobol' sequence. Indices are SciPy's; intervals are percentiles over resampled rows,
    since SciPy's (BCa) have no end where an input does nothing. Raises JudgementError where `count` is no power of two.
    """
    if count < 2 or count & (count - 1):
        near = 1 << max(int(count - 1).bit_length(), 5)
        raise JudgementError(f"{count} points of a Sobol' sequence are not balanced", hint=f"Give {near}.")
    points = qmc.Sobol(2 * inputs, rng=np.random.default_rng([seed, inputs])).random_base2(int(math.log2(count)))
    first, second = np.split(np.clip(points, EDGE, 1.0 - EDGE), 2, axis=1)
    mixed = np.repeat(first[None], inputs, axis=0)
    for column in range(inputs):
        mixed[column, :, column] = second[:, column]
    places = np.concatenate([first, second, mixed.reshape(-1, inputs)])
    found = np.asarray(function(places), np.float64)
    rows = found.reshape(len(found), inputs + 2, count)
    shape = (len(found), inputs)
    empty = [np.full(shape, np.nan), np.full((2, *shape), np.nan)]
    indices = Indices(empty[0], empty[1], empty[0].copy(), empty[1].copy(), len(places))
    for number in np.flatnonzero(np.ptp(found, axis=1) > 0):
        own = np.random.default_rng([seed, int(number)])
        one = rows[number]
        alone, together = _indices(one)
        again = np.stack([_indices(one[:, own.integers(count, size=count)]) for _ in range(RESAMPLES)])
        ends = np.quantile(again, [0.5 - CERTAINTY / 2, 0.5 + CERTAINTY / 2], axis=0)
        indices.first[number], indices.total[number] = alone, together
        indices.first_interval[:, number], indices.total_interval[:, number] = ends[:, 0], ends[:, 1]
    return indices


def _indices(rows: Floats) -> Floats:
    """(2, input) first-order and total indices of one outcome; `rows` (2 + input, row) of A, B and the mixtures."""
    inputs = len(rows) - 2
    mixed = rows[2:] if inputs > 1 else rows[[2, 2]]  # SciPy fails on one input where nothing moves
    made = sobol_indices(
        func={"f_A": rows[None, 0], "f_B": rows[None, 1], "f_AB": mixed[:, None]}, n=rows.shape[1], rng=0
    )
    return np.stack([np.ravel(made.first_order)[:inputs], np.ravel(made.total_order)[:inputs]])


def strongest(screened: Screened, most: int) -> Sequence[int]:
    """The inputs that matter most: by the largest share that one has of all sizes for some outcome."""
    total = screened.size.sum(axis=1, keepdims=True)
    share = np.where(total > 0.0, screened.size / np.maximum(total, 1e-300), 0.0).max(axis=0)
    return [int(one) for one in np.argsort(-share, kind="stable")[:most] if share[one] > 0.0]
