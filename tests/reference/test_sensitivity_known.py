"""Sensitivity on functions whose indices are known: Ishigami, Sobol' g, and Gaussian inputs that are correlated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from counterflow.judgement.sensitivity.designs import morris, sobol, strongest
from counterflow.judgement.sensitivity.effects import CHANCE, OTHERS, UNEXPLAINED, Effect, effects
from counterflow.judgement.uncertain import Input, Uncertain

Floats = NDArray[np.float64]

DRAWS = 4096
A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])  # of Sobol' g, as Saltelli & Sobol' 1995 have it
COVARIANCE = np.array([[1.0, 0.8, 0.0, 0.0], [0.8, 1.0, -0.3, 0.0], [0.0, -0.3, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
SLOPES = np.array([1.0, 0.0, 1.0, 0.5])


def table(values: Floats) -> Uncertain:
    names = [f"x{number + 1}" for number in range(values.shape[1])]
    return Uncertain(tuple(Input(name, name, "C", "", "") for name in names), values)


def shares_of(values: Floats, outcome: np.ndarray) -> dict[str, Effect]:
    return {one.player: one for one in effects(table(values), {"y": outcome}, ["input"]).effects}


def ishigami(places: Floats) -> Floats:
    """Ishigami & Homma 1990, with a = 7 and b = 0.1."""
    x = np.pi * (2.0 * places - 1.0)
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def ishigami_parts() -> dict[tuple[int, ...], float]:
    """The variances of its terms."""
    parts = {
        (0,): 0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2,
        (1,): 49.0 / 8.0,
        (0, 2): 0.01 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0),
    }
    return {term: value / sum(parts.values()) for term, value in parts.items()}


def g(places: Floats) -> Floats:
    return np.asarray(np.prod((np.abs(4.0 * places - 2.0) + A) / (1.0 + A), axis=1))


def g_parts() -> dict[tuple[int, ...], float]:
    alone = 1.0 / (3.0 * (1.0 + A) ** 2)
    whole = np.prod(1.0 + alone) - 1.0
    terms = (term for size in range(1, 9) for term in itertools.combinations(range(8), size))
    return {term: float(np.prod(alone[list(term)]) / whole) for term in terms}


Known = tuple[Callable[[Floats], Floats], dict[tuple[int, ...], float], int]
KNOWN: list[Known] = [(ishigami, ishigami_parts(), 3), (g, g_parts(), 8)]


def shared(parts: dict[tuple[int, ...], float], inputs: int) -> Floats:
    """Shapley effects of independent inputs: each term's variance in equal parts (Owen 2014)."""
    return np.array([sum(value / len(term) for term, value in parts.items() if one in term) for one in range(inputs)])


def worth_of_gaussian(known: tuple[int, ...]) -> float:
    """Var(E[b'X | X_S]) of normal X: c' C_SS^-1 c with c = C_S b."""
    if not known:
        return 0.0
    rows = list(known)
    towards = COVARIANCE[rows] @ SLOPES
    return float(towards @ np.linalg.solve(COVARIANCE[np.ix_(rows, rows)], towards))


def shapley(worth: Callable[[tuple[int, ...]], float], players: int) -> Floats:
    """By the formula over all sets (Shapley 1953)."""
    found = np.zeros(players)
    for one in range(players):
        others = [other for other in range(players) if other != one]
        for size in range(players):
            for some in itertools.combinations(others, size):
                weight = 1.0 / (players * math.comb(players - 1, size))
                found[one] += weight * (worth(tuple(sorted((*some, one)))) - worth(some))
    return found


@pytest.mark.parametrize(("function", "parts", "inputs"), KNOWN, ids=["ishigami", "g"])
def test_sobol_indices_are_the_known_ones(
    function: Callable[[Floats], Floats], parts: dict[tuple[int, ...], float], inputs: int
) -> None:
    found = sobol(lambda places: function(places)[None], inputs, 4096, seed=0)
    first = [parts.get((one,), 0.0) for one in range(inputs)]
    total = [sum(value for term, value in parts.items() if one in term) for one in range(inputs)]
    np.testing.assert_allclose(found.first[0], first, atol=0.02)
    np.testing.assert_allclose(found.total[0], total, atol=0.02)
    assert found.runs == 4096 * (inputs + 2)
    for value, interval in ((found.first, found.first_interval), (found.total, found.total_interval)):
        assert (interval[0] <= value).all()
        assert (value <= interval[1]).all()


def test_intervals_of_sobol_indices_hold_the_known_value_about_as_often_as_they_say() -> None:
    parts = ishigami_parts()
    total = np.array([sum(value for term, value in parts.items() if one in term) for one in range(3)])
    held = []
    for seed in range(20):
        low, high = sobol(lambda places: ishigami(places)[None], 3, 256, seed=seed).total_interval[:, 0]
        held.append((low <= total) & (total <= high))
    assert np.mean(held) >= 0.75  # scrambled points scatter less than resampled ones make out


