"""Which posterior a run is drawn from, what a strategy takes out of it, and what is told of it afterwards."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from click.testing import CliRunner

import counterflow as cf
import ensemble_runs as runs
import fitted_cases
import report_fixture
from counterflow.assess import Assessed, assess, posterior_for
from counterflow.cli import main
from counterflow.ensemble.posterior import Posterior, without
from counterflow.ensemble.sampling import RANDOM, Draws, Sampling, draw
from counterflow.errors import JudgementError, StrategyError
from counterflow.judgement import fitted
from counterflow.judgement.judge import judge, parameters_used
from counterflow.judgement.schema import Fit
from counterflow.judgement.undetermined import ends_of, movable
from counterflow.model import priors
from counterflow.report.assessment import places
from counterflow.report.assessment.manifest import RECIPE, manifest
from counterflow.report.page.render import render_page
from counterflow.report.parameters import drawn_in_words, taught_in_words
from counterflow.report.summary import summary_lines
from counterflow.strategy.files import write_strategy
from counterflow.strategy.overrides import ParameterOverride
from counterflow.strategy.schema import Strategy

FEW = {"draws": 40, "replicates": 1}
KEYS = tuple(tuple(name.split(".")) for name in fitted_cases.COLUMNS)


@pytest.fixture(autouse=True)
def bundled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the posteriors lie that the package brings in these tests."""
    fitted_cases.bring(monkeypatch, tmp_path / "posteriors")
    return tmp_path / "posteriors"


def setting(**values: float) -> Strategy:
    """The strategy of the runs, with parameters of the border held at values."""
    held = {f"border.{symbol}": ParameterOverride(value=value) for symbol, value in values.items()}
    return runs.STRATEGY.model_copy(update={"parameters": held})


# -------------------------------------------------------------------------------------- which one is taken


@pytest.mark.parametrize(
    ("day", "source"),
    [
        (None, "bundled 2026-01"),
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), "bundled 2021-01"),
        (date(2024, 12, 31), "bundled 2024-01"),
        (date(2025, 1, 1), "bundled 2025-01"),
        (date(2030, 1, 1), "bundled 2026-01"),
    ],
)
def test_the_latest_cutoff_that_a_day_could_know_is_taken(day: date | None, source: str | None) -> None:
    found = cf.posterior(day)
    assert (found.source if found else None) == source


class Ran(Exception):
    """What is thrown to end an assessment once its runs have been asked for."""


def asked_of_assess(monkeypatch: pytest.MonkeyPatch, project: Path, **options: Any) -> list[dict[str, Any]]:
    """What `assess` asks `simulate` for: the runs of the strategy, and those as of its date."""
    asked: list[dict[str, Any]] = []

    def simulate(strategy: Strategy, **how: Any) -> None:
        asked.append(how)
        if len(asked) == 2:
            raise Ran

    monkeypatch.setattr("counterflow.ensemble.simulate.simulate", simulate)
    monkeypatch.setattr(places, "runs_by_place", lambda *given, **how: None)
    with pytest.raises(Ran):
        assess(project / "examples" / "border-strategy.md", **options)
    return asked


