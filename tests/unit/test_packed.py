"""Many courses of events in one batch: the same bits as one at a time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from counterflow.ensemble import run
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.packed import Packed, pack, packed_contrasts, run_packed
from counterflow.ensemble.simulate import plan_for
from counterflow.errors import ModelError
from counterflow.judgement.uncertain import LEVER, uncertain
from counterflow.strategy.catalogue import catalogue, lever
from counterflow.strategy.schema import Branch, Campaign, Entry, Range
from ensemble_runs import STRATEGY, evidence

DRAWS = 100  # two copies fit into a batch
OUTPUTS = ("attempts", "homicides", "cooperation")


def campaign(rate: float) -> Campaign:
    return Campaign(start=date(2025, 3, 3), weeks=20, strikes_per_week=rate, consent=False)


@pytest.fixture(scope="module")
def packed() -> Packed:
    at = plan_for(STRATEGY, evidence(), years=2, seed=3)
    entries = STRATEGY.written
    branches = (
        Branch(id="none", title="", description=""),
        Branch(id="struck", title="", description="", entries=entries, strikes=campaign(5.0)),
        Branch(id="both", title="", description="", entries=entries),
        Branch(id="one", title="", description="", entries=entries[:1]),
        Branch(id="other", title="", description="", entries=entries[1:], strikes=campaign(1.0)),
    )
    return pack(at._replace(branches=branches), draws_for(at, DRAWS, None))


def test_every_branch_gives_the_bits_that_it_gives_alone(packed: Packed) -> None:
    branches = packed.at.branches
    found = run_packed(packed, branches, OUTPUTS)
    alone = run.run(packed.at, packed.draws, OUTPUTS)
    for name in OUTPUTS:
        assert found[name].shape == alone[name].shape
        np.testing.assert_array_equal(found[name], alone[name])
    assert not np.array_equal(found["homicides"][1], found["homicides"][2])
    moved = packed_contrasts(packed, branches, found)
    assert moved["change_attempts"].shape == (len(branches), 2, DRAWS)
    assert (moved["change_attempts"][0, 0] == 0.0).all()
    assert (moved["change_attempts"][2, 0] < 0.0).mean() > 0.5


def test_more_draws_than_fit_are_refused(packed: Packed) -> None:
    many = run.rows(packed.draws, np.arange(251) % DRAWS)
    with pytest.raises(ModelError, match="251 draws"):
        pack(packed.at, many)


def test_uncertain_numbers_are_what_differs_from_draw_to_draw(packed: Packed) -> None:
    of = uncertain(packed.at, packed.draws)
    names = [one.name for one in of.inputs]
    assert of.values.shape == (DRAWS, len(names))
    assert (np.ptp(of.values, axis=0) > 0).all()
    assert {"supply.T_reb", "size of interior.arrests", "size of asylum.remain_in_mexico"} <= set(names)
    assert "size of border.agents" not in names
    assert {one.grade for one in of.inputs} == {"A", "B", "C", "D"}
    column = names.index("supply.T_reb")
    np.testing.assert_array_equal(of.values[:, column], np.asarray(packed.draws.parameters.supply.T_reb))
    assert of.group(["supply.T_reb"]) == [column]


def test_what_is_not_known_of_a_lever_has_the_grade_that_the_catalogue_gives_it(packed: Packed) -> None:
    """The weakest of the levels that it is moved to; a range without a level and a delivery are judgements."""
    held, arrests = STRATEGY.written

    def grades(*entries: Entry) -> dict[str, str]:
        branch = Branch(id="one", title="", description="", entries=entries)
        of = uncertain(packed.at._replace(branches=(branch,)), packed.draws)
        return {one.name: one.grade for one in of.inputs if one.mechanism == LEVER}

    own = lever("asylum.remain_in_mexico").levels
    assert own[2].grade < own[3].grade
    better = held.model_copy(update={"level": 2})
    assert grades(better) == {"size of asylum.remain_in_mexico": own[2].grade}
    assert grades(better, held) == {"size of asylum.remain_in_mexico": own[3].grade}
    wide, exact = Range(low=100.0, central=200.0, high=300.0), Range(low=200.0, central=200.0, high=200.0)
    ranged = arrests.model_copy(update={"level": None, "intensity": wide})
    assert grades(ranged) == {"size of interior.arrests": "D"}
    promised = arrests.model_copy(update={"level": None, "change": exact, "delivery": catalogue().delivery.range})
    assert grades(promised) == {"delivery of interior.arrests": catalogue().delivery.grade}
