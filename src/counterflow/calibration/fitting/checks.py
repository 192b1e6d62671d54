"""Whether independent ensembles agree, what a fit has learned, and how the record lies about it.

Ensembles are drawn and smoothed apart, so that their members begin their chains in places of their own. By how much the
ensembles' means differ in the end tells whether those places are forgotten (as the superchains of Margossian et al.
2024, Bayesian Analysis, do), and how far the mean of all is from where more of them would bring it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from counterflow.calibration.fitting import discrepancy
from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.calibration.fitting.observed import Observed
from counterflow.errors import CalibrationError

R_HAT, EFFECTIVE = 1.01, 400.0  # a fit needs less than the one and more than the other (Vehtari et al. 2021, section 4)
LEARNED = 0.1  # contraction from which on a parameter counts as learned
BEYOND = 1.96  # standard deviations: 5% of standard normal residuals lie beyond
REMEMBERED = 0.3  # correlation with where the chains began above which they have not settled; judgement
NAMED = 8  # parameters that a refusal names
RESIDUALS_OF = 100  # members over which the misfit is averaged


class Agreement(NamedTuple):
    """How far the ensembles agree, by parameter. Axes: (parameter,)."""

    r_hat: np.ndarray
    effective: np.ndarray


def r_hat(chains: np.ndarray) -> np.ndarray:
    """(parameter,) split R-hat of draws (chain, draw, parameter).

    sqrt(((n - 1) / n W + B / n) / W) over halves of n draws of every chain, W the mean variance within them and B n
    times the variance between their means: Gelman et al. 2013, Bayesian Data Analysis, 3rd edition, equations 11.3 and
    11.4. 1 where all halves agree; infinite where they do not vary but differ.
    """
    count = chains.shape[1] // 2
    halves = np.concatenate([chains[:, :count], chains[:, -count:]])
    within, between = _variances(halves)
    whole = (count - 1) / count * within + between / count
    return np.asarray(np.sqrt(_over(whole, within)))


def effective_size(chains: np.ndarray) -> np.ndarray:
    """(parameter,) number of independent draws that tell the mean as well as draws (chain, draw, parameter).

    m n var+ / B for m chains of n draws, at most m n, with var+ and B as in `r_hat` but of whole chains: Gelman et al.
    2004, Bayesian Data Analysis, 2nd edition, equation 11.4. Draws of one ensemble have no order, so that no
    autocorrelation can be told: what they share shows between the ensembles alone. Of few chains it is itself known
    roughly: B of 4 has 3 degrees of freedom.
    """
    number, count = chains.shape[:2]
    within, between = _variances(chains)
    whole = (count - 1) / count * within + between / count
    return np.asarray(np.minimum(number * count * _over(whole, between), number * count))


def agreement(chains: np.ndarray) -> Agreement:
    """R-hat and effective size of draws (chain, draw, parameter)."""
    return Agreement(r_hat(chains), effective_size(chains))


def require_agreement(found: Agreement, names: Sequence[str], *, where: str) -> None:
    """Raise CalibrationError naming the parameters of which the ensembles do not agree."""
    bad = np.flatnonzero(~((found.r_hat < R_HAT) & (found.effective > EFFECTIVE)))
    if not len(bad):
        return
    worst = bad[np.argsort(found.effective[bad], kind="stable")][:NAMED]
    told = [f"{names[at]} (R-hat {found.r_hat[at]:.3f}, effective size {found.effective[at]:,.0f})" for at in worst]
    more = f" and {len(bad) - len(worst)} more" if len(bad) > len(worst) else ""
    raise CalibrationError(
        f"the ensembles do not agree on {len(bad)} of {len(names)} parameters: {', '.join(told)}{more}; R-hat below "
        f"{R_HAT} and an effective size above {EFFECTIVE:g} are needed.",
        where=where,
        hint="No posterior was written. Give more --members, and another folder.",
    )


def require_settled(memory: np.ndarray, names: Sequence[str], *, where: str) -> None:
    """Raise CalibrationError where chains still stand near where they began: `memory` (parameter,), correlations."""
    worst = int(np.abs(memory).argmax())
    if abs(memory[worst]) > REMEMBERED:
        raise CalibrationError(
            f"the chains have not settled: where members stand on {names[worst]} still goes with where they began "
            f"(correlation {memory[worst]:.2f}; at most {REMEMBERED:g} is needed)",
            where=where,
            hint="No posterior was written. Another --seed may settle; if none does, no move reaches all of it.",
        )


def contraction(prior: np.ndarray, posterior: np.ndarray) -> np.ndarray:
    """(parameter,) 1 - posterior variance / prior variance of scores (draw, parameter): 0 nothing learned, 1 all.

    Schad, Betancourt & Vasishth 2021, Psychological Methods 26(1), "posterior contraction".
    """
    return np.asarray(1.0 - posterior.var(axis=0, ddof=1) / prior.var(axis=0, ddof=1))


def residuals(misfit: np.ndarray, seen: Observed, column: int, of: Hyper) -> np.ndarray:
    """(month,) one-step-ahead residuals of a series over their standard deviations, months without a figure left out.

    `misfit` (month,): log of what was published less log of the path. With C = L L' the covariance of the months in
    their order, L^-1 times the misfit is each month less its best forecast from those before, standardised: what the
    filter of discrepancy.py calls news, in one solve (innovations: Brockwell & Davis 1991, Time Series, section 8.6).
    """
    known = np.isfinite(misfit)
    whole = discrepancy.covariance(seen, column, of)[known][:, known]
    return np.asarray(solve_triangular(cholesky(whole, lower=True), misfit[known], lower=True))


def beyond(seen: Observed, series: np.ndarray, hyper: Hyper) -> dict[str, float]:
    """Share of the one-step-ahead residuals of each series beyond 1.96: about 0.05 where path and discrepancy fit.

    `series` (member, month, series): logs of the path; `hyper` (member, series). The mean over RESIDUALS_OF members at
    most. Series without a figure are left out.
    """
    members = np.linspace(0, len(series) - 1, min(RESIDUALS_OF, len(series))).astype(int)
    shares = {}
    for column, name in enumerate(seen.names):
        if not np.isfinite(seen.logs[:, column]).any():
            continue
        misfits = seen.logs[:, column] - series[members, :, column]
        own = [
            residuals(misfit, seen, column, Hyper(*(np.asarray(part)[member] for part in hyper)))
            for member, misfit in zip(members, misfits, strict=True)
        ]
        shares[name] = float(np.mean(np.abs(own) > BEYOND))
    return shares


def _variances(chains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(parameter,) W and B."""
    return chains.var(axis=1, ddof=1).mean(axis=0), chains.shape[1] * chains.mean(axis=1).var(axis=0, ddof=1)


def _over(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """one / other, infinite over 0, and 1 where both are 0."""
    quotient = np.divide(one, other, out=np.full(one.shape, np.inf), where=other > 0.0)
    return np.asarray(np.where((one == 0.0) & (other == 0.0), 1.0, quotient))
