"""Figures that no publisher gives, computed from figures that one does; flagged "derived" wherever they stand."""

from __future__ import annotations

from datetime import date

from counterflow.evidence.connectors.official import Extract, Published
from counterflow.evidence.periods import add_months
from counterflow.evidence.store import Store

MONTHLY = "overdose_deaths_synthetic_opioids"
TOTALS = "overdose_deaths_t404_12mo_predicted"  # never differenced against the reported ones
PLACE = "united_states"


def with_derived(extract: Extract, store: Store) -> Extract:
    """The extract, with the monthly overdose deaths that its twelve-month totals imply after the bundled months.

    deaths(m) = total(m) - total(m - 1) + deaths(m - 12): the difference of two totals of overlapping twelve months
    is what the new month has more than the month that dropped out. Months that came with the package stay as they
    are: their compiler derived the last of them from an earlier edition of the totals.
    """
    given = {f.date: f.value for f in extract.figures if f.series_id == TOTALS}
    if not given:
        return extract
    first, last = extract.covers.get(TOTALS, (date.max, date.min))
    held = {o.date: o.value for o in store.observations(TOTALS, PLACE)}
    totals = {day: value for day, value in held.items() if not first <= day <= last} | given
    bundled = {v["id"] for v in store.manifest["vintages"] if v["bundled"]}
    deaths = {o.date: o.value for o in store.observations(MONTHLY, PLACE) if o.vintage in bundled}
    added = []
    for month in sorted(day for day in totals if day > max(deaths)):
        before, a_year_before = totals.get(add_months(month, -1)), deaths.get(add_months(month, -12))
        if before is not None and a_year_before is not None:
            deaths[month] = totals[month] - before + a_year_before
            added.append(Published(MONTHLY, PLACE, month, deaths[month], "derived"))
    return Extract((*extract.figures, *added), extract.totals, extract.covers)
