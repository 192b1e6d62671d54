"""What ICE publishes is what is read, whatever the figures and the day of the edition."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.connectors.ice_detention import parse
from counterflow.evidence.connectors.official import File
from official import ice_detention as official

COUNTS = st.lists(st.integers(1_000, 60_000), min_size=12, max_size=12)
AVERAGES = st.lists(st.floats(1, 90_000), min_size=12, max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    fiscal_year=st.integers(2019, 2030),
    day=st.integers(0, 364),
    ice=COUNTS,
    cbp=COUNTS,
    ice_held=AVERAGES,
    cbp_held=AVERAGES,
    later=st.sampled_from([0, None]),
    order=st.permutations(["Total", "CBP", "ICE  "]),
)
def test_figures_written_are_figures_read(
    fiscal_year: int,
    day: int,
    ice: list[int],
    cbp: list[int],
    ice_held: list[float],
    cbp_held: list[float],
    later: int | None,
    order: list[str],
) -> None:
    through = date(fiscal_year - 1, 10, 1) + timedelta(days=day)
    months = official.months_through(fiscal_year, through)
    counts = {"ICE": ice[:months], "CBP": cbp[:months]}
    held = {"ICE": ice_held[:months], "CBP": cbp_held[:months]}
    extract = parse([File("f.xlsx", official.write(fiscal_year, through, counts, held, later=later, order=order))])
    expected = set()
    for index, month in enumerate(official.YEAR[:months]):
        first = date(fiscal_year - (month >= 10), month, 1)
        flag = "partial_month" if through < first.replace(day=monthrange(first.year, month)[1]) else ""
        sums = {"Total": ice[index] + cbp[index]}, {"Total": ice_held[index] + cbp_held[index]}
        for geo in ("ICE", "CBP", "Total"):
            count = {"ICE": ice[index], "CBP": cbp[index], **sums[0]}[geo]
            average = {"ICE": ice_held[index], "CBP": cbp_held[index], **sums[1]}[geo]
            expected |= {("ice_bookins", geo, first, float(count), flag)}
            expected |= {("ice_detained_adp", geo, first, round(average, 4), flag)}
    assert set(extract.figures) == expected
    assert len(extract.figures) == len(expected)
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)
