"""One state table of SESNSP, of crimes or of victims: intentional homicides by state and month.

A row is a year, a state and a kind of offence (and, of victims, a sex and an age), with a cell for each month. Every
state has the same rows in a year, so that a file cut short between two rows is seen. What the cells mean:

- Months that are blank or zero for every offence and every state, at the end of the last year, are not yet
  published (the 2015-2025 file left them blank, the files since 2026 fill them with zeros).
- A state did not report a month where its homicide cells are blank, where all its cells are zero though it has rows
  of other offences, or where it has no homicide though it had at least `SPARSE` in the nearest months that have any,
  before and after: by chance that does not happen (e to the -20). So Oaxaca's zeros of 2015 and October 2016 are
  missing reports and Yucatan's are counts. A month not reported has no figure, and Mexico's sum is understated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import CHANGED, File, Row, count, csv_rows, year

MONTHS = (
    "Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio",
    "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre",
)  # fmt: skip
COLUMNS = ("Año", "Clave_Ent", "Entidad", "Tipo de delito", "Subtipo de delito", "Modalidad", *MONTHS)
VICTIM_COLUMNS = ("Sexo", "Rango de edad")
MUNICIPAL_COLUMNS = ("Municipio", "Cve. Municipio")

# By INEGI's number: the state's name in our series, then the official ones that differ from it.
STATES: Mapping[int, tuple[str, ...]] = {
    1: ("Aguascalientes",), 2: ("Baja California",), 3: ("Baja California Sur",), 4: ("Campeche",),
    5: ("Coahuila", "Coahuila de Zaragoza"), 6: ("Colima",), 7: ("Chiapas",), 8: ("Chihuahua",),
    9: ("Ciudad de México", "Distrito Federal"), 10: ("Durango",), 11: ("Guanajuato",), 12: ("Guerrero",),
    13: ("Hidalgo",), 14: ("Jalisco",), 15: ("Estado de México", "México"),
    16: ("Michoacán", "Michoacán de Ocampo"), 17: ("Morelos",), 18: ("Nayarit",), 19: ("Nuevo León",),
    20: ("Oaxaca",), 21: ("Puebla",), 22: ("Querétaro", "Querétaro de Arteaga"), 23: ("Quintana Roo",),
    24: ("San Luis Potosí",), 25: ("Sinaloa",), 26: ("Sonora",), 27: ("Tabasco",), 28: ("Tamaulipas",),
    29: ("Tlaxcala",), 30: ("Veracruz", "Veracruz de Ignacio de la Llave"), 31: ("Yucatán",), 32: ("Zacatecas",),
}  # fmt: skip

COUNTED = ("homicidio", "homicidio doloso")  # type and subtype
ATTEMPTS = {"tentativa de homicidio doloso", "tentativa de feminicidio"}  # rows of their own only since 2026
NOT_COUNTED = {"homicidio culposo", "feminicidio"} | ATTEMPTS

SEXES = {"hombre", "mujer"}  # every year has victims of both, besides some that are not identified
FIRST_YEAR = 2015  # older files follow another instrument, under another header
NEW_INSTRUMENT = 2026
SPARSE = 20


@dataclass(frozen=True)
class Table:
    """What one file says. A state's figure is None where it did not report the month."""

    file: File
    victims: bool
    first: date
    last: date  # the last month published
    states: Mapping[tuple[str, date], float | None]
    rows_sum: Mapping[date, float]  # all homicide cells of the file, whatever their state


@dataclass
class _Sums:
    """What is added up while the rows go by; lists hold a value per month."""

    rows: Counter[tuple[int, str]] = field(default_factory=Counter)
    homicide_rows: Counter[tuple[int, str]] = field(default_factory=Counter)
    active: dict[tuple[int, str], list[bool]] = field(default_factory=lambda: defaultdict(lambda: [False] * 12))
    homicides: dict[tuple[int, str], list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * 12))
    filled: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 12))
    all_rows: dict[int, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0] * 12))
    seen: set[tuple[int, str, tuple[str, ...]]] = field(default_factory=set)
    sexes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))  # of victims, by year


