"""The page: complete, self-contained, the same for the same inputs, and safe whatever the document says."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

import report_fixture
from counterflow.model.outputs import SCALARS
from counterflow.report.assessment.held_out import NARROW, held_out
from counterflow.report.assessment.places import moved_alike
from counterflow.report.page.context import flat
from counterflow.report.page.downloads import as_csv, data_address
from counterflow.report.page.render import addresses, render_page, web_address
from counterflow.report.pictures.drawing import whole_picture
from counterflow.report.pictures.tornado import not_drawn
from counterflow.report.words import clean, dollars, vocabulary

HOSTILE = (
    " <script>alert(1)</script></script><img src=x onerror=alert(2)><svg/onload=alert(3)>"
    "\"'`--> ]]> {{ 7*7 }} javascript:alert(4) \u202eevil \ufffe\ud800 \x00\x1b[31m </style></title>"
)


class Tags(HTMLParser):
    """Collects tags with their attributes, and ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build()


@pytest.fixture(scope="module")
def page(assessment: dict[str, Any]) -> str:
    return render_page(assessment)


@pytest.fixture(scope="module")
def hostile_page() -> str:
    assessment = report_fixture.build(title="Plan" + HOSTILE, extra=HOSTILE)
    assessment["record"][0]["source"] = "javascript:alert(5)"
    assessment["claims"][0]["readings"][0]["source_url"] = 'https://example.org/"><script>alert(6)</script>'
    assessment["claims"][0]["chart_mark_label"] = "claimed" + HOSTILE
    assessment["claims"][1]["curve"]["sentence"] += HOSTILE
    assessment["claims"][1]["curve"]["chosen"][0]["label"] += HOSTILE
    assessment["branches"][1]["title"] = "As written" + HOSTILE
    return render_page(assessment)


def test_the_same_assessment_gives_the_same_page(assessment: dict[str, Any], page: str) -> None:
    assert render_page(assessment) == page


def test_the_page_stays_small(page: str) -> None:
    assert len(page.encode()) < 3_000_000


def test_the_page_needs_no_script_and_loads_nothing(page: str) -> None:
    tags = Tags(page)
    assert not tags.of("script")
    assert not tags.of("img")
    assert not tags.of("iframe")
    assert [link["href"] for link in tags.of("link")] == ["data:,"]
    assert "@import" not in page
    assert all(unquote(u).startswith("#") for u in re.findall(r"url\((.*?)\)", page))


def test_every_part_stands_on_the_page_in_its_order(page: str) -> None:
    sections = re.findall(r'<section id="(\w+)"', page)
    assert sections == [
        "answer",
        "claims",
        "actions",
        "outcomes",
        "places",
        "basis",
        "levers",
        "strategies",
        "document",
        "foreseen",
        "sources",
        "reproduce",
    ]


def test_every_quote_finding_and_branch_is_shown(assessment: dict[str, Any], page: str) -> None:
    text = clean(re.sub(r"<[^>]+>", "", page))
    for action in assessment["actions"]:
        assert action["span"]["quote"] in text
    for claim in assessment["claims"]:
        assert claim["claim"]["quote_span"]["quote"] in text
    for branch in assessment["branches"]:
        assert branch["title"] in text
    for sentence in assessment["ledger"]:
        assert sentence["span"]["quote"] in text
    for record in assessment["record"]:
        assert f"--refuse {record['record_id']}" in text


def test_ids_are_unique_and_every_inner_link_leads_somewhere(page: str) -> None:
    tags = Tags(page).tags
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    inner = {a["href"][1:] for t, a in tags if t == "a" and (a.get("href") or "").startswith("#")}
    assert inner <= set(ids)
    for used in re.findall(r"url\(#([^)]+)\)", page):
        assert used in ids


