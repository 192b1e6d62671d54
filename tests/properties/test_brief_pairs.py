"""Whatever the two numbers, a sentence that gives both ends of a change gives one pair."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterflow.brief.reader import read

FORMS = (
    "Apprehensions {moved} from {first:,} in {then} to {last:,} in {now}.",
    "Apprehensions {moved} to {last:,} in {now} from {first:,} in {then}.",
    "Apprehensions were {last:,} in {now}, {way} from {first:,} in {then}.",
)
MONTHS = ("March 2024", "April 2024", "January 2025", "May 2025")


@given(
    st.sampled_from(FORMS),
    st.integers(3000, 10**6),
    st.integers(3000, 10**6),
    st.permutations(MONTHS),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ends_are_found_with_their_own_months(
    tmp_path: Path, form: str, first: int, last: int, months: list[str]
) -> None:
    down = last < first
    words = {"moved": "fell" if down else "rose", "way": "down" if down else "up"}
    text = form.format(first=first, last=last, then=months[0], now=months[1], **words)
    place = tmp_path / "document.md"
    place.write_text(f"{text}\n", encoding="utf-8")
    found = read(place, date=date(2025, 11, 5)).claims
    if first == last:
        return
    ends = {c.endpoint: c for c in found if c.endpoint}
    assert {end: c.value for end, c in ends.items()} == {"from": first, "to": last}
    assert len({c.pair_id for c in ends.values()}) == 1
    assert {end: c.period.text for end, c in ends.items() if c.period} == {"from": months[0], "to": months[1]}
    for claim in found:
        assert (claim.pair_id is None) <= (claim.endpoint is None)
