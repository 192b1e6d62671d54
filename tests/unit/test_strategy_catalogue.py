"""The catalogue of levers: complete, sourced, and true to the figures that it says it comes from."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from counterflow.errors import StrategyError
from counterflow.evidence.store import Store
from counterflow.model.state import LEVERS
from counterflow.strategy.catalogue import DAYS_PER, catalogue, level_of, lever, levers, unstated_range
from counterflow.strategy.record import coded, coded_events

ROOT = Path(__file__).parents[2]
BEFORE_2025 = date(2025, 1, 20)  # the eve of the measures of January 2025


def test_it_holds_every_lever_of_the_model_and_every_response() -> None:
    groups = {name.split(".")[0] for name in levers()}
    assert len(levers()) == 29
    assert groups == {
        "military", "emergency", "designation", "asylum", "border", "interior", "justice", "trade", "drugs",
        "arms", "mexico", "health", "prevention", "diplomacy", "opposition",
    }  # fmt: skip


def test_every_lever_of_the_catalogue_moves_something_in_the_model_and_no_other_does() -> None:
    assert set(levers()) == set(LEVERS)
    assert len(LEVERS) == len(set(LEVERS))


@pytest.mark.parametrize("name", list(levers()))
def test_levels_rise_and_say_where_their_numbers_come_from(name: str) -> None:
    of = lever(name)
    centrals = [level.intensity.central for level in of.levels]
    assert centrals == sorted(centrals)
    for level in of.levels:
        assert level.assumed == (level.grade == "D")
        assert level.grade == "D" or level.source, f"{name} {level.level} has a grade but no source"
    for step in of.recorded:
        assert step.source or step.status == "memory_unverified"


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("interior.arrests", 312),
        ("border.agents", 19_100),
        ("military.deployment", 2_500),
        ("asylum.restriction", 0.7),
        ("designation.terrorist", 0),
        ("military.strike_lab", 0),
        ("asylum.remain_in_mexico", 0),
        ("interior.local_cooperation", 135),
    ],
)
def test_before_the_measures_of_2025_the_levers_stood_where_the_record_says(name: str, recorded: float) -> None:
    assert lever(name).recorded_at(BEFORE_2025) == recorded


def test_a_step_counts_from_the_day_after_it_is_dated() -> None:
    asylum = lever("asylum.restriction")
    assert asylum.recorded_at(date(2024, 6, 5)) == 0.3
    assert asylum.recorded_at(date(2024, 6, 6)) == 0.7


def test_the_record_shows_title_42_ending_and_the_rules_that_followed() -> None:
    at = lever("asylum.restriction").recorded_at
    assert at(date(2020, 3, 1)) == 0.3
    assert at(date(2020, 6, 1)) > 0.85
    assert at(date(2023, 6, 1)) == 0.3


def test_a_size_finds_the_level_whose_range_holds_it() -> None:
    assert level_of(lever("military.deployment"), 4000) == 1
    assert level_of(lever("interior.arrests"), 1350) == 3
    assert level_of(lever("designation.terrorist"), 5) is None
    assert level_of(lever("emergency.declaration"), 0) == 0


def test_a_move_of_unstated_size_lies_between_no_move_and_two_levels_up() -> None:
    arrests = lever("interior.arrests")
    wide = unstated_range(arrests, 312)
    assert (wide.low, wide.central, wide.high) == (312, 664, 1050)
    top = unstated_range(arrests, 5000)
    assert (top.low, top.central, top.high) == (5000, 5000, 5000)


def test_levels_outside_the_scale_and_unknown_levers_are_refused_by_name() -> None:
    with pytest.raises(StrategyError, match="5 is not a level"):
        lever("trade.tariff").level_range(5)
    with pytest.raises(StrategyError, match=r"Did you mean trade\.tariff"):
        lever("trade.tarif")


def test_steps_that_name_a_series_equal_that_series() -> None:
    store = Store.open()
    checked = 0
    for of in levers().values():
        ends = [step.start for step in of.recorded[1:]] + [date.max]
        for step, end in zip(of.recorded, ends, strict=True):
            if not step.series:
                continue
            until = step.until or end
            values = {
                row.date: row.value
                for row in store.observations(step.series, step.geo or None)
                if step.start <= row.date < until
            }
            if step.over:
                base = {row.date: row.value for row in store.observations(step.over)}
                both = values.keys() & base.keys()
                expected = sum(values[day] for day in both) / sum(base[day] for day in both)
            elif of.per is None:
                expected = sum(values.values()) / len(values)
            else:
                days = sum((date(d.year + d.month // 12, d.month % 12 + 1, 1) - d).days for d in values)
                expected = sum(values.values()) / days * DAYS_PER[of.per]
            assert step.intensity == pytest.approx(expected, rel=1e-3), f"{of.id} from {step.start}"
            checked += 1
    assert checked >= 25


def test_the_file_is_what_the_published_figures_give() -> None:
    source = ROOT.parent / "shared" / "reference"
    if not (source / "policy" / "lever_levels.csv").exists():
        pytest.skip("the published figures (../shared/reference) are not here: the levels cannot be rebuilt")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/build_levers.py"), str(source), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr or "levers.toml differs from what its figures give"


def test_every_coded_row_is_one_row_of_the_record_and_says_why() -> None:
    rows = Store.open().events()
    for choice in coded_events():
        matching = [row for row in rows if coded(row) is choice]
        assert len(matching) == 1, f"{choice.date} {choice.lever} {choice.kind}: {len(matching)} rows"
        assert choice.reason
        assert choice.lever in levers()


def test_coded_rows_that_raise_a_lever_do_not_put_it_below_where_it_stood() -> None:
    for row in Store.open().events():
        choice = coded(row)
        if choice is None or row.effect_on_lever != 1 or choice.level == 0:
            continue
        of = lever(row.lever)
        if of.id in ("emergency.declaration", "asylum.restriction", "trade.tariff"):
            continue  # levels without miles; rules that followed a stricter one; exemptions after three days
        assert of.level_range(choice.level).high >= of.recorded_at(row.date), f"{row.date} {row.lever}"


def test_the_three_campaigns_of_strikes_are_given_as_rates() -> None:
    plans = [(plan.strikes_per_week * plan.weeks, plan.weeks) for plan in catalogue().campaign]
    assert plans == [(10, 4), (52, 26), (1040, 104)]
