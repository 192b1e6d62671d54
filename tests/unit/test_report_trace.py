"""Every number on the page shows a value of assessment.json: changed there, it changes here, as its own rounding.

What each kind of place shows is held in tests/data/report_trace.toml; `python tests/report_trace.py` writes it anew.

The limit: sentences that the assessment itself holds (of the answer, to quote, of levers' shares, of strategies) are
texts there, so of a number in one the trace sees that it comes from that text, and not whether the text has the right
value. test_report_sentences_trace.py looks at where the sentences are made.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
import pytest

import report_fixture
from counterflow.report.page import downloads
from counterflow.report.page.render import render_page
from counterflow.report.pictures import drawing
from report_places import Place, labels, places, sketched
from report_trace import Number, short, table, trace
from report_tracing import Change, leaves, marked, readings_of, skeleton, tokens

Page = Callable[[Mapping[str, Any]], str]
TABLE = Path(__file__).parents[1] / "data" / "report_trace.toml"
# Numbers that are the same in every report: where they stand, the words around them (the number in ‹›), and why.
CONSTANT = (
    ("", r"‹90%› (?:band|range|interval)s?\b", "the level of the wide bands and ranges"),
    ("", r"(?:, |holds )‹90%› of (?:the )?draws\b", "the level of the wide bands and ranges, of draws"),
    ("", r"(?:About ‹90%› of the months should lie inside|about ‹90%› would be right)", "what a 90% band should hold"),
    ("", r"(?:dark band ‹50%›|‹50%› band)", "the level of the narrow bands"),
    ("", r"the ‹26› weeks before\b", "the weeks before the first lever, the second reference"),
    (r"#answer \.chance", r"\d in ‹10› \(|than 19? in ‹20› \(", "the denominator of a chance in words"),
    (r"\.cite", r"SHA-‹256›", "the name of a hash"),
    (r"#levers", r"--draws ‹250›$", "the draws of the command that is printed to compute shares"),
    (r"#border text|#places .*\.mapkey", r"^‹\d›$", "the number by which the map calls a sector"),
)  # fmt: skip


def constant(number: Number) -> bool:
    """Whether a number is a constant in its own context."""
    said = " ".join(marked(number.place.text, number.at).split())
    return any(re.match(kind, number.place.kind) and re.search(words, said) for kind, words, _ in CONSTANT)


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return short(json.loads(json.dumps(report_fixture.build())))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parts")


@pytest.fixture
def sketch(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Page:
    """The page with its pictures as their labels alone, its parts compiled once: a tenth of a second."""
    kept = jinja2.FileSystemBytecodeCache(str(folder))
    monkeypatch.setattr(jinja2, "Environment", functools.partial(jinja2.Environment, bytecode_cache=kept))
    monkeypatch.setattr(downloads, "render", sketched)
    monkeypatch.setattr(downloads, "picture_png", lambda svg: b"")
    return render_page


@pytest.fixture
def found(assessment: dict[str, Any], sketch: Page) -> list[Number]:
    return _found(json.dumps(assessment), sketch)


@functools.cache
def _found(assessment: str, page_of: Page) -> list[Number]:
    return trace(json.loads(assessment), page_of)


def told(numbers: list[Number]) -> list[tuple[str, str, str, str]]:
    return [(n.why, n.place.kind, n.reads, n.place.text.strip()[:120]) for n in numbers]


def test_every_number_on_the_page_is_moved_by_a_value_of_the_assessment(found: list[Number]) -> None:
    assert len(found) > 10_000
    assert told([number for number in found if not number.shows and not constant(number)]) == []


def test_every_place_shows_the_values_that_its_line_of_the_table_tells(
    found: list[Number], assessment: dict[str, Any]
) -> None:
    held = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    now = table(found, assessment)
    differs = {kind: (held.get(kind), now.get(kind)) for kind in {*held, *now} if held.get(kind) != now.get(kind)}
    assert differs == {}, "where each differs: (the table, the page); python tests/report_trace.py writes it anew"


def test_every_constant_is_met(found: list[Number]) -> None:
    still = [(n.place.kind, " ".join(marked(n.place.text, n.at).split())) for n in found if not n.shows]
    for kind, words, why in CONSTANT:
        assert any(re.match(kind, at) and re.search(words, said) for at, said in still), why


def plant(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
    """Parts of the page with words in place of others, as a slip of the hand would make them."""
    loader = jinja2.PackageLoader("counterflow.report.page", "parts")
    written = {}
    for part, pairs in changes.items():
        source = loader.get_source(jinja2.Environment(), part)[0]
        for old, new in pairs:
            assert old in source, (part, old)
            source = source.replace(old, new)
        written[part] = source
    mixed = jinja2.ChoiceLoader([jinja2.DictLoader(written), loader])
    monkeypatch.setattr(jinja2, "PackageLoader", lambda *of: mixed)


# Numbers that are constants elsewhere, in words that do not make them such.
PLANTED = "Crossings fall in 90% of cases, in 50% of these at once, and in 26 places."


def test_a_number_that_is_written_into_a_part_and_one_of_a_wrong_value_are_found(
    monkeypatch: pytest.MonkeyPatch, sketch: Page, assessment: dict[str, Any]
) -> None:
    plant(
        monkeypatch,
        {
            "sources.html.j2": (('<h2 id="h-sources">', f'<p>It fell 37%. {PLANTED}</p><h2 id="h-sources">'),),
            "claims.html.j2": (("r.tolerance|number", "a.claims[0].readings[0].tolerance|number"),),
            "outcomes.html.j2": (("w.change_low|change", "w.change_high|change"),),
            "four_way.html.j2": (("(f.branch, id, \"none\")", "(lead, id, \"none\")"),),
        },
    )  # fmt: skip
    found = trace(assessment, sketch, data=False)
    missed = {(n.why, n.reads, n.place.text) for n in found if not n.shows and not constant(n)}
    assert {
        ("still", "37%", "It fell 37%."),
        ("still", "90%", PLANTED),
        ("still", "26", PLANTED),
        ("still", "50%", PLANTED),
    } <= missed
    elsewhere = {n.place.kind for n in found if n.why == "elsewhere"}
    assert {"#claim-* .stack [Outcome] .sub", "#answer .courses [Violence up]"} <= elsewhere
    held = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    ranges = "#outcomes .outcome-block .stack [against no strategy] .range"
    assert table(found, assessment)[ranges] == ["/outcomes/*/window/*/change_high"] != held[ranges]


TICK = re.compile(r"([−-]?)\+?([\d,]+(?:\.\d+)?)([kMG%]?)")
SIZES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "%": 0.01}
MONTH = re.compile(r"(?:[A-Z][a-z]{2} )?(\d{4})")


def extent(of: Any) -> Iterator[float | str]:
    """Every number and date of a spec's data and of the ends of its axes."""
    if isinstance(of, Mapping):
        for key, inner in of.items():
            if key in ("data", "domain", "values"):
                yield from (value for _, value in leaves(inner))
            else:
                yield from extent(inner)
    elif isinstance(of, list):
        for inner in of:
            yield from extent(inner)


