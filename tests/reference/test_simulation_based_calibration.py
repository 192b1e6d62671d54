"""Whether the fit of the real model finds what a made-up record was made from as often as it says, and its slopes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from counterflow.calibration.fitting import chains, path, smoother
from counterflow.calibration.fitting.given import given
from counterflow.calibration.fitting.problem import Problem, problem
from counterflow.calibration.fitting.simulation_based import (
    BINS,
    FIT,
    HYPER,
    LATER,
    Ranks,
    places,
    ranks,
    table,
    together,
)
from counterflow.calibration.fitting.smoother import Ensemble
from counterflow.ensemble import planning, sampling
from counterflow.evidence.store import Store

pytestmark = pytest.mark.slow

CUTOFF, AHEAD = date(2021, 1, 1), 6  # months
PARTS, REPLICATES, MEMBERS = 4, 50, 199  # parts of as many replicates, so that each ends within the hour


@pytest.fixture(autouse=True, scope="module")
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def settled(of: Problem, seed: int) -> Ensemble:
    """The fit as it ships: the smoother, then the chains."""
    return chains.settled(of, chains.start(of, smoother.fit(of, seed), seed), seed).ensemble


FOUND: list[Ranks] = []  # of the parts that are done


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", range(PARTS))
def test_replicates_are_fitted(double: None, number: int) -> None:
    whole = problem(Store.open(), CUTOFF, members=24, seed=1, horizon=AHEAD)
    FOUND.append(ranks(whole, replicates=REPLICATES, members=MEMBERS, seed=11 + number, fit=settled))
    assert len(FOUND[-1].below) == REPLICATES


@pytest.fixture(scope="module")
def ranked() -> Ranks:
    """The ranks of all replicates that were fitted above."""
    return FOUND[0]._replace(below=np.concatenate([of.below for of in FOUND]))


def test_the_table_is_printed(ranked: Ranks, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{len(ranked.below)} replicates: chi-square of {BINS} bins, its p-value, coverage of 50% and 90%")
        for row, place in zip(table(ranked), places(ranked).T, strict=True):
            counts = np.histogram(place, BINS, (0.0, 1.0))[0]
            told = f"{row.chi_square:7.1f} {row.p:9.2g} {row.within_50:5.2f} {row.within_90:5.2f}"
            print(f"{row.name:40s} {told}  {' '.join(map(str, counts))}")
        print(f"all parameters together (Bonferroni, Kolmogorov-Smirnov): {together(parameters(ranked))}")


def part(of: Ranks, *prefixes: str) -> Ranks:
    chosen = [place for place, name in enumerate(of.names) if name.startswith(prefixes)]
    return Ranks(tuple(of.names[place] for place in chosen), of.below[:, chosen], of.members)


def parameters(of: Ranks) -> Ranks:
    count = of.names.index(FIT)
    return Ranks(of.names[:count], of.below[:, :count], of.members)


def within(of: Ranks, share: float) -> float:
    return float((np.abs(places(of) - 0.5) < share / 2).mean())


def test_no_parameters_ranks_are_told_from_uniform(ranked: Ranks) -> None:
    assert len(parameters(ranked).names) > 20
    assert together(parameters(ranked))[0] > 0.01


def test_intervals_of_parameters_hold_what_they_say(ranked: Ranks) -> None:
    assert within(parameters(ranked), 0.5) == pytest.approx(0.5, abs=0.04)
    assert within(parameters(ranked), 0.9) == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("kind", HYPER)
def test_intervals_of_what_stands_beside_the_path_hold_what_they_say(ranked: Ranks, kind: str) -> None:
    of = part(ranked, f"{kind}:")
    assert within(of, 0.5) == pytest.approx(0.5, abs=0.05)
    assert within(of, 0.9) == pytest.approx(0.9, abs=0.04)


def test_a_forecast_holds_what_it_says(ranked: Ranks) -> None:
    of = part(ranked, LATER)
    assert within(of, 0.5) == pytest.approx(0.5, abs=0.16)
    assert within(of, 0.9) > 0.82


def test_members_fit_as_well_as_draws_from_the_posterior_would(ranked: Ranks) -> None:
    """The mean normal score of the log-likelihood at the true values is 0 in an exact fit; the smoother alone has 0.5
    to 0.6, since its moves are Gaussian and the model is not linear."""
    scores = stats.norm.ppf(places(part(ranked, FIT)))
    assert abs(scores.mean()) < 0.3


def test_the_path_of_the_first_two_years_has_finite_slopes_in_every_parameter() -> None:
    at = given(Store.open(), CUTOFF, horizon=0, as_of=None)
    drawn = sampling.draw(4, 3, planning.LEVERS, 1).parameters
    base = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), drawn)
    members = path.groups(base, at)
    slopes = jax.jit(
        jax.vmap(jax.value_and_grad(lambda p, groups: jnp.log(path.months(p, groups, at.inputs)).sum())),
    )
    value, gradient = slopes(base, members)
    assert np.isfinite(value).all()
    leaves = jax.tree_util.tree_leaves_with_path(gradient)
    assert [jax.tree_util.keystr(where) for where, leaf in leaves if not np.isfinite(leaf).all()] == []
    assert sum(bool(np.any(leaf)) for _, leaf in leaves) > 50
