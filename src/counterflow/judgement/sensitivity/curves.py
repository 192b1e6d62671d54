"""Curves of one number: each draw's rank among the draws, in a few functions from smooth to wiggly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_legendre, ndtri
from scipy.stats import rankdata

Floats = NDArray[np.float64]

CURVES = 7  # the normal score itself, then Legendre polynomials of the rank of degrees 2 to 7


def curves(values: Floats) -> Floats:
    """(draw, input, CURVES) functions of the ranks of `values` (draw, input), each with mean 0 and variance 1.

    The first is the normal score of the rank, so that a linear dependence among Gaussian numbers stays one. With it go
    the Legendre polynomials of degrees 2 to 7 of the rank in (-1, 1), made orthogonal in that order. Equal values share
    their mean rank; a function that k different values cannot tell from those before it is 0.
    """
    count = len(values)
    even = (np.arange(count) + 0.5) / count
    made, triangle = np.linalg.qr(_functions(even))
    del made
    straight = np.linalg.inv(triangle) * np.sign(np.diag(triangle))
    found = (_functions((rankdata(values, axis=0) - 0.5) / count) @ straight)[..., 1:]
    for column in range(values.shape[1]):
        found[:, column, len(np.unique(values[:, column])) - 1 :] = 0.0
    return standard(found)


def _functions(places: Floats) -> Floats:
    """(..., 1 + CURVES) a constant, the normal score and the polynomials at `places` in (0, 1)."""
    more = [eval_legendre(degree, 2.0 * places - 1.0) for degree in range(2, CURVES + 1)]
    return np.stack([np.ones_like(places), ndtri(places), *more], axis=-1)


def standard(columns: Floats) -> Floats:
    """`columns` (draw, ...) with mean 0 and variance 1 over the draws; 0 where all are equal."""
    about = columns - columns.mean(axis=0)
    spread = about.std(axis=0)
    return np.asarray(np.where(spread > 1e-9, about / np.maximum(spread, 1e-9), 0.0))
