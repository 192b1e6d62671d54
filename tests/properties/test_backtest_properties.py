"""What must hold of every backtest: nothing is learned from later months, and a blend stays among its parts."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.calibration.forecasting import skill, weights
from counterflow.calibration.forecasting.backtest import BLEND, BLENDED
from forecast_cases import HORIZON, around, made, month, series

VALUES = st.floats(1.0, 1000.0)


@st.composite
def histories(draw: st.DrawFn) -> list[weights.Made]:
    """Forecasts of a series from some months of 2021."""
    found = []
    for number in sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4))):
        samples = {name: around(draw(VALUES), draw(st.floats(0.01, 0.9)), members=20) for name in BLENDED}
        found.append(made("a", f"2021-{number:02}", **samples))
    return found


@settings(max_examples=40)
@given(past=histories(), known=st.lists(VALUES, min_size=1, max_size=8), later=st.lists(VALUES, min_size=6, max_size=6))
def test_weights_depend_on_what_was_published_alone(
    past: list[weights.Made], known: list[float], later: list[float]
) -> None:
    cutoff = date(2021, len(known) + 2, 1)  # the month before is not out yet
    first = weights.Learning(past)
    first.weights({"a": series("a", "2021-01", [*known, *later])}, date(2022, 6, 1), HORIZON)  # learns what came later
    again = first.weights({"a": series("a", "2021-01", known)}, cutoff, HORIZON)["a"]
    earlier = weights.Learning([one for one in past if one.origin < month(f"{cutoff:%Y-%m}")])
    np.testing.assert_array_equal(again, earlier.weights({"a": series("a", "2021-01", known)}, cutoff, HORIZON)["a"])


@settings(max_examples=40)
@given(past=histories(), known=st.lists(VALUES, min_size=1, max_size=12))
def test_weights_lie_on_the_simplex(past: list[weights.Made], known: list[float]) -> None:
    found = weights.Learning(past).weights({"a": series("a", "2021-01", known)}, date(2022, 1, 1), HORIZON)["a"]
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


@settings(max_examples=60)
@given(past=histories(), parts=st.tuples(*[st.floats(0.0, 1.0)] * len(BLENDED)).filter(lambda parts: sum(parts) > 0.1))
def test_a_blend_lies_among_its_parts(past: list[weights.Made], parts: tuple[float, ...]) -> None:
    one = weights.blended(past[0], np.array([parts]))
    every = np.concatenate([past[0].samples[name] for name in BLENDED])
    assert one.samples[BLEND].min() >= every.min()
    assert one.samples[BLEND].max() <= every.max()
    assert one.samples[BLEND].shape == past[0].samples["model"].shape


@settings(max_examples=40)
@given(past=histories(), came=VALUES)
def test_scores_do_not_depend_on_the_unit(past: list[weights.Made], came: float) -> None:
    tenfold = [
        one._replace(samples={name: 10 * each for name, each in one.samples.items()}, scale=10 * one.scale)
        for one in past
    ]
    small = skill.scored(past, {"a": series("a", "2021-01", [came] * 15)})
    large = skill.scored(tenfold, {"a": series("a", "2021-01", [10 * came] * 15)})
    np.testing.assert_allclose([one.scaled for one in small], [one.scaled for one in large], rtol=1e-9)
