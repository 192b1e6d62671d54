"""What knowing an input is worth: how much less often the call on a headline is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.judgement.information import LEAST, worth
from counterflow.judgement.studies import studies
from counterflow.judgement.undetermined import movable
from counterflow.model import priors

DRAWS = 6000


def uniform(inputs: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((DRAWS, inputs))


def test_knowing_all_that_decides_leaves_no_wrong_call() -> None:
    x = uniform(4)
    found = worth(x, (x[:, :1] > 0.4).astype(float))
    assert found.wrong[0] == pytest.approx(0.4, abs=0.02)
    assert found.less[0, 0] == pytest.approx(found.wrong[0], abs=0.05)
    assert found.told[0, 0]
    assert not found.told[1:].any()


def test_the_worth_is_the_one_that_the_formula_gives() -> None:
    """Met with a chance of x, uniform: called blindly it is wrong in 1/2, knowing x in the mean of min(x, 1 - x)."""
    x = uniform(3)
    met = (np.random.default_rng(1).random(DRAWS) < x[:, 0]).astype(float)
    found = worth(x, met[:, np.newaxis])
    assert found.less[0, 0] == pytest.approx(0.25, abs=4 * found.error[0, 0] + 0.01)
    assert 0.002 < found.error[0, 0] < 0.02


def test_what_never_changes_the_call_is_worth_nothing() -> None:
    """The input matters, but every value of it leaves the headline unlikely."""
    x = uniform(2)
    met = (np.random.default_rng(1).random(DRAWS) < 0.05 + 0.1 * x[:, 0]).astype(float)
    found = worth(x, met[:, np.newaxis])
    assert not found.told.any()
    assert abs(found.less).max() < 0.002


def test_chance_alone_is_seldom_worth_anything() -> None:
    found = [
        worth(uniform(40, seed), np.random.default_rng(seed + 99).random((DRAWS, 1)).round()) for seed in range(20)
    ]
    assert sum(one.told.any() for one in found) <= 1


@pytest.mark.parametrize(
    ("level", "slope", "truth"), [(0.5, 0.1, 0.0555), (0.6, 0.1, 0.0), (0.65, 0.2, 0.0085), (0.5, 0.3, 0.1667)]
)
def test_the_worth_is_the_true_one_though_the_curve_is_fitted(level: float, slope: float, truth: float) -> None:
    """Met with a chance of level + slope * tanh(x), x standard normal: `truth` by integration over x."""
    found, close = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((4096, 2))
        met = (rng.random(4096) < level + slope * np.tanh(x[:, 0])).astype(float)
        one = worth(x, met[:, np.newaxis])
        found.append(one.less[0, 0])
        close.append(abs(one.less[0, 0] - truth) <= 2 * one.error[0, 0] + 0.002)
    assert np.mean(found) == pytest.approx(truth, abs=0.01)
    assert np.mean(close) > 0.85


def test_what_is_worth_less_than_one_call_in_a_hundred_is_not_told() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60_000, 1))
    met = (rng.random(60_000) < 0.65 + 0.19 * np.tanh(x[:, 0])).astype(float)
    found = worth(x, met[:, np.newaxis])
    assert 2 * found.error[0, 0] < found.less[0, 0] < 0.01
    assert not found.told.any()


@pytest.mark.parametrize("values", [2, 3])
def test_an_input_of_few_values_is_told_where_it_matters_and_else_by_chance_alone(values: int) -> None:
    rng = np.random.default_rng(0)
    x = np.floor(rng.random((4096, 12)) * values)
    met = (rng.random((4096, 1)) < np.where(x[:, :1] > 0, 0.65, 0.35)).astype(float)
    found = worth(x, met)
    assert found.told[:, 0].tolist() == [True] + [False] * 11
    assert found.less[0, 0] == pytest.approx(min(met.mean(), 1 - met.mean()) - 0.35, abs=4 * found.error[0, 0])


def test_too_few_draws_tell_nothing() -> None:
    x = uniform(3)[: LEAST - 1]
    assert not worth(x, (x[:, :1] > 0.5).astype(float)).told.any()


def test_every_parameter_of_grade_d_has_a_study_that_would_settle_it_and_no_other_has() -> None:
    table = priors.load()
    weak = {".".join(key) for key in movable(table) if table[key[0]][key[1]].grade == "D"}
    assert set(studies()) == weak
    assert all(text.endswith(".") and len(text) < 220 for text in studies().values())