def unfounded(panel: Mapping[str, Any], svg: str) -> list[str]:
    """Numbers that a rendered panel shows and that are neither a label of its spec nor a tick within its data."""
    written = {" ".join(text.split()) for text in labels(panel)}
    every = list(extent(panel))
    numbers = [float(one) for one in every if isinstance(one, int | float)]
    years = [int(one[:4]) for one in every if isinstance(one, str) and re.match(r"\d{4}-\d\d", one)]
    found = []
    for text in re.findall(r">([^<>]+)</(?:text|tspan)>", svg):
        if not tokens(text) or any(text in whole for whole in written):
            continue
        month, tick = MONTH.fullmatch(text), TICK.fullmatch(text)
        if month and years and min(years) <= int(month[1]) <= max(years) + 1:
            continue
        if tick and numbers:
            value = float(tick[2].replace(",", "")) * SIZES[tick[3]] * (-1 if tick[1] else 1)
            room = 0.25 * (max(numbers) - min(0.0, *numbers))
            if min(0.0, *numbers) - room <= value <= max(numbers) + room:
                continue
        found.append(text)
    return found


@pytest.fixture(scope="module")
def panels(assessment: dict[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    """Each panel of the page's pictures as its spec and as it is rendered."""
    drawn: list[tuple[Mapping[str, Any], str]] = []

    def rendered(panel: dict[str, Any], prefix: str) -> str:
        svg = drawing.render(panel, prefix)
        drawn.append((panel, svg))
        return svg

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloads, "render", rendered)
        patch.setattr(downloads, "picture_png", lambda svg: b"")
        render_page(assessment)
    return drawn


def test_every_number_in_a_picture_is_a_label_of_its_spec_or_a_tick_within_its_data(
    panels: list[tuple[Mapping[str, Any], str]],
) -> None:
    assert len(panels) > 40
    assert [(panel["description"][:60], text) for panel, svg in panels for text in unfounded(panel, svg)] == []


def test_every_label_with_a_number_is_drawn(panels: list[tuple[Mapping[str, Any], str]]) -> None:
    """What the trace follows in place of rendered pictures is what these show."""
    for panel, svg in panels:
        shown = " ".join(re.findall(r">([^<>]+)</(?:text|tspan)>", svg))
        for text in labels(panel):
            assert not tokens(text) or text in shown or text not in sketched(panel, ""), (panel["description"], text)


def test_a_number_that_no_row_of_a_picture_holds_is_found(panels: list[tuple[Mapping[str, Any], str]]) -> None:
    panel, svg = panels[0]
    assert unfounded(panel, svg.replace("</svg>", "<text>98,765,432</text><text>seen in 1987</text></svg>")) == [
        "98,765,432",
        "seen in 1987",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("about 4 in 10 (39%, ±2)", ["4", "10", "39%", "2"]),
        ("−$1.2 billion to $340 million", ["−$1.2 billion", "$340 million"]),
        ("20 January 2025, May 2024 and 2025-01", ["20 January 2025", "May 2024", "2025-01"]),
        ("claim c3 and w_fly2 at 12,300.", ["12,300"]),
        ("<1% or ×21", ["<1%", "×21"]),
    ],
)
def test_numbers_and_dates_are_found_in_a_text(text: str, shown: list[str]) -> None:
    assert list(tokens(text)) == shown
    assert skeleton(text).count("#") >= len(shown)


