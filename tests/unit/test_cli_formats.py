"""`counterflow assess` in other formats: what is written, and what is refused before anything is read."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from docx import Document

import counterflow as cf
from counterflow.assess import check, report
from counterflow.cli import documents
from counterflow.cli.base import main
from counterflow.report.assessment.schema import published

assert documents.assess.name == "assess"

FIGURES = """# Crossings at the border

In June 2025 the Border Patrol recorded 8,383 encounters along the southwest border, 93% fewer than in June 2024.
"""


def assess(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["assess", *map(str, arguments)])


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document that claims figures and moves no lever: nothing is simulated, so it is assessed in seconds."""
    path = tmp_path_factory.mktemp("document") / "figures.md"
    path.write_text(FIGURES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def written(document: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """One run in three formats: what it printed, and the folder."""
    folder = tmp_path_factory.mktemp("written")
    formats = ["--format", "md", "--format", "docx", "--format", "json"]
    return assess(document, "--date", "2025-07-20", "--out", folder / "june.md", *formats, "--json"), folder


def test_every_format_that_was_asked_for_lies_beside_the_others(written: tuple[Result, Path]) -> None:
    done, folder = written
    assert done.exit_code == 0, done.output
    names = {path.name for path in folder.iterdir()}
    assert names == {"june.md", "june.docx", "june.assessment.json", "june_figures"}
    told = json.loads(done.output)
    assert [Path(path).name for path in told["files"]] == ["june.md", "june.docx", "june.assessment.json"]
    assert Path(told["report"]).name == "june.md"


def test_all_of_them_tell_what_the_assessment_holds(written: tuple[Result, Path]) -> None:
    a = json.loads((written[1] / "june.assessment.json").read_text(encoding="utf-8"))
    text = (written[1] / "june.md").read_text(encoding="utf-8")
    memo = "\n".join(p.text for p in Document(written[1] / "june.docx").paragraphs)
    assert len(a["claims"]) >= 1
    for claim in a["claims"]:
        assert f"“{claim['claim']['quote_span']['quote']}”" in text
        assert f"“{claim['claim']['quote_span']['quote']}”" in memo
    assert a["answer"]["model"][0] in text
    assert a["answer"]["model"][0] in memo
    shown = set(re.findall(r"june_figures/([^>]+)>", text))
    assert shown == {path.name for path in (written[1] / "june_figures").iterdir()}


def test_a_real_assessment_is_as_the_schema_says(written: tuple[Result, Path]) -> None:
    a = json.loads((written[1] / "june.assessment.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published()).validate(a)


@pytest.mark.slow
@pytest.mark.whole
def test_a_real_assessment_with_runs_is_as_the_schema_says_and_keeps_its_numbers(project: Path, tmp_path: Path) -> None:
    """The example, simulated: headlines of the Markdown are those of the assessment."""
    out = tmp_path / "report.md"
    done = assess(project / "examples" / "border-strategy.md", "--draws", "40", "--years", "2", "--out", out, "-q")
    assert done.exit_code == 0, done.output
    a = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published()).validate(a)
    text = out.read_text(encoding="utf-8")
    for h in a["headlines"]:
        if h["branch"] == a["answer"]["lead_branch"]:
            assert f"{100 * h['probability']:.0f}%" in text or "in none of" in text.lower()


def test_the_ending_says_the_format_from_python_too(document: Path, tmp_path: Path) -> None:
    brief, day = cf.read(document), date(2025, 7, 20)
    strategy = cf.Strategy.from_brief(brief, date=day)
    checks = check(brief, date=day)
    done = report(brief, checks, None, None, strategy=strategy, to=tmp_path / "x.json")
    assert (done.report, done.beside, done.files) == (tmp_path / "x.json",) * 2 + ((tmp_path / "x.json",),)
    assert json.loads(done.report.read_text(encoding="utf-8"))["question"] == done.assessment["question"]
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def refused(tmp_path: Path, *arguments: str | Path, **changed: Any) -> str:
    """The one line that says why, where nothing is read and nothing is written."""
    before = sorted(tmp_path.iterdir())
    done = assess(*arguments)
    assert done.exit_code == changed.get("code", 2), done.output
    assert len(done.output.strip().splitlines()) == 1
    assert "Traceback" not in done.output
    assert sorted(tmp_path.iterdir()) == before
    return done.output


@pytest.fixture
def never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused before the document is read."""
    from counterflow.brief import reader

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the document was read")

    monkeypatch.setattr(reader, "read", fail)


@pytest.mark.usefixtures("never_read")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "odt"], "'odt' is not one of 'html', 'md', 'json', 'docx'"),
        (["--format", "md", "--out", "border.html"], "the ending .html is that of another format than md"),
        (["--format", "html", "--format", "md", "--out", "border.docx"], "another format than html and md"),
        (["--format", "json", "--lang", "es"], "does nothing for JSON"),
        (["--lang", "fr"], "'fr' is not one of 'en', 'es'"),
        (["--out", "absent/border.md"], "No such file or directory"),
        (["--out", "document.md"], "would be written over the document"),
        (["--out", "border.html", "--pdf", "--save-strategy", "border.pdf"], "would be written over the PDF"),
        (["--format", "md", "--save-strategy", "report_figures"], "would be written over the folder of figures"),
    ],
)
def test_what_clashes_is_refused_before_the_run(
    options: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("document.md").write_text(FIGURES)
    assert says in refused(tmp_path, "document.md", *options)


@pytest.mark.usefixtures("never_read")
def test_without_a_browser_pdf_is_refused_before_the_run(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    said = refused(tmp_path, document, "--pdf", "--out", tmp_path / "report.html", code=4)
    assert "Chromium" in said
    assert "apt-get install chromium" in said


@pytest.mark.usefixtures("never_read")
def test_a_folder_in_the_place_of_a_file_is_refused_before_the_run(document: Path, tmp_path: Path) -> None:
    (tmp_path / "report.docx").mkdir()
    assert "is a folder" in refused(tmp_path, document, "--format", "docx", "--out", tmp_path / "report.docx")


def test_a_run_that_fails_on_the_way_leaves_nothing(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counterflow.report.formats import docx

    def broken(*_: object) -> bytes:
        raise cf.CounterflowError("no memo today")

    monkeypatch.setattr(docx, "docx", broken)
    out = ["--format", "md", "--format", "docx", "--out", tmp_path / "report.md"]
    assert "no memo today" in refused(tmp_path, document, "--date", "2025-07-20", *out, code=1)
    assert list(tmp_path.iterdir()) == []
