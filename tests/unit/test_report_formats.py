"""The report in its other forms: each says what assessment.json says, and none does what a document asks of it."""

from __future__ import annotations

import copy
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from docx import Document

import report_fixture
from counterflow.errors import ReportError, UsageError
from counterflow.report.assessment.schema import assessment_schema, published
from counterflow.report.formats import docx as docx_format
from counterflow.report.formats import pdf as pdf_format
from counterflow.report.formats import write as writing
from counterflow.report.formats.blocks import Bullets, Code, Heading, Paragraph, Picture, text_of, told
from counterflow.report.formats.docx import docx
from counterflow.report.formats.files import require_writable, write_together
from counterflow.report.formats.markdown import Markdown, escaped, markdown
from counterflow.report.formats.memo import LINES, both_halves, lines_of, memo, within
from counterflow.report.formats.memo import whole as whole_sentences
from counterflow.report.formats.pdf import browser, pdf
from counterflow.report.formats.plan import beside, planned, refuse_clashes
from counterflow.report.formats.sections import whole
from counterflow.report.page.render import host, render_page, web_address
from counterflow.report.sentences import largest_share, strikes_compared
from counterflow.report.words import chance, number, percent, percent_change, phrase, word

HOSTILE = (
    " <script>alert(1)</script><img src=x onerror=alert(2)> [click](javascript:alert(3)) ![p](https://evil.example/p.png)"
    " https://evil.example/a www.evil.example eve@evil.example @someone | cell | **bold** `code` ``` # head \\ $x$"
    " <!-- --> &lt; \u202eevil\u202c \ufffe\ud800 \x00\x1b[31m"
)
TOP = "Does the strategy curtail trafficking, or come back as friction and violence?"


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build()


def fewer(a: dict[str, Any]) -> dict[str, Any]:
    """The same assessment with fewer pictures, each of which takes time to draw."""
    return a | {"outcomes": a["outcomes"][:1] + a["outcomes"][-2:], "foreseen": None, "claims": a["claims"][:3]}


@pytest.fixture(scope="module")
def hostile() -> dict[str, Any]:
    a = fewer(report_fixture.build(title="Plan" + HOSTILE, extra=HOSTILE))
    a["record"][0]["source"] = "javascript:alert(5)"
    a["record"][0]["quote"] += HOSTILE
    a["claims"][0]["readings"][0]["source_url"] = 'https://example.org/"><script>alert(6)</script>'
    a["claims"][0]["explanation"] += HOSTILE
    a["claims"][0]["chart_mark_label"] = "claimed" + HOSTILE
    a["branches"][1]["title"] = "As written" + HOSTILE
    a["manifest"]["command"] += HOSTILE
    a["sources"][0] |= {"text": "A <b>source</b> | ` [x](y)", "url": "javascript:alert(7)", "doi": ""}
    return a


@pytest.fixture(scope="module")
def made(assessment: dict[str, Any]) -> Markdown:
    return markdown(assessment, "report_figures")


@pytest.fixture(scope="module")
def word_file(assessment: dict[str, Any]) -> bytes:
    return docx(assessment)


