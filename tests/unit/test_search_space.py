"""What a search may propose: steps of levers, who decides them, and never force that the document does not name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.ensemble.planning import monday
from counterflow.errors import JudgementError, StrategyError, UsageError
from counterflow.judgement.search.limits import ALLOWED, limits, refuse_unknown
from counterflow.judgement.search.space import (
    DOCUMENT,
    RECORDED,
    Genes,
    Space,
    branch_of,
    entries_of,
    space_of,
    strategy_of,
)
from counterflow.model.costs import unpriced
from counterflow.model.courts import CONTESTED
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import read_strategy, write_strategy
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Entry, Range, Strategy
from strategy_cases import Record, action, brief

DAY = date(2025, 1, 20)
NAMES = (
    "interior.arrests",
    "trade.tariff",
    "border.agents",
    "asylum.restriction",
    "diplomacy.accuse",
    "mexico.arrests",
)
FORCE = {"military.strike_lab", "military.strike_leader"}
WEEKS = np.datetime64(monday(DAY)) - 7 + 7 * np.arange(1 + 104 + 52)
JUDGED = 104


def entry(lever: str, size: float, start: date = DAY) -> Entry:
    return Entry(
        lever=lever,
        intensity=Range(low=size, central=size, high=size),
        start=start,
        start_reason="test",
        status="in_force",
        basis="document",
    )


def strategy(*entries: Entry, considered: tuple[str, ...] = ()) -> Strategy:
    of = from_brief(brief(action("trade.tariff")), Record(()), date=DAY)
    return of.model_copy(update={"written": entries, "record": (), "considered": considered})


def plain(*more: Entry, considered: tuple[str, ...] = ()) -> Strategy:
    sizes = {"interior.arrests": 700.0, "asylum.restriction": 0.97, "border.agents": 21000.0}
    return strategy(*(entry(name, sizes.get(name, 2.0)) for name in NAMES), *more, considered=considered)


def space(of: Strategy, allow: tuple[str, ...] = ALLOWED, hold: tuple[str, ...] = ()) -> Space:
    return space_of(of, WEEKS, JUDGED, allow=allow, hold=hold)


def moved(of: Space) -> set[str]:
    return {choice.lever for choice in of.choices}


EVERY = space(plain(considered=("military.strike_lab",)))
STRUCK = space(plain(entry("military.strike_lab", 0.4), entry("military.strike_leader", 0.1)))


def genes_of(of: Space) -> st.SearchStrategy[Genes]:
    return st.tuples(*(st.integers(0, len(choice.steps) - 1) for choice in of.choices))


@given(genes_of(EVERY))
def test_no_candidate_holds_force_where_the_document_has_none(genes: Genes) -> None:
    branch = branch_of(EVERY, genes)
    assert not FORCE & {one.lever for one in branch.entries}
    assert branch.strikes is None
    of = strategy_of(EVERY, genes, "candidate")
    assert not of.considered
    assert all(one.strikes is None for one in branches(of))
    assert not FORCE & {one.lever for one in (*of.written, *of.record)}


@given(genes_of(STRUCK))
def test_force_that_the_document_names_is_kept_as_it_is_or_dropped(genes: Genes) -> None:
    own = {name: [one for one in plain_struck() if one.lever == name] for name in FORCE}
    paths = lever_paths(branch_of(STRUCK, genes), WEEKS, np.full((1, 2), 0.9), np.full((1, 2), 0.9), sorted(FORCE))
    for column, name in enumerate(sorted(FORCE)):
        entries = [one for one in entries_of(STRUCK, genes) if one.lever == name]
        assert entries == own[name] or paths[..., column].max() == 0.0
        assert paths[..., column].max() <= max(one.intensity.high for one in own[name] if one.intensity)


def plain_struck() -> tuple[Entry, ...]:
    return STRUCK.strategy.written


def test_only_what_the_executive_decides_is_moved_unless_others_are_taken_to_agree() -> None:
    of = plain()
    by = {name: limits()[name].decided_by for name in levers()}
    alone = moved(space(of, allow=()))
    assert {by[name] for name in alone} == {"executive"}
    assert "border.agents" not in alone
    for who in ALLOWED:
        more = moved(space(of, allow=(who,))) - alone
        assert more
        assert {by[name] for name in more} == {who}
    assert not any(by[name] == "others" for name in moved(space(of)))
    reasons = {one.lever: one.reason for one in space(of, allow=()).left}
    assert reasons["mexico.lab_raids"] == "decided by Mexico, moved with --allow mexico"
    assert "uses force" in reasons["military.strike_lab"]


def test_every_lever_is_moved_or_told_of_with_a_reason() -> None:
    for allow in ((), ALLOWED):
        of = space(plain(), allow=allow)
        assert moved(of) | {one.lever for one in of.left} == set(levers())
        assert all(one.reason for one in of.left)


def test_what_has_no_price_can_be_kept_or_dropped_and_not_bought() -> None:
    of = space(plain())
    for choice in of.choices:
        if choice.lever in unpriced():
            assert [step.name for step in choice.steps] == [RECORDED, DOCUMENT]
    assert "asylum.restriction" in moved(of)
    assert "designation.terrorist" not in moved(of)
    reasons = {one.lever: one.reason for one in of.left}
    assert reasons["designation.terrorist"].startswith("cannot be bought under a budget")
    assert reasons["asylum.restriction"].startswith("kept or dropped")


def test_steps_rise_from_the_recorded_path_and_the_document_stands_among_them() -> None:
    for choice in EVERY.choices:
        sizes = [step.intensity for step in choice.steps]
        assert sizes == sorted(sizes)
        assert choice.steps[choice.recorded].intensity == pytest.approx(
            levers()[choice.lever].recorded_at(WEEKS[0].item())
        )
        assert choice.recorded == 0 or choice.steps[0].name == DOCUMENT
    arrests = next(choice for choice in EVERY.choices if choice.lever == "interior.arrests")
    assert arrests.steps[arrests.document].intensity == pytest.approx(700.0, rel=0.02)
    levels = [step.name for step in arrests.steps if step.name.startswith("level")]
    assert levels == ["level 1", "level 2", "level 3", "level 4"]


def test_the_documents_own_strategy_is_one_of_the_space_and_is_what_it_was() -> None:
    of = plain()
    whole = next(branch for branch in branches(of) if branch.id == "as_on_record")
    assert sorted(entries_of(space(of), space(of).document), key=str) == sorted(whole.entries, key=str)


def test_a_lever_on_its_recorded_path_is_as_if_it_had_no_entry() -> None:
    of = space(plain())
    names = list(levers())
    u = np.random.default_rng(0).random((3, len(names)))
    paths = lever_paths(branch_of(of, of.recorded), WEEKS, u, u, names)
    kept = branch_of(of, of.recorded).model_copy(update={"entries": of.kept})
    np.testing.assert_array_equal(paths, lever_paths(kept, WEEKS, u, u, names))


def test_a_held_lever_stays_as_the_document_has_it() -> None:
    of = space(plain(), hold=("trade.tariff", "border.barrier"))
    assert not {"trade.tariff", "border.barrier"} & moved(of)
    assert "trade.tariff" in {one.lever for one in of.kept}


@given(genes_of(EVERY))
def test_a_candidate_can_be_written_and_read_back_and_begins_on_the_same_day(genes: Genes) -> None:
    of = strategy_of(EVERY, genes, "candidate")
    assert first_lever_date(of) == EVERY.start
    whole = next(branch for branch in branches(of) if branch.id == "as_on_record")
    assert whole.entries == entries_of(EVERY, genes)


def test_the_files_hold_what_was_proposed(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for number in range(5):
        genes = tuple(int(rng.integers(len(choice.steps))) for choice in EVERY.choices)
        of = strategy_of(EVERY, genes, f"candidate {number}")
        write_strategy(of, tmp_path / f"{number}.toml")
        assert read_strategy(tmp_path / f"{number}.toml") == of


def test_a_first_lever_that_the_record_moves_to_a_later_day_keeps_its_day() -> None:
    early = entry("interior.arrests", 700.0).model_copy(update={"source": "a1"})
    late = entry("interior.arrests", 700.0, date(2025, 3, 3)).model_copy(
        update={"basis": "record", "record_id": "r1", "fills": "a1"}
    )
    of = strategy(early).model_copy(update={"record": (late,)})
    found = space(of)
    assert first_lever_date(strategy_of(found, found.document, "candidate")) == DAY


def test_a_strategy_without_entries_and_one_with_nothing_left_to_move_are_refused() -> None:
    with pytest.raises(StrategyError, match="no entries"):
        space(strategy(considered=("military.strike_lab",)))
    with pytest.raises(JudgementError, match="no lever is left"):
        space(plain(), hold=tuple(levers()))


def test_unknown_deciders_and_levers_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean mexico"):
        refuse_unknown(["mexiko"], [])
    with pytest.raises(UsageError, match=r"Did you mean border\.agents"):
        refuse_unknown([], ["border.agent"])


def test_limits_cover_every_lever_and_contested_ones_say_what_courts_did() -> None:
    assert set(limits()) == set(levers())
    assert {name for name, limit in limits().items() if limit.contested} == set(CONTESTED)
    assert {name for name, limit in limits().items() if limit.force} == FORCE
    mexican = {name for name, of in levers().items() if of.actor == "MX"}
    assert all(limits()[name].decided_by == "mexico" for name in mexican)
