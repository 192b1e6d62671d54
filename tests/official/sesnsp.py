"""State tables of crimes and victims as SESNSP publishes them: Windows-1252 or UTF-8 with a mark, in a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date

from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.sesnsp_table import MONTHS, STATES

START = ("/sesnsp/acciones-y-programas/datos-abiertos-de-incidencia-delictiva",)
FILES = "/cms/uploads/attachment/file/1058582/"

Counts = Mapping[tuple[str, date], float | None]  # by state (our name) and month; None: the cells are blank

KEYS = ("Año", "Clave_Ent", "Entidad", "Bien jurídico afectado", "Tipo de delito", "Subtipo de delito", "Modalidad")
CRIMES_HEADER = (*KEYS, *MONTHS)
VICTIMS_HEADER = (*KEYS, "Sexo", "Rango de edad", *MONTHS)
LIFE, PROPERTY = "La vida y la Integridad corporal", "El patrimonio"
WEAPONS = ("Con arma de fuego", "Con arma blanca", "Con otro elemento", "No especificado")
# Offence, subtype, modalities; the first is what counts.
OLD = (
    (LIFE, "Homicidio", "Homicidio doloso", WEAPONS),
    (LIFE, "Homicidio", "Homicidio culposo", ("En accidente de tránsito",)),
    (LIFE, "Feminicidio", "Feminicidio", ("Con arma blanca",)),
    (LIFE, "Lesiones", "Lesiones dolosas", ("Con arma de fuego", "No especificado")),
    (
        PROPERTY,
        "Robo",
        "Robo de maquinaria",
        ("Robo de cables, tubos y otros objetos destinados a servicios públicos",),
    ),
)
NEW = (
    *OLD,
    (LIFE, "Homicidio", "Tentativa de homicidio doloso", ("Tentativa de homicidio doloso",)),
    (LIFE, "Feminicidio", "Tentativa de feminicidio", ("Tentativa de feminicidio",)),
)
SEXES = ("Hombre", "Mujer", "No identificado")
AGES = ("Menores de edad (0-17)", "Adultos (18 y más)", "No especificado", "No identificado")


def rows(counts: Counts, *, victims: bool, to_come: str = "") -> list[list[str]]:
    """The rows that add up to the counts, without the header.

    Months that `counts` lacks for every state are to come: blank, or "0" as since 2026. A month that it lacks for
    one state alone is blank there.
    """
    published = {day for _, day in counts}
    found = []
    for in_year in sorted({day.year for day in published}):
        days = [date(in_year, month, 1) for month in range(1, 13)]
        people = [(sex, age) for sex in SEXES for age in AGES] if victims else [()]
        for number, names in STATES.items():
            for good, offence, kind, ways in OLD if in_year < 2026 else NEW:
                for place, way in enumerate(ways):
                    for position, person in enumerate(people):
                        share = (place, position, len(ways), len(people))
                        cells = [_cell(counts, names[0], day, kind, share, published, to_come) for day in days]
                        key = [
                            str(in_year),
                            str(number),
                            names[-1] if number != 9 else names[0],
                            good,
                            offence,
                            kind,
                            way,
                        ]
                        found.append([*key, *person, *cells])
    return found


def _cell(
    counts: Counts,
    state: str,
    day: date,
    kind: str,
    share: tuple[int, int, int, int],
    published: set[date],
    to_come: str,
) -> str:
    if day not in published:
        return to_come
    if kind != "Homicidio doloso":
        return "3"  # other offences are reported every month
    count = counts.get((state, day))
    if count is None:
        return ""
    place, position, ways, people = share
    cells, index = ways * people, place * people + position
    return str(int(count) // cells + (index < int(count) % cells))


def as_csv(body: list[list[str]], header: tuple[str, ...], encoding: str = "cp1252") -> bytes:
    """Rows under a header, with the line ends of the original."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([header, *body])
    return text.getvalue().encode(encoding)


def write(counts: Counts, *, victims: bool, to_come: str = "", encoding: str = "cp1252") -> bytes:
    """The counts as a CSV file of victims or of crimes."""
    header = VICTIMS_HEADER if victims else CRIMES_HEADER
    return as_csv(rows(counts, victims=victims, to_come=to_come), header, encoding)


