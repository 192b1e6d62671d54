"""Whatever month and place a sentence names: it holds where its number is the record's, and not where it is another."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from counterflow.assess import check
from counterflow.brief.reader import read
from counterflow.evidence.periods import month_of
from counterflow.evidence.schema import Check
from evidence_cases import store

WRITTEN = date(2026, 1, 15)
MONTHS = st.dates(date(2021, 10, 1), date(2024, 11, 1)).map(lambda day: month_of(day).start)
SUBJECTS = {
    "Border Patrol encounters between ports at the southwest border": ("usbp_encounters_sw", "southwest"),
    "Border Patrol apprehensions in the Tucson sector": ("usbp_encounters_sector", "Tucson"),
    "Border Patrol apprehensions in the Rio Grande Valley sector": ("usbp_encounters_sector", "Rio Grande Valley"),
    "Homicides in Mexico": ("homicide_victims_mx", "mexico"),
    "Homicides in Guanajuato": ("homicide_victims_mx_state", "Guanajuato"),
    "US deaths from synthetic opioids": ("overdose_deaths_synthetic_opioids", "united_states"),
}
CHANGES = (
    "{subject} {verb} {percent}% from {then} to {now}.",
    "{subject} {verb} {percent}% in {now} compared to {then}.",
    "In {now}, {subject_inside} {verb} by {percent} percent compared with {then}.",
)


def value(subject: str, month: date) -> float:
    series_id, geo = SUBJECTS[subject]
    return {o.date: o.value for o in store().observations(series_id, geo)}[month]


def checked(sentence: str) -> Check:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "release.md"
        document.write_text(f"# Border enforcement update\n\n{sentence}\n", encoding="utf-8")
        brief = read(document, date=WRITTEN)
    found = [one for one in check(brief, store(), date=WRITTEN) if one.claim.value is not None]
    of_the_change = [one for one in found if one.claim.claim_type == "change_pct"] or found
    assert len(of_the_change) == 1, (sentence, [one.claim.quote_span.quote for one in found])
    return of_the_change[0]


@given(st.sampled_from(sorted(SUBJECTS)), MONTHS, MONTHS, st.sampled_from(CHANGES), st.sampled_from([0, 7, 25]))
def test_a_stated_change_holds_where_it_is_the_record_s_and_nowhere_else(
    subject: str, then: date, now: date, form: str, off: int
) -> None:
    assume(then < now)
    change = 100 * (value(subject, now) / value(subject, then) - 1)
    assume(3 <= abs(change) <= 300 and abs(abs(change) % 1 - 0.5) > 0.1)
    stated = round(abs(change)) + off
    verb = "fell" if change < 0 else "rose"
    inside = subject if subject.startswith(("US", "Border", "Homicides")) else subject[0].lower() + subject[1:]
    words = {"subject": subject, "subject_inside": inside, "verb": verb, "percent": stated}
    sentence = form.format(then=f"{then:%B %Y}", now=f"{now:%B %Y}", **words)
    found = checked(sentence)
    assert found.verdict == ("holds_none" if off else "holds_all"), (sentence, change, found.explanation)


A_YEAR_BEFORE = (
    "In {now}, {subject} {verb} {percent}% compared to the same month last year.",
    "{subject} {verb} {percent}% in {now} from the same month a year earlier.",
    "{subject} {verb} {percent}% from {before:,} in {then} to {after:,} in {now}.",
)


@given(st.sampled_from(sorted(SUBJECTS)), MONTHS, st.sampled_from(A_YEAR_BEFORE), st.sampled_from([0, 7, 25]))
def test_a_change_from_the_year_before_is_set_against_the_same_month(
    subject: str, now: date, form: str, off: int
) -> None:
    assume(now >= date(2022, 10, 1))
    then = now.replace(year=now.year - 1)
    before, after = value(subject, then), value(subject, now)
    change = 100 * (after / before - 1)
    assume(3 <= abs(change) <= 300 and abs(abs(change) % 1 - 0.5) > 0.1)
    words = {"subject": subject, "verb": "fell" if change < 0 else "rose", "percent": round(abs(change)) + off}
    counts = {"before": round(before), "after": round(after)}
    found = checked(form.format(then=f"{then:%B %Y}", now=f"{now:%B %Y}", **words, **counts))
    assert found.verdict == ("holds_none" if off else "holds_all"), (form, words, change, found.explanation)


@given(st.sampled_from(sorted(SUBJECTS)), MONTHS, st.sampled_from([0.0, 0.2]))
def test_a_stated_count_holds_where_it_is_the_record_s_and_nowhere_else(subject: str, month: date, off: float) -> None:
    stated = round(value(subject, month) * (1 + off))
    sentence = f"{subject} reached {stated:,} in {month:%B %Y}."
    found = checked(sentence)
    assert found.verdict == ("holds_none" if off else "holds_all"), (sentence, found.explanation)