def read(file: File) -> Table:
    """Intentional homicides (type "Homicidio", subtype "Homicidio doloso", all modalities) of a CSV file.

    Raises EvidenceError where it is another table, a cell is no count, a place or offence is not known, or rows or
    months are missing or doubled.
    """
    sums = _Sums()
    victims: bool | None = None
    known: dict[str, float | None] = {"": None}
    for row in csv_rows(file, COLUMNS, encoding=encoding_of(file)):
        if victims is None:
            victims = _of_victims(row.cells, file.name)
        _add(row, sums, known)
    if victims is None:
        raise EvidenceError("the table has no rows.", where=file.name, hint="Fetch or save it again.")
    years = _require_whole(sums, file.name)
    last = _last_published(sums, years, file.name)
    months = [date(y, m, 1) for y in years for m in range(1, 13) if date(y, m, 1) <= last]
    states = {}
    for names in STATES.values():
        values = [_value(sums, names[0], day, file.name) for day in months]
        for position, day in enumerate(months):
            states[names[0], day] = None if _missing_zero(values, position) else values[position]
    rows_sum = {day: sums.all_rows[day.year][day.month - 1] for day in months}
    return Table(file, victims, months[0], last, states, rows_sum)


def encoding_of(file: File) -> str:
    """UTF-8, with or without a mark, where all of the file is; Windows-1252 otherwise, as most editions are."""
    try:
        file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _of_victims(names: Mapping[str, str], where: str) -> bool:
    """Whether the header is that of victims; raises EvidenceError for a municipal table or half a header."""
    if any(name in names for name in MUNICIPAL_COLUMNS):
        raise EvidenceError(
            "this is the municipal table.",
            where=where,
            hint='Give the state table ("Incidencia delictiva estatal"), from the same page.',
        )
    found = [name for name in VICTIM_COLUMNS if name in names]
    if len(found) == 1:
        raise EvidenceError(
            f"the table has the column {found[0]!r} alone: one of victims has {' and '.join(VICTIM_COLUMNS)}.",
            where=where,
            hint=CHANGED,
        )
    return bool(found)


def _add(row: Row, sums: _Sums, known: dict[str, float | None]) -> None:
    cells, where = row.cells, row.where
    key = (year(cells["Año"], f"{where}, Año", FIRST_YEAR), _state(cells, where))
    counts = []
    for name in MONTHS:
        text = cells[name]
        if text not in known:
            known[text] = count(text, f"{where}, {name}")
        counts.append(known[text])
    sums.rows[key] += 1
    active = sums.active[key]
    for position, value in enumerate(counts):
        if value:
            active[position] = True
    if not _counted(cells, key[0], where):
        return
    sums.homicide_rows[key] += 1
    sums.sexes[key[0]].add(cells.get("Sexo", "").casefold())
    kind = tuple(text.casefold() for name, text in cells.items() if name not in MONTHS)
    if (*key, kind) in sums.seen:
        raise EvidenceError(
            f"{key[1]}, {key[0]} has the same kind of homicide twice.", where=where, hint="Fetch or save it again."
        )
    sums.seen.add((*key, kind))
    homicides, filled = sums.homicides[key], sums.filled[key]
    for position, value in enumerate(counts):
        if value is not None:
            homicides[position] += value
            sums.all_rows[key[0]][position] += value
            filled[position] += 1


def _state(cells: Mapping[str, str], where: str) -> str:
    """The state's name in our series, which its number and its official name must agree on."""
    number, name = cells["Clave_Ent"], cells["Entidad"]
    names = STATES.get(int(number)) if number.isascii() and number.isdigit() else None
    if names is None or name.casefold() not in {own.casefold() for own in names}:
        raise EvidenceError(
            f"the state {name!r} with number {number!r} is not known.",
            where=where,
            hint="The file's text may be damaged, or the publisher has renamed a state.",
        )
    return names[0]


