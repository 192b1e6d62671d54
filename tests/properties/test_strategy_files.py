"""A strategy that is written to a file and read back is the same strategy."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from counterflow.brief.schema import Status
from counterflow.strategy.catalogue import levers
from counterflow.strategy.files import read_strategy, write_strategy
from counterflow.strategy.schema import DateInterval, Entry, Range, Strategy, Unplaced

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
days = st.dates(date(2017, 1, 1), date(2030, 12, 31))
numbers = st.floats(-1e12, 1e12, allow_nan=False)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, central, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Range(low=low, central=central, high=high)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    start = draw(days)
    change = draw(st.none() | ranges())
    level = None if change else draw(st.integers(0, 4))
    return Entry(
        lever=draw(st.sampled_from(list(levers()))),
        level=level,
        intensity=None if change else draw(st.none() | ranges()),
        change=change,
        start=start,
        end=draw(st.none() | st.integers(1, 900).map(lambda n: start + timedelta(days=n))),
        start_reason=draw(texts),
        status=draw(st.sampled_from(get_args(Status))),
        delivery=draw(st.none() | ranges()),
        basis=draw(st.sampled_from(["document", "record", "user"])),
        quote=draw(texts),
        source=draw(texts),
        record_id=draw(texts),
        fills=draw(texts),
        incomplete=draw(st.booleans()),
        note=draw(texts),
    )


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    start = draw(days)
    return Strategy(
        title=draw(texts),
        date=DateInterval(
            start=start,
            end=start + timedelta(days=draw(st.integers(0, 60))),
            source=draw(st.sampled_from(["user", "document", "inferred"])),
            reason=draw(texts),
        ),
        written=tuple(draw(st.lists(entries(), max_size=3))),
        record=tuple(draw(st.lists(entries(), max_size=2))),
        refused=tuple(draw(st.lists(texts, max_size=2))),
        considered=tuple(draw(st.lists(texts, max_size=2))),
        unplaced=tuple(
            draw(
                st.lists(
                    st.builds(Unplaced, action_id=texts, lever=texts, status=texts, quote=texts, reason=texts),
                    max_size=2,
                )
            )
        ),
        document_sha256=draw(texts),
    )


@given(strategies())
def test_writing_and_reading_gives_the_same_strategy(strategy: Strategy) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "strategy.toml"
        write_strategy(strategy, path)
        assert read_strategy(path) == strategy
