"""What always holds of strategies beside each other, whatever the numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from counterflow.judgement.comparison import scores

SIZES = st.floats(-100, 100, allow_nan=False).map(lambda value: round(value, 3))
HARM = st.integers(2, 5).flatmap(lambda count: arrays(np.float64, (count, 12), elements=SIZES))
MANY = st.integers(2, 4).flatmap(lambda count: arrays(np.float64, (3, count, 12), elements=SIZES))
INDEX = scores.resamples(12, 0, 20)
UNITS = np.full(3, 0.001)


@given(HARM)
def test_regret_is_never_below_zero_and_in_each_draw_somebody_has_none(harm: np.ndarray) -> None:
    of = scores.regret(harm)
    assert (of >= 0.0).all()
    assert (of.min(axis=0) == 0.0).all()


@given(HARM, SIZES)
def test_regret_does_not_change_where_all_strategies_are_moved_alike(harm: np.ndarray, by: float) -> None:
    np.testing.assert_allclose(scores.regret(harm + by), scores.regret(harm), atol=1e-9)


@given(HARM)
def test_some_strategy_is_always_on_the_front_and_the_best_by_one_outcome_alone_is_the_front(harm: np.ndarray) -> None:
    assert scores.on_front(harm).any()
    single = harm.mean(axis=1)[:, None]
    assert (scores.on_front(single) == (single[:, 0] == single.min())).all()


@given(MANY)
def test_a_copy_that_is_worse_everywhere_is_never_on_the_front(harm: np.ndarray) -> None:
    worse = np.concatenate([harm, harm[:, :1] + 1.0], axis=1)
    found = scores.front(worse, INDEX, UNITS)
    assert not found.member[-1]
    assert found.chance[-1] == 0.0
    assert ((found.chance >= 0.0) & (found.chance <= 1.0)).all()


@given(MANY)
def test_no_two_strategies_beat_each_other_and_none_beats_itself(harm: np.ndarray) -> None:
    beaten = scores.beaten_in_both(harm, INDEX, UNITS)
    for one, others in enumerate(beaten):
        assert one not in others
        assert all(one not in beaten[other] for other in others)


@given(HARM)
def test_the_best_leads_by_no_less_than_nothing(harm: np.ndarray) -> None:
    assert scores.lead(harm).lead >= -1e-12


@given(
    arrays(np.float64, 12, elements=st.floats(0, 100).map(lambda value: round(value, 3))),
    arrays(np.float64, 12, elements=st.floats(0.5, 100)),
    st.floats(0.1, 10),
)
def test_a_ratio_grows_with_the_cost_and_its_ends_hold_it(cost: np.ndarray, effect: np.ndarray, by: float) -> None:
    found, grown = scores.ratio(cost, effect, INDEX), scores.ratio(by * cost, effect, INDEX)
    assert found is not None
    assert grown is not None
    np.testing.assert_allclose(grown.value, by * found.value, rtol=1e-9)
    assert found.error_low <= found.error_high
    assert found.low <= found.high


@given(arrays(np.float64, 12, elements=st.floats(-100, 0)))
def test_no_ratio_is_told_of_what_averts_nothing(effect: np.ndarray) -> None:
    assert scores.ratio(np.ones(12), effect, INDEX) is None