def _counted(cells: Mapping[str, str], in_year: int, where: str) -> bool:
    """Whether a row counts as intentional homicide; raises EvidenceError for a kind of homicide that is not known."""
    offence, kind = (" ".join(cells[name].split()).casefold() for name in ("Tipo de delito", "Subtipo de delito"))
    if (offence, kind) == COUNTED:
        return True
    if kind in ATTEMPTS and in_year < NEW_INSTRUMENT:
        raise EvidenceError(
            f"{cells['Subtipo de delito']!r} in {in_year} is of the instrument used since {NEW_INSTRUMENT}.",
            where=where,
            hint="Figures of the two instruments are not comparable: give the publisher's file of 2015-2025.",
        )
    if ("homicid" in offence or "homicid" in kind) and (offence != COUNTED[0] or kind not in NOT_COUNTED):
        raise EvidenceError(
            f"{cells['Tipo de delito']!r}, {cells['Subtipo de delito']!r} is not a kind of homicide that is known.",
            where=where,
            hint="It must be settled whether it counts before the file can be read.",
        )
    return False


def _require_whole(sums: _Sums, where: str) -> Sequence[int]:
    """The years, where they follow one another and each has the same rows of every state."""
    years = sorted({key[0] for key in sums.rows})
    if years != list(range(years[0], years[-1] + 1)):
        raise EvidenceError(
            f"years are missing between {years[0]} and {years[-1]}.", where=where, hint="Fetch it again."
        )
    if years[0] < NEW_INSTRUMENT <= years[-1]:
        raise EvidenceError(
            f"the table goes over from one instrument to the other in {NEW_INSTRUMENT}.",
            where=where,
            hint="The two are not comparable: give the publisher's files, one for each.",
        )
    for in_year in years:
        if (given := sums.sexes[in_year] - {""}) and not given >= SEXES:
            raise EvidenceError(
                f"of {in_year} the table has victims of {', '.join(sorted(given))} alone: it may be filtered.",
                where=where,
                hint="Give the whole of the publisher's file.",
            )
        most = max(sums.rows[in_year, names[0]] for names in STATES.values())
        most_homicide = max(sums.homicide_rows[in_year, names[0]] for names in STATES.values())
        for state, *_ in STATES.values():
            rows, homicide = sums.rows[in_year, state], sums.homicide_rows[in_year, state]
            if rows < most or homicide < most_homicide or not homicide:
                raise EvidenceError(
                    f"{state} has {rows} rows in {in_year}, {homicide} of {COUNTED[1]!r}; others {most} and "
                    f"{most_homicide}: the file may be cut short, or the offence renamed.",
                    where=where,
                    hint="Fetch or save it again.",
                )
    return years


def _last_published(sums: _Sums, years: Sequence[int], where: str) -> date:
    """The last month in which any state has any offence; before it no month may lack all of them."""
    published = [
        any(sums.active[in_year, names[0]][position] for names in STATES.values())
        for in_year in years
        for position in range(12)
    ]
    number = sum(published)
    if not number or not all(published[:number]):
        gap = published.index(False)
        raise EvidenceError(
            f"no state has an offence in {MONTHS[gap % 12]} {years[gap // 12]}"
            + (", though later months have." if number else "."),
            where=where,
            hint="Fetch or save it again.",
        )
    if number <= 12 * (len(years) - 1):
        raise EvidenceError(
            f"no state has an offence in {years[-1]}.", where=where, hint="Give the edition published before."
        )
    return date(years[(number - 1) // 12], (number - 1) % 12 + 1, 1)


def _value(sums: _Sums, state: str, day: date, where: str) -> float | None:
    """A state's figure for a month; None where its cells are blank, or zero for all its offences."""
    key, position = (day.year, state), day.month - 1
    filled, rows = sums.filled[key][position], sums.homicide_rows[key]
    if 0 < filled < rows:
        raise EvidenceError(
            f"{state}, {MONTHS[position]} {day.year}: {rows - filled} of {rows} homicide cells are blank.",
            where=where,
            hint="A blank is not zero: the publisher's own file has all of them or none.",
        )
    silent = not sums.active[key][position] and sums.rows[key] > rows
    return None if not filled or silent else sums.homicides[key][position]


def _missing_zero(values: Sequence[float | None], position: int) -> bool:
    """Whether a zero stands among months with so many that it must be a missing report."""
    if values[position] != 0:
        return False
    before = next((value for value in reversed(values[:position]) if value), None)
    after = next((value for value in values[position + 1 :] if value), None)
    near = [value for value in (before, after) if value is not None]
    return bool(near) and min(near) >= SPARSE
