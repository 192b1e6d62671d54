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
    """The extract, with the monthly overdose deaths that its twelve-month totals imply after the last final month.

    deaths(m) = total(m) - total(m - 1) + deaths(m - 12): the difference of two totals of overlapping twelve months
    is what the new month has more than the month that dropped out.
    """
    if not any(figure.series_id == TOTALS for figure in extract.figures):
        return extract
    totals = {o.date: o.value for o in store.observations(TOTALS, PLACE)}
    totals |= {f.date: f.value for f in extract.figures if f.series_id == TOTALS}
    final = {o.date: o.value for o in store.observations(MONTHLY, PLACE) if o.flag != "derived"}
    deaths: dict[date, float] = dict(final)
    added = []
    for month in sorted(day for day in totals if day > max(final)):
        before, a_year_before = totals.get(add_months(month, -1)), deaths.get(add_months(month, -12))
        if before is not None and a_year_before is not None:
            deaths[month] = totals[month] - before + a_year_before
            added.append(Published(MONTHLY, PLACE, month, deaths[month], "derived"))
    return Extract((*extract.figures, *added), extract.totals, extract.covers)
