"""Editions of the Non-State Conflict Dataset as UCDP serves them: quoted CSV, 32 columns, in a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from counterflow.evidence.connectors.official import File, Published

START = ("/downloads/",)

HEADER = (
    "conflict_id", "dyad_id", "org", "side_a_name", "side_a_name_fulltext", "side_a_name_mothertongue", "side_a_id",
    "side_a_components", "side_a_2nd", "gwno_a_2nd", "side_b_name", "side_b_name_fulltext",
    "side_b_name_mothertongue", "side_b_id", "side_b_components", "side_b_2nd", "gwno_b_2nd", "start_date",
    "start_prec", "start_date2", "start_prec2", "ep_end", "ep_end_date", "ep_end_prec", "year",
    "best_fatality_estimate", "low_fatality_estimate", "high_fatality_estimate", "location", "gwno_location",
    "region", "version",
)  # fmt: skip
NUMBERS = {"Mexico": "70", "Guatemala": "90", "Nigeria": "475", "Sudan": "625", "United States of America": "2"}


def row(dyad: int, year: int, best: float, location: str = "Mexico", version: str = "23.1") -> list[str]:
    """One pair of groups in a year."""
    numbers = ", ".join(NUMBERS[country] for country in location.split(", "))
    named = ["Cártel de Sinaloa", "Sinaloa Cartel", "Cártel de Sinaloa", "775", "", "", ""]
    other = ["Fulani, Hausa", "Fulani, Hausa", "Fulani, Hausa", "3800", "608, 607", "", ""]
    dates = ["2008-01-19", "1", f"{year}-04-30", "3", "0", "", ""]
    deaths = [f"{best:.0f}", f"{best:.0f}", f"{best + 9:.0f}"]
    return [
        str(dyad - 610),
        str(dyad),
        "1",
        *named,
        *other,
        *dates,
        str(year),
        *deaths,
        location,
        numbers,
        "5",
        version,
    ]


def as_csv(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """Rows under the published header, every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([header, *rows])
    return text.getvalue().encode()


def rows_of(figures: Iterable[Published], *, version: str = "23.1", last: int = 0) -> list[list[str]]:
    """Rows that add up to the figures: two pairs a year where there are enough deaths, and other countries' rows."""
    rows = [row(10_098, 1989, 41, "Nigeria", version), row(10_278, last or 2022, 28, "Sudan", version)]
    for figure in figures:
        part = figure.value // 3
        rows.append(row(11_052, figure.date.year, figure.value - part, version=version))
        if part:
            rows.append(row(11_053, figure.date.year, part, "Guatemala, Mexico", version))
    return rows


def zipped(data: bytes, name: str = "Nonstate_v23_1.csv") -> bytes:
    """The CSV file in a zip, as the downloads page links it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, data)
    return archive.getvalue()


def write(figures: Iterable[Published], *, version: str = "23.1", last: int = 0) -> bytes:
    """The figures as an edition's CSV file; `last`: the last year that the edition covers."""
    return as_csv(rows_of(figures, version=version, last=last))


def page(*links: str) -> bytes:
    """A downloads page with these links among others."""
    others = '<a href="ged/ged261-csv.zip">GED</a><a href="nsos/ucdp-onesided-261-csv.zip">One-sided</a>'
    anchors = "".join(f'<li><a href="{link}">CSV</a></li>' for link in links)
    body = f"<h1>UCDP Dataset Download Center</h1>{others}<ul>{anchors}</ul>"
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


def site() -> dict[str, tuple[str, bytes]]:
    """The downloads page and the editions that it links to."""
    names = {"231": 12_000, "251": 13_000}
    editions = {
        f"/downloads/nsos/ucdp-nonstate-{number}-csv.zip": (
            "application/zip",
            zipped(as_csv([row(10_098, 1989, 41, "Nigeria", v), row(11_052, 2022, deaths, version=v)])),
        )
        for number, deaths in names.items()
        for v in (f"{number[:2]}.{number[2]}",)
    }
    start = page(*(f"nsos/ucdp-nonstate-{number}-csv.zip" for number in names))
    return {START[0]: ("text/html; charset=utf-8", start), **editions}


def full_size() -> tuple[File, ...]:
    """An edition of the usual size: 1,600 rows, a tenth of them Mexican."""
    places = ("Mexico", *["Nigeria", "Sudan", "Nigeria"] * 3)
    rows = [row(10_000 + n, 1989 + n % 35, 25 + n, places[n % 10]) for n in range(1_600)]
    return (File("ucdp-nonstate-231-csv.zip", zipped(as_csv(rows))),)
