"""Pages and texts that are odd, huge or made to do harm end in a clear line or a clean result, in time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from counterflow.brief.loading import html
from counterflow.brief.loading.load import load
from counterflow.errors import BriefError

SECONDS = 30  # ten on a machine that has nothing else to do


def outcome(data: bytes, name: str) -> str:
    """A document's text, or the line that refuses it; fails where that takes too long."""
    begun = time.perf_counter()
    refused = None
    try:
        result = load(data, name=name).text
    except BriefError as error:
        result, refused = str(error), error
    assert refused is None or (refused.hint and "\n" not in result)
    assert time.perf_counter() - begun < SECONDS
    return result


@pytest.mark.parametrize(
    "element", ["div", "b", "table><tr><td", "ul><li", "blockquote", "a href=/x", "header", "p><span"]
)
def test_a_hundred_thousand_levels_end(element: str) -> None:
    data = f"<html><body>{f'<{element}>' * 100_000}<p>Words.</p></body></html>".encode()
    line = outcome(data, "page.html")
    assert "nested too deeply" in line or "Words." in line


def test_depth_that_the_parser_would_cut_off_is_refused_rather_than_half_read() -> None:
    data = b"<html><body><p>Before.</p>" + b"<div>" * 5_000 + b"</div>" * 5_000 + b"<p>After.</p></body></html>"
    assert "nested too deeply" in outcome(data, "page.html")


@pytest.mark.slow
def test_a_page_with_more_elements_than_memory_is_refused_rather_than_called_empty() -> None:
    assert "more memory" in outcome(b"<p>a" * 4_900_000, "page.html")


@pytest.mark.parametrize("depth", [10, 300, 900])
def test_depth_that_occurs_is_read(depth: int) -> None:
    data = "<html><body>" + "<div>" * depth + "<p>Crossings fell.</p>" + "</div>" * depth + "</body></html>"
    assert outcome(data.encode(), "page.html") == "Crossings fell."


@pytest.mark.parametrize("name", ["line.txt", "line.md"])
def test_a_line_of_a_megabyte_is_read_and_one_of_ten_refused(name: str) -> None:
    assert outcome(b"words " * 200_000, name).startswith("words words")
    assert "up to 1,500,000 are read" in outcome(b"words " * 1_700_000, name)


def test_a_page_with_one_line_of_a_megabyte_is_read_and_one_of_three_refused() -> None:
    assert outcome(b"<p>" + b"words " * 200_000 + b"</p>", "page.html").startswith("words words")
    assert "up to 1,500,000 are read" in outcome(b"<p>" + b"words " * 500_000 + b"</p>", "page.html")


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "[a](" * 20_000, "[](" * 20_000, "![" * 20_000, "[" + "a" * 100_000, "---\n" + "a: b\n" * 50_000],
    ids=["brackets", "half links", "lost", "pictures", "open", "front"],
)
def test_markdown_that_is_made_to_be_slow_is_read(text: str) -> None:
    assert outcome(text.encode(), "plan.md") == text


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Words.<a href='" + "x" * 100_000 + "'></a></p>",
        "<p>Words.</p>" + "<table><tr>" + "<td rowspan=9999 colspan=9999>x" * 2_000 + "</table>",
        "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">Words.</p>",
        "<p>Words.</p><script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        "<p>Words.</p><!--" + "-" * 100_000,
        "<!DOCTYPE html [<!ENTITY a SYSTEM 'file:/etc/hostname'>]><p>Words.&a;</p>",
        "<base href='http://192.0.2.1/'><link rel=stylesheet href='//192.0.2.1/x'><p>Words.<img src=//192.0.2.1/i></p>",
        "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'><p>Words.</p>",
        "<meta charset=" + "x" * 100_000 + "><p>Words.</p>",
        "<p>Words.&#xD800;&#0;&#x110000;</p>",
        "<p>Words.<a href='javascript:alert(1)'>go</a><a href='data:text/html,x'>there</a></p>",
        "<p>Words.</p>" * 20_000,
        "<p>Words.<a href=/x></a>" * 10_000,
    ],
    ids=[
        "address", "spans", "attributes", "linked data", "comment", "entity", "remote", "refresh", "charset",
        "references", "schemes", "paragraphs", "lost links",
    ],
)  # fmt: skip
def test_a_page_made_to_do_harm_is_read_or_refused(markup: str) -> None:
    assert "Words." in outcome(f"<html><body>{markup}</body></html>".encode(), "page.html")


def test_a_page_with_an_entity_of_its_own_does_not_read_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    page = f'<!DOCTYPE html [<!ENTITY a SYSTEM "{secret}">]><html><body><p>Seen &a; here.</p></body></html>'
    assert "hidden" not in outcome(page.encode(), "page.html")


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u2066", "\u00ad", "\ufeff", "\u0007", "\u200f"])
def test_characters_that_nobody_sees_stay_where_they_are(character: str) -> None:
    text = f"Crossings fell by 10{character} percent."
    assert load(text.encode(), name="a.txt").text == text
    assert load(f"<p>{text}</p>".encode(), name="a.html").text == text


def test_right_to_left_text_is_read_in_the_order_of_its_characters() -> None:
    text = "عدد المهاجرين 30٪"
    assert load(f"<p dir=rtl>{text}</p>".encode(), name="a.html").text == text


def test_what_trafilatura_cannot_do_does_not_lose_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    from counterflow.brief.loading import main_part

    def broken(*_: object, **__: object) -> str:
        raise RecursionError

    monkeypatch.setattr(trafilatura, "extract", broken)
    page = "<html><body><p>Crossings fell.</p></body></html>"
    assert main_part.main_text(page) is None
    assert html.read_page(page, main=main_part.main_text(page)).text == "Crossings fell."


def test_trafilatura_has_only_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    from counterflow.brief.loading import main_part

    def endless(*_: object, **__: object) -> str:
        while True:
            try:
                sum(range(10_000))
            except Exception:
                continue

    monkeypatch.setattr(trafilatura, "extract", endless)
    monkeypatch.setattr(main_part, "SECONDS", 0.1)
    assert main_part.main_text("<p>Words.</p>") is None


# ---------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "a picture (JPEG)"),
        (b"GIF89a" + b"\0" * 20, "a picture (GIF)"),
        (b"\x1f\x8b\x08" + b"\0" * 20, "an archive (gzip)"),
        (b"{\\rtf1 words}", "a rich-text file (.rtf)"),
        (b"\x7fELF" + b"\0" * 20, "a program"),
        (b"0", ""),
    ],
)
def test_other_files_are_refused_by_name(data: bytes, says: str) -> None:
    assert says in outcome(data, "thing")


def test_a_pipe_and_a_device_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(BriefError, match="device or a pipe"):
            load(path, name=str(path))


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(BriefError, match="cannot be read"):
        load(tmp_path / "a", name="a")


@pytest.mark.parametrize(
    "name", ["a\nb.txt", "-x.txt", "x" * 250 + ".txt", "..%2f..%2fetc.txt", "\u202etxt.exe", "a\0b", "http://["]
)
def test_a_name_never_breaks_the_line_of_a_message(name: str) -> None:
    with pytest.raises(BriefError) as raised:
        load(b"", name=name)
    assert "\n" not in str(raised.value)
    assert "\u202e" not in str(raised.value)


def test_a_path_that_no_system_has_is_refused() -> None:
    for path in (Path("a\0b"), Path("x" * 5_000)):
        with pytest.raises(BriefError, match=r"cannot be read|no such file"):
            load(path, name="odd")
