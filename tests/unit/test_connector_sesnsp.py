"""Intentional homicides are read from SESNSP's state tables as the bundled series were."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date

import pytest

from counterflow.evidence.connectors import sesnsp
from counterflow.evidence.connectors.official import File
from counterflow.evidence.connectors.sesnsp import CRIMES, VICTIMS, VICTIMS_BY_STATE
from counterflow.evidence.connectors.sesnsp_table import STATES
from evidence_cases import PUBLISHED
from official import sesnsp as publisher
from official.sesnsp import Counts, counts, page, write, zipped

JANUARY = date(2015, 1, 1)
ALL_YEAR = {(state, date(2015, month, 1)): 30.0 for state, *_ in STATES.values() for month in range(1, 13)}


def victims(found: Counts, name: str = "victims.csv", **how: str) -> File:
    return File(name, write(found, victims=True, **how))


def crimes(found: Counts, name: str = "crimes.csv", **how: str) -> File:
    return File(name, write(found, victims=False, **how))


def values(*files: File, series: str = VICTIMS) -> dict[tuple[str, date], tuple[float, str]]:
    figures = sesnsp.parse(files).figures
    return {(figure.geo, figure.date): (figure.value, figure.flag) for figure in figures if figure.series_id == series}


def state(files: File, name: str) -> dict[date, float]:
    return {day: value for (geo, day), (value, _) in values(files, series=VICTIMS_BY_STATE).items() if geo == name}


def test_victims_are_read_by_state_and_for_mexico() -> None:
    found = sesnsp.parse([victims(ALL_YEAR)])
    assert {figure.series_id for figure in found.figures} == {VICTIMS, VICTIMS_BY_STATE}
    assert values(victims(ALL_YEAR))["mexico", JANUARY] == (32 * 30.0, "")
    assert state(victims(ALL_YEAR), "Estado de México")[JANUARY] == 30.0
    assert len(values(victims(ALL_YEAR), series=VICTIMS_BY_STATE)) == 32 * 12


def test_crimes_are_a_series_of_their_own_and_flagged_with_their_instrument() -> None:
    found = sesnsp.parse([crimes(ALL_YEAR)])
    assert {(figure.series_id, figure.geo, figure.flag) for figure in found.figures} == {
        (CRIMES, "mexico", "instrument_2015")
    }


def test_states_go_by_the_names_of_our_series_whatever_the_official_ones() -> None:
    data = write(ALL_YEAR, victims=True)
    assert "Coahuila de Zaragoza".encode("cp1252") in data
    assert "Veracruz de Ignacio de la Llave".encode("cp1252") in data
    geos = {geo for geo, _ in values(File("a.csv", data), series=VICTIMS_BY_STATE)}
    assert geos == {names[0] for names in STATES.values()}
    assert {"Coahuila", "Michoacán", "Veracruz", "Estado de México", "Ciudad de México"} < geos


def test_all_weapons_sexes_and_ages_count_and_no_other_offence_does() -> None:
    few = dict.fromkeys(ALL_YEAR, 0.0) | {("Colima", JANUARY): 1.0, ("Colima", date(2015, 2, 1)): 19.0}
    assert state(victims(few), "Colima") == {date(2015, m, 1): {1: 1.0, 2: 19.0}.get(m, 0.0) for m in range(1, 13)}


def test_femicide_negligence_and_attempts_are_not_counted() -> None:
    found = counts(date(2026, 1, 1), 1)
    data = write(found, victims=True, encoding="utf-8-sig").decode("utf-8-sig")
    for kind in (
        "Feminicidio,Feminicidio",
        "Homicidio,Homicidio culposo",
        "Tentativa de homicidio doloso",
        "Tentativa de fem",
    ):
        assert kind in data
    assert values(File("a.csv", data.encode()))["mexico", date(2026, 1, 1)][0] == sum(found.values())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_either_encoding_and_either_packing_says_the_same(encoding: str) -> None:
    data = write(ALL_YEAR, victims=True, encoding=encoding)
    assert values(File("a.csv", data)) == values(File("a.zip", zipped(data))) == values(victims(ALL_YEAR))


def test_a_state_that_falls_silent_after_many_is_missing_and_not_at_peace() -> None:
    silent = {("Jalisco", date(2015, month, 1)): 0.0 for month in range(6, 13)}
    assert max(state(victims(ALL_YEAR | silent), "Jalisco")) == date(2015, 5, 1)


# --- months to come, and months not reported ---


@pytest.mark.parametrize("to_come", ["", "0"])
def test_months_to_come_are_no_zeros(to_come: str) -> None:
    found = sesnsp.parse([victims(counts(date(2026, 1, 1), 8), to_come=to_come)])
    assert max(figure.date for figure in found.figures) == date(2026, 8, 1)
    assert found.covers == dict.fromkeys((VICTIMS, VICTIMS_BY_STATE), (date(2026, 1, 1), date(2026, 8, 1)))


def test_a_month_without_homicides_but_with_other_offences_is_published() -> None:
    quiet = ALL_YEAR | {key: 0.0 for key in ALL_YEAR if key[0] not in ("Oaxaca", "Jalisco")}
    assert state(victims(quiet), "Colima")[date(2015, 12, 1)] == 0.0


def test_a_zero_among_many_is_a_missing_report_and_the_sum_is_understated() -> None:
    oaxaca = {("Oaxaca", date(2015, month, 1)): 0.0 for month in (1, 3, 4, 6, 7, 9, 10, 12)}
    file = victims(ALL_YEAR | oaxaca)
    assert sorted(day.month for day in state(file, "Oaxaca")) == [2, 5, 8, 11]
    assert values(file)["mexico", JANUARY] == (31 * 30.0, "understated")
    assert values(file)["mexico", date(2015, 2, 1)] == (32 * 30.0, "")


def test_a_zero_among_few_is_a_count() -> None:
    yucatan = {("Yucatán", date(2015, month, 1)): float(month % 3) for month in range(1, 13)}
    file = victims(ALL_YEAR | yucatan)
    assert state(file, "Yucatán")[date(2015, 3, 1)] == 0.0
    assert {flag for _, flag in values(file).values()} == {""}


def test_the_bundled_record_follows_from_the_rule() -> None:
    """Where the figures that the project was built from are at hand, zeros marked as missing are found by the rule."""
    source = PUBLISHED / "observations.csv"
    if not source.exists():
        pytest.skip("the figures that the bundled tables were built from are not beside the checkout")
    with source.open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["series_id"] == VICTIMS_BY_STATE]
    marked = {(row["geo"], date.fromisoformat(row["date"])) for row in rows if row["flag"]}
    every = {(row["geo"], date.fromisoformat(row["date"])): float(row["value"]) for row in rows}
    found = set(values(victims(every), series=VICTIMS_BY_STATE))
    assert every.keys() - found == marked
    understated = {day for (_, day), (_, flag) in values(victims(every)).items() if flag == "understated"}
    assert understated == {day for _, day in marked}


def test_blank_cells_of_one_state_are_a_missing_report() -> None:
    some: Mapping[tuple[str, date], float | None] = ALL_YEAR | {("Colima", date(2015, 12, 1)): None}
    file = victims(some)
    assert date(2015, 12, 1) not in state(file, "Colima")
    assert values(file)["mexico", date(2015, 12, 1)] == (31 * 30.0, "understated")


def test_a_state_with_no_offence_at_all_in_a_month_did_not_report_it() -> None:
    lines = write(ALL_YEAR | {("Yucatán", date(2015, m, 1)): 1.0 for m in range(1, 13)}, victims=False).decode("cp1252")
    silent = [line[: line.rindex(",")] + ",0" if "Yucatán" in line else line for line in lines.split("\r\n")]
    file = File("a.csv", "\r\n".join(silent).encode("cp1252"))
    assert values(file, series=CRIMES)["mexico", date(2015, 12, 1)] == (31 * 30.0, "understated")


def test_rows_and_states_must_agree_in_each_month() -> None:
    found = sesnsp.parse([victims(ALL_YEAR)])
    assert len(found.totals) == 12
    assert all(total.stated == total.added == 32 * 30.0 for total in found.totals)


# --- the two instruments, and editions ---


def test_from_2026_on_figures_carry_the_new_instrument() -> None:
    for file, series in ((victims, VICTIMS), (crimes, CRIMES), (victims, VICTIMS_BY_STATE)):
        assert {flag for _, flag in values(file(counts(date(2026, 1, 1), 2)), series=series).values()} == {
            "instrument_2026"
        }


def test_old_and_new_files_are_read_side_by_side() -> None:
    found = sesnsp.parse([crimes(counts(date(2025, 1, 1), 12)), crimes(counts(date(2026, 1, 1), 2))])
    assert [(figure.date.year, figure.flag) for figure in found.figures] == [(2025, "instrument_2015")] * 12 + [
        (2026, "instrument_2026")
    ] * 2
    assert found.covers == {CRIMES: (date(2025, 1, 1), date(2026, 2, 1))}


def test_one_file_covers_only_its_own_years() -> None:
    assert sesnsp.parse([crimes(ALL_YEAR)]).covers == {CRIMES: (JANUARY, date(2015, 12, 1))}


def test_years_on_the_far_side_of_a_gap_are_not_vouched_for() -> None:
    found = sesnsp.parse([crimes(ALL_YEAR), crimes(counts(date(2026, 1, 1), 2))])
    assert found.covers == {CRIMES: (date(2026, 1, 1), date(2026, 2, 1))}
    assert found.figures[0].date == JANUARY


def test_the_edition_that_goes_further_supersedes_the_other() -> None:
    older = victims(counts(date(2026, 1, 1), 2), "older.csv")
    newer = victims(counts(date(2026, 1, 1), 3, shift=2), "newer.csv")
    assert values(older, newer) == values(newer, older) == values(newer)


def test_of_two_complete_editions_the_one_changed_later_is_taken() -> None:
    older = victims(ALL_YEAR)._replace(last_modified="Tue, 20 Oct 2026 07:28:00 GMT")
    newer = victims(dict.fromkeys(ALL_YEAR, 31.0))._replace(last_modified="Wed, 21 Oct 2026 07:28:00 GMT")
    assert values(newer, older)["mexico", JANUARY][0] == 32 * 31.0


def test_nothing_given_says_nothing() -> None:
    assert sesnsp.parse([]).figures == ()


# --- the page ---


class Pages:
    """A publisher's site in memory; what is in `unchanged` is as it was."""

    def __init__(self, pages: dict[str, bytes], unchanged: tuple[str, ...] = ()) -> None:
        self.pages, self.unchanged = pages, unchanged
        self.asked: list[str] = []

    def page(self, address: str) -> File:
        return File(address.rpartition("/")[2], self.pages[address], address)

    def file(self, address: str) -> File | None:
        self.asked.append(address)
        return (
            None
            if address in self.unchanged
            else File(address.rpartition("/")[2], self.pages.get(address, b""), address)
        )