@pytest.mark.parametrize(("function", "parts", "inputs"), KNOWN, ids=["ishigami", "g"])
def test_shapley_effects_from_given_data_are_the_known_ones(
    function: Callable[[Floats], Floats], parts: dict[tuple[int, ...], float], inputs: int
) -> None:
    places = np.random.default_rng(1).random((DRAWS, inputs))
    found = shares_of(places, function(places))
    np.testing.assert_allclose([found[f"x{one + 1}"].share for one in range(inputs)], shared(parts, inputs), atol=0.02)
    assert found[UNEXPLAINED].share < 0.02


def test_correlated_gaussian_inputs_share_what_they_have_in_common() -> None:
    rng = np.random.default_rng(3)
    values = rng.multivariate_normal(np.zeros(4), COVARIANCE, DRAWS)
    exact = shapley(worth_of_gaussian, 4) / worth_of_gaussian((0, 1, 2, 3))
    assert exact[1] > 0.1  # it has no slope of its own, and stands in for the first
    found = shares_of(values, values @ SLOPES)
    np.testing.assert_allclose([found[f"x{one + 1}"].share for one in range(4)], exact, atol=0.02)


def test_the_known_effects_are_found_among_many_inputs_that_do_nothing() -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate(
        [rng.multivariate_normal(np.zeros(4), COVARIANCE, DRAWS), rng.standard_normal((DRAWS, 60))], axis=1
    )
    outcome = values[:, :4] @ SLOPES
    noise = rng.standard_normal(DRAWS) * np.sqrt(worth_of_gaussian((0, 1, 2, 3)))  # half of all variance
    exact = shapley(worth_of_gaussian, 4) / worth_of_gaussian((0, 1, 2, 3)) / 2.0
    found = shares_of(values, outcome + noise)
    np.testing.assert_allclose([found[f"x{one + 1}"].share for one in range(4)], exact, atol=0.03)
    assert found[UNEXPLAINED].share == pytest.approx(0.5, abs=0.03)
    assert found[OTHERS].low < 0.0 < found[OTHERS].high


def test_intervals_of_effects_hold_the_known_value_about_as_often_as_they_say() -> None:
    exact = shapley(worth_of_gaussian, 4) / (worth_of_gaussian((0, 1, 2, 3)) + 1.0)
    held = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        values = rng.multivariate_normal(np.zeros(4), COVARIANCE, 512)
        found = shares_of(values, values @ SLOPES + rng.standard_normal(512))
        held += [found[f"x{one + 1}"].low <= exact[one] <= found[f"x{one + 1}"].high for one in range(4)]
    assert 0.8 <= np.mean(held) <= 0.98


def test_effects_add_up_a_null_input_may_be_nothing_and_equals_overlap() -> None:
    rng = np.random.default_rng(5)
    values = rng.standard_normal((1024, 3))
    outcome = values[:, 0] + values[:, 1] + values[:, 0] * values[:, 1] + rng.standard_normal(1024)
    found = shares_of(values, outcome)
    assert sum(one.share for one in found.values()) == pytest.approx(1.0, abs=1e-9)
    assert found["x3"].low <= 0.0 <= found["x3"].high
    assert found["x1"].low <= found["x2"].high
    assert found["x2"].low <= found["x1"].high
    assert found["x1"].low > found["x3"].high


@pytest.mark.parametrize("inputs", [5, 100])
def test_pure_chance_leaves_all_unexplained(inputs: int) -> None:
    rng = np.random.default_rng(6)
    found = shares_of(rng.standard_normal((1024, inputs)), rng.standard_normal(1024))
    assert found[UNEXPLAINED].low <= 1.0 <= found[UNEXPLAINED].high
    assert found[UNEXPLAINED].share == pytest.approx(1.0, abs=0.06)
    assert all(one.low <= 0.0 for name, one in found.items() if name != UNEXPLAINED)


def test_replicates_tell_chance_from_what_is_not_followed() -> None:
    rng = np.random.default_rng(7)
    values = rng.random((2048, 4))
    # Too many waves for any of the curves: an input does it, and it cannot be followed.
    steady = values[:, 0] + np.sqrt(1.0 / 6.0) * np.sin(100.0 * np.pi * values[:, 1])  # variances 1/12 and 1/12
    runs = steady + rng.standard_normal((3, 2048)) * np.sqrt(2.0 / 12.0)
    found = {one.player: one for one in effects(table(values), {"y": runs}, ["input"]).effects}
    assert found["x1"].share == pytest.approx(0.25, abs=0.03)
    assert found[UNEXPLAINED].share == pytest.approx(0.25, abs=0.03)
    assert found[CHANCE].share == pytest.approx(0.5, abs=0.03)
    assert found[CHANCE].low <= 0.5 <= found[CHANCE].high


def test_screening_finds_sizes_of_slopes_and_the_spread_of_what_depends_on_others() -> None:
    def function(places: Floats) -> Floats:
        linear = 3.0 * places[:, 0] - 1.0 * places[:, 1]
        return np.stack([linear, places[:, 2] * places[:, 3]])

    found = morris(function, 5, 20, seed=1)
    # Steps go from the 5% to the 95% point.
    np.testing.assert_allclose(found.size[0], [2.7, 0.9, 0.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.spread[0], 0.0, atol=1e-9)
    assert (found.spread[1, 2:4] > 0.05).all()
    assert found.runs == 20 * 6
    assert set(strongest(found, 4)) == {0, 1, 2, 3}
    assert 4 not in strongest(found, 5)  # it moves nothing
