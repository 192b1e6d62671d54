"""Web pages: what is the page's text, and where its links stand."""

from __future__ import annotations

import pytest

from counterflow.brief.loading.html import read_page
from counterflow.brief.loading.load import load
from counterflow.brief.loading.main_part import main_text
from counterflow.brief.schema import Span


def shown(body: str, head: str = "") -> str:
    return read_page(f"<html><head>{head}</head><body>{body}</body></html>").text


PROSE = (
    "<p>Officers made 312 arrests a day in the sector last week, the agency said on Monday in a statement.</p>"
    "<p>The governor asked for 1,500 troops, and the ministry answered that half of them would come by May.</p>"
    "<p>Nobody in the town had seen so many patrols since the autumn, and few had asked for them, he said.</p>"
)
NEWS = f"""<!DOCTYPE html><html><body>
<div class="menu"><ul><li><a href="/">Home</a></li><li><a href="/border">Border (25)</a></li></ul></div>
<div class="story"><h1>A quiet winter</h1>{PROSE}
<figure><img src="x.jpg"><figcaption>Arrests fell to 22 a day in January, the agency says.</figcaption></figure>{PROSE}
<div class="related"><h3>More</h3><ul><li><a href="/a">Seven things to know about the $55 billion plan</a></li>
<li><a href="/b">What 40 mayors want</a></li></ul></div></div>
<div class="comments"><form><label>Leave a comment</label><input type="text"></form></div>
</body></html>"""


def test_links_to_other_posts_and_menus_are_left_out_and_captions_are_kept() -> None:
    text = load(NEWS.encode(), name="a.html").text
    assert "Arrests fell to 22 a day" in text
    assert "# A quiet winter" in text
    assert text.count("312 arrests a day") == 2
    for other in ("Home", "Border (25)", "$55 billion", "40 mayors", "Leave a comment"):
        assert other not in text


def test_without_a_second_opinion_the_page_is_read_whole() -> None:
    assert "Arrests fell to 22 a day" in read_page(NEWS, main=None).text
    assert "Arrests fell to 22 a day" in read_page(NEWS, main="Something else altogether.").text


def test_the_second_opinion_is_trafilaturas() -> None:
    main = main_text(NEWS)
    assert main is not None
    assert "312 arrests a day" in main
    assert "40 mayors" not in main


def test_links_stand_where_their_words_are() -> None:
    page = '<p>Troops went <a href="/a">to the\n <b>border</b></a>, and <a href="https://e.org/b">more</a> follow.</p>'
    loaded = load(f"<html><body>{page}</body></html>".encode(), name="a.html")
    assert [(link.span.quote, link.href) for link in loaded.links if link.span] == [
        ("to the border", "/a"),
        ("more", "https://e.org/b"),
    ]
    for link in loaded.links:
        assert link.span is not None
        assert loaded.text[link.span.start : link.span.end] == link.span.quote
    assert loaded.lost_links == ()


def test_a_link_without_words_is_kept_with_the_place_where_it_stood() -> None:
    page = b'<html><body><h2>Act</h2><p>Agents may now <a href="/policy"></a>, bypassing the cities.</p></body></html>'
    loaded = load(page, name="a.html")
    assert [(link.span, link.href) for link in loaded.links] == [(None, "/policy")]
    ((place, href),) = loaded.lost_links
    assert href == "/policy"
    assert loaded.text[place:].startswith("[](/policy), bypassing")


def test_accents_that_are_composed_do_not_move_the_links() -> None:
    page = '<html><body><p>En Me&#x301;xico <a href="/a">la me&#x301;trica</a> bajo&#x301;.</p></body></html>'
    loaded = load(page.encode(), name="a.html")
    assert loaded.text == "En Méxicó".replace("ó", "o") + " la métrica bajó."
    assert loaded.links[0].span == Span(start=10, end=20, quote="la métrica")


def test_markdown_links_are_found_and_pictures_and_anchors_are_none() -> None:
    text = "See [the order](https://e.org/o), ![a picture](p.png), [above](#top) and [](https://e.org/lost)."
    loaded = load(text.encode(), name="a.md")
    assert loaded.text == text
    assert [(link.span.quote if link.span else None, link.href) for link in loaded.links] == [
        ("the order", "https://e.org/o"),
        (None, "https://e.org/lost"),
    ]
    assert loaded.lost_links == ((text.index("[]("), "https://e.org/lost"),)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("<tr><td>a<td>b<tr><td>c<td>d", "| a | b |\n| --- | --- |\n| c | d |"),
        ("<tr><th colspan=2>Both<tr><td>c<td>d", "| Both |  |\n| --- | --- |\n| c | d |"),
        ("<tr><td rowspan=2>a<td>b<tr><td>d", "| a | b |\n| --- | --- |\n|  | d |"),
        ("<tr><td>a|b<td>c", "| a\\|b | c |\n| --- | --- |"),
        ("<tr><td>a<tr><td>b", "a\n\nb"),
        ("<tr><td><h2>Head</h2><p>Words.</p><td>b", "## Head\n\nWords.\n\nb"),
        ("<tr><td>x<td>y<tr><td colspan=99999999>z", "| x | y |\n| --- | --- |"),
    ],
    ids=["plain", "colspan", "rowspan", "stroke", "one column", "layout", "wide"],
)
def test_tables_of_data_are_markdown_and_tables_of_layout_are_running_text(table: str, text: str) -> None:
    assert shown(f"<table>{table}</table>").startswith(text)


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>fetch('https://evil.example')</script>",
        "<style>@import url(https://evil.example/x.css)</style>",
        "<noscript>words</noscript>",
        "<template><p>words</p></template>",
        "<svg onload=alert(1)><text>words</text></svg>",
        "<iframe src='https://evil.example'>words</iframe>",
        "<p hidden>words</p>",
        "<p style='visibility: hidden'>words</p>",
        "<object data='https://evil.example'>words</object>",
        "<textarea>words</textarea>",
        "<!-- words -->",
    ],
)
def test_what_a_reader_of_the_page_does_not_see_is_not_read(hidden: str) -> None:
    assert shown(f"<p>Before.</p>{hidden}<p>After.</p>") == "Before.\n\nAfter."
