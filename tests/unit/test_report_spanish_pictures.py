"""In each language every word of a picture has its room: none runs out of it, and none lies on another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from lxml import etree, html

import report_fixture
from counterflow.report.languages.translate import translated_page
from counterflow.report.page.render import render_page
from counterflow.report.pictures.fitting import laid, measured, wrapped

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)(?:\s*rotate\((-?[\d.]+)\))?")
NEAR = 1.0  # pixels by which a text may be wider than its room: less than its own last letter
SVG = "{http://www.w3.org/2000/svg}"


class Text(NamedTuple):
    """A line of a picture, and the box in which it stands."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


def texts(svg: str) -> tuple[list[Text], float, float]:
    """Every line that a picture writes, and the picture's width and height."""
    root = etree.fromstring(svg.encode())
    _, _, width, height = (float(side) for side in root.get("viewBox").split())
    return list(_texts(root, 0.0, 0.0)), width, height


def _texts(element: Any, x: float, y: float) -> Iterator[Text]:
    turned = 0.0
    if found := PLACE.match(element.get("transform", "")):
        x, y, turned = x + float(found[1]), y + float(found[2]), float(found[3] or 0)
    if element.tag == f"{SVG}svg" and element.getparent() is not None:
        x, y = x + float(element.get("x", 0)), y + float(element.get("y", 0))
    if element.tag != f"{SVG}text":
        for inner in element:
            yield from _texts(inner, x, y)
        return
    x, y = x + float(element.get("x", 0)), y + float(element.get("y", 0))
    size = float(element.get("font-size").removesuffix("px"))
    lines = [(line.text or "", float(line.get("dy") or 0)) for line in element] or [(element.text or "", 0.0)]
    for words, dy in lines:
        x, y = (x + dy, y) if turned else (x, y + dy)
        wide = measured(words, size, bold=element.get("font-weight") == "bold")
        start = {"middle": -wide / 2, "end": -wide}.get(element.get("text-anchor"), 0.0)
        if turned:  # upwards
            yield Text(words, x - 0.8 * size, y - start - wide, x + 0.2 * size, y - start)
        else:
            yield Text(words, x + start, y - 0.8 * size, x + start + wide, y + 0.2 * size)


def outside(svg: str) -> list[str]:
    """The words that a picture cuts off."""
    found, width, height = texts(svg)
    return [
        one.words
        for one in found
        if one.left < -NEAR or one.top < -NEAR or one.right > width + NEAR or one.bottom > height + NEAR
    ]


def overprinted(svg: str) -> list[tuple[str, str]]:
    """Pairs of words of a picture that lie on each other. Numbers may: dense axes have them near each other."""
    found = [one for one in texts(svg)[0] if re.search(r"[^\W\d_]{3}", one.words)]
    return [
        (one.words, other.words)
        for at, one in enumerate(found)
        for other in found[at + 1 :]
        if min(one.right, other.right) - max(one.left, other.left) > NEAR
        and min(one.bottom, other.bottom) - max(one.top, other.top) > NEAR
    ]


def shown(page: str) -> dict[str, str]:
    """The pictures of a page by their first id, and those that it has to download by their names."""
    inside = re.findall(r'<div class="panel" role="img" aria-label="([^"]*)">(<svg .*?</svg>)</div>', page, re.DOTALL)
    links = html.document_fromstring(page).xpath('//a[@download][contains(@download, ".svg")]')
    whole = {link.get("download"): unquote(link.get("href").partition(",")[2]) for link in links}
    return {f"{n} {unescape(about)[:60]}": svg for n, (about, svg) in enumerate(inside)} | whole


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    """The fixture's, with long words where words are long."""
    made = report_fixture.build()
    for claim in made["claims"]:
        if claim["curve"]:
            for point in claim["curve"]["points"]:
                point["label"] = "4–10 May 2023"
            for mark in (*claim["curve"]["chosen"], *claim["curve"]["usual"]):
                mark["label"] = "peak fiscal year under Biden: 4–10 May 2023"
        if claim["chart_mark"] is not None:
            claim["chart_mark_label"] = "-93% from peak fiscal year under Biden: FY2023"
    return made


