"""What holds for every series, every parameter and every cut-off that a fit is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterflow.calibration.fitting.discrepancy import Hyper, covariance, filtered, hyper
from counterflow.calibration.fitting.given import FIRST
from counterflow.calibration.fitting.observed import JUMP, Observed, fitted
from counterflow.calibration.fitting.problem import figures
from counterflow.calibration.fitting.simulation_based import BINS, Ranks, places, table
from counterflow.calibration.fitting.space import SCALES, continuous, scores_of, space, values
from counterflow.model import priors

TABLE = priors.load()
KEYS = continuous(TABLE)
SPACES = {year: space(TABLE, KEYS, year) for year in (None, 2015, 2021, 2024)}
MONTHS = 12  # one shape, so that it is compiled once


@pytest.fixture(autouse=True, scope="module")
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


@st.composite
def series(draw: st.DrawFn) -> tuple[Observed, np.ndarray, Hyper]:
    """A series of which any months may be missing or change their definition, its misfit and hyperparameters."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    misfit = rng.normal(0, draw(st.floats(0.01, 2.0)), (MONTHS, 1))
    misfit[draw(st.lists(st.integers(0, MONTHS - 1), max_size=MONTHS - 1, unique=True))] = np.nan
    jumps = np.zeros((MONTHS, 1))
    jumps[draw(st.lists(st.integers(0, MONTHS - 1), max_size=2))] = JUMP**2
    measured = rng.uniform(1e-6, 0.05, (MONTHS, 1))
    of = Hyper(*(np.array([draw(st.floats(*bounds))]) for bounds in ((0.01, 0.999), (0.005, 1.0), (0.003, 1.0))))
    return Observed(("made",), (), misfit, measured, jumps, np.array([0.03])), misfit, of


_filtered = jax.jit(lambda misfit, measured, jumps, of: filtered(misfit, _as_seen(measured, jumps), of))


def _as_seen(measured: jax.Array, jumps: jax.Array) -> Observed:
    return Observed((), (), measured, measured, jumps, np.zeros(1))  # type: ignore[arg-type]


@given(series())
def test_the_filter_gives_the_density_of_the_whole_covariance(made: tuple[Observed, np.ndarray, Hyper]) -> None:
    seen, misfit, of = made
    known = np.isfinite(misfit[:, 0])
    within = covariance(seen, 0, of)[np.ix_(known, known)]
    expected = stats.multivariate_normal(np.zeros(known.sum()), within).logpdf(misfit[known, 0])
    found, state = _filtered(misfit, seen.measured, seen.jumps, of)
    np.testing.assert_allclose(found[0], expected, rtol=1e-8, atol=1e-8)
    assert float(state.level_variance[0]) > 0
    assert float(state.gap_variance[0]) > 0
    assert float(state.covariance[0]) ** 2 <= float(state.level_variance[0] * state.gap_variance[0]) * (1 + 1e-9)


@given(series())
def test_the_whole_covariance_is_one(made: tuple[Observed, np.ndarray, Hyper]) -> None:
    whole = covariance(made[0], 0, made[2])
    np.testing.assert_allclose(whole, whole.T, rtol=1e-12)
    assert np.linalg.eigvalsh(whole).min() > 0


_values = jax.jit(lambda of, scores: values(of, scores))


@given(st.lists(st.floats(-6, 6), min_size=3, max_size=3), st.floats(0.001, 1.0))
def test_hyperparameters_are_possible_at_every_score(scores: list[float], scatter: float) -> None:
    phi, sigma, tau = (float(part[0]) for part in hyper(jnp.array(scores)[:, None], np.array([scatter])))
    assert 0 < phi < 1
    assert sigma > 0
    assert tau > 0


@given(st.integers(0, 2**32), st.sampled_from(list(SPACES)), st.floats(0.1, 3.0))
def test_scores_come_back_from_their_values(seed: int, year: int | None, spread: float) -> None:
    of = SPACES[year]
    scores = np.random.default_rng(seed).normal(0, spread, len(KEYS))
    found = np.asarray(_values(of._replace(keys=()), jnp.asarray(scores)))
    assert np.isfinite(found).all()
    shares, logs = (of.scale == SCALES.index(family) for family in ("logitnormal", "lognormal"))
    assert ((found[shares] > 0) & (found[shares] < 1)).all()
    assert (found[logs] * of.sign[logs] > 0).all()
    back = np.asarray(_values(of._replace(keys=()), jnp.asarray(scores_of(of, found))))
    np.testing.assert_allclose(back, found, rtol=1e-9)


@given(st.dates(date(2019, 3, 1), date(2026, 1, 1)), st.dates(date(2019, 3, 1), date(2027, 1, 1)))
def test_what_is_known_later_is_known_from_then_on(one: date, other: date) -> None:
    first, second = sorted((one.replace(day=1), other.replace(day=1)))
    points = fitted()[1]
    months = np.arange(FIRST, np.datetime64(second, "M") + 1)
    by_day = [set(figures(points, months, second, day).logs) for day in (first, second, None)]
    assert by_day[0] <= by_day[1] <= by_day[2]
    by_cutoff = [set(figures(points, months, cutoff, None).logs) for cutoff in (first, second)]
    assert by_cutoff[0] <= by_cutoff[1]


@given(st.integers(0, 2**32), st.integers(20, 200))
@settings(max_examples=50)
def test_ranks_are_tested_as_any_histogram_is(seed: int, replicates: int) -> None:
    below = np.random.default_rng(seed).integers(0, 200, (replicates, 2))
    of = Ranks(("one", "other"), below, 199)
    assert ((places(of) > 0) & (places(of) < 1)).all()
    for row, ranks in zip(table(of), below.T, strict=True):
        counts = np.bincount(ranks * BINS // 200, minlength=BINS)
        assert row.chi_square == pytest.approx(((counts - replicates / BINS) ** 2).sum() * BINS / replicates)
        assert row.p == pytest.approx(stats.chi2.sf(row.chi_square, BINS - 1))
        assert 0 <= row.within_50 <= row.within_90 <= 1
