"""Whatever the figures, an edition that holds them is read as just those."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from counterflow.evidence.connectors import ucdp
from counterflow.evidence.connectors.official import File, Published
from official.ucdp import write, zipped

YEARS = st.dictionaries(st.integers(1989, 2060), st.integers(0, 50_000), min_size=1, max_size=30)


@given(YEARS, st.booleans())
def test_what_is_written_is_read(deaths: dict[int, int], packed: bool) -> None:
    figures = tuple(
        Published(ucdp.SERIES, "mexico", date(year, 1, 1), float(value)) for year, value in sorted(deaths.items())
    )
    data = write(figures, last=max(deaths))
    found = ucdp.parse([File("edition", zipped(data) if packed else data)])
    assert found.figures == figures
    assert found.covers[ucdp.SERIES] == (date(1989, 1, 1), date(max(deaths), 1, 1))
