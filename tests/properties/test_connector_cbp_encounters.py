"""Whatever the figures, a file that says them is read as saying them."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.connectors.cbp_encounters import parse
from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months
from official.cbp_encounters import figures_of, write

SERIES = {
    "aor": {
        "usbp_encounters_sw",
        "ofo_encounters_sw",
        "cbp_encounters_sw",
        "usbp_encounters_sector",
        "usbp_encounters_nationwide",
    },
    "sbo": {"usbp_encounters_sw", "ofo_encounters_sw", "cbp_encounters_sw"},
    "state": {"cbp_encounters_sw", "cbp_encounters_sw_by_state"},
}


@st.composite
def published(draw: st.DrawFn) -> tuple[list[Published], int | None]:
    """Figures of one to three fiscal years, the last of which may be running (then its number is given)."""
    first = draw(st.integers(2019, 2030))
    years = draw(st.integers(1, 3))
    reached = draw(st.integers(1, 12))
    running = draw(st.booleans())
    count = 12 * (years - 1) + (reached if running else 12)
    number = st.integers(0, 300_000)
    months = {}
    for offset in range(count):
        sectors = draw(st.lists(number, min_size=9, max_size=9)) if offset < 3 else [offset] * 9
        ports, beyond = (draw(number), draw(number)) if offset < 3 else (offset, 1)
        both = sum(sectors) + ports
        states = [both // 5, both // 7, both // 3]
        months[add_months(date(first - 1, 10, 1), offset)] = (sectors, ports, beyond, [*states, both - sum(states)])
    return figures_of(months), first + years - 1 if running else None


@settings(max_examples=25)
@given(published(), st.sampled_from(sorted(SERIES)), st.integers(1, 5), st.booleans())
def test_what_is_written_is_read(
    case: tuple[list[Published], int | None], kind: str, detail: int, to_come: bool
) -> None:
    figures, running = case
    data = write(kind, figures, running=running, detail=detail, to_come=to_come)
    extract = parse([File("file.csv", data)])
    assert list(extract.figures) == [f for f in figures if f.series_id in SERIES[kind]]
    assert all(total.stated == total.added for total in extract.totals)


@settings(max_examples=10)
@given(published())
def test_the_kinds_agree_with_each_other(case: tuple[list[Published], int | None]) -> None:
    figures, running = case
    extract = parse([File(f"{kind}.csv", write(kind, figures, running=running, detail=1)) for kind in SERIES])
    assert list(extract.figures) == figures
    assert extract.totals
    assert all(total.stated == total.added for total in extract.totals)
