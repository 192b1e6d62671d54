"""What CBP's files of encounters are read as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.connectors.cbp_encounters import ADDRESSES, collect, parse
from counterflow.evidence.connectors.official import Extract, File, Published
from counterflow.evidence.periods import add_months
from counterflow.evidence.store import Store
from official.cbp_encounters import (
    BOTH_SW,
    BY_SECTOR,
    BY_STATE,
    NATIONWIDE,
    OFO_SW,
    SECTORS,
    STATES,
    USBP_SW,
    figures_of,
    full_size,
    recent,
    site,
    write,
)

ORIGIN = "https://www.cbp.gov"
Months = dict[date, tuple[list[int], int, int, list[int]]]


def months(first: date, count: int, *, step: int = 0) -> Months:
    """Months with figures that differ by sector, state and month; `step` shifts them all."""
    found: Months = {}
    for offset in range(count):
        sectors = [10 * (n + 1) + offset + step for n in range(9)]
        ports = 300 + offset
        both = sum(sectors) + ports
        found[add_months(first, offset)] = (sectors, ports, 40 + offset, [50, 60, 70, both - 180])
    return found


def two_years() -> list[Published]:
    """Fiscal year 2025, and October to February of 2026."""
    return figures_of(months(date(2024, 10, 1), 17))


def given(extract: Extract, series_id: str, geo: str = "southwest") -> dict[date, float]:
    return {f.date: f.value for f in extract.figures if f.series_id == series_id and f.geo == geo}


def of(figures: Iterable[Published], *series: str) -> list[Published]:
    return [figure for figure in figures if figure.series_id in series]


def wrong(extract: Extract) -> list[str]:
    return [total.what for total in extract.totals if abs(total.stated - total.added) > total.allowed]


@dataclass
class Fake:
    """A site held in memory that remembers what it was asked for."""

    pages: dict[str, tuple[str, bytes]]
    unchanged: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def page(self, address: str) -> File:
        return File(address.rsplit("/", 1)[-1], self.pages[address.removeprefix(ORIGIN)][1], address)

    def file(self, address: str) -> File | None:
        path = address.removeprefix(ORIGIN)
        self.asked.append(path.rsplit("/", 1)[-1])
        return None if self.asked[-1] in self.unchanged else File(self.asked[-1], self.pages[path][1], address)


def test_each_kind_of_file_alone_gives_every_figure_that_it_can_settle() -> None:
    figures = two_years()
    expected = {
        "aor": (USBP_SW, OFO_SW, BOTH_SW, BY_SECTOR, NATIONWIDE),
        "sbo": (USBP_SW, OFO_SW, BOTH_SW),
        "state": (BOTH_SW, BY_STATE),
    }
    for kind, series in expected.items():
        extract = parse([File("download", write(kind, figures, running=2026))])
        assert list(extract.figures) == of(figures, *series)


def test_the_three_kinds_together_give_each_figure_once_and_agree() -> None:
    figures = two_years()
    extract = parse([File(kind, write(kind, figures, running=2026)) for kind in ("state", "aor", "sbo")])
    assert list(extract.figures) == figures
    assert wrong(extract) == []
    said = {total.what.split(":")[1].rsplit(",", 1)[0] for total in extract.totals}
    assert any("sum of its sectors" in what for what in said)
    assert any("sum of its states" in what for what in said)
    assert any("sum of its components" in what for what in said)


def test_october_to_december_belong_to_the_calendar_year_before() -> None:
    extract = parse([File("sbo", write("sbo", figures_of(months(date(2024, 10, 1), 12))))])
    assert min(given(extract, USBP_SW)) == date(2024, 10, 1)
    assert max(given(extract, USBP_SW)) == date(2025, 9, 1)


def test_remaining_months_of_past_years_count_and_those_of_the_running_year_do_not() -> None:
    data = write("sbo", two_years(), running=2026, to_come=True)
    assert b"2025,Remaining,SEP" in data
    assert b"2026 (FYTD),Remaining,SEP" in data
    extract = parse([File("sbo", data)])
    assert date(2025, 9, 1) in given(extract, USBP_SW)
    assert max(given(extract, USBP_SW)) == date(2026, 2, 1)


def test_a_blank_count_of_a_month_to_come_does_no_harm() -> None:
    data = write("sbo", two_years(), running=2026, to_come=True).replace(b"Inadmissibles,5\r\n", b"Inadmissibles,\r\n")
    assert max(given(parse([File("sbo", data)]), OFO_SW)) == date(2026, 2, 1)


def test_quoted_commas_marks_line_ends_and_decimal_points_make_no_difference() -> None:
    figures = two_years()
    assert b'"CHINA, PEOPLES REPUBLIC OF"' in write("aor", figures, detail=6)
    read = [
        parse([File("aor", write("aor", figures, running=2026, **how))]).figures  # type: ignore[arg-type]
        for how in ({}, {"detail": 9}, {"newline": "\n"}, {"mark": True}, {"point": True})
    ]
    assert all(figures == read[0] for figures in read)


def test_ports_of_the_southwest_do_not_include_the_airports_of_its_field_offices() -> None:
    figures = two_years()
    data = write("aor", figures, running=2026)
    assert b"Other,San Diego Field Office" in data
    assert given(parse([File("aor", data)]), OFO_SW) == {f.date: f.value for f in of(figures, OFO_SW)}


def test_the_sectors_are_named_as_the_store_names_them() -> None:
    extract = parse([File("aor", write("aor", two_years(), running=2026))])
    store = Store.open()
    assert {f.geo for f in extract.figures if f.series_id == BY_SECTOR} == set(store.about(BY_SECTOR).geos)
    for series_id in {f.series_id for f in extract.figures}:
        assert {f.geo for f in extract.figures if f.series_id == series_id} <= set(store.about(series_id).geos)


def test_the_newest_edition_counts_for_each_fiscal_year() -> None:
    old = figures_of(months(date(2023, 10, 1), 24))  # fiscal years 2024 and 2025
    new = figures_of(months(date(2024, 10, 1), 17, step=5))  # 2025 and the running 2026
    files = [File("old", write("sbo", old)), File("new", write("sbo", new, running=2026))]
    for order in (files, files[::-1]):
        extract = parse(order)
        expected = [f for f in of(old, USBP_SW) if f.date < date(2024, 10, 1)] + of(new, USBP_SW)
        assert of(extract.figures, USBP_SW) == expected


def test_a_year_that_is_over_counts_more_than_the_same_year_still_running() -> None:
    early, final = (figures_of(months(date(2024, 10, 1), 12, step=step)) for step in (0, 3))
    files = [File("final", write("sbo", final)), File("september", write("sbo", early, running=2025))]
    assert of(parse(files).figures, USBP_SW) == of(final, USBP_SW)


def test_a_file_put_up_again_under_the_same_name_counts() -> None:
    first, again = (figures_of(months(date(2024, 10, 1), 12, step=step)) for step in (0, 3))
    path = f"{ORIGIN}/sites/default/files/2025-11/sbo-encounters-fy25-fy25"
    files = [File("b", write("sbo", again), f"{path}_0.csv"), File("a", write("sbo", first), f"{path}.csv")]
    assert of(parse(files).figures, USBP_SW) == of(again, USBP_SW)


def test_the_running_year_is_covered_to_its_end_so_that_a_dropped_month_is_missed() -> None:
    extract = parse([File("sbo", write("sbo", two_years(), running=2026))])
    assert extract.covers == dict.fromkeys((USBP_SW, OFO_SW, BOTH_SW), (date(2024, 10, 1), date(2026, 9, 1)))


def test_a_file_of_one_past_year_covers_that_year() -> None:
    extract = parse([File("state", write("state", figures_of(months(date(2023, 10, 1), 12))))])
    assert extract.covers == dict.fromkeys((BY_STATE, BOTH_SW), (date(2023, 10, 1), date(2024, 9, 1)))


def test_years_with_a_gap_between_them_are_not_covered_as_one() -> None:
    files = [
        File("old", write("sbo", figures_of(months(date(2018, 10, 1), 12)))),
        File("new", write("sbo", figures_of(months(date(2023, 10, 1), 24)))),
    ]
    assert parse(files).covers[USBP_SW] == (date(2023, 10, 1), date(2025, 9, 1))


def test_kinds_that_disagree_on_a_month_break_a_total() -> None:
    figures = two_years()
    other = figures_of(months(date(2024, 10, 1), 17, step=1))
    extract = parse([File("aor", write("aor", other, running=2026)), File("sbo", write("sbo", figures, running=2026))])
    broken = wrong(extract)
    assert "sbo: southwest as the sum of its sectors, Feb 2026" in broken
    assert "sbo and aor: usbp_encounters_sw, Feb 2026" in broken


def test_states_that_do_not_add_up_to_southwest_break_a_total() -> None:
    figures = [
        f._replace(value=f.value + 1) if f.geo == "NM" and f.date == date(2025, 3, 1) else f for f in two_years()
    ]
    extract = parse([File(kind, write(kind, figures, running=2026)) for kind in ("sbo", "state")])
    assert "sbo: southwest as the sum of its states, Mar 2025" in wrong(extract)


def test_editions_of_different_months_need_not_agree_on_the_running_year() -> None:
    earlier = figures_of(months(date(2024, 10, 1), 16))
    later = [f._replace(value=f.value + (f.date >= date(2025, 10, 1))) for f in two_years()]  # revised by one
    extract = parse([File("aor", write("aor", earlier, running=2026)), File("sbo", write("sbo", later, running=2026))])
    assert wrong(extract) == []
    assert any("sbo and aor" in total.what for total in extract.totals)  # the year that is over is compared


def test_the_newest_links_that_cover_all_years_are_followed() -> None:
    fake = Fake(site())
    files = collect(fake, [f"{ORIGIN}{path}" for path in ("/document/stats/nationwide-encounters", _southwest())])
    names = [file.name for file in files]
    assert names == [
        "nationwide-encounters-fy23-fy26-jul-aor_0.csv",
        "nationwide-encounters-fy23-fy26-jul-state.csv",
        "sbo-encounters-fy23-fy26-jul.csv",
    ]
    assert list(parse(files).figures) == list(recent())


def _southwest() -> str:
    return "/document/stats/southwest-land-border-encounters"


def linked(*names: str) -> Fake:
    """A site whose pages link to files of these names, each with a body."""
    links = "".join(f'<a href="/sites/default/files/{name}">x</a>' for name in names)
    page = ("text/html", f"<html><body>{links}</body></html>".encode())
    files = {f"/sites/default/files/{name}": ("text/csv", b"x") for name in names}
    return Fake({"/document/stats/nationwide-encounters": page, _southwest(): page, **files})


def test_older_editions_are_asked_for_only_where_they_add_a_year() -> None:
    fake = linked(
        "2025-11/nationwide-encounters-fy22-fy25-aor.csv",
        "2026-08/nationwide-encounters-fy23-fy26-jul-aor.csv",
        "assets/documents/2023-Nov/nationwide-encounters-fy20-fy23-aor.csv",
        "2026-07/nationwide-encounters-fy23-fy26-jun-aor.csv",
        "2024-10/nationwide-encounters-fy21-fy24-aor.csv",
        "2026-08/nationwide-encounters-fy23-fy26-jul-state.csv",
        "2026-08/sbo-encounters-fy23-fy26-jul.csv",
    )
    collect(fake, ADDRESSES)
    assert fake.asked == [
        "nationwide-encounters-fy23-fy26-jul-aor.csv",
        "nationwide-encounters-fy22-fy25-aor.csv",
        "nationwide-encounters-fy21-fy24-aor.csv",
        "nationwide-encounters-fy20-fy23-aor.csv",
        "nationwide-encounters-fy23-fy26-jul-state.csv",
        "sbo-encounters-fy23-fy26-jul.csv",
    ]


def test_a_file_of_whole_years_is_newer_than_one_that_ends_with_september() -> None:
    fake = linked(
        "2025-10/sbo-encounters-fy22-fy25-sep.csv",
        "2025-11/sbo-encounters-fy22-fy25.csv",
        "2025-10/nationwide-encounters-fy22-fy25-sep-aor.csv",
        "2025-10/nationwide-encounters-fy22-fy25-sep-state.csv",
    )
    collect(fake, ADDRESSES)
    assert "sbo-encounters-fy22-fy25.csv" in fake.asked
    assert "sbo-encounters-fy22-fy25-sep.csv" not in fake.asked


def test_an_older_edition_is_not_taken_alone_where_the_newer_one_is_unchanged() -> None:
    fake = linked(
        "2025-11/sbo-encounters-fy22-fy25.csv",
        "2026-08/sbo-encounters-fy23-fy26-jul.csv",
        "2026-08/nationwide-encounters-fy23-fy26-jul-aor.csv",
        "2026-08/nationwide-encounters-fy23-fy26-jul-state.csv",
    )
    fake.unchanged = {"sbo-encounters-fy23-fy26-jul.csv"}
    files = collect(fake, ADDRESSES)
    assert "sbo-encounters-fy22-fy25.csv" not in fake.asked
    assert len(files) == 2


def test_where_nothing_has_changed_nothing_is_given() -> None:
    fake = Fake(site())
    fake.unchanged = {path.rsplit("/", 1)[-1] for path in fake.pages}
    assert collect(fake, ADDRESSES) == ()


def test_pages_without_one_kind_of_file_are_told_of() -> None:
    fake = linked("2026-08/sbo-encounters-fy23-fy26-jul.csv", "2026-08/nationwide-encounters-fy23-fy26-jul-aor.csv")
    with pytest.raises(EvidenceError, match="links to no file by state"):
        collect(fake, ADDRESSES)


def test_files_of_full_size_are_read_whole() -> None:
    files = full_size()
    extract = parse(files)
    rows = {file.name: file.data.count(b"\n") for file in files}
    assert rows["aor.csv"] > 60_000
    assert rows["state.csv"] > 20_000
    assert {f.geo for f in extract.figures} >= {*SECTORS, *STATES, "southwest", "united_states"}


def test_what_the_site_serves_continues_the_figures_of_the_store() -> None:
    store = Store.open()
    for figure in recent():
        if figure.series_id in (USBP_SW, BOTH_SW, NATIONWIDE):
            held = {o.date: o.value for o in store.observations(figure.series_id, figure.geo)}
            assert held.get(figure.date, figure.value) == figure.value
