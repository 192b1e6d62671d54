"""The verdict on real runs: of replicates, of what a reduction leaves, and of draws from a posterior."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from counterflow.brief.reader import read
from counterflow.ensemble.contrast import OUTCOMES
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import Sampling, draw
from counterflow.ensemble.simulate import simulate
from counterflow.errors import JudgementError
from counterflow.evidence.store import Store
from counterflow.judgement.compared import compared
from counterflow.judgement.judge import judge, levers_of, parameters_used, sampling_of
from counterflow.model import priors
from counterflow.strategy.build import from_brief

DRAWS, REPLICATES = 22, 2


@pytest.fixture(scope="module")
def runs(project: Path) -> xr.Dataset:
    store = Store.open()
    strategy = from_brief(read(str(project / "examples" / "border-strategy.md")), store)
    return simulate(
        strategy,
        draws=DRAWS,
        replicates=REPLICATES,
        years=2,
        evidence=store,
        only=("none", "as_on_record"),
        outputs=OUTCOMES,
    )


def reduced(runs: xr.Dataset) -> xr.Dataset:
    """What is left where no run is kept."""
    left = compared(runs).transpose("branch", "reference", "draw", "replicate")
    return left.assign_attrs(runs.attrs | {"every": "month"})


def test_reduced_runs_have_the_verdict_of_the_runs(runs: xr.Dataset) -> None:
    whole = judge(runs)
    assert judge(reduced(runs)) == whole
    assert (whole.draws, whole.replicates) == (DRAWS, REPLICATES)
    assert len(whole.headlines) == 8
    assert {headline.branch for headline in whole.headlines} == {"as_on_record"}
    for headline in whole.headlines:
        assert (headline.probability * DRAWS * REPLICATES) % 1 == pytest.approx(0.0, abs=1e-9)
    assert whole.basis
    assert whole.caveats[0].startswith("Not fitted to the record: ")


def test_a_verdict_on_fewer_draws_says_so(runs: xr.Dataset) -> None:
    gap = reduced(runs)
    gap["change_homicides"][1, 1, 3, 1] = np.nan
    verdict = judge(gap)
    assert verdict.draws == DRAWS - 1
    assert any(text.startswith(f"1 of {DRAWS} draws are left out") for text in verdict.caveats)


def test_draws_from_a_posterior_are_drawn_from_it_again(tmp_path: Path) -> None:
    path = tmp_path / "posterior.csv"
    path.write_text("border.p_app,supply.T_reb\n0.6,3\n0.7,4\n", encoding="utf-8")
    attrs = {
        "sampling": "latin-hypercube",
        "posterior": str(path),
        "posterior_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    sampling = sampling_of(attrs)
    assert sampling.method == "latin-hypercube"
    assert sampling.posterior is not None
    assert sampling.posterior.names == (("border", "p_app"), ("supply", "T_reb"))
    assert sampling_of(attrs | {"posterior": ""}) == Sampling("latin-hypercube")
    path.write_text("border.p_app,supply.T_reb\n0.6,3\n0.7,5\n", encoding="utf-8")
    with pytest.raises(JudgementError, match="not the one that these runs were drawn from"):
        sampling_of(attrs)


def test_a_parameter_from_a_posterior_names_it_and_the_prior() -> None:
    posterior = Posterior((("border", "p_app"),), np.array([[0.6], [0.7]]), "posterior.csv", "")
    drawn = draw(20, 0, ["x"], 0, sampling=Sampling(posterior=posterior))
    moving = frozenset({("border", "p_app"), ("supply", "T_reb")})
    table = priors.load()
    used = {p.symbol: p for p in parameters_used(table, drawn, moving, posterior)}
    assert used["p_app"].source == f"posterior; before it {table['border']['p_app'].source}"
    assert 0.6 <= used["p_app"].low <= used["p_app"].high <= 0.7 + 1e-6
    assert used["T_reb"].source == table["supply"]["T_reb"].source


def test_the_levers_of_a_design_are_read_from_the_runs() -> None:
    assert levers_of({"levers": ""}) is None
    assert levers_of({"levers": ["trade.tariff", "strikes"]}) == ["trade.tariff", "strikes"]
    assert levers_of({"levers": "trade.tariff"}) == ["trade.tariff"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("priors", "the priors"), ("record_before_it", "the record"), ("version", "the version of the program")],
)
def test_runs_of_another_version_priors_or_record_are_refused(runs: xr.Dataset, name: str, said: str) -> None:
    """What they were drawn from is drawn again, and would be something else."""
    identity = json.loads(runs.attrs["identity"])
    (identity["engine"] if name == "version" else identity)[name] = "another"
    with pytest.raises(JudgementError, match=f"since these runs were made, {said} changed"):
        judge(runs.assign_attrs(identity=json.dumps(identity)))


def test_runs_of_another_strategy_are_refused(runs: xr.Dataset) -> None:
    identity = json.loads(runs.attrs["identity"])
    identity["branches"]["as_on_record"] = "another"
    with pytest.raises(JudgementError, match="the strategy's branches changed"):
        judge(runs.assign_attrs(identity=json.dumps(identity)))


def test_fewer_draws_than_a_verdict_needs_are_refused_and_few_are_told(runs: xr.Dataset) -> None:
    with pytest.raises(JudgementError, match="4 draws are too few") as refused:
        judge(reduced(runs).isel(draw=slice(0, 4)).assign_attrs(draws=4))
    assert refused.value.hint == "At least 20 are needed."
    assert any(f"{DRAWS} draws are few" in text for text in judge(reduced(runs)).caveats)


def test_the_run_without_the_strategy_alone_is_refused(runs: xr.Dataset) -> None:
    with pytest.raises(JudgementError, match="no branch beside"):
        judge(runs.sel(branch=["none"]))
