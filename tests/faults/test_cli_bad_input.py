"""Bad input, met by the real command: one clear line, the right exit code, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

USAGE, INPUT = 2, 3

RECIPE = """# Grandmother's apple cake

Peel 4 apples and cut them into slices. Beat 200 g of butter with 150 g of sugar for 5 minutes, add 3 eggs.
Fold in 250 g of flour. Bake at 180 degrees for 45 minutes, until the top is golden brown. Serves 8 people.
The secret is to let the cake rest overnight; guests have praised it for more than 30 years.
"""

NO_ACTION = """# What the figures say

U.S. Border Patrol encountered 8,383 migrants at the southwest border in April 2025, down from nearly 129,000
in April 2024. Overdose deaths from synthetic opioids had been falling since 2023.
"""

BAD_DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "empty": ("empty.md", b""),
    "blank": ("blank.txt", b" \n\t\r\n \n"),
    "binary": ("program.txt", bytes(range(256)) * 64),
    "nul bytes in text": ("nul.txt", b"The administration deployed 1,600 troops\x00 to the border.\n" * 20),
    "PDF": ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n"),
    "PDF named as text": ("paper.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n"),
    "zip": ("archive.md", b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(60)),
    "an encoding that cannot be told": ("latin.txt", "frontière".encode("latin-1")),
    "broken UTF-16": ("broken.md", b"\xff\xfe\x00\xd8"),
    "HTML without text": (
        "shell.html",
        b"<!DOCTYPE html><html><head><title></title><script>var border = 'troops deployed';</script>"
        b"<style>p{}</style></head><body><div id='root'></div></body></html>",
    ),
    "recipe": ("cake.md", RECIPE.encode()),
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Exit code `code`; nothing on standard output; one line on standard error, holding all of `words`."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert len(lines[0]) < 400
    for word in words:
        assert word.lower() in lines[0].lower()
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr  # colour is for terminals


@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_a_document_that_cannot_be_read_is_refused(case: str, counterflow: Run, tmp_path: Path) -> None:
    name, content = BAD_DOCUMENTS[case]
    document = tmp_path / name
    document.write_bytes(content)
    before = contents(tmp_path)
    assert_refused(counterflow("assess", document, "--out", tmp_path / "report.html"), INPUT, name)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("command", ["assess", "read", "check"])
def test_every_command_refuses_a_missing_document(command: str, counterflow: Run, tmp_path: Path) -> None:
    assert_refused(counterflow(command, tmp_path / "nowhere.md", cwd=tmp_path), INPUT, "nowhere.md")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("command", ["assess", "read", "check"])
def test_every_command_refuses_a_folder(command: str, counterflow: Run, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    assert_refused(counterflow(command, tmp_path / "papers", cwd=tmp_path), INPUT, "papers")


def test_empty_standard_input_is_refused(counterflow: Run, tmp_path: Path) -> None:
    assert_refused(counterflow("read", "-", cwd=tmp_path), INPUT)


def test_a_50_megabyte_document_is_refused_quickly(counterflow: Run, tmp_path: Path) -> None:
    document = tmp_path / "huge.md"
    line = b"The administration deployed 1,600 troops to the border under a national emergency.\n"
    document.write_bytes(line * (50_000_000 // len(line) + 1))
    start = time.perf_counter()
    assert_refused(counterflow("assess", document, "--out", tmp_path / "report.html"), INPUT, "huge.md", "MB")
    assert time.perf_counter() - start < 20
    assert [p.name for p in tmp_path.iterdir()] == ["huge.md"]


def test_not_utf8_says_what_to_do_about_it(counterflow: Run, tmp_path: Path) -> None:
    name, content = BAD_DOCUMENTS["an encoding that cannot be told"]
    (tmp_path / name).write_bytes(content)
    assert_refused(counterflow("read", tmp_path / name), INPUT, "UTF-8")


def test_a_document_about_something_else_is_told_so(counterflow: Run, tmp_path: Path) -> None:
    (tmp_path / "cake.md").write_text(RECIPE)
    assert_refused(counterflow("assess", tmp_path / "cake.md", cwd=tmp_path), INPUT, "cake.md", "border")


def test_a_border_document_without_actions_still_gets_its_claims(counterflow: Run, tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text(NO_ACTION)
    read = counterflow("read", document, "--json")
    assert read.returncode == 0, read.stderr
    brief = json.loads(read.stdout)
    assert brief["actions"] == []
    assert len(brief["claims"]) >= 1
    check = counterflow("check", document, "--date", "2025-06-01", "--json")
    assert check.returncode == 0, check.stderr
    assert len(json.loads(check.stdout)["checks"]) == len(brief["claims"])


@pytest.mark.whole
def test_a_border_document_without_actions_still_gets_a_report(counterflow: Run, tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text(NO_ACTION)
    arguments = ["--date", "2025-06-01", "--draws", "20", "--out", tmp_path / "report.html"]
    done = counterflow("assess", document, *arguments)
    assert done.returncode == 0, done.stderr
    assert "8,383" in (tmp_path / "report.html").read_text()
    assert json.loads((tmp_path / "assessment.json").read_text())


@pytest.fixture
def example(project: Path) -> Path:
    return project / "examples" / "border-strategy.md"


BAD_USAGE = {
    "unknown option": (["--draw", "5"], "--draws"),
    "a date that is none": (["--date", "2025-13-40"], "2025-13-40"),
    "a date in another form": (["--date", "13/02/2025"], "13/02/2025"),
    "no draws": (["--draws", "0"], "draws"),
    "fewer than no draws": (["--draws", "-3"], "draws"),
    "draws that are no number": (["--draws", "many"], "draws"),
    "too few years for the question": (["--years", "1"], "years"),
    "too many years": (["--years", "99"], "years"),
    "a negative seed": (["--seed", "-1"], "seed"),
    "a seed beyond 64 bits": (["--seed", str(2**70)], "seed"),
}


@pytest.mark.parametrize("case", BAD_USAGE)
def test_a_wrong_option_is_a_usage_error(case: str, example: Path, counterflow: Run, tmp_path: Path) -> None:
    options, word = BAD_USAGE[case]
    assert_refused(counterflow("assess", example, *options, cwd=tmp_path), USAGE, word)
    assert contents(tmp_path) == {}


def test_an_unknown_command_suggests_the_nearest(counterflow: Run) -> None:
    assert_refused(counterflow("asses", "x.md"), USAGE, "assess")


def test_a_missing_argument_is_a_usage_error(counterflow: Run) -> None:
    assert_refused(counterflow("assess"), USAGE, "document")


def test_an_unknown_series_suggests_the_nearest(counterflow: Run) -> None:
    done = counterflow("series", "usbp_encounters_s")
    assert done.returncode in (USAGE, INPUT, 4)
    assert_refused(done, done.returncode, "usbp_encounters_sw")


@pytest.mark.parametrize("out", ["file.txt/report.html", "/proc/report.html", "folder"])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    out: str, example: Path, counterflow: Run, tmp_path: Path
) -> None:
    (tmp_path / "file.txt").write_text("in the way")
    (tmp_path / "folder").mkdir()
    # So many draws take far longer than the time allowed here.
    done = counterflow("assess", example, "--draws", "100000", "--out", out, cwd=tmp_path, timeout=60)
    assert_refused(done, done.returncode, Path(out).name)
    assert done.returncode in (1, USAGE)
    assert contents(tmp_path) == {"file.txt": b"in the way"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["assess", "nowhere.md"], INPUT),
        (["read", "nowhere.md"], INPUT),
        (["assess", "x.md", "--draws", "0"], USAGE),
    ],
)
def test_with_json_the_error_is_json(arguments: list[str], code: int, counterflow: Run, tmp_path: Path) -> None:
    done = counterflow(*arguments, "--json", cwd=tmp_path)
    assert done.returncode == code
    error = json.loads(done.stdout + done.stderr)["error"]
    assert set(error) == {"code", "message", "hint", "where"}
    assert error["message"]


def test_the_trace_is_shown_only_on_request(counterflow: Run, tmp_path: Path) -> None:
    done = counterflow("assess", "nowhere.md", "--debug", cwd=tmp_path)
    assert done.returncode == INPUT
    assert "Traceback" in done.stderr
    assert "BriefError" in done.stderr


@pytest.mark.parametrize("arguments", [["series"], ["series", "--json"], ["--help"]])
def test_a_reader_that_hangs_up_ends_the_command_quietly(arguments: list[str], console_script: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [console_script, *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""


# A shell that runs the suite in the background lets its children ignore interrupts; a person's does not. A process of
# its own sets that right, because a hook between fork and exec is unsafe where this one has threads.
HEEDING = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
)


@pytest.mark.whole
def test_an_interrupted_run_leaves_nothing_half_written(example: Path, console_script: Path, tmp_path: Path) -> None:
    before = contents(tmp_path)
    process = subprocess.Popen(
        [*HEEDING, console_script, "assess", example, "--draws", "4000", "--out", tmp_path / "report.html"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(3)  # by then the document is read and the simulation under way
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert contents(tmp_path) == before


def test_an_interrupt_while_the_database_works_is_an_interrupt() -> None:
    code = (
        "import duckdb\nfrom counterflow.cli import told\n"
        "with told(False, False):\n"
        "    print('working', flush=True)\n"
        "    duckdb.sql('SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b').fetchall()"
    )
    for _ in range(10):  # DuckDB looks for signals at some moments only: now and then a query never hears of one
        with subprocess.Popen(
            [*HEEDING, sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == b"working\n"
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            try:
                _, said = process.communicate(timeout=4)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
    assert process.returncode == 130, said
    assert b"interrupted" in said
    assert b"fault" not in said


def test_names_with_odd_characters_are_read(example: Path, counterflow: Run, tmp_path: Path) -> None:
    for name in ["-dash.md", "a\nb.md", "ü ñ 'quote'.md", "..%2f.md"]:
        (tmp_path / name).write_bytes(example.read_bytes())
        done = counterflow("read", "--json", "--", name, cwd=tmp_path)
        assert done.returncode == 0, (name, done.stderr)
        assert json.loads(done.stdout)["document"]["source"] == name


@pytest.mark.parametrize(
    ("options", "over"),
    [
        (["--out", "brief.md"], "the document"),
        (["--out", "report.html", "--save-strategy", "brief.md"], "the document"),
        (["--out", "report.html", "--save-strategy", "report.html"], "--out"),
        (["--out", "report.html", "--save-strategy", "assessment.json"], "the file beside the report"),
    ],
)
def test_nothing_is_written_over_the_document_or_over_another_result(
    options: list[str], over: str, example: Path, counterflow: Run, tmp_path: Path
) -> None:
    (tmp_path / "brief.md").write_bytes(example.read_bytes())
    before = contents(tmp_path)
    done = counterflow("assess", "brief.md", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert f"would be written over {over}" in done.stderr
    assert contents(tmp_path) == before
