"""The report in Spanish says what the English one says, number by number, and marks what it leaves in English."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

import report_fixture
from counterflow.brief.reader import read
from counterflow.errors import UsageError
from counterflow.evidence.checking.checker import check
from counterflow.evidence.store import Store
from counterflow.judgement import studies
from counterflow.model.outputs import ABOUT
from counterflow.model.priors import load
from counterflow.report.assessment.assemble import assemble
from counterflow.report.assessment.manifest import manifest
from counterflow.report.languages.markup import pieces
from counterflow.report.languages.memory import memory
from counterflow.report.languages.slots import SLOT
from counterflow.report.languages.translate import languages, translated_page, translated_text, untranslated
from counterflow.report.page.render import render_page
from counterflow.report.words import vocabulary
from counterflow.strategy.build import from_brief
from counterflow.strategy.catalogue import levers

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
SYMBOLS = ("claim_verdict_symbol", "record_symbol", "seen", "subject_of")  # groups that hold no words
SAMPLE = {  # what may stand in the report's own templates
    "branch": "As on record",
    "outcome": "homicides in Mexico",
    "size": "12%",
    "median": "−12%",
    "low": "−20%",
    "high": "+3%",
    "reference": "the run without the strategy",
    "horizon": "over weeks 53 to 156 after its first lever",
    "first": "53",
    "last": "156",
    "grade": "D",
    "count": "4 of 9 parameters",
    "found": "curtailed trafficking very unlikely",
    "headlines": "fewer crossings and more violence in Mexico",
    "parameters": "97 parameters",
    "counts": "5 of grade A and 3 of grade D",
    "weakest": "D",
    "meaning": "little or no evidence behind them",
    "assumed": "49 are",
    "study": "A published log of flight hours by month and the protests that followed.",
    "name": "bundled 2025-01",
}


def pairs() -> dict[str, str]:
    folder = files("counterflow.report.languages").joinpath("es")
    found: dict[str, str] = {}
    for one in folder.iterdir():
        if one.name != "words.toml":
            for table in tomllib.loads(one.read_text(encoding="utf-8")).values():
                found |= table
    return found


@pytest.fixture(scope="module")
def assessment() -> dict[str, Any]:
    return report_fixture.build()


@pytest.fixture(scope="module")
def page(assessment: dict[str, Any]) -> str:
    return render_page(assessment)


@pytest.fixture(scope="module")
def spanish(page: str) -> str:
    return translated_page(page, "es")


@pytest.fixture(scope="module")
def document_page() -> str:
    """The page of a real document, read and checked and not simulated."""
    store = Store.open()
    brief = read(ROOT / "examples" / "border-strategy.md")
    strategy = from_brief(brief, store)
    told = assemble(
        brief=brief,
        checks=check(brief, store, interval=(strategy.date.start, strategy.date.end)),
        strategy=strategy,
        branches=(),
        runs=None,
        verdict=None,
        inquiry=None,
        foreseen=None,
        history={},
        lever_titles={name: lever.title for name, lever in levers().items()},
        manifest=manifest(brief, store, strategy, None),
        timings={},
    )
    return render_page(told)


def shown(markup: str) -> list[str]:
    return [piece.text for piece in pieces(markup) if piece.kind != "tag"]


def figures(texts: list[str]) -> Counter[str]:
    return Counter(found for text in texts for found in FIGURE.findall(text))


def named(text: str, invented: list[str]) -> str:
    """A text with the fixture's invented words, which have no counterpart, as names, which need none."""
    pattern = "|".join(re.escape(words) for words in invented)
    return " ".join(re.sub(pattern, "X.y", text, flags=re.IGNORECASE).split())


def invented(told: dict[str, Any]) -> list[str]:
    """Titles and remarks that the fixture makes up, the longest first."""
    found = [x["title"] for x in (*told["actions"], *told["branches"], *told["record"], *told["outcomes"])]
    found += [row["title"] for row in told["timeline"]] + [title[:36] for title in found if len(title) > 36]
    found += [
        x for item in told["claims"] for x in (item["explanation"], item["chart_title"], item["chart_mark_label"])
    ]
    found += [
        r[key] for item in told["claims"] for r in item["readings"] for key in ("period", "baseline_label", "note")
    ]
    found += [item["curve"][key] for item in told["claims"] if item["curve"] for key in ("title", "sentence")]
    found += [x["meaning"] for x in told["basis"]["parameters"]] + told["basis"]["caveats"]
    found += [x["note"] for x in (*told["findings"], *told["record"])] + [told["strategy"]["date"]["reason"]]
    found += [x["start_reason"] for x in told["record"]] + [
        x["fate"][key] for x in told["actions"] for key in ("text", "why")
    ]
    found += [x["reason"] for x in told["ledger"]]
    found += [x["criterion"] for x in told["headlines"]]
    found += [part for x in told["branches"] for part in x["title"].split(", ")]
    found += [d["meaning"] for h in told["headlines"] for d in h["decided_by"]]
    return sorted({words.strip(".") for words in found if words}, key=len, reverse=True)


