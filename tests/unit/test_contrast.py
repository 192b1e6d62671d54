"""Contrasts say what they say they say, with the same bits alone and among others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.ensemble import contrast

BRANCHES = ["none", "as_written", "as_on_record"]
JUDGED = 156
OVER = contrast.window(JUDGED)


def made_up(draws: int, seed: int = 0) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Runs (branch, draw, week) and the levels before (draw,)."""
    random = np.random.default_rng(seed)
    shape = (len(BRANCHES), draws, 1 + JUDGED + 52)
    values = {name: random.lognormal(3.0, 0.4, shape).astype(np.float32) for name in contrast.OUTCOMES}
    before = {name: random.lognormal(3.0, 0.2, draws) for name in contrast.OUTCOMES}
    return values, before


def test_every_contrast_is_that_of_one_draw_at_a_time() -> None:
    """Plain loops over branches, references, draws and weeks."""
    values, before = made_up(5)
    found = contrast.contrasts(values, before, BRANCHES, JUDGED)
    assert set(found) == {f"{m}_{o}" for m in ("change", "withdrawn", "fall") for o in contrast.OUTCOMES}
    for outcome in contrast.OUTCOMES:
        for row in range(len(BRANCHES)):
            for column in range(2):
                for draw in range(5):
                    run = values[outcome][row, draw].astype(float)
                    other = (
                        values[outcome][0, draw].astype(float) if column == 0 else np.full(209, before[outcome][draw])
                    )
                    judged = run[53:157].mean() / other[53:157].mean() - 1
                    last = run[-4:].mean() / other[-4:].mean() - 1
                    falls = [(1 - run[at : at + 26] / other[at : at + 26]).min() for at in range(53, 157 - 25)]
                    expected = {"change": judged, "withdrawn": last, "fall": max(0.0, *falls)}
                    for measure, value in expected.items():
                        got = found[f"{measure}_{outcome}"][row, column, draw]
                        assert got == pytest.approx(value, rel=1e-5, abs=1e-6)


def test_contrasts_are_float32_by_branch_reference_and_draw() -> None:
    found = contrast.contrasts(*made_up(4), BRANCHES, JUDGED)
    assert {(part.shape, part.dtype) for part in found.values()} == {((3, 2, 4), np.dtype(np.float32))}


def test_without_the_strategy_nothing_differs_from_itself() -> None:
    found = contrast.contrasts(*made_up(4), BRANCHES, JUDGED)
    for part in found.values():
        assert not part[0, 0].any()


def test_where_nothing_is_run_without_the_strategy_that_reference_is_missing() -> None:
    values, before = made_up(4)
    found = contrast.contrasts({"attempts": values["attempts"]}, before, ["a", "b", "c"], JUDGED)
    assert set(found) == {"change_attempts", "withdrawn_attempts", "fall_attempts"}
    whole = contrast.contrasts(values, before, BRANCHES, JUDGED)
    for name, part in found.items():
        assert np.isnan(part[:, 0]).all()
        assert (part[:, 1] == whole[name][:, 1]).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.data())
def test_a_draw_has_the_same_bits_alone_and_among_others(draws: int, data: st.DataObject) -> None:
    """Whatever the layout in memory: a stored run may come back with its axes in another order."""
    values, before = made_up(draws, seed=draws)
    whole = contrast.contrasts(values, before, BRANCHES, JUDGED)
    first = data.draw(st.integers(0, draws - 1))
    some = slice(first, data.draw(st.integers(first + 1, draws)))
    turned = {name: np.asfortranarray(part[:, some]) for name, part in values.items()}
    part = contrast.contrasts(turned, {name: level[some] for name, level in before.items()}, BRANCHES, JUDGED)
    for name, found in part.items():
        assert found.tobytes() == np.ascontiguousarray(whole[name][:, :, some]).tobytes()


def test_a_run_that_is_missing_gives_nothing_rather_than_something() -> None:
    values, before = made_up(3)
    values["cooperation"][1, 2] = np.nan
    found = contrast.contrasts(values, before, BRANCHES, JUDGED)
    for measure in contrast.MEASURES:
        assert np.isnan(found[f"{measure}_cooperation"][1, :, 2]).all()
        assert np.isfinite(found[f"{measure}_cooperation"][:, :, :2]).all()


def test_every_contrast_says_what_it_is() -> None:
    for name in contrast.contrasts(*made_up(2), BRANCHES, JUDGED):
        assert contrast.about(name)["units"] == "1"
        assert ": " in contrast.about(name)["long_name"]