def downloads(page: str) -> dict[str, str]:
    """What can be downloaded, as text, by file name; of PNG the address itself."""
    found = {a["download"] or "": a["href"] or "" for a in Tags(page).of("a") if "download" in a}
    return {
        name: address if name.endswith(".png") else unquote(address.split(",", 1)[1]) for name, address in found.items()
    }


def test_every_chart_has_a_text_alternative_and_its_spec_and_data(page: str) -> None:
    tags = Tags(page)
    panels = [a for a in tags.of("div") if a.get("class") == "panel"]
    assert len(panels) == page.count("<svg ") > 20
    assert all(a["role"] == "img" and len(a["aria-label"] or "") > 30 for a in panels)
    files = downloads(page)
    spec = json.loads(files["fan-homicides.vl.json"])
    assert len(spec["hconcat"]) == 3
    rows = list(csv.DictReader(io.StringIO(files["fan-homicides.csv"], newline="")))
    assert {r["branch"] for r in rows} == {b[0] for b in report_fixture.BRANCHES} | {"observed"}


def test_every_chart_can_be_taken_away_as_a_picture_with_where_it_comes_from(
    assessment: dict[str, Any], page: str
) -> None:
    files = downloads(page)
    figures = re.findall(r'<figure class="figure" id="([^"]+)"', page)
    assert {"fourway", "timeline", "tornado", "border", "surface", "fan-homicides", "seen-homicides"} <= set(figures)
    for name in figures:
        picture = ElementTree.fromstring(files[f"{name}.svg"])
        told = " ".join(picture.itertext())
        assert "60 draws" in told
        assert assessment["document"]["sha256"][:12] in told
        assert {f"{name}.csv", f"{name}.vl.json"} <= set(files)
    assert {name for name in files if name.endswith(".png")} == {"fourway.png", "border.png"}


def test_data_behind_a_chart_can_be_read_as_a_table(page: str) -> None:
    for name, head in (("fan-homicides", "Observed"), ("tornado", "Flips at"), ("surface", "Threshold")):
        figure = page.split(f'<figure class="figure" id="{name}"')[1].split("</figure>")[0]
        assert f'<th scope="col">{head}</th>' in figure
        assert figure.count("<tr>") > 2


def test_an_outcome_has_one_colour_wherever_it_stands(page: str) -> None:
    files = downloads(page)
    colours = {"trafficking": "#0067a5", "crossings": "#00795a", "friction": "#9c4482", "violence": "#b84a00"}
    style = page.split("<style>")[1].split("</style>")[0]
    for name, colour in colours.items():
        assert f"--{name}: {colour};" in style
    for figure, name in (("fan-fentanyl_delivered", "trafficking"), ("fan-attempts", "crossings"),
                         ("fan-cooperation", "friction"), ("fan-homicides", "violence"),
                         ("seen-homicides", "violence"), ("fan-civilian_harm", "violence")):  # fmt: skip
        others = set(colours.values()) - {colours[name]}
        assert colours[name] in files[f"{figure}.svg"]
        assert not [other for other in others if other in files[f"{figure}.svg"]]


def test_what_a_claim_states_is_told_above_its_chart_and_not_on_the_figures(page: str) -> None:
    specs = {n: json.loads(text) for n, text in downloads(page).items() if re.match(r"chart-.*\.vl\.json", n)}
    marked = [panel for spec in specs.values() for panel in spec["hconcat"] if len(panel["layer"]) > 1]
    assert marked
    for panel in marked:
        assert "".join(panel["title"]["text"]).startswith("Dashed: ")
        assert not [layer for layer in panel["layer"] if layer["mark"]["type"] == "text"]


def test_charts_start_at_zero(page: str) -> None:
    for name, text in downloads(page).items():
        if name.startswith(("fan-", "seen-", "chart-", "curve-")) and name.endswith(".vl.json"):
            spec = json.loads(text)
            for panel in spec["hconcat"]:
                domains = [x["encoding"]["y"]["scale"]["domain"] for x in panel["layer"]]
                assert all(low <= 0 for low, _ in domains), name


