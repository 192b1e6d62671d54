"""Tables as data.cdc.gov serves xkb8-kh2a: JSON of the API, CSV of the site, with other states among the rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date

from counterflow.evidence.connectors.cdc_vsrr import ALL, SERIES, SYNTHETIC
from counterflow.evidence.connectors.official import File, Published

START = ("/resource/xkb8-kh2a.json",)

# The site's CSV, and the API's JSON, have these columns in this order.
CSV_HEADER = (
    "State", "Year", "Month", "Period", "Indicator", "Data Value", "Percent Complete",
    "Percent Pending Investigation", "State Name", "Footnote", "Footnote Symbol", "Predicted Value",
)  # fmt: skip
JSON_NAMES = tuple(name.lower().replace(" ", "_") for name in CSV_HEADER)
FINAL = "Numbers may differ from published reports using final data. See Technical Notes."
PARTIAL = "Underreported due to incomplete data."
OTHER_INDICATORS = ("Cocaine (T40.5)", "Number of Deaths", "Opioids (T40.0-T40.4,T40.6)")


def table(figures: Iterable[Published], *, others: bool = True) -> list[dict[str, str]]:
    """The rows that hold the figures, under the JSON's names; blank cells are "".

    `others`: with rows of other states and indicators, as in a full download, and counts that are not ours.
    """
    cells: dict[tuple[str, date], dict[str, float]] = {}
    for figure in figures:
        for indicator, columns in SERIES.items():
            for column, series in columns.items():
                if series == figure.series_id:
                    cells.setdefault((indicator, figure.date), {})[column] = figure.value
    rows = []
    for (indicator, day), values in sorted(cells.items()):
        if indicator == ALL and others:
            values = {"data_value": values["predicted_value"] + 7} | values  # what is reported is no series of ours
        rows.append(row("US", "United States", day, indicator, values))
        if others:
            rows.append(row("YC", "New York City", day, indicator, {"data_value": 12, "predicted_value": 13}))
            rows += [row("US", "United States", day, other, {"data_value": 55}) for other in OTHER_INDICATORS]
    return rows


def row(state: str, name: str, day: date, indicator: str, values: Mapping[str, float]) -> dict[str, str]:
    """One row; numbers with commas, as the table has them since 2024."""
    texts = {column: f"{value:,.0f}" if value == int(value) else f"{value:,}" for column, value in values.items()}
    fixed = (state, str(day.year), f"{day:%B}", "12 month-ending", indicator, texts.get("data_value", ""))
    note = (FINAL, "**") if day.year < 2025 else (PARTIAL, "*")
    return dict(
        zip(JSON_NAMES, (*fixed, "100", "0.131647843", name, *note, texts.get("predicted_value", "")), strict=True)
    )


def as_json(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The API's answer: blank cells are left out, a row a line."""
    objects = (json.dumps({name: text for name, text in cells.items() if text}) for cells in rows)
    return b"[" + "\n,".join(objects).encode() + b"]\n"


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The site's export."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    writer.writerows([cells[name] for name in JSON_NAMES] for cells in rows)
    return text.getvalue().encode()


def write(figures: Iterable[Published], *, form: str = "json", others: bool = True) -> bytes:
    """The figures as the API ("json") or the site ("csv") would serve them."""
    return {"json": as_json, "csv": as_csv}[form](table(figures, others=others))


def figures(first_year: int = 2015, years: int = 2, *, months: int = 12) -> list[Published]:
    """Plausible figures for whole years and `months` of the last one."""
    days = [date(first_year + n, m, 1) for n in range(years) for m in range(1, (months if n == years - 1 else 12) + 1)]
    found = []
    for number, day in enumerate(days):
        for place, (series, base) in enumerate(
            (
                ("overdose_deaths_all_12mo", 47_856),
                ("overdose_deaths_t404_12mo_predicted", 5_804),
                ("overdose_deaths_t404_12mo_reported", 5_766),
            )
        ):
            found.append(Published(series, "united_states", day, float(base + 37 * number + place)))
    return sorted(found)


def site() -> dict[str, tuple[str, bytes]]:
    """What the server answers: the API, whatever the query."""
    return {START[0]: ("application/json", write(figures(2024, 2, months=4), others=False))}


def full_size() -> tuple[File, ...]:
    """A full download as CSV: 53 places, 12 indicators, 140 months."""
    indicators = (SYNTHETIC, ALL, *OTHER_INDICATORS, *(f"Other indicator {n}" for n in range(7)))
    days = [date(2015 + n // 12, n % 12 + 1, 1) for n in range(140)]
    places = [("US", "United States"), *((f"S{n}", f"State {n}") for n in range(52))]
    rows = (
        row(state, name, day, indicator, {"data_value": 40_000 + n, "predicted_value": 40_100 + n})
        for state, name in places
        for indicator in indicators
        for n, day in enumerate(days)
    )
    return (File("VSRR_Provisional_Drug_Overdose_Death_Counts.csv", as_csv(rows)),)
