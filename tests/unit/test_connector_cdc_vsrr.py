"""CDC's twelve-month counts are read from the API's pages and from the site's table alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from counterflow.evidence.connectors import cdc_vsrr
from counterflow.evidence.connectors.cdc_vsrr import ALL, SYNTHETIC
from counterflow.evidence.connectors.official import File, Published
from official import cdc_vsrr as publisher
from official.cdc_vsrr import as_csv, as_json, row

REPORTED, PREDICTED = "overdose_deaths_t404_12mo_reported", "overdose_deaths_t404_12mo_predicted"
APRIL, MAY = date(2025, 4, 1), date(2025, 5, 1)


def ours(day: date, reported: str = "42,233", predicted: str = "43,809", every: str = "76,516") -> list[dict[str, str]]:
    """The two rows of a month, as they stand in the table."""
    rows = [row("US", "United States", day, indicator, {}) for indicator in (SYNTHETIC, ALL)]
    rows[0] |= {"data_value": reported, "predicted_value": predicted}
    rows[1] |= {"data_value": "73,690", "predicted_value": every}
    return rows


def values(*files: File) -> dict[tuple[str, date], float]:
    return {(figure.series_id, figure.date): figure.value for figure in cdc_vsrr.parse(files).figures}


def test_reported_and_predicted_counts_are_series_of_their_own() -> None:
    assert values(File("a.json", as_json(ours(APRIL)))) == {
        (REPORTED, APRIL): 42_233.0,
        (PREDICTED, APRIL): 43_809.0,
        ("overdose_deaths_all_12mo", APRIL): 76_516.0,
    }


def test_the_reported_count_of_all_drugs_belongs_to_no_series() -> None:
    assert 73_690.0 not in values(File("a.json", as_json(ours(APRIL)))).values()


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("form", [as_json, as_csv])
def test_a_blank_value_is_no_figure_and_is_no_zero(form: Callable[..., bytes], blank: str) -> None:
    found = cdc_vsrr.parse([File("a", form([*ours(APRIL), *ours(MAY, predicted=blank)]))])
    assert (PREDICTED, MAY) not in {(figure.series_id, figure.date) for figure in found.figures}
    assert (REPORTED, MAY) in {(figure.series_id, figure.date) for figure in found.figures}
    assert found.covers[PREDICTED] == (APRIL, MAY)  # so that a figure held before is seen to have vanished


def test_a_null_is_blank_and_a_number_need_not_be_text() -> None:
    rows = [{"predicted_value": None} | ours(APRIL)[0], ours(APRIL)[1]]
    plain = [dict(rows[0], predicted_value=None, data_value=42233, year=2025), dict(rows[1])]
    assert values(File("a.json", json.dumps(plain).encode())) == {
        (REPORTED, APRIL): 42_233.0,
        ("overdose_deaths_all_12mo", APRIL): 76_516.0,
    }


def test_other_states_indicators_and_periods_are_passed_over() -> None:
    others = [
        row("YC", "New York City", APRIL, SYNTHETIC, {"data_value": 5}),
        row("US", "United States", APRIL, "Cocaine (T40.5)", {"data_value": 6}),
        row("US", "United States", APRIL, SYNTHETIC, {"data_value": 7}) | {"period": "1 month-ending"},
    ]
    assert values(File("a.json", as_json([*others, *ours(APRIL)]))) == values(File("b.json", as_json(ours(APRIL))))


def test_what_other_states_hold_need_not_be_numbers() -> None:
    other = row("CT", "Connecticut", APRIL, SYNTHETIC, {}) | {"data_value": "withheld"}
    for form in (as_json, as_csv):
        assert len(values(File("a", form([other, *ours(APRIL)])))) == 3


def test_the_sites_csv_and_the_apis_json_say_the_same() -> None:
    figures = publisher.figures()
    read = [cdc_vsrr.parse([File("a", publisher.write(figures, form=form))]) for form in ("json", "csv")]
    assert read[0] == read[1]
    assert list(read[0].figures) == figures


def test_the_apis_own_csv_is_read_too() -> None:
    lines = as_csv(ours(APRIL)).decode().split("\n")
    lines[0] = ",".join(f'"{name}"' for name in publisher.JSON_NAMES)
    assert len(values(File("xkb8-kh2a.csv", "\n".join(lines).encode()))) == 3


def test_columns_may_stand_in_another_order_and_behind_a_mark() -> None:
    names = sorted(publisher.CSV_HEADER)
    rows = [[cells[name.lower().replace(" ", "_")].replace(",", "") for name in names] for cells in ours(APRIL)]
    for cells, indicator in zip(rows, (SYNTHETIC, ALL), strict=True):
        cells[names.index("Indicator")] = f'"{indicator}"'
    text = "\n".join(",".join(cells) for cells in [names, *rows])
    assert len(values(File("a.csv", b"\xef\xbb\xbf" + text.encode()))) == 3


def test_a_newer_download_supersedes_an_older_one() -> None:
    older = File("older.json", as_json(ours(APRIL, "42,000")))
    newer = File("newer.csv", as_csv([*ours(APRIL, "42,900"), *ours(MAY)]))
    for files in ((older, newer), (newer, older)):
        assert values(*files)[REPORTED, APRIL] == 42_900.0


def test_pages_of_one_answer_make_one_table() -> None:
    pages = [File("1.json", as_json(ours(MAY))), File("2.json", as_json(ours(APRIL)))]
    found = cdc_vsrr.parse(pages)
    assert len(found.figures) == 6
    assert set(found.covers.values()) == {(APRIL, MAY)}


def test_nothing_given_says_nothing() -> None:
    assert cdc_vsrr.parse([]).figures == ()


# --- fetching ---


class Api:
    """The API in memory: answers with the rows that a query asks for."""

    def __init__(self, rows: list[dict[str, str]], unchanged: bool = False) -> None:
        self.rows, self.unchanged = rows, unchanged
        self.asked: list[dict[str, list[str]]] = []

    def page(self, address: str) -> File:
        query = parse_qs(urlsplit(address).query, strict_parsing=True)
        self.asked.append(query)
        first, limit = int(query["$offset"][0]), int(query["$limit"][0])
        return File("xkb8-kh2a.json", as_json(self.rows[first : first + limit]), address)

    def file(self, address: str) -> File | None:
        found = self.page(address)
        return None if self.unchanged else found


def test_only_our_rows_are_asked_for_in_a_fixed_order() -> None:
    api = Api(ours(APRIL))
    assert len(cdc_vsrr.collect(api)) == 1
    assert api.asked == [
        {
            "$where": [f"state='US' AND indicator in('{SYNTHETIC}','{ALL}')"],
            "$order": ["year DESC,month,indicator,period"],
            "$limit": ["5000"],
            "$offset": ["0"],
        }
    ]


@pytest.mark.parametrize(("rows", "pages"), [(3, 2), (4, 3), (5, 3)])
def test_pages_are_taken_until_one_is_not_full(monkeypatch: pytest.MonkeyPatch, rows: int, pages: int) -> None:
    monkeypatch.setattr(cdc_vsrr, "PAGE_ROWS", 2)
    monkeypatch.setitem(cdc_vsrr.QUERY, "$limit", "2")
    table = [cells for month in (1, 2, 3) for cells in ours(date(2025, month, 1))][:rows]
    files = cdc_vsrr.collect(Api(table))
    assert len(files) == pages
    assert len(cdc_vsrr.parse(files).figures) == sum(2 if cells["indicator"] == SYNTHETIC else 1 for cells in table)


def test_an_unchanged_table_is_left_out() -> None:
    assert cdc_vsrr.collect(Api(ours(APRIL), unchanged=True)) == ()


def test_the_site_of_the_tests_answers_as_the_api_does() -> None:
    media_type, body = publisher.site()[publisher.START[0]]
    assert media_type == "application/json"
    assert list(cdc_vsrr.parse([File("a.json", body)]).figures) == publisher.figures(2024, 2, months=4)


def test_a_figure_is_of_the_united_states_on_the_first_of_the_month() -> None:
    assert (
        Published(REPORTED, "united_states", APRIL, 42_233.0)
        in cdc_vsrr.parse([File("a.json", as_json(ours(APRIL)))]).figures
    )
