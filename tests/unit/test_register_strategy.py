"""A reviewed register as a strategy: histories become paths that act, pause, go on and end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from counterflow.errors import StrategyError
from counterflow.strategy.branches import branches
from counterflow.strategy.files import read_strategy, write_strategy
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.register.adding import add
from counterflow.strategy.register.schema import Register
from counterflow.strategy.register.strategy import strategy_of
from counterflow.strategy.schema import Strategy
from register_cases import (
    MPP,
    TROOPS,
    accepted,
    corrected,
    document,
    mention,
    register_of,
    rejected,
    said,
    story,
)
from strategy_cases import Record, event

WEEKS = np.arange("2025-01-13", "2025-05-05", 7, dtype="datetime64[D]")
NONE = Record(())


def path(strategy: Strategy, lever: str, branch: str = "as_written") -> dict[str, float]:
    """The central intensity of a lever in each week, as the difference from the record, by first day of the week."""
    (chosen,) = [one for one in branches(strategy) if one.id == branch]
    middle = np.full((1, 1), 0.5)
    weekly = lever_paths(chosen, WEEKS, middle, middle, [lever])[0, :, 0]
    return {str(week): float(value - weekly[0]) for week, value in zip(WEEKS, weekly, strict=True)}


def strategy(register: Register, record: Record = NONE) -> Strategy:
    return strategy_of(accepted(register), record)


def test_a_policy_acts_pauses_and_goes_on() -> None:
    weekly = path(strategy(story()), MPP)
    assert weekly["2025-01-13"] == 0
    assert weekly["2025-01-27"] > 0
    assert weekly["2025-02-10"] == weekly["2025-03-03"] == 0  # blocked on 5 February
    assert weekly["2025-03-17"] == weekly["2025-04-28"] == weekly["2025-01-27"]  # reinstated on 11 March


def test_a_change_that_is_blocked_and_reinstated_counts_once() -> None:
    register = register_of(
        document("2025-01-20", said(TROOPS, "in_force", quantity=1500, quantity_unit="troops")),
        document("2025-02-05", said(TROOPS, "blocked")),
        document("2025-03-11", said(TROOPS, "reinstated", quantity=1500, quantity_unit="troops")),
    )
    weekly = path(strategy(register), TROOPS)
    assert [weekly[day] for day in ("2025-01-27", "2025-02-17", "2025-03-24")] == [1500, 0, 1500]


def test_an_order_ends_where_it_comes_into_force() -> None:
    register = register_of(
        document("2025-01-20", said(TROOPS, quantity=1500, quantity_unit="troops")),
        document("2025-02-24", said(TROOPS, "took_effect")),
    )
    weekly = path(strategy(register), TROOPS)
    assert weekly["2025-01-27"] == pytest.approx(750)  # half of what is ordered is delivered, in the middle
    assert weekly["2025-03-03"] == pytest.approx(1500)  # the size told before, in full and once


@pytest.mark.parametrize("status", ["rescinded", "ended"])
def test_a_policy_ends(status: str) -> None:
    register = register_of(document("2025-01-20", said()), document("2025-03-11", said(status=status)))
    weekly = path(strategy(register), MPP)
    assert weekly["2025-03-03"] > 0
    assert weekly["2025-03-17"] == weekly["2025-04-28"] == 0


def test_a_policy_that_was_ended_and_reinstated_acts_again_and_no_fill_moves_its_day() -> None:
    register = register_of(
        document("2025-01-20", said()),
        document("2025-02-05", said(status="ended")),
        document("2025-03-11", said(status="reinstated")),
    )
    made = strategy(register, Record((event("2025-01-21", MPP, "decided"),)))
    for branch in ("as_written", "as_on_record"):
        weekly = path(made, MPP, branch)
        assert weekly["2025-02-10"] == weekly["2025-03-03"] == 0
        assert weekly["2025-03-17"] > 0


def test_a_pause_with_an_end_of_its_own_ends() -> None:
    register = register_of(document("2025-01-20", said()), document("2025-02-05", said(status="suspended")))
    register = corrected(register, mention(register, "suspended"), end="2025-03-03")
    weekly = path(strategy(register), MPP)
    assert weekly["2025-02-24"] == 0
    assert weekly["2025-03-03"] == weekly["2025-01-27"] > 0


def test_the_person_s_version_is_what_acts() -> None:
    register = story()
    register = corrected(register, mention(register, "ordered"), status="in_force", level="4", start="2025-01-27")
    made = strategy(register)
    first = made.written[0]
    assert (first.level, first.status, first.start) == (4, "in_force", date(2025, 1, 27))
    assert "the date that Ann gave" in first.start_reason
    assert "corrected by Ann" in first.note


def test_the_record_tells_a_size_and_the_register_the_day() -> None:
    made = strategy(story(), Record((event("2025-01-24", MPP, "decided"),)))
    (fill,) = made.record
    assert fill.start == date(2025, 1, 20)
    assert fill.fills == made.written[0].source
    weekly = path(made, MPP, "as_on_record")
    assert weekly["2025-02-10"] == 0
    assert weekly["2025-03-17"] == weekly["2025-01-27"] > 0


# ------------------------------------------------------------------------------------------ what stays out


def test_unreviewed_entries_are_refused_with_their_number() -> None:
    with pytest.raises(StrategyError, match="3 entries of the register are not reviewed") as refused:
        strategy_of(story(), NONE)
    assert "--include-unreviewed" in refused.value.hint
    assert strategy_of(story(), NONE, include_unreviewed=True).written[0].note.endswith("unreviewed")


def test_an_empty_register_is_refused() -> None:
    with pytest.raises(StrategyError, match="no document"):
        strategy_of(Register(), NONE)


def test_what_is_rejected_never_acts() -> None:
    register = register_of(document("2025-01-20", said(), said(TROOPS)))
    made = strategy(rejected(register, mention(register, "ordered", TROOPS)))
    assert [entry.lever for entry in made.written] == [MPP]
    assert [(one.lever, one.reason) for one in made.unplaced] == [(TROOPS, "rejected by Ann")]
    both = rejected(register, mention(register, "ordered", TROOPS))
    assert [entry.lever for entry in strategy_of(both, NONE, include_unreviewed=True).written] == [MPP]


def test_an_update_without_a_first_entry_is_left_out_with_the_reason() -> None:
    made = strategy(register_of(document("2025-02-05", said(status="reinstated"))))
    assert made.written == ()
    assert "nothing in the register tells what that was before" in made.unplaced[0].reason


def test_what_was_only_considered_before_it_was_ordered_is_no_branch() -> None:
    considered = document("2025-01-20", said(status="under_consideration"))
    assert strategy(register_of(considered)).considered == (MPP,)
    made = strategy(register_of(considered, document("2025-02-20", said())))
    assert made.considered == ()
    assert "since then it was ordered on 20 Feb 2025" in made.unplaced[0].reason


def test_an_expansion_without_a_size_moves_nothing_further() -> None:
    register = register_of(document("2025-01-20", said(level=3)), document("2025-02-20", said(status="expanded")))
    made = strategy(register)
    assert [entry.status for entry in made.written] == ["ordered"]
    assert made.unplaced[0].reason == "it does not say how far it was expanded"


def test_the_strategy_is_a_file_like_any_other(tmp_path: Path) -> None:
    made = strategy(story())
    write_strategy(made, tmp_path / "strategy.toml")
    assert read_strategy(tmp_path / "strategy.toml") == made
    assert made.title == "Register of 3 documents"
    assert made.date.end == date(2025, 3, 11)


def test_an_end_that_a_document_gives_ends_its_entry() -> None:
    until = said(day="2025-03-03").date_start
    register = register_of(document("2025-01-20", said(date_end=until)))
    weekly = path(strategy(register), MPP)
    assert weekly["2025-02-24"] > 0
    assert weekly["2025-03-03"] == 0


def test_a_denied_block_pauses_nothing() -> None:
    register = register_of(
        document("2025-01-20", said()), document("2025-02-05", said(status="blocked", polarity="negated"))
    )
    made = strategy(register)
    assert path(made, MPP)["2025-04-28"] > 0
    assert [one.status for one in made.unplaced] == ["blocked"]


# ------------------------------------------------------------------------------------------ what takes effect later


def later(status: str = "ordered", **more: object) -> object:
    """What is told to take effect on 24 February 2025."""
    return said(TROOPS, status, day="2025-02-24", quantity=1500, quantity_unit="troops", **more)


def stopped(status: str, day: str) -> object:
    return document(day, said(TROOPS, status, by="US.COURT" if status in ("blocked", "reinstated") else "US.POTUS"))


@pytest.mark.parametrize("status", ["ordered", "announced", "authorised"])
def test_a_promise_acts_from_the_day_on_which_it_takes_effect(status: str) -> None:
    weekly = path(strategy(register_of(document("2025-01-20", later(status)))), TROOPS)
    assert weekly["2025-02-10"] == 0
    assert weekly["2025-03-03"] > 0


@pytest.mark.parametrize("status", ["blocked", "suspended", "rescinded", "ended"])
def test_what_is_stopped_before_it_takes_effect_never_acts(status: str) -> None:
    register = accepted(register_of(document("2025-01-20", later()), stopped(status, "2025-02-05")))
    made = strategy_of(register, NONE)
    assert made.written == ()
    assert {one.status for one in made.unplaced} == {"ordered", status}
    assert any(f"before it began it was {status} on 5 Feb 2025" in one.reason for one in made.unplaced)


@pytest.mark.parametrize(("back", "begins"), [("2025-03-11", "2025-03-11"), ("2025-02-10", "2025-02-24")])
def test_what_is_blocked_and_reinstated_before_it_acts_begins_then(back: str, begins: str) -> None:
    register = register_of(
        document("2025-01-20", later()), stopped("blocked", "2025-02-05"), stopped("reinstated", back)
    )
    (entry,) = strategy(register).written
    assert (entry.start, entry.status) == (date.fromisoformat(begins), "ordered")
    assert "blocked on 5 Feb 2025" in entry.note


def test_a_promise_that_came_into_force_on_its_day_counts_once() -> None:
    register = register_of(document("2025-01-20", later()), document("2025-02-24", said(TROOPS, "took_effect")))
    made = strategy(register)
    assert [entry.status for entry in made.written] == ["took_effect"]
    assert path(made, TROOPS)["2025-03-03"] == pytest.approx(1500)


def test_a_block_after_the_effective_day_pauses() -> None:
    register = register_of(document("2025-01-20", later()), stopped("blocked", "2025-03-11"))
    weekly = path(strategy(register), TROOPS)
    assert weekly["2025-03-03"] > 0
    assert weekly["2025-03-24"] == 0


# ------------------------------------------------------------------------------------------ versions of a document


def test_an_older_version_does_not_act_beside_the_newer_one() -> None:
    one, other = (said(TROOPS, "in_force", quantity=size, quantity_unit="troops") for size in (1500, 1900))
    register = accepted(register_of(document("2025-01-20", one, name="a.txt")))
    edited = document("2025-01-20", other, name="a.txt", content="edited")
    register, _ = add(register, edited.source, edited.mentions)
    made = strategy(register)
    assert len(made.written) == 1
    assert path(made, TROOPS)["2025-02-03"] == pytest.approx(1900)
    assert "a newer version of this document" in made.unplaced[0].reason