def linking(*links: tuple[str, str]) -> Pages:
    site = Pages({sesnsp.ADDRESS: page(links)})
    sesnsp.collect(site)
    return site


def test_the_four_state_tables_are_fetched_and_no_other() -> None:
    site = Pages({f"https://www.gob.mx{path}": body for path, (_, body) in publisher.site().items()})
    files = sesnsp.collect(site)
    assert sorted(file.name.partition("_ago")[0].partition("-ago")[0] for file in files) == [
        "Estatal-Delitos-2015-2025", "Estatal-Victimas-2015-2025",
        "RNID-Delitos_Estatal-2026", "RNID-Victimas_Estatal-2026",
    ]  # fmt: skip
    found = sesnsp.parse(files)
    assert found.covers == dict.fromkeys((VICTIMS, VICTIMS_BY_STATE, CRIMES), (date(2025, 1, 1), date(2026, 8, 1)))


def test_tables_that_have_not_changed_are_left_out() -> None:
    pages = {f"https://www.gob.mx{path}": body for path, (_, body) in publisher.site().items()}
    assert sesnsp.collect(Pages(pages, tuple(pages))) == ()


def test_of_several_editions_of_a_table_the_newest_is_taken() -> None:
    site = linking(
        ("/f/IDEFC_NM_dic24.zip", "Cifras de Incidencia Delictiva Estatal, 2015 - diciembre 2024"),
        ("/f/IDEFC_NM_jul25.zip", "Cifras de Incidencia Delictiva Estatal, 2015 - julio 2025"),
        ("/f/IDM_NM_jul25.zip", "Cifras de Incidencia Delictiva Municipal, 2015 - julio 2025"),
        ("/f/IDVFC_NM_jul25.zip", "Cifras de V&iacute;ctimas del Fuero Com&uacute;n, 2015 - julio 2025"),
        ("/f/IDVFC_NM_jun25.zip", "Cifras de V&iacute;ctimas del Fuero Com&uacute;n, 2015 - junio 2025"),
        ("/f/IDEFC_1997.zip", "Cifras de Incidencia Delictiva Estatal, 1997 - 2017"),
    )
    assert site.asked == [f"https://www.gob.mx/f/{name}_NM_jul25.zip" for name in ("IDEFC", "IDVFC")]


