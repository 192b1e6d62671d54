"""Whatever the samples: what scores of forecasts, blends and simple rules always hold to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.forecasting.blending import pool, terms, weights
from counterflow.calibration.forecasting.rules import RULES
from counterflow.calibration.forecasting.scoring import crps, pit, quantiles

NUMBERS = st.floats(-1e6, 1e6)
SAMPLES = arrays.arrays(np.float64, st.integers(1, 30), elements=NUMBERS)
FACTORS = st.floats(1e-3, 1e3)


@st.composite
def weighted(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Samples with a weight each, not all of them zero."""
    samples = draw(SAMPLES)
    some = draw(arrays.arrays(np.float64, len(samples), elements=st.sampled_from([0.0, 0.1, 0.5, 1.0, 7.0])))
    assume(some.sum() > 0)
    return samples, some


@st.composite
def blends(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Past terms with their distances, a prior and its strength."""
    rules, past = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    near = st.floats(-100, 100)
    found = [
        terms(
            draw(arrays.arrays(np.float64, (rules, 6), elements=near)),
            draw(near),
            draw(FACTORS),
        )
        for _ in range(past)
    ]
    lines = np.array([each.linear for each in found]).reshape(past, rules)
    squares = np.array([each.quadratic for each in found]).reshape(past, rules, rules)
    distance = draw(arrays.arrays(np.float64, past, elements=st.floats(0, 11)))
    prior = draw(arrays.arrays(np.float64, rules, elements=st.floats(0.01, 1)))
    return lines, squares, distance, prior, draw(st.sampled_from([0.0, 0.5, 10.0, 1000.0]))


@given(NUMBERS, NUMBERS, st.integers(1, 5))
def test_crps_of_a_point_is_its_absolute_error(point: float, observed: float, times: int) -> None:
    assert crps(np.full(times, point), observed) == pytest.approx(abs(point - observed), abs=1e-9)


@given(weighted(), NUMBERS)
def test_crps_is_zero_or_more_and_at_most_the_mean_error(drawn: tuple[np.ndarray, np.ndarray], observed: float) -> None:
    samples, each = drawn
    found = float(crps(samples, observed, weights=each))
    assert 0 <= found <= np.average(np.abs(samples - observed), weights=each) + 1e-6


@given(weighted(), NUMBERS, st.randoms(use_true_random=False))
def test_the_order_of_samples_plays_no_part(
    drawn: tuple[np.ndarray, np.ndarray], observed: float, chance: np.random.Generator
) -> None:
    samples, each = drawn
    order = list(range(len(samples)))
    chance.shuffle(order)
    other = crps(samples[order], observed, weights=each[order])
    assert other == pytest.approx(float(crps(samples, observed, weights=each)), rel=1e-9, abs=1e-6)
    assert pit(samples[order], observed) == pit(samples, observed)


@given(SAMPLES, NUMBERS, FACTORS)
def test_crps_has_the_unit_of_what_is_forecast(samples: np.ndarray, observed: float, factor: float) -> None:
    found = float(crps(samples, observed))
    assert crps(samples * factor, observed * factor) == pytest.approx(found * factor, rel=1e-9, abs=1e-6)
    assert crps(samples * factor, observed * factor, factor) == pytest.approx(found, rel=1e-9, abs=1e-6)


@given(weighted(), st.lists(st.floats(0, 1), min_size=2, max_size=5).map(sorted))
def test_quantiles_are_samples_with_weight_and_rise(drawn: tuple[np.ndarray, np.ndarray], levels: list[float]) -> None:
    samples, each = drawn
    found = quantiles(samples, levels, each)
    assert set(found) <= set(samples[each > 0])
    assert (np.diff(found) >= 0).all()


@given(blends())
def test_weights_lie_on_the_simplex_and_cost_no_more_than_the_prior(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float],
) -> None:
    lines, squares, distance, prior, strength = drawn
    found = weights(lines, squares, distance, prior, strength)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1, abs=1e-12)
    held = prior / prior.sum()
    counts = 0.5 ** (distance / 2)

    def cost(at: np.ndarray) -> float:
        return float(counts @ (lines @ at - np.einsum("i,pij,j->p", at, squares, at)))

    size = np.abs(lines).sum()
    assert cost(found) <= cost(held) + 1e-9 * size  # the prior's own penalty is zero


@given(blends(), st.randoms(use_true_random=False), FACTORS)
def test_neither_the_order_of_past_forecasts_nor_their_unit_plays_a_part(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float], chance: np.random.Generator, factor: float
) -> None:
    lines, squares, distance, prior, strength = drawn
    order = list(range(len(distance)))
    chance.shuffle(order)
    found = weights(lines, squares, distance, prior, strength)
    other = weights(factor * lines[order], factor * squares[order], distance[order], prior, strength)
    counts = 0.5 ** (distance / 2)
    line, square = counts @ lines, np.tensordot(counts, squares, axes=1)
    # The same pool, up to what scores can tell: half the energy distance of the two pools.
    apart = -(found - other) @ square @ (found - other)
    assert apart <= 1e-6 * max(np.abs(line).max(initial=0.0), 1e-12)


@given(SAMPLES, st.integers(0, 3), st.integers(0, 100))
def test_a_pool_of_one_rule_is_that_rule(samples: np.ndarray, others: int, seed: int) -> None:
    rules = np.stack([samples, *(samples + shift for shift in range(1, others + 1))])
    only = np.eye(1 + others)[0]
    np.testing.assert_array_equal(np.sort(pool(rules, only, len(samples), seed)), np.sort(samples))


@given(weighted(), st.integers(1, 50), st.integers(0, 100))
def test_a_pool_invents_no_sample(drawn: tuple[np.ndarray, np.ndarray], count: int, seed: int) -> None:
    samples, each = drawn
    found = pool(samples[:, np.newaxis], each, count, seed)
    assert found.shape == (count,)
    assert set(found) <= set(samples[each > 0])


@st.composite
def histories(draw: st.DrawFn) -> Monthly:
    """A series of two years and more to November 2023, each calendar month known at least once, with gaps and zeros."""
    elements = st.just(0.0) | st.floats(1e-3, 1e6)
    values = draw(arrays.arrays(np.float64, st.integers(24, 60), elements=elements))
    gaps = draw(st.lists(st.integers(0, len(values) - 13), max_size=5))
    values[gaps] = np.nan
    end = np.datetime64("2023-11", "M")
    months = np.arange(end - len(values) + 1, end + 1)
    return Monthly("made", months, values, ("",) * len(values))


@pytest.mark.parametrize("name", list(RULES))
@given(histories(), FACTORS)
def test_rules_give_values_and_keep_to_the_unit_of_the_series(name: str, series: Monthly, factor: float) -> None:
    origin = np.datetime64("2024-01", "M")
    found = RULES[name](series, origin, 12, 9, 0)
    assert found.shape == (9, 12)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    scaled = RULES[name](series._replace(values=series.values * factor), origin, 12, 9, 0)
    np.testing.assert_allclose(scaled / factor, found, rtol=1e-6, atol=1e-6 * np.nanmax(series.values))