def test_a_report_is_drawn_from_what_was_fitted_by_now_and_by_the_strategys_date(
    monkeypatch: pytest.MonkeyPatch, project: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    now, then = asked_of_assess(monkeypatch, project)
    assert now["posterior"].source == "bundled 2026-01"
    assert then["posterior"].source == "bundled 2025-01"
    assert then["as_of"].year == 2025


def test_with_priors_no_run_of_a_report_is_drawn_from_a_posterior(
    monkeypatch: pytest.MonkeyPatch, project: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [how["posterior"] for how in asked_of_assess(monkeypatch, project, priors=True)] == [None, None]


def test_a_strategy_older_than_every_posterior_is_foreseen_from_the_priors(
    monkeypatch: pytest.MonkeyPatch, project: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    now, then = asked_of_assess(monkeypatch, project, date=date(2019, 3, 1))
    assert now["posterior"].source == "bundled 2026-01"
    assert (then["posterior"], then["as_of"]) == (None, date(2019, 3, 1))


# ------------------------------------------------------------------------------ what a strategy takes out


def test_what_a_strategy_sets_is_taken_out_and_the_rest_is_kept_row_by_row() -> None:
    whole = cf.posterior()
    assert whole is not None
    left = without(whole, ["border.L_asy"])
    assert left.names == KEYS[:2]
    assert np.array_equal(left.values, whole.values[:, :2])
    assert (left.source, left.sha256) == (whole.source, whole.sha256)
    assert without(whole, []) is whole
    assert without(whole, ["noise.sd_supply"]).names == whole.names


def test_what_a_joint_condition_ties_to_a_set_parameter_goes_with_it() -> None:
    """p_app at 0.8 leaves no room for known gotaways of a fifth and more: they are drawn again from their prior."""
    strategy = setting(p_app=0.8)
    left = posterior_for(strategy)
    assert left is not None
    assert left.names == KEYS[2:]
    table = priors.with_overrides(priors.load(), strategy.parameters)
    drawn = draw(250, 0, ["x"], 0, table=table, sampling=Sampling(posterior=left)).parameters.border
    assert (drawn.p_app == np.float32(0.8)).all()
    assert (drawn.g_share / (1 - drawn.g_share) <= 0.2 / 0.8 + 1e-6).all()
    assert set(np.unique(drawn.L_asy)) == set(np.float32(fitted_cases.COLUMNS["border.L_asy"]))


def test_what_was_refitted_together_leaves_together() -> None:
    names = ("C0", "rho", "eta", "theta", "omega")
    joint = Posterior(tuple(("cartels", name) for name in names), np.ones((2, 5)), "p", "")
    assert without(joint, ["cartels.rho"]).names == ()


@pytest.mark.parametrize(("given", "tied"), [("diplomacy.a", "diplomacy.b_UM"), ("leaders.A0", "leaders.A_k")])
def test_a_condition_is_known_by_all_that_it_looks_at(given: str, tied: str) -> None:
    key = tuple(tied.split("."))
    posterior = Posterior((key,), np.ones((2, 1)), "p", "")  # type: ignore[arg-type]
    assert without(posterior, [given]).names == ()


def test_a_posterior_that_is_passed_as_it_is_still_refuses_what_a_strategy_sets() -> None:
    with pytest.raises(StrategyError, match=r"border\.p_app is set by the strategy and drawn from bundled 2026-01"):
        runs.ensemble(**FEW, strategy=setting(p_app=0.7), posterior=cf.posterior())


# --------------------------------------------------------------------------------------- counterflow simulate


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ([], "bundled 2026-01"),
        (["--as-of", "2025-02-03"], "bundled 2025-01"),
        (["--as-of", "2020-06-01"], None),
        (["--priors"], None),
        (["--posterior"], "rows.csv"),
    ],
)
def test_simulate_draws_from_what_was_fitted_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: list[str], source: str | None
) -> None:
    """Without a posterior it does what it did before there was any."""
    asked: list[Any] = []

    def simulate(strategy: Strategy, **how: Any) -> None:
        asked.append(how["posterior"])
        raise Ran

    monkeypatch.setattr("counterflow.ensemble.simulate.simulate", simulate)
    monkeypatch.setattr(places, "runs_by_place", lambda *given, **how: None)
    rows = [str(tmp_path / "rows.csv")] if options == ["--posterior"] else []
    write_strategy(runs.STRATEGY, tmp_path / "strategy.toml")
    CliRunner().invoke(main, ["simulate", str(tmp_path / "strategy.toml"), *options, *rows])
    (given,) = asked
    assert (given.name if isinstance(given, Path) else given.source if given else None) == source


