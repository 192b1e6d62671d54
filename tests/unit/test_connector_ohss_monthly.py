"""The OHSS monthly tables: which columns are ours, which months count, and what X, NA, D and a dash mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.official import Extract, File
from counterflow.evidence.connectors.ohss_monthly import ADDRESS, collect, parse
from official import ohss_monthly as official

EDITION = date(2024, 8, 1)
BOOKOUTS = "CBP SWB Book-Outs by Agency"


def edition(last: date = EDITION, change: Callable[[Any], object] = lambda _: None, **more: Any) -> File:
    book = official.book(official.figures_to(last, **more), last)
    change(book)
    return File(f"tables-{last:%B-%Y}.xlsx", official.saved(book))


def values(extract: Extract, series_id: str, geo: str) -> dict[date, float]:
    return {one.date: one.value for one in extract.figures if (one.series_id, one.geo) == (series_id, geo)}


class Site:
    """The publisher's site without a network."""

    def __init__(self, pages: dict[str, bytes] | None = None, *, unchanged: bool = False) -> None:
        self.pages = {path: body for path, (_, body) in official.site().items()} | (pages or {})
        self.unchanged = unchanged
        self.asked: list[str] = []

    def page(self, address: str) -> File:
        return self._served(address)

    def file(self, address: str) -> File | None:
        self.asked.append(urlsplit(address).path)
        return None if self.unchanged else self._served(address)

    def _served(self, address: str) -> File:
        return File(address.rpartition("/")[2], self.pages.get(urlsplit(address).path, b""), address)


@pytest.fixture(scope="module")
def extract() -> Extract:
    return parse([edition()])


def test_every_series_is_read_from_its_column(extract: Extract) -> None:
    assert {(one.series_id, one.geo, one.date): one.value for one in extract.figures} == official.figures_to(EDITION)
    assert list(extract.figures) == sorted(extract.figures)


def test_october_to_december_belong_to_the_calendar_year_before(extract: Extract) -> None:
    arrests = values(extract, "ice_arrests", "united_states")
    assert (min(arrests), max(arrests)) == (date(2013, 10, 1), date(2024, 8, 1))
    assert len(arrests) == 131


def test_sectors_begin_where_their_exact_counts_end(extract: Extract) -> None:
    assert min(values(extract, "usbp_encounters_sector", "Big Bend")) == date(2019, 10, 1)


def test_ports_end_where_their_exact_counts_begin(extract: Extract) -> None:
    assert max(values(extract, "ofo_encounters_sw", "southwest")) == date(2021, 9, 1)


def test_flags_say_that_figures_are_rounded_where_our_series_says_so(extract: Extract) -> None:
    flagged = {one.series_id for one in extract.figures if one.flag == "rounded_to_10"}
    assert flagged == {"usbp_encounters_sector", "ofo_encounters_sw"}
    assert {one.flag for one in extract.figures if one.series_id not in flagged} == {""}


def test_what_is_not_applicable_is_missing_and_not_zero(extract: Extract) -> None:
    expelled = values(extract, "title42_expulsions_sw", "USBP")
    assert (min(expelled), max(expelled)) == (date(2020, 3, 1), date(2023, 5, 1))
    assert min(values(extract, "cbp_one_appointments", "southwest")) == date(2023, 1, 1)


def test_a_zero_that_is_written_is_a_zero() -> None:
    figures = official.figures_to(EDITION) | {("ice_arrests", "united_states", date(2020, 4, 1)): 0.0}
    extract = parse([File("f.xlsx", official.write(figures, EDITION))])
    assert values(extract, "ice_arrests", "united_states")[date(2020, 4, 1)] == 0.0


@pytest.mark.parametrize(
    ("mark", "note", "value"),
    [
        ("-", "- Represents zero.", 0.0),
        ("–", "– Represents zero or rounds to zero.", 0.0),
        ("D", "D Data withheld to limit disclosure.", None),
    ],
)
def test_a_dash_and_d_count_as_the_notes_under_the_table_say(mark: str, note: str, value: float | None) -> None:
    def change(book: Any) -> None:
        page = book["ERO Arrests by Citizenship"]
        page["C5"] = mark
        page.cell(page.max_row + 1, 1, note)

    arrests = values(parse([edition(change=change)]), "ice_arrests", "united_states")
    assert arrests.get(date(2013, 10, 1)) == value


def test_covers_end_with_the_edition_and_with_what_a_series_takes_from_here(extract: Extract) -> None:
    whole = (date(2013, 10, 1), EDITION)
    assert extract.covers == {
        "usbp_encounters_sector": (date(2019, 10, 1), EDITION),
        "ofo_encounters_sw": (date(2013, 10, 1), date(2021, 9, 1)),
        "usbp_encounters_sw_by_family_status": whole,
        "title42_expulsions_sw": whole,
        "mpp_returns": whole,
        "cbp_one_appointments": (date(2022, 10, 1), EDITION),
        "ice_arrests": whole,
        "dhs_removals": whole,
    }


def test_totals_agree_within_rounding(extract: Extract) -> None:
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)
    allowed = {total.allowed for total in extract.totals}
    assert {10.0, 15.0, 20.0, 50.0, 65.0} <= allowed  # one figure twice, two parts, three, nine sectors, twelve months
    assert any("Total USBP, Mar 2024" in total.what for total in extract.totals)
    assert any("months of FY2015" in total.what for total in extract.totals)