def zipped(data: bytes, name: str = "Estatal-Víctimas-2015-2025_ago2026.csv") -> bytes:
    """The CSV file in a zip of its own."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, data)
    return archive.getvalue()


def counts(first: date, months: int, *, shift: int = 0) -> dict[tuple[str, date], float]:
    """Plausible counts: states from 3 to 190 a month."""
    found = {}
    for n in range(months):
        day = date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for number, names in STATES.items():
            found[names[0], day] = float(3 + number * 6 - (n + number) % 3 + shift)
    return found


RUNNING, CLOSED = "Enero - agosto&nbsp;2026 (Fuero com&uacute;n", "2015 - 2025 (Fuero Com&uacute;n"
STATE, VICTIMS = "Incidencia delictiva estatal", "V&iacute;ctimas"
# File names and wordings of links, as of September 2026.
LABELS = (
    ("RNID-Delitos_Estatal-2026-ago2026.zip", f"{RUNNING} - Delitos). {STATE}"),
    ("RNID-Delitos_Municipal-2026-ago2026.zip", f"{RUNNING} - Delitos). Incidencia delictiva municipal"),
    ("RNID-Victimas_Estatal-2026-ago2026.zip", f"{RUNNING} - {VICTIMS}). {STATE}"),
    ("Estatal-Delitos-2015-2025_ago2026.zip", f"{CLOSED} - Delitos). {STATE}"),
    ("Estatal-Victimas-2015-2025_ago2026.zip", f"{CLOSED} - {VICTIMS}). {STATE}"),
    ("Federal-2015-2026_ago2026.zip", f"2015 - 2026 (Fuero Federal - Delitos). {STATE}"),
)


def page(links: tuple[tuple[str, str], ...]) -> bytes:
    """The page of open data with links (address, wording in HTML), and others that lead to no table."""
    others = (
        '<a href="https://app.powerbi.com/x">Enero - agosto 2026 (Fuero com&uacute;n - V&iacute;ctimas). Tablero '
        'din&aacute;mico de Registro Nacional de Incidencia Delictiva estatal</a><a href="/sesnsp">Inicio</a>'
    )
    items = "".join(f'<li><a href="{address}" target="_blank">{wording}</a></li>' for address, wording in links)
    body = f"<body>{others}<ul>{items}</ul></body>"
    return f'<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"></head>{body}</html>'.encode()


def site() -> dict[str, tuple[str, bytes]]:
    """The page and the state files that it links to."""
    old, new = counts(date(2025, 1, 1), 12), counts(date(2026, 1, 1), 8)
    data = {
        "RNID-Delitos_Estatal": write(new, victims=False, to_come="0", encoding="utf-8-sig"),
        "RNID-Victimas_Estatal": write(counts(date(2026, 1, 1), 8, shift=1), victims=True, to_come="0"),
        "Estatal-Delitos": write(old, victims=False),
        "Estatal-Victimas": write(counts(date(2025, 1, 1), 12, shift=1), victims=True),
    }
    files = {
        FILES + name: ("application/zip", zipped(data[stem]))
        for name, _ in LABELS
        for stem in data
        if name.startswith(stem)
    }
    start = page(tuple((FILES + name, wording) for name, wording in LABELS))
    return {START[0]: ("text/html; charset=utf-8", start), **files}


def full_size() -> tuple[File, ...]:
    """Eleven years of victims and of crimes, and eight months of 2026, with as many rows of a state as published."""
    old, new = counts(date(2015, 1, 1), 132), counts(date(2026, 1, 1), 8)
    wide = [
        File("Estatal-Victimas-2015-2025_ago2026.zip", zipped(_padded(old, True, 230))),
        File("Estatal-Delitos-2015-2025_ago2026.zip", zipped(_padded(old, False, 98))),
        File("RNID-Victimas_Estatal-2026-ago2026.zip", zipped(_padded(new, True, 1_026))),
        File("RNID-Delitos_Estatal-2026-ago2026.zip", zipped(_padded(new, False, 114))),
    ]
    return tuple(wide)


def _padded(found: Counts, victims: bool, of_a_state: int) -> bytes:
    """A table with as many rows of every state and year as the publisher's has."""
    body = rows(found, victims=victims, to_come="0")
    per_state = len(body) // (len(STATES) * len({day.year for _, day in found}))
    padded = []
    for start in range(0, len(body), per_state):
        block = body[start : start + per_state]
        last = block[-1]
        extra = [[*last[:3], PROPERTY, "Robo", f"Otros robos {n}", *last[6:]] for n in range(of_a_state - per_state)]
        padded += block + extra
    return as_csv(padded, VICTIMS_HEADER if victims else CRIMES_HEADER)