def test_a_value_reads_as_its_own_roundings_and_with_its_own_sign() -> None:
    assert {"12,300", "12,000", "12,340"} <= readings_of(12_340.0)
    assert "−12,300" not in readings_of(12_340.0)
    assert "−12,300" in readings_of(12_340.0, either=True)
    assert "20 January 2025" in readings_of("2025-01-20")
    assert "13,000" not in readings_of(12_340.0)


def test_changing_all_numbers_changes_each_and_nothing_else(assessment: dict[str, Any]) -> None:
    changed = Change(1, keeps=False).of(assessment)
    pairs = list(zip(leaves(assessment), leaves(changed), strict=True))
    assert all(old[0] == new[0] for old, new in pairs)
    assert all(skeleton(old[1]) == skeleton(new[1]) for old, new in pairs if isinstance(old[1], str))
    numbers = [(old[1], new[1]) for old, new in pairs if isinstance(old[1], float)]
    assert sum(old != new for old, new in numbers) > 0.99 * len(numbers)
    assert changed["text"] == assessment["text"]


def test_a_place_is_called_by_its_classes_and_labels_and_never_by_a_name_of_the_assessment() -> None:
    cells = '<tr><th>As written</th><td data-label="As written">3</td></tr>'
    page = f'<section id="x"><table class="t">{cells}</table></section>'
    assert places(page, frozenset(("as written",))) == [
        Place("#x .t [*]", ("x", ("table", 0), ("tr", 0), ("td", 0), ""), "3", ("As written", "As written"))
    ]
