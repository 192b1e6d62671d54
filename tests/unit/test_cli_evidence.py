"""The commands that keep the evidence, as a user meets them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from official import ucdp
from official.server import serving

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, Any]:
    """Options that give a command an evidence folder of its own."""
    return {"env": os.environ | {"COUNTERFLOW_DATA": str(tmp_path / "evidence")}}


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """UCDP's own file for the next edition, saved by hand: the bundled years as they are, and one more."""
    from evidence_cases import store

    held = {o.date.year: o.value for o in store().observations("ucdp_nonstate_deaths_mx")}
    rows = [ucdp.row(7000 + year, year, value, version="24.1") for year, value in (held | {2023: 9000.0}).items()]
    path = tmp_path / "Nonstate_v24_1.csv"
    path.write_bytes(ucdp.as_csv(rows))
    return path


def test_a_file_saved_by_hand_becomes_a_vintage(counterflow: Run, home: dict[str, Any], edition: Path) -> None:
    before = counterflow("series", "ucdp_nonstate_deaths_mx", "--json", **home)
    dry = counterflow("update", "ucdp", "--from-file", edition, "--dry-run", **home)
    assert dry.returncode == 0, dry.stderr
    assert "new: 1 figure (2023)" in dry.stdout
    assert "Nothing was committed (--dry-run)" in dry.stdout
    assert counterflow("series", "ucdp_nonstate_deaths_mx", "--json", **home).stdout == before.stdout
    done = counterflow("update", "ucdp", "--from-file", edition, "--json", **home)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["vintage"]
    assert [(c["kind"], c["date"], c["after"]) for c in result["outcomes"][0]["changes"]] == [
        ("new", "2023-01-01", 9000.0)
    ]
    now = json.loads(counterflow("series", "ucdp_nonstate_deaths_mx", "--json", **home).stdout)
    assert now["series"]["vintage"] == result["vintage"]
    assert now["observations"][-1]["value"] == 9000.0
    then = counterflow("series", "ucdp_nonstate_deaths_mx", "--as-of", "2026-11-20", "--json", **home)
    assert json.loads(then.stdout)["observations"][-1]["date"] == "2022-01-01"
    again = counterflow("update", "ucdp", "--from-file", edition, **home)
    assert "Every figure is as it was." in again.stdout
    assert "no figure changed" in again.stdout


def test_a_file_that_is_refused_ends_with_code_4_and_says_what_is_wrong(
    counterflow: Run, home: dict[str, Any], edition: Path
) -> None:
    edition.write_bytes(edition.read_bytes().replace(b"best_fatality_estimate", b"best_estimate"))
    done = counterflow("update", "ucdp", "--from-file", edition, **home)
    assert done.returncode == 4
    assert "NOT TAKEN" in done.stdout
    assert "'best_fatality_estimate'" in " ".join(done.stdout.split())
    assert "Nothing was committed." in done.stdout
    assert "Traceback" not in done.stderr
    told = json.loads(counterflow("update", "ucdp", "--from-file", edition, "--json", **home).stdout)
    assert told["vintage"] is None
    assert told["outcomes"][0]["failed"]


def test_what_jumps_is_let_through_only_when_asked(counterflow: Run, home: dict[str, Any], edition: Path) -> None:
    edition.write_bytes(edition.read_bytes().replace(b"9000", b"990000"))
    refused = counterflow("update", "ucdp", "--from-file", edition, **home)
    assert refused.returncode == 4
    assert "--accept-jumps" in refused.stdout
    assert counterflow("update", "ucdp", "--from-file", edition, "--accept-jumps", **home).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cpb-drugs"], "No publisher is called 'cpb-drugs'"),
        (["--from-file", "x.csv"], "--from-file takes the name of one publisher"),
        (["ucdp", "cdc-vsrr", "--from-file", "x.csv"], "--from-file takes the name of one publisher"),
    ],
)
def test_a_wrong_name_is_a_usage_error_that_lists_the_right_ones(
    arguments: list[str], said: str, counterflow: Run, home: dict[str, Any]
) -> None:
    done = counterflow("update", *arguments, **home)
    assert done.returncode == 2
    assert said in done.stderr
    assert "cbp-encounters, cbp-drugs, cdc-vsrr" in done.stderr


