"""Boxes, their shares and tests, by hand."""

from __future__ import annotations

from math import comb, inf

import numpy as np
import pytest
from scipy.stats import binomtest

from counterflow.judgement.discovery.boxes import Limits, chance_of, holm, inside, quasi_p, share, simplified


def test_limits_hold_what_is_above_the_low_one_and_up_to_the_high_one() -> None:
    values = np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0], [3.0, 1.0]])
    assert inside((Limits(0, 1.0, 3.0),), values).tolist() == [False, True, True, True]
    assert inside((Limits(0, 1.0, inf), Limits(1, 5.0, inf)), values).tolist() == [False, True, True, False]
    assert inside((), values).all()


@pytest.mark.parametrize(("hits", "draws"), [(0, 12), (7, 12), (12, 12), (3, 400)])
def test_a_share_has_wilsons_interval(hits: int, draws: int) -> None:
    found, known = share(hits, draws), binomtest(hits, draws).proportion_ci(method="wilson")
    assert found.value == hits / draws
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)


def test_a_share_of_no_draws_is_not_known() -> None:
    found = share(0, 0)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)


def test_the_chance_is_that_of_the_binomial_tail() -> None:
    by_hand = sum(comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(6, 11))
    assert chance_of(6, 10, 0.3) == pytest.approx(by_hand, rel=1e-12)
    assert chance_of(6.7, 10, 0.3) == chance_of(6, 10, 0.3)  # parts are rounded down
    assert chance_of(0, 10, 0.3) == chance_of(0, 0, 0.3) == 1.0


def test_a_restriction_is_tested_against_the_box_without_it() -> None:
    rng = np.random.default_rng(1)
    values = rng.random((400, 2))
    met = (values[:, 0] > 0.5).astype(float)
    box = (Limits(0, 0.5, inf), Limits(1, 0.3, inf))
    first, second = quasi_p(box, values, met)
    held = inside(box, values)
    wider = values[:, 1] > 0.3
    assert first == chance_of(met[held].sum(), held.sum(), met[wider].mean())
    assert first < 1e-20
    assert second == 1.0  # all that is above 0.5 is met: the second limit adds nothing


def test_a_restriction_that_adds_nothing_is_dropped_and_the_boxes_looked_at_are_counted() -> None:
    rng = np.random.default_rng(2)
    values = rng.random((400, 2))
    met = (values[:, 0] > 0.5).astype(float)
    box, p_values, looked = simplified((Limits(0, 0.5, inf), Limits(1, 0.3, inf)), values, met)
    assert box == (Limits(0, 0.5, inf),)
    assert len(p_values) == 1
    assert looked == 2
    assert simplified((Limits(1, 0.3, inf),), values, met)[0] == ()


def test_holm_multiplies_the_smallest_by_all_and_keeps_the_order() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
