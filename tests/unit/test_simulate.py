"""Ensembles as a Python user meets them: in memory, stored, reduced, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import ensemble_runs as runs
from counterflow.ensemble import dataset, layout
from counterflow.ensemble.contrast import OUTCOMES
from counterflow.ensemble.engine import engine, refuse_another
from counterflow.ensemble.job import PIECES, Job
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.reduction import QUANTILES
from counterflow.ensemble.sampling import RANDOM
from counterflow.ensemble.simulate import plan_for
from counterflow.ensemble.stored.reading import load_runs
from counterflow.errors import CounterflowError, JudgementError, StoppedError, UsageError
from counterflow.judgement.compared import compared
from counterflow.strategy.overrides import ParameterOverride

DRAWS = 300  # a block, and a part of the next
FEW: dict[str, Any] = {"draws": DRAWS, "replicates": 2, "seed": 3}
ONE: dict[str, Any] = {"draws": 20, "replicates": 1}  # one chunk, of which little is wanted
ABOUT_HALF = {"homicides": [500.0]}
ABOVE = {"homicides": [500.0, 600.0], "cooperation": [0.4]}
WEEKS = 1 + 52 * runs.YEARS + 52


@pytest.fixture(scope="module")
def kept() -> xr.Dataset:
    return runs.ensemble(**FEW)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("kept") / "runs.zarr"
    runs.ensemble(**FEW, store=place).close()
    return place


@pytest.fixture(scope="module")
def reduced() -> xr.Dataset:
    return runs.ensemble(**FEW, reduce=True, above=ABOVE)


def same(one: xr.Dataset, other: xr.Dataset) -> bool:
    """Whether two have the same values in the same variables, bit for bit."""
    return [*one] == [*other] and all(one[name].values.tobytes() == other[name].values.tobytes() for name in one)


# ------------------------------------------------------------------------------------------ what comes back


def test_runs_have_a_dimension_for_all_that_differs(kept: xr.Dataset) -> None:
    sizes = {"branch": 2, "draw": DRAWS, "replicate": 2, "time": WEEKS}
    for name in OUTCOMES:
        assert dict(kept[name].sizes) == sizes
        assert kept[name].dims == tuple(sizes)
        assert kept[f"before_{name}"].dims == ("draw",)
    assert kept["treasury_cost"].dims == ("branch", "draw", "lever")
    assert {kept[name].dtype for name in kept} == {np.dtype("float32")}
    assert kept["branch"].values.tolist() == list(runs.BRANCHES)
    assert kept["branch"].attrs["titles"] == ["Without the strategy", "As written"]
    assert {"interior.arrests", "asylum.remain_in_mexico"} <= set(kept["lever"].values)
    assert kept["time"].values[0] == np.datetime64("2025-01-13")  # the Monday of the week before the first lever
    assert set(np.diff(kept["time"].values)) == {np.timedelta64(7, "D")}


def test_everything_says_what_it_is(kept: xr.Dataset, reduced: xr.Dataset) -> None:
    for found in (kept, reduced):
        assert found.attrs["Conventions"] == "CF-1.11"
        assert (found.attrs["seed"], found.attrs["draws"], found.attrs["replicates"]) == (3, DRAWS, 2)
        assert (found.attrs["years"], found.attrs["judged_weeks"]) == (runs.YEARS, 52 * runs.YEARS)
        for name in found.data_vars:
            assert found[name].attrs["units"], name
            assert found[name].attrs["long_name"], name
    assert kept["homicides"].attrs["series_id"] == "homicide_crimes_mx"
    assert reduced["homicides_threshold"].values.tolist() == ABOVE["homicides"]


def test_places_and_months_have_dimensions_of_their_own() -> None:
    names = ("homicides", "attempts_by_sector", "fentanyl_seized_by_route_lb", "homicides_by_state")
    found = runs.ensemble(**ONE, outputs=names, every="month")
    assert found["homicides"].dims == ("branch", "draw", "replicate", "time")
    for name, geo in zip(names[1:], ("sector", "route", "state"), strict=True):
        assert found[name].dims == ("branch", "draw", "replicate", "time", geo)
    assert "San Diego" in found["sector"].values
    assert found.sizes["state"] == 32
    assert set(found["time"].dt.day.values) == {1}


def test_any_reader_of_zarr_takes_a_store(kept: xr.Dataset, store: Path) -> None:
    with xr.open_zarr(store) as plain:
        assert plain["time"].values.tolist() == kept["time"].values.tolist()
        for name in kept.data_vars:
            assert plain[name].dims == kept[name].dims
            assert plain[name].values.tobytes() == kept[name].values.tobytes()
        branch = plain["branch"]
        assert np.issubdtype(branch.dtype, np.integer)
        assert branch.attrs["flag_values"] == [0, 1]
        assert branch.attrs["flag_meanings"] == "none as_written"
        chunks = plain["homicides"].encoding["chunks"]
        assert chunks == (2, 250, 1, WEEKS)


# ------------------------------------------------------------------------------------------ the same, otherwise


def test_stored_and_kept_in_memory_are_the_same(kept: xr.Dataset, store: Path) -> None:
    xr.testing.assert_identical(load_runs(str(store)), kept)


def test_a_reduction_is_the_same_stored_and_in_memory(reduced: xr.Dataset, tmp_path: Path) -> None:
    with runs.ensemble(**FEW, reduce=True, above=ABOVE, store=tmp_path / "runs.zarr") as found:
        xr.testing.assert_identical(found.load(), reduced)


def test_a_run_does_not_depend_on_how_many_there_are(kept: xr.Dataset) -> None:
    fewer = runs.ensemble(**FEW | {"draws": 260, "replicates": 1})
    part = kept.isel(draw=slice(260), replicate=slice(1))
    assert same(fewer, part)
    assert not np.array_equal(kept["homicides"].isel(replicate=0), kept["homicides"].isel(replicate=1))


# ------------------------------------------------------------------------------------------ reduced


def test_means_extremes_and_shares_of_a_reduction_are_those_of_the_runs(kept: xr.Dataset, reduced: xr.Dataset) -> None:
    for name in OUTCOMES:
        values = kept[name].values.astype(np.float64)  # (branch, draw, replicate, week)
        mean = values.mean(axis=(1, 2))
        np.testing.assert_allclose(reduced[f"{name}_mean"].values, mean, rtol=1e-13)
        np.testing.assert_allclose(
            reduced[f"{name}_standard_deviation"].values, values.std(axis=(1, 2)), rtol=1e-6, atol=1e-7 * mean.max()
        )
        assert np.array_equal(reduced[f"{name}_minimum"].values, values.min(axis=(1, 2)))
        assert np.array_equal(reduced[f"{name}_maximum"].values, values.max(axis=(1, 2)))
    for name, limits in ABOVE.items():
        found = reduced[f"{name}_exceedance"].values  # (threshold, branch, week)
        shares = [(kept[name].values > np.float32(limit)).mean(axis=(1, 2)) for limit in limits]
        assert np.array_equal(found, shares)
        assert 0.0 < found.mean() < 1.0  # so that there was something to count


def test_quantiles_of_a_reduction_are_off_by_no_more_than_it_says(kept: xr.Dataset, reduced: xr.Dataset) -> None:
    assert reduced["quantile"].values.tolist() == list(QUANTILES)
    for name in OUTCOMES:
        true = np.quantile(kept[name].values.astype(np.float64), QUANTILES, axis=(1, 2), method="inverted_cdf")
        found, error = reduced[f"{name}_quantile"].values, reduced[f"{name}_quantile_error"].values
        assert (np.abs(found - true) <= error).all()
        spread = kept[name].values.max(axis=(1, 2)) - kept[name].values.min(axis=(1, 2))
        assert (error <= spread / 20).all()


def test_a_reduction_keeps_what_the_verdict_needs(kept: xr.Dataset, reduced: xr.Dataset) -> None:
    made = compared(kept)
    names = [name for name in reduced if name.partition("_")[0] in ("change", "withdrawn", "fall")]
    assert len(names) == 3 * len(OUTCOMES)
    for name in names:
        assert reduced[name].dims == ("branch", "reference", "draw", "replicate")
        assert reduced[name].values.tobytes() == made[name].transpose(*reduced[name].dims).values.tobytes(), name
    for name in ("treasury_cost", *(f"before_{outcome}" for outcome in OUTCOMES)):
        assert reduced[name].values.tobytes() == kept[name].values.tobytes()
    assert not set(OUTCOMES) & set(reduced)


# ------------------------------------------------------------------------------------------ designs and draws


def test_designs_take_levers_one_at_a_time_and_in_every_combination() -> None:
    one = runs.ensemble(**ONE, design="one-at-a-time", levers=["interior.arrests"])
    names = ["none", "as_on_record", "only_interior_arrests", "without_interior_arrests"]
    assert one["branch"].values.tolist() == names
    every = runs.ensemble(**ONE, design="factorial")
    both = "asylum_remain_in_mexico+interior_arrests"
    assert every["branch"].values.tolist() == ["none", "asylum_remain_in_mexico", "interior_arrests", both]
    # What is the same course of events under two names is the same run.
    for name in OUTCOMES:
        for mine, other in zip(names, ("none", both, "interior_arrests", "asylum_remain_in_mexico"), strict=True):
            assert one[name].sel(branch=mine).values.tobytes() == every[name].sel(branch=other).values.tobytes()
    assert len({one["attempts"].sel(branch=mine).values.tobytes() for mine in names}) == 4
    assert every.attrs["design"] == "factorial"


def test_each_way_of_sampling_gives_draws_of_its_own_each_time_the_same() -> None:
    found = [runs.ensemble(**ONE, sampling=method) for method in ("random", "latin-hypercube", "sobol")]
    assert len({one["homicides"].values.tobytes() for one in found}) == 3
    assert same(runs.ensemble(**ONE, sampling="sobol"), found[2])


def test_a_posterior_takes_the_place_of_priors() -> None:
    name = ("noise", "sd_supply")
    rows = Posterior((name,), np.array([[0.1], [0.1]]), "p.csv", "0" * 64)
    found = runs.ensemble(**ONE, posterior=rows)
    assert (found.attrs["posterior"], found.attrs["posterior_sha256"]) == ("p.csv", "0" * 64)
    assert not same(found, runs.ensemble(**ONE))
    # A posterior that knows the value is a strategy that sets it.
    fixed = runs.STRATEGY.model_copy(update={"parameters": {".".join(name): ParameterOverride(value=0.1)}})
    assert same(found, runs.ensemble(**ONE, strategy=fixed))


# ------------------------------------------------------------------------------------------ what is refused

OTHER = runs.STRATEGY.model_copy(update={"parameters": {"noise.sd_supply": ParameterOverride(value=0.1)}})
POSTERIOR = Posterior((("noise", "sd_supply"),), np.array([[0.1]]), "p.csv", "5" * 64)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seed": 4}, ["seed is 3 there, and 4 here"]),
        ({"draws": 301}, ["draws is 300 there, and 301 here"]),
        ({"replicates": 1, "sampling": "sobol"}, ["replicates is 2 there, and 1 here", "sampling is random there"]),
        ({"strategy": OTHER}, ["strategy is ", "priors is "]),
        ({"posterior": POSTERIOR}, ["posterior is null there, and 5555"]),
        ({"outputs": OUTCOMES[:3], "years": 3}, ["outputs is ", "years is 2 there, and 3 here"]),
    ],
)
def test_another_run_into_a_store_is_refused_with_what_differs(
    store: Path, changed: dict[str, Any], said: list[str]
) -> None:
    before = runs.content(store)
    with pytest.raises(UsageError, match="this store holds other runs") as told:
        runs.ensemble(**FEW | changed, store=store, resume=True)
    assert all(part in told.value.message for part in said), told.value.message
    assert len(told.value.message) < 1000
    assert told.value.where == str(store)
    assert "another place" in told.value.hint
    assert runs.content(store) == before


def test_a_complete_store_is_resumed_without_a_run(kept: xr.Dataset, store: Path) -> None:
    before = runs.done(store)
    steps: list[tuple[int, int]] = []
    with runs.ensemble(**FEW, store=store, resume=True, progress=lambda *step: steps.append(step)) as found:
        assert same(found, kept)
    assert steps == [(4, 4)]
    assert runs.done(store) == before


def test_a_run_that_is_stopped_keeps_what_a_store_has(tmp_path: Path) -> None:
    done = 0

    def progress(now: int, total: int) -> None:
        nonlocal done
        done = now

    with pytest.raises(StoppedError, match=r"of 10 chunks, and nothing was kept") as told:
        runs.ensemble(progress=progress, stop=lambda: done >= 1)
    assert told.value.exit_code == 130
    place, done = tmp_path / "runs.zarr", 0
    with pytest.raises(StoppedError, match=r"stopped: \d of 10 chunks are complete") as told:
        runs.ensemble(progress=progress, stop=lambda: done >= 1, store=place)
    assert (told.value.exit_code, told.value.where) == (130, str(place))
    assert "--resume" in told.value.hint
    assert 1 <= len(runs.done(place)) == done < 10


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"draws": 19}, JudgementError, "19 draws"),
        ({"years": 11}, JudgementError, "11 years"),
        ({"replicates": 0}, UsageError, "replicates is 0"),
        ({"outputs": ("homicide",)}, CounterflowError, "no output is called 'homicide'"),
        ({"only": ("as_writen",)}, UsageError, "the strategy has no branch 'as_writen'"),
        ({"levers": ["interior.arrests"]}, UsageError, "levers are named for a design only"),
        ({"above": {"homicides": [1.0]}}, UsageError, "reduced runs only"),
        ({"above": {"homicide": [1.0]}, "reduce": True}, CounterflowError, "no output is called 'homicide'"),
        ({"resume": True}, UsageError, "there is no store to go on with"),
    ],
)
def test_what_cannot_be_run_is_refused(wrong: dict[str, Any], error: type[CounterflowError], said: str) -> None:
    with pytest.raises(error, match=said) as told:
        runs.ensemble(**ONE | wrong)
    assert told.value.hint


# ------------------------------------------------------------------------------------------ pieces, memory, engines


def test_many_draws_are_reduced_in_pieces_of_several_blocks(
    kept: xr.Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = runs.ensemble(**FEW, reduce=True, above=ABOUT_HALF)
    monkeypatch.setattr("counterflow.ensemble.job.PIECES", 1)
    place = tmp_path / "runs.zarr"
    several = runs.ensemble(**FEW, reduce=True, above=ABOUT_HALF, store=place)
    assert len(runs.done(place)) == FEW["replicates"]  # both blocks in one piece
    for name in ("homicides_minimum", "homicides_exceedance", "change_attempts", "before_cooperation", "treasury_cost"):
        assert np.array_equal(one[name].values, several[name].values), name
    np.testing.assert_allclose(several["homicides_mean"], kept["homicides"].astype(float).mean(["draw", "replicate"]))
    several.close()


def test_the_number_of_pieces_of_reduced_runs_is_bounded() -> None:
    at = plan_for(runs.STRATEGY, runs.evidence(), years=2, seed=0)
    for draws in (20, 16_000, 16_001, 100_000, 1_000_000):
        job = Job(engine(), at, draws, 1, OUTCOMES, "week", RANDOM, None, True, {}, {})
        pieces = layout.pieces_of(dataset.described(job))
        assert len(pieces) <= PIECES
        assert pieces[-1] == job.piece(len(pieces) - 1)
        assert pieces[-1].draws.stop == draws


def test_what_would_not_fit_into_memory_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match=r"about \d+ GB of memory, and there are \d+ GB here") as told:
        runs.ensemble(draws=10_000_000)
    assert "reduce" in told.value.hint


def test_a_worker_that_would_compute_otherwise_is_refused() -> None:
    with pytest.raises(UsageError, match=r"jax is .* there, not '0.0'"):
        refuse_another({**engine(), "jax": "0.0"})


def test_a_store_in_one_process_cannot_be_written_from_several() -> None:
    with pytest.raises(UsageError, match="other processes cannot reach this store"):
        runs.ensemble(**ONE, store="memory://runs.zarr", workers=2)
