"""Whatever was seized, a file that says it is read as saying it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from counterflow.evidence.connectors.cbp_drugs import parse
from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months
from official.cbp_drugs import BY_AREA, BY_DRUG, DRUGS, PLACES, write

POUNDS = st.integers(0, 10**8).map(lambda ten_thousandths: ten_thousandths / 10_000)


@st.composite
def seized(draw: st.DrawFn) -> tuple[list[Published], int | None]:
    """What was seized in one to three fiscal years, the last of which may be running (then its number is given)."""
    first, years = draw(st.integers(2019, 2030)), draw(st.integers(1, 3))
    running, reached = draw(st.booleans()), draw(st.integers(1, 12))
    figures = []
    for offset in range(12 * (years - 1) + (reached if running else 12)):
        day = add_months(date(first - 1, 10, 1), offset)
        if offset < 2:
            places = draw(st.dictionaries(st.sampled_from([*PLACES["OFO"], *PLACES["USBP"]]), POUNDS))
            drugs = draw(st.dictionaries(st.tuples(st.sampled_from(["OFO", "USBP"]), st.sampled_from(DRUGS)), POUNDS))
        else:
            places, drugs = {"Yuma Sector": float(offset)}, {("OFO", "Heroin"): offset / 8}
        drugs[("USBP", "Cocaine")] = 1.5  # so that no month is without any seizure: no real one is
        for short, of in PLACES.items():
            parts = [value for place, value in places.items() if place in of]
            if parts:
                figures.append(Published(BY_DRUG, f"{short}:Fentanyl", day, round(sum(parts), 4)))
        figures += [Published(BY_AREA, place, day, value) for place, value in places.items()]
        figures += [
            Published(BY_DRUG, f"{short}:{drug}", day, value)
            for (short, drug), value in drugs.items()
            if drug != "Fentanyl"
        ]
    return sorted(figures), first + years - 1 if running else None


@settings(max_examples=30)
@given(seized(), st.integers(1, 4), st.booleans())
def test_what_is_written_is_read(case: tuple[list[Published], int | None], offices: int, stars: bool) -> None:
    figures, running = case
    extract = parse([File("file.csv", write(figures, running=running, offices=offices, stars=stars))])
    assert list(extract.figures) == figures
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)
