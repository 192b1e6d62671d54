"""Deaths in non-state conflict are read from UCDP's editions as the bundled series was."""

from __future__ import annotations

from datetime import date

from counterflow.evidence.connectors import ucdp
from counterflow.evidence.connectors.official import File, Published
from official import ucdp as publisher
from official.ucdp import as_csv, row, zipped


def edition(*rows: list[str], name: str = "Nonstate_v23_1.csv") -> File:
    return File(name, as_csv(rows))


def figures(*files: File) -> dict[int, float]:
    return {figure.date.year: figure.value for figure in ucdp.parse(files).figures}


class Pages:
    """A publisher's site in memory; a file of `unchanged` is as it was."""

    def __init__(self, pages: dict[str, bytes], unchanged: tuple[str, ...] = ()) -> None:
        self.pages, self.unchanged, self.asked = pages, unchanged, []

    def page(self, address: str) -> File:
        self.asked.append(address)
        return File(address.rpartition("/")[2], self.pages[address], address)

    def file(self, address: str) -> File | None:
        found = self.page(address)
        return None if address in self.unchanged else found


def test_best_estimates_of_a_year_are_added_up() -> None:
    found = ucdp.parse([edition(row(1, 2021, 40), row(2, 2021, 60), row(1, 2022, 30))])
    assert found.figures == (
        Published("ucdp_nonstate_deaths_mx", "mexico", date(2021, 1, 1), 100.0),
        Published("ucdp_nonstate_deaths_mx", "mexico", date(2022, 1, 1), 30.0),
    )


def test_a_pair_counts_whole_where_mexico_is_one_of_its_places() -> None:
    rows = (row(1, 2021, 40), row(2, 2021, 60, "Guatemala, Mexico"), row(3, 2021, 500, "Guatemala"))
    assert figures(edition(*rows)) == {2021: 100.0}


def test_a_year_without_a_mexican_pair_has_no_figure_and_is_no_zero() -> None:
    rows = (row(1, 1993, 27), row(2, 1994, 90, "Nigeria"), row(1, 1995, 25))
    assert figures(edition(*rows)) == {1993: 27.0, 1995: 25.0}


def test_an_edition_is_complete_for_all_years_of_all_countries() -> None:
    rows = (row(2, 1989, 90, "Nigeria"), row(1, 1993, 27), row(2, 2022, 90, "Sudan"))
    assert ucdp.parse([edition(*rows)]).covers == {ucdp.SERIES: (date(1989, 1, 1), date(2022, 1, 1))}


def test_a_newer_edition_supersedes_an_older_one_as_a_whole() -> None:
    older = edition(row(1, 2019, 50), row(1, 2020, 70))
    newer = edition(row(1, 2020, 71, version="24.1"), name="newer.csv")
    assert figures(newer, older) == figures(older, newer) == {2020: 71.0}


def test_editions_are_told_apart_by_number_and_not_by_spelling() -> None:
    older, newer = row(1, 2020, 70, version="9.1"), row(1, 2020, 71, version="10.1")
    assert figures(edition(newer), edition(older)) == {2020: 71.0}


def test_the_same_edition_given_twice_is_read_once() -> None:
    assert figures(edition(row(1, 2020, 70)), edition(row(1, 2020, 70))) == {2020: 70.0}


def test_a_table_with_only_the_columns_that_count_is_read() -> None:
    names = ("dyad_id", "side_a_name", "side_b_name", "year", "best_fatality_estimate", "location")
    data = as_csv([["1", "A", "B", "2020", "1,070", "Mexico"]], names)
    assert figures(File("short.csv", b"\xef\xbb\xbf" + data)) == {2020: 1070.0}


def test_the_zip_and_its_bare_csv_say_the_same() -> None:
    data = publisher.write([Published(ucdp.SERIES, "mexico", date(2020, 1, 1), 99.0)])
    assert figures(File("a.zip", zipped(data))) == figures(File("a.csv", data)) == {2020: 99.0}


def test_estimates_out_of_order_are_the_publishers_own_and_borne() -> None:
    cells = row(1, 2020, 70)
    cells[publisher.HEADER.index("low_fatality_estimate")] = "83"
    assert figures(edition(cells)) == {2020: 70.0}


def test_the_highest_edition_on_the_page_is_taken() -> None:
    site = {f"https://ucdp.uu.se{path}": body for path, (_, body) in publisher.site().items()}
    found = ucdp.collect(Pages(site))
    assert [file.name for file in found] == ["ucdp-nonstate-251-csv.zip"]
    assert figures(*found) == {2022: 13_000.0}


def test_an_edition_that_has_not_changed_is_left_out() -> None:
    site = {f"https://ucdp.uu.se{path}": body for path, (_, body) in publisher.site().items()}
    assert ucdp.collect(Pages(site, ("https://ucdp.uu.se/downloads/nsos/ucdp-nonstate-251-csv.zip",))) == ()


def test_nothing_given_says_nothing() -> None:
    assert ucdp.parse([]).figures == ()


def test_a_whole_edition_is_read() -> None:
    assert len(ucdp.parse(publisher.full_size()).figures) > 5
