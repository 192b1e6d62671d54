"""From the text of a strategy article, through the reader, to its strategy. A smoke test, never a score."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.evidence.store import Store
from counterflow.strategy.branches import branches, first_lever_date
from counterflow.strategy.build import from_brief
from counterflow.strategy.schema import Strategy

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT.parent / "shared" / "briefs" / "border-strategy.txt"
EXAMPLE = ROOT / "examples" / "border-strategy.md"


@pytest.fixture(scope="module", params=[ARTICLE, EXAMPLE], ids=["article", "example"])
def strategy(request: pytest.FixtureRequest) -> Strategy:
    path: Path = request.param
    if not path.exists():
        pytest.skip(f"{path.name} is not here (looked in {path.parent.name}/)")
    return from_brief(read(path), Store.open())


def test_its_date_lies_between_the_transfer_of_prisoners_and_the_next_order_of_troops(
    strategy: Strategy,
) -> None:
    assert (strategy.date.start, strategy.date.end) == (date(2025, 2, 27), date(2025, 3, 1))
    assert strategy.date.source == "inferred"


def test_as_written_it_moves_what_it_states_and_no_more(strategy: Strategy) -> None:
    assert [entry.lever for entry in strategy.written] == [
        "military.surveillance",
        "asylum.restriction",
        "military.deployment",
        "emergency.declaration",
        "interior.arrests",
        "interior.local_cooperation",
        "designation.terrorist",
        "diplomacy.reject",
        "diplomacy.accuse",
        "diplomacy.pledge",
        "opposition.leak",
    ]
    troops = next(entry for entry in strategy.written if entry.lever == "military.deployment")
    assert troops.change is not None
    assert troops.change.central == 1600


def test_the_measure_that_it_does_not_name_is_named_only_on_record(strategy: Strategy) -> None:
    unnamed = next(row for row in strategy.unplaced if row.lever == "asylum.remain_in_mexico")
    assert "does not name" in unnamed.reason
    assert any(entry.fills == unnamed.action_id for entry in strategy.record)


def test_strikes_are_a_branch_and_never_a_path(strategy: Strategy) -> None:
    assert all(not entry.lever.startswith("military.strike") for entry in (*strategy.written, *strategy.record))
    assert sum(branch.strikes is not None for branch in branches(strategy)) == 6


def test_nothing_on_record_is_younger_than_the_document(strategy: Strategy) -> None:
    assert max(entry.start for entry in strategy.record) <= strategy.date.end
    assert first_lever_date(strategy) == date(2025, 1, 20)
