"""Whatever the counts, a table that holds them is read as just those."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.connectors import sesnsp
from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.sesnsp_table import STATES
from official.sesnsp import write, zipped

NAMES = [names[0] for names in STATES.values()]


@given(
    in_year=st.sampled_from([2015, 2025, 2026, 2031]),
    months=st.integers(1, 12),
    seed=st.lists(st.integers(1, 400), min_size=1, max_size=40),
    victims=st.booleans(),
    encoding=st.sampled_from(["cp1252", "utf-8-sig"]),
    to_come=st.sampled_from(["", "0"]),
    packed=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_what_is_written_is_read(
    in_year: int, months: int, seed: list[int], victims: bool, encoding: str, to_come: str, packed: bool
) -> None:
    days = [date(in_year, month, 1) for month in range(1, months + 1)]
    keys = [(name, day) for day in days for name in NAMES]
    counts = {key: float(seed[n % len(seed)]) for n, key in enumerate(keys)}
    data = write(counts, victims=victims, encoding=encoding, to_come=to_come)
    found = sesnsp.parse([File("table", zipped(data) if packed else data)])
    by_state = {(f.geo, f.date): f.value for f in found.figures if f.series_id == sesnsp.VICTIMS_BY_STATE}
    mexico = {f.date: f.value for f in found.figures if f.geo == "mexico"}
    assert by_state == (counts if victims else {})
    assert mexico == {day: sum(counts[name, day] for name in NAMES) for day in days}
    assert set(found.covers.values()) == {(days[0], days[-1])}
    assert list(found.figures) == sorted(found.figures)
