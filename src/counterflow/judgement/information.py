"""What it would be worth to know an uncertain number: how often the call would then be wrong less often.

A headline is called met where its probability is one half or more, else not met. The call is wrong in min(p, 1 - p) of
the draws. Who knew input x would call by p(x) in the place of p. By how much less often that is wrong is the expected
value of partial perfect information (Raiffa & Schlaifer 1961, Applied Statistical Decision Theory, chapter 4) with a
loss of one for a wrong call. p(x) is estimated by regression on the draws at hand (Strong, Oakley & Brennan 2014,
Medical Decision Making 34(3)), here a cubic in the input's normal score: where p(x) is a step, some of the worth is
missed. Every draw is called by a curve of other draws alone (cross-validation: Stone 1974, J. Royal Statistical Society
B 36(2)): one that was fitted to the very draws it calls would seem to be worth something where it follows their noise.

What is told is what can be: an input counts where its curve is told from a level, and knowing it makes wrong calls
fewer by more than two standard errors and by at least one in a hundred. Fewer than LEAST draws tell nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from counterflow.judgement.additive import CURVE, Floats, Terms, terms

GROUPS = 20  # parts of the draws, each called by the others
CHANCE = 0.05  # how often, over all inputs, one that tells nothing may be taken to tell something
LEAST = 2000  # draws below which a worth of some percentage points is lost in its error
SMALLEST = 0.01  # fall of the chance of a wrong call that is worth a word
_RIDGE = 1e-9  # of the terms' variance


class Worth(NamedTuple):
    """How much less often a call would be wrong, by input (row) and headline (column)."""

    wrong: Floats  # (outcome,) how often the call is wrong now
    less: Floats  # (input, outcome) by how much that falls: below zero by chance; 0 where no curve is told from a level
    error: Floats  # (input, outcome) standard error of that, between draws
    told: NDArray[np.bool_]  # (input, outcome) whether there is something to tell


def worth(values: Floats, met: Floats) -> Worth:
    """What it is worth to know each input (draw, input) for each headline, `met` (draw, outcome) between 0 and 1."""
    draws, inputs = values.shape
    share = met.mean(axis=0)
    wrong = np.minimum(share, 1.0 - share)
    if draws < LEAST:
        nothing = np.zeros((inputs, met.shape[1]))
        return Worth(wrong, nothing, nothing, nothing > 0.0)
    of = terms(values)
    whole = _sums(of.centred, met)
    seen = _flat(of, whole, met) < CHANCE / max(inputs, 1)
    rows = np.flatnonzero(seen.any(axis=1))
    less, error = np.zeros((2, *seen.shape))
    less[rows], error[rows] = _scored(np.ascontiguousarray(of.centred[:, :, rows]), met)
    return Worth(wrong, less, error, seen & (less > 2.0 * error) & (less >= SMALLEST))


def _scored(own: Floats, met: Floats) -> tuple[Floats, Floats]:
    """(input, outcome) how much less often calls by each input's curve are wrong, and its standard error; `own`
    (term, draw, input)."""
    draws = len(met)
    groups = [_sums(own[:, group::GROUPS], met[group::GROUPS]) for group in range(GROUPS)]
    whole = _Sums(*(np.sum(parts, axis=0) for parts in zip(*groups, strict=True)))
    blind = whole.hits / whole.draws >= 0.5  # what is called by the share alone
    total, squares = np.zeros((2, own.shape[2], met.shape[1]))
    for group, left_out in enumerate(groups):
        others = _Sums(*(all_of - part for all_of, part in zip(whole, left_out, strict=True)))
        level, slopes = _fit(others)
        hits = met[group::GROUPS]
        gain = np.where(blind, 1.0 - 2.0 * hits, 2.0 * hits - 1.0)  # by how much less often the other call is wrong
        for column in range(met.shape[1]):
            line = np.einsum("tdi,ti->di", own[:, group::GROUPS], slopes[:, :, column]) + level[:, column]
            other_call = ((line >= 0.5) != blind[column]).astype(np.float64)
            total[:, column] += gain[:, column] @ other_call
            squares[:, column] += gain[:, column] ** 2 @ other_call
    less = total / draws
    return less, np.sqrt(np.maximum(squares / draws - less**2, 0.0) / draws)


class _Sums(NamedTuple):
    """What a fit to some draws needs of them."""

    draws: Floats  # () how many
    hits: Floats  # (outcome,)
    terms: Floats  # (input, term)
    gram: Floats  # (input, term, term)
    products: Floats  # (input, term, outcome)


def _sums(own: Floats, met: Floats) -> _Sums:
    """The sums over draws of terms (term, draw, input) and hits (draw, outcome)."""
    return _Sums(
        np.asarray(float(len(met))),
        met.sum(axis=0),
        own.sum(axis=1).T,
        np.einsum("sdi,tdi->ist", own, own),
        np.einsum("tdi,do->ito", own, met, optimize=True),
    )


def _fit(of: _Sums) -> tuple[Floats, Floats]:
    """(input, outcome) level and (term, input, outcome) slopes of the least-squares curve of each input alone."""
    means = of.terms / of.draws
    gram = of.gram / of.draws - means[:, :, np.newaxis] * means[:, np.newaxis]
    products = (of.products - means[:, :, np.newaxis] * of.hits) / of.draws
    slopes = np.linalg.solve(gram + _RIDGE * np.eye(CURVE), products)
    return of.hits / of.draws - np.einsum("it,ito->io", means, slopes), np.ascontiguousarray(np.moveaxis(slopes, 0, 1))


def _flat(of: Terms, whole: _Sums, met: Floats) -> Floats:
    """(input, outcome) p-values of the score test that a curve is flat, on as many degrees of freedom as its terms."""
    _, slopes = _fit(whole)
    explained = np.einsum("tio,ito->io", slopes, whole.products)  # terms are centred on all draws
    return np.asarray(chi2.sf(explained / np.maximum(met.var(axis=0), 1e-12), np.maximum(of.counts, 1)[:, np.newaxis]))
