"""The prior of a fit is that of draws: joint conditions weigh in it as drawing again does."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from counterflow.calibration.fitting.conditioned import POINTS, _points, weigher
from counterflow.calibration.fitting.problem import Problem, every_value
from counterflow.calibration.fitting.space import scores_of, space, values
from counterflow.ensemble import sampling
from counterflow.ensemble.sampling import TRIES
from counterflow.model import priors
from counterflow.model.conditions import Condition, Key, Values, conditions

COUNT = 40_000
FITTED = ("hostility", "gotaways", "laboratories")  # whose parameters the record moves


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def drawn(keys: tuple[Key, ...], count: int = COUNT) -> Problem:
    """The part of a problem that conditions look at, with draws from the priors of today."""
    nothing: Any = None
    at: Any = SimpleNamespace(year=None)
    draws = sampling.draw(count, 5, ("border.agents",), 1).parameters
    base = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), draws)
    of = space(priors.load(), keys, None)
    found = np.stack([getattr(getattr(base, mechanism), symbol) for mechanism, symbol in keys], axis=1)
    return Problem(at, nothing, nothing, of, base, nothing, scores_of(of, found))


@pytest.mark.parametrize("condition", [one for one in conditions() if one.name in FITTED], ids=lambda one: one.name)
def test_normal_scores_weighed_so_are_draws_from_the_priors(condition: Any) -> None:
    problem = drawn(condition.first + condition.then)
    scores = np.random.default_rng(1).standard_normal(problem.prior.shape)
    weight = np.exp(weigher(problem)(scores))
    held = condition.holds(every_value(problem, np.asarray(values(problem.space, jnp.asarray(scores)))))
    assert ((weight > 0.0) == held).all()
    assert weight.mean() == pytest.approx(1.0, abs=0.02)  # it is a density
    for column in range(scores.shape[1]):
        for cut in (-1.0, -0.5, 0.0, 0.5, 1.0):
            share = (weight * (scores[:, column] < cut)).sum() / weight.sum()
            assert share == pytest.approx((problem.prior[:, column] < cut).mean(), abs=0.02)


def test_cutting_alone_would_move_what_was_measured() -> None:
    (gotaways,) = (one for one in conditions() if one.name == "gotaways")
    problem = drawn(gotaways.first + gotaways.then)
    position = problem.space.keys.index(("border", "p_app"))
    scores = np.random.default_rng(1).standard_normal(problem.prior.shape)
    held = np.isfinite(weigher(problem)(scores))
    assert scores[held, position].mean() < problem.prior[:, position].mean() - 0.3


def test_a_condition_that_was_not_known_yet_weighs_nothing() -> None:
    (laboratories,) = (one for one in conditions() if one.name == "laboratories")
    problem = drawn(laboratories.first + laboratories.then)
    at: Any = SimpleNamespace(year=laboratories.known_from)
    scores = np.random.default_rng(1).standard_normal(problem.prior.shape)
    assert not np.isfinite(weigher(problem)(scores)).all()
    assert (weigher(problem._replace(at=at))(scores) == 0.0).all()


def test_one_weigher_gives_at_every_move_the_bits_that_a_new_one_gives() -> None:
    named = [one for one in conditions() if one.name in FITTED]
    problem = drawn(tuple(dict.fromkeys(key for one in named for key in one.first + one.then)), count=300)
    weigh = weigher(problem)
    rng = np.random.default_rng(2)
    for _ in range(3):
        scores = rng.standard_normal(problem.prior.shape)
        assert weigh(scores).tobytes() == weigher(problem)(scores).tobytes() == weighed_anew(problem, scores).tobytes()


def share_held(condition: Condition, members: Values) -> np.ndarray:
    """(member,) the share of all values of what is drawn again first with which a condition holds."""
    columns = {key: column[:, None] for key, column in members.items()}
    return np.asarray(condition.holds(columns | _points(condition.first, None))).mean(axis=1)


def weighed_anew(problem: Problem, scores: np.ndarray) -> np.ndarray:
    """The formula as it stands at the head of conditioned.py, with nothing kept from move to move."""
    found = every_value(problem, np.asarray(values(problem.space, jnp.asarray(scores))))
    own = every_value(problem, np.asarray(values(problem.space, jnp.asarray(problem.prior))))
    total = np.zeros(len(scores))
    for one in conditions():
        total = np.where(one.holds(found), total, -np.inf)
        if {*problem.space.keys}.isdisjoint(one.first + one.then):
            continue
        p = share_held(one, found)
        ratio = np.where(p > 0.0, (1.0 - (1.0 - p) ** (TRIES + 1)) / np.where(p > 0.0, p, 1.0), TRIES + 1.0)
        of_all = share_held(
            one, {key: np.resize(column, 2**POINTS) for key, column in own.items()} | _points(one.then, None)
        )
        total = total + np.log(ratio + float(((1.0 - of_all) ** (TRIES + 1)).mean() / of_all.mean()))
    return total


def test_the_parameters_that_are_drawn_again_go_with_no_other() -> None:
    """What is drawn again is drawn on its own: for a correlated prior the shares would have to know of the other."""
    table = priors.load()
    named = {key for one in conditions() for key in one.first + one.then}
    for mechanism, symbols in table.items():
        for symbol, prior in symbols.items():
            for other in prior.correlation:
                assert named.isdisjoint({(mechanism, symbol), (mechanism, other)})
