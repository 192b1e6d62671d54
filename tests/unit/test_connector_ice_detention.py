"""ICE detention workbooks: which files are taken, which months have figures, and what must add up."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.ice_detention import ADDRESS, collect, parse
from counterflow.evidence.connectors.official import Extract, File
from official import ice_detention as official

ICE = [11_892, 11_224, 10_818, 12_013, 11_539, 11_722, 11_527, 11_898, 10_650, 11_653, 11_420, 10_728]
CBP = [28_659, 33_089, 33_600, 29_014, 35_564, 43_427, 43_434, 44_928, 29_717, 22_116, 16_383, 13_839]
HELD = {"ICE": [21_367.580645161292] * 12, "CBP": [24_216.451612903227] * 12}


def year(fiscal_year: int = 2019, through: date | None = None, **more: Any) -> File:
    day = through or date(fiscal_year, 9, 30)
    months = official.months_through(fiscal_year, day)
    held = {agency: values[:months] for agency, values in HELD.items()}
    data = official.write(fiscal_year, day, {"ICE": ICE[:months], "CBP": CBP[:months]}, held, **more)
    return File(f"FY{fiscal_year % 100}_detentionStats.xlsx", data)


def values(extract: Extract, series_id: str = "ice_bookins", geo: str = "Total") -> dict[date, float]:
    return {one.date: one.value for one in extract.figures if (one.series_id, one.geo) == (series_id, geo)}


def flags(extract: Extract) -> dict[date, str]:
    return {one.date: one.flag for one in extract.figures if one.series_id == "ice_bookins" and one.flag}


class Site:
    """The publisher's site without a network."""

    def __init__(self, unchanged: tuple[str, ...] = (), pages: dict[str, bytes] | None = None) -> None:
        self.pages = {path: body for path, (_, body) in official.site().items()} | (pages or {})
        self.unchanged = unchanged
        self.asked: list[str] = []

    def page(self, address: str) -> File:
        return self._served(address)

    def file(self, address: str) -> File | None:
        self.asked.append(address.rpartition("/")[2])
        return None if address.endswith(self.unchanged or ("?",)) else self._served(address)

    @staticmethod
    def listing(*names: str) -> dict[str, bytes]:
        links = "".join(f'<a href="/doclib/detention/{name}">{name}</a>' for name in names)
        pages = {f"/doclib/detention/{name}": b"" for name in names}
        return pages | {official.START[0]: f"<html><body>{links}</body></html>".encode()}

    def _served(self, address: str) -> File:
        return File(address.rpartition("/")[2], self.pages[address.removeprefix("https://www.ice.gov")], address)


def test_a_full_year_gives_both_series_by_agency_from_october_on() -> None:
    extract = parse([year()])
    assert values(extract, geo="ICE") == {
        date(2019 - (month >= 10), month, 1): float(count) for month, count in zip(official.YEAR, ICE, strict=True)
    }
    assert values(extract)[date(2018, 10, 1)] == 40_551
    assert values(extract, "ice_detained_adp", "CBP")[date(2019, 9, 1)] == 24_216.4516
    assert len(extract.figures) == 72
    assert list(extract.figures) == sorted(extract.figures)
    assert not flags(extract)


def test_averages_are_given_to_four_places_as_the_series_has_them() -> None:
    assert values(parse([year()]), "ice_detained_adp")[date(2018, 10, 1)] == 45_584.0323


def test_agencies_and_months_make_the_totals() -> None:
    extract = parse([year(), year(2026, date(2026, 2, 7))])
    assert len(extract.totals) == 2 * (12 + 3) + 2 * (5 + 3)
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)
    assert any("Mar 2019" in total.what and "FY19_detentionStats.xlsx" in total.what for total in extract.totals)


def test_a_total_that_does_not_agree_is_passed_on_to_be_judged() -> None:
    book = official.book(2019, date(2019, 9, 30), {"ICE": ICE, "CBP": CBP}, HELD)
    book["Detention FY19"]["V20"] = 510_855  # the year's total of book-ins, one too many
    off = [total for total in parse([File("f.xlsx", official.saved(book))]).totals if total.stated != total.added]
    wrong = [total for total in off if abs(total.stated - total.added) > total.allowed]
    assert [(total.stated, total.added) for total in wrong] == [(510_855, 510_854)]