def test_hostile_text_is_shown_and_never_run(hostile_page: str) -> None:
    tags = Tags(hostile_page)
    names = {tag for tag, _ in tags.tags}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "base"}
    assert not [a for _, attributes in tags.tags for a in attributes if a.startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile_page
    assert "{{ 7*7 }}" in hostile_page
    links = [a["href"] or "" for a in tags.of("a")]
    assert all(
        re.match(
            r"#|https?://|data:(application/json|text/csv|image/svg\+xml);charset=utf-8,|data:image/png;base64,", link
        )
        for link in links
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", hostile_page)


def test_hostile_text_changes_no_structure(page: str, hostile_page: str) -> None:
    """Tag for tag the same page, but for the two links that are not fit to be links."""
    plain = [tag for tag, _ in Tags(page).tags if tag not in ("a", "bdi")]
    hostile = [tag for tag, _ in Tags(hostile_page).tags if tag not in ("a", "bdi")]
    outside_charts = {"path", "g", "text", "tspan", "line", "rect", "clippath"}
    assert [t for t in hostile if t not in outside_charts] == [t for t in plain if t not in outside_charts]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        " https://a.b",
        "https://a.b\n",
        "data:text/html,x",
        "//a.b",
        "https://a b",
        'https://a"b',
        "",
        None,
    ],
)
def test_only_plain_web_addresses_become_links(text: str | None) -> None:
    assert web_address(text) is None


def test_a_plain_web_address_becomes_a_link() -> None:
    assert web_address("https://www.cbp.gov/a?b=c#d") == "https://www.cbp.gov/a?b=c#d"


def test_a_text_that_a_spreadsheet_would_run_is_defused() -> None:
    assert "'=1+1" in as_csv([{"a": "=1+1", "b": -3.5}])
    assert ",-3.5" in as_csv([{"a": "x", "b": -3.5}])


@pytest.fixture(scope="module")
def untested_page() -> str:
    return render_page(report_fixture.build_untested("trafficking"))


def cards(page: str) -> dict[str, str]:
    """The plain text of each headline card, by its heading."""
    tiles = re.split(r'<div class="tile [^"]*">', page.split('<dl class="four-answers"')[0])[1:]
    plain = [" ".join(re.sub(r"<[^>]+>", " ", tile).split()) for tile in tiles]
    return {heading: text for text in plain for heading in TITLES.values() if text.startswith(heading)}


TITLES = vocabulary()["headline"]


def test_what_no_lever_reaches_is_not_tested_rather_than_unlikely(untested_page: str) -> None:
    card = cards(untested_page)[TITLES["trafficking"]]
    assert "Not tested No lever of this strategy reaches it." in card
    assert "unlikely" not in card
    assert "26 weeks before:" not in card
    assert "Likely" in cards(untested_page)[TITLES["crossings"]]


def test_a_card_tells_how_its_own_series_came_out(assessment: dict[str, Any], page: str) -> None:
    shown = cards(page)
    for id, since in assessment["answer"]["seen"].items():
        card = shown[TITLES[id]]
        assert f"{since['inside']} of {since['months']} inside the 90% band" in card
        assert ("model off so far" in card) is since["missed"]
        assert ("missed what happened" in card) is since["missed"]
    assert "Months observed" not in shown[TITLES["friction"]]


def test_the_chance_against_the_weeks_before_stands_beside_that_of_no_strategy(page: str) -> None:
    card = cards(page)[TITLES["crossings"]]
    assert re.search(r"Against the 26 weeks before: \d+% \(\d+% without any strategy\)", card)


def test_the_page_says_how_many_levers_move_and_what_plus_minus_is(assessment: dict[str, Any], page: str) -> None:
    top = page.split('class="tiles"')[0]
    assert clean(assessment["answer"]["coverage"]) in top
    assert 'href="#actions"' in top
    assert "is chance from 60 draws, not uncertainty about the world" in top


