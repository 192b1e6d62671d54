"""Shares of the runs as a terminal shows them: both references, no number more exact than the draws allow."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import xarray as xr

from counterflow.ensemble import contrast
from counterflow.judgement.shares import Shares, above_rows, share_rows, shares
from counterflow.report.studies.shares import above_lines, no_verdict, share_lines

DRAWS, REPLICATES = 300, 2
BRANCHES = ["none", "as_written"]
RECIPE = {"judged_weeks": 104, "first_lever": "2025-01-22", "every": "week"}  # a Wednesday


@pytest.fixture(scope="module")
def found() -> Shares:
    """Deliveries fall by a hair in every draw; crossings by a half in two draws of five, else not at all."""
    random = np.random.default_rng(5)
    dims = ("branch", "reference", "draw", "replicate")
    shape = (len(BRANCHES), 2, DRAWS, REPLICATES)
    variables = {
        f"{measure}_{outcome}": (dims, np.zeros(shape, np.float32))
        for outcome in contrast.OUTCOMES
        for measure in contrast.MEASURES
    }
    variables["change_fentanyl_delivered"][1][:] = -random.uniform(1e-6, 1e-4, shape)
    variables["change_attempts"][1][1, :, :120] = -0.5
    variables["change_homicides"][1][1, 1] = 0.5
    coords = {"branch": BRANCHES, "reference": list(contrast.REFERENCES)}
    coords |= {"draw": np.arange(DRAWS), "replicate": np.arange(REPLICATES)}
    return shares(xr.Dataset(variables, coords, RECIPE))


def test_the_first_line_says_what_was_counted(found: Shares) -> None:
    first, *_ = share_lines(found)
    assert first == "300 draws x 2 replicates; weeks 53 to 104 after the strategy's first lever count."


def test_both_references_are_shown_for_each_headline(found: Shares) -> None:
    headings = [line for line in share_lines(found)[1:] if line and not line.startswith(" ")]
    assert len(headings) == 8
    for without, before in zip(headings[::2], headings[1::2], strict=True):
        assert "than without the strategy" in without
        assert before == without.replace("without the strategy", "in the 26 weeks before it")
    assert [row["reference"] for row in share_rows(found)] == ["none", "before"] * 4


def row_of(found: Shares, heading: str) -> str:
    return next(after for line, after in pairwise(share_lines(found)) if re.search(heading, line))


def test_chance_is_told_as_an_assessment_tells_it(found: Shares) -> None:
    # Twice the standard error of 0.4 over 300 draws whose replicates are alike, not over 600 runs.
    row = row_of(found, "attempts .* without the strategy")
    assert row == "  as_written  about 4 in 10 (40%, ±6); median 0%, 9 in 10 runs between −50% and 0%"
    assert row_of(found, "homicides .* before it") == (
        "  as_written  in all of 300 draws (above 99%); median +50%, 9 in 10 runs between +50% and +50%"
    )


def test_what_never_happens_and_what_hardly_moves_has_no_sign(found: Shares) -> None:
    row = row_of(found, "fentanyl .* without the strategy")
    assert row == "  as_written  in none of 300 draws (below 1%); median 0%, 9 in 10 runs between 0% and 0%"
    assert "0.0%" not in "\n".join(share_lines(found))
    assert "-" not in "".join(line for line in share_lines(found) if line.startswith("  "))


def test_that_shares_are_no_verdict_is_said_with_who_gives_one() -> None:
    plain = no_verdict("random", "", None)
    assert plain.startswith("These are shares of the runs, and no verdict: ")
    assert "cf.judge and by `counterflow assess`" in plain
    assert "independent draws" not in plain
    assert "posterior" not in plain
    assert '`cf.judge(cf.open_runs("runs.zarr"))`' in no_verdict("random", "", "runs.zarr")
    for method in ("latin-hypercube", "sobol"):
        said = no_verdict(method, "", None)
        assert f"With {method} it is that of as many independent draws, which is larger than the true error" in said
    said = no_verdict("random", "elsewhere/rows.csv", None)
    assert "Parameters that the posterior rows.csv holds come from it" in said
    assert "leaves out the size of the posterior" in said


# ------------------------------------------------------------------------------------------ above a value

WEEKS = xr.date_range("2025-01-13", periods=157, freq="7D")  # from the week before that of the first lever


def exceedance(times: Any, judged: slice, every: str) -> xr.Dataset:
    """Half of the runs lie above the second value in judged times, all outside them; by state, a tenth more in each."""
    half = np.ones((2, 2, len(times)))
    half[1, :, judged] = 0.5
    by_state = np.stack([half / 2 + 0.1 * state for state in range(3)], axis=-1)
    variables = {
        "homicides_mean": (("branch", "time"), half[0]),
        "homicides_exceedance": (("homicides_threshold", "branch", "time"), half),
        "homicides_by_state_exceedance": (("homicides_by_state_threshold", "branch", "time", "state"), by_state),
    }
    coords = {
        "branch": BRANCHES,
        "time": times,
        "state": ["A", "B", "C"],
        "homicides_threshold": [0.1, 12345.0],
        "homicides_by_state_threshold": [3.0, 7.0],
    }
    return xr.Dataset(variables, coords, RECIPE | {"every": every})


# Week 53 begins on 19 January 2026, week 104 ends on 17 January 2027: whole months are February to December.
MONTHS = xr.date_range("2025-01-01", periods=37, freq="MS")


@pytest.mark.parametrize(
    ("times", "judged", "every"), [(WEEKS, slice(53, 105), "week"), (MONTHS, slice(13, 24), "month")]
)
def test_the_share_above_a_value_is_that_of_the_judged_times(times: Any, judged: slice, every: str) -> None:
    rows = above_rows(exceedance(times, judged, every))
    country = [row for row in rows if row["output"] == "homicides"]
    assert country == [
        {"output": "homicides", "value": value, "branch": branch, "share": share}
        for value, share in ((0.1, 1.0), (12345.0, 0.5))
        for branch in BRANCHES
    ]
    placed = [row for row in rows if row["output"] == "homicides_by_state" and row["value"] == 7.0]
    assert [(row["branch"], row["place"]) for row in placed] == [(b, p) for b in BRANCHES for p in "ABC"]
    assert [row["share"] for row in placed] == pytest.approx([0.25, 0.35, 0.45] * 2)
    assert len(rows) == 4 + 12


def test_of_places_the_highest_is_shown() -> None:
    lines = above_lines(above_rows(exceedance(WEEKS, slice(53, 105), "week")))
    assert lines[:2] == ["", "Runs above a value, on average over the judged weeks or months:"]
    assert "  as_written  homicides above 12,345: 50%" in lines
    assert "  none        homicides above 0.1: 100%" in lines
    assert "  as_written  homicides_by_state above 7: 45% in C, the highest of 3" in lines
    assert len(lines) == 2 + 4 + 4
    assert above_lines([]) == []
