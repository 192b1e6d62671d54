"""A verdict from thousands of real draws: nothing is run again, and the answers are those of further runs."""

from __future__ import annotations

import pytest
import xarray as xr

from counterflow.ensemble.simulate import simulate
from counterflow.errors import UsageError
from counterflow.judgement import flips
from counterflow.judgement.inquiry import Inquiry, inquire
from counterflow.judgement.judge import judge
from ensemble_runs import STRATEGY, evidence

DRAWS = 2600


@pytest.fixture(scope="module")
def runs() -> xr.Dataset:
    return simulate(STRATEGY, draws=DRAWS, years=2, reduce=True, evidence=evidence(), only=("none", "as_written"))


@pytest.fixture(scope="module")
def found(runs: xr.Dataset) -> Inquiry:
    return inquire(runs, store=evidence())


def test_nothing_is_run_again(runs: xr.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.ensemble.run.run_batch", None)
    monkeypatch.setattr("counterflow.ensemble.run.prepare", None)
    assert judge(runs, store=evidence()).moved_by == "draws"


def test_headlines_that_further_runs_leave_in_no_doubt_are_in_none(runs: xr.Dataset, found: Inquiry) -> None:
    fewer = judge(runs.isel(draw=slice(0, flips.ENOUGH // 4)).assign_attrs(draws=flips.ENOUGH // 4), store=evidence())
    assert fewer.moved_by == "runs"
    for one, other in zip(found.verdict.headlines, fewer.headlines, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.08)
        if not 0.05 < one.probability < 0.95:
            assert one.undetermined == other.undetermined
    used, before = ({(p.mechanism, p.symbol) for p in of.basis} for of in (found.verdict, fewer))
    assert used
    assert len(used - before) <= 3  # four scouting draws see nearly all that thousands tell; courts rule in few of them


def test_effects_add_up_and_name_what_the_levers_act_through(found: Inquiry) -> None:
    assert found.effects is not None
    assert found.untold == ()
    for by in ("grade", "mechanism", "input"):
        assert sum(one.share for one in found.effects.of("crossings", by)) == pytest.approx(1.0)  # type: ignore[arg-type]
    crossings = {one.player: one for one in found.effects.of("crossings", "mechanism")}
    assert crossings["border"].low > 0.05
    assert crossings["overdose"].share < 0.05


def test_conditions_are_told_for_each_headline_or_why_not(found: Inquiry) -> None:
    assert [one.of for one in found.discoveries] == [
        (name, "as_written", "none") for name in ("trafficking", "crossings", "friction", "violence")
    ]
    for one in found.discoveries:
        assert one.draws == DRAWS
        assert one.scenarios or one.untold


def test_a_branch_that_is_not_there_is_refused(runs: xr.Dataset) -> None:
    with pytest.raises(UsageError, match="no branch 'as_on_record'"):
        inquire(runs, branch="as_on_record", store=evidence())