def parsed(text: str) -> list[Any]:
    """What a parser of Markdown makes of a text: every token, those inside lines too."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    return [inner for token in parser.parse(text) for inner in (token, *(token.children or ()))]


def links(text: str) -> list[str]:
    return [str(t.attrs["href"]) for t in parsed(text) if t.type == "link_open"]


def rows_of(text: str, head: str) -> list[list[str]]:
    """The cells of the table whose header begins with `head`."""
    table = text[text.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


def leading(a: dict[str, Any], reference: str) -> Iterator[dict[str, Any]]:
    for h in a["headlines"]:
        if (h["branch"], h["reference"]) == (a["answer"]["lead_branch"], reference):
            yield h


def often(a: dict[str, Any], h: dict[str, Any]) -> str:
    return chance(h["probability"], h["mc_error"], a["basis"]["draws"])


# Markdown


def test_markdown_has_every_part_in_its_order(made: Markdown) -> None:
    parts = re.findall(r"^## (.+)$", made.text, re.MULTILINE)
    assert made.text.startswith(f"# {TOP}\n")
    assert parts == [
        "The strategy as on record, in the model",
        "Trafficking against friction, course by course",
        "What it costs the US treasury",
        "Claims against figures",
        "Actions over time",
        "Outcomes, branch by branch",
        "Along the border",
        "What the answer rests on",
        "Which lever does how much",
        "Which strategy does better",
        "About the document",
        "Foreseen and seen",
        "Sources",
        "Reproduce it",
    ]


def test_every_headline_of_the_markdown_is_that_of_the_assessment(assessment: dict[str, Any], made: Markdown) -> None:
    """All branches against both references, with what chance leaves open."""
    table = {row[0]: row[1:] for row in rows_of(made.text, "| Branch | Trafficking curtailed | Crossings")}
    titles = {b["id"]: b["title"] for b in assessment["branches"]}
    ids = ["trafficking", "crossings", "friction", "violence"]
    assert len(assessment["headlines"]) == 64
    for h in assessment["headlines"]:
        cell = table[titles[h["branch"]]][ids.index(h["id"])].split(" / ")[h["reference"] == "before"]
        margin = f" ±{max(1, round(200 * h['mc_error']))}" if 0 < h["probability"] < 1 else ""
        assert cell == f"{percent(h['probability'])}{margin}{'?' if h['undetermined'] else ''}".replace("<", "\\<")
    verdicts = {row[0].strip("*"): row[1:] for row in rows_of(made.text, "| Headline | Verdict |")}
    for h, past in zip(leading(assessment, "none"), leading(assessment, "before"), strict=True):
        row = verdicts[word("headline", h["id"])]
        assert row[0].lower() == h["word"]
        assert row[1].lower() == often(assessment, h).lower()
        assert row[2].lower().startswith(often(assessment, past).lower())
        assert f"90% of draws {percent_change(h['low'])} to {percent_change(h['high'])}" in row[3]


def test_every_outcome_stands_in_the_markdown_by_branch_with_its_interval(
    assessment: dict[str, Any], made: Markdown
) -> None:
    titles = {b["id"]: b["title"] for b in assessment["branches"]}
    charted = [item for item in assessment["outcomes"] if item["charted"]]
    assert len(charted) >= 7
    for item in charted:
        text = made.text[made.text.index(f"### {item['title'][0].upper()}{item['title'][1:]}\n") :]
        table = {row[0]: row[1] for row in rows_of(text, "| Branch | Median and 90% range")}
        for branch, w in item["window"].items():
            spread = f" ({number(w['low'])} to {number(w['high'])})" if w["low"] != w["high"] else ""
            assert table[titles[branch]] == f"{number(w['median'])}{spread}"


def test_claims_actions_and_findings_all_stand_in_the_markdown(assessment: dict[str, Any], made: Markdown) -> None:
    text = made.text.replace("\\", "")
    for claim in assessment["claims"]:
        assert f"“{claim['claim']['quote_span']['quote']}”" in text
        assert text.count(claim["readings"][0]["observed_text"] if claim["readings"] else "") >= 1
    for action in assessment["actions"]:
        assert f"({action['id']}" in text
        assert action["span"]["quote"] in text
    for entry in assessment["record"]:
        assert f"--refuse {entry['record_id']}" in text
    assert text.count("- `") >= sum(bool(e["ids"]) for e in assessment["ledger"])
    assert assessment["manifest"]["command"] in made.text


def test_the_markdown_draws_what_single_numbers_decide(assessment: dict[str, Any], made: Markdown) -> None:
    part = made.text.split(f"### {word('heading', 'single')}\n")[1].split("\n### ")[0]
    assert phrase("basis_tornado") in part
    assert "](<report_figures/tornado.svg>)" in part
    decided = {h["id"] for h in assessment["headlines"] if h["reference"] == "none" and h["decided_by"]}
    assert decided
    for id in decided:
        assert word("headline", id) in made.figures["tornado.svg"]
    closed = [h | {"decided_by": [], "undetermined": False} for h in assessment["headlines"]]
    assert "tornado.svg" not in markdown(fewer(assessment) | {"headlines": closed}, "figures").figures


def test_commands_that_go_further_stand_on_lines_of_their_own(assessment: dict[str, Any], made: Markdown) -> None:
    command = assessment["manifest"]["command"]
    branch = assessment["attribution"]["branch"]
    for second in (
        f"attribute strategy.toml --branch {branch} --draws 250",
        "compare --built-in --document strategy.toml",
    ):
        assert f"```sh\n{command} --save-strategy strategy.toml\ncounterflow {second}\n```" in made.text


def test_a_source_without_a_title_is_shown_as_its_host(assessment: dict[str, Any], made: Markdown) -> None:
    addresses = [e["source"] for row in assessment["timeline"] for e in row["history"] if web_address(e["source"])]
    assert addresses
    for address in addresses:
        assert f"](<{address}>)" in made.text
        assert f"[{address}]" not in made.text


def test_pictures_of_the_markdown_are_files_beside_it_with_words_in_their_place(made: Markdown) -> None:
    shown = re.findall(r"^!\[(.+)\]\(<report_figures/(.+\.svg)>\)$", made.text, re.MULTILINE)
    assert {name for _, name in shown} == set(made.figures)
    assert len(shown) >= 15
    assert all(len(alt) > 30 for alt, _ in shown)
    for svg in made.figures.values():
        assert svg.startswith("<svg")
        assert "<script" not in svg
        assert not re.search(r'(?:href|src)="(?!#)', svg)
    assert "](<report_figures" not in markdown_without_pictures()


def markdown_without_pictures() -> str:
    return markdown(report_fixture.build(draws=5)).text


def test_words_of_a_document_stay_words_in_markdown(hostile: dict[str, Any], assessment: dict[str, Any]) -> None:
    """No link, picture, HTML or cell more than the same report on a harmless document has."""
    text, harmless = markdown(hostile, "report_figures").text, markdown(fewer(assessment), "report_figures").text
    tokens = parsed(text)
    assert not [t.content for t in tokens if t.type in ("html_inline", "html_block")]
    assert all(str(t.attrs["src"]).startswith("report_figures/") for t in tokens if t.type == "image")
    assert all(address.startswith(("https://", "http://")) and "evil" not in address for address in links(text))
    assert len(links(text)) <= len(links(harmless))
    for kind in ("tr_open", "td_open", "heading_open", "table_open", "fence", "bullet_list_open", "em_open"):
        assert sum(t.type == kind for t in tokens) == sum(t.type == kind for t in parsed(harmless)), kind
    assert "\u202e" not in text
    assert "\x00" not in text


def test_nothing_that_github_links_by_itself_stands_outside_code(hostile: dict[str, Any]) -> None:
    """A link's own words do not link again."""
    inside, bare = 0, []
    for token in parsed(markdown(hostile).text):
        inside += token.nesting if token.type.startswith("link_") else 0
        bare += [token.content] if token.type == "text" and not inside else []
    assert "cell" in "".join(bare)
    assert not re.search(r"www\.|@|://", "".join(bare), re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    ["# a", "1. a", "- a", "+ a", "> a", "| a | b |", "~~~", "```", "*a*", "_a_", "[a](b)", "<b>", "&amp;", "a\\",
     "---", "===", "https://a.example", "a@b.example", "![a](b)", "[a]: https://b.example", "    a"],
)  # fmt: skip
def test_any_text_is_shown_as_it_is(text: str) -> None:
    from counterflow.report.formats.blocks import Paragraph
    from counterflow.report.formats.markdown import _blocks

    tokens = parsed("\n\n".join(_blocks([Paragraph((text,))], None)))
    assert [t.type for t in tokens if t.level == 0 and t.type.endswith("open")] == ["paragraph_open"]
    shown = "".join(t.content for t in tokens if t.type in ("text", "code_inline"))
    assert shown == text.strip()
    assert "link_open" not in {t.type for t in tokens}


