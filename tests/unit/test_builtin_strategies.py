"""Strategies that come with the package: plain levers with reasons, begun on a given day, and never of force."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.judgement.search.limits import limits
from counterflow.model.state import LEVERS
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.builtin.load import built_in, built_in_strategy
from counterflow.strategy.catalogue import catalogue, lever
from counterflow.strategy.files import read_strategy, write_strategy
from counterflow.strategy.overrides import ParameterOverride, Switches

START = date(2025, 3, 5)
MOVING = [name for name in built_in() if name != "none"]


def test_the_run_without_a_strategy_comes_first_and_moves_nothing() -> None:
    assert next(iter(built_in())) == "none"
    assert built_in_strategy("none", START).written == ()


def test_there_are_strategies_of_supply_of_demand_and_of_violence_and_mixes_of_them() -> None:
    alone = {of.lever[0].id for of in built_in().values() if len(of.lever) == 1}
    assert alone == {
        "drugs.precursor_control",
        "drugs.port_scanning",
        "arms.southbound_inspection",
        "prevention.recruitment",
        "health.treatment_naloxone",
    }
    assert sum(len(of.lever) > 1 for of in built_in().values()) >= 2


@pytest.mark.parametrize("name", MOVING)
def test_every_entry_begins_on_the_day_and_says_why_its_level_and_whence(name: str) -> None:
    strategy = built_in_strategy(name, START)
    assert first_lever_date(strategy) == START
    for entry in strategy.written:
        assert entry.lever in LEVERS
        assert entry.note
        assert entry.source == lever(entry.lever).levels[entry.level or 0].source
        assert entry.delivery == catalogue().delivery.range
        # A level that is what stands on record already would move nothing.
        assert lever(entry.lever).level_range(entry.level or 0).central != lever(entry.lever).recorded_at(START)


@pytest.mark.parametrize("name", MOVING)
def test_none_uses_force_or_strikes(name: str) -> None:
    strategy = built_in_strategy(name, START)
    assert not [move.id for move in built_in()[name].lever if limits()[move.id].force]
    assert strategy.considered == ()
    assert all(branch.strikes is None for branch in branches(strategy))


def test_titles_are_different() -> None:
    titles = [of.title for of in built_in().values()]
    assert len(set(titles)) == len(titles)


def test_parameters_and_switches_are_those_of_the_strategy_that_it_is_compared_with() -> None:
    own = {"border.p_app": ParameterOverride(value=0.8)}
    like = built_in_strategy("none", START).model_copy(update={"parameters": own, "switches": Switches(scarcity=False)})
    strategy = built_in_strategy("port_scanning", START, like=like)
    assert (strategy.parameters, strategy.switches) == (own, Switches(scarcity=False))


def test_a_built_in_strategy_can_be_written_and_read_as_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    strategy = built_in_strategy("all_together", START)
    write_strategy(strategy, tmp_path / "strategy.toml")
    assert read_strategy(tmp_path / "strategy.toml") == strategy
