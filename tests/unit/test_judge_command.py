"""`counterflow judge` on a real store: what it tells, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from causal_words import claims
from counterflow.cli import main
from counterflow.ensemble.simulate import simulate
from counterflow.ensemble.stored.reading import open_runs
from counterflow.judgement.judge import judge, laid_out
from counterflow.judgement.schema import Verdict
from counterflow.report.assessment.results import rests_sentence
from counterflow.report.words import percent, word
from ensemble_runs import STRATEGY, evidence

DRAWS = 24


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("judged") / "runs.zarr"
    only = ("none", "as_written", "as_on_record")
    simulate(STRATEGY, draws=DRAWS, years=2, reduce=True, store=place, evidence=evidence(), only=only)
    return place


@pytest.fixture(scope="module")
def verdict(store: Path) -> Verdict:
    return judge(open_runs(str(store)), store=evidence())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["judge", *map(str, arguments)])


def test_it_gives_the_verdict_that_python_gives_and_says_what_more_draws_would_tell(
    store: Path, verdict: Verdict
) -> None:
    told = json.loads(run(store, "--json").stdout)
    assert told["verdict"] == verdict.model_dump(mode="json")
    assert told["branch"] == "as_on_record"
    assert told["effects"] is None
    (untold,) = told["untold"]
    assert untold.startswith(f"{DRAWS} draws are too few")
    assert "are needed" in untold
    assert {one["untold"]["why"] for one in told["discoveries"]} <= {"draws", "cases"}


def test_the_text_has_the_whole_verdict_and_claims_nothing(store: Path, verdict: Verdict) -> None:
    found = run(store, "--branch", "as_written")
    assert found.exit_code == 0
    flat = " ".join(found.stdout.split())
    for part in ("24 draws x 1 replicate; weeks 53 to 104", "the run without the strategy", "the 26 weeks before it"):
        assert part in flat
    # Four headlines against two references, and the four outcomes.
    assert found.stdout.count("\n  as_written  ") == found.stdout.count("\n  as_on_record  ") == 9
    assert "Under which conditions: as_written" in flat
    assert "Not fitted to the record" in flat
    assert "Trafficking against friction: shares of draws, against the run without the strategy, over weeks 53" in flat
    assert rests_sentence(verdict) in flat
    not_ours = []
    for one in verdict.headlines:
        doubtful = one.undetermined or 0.1 < one.probability < 0.9
        shown = ", ".join(f"{percent(limit)} in {percent(share)}" for limit, share in one.surface)
        assert not doubtful or shown in flat
        assert (f"Undetermined: {word('headline_inside', one.id)}, {one.branch}" in flat) or not one.undetermined
        for decider in one.decided_by:
            assert decider.meaning in flat
            assert f"What would settle it: {decider.study}" in flat
        not_ours += [d.meaning for d in one.decided_by] + [d.study for d in one.decided_by if d.study]
        not_ours += [learned.meaning for learned in one.worth_knowing or ()]
    assert claims(flat, *not_ours) == []


def test_the_table_of_inputs_has_the_draws_that_were_run(store: Path) -> None:
    laid = laid_out(open_runs(str(store)), evidence())
    assert laid.of.values.shape[0] == DRAWS
    assert set(laid.met) == set(laid.sizes)
    assert all(size.shape == (1, DRAWS) for size in laid.sizes.values())
    assert laid.courses == ["as_written", "as_on_record"]
    assert np.isfinite(laid.of.values).all()


def test_a_branch_that_is_not_there_is_refused_with_those_that_are(store: Path) -> None:
    found = run(store, "--branch", "as_writen")
    assert found.exit_code == 2
    assert "no branch 'as_writen'" in found.stderr
    assert "as_written" in found.stderr


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    found = run(tmp_path / "nothing.zarr")
    assert found.exit_code != 0
    assert "Traceback" not in found.stderr