def test_an_escaped_text_has_no_stroke_that_ends_a_cell() -> None:
    assert not re.search(r"(?<!\\)\|", escaped("a|b https://x.example/a|b `|`"))


# The memo


def cells(content: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(content)).tables[0].rows]


def test_every_headline_of_the_memo_is_that_of_the_assessment(assessment: dict[str, Any], word_file: bytes) -> None:
    table = {row[0]: row[1:] for row in cells(word_file)}
    for h, past in zip(leading(assessment, "none"), leading(assessment, "before"), strict=True):
        verdict, against, before, moved = table[word("headline", h["id"])]
        seen = assessment["answer"]["seen"].get(h["id"])
        off = "; model off so far" if seen and seen["missed"] else ""
        assert verdict.lower() == h["word"] + off
        assert against.lower() == often(assessment, h).lower()
        assert before.lower().startswith(often(assessment, past).lower())
        assert f"({percent(past['without_strategy'])} without any strategy)" in before
        assert percent_change(h["median"]) in moved
        assert f"{percent_change(h['low'])} to {percent_change(h['high'])}" in moved


def test_the_memo_can_be_read_by_a_screen_reader(word_file: bytes) -> None:
    document = Document(io.BytesIO(word_file))
    styles = [p.style.name for p in document.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") >= 5
    xml = zipfile.ZipFile(io.BytesIO(word_file)).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") == 1
    assert re.search(r'<wp:docPr [^>]*descr="[^"]{60,}"', xml)
    assert 'w:val="en-US"' in zipfile.ZipFile(io.BytesIO(word_file)).read("word/styles.xml").decode()
    assert document.core_properties.language == "en"
    assert document.core_properties.title == TOP
    assert document.core_properties.author == "Counterflow"


def test_the_memo_tells_three_claims_those_that_fail_first(assessment: dict[str, Any], word_file: bytes) -> None:
    document = Document(io.BytesIO(word_file))
    told = [p.text for p in document.paragraphs if p.style.name == "List Bullet" and p.text.startswith("“")]
    assert [re.search("”: ([^.]+)", text)[1] for text in told] == [
        word("claim_verdict", verdict) for verdict in ("holds_none", "holds_some", "holds_all")
    ]
    assert assessment["manifest"]["command"] in "\n".join(p.text for p in document.paragraphs)


def test_a_claim_that_is_cut_keeps_what_it_does_not_hold_against() -> None:
    text = (
        "Nothing independent confirms this claim. Holds against the peak year (1 against 2). Does not hold against the "
        "peak month (1 against 3); the peak week (1 against 4); the peak day (1 against 5). Such figures are few."
    )
    for limit in range(40, len(text) + 1):
        cut = both_halves(text, limit)
        assert "Holds against the peak year (1 against 2)" in cut
        assert "Does not hold against the peak month (1 against 3)" in cut
        assert "; and 2 more." in cut or "the peak day" in cut
    assert both_halves(text, len(text)) == text
    assert both_halves("One thing. Another thing.", 12) == "One thing."


def test_the_memo_names_the_file_that_holds_the_assessment(assessment: dict[str, Any]) -> None:
    paragraphs = [block.line for block in memo(assessment, kept="x.assessment.json") if isinstance(block, Paragraph)]
    assert any(Code("x.assessment.json") in text for text in paragraphs)


def test_the_memo_gives_the_criterion_of_each_headline(assessment: dict[str, Any], word_file: bytes) -> None:
    told = "\n".join(p.text for p in Document(io.BytesIO(word_file)).paragraphs)
    for h in leading(assessment, "none"):
        assert f"{word('headline', h['id'])}: {h['criterion']}." in told


def memo_texts(a: dict[str, Any], tell: Callable[[str], str] = str) -> str:
    """The paragraphs and lists of the memo."""
    lines = [block.line for block in memo(a, tell) if isinstance(block, Paragraph)]
    lines += [item for block in memo(a, tell) if isinstance(block, Bullets) for item in block.items]
    return "\n".join(map(text_of, lines))


def test_the_memo_tells_the_largest_share_of_a_lever(assessment: dict[str, Any]) -> None:
    told = memo_texts(assessment)
    assert word("heading", "levers") in told
    tables = assessment["attribution"]["tables"]
    clear = [table for table in tables if table["rows"][0]["low"] * table["rows"][0]["high"] > 0]
    for table in (clear or tables)[:2]:
        whole, *rows = table["rows"]
        assert f"{table['title']}, {table['measure']}: all levers together {whole['share']} ({whole['range']})" in told
        assert any(row["title"] in told for row in rows)
    assert word("heading", "levers") not in memo_texts(assessment | {"attribution": None})


def test_the_largest_share_of_what_is_not_told_apart_is_the_models_word_alone() -> None:
    def row(title: str, depth: int, mean: float) -> dict[str, Any]:
        return {"title": title, "depth": depth, "mean": mean, "share": f"{mean:+g} ±1", "range": "−9 to 0"}

    told = {"title": "Crossings", "measure": "relative change"}
    bundle = [row("Not separable: 2 levers", 1, -5), row("A", 2, -1), row("B", 2, -4), row("C", 1, -2)]
    text = largest_share(told | {"rows": [row("All", 0, -7), *bundle]})
    assert "does not tell 2 levers apart" in text
    assert "by the model’s word alone, the largest share is that of B, -4 ±1 (−9 to 0)." in text
    alone = largest_share(told | {"rows": [row("All", 0, -7), row("C", 1, -6), *bundle]})
    assert alone.endswith("The largest share is that of C, -6 ±1 (−9 to 0).")
    assert "alone" not in alone
    assert largest_share(told | {"rows": [row("All", 0, -7)]}).endswith("all levers together -7 ±1 (−9 to 0).")


def test_the_memo_tells_which_strategy_does_better_and_which_of_them_use_force(assessment: dict[str, Any]) -> None:
    told = memo_texts(assessment)
    of = assessment["strategies"]
    assert word("heading", "strategies") in told
    notes = of["sections"][0]["notes"]
    assert any(note in told for note in notes[: len(of["best"])])
    forced = of | {"forced": [notes[0].split(": ")[-1][:12]], "notes": [of["notes"][0], "With armed force: it."]}
    assert "With armed force: it." in memo_texts(assessment | {"strategies": forced})
    assert word("heading", "strategies") not in memo_texts(assessment | {"strategies": None})


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_memo_says_what_strikes_do_wherever_the_document_considers_them(
    assessment: dict[str, Any], language: str
) -> None:
    """However little room other texts leave."""
    tell = writing.teller(language)
    strikes = assessment["answer"]["model"][-1]
    assert strikes.startswith("Were strikes added")
    told = tell(strikes)
    assert (told == strikes) == (language == "en")
    for a in (copy.deepcopy(assessment), long_words(assessment)):
        a["answer"]["model"] = [*a["answer"]["model"][:-1], strikes]
        assert told in memo_texts(a, tell)
        assert lines_of(memo(a, tell)) <= LINES
    quiet = assessment | {"answer": assessment["answer"] | {"heaviest_strikes": None, "model": ["Shares.", "Others."]}}
    assert told not in memo_texts(quiet, tell)


def test_that_the_strikes_compared_are_the_heaviest_is_said_with_their_number(
    assessment: dict[str, Any], made: Markdown
) -> None:
    said = strikes_compared(assessment)
    assert "the heaviest is the one compared: 10 strikes a week for 104 weeks, about 1,040 in all" in said
    assert "6 courses" in said
    assert said in made.text
    assert said in html.unescape(render_page(fewer(assessment)))
    of = assessment["strategies"]
    forced = of["forced"][0]
    told = copy.deepcopy(of)
    told["sections"][0]["notes"][0] += f" Best: {forced}."
    text = memo_texts(assessment | {"strategies": told})
    assert said in text
    assert of["notes"][1] in text
    for nothing in ({"strategies": None}, {"branches": [b for b in assessment["branches"] if not b["strikes"]]}):
        assert strikes_compared(assessment | nothing) == ""


def test_the_memo_tells_how_few_orders_the_shares_of_levers_come_from(assessment: dict[str, Any]) -> None:
    of = assessment["attribution"]
    told = memo_texts(assessment)
    assert (
        f"{of['orders']} orders of {len(of['levers'])} levers; so few orders tell their own error only roughly" in told
    )
    every = memo_texts(assessment | {"attribution": of | {"orders": None}})
    assert "orders" not in every.split(word("heading", "levers"))[1].split("\n")[0]


def test_the_memo_tells_how_the_documents_own_strategy_does(assessment: dict[str, Any], made: Markdown) -> None:
    own = assessment["strategies"]["sections"][0]["notes"][0]
    assert own.startswith("As in the document: US deaths")
    assert own in memo_texts(assessment)
    assert own in made.text.replace("\\", "")
    spanish = writing.teller("es")(own)
    assert spanish in memo_texts(assessment, writing.teller("es"))
    assert "US deaths" not in spanish


def sources_told(a: dict[str, Any]) -> list[str]:
    blocks = memo(a)
    if Heading(2, (word("heading", "sources"),)) not in blocks:
        return []
    found = blocks[blocks.index(Heading(2, (word("heading", "sources"),))) + 1]
    assert isinstance(found, Bullets)
    return [text_of(item) for item in found.items]


def test_sources_of_the_memo_are_told_whole_with_where_they_are_found(assessment: dict[str, Any]) -> None:
    for a in (assessment, long_words(assessment)):
        for named in sources_told(a):
            one = next(s for s in a["sources"] if named.startswith(s["text"] if " " in s["text"] else host(s["text"])))
            assert not one["url"] or host(one["url"]) in named
    assert sources_told(assessment)
    assert sources_told(long_words(assessment)) == []  # none fits whole


def test_the_memo_names_the_sources_of_what_moves_the_headline_that_moved_most(assessment: dict[str, Any]) -> None:
    first, second = assessment["basis"]["parameters"][:2]
    own = [h for h in leading(assessment, "none") if h["word"] != "not tested"]
    moved = max(own, key=lambda h: abs(h["median"]))["id"]
    sources = [
        {"kind": "parameters", "text": f"Work on {p['symbol']}.", "url": "", "doi": "", "read": "", "grades": ["D"],
         "used_for": [p["symbol"]]}
        for p in (first, second)
    ]  # fmt: skip

    def named(outcome: str, low: float) -> list[str]:
        effect = {"by": "input", "outcome": outcome, "player": "x", "share": 0.4, "low": low, "high": 0.6,
                  "inputs": [f"{second['mechanism']}.{second['symbol']}"]}  # fmt: skip
        looked = {"branch": assessment["answer"]["lead_branch"], "effects": [effect]}
        return sources_told(assessment | {"sources": sources, "looked_into": looked})

    assert [text for text in named(moved, 0.2) if "Work on" in text] == [f"Work on {second['symbol']}. Grade D."]
    assert len(named(moved, -0.2)) == 2  # where nothing varies with it for certain, all by their evidence
    assert len(named("another", 0.2)) == 2


def test_whole_sentences_are_kept_and_what_has_no_room_is_left_out() -> None:
    assert whole_sentences(["One two. Three four.", "Five six."], 15) == ["One two. Three four.", "Five six."]
    assert whole_sentences(["One two. Three four.", "Five six."], 8) == ["One two."]
    assert whole_sentences(["No sentence ends here at all", "Five."], 8) == ["Five."]
    assert whole_sentences(["No sentence ends here at all"], 8) == ["No sentence …"]
    assert whole_sentences([], 8) == []


def test_two_pages_hold_the_memo_in_spanish_too_and_its_answer_is_whole(assessment: dict[str, Any]) -> None:
    tell = writing.teller("es")
    assert LINES / 2 < lines_of(memo(assessment, tell)) <= LINES
    assert within(tell(assessment["answer"]["short"]), 400) in memo_texts(assessment, tell)


def test_words_of_a_document_stay_words_in_the_memo(hostile: dict[str, Any]) -> None:
    package = zipfile.ZipFile(io.BytesIO(docx(hostile)))
    xml = package.read("word/document.xml").decode()
    assert not re.search("<(script|img|svg)", xml)
    assert not re.search("evil", re.sub(r"<w:t[^>]*>[^<]*</w:t>|<(?:wp|pic):[^>]*>", "", xml))
    assert not re.search("[\u202e\x00]", xml)
    related = package.read("word/_rels/document.xml.rels").decode()
    targets = re.findall(r'Target="([^"]+)"[^>]*TargetMode="External"', related)
    assert all(re.match(r"https?://", target) and "evil" not in target for target in targets)
    assert {name for name in package.namelist() if "vba" in name or "embed" in name} == set()


def long_words(a: dict[str, Any]) -> dict[str, Any]:
    """The same assessment with every text as long as a document could make it."""
    a = copy.deepcopy(a)
    long = "Several unusually long words that nobody would have written one after another. " * 40
    a["document"]["title"] = long
    for c in a["claims"]:
        c["explanation"] = long
        c["claim"]["quote_span"]["quote"] = "W" * 3000
    a["answer"] |= {key: [long] * 4 for key in ("claims", "figures", "model", "sure")} | {"short": long}
    a["basis"]["caveats"] = [long] * 9
    a["sources"] = [s | {"text": long} for s in a["sources"] * 9]
    a["manifest"]["command"] = long
    return a


@pytest.mark.parametrize("of", [lambda a: a, long_words], ids=["usual", "long"])
def test_two_pages_hold_the_memo_whatever_the_document_says(
    of: Callable[[dict[str, Any]], dict[str, Any]], assessment: dict[str, Any], tmp_path: Path
) -> None:
    """Counted by LibreOffice where it is installed; by the estimate that the memo is cut to in any case."""
    a = of(assessment)
    assert LINES / 2 < lines_of(memo(a)) <= LINES
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return
    import pypdfium2

    (tmp_path / "memo.docx").write_bytes(docx(a))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "memo.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert len(pypdfium2.PdfDocument(tmp_path / "memo.pdf")) == 2


def test_a_memo_without_the_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="python-docx") as caught:
        docx_format.require_docx()
    assert "counterflow[docx]" in caught.value.hint


