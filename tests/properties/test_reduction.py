"""Whatever the values: counts, extremes and shares are exact, and no quantile is further off than is told."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from counterflow.ensemble.reduction import BINS, Bins, bins_from, merge, partial, summary

PLAIN = st.floats(-(2.0**100), 2.0**100, width=32)
NARROW = st.floats(1000.0, 1000.0625, width=32)  # few float32 values to a bin
FEW = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 1e-45, -1e-38, 3e38, -3e38, 1e20])
COUNTS = st.integers(0, 40).map(float)


@st.composite
def ensembles(draw: st.DrawFn) -> list[np.ndarray]:
    """Chunks of values (branch, draw, time), the first of which is the pilot."""
    branches, times = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    sizes = draw(st.lists(st.integers(1, 20), min_size=1, max_size=4))
    elements = draw(st.sampled_from([PLAIN, NARROW, FEW, COUNTS]))
    return [draw(arrays.arrays(np.float32, (branches, size, times), elements=elements)) for size in sizes]


quantiles = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5)


@given(ensembles(), quantiles)
@example([np.arange(100, dtype=np.float32).reshape(1, 100, 1)], [0.05, 0.07, 0.29, 0.57, 0.95])
def test_every_quantile_is_within_the_error_that_is_told(chunks: list[np.ndarray], asked: list[float]) -> None:
    bins = bins_from(chunks[0])
    told = summary(merge(partial(each, bins) for each in chunks), bins, asked)
    kept = np.concatenate(chunks, axis=1)
    true = np.quantile(kept, asked, axis=1, method="inverted_cdf").astype(np.float64)
    assert (np.abs(told["quantile"] - true) <= told["quantile_error"]).all()
    assert (told["quantile"] >= told["minimum"]).all()
    assert (told["quantile"] <= told["maximum"]).all()


@settings(max_examples=200)
@given(
    st.floats(-1e6, 1e6, width=32),
    st.floats(2.0**-10, 1e6, width=32),
    st.lists(st.integers(-2, BINS + 2), min_size=1, max_size=40),
    st.lists(st.integers(-1, 1), min_size=40, max_size=40),
    quantiles,
)
def test_values_on_the_edges_of_bins_are_within_the_error_too(
    low: float, width: float, edges: list[int], nudges: list[int], asked: list[float]
) -> None:
    """Where rounding decides into which bin a value falls: an edge, and the float32 just below and above it."""
    high = np.float32(low + max(width, abs(low) * 2.0**-10))
    bins = Bins(np.full((1, 1), low, np.float32), np.full((1, 1), high, np.float32))
    at = (low + np.array(edges) / BINS * (float(high) - low)).astype(np.float32)
    values = at.copy()
    for number, nudge in enumerate(nudges[: len(at)]):
        if nudge:
            values[number] = np.nextafter(at[number], np.float32(nudge * np.inf))
    values = values.reshape(1, -1, 1)
    told = summary(merge([partial(values, bins)]), bins, asked)
    true = np.quantile(values, asked, axis=1, method="inverted_cdf").astype(np.float64)
    assert (np.abs(told["quantile"] - true) <= told["quantile_error"]).all()


@given(ensembles(), st.lists(PLAIN | FEW, max_size=3))
def test_any_split_gives_the_counts_and_extremes_of_the_whole(chunks: list[np.ndarray], levels: list[float]) -> None:
    bins = bins_from(chunks[0])
    kept = np.concatenate(chunks, axis=1)
    whole = merge([partial(kept, bins, levels)])
    parts = merge(partial(each, bins, levels) for each in chunks)
    backwards = merge(partial(each, bins, levels) for each in reversed(chunks))
    for merged in (parts, backwards):
        assert merged.keys() == whole.keys()
        for name in whole.keys() - {"moments"}:
            np.testing.assert_array_equal(merged[name], whole[name])
        np.testing.assert_array_equal(merged["moments"][2:], whole["moments"][2:])
        magnitude = np.abs(kept.astype(np.float64)).sum(axis=1)
        assert (np.abs(merged["moments"][0] - whole["moments"][0]) <= 1e-13 * magnitude).all()
        np.testing.assert_allclose(merged["moments"][1], whole["moments"][1], rtol=1e-13)


@given(ensembles(), st.lists(PLAIN | FEW, min_size=1, max_size=3))
def test_what_is_told_is_what_the_kept_runs_give(chunks: list[np.ndarray], levels: list[float]) -> None:
    bins = bins_from(chunks[0])
    told = summary(merge(partial(each, bins, levels) for each in chunks), bins)
    kept = np.concatenate(chunks, axis=1)
    exact = kept.astype(np.float64)
    magnitude = np.abs(exact).mean(axis=1)
    assert (np.abs(told["mean"] - exact.mean(axis=1)) <= 1e-13 * magnitude).all()
    # What cancels between the squares is a few last bits of the largest of them.
    off = np.abs(told["standard_deviation"] ** 2 - exact.var(axis=1))
    assert (off <= 1e-13 * (exact**2).mean(axis=1)).all()
    np.testing.assert_array_equal(told["minimum"], kept.min(axis=1))
    np.testing.assert_array_equal(told["maximum"], kept.max(axis=1))
    np.testing.assert_array_equal(told["exceedance"], [(kept > np.float32(level)).mean(axis=1) for level in levels])
    assert all(np.isfinite(values).all() for values in told.values())
