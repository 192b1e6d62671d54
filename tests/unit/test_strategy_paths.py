"""From entries to weeks: what each lever does in each draw."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from counterflow.errors import StrategyError
from counterflow.strategy.paths import lever_paths, quantile
from counterflow.strategy.schema import Branch, Entry, Range

WEEKS = np.arange("2025-01-13", "2025-03-24", 7, dtype="datetime64[D]")
ARRESTS = "interior.arrests"
MIDDLE = np.full((1, 1), 0.5)


def exactly(value: float) -> Range:
    return Range(low=value, central=value, high=value)


def entry(**more: Any) -> Entry:
    values = {
        "lever": ARRESTS,
        "start": date(2025, 1, 27),
        "start_reason": "a test",
        "status": "in_force",
        "basis": "user",
    }
    return Entry(**(values | more))


def arrests(*entries: Entry, u: float = 0.5, delivery: float = 0.5) -> list[float]:
    branch = Branch(id="b", title="", description="", entries=entries)
    at = np.full((1, 1), u)
    paths = lever_paths(branch, WEEKS, at, np.full((1, 1), delivery), [ARRESTS])
    return [float(value) for value in paths[0, :, 0]]


def test_without_an_entry_a_lever_keeps_what_the_record_shows_before_the_first_week() -> None:
    branch = Branch(id="none", title="", description="")
    paths = lever_paths(branch, WEEKS, MIDDLE, MIDDLE, [ARRESTS])
    assert (paths == 312.0).all()  # although the record itself jumps on 2025-01-21


def test_an_entry_acts_from_its_first_day_and_its_first_week_counts_its_days() -> None:
    path = arrests(entry(intensity=exactly(1012), start=date(2025, 1, 31)))  # a Friday: three days of seven
    assert path[:2] == [312, 312]
    assert path[2] == pytest.approx(312 + 700 * 3 / 7)
    assert path[3:] == [1012] * 7


def test_a_level_stands_for_its_range() -> None:
    assert [arrests(entry(level=1), u=u)[-1] for u in (0.0, 0.5, 1.0)] == [600, 664, 800]


def test_a_change_adds_to_what_was_there_and_changes_add_up() -> None:
    more = entry(change=exactly(100))
    later = entry(change=exactly(50), start=date(2025, 2, 10))
    assert arrests(more)[2] == 412
    assert arrests(more, later)[-1] == 462


def test_delivery_takes_a_share_of_the_way_from_the_record() -> None:
    ordered = entry(intensity=exactly(1312), delivery=Range(low=0.2, central=0.5, high=1.0), status="ordered")
    assert [arrests(ordered, delivery=d)[-1] for d in (0.0, 0.5, 1.0)] == [512, 812, 1312]


def test_the_entry_that_started_last_replaces_the_others_for_good() -> None:
    first = entry(intensity=exactly(1000))
    second = entry(intensity=exactly(600), start=date(2025, 2, 3), end=date(2025, 2, 17))
    path = arrests(second, first)  # the order of the list does not matter, the dates do
    assert path[2:7] == [1000, 600, 600, 312, 312]


def test_a_suspension_pauses_and_what_it_paused_comes_back() -> None:
    acting = entry(intensity=exactly(1000))
    pause = entry(status="suspended", start=date(2025, 2, 10), end=date(2025, 2, 17))
    assert arrests(acting, pause)[2:6] == [1000, 1000, 312, 1000]


def test_a_rescission_ends_everything_on_the_lever_that_came_before() -> None:
    acting = entry(intensity=exactly(1000))
    more = entry(change=exactly(100), start=date(2025, 2, 3))
    ended = entry(status="rescinded", start=date(2025, 2, 10))
    assert arrests(acting, more, ended)[2:] == [1000, 1100, 312, 312, 312, 312, 312, 312]


def test_an_entry_without_a_size_is_refused() -> None:
    with pytest.raises(StrategyError, match="gives no size"):
        arrests(entry())


def test_weeks_with_a_gap_are_refused() -> None:
    branch = Branch(id="none", title="", description="")
    with pytest.raises(StrategyError, match="without a gap"):
        lever_paths(branch, WEEKS[[0, 2]], MIDDLE, MIDDLE, [ARRESTS])


def test_a_range_is_read_in_straight_lines_from_low_through_central_to_high() -> None:
    values = quantile(Range(low=0, central=10, high=100), np.array([0, 0.25, 0.5, 0.75, 1.0]))
    assert values.tolist() == [0, 5, 10, 55, 100]
