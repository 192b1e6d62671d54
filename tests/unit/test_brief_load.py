"""From bytes to canonical text, and what the file says about itself."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from pathlib import Path

import pytest

from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.loading.html import read_page
from counterflow.brief.loading.load import language_of, load
from counterflow.brief.reader import read


def test_the_canonical_text_is_composed_with_line_feeds_and_no_byte_order_mark() -> None:
    loaded = load("\ufeffcafe\u0301\r\nnext\rlast".encode(), name="a.txt")
    assert loaded.text == "café\nnext\nlast"


def test_the_hash_is_of_the_bytes_as_they_came() -> None:
    data = b"\xef\xbb\xbfwords\r\n"
    assert load(data, name="a.txt").sha256 == hashlib.sha256(data).hexdigest()


def test_a_source_is_named_without_its_directories(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("Some words.")
    assert load(path, name=str(path)).source == "plan.txt"


def test_utf_16_with_a_byte_order_mark_is_read() -> None:
    assert load("Détention à la frontière".encode("utf-16"), name="a.txt").text == "Détention à la frontière"


def test_a_page_is_read_in_the_encoding_that_it_declares() -> None:
    page = '<html><head><meta charset="windows-1252"></head><body><p>caf\xe9 at the border</p></body></html>'
    assert load(page.encode("windows-1252"), name="a.html").text == "café at the border"


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.md", b"words", "text/markdown"),
        ("a.txt", b"words", "text/plain"),
        ("-", b"---\ntitle: x\n---\nwords", "text/markdown"),
        ("-", b"<!DOCTYPE html><html><body><p>words</p></body></html>", "text/html"),
        ("-", b"words with <b>a tag</b>", "text/plain"),
        ("a.HTM", b"<p>words</p>", "text/html"),
    ],
)
def test_the_media_type_comes_from_the_name_or_the_first_bytes(name: str, data: bytes, media_type: str) -> None:
    assert load(data, name=name).media_type == media_type


def test_front_matter_gives_title_and_date() -> None:
    title = r'"FACT SHEET: President\_Biden\u2019s \xBFPlan"'
    text = f"---\ndate: '2024-06-04'\ntitle: {title}\nauthor: A. Name\n---\nBody."
    loaded = load(text.encode(), name="a.md")
    assert loaded.title == "FACT SHEET: President Biden’s ¿Plan"
    assert loaded.date_published == date(2024, 6, 4)
    assert loaded.byline == "A. Name"


def test_a_page_gives_title_date_and_author() -> None:
    page = read_page(
        '<html><head><title>T</title><meta property="article:published_time" content="2025-02-12T10:00:00Z">'
        '<meta name="author" content="A. Name"></head><body><p>Words.</p></body></html>'
    )
    assert (page.title, page.byline, page.date_published) == ("T", "A. Name", date(2025, 2, 12))


def test_a_date_in_linked_data_is_found() -> None:
    page = read_page(
        '<html><head><script type="application/ld+json">{"@type":"Article","datePublished":"2025-02-12"}</script>'
        "</head><body><p>Words.</p></body></html>"
    )
    assert page.date_published == date(2025, 2, 12)


PAGE = """<!DOCTYPE html><html><body><nav><a href="/">Home</a></nav><header>Site</header>
<article><h1>The plan</h1><p>Officers may now <a href="/x"><strong>arrest</strong> <em>anyone</em></a>, quickly.</p>
<h3>What was done</h3><ul><li>One thing.</li><li>Another <a href="/y">thing</a> here.</li></ul>
<p style="display:none">Hidden words.</p><script>var x = "code";</script>
<table><tr><th>Year</th><th>Count</th></tr><tr><td>2024</td><td>12</td></tr></table></article>
<aside>Related</aside><footer>Copyright</footer></body></html>"""


def test_the_main_part_of_a_page_is_read_with_its_headings_bullets_and_link_texts() -> None:
    assert load(PAGE.encode(), name="a.html").text.split("\n\n") == [
        "# The plan",
        "Officers may now arrest anyone, quickly.",
        "### What was done",
        "- One thing.",
        "- Another thing here.",
        "| Year | Count |\n| --- | --- |\n| 2024 | 12 |",
    ]


def test_a_link_that_lost_its_words_is_a_gap() -> None:
    page = '<html><body><p>Agents may now <a href="/policy"></a>, bypassing the cities.</p></body></html>'
    layout = lay_out(load(page.encode(), name="a.html").text)
    assert [(f.kind, f.rule) for f in find_findings(layout)] == [("elided_text", "empty_link")]


def test_a_link_that_is_an_icon_or_an_anchor_is_no_gap() -> None:
    page = (
        '<html><body><p><a href="#top"></a>Agents <a href="/s" class="share-icon"></a> may '
        '<a href="/i"><img src="x.png"></a> arrest.</p></body></html>'
    )
    layout = lay_out(load(page.encode(), name="a.html").text)
    assert find_findings(layout) == ()


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"ICE arrested 300 people.\n"))
    monkeypatch.setattr("sys.stdin", stream)
    brief = read("-")
    assert (brief.document.source, brief.document.text) == ("-", "ICE arrested 300 people.\n")
    assert [claim.value for claim in brief.claims] == [300]


def test_a_line_with_nothing_but_a_date_dates_the_document(tmp_path: Path) -> None:
    path = tmp_path / "order.txt"
    path.write_text(
        "An Order\n\nTroops were sent to the border on May 2, 2024.\n\nTHE WHITE HOUSE,\n    June 4, 2024.\n"
    )
    document = read(path).document
    assert (document.date_published, document.date_source) == (date(2024, 6, 4), "text")


def test_languages_are_told_by_their_common_words() -> None:
    assert language_of("The number of people at the border has fallen in the last year, and that is all.") == "en"
    assert language_of("El número de personas en la frontera ha bajado en el último año, y eso es todo.") == "es"
    assert language_of("Zahlen und Worte") == "und"


def test_the_real_documents_are_read_in_their_languages(project: Path) -> None:
    folder = project.parent / "shared" / "briefs" / "real"
    if not folder.exists():
        pytest.skip("the real documents are not beside this checkout")
    loaded = {path.name[:2]: load(path, name=path.name) for path in sorted(folder.glob("[01]*.md"))}
    assert {number for number, document in loaded.items() if document.language == "es"} == {"15"}
    assert all(document.date_published for document in loaded.values())
    assert loaded["05"].date_published == date(2024, 9, 30)
