"""The tree on splits that are known."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.errors import UsageError
from counterflow.judgement.discovery.boxes import chance_of, inside
from counterflow.judgement.discovery.tree import grow, leaves_p

pytest.importorskip("sklearn")


def split(seed: int, draws: int = 1200) -> tuple[np.ndarray, np.ndarray]:
    """Met in 80% where input 3 <= 0.3; else in 50% where input 5 > 0.6; else in 5%."""
    rng = np.random.default_rng(seed)
    values = rng.random((draws, 10))
    rate = np.where(values[:, 3] <= 0.3, 0.8, np.where(values[:, 5] > 0.6, 0.5, 0.05))
    return values, (rng.random(draws) < rate).astype(float)


def test_a_planted_split_is_found() -> None:
    values, met = split(1)
    leaves = grow(values, met)
    assert {tuple(one.column for one in leaf) for leaf in leaves} == {(3,), (3, 5)}
    edges = {one.column: (one.low, one.high) for leaf in leaves for one in leaf}
    assert min(abs(edge - 0.3) for edge in edges[3]) < 0.03
    assert min(abs(edge - 0.6) for edge in edges[5]) < 0.03


def test_the_leaves_hold_every_draw_once_even_those_not_grown_on() -> None:
    values, met = split(2)
    leaves = grow(values, met)
    others = np.random.default_rng(0).random((500, 10))
    for some in (values, others):
        assert (sum(inside(leaf, some).astype(int) for leaf in leaves) == 1).all()


def test_noise_is_pruned_to_one_leaf() -> None:
    grown = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        grown += len(grow(rng.random((600, 30)), (rng.random(600) < 0.3).astype(float))) > 1
    assert grown <= 4


def test_without_inputs_there_is_one_leaf() -> None:
    assert grow(np.zeros((50, 0)), np.zeros(50)) == ((),)


def test_leaves_are_tested_on_both_sides_and_for_their_number() -> None:
    assert leaves_p([50, 50], [25.0, 25.0]) == 1.0
    assert leaves_p([50, 150], [40.0, 30.0]) == pytest.approx(4 * chance_of(40, 50, 0.35))
    low = leaves_p([50, 150], [0.0, 90.0])  # the first leaf is never met
    assert low == pytest.approx(4 * 0.55**50)


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.ensemble.extra.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"sklearn.*counterflow\[explore\]"):
        grow(*split(3))
