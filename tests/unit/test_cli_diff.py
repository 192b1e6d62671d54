"""`counterflow diff A B`: what differs, as text or as JSON; what cannot be compared is refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import report_fixture
from counterflow.cli import diff
from counterflow.cli.base import main
from counterflow.report.assessment.assemble import SCHEMA_VERSION
from counterflow.report.formats.plan import planned
from counterflow.report.formats.write import write
from counterflow.report.studies.difference.reading import KNOWN

assert diff.diff.name == "diff"


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build()


@pytest.fixture
def made(tmp_path: Path, assessment: dict[str, Any]) -> Callable[..., Path]:
    def make(name: str, **more: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(assessment | more), encoding="utf-8")
        return path

    return make


def test_the_files_that_lie_beside_reports_are_compared(tmp_path: Path, assessment: dict[str, Any]) -> None:
    manifest = assessment["manifest"] | {"seed": 1, "command": "counterflow assess x.md --draws 60 --seed 1"}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    a = write(assessment, planned(tmp_path / "a" / "report.json"))[-1]
    b = write(assessment | {"manifest": manifest}, planned(tmp_path / "b" / "other.html"))[-1]
    done = compare(a, b)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:2] == [f"A  {a}", f"B  {b}"]
    assert "  seed: 0 → 1" in done.output
    assert "One thing differs: the seed. No answer came out otherwise." in done.output
    found = json.loads(compare(a, b, "--json").output)
    assert (found["same"], found["causes"], found["headlines"]) == (False, ["seed"], [])


def test_equal_files_are_the_same(made: Callable[..., Path]) -> None:
    done = compare(made("a.json"), made("b.json", timings={}))
    assert done.exit_code == 0
    assert "A and B are the same, but for the time that they took." in done.output


def test_the_same_file_twice_is_a_mistake(made: Callable[..., Path], tmp_path: Path) -> None:
    a = made("a.json")
    link = tmp_path / "link.json"
    link.symlink_to(a)
    for other in (a, link):
        done = compare(a, other, "--json")
        assert done.exit_code == 2
        assert json.loads(done.output)["error"]["message"] == "this is the same file twice"


def test_it_reads_what_assess_writes_today() -> None:
    assert KNOWN == SCHEMA_VERSION


def test_mixed_schema_versions_are_refused(made: Callable[..., Path]) -> None:
    done = compare(made("a.json"), made("b.json", schema_version=2), "--json")
    assert done.exit_code == 3
    assert "b.json of 2" in json.loads(done.output)["error"]["message"]
    done = compare(made("a.json", schema_version=99), made("b.json", schema_version=99), "--json")
    assert done.exit_code == 3
    assert "both are of schema version 99" in json.loads(done.output)["error"]["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"<html>", "no JSON"),
        (b'{"schema_version": 1, "headlines": NaN}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1]", "no assessment"),
        (b'{"checks": []}', "no assessment"),
        (b'{"schema_version": 1}', "this assessment has no document"),
    ],
)
def test_what_is_no_assessment_is_refused(made: Callable[..., Path], tmp_path: Path, content: bytes, said: str) -> None:
    b = tmp_path / "b.json"
    b.write_bytes(content)
    done = compare(made("a.json"), b, "--json")
    assert done.exit_code == 3
    error = json.loads(done.output)["error"]
    assert said in error["message"]
    assert (error["code"], error["where"]) == ("input", str(b))


def test_what_cannot_be_read_is_refused(made: Callable[..., Path], tmp_path: Path) -> None:
    for other in (tmp_path / "nowhere.json", tmp_path):
        done = compare(made("a.json"), other, "--json")
        assert done.exit_code == 3
        assert "cannot be read" in json.loads(done.output)["error"]["message"]


def test_an_assessment_with_a_hole_is_refused_and_is_no_fault_of_the_program(
    made: Callable[..., Path], assessment: dict[str, Any]
) -> None:
    done = compare(made("a.json"), made("b.json", claims=[{"verdict": "holds_all"}]), "--json")
    assert done.exit_code == 3
    assert "lacks what an assessment holds" in json.loads(done.output)["error"]["message"]
