"""A report is written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import report_fixture
from counterflow.errors import ReportError
from counterflow.report.formats.plan import planned
from counterflow.report.formats.write import write
from counterflow.report.page import render as page


def write_report(assessment: dict[str, Any], out: Path) -> tuple[Path, ...]:
    return write(assessment, planned(out))


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build(draws=5)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about files: the charts themselves are tested elsewhere."""
    monkeypatch.setattr(page, "render_page", lambda a: f"<!doctype html>{a['question']}")


def test_the_page_and_the_assessment_stand_side_by_side(tmp_path: Path, assessment: dict[str, Any]) -> None:
    report, beside = write_report(assessment, tmp_path / "border.html")
    assert report.read_text().startswith("<!doctype html>")
    assert json.loads(beside.read_text()) == assessment
    assert sorted(p.name for p in tmp_path.iterdir()) == ["border.assessment.json", "border.html"]


@pytest.mark.usefixtures("quick")
def test_two_reports_in_one_folder_keep_their_own_assessments(tmp_path: Path, assessment: dict[str, Any]) -> None:
    for name in ("report.html", "first.html", "second.v2.html"):
        write_report(assessment | {"question": name}, tmp_path / name)
    assert json.loads((tmp_path / "assessment.json").read_text())["question"] == "report.html"
    assert json.loads((tmp_path / "first.assessment.json").read_text())["question"] == "first.html"
    assert json.loads((tmp_path / "second.v2.assessment.json").read_text())["question"] == "second.v2.html"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("failing", ["fsync", "replace", "fdopen"])
def test_a_failure_leaves_what_was_there_and_no_litter(
    tmp_path: Path, assessment: dict[str, Any], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    (tmp_path / "report.html").write_text("old page")
    (tmp_path / "assessment.json").write_text("old assessment")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(ReportError, match="No space left on device"):
        write_report(assessment, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "old page"
    assert (tmp_path / "assessment.json").read_text() == "old assessment"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_page_that_cannot_be_rendered_writes_nothing(
    tmp_path: Path, assessment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> str:
        raise ValueError("chart")

    monkeypatch.setattr(page, "render_page", broken)
    with pytest.raises(ValueError, match="chart"):
        write_report(assessment, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, assessment: dict[str, Any]) -> None:
    with pytest.raises(ReportError, match="No such file or directory") as caught:
        write_report(assessment, tmp_path / "absent" / "report.html")
    assert caught.value.where.endswith("report.html")
    assert caught.value.hint


@pytest.mark.usefixtures("quick")
def test_a_folder_in_the_place_of_the_page_is_refused(tmp_path: Path, assessment: dict[str, Any]) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(ReportError, match="is a folder"):
        write_report(assessment, tmp_path / "report.html")
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere: the unwritable folder was NOT tested")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path, assessment: dict[str, Any]) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ReportError, match="Permission denied"):
        write_report(assessment, tmp_path / "report.html")


@pytest.mark.usefixtures("quick")
def test_text_without_a_utf8_form_does_not_break_the_files(tmp_path: Path, assessment: dict[str, Any]) -> None:
    _, beside = write_report(assessment | {"question": "half a pair: \ud800"}, tmp_path / "report.html")
    assert json.loads(beside.read_text())["question"] == "half a pair: ?"


@pytest.mark.usefixtures("quick")
def test_files_get_the_permissions_of_any_new_file(tmp_path: Path, assessment: dict[str, Any]) -> None:
    (tmp_path / "plain").write_text("")
    report, _ = write_report(assessment, tmp_path / "report.html")
    assert report.stat().st_mode == (tmp_path / "plain").stat().st_mode
