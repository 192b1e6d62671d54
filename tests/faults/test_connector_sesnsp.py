"""A file that is not a state table of SESNSP, or not whole, is refused in a line that says what is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors import sesnsp
from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.sesnsp_table import MONTHS
from official.sesnsp import CRIMES_HEADER, VICTIMS_HEADER, as_csv, counts, page, rows, write, zipped

YEAR = counts(date(2025, 1, 1), 12)
GOOD = write(YEAR, victims=True, encoding="utf-8")
BODY = rows(YEAR, victims=False)
MUNICIPAL_HEADER = ("Cve. Municipio", "Municipio", *CRIMES_HEADER)
VICTIMS_BODY = rows(YEAR, victims=True)


def refused(data: bytes) -> str:
    with pytest.raises(EvidenceError) as caught:
        sesnsp.parse([File("file.csv", data)])
    assert caught.value.hint
    assert "file.csv" in caught.value.where
    return str(caught.value)


def changed(column: str, text: str, *, line: int = 0, body: list[list[str]] = BODY) -> bytes:
    """The table of crimes with one cell changed."""
    found = [list(row) for row in body]
    found[line][CRIMES_HEADER.index(column)] = text
    return as_csv(found, CRIMES_HEADER)


def without(keep: slice) -> bytes:
    return as_csv(BODY[keep], CRIMES_HEADER)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x81\x8d\xff", "not cp1252"),
        (b"\x00\x01\x02", "lacks the columns"),
        (b"<html><head><title>Challenge Validation</title></head></html>", "web page"),
        (GOOD.replace(b"Subtipo de delito", b"Subtipo"), "'Subtipo de delito' (is it 'Subtipo' now?)"),
        (GOOD.replace("Año".encode(), b"Anio"), "'Año' (is it 'Anio' now?)"),
        (GOOD.replace(b"Septiembre", b"Setiembre"), "'Septiembre' (is it 'Setiembre' now?)"),
        (GOOD.replace(b"Rango de edad", b"Edad"), "has the column 'Sexo' alone"),
        (as_csv([["1001", "Aguascalientes", *row] for row in BODY], MUNICIPAL_HEADER), "the municipal table"),
        (b"Fiscal Year,Component,Encounter Count\n2024,U.S. Border Patrol,5\n", "lacks the columns"),
        (GOOD[:-7], "cut short"),
        (as_csv([], CRIMES_HEADER), "no rows"),
        (without(slice(0, -9)), "Zacatecas has 0 rows in 2025"),
        (without(slice(0, -1)), "Zacatecas has 8 rows in 2025"),
        (without(slice(1, None)), "Aguascalientes has 8 rows in 2025, 3 of 'homicidio doloso'"),
        (as_csv([*BODY, BODY[0]], CRIMES_HEADER), "same kind of homicide twice"),
        (as_csv(VICTIMS_BODY * 2, VICTIMS_HEADER), "same kind of homicide twice"),
        (changed("Enero", "muchos"), "Enero: 'muchos' is not a number"),
        (changed("Enero", "-1"), "Enero: '-1' is no count"),
        (changed("Enero", "1.5"), "Enero: '1.5' is no count"),
        (changed("Enero", "-1", line=8), "'-1' is no count"),
        (changed("Enero", ""), "Aguascalientes, Enero 2025: 1 of 4 homicide cells are blank"),
        (changed("Año", "25"), "'25' is not a year"),
        (changed("Año", "2014"), "'2014' is not a year from 2015 on"),
        (changed("Entidad", "Aguas calientes"), "the state 'Aguas calientes' with number '1' is not known"),
        (changed("Clave_Ent", "2"), "the state 'Aguascalientes' with number '2' is not known"),
        (changed("Clave_Ent", "33"), "with number '33' is not known"),
        (changed("Clave_Ent", "²"), "with number '²' is not known"),
        (changed("Subtipo de delito", "Homicidio calificado"), "'Homicidio calificado' is not a kind of homicide"),
        (
            changed("Tipo de delito", "Homicidio intencional"),
            "'Homicidio intencional', 'Homicidio doloso' is not",
        ),
        (changed("Subtipo de delito", "Tentativa de homicidio doloso"), "of the instrument used since 2026"),
    ],
)
def test_a_broken_file_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_text_damaged_by_a_wrong_encoding_is_noticed() -> None:
    damaged = GOOD.decode("utf-8").encode("cp1252").decode("cp1252").replace("Michoacán", "MichoacÃ¡n")
    assert "the state 'MichoacÃ¡n de Ocampo'" in refused(damaged.encode())


def test_an_offence_renamed_beyond_knowing_is_not_read_as_none() -> None:
    renamed = [[text.replace("Homicidio", "Muerte violenta") for text in row] for row in BODY]
    assert "0 of 'homicidio doloso'" in refused(as_csv(renamed, CRIMES_HEADER))


def test_a_table_of_both_instruments_is_refused() -> None:
    assert "from one instrument to the other in 2026" in refused(write(counts(date(2025, 1, 1), 14), victims=False))


def test_a_year_missing_in_between_is_noticed() -> None:
    found = YEAR | counts(date(2023, 1, 1), 12)
    assert "years are missing between 2023 and 2025" in refused(write(found, victims=False))


def blanked(months: tuple[str, ...], text: str) -> bytes:
    found = [list(row) for row in BODY]
    for row in found:
        for name in months:
            row[CRIMES_HEADER.index(name)] = text
    return as_csv(found, CRIMES_HEADER)


@pytest.mark.parametrize("text", ["", "0"])
def test_a_month_that_nobody_reports_before_others_that_are_is_a_fault(text: str) -> None:
    assert "no state has an offence in Mayo 2025, though later months have" in refused(blanked(("Mayo",), text))


@pytest.mark.parametrize("text", ["", "0"])
def test_a_table_without_a_single_offence_is_refused(text: str) -> None:
    assert "no state has an offence in Enero 2025." in refused(blanked(MONTHS, text))


def test_a_bad_cell_is_named_by_file_line_and_column() -> None:
    bad = changed("Marzo", "x", line=4)
    with pytest.raises(EvidenceError) as caught:
        sesnsp.parse([File("a.zip", zipped(bad, "carpeta/tabla.csv"))])
    assert caught.value.where == "a.zip/tabla.csv, line 6, Marzo"


def test_two_complete_files_that_differ_and_do_not_say_which_is_newer_are_refused() -> None:
    files = [File("a.csv", as_csv(BODY, CRIMES_HEADER)), File("b.csv", changed("Enero", "99"))]
    with pytest.raises(EvidenceError, match=r"b\.csv: 2025 differs from a\.csv, and nothing tells"):
        sesnsp.parse(files)


class Site:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def page(self, address: str) -> File:
        return File("page", self.body, address)

    def file(self, address: str) -> File | None:
        return None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no state table of crimes"),
        (b"<html><head><title>Challenge Validation</title></head></html>", "a check for browsers"),
        (page((("/f/Estatal-Delitos-2015-2025.zip", "Delitos estatal"),)), "no state table of victims"),
        (page((("/f/Municipal-Victimas-2026.zip", "V&iacute;ctimas municipal"),)), "no state table of crimes"),
    ],
)
def test_a_page_without_the_tables_is_named(body: bytes, said: str) -> None:
    with pytest.raises(EvidenceError, match=said) as caught:
        sesnsp.collect(Site(body))
    assert "--from-file" in caught.value.hint


def test_a_table_of_victims_of_one_sex_is_refused() -> None:
    column = VICTIMS_HEADER.index("Sexo")
    men = as_csv([row for row in VICTIMS_BODY if row[column] != "Mujer"], VICTIMS_HEADER)
    assert "of 2025 the table has victims of hombre, no identificado alone" in refused(men)
