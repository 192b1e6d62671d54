"""Priors are data: every number has a meaning, a unit, a grade, a source, and is drawn as stated."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.model import priors

ALL = [(mechanism, symbol) for mechanism, table in priors.load().items() for symbol in table]


@pytest.mark.parametrize("mechanism", priors.MECHANISMS)
def test_a_mechanism_has_exactly_the_priors_that_it_names(mechanism: str) -> None:
    assert set(FIELDS[mechanism]._fields) == set(priors.load()[mechanism])  # type: ignore[index]


@pytest.mark.parametrize(("mechanism", "symbol"), ALL)
def test_a_prior_says_what_it_is_and_on_whose_word(mechanism: str, symbol: str) -> None:
    prior = priors.load()[mechanism][symbol]  # type: ignore[index]
    assert prior.meaning
    assert prior.unit
    assert prior.source
    assert 1990 <= prior.known_from <= 2026
    assert prior.grade == "D" or not prior.assumed, "an assumed number is grade D"


@pytest.mark.parametrize(("mechanism", "symbol"), ALL)
def test_the_stated_points_are_the_quantiles_drawn(mechanism: str, symbol: str) -> None:
    prior = priors.load()[mechanism][symbol]  # type: ignore[index]
    if prior.family in ("fixed", "bernoulli", "joint"):
        return
    drawn = np.sort(priors.from_score(prior, np.array([-priors.Z95, 0.0, priors.Z95])))
    assert drawn == pytest.approx([prior.low, prior.central, prior.high], rel=1e-6, abs=1e-12)


def test_what_was_not_yet_known_is_drawn_from_the_earlier_interval() -> None:
    later, sooner = (draw(4000, 0, ["x"], 1, year=year).parameters.border.L_asy for year in (2026, 2024))
    assert np.median(later) == pytest.approx(0.55, abs=0.01)
    assert np.median(sooner) == pytest.approx(0.35, abs=0.02)


def test_what_was_not_yet_known_and_has_no_earlier_interval_is_drawn_twice_as_wide() -> None:
    prior = priors.load()["border"]["h_reb"]
    assert prior.earlier is None
    ends = np.array([-priors.Z95, priors.Z95])
    later, sooner = (np.log(priors.from_score(prior, ends, year)) for year in (prior.known_from + 1, prior.known_from))
    assert np.ptp(sooner) == pytest.approx(2 * np.ptp(later))


def test_supply_and_trend_of_overdose_are_drawn_against_each_other() -> None:
    overdose = draw(20_000, 0, ["x"], 1).parameters.overdose
    ranks = [np.argsort(np.argsort(values)) for values in (overdose.e_p, overdose.g_oth)]
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(-0.6, abs=0.05)


def test_size_and_lethality_of_groups_are_drawn_jointly() -> None:
    cartels = draw(2000, 0, ["x"], 1).parameters.cartels
    assert np.corrcoef(np.log(cartels.C0), np.log(cartels.theta))[0, 1] < -0.95


def test_fixing_one_parameter_leaves_the_others_as_they_were() -> None:
    free = draw(50, 0, ["x"], 3)
    held = draw(50, 0, ["x"], 3, fixed={("border", "p_app"): 0.6})
    assert (held.parameters.border.p_app == np.float32(0.6)).all()
    assert np.array_equal(free.parameters.border.r_retry, held.parameters.border.r_retry)
    assert np.array_equal(free.scores.normal, held.scores.normal)
