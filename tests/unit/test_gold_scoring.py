"""The scorer of the documents with labels, on tiny documents; and the labels themselves."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import (
    Action,
    Authority,
    Baseline,
    Brief,
    Claim,
    Document,
    LedgerEntry,
    Party,
    Period,
    Reading,
    Span,
    TimeReference,
)
from gold import sets
from gold.figures import with_intervals
from gold.scoring import Outcome, Scored, score_document, tally
from gold.sets import Gold

TEXT = (
    "The President sent 4,000 troops to the border on March 3. He ended the ban on asylum. "
    "Crossings fell by 95 percent from the peak. Officers seized 95 pounds of heroin in May. "
    "Critics say he might send more troops some day."
)
TROOPS = "sent 4,000 troops to the border on March 3"
ASYLUM = "ended the ban on asylum"
FELL = "fell by 95 percent from the peak"
HEROIN = "seized 95 pounds of heroin"
MORE = "send more troops some day"


def where(quote: str, text: str = TEXT) -> Span:
    start = text.index(quote)
    return Span(start=start, end=start + len(quote), quote=quote)


def action(quote: str, lever: str = "military.deployment", trigger: str = "", **keys: Any) -> Action:
    keys = {"status": "in_force", "mentions": (where(quote),), **keys}
    return Action(id="a1", span=where(quote), trigger=where(trigger or quote), lever=lever, **keys)


def claim(quote: str, value: float | None = 95, **keys: Any) -> Claim:
    keys = {"claim_type": "level", "measure": None, "unit": None, **keys}
    place = where(quote)
    return Claim(
        id="c1", span=place, quote_span=place, measure_text="", value=value, checkability="no_public_series", **keys
    )


def brief(actions: tuple[Action, ...] = (), claims: tuple[Claim, ...] = ()) -> Brief:
    sentences = [sentence + "." for sentence in TEXT.rstrip(".").split(". ")]
    return Brief(
        document=Document(
            id="d1",
            sha256="0",
            source="-",
            media_type="text/plain",
            language="en",
            title=None,
            byline=None,
            date_published=None,
            date_source="none",
            text=TEXT,
        ),
        findings=(),
        actions=actions,
        claims=claims,
        assertions=(),
        ledger=tuple(LedgerEntry(span=where(s), kinds=("outside",), ids=(), reason="") for s in sentences),
        codebook_version="0",
    )


def scored(read_as: Brief, actions: Any = (), claims: Any = (), traps: Any = ()) -> Scored:
    annotation = {"document": "x.txt", "actions": actions, "claims": claims, "traps": [{"quote": t} for t in traps]}
    gold = Gold("x", Path("x.txt"), annotation)
    return score_document(read_as, sets.labels_of(gold, TEXT), sets.traps_of(gold, TEXT))


def one_action(read_as: Action, **keys: Any) -> Outcome:
    label = {"quote": TROOPS, "lever": "military.deployment", **keys}
    return scored(brief((read_as,)), actions=[label]).outcomes[0]


def one_claim(read_as: Claim, **keys: Any) -> Outcome:
    label = {"quote": FELL, "type": "level", "value": 95, **keys}
    return scored(brief(claims=(read_as,)), claims=[label]).outcomes[0]


def wrong(outcome: Outcome) -> list[str]:
    return [slot.key for slot in outcome.slots if not slot.right]


# -------------------------------------------------------------------------------------------- matching


def test_a_label_matches_once_and_a_second_reading_of_it_is_spurious() -> None:
    result = scored(
        brief((action(TROOPS), action("4,000 troops to the border"))),
        actions=[{"quote": TROOPS, "lever": "military.deployment"}],
    )
    assert result.outcomes[0].item is not None
    assert result.outcomes[0].item.words == result.items[0].words  # the better overlap
    assert [spurious.why for spurious in result.spurious] == ["repeats a label"]


def test_a_reading_matches_once_and_a_label_that_it_mentions_is_merged_not_found() -> None:
    both = action(TROOPS, mentions=(where(TROOPS), where(MORE)))
    labels = [{"quote": MORE, "lever": "military.deployment"}, {"quote": TROOPS, "lever": "military.deployment"}]
    more, troops = scored(brief((both,)), actions=labels).outcomes
    assert troops.item is not None
    assert more.item is None
    assert more.merged is troops.item


def test_a_label_is_found_at_another_mention_of_the_same_policy() -> None:
    label = {"quote": TROOPS, "also": [MORE], "lever": "military.deployment"}
    result = scored(brief((action(MORE),)), actions=[label])
    assert result.outcomes[0].item is not None
    assert not result.outcomes[0].exact


def test_of_several_readings_of_one_sentence_the_one_told_by_the_words_of_the_label_matches() -> None:
    first, second = (action("He ended the ban on asylum", trigger=words) for words in ("He", "ban on asylum"))
    result = scored(brief((first, second)), actions=[{"quote": ASYLUM, "lever": "military.deployment"}])
    assert result.outcomes[0].item is result.items[1]


def test_another_lever_at_the_same_words_is_not_found_and_spurious() -> None:
    result = scored(brief((action(TROOPS, "border.agents"),)), actions=[{"quote": TROOPS, "lever": "border.barrier"}])
    assert result.outcomes[0].item is None
    assert result.outcomes[0].beside is result.items[0]
    assert [spurious.why for spurious in result.spurious] == ["no label there"]


def test_a_lever_and_its_refinement_count_as_the_same() -> None:
    for one, other in permutations(("military.strike", "military.strike_lab")):
        result = scored(brief((action(TROOPS, one),)), actions=[{"quote": TROOPS, "lever": other}])
        assert result.outcomes[0].all_right


def test_acts_without_a_lever_are_not_scored() -> None:
    result = scored(brief((action(TROOPS, "unmapped.aid"),)), actions=[{"quote": ASYLUM, "lever": "unmapped.sanction"}])
    assert (result.outcomes, result.spurious, result.items) == ((), (), ())


def test_the_same_number_without_common_words_does_not_match() -> None:
    result = scored(brief(claims=(claim(HEROIN),)), claims=[{"quote": FELL, "type": "level", "value": 95}])
    assert result.outcomes[0].item is None
    assert len(result.spurious) == 1


def test_another_number_at_the_same_words_does_not_match() -> None:
    outcome = one_claim(claim(FELL, 59))
    assert outcome.item is None
    assert outcome.beside is not None


def test_claims_without_a_number_match_each_other() -> None:
    assert one_claim(claim(FELL, None), value=None).all_right
    assert one_claim(claim(FELL, None)).item is None


def test_labels_that_share_a_quote_stand_at_its_occurrences_in_turn() -> None:
    twice = [{"quote": "95", "type": "level", "value": 95}] * 2
    gold = Gold("x", Path("x.txt"), {"actions": [], "claims": twice, "traps": []})
    starts = [label.extents[0][0] for label in sets.labels_of(gold, TEXT)]
    assert starts == [TEXT.index("95"), TEXT.rindex("95")]


# ------------------------------------------------------------------------------------- traps and spurious


def test_what_is_read_inside_a_trap_is_spurious() -> None:
    result = scored(brief((action(MORE),), (claim("4,000 troops", 4000),)), traps=[MORE, "4,000 troops"])
    assert [spurious.why for spurious in result.spurious] == ["inside a trap"] * 2


def test_a_reading_inside_a_trap_matches_no_label_around_it() -> None:
    label = {"quote": "might send more troops", "lever": "military.deployment"}
    result = scored(brief((action(MORE, trigger="troops some day"),)), actions=[label], traps=["more troops some day"])
    assert result.outcomes[0].item is None
    assert [spurious.why for spurious in result.spurious] == ["inside a trap"]


def test_a_label_on_the_words_of_a_trap_goes_before_it() -> None:
    label = {"quote": TROOPS, "lever": "military.deployment"}
    assert scored(brief((action(TROOPS),)), actions=[label], traps=[TROOPS]).outcomes[0].all_right


def test_a_claim_without_a_number_and_without_a_label_is_not_spurious() -> None:
    assert scored(brief(claims=(claim(FELL, None),))).spurious == ()


def test_spurious_items_are_given_per_thousand_sentences() -> None:
    count = tally(scored(brief((action(TROOPS),))), ("action",))
    assert (count["spurious"], count["sentences"]) == (1, 5)
    assert with_intervals([count])["spurious per 1,000 sentences"].value == pytest.approx(200)


# ----------------------------------------------------------------------------------------------- slots


def test_a_wrong_status_is_found_but_not_all_right() -> None:
    outcome = one_action(action(TROOPS), status="ordered")
    assert outcome.item is not None
    assert not outcome.all_right
    assert wrong(outcome) == ["status"]


def test_a_lenient_label_takes_any_status() -> None:
    assert one_action(action(TROOPS), status="ordered", lenient=True).all_right


def test_null_is_scored_and_an_absent_key_is_not() -> None:
    named = action(TROOPS, actors=(Party(name="the President", code="US.POTUS", role="actor"),))
    assert one_action(named).all_right
    assert wrong(one_action(named, actor=None)) == ["actor"]
    assert one_action(named, actor="US.POTUS").all_right


def test_an_actor_taken_from_elsewhere_is_nobody_whom_the_clause_names() -> None:
    signed = action(TROOPS, actors=(Party(name="the President", code="US.POTUS", role="actor", inferred=True),))
    assert one_action(signed, actor=None).all_right
    assert one_action(signed, actor="US.POTUS").all_right


def test_only_the_first_actor_counts_and_any_recipient() -> None:
    parties = [Party(name=code, code=code, role="actor") for code in ("US.DHS", "US.DOD")]
    joint = action(TROOPS, actors=tuple(parties), recipients=tuple(parties))
    assert wrong(one_action(joint, actor="US.DOD", recipient="US.DOD")) == ["actor"]
    assert wrong(one_action(joint, recipient=None)) == ["recipient"]


def test_dates_are_compared_by_day() -> None:
    day = date(2025, 3, 3)
    dated = action(TROOPS, date_start=TimeReference(text="March 3", start=day, end=day, precision="day"))
    assert one_action(dated, date="2025-03-03", end=None).all_right
    assert wrong(one_action(dated, date=None)) == ["date"]
    assert wrong(one_action(action(TROOPS), date="2025-03-03", end="2025-04-01")) == ["date", "end"]


def test_a_month_that_was_read_is_no_day() -> None:
    march = TimeReference(text="March", start=date(2025, 3, 1), end=date(2025, 3, 31), precision="month")
    loosely = action(TROOPS, date_start=march, date_end=march)
    assert one_action(loosely, date=None, end=None).all_right
    assert wrong(one_action(loosely, date="2025-03-01", end="2025-03-31")) == ["date", "end"]


def test_an_authority_is_right_where_its_number_stands_in_what_was_read() -> None:
    under = Authority(text="Executive Order\n14167", normalized="EO 14167", span=where(TROOPS))
    ordered = action(TROOPS, legal_authority=(under,))
    assert one_action(ordered, authority="14167").all_right
    assert one_action(ordered, authority="Executive Order 14167").all_right
    assert wrong(one_action(ordered, authority="1416")) == ["authority"]
    assert wrong(one_action(ordered, authority=None)) == ["authority"]
    assert one_action(action(TROOPS), authority=None).all_right


def test_a_baseline_needs_the_kind_and_common_words() -> None:
    def against(kind: Any, text: str) -> Claim:
        return claim(FELL, baseline=Baseline(text=text, span=where(text), kind=kind))

    gold = {"kind": "peak", "text": "from the peak"}
    assert one_claim(against("peak", "the peak"), baseline=gold).all_right
    assert wrong(one_claim(against("other", "the peak"), baseline=gold)) == ["baseline"]
    assert wrong(one_claim(against("peak", "heroin"), baseline=gold)) == ["baseline"]
    assert wrong(one_claim(claim(FELL), baseline=gold)) == ["baseline"]
    assert one_claim(claim(FELL, baseline=Baseline(text="", span=None, kind="none")), baseline=None).all_right


def test_a_period_needs_the_days_in_any_of_its_readings_or_common_words_where_there_are_none() -> None:
    readings = tuple(Reading(label="", start=date(y, 5, 1), end=date(y, 5, 31)) for y in (2024, 2025))
    in_may = claim(FELL, period=Period(text="in May", span=where("in May"), readings=readings))
    may = {"start": "2025-05-01", "end": "2025-05-31", "text": "in May"}
    assert one_claim(in_may, period=may).all_right
    assert wrong(one_claim(in_may, period={**may, "start": "2025-05-02"})) == ["period"]
    assert one_claim(in_may, period={"start": None, "end": None, "text": "in May"}).all_right
    assert wrong(one_claim(in_may, period={"start": None, "end": None, "text": "March 3"})) == ["period"]
    assert wrong(one_claim(in_may, period=None)) == ["period"]


def test_a_speaker_is_right_by_code_or_name() -> None:
    said = claim(FELL, speaker=Party(name="Secretary Noem", code="US.DHS", role="speaker"))
    for gold in ("US.DHS", "Noem", "secretary noem"):
        assert one_claim(said, speaker=gold).all_right
    for gold in ("US.DOD", None):
        assert wrong(one_claim(said, speaker=gold)) == ["speaker"]


# --------------------------------------------------------------------------------------------- figures


def test_a_full_stop_makes_no_other_boundary_but_a_word_does() -> None:
    assert one_action(action(TROOPS + ".")).exact
    assert not one_action(action("President " + TROOPS)).exact


def test_the_four_measures_of_semeval() -> None:
    exact = action(ASYLUM, "asylum.restriction")
    partial = action("The President " + TROOPS)
    other = action(FELL, "border.agents")
    labels = [
        {"quote": ASYLUM, "lever": "asylum.restriction"},
        {"quote": TROOPS, "lever": "military.deployment"},
        {"quote": FELL, "lever": "border.barrier"},
        {"quote": HEROIN, "lever": "border.barrier"},
    ]
    figures = with_intervals([tally(scored(brief((exact, partial, other)), actions=labels), ("action",))])
    assert figures["strict precision"].value == pytest.approx(1 / 3)
    assert figures["exact precision"].value == pytest.approx(2 / 3)
    assert figures["partial precision"].value == pytest.approx(2.5 / 3)
    assert figures["type precision"].value == pytest.approx(2 / 3)
    assert figures["type recall"].value == pytest.approx(2 / 4)
    assert figures["type F1"].value == pytest.approx(4 / 7)
    assert figures["lever %"].value == pytest.approx(200 / 3)  # of three labels at whose words something was read


def test_the_interval_is_the_same_each_time_and_holds_the_value() -> None:
    documents = [Counter(labels=10, found=n, sentences=20, spurious=n) for n in range(8)]
    first, second = with_intervals(documents), with_intervals(documents)
    assert first == second
    found = first["found %"]
    assert found.value == pytest.approx(35)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 35 < found.high


def test_one_document_has_no_interval_and_what_is_not_counted_no_value() -> None:
    figures = with_intervals([Counter(labels=10, found=5)])
    assert (figures["found %"].value, figures["found %"].low) == (50, None)
    assert figures["status %"].value is None


# -------------------------------------------------------------------------------------- the labels themselves

GOLD = [(name, gold) for name in sets.SETS for gold in sets.gold_documents(name)]
WRITTEN = [gold for name, gold in GOLD if name != "real"]
REAL = [gold for name, gold in GOLD if name == "real"]


def at_hand(gold: Gold) -> Gold:
    if not gold.path.is_file():
        pytest.skip(f"{gold.path.name} is not at hand beside the checkout: its labels were NOT checked")
    return gold


@pytest.mark.parametrize("gold", WRITTEN, ids=lambda gold: gold.name)
def test_a_written_document_is_the_one_annotated_and_holds_every_quote(gold: Gold) -> None:
    data = gold.path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == gold.annotation["sha256"]
    text = data.decode("utf-8")
    for entry in (*gold.annotation["actions"], *gold.annotation["claims"], *gold.annotation["traps"]):
        quotes = [entry["quote"], *entry.get("also", ())]
        quotes += [entry[key]["text"] for key in ("baseline", "period") if entry.get(key)]
        for quote in quotes:
            assert quote in text


@pytest.mark.parametrize("gold", WRITTEN, ids=lambda gold: gold.name)
def test_every_label_of_a_written_document_stands_in_its_text_as_it_is_read(gold: Gold) -> None:
    sets.labels_of(gold, read(gold.path).document.text)


@pytest.mark.parametrize("gold", REAL, ids=lambda gold: gold.name)
def test_the_offsets_of_a_real_document_lie_inside_the_text_that_was_annotated(gold: Gold) -> None:
    assert sets.is_as_annotated(at_hand(gold))
    text = read(gold.path).document.text
    assert hashlib.sha256(text.encode()).hexdigest() == gold.annotation["sha256"], "offsets are into the file's text"
    for label in sets.labels_of(gold, text):
        places = [*label.extents, *(label.keys[k]["at"] for k in ("baseline", "period") if label.keys.get(k))]
        for start, end in places:
            assert 0 <= start < end <= len(text)
            assert not text[start].isspace()
            assert not text[end - 1].isspace()
    for start, end in sets.traps_of(gold, text):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("gold", WRITTEN + REAL, ids=lambda gold: gold.name)
def test_labels_have_no_other_keys_than_those_of_the_rules(gold: Gold) -> None:
    for kind, keys in (("actions", sets.ACTION_KEYS), ("claims", sets.CLAIM_KEYS)):
        for entry in gold.annotation[kind]:
            assert set(entry) <= {*keys, *sets.PLACE_KEYS}
            assert entry.get("lever" if kind == "actions" else "type")


@pytest.mark.parametrize("gold", REAL, ids=lambda gold: gold.name)
def test_the_labels_of_real_documents_carry_no_text(gold: Gold) -> None:
    for entry in (*gold.annotation["actions"], *gold.annotation["claims"], *gold.annotation["traps"]):
        assert "quote" not in entry
        assert not any("text" in (entry.get(key) or {}) for key in ("baseline", "period"))
