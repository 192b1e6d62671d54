"""Courses through time of ensembles that are too large to keep: each chunk leaves a small partial, and partials merge.

Per output, branch, time and place (a *cell*) a partial holds the sum and sum of squares of its draws, their minimum and
maximum, how many fell into each bin, and how many lie above each threshold asked about. What merged partials tell:

- **Counts, minimum and maximum are exact**, so shares above a threshold are: they are what the kept runs would give.
- **Means** come from float64 sums of float32 values. A sum has no rounding at all while it and the last bit of its
  smallest value lie within 53 bits: values of like size, up to 2^29 of them. Beyond, n additions round by at most
  n 2^-53 of the sum of magnitudes (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 4.2), which is
  10^-11 for 100,000 runs; the values themselves are rounded at 6 10^-8.
- **Standard deviations** come from sums of squares, so that rounding hides those below about 10^-7 of the mean.
- **Quantiles** are known up to the bin that holds them, and the error told is a bound, not an estimate. A quantile is
  the smallest value that at least that share of the runs does not exceed (Hyndman & Fan 1996, definition 1;
  `np.quantile(..., method="inverted_cdf")`).

Each cell has bins of its own, laid around what a pilot chunk gave there; they must be the same in all chunks. Two open
bins catch what lies outside. A partial is stored as any result of a chunk, along a leading dimension `chunk`, in few
arrays, as each costs a file per chunk:

- `<output>__moments` (chunk, moment, branch, time, ...) float64, in the order of MOMENTS;
- `<output>__bins` (chunk, branch, time, ..., bin) uint16, of COLUMNS bins; they sum to the number of draws;
- `<output>__above` (chunk, <output>_threshold, branch, time, ...) uint16, where thresholds were asked for.

The bins belong to no chunk: they are coordinates, `<output>__low` and `<output>__high` (branch, time, ...) float32.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterflow.ensemble.layout import Coordinate, Variable
from counterflow.errors import ModelError

BINS = 254
COLUMNS = BINS + 2  # with the open one at either end
MOMENTS = ("sum", "squares", "minimum", "maximum")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_DRAWS = 2**16 - 1  # what a stored count holds

_WIDENED = 0.25  # of the pilot's range, on each side: later draws go beyond the extremes of the first ones
_LEAST_RANGE = 2.0**-20  # of a cell's magnitude; below, float32 values are too far apart for bins
_LEAST_HALF = 1e-30  # keeps the number of bins per unit a float32
_GREATEST = 1e37  # what bins reach to, so that their width is a float32 too
_ROUNDING = 4 * COLUMNS * 2.0**-24  # widths of a bin by which three float32 operations may misplace an edge
_CELLS = 256  # done together, so that the draws of these cells stay in the cache

Partial = dict[str, NDArray[Any]]


class Bins(NamedTuple):
    """Where the BINS equal bins of each cell begin and end: (branch, time, ...) float32."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


def bins_from(values: NDArray[np.floating]) -> Bins:
    """Bins around the values (branch, draw, time, ...) of a pilot: their range in each cell, widened on both sides.

    They do not reach below zero where no value does. A cell without a range gets one in proportion to the largest
    magnitude of the output.
    """
    extremes = values.min(axis=1).astype(np.float64), values.max(axis=1).astype(np.float64)
    least, most = np.clip(extremes, -_GREATEST, _GREATEST)
    magnitude = np.maximum(np.abs(least), np.abs(most))  # (branch, time, ...)
    largest = magnitude.max(initial=0.0) or 1.0
    spread = most - least
    flat = spread <= np.maximum(_LEAST_RANGE * magnitude, _LEAST_HALF)
    beyond = np.where(flat, np.maximum(2.0**-10 * largest, _LEAST_HALF), _WIDENED * spread)
    low = np.where(least >= 0, np.maximum(least - beyond, 0.0), least - beyond)
    return Bins(low.astype(np.float32), (most + beyond).astype(np.float32))


def _per_unit(bins: Bins) -> NDArray[np.float32]:
    """How many bins there are per unit of the output; the bins are laid by this number, from `low` on."""
    return (BINS / (bins.high.astype(np.float64) - bins.low)).astype(np.float32)


