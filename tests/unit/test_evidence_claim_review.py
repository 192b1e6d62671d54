"""Checks leave as ClaimReview, one rating per baseline, and as tables, one row per reading."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import counterflow as cf
from counterflow.brief.schema import Brief
from counterflow.errors import UsageError
from counterflow.evidence.interchange.claim_review import addresses_in, claim_reviews, write_claim_reviews
from counterflow.evidence.interchange.readings import write_readings
from counterflow.evidence.schema import Check
from evidence_cases import PROJECT, store

EXAMPLE = PROJECT / "examples" / "border-strategy.md"
TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def brief() -> Brief:
    return cf.read(EXAMPLE)


@pytest.fixture(scope="module")
def checks(brief: Brief) -> tuple[Check, ...]:
    return cf.check(brief, store())


@pytest.fixture(scope="module")
def reviews(brief: Brief, checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return claim_reviews(
        brief, checks, store(), operator="Desk of Facts", operator_url="https://example.org", reviewed=TODAY
    )


def review_of(reviews: list[dict[str, Any]], words: str) -> dict[str, Any]:
    (found,) = [review for review in reviews if words in review["claimReviewed"]]
    return found


def test_every_claim_is_one_review_by_the_operator(reviews: list[dict[str, Any]], checks: tuple[Check, ...]) -> None:
    assert len(reviews) == len(checks)
    for review in reviews:
        assert (review["@context"], review["@type"]) == ("https://schema.org", "ClaimReview")
        assert review["author"] == {"@type": "Organization", "name": "Desk of Facts", "url": "https://example.org"}
        assert review["datePublished"] == "2026-12-01"
        assert review["itemReviewed"]["@type"] == "Claim"
        assert review["itemReviewed"]["appearance"]["identifier"].startswith("sha256:")


def test_a_claim_that_holds_against_one_baseline_only_has_a_rating_for_each(reviews: list[dict[str, Any]]) -> None:
    ratings = {r["reviewAspect"]: r["alternateName"] for r in review_of(reviews, "93")["reviewRating"]}
    assert ratings["baseline: peak fiscal year under Biden: FY2023; period: " + _period(ratings)] == "holds"
    assert {name for aspect, name in ratings.items() if "peak month" in aspect} == {"does not hold"}
    assert any("does not name" in aspect for aspect in ratings)
    assert all(rating["ratingExplanation"] for rating in review_of(reviews, "93")["reviewRating"])


def _period(ratings: dict[str, str]) -> str:
    return next(iter(ratings)).partition("; period: ")[2]


def test_a_claim_that_cannot_be_compared_says_so_in_its_one_rating(
    reviews: list[dict[str, Any]], checks: tuple[Check, ...]
) -> None:
    number = next(n for n, check in enumerate(checks) if check.verdict == "incomplete")
    (rating,) = reviews[number]["reviewRating"]
    assert rating["alternateName"] == "incomplete"
    assert "missing" in rating["ratingExplanation"]


def test_a_review_names_the_series_and_vintage_that_it_rests_on(reviews: list[dict[str, Any]]) -> None:
    based_on = [entry for review in reviews for entry in review["isBasedOn"] if "identifier" in entry]
    series = next(entry for entry in based_on if entry["identifier"] == "usbp_encounters_sw")
    assert series["version"] == "2026-11"
    assert series["license"] == "public domain (US government work)"


def test_a_review_without_an_operator_is_refused(brief: Brief, checks: tuple[Check, ...]) -> None:
    with pytest.raises(UsageError, match="no operator is named") as caught:
        claim_reviews(brief, checks, store(), operator=" ", reviewed=TODAY)
    assert "COUNTERFLOW_OPERATOR" in caught.value.hint


def test_reviews_are_one_json_document(reviews: list[dict[str, Any]], tmp_path: Path) -> None:
    write_claim_reviews(reviews, tmp_path / "reviews.json")
    assert json.loads((tmp_path / "reviews.json").read_text(encoding="utf-8")) == reviews


def test_the_table_has_a_row_for_every_reading_and_claim(checks: tuple[Check, ...], tmp_path: Path) -> None:
    for name in ("readings.csv", "readings.parquet"):
        write_readings(checks, tmp_path / name)
    with (tmp_path / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(max(1, len(check.readings)) for check in checks)
    first = next(r for check in checks for r in check.readings)
    assert float(rows[0]["observed"]) == first.observed
    table = duckdb.connect(":memory:").execute(
        "SELECT claim, outcome, observed FROM read_parquet(?)", [str(tmp_path / "readings.parquet")]
    )
    assert [row[:2] for row in table.fetchall()] == [(row["claim"], row["outcome"] or None) for row in rows]


@pytest.mark.parametrize("name", ["readings", "readings.xlsx"])
def test_a_table_of_another_kind_is_refused(checks: tuple[Check, ...], tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"written as \.csv or \.parquet"):
        write_readings(checks, tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["readings.csv", "readings.parquet"])
def test_a_place_that_cannot_be_written_is_named(checks: tuple[Check, ...], tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written") as caught:
        write_readings(checks, tmp_path / "nowhere" / name)
    assert caught.value.where.endswith(name)


# --- addresses ---


def test_an_address_is_one_and_what_is_none_is_words(reviews: list[dict[str, Any]]) -> None:
    entries = [entry for review in reviews for entry in review["isBasedOn"]]
    assert entries
    for entry in entries:
        if "url" in entry:
            assert entry["url"].startswith(("http://", "https://"))
            assert " " not in entry["url"]
    words = [entry["description"] for entry in entries if "url" not in entry]
    assert any("Department of Defense" in text for text in words)


def test_a_row_on_two_single_figures_rests_on_two_entries(
    reviews: list[dict[str, Any]], checks: tuple[Check, ...]
) -> None:
    number = next(n for n, check in enumerate(checks) if check.claim.measure == "gotaways" and check.readings)
    two = next(r for r in checks[number].readings if " " in r.source_url)
    based_on = {entry.get("url") for entry in reviews[number]["isBasedOn"]}
    assert set(two.source_url.split()) <= based_on


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.org/x https://b.org", (["https://a.org/x", "https://b.org"], "")),
        ("press, January 2025", ([], "press, January 2025")),
        ("DEA via https://a.org/x", (["https://a.org/x"], "DEA")),
        ("via example.org", ([], "via example.org")),
        ("https://", ([], "https://")),
    ],
)
def test_addresses_are_told_from_words(text: str, found: tuple[list[str], str]) -> None:
    assert addresses_in(text) == found


def test_a_text_that_a_spreadsheet_would_run_is_only_text(checks: tuple[Check, ...], tmp_path: Path) -> None:
    hostile = checks[0].model_copy(update={"explanation": "=1+1", "readings": ()})
    write_readings([hostile], tmp_path / "readings.csv")
    assert "'=1+1" in (tmp_path / "readings.csv").read_text(encoding="utf-8")