def test_a_file_that_is_not_there_is_named(counterflow: Run, home: dict[str, Any]) -> None:
    done = counterflow("update", "ucdp", "--from-file", "nowhere.csv", **home)
    assert done.returncode == 4
    assert "nowhere.csv" in done.stdout


def test_without_a_network_the_publisher_is_told_as_not_taken(counterflow: Run, home: dict[str, Any]) -> None:
    with serving({}) as site:  # a proxy that has nothing
        proxies = {"HTTPS_PROXY": site.address, "HTTP_PROXY": site.address, "NO_PROXY": ""}
        done = counterflow("update", "ucdp", "-q", **home | {"env": home["env"] | proxies})
    assert done.returncode == 4
    assert done.stdout.count("NOT TAKEN") == 1
    assert "could not be reached" in " ".join(done.stdout.split())


def test_the_evidence_is_exported_as_a_data_package(counterflow: Run, home: dict[str, Any], tmp_path: Path) -> None:
    done = counterflow("export", "--data-package", tmp_path / "package", **home)
    assert done.returncode == 0, done.stderr
    place = Path(done.stdout.strip())
    assert json.loads(place.read_text(encoding="utf-8"))["name"] == "counterflow-evidence"
    again = counterflow("export", "--data-package", tmp_path / "package", "--format", "parquet", "--json", **home)
    assert json.loads(again.stdout) == {"data_package": str(place)}
    refused = counterflow("export", "--data-package", tmp_path, **home)
    assert refused.returncode == 2
    assert "something else" in refused.stderr


def test_checks_are_written_as_a_table_and_as_claim_reviews(
    counterflow: Run, home: dict[str, Any], project: Path, tmp_path: Path
) -> None:
    example = project / "examples" / "border-strategy.md"
    table, reviews = tmp_path / "readings.csv", tmp_path / "reviews.json"
    done = counterflow(
        "check", example, "--table", table, "--claimreview", reviews, "--operator", "Desk", "--json", **home
    )
    assert done.returncode == 0, done.stderr
    checks = json.loads(done.stdout)["checks"]
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["claim"] for row in rows} == {check["claim"]["id"] for check in checks}
    assert {review["author"]["name"] for review in json.loads(reviews.read_text(encoding="utf-8"))} == {"Desk"}


def test_a_claim_review_without_an_operator_writes_nothing(
    counterflow: Run, home: dict[str, Any], project: Path, tmp_path: Path
) -> None:
    example, table = project / "examples" / "border-strategy.md", tmp_path / "readings.csv"
    done = counterflow("check", example, "--claimreview", tmp_path / "reviews.json", "--table", table, **home)
    assert done.returncode == 2
    assert "COUNTERFLOW_OPERATOR" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "reviews.json").exists()
    assert not table.exists()
    named = home["env"] | {"COUNTERFLOW_OPERATOR": "Desk of Facts"}
    assert counterflow("check", example, "--claimreview", tmp_path / "reviews.json", env=named).returncode == 0


def test_a_series_as_it_was_known_on_a_day(counterflow: Run, home: dict[str, Any]) -> None:
    done = counterflow("series", "usbp_encounters_sw", "--as-of", "2025-03-01", **home)
    assert done.returncode == 0, done.stderr
    assert "last     Jan 2025: 29,107" in done.stdout
    early = counterflow("series", "usbp_encounters_sw", "--as-of", "1990-01-01", **home)
    assert early.returncode == 4
    assert "no figure of usbp_encounters_sw was known" in early.stderr
    part = counterflow("series", "usbp_encounters_sector", "--geo", "El Pasa", **home)
    assert part.returncode == 4
    assert "El Paso" in part.stderr


def test_the_help_names_every_publisher(counterflow: Run) -> None:
    from counterflow.evidence.updating.update import publishers

    said = " ".join(counterflow("update", "--help").stdout.split())
    assert [name for name in publishers() if name not in said] == []
