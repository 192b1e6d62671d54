"""What each uncertain number does by itself, from the draws at hand: no run is made again.

An outcome is projected on the sum of one curve per input, each a cubic in the input's normal score. With independent
inputs the best sum of such curves is the sum of conditional means (Efron & Stein 1981, Annals of Statistics 9(3), the
first-order terms of their decomposition); with dependent ones a curve tells what moving its input does while the
others stay, as a partial regression does. A probability is projected as it is (a linear probability model), and its
errors are those of White (1980, Econometrica 48(4), eq. 3), which hold where the spread depends on the inputs.

An input of two or three values has as many terms as it has values less one: of two values nothing but a slope can be
told.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import chi2, rankdata

from counterflow.errors import JudgementError

Floats = NDArray[np.float64]

CURVE = 3  # terms per input: the normal score, its square and its cube
PER_TERM = 4  # draws that each term needs, below which errors of this kind are too small
_RIDGE = 1e-8  # of the terms' variance: a term that is the same as another's is shared between them


class Terms(NamedTuple):
    """The terms that curves are made of, centred on their means."""

    centred: Floats  # (term, draw, input), 0 where the input has fewer terms
    centre: Floats  # (term, input) what was taken off
    counts: NDArray[np.intp]  # (input,) how many terms an input has
    span: Floats  # (2, input) the lowest and the highest normal score


class Curves(NamedTuple):
    """The curve of every input for every outcome, centred on the outcome's mean."""

    of: Terms
    mean: Floats  # (outcome,)
    spread: Floats  # (input, outcome) variance of `mean` once what the input explains of it is taken off
    terms: Floats  # (input, term, outcome) coefficients of the terms, 0 where an input has fewer
    covariance: Floats  # (input, term, term, outcome) of these, robust
    with_mean: Floats  # (input, term, outcome) covariance of these and of `mean`


class Ends(NamedTuple):
    """(input, outcome) what the outcome's mean is with one input at either of two scores, and standard errors."""

    first: Floats
    last: Floats
    first_error: Floats
    last_error: Floats
    error: Floats  # of the difference between the two


def needed(inputs: int) -> int:
    """How many draws curves of so many inputs need."""
    return PER_TERM * (1 + CURVE * inputs)


def normal_scores(values: Floats) -> Floats:
    """(draw, input) the standard normal quantiles of each value's rank, ties at their mean rank (Blom 1958)."""
    twice = np.asarray(2.0 * rankdata(values, axis=0), np.intp)  # mean ranks are whole or half numbers
    at_rank = ndtri((np.arange(2 * len(values) + 1) / 2.0 - 0.375).clip(0.0) / (len(values) + 0.25))
    return np.asarray(at_rank[twice])


def terms_of(scores: Floats) -> Floats:
    """(term, ...) the first Hermite polynomials of normal scores, each of variance one."""
    square = scores * scores
    return np.stack([scores, (square - 1.0) / np.sqrt(2.0), scores * (square - 3.0) / np.sqrt(6.0)])


def terms(values: Floats) -> Terms:
    """The terms of inputs (draw, input): one less than an input has distinct values, at most CURVE."""
    scores = normal_scores(values)
    distinct = 1 + (np.diff(np.sort(scores, axis=0), axis=0) > 0.0).sum(axis=0)
    counts = np.minimum(distinct - 1, CURVE)
    own = terms_of(scores) * (np.arange(CURVE)[:, np.newaxis] < counts)[:, np.newaxis]
    centre = own.mean(axis=1)
    return Terms(own - centre[:, np.newaxis], centre, counts, np.stack([scores.min(axis=0), scores.max(axis=0)]))


