"""A calibration: what is screened, when ensembles agree, which members are kept, what is written and read again."""

from __future__ import annotations

import json
import math
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr

from counterflow.calibration import bundled
from counterflow.calibration import calibrate as calibrating
from counterflow.calibration.fitting import begun, checks, discrepancy, documented, files
from counterflow.calibration.fitting.chains import Chains
from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.calibration.fitting.kept import kept_of
from counterflow.calibration.fitting.observed import Observed, fitted
from counterflow.calibration.fitting.problem import Figures, Problem
from counterflow.calibration.fitting.smoother import Ensemble, seed_of
from counterflow.calibration.fitting.space import scores_of, space, values
from counterflow.cli.calibrate import summary_lines
from counterflow.ensemble import planning, sampling
from counterflow.ensemble.posterior import read_posterior
from counterflow.errors import CalibrationError, EvidenceError, UsageError
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.model.conditions import conditions

RNG = np.random.default_rng
KEYS = (("money", "R_mig"), ("money", "R_smug"), ("border", "p_app"))
NOW = [(date(year, 1, 1), None) for year in range(2021, 2027)]
THEN = [(date(year, 1, 1), date(year, 1, 1)) for year in range(2021, 2026)]


# ------------------------------------------------------------------------------------------ checks


def chains(shift: float = 0.0, number: int = 4, draws: int = 600, parameters: int = 3) -> np.ndarray:
    found = RNG(1).standard_normal((number, draws, parameters))
    found[0, :, 1] += shift
    return found


def test_ensembles_of_one_distribution_agree_and_one_that_is_off_shows() -> None:
    checks.require_agreement(checks.agreement(chains()), ["a", "b", "c"], where="here")
    off = checks.agreement(chains(shift=0.5))
    assert off.r_hat[1] > 1.01 > off.r_hat[0]
    assert off.effective[1] < 100 < off.effective[0]
    with pytest.raises(CalibrationError, match=r"1 of 3 parameters: b \(R-hat 1\.0\d\d, effective size \d\d\)") as told:
        checks.require_agreement(off, ["a", "b", "c"], where="here")
    assert told.value.exit_code == 2
    assert "--members" in told.value.hint


def test_r_hat_and_effective_size_are_those_of_their_definitions() -> None:
    of = chains(0.3, number=3, draws=10)
    halves = [half for chain in of[:, :, 1] for half in (chain[:5], chain[5:])]
    within = np.mean([half.var(ddof=1) for half in halves])
    means = np.array([half.mean() for half in halves])
    whole = 4 / 5 * within + means.var(ddof=1)
    assert checks.r_hat(of)[1] == pytest.approx(math.sqrt(whole / within), rel=1e-12)
    within, between = of[:, :, 1].var(axis=1, ddof=1).mean(), 10 * of[:, :, 1].mean(axis=1).var(ddof=1)
    assert checks.effective_size(of)[1] == pytest.approx(
        min(30.0, 30 * (9 / 10 * within + between / 10) / between), rel=1e-12
    )


def test_a_drift_within_ensembles_shows_in_r_hat_where_their_means_agree() -> None:
    of = chains()
    of[:, :300, 0] += 1.0
    assert checks.r_hat(of)[0] > 1.05


def test_what_cannot_be_told_is_refused() -> None:
    of = chains()
    of[0, 0, 2] = np.nan
    with pytest.raises(CalibrationError, match="c "):
        checks.require_agreement(checks.agreement(of), ["a", "b", "c"], where="here")
    stuck = np.zeros((4, 10, 1)) + np.arange(4.0)[:, None, None]
    assert checks.r_hat(stuck)[0] == math.inf


def test_contraction_is_the_share_of_the_variance_that_is_gone() -> None:
    prior = RNG(0).standard_normal((4000, 2))
    assert checks.contraction(prior, prior * [0.5, 1.0]) == pytest.approx([0.75, 0.0])


