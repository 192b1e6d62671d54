"""What holds of every design, seed, block and number of draws."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import qmc

from counterflow.ensemble.posterior import read_posterior
from counterflow.ensemble.sampling import BLOCK, Method, Sampling, draw, draw_block, generator, places
from counterflow.model import priors
from counterflow.model.conditions import conditions

METHODS: tuple[Method, ...] = ("random", "latin-hypercube", "sobol")
SEEDS = some.integers(0, 2**63 - 1)
NAMES = some.lists(some.text(min_size=1, max_size=8), min_size=1, max_size=6, unique=True)
REDRAWN = {key for condition in conditions() for key in condition.first + condition.then}


@settings(max_examples=60, deadline=None)
@given(method=some.sampled_from(METHODS), names=NAMES, seed=SEEDS, number=some.integers(0, 5000))
def test_places_lie_between_0_and_1_and_are_the_same_again(
    method: Method, names: list[str], seed: int, number: int
) -> None:
    found, again = (places(method, names, seed, number) for _ in range(2))
    assert list(found) == names
    for name in names:
        assert found[name].shape == (BLOCK,)
        assert (found[name] > 0.0).all()
        assert (found[name] < 1.0).all()
        assert np.array_equal(found[name], again[name])


@settings(max_examples=40, deadline=None)
@given(names=NAMES, seed=SEEDS, number=some.integers(0, 5000))
def test_every_block_of_a_latin_hypercube_fills_every_stratum_once(names: list[str], seed: int, number: int) -> None:
    for place in places("latin-hypercube", names, seed, number).values():
        assert np.array_equal(np.sort(np.floor(place * BLOCK)), np.arange(BLOCK))


@settings(max_examples=30, deadline=None)
@given(count=some.integers(1, 8), seed=SEEDS, number=some.integers(0, 60))
def test_a_block_of_a_sobol_sequence_is_where_it_belongs_in_it(count: int, seed: int, number: int) -> None:
    found = places("sobol", [str(axis) for axis in range(count)], seed, number)
    whole = qmc.Sobol(count, scramble=True, rng=generator(seed, "sobol")).random(2**14)
    expected = whole[BLOCK * number : BLOCK * (number + 1)]
    assert np.abs(np.stack(list(found.values()), axis=1) - expected).max() <= 2.0**-32


@settings(max_examples=12, deadline=None)
@given(method=some.sampled_from(METHODS), seed=SEEDS, few=some.integers(1, 600), more=some.integers(0, 300))
def test_the_first_draws_do_not_depend_on_how_many_there_are(method: Method, seed: int, few: int, more: int) -> None:
    short, long = (draw(count, seed, ["x"], 1, sampling=Sampling(method)) for count in (few, few + more))
    for mechanism in priors.MECHANISMS:
        for one, other in zip(getattr(short.parameters, mechanism), getattr(long.parameters, mechanism), strict=True):
            assert np.array_equal(one, other[:few])
    assert np.array_equal(short.scores.normal, long.scores.normal[:few])
    assert np.array_equal(short.intensity, long.intensity[:few])


@settings(max_examples=10, deadline=None)
@given(method=some.sampled_from(METHODS), seed=SEEDS, number=some.integers(0, 1000))
def test_draws_are_finite_and_where_their_priors_can_be(method: Method, seed: int, number: int) -> None:
    found = draw_block(number, seed, ["x"], 0, sampling=Sampling(method)).parameters
    for mechanism, symbols in priors.load().items():
        for symbol, prior in symbols.items():
            values = getattr(getattr(found, mechanism), symbol)
            assert np.isfinite(values).all()
            if prior.family == "logitnormal":
                assert ((values >= 0.0) & (values <= 1.0)).all()
            elif prior.family == "lognormal":
                assert (values * np.sign(prior.central) > 0.0).all()
            elif prior.family == "joint":
                assert (values >= 0.0).all()
            elif prior.family == "bernoulli":
                assert np.isin(values, (0.0, 1.0)).all()


@pytest.mark.parametrize("method", METHODS)
def test_each_way_draws_the_stated_points(method: Method) -> None:
    """Of all that nothing draws again: the share below each of the three points, in 2,000 draws."""
    found = draw(2000, 11, ["x"], 0, sampling=Sampling(method)).parameters
    worst = 0.0
    for mechanism, symbols in priors.load().items():
        for symbol, prior in symbols.items():
            if (mechanism, symbol) in REDRAWN or prior.family in ("fixed", "joint", "bernoulli"):
                continue
            points = priors.from_score(prior, np.array([-priors.Z95, 0.0, priors.Z95]))
            values = getattr(getattr(found, mechanism), symbol).astype(np.float64)
            shares = [float(np.mean(values <= point)) for point in np.sort(points)]
            worst = max(worst, float(np.abs(np.array(shares) - [0.05, 0.5, 0.95]).max()))
            if method == "latin-hypercube" and not prior.correlation:
                assert np.abs(np.array(shares) - [0.05, 0.5, 0.95]).max() <= 8 / 2000, "one a block at each edge"
    # Five standard errors of a share of a half, the largest; over some 500 shares one beyond that is a mistake.
    assert worst <= 5 * 0.5 / np.sqrt(2000)


SHARES = some.floats(1e-6, 1 - 1e-6)
REALS = some.floats(-1e6, 1e6).filter(lambda value: value == 0.0 or abs(value) > 1e-20)


@settings(max_examples=50, deadline=None)
@given(rows=some.lists(some.tuples(SHARES, REALS), min_size=1, max_size=20))
def test_a_posterior_is_read_as_it_was_written(rows: list[tuple[float, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posterior.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("border.p_app", "overdose.g_oth"), *rows])
        assert read_posterior(path).values.tolist() == [list(row) for row in rows]