def test_spanish_is_there_and_what_is_not_is_refused_with_what_is() -> None:
    assert languages() == ("en", "es")
    for ask in (
        lambda: translated_text("Answer", "xx"),
        lambda: translated_page("<p>", "xx"),
        lambda: untranslated("<p>", "xx"),
    ):
        with pytest.raises(UsageError, match="'xx'") as refused:
            ask()
        assert "en, es" in str(refused.value.hint)


def test_english_is_the_page_itself(page: str) -> None:
    assert translated_page(page, "en") is page
    assert untranslated(page, "en") == []


def test_both_sides_of_a_pair_have_the_same_slots_and_figures() -> None:
    for english, other in pairs().items():
        assert Counter(SLOT.findall(english)) == Counter(SLOT.findall(other)), english
        assert figures([SLOT.sub("", english)]) == figures([SLOT.sub("", other)]), english


def test_pairs_use_spanish_marks() -> None:
    for english, other in pairs().items():
        if english.endswith("?"):
            assert other.startswith("¿"), english
        assert english.rstrip().endswith((".", ":")) == other.rstrip().endswith((".", ":")), english


def test_no_sentence_claims_a_cause_that_the_english_one_does_not() -> None:
    causal = re.compile(r"\b(?:causan|causó|provoca|provocó|gracias a|logra|logró|debido a)\b")
    for english, other in pairs().items():
        assert not causal.search(other.lower()), english


def test_every_word_of_the_report_has_a_counterpart() -> None:
    told = memory("es")
    for group, words in vocabulary().items():
        for code, text in words.items() if group not in SYMBOLS else ():
            whole_text = re.sub(r"\{(\w+)\}", lambda found: SAMPLE[found[1]], text).strip()
            made = told.pieces(whole_text)
            assert not made.left, (group, code, made.parts)


def test_every_parameter_lever_output_and_study_has_a_counterpart() -> None:
    told = memory("es")
    texts = [prior.meaning for table in load().values() for prior in table.values()]
    texts += [prior.unit for table in load().values() for prior in table.values() if prior.unit not in ("1", "-")]
    texts += [lever.title for lever in levers().values()] + [about.long_name for about in ABOUT.values()]
    texts += [study for group in studies_of().values() for study in group.values()]
    assert [text for text in texts if told.pieces(" ".join(text.split())).left] == []


def studies_of() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(studies.__file__).with_name("studies.toml").read_text(encoding="utf-8"))


def test_the_page_of_the_fixture_is_left_english_only_where_its_words_are_made_up(
    page: str, assessment: dict[str, Any]
) -> None:
    own, told = invented(assessment), memory("es")
    assert [text for text in untranslated(page, "es") if told.pieces(named(text, own)).left] == []


def test_the_page_of_a_real_document_leaves_nothing(document_page: str) -> None:
    assert untranslated(document_page, "es") == []


def test_no_number_and_no_date_changes(page: str, spanish: str, document_page: str) -> None:
    for before, after in ((page, spanish), (document_page, translated_page(document_page, "es"))):
        without_note = re.sub(r'<p class="note translation">.*?</p>', "", after)
        assert figures(shown(before)) == figures(shown(without_note))


def test_only_words_change(page: str, spanish: str) -> None:
    old, new = html.document_fromstring(page), html.document_fromstring(spanish)
    for note in new.xpath('//p[contains(@class, "translation")]'):
        note.drop_tree()
    for span in new.xpath('//span[@lang="en"]'):
        span.drop_tag()
    for picture in (*old.xpath("//svg"), *new.xpath("//svg")):  # drawn anew, with room for the words; see below
        for inner in list(picture):
            picture.remove(inner)
        picture.attrib.clear()
    said = {"title", "alt", "aria-label", "data-label", "lang"}
    for link in (*old.xpath("//a[@download]"), *new.xpath("//a[@download]")):  # their words change too, see below
        if not link.get("download").endswith(".csv"):
            del link.attrib["href"]
    for before, after in zip(old.iter(), new.iter(), strict=True):
        assert before.tag == after.tag
        kept = [{k: v for k, v in one.attrib.items() if k not in said} for one in (before, after)]
        assert kept[0] == kept[1]
    assert new.get("lang") == "es"
    for element in ("style", "script", "code", "q"):
        assert [one.text_content() for one in old.iter(element)] == [one.text_content() for one in new.iter(element)]


def held(page: str) -> dict[str, str]:
    """The files that a page holds, by name."""
    links = html.document_fromstring(page).xpath("//a[@download]")
    return {link.get("download"): unquote(link.get("href").partition(",")[2]) for link in links}


