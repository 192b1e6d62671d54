"""What must hold of lever paths, whatever the entries."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from counterflow.strategy.catalogue import lever, levers
from counterflow.strategy.paths import lever_paths
from counterflow.strategy.schema import Branch, Entry, Range

FIRST = date(2025, 1, 13)
WEEKS = np.datetime64(FIRST) + 7 * np.arange(30)
IDS = list(levers())
NONE = Branch(id="none", title="", description="")


def at(value: float) -> Range:
    return Range(low=value, central=value, high=value)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, central, high = sorted(draw(st.lists(st.floats(0, 1e6), min_size=3, max_size=3)))
    return Range(low=low, central=central, high=high)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = FIRST + timedelta(days=draw(st.integers(-20, 220)))
    length = draw(st.none() | st.integers(1, 100))
    size = draw(st.sampled_from(["level", "intensity", "change"]))
    return Entry(
        lever=draw(st.sampled_from(IDS)),
        level=draw(st.integers(0, 4)) if size == "level" else None,
        intensity=draw(ranges()) if size == "intensity" else None,
        change=draw(ranges()) if size == "change" else None,
        delivery=draw(st.none() | st.just(Range(low=0.2, central=0.5, high=1.0))),
        start=start,
        end=start + timedelta(days=length) if length else None,
        start_reason="drawn",
        status=draw(st.sampled_from(["in_force", "ordered", "suspended", "rescinded"])),
        basis="user",
    )


uniforms = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).uniform(size=(2, 3, len(IDS))))


def paths(branch: Branch, u: np.ndarray) -> np.ndarray:
    return lever_paths(branch, WEEKS, u[0], u[1], IDS)


def branch_of(*held: Entry) -> Branch:
    return Branch(id="b", title="", description="", entries=held)


@given(st.lists(entries(), max_size=6), uniforms)
def test_nothing_changes_before_the_first_entry_starts(held: list[Entry], u: np.ndarray) -> None:
    first = min((entry.start for entry in held), default=date.max)
    before = np.array([week + np.timedelta64(6, "D") < np.datetime64(first, "D") for week in WEEKS])
    moved, still = paths(branch_of(*held), u), paths(NONE, u)
    assert (moved[:, before] == still[:, before]).all()


@given(st.lists(entries(), max_size=6), uniforms)
def test_levers_without_an_entry_stay_at_the_record(held: list[Entry], u: np.ndarray) -> None:
    untouched = [column for column, name in enumerate(IDS) if name not in {entry.lever for entry in held}]
    moved, still = paths(branch_of(*held), u), paths(NONE, u)
    assert (moved[..., untouched] == still[..., untouched]).all()


@given(entries(), uniforms)
def test_an_entry_held_at_the_record_equals_no_entry_bit_for_bit(entry: Entry, u: np.ndarray) -> None:
    recorded = lever(entry.lever).recorded_at(FIRST)
    held = entry.model_copy(update={"level": None, "change": None, "intensity": at(recorded)})
    assert paths(branch_of(held), u).tobytes() == paths(NONE, u).tobytes()


@given(entries(), uniforms)
def test_an_entry_with_an_intensity_stays_between_the_record_and_its_range(entry: Entry, u: np.ndarray) -> None:
    if entry.change is not None:
        return
    of = lever(entry.lever)
    size = entry.intensity or of.level_range(entry.level if entry.level is not None else 0)
    recorded = of.recorded_at(FIRST)
    path = paths(branch_of(entry), u)[:, :, IDS.index(entry.lever)]
    slack = 1e-9 * max(1.0, size.high, recorded)
    assert (path >= min(recorded, size.low) - slack).all()
    assert (path <= max(recorded, size.high) + slack).all()


@given(st.lists(entries(), min_size=2, max_size=6), uniforms)
def test_entries_on_different_levers_do_not_touch_each_other(held: list[Entry], u: np.ndarray) -> None:
    together = paths(branch_of(*held), u)
    for column, name in enumerate(IDS):
        alone = paths(branch_of(*(entry for entry in held if entry.lever == name)), u)
        assert (together[..., column] == alone[..., column]).all()


@given(st.lists(entries(), max_size=4), uniforms)
def test_a_draws_path_does_not_depend_on_the_other_draws(held: list[Entry], u: np.ndarray) -> None:
    every = paths(branch_of(*held), u)
    first = paths(branch_of(*held), u[:, :1])
    assert (every[:1] == first).all()


@given(st.integers(1, 40), st.integers(0, 150))
def test_acts_of_one_week_add_up_to_their_number_whatever_the_day(acts: int, offset: int) -> None:
    from counterflow.strategy.record import pulse

    of = lever("justice.transfer")
    start = FIRST + timedelta(days=offset)
    held = Entry(
        lever=of.id,
        change=pulse(of, acts),
        start=start,
        end=start + timedelta(days=7),
        start_reason="drawn",
        status="completed",
        basis="user",
    )
    half = np.full((1, 1), 0.5)
    path = lever_paths(branch_of(held), WEEKS, half, half, [of.id])
    extra = (path - of.recorded_at(FIRST)).sum() * 7 / 365.25  # persons a year, over weeks
    assert abs(extra - acts) < 1e-6
