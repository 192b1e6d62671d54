"""The commands as a user meets them: what each prints, where it prints it, and what it leaves on disk."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from counterflow.evidence.schema import CheckVerdict, Outcome
from counterflow.report.assessment.schema import published

Run = Callable[..., subprocess.CompletedProcess[str]]

HEADLINES = {"trafficking", "crossings", "friction", "violence"}
VERDICTS = set(get_args(CheckVerdict))
OUTCOMES = set(get_args(Outcome))


@pytest.fixture(scope="module")
def example(project: Path) -> Path:
    return project / "examples" / "border-strategy.md"


def result(done: subprocess.CompletedProcess[str]) -> dict:
    """The one JSON document on standard output of a command that succeeded."""
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def assessed(
    example: Path, counterflow: Run, tmp_path_factory: pytest.TempPathFactory
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One small assessment of the example, with its strategy saved: the finished process and its folder."""
    folder = tmp_path_factory.mktemp("assessed")
    done = counterflow(
        "assess", example, "--draws", "40", "--out", folder / "report.html",
        "--save-strategy", folder / "strategy.toml", "--json",
    )  # fmt: skip
    return done, folder


def test_help_names_every_command(counterflow: Run) -> None:
    done = counterflow("--help")
    assert done.returncode == 0
    for command in ("assess", "read", "check", "series", "parameters", "verify", "update", "export", "version"):
        assert f"  {command} " in done.stdout


@pytest.mark.parametrize(
    "command", ["assess", "read", "check", "series", "parameters", "verify", "update", "export", "version"]
)
def test_every_command_explains_itself_and_takes_json(command: str, counterflow: Run) -> None:
    done = counterflow(command, "--help")
    assert done.returncode == 0
    assert "--json" in done.stdout


def test_the_readme_lists_the_commands_and_options_that_exist(project: Path, counterflow: Run) -> None:
    readme = (project / "README.md").read_text()
    options = counterflow("assess", "--help").stdout
    for option in ("--date", "--out", "--draws", "--years", "--seed", "--save-strategy", "--refuse"):
        assert option in options
        assert option in readme


def test_version_says_what_answers_depend_on(counterflow: Run, project: Path) -> None:
    versions = result(counterflow("version", "--json"))
    declared = tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"]
    assert versions["counterflow"] == declared
    assert declared in counterflow("version").stdout


def test_read_gives_the_register_with_quotes_from_the_text(example: Path, counterflow: Run) -> None:
    brief = result(counterflow("read", example, "--json"))
    assert set(brief) >= {"document", "findings", "actions", "claims", "ledger"}
    text = brief["document"]["text"]
    for item in [*brief["findings"], *brief["actions"], *brief["claims"]]:
        span = item["span"]
        assert text[span["start"] : span["end"]] == span["quote"]
    assert brief["document"]["source"] == example.name


def test_read_for_people_shows_the_same_register(example: Path, counterflow: Run) -> None:
    brief = result(counterflow("read", example, "--json"))
    done = counterflow("read", example)
    assert done.returncode == 0
    for action in brief["actions"]:
        assert action["lever"] in done.stdout
    assert "\x1b" not in done.stdout  # colour is for terminals


def test_a_document_from_standard_input_is_read_like_the_file(
    example: Path, console_script: Path, counterflow: Run
) -> None:
    piped = subprocess.run(
        [console_script, "read", "-", "--json"],
        input=example.read_text(),
        capture_output=True,
        text=True,
        check=True,
    )
    from_file, from_pipe = result(counterflow("read", example, "--json")), json.loads(piped.stdout)
    for part in ("findings", "actions", "claims", "ledger"):
        assert from_pipe[part] == from_file[part]


def test_check_gives_one_verdict_per_claim(example: Path, counterflow: Run) -> None:
    claims = result(counterflow("read", example, "--json"))["claims"]
    checks = result(counterflow("check", example, "--json"))["checks"]
    assert [check["claim"]["id"] for check in checks] == [claim["id"] for claim in claims]
    assert {check["verdict"] for check in checks} <= VERDICTS
    for check in checks:
        for reading in check["readings"]:
            assert reading["outcome"] in OUTCOMES
            assert reading["source_title"]
            assert {"baseline_label", "period", "series_id", "vintage", "observed", "tolerance"} <= set(reading)


def test_series_lists_the_catalogue_and_shows_one(counterflow: Run) -> None:
    rows = result(counterflow("series", "--json"))
    rows = rows if isinstance(rows, list) else rows["series"]
    assert len(rows) > 10
    for row in rows:
        assert row["publisher"]
        assert row["url"].startswith("https://")
        assert row["licence"]
    shown = counterflow("series", rows[0]["id"])
    assert shown.returncode == 0, shown.stderr
    for part in (rows[0]["title"], rows[0]["publisher"], rows[0]["vintage"]):
        assert part in shown.stdout


@pytest.mark.whole
def test_assess_writes_the_report_and_the_assessment(assessed: tuple) -> None:
    done, folder = assessed
    result(done)
    assert sorted(p.name for p in folder.iterdir()) == [
        "assessment.json",
        "report.html",
        "strategy.schema.json",
        "strategy.toml",
    ]
    page = (folder / "report.html").read_text()
    assert page.lower().startswith("<!doctype html>")
    assert "</html>" in page


