"""What CBP's file of drug seizures is read as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from counterflow.evidence.connectors.cbp_drugs import ADDRESSES, collect, parse
from counterflow.evidence.connectors.official import File, Published
from counterflow.evidence.periods import add_months
from counterflow.evidence.store import Store
from official.cbp_drugs import BY_AREA, BY_DRUG, DRUGS, HEADER, PAGE, PLACES, full_size, recent, site, write

ORIGIN = "https://www.cbp.gov"


def seizures(first: date, count: int, *, step: float = 0.0) -> list[Published]:
    """Seizures of every drug by both components, fentanyl in two places of each; `step` shifts them all."""
    figures = []
    for offset in range(count):
        day = add_months(first, offset)
        for short, places in (("OFO", ("San Diego Field Office", "Tucson Field Office")), ("USBP", ("Yuma Sector",))):
            amounts = [10.0625 * (n + 1) + offset + step for n in range(len(places))]
            figures += [Published(BY_AREA, place, day, amount) for place, amount in zip(places, amounts, strict=True)]
            figures += [
                Published(BY_DRUG, f"{short}:{drug}", day, sum(amounts) if drug == "Fentanyl" else 100.5 + n + step)
                for n, drug in enumerate(DRUGS)
            ]
    return sorted(figures)


def two_years() -> list[Published]:
    """Fiscal year 2025, and October to February of 2026."""
    return seizures(date(2024, 10, 1), 17)


def of(figures: Iterable[Published], series_id: str, geo: str) -> dict[date, float]:
    return {f.date: f.value for f in figures if (f.series_id, f.geo) == (series_id, geo)}


def year_of(rows: Iterable[str]) -> bytes:
    """A file of fiscal year 2024 with these rows in October besides the rows that every month has."""
    base = [
        f"2024,{month},{component},Southwest Border,Land Only,{place},Marijuana,1,{pounds}"
        for month in ("OCT", "NOV", "DEC", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP")
        for component, place, pounds in (
            ("Office of Field Operations", "LAREDO FIELD OFFICE", 5),
            ("U.S. Border Patrol", "YUMA SECTOR", 7),
        )
    ]
    return "".join(f"{line}\n" for line in (HEADER, *rows, *base)).encode()


OCTOBER = date(2023, 10, 1)


@dataclass
class Fake:
    """A site held in memory that remembers what it was asked for."""

    pages: dict[str, tuple[str, bytes]]
    unchanged: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def page(self, address: str) -> File:
        return File("page", self.pages[address.removeprefix(ORIGIN)][1], address)

    def file(self, address: str) -> File | None:
        path = address.removeprefix(ORIGIN)
        self.asked.append(path.rsplit("/", 1)[-1])
        return None if self.asked[-1] in self.unchanged else File(self.asked[-1], self.pages[path][1], address)


def test_the_file_gives_drugs_by_component_and_fentanyl_by_place() -> None:
    figures = two_years()
    extract = parse([File("download", write(figures, running=2026))])
    assert list(extract.figures) == figures
    assert len(extract.totals) == 2 * 17  # fentanyl of each component, each month
    assert all(abs(total.stated - total.added) <= total.allowed for total in extract.totals)


def test_both_land_filters_of_the_southwest_count_and_other_regions_do_not() -> None:
    ofo = "Office of Field Operations"
    rows = [
        f"2024,OCT,{ofo},Southwest Border,Land Only,TUCSON FIELD OFFICE,Fentanyl,3,1.25",
        f"2024,OCT,{ofo},Southwest Border,Other,TUCSON FIELD OFFICE,Fentanyl,1,0.5",
        f"2024,OCT,{ofo},Northern Border,Land Only,DETROIT FIELD OFFICE,Fentanyl,1,10",
        f"2024,OCT,{ofo},Coastal/Interior,Other,MIAMI FIELD OFFICE,Fentanyl,1,20",
    ]
    figures = parse([File("file", year_of(rows))]).figures
    assert of(figures, BY_DRUG, "OFO:Fentanyl") == {OCTOBER: 1.75}
    assert of(figures, BY_AREA, "Tucson Field Office") == {OCTOBER: 1.75}


def test_no_row_means_none_and_none_is_made_up() -> None:
    figures = parse([File("file", year_of([]))]).figures
    assert {f.geo for f in figures} == {"OFO:Marijuana", "USBP:Marijuana"}


def test_a_row_of_nothing_is_a_figure() -> None:
    row = "2024,OCT,U.S. Border Patrol,Southwest Border,Land Only,DEL RIO SECTOR,Heroin,1,0.0"
    assert of(parse([File("file", year_of([row]))]).figures, BY_DRUG, "USBP:Heroin") == {OCTOBER: 0.0}


def test_small_quantities_are_read_and_rounded_to_a_ten_thousandth_of_a_pound() -> None:
    start = "2024,OCT,U.S. Border Patrol,Southwest Border,Land Only"
    rows = [f"{start},YUMA SECTOR,Cocaine,1,6.61386786e-05", f"{start},TUCSON SECTOR,Cocaine,1,19.2243092464"]
    assert of(parse([File("file", year_of(rows))]).figures, BY_DRUG, "USBP:Cocaine") == {OCTOBER: 19.2244}


def test_a_place_of_two_components_is_kept_apart() -> None:
    rows = [
        "2024,OCT,U.S. Border Patrol,Southwest Border,Land Only,EL PASO SECTOR,Fentanyl,1,4",
        "2024,OCT,Office of Field Operations,Southwest Border,Land Only,EL PASO FIELD OFFICE,Fentanyl,1,8",
    ]
    figures = parse([File("file", year_of(rows))]).figures
    assert of(figures, BY_AREA, "El Paso Sector") == {OCTOBER: 4}
    assert of(figures, BY_AREA, "El Paso Field Office") == {OCTOBER: 8}


def test_stars_spaces_marks_and_line_ends_make_no_difference() -> None:
    figures = two_years()
    for how in ({"stars": True}, {"mark": True}, {"newline": "\n"}, {"offices": 4}):
        assert list(parse([File("file", write(figures, running=2026, **how))]).figures) == figures  # type: ignore[arg-type]


def test_october_to_december_belong_to_the_calendar_year_before() -> None:
    figures = parse([File("file", write(two_years(), running=2026))]).figures
    assert (figures[0].date, max(f.date for f in figures)) == (date(2024, 10, 1), date(2026, 2, 1))


def test_the_newest_edition_counts_for_each_fiscal_year() -> None:
    old, new = seizures(date(2023, 10, 1), 24), seizures(date(2024, 10, 1), 17, step=0.5)
    files = [File("old", write(old)), File("new", write(new, running=2026))]
    expected = sorted([f for f in old if f.date < date(2024, 10, 1)] + new)
    assert list(parse(files).figures) == list(parse(files[::-1]).figures) == expected


def test_the_running_year_is_covered_to_its_end() -> None:
    extract = parse([File("file", write(two_years(), running=2026))])
    assert extract.covers == dict.fromkeys((BY_DRUG, BY_AREA), (date(2024, 10, 1), date(2026, 9, 1)))


def test_places_and_drugs_are_named_as_the_store_names_them() -> None:
    store = Store.open()
    assert set(store.about(BY_AREA).geos) == {place for places in PLACES.values() for place in places}
    extract = parse(full_size())
    for series_id in (BY_DRUG, BY_AREA):
        assert {f.geo for f in extract.figures if f.series_id == series_id} == set(store.about(series_id).geos)


def test_the_newest_link_is_followed_and_those_of_other_files_and_sites_are_not() -> None:
    fake = Fake(site())
    files = collect(fake, ADDRESSES)
    assert fake.asked == ["nationwide-drugs-fy23-fy26-jul.csv"]
    assert list(parse(files).figures) == list(recent())


def test_where_nothing_has_changed_nothing_is_given() -> None:
    fake = Fake(site(), unchanged={"nationwide-drugs-fy23-fy26-jul.csv"})
    assert collect(fake, [f"{ORIGIN}{PAGE}"]) == ()


def test_a_file_of_full_size_is_read_whole() -> None:
    files = full_size()
    assert files[0].data.count(b"\n") > 9_000
    assert len(parse(files).figures) == 46 * (10 + 13)
