"""Whatever the figures, a table that holds them is read as just those, in either form."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.evidence.connectors import cdc_vsrr
from counterflow.evidence.connectors.cdc_vsrr import SERIES
from counterflow.evidence.connectors.official import File, Published
from official.cdc_vsrr import write

DAYS = st.builds(date, st.integers(2015, 2060), st.integers(1, 12), st.just(1))
COUNTS = st.integers(0, 200_000)
MONTHS = st.tuples(COUNTS, COUNTS, COUNTS).map(
    lambda n: (min(n[:2]), max(n[:2]), n[2])
)  # no more reported than predicted
NAMES = [series for columns in SERIES.values() for series in columns.values()]


@pytest.mark.parametrize("form", ["json", "csv"])
@given(months=st.dictionaries(DAYS, MONTHS, min_size=1, max_size=20), others=st.booleans())
def test_what_is_written_is_read(months: dict[date, tuple[int, int, int]], others: bool, form: str) -> None:
    figures = tuple(
        sorted(
            Published(series, "united_states", day, float(value))
            for day, row in months.items()
            for series, value in zip(NAMES, row, strict=True)
        )
    )
    found = cdc_vsrr.parse([File("table", write(figures, form=form, others=others))])
    assert found.figures == figures
    assert set(found.covers.values()) == {(min(months), max(months))}
