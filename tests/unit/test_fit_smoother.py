"""The smoother on problems with a known posterior, what single figures it is given, and the months of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import jax
import numpy as np
import pytest

from counterflow.calibration.fitting import discrepancy, path, smoother
from counterflow.calibration.fitting.given import FIRST, Given, given
from counterflow.calibration.fitting.observed import fitted
from counterflow.calibration.fitting.problem import ALONE, KIND, Figures, figures
from counterflow.evidence.store import Store
from linear_fit import MONTHS, PARAMETERS, SERIES, Linear, exact, toy


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@pytest.fixture
def central(monkeypatch: pytest.MonkeyPatch) -> Callable[[Linear], None]:
    """The smoother with a linear model, and with hyperparameters that stay at the centres of their priors."""

    def use(model: Linear) -> None:
        monkeypatch.setattr(smoother, "predicted", model)
        monkeypatch.setattr(discrepancy, "drawn", lambda misfit, seen, scores, seed, moves=0: np.zeros_like(scores))

    return use


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_linear_problem_is_solved_exactly(central: Callable[[Linear], None], seed: int) -> None:
    problem, model = toy(seed)
    central(model)
    found = smoother.fit(problem, seed).scores
    mean, covariance = exact(problem, model)
    spread = np.sqrt(np.diag(covariance))
    assert (np.abs(mean) > 2 * spread).any()  # the record says something that the prior does not
    assert (spread < 0.6).sum() >= 2
    np.testing.assert_allclose(found.mean(axis=0) / spread, mean / spread, atol=0.15)
    np.testing.assert_allclose(
        np.cov(found.T) / np.outer(spread, spread), covariance / np.outer(spread, spread), atol=0.2
    )


def test_a_parameter_that_moves_nothing_keeps_its_prior(central: Callable[[Linear], None]) -> None:
    problem, model = toy(4)
    central(model)
    found = smoother.fit(problem, 4).scores
    assert abs(1.0 - found[:, -1].var() / problem.prior[:, -1].var()) < 0.1
    assert abs(found[:, -1].mean()) < 0.1
    assert np.corrcoef(found[:, -1], problem.prior[:, -1])[0, 1] > 0.9  # member by member
    assert all(1.0 - found[:, one].var() / problem.prior[:, one].var() > 0.3 for one in range(2))


def test_nothing_observed_leaves_every_member_where_it_was(central: Callable[[Linear], None]) -> None:
    problem, model = toy(5)
    central(model)
    none = np.zeros(0)
    empty = problem._replace(
        seen=problem.seen._replace(logs=np.full_like(problem.seen.logs, np.nan)),
        figures=Figures(none, none, none, none, none),
    )
    model.figure = np.zeros((0, PARAMETERS))
    np.testing.assert_array_equal(smoother.fit(empty, 5).scores, problem.prior)


def test_a_fit_is_the_same_again_and_another_with_another_seed(central: Callable[[Linear], None]) -> None:
    problem, model = toy(6, members=100)
    central(model)
    first, again, other = (smoother.fit(problem, seed).scores for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_a_fit_goes_on_from_where_it_stopped(central: Callable[[Linear], None]) -> None:
    problem, model = toy(7, members=100)
    central(model)
    steps: list[smoother.Ensemble] = []
    whole = smoother.fit(problem, 1, after=steps.append)
    assert [now.step for now in steps] == list(range(1, smoother.STEPS + 1))
    np.testing.assert_array_equal(smoother.fit(problem, 1, start=steps[2]).scores, whole.scores)


def test_hyperparameters_follow_the_misfit(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, model = toy(8, members=60)
    monkeypatch.setattr(smoother, "predicted", model)
    rough = np.random.default_rng(1).standard_normal((MONTHS, SERIES))
    wild = problem._replace(seen=problem.seen._replace(logs=problem.seen.logs + rough))
    tame, rough_found = (smoother.fit(one, 1).hyper.mean(axis=1) for one in (problem, wild))
    assert (rough_found[1] + rough_found[2] > tame[1] + tame[2] + 0.5).all()  # news and errors, of both series


def known(cutoff: date, as_of: date | None) -> Figures:
    return figures(fitted()[1], np.arange(FIRST, np.datetime64(cutoff, "M")), cutoff, as_of)


def test_a_single_figure_counts_from_the_day_on_which_it_was_known() -> None:
    cutoff = date(2021, 3, 1)
    dated = [figure.known for of in fitted()[1] for figure in of.figures if figure.until < cutoff]
    for day in (date(2020, 1, 31), date(2020, 2, 1), date(2021, 2, 1), date(2024, 5, 15)):
        assert len(known(cutoff, day).logs) == sum(when <= day for when in dated)
    assert len(known(cutoff, None).logs) == len(dated)
    assert len(known(cutoff, date(2020, 2, 1)).logs) == len(known(cutoff, date(2020, 1, 31)).logs) + 1


def test_a_single_figure_whose_time_is_not_over_by_the_cut_off_is_left_out() -> None:
    ended = [figure.until for of in fitted()[1] for figure in of.figures]
    for cutoff in (date(2019, 6, 1), date(2020, 10, 1), date(2023, 1, 1), date(2026, 1, 1)):
        assert len(known(cutoff, None).logs) == sum(until < cutoff for until in ended)


def test_a_single_figure_stands_for_its_own_months() -> None:
    cutoff = date(2021, 1, 1)
    of = known(cutoff, None)
    months = np.arange(FIRST, np.datetime64(cutoff, "M"))
    places = [(figure, what) for what in fitted()[1] for figure in what.figures if figure.until < cutoff]
    names = (*path.FLOWS, *path.STOCKS)
    for row, (figure, what) in enumerate(places):
        inside = months[of.within[row] == 1.0]
        assert inside[0] == np.datetime64(figure.first, "M")
        assert inside[-1] == np.datetime64(figure.until, "M")
        assert of.logs[row] == pytest.approx(np.log(figure.value))
        assert names[of.above[row]] == what.model
        assert (names[of.below[row]] == what.over) if what.over else of.below[row] == -1
        counted = 0.0 if what.over else 1 / figure.value  # a count of persons has Poisson's variance besides
        assert of.covariance[row, row] == pytest.approx(KIND**2 + ALONE**2 + counted)


@pytest.fixture(scope="module")
def record() -> Given:
    with jax.enable_x64(True):
        return given(Store.open(), date(2021, 1, 1), horizon=2, as_of=None)


def test_every_day_of_a_month_belongs_to_it(record: Given) -> None:
    days = [(month + 1).astype("datetime64[D]") - month.astype("datetime64[D]") for month in record.months]
    np.testing.assert_allclose(
        record.inputs.weights.sum(axis=1) * 7, [length.astype(int) for length in days], rtol=1e-12
    )


def test_months_are_sums_of_weeks(record: Given) -> None:
    shares = record.inputs.weights.sum(axis=0)
    counted = np.flatnonzero(shares)  # weeks before the first whole month belong to none
    assert (np.diff(counted) == 1).all()
    np.testing.assert_allclose(shares[counted[1:-1]], 1.0)
    assert (shares <= 1 + 1e-12).all()
    assert ((record.inputs.weights > 0).sum(axis=0) <= 2).all()
    assert record.months[0] == FIRST
    assert record.months[-1] == np.datetime64("2021-02")


def test_a_run_follows_what_was_counted_and_nothing_from_the_cut_off_on(record: Given) -> None:
    before = np.isfinite(record.inputs.followed)
    ends = np.flatnonzero(~before)
    assert before[: ends[0]].all()
    assert not before[ends[0] :].any()
    counted = record.inputs.weights[:-3] @ np.where(before, record.inputs.followed, 0.0)  # whole months before the last
    store = Store.open()
    rows = {np.datetime64(row.date, "M"): row.value for row in store.observations("usbp_encounters_sw", "southwest")}
    np.testing.assert_allclose(counted, [rows[month] for month in record.months[:-3]], rtol=0.15)


def test_nothing_dated_is_known_after_the_cut_off(record: Given) -> None:
    later = np.isnan(record.inputs.followed)
    for name in ("killed", "arrested", "wars", "affront"):
        assert not np.asarray(getattr(record.inputs.forcing, name))[later].any(), name


def test_a_run_is_given_everything_in_64_bits(record: Given) -> None:
    assert {leaf.dtype for leaf in jax.tree.leaves(record.inputs)} == {np.dtype("float64")}
