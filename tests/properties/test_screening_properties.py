"""The screening of series: what holds for every series of the real size and scatter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterflow.calibration.fitting.observed import Monthly
from counterflow.calibration.fitting.screening import faults

FIRST = np.datetime64("2019-01")


@st.composite
def clean(draw: st.DrawFn, most: float = 0.5) -> Monthly:
    """A series whose logarithm is autoregressive, with the scatter of the bundled ones."""
    months = draw(st.integers(36, 96))
    memory, scatter = draw(st.floats(0, 0.98)), draw(st.floats(0.03, most))
    shocks = np.random.default_rng(draw(st.integers(0, 2**32))).normal(0, scatter, months)
    level = np.zeros(months)
    for i in range(1, months):
        level[i] = memory * level[i - 1] + shocks[i]
    return Monthly("clean", np.arange(FIRST, FIRST + months), 5000 * np.exp(level), ("",) * months)


@given(clean())
def test_a_clean_series_passes(series: Monthly) -> None:
    assert faults(series, first=FIRST) == ()


@given(clean(), st.sampled_from([1 / 1024, 0.25, 8.0, 4096.0]), st.integers(0, 30), st.sampled_from([1.0, 30.44, 1e-3]))
def test_only_a_range_tells_the_scale_of_a_whole_series(series: Monthly, scale: float, at: int, factor: float) -> None:
    values = series.values.copy()
    values[at:] *= factor
    told = [faults(series._replace(values=values * by), first=FIRST) for by in (1.0, scale)]
    assert [(f.kind, f.months) for f in told[0]] == [(f.kind, f.months) for f in told[1]]
    wide = (values.min() * 0.99, values.max() * 1.01)
    assert faults(series._replace(values=values), plausible=wide, first=FIRST) == told[0]
    beyond = (wide[1] * 1.01, wide[1] * 2)
    assert len(faults(series._replace(values=values), plausible=beyond, first=FIRST)) > len(told[0])


@given(clean(most=0.08), st.data(), st.sampled_from([30.44, 1 / 30.44, 1000.0, 1e-3]))
def test_a_stretch_in_another_unit_is_named_by_its_months(series: Monthly, data: st.DataObject, factor: float) -> None:
    count = len(series.months)
    length = data.draw(st.integers(1, 6), label="length")
    start = data.draw(st.integers(7, count - length), label="start")
    values = series.values.copy()
    values[start : start + length] *= factor
    (fault,) = faults(series._replace(values=values), first=FIRST)
    assert fault.kind == "unit"
    assert fault.months == tuple(str(month) for month in series.months[start : start + length])


@given(clean(), st.data())
def test_missing_months_are_named_run_by_run(series: Monthly, data: st.DataObject) -> None:
    inner = range(1, len(series.months) - 1)
    missing = data.draw(st.lists(st.sampled_from(inner), min_size=1, max_size=6, unique=True), label="missing")
    series.values[missing] = np.nan
    told = [month for fault in faults(series, first=FIRST) if fault.kind == "gap" for month in fault.months]
    assert told == [str(series.months[i]) for i in sorted(missing)]
    assert not [f for f in faults(series, known_gaps=told, first=FIRST) if f.kind == "gap"]