def test_texts_are_cut_at_the_end_of_a_sentence() -> None:
    assert within("One. Two. Three.", 11) == "One. Two."
    assert within("no sentence ends here at all", 14) == "no sentence …"
    assert len(within("W" * 500, 100)) == 100


# Where nothing was simulated


def test_a_document_that_moves_no_lever_has_all_forms(assessment: dict[str, Any]) -> None:
    """Its claims and findings are told, and nothing else is made up."""
    bare = copy.deepcopy(assessment) | {
        "headlines": [], "four_way": [], "branches": [], "outcomes": [], "costs": None, "basis": None,
        "looked_into": None, "foreseen": None, "results": {},
    }  # fmt: skip
    bare["answer"] |= {"lead_branch": None, "heaviest_strikes": None, "short": "", "leading": "", "coverage": "",
                       "seen": {}, "sure": [], "model": ["Nothing was simulated."]}  # fmt: skip
    text = markdown(bare, "figures").text
    assert "Nothing was simulated" in text
    assert "±" not in text.split("## Claims")[0]
    assert not Document(io.BytesIO(docx(bare))).tables
    jsonschema.Draft202012Validator(published()).validate(json.loads(json.dumps(bare)))


# The schema


def test_the_published_schema_is_that_of_the_types() -> None:
    """After a change of what an assessment holds: scripts/write_assessment_schema.py."""
    assert published() == json.loads(json.dumps(assessment_schema()))
    jsonschema.Draft202012Validator.check_schema(published())