def curves(values: Floats, outcomes: Floats) -> Curves:
    """Curves of inputs (draw, input) for outcomes (draw, outcome).

    Raises JudgementError for fewer draws than `needed`.
    """
    draws, inputs = values.shape
    if draws < needed(inputs):
        raise JudgementError(
            f"{draws:,} draws are too few to tell {inputs} inputs apart",
            hint=f"At least {needed(inputs):,} draws are needed.",
        )
    of = terms(values)
    design = np.moveaxis(of.centred, 0, 1).reshape(draws, CURVE * inputs)  # columns: all first terms, all second ones
    mean = outcomes.mean(axis=0)
    gram = design.T @ design
    gram[np.diag_indices_from(gram)] += _RIDGE * draws
    inverse = np.linalg.inv(gram)
    products = design.T @ (outcomes - mean)
    found = inverse @ products
    rest = outcomes - mean - design @ found
    square = rest**2 * draws / (draws - 1 - of.counts.sum())
    weight = (design @ inverse).reshape(draws, CURVE, inputs)  # what each draw adds to each coefficient
    covariance = np.empty((inputs, CURVE, CURVE, outcomes.shape[1]))
    for row in range(CURVE):
        for column in range(row + 1):
            product = (weight[:, row] * weight[:, column]).T @ square
            covariance[:, row, column] = covariance[:, column, row] = product
    with_mean = _by_input(weight.reshape(draws, -1).T @ square / draws, inputs)
    slopes = _by_input(found, inputs)
    own = np.einsum("sdi,tdi->ist", of.centred, of.centred)
    explained = 2.0 * slopes * _by_input(products, inputs) - slopes * np.einsum("ist,ito->iso", own, slopes)
    spread = (outcomes.var(axis=0) - explained.sum(axis=1) / draws) / draws
    return Curves(of, mean, spread, slopes, covariance, with_mean)


def _by_input(columns: Floats, inputs: int) -> Floats:
    """(input, term, outcome) of (column, outcome)."""
    return np.moveaxis(columns.reshape(CURVE, inputs, -1), 0, 1)


def _steps(of: Curves, score: float | Floats) -> Floats:
    """(term, input) the terms at a score less their means; the score is an input's outermost where that is nearer."""
    return terms_of(np.clip(score, *of.of.span)) - of.of.centre


def along(of: Curves, scores: Floats, row: int, column: int) -> Floats:
    """(score,) one outcome's mean with one input at each of some normal scores."""
    steps = terms_of(np.clip(scores, *of.of.span[:, row])) - of.of.centre[:, row, np.newaxis]
    return np.asarray(of.mean[column] + of.terms[row, :, column] @ steps)


def at_scores(of: Curves, low: float, high: float) -> Ends:
    """The outcome's mean with each input at normal score `low`, and at `high`; of an input that takes few values, at
    the outermost of them where those lie nearer.

    The error of a mean is that of the whole line: of the outcome's mean over the other inputs, of the curve, and of the
    two together.
    """
    steps = [_steps(of, score) for score in (low, high)]
    means = [of.mean + np.einsum("ti,ito->io", step, of.terms) for step in steps]
    spreads = [
        of.spread + 2.0 * np.einsum("ti,ito->io", step, of.with_mean) + _spread(of.covariance, step) for step in steps
    ]
    errors = [np.sqrt(np.maximum(spread, 0.0)) for spread in spreads]
    return Ends(means[0], means[1], errors[0], errors[1], np.sqrt(_spread(of.covariance, steps[1] - steps[0])))


def _spread(covariance: Floats, step: Floats) -> Floats:
    """(input, outcome) variance of the sum of an input's terms, each `step` (term, input) times its coefficient."""
    return np.asarray(np.einsum("si,isto,ti->io", step, covariance, step, optimize=True))


def told_from_zero(of: Curves) -> Floats:
    """(input, outcome) p-values of Wald's test (Wald 1943) that an input's curve is flat, on as many degrees of freedom
    as it has terms."""
    error = np.sqrt(np.einsum("itto->ito", of.covariance))
    error[error == 0.0] = 1.0  # of a term that an input lacks, and of an outcome that never changes
    scaled = np.moveaxis(of.terms / error, 1, 2)  # (input, outcome, term)
    alike = np.moveaxis(of.covariance / (error[:, :, np.newaxis] * error[:, np.newaxis]), 3, 1)
    solved = np.linalg.solve(alike + 1e-9 * np.eye(CURVE), scaled[..., np.newaxis])[..., 0]
    statistic = np.einsum("iot,iot->io", scaled, solved)
    return np.asarray(chi2.sf(statistic, np.maximum(of.of.counts, 1)[:, np.newaxis]))
