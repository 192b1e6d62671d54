"""The pictures of a page in another language: each drawn anew from the chart that the page holds of it.

What is shown, and the SVG, PNG and Vega-Lite files to download, all come from the one chart in the language. A CSV file
stays as it is: its columns are names of the assessment, which is data and always in English.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from counterflow.report.languages.charts import Told, chart_told

__all__ = ["Told", "translated_pictures"]
# A picture as the page shows it.
SHOWN = re.compile(r'<div class="panel" role="img" aria-label="[^"]*">(?P<svg><svg .*?</svg>)(?=</div>)', re.DOTALL)
# A link to a file that the page itself holds, as the parts of the page write it.
LINK = re.compile(
    r"""<a\sdownload="(?P<name>[^"]*)\.(?P<ending>svg|png|vl\.json)"\shref=["'](?P<address>(?<=")data:[^"]*|(?<=')data:[^']*)"""
)
# Where a picture comes from, in lines below it.
FOOT = re.compile(r'(?:<text x="[^"]*" y="[^"]*" font-size="10" fill="[^"]*">[^<]*</text>)+(?=</svg>$)')
Place = tuple[int, int]


def translated_pictures(page: str, told: Told) -> Iterator[tuple[Place, str]]:
    """The place of each picture of the page, and of each of its files, and what stands there in the language, in the
    order of the page."""
    shown = [found.span("svg") for found in SHOWN.finditer(page)]
    links = list(LINK.finditer(page))
    at = 0
    for last in (link for link in links if link["ending"] == "vl.json"):
        files = {link["ending"]: link for link in links if link["name"] == last["name"]}
        panels = [place for place in shown if at <= place[0] < last.start()]
        yield from _picture(files, panels, told)
        at = last.end()


def _picture(files: dict[str, re.Match[str]], panels: list[Place], told: Told) -> Iterator[tuple[Place, str]]:
    """One picture: its panels as they are shown, and its files."""
    from counterflow.report.page.downloads import data_address
    from counterflow.report.pictures.drawing import panels_of, picture_png, render, whole_picture

    chart = chart_told(json.loads(_held(files["vl.json"])), told)
    name = unescape(files["vl.json"]["name"])
    svgs = [render(panel, f"{name}-{n}") for n, panel in enumerate(panels_of(chart))]
    yield from zip(panels, svgs, strict=True)
    foot = FOOT.search(_held(files["svg"]))
    lines = re.findall(r">([^<]+)</text>", foot[0]) if foot else []
    whole = whole_picture(svgs, chart["title"], told.tell(unescape(" ".join(lines))))
    yield files["svg"].span("address"), str(data_address(whole, "image/svg+xml"))
    if "png" in files:
        png = base64.b64encode(picture_png(whole)).decode("ascii")
        yield files["png"].span("address"), f"data:image/png;base64,{png}"
    text = json.dumps(chart, ensure_ascii=False, separators=(",", ":"))
    yield files["vl.json"].span("address"), str(data_address(text, "application/json"))


def _held(link: re.Match[str]) -> str:
    return unquote(link["address"].partition(",")[2])