def partial(values: NDArray[np.floating], bins: Bins, thresholds: Sequence[float] = ()) -> Partial:
    """What a chunk's values (branch, draw, time, ...) of one output leave: `moments`, `bins` and, if asked, `above`.

    A threshold counts as the float32 next to it, as the values are held: "above 0.1" leaves out a value set to 0.1.
    Raises ModelError for more draws than a count holds.
    """
    branches, draws = values.shape[:2]
    shape = (branches, *values.shape[2:])
    if draws > MOST_DRAWS:
        raise ModelError(f"a partial counts at most {MOST_DRAWS} draws, not {draws}")
    runs = values.astype(np.float32, copy=False).reshape(branches, draws, -1)  # (branch, draw, cell)
    low, per_unit = (each.reshape(branches, -1) for each in (bins.low, _per_unit(bins)))
    cells = runs.shape[2]
    asked = [np.float32(threshold) for threshold in thresholds]
    moments = np.empty((len(MOMENTS), branches, cells), np.float64)
    counts = np.empty((branches, cells, COLUMNS), np.uint16)
    above = np.empty((len(asked), branches, cells), np.uint16)
    for branch in range(branches):
        for first in range(0, cells, _CELLS):
            where = branch, slice(first, first + _CELLS)
            some = runs[branch, :, where[1]]  # (draw, cell)
            exact = some.astype(np.float64)
            moments[0][where] = exact.sum(axis=0)
            moments[1][where] = np.einsum("dc,dc->c", exact, exact)
            moments[2][where] = some.min(axis=0)
            moments[3][where] = some.max(axis=0)
            counts[where] = _counted(some, low[where], per_unit[where])
            for number, threshold in enumerate(asked):
                above[number][where] = np.count_nonzero(some > threshold, axis=0)
    found: Partial = {"moments": moments.reshape(-1, *shape), "bins": counts.reshape(*shape, COLUMNS)}
    if asked:
        found["above"] = above.reshape(-1, *shape)
    return found


def _counted(
    values: NDArray[np.float32], low: NDArray[np.float32], per_unit: NDArray[np.float32]
) -> NDArray[np.integer]:
    """How many of the values (draw, cell) are in each bin: (cell, bin). Rising values never fall into lower bins."""
    cells = values.shape[1]
    with np.errstate(over="ignore"):  # what overflows belongs into an open bin
        place = values - low
        place *= per_unit
    place += 1
    np.clip(place, 0, COLUMNS - 1, out=place)
    column = place.astype(np.int64)  # rounds down, as nothing is below zero
    column += COLUMNS * np.arange(cells)
    return np.bincount(column.ravel(), minlength=COLUMNS * cells).reshape(cells, COLUMNS)


def add(total: Partial | None, part: Partial) -> Partial:
    """`total` with one more partial in it, changed in place; a new total where there is none yet."""
    if total is None:
        return {name: array.astype(np.float64 if name == "moments" else np.int64) for name, array in part.items()}
    moments, more = total["moments"], part["moments"]
    moments[:2] += more[:2]
    np.minimum(moments[2], more[2], out=moments[2])
    np.maximum(moments[3], more[3], out=moments[3])
    for name in total.keys() - {"moments"}:
        total[name] += part[name]
    return total


def merge(partials: Iterable[Partial]) -> Partial:
    """All partials of an output in one, with int64 counts: the same bits for the same partials in the same order.

    In another order only the last bits of sums may differ. One partial at a time is held. Raises ModelError for none.
    """
    total = None
    for part in partials:
        total = add(total, part)
    if total is None:
        raise ModelError("there is no partial to merge")
    return total


def summary(merged: Partial, bins: Bins, quantiles: Sequence[float] = QUANTILES) -> dict[str, NDArray[np.float64]]:
    """What merged partials tell of each cell, float64.

    `mean`, `standard_deviation` (of the runs themselves, divided by their number), `minimum`, `maximum`: (branch, time,
    ...). `quantile` and `quantile_error`: (quantile, branch, time, ...); the quantile of the runs (definition:
    inverted_cdf) is at most the error away, which is half the width of the narrowest interval that is known to hold it.
    `exceedance` (threshold, branch, time, ...): share of the runs above each threshold, where such were counted.
    `bins` must be those that the partials were made with.
    """
    total, squares, least, most = merged["moments"]
    columns = merged["bins"]  # (branch, time, ..., bin)
    count = int(columns.reshape(-1, COLUMNS)[0].sum())  # the same in every cell
    mean = total / count
    # No spread is wider than half the range (Popoviciu 1935); what rounding leaves of equal values is thus no spread.
    variance = np.clip(squares / count - mean**2, 0.0, ((most - least) / 2) ** 2)
    up_to = np.cumsum(columns, axis=-1)
    intervals = [_interval(up_to, least, most, bins, rank) for rank in _ranks(quantiles, count)]
    centres = [begin + (end - begin) / 2 for begin, end in intervals]
    # The larger side: the centre is rounded, and the bound must hold nevertheless.
    errors = [np.maximum(c - begin, end - c) for c, (begin, end) in zip(centres, intervals, strict=True)]
    told = {
        "mean": mean,
        "standard_deviation": np.sqrt(variance),
        "minimum": least,
        "maximum": most,
        "quantile": np.stack(centres),
        "quantile_error": np.stack(errors),
    }
    return told | ({"exceedance": merged["above"] / count} if "above" in merged else {})