def observations(months: int = 60, series: int = 2) -> Observed:
    abouts = fitted()[0][:series]
    jumps = np.zeros((months, series))
    jumps[30, 0] = 0.04
    shape = (months, series)
    names = tuple(about.name for about in abouts)
    return Observed(names, abouts, np.zeros(shape), np.full(shape, 1e-4), jumps, np.full(series, 0.03))


def test_residuals_are_the_news_of_the_filter() -> None:
    seen, of = observations(), Hyper(*(np.full(2, value) for value in (0.9, 0.1, 0.05)))  # type: ignore[arg-type]
    misfit = RNG(3).normal(0.2, 0.2, (60, 2))
    misfit[10:13, 0] = np.nan
    found = checks.residuals(misfit[:, 0], seen, 0, of)
    assert len(found) == 57
    known = np.isfinite(misfit[:, 0])
    whole = discrepancy.covariance(seen, 0, of)[known][:, known]
    with jax.enable_x64(True):
        arrays = seen._replace(names=(), about=())
        density = discrepancy.filtered(jnp.asarray(misfit), arrays, Hyper(*map(jnp.asarray, of)))[0][0]
    own = -0.5 * (found**2).sum() - 0.5 * np.linalg.slogdet(2.0 * np.pi * whole)[1]
    assert own == pytest.approx(float(density), rel=1e-9)


@pytest.mark.slow
def test_a_record_as_the_fit_has_it_lies_beyond_in_one_month_of_twenty_and_a_wild_one_more() -> None:
    seen = observations(months=400)
    of = Hyper(*(np.full((50, 2), value) for value in (0.9, 0.1, 0.05)))  # type: ignore[arg-type]
    root = np.linalg.cholesky(discrepancy.covariance(seen, 0, Hyper(*(part[0] for part in of))))
    calm = np.einsum("ij,mj->mi", root, RNG(5).standard_normal((50, 400)))
    wild = np.einsum("ij,mj->mi", root, RNG(6).standard_normal((50, 400)) * 2.0)
    shares = checks.beyond(seen, -np.stack([calm, wild], axis=2), of)
    assert shares[seen.names[0]] == pytest.approx(0.05, abs=0.006)
    assert shares[seen.names[1]] > 0.25
    seen.logs[:, 1] = np.nan
    assert list(checks.beyond(seen, -np.stack([calm, wild], axis=2), of)) == [seen.names[0]]


# ------------------------------------------------------------------------------------------ screening


@pytest.mark.parametrize(("cutoff", "as_of"), [*NOW, *THEN])
def test_every_bundled_series_passes_now_and_as_known_then(cutoff: date, as_of: date | None) -> None:
    kept = documented.screened(Store.open(), cutoff, as_of=as_of)
    assert [one.name for one in kept] == [about.name for about in fitted()[0]]


def _screened_at(days: list[tuple[date, date | None]]) -> None:
    for cutoff, as_of in days:
        documented.screened(Store.open(), cutoff, as_of=as_of)


@pytest.mark.parametrize("name", documented.documented())
def test_everything_documented_beside_the_catalogue_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = documented.documented()
    for part in whole[name].model_fields_set:
        less = {**whole, name: whole[name].model_copy(update={part: documented.Documented.model_fields[part].default})}
        monkeypatch.setattr(documented, "documented", lambda less=less: less)
        with pytest.raises(EvidenceError, match=name):
            _screened_at([*NOW, *THEN])


def test_a_faulty_series_is_refused_unless_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    true = documented.monthly

    def monthly(*asked: object, **options: object) -> object:
        found = true(*asked, **options)  # type: ignore[arg-type]
        wrong = found.values.copy()
        wrong[-20:] *= 30.44 if found.name == "homicides" else 1.0
        return found._replace(values=wrong)

    monkeypatch.setattr(documented, "monthly", monthly)
    for cutoff in (date(2021, 1, 1), date(2025, 1, 1)):  # at the first, every series is short
        with pytest.raises(EvidenceError, match="homicides") as told:
            documented.screened(Store.open(), cutoff, as_of=None)
        assert "--leave-out homicides" in told.value.hint
        kept = documented.screened(Store.open(), cutoff, as_of=None, left_out=["homicides"])
        assert len(kept) == len(fitted()[0]) - 1
        assert "homicides" not in {one.name for one in kept}