def plain(assessment: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(assessment))


def test_an_assessment_is_as_the_schema_says(assessment: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(published()).validate(plain(assessment))


def set_to(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(a: dict[str, Any]) -> None:
        *inside, last = path
        for key in inside:
            a = a[key]
        a[last] = value

    return change


def without(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(a: dict[str, Any]) -> None:
        *inside, last = path
        for key in inside:
            a = a[key]
        del a[last]

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_to(2, "headlines", 0, "probability"),
        set_to(-0.1, "four_way", 0, "neither"),
        set_to("likely", "headlines", 0, "probability"),
        set_to("E", "basis", "parameters", 0, "grade"),
        set_to("abc", "document", "sha256"),
        set_to(2, "schema_version"),
        set_to("the weeks after", "headlines", 0, "reference"),
        without("headlines"),
        without("claims", 0, "verdict"),
        without("outcomes", 0, "branches", "none", "q50"),
        without("headlines", 0, "mc_error"),
        without("basis", "parameters", 0, "taught"),
        without("manifest"),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused(
    change: Callable[[dict[str, Any]], None], assessment: dict[str, Any]
) -> None:
    changed = plain(assessment)
    change(changed)
    assert not jsonschema.Draft202012Validator(published()).is_valid(changed)


def test_every_key_of_an_assessment_is_described(assessment: dict[str, Any]) -> None:
    """A key that was added is to be described in report/assessment/schema.py or beside it."""
    schema = published()
    assert set(assessment) <= set(schema["properties"])
    for key, part in (("headlines", "Headline"), ("actions", "Action"), ("outcomes", "Outcome"), ("sources", "Source")):
        assert set(assessment[key][0]) <= set(schema["$defs"][part]["properties"]), key


# Where it is written


@pytest.mark.parametrize(
    ("to", "formats", "pdf", "files", "assessment"),
    [
        (None, (), False, ["report.html"], "assessment.json"),
        ("report.html", (), False, ["report.html"], "assessment.json"),
        ("border.html", (), False, ["border.html"], "border.assessment.json"),
        ("border", (), False, ["border"], "border.assessment.json"),
        ("border.MD", (), False, ["border.MD"], "border.assessment.json"),
        ("x/memo.docx", (), False, ["x/memo.docx"], "x/memo.assessment.json"),
        ("all.json", (), False, [], "all.json"),
        ("report.pdf", (), False, ["report.pdf"], "assessment.json"),
        (None, ("md",), False, ["report.md"], "assessment.json"),
        (None, ("json",), False, [], "assessment.json"),
        (None, ("docx", "html"), False, ["report.docx", "report.html"], "assessment.json"),
        ("border.html", ("html", "md", "html"), True, ["border.html", "border.md", "border.pdf"],
         "border.assessment.json"),
        ("second.v2", ("md",), False, ["second.v2"], "second.assessment.json"),
        ("second.v2", ("md", "docx"), False, ["second.v2.md", "second.v2.docx"], "second.assessment.json"),
        ("all.json", ("json", "md"), False, ["all.md"], "all.json"),
    ],
)  # fmt: skip
def test_formats_and_endings_say_what_is_written_where(
    to: str | None, formats: tuple[str, ...], pdf: bool, files: list[str], assessment: str
) -> None:
    plan = planned(to, formats, pdf=pdf)
    assert [str(path) for path in plan.files.values()] == files
    assert str(plan.assessment) == assessment
    assert (plan.figures is not None) == ("md" in plan.files)


@pytest.mark.parametrize(
    ("to", "formats", "language", "says"),
    [
        ("report.html", ("md",), "en", "the ending .html is that of another format than md"),
        ("report.md", ("html", "docx"), "en", "another format than html and docx"),
        (None, ("markdown",), "en", "no format 'markdown'"),
        ("data.json", (), "es", "does nothing for JSON"),
        ("", (), "en", "no file is named"),
    ],
)
def test_what_clashes_is_refused(to: str | None, formats: tuple[str, ...], language: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        planned(to, formats, language=language)


def test_no_file_is_written_over_another(tmp_path: Path) -> None:
    for document in ("report.html", "report.md", "assessment.json", "report_figures"):
        plan = planned(tmp_path / "report.html", ("html", "md"))
        with pytest.raises(UsageError, match="would be written over the document"):
            refuse_clashes(tmp_path / document, plan, None)
    assert beside(Path("report.docx")) == Path("assessment.json")


def test_all_files_are_written_together(
    tmp_path: Path, assessment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_page", lambda a, language: f"<!doctype html>{language}")
    plan = planned(tmp_path / "report.html", ("html", "md", "docx"))
    assessment = fewer(assessment)
    files = writing.write(assessment, plan)
    assert [path.name for path in files] == ["report.html", "report.md", "report.docx", "assessment.json"]
    assert json.loads(files[-1].read_text(encoding="utf-8")) == plain(assessment)
    names = {path.name for path in (tmp_path / "report_figures").iterdir()}
    linked = set(re.findall(r"report_figures/([^>]+)", files[1].read_text(encoding="utf-8")))
    assert names == linked
    assert {path.name for path in tmp_path.iterdir()} == {*(path.name for path in files), "report_figures"}


def test_a_form_that_cannot_be_made_leaves_what_was_there(
    tmp_path: Path, assessment: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.html").write_text("old page")

    def broken(*_: object) -> bytes:
        raise ReportError("the browser printed no PDF")

    monkeypatch.setattr(writing, "_page", lambda a, language: "new page")
    monkeypatch.setattr(pdf_format, "pdf", broken)
    with pytest.raises(ReportError, match="printed no PDF"):
        writing.write(assessment, planned(tmp_path / "report.html", ("html",), pdf=True))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report.html": "old page"}


@pytest.mark.parametrize("failing", ["fsync", "replace", "fdopen"])
def test_a_failure_leaves_no_file_and_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    import os

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    contents = {tmp_path / "a.md": b"a", tmp_path / "figures" / "b.svg": b"b"}
    with pytest.raises(ReportError, match="No space left on device"):
        write_together(contents, tmp_path / "figures")
    assert list(tmp_path.iterdir()) == []


def test_whether_a_place_can_be_written_is_found_out_without_leaving_anything(tmp_path: Path) -> None:
    require_writable([tmp_path / "a.md"], tmp_path / "figures")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ReportError, match="No such file or directory"):
        require_writable([tmp_path / "absent" / "a.md"])
    (tmp_path / "figures").write_text("a file")
    with pytest.raises(ReportError, match="File exists"):
        require_writable([tmp_path / "a.md"], tmp_path / "figures")


# Languages


def test_own_words_are_translated_and_words_of_the_document_are_not(assessment: dict[str, Any]) -> None:
    text = markdown(assessment, tell=str.upper).text
    assert TOP.upper() in text
    for claim in assessment["claims"]:
        assert f"“{claim['claim']['quote_span']['quote']}”" in text
    assert assessment["manifest"]["command"] in text
    assert assessment["document"]["title"] in text
    spoken = "\n".join(p.text for p in Document(io.BytesIO(docx(assessment, str.upper, "es"))).paragraphs)
    assert TOP.upper() in spoken
    assert "“Five major cartels”" in spoken


def test_titles_of_pictures_are_translated_and_their_data_are_not(assessment: dict[str, Any]) -> None:
    picture = next(
        b for b in told(whole(assessment), str.upper) if isinstance(b, Picture) and b.name == "fan-homicides"
    )
    assert picture.title == "HOMICIDES IN MEXICO"
    assert picture.panels[0]["title"]["text"] == "AS WRITTEN"
    plain = next(b for b in whole(assessment) if isinstance(b, Picture) and b.name == "fan-homicides")
    assert picture.panels[0]["data"] == plain.panels[0]["data"]


def test_a_memo_in_another_language_says_so(assessment: dict[str, Any]) -> None:
    content = docx(assessment, lambda text: text, "es")
    package = zipfile.ZipFile(io.BytesIO(content))
    assert 'w:val="es-ES"' in package.read("word/styles.xml").decode()
    assert '<w:lang w:val="en"/>' in package.read("word/document.xml").decode()  # the document's own words


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError):
        writing.require(planned("report.md", language="xx"))


# PDF


def test_without_a_browser_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pdf_format.BrowserError, match="neither is installed") as caught:
        browser()
    assert caught.value.exit_code == 4
    assert "apt-get install chromium" in caught.value.hint


def fake(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chromium that does what `script` says; $out is where the PDF is to go."""
    program = folder / "chromium"
    program.write_text(
        f'#!/bin/sh\nfor a in "$@"; do case "$a" in --print-to-pdf=*) out="${{a#*=}}";; esac; done\n{script}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'no display' >&2; exit 1", "printed no PDF"),
        ('echo nothing > "$out"', "cannot be read"),
        ("sleep 60", "took longer than"),
    ],
)
def test_a_browser_that_fails_is_told_of(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_format, "SECONDS", 1 if "sleep" in script else 60)
    fake(tmp_path, script, monkeypatch)
    with pytest.raises(ReportError, match=says):
        pdf("<p>words")


@pytest.mark.browser
def test_a_page_is_printed_with_its_words_and_reaches_no_network(tmp_path: Path) -> None:
    import socket
    import threading

    import pypdfium2

    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port, done = server.getsockname()[1], threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    asked.append(server.accept())
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            content = pdf(f"<!doctype html><img src='http://127.0.0.1:{port}/a.png'><p>Sesenta y nueve: −23% ±4")
        finally:
            done.set()
            listener.join()
    assert asked == []
    assert "Sesenta y nueve: −23% ±4" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    with pytest.raises(ReportError, match="without text"):
        pdf("<!doctype html><div style='height:3cm;background:red'></div>")


@pytest.mark.browser
def test_every_headline_of_the_pdf_is_that_of_the_assessment(assessment: dict[str, Any], tmp_path: Path) -> None:
    import pypdfium2

    plan = planned(tmp_path / "report.pdf")
    [printed, _] = writing.write(fewer(assessment), plan)
    document = pypdfium2.PdfDocument(printed)
    text = " ".join("".join(page.get_textpage().get_text_range() for page in document).split())
    for h in leading(assessment, "none"):
        assert often(assessment, h)[1:] in text


def test_the_memo_and_the_whole_report_ask_the_same_question(assessment: dict[str, Any]) -> None:
    assert next(iter(whole(assessment))) == Heading(1, (TOP,))
    assert Heading(2, (TOP,)) in memo(assessment)