def test_a_sector_off_by_more_than_rounding_shows_in_the_totals() -> None:
    def change(book: Any) -> None:
        book["SWB Enc by Sector+Field Ofc"]["E140"].value += 1_000

    wrong = [one for one in parse([edition(change=change)]).totals if abs(one.stated - one.added) > one.allowed]
    assert len(wrong) == 2  # in its month and in its year
    assert all("SWB Enc by Sector+Field Ofc" in one.what for one in wrong)


def test_one_figure_in_two_tables_is_held_against_itself() -> None:
    def change(book: Any) -> None:
        book[BOOKOUTS]["H6"].value += 500  # Border Patrol's encounters, October 2013

    wrong = [one for one in parse([edition(change=change)]).totals if abs(one.stated - one.added) > one.allowed]
    assert any("in 'CBP SW Border Encounters Book-Outs by Agency' and 'CBP SW Border" in one.what for one in wrong)


def test_a_year_with_a_month_marked_x_has_no_total_to_agree_with(extract: Extract) -> None:
    years = [one.what for one in extract.totals if "T42 expulsions, months of" in one.what]
    assert {what[-6:] for what in years} == {"FY2021", "FY2022"}


def test_columns_may_stand_in_any_order_and_others_beside_them() -> None:
    def change(book: Any) -> None:
        page = book["CBP One Appointments"]
        page.insert_cols(3)
        page.cell(3, 3, "Newland")

    assert parse([edition(change=change)]).figures == parse([edition()]).figures


def test_sheets_are_known_by_their_titles_whatever_they_are_called() -> None:
    def change(book: Any) -> None:
        book[BOOKOUTS].title = "CBP SWB Book-outs by Agency 2"
        book["TOC"].title = "Contents"

    assert parse([edition(change=change)]).figures == parse([edition()]).figures


def test_columns_that_only_check_others_may_be_missing() -> None:
    def change(book: Any) -> None:
        book["DHS Repats by Type"]["F4"] = "Expedited removal orders"

    assert parse([edition(change=change)]).figures == parse([edition()]).figures


def test_an_edition_may_end_with_a_fiscal_year() -> None:
    last = date(2024, 9, 1)
    assert parse([edition(last)]).covers["dhs_removals"] == (date(2013, 10, 1), last)

    def unnamed(book: Any) -> None:
        for page in book:
            page["A2"] = str(page["A2"].value).partition(" (")[0]

    assert parse([edition(last, unnamed)]).covers["dhs_removals"] == (date(2013, 10, 1), last)


def test_the_newer_edition_counts_in_either_order() -> None:
    old, new = edition(date(2024, 7, 1), seed=3), edition()
    assert parse([old, new]).figures == parse([new, old]).figures == parse([new]).figures


def test_the_same_edition_twice_is_one() -> None:
    assert parse([edition(), edition()]).figures == parse([edition()]).figures


def test_no_files_give_nothing() -> None:
    assert parse([]) == Extract(())


def test_the_newest_edition_is_found_by_way_of_the_list() -> None:
    site = Site()
    (file,) = collect(site)
    assert file.name == "2025_0116_ohss_immigration-enforcement-and-legal-processes-tables-november-2024.xlsx"
    assert site.asked == [f"/sites/default/files/2025-01/{file.name}"]
    assert max(parse([file]).covers.values())[1] == date(2024, 11, 1)


def test_the_list_itself_may_be_given() -> None:
    assert len(collect(Site(), ["https://ohss.dhs.gov" + official.LIST])) == 1


def test_an_unchanged_edition_gives_nothing() -> None:
    assert collect(Site(unchanged=True)) == ()


@pytest.mark.parametrize(
    "names",  # the last is the newest
    [
        ("2024-09/24-0912_X-tables-may-2024.xlsx", "2024-10/24-1011_X-tables-june-2024.xlsx"),
        ("2024-10/24-1011_X-tables-june-2024.xlsx", "2024-10/24-1011_X-tables-june-2024_2.xlsx"),
        ("2025-03/2025_0301_X-tables-june-2024_3.xlsx", "2025-01/2025_0116_X-tables-november-2024.xlsx"),
        ("2025-01/2025_0116_X-tables-november-2024.xlsx", "2025-02/2025_0210_X-tables-january-2025.xlsx"),
        ("2024-12/2024_1206_X-tables-august-2024.xlsx", "2025-01/2025_0116_X-tables-august-2024.xlsx"),
    ],
)
def test_editions_are_put_in_order_by_month_then_by_when_they_were_put_up(names: tuple[str, str]) -> None:
    stem = "ohss_immigration-enforcement-and-legal-processes"
    paths = ["/sites/default/files/" + name.replace("X", stem) for name in names]
    for order in (paths, paths[::-1]):
        links = "".join(f"<a href='{path}'>tables</a>" for path in order)
        site = Site({official.START[0]: f"<html><body>{links}</body></html>".encode()})
        collect(site)
        assert site.asked == [paths[-1]]


def test_pages_without_the_workbook_are_refused() -> None:
    with pytest.raises(EvidenceError, match="links to no file"):
        collect(Site({official.START[0]: b"<html><body><a href='/x'>x</a></body></html>"}))
    with pytest.raises(EvidenceError, match="links to no file"):
        collect(Site({official.LIST: b"<html><body><a href='/x'>x</a></body></html>"}))


def test_the_address_is_the_publisher_s_page() -> None:
    assert urlsplit(ADDRESS)[:3] == ("https", "ohss.dhs.gov", official.START[0])
