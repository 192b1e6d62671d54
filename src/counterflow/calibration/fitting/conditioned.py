"""The density of draws from the priors where joint conditions hold, over that of the priors themselves.

Draws meet a condition by drawing again what is known less well, x, given the rest, y, so that what was measured keeps
its stated points as far as can be (ensemble.sampling.draw): TRIES times, then both. Where P(y) is the share of all x
with which the condition holds, and Q(y) = (1 - P(y))^(TRIES + 1) that of draws for which no try was enough, a pair for
which it holds has the density

    p(x, y) = p(x) p(y) [(1 - Q(y)) / P(y) + E Q / E P]

A fit whose prior were p(x) p(y) cut where the condition fails would instead shift y to where P is large.
"""

from __future__ import annotations

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from counterflow.calibration.fitting.problem import Problem, every_value, known_conditions
from counterflow.calibration.fitting.space import values
from counterflow.ensemble.sampling import TRIES
from counterflow.model import priors
from counterflow.model.conditions import Condition, Key, Values

POINTS = 9  # 2 to that power points of x, and of y, at which a share is measured

Weigh = Callable[[np.ndarray], np.ndarray]  # scores (member, parameter) -> (member,)


def weigher(problem: Problem) -> Weigh:
    """What gives (member,) log of that ratio of densities at `scores` (member, parameter), minus infinity where a
    condition that was known does not hold. What a member holds of the parameters that are not fitted is taken as it is.

    What is the same wherever the members stand, E Q / E P above all, is worked out here, once for a fit.
    """
    known = known_conditions(problem)
    fitted = set(problem.space.keys)
    bearing = [one for one in known if not fitted.isdisjoint(one.first + one.then)]
    points = {one.name: _points(one.first, problem.at.year) for one in bearing}
    both = {one.name: _both(problem, one, points[one.name]) for one in bearing}

    def log_weight(scores: np.ndarray) -> np.ndarray:
        found = every_value(problem, np.asarray(values(problem.space, jnp.asarray(scores))))
        total = np.zeros(len(scores))
        for condition in known:
            total = np.where(condition.holds(found), total, -np.inf)
            if condition.name in both:
                share = _share(condition, found, points[condition.name])
                never = (1.0 - share) ** (TRIES + 1)
                # Where no point of x was found and yet this one holds, the ratio is at its limit.
                ratio = np.where(share > 0.0, (1.0 - never) / np.where(share > 0.0, share, 1.0), TRIES + 1.0)
                total = total + np.log(ratio + both[condition.name])
        return total

    return log_weight


def _share(condition: Condition, found: Values, points: Values) -> np.ndarray:
    """(member,) the share of `points`, all values of what is drawn again first, with which the condition holds."""
    members = {key: column[:, None] for key, column in found.items()}
    held = np.asarray(condition.holds({**members, **points}))
    return np.asarray(held.mean(axis=1))


def _both(problem: Problem, condition: Condition, points: Values) -> float:
    """E Q / E P, over all values of what is drawn again last; what else a condition looks at is as members hold it."""
    count = 2**POINTS
    own = every_value(problem, np.asarray(values(problem.space, jnp.asarray(problem.prior))))
    found = {key: np.resize(column, count) for key, column in own.items()} | _points(condition.then, problem.at.year)
    share = _share(condition, found, points)
    return float(((1.0 - share) ** (TRIES + 1)).mean() / share.mean())


def _points(keys: tuple[Key, ...], year: int | None) -> dict[Key, np.ndarray]:
    """(point,) values of parameters, evenly spread over their priors as known in `year`."""
    half = 2.0 ** -(POINTS + 1)  # Sobol' points begin at 0: each is moved to the middle of its cell
    scores = ndtri(qmc.Sobol(len(keys), scramble=False).random_base2(POINTS) + half)
    table = priors.load()
    return {
        (mechanism, symbol): priors.from_score(table[mechanism][symbol], column, year)
        for (mechanism, symbol), column in zip(keys, scores.T, strict=True)
    }