@pytest.mark.parametrize("later", [0, None])
def test_months_to_come_have_no_figures_whether_blank_or_zero(later: int | None) -> None:
    extract = parse([year(2026, date(2026, 2, 7), later=later)])
    begun = [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert list(values(extract)) == begun


def test_a_month_that_the_data_do_not_reach_the_end_of_is_partial() -> None:
    assert flags(parse([year(2026, date(2026, 2, 7))])) == {date(2026, 2, 1): "partial_month"}
    assert flags(parse([year(2021, date(2021, 9, 25))])) == {date(2021, 9, 1): "partial_month"}
    assert flags(parse([year(2025, date(2025, 5, 31))])) == {}


def test_a_handful_of_book_ins_of_the_next_month_s_first_hours_is_no_month() -> None:
    day = date(2025, 5, 31)
    months = official.months_through(2025, day)
    held = {agency: of[:months] for agency, of in HELD.items()}
    book = official.book(2025, day, {"ICE": ICE[:months], "CBP": CBP[:months]}, held)
    page = book["Detention FY25"]
    for row, stray in ((20, 9), (21, 6), (22, 3)):
        page.cell(row, 18, stray)  # June
        page.cell(row, 22).value += stray
    extract = parse([File("f.xlsx", official.saved(book))])
    assert max(values(extract)) == date(2025, 5, 1)
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)


def test_a_running_year_is_covered_to_its_end_so_that_a_dropped_month_is_seen() -> None:
    covers = (date(2025, 10, 1), date(2026, 9, 1))
    assert parse([year(2026, date(2026, 2, 7))]).covers == {"ice_bookins": covers, "ice_detained_adp": covers}


def test_one_file_of_a_past_year_covers_that_year() -> None:
    assert parse([year(2022)]).covers["ice_bookins"] == (date(2021, 10, 1), date(2022, 9, 1))


def test_years_that_leave_a_gap_are_not_said_to_be_covered() -> None:
    extract = parse([year(2019), year(2025), year(2024)])
    assert extract.covers["ice_bookins"] == (date(2023, 10, 1), date(2025, 9, 1))
    assert date(2019, 1, 1) in values(extract)


def test_no_files_give_nothing() -> None:
    assert parse([]) == Extract(())


@pytest.mark.parametrize(
    ("order", "sheet", "title"),
    [
        (("CBP", "ICE ", "Total"), "Detention FY2021", "FY2021 YTD"),
        (("Total", "ICE*", "CBP¹"), " Detention FY21 YTD ", "EOFY2021"),
        (("ICE", "CBP", "total"), "Detention EOFY2021", "FY21"),
    ],
)
def test_the_order_of_rows_marks_and_the_wording_of_year_and_sheet_do_not_matter(
    order: tuple[str, ...], sheet: str, title: str
) -> None:
    usual = parse([year(2021)])
    bookins = {"ICE": ICE, "CBP": CBP}
    book = official.book(2021, date(2021, 9, 30), bookins, HELD, sheet=sheet, title=title)
    page = book[sheet]
    rows = {
        page.cell(row, 9).value.strip(): [page.cell(row, column).value for column in range(10, 23)]
        for row in (20, 21, 22)
    }
    for row, name in zip((20, 21, 22), order, strict=True):
        page.cell(row, 9, name)
        for column, value in enumerate(rows[name.strip("*¹ ").replace("total", "Total")], start=10):
            page.cell(row, column, value)
    changed = parse([File("f.xlsx", official.saved(book))])
    assert changed.figures == usual.figures


def test_months_may_be_written_out() -> None:
    book = official.book(2019, date(2019, 9, 30), {"ICE": ICE, "CBP": CBP}, HELD)
    for cell, name in (("J19", "October"), ("U19", "Sept."), ("B91", "Oct*")):
        book["Detention FY19"][cell] = name
    assert parse([File("f.xlsx", official.saved(book))]).figures == parse([year()]).figures


def test_fiscal_year_2019_told_criminals_from_others_only() -> None:
    book = official.book(2019, date(2019, 9, 30), {"ICE": ICE, "CBP": CBP}, HELD)
    for row in (93, 94, 95):
        book["Detention FY19"].cell(row, 1, "Non-Criminal")
    assert parse([File("f.xlsx", official.saved(book))]).figures == parse([year()]).figures


