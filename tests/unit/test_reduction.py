"""What partials keep of runs, how exact it is, and how they are stored."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.ensemble.layout import Piece, Variable, region
from counterflow.ensemble.reduction import (
    BINS,
    COLUMNS,
    MOST_DRAWS,
    QUANTILES,
    Bins,
    bins_from,
    bins_of,
    coordinates,
    merge,
    of_chunk,
    partial,
    stored,
    summary,
    variables,
)
from counterflow.errors import ModelError

BLOCK = 250


def runs(seed: int = 0, draws: int = BLOCK) -> np.ndarray:
    """Values (branch, draw, time, state): levels that differ by draw, branch and place, with a heavy upper tail."""
    random = np.random.default_rng(seed)
    level = random.normal(size=(1, draws, 1, 1)) + np.arange(3).reshape(3, 1, 1, 1)
    return np.exp(level + 0.3 * random.normal(size=(3, draws, 7, 5))).astype(np.float32)


def test_a_partial_counts_every_draw_of_every_cell_once() -> None:
    values = runs()
    part = partial(values, bins_from(values))
    assert part["bins"].shape == (3, 7, 5, COLUMNS)
    assert part["bins"].dtype == np.uint16
    assert (part["bins"].sum(axis=-1) == BLOCK).all()


def test_moments_are_those_of_the_values_in_double_precision() -> None:
    values = runs()
    moments = partial(values, bins_from(values))["moments"]
    exact = values.astype(np.float64)
    np.testing.assert_allclose(moments[0], exact.sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(moments[1], (exact**2).sum(axis=1), rtol=1e-14)
    np.testing.assert_array_equal(moments[2], values.min(axis=1))
    np.testing.assert_array_equal(moments[3], values.max(axis=1))


def test_sums_of_whole_numbers_have_no_rounding_at_all() -> None:
    values = np.random.default_rng(1).integers(0, 2**24, size=(1, BLOCK, 3)).astype(np.float32)
    merged = merge([partial(values, bins_from(values))] * 400)
    expected = 400 * values.astype(np.int64).sum(axis=1)
    np.testing.assert_array_equal(merged["moments"][0], expected)


def test_many_cells_give_the_same_as_one_by_one() -> None:
    """Cells are done some hundred at a time; where one lot ends must not show."""
    values = np.random.default_rng(2).normal(size=(2, 20, 600)).astype(np.float32)
    bins = bins_from(values)
    whole = partial(values, bins, [0.5])
    for cell in (0, 255, 256, 257, 511, 512, 599):
        one = slice(cell, cell + 1)
        alone = partial(values[:, :, one], Bins(bins.low[:, one], bins.high[:, one]), [0.5])
        np.testing.assert_array_equal(alone["bins"], whole["bins"][:, one])
        np.testing.assert_array_equal(alone["above"], whole["above"][:, :, one])
        np.testing.assert_allclose(alone["moments"], whole["moments"][:, :, one], rtol=1e-12, atol=1e-12)


def test_chunks_that_were_kept_and_chunks_that_were_reduced_tell_the_same() -> None:
    chunks = [runs(seed) for seed in range(12)]
    bins = bins_from(chunks[0])
    told = summary(merge(partial(each, bins, [1.0, 30.0]) for each in chunks), bins)
    kept = np.concatenate(chunks, axis=1)
    exact = kept.astype(np.float64)
    np.testing.assert_allclose(told["mean"], exact.mean(axis=1), rtol=1e-13)
    np.testing.assert_allclose(told["standard_deviation"], exact.std(axis=1), rtol=1e-9)
    np.testing.assert_array_equal(told["minimum"], kept.min(axis=1))
    np.testing.assert_array_equal(told["maximum"], kept.max(axis=1))
    np.testing.assert_array_equal(told["exceedance"], [(kept > level).mean(axis=1) for level in (1.0, 30.0)])
    true = np.quantile(kept, QUANTILES, axis=1, method="inverted_cdf").astype(np.float64)
    assert told["quantile"].shape == true.shape == (5, 3, 7, 5)
    assert (np.abs(told["quantile"] - true) <= told["quantile_error"]).all()


def test_the_error_of_quantiles_is_about_half_a_bin_inside_the_range_of_the_pilot() -> None:
    chunks = [np.random.default_rng(seed).normal(size=(1, BLOCK, 40)).astype(np.float32) for seed in range(20)]
    bins = bins_from(chunks[0])
    told = summary(merge(partial(each, bins) for each in chunks), bins)
    half = (bins.high.astype(np.float64) - bins.low) / BINS / 2
    assert (told["quantile_error"] <= half * 1.001).all()
    assert told["quantile_error"].max() < 0.03  # of a standard deviation


@pytest.mark.parametrize("level", [0.0, -0.0, 3.5, 0.1, 685.9, -2e7, 1e-40, 1e35])
def test_an_output_that_never_varies_is_told_without_any_error(level: float) -> None:
    values = np.full((2, BLOCK, 3), level, np.float32)
    bins = bins_from(values)
    assert (bins.high > bins.low).all()
    told = summary(merge([partial(values, bins, [level])] * 3), bins)
    exact = np.full((2, 3), np.float32(level), np.float64)
    for name in ("mean", "minimum", "maximum"):
        np.testing.assert_array_equal(told[name], exact)
    assert (told["standard_deviation"] == 0).all()
    assert (told["quantile"] == exact).all()
    assert (told["quantile_error"] == 0).all()
    assert (told["exceedance"] == 0).all()


def test_a_large_value_that_hardly_varies_keeps_a_spread_that_is_never_imaginary() -> None:
    values = np.full((1, BLOCK, 1), 1e7, np.float32)
    values[:, 0] = np.nextafter(np.float32(1e7), np.float32(2e7))
    bins = bins_from(values)
    told = summary(merge([partial(values, bins)]), bins)
    assert 0 <= told["standard_deviation"].item() <= 0.5
    assert told["quantile"][2].item() == pytest.approx(1e7, abs=1.0)


def test_draws_far_beyond_the_pilot_are_counted_and_bounded() -> None:
    pilot = np.random.default_rng(3).normal(size=(1, BLOCK, 2)).astype(np.float32)
    bins = bins_from(pilot)
    beyond = pilot.copy()
    beyond[:, :100] += 1e6
    beyond[:, 100:120] = -3e38
    told = summary(merge([partial(pilot, bins), partial(beyond, bins)]), bins)
    kept = np.concatenate([pilot, beyond], axis=1)
    true = np.quantile(kept, QUANTILES, axis=1, method="inverted_cdf").astype(np.float64)
    assert (np.abs(told["quantile"] - true) <= told["quantile_error"]).all()
    np.testing.assert_array_equal(told["maximum"], kept.max(axis=1))
    # The 95 % quantile is in the open bin: all that is known is that it lies between the last edge and the maximum.
    assert (told["quantile_error"][-1] > 1e5).all()
    assert (told["quantile_error"][2] < 0.1).all()


def test_what_was_nothing_in_the_pilot_may_still_come_later() -> None:
    pilot = np.zeros((2, BLOCK, 2), np.float32)
    pilot[1] = 1000.0
    bins = bins_from(pilot)
    later = pilot.copy()
    later[:, :5] += 40.0
    told = summary(merge([partial(pilot, bins), partial(later, bins)]), bins)
    assert (told["maximum"] == np.array([[40.0], [1040.0]])).all()
    assert (told["quantile_error"] <= 1.0).all()
    assert (told["mean"] == np.array([[0.4], [1000.4]])).all()


def test_bins_do_not_reach_below_zero_where_no_value_does() -> None:
    values = runs()
    assert (bins_from(values).low >= 0).all()
    assert (bins_from(-values).low < -values.max(axis=1)).all()
    assert (bins_from(-values).high > -values.min(axis=1)).all()


def test_a_threshold_is_exceeded_by_values_above_it_and_not_by_those_at_it() -> None:
    values = np.array([0.0, 0.1, 0.2, -1.0], np.float32).reshape(1, 4, 1)
    above = partial(values, bins_from(values), [0.1, 0.0, -2.0, 5.0])["above"]
    assert above.ravel().tolist() == [1, 2, 4, 0]
    assert "above" not in partial(values, bins_from(values))


def test_extreme_quantiles_are_the_extremes_without_error() -> None:
    values = runs()
    bins = bins_from(values)
    told = summary(merge([partial(values, bins)]), bins, (0.0, 1.0))
    np.testing.assert_array_equal(told["quantile"], [values.min(axis=1), values.max(axis=1)])
    assert (told["quantile_error"] == 0).all()


def test_the_same_order_gives_the_same_bits() -> None:
    chunks = [runs(seed) for seed in range(5)]
    bins = bins_from(chunks[0])
    one, other = (merge(partial(each, bins, [2.0]) for each in chunks) for _ in range(2))
    assert {name: array.tobytes() for name, array in one.items()} == {n: a.tobytes() for n, a in other.items()}


def test_merging_leaves_the_partials_as_they_were() -> None:
    values = runs()
    part = partial(values, bins_from(values), [1.0])
    before = {name: array.copy() for name, array in part.items()}
    merged = merge([part, part])
    assert (merged["bins"].sum(axis=-1) == 2 * BLOCK).all()  # more than a byte holds
    for name, array in before.items():
        np.testing.assert_array_equal(part[name], array)


def test_nothing_to_merge_is_refused() -> None:
    with pytest.raises(ModelError, match="no partial"):
        merge([])


def test_more_draws_than_a_count_holds_are_refused() -> None:
    values = np.zeros((1, MOST_DRAWS + 1, 2), np.float32)
    with pytest.raises(ModelError, match=f"at most {MOST_DRAWS} draws"):
        partial(values, bins_from(values))
    most = values[:, 1:]
    assert partial(most, bins_from(most))["bins"].max() == MOST_DRAWS


WEEKLY = Variable(
    ("branch", "draw", "replicate", "time", "state"),
    (3, 600, 2, 7, 5),
    (3, BLOCK, 1, 7, 5),
    "float32",
    {"long_name": "homicides, by Mexican state", "units": "crimes"},
)


def test_partials_are_stored_as_their_variables_say_and_read_back_as_they_were() -> None:
    layout = variables("homicides", WEEKLY, 6, [1.0, 2.5])
    kept = {name: np.zeros(each.shape, each.dtype) for name, each in layout.items()}
    parts = [partial(runs(index, draws), bins_from(runs()), [1.0, 2.5]) for index, draws in enumerate((250, 250, 100))]
    for index, part in enumerate(parts):
        arrays = stored("homicides", part)
        assert arrays.keys() == layout.keys()
        for name, each in layout.items():
            where = region(each, Piece(index, index, 0, slice(0, BLOCK)))
            assert where is not None
            assert kept[name][where].shape == arrays[name].shape
            assert kept[name].dtype == arrays[name].dtype
            kept[name][where] = arrays[name]
    for index, part in enumerate(parts):
        back = of_chunk("homicides", kept, index)
        assert back.keys() == part.keys()
        for name, array in part.items():
            np.testing.assert_array_equal(back[name], array)


def test_variables_have_a_chunk_for_each_piece_and_no_draws() -> None:
    layout = variables("homicides", WEEKLY, 6)
    assert set(layout) == {"homicides__moments", "homicides__bins"}
    moments, bins = layout["homicides__moments"], layout["homicides__bins"]
    assert moments.dims == ("chunk", "moment", "branch", "time", "state")
    assert (moments.shape, moments.chunks) == ((6, 4, 3, 7, 5), (1, 4, 3, 7, 5))
    assert bins.dims == ("chunk", "branch", "time", "state", "bin")
    assert (bins.shape, bins.dtype) == ((6, 3, 7, 5, COLUMNS), "uint16")
    assert moments.attrs["units"] == "crimes"
    # Thresholds of different outputs differ in number, so each has a dimension of its own.
    above = variables("homicides", WEEKLY, 6, [1, 2.5])["homicides__above"]
    assert above.dims == ("chunk", "homicides_threshold", "branch", "time", "state")
    assert above.attrs["thresholds"] == [1.0, 2.5]


def test_bins_are_stored_as_coordinates_of_the_cells() -> None:
    bins = bins_from(runs())
    kept = coordinates("homicides", WEEKLY, bins)
    assert {name: each.dims for name, each in kept.items()} == {
        "homicides__low": ("branch", "time", "state"),
        "homicides__high": ("branch", "time", "state"),
    }
    back = bins_of("homicides", {name: each.values for name, each in kept.items()})
    np.testing.assert_array_equal(back.low, bins.low)
    np.testing.assert_array_equal(back.high, bins.high)
