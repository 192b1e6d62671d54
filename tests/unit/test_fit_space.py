"""Parameters as standard normal scores: their points, their round trip, and their draws are those of the priors."""

from __future__ import annotations

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from counterflow.calibration.fitting.space import SCALES, Space, continuous, scores_of, space, values, with_values
from counterflow.ensemble import planning, sampling
from counterflow.model import priors
from counterflow.model.conditions import conditions

TABLE = priors.load()
KEYS = continuous(TABLE)
YEARS = pytest.mark.parametrize("year", [None, 2021])


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def alone(of: Space) -> Space:
    """The same without correlations."""
    return of._replace(mixing=np.eye(len(of.keys)))


def test_every_parameter_with_a_continuous_prior_is_in_it_and_no_other() -> None:
    families = {(mechanism, symbol): prior.family for mechanism, of in TABLE.items() for symbol, prior in of.items()}
    assert set(KEYS) == {key for key, family in families.items() if family in SCALES}
    assert len(KEYS) > 100
    assert {"fixed", "bernoulli", "joint"} & set(families.values())


@YEARS
@pytest.mark.parametrize(("score", "point"), [(-priors.Z95, "low"), (0.0, "central"), (priors.Z95, "high")])
def test_scores_give_the_points_of_the_priors(score: float, point: str, year: int | None) -> None:
    found = np.asarray(values(alone(space(TABLE, KEYS, year)), jnp.full(len(KEYS), score)))
    for (mechanism, symbol), value in zip(KEYS, found, strict=True):
        prior = TABLE[mechanism][symbol]
        if prior.is_known(year) or prior.earlier is not None:
            assert value == pytest.approx(getattr(prior.at(year), point), rel=1e-9, abs=1e-12), (mechanism, symbol)


@YEARS
def test_values_are_those_that_a_draw_gives_at_the_same_score(year: int | None) -> None:
    of = alone(space(TABLE, KEYS, year))
    for score in (-3.0, -0.4, 0.0, 1.1, 3.0):
        found = np.asarray(values(of, jnp.full(len(KEYS), score)))
        expected = [float(priors.from_score(TABLE[m][s], np.array(score), year)) for m, s in KEYS]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_prior_that_was_not_yet_known_is_wider() -> None:
    wider = [key for key in KEYS if not (p := TABLE[key[0]][key[1]]).is_known(2015) and p.earlier is None]
    now, then = space(TABLE, wider, None), space(TABLE, wider, 2015)
    assert wider
    np.testing.assert_allclose(then.below, priors.WIDER * now.below)
    np.testing.assert_allclose(then.above, priors.WIDER * now.above)


@YEARS
def test_scores_come_back_from_their_values(year: int | None) -> None:
    of = space(TABLE, KEYS, year)
    scores = np.random.default_rng(1).standard_normal((50, len(KEYS)))
    np.testing.assert_allclose(scores_of(of, np.asarray(values(of, jnp.asarray(scores)))), scores, atol=1e-6)


def test_a_higher_score_is_a_higher_value_also_below_zero() -> None:
    of = alone(space(TABLE, KEYS, None))
    negative = (of.sign < 0) & (of.scale == SCALES.index("lognormal"))
    steps = np.asarray(values(of, jnp.linspace(-3, 3, 13)[:, None] * jnp.ones(len(KEYS))))
    assert negative.any()
    assert (steps[:, negative] < 0).all()
    assert (np.diff(steps, axis=0) > 0).all()


def test_correlated_parameters_have_the_stated_correlation_and_standard_normal_scores() -> None:
    stated = {
        ((mechanism, symbol), (mechanism, other)): rho
        for mechanism, of in TABLE.items()
        for symbol, prior in of.items()
        for other, rho in prior.correlation.items()
    }
    whole = space(TABLE, KEYS, None)
    correlation = whole.mixing @ whole.mixing.T
    np.testing.assert_allclose(np.diag(correlation), 1.0)
    assert stated
    for (one, other), rho in stated.items():
        assert correlation[KEYS.index(one), KEYS.index(other)] == pytest.approx(rho)
    off = np.count_nonzero(np.triu(np.abs(correlation) > 1e-12, 1))
    assert off == len(stated)


def test_where_only_one_of_two_correlated_parameters_is_fitted_it_stands_alone() -> None:
    of = space(TABLE, [("overdose", "g_oth")], None)
    np.testing.assert_array_equal(of.mixing, np.eye(1))


@YEARS
def test_draws_from_the_priors_have_standard_normal_independent_scores(year: int | None) -> None:
    named = {key for condition in conditions() for key in (*condition.first, *condition.then)}
    keys = tuple(key for key in KEYS if key not in named)  # the others are drawn again
    drawn = sampling.draw(500, 3, planning.LEVERS, 1, year=year).parameters
    found = np.stack([getattr(getattr(drawn, mechanism), symbol) for mechanism, symbol in keys], axis=1)
    scores = scores_of(space(TABLE, keys, year), found)
    least = min(stats.kstest(column, "norm").pvalue for column in scores.T)
    assert least > 0.01 / len(keys)
    correlation = np.corrcoef(scores.T) - np.eye(len(keys))
    assert np.abs(correlation).max() < 5.5 / np.sqrt(500)


def test_fitted_values_take_the_place_of_a_draws_and_leave_the_rest() -> None:
    drawn = sampling.draw(1, 0, planning.LEVERS, 1).parameters
    base = jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), drawn)
    changed = with_values(base, [("border", "p_app"), ("supply", "slack")], jnp.array([0.5, 1.75]))
    assert float(changed.border.p_app) == 0.5
    assert float(changed.supply.slack) == 1.75
    same = changed._replace(
        border=changed.border._replace(p_app=base.border.p_app), supply=changed.supply._replace(slack=base.supply.slack)
    )
    assert all(bool(a == b) for a, b in zip(jax.tree.leaves(same), jax.tree.leaves(base), strict=True))
