"""What cannot be read is refused in one clear line; what is odd is reported, not repaired."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.loading.load import SIZE_LIMIT, load
from counterflow.brief.reader import read
from counterflow.errors import BriefError


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\t\r\n ", "empty"),
        ("mark.txt", b"\xef\xbb\xbf", "empty"),
        ("mark16.txt", b"\xff\xfe\n\x00", "empty"),
        ("zero.txt", b"words\x00more", "binary file (a zero byte at offset 5)"),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        ("paper.txt", b"%PDF-1.7 words", "PDF"),
        ("plan.docx", b"PK\x03\x04\x14\x00", "office document"),
        ("latin.txt", "frontière".encode("latin-1"), "not UTF-8 (at byte 6)"),
        ("half.txt", "frontière".encode()[:7], "not UTF-8 (at byte 6)"),
        ("broken16.txt", b"\xff\xfe\x00\xd8", "not UTF-16"),
        ("page.html", b"<html><body></body></html>", "no text"),
        ("script.html", b"<html><body><div id=app></div><script>render()</script></body></html>", "no text"),
        ("comment.html", b"<!-- nothing -->", "no text"),
    ],
)
def test_bad_input_is_refused_with_what_where_and_what_to_do(name: str, data: bytes, says: str) -> None:
    with pytest.raises(BriefError) as raised:
        load(data, name=name)
    line = str(raised.value)
    assert says in line
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert raised.value.exit_code == 3
    assert raised.value.hint


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="no such file"):
        read(tmp_path / "none.txt")
    with pytest.raises(BriefError, match="directory"):
        read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("words")
    path.chmod(0)
    with pytest.raises(BriefError, match="cannot be read"):
        read(path)


def test_fifty_megabytes_are_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    start = time.perf_counter()
    with pytest.raises(BriefError, match=r"too large \(50.0 MB read; at most 20 MB\)"):
        read(path)
    assert time.perf_counter() - start < 0.5


def test_too_many_bytes_from_a_stream_are_refused() -> None:
    with pytest.raises(BriefError, match="too large"):
        load(b"a" * (SIZE_LIMIT + 1), name="-")


def test_a_name_with_odd_characters_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan “ñ” 100%.txt"
    path.write_text("Crossings fell by 10 percent.", encoding="utf-8")
    assert read(path).document.source == path.name


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u2066", "\u00ad"])
def test_characters_that_nobody_sees_are_reported_and_kept(character: str) -> None:
    text = f"Crossings fell by 10{character} percent last year."
    layout = lay_out(load(text.encode(), name="a.txt").text)
    (finding,) = find_findings(layout)
    assert finding.kind == "hidden_characters"
    assert finding.span.quote == character
    assert finding.data["count"] == 1
    assert layout.text == text


def test_a_document_about_something_else_gives_no_actions_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / "recipe.txt"
    path.write_text("Bread\n\nTake 500 grams of flour and 2 spoons of salt. Bake it for 40 minutes.")
    brief = read(path)
    assert brief.actions == ()
    assert brief.document.title == "Bread"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "(" * 20_000,
        "*" * 20_000,
        "<a" * 10_000,
        "word " * 20_000,
        "1," * 20_000,
        "in the of to, " * 5_000,
        "from 5 to 6 " * 1_000,
        "- \n" * 10_000,
        "compared to " * 5_000,
    ],
)
def test_odd_text_is_read_in_reasonable_time(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(text)
    start = time.perf_counter()
    read(path)
    assert time.perf_counter() - start < 10


def test_a_deeply_nested_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + "<div>" * 500 + "<p>Crossings fell.</p>" + "</div>" * 500 + "</body></html>")
    assert read(path).document.text == "Crossings fell."
