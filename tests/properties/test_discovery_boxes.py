"""What holds for boxes of any draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.judgement.discovery.boxes import Share, holm, inside, share
from counterflow.judgement.discovery.discover import Discovery, discover
from counterflow.judgement.discovery.prim import find, peel
from counterflow.judgement.uncertain import Input, Uncertain

SEEDS = st.integers(0, 10**6)
INCREASING: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp": np.exp,
    "cube": lambda x: x**3,
    "line": lambda x: 1000.0 * x - 7.0,
    "logit": lambda x: np.log(x) - np.log1p(-x),
}


def case(seed: int, draws: int = 300, inputs: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Two inputs that matter, one of few values among the others."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.01, 0.99, (draws, inputs))
    values[:, 4] = np.round(values[:, 4] * 3) / 4 + 0.01
    rate = np.where((values[:, 1] > 0.5) & (values[:, 3] < 0.6), 0.8, 0.1)
    return values, (rng.random(draws) < rate).astype(float)


def uncertain(values: np.ndarray, names: list[str]) -> Uncertain:
    return Uncertain(tuple(Input(name, "m", "C", name, "") for name in names), values)


def told(found: Discovery) -> list[object]:
    """All but the limits."""
    return [
        (
            [(one.input.name, one.low is None, one.high is None, one.p_value) for one in scenario.restrictions],
            scenario[1:],
        )
        for scenario in found.scenarios
    ] + [
        ([(one.input.name, one.low is None, one.high is None) for one in leaf.restrictions], leaf[1:])
        for leaf in (found.tree.leaves if found.tree else ())
    ]


@pytest.mark.parametrize("with_tree", [False, True])
@given(seed=SEEDS, kinds=st.lists(st.sampled_from(sorted(INCREASING)), min_size=6, max_size=6))
@settings(max_examples=12, deadline=None)
def test_an_increasing_transform_of_an_input_moves_edges_alone(with_tree: bool, seed: int, kinds: list[str]) -> None:
    values, met = case(seed)
    moved = np.stack([INCREASING[kind](values[:, column]) for column, kind in enumerate(kinds)], axis=1)
    names = list("abcdef")
    (before,) = discover(uncertain(values, names), {"x": met}, with_tree=with_tree)
    (after,) = discover(uncertain(moved, names), {"x": met}, with_tree=with_tree)
    assert told(before) == told(after)
    for old, new in zip(before.scenarios, after.scenarios, strict=True):
        for one, other in zip(old.restrictions, new.restrictions, strict=True):
            turn = INCREASING[kinds[names.index(one.input.name)]]
            for edge, moved_edge in ((one.low, other.low), (one.high, other.high)):
                assert edge is None or moved_edge == turn(np.array(edge))


@given(seed=SEEDS, order=st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_columns_decides_nothing(seed: int, order: list[int]) -> None:
    values, met = case(seed)
    names = list("abcdef")
    (before,) = discover(uncertain(values, names), {"x": met}, with_tree=False)
    (after,) = discover(uncertain(values[:, order], [names[column] for column in order]), {"x": met}, with_tree=False)
    assert before == after


@given(seed=SEEDS, order=st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_columns_in_another_order_give_the_same_box_under_other_names(seed: int, order: list[int]) -> None:
    values, met = case(seed)
    met = np.where(met == 1.0, 0.9, 0.1) + np.random.default_rng(seed).uniform(-0.1, 0.1, len(met))  # no two cuts tie
    before = {one.column: one[1:] for one in find(values, met).box}
    after = {order[one.column]: one[1:] for one in find(values[:, order], met).box}
    assert before == after


@given(seed=SEEDS, patience=st.sampled_from([0.02, 0.05, 0.2]), least=st.integers(1, 60), most=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_every_step_of_a_peeling_is_the_box_that_it_says(seed: int, patience: float, least: int, most: int) -> None:
    values, met = case(seed, draws=150)
    steps = peel(values, met, range(6), patience=patience, least=least, most=most)
    outer = np.ones(150, bool)
    for step in steps:
        held = inside(step.box, values)
        assert held.sum() == step.draws >= min(least, 150)
        assert not (held & ~outer).any()  # each lies in the one before
        assert len(step.box) <= most
        assert abs(met[held].mean() - step.density) < 1e-9
        outer = held


@given(of=st.integers(1, 5000), part=st.floats(0, 1))
def test_an_interval_holds_its_share_and_lies_between_0_and_1(of: int, part: float) -> None:
    found: Share = share(part * of, of)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


@given(st.lists(st.floats(0, 1), max_size=20))
def test_corrected_p_values_are_never_smaller_and_keep_their_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(one >= other for one, other in zip(corrected, p_values, strict=True))
    ranked = [corrected[number] for number in np.argsort(p_values, kind="stable")]
    assert ranked == sorted(ranked)