def test_pictures_to_download_say_in_spanish_what_they_say_on_the_page(spanish: str, page: str) -> None:
    before, after = held(page), held(spanish)
    assert before.keys() == after.keys()
    svg = [name for name in after if name.endswith(".svg")]
    assert len(svg) > 10
    for name in svg:
        root = etree.fromstring(after[name].encode())
        assert figures(written(before[name])) == figures(written(after[name])), name
        assert "Counterflow" in (told := " ".join(root.itertext()))
        assert "simulaciones, semilla" in " ".join(told.split()), name
    assert "Tráfico frente a fricción" in after["fourway.svg"]
    assert after["fourway.png"] != before["fourway.png"]


def written(svg: str) -> list[str]:
    """The lines that a picture writes, as one text each where they are one."""
    found = etree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}text")
    return [" ".join(one.itertext()) for one in found]


def test_charts_to_download_change_in_their_words_and_in_the_room_for_them_alone(spanish: str, page: str) -> None:
    before, after = held(page), held(spanish)
    for name in (name for name in after if name.endswith(".vl.json")):
        old, new = json.loads(before[name]), json.loads(after[name])
        assert old["$schema"] == new["$schema"]
        assert numbers(old) == numbers(new), name
        assert shape(old) == shape(new), name
    assert json.loads(after["surface.vl.json"])["title"] == "Probabilidad con otros umbrales"


LAID_OUT = {"height", "dy", "xOffset", "columns", "columnPadding", "labelLimit", "labelExpr", "locale"}


def shape(of: Any) -> Any:
    """A chart without its words, and without what gives them room."""
    if isinstance(of, dict):
        layers = [layer for layer in of.get("layer", []) if not labels(layer)]
        rest = {key: inner for key, inner in of.items() if key not in LAID_OUT}
        return {key: shape(layers if key == "layer" else inner) for key, inner in rest.items()}
    if isinstance(of, list) and of and all(isinstance(line, str) for line in of):
        return str
    if isinstance(of, list):
        return [shape(inner) for inner in of]
    return str if isinstance(of, str) else of


def labels(layer: dict[str, Any]) -> bool:
    """Whether a layer writes the labels of rows, by how many lines they take."""
    rows = layer.get("data", {}).get("values", [])
    return bool(rows) and isinstance(rows[0].get("label"), list)


def numbers(of: Any) -> Counter[str]:
    """Every number of a chart's data, and every one in its words."""
    found: Counter[str] = Counter()
    if isinstance(of, dict):
        for key, inner in of.items():
            if key == "data":
                found += figures([json.dumps(_joined(inner), ensure_ascii=False)])
            elif key in ("title", "subtitle", "text", "description") and not isinstance(inner, dict):
                found += figures([_joined(inner) or ""])
            elif key not in LAID_OUT:
                found += numbers(inner)
    elif isinstance(of, list):
        for inner in of:
            found += numbers(inner)
    return found


def _joined(of: Any) -> Any:
    """With lines that are one text as one."""
    if isinstance(of, dict):
        return {key: _joined(inner) for key, inner in of.items()}
    if isinstance(of, list):
        return " ".join(of) if of and all(isinstance(x, str) for x in of) else [_joined(inner) for inner in of]
    return of


def test_data_to_download_stays_as_it_is(spanish: str, page: str) -> None:
    before, after = held(page), held(spanish)
    assert all(before[name] == after[name] for name in after if name.endswith(".csv"))


def test_every_label_and_note_of_a_published_figure_has_a_counterpart() -> None:
    told = memory("es")
    for point in Store.open().points():
        for text in (point.label, point.note, point.text, point.period):
            assert not told.pieces(" ".join(text.split())).left, text


def test_the_note_counts_the_passages_that_stayed(page: str, spanish: str) -> None:
    note = re.search(r'<p class="note translation">(.*?)</p>', spanish)
    assert note
    assert "mil millones" in note[1]
    count = int(re.search(r"([\d,]+) pasajes", note[1])[1].replace(",", ""))
    assert count >= len(untranslated(page, "es")) > 0
    assert "Ningún otro pasaje" in translated_page("<html lang='en'><p>Answer</p><footer></footer></html>", "es")