def test_a_parameter_that_decides_several_answers_is_listed_once(page: str) -> None:
    assert page.count("(<code>w_fly</code>, assumed)") == 1


def test_what_the_strategy_costs_is_told_in_words_with_its_prices(assessment: dict[str, Any], page: str) -> None:
    part = page.split('id="costs"')[1].split("</section>")[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", part).split())
    row = next(x for x in assessment["costs"]["branches"]["as_on_record"]["levers"] if x["kind"] == "saves")
    assert (
        f"saves {dollars(-row['median'])} ( {dollars(-row['high'])} to {dollars(-row['low'])} )".replace(
            "( ", "("
        ).replace(" )", ")")
        in text
    )
    assert "A sum below zero is revenue or a saving." in text
    assert "over 3 years" in text
    assert "for 1,040 over 104 weeks" in text
    for prices in assessment["costs"]["prices"].values():
        for price in prices:
            for address in re.findall(r"https?://[^\s;,()]+", price["source"]):
                assert f'href="{address}"' in part
    assert "A judgement (grade D, assumed)" in text or "Worked out from what a source says (grade C)" in text


def test_what_decides_stands_before_the_other_parameters(page: str) -> None:
    part = page.split('<section id="basis"')[1].split("</section>")[0]
    open_part = re.sub(r"<details.*?</details>", "", part, flags=re.DOTALL)
    assert "<code>w_fly</code>" in open_part
    assert "<code>p_" not in open_part


def test_outputs_that_are_not_charted_are_folded_by_subject(page: str) -> None:
    part = page.split('<section id="outcomes"')[1].split("</section>")[0]
    folded = part.split("other outputs of the model</summary>")[1]
    for title, output in (
        ("Crossing the border (1)", "Known gotaways"),
        ("The organised groups (1)", "Cartel members"),
    ):
        assert output in folded.split(title)[1].split("</details>")[0]


def test_every_output_of_the_model_is_charted_or_has_a_subject() -> None:
    known = vocabulary()
    assert set(SCALARS) - set(known["outcome"]) == set(known["subject_of"])
    assert set(known["subject_of"].values()) | {"other"} == set(known["subject"])


def test_addresses_among_words_become_links_and_nothing_else_does() -> None:
    assert addresses("a (https://b.c/d), e") == [("a (", None), ("https://b.c/d", "https://b.c/d"), ("), e", None)]
    assert all(address is None for _, address in addresses("javascript:alert(1) data:text/html,x <b>"))


def test_every_branch_is_a_row_and_the_leading_one_has_a_square(page: str) -> None:
    table = page.split('<table class="courses">')[1].split("</table>")[0]
    assert table.count('<th scope="row">') == len(report_fixture.BRANCHES)
    assert page.count('<table class="fourway">') == 1


def test_no_code_of_the_data_stands_where_words_should(page: str) -> None:
    text = re.sub(r"<code>.*?</code>|<svg.*?</svg>|<[^>]+>", " ", page.split("</style>")[1], flags=re.DOTALL)
    assert "Some of the months observed since are provisional." in text
    assert "marked:" not in text
    assert "““" not in text
    assert not re.search(r"[\s(:]-\d", text)


def test_nested_manifest_keys_keep_their_order_and_share_rows_for_equal_values() -> None:
    nested = {"b": {"x": 1, "y": [1, 2], "z": 1}, "a": "z", "c": "z"}
    assert flat(nested) == [("b", "1: x, z"), ("b · y", "1, 2"), ("a", "z"), ("c", "z")]


def test_a_document_that_moves_no_lever_gets_a_page() -> None:
    text = report_fixture.brief()
    plan, branches = report_fixture.strategy(text)
    from counterflow.report.assessment.assemble import assemble

    page = render_page(
        assemble(
            brief=text, checks=(), strategy=plan, branches=branches, runs=None, verdict=None, inquiry=None,
            foreseen=None,
            history={}, lever_titles={}, manifest={}, timings={},
        )
    )  # fmt: skip
    assert "Nothing was simulated" in page
    assert "The document states no quantity." in page


def marked_text(page: str) -> str:
    return page.split('<div class="text"')[1].split("</div>")[0]


def test_the_document_stands_on_the_page_word_for_word_with_marks_that_lead_to_rows_and_back(
    assessment: dict[str, Any], page: str
) -> None:
    part = marked_text(page)
    without_marks = re.sub(r'<a class="ref".*?</a>', "", part)
    lines = [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<p[^>]*>(.*?)</p>", without_marks)]
    assert lines == [line for line in clean_lines(assessment["text"]) if line]
    ids = [x["id"] for x in (*assessment["actions"], *assessment["findings"], *assessment["assertions"])]
    ids += [c["claim"]["id"] for c in assessment["claims"]]
    assert len(ids) > 30
    for id in ids:
        assert part.count(f' id="in-{id}"') == 1
        assert f'href="#in-{id}"' in page.replace(part, "")
    for quote, kind in (("reinstated the policy", "k-finding k-action"), ("1,600 troops", "k-action k-claim")):
        assert re.search(rf'<mark class="{kind}"><bdi>{quote}</bdi></mark>', part), quote


def clean_lines(text: str) -> list[str]:
    return [clean(line) for line in text.splitlines()]


def test_a_hostile_document_is_shown_in_place_as_text(hostile_page: str) -> None:
    part = marked_text(hostile_page)
    assert "&lt;img src=x onerror=alert(2)&gt;&lt;svg/onload=alert(3)&gt;" in part
    assert {tag for tag, _ in Tags(part).tags} <= {"p", "mark", "bdi", "a"}
    assert all((a["href"] or "").startswith("#") for a in Tags(part).of("a"))


def test_a_long_document_is_folded_and_a_very_long_one_is_cut(assessment: dict[str, Any]) -> None:
    from counterflow.report.page.context import SHORT
    from counterflow.report.page.marked import LONGEST, marks_of, paragraphs, placed

    assert len(assessment["text"]) < SHORT
    long = assessment | {"text": assessment["text"] + "\nmore" * LONGEST}
    found = paragraphs(long["text"], marks_of(long))
    assert sum(len(piece.text) for pieces in found for piece in pieces) <= LONGEST
    assert placed(found) == placed(paragraphs(assessment["text"], marks_of(assessment)))
    assert placed(paragraphs(assessment["text"][:100], marks_of(assessment))) < placed(found)


def test_the_timeline_shows_the_record_on_the_levers_of_the_document(assessment: dict[str, Any], page: str) -> None:
    rows = {row["lever"]: row for row in assessment["timeline"]}
    assert [row["lever"] for row in assessment["timeline"]] == list(
        dict.fromkeys(x["lever"] for x in assessment["actions"])
    )
    assert [e["status"] for e in rows["asylum.restriction"]["history"]] == ["in_force", "decided", "blocked", "stayed"]
    part = page.split('<section id="actions"')[1].split("</section>")[0]
    assert "Status history: 7 dated acts" in part
    assert "the ruling is put off" in part
    assert "put off or stayed" in part


def test_the_map_has_a_table_of_all_sectors_and_field_offices(assessment: dict[str, Any], page: str) -> None:
    part = page.split('<section id="places"')[1].split("</section>")[0]
    table = part.split('<table class="numbers places">')[1]
    assert table.count('<th scope="row">') == 13
    for row in assessment["places"]:
        assert row["name"] in table
    assert part.count("<svg ") == 2
    rows = {row["name"]: row["change"]["as_on_record"]["median"] for row in assessment["places"][:9]}
    assert rows["San Diego"] < 0 < rows["Rio Grande Valley"]
    one = next(row for row in assessment["places"] if row["name"] == "El Centro")
    assert (one["from"], one["to"]) == ("2024-11-01", "2025-10-01"), "the last twelve months that all sectors have"


def test_places_that_the_model_moves_alike_have_one_sentence_and_no_second_map(assessment: dict[str, Any]) -> None:
    of = {"low": -0.77, "median": -0.5, "high": -0.05}
    near = of | {"median": -0.51}
    rows = [row | {"change": {"as_on_record": near if n % 2 else of}} for n, row in enumerate(assessment["places"])]
    page = render_page(assessment | {"places": rows})
    part = page.split('<section id="places"')[1].split("</section>")[0]
    assert "The model moves Border Patrol encounters in all sectors alike, against no strategy: −5" in part
    assert part.count("<svg ") == 1
    assert "Change in the model" not in part
    apart = [row | {"change": {"as_on_record": of | {"median": -0.5 + n / 10}}} for n, row in enumerate(rows)]
    assert moved_alike(apart, "as_on_record", 250) == {}
    assert set(moved_alike(rows, "as_on_record", 250)) == {"sector", "field office"}


def test_the_map_says_when_its_figures_lie_before_the_strategy(assessment: dict[str, Any], page: str) -> None:
    after = assessment["places"][0]["to"][:7] >= assessment["strategy"]["date"]["start"][:7]
    assert ("That is before the strategy." in page) is not after
    old = [row | {"to": "2024-11-01"} for row in assessment["places"]]
    assert "That is before the strategy." in render_page(assessment | {"places": old})


def test_headlines_that_no_parameter_decides_are_named_beside_the_tornado(assessment: dict[str, Any]) -> None:
    told = not_drawn(assessment["headlines"], "as_on_record")
    assert "curtailed trafficking" in told
    assert "friction" not in told
    open_ones = [h for h in assessment["headlines"] if h["decided_by"]]
    assert not_drawn(open_ones, "as_on_record") == ""


def test_the_page_tells_how_earlier_tests_came_out(page: str) -> None:
    told = next(one for one in held_out()["series"] if one["output"] == "homicides")
    sentence = (
        f"the model’s 90% band held {told['inside_90']:.0%} of {told['months']} months; about 90% would be right."
    )
    figure = page.split('id="fan-homicides"')[1].split("</article>")[0]
    figure = " ".join(figure.split())
    assert sentence in figure
    assert ("The band was too narrow." in figure) is (told["inside_90"] < NARROW)


def test_sources_are_listed_once_with_their_doi_and_what_they_are_used_for(
    assessment: dict[str, Any], page: str
) -> None:
    part = page.split('<section id="sources"')[1].split("</section>")[0]
    texts = [(one["kind"], one["text"]) for one in assessment["sources"]]
    assert len(texts) == len(set(texts)) > 4
    assert not [text for _, text in texts if text.startswith("judgement")]
    assert 'href="https://doi.org/10.0000/made-up"' in part
    assert "Grade A" in part


def test_a_data_address_holds_what_it_was_given_and_cannot_leave_its_attribute() -> None:
    text = "'\"><script>alert(1)</script>&amp;%41#\r\n\tä\u2028 🙂"
    address = str(data_address(text, "text/csv"))
    assert unquote(address.split(",", 1)[1]) == text
    assert not set("'<>&#\r\n\t") & set(address)
    assert str(data_address("\ud800", "text/csv")).endswith(",?")


def test_a_picture_that_is_taken_away_shows_its_whole_title_however_narrow_it_is() -> None:
    panel = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"></svg>'
    title = "The change that is claimed, against every baseline that could have been chosen, from 2019 to 2025"
    picture = whole_picture([panel], title, "A source")
    shown = re.findall(r'font-weight="bold" fill="[^"]*">([^<]*)</text>', picture)
    assert " ".join(shown) == title
    assert len(shown) > 1
    below = 20 + 18 * (len(shown) - 1)
    assert f'y="{below}"' in picture
    assert int(re.search(r'<svg x="[\d.]+" y="(\d+)"', picture)[1]) > below
