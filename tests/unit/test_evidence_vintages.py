"""A vintage adds what changed; what was known before it stays askable."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence import folder as evidence_folder
from counterflow.evidence.folder import BUNDLED, only_writer, read_manifest, ready, usual_folder, write_manifest
from counterflow.evidence.store import Store
from counterflow.evidence.tables import write_table
from counterflow.evidence.vintages import Changed
from vintage_cases import GEO, SERIES, add, changed, new_store

DECEMBER, JANUARY = date(2025, 12, 1), date(2026, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_store(tmp_path)


def value(folder: Path, day: date, as_of: str | None = None) -> float | None:
    found = {o.date: o.value for o in Store.open(folder).observations(SERIES, as_of=as_of)}
    return found.get(day)


def test_the_first_use_begins_a_store_with_the_bundled_figures(folder: Path) -> None:
    assert Store.open(folder).series_list() == Store.open(BUNDLED).series_list()
    assert value(folder, DECEMBER) == 6478


def test_the_latest_vintage_speaks_for_a_figure(folder: Path) -> None:
    assert add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480), changed(JANUARY, 6070)]) == "2026-12-01"
    assert value(folder, DECEMBER) == 6480
    assert value(folder, JANUARY) == 6070
    about = Store.open(folder).about(SERIES)
    assert (about.vintage, about.last, about.rows) == ("2026-12-01", JANUARY, 314)


def test_what_was_known_on_a_day_can_be_asked_for(folder: Path) -> None:
    add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480)])
    add(folder, date(2027, 1, 9), [changed(DECEMBER, 6481)])
    known = {day: value(folder, DECEMBER, day) for day in ("2026-01-31", "2026-02-01", "2026-11-30", "2026-12-01")}
    assert known == {"2026-01-31": None, "2026-02-01": 6478, "2026-11-30": 6478, "2026-12-01": 6480}
    assert value(folder, DECEMBER, "2027-01-09") == 6481


def test_a_figure_that_is_no_longer_given_is_gone_and_was_there_before(folder: Path) -> None:
    add(folder, date(2026, 12, 1), [changed(DECEMBER, None)])
    assert value(folder, DECEMBER) is None
    assert value(folder, DECEMBER, "2026-11-30") == 6478


def test_two_updates_of_one_day_are_two_vintages(folder: Path) -> None:
    today = date(2026, 12, 1)
    names = [add(folder, today, [changed(DECEMBER, 6480 + n)]) for n in range(11)]
    assert names[:3] == ["2026-12-01", "2026-12-01.2", "2026-12-01.3"]
    assert value(folder, DECEMBER) == 6490  # the eleventh, which as text would sort before the second
    assert value(folder, DECEMBER, "2026-12-01") == 6490


def test_a_figure_tells_the_file_that_it_came_from(folder: Path) -> None:
    add(folder, date(2026, 12, 1), [changed(JANUARY, 6070)])
    store = Store.open(folder)
    source = store.source(store.observations(SERIES)[-1].source_id)
    assert source["retrieved"] == "2026-12-01T00:00:00Z"
    assert source["files"][0]["sha256"] == "0" * 64


def test_a_clock_before_the_last_vintage_is_refused(folder: Path) -> None:
    add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480)])
    with pytest.raises(EvidenceError, match="the clock says 2026-11-30"):
        add(folder, date(2026, 11, 30), [changed(DECEMBER, 6481)])


def newer_package(place: Path, vintage: str, known: str, december: float) -> Path:
    """The tables of a later package: one vintage, in which December 2025 has another value."""
    rows = Store.open(BUNDLED).connection.execute("SELECT * FROM observations").fetchall()
    key = (SERIES, GEO, DECEMBER)
    rows = [(*row[:3], december if row[:3] == key else row[3], row[4], vintage, f"{vintage}/x") for row in rows]
    shutil.copytree(BUNDLED, place)
    shutil.rmtree(place / "vintages")
    own = place / "vintages" / vintage
    own.mkdir(parents=True)
    source = (f"{vintage}/x", vintage, "t", "p", "u", "l", vintage, "bundled", "")
    tables = {
        "observations": write_table("observations", rows, own),
        "sources": write_table("sources", [source], own),
        "files": write_table("files", [], own),
    }
    entry = {"id": vintage, "known": known, "bundled": True, "folder": f"vintages/{vintage}", "tables": tables}
    write_manifest(place, read_manifest(BUNDLED) | {"vintages": [entry]})
    return place


def test_a_newer_package_adds_its_vintage_in_the_order_in_which_all_became_known(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480)])
    package = newer_package(tmp_path / "newer", "2027-03", "2027-03-01", 7000)
    monkeypatch.setattr(evidence_folder, "BUNDLED", package)
    assert ready(folder) == folder
    names = [vintage["id"] for vintage in read_manifest(folder)["vintages"]]
    assert names == ["2026-11", "2026-12-01", "2027-03"]
    known = {day: value(folder, DECEMBER, day) for day in ("2026-11-15", "2026-12-15", "2027-02-28", "2027-03-01")}
    assert known == {"2026-11-15": 6478, "2026-12-15": 6480, "2027-02-28": 6480, "2027-03-01": 7000}
    assert value(folder, DECEMBER) == 7000
    assert Store.open(folder).vintage == "2027-03"
    with pytest.raises(EvidenceError, match="before the last vintage"):
        add(folder, date(2027, 2, 1), [changed(DECEMBER, 1)])


def test_an_older_package_leaves_a_newer_store_as_it_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = newer_package(tmp_path / "newer", "2027-03", "2027-03-01", 7000)
    with monkeypatch.context() as newer:
        newer.setattr(evidence_folder, "BUNDLED", package)
        ready(folder)
    before = (folder / "manifest.json").read_bytes()
    assert ready(folder) == folder
    assert (folder / "manifest.json").read_bytes() == before


def test_a_reader_of_a_store_that_is_being_written_reads_what_is_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = newer_package(tmp_path / "newer", "2027-03", "2027-03-01", 7000)
    monkeypatch.setattr(evidence_folder, "BUNDLED", package)
    with only_writer(folder):
        assert ready(folder) == folder
        assert value(folder, DECEMBER) == 6478
    assert ready(folder) == folder
    assert value(folder, DECEMBER) == 7000


def test_a_vintage_that_does_not_fit_is_not_committed_and_the_store_stays(folder: Path) -> None:
    before = (folder / "manifest.json").read_bytes()
    for rows in ([changed(DECEMBER, 1), changed(DECEMBER, 2)], [Changed("mystery", GEO, DECEMBER, 1.0, "")]):
        with pytest.raises(EvidenceError, match="does not fit the store"):
            add(folder, date(2026, 12, 1), rows)
        assert (folder / "manifest.json").read_bytes() == before
        assert list((folder / "vintages").iterdir()) == []
    assert add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480)]) == "2026-12-01"


def test_a_tilde_in_the_folder_s_name_is_the_user_s_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COUNTERFLOW_DATA", "~/it's mine")
    assert usual_folder() == tmp_path / "it's mine"
    assert Store.open().observations(SERIES)


def test_a_folder_that_cannot_be_made_leaves_the_bundled_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert ready(Path("/nowhere/evidence")) == BUNDLED


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(EvidenceError, match="manifest of the evidence is missing"):
        ready(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNTERFLOW_DATA", str(tmp_path / "mine"))
    assert Store.open().folder == tmp_path / "mine"
    assert Store.open().observations(SERIES, GEO)