def test_simulate_takes_out_what_its_strategy_sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_strategy(setting(L_asy=0.5), tmp_path / "strategy.toml")
    args = ["simulate", str(tmp_path / "strategy.toml"), "--draws", "20", "--years", "2", "--branch", "none"]
    monkeypatch.setattr("counterflow.ensemble.simulate.in_memory", lambda job, how, attrs: job.sampling)
    told: list[Sampling] = []
    monkeypatch.setattr("counterflow.cli.simulate._tell", lambda sampling, *_: told.append(sampling))
    assert CliRunner().invoke(main, args).exit_code == 0
    assert told[0].posterior is not None
    assert told[0].posterior.names == KEYS[:2]


# ------------------------------------------------------------------------------------------ what is told of it


@pytest.fixture(scope="module")
def drawn_from_it(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """Runs of a strategy that sets L_asy, drawn from the default posterior."""
    with pytest.MonkeyPatch.context() as patch:
        fitted_cases.bring(patch, tmp_path_factory.mktemp("bundled") / "posteriors")
        strategy = setting(L_asy=0.6)
        return runs.ensemble(**FEW, strategy=strategy, posterior=posterior_for(strategy))


def test_a_verdict_says_what_was_fitted_what_was_learned_and_what_was_set(drawn_from_it: xr.Dataset) -> None:
    verdict = judge(drawn_from_it)
    assert verdict.fit is not None
    assert verdict.fit.model_dump() == {
        "source": "bundled 2026-01",
        "cutoff": "2026-01-01",
        "parameters": 2,
        "learned": 1,
        "left_out": ("border.L_asy",),
    }
    first = verdict.caveats[0]
    assert "Fitted to the official record to 1 January 2026: 2 parameters" in first
    assert "the record taught 1;" in first
    assert first.endswith("not drawn from there: border.L_asy.")
    assert {p.taught for p in verdict.basis if p.symbol == "L_asy"} <= {None}


def test_each_parameter_is_told_by_how_much_the_record_narrowed_it() -> None:
    whole = cf.posterior()
    assert whole is not None
    assert fitted.taught(whole) == {KEYS[0]: pytest.approx(0.4), KEYS[1]: 0.0, KEYS[2]: pytest.approx(0.4)}
    assert fitted.taught(whole._replace(source="elsewhere/rows.csv")) == fitted.taught(None) == {}
    drawn = draw(20, 0, ["x"], 0, sampling=Sampling(posterior=whole))
    used = parameters_used(priors.load(), drawn, frozenset({KEYS[0], ("border", "r_retry")}), whole)
    assert {p.symbol: p.taught for p in used if p.symbol in ("p_app", "r_retry")} == {
        "p_app": pytest.approx(0.4),
        "r_retry": None,
    }


def test_runs_without_a_posterior_are_told_as_not_fitted() -> None:
    assert fitted.fit_of(None) is None
    assert fitted.origin(None).startswith("Not fitted to the record: runs start where the official series stand")


def test_runs_of_another_posterior_than_the_one_at_hand_are_refused(drawn_from_it: xr.Dataset, bundled: Path) -> None:
    other = drawn_from_it.assign_attrs(posterior_sha256="0" * 64)
    with pytest.raises(JudgementError, match="not the one that these runs were drawn from"):
        judge(other)
    gone = drawn_from_it.assign_attrs(posterior="bundled 1999-01")
    with pytest.raises(JudgementError, match="does not bring the posterior"):
        judge(gone)


def test_a_fitted_parameter_is_moved_over_what_the_record_leaves() -> None:
    whole = cf.posterior()
    assert whole is not None
    fixed: Draws = draw(500, 0, ["x"], 0, sampling=Sampling(posterior=whole))
    wide = draw(500, 0, ["x"], 0, sampling=RANDOM)
    low, high = ends_of(("border", "p_app"), fixed)
    assert (low, high) == pytest.approx((0.60, 0.66))
    assert high - low < np.diff(ends_of(("border", "p_app"), wide))
    assert ("border", "p_app") in movable(priors.load())


@pytest.mark.parametrize(
    ("taught", "words"),
    [(None, ""), (0.0, "the record taught it little or nothing"), (0.4, "narrowed by the record by 40%")],
)
def test_what_the_record_taught_is_told_in_few_words(taught: float | None, words: str) -> None:
    assert taught_in_words(taught) == words


@pytest.mark.parametrize(
    ("posterior", "as_of", "words"),
    [
        ("", None, "from their priors as known then, not fitted"),
        ("bundled 2025-01", "2025-01-01", "fitted to the record as known then: bundled 2025-01"),
        ("bundled 2026-01", None, "with what was published or revised since: bundled 2026-01"),
    ],
)
def test_a_posterior_that_has_seen_revisions_is_not_told_as_foreseen(
    posterior: str, as_of: str | None, words: str
) -> None:
    assert drawn_in_words({"posterior": posterior, "posterior_as_of": as_of}).endswith(words)


@pytest.fixture(scope="module")
def assessed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Assessed:
    """A small assessment of the example."""
    folder = tmp_path_factory.mktemp("assessed")
    with pytest.MonkeyPatch.context() as patch:
        fitted_cases.bring(patch, folder / "posteriors")
        return assess(project / "examples" / "border-strategy.md", to=folder / "report.html", draws=20, years=2)


@pytest.mark.whole
def test_the_manifest_names_each_posterior_and_no_place_on_this_machine(assessed: Assessed) -> None:
    told = assessed.assessment["manifest"]
    assert (told["posterior"], told["foreseen_posterior"]) == ("bundled 2026-01", "bundled 2025-01")
    assert len(told["posterior_sha256"]) == len(told["foreseen_posterior_sha256"]) == 64
    assert told["posterior_sha256"] != told["foreseen_posterior_sha256"]
    assert "--priors" not in told["command"]
    assert "posteriors" not in json.dumps(told)


def test_a_report_on_runs_from_priors_is_run_again_with_priors(project: Path) -> None:
    brief = cf.read(project / "examples" / "border-strategy.md")
    recipe = dict.fromkeys(RECIPE, 1) | {"posterior": "", "posterior_sha256": ""}
    plain = manifest(brief, cf.Store.open(), runs.STRATEGY, xr.Dataset(attrs=recipe))
    assert "--priors" in plain["command"]
    assert not any("posterior" in name for name in plain)
    file = recipe | {"posterior": "elsewhere/rows.csv", "posterior_sha256": "5" * 64}
    assert manifest(brief, cf.Store.open(), runs.STRATEGY, xr.Dataset(attrs=file))["posterior"] == "rows.csv"


@pytest.mark.whole
def test_the_page_says_what_was_fitted(assessed: Assessed) -> None:
    page = assessed.report.read_text(encoding="utf-8")
    assert "Fitted to the official record to 1 January 2026" in page
    assert "parameters fitted to the record as known then: bundled 2025-01" in page
    assert "Not fitted to the record" not in page
    assert "The range of a fitted parameter is the one that the record leaves" in page


def test_the_page_of_runs_from_priors_says_nothing_of_a_fit() -> None:
    page = render_page(report_fixture.build())
    assert "parameters from their priors as known then, not fitted" in page
    assert "narrowed by the record" not in page
    assert "that the record leaves" not in page


def test_the_page_says_of_each_parameter_what_the_record_taught_it() -> None:
    judged = report_fixture.verdict(60)
    basis = (judged.basis[0].model_copy(update={"taught": 0.4}), *judged.basis[1:])
    fit = Fit(source="bundled 2026-01", cutoff="2026-01-01", parameters=3, learned=2)
    built = report_fixture.build(judged=judged.model_copy(update={"basis": basis, "fit": fit}))
    page = render_page(built)
    assert page.count("narrowed by the record by 40%") == 1
    assert "taught 2 of the 3 parameters that are fitted to it" in page
    line = "Fitted         to the record to 1 January 2026: 2 of 3 parameters learned from it"
    assert line in summary_lines(built)
    assert not any(line.startswith("Fitted") for line in summary_lines(report_fixture.build()))