def test_files_may_lie_on_another_host_of_the_government_and_not_elsewhere() -> None:
    site = linking(
        ("https://repodatos.atdt.gob.mx/api_update/sesnsp/INM_estatal_dic25.csv", "2015 - 2025 Delitos estatal"),
        ("https://example.org/Estatal-Delitos-2015-2025_ene2027.zip", "2015 - 2025 Delitos estatal"),
        ("/f/Estatal-Victimas-2015-2025_dic2025.zip", "2015 - 2025 V&iacute;ctimas estatal"),
    )
    assert [address.split("/")[2] for address in site.asked] == ["repodatos.atdt.gob.mx", "www.gob.mx"]


def test_behind_a_link_to_sharepoint_the_file_itself_is_asked_for() -> None:
    shared = "https://sspcgob-my.sharepoint.com/:u:/g/personal/cni_sspc_gob_mx/"
    _, _, wording, *_ = publisher.LABELS
    site = linking(
        (shared + "IQA2f6SU-qC_Q?e=abc", wording[1]),
        (shared + "IQCSp-c6g6Y0?e=def", "Enero - agosto 2026 (Fuero común - Delitos). Incidencia delictiva estatal"),
    )
    place = "https://sspcgob-my.sharepoint.com/personal/cni_sspc_gob_mx/_layouts/15/download.aspx?share="
    assert site.asked == [place + "IQA2f6SU-qC_Q", place + "IQCSp-c6g6Y0"]