def test_encounters_and_what_is_not_there_cannot_be_left_out() -> None:
    for cutoff in (date(2021, 1, 1), date(2025, 1, 1)):
        with pytest.raises(UsageError, match="the run of the record follows encounters"):
            documented.screened(Store.open(), cutoff, as_of=None, left_out=["encounters"])
        with pytest.raises(UsageError, match="no series is called 'homicide'"):
            documented.screened(Store.open(), cutoff, as_of=None, left_out=["homicide"])


# ------------------------------------------------------------------------------------------ members


def at_of(year: int | None) -> Any:
    """Where a fit stands, as far as what is written needs it."""
    return SimpleNamespace(months=np.arange("2019-02", "2024-02", dtype="datetime64[M]"), year=year)


def small(members: int) -> Problem:
    """A problem without its run: all that is needed to write members."""
    with jax.enable_x64(True):
        base = jax.tree.map(
            lambda leaf: jnp.asarray(leaf, jnp.float64), sampling.draw(members, 0, planning.LEVERS, 1).parameters
        )
        of = space(priors.load(), KEYS, None)
        prior = scores_of(of, np.stack([np.asarray(getattr(getattr(base, m), s)) for m, s in KEYS], axis=1))
    single = Figures(np.zeros(2), np.eye(2), np.zeros((2, 60)), np.zeros(2, int), np.full(2, -1))
    at = at_of(None)
    groups = (jnp.arange(float(members)), jnp.zeros(members))
    return Problem(at, observations(), single, of, base, groups, prior)  # type: ignore[arg-type]


def ensemble(of: Problem, seed: int = 0) -> Ensemble:
    rng, count = RNG(seed), len(of.prior)
    series = rng.normal(0.0, 0.1, (count, 60, 2))
    return Ensemble(8, of.prior * 0.9, rng.standard_normal((3, count, 2)), series, np.zeros((count, 2)))


def test_members_belong_to_one_ensemble_and_seeds_to_one_step() -> None:
    whole = small(12)
    parts = [calibrating.part(whole, number, 4) for number in range(3)]
    assert np.array_equal(np.concatenate([one.prior for one in parts]), whole.prior)
    assert [float(one.groups[0][0]) for one in parts] == [0.0, 4.0, 8.0]
    assert all(len(one.base.border.p_app) == 4 for one in parts)
    seeds = sorted(seed_of(seed, number) for seed in range(5) for number in range(8))
    assert np.diff(seeds).min() > 100


def test_leaving_out_takes_a_series_out_of_what_is_observed() -> None:
    whole = small(4)
    name = whole.seen.names[1]
    left = calibrating.without(whole, [name]).seen.logs
    assert np.isnan(left[:, 1]).all()
    assert np.isfinite(left[:, 0]).all()
    assert np.isfinite(whole.seen.logs).all()


def test_members_that_break_a_joint_condition_are_not_kept() -> None:
    whole = small(40)
    one = ensemble(whole)
    with jax.enable_x64(True):
        own = np.array(values(whole.space, jnp.asarray(one.scores)))
        own[3, 0], own[3, 1] = 9e9, 1e9  # more revenue from migrants than of all smugglers
        one = one._replace(scores=scores_of(whole.space, own))
        kept = kept_of(whole, [one])
        assert not kept.rows[3]
        assert kept.broken["smugglers"] >= 1
        assert kept.rows.sum() > 20
        # What was not known in a year is not asked of its members.
        then = kept_of(whole._replace(at=at_of(2013)), [one]).broken
        assert set(then) == {each.name for each in conditions() if each.known_from < 2013} < set(kept.broken)
    assert np.array_equal(kept.values, kept.values.astype(np.float32))


