"""What runs of a course of events come to: draws put together, and their quantiles by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from counterflow.lab.engine.schema import LEVELS, Fan

FIGURES = 6  # significant figures that an answer has
SHARES = np.array([float(level) for level in LEVELS])


class Ran(NamedTuple):
    """What one course of events gives over some draws."""

    weekly: dict[str, np.ndarray]  # (draw, week) float32 of OUTCOMES
    monthly: dict[str, np.ndarray]  # (draw, month) float32 of what is charted, months that are covered whole


def joined(parts: Sequence[Ran], draws: int) -> Ran:
    """The first `draws` draws of some pieces."""

    def together(of: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        return {name: np.concatenate([one[name] for one in of])[:draws] for name in of[0]}

    return Ran(together([one.weekly for one in parts]), together([one.monthly for one in parts]))


def fans(ran: Ran, names: Sequence[str]) -> dict[str, Fan]:
    """The quantiles of each outcome by month, over draws."""
    months = [ran.monthly[name].shape[1] for name in names]
    found = quantiles(np.concatenate([ran.monthly[name] for name in names], axis=1))
    parts = np.split(found, np.cumsum(months)[:-1], axis=1)
    return {
        name: {level: tuple(row.tolist()) for level, row in zip(LEVELS, part, strict=True)}
        for name, part in zip(names, parts, strict=True)
    }


def quantiles(values: np.ndarray) -> np.ndarray:
    """(level, column) the LEVELS of `values` (draw, column), as `numpy.quantile` has them, at FIGURES figures.

    Of contiguous columns only the needed places are sorted out, which takes a fraction of the time.
    """
    places = SHARES * (len(values) - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, len(values) - 1)
    ordered = np.partition(np.ascontiguousarray(values.T, np.float32), np.unique([below, above]), axis=1)
    low, high = (ordered[:, at].astype(np.float64) for at in (below, above))
    return rounded(low + (high - low) * (places - below)).T


def rounded(values: np.ndarray) -> np.ndarray:
    """Values at FIGURES significant figures."""
    decimals = FIGURES - 1 - np.floor(np.log10(np.maximum(np.abs(values), 1e-30)))
    up, down = 10.0 ** np.maximum(decimals, 0.0), 10.0 ** np.maximum(-decimals, 0.0)  # one of them is 1: no last digits
    return np.asarray(np.round(values * up / down) * down / up)
