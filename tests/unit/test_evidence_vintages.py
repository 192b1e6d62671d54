"""A vintage adds what changed; what was known before it stays askable."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence import folder as evidence_folder
from counterflow.evidence.folder import BUNDLED, ready
from counterflow.evidence.store import Store
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


def test_a_newer_package_renews_its_tables_and_keeps_what_updates_added(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, date(2026, 12, 1), [changed(DECEMBER, 6480)])
    before = json.loads((folder / "manifest.json").read_text())
    newer = tmp_path / "newer"
    evidence_folder.shutil.copytree(BUNDLED, newer)
    manifest = json.loads((newer / "manifest.json").read_text())
    (newer / "manifest.json").write_text(json.dumps(manifest | {"remark": "a newer package"}))
    monkeypatch.setattr(evidence_folder, "BUNDLED", newer)
    assert ready(folder) == folder
    after = json.loads((folder / "manifest.json").read_text())
    assert after["package"] != before["package"]
    assert value(folder, DECEMBER) == 6480
    assert value(folder, DECEMBER, "2026-11-30") == 6478


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
