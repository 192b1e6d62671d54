"""Priors are data: every number has a meaning, a unit, a grade, a source, and is drawn as stated."""

from __future__ import annotations

import re

import numpy as np
import pytest

from counterflow.ensemble.drawn import drawn
from counterflow.ensemble.sampling import FIELDS, draw
from counterflow.model import priors
from counterflow.model.conditions import conditions
from counterflow.strategy.overrides import ParameterOverride

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


def years(text: str) -> list[int]:
    """The years from 2000 to 2026 in a text, and the ends of spans such as 2019-24."""
    found = re.findall(r"(?<![\d,.:])(20[01]\d|202[0-6])(?:-(\d\d)(?!\d))?(?!\d|,\d)", text)
    return [int(year) for year, _ in found] + [int(f"20{end}") for _, end in found if end]


def test_years_are_found_in_a_source_and_numbers_are_not_taken_for_years() -> None:
    assert years("Dell 2015; zones of 2025, counts 2022-24; 2,006 of 12,012 at 38:2011, 20150 in all") == [
        2015,
        2025,
        2022,
        2024,
    ]


@pytest.mark.parametrize(("mechanism", "symbol"), ALL)
def test_a_prior_rests_on_nothing_later_than_the_year_that_it_is_known_from(mechanism: str, symbol: str) -> None:
    """A judgement on what happened in 2025 is news of 2025: what was drawn before stands under `earlier`."""
    prior = priors.load()[mechanism][symbol]  # type: ignore[index]
    assert max(years(prior.source), default=0) <= prior.known_from


@pytest.mark.parametrize(("mechanism", "symbol"), ALL)
def test_a_source_is_one_of_the_world_or_a_judgement_that_says_so(mechanism: str, symbol: str) -> None:
    prior = priors.load()[mechanism][symbol]  # type: ignore[index]
    assert not re.search(
        r"\b(design|ruling of|EFFECTS|RULINGS|TARGETS|MODEL|ENGINE|level \d|scale of \w+\.)", prior.source
    )
    assert prior.assumed or not prior.source.startswith("judgement")
    if prior.assumed:
        assert prior.source.startswith(("judgement: ", "a unit: "))


def test_what_is_known_and_not_drawn_names_no_parameter_and_says_why() -> None:
    rows = priors.not_used()
    assert len({(row.mechanism, row.symbol) for row in rows}) == len(rows)
    for row in rows:
        assert row.mechanism in priors.MECHANISMS
        assert row.symbol not in priors.load()[row.mechanism]
        assert row.meaning
        assert row.why


def test_the_points_drawn_of_what_a_condition_names_are_those_of_the_draws() -> None:
    rows = {row.key: row for row in drawn()}
    assert set(rows) == {key for condition in conditions() for key in condition.first + condition.then}
    values = draw(4000, 0, ["x"], 1).parameters.supply.T_reb
    assert (rows["supply", "T_reb"].low, rows["supply", "T_reb"].high) == pytest.approx(np.percentile(values, [5, 95]))
    assert rows["supply", "T_reb"].central < 0.8 * priors.load()["supply"]["T_reb"].central  # the condition bites


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


def test_a_value_becomes_a_fixed_prior_and_the_table_stays_as_it_was() -> None:
    table = priors.load()
    before = table["border"]["p_app"]
    changed = priors.with_overrides(table, {"border.p_app": ParameterOverride(value=0.7)})
    assert table["border"]["p_app"] is before
    held = changed["border"]["p_app"]
    assert (held.family, held.central, held.grade, held.assumed) == ("fixed", 0.7, "D", True)
    assert (priors.from_score(held, np.array([-3.0, 0.0, 3.0]), 1950) == 0.7).all()
    others = {symbol: prior for symbol, prior in changed["border"].items() if symbol != "p_app"}
    assert others == {symbol: prior for symbol, prior in table["border"].items() if symbol != "p_app"}


@pytest.mark.parametrize(
    ("name", "points", "family", "drawn"),
    [
        ("border.p_app", (0.2, 0.5, 0.6), None, "logitnormal"),
        ("border.h_reb", (2.0, 3.0, 9.0), None, "lognormal"),
        ("border.h_reb", (0.2, 0.3, 0.9), "logitnormal", "logitnormal"),
        ("overdose.g_oth", (-0.3, 0.0, 0.1), None, "normal"),
        ("overdose.g_oth", (-0.3, -0.2, -0.1), "lognormal", "lognormal"),
        ("leaders.tau_nb", (20.0, 30.0, 40.0), None, "lognormal"),
    ],
)
def test_three_points_are_the_quantiles_drawn_in_every_year(
    name: str, points: tuple[float, float, float], family: str | None, drawn: str
) -> None:
    low, central, high = points
    override = ParameterOverride(low=low, central=central, high=high, family=family, source="a paper")
    mechanism, symbol = name.split(".")
    prior = priors.with_overrides(priors.load(), {name: override})[mechanism][symbol]
    assert prior.family == drawn
    assert (prior.grade, prior.assumed) == ("D", False)
    assert "a paper" in prior.source
    for year in (1990, None):
        values = np.sort(priors.from_score(prior, np.array([-priors.Z95, 0.0, priors.Z95]), year))
        assert values == pytest.approx(points, rel=1e-9, abs=1e-12)


def test_the_priors_can_be_chosen_by_mechanism_and_by_grade() -> None:
    table = priors.load()
    assert list(priors.chosen(table, "border")) == ["border"]
    by_grade = [priors.chosen(table, None, grade) for grade in "ABCD"]
    assert sum(len(symbols) for some in by_grade for symbols in some.values()) == len(ALL)
    assert {prior.grade for symbols in by_grade[3].values() for prior in symbols.values()} == {"D"}


def test_mechanisms_come_in_the_order_of_the_week() -> None:
    assert priors.MECHANISMS[0] == "courts"
    assert priors.MECHANISMS[-2:] == ("interior", "noise")
    assert list(priors.load()) == list(priors.MECHANISMS)