def test_what_stays_english_says_so() -> None:
    made = translated_page('<html lang="en"><p>Nobody wrote a pair for this.</p><footer></footer></html>', "es")
    assert '<html lang="es">' in made
    assert '<span lang="en">Nobody wrote a pair for this.</span>' in made
    assert "1 pasaje" in made


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("14 May 2025", "14 de mayo de 2025"),
        ("May 2025", "mayo de 2025"),
        ("1–11 Feb 2025", "1–11 feb. 2025"),
        ("FY2024", "año fiscal 2024"),
        ("2025-05-14", "2025-05-14"),
        ("$1.2 billion", "$1.2 mil millones"),
        ("−$340 million", "−$340 millones"),
        ("1 claim holds", "1 claim holds"),
        ("It names 1 action: 1 in force.", "Nombra 1 acción: 1 en vigor."),
        ("It names 3 actions: 2 expanded and 1 in force.", "Nombra 3 acciones: 2 ampliadas y 1 en vigor."),
        ("About 4 in 10 (39%, ±2)", "Alrededor de 4 en 10 (39%, ±2)"),
        ("Cooperation lost after a unilateral strike", "Cooperación perdida tras un ataque unilateral"),
        ("border.p_app", "border.p_app"),
        (" Answer ", " Respuesta "),
    ],
)
def test_a_text_becomes(english: str, other: str) -> None:
    assert translated_text(english, "es") == other


def test_a_conjunction_before_an_i_changes() -> None:
    assert memory("es")._mark(" and ", "intentos") == " e "
    assert memory("es")._mark(" and ", "hielo") == " y "
    assert memory("es")._mark(" or ", "otros") == " u "


def test_a_text_that_was_cut_is_cut_in_spanish_too() -> None:
    made = translated_text("Probability that a strike aimed at a le…", "es")
    assert made.startswith("Probabilidad de que un ataque")
    assert made.endswith("…")


@pytest.mark.parametrize("word", ["very likely", "likely", "about as likely as not", "unlikely", "very unlikely"])
def test_each_answer_keeps_its_own_word(word: str) -> None:
    told = translated_text(
        "With the strategy as on record, against the run without the strategy, over weeks 53 to 156 after its first "
        "lever, the model finds curtailed trafficking, friction between the US and Mexico and more violence in Mexico "
        f"{word}; and fewer crossings undetermined.",
        "es",
    )
    first, _, second = told.partition("; y ")
    assert translated_text(word, "es") in first
    assert "contención del tráfico, fricción entre Estados Unidos y México y más violencia en México" in first
    assert second == "que queda indeterminado si hay menos cruces."


def test_hostile_words_in_a_slot_stay_text() -> None:
    words = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    page = (
        f'<html lang="en"><p>Said by: {escaped}</p><p aria-label="Said by: &quot; onload=&quot;x">By: {escaped}</p>'
        "<footer></footer></html>"
    )
    made = translated_page(page, "es")
    assert "<script" not in made
    assert "<img" not in made
    assert f"Dicho por: {escaped}" in made
    assert f"Actúa: {escaped}" in made
    tree = html.document_fromstring(made)
    assert not tree.xpath("//script | //img | //@onload | //@onerror")


def test_words_of_the_document_stay_in_every_place_that_holds_them() -> None:
    page = '<html lang="en"><q>Answer</q><bdi>Claims</bdi><code>none</code><div translate="no">Actions</div></html>'
    assert translated_page(page, "es").removeprefix('<html lang="es">') == page.removeprefix('<html lang="en">')


@given(st.text(alphabet="αβγδεζ ηθικ", min_size=1, max_size=40))
def test_a_text_without_a_pair_comes_back_unchanged(text: str) -> None:
    assert translated_text(text, "es") == text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["As on record", " and ", "; ", ": ", "12%", "(", ")", "against", "weeks 3 to 5", "<b>", "“x”"])
    )
)
def test_a_text_of_parts_keeps_its_figures(parts: list[str]) -> None:
    text = "".join(parts)
    assert figures([translated_text(text, "es")]) == figures([text])


def test_long_and_odd_texts_take_no_time() -> None:
    start = time.process_time()
    for text in (
        "a, " * 4000,
        "weeks 1 to 2 and " * 400,
        "(" * 3000,
        "x: " * 2000 + "1",
        "from 1 to 2 " * 300,
        "A. " * 3000,
    ):
        translated_text(text, "es")
    assert time.process_time() - start < 4


def test_a_page_of_ten_thousand_texts_takes_less_than_two_seconds(page: str) -> None:
    body = "".join(f"<td>{n} of {n + 3} months inside the 90% band</td><td>As on record</td>" for n in range(5000))
    start = time.process_time()
    translated_page(f"<html>{body}</html>", "es")
    assert time.process_time() - start < 2


@pytest.mark.slow
def test_a_real_run_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    example = str(ROOT / "examples" / "border-strategy.md")
    program = str(Path(sys.executable).with_name("counterflow"))
    command = [program, "assess", example, "--out", str(out), "--draws", "40"]
    subprocess.run(command, check=True, capture_output=True)
    assessment = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    page = render_page(assessment)
    assert untranslated(page, "es") == []
    assert figures(shown(page)) == figures(
        shown(re.sub(r'<p class="note translation">.*?</p>', "", translated_page(page, "es")))
    )
