"""Where a strategy moves nothing, no run by place is made, and the map says what it would have said."""

from __future__ import annotations

from typing import Any

import pytest

import counterflow.report.assessment.places as by_place
from counterflow.assess import answered
from counterflow.ensemble.simulate import simulate
from counterflow.evidence.store import Store
from counterflow.judgement.judge import judge
from counterflow.report.assessment.places import alike_sentences, moved_alike, places, runs_by_place
from counterflow.report.assessment.recorded import recorded
from counterflow.report.assessment.unmoved import unmoved_by_place
from ensemble_runs import STRATEGY

ASKED: dict[str, Any] = {"draws": 20, "years": 2, "seed": 3}
STILL = STRATEGY.model_copy(update={"written": (), "considered": ("asylum.restriction",)})


class Judged(Exception):
    """What is thrown to end an assessment once its runs have been made."""


def stop(*given: Any, **how: Any) -> None:
    raise Judged


def test_the_map_of_what_moves_nothing_is_the_same_with_and_without_runs_by_place() -> None:
    store = Store.open()
    runs = simulate(STILL, **ASKED, evidence=store)
    verdict, known = judge(runs), recorded(store, STILL)
    made = places(known, runs_by_place(STILL, **ASKED, posterior=None, store=store), verdict)
    told = places(known, unmoved_by_place(runs, "as_on_record"), verdict)
    assert told == made
    assert {row["change"]["as_on_record"]["median"] for row in told} == {0.0}
    alike = moved_alike(told, "as_on_record", ASKED["draws"])
    assert alike_sentences(told, alike) == alike_sentences(made, moved_alike(made, "as_on_record", ASKED["draws"]))
    assert set(alike) == {"sector", "field office"}


@pytest.mark.parametrize(("strategy", "asked_for"), [(STILL, 0), (STRATEGY, 1)], ids=["moves nothing", "moves"])
def test_runs_by_place_are_made_only_where_something_moves(
    strategy: Any, asked_for: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(by_place, "runs_by_place", lambda *given, **how: made.append(how))
    monkeypatch.setattr("counterflow.judgement.inquiry.inquire", stop)
    with pytest.raises(Judged):
        answered(strategy, Store.open(), **ASKED, priors=True, stage=lambda name: lambda done, total: None)
    assert len(made) == asked_for
