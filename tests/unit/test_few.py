"""What a report tells from few draws is not told from too few."""

from __future__ import annotations

from typing import Any

import pytest

from counterflow.evidence.store import Store
from counterflow.judgement import few
from counterflow.strategy.builtin.load import built_in
from ensemble_runs import STRATEGY


@pytest.mark.parametrize("draws", [1, few.FEWEST - 1])
def test_with_too_few_draws_neither_levers_nor_strategies_are_told(draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*given: Any, **how: Any) -> None:
        raise AssertionError("nothing is to be run")

    monkeypatch.setattr(few, "attribute", never)
    monkeypatch.setattr(few, "compare", never)
    asked: dict[str, Any] = {"draws": draws, "years": 3, "seed": 0, "posterior": None}
    assert few.shares(STRATEGY, "as_written", Store.open(), **asked) is None
    assert few.others(STRATEGY, Store.open(), **asked) is None


def test_no_more_draws_are_taken_than_share_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[dict[str, Any]] = []
    monkeypatch.setattr(few, "attribute", lambda *given, **how: taken.append(how))
    monkeypatch.setattr(few, "compare", lambda found, **how: taken.append(how | {"names": [one.name for one in found]}))
    asked: dict[str, Any] = {"draws": 5000, "years": 3, "seed": 7, "posterior": None}
    few.shares(STRATEGY, "as_written", Store.open(), **asked)
    few.others(STRATEGY, Store.open(), **asked)
    assert [how["draws"] for how in taken] == [few.DRAWS, few.DRAWS]
    assert {how["seed"] for how in taken} == {7}
    assert {*built_in()} <= {*taken[1]["names"]}
