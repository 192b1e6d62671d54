"""Weekly and reduced runs become the same contrasts; what is missing is left out or refused, not counted as a miss."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from counterflow.ensemble import contrast
from counterflow.errors import JudgementError
from counterflow.judgement.compared import compared
from counterflow.judgement.headlines import four_way, headline, rules

BRANCHES = ["none", "as_written"]
DRAWS, REPLICATES, JUDGED = 300, 2, 104


def weekly() -> xr.Dataset:
    """More draws than are read at once, all outcomes drifting apart by draw."""
    random = np.random.default_rng(3)
    shape = (len(BRANCHES), DRAWS, REPLICATES, 1 + JUDGED + 52)
    drift = random.normal(0.0, 0.4, (len(BRANCHES), DRAWS, 1, 1))
    variables = {
        name: (("branch", "draw", "replicate", "time"), random.lognormal(drift, 0.1, shape).astype(np.float32))
        for name in contrast.OUTCOMES
    }
    before = {
        f"before_{name}": (("draw",), random.lognormal(0.0, 0.1, DRAWS).astype(np.float32))
        for name in contrast.OUTCOMES
    }
    coords = {"branch": BRANCHES, "draw": np.arange(DRAWS), "replicate": np.arange(REPLICATES)}
    return xr.Dataset(variables | before, coords, {"judged_weeks": JUDGED, "every": "week"})


def reduced(runs: xr.Dataset) -> xr.Dataset:
    """As the runs arrive, one draw and replicate at a time, with nothing weekly kept."""
    parts = []
    for draw in range(runs.sizes["draw"]):
        for replicate in range(runs.sizes["replicate"]):
            one = runs.isel(draw=[draw], replicate=replicate)
            values = {name: one[name].values for name in contrast.OUTCOMES}
            before = {name: one[f"before_{name}"].values for name in contrast.OUTCOMES}
            parts.append(contrast.contrasts(values, before, BRANCHES, JUDGED))
    shape = (len(BRANCHES), 2, DRAWS, REPLICATES)
    variables = {
        name: (
            ("branch", "reference", "draw", "replicate"),
            np.stack([part[name][:, :, 0] for part in parts], axis=2).reshape(shape),
            contrast.about(name),
        )
        for name in parts[0]
    }
    coords = {name: runs[name].values for name in ("branch", "draw", "replicate")}
    return xr.Dataset(variables, {**coords, "reference": ["none", "before"]}, runs.attrs | {"every": "month"})


@pytest.fixture(scope="module")
def runs() -> xr.Dataset:
    return weekly()


def test_weekly_and_reduced_runs_are_the_same_to_the_bit(runs: xr.Dataset) -> None:
    whole, less = compared(runs), compared(reduced(runs))
    assert set(whole.data_vars) == set(less.data_vars)
    for name in whole.data_vars:
        assert whole[name].dims == less[name].dims == ("branch", "reference", "replicate", "draw")
        assert whole[name].dtype == less[name].dtype == np.float32
        assert whole[name].values.tobytes() == less[name].values.tobytes()
    for rule in rules():
        for reference in contrast.REFERENCES:
            assert headline(whole, rule, "as_written", reference) == headline(less, rule, "as_written", reference)
    assert four_way(whole, "as_written") == four_way(less, "as_written")


def test_a_probability_is_over_all_draws_and_replicates(runs: xr.Dataset) -> None:
    rule = next(rule for rule in rules() if rule.id == "crossings")
    mean = runs["attempts"].astype(float).isel(time=slice(53, JUDGED + 1)).mean("time")
    met = mean.sel(branch="as_written") / mean.sel(branch="none") - 1 <= -rule.threshold
    found = headline(compared(runs), rule, "as_written", "none")
    assert found.probability == float(met.mean())
    assert 0.1 < found.probability < 0.5
    assert sum(four_way(compared(runs), "as_written").model_dump(exclude={"branch"}).values()) == pytest.approx(1.0)


def test_a_draw_of_which_a_part_is_missing_is_left_out(runs: xr.Dataset) -> None:
    gap = runs.copy(deep=True)
    gap["cooperation"][1, 17, 1] = np.nan
    gap["before_homicides"][4] = np.nan
    left = [draw for draw in range(DRAWS) if draw not in (4, 17)]
    for made in (compared(gap), compared(reduced(gap))):
        assert list(made["draw"].values) == left
        xr.testing.assert_equal(made, compared(runs).sel(draw=left))


def test_what_cannot_be_compared_is_refused(runs: xr.Dataset) -> None:
    with pytest.raises(JudgementError, match="the run without the strategy is missing"):
        compared(runs.sel(branch=["as_written"]))
    with pytest.raises(JudgementError, match="monthly runs cannot be judged"):
        compared(runs.assign_attrs(every="month"))
    with pytest.raises(JudgementError, match="runs without homicides, cooperation cannot be judged"):
        compared(runs.drop_vars(["homicides", "cooperation"]))
    with pytest.raises(JudgementError, match="no draw is whole"):
        compared(runs.assign(attempts=runs["attempts"] * np.nan))


def test_a_store_that_another_reader_opened_is_told_how_to_open(runs: xr.Dataset) -> None:
    numbers = ("branch", np.arange(len(BRANCHES), dtype=np.int32), {"flag_meanings": " ".join(BRANCHES)})
    with pytest.raises(JudgementError, match="branches are numbers here") as told:
        compared(runs.assign_coords(branch=numbers))
    assert told.value.hint == "Open the store with cf.open_runs."
