"""The chains reach the posterior from wherever the smoother left their members, and nothing that is excluded."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import numpy as np
import pytest

from counterflow.calibration.fitting import chains, discrepancy
from counterflow.calibration.fitting.problem import Problem
from counterflow.calibration.fitting.smoother import Ensemble
from linear_fit import PARAMETERS, SERIES, Floats, Linear, exact, toy

MEMBERS = 600


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def freely(scores: Floats) -> Floats:
    """No condition."""
    return np.zeros(len(scores))


@pytest.fixture
def linear(monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, Linear]:
    """A linear problem, hyperparameters at the centres of their priors, and no condition."""
    problem, model = toy(1, members=MEMBERS)
    monkeypatch.setattr(chains, "predicted", model)
    monkeypatch.setattr(chains, "weigher", lambda problem: freely)
    monkeypatch.setattr(discrepancy, "drawn", lambda misfit, seen, scores, seed, moves=0: np.zeros_like(scores))
    return problem, model


def misplaced(problem: Problem, model: Linear) -> Ensemble:
    """Members far from the posterior and too close together."""
    scores = 1.5 + 0.5 * np.random.default_rng(3).standard_normal((MEMBERS, PARAMETERS))
    series, figures = model(problem, scores)
    return Ensemble(0, scores, np.zeros((3, MEMBERS, SERIES)), series, figures)


def test_members_that_begin_in_the_wrong_place_reach_the_exact_posterior(linear: tuple[Problem, Linear]) -> None:
    problem, model = linear
    settled = chains.settled(problem, chains.start(problem, misplaced(problem, model), 0), 0)
    found = settled.ensemble.scores
    mean, covariance = exact(problem, model)
    spread = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(found.mean(axis=0) / spread, mean / spread, atol=0.2)
    np.testing.assert_allclose(
        np.cov(found.T) / np.outer(spread, spread), covariance / np.outer(spread, spread), atol=0.25
    )
    assert settled.move == chains.ROUNDS * chains.MOVES
    assert settled.taken.min() > 0
    assert np.abs(chains.memory(settled)).max() < 0.2


def test_chains_that_have_not_moved_remember_where_they_began(linear: tuple[Problem, Linear]) -> None:
    problem, model = linear
    begun = chains.start(problem, misplaced(problem, model), 0)
    np.testing.assert_allclose(chains.memory(begun), 1.0)
    assert (chains.memory(chains.moved(problem, begun, 0, freely)) > 0.5).all()


def test_what_a_condition_excludes_is_left_and_never_entered(
    linear: tuple[Problem, Linear], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, model = linear
    mean, _ = exact(problem, model)
    monkeypatch.setattr(
        chains, "weigher", lambda problem: lambda scores: np.where(scores[:, 0] > mean[0], 0.0, -np.inf)
    )
    start = misplaced(problem, model)
    start = start._replace(scores=start.scores - 1.5)
    start = start._replace(series=model(problem, start.scores)[0], figures=model(problem, start.scores)[1])
    assert (start.scores[:, 0] <= mean[0]).mean() > 0.5
    found = chains.settled(problem, chains.start(problem, start, 0), 0).ensemble.scores
    assert (found[:, 0] > mean[0]).mean() > 0.99


def test_a_path_that_is_not_finite_is_never_taken(
    linear: tuple[Problem, Linear], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, model = linear

    def broken(problem: Problem, scores: Floats) -> tuple[Floats, Floats]:
        series, figures = model(problem, scores)
        series[scores[:, 1] > 1.5] = np.nan
        return series, figures

    monkeypatch.setattr(chains, "predicted", broken)
    now = chains.start(problem, misplaced(problem, model), 0)
    before = (now.ensemble.scores[:, 1] > 1.5).sum()
    for _ in range(20):
        now = chains.moved(problem, now, 0, freely)
    assert np.isfinite(now.ensemble.series).all()
    assert (now.ensemble.scores[:, 1] > 1.5).sum() < before


def test_proposals_stay_as_they_are_in_the_last_rounds(linear: tuple[Problem, Linear]) -> None:
    problem, model = linear
    seen: list[chains.Chains] = []
    chains.settled(problem, chains.start(problem, misplaced(problem, model), 0), 0, after=seen.append)
    last = seen[chains.ADAPTED * chains.MOVES :]
    assert len({now.length for now in last}) == 1
    assert all(now.centre is last[0].centre and now.root is last[0].root for now in last)
    assert len({now.length for now in seen}) > 10


def test_what_no_move_changes_is_worked_out_once_and_not_at_every_move(
    linear: tuple[Problem, Linear], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, model = linear
    made: list[Problem] = []
    monkeypatch.setattr(chains, "weigher", lambda of: made.append(of) or freely)
    start = chains.start(problem, misplaced(problem, model), 0)
    chains.settled(problem, start, 0)
    assert len(made) == 2  # once for where members begin, once for all moves