@pytest.mark.whole
def test_the_assessment_is_as_its_schema_says_and_shares_out_what_the_levers_change(assessed: tuple) -> None:
    _, folder = assessed
    found = json.loads((folder / "assessment.json").read_text())
    jsonschema.validate(found, published())
    levers, strategies = found["attribution"], found["strategies"]
    assert (levers["draws"], strategies["draws"]) == (40, 40)
    assert levers["branch"] == found["answer"]["lead_branch"]
    for of in levers["outcomes"]:
        shares = [member["share"]["mean"] for group in of["groups"] for member in group["members"]]
        assert sum(shares) == pytest.approx(of["total"]["mean"], abs=1e-6)  # what is shared out is all there is
    names = [one["name"] for one in strategies["strategies"]]
    assert names[0] == "none"
    assert {"treatment_naloxone", "precursor_control"} <= {*names}


@pytest.mark.whole
def test_assess_prints_headlines_with_their_uncertainty(assessed: tuple) -> None:
    printed = result(assessed[0])
    assert {row["headline"] for row in printed["headlines"]} == HEADLINES
    for row in printed["headlines"]:
        assert 0 <= row["probability"] <= 1
        assert row["mc_error"] >= 0
        assert isinstance(row["undetermined"], bool)
        assert row["decided_by"] or not row["undetermined"], "undetermined, but no parameter is named"


@pytest.mark.whole
def test_a_saved_strategy_is_toml_that_names_its_schema(assessed: tuple) -> None:
    saved = (assessed[1] / "strategy.toml").read_text()
    assert saved.startswith("#:schema ")
    assert tomllib.loads(saved)


def recorded(folder: Path) -> list[str]:
    """Record ids of the entries that the policy record adds to the strategy saved in `folder`."""
    return [entry["record_id"] for entry in tomllib.loads((folder / "strategy.toml").read_text())["record"]]


@pytest.mark.slow
@pytest.mark.whole
def test_refusing_an_addition_quietly(assessed: tuple, example: Path, counterflow: Run, tmp_path: Path) -> None:
    """--refuse takes the addition out, --quiet says nothing, and the files are still written."""
    added = recorded(assessed[1])
    assert added, "the record adds nothing to the example: there is nothing to refuse"
    files = ["--out", tmp_path / "report.html", "--save-strategy", tmp_path / "strategy.toml"]
    done = counterflow("assess", example, "--draws", "40", "--refuse", added[0], "--quiet", *files)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert tomllib.loads((tmp_path / "strategy.toml").read_text())["refused"] == [added[0]]
    assert (tmp_path / "report.html").exists()


@pytest.mark.slow
@pytest.mark.whole
@pytest.mark.slow
def test_an_edited_strategy_is_simulated_in_the_place_of_the_document_s(
    assessed: tuple, example: Path, counterflow: Run, tmp_path: Path
) -> None:
    """What the file sets of the model is used, and stands in the results; the file of another document is refused."""
    own = tmp_path / "own.toml"
    saved = (assessed[1] / "strategy.toml").read_text(encoding="utf-8")
    settings = '\n[parameters."border.L_asy"]\nvalue = 0.9\n\n[switches]\nanticipation = false\n'
    own.write_text(saved + settings, encoding="utf-8")
    out = ["--out", tmp_path / "report.html", "--draws", "40"]
    usual = {row["headline"]: row for row in result(assessed[0])["headlines"] if row["branch"] == "as_on_record"}
    found = result(counterflow("assess", example, "--strategy", own, *out, "--json"))
    changed = {row["headline"]: row for row in found["headlines"] if row["branch"] == "as_on_record"}
    assert changed["crossings"]["probability"] > usual["crossings"]["probability"]
    assert f"--strategy {own}" in found["manifest"]["command"]
    told = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))["settings"]
    assert [row["name"] for row in told["parameters"]] == ["border.L_asy"]
    assert [row["name"] for row in told["switches"]] == ["anticipation"]

    beside = counterflow("assess", example, "--strategy", own, "--date", "2025-03-01", *out)
    assert beside.returncode == 2
    assert "--date and --refuse say what the strategy file says" in beside.stderr
    other = tmp_path / "other.txt"
    other.write_text("On March 3, 2025 the President ordered 500 more troops to the southern border.", encoding="utf-8")
    refused = counterflow("assess", other, "--strategy", own, *out)
    assert refused.returncode == 2
    assert "another document" in refused.stderr


@pytest.mark.whole
def test_the_same_seed_gives_the_same_answer_without_any_network(
    assessed: tuple, example: Path, tmp_path: Path
) -> None:
    """A second run, which refuses every connection, answers as the first did; it prints the summary."""
    program = (
        "import sys\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'): raise PermissionError(args)\n"
        "sys.addaudithook(refuse)\n"
        f"sys.argv = ['counterflow', 'assess', {str(example)!r}, '--draws', '40']\n"
        "from counterflow.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = done.stdout[done.stdout.index("Document") :]  # the date and its reasons stand before it
    assert 8 <= len(summary.splitlines()) <= 14
    first, second = (json.loads((f / "assessment.json").read_text()) for f in (assessed[1], tmp_path))
    assert second["headlines"] == first["headlines"]


@pytest.mark.whole
def test_the_readme_python_runs_as_printed(project: Path, tmp_path: Path) -> None:
    """With fewer draws, and with the report in a folder of its own."""
    code = (project / "README.md").read_text().split("```python\n")[1].split("```")[0]
    for printed, here in (
        ("draws=500", "draws=40"),
        ('to="report.html"', f"to={str(tmp_path / 'report.html')!r}"),
    ):
        assert printed in code
        code = code.replace(printed, here)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").exists()