def test_an_old_sheet_left_in_the_workbook_is_passed_over() -> None:
    assert parse([year(2026, date(2026, 1, 7), leftover=2020)]).figures == parse([year(2026, date(2026, 1, 7))]).figures


def test_of_two_editions_the_one_with_the_longer_data_counts_in_either_order() -> None:
    old = File("a.xlsx", official.edition(2026, date(2026, 1, 7), seed=5))
    new = year(2026, date(2026, 2, 7))
    assert parse([old, new]).figures == parse([new, old]).figures == parse([new]).figures


def test_an_older_edition_that_was_drawn_again_stays_the_older() -> None:
    old = File("a.xlsx", official.edition(2026, date(2026, 1, 7), seed=5, run=date(2026, 3, 1)))
    new = year(2026, date(2026, 2, 7))
    assert parse([old, new]).figures == parse([new]).figures


def test_of_two_editions_with_the_same_last_day_the_one_drawn_later_counts() -> None:
    day = date(2025, 9, 20)
    first = File("a.xlsx", official.edition(2025, day, seed=5, run=date(2025, 9, 22)))
    again = File("b.xlsx", official.edition(2025, day, run=date(2025, 9, 24)))
    assert parse([first, again]).figures == parse([again]).figures


def test_the_same_edition_twice_is_one() -> None:
    assert parse([year(), year()]).figures == parse([year()]).figures


def test_names_of_files_do_not_matter() -> None:
    assert parse([year()._replace(name="saved by hand")]).figures == parse([year()]).figures


def test_the_newest_edition_of_each_year_is_taken_from_the_page() -> None:
    site = Site()
    names = [file.name for file in collect(site)]
    assert names == ["FY24_detentionStats.xlsx", "FY25_detentionStats.xlsx", "FY26_detentionStats_02122026.xlsx"]
    assert {file.address for file in collect(site)} >= {"https://www.ice.gov/doclib/detention/FY24_detentionStats.xlsx"}
    assert parse(collect(site)).covers["ice_bookins"] == (date(2023, 10, 1), date(2026, 9, 1))


def test_unchanged_files_are_left_out() -> None:
    assert [file.name for file in collect(Site(unchanged=("FY24_detentionStats.xlsx",)))] == [
        "FY25_detentionStats.xlsx",
        "FY26_detentionStats_02122026.xlsx",
    ]
    assert collect(Site(unchanged=(".xlsx",))) == ()


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["FY25_detentionStats06202025.xlsx", "FY25_detentionStats12052025.xlsx"], "FY25_detentionStats12052025.xlsx"),
        (["FY23_detentionStats221206.xlsx", "FY23_detentionStats112822.xlsx"], "FY23_detentionStats221206.xlsx"),
        (
            ["FY23_detentionStats04122023.xlsx", "FY23_detentionStats04122023b.xlsx"],
            "FY23_detentionStats04122023b.xlsx",
        ),
        (["FY21-detentionstats.xlsx"], "FY21-detentionstats.xlsx"),
        (["FY21_detention-stats_0331.xlsx"], "FY21_detention-stats_0331.xlsx"),
    ],
)
def test_the_date_in_a_file_s_name_is_read_in_each_of_its_ways(names: list[str], taken: str) -> None:
    site = Site(pages=Site.listing(*names))
    collect(site)
    assert site.asked == [taken]


def test_where_names_cannot_tell_the_newest_all_are_taken() -> None:
    names = ["FY21-detentionstats.xlsx", "FY21_detentionStats07222020.xlsx", "FY21_detentionStats10012021.xlsx"]
    site = Site(pages=Site.listing(*names))
    collect(site)
    assert sorted(site.asked) == sorted(names)


def test_a_page_without_workbooks_is_refused() -> None:
    with pytest.raises(EvidenceError, match="links to no file"):
        collect(Site(pages={official.START[0]: b"<html><body><a href='/x.pdf'>x</a></body></html>"}))


def test_the_address_is_the_publisher_s_page() -> None:
    assert urlsplit(ADDRESS).path == official.START[0]