@pytest.fixture(scope="module")
def page(assessment: Mapping[str, Any]) -> str:
    return render_page(assessment)


@pytest.fixture(scope="module")
def spanish(page: str) -> str:
    return translated_page(page, "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_words_run_out_of_a_picture(page: str, spanish: str, language: str) -> None:
    every = shown({"en": page, "es": spanish}[language])
    assert len(every) > 40
    assert {name: cut for name, svg in every.items() if (cut := outside(svg))} == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_words_lie_on_others(page: str, spanish: str, language: str) -> None:
    every = shown({"en": page, "es": spanish}[language])
    assert {name: pairs for name, svg in every.items() if (pairs := overprinted(svg))} == {}


def test_a_claim_and_its_curve_keep_their_numbers(spanish: str) -> None:
    said = "\n".join(" ".join(one.words for one in texts(svg)[0]) for svg in shown(spanish).values())
    assert "−93% desde" in said
    assert "4–10 de mayo de 2023" in said
    assert "con Biden: año fiscal 2023" in said
    assert "nombrada por el documento" in said


def test_what_is_shown_and_what_is_downloaded_is_one_picture(spanish: str) -> None:
    """The file's panels are those of the page, to the byte."""
    for figure in html.document_fromstring(spanish).xpath("//figure"):
        name = figure.get("id")
        block = spanish[spanish.index(f'<figure class="figure" id="{name}"') :].partition("</figure>")[0]
        panels = re.findall(r'role="img" aria-label="[^"]*">(<svg .*?</svg>)</div>', block, re.DOTALL)
        files = {link.get("download"): unquote(link.get("href")) for link in figure.xpath(".//a[@download]")}
        assert panels
        for svg in panels:
            assert svg.removeprefix("<svg ") in files[f"{name}.svg"]
        assert len(json.loads(files[f"{name}.vl.json"].partition(",")[2])["hconcat"]) == len(panels)


def test_months_on_an_axis_are_in_the_language(spanish: str) -> None:
    ticks = [one.words for one in texts(shown(spanish)["timeline.svg"])[0]]
    assert any(re.fullmatch(r"(?:ene|jul)\. 20\d\d", one) for one in ticks)
    assert not any(re.fullmatch(r"(?:Jan|Jul) 20\d\d", one) for one in ticks)


def test_a_long_word_breaks_and_no_word_is_lost() -> None:
    told = "A fall of 93% " + "x" * 80 + " from FY2023"
    lines = wrapped(told, 120)
    assert all(measured(line) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert wrapped("", 120) == [""]
    assert wrapped("W", 1) == ["W"]


def test_lines_are_even_and_keep_every_word() -> None:
    assert laid("one two three four", 2) == ["one two", "three four"]
    assert " ".join(laid("one two three", 3)) == "one two three"


@pytest.mark.skipif(
    not DEJAVU.is_dir(), reason="no DejaVu Sans (fonts-dejavu-core): widths of letters were NOT measured"
)
@pytest.mark.parametrize(("name", "bold"), [("DejaVuSans.ttf", False), ("DejaVuSans-Bold.ttf", True)])
def test_a_text_is_no_wider_than_it_is_measured(name: str, bold: bool) -> None:
    fonts = pytest.importorskip("PIL.ImageFont")
    font = fonts.truetype(str(DEJAVU / name), 1000)
    for text in ("nombrada por el documento", "−93% según lo afirmado", "Año fiscal 2023, ¿“WMm…”? 10,000–20,000"):
        assert font.getlength(text) <= 1 + measured(text, 1000, bold=bold) <= 1.15 * font.getlength(text)