def _ranks(quantiles: Sequence[float], count: int) -> list[int]:
    """Which of `count` values in rising order, the first being 1, each quantile is."""
    return [max(int(np.ceil(quantile * count)), 1) for quantile in quantiles]


def _interval(
    up_to: NDArray[np.integer], least: NDArray[np.float64], most: NDArray[np.float64], bins: Bins, rank: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the value of a rank lies between, in each cell; `up_to` counts the values up to the end of each bin."""
    if rank == 1:
        return least, least
    column = np.count_nonzero(up_to < rank, axis=-1)  # (branch, time, ...)
    count = up_to[..., -1]
    low, width = bins.low.astype(np.float64), 1 / _per_unit(bins).astype(np.float64)
    begin = np.where(column == 0, least, low + (column - 1 - _ROUNDING) * width)
    end = np.where(column == COLUMNS - 1, most, low + (column + _ROUNDING) * width)
    last = rank == count
    return np.where(last, most, np.maximum(begin, least)), np.minimum(np.where(last, most, end), most)


def stored(output: str, part: Partial) -> Partial:
    """A partial as the result of a chunk: under the names of `variables`, with `chunk` as the leading dimension.

    Raises ModelError for more draws than a stored count holds.
    """
    most = int(part["bins"].sum(axis=-1, dtype=np.int64).max())
    if most > MOST_DRAWS:
        raise ModelError(f"a stored partial counts at most {MOST_DRAWS} draws, not {most}")
    return {
        f"{output}__{name}": array.astype(np.float64 if name == "moments" else np.uint16, copy=False)[np.newaxis]
        for name, array in part.items()
    }


def of_chunk(output: str, arrays: Mapping[str, Any], index: int) -> Partial:
    """The partial of an output that chunk `index` left in stored arrays."""
    names = [name for name in ("moments", "bins", "above") if f"{output}__{name}" in arrays]
    return {name: np.asarray(arrays[f"{output}__{name}"][index]) for name in names}


def _of_cells(runs: Variable) -> dict[str, int]:
    """The dimensions that tell the cells of an output apart, (branch, time, ...), and their lengths."""
    return {name: size for name, size in zip(runs.dims, runs.shape, strict=True) if name not in ("draw", "replicate")}


def coordinates(output: str, runs: Variable, bins: Bins) -> dict[str, Coordinate]:
    """The bins of an output as they are stored, given how its runs would be."""
    about = {"units": runs.attrs.get("units", "1")}
    ends = {"low": "where the first bin begins", "high": "where the last bin ends"}
    return {
        f"{output}__{end}": Coordinate(tuple(_of_cells(runs)), getattr(bins, end), about | {"long_name": text})
        for end, text in ends.items()
    }


def names_of_bins(outputs: Iterable[str]) -> list[str]:
    """Under which names the bins of outputs are stored."""
    return [f"{output}__{end}" for output in outputs for end in Bins._fields]


def bins_of(output: str, arrays: Mapping[str, Any]) -> Bins:
    """The bins of an output in stored arrays."""
    return Bins(*(np.asarray(arrays[f"{output}__{end}"]) for end in Bins._fields))


def variables(output: str, runs: Variable, chunks: int, thresholds: Sequence[float] = ()) -> dict[str, Variable]:
    """How the partials of an output are stored, given how its runs would be and how many chunks there are."""
    kept = _of_cells(runs)
    long_name, units = runs.attrs.get("long_name", output), runs.attrs.get("units", "1")

    def over(dims: Mapping[str, int], dtype: str, attrs: Mapping[str, Any]) -> Variable:
        shape = tuple(dims.values())
        return Variable(("chunk", *dims), (chunks, *shape), (1, *shape), dtype, attrs)

    moments = {"long_name": f"{long_name}: {', '.join(MOMENTS)} over the draws of a chunk", "units": units}
    counts = {"long_name": f"{long_name}: draws of a chunk in each bin, the first and last open", "units": "1"}
    found = {
        f"{output}__moments": over({"moment": len(MOMENTS)} | kept, "float64", moments),
        f"{output}__bins": over(kept | {"bin": COLUMNS}, "uint16", counts),
    }
    if thresholds:
        asked = [float(threshold) for threshold in thresholds]
        attrs = {"long_name": f"{long_name}: draws of a chunk above each threshold", "units": "1", "thresholds": asked}
        found[f"{output}__above"] = over({f"{output}_threshold": len(asked)} | kept, "uint16", attrs)
    return found
