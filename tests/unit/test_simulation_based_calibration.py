"""Ranks of true values: uniform where a fit is right, and found out where it is too narrow, too wide or off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
import pytest
from scipy import stats

from counterflow.calibration.fitting import discrepancy, simulation_based
from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.calibration.fitting.observed import Observed
from counterflow.calibration.fitting.problem import Figures, Problem
from counterflow.calibration.fitting.simulation_based import FIT, LATER, Ranks, made, ranks, table, together
from counterflow.calibration.fitting.smoother import Ensemble
from counterflow.calibration.fitting.space import Space

Floats = np.ndarray
Fit = Callable[[Problem, int], Ensemble]
VARIANCE = 0.5  # of the one figure that is known, which is the first parameter's score with an error
MONTHS, MEMBERS, REPLICATES = 6, 99, 400


@pytest.fixture(autouse=True)
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """64 bits, and a model whose series stand still and whose figure is the first score."""

    def again(problem: Problem, count: int, seed: int) -> Problem:
        return problem._replace(prior=np.random.default_rng(seed).standard_normal((count, 2)))

    monkeypatch.setattr(simulation_based, "_again", again)
    monkeypatch.setattr(simulation_based, "predicted", predicted)
    with jax.enable_x64(True):
        yield


def predicted(problem: Problem, scores: Floats) -> tuple[Floats, Floats]:
    return np.zeros((len(scores), MONTHS, 2)), scores[:, :1]


def problem(*, logs: float = np.nan) -> Problem:
    nothing: Any = None
    shape = (MONTHS, 2)
    jumps = np.zeros(shape)
    jumps[3, 1] = 0.04
    seen = Observed(
        ("encounters", "other"), (), np.full(shape, logs), np.full(shape, 0.002), jumps, np.array([0.03, 0.2])
    )
    none = np.zeros(0)
    known = Figures(np.zeros(1), np.array([[VARIANCE]]), none, none, none)
    two = np.zeros(2)
    space = Space((("border", "a"), ("border", "b")), two.astype(int), two, two, two, two, np.eye(2))
    return Problem(nothing, seen, known, space, nothing, nothing, np.zeros((1, 2)))


def exact(width: float = 1.0, shift: float = 0.0) -> Fit:
    """Draws from the posterior, all of which is known here; or ones that are too narrow, or off."""

    def fit(of: Problem, seed: int) -> Ensemble:
        rng = np.random.default_rng([seed, 7])
        scores = rng.standard_normal((MEMBERS, 2))
        mean = of.figures.logs[0] / (1 + VARIANCE)
        scores[:, 0] = mean + np.sqrt(VARIANCE / (1 + VARIANCE)) * (width * scores[:, 0] + shift)
        series, figures = predicted(of, scores)
        return Ensemble(8, scores, rng.standard_normal((3, MEMBERS, 2)), series, figures)

    return fit


def ranked(fit: Fit) -> Ranks:
    return ranks(problem(), replicates=REPLICATES, members=MEMBERS, seed=1, fit=fit)


def test_the_true_posterior_has_uniform_ranks() -> None:
    of = ranked(exact())
    assert of.below.shape == (REPLICATES, len(of.names))
    assert of.below.min() >= 0
    assert of.below.max() <= MEMBERS
    rows = table(of)
    assert [row.name for row in rows[:4]] == ["border.a", "border.b", FIT, LATER]
    for row in rows:
        assert row.within_50 == pytest.approx(0.5, abs=0.1)
        assert row.within_90 == pytest.approx(0.9, abs=0.06)
    for prefix in ("", "border.", "sigma:"):
        assert min(together(of, prefix)) > 0.001


@pytest.mark.parametrize(("width", "shift"), [(0.6, 0.0), (1.7, 0.0), (1.0, 0.5)])
def test_a_fit_that_is_wrong_is_found_out_where_it_is_wrong(width: float, shift: float) -> None:
    of = ranked(exact(width, shift))
    rows = {row.name: row for row in table(of)}
    assert rows["border.a"].p < 1e-6
    assert rows["border.b"].p > 1e-3
    assert together(of, "border.")[0] < 1e-5
    if width < 1:
        assert rows["border.a"].within_90 < 0.8
    if width > 1:
        assert rows["border.a"].within_50 > 0.65


def test_the_log_likelihood_finds_a_fit_that_ignores_the_record() -> None:
    def prior(of: Problem, seed: int) -> Ensemble:
        rng = np.random.default_rng([seed, 7])
        scores = rng.standard_normal((MEMBERS, 2))
        return Ensemble(8, scores, rng.standard_normal((3, MEMBERS, 2)), *predicted(of, scores))

    rows = {row.name: row for row in table(ranked(prior))}
    assert rows["border.a"].p > 1e-3  # the prior's ranks are uniform: no parameter alone shows it
    assert rows[FIT].p < 1e-6


def test_records_are_made_as_the_likelihood_takes_them_to_be() -> None:
    """The distance of a record from its path, by the whole covariance at its own hyperparameters, is chi-square."""
    of = problem(logs=0.0)
    squares = []
    for truth in made(of, 300, 5):
        hypers = discrepancy.hyper(truth.hyper, of.seen.scatter)  # type: ignore[arg-type]
        beside = truth.logs - truth.series
        squares.append(
            [
                beside[:, column] @ np.linalg.solve(discrepancy.covariance(of.seen, column, hypers), beside[:, column])
                for column in range(2)
            ]
        )
    assert stats.kstest(np.ravel(squares), stats.chi2(MONTHS).cdf).pvalue > 0.01


def test_a_made_up_record_has_the_months_that_the_real_one_has() -> None:
    of = problem(logs=0.0)
    of.seen.logs[[1, 4], 0] = np.nan
    for truth in made(of, 3, 1):
        np.testing.assert_array_equal(np.isfinite(truth.logs), np.isfinite(of.seen.logs))


def test_replicates_differ_and_come_back_with_the_same_seed() -> None:
    one, again = (made(problem(logs=0.0), 3, seed=4) for _ in range(2))
    other = made(problem(logs=0.0), 3, seed=5)
    np.testing.assert_array_equal([t.logs for t in one], [t.logs for t in again])
    assert not np.allclose(one[0].logs, one[1].logs)
    assert not np.allclose(one[0].logs, other[0].logs)
    done: list[int] = []
    ranks(problem(), replicates=3, members=MEMBERS, seed=1, fit=exact(), progress=done.append)
    assert done == [1, 2, 3]


def test_the_forecast_of_a_record_without_months_is_the_priors() -> None:
    of = made(problem(), 400, 3)
    hypers = [Hyper(*(np.asarray(part) for part in discrepancy.hyper(t.hyper, np.ones(2)))) for t in of]  # type: ignore[arg-type]
    spread = [np.sqrt(discrepancy.LEVEL**2 + h.sigma[0] ** 2 / (1 - h.phi[0] ** 2)) for h in hypers]
    assert stats.kstest([t.later / s for t, s in zip(of, spread, strict=True)], "norm").pvalue > 0.01
