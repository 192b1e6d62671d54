"""What leaves the store is what is in it, in formats that other programs accept."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import jsonschema
import pytest

from counterflow.errors import UsageError
from counterflow.evidence.interchange.data_package import export_data_package
from counterflow.evidence.store import Store
from counterflow.evidence.tables import TABLES, sql_columns, write_table
from vintage_cases import DECEMBER_CHANGES, TODAY, add, changed, new_store


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store with the bundled vintage and one more, in which a figure was revised and another withdrawn."""
    folder = new_store(tmp_path_factory.mktemp("store"))
    add(folder, TODAY, [*DECEMBER_CHANGES, changed(date(2025, 9, 1), None)])
    return Store.open(folder)


@pytest.fixture(scope="module", params=["csv", "parquet"])
def exported(updated: Store, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    return export_data_package(updated, tmp_path_factory.mktemp("export") / "package", request.param)


def test_the_package_is_as_version_2_of_the_standard_says(exported: Path) -> None:
    profile = json.loads(files("dplib").joinpath("profiles/2.0/datapackage.json").read_text(encoding="utf-8"))
    described = json.loads(exported.read_text(encoding="utf-8"))
    errors = list(jsonschema.Draft7Validator(profile).iter_errors(described))
    assert errors == []
    assert [resource["name"] for resource in described["resources"]] == list(TABLES)
    assert described["version"] == "2026-12-01"


def test_the_data_are_of_the_types_keys_and_references_that_the_package_says(updated: Store, tmp_path: Path) -> None:
    place = export_data_package(updated, tmp_path / "package")
    code = (
        "import sys, frictionless\n"
        "report = frictionless.validate(sys.argv[1])\n"
        "print(report.stats, [e.message for t in report.tasks for e in t.errors][:3])\n"
        "sys.exit(not report.valid)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, place], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_tables_read_back_from_the_export_are_those_of_the_store_to_the_byte(
    exported: Path, updated: Store, tmp_path: Path
) -> None:
    again, direct = tmp_path / "again", tmp_path / "direct"
    again.mkdir()
    direct.mkdir()
    for name in TABLES:
        (path,) = exported.parent.glob(f"{name}.*")
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"CREATE TABLE t ({sql_columns(name)})")
            options = "(HEADER, FORMAT csv, FORCE_NOT_NULL (" + _texts(name) + "))" if path.suffix == ".csv" else ""
            connection.execute(f"COPY t FROM '{path}' {options}")
            write_table(name, connection.execute("SELECT * FROM t").fetchall(), again)
        write_table(name, updated.connection.execute(f"SELECT * FROM {name}").fetchall(), direct)
        assert (again / f"{name}.parquet").read_bytes() == (direct / f"{name}.parquet").read_bytes(), name


def _texts(name: str) -> str:
    return ", ".join(f'"{column}"' for column, (kind, _) in TABLES[name]["columns"].items() if kind == "string")


def test_a_withdrawn_figure_is_exported_without_a_value(updated: Store, tmp_path: Path) -> None:
    place = export_data_package(updated, tmp_path / "package")
    with (place.parent / "observations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["vintage"] == "2026-12-01"]
    assert [(row["date"], row["value"]) for row in rows] == [("2025-09-01", ""), ("2025-12-01", "6480.0")]


def test_the_same_store_gives_the_same_bytes(updated: Store, tmp_path: Path) -> None:
    first, second = (export_data_package(updated, tmp_path / name).parent for name in ("first", "second"))
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}


def test_an_export_replaces_an_earlier_one_and_nothing_else(updated: Store, tmp_path: Path) -> None:
    place = export_data_package(updated, tmp_path / "package").parent
    export_data_package(updated, place, "parquet")
    assert sorted(path.suffix for path in place.iterdir()) == [".json", *[".parquet"] * len(TABLES)]
    (place / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="something else"):
        export_data_package(updated, place)
    assert (place / "mine.txt").read_text() == "keep"


def test_what_lies_beside_the_folder_is_left_alone(
    updated: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package.part").mkdir()
    (tmp_path / "package.part" / "thesis.txt").write_text("mine")
    export_data_package(updated, tmp_path / "package")
    assert (tmp_path / "package.part" / "thesis.txt").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert export_data_package(updated, Path(".")) == tmp_path / "empty" / "datapackage.json"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "package", "package.part"]


def test_the_export_holds_what_is_needed_to_ask_what_was_known_on_a_day(updated: Store, tmp_path: Path) -> None:
    place = export_data_package(updated, tmp_path / "package").parent
    query = f"""SELECT arg_max(value, rank) FROM '{place}/observations.csv' JOIN '{place}/vintages.csv' USING (vintage)
        WHERE series_id = 'usbp_encounters_sw' AND date = '2025-12-01' AND known <= '{{}}'"""
    with duckdb.connect(":memory:") as connection:
        known = [connection.execute(query.format(day)).fetchone() for day in ("2026-11-30", "2026-12-01")]
    assert known == [(6478.0,), (6480.0,)]


def test_a_file_in_the_place_of_the_folder_is_refused(updated: Store, tmp_path: Path) -> None:
    (tmp_path / "package").write_text("a file")
    with pytest.raises(UsageError, match="something else"):
        export_data_package(updated, tmp_path / "package")
