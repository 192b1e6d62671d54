"""Every number that is printed on the page stands in assessment.json, or follows from it by the page's rounding."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from itertools import combinations
from typing import Any

import pytest

import report_fixture
from counterflow.report import words
from counterflow.report.page.render import render_page

# Numbers that the page states by itself, and why they are so in every report.
CONSTANT = {
    "90%": "the level of the wide bands and ranges",
    "50%": "the level of the narrow bands",
    "26": "weeks before the strategy, the second reference",
    "1": "the first month of a quarter and other counts of one",
    "0": "an axis or a count of nothing",
}
# Which keys of the assessment each part of the page is written from. Figures have their own, and name branches.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "answer": (
        "question", "document", "strategy", "answer", "results", "headlines", "four_way", "basis", "costs", "branches",
    ),
    "claims": ("claims",),
    "actions": ("actions", "record", "timeline", "branches", "strategy"),
    "outcomes": ("outcomes", "basis", "held_out", "branches"),
    "places": ("places", "basis"),
    "basis": ("basis", "settings", "looked_into", "headlines", "answer"),
    "levers": ("attribution", "branches"),
    "strategies": ("strategies",),
    "document": ("document", "findings", "assertions", "ledger"),
    "foreseen": ("foreseen", "held_out"),
    "sources": ("sources",),
    "reproduce": ("manifest", "timings", "document", "basis"),
}  # fmt: skip
# Rows of pictures: they count only where a picture is told or its data are laid out.
PICTURED = {"surface", "observed", "chart", "points", "months", "q05", "q25", "q50", "q75", "q95"}
VOID = {"meta", "link", "br", "input"}
FIGURES: Mapping[str, tuple[str, ...]] = {
    "fan": ("outcomes",),
    "seen": ("foreseen",),
    "chart": ("claims",),
    "curve": ("claims",),
    "surface": ("headlines",),
    "fourway": ("four_way",),
    "tornado": ("headlines",),
    "timeline": ("timeline", "strategy"),
    "border": ("places",),
    "shares": ("attribution",),
    "beside": ("strategies",),
}
SKIPPED = {"style", "svg", "code", "pre", "q", "title", "cite"}
NUMBER = re.compile(r"(?:(?<![\w–])[−+]|×)?\$?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?(?: (?:trillion|billion|million)\b)?%?")


class Printed(HTMLParser):
    """The words of a page by part and figure, without the document's own, codes and drawings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: dict[tuple[str, str], list[str]] = {}
        self.open: list[tuple[str, str]] = []
        self.part = self.figure = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "section":
            self.part = named["id"] or ""
        if tag == "figure":
            self.figure = named["id"] or ""
        if tag in VOID:
            return
        skipped = tag in SKIPPED or (named.get("class") or "").split()[:1] in (["text"], ["quote"])
        self.open.append((tag, "skip" if skipped else ""))
        if self.figure and named.get("role") == "img":
            self._add(named.get("aria-label") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawings alone have such tags."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag == "figure":
            self.figure = ""
        if tag == "section":
            self.part = ""

    def handle_data(self, data: str) -> None:
        if not any(skip for _, skip in self.open):
            self._add(data)

    def _add(self, data: str) -> None:
        self.text.setdefault((self.part, self.figure), []).append(data)


def numbers_in(text: str) -> set[str]:
    """Numbers as they are printed, with sign, currency and percent sign; those inside words (c3, w_fly) are none."""
    return {
        found[0].rstrip(",")
        for found in NUMBER.finditer(text)
        if not re.match(r"[A-Za-z_]", text[found.end() : found.end() + 1] or " ")
        and not re.search(r"[A-Za-z_]$", text[: found.start()][-1:])
    }


def said(value: float) -> Iterator[str]:
    """A number as the page may round it."""
    for figures in (2, 3, 4):
        yield words.number(value, figures)
        yield words.number(-value, figures)
    yield words.percent(value) if 0 <= value <= 1 else ""
    yield words.percent_change(value)
    yield words.dollars(value)
    yield words.dollars(-value)
    yield f"{value:+.1f}%".replace("-", "−")
    yield f"±{max(1, round(200 * value))}"
    if float(value).is_integer():
        yield f"{int(value):,}"


def values(of: Any, pictured: bool) -> Iterator[Any]:
    """All leaves, and everything that can be counted: lists, and their items by what they say of themselves."""
    if isinstance(of, Mapping):
        for key, inner in of.items():
            if pictured or key not in PICTURED or not isinstance(inner, list):
                yield from values(inner, pictured)
            yield str(key)
    elif isinstance(of, list | tuple):
        yield len(of)
        items = [one for one in of if isinstance(one, Mapping)]
        for one in items:
            short = {key: value for key, value in one.items() if isinstance(value, str | bool | None)}
            for depth in (1, 2):
                yield from (("counted", pair) for pair in combinations(sorted(short.items(), key=str), depth))
        for inner in of:
            yield from values(inner, pictured)
    elif isinstance(of, bool) or of is None:
        return
    else:
        yield of


def known(assessment: Mapping[str, Any], keys: Iterable[str], pictured: bool) -> set[str]:
    """Every number that may be printed of some parts of an assessment."""
    found: set[str] = set(CONSTANT)
    counted: Counter[Any] = Counter()
    for value in (value for key in keys for value in values({key: assessment[key]}, pictured)):
        if isinstance(value, tuple):
            counted[value] += 1
        elif isinstance(value, int | float):
            found |= {text for way in said(value) for text in numbers_in(way)}
        else:
            plain = words.minus(words.clean(value))
            found |= numbers_in(plain) | numbers_in(words.day(value))
            found |= numbers_in(re.sub(r"[^\d.,]+", " ", value))
    found |= {f"{n:,}" for n in counted.values()}
    return found


def chances(assessment: Mapping[str, Any]) -> set[str]:
    """Probabilities as the page says them: in tenths, with what chance adds."""
    draws = assessment["basis"]["draws"]
    told = [words.chance(h["probability"], h["mc_error"], draws) for h in assessment["headlines"]]
    return numbers_in(" ".join(told))


def unfounded(assessment: Mapping[str, Any], printed: Printed) -> dict[tuple[str, str], set[str]]:
    """Printed numbers that nothing accounts for, by part and figure."""
    pools: dict[tuple[str, bool], set[str]] = {}
    found: dict[tuple[str, str], set[str]] = {}
    for (part, figure), texts in printed.text.items():
        kind = figure.split("-")[0]
        if part not in SECTIONS and not figure:
            keys: tuple[str, ...] = ("document", "manifest")
        else:
            keys = (*FIGURES[kind], "branches") if figure else SECTIONS[part]
        place = (kind or part, bool(figure))
        if place not in pools:
            pools[place] = known(assessment, keys, pictured=bool(figure))
            pools[place] |= chances(assessment) if part == "answer" else set()
        if missing := numbers_in(" ".join(texts)) - pools[place]:
            found[part, figure] = missing
    return found


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    built = report_fixture.build()
    return dict(json.loads(json.dumps(built)))


@pytest.fixture(scope="module")
def printed(assessment: dict[str, Any]) -> Printed:
    return Printed(render_page(assessment))


def test_every_number_on_the_page_stands_in_the_assessment(assessment: dict[str, Any], printed: Printed) -> None:
    assert unfounded(assessment, printed) == {}


def test_a_number_that_was_changed_on_the_page_is_found(assessment: dict[str, Any], printed: Printed) -> None:
    """Of numbers of two figures or more, each raised by a third, most are seen to stand nowhere."""
    changed = kept = 0
    for (part, figure), texts in printed.text.items():
        if figure or part not in ("answer", "places", "foreseen", "claims"):
            continue
        pool = known(assessment, SECTIONS[part], pictured=False) | (chances(assessment) if part == "answer" else set())
        for number in numbers_in(" ".join(texts)):
            plain = re.fullmatch(r"([−+$]*)([\d,]{2,}(?:\.\d+)?)(\D*)", number)
            if plain:
                value = float(plain[2].replace(",", "")) * 4 / 3
                other = f"{plain[1]}{value:,.1f}{plain[3]}" if "." in plain[2] else f"{plain[1]}{value:,.0f}{plain[3]}"
                changed += 1
                kept += other in pool
    assert changed > 100
    assert kept < 0.5 * changed, f"{kept} of {changed} changed numbers would pass"