def test_shares_stay_inside_what_a_strategy_could_set_in_single_precision() -> None:
    whole = small(4)
    far = ensemble(whole)._replace(scores=np.array([[0.0, 0.0, z] for z in (-60.0, -1.0, 1.0, 60.0)]))
    with jax.enable_x64(True):
        shares = kept_of(whole, [far]).values[:, 2]
    assert ((shares > 0.0) & (shares < 1.0)).all()
    assert ((np.float32(shares) > 0) & (np.float32(shares) < 1)).all()


# ------------------------------------------------------------------------------------------ files

RECIPE = {
    "cutoff": "2024-02-01",
    "as_of": None,
    "seed": 0,
    "ensembles": 4,
    "members": 600,
    "steps": 4,
    "moves": 100,
    "left_out": [],
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is written of 4 ensembles of 600, under the name of a bundled one."""
    folder = tmp_path_factory.mktemp("posteriors") / "2024-02"
    folder.mkdir()
    write(folder)
    return folder


def settled(found: list[Ensemble]) -> Chains:
    """Chains that stand where the ensembles do, and began elsewhere."""
    joined = calibrating._joined(found)
    began = RNG(9).standard_normal(joined.scores.shape)
    count, parameters = joined.scores.shape
    return Chains(100, joined, np.zeros(parameters), np.eye(parameters), 0.3, 0.25, began, np.ones(count, int))


def test_chains_that_remember_where_they_began_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small(400)
    of = settled([ensemble(calibrating.part(whole, number, 100), number) for number in range(4)])
    monkeypatch.setattr(checks, "EFFECTIVE", 0.0)
    monkeypatch.setattr(checks, "R_HAT", 2.0)
    with jax.enable_x64(True), pytest.raises(CalibrationError, match="have not settled"):
        calibrating._written(whole, of._replace(began=of.ensemble.scores), tmp_path, {**RECIPE, "members": 100})
    assert list(tmp_path.iterdir()) == []


def write(folder: Path, members: int = 600) -> dict[str, object]:
    whole = small(4 * members)
    found = [ensemble(calibrating.part(whole, number, members), number) for number in range(4)]
    with jax.enable_x64(True):
        manifest = calibrating._written(whole, settled(found), folder, {**RECIPE, "members": members})
    manifest["known"] = {"encounters": "2024-01"}
    files.write_manifest(folder, manifest)
    return manifest


def test_what_is_written_is_read_again_and_is_a_posterior(written: Path) -> None:
    fit = files.read(written)
    assert fit.keys == KEYS
    assert fit.series == observations().names
    assert fit.manifest["rows"] == len(fit.values) == len(fit.hyper.phi) >= 2000
    assert fit.values.dtype == fit.hyper.tau.dtype == np.float64
    assert ((fit.hyper.phi > 0) & (fit.hyper.phi < 1)).all()
    posterior = read_posterior(written / files.POSTERIOR)
    assert posterior.names == KEYS
    assert np.array_equal(posterior.values, fit.values)
    draws = sampling.draw(20, 0, planning.LEVERS, 1, sampling=sampling.Sampling(posterior=posterior))
    assert set(np.asarray(draws.parameters.border.p_app)) <= set(np.float32(fit.values[:, 2]))


def test_the_same_arrays_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write(tmp_path)
    for path in sorted(path for path in written.rglob("*") if path.is_file()):
        assert (tmp_path / path.relative_to(written)).read_bytes() == path.read_bytes(), path.name
    write(tmp_path)  # over what is there
    assert len(list(tmp_path.rglob("*"))) == len(list(written.rglob("*")))


def test_the_manifest_tells_what_was_learned_and_how_far_it_is_to_be_trusted(written: Path) -> None:
    told = json.loads((written / files.MANIFEST).read_text())
    assert {name: told[name] for name in RECIPE} == RECIPE
    assert told["checks"]["r_hat"] < 1.01
    assert told["checks"]["effective"] > 400
    assert {told["checks"]["r_hat_of"], told["checks"]["effective_of"]} <= set(told["parameters"])
    about = told["parameters"]["border.p_app"]
    assert about["contraction"] == pytest.approx(0.19, abs=0.06)
    assert about["prior"][0] < about["posterior"][0] < about["posterior"][2] < about["prior"][2]
    assert "border.p_app" not in told["not_moved"]
    assert "homicide" in " ".join(told["not_moved"])
    lines = "\n".join(summary_lines(told, Path("there")))
    assert "border.p_app" in lines
    assert "Learned" in lines
    assert lines.endswith("there/posterior.parquet")


def test_inference_holds_all_members_and_what_they_were_fitted_to(written: Path) -> None:
    tree = xr.open_datatree(written / files.INFERENCE, engine="zarr", consolidated=False)
    assert set(tree.children) == {"posterior", "prior", "sample_stats", "observed_data", "constant_data"}
    of = tree["posterior"].to_dataset()
    assert dict(of["border.p_app"].sizes) == {"chain": 4, "draw": 600}
    assert dict(of["phi"].sizes) == {"chain": 4, "draw": 600, "series": 2}
    kept = tree["sample_stats"]["kept"].values
    assert np.array_equal(of["border.p_app"].values[kept], files.read(written).values[:, 2])
    assert list(tree["observed_data"]["series"].values) == list(observations().names)
    assert str(tree["observed_data"]["month"].values[0])[:10] == "2019-02-01"


def test_ensembles_that_do_not_agree_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="the ensembles do not agree on"):
        write(tmp_path, members=20)
    assert list(tmp_path.iterdir()) == []


def test_too_many_members_that_break_a_condition_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrating, "KEPT", 1.1)
    with pytest.raises(CalibrationError, match="members meet the joint conditions"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [files.POSTERIOR, files.DISCREPANCY, files.MANIFEST])
def test_files_that_are_missing_damaged_or_of_another_calibration_are_refused(
    written: Path, tmp_path: Path, name: str
) -> None:
    for path in written.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    files.read(tmp_path)
    (tmp_path / name).write_bytes(b"PAR1 not at all")
    with pytest.raises(EvidenceError):
        files.read(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(EvidenceError):
        files.read(tmp_path)
    files.write_draws(tmp_path, KEYS, np.ones((3, 3)), ["a"], Hyper(*(np.ones((3, 1)) for _ in range(3))))  # type: ignore[arg-type]
    files.write_manifest(tmp_path, {"rows": 4})
    with pytest.raises(EvidenceError, match="do not belong together"):
        files.read(tmp_path)


# ------------------------------------------------------------------------------------------ the folder


def test_the_recipe_knows_every_file_that_decides_what_an_ensemble_gives() -> None:
    folder = Path(begun.__file__).parent
    reached, waiting = {"observed.toml"}, ["chains"]
    while waiting:
        name = waiting.pop()
        reached.add(f"{name}.py")
        named = re.findall(
            r"counterflow\.calibration\.fitting(?: import |\.)([\w, ]+)", (folder / f"{name}.py").read_text()
        )
        every = {one.split(" ")[0] for line in named for one in line.split(", ")}
        waiting += [one for one in every if (folder / f"{one}.py").exists() and f"{one}.py" not in reached]
    assert reached == set(calibrating.FITTING)


def test_a_folder_with_something_else_or_another_calibration_is_left_alone(tmp_path: Path) -> None:
    recipe = {"seed": 0, "engine": {"jax": "1", "numpy": "2"}, "priors": "a"}
    with pytest.raises(UsageError, match="there is no calibration to go on with"):
        begun.refuse_other(tmp_path / "none", resume=True)
    with begun.begun(tmp_path / "new", recipe, resume=False) as whole:
        assert whole is None
    with pytest.raises(UsageError, match="a calibration already, unfinished"):
        begun.refuse_other(tmp_path / "new", resume=False)
    other = {"seed": 1, "engine": {"jax": "1", "numpy": "3"}, "priors": "b"}
    with (
        pytest.raises(UsageError, match=r"seed is 0 there, not 1; engine \(numpy\); the files of priors"),
        begun.begun(tmp_path / "new", other, resume=True),
    ):
        pass
    with begun.begun(tmp_path / "new", recipe, resume=True) as whole:
        assert whole is None
        files.write_manifest(tmp_path / "new", {"recipe": recipe})
    assert [path.name for path in (tmp_path / "new").iterdir()] == [files.MANIFEST]
    with pytest.raises(UsageError, match="a calibration already, finished"):
        begun.refuse_other(tmp_path / "new", resume=False)
    with begun.begun(tmp_path / "new", recipe, resume=True) as whole:
        assert whole == {"recipe": recipe}
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "thesis.doc").touch()
    for resume in (False, True):
        with pytest.raises(UsageError, match="holds something else"):
            begun.refuse_other(tmp_path / "else", resume)


def test_a_step_is_kept_bit_for_bit_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    one = ensemble(small(4))
    begun.save(tmp_path / "one.npz", one, 2.5)
    again, seconds = begun.saved(tmp_path / "one.npz") or pytest.fail("nothing was kept")
    assert seconds == 2.5
    assert again.step == 8
    assert all(np.array_equal(here, there) for here, there in zip(again[1:], one[1:], strict=True))
    content = (tmp_path / "one.npz").read_bytes()
    for damaged in (b"", content[:100], content[:-30]):
        (tmp_path / "one.npz").write_bytes(damaged)
        assert begun.saved(tmp_path / "one.npz") is None
    assert begun.saved(tmp_path / "two.npz") is None


# ------------------------------------------------------------------------------------------ bundled


def test_the_default_is_the_latest_and_a_day_has_the_one_known_by_it(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    assert bundled.folders() == ()
    assert bundled.known_by(date(2025, 1, 1)) is None
    with pytest.raises(EvidenceError, match="no posterior comes with this installation"):
        bundled.latest()
    for name in ("2021-01", "2024-01", "2026-01"):
        (tmp_path / name).mkdir()
        for file in (files.POSTERIOR, files.DISCREPANCY, files.MANIFEST):
            (tmp_path / name / file).write_bytes((written / file).read_bytes())
    (tmp_path / "2027-01").mkdir()  # not whole
    assert bundled.latest().name == "2026-01"
    names = {
        day: found.name if (found := bundled.known_by(date.fromisoformat(day))) else None
        for day in ("2020-12-31", "2021-01-01", "2023-06-01", "2024-01-01", "2026-05-05")
    }
    assert list(names.values()) == [None, "2021-01", "2021-01", "2024-01", "2026-01"]
    posterior = bundled.posterior_of(bundled.latest())
    assert posterior.source == "bundled 2026-01"
    assert bundled.read(bundled.latest()).keys == posterior.names


def test_what_is_bundled_can_be_read_and_agreed() -> None:
    if not bundled.folders():
        pytest.skip("NO POSTERIOR IS BUNDLED in this checkout: nothing of it was tested")
    for folder in bundled.folders():
        told = bundled.read(folder).manifest
        assert told["cutoff"] == f"{folder.name}-01"
        assert told["checks"]["r_hat"] < checks.R_HAT
        assert told["checks"]["effective"] > checks.EFFECTIVE
        assert bundled.posterior_of(folder).source == f"bundled {folder.name}"
    assert len(bundled.posterior_of(bundled.latest()).values) >= 2000


def test_what_a_joint_condition_ties_together_is_fitted_together() -> None:
    """Held fixed beside a parameter that moves, the rest of a condition would bind where its chain can go."""
    for folder in bundled.folders():
        found = bundled.read(folder)
        cutoff = date.fromisoformat(found.manifest["cutoff"])
        last = folder == bundled.latest()  # fitted to all that the store has, with the priors of today
        for condition in conditions():
            tied = {*condition.first, *condition.then}
            if (last or condition.known_from < cutoff.year) and tied & {*found.keys}:
                assert tied <= {*found.keys}
