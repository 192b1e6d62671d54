"""The status grammar: precedence, reach inside a clause, polarity and modality."""

from __future__ import annotations

from typing import get_args

import pytest

from counterflow.brief import codebook
from counterflow.brief.actions.status import Standing, rules, standing
from counterflow.brief.schema import Status


def of(text: str, trigger: str, *, order: bool = False) -> Standing:
    start = text.index(trigger)
    clause = (0, len(text))
    return standing(
        text,
        clause,
        (start, start + len(trigger)),
        [],
        [],
        default="in_force",
        order=order,
        era_year=2025,
        sentence_start=0,
    )


@pytest.mark.parametrize(
    ("text", "trigger", "status"),
    [
        ("lethal strikes remain unauthorized", "lethal strikes", "not_authorised"),
        ("strikes have not been authorised yet", "strikes", "not_authorised"),
        ("strikes are under consideration", "strikes", "under_consideration"),
        ("officials have not ruled out strikes", "strikes", "under_consideration"),
        ("the president is mulling tariffs", "tariffs", "under_consideration"),
        ("the ban was blocked by a federal judge", "the ban", "blocked"),
        ("an appeals court struck down the ban", "the ban", "blocked"),
        ("the ban was rescinded", "the ban", "rescinded"),
        ("he backed off the tariffs", "tariffs", "rescinded"),
        ("the tariffs were put on hold", "tariffs", "suspended"),
        ("Washington requested the extradition", "extradition", "requested"),
        ("Mexico promised 10,000 troops", "10,000 troops", "pledged"),
        ("DHS will hire agents", "hire agents", "announced"),
        ("DHS is set to hire agents", "hire agents", "announced"),
        ("Trump revived the policy", "the policy", "reinstated"),
        ("ICE expanded the raids", "the raids", "expanded"),
        ("the Secretary shall hire agents", "hire agents", "ordered"),
        ("the President signed an executive order to hire agents", "hire agents", "ordered"),
        ("agents are now authorized to enter", "agents", "authorised"),
        ("the U.S. secured the extradition", "extradition", "completed"),
        ("the rule took effect in June", "the rule", "took_effect"),
        ("ICE launched raids", "raids", "in_force"),
    ],
)
def test_a_cue_gives_its_status(text: str, trigger: str, status: str) -> None:
    assert of(text, trigger).status == status


def test_the_first_rule_wins() -> None:
    assert of("officials may expand the raids", "the raids").status == "under_consideration"
    assert of("the court blocked the expanded raids", "raids").status == "blocked"


def test_an_order_to_resume_is_an_order_and_a_plan_to_resume_an_announcement() -> None:
    assert of("the Secretary shall resume the program", "the program").status == "ordered"
    assert of("the Secretary will resume the program", "the program").status == "announced"
    assert of("the Secretary resumed the program", "the program").status == "reinstated"


def test_may_is_a_permission_in_an_order_a_possibility_elsewhere_and_a_month_with_a_day() -> None:
    text = "the Secretary may hire agents"
    assert of(text, "hire agents").status == "under_consideration"
    assert (
        of("the Secretary may hire agents".replace("the S", "The S"), "hire agents", order=True).status == "authorised"
    )
    assert of("agents were hired on May 3", "agents").status == "in_force"


def test_a_verb_that_is_the_act_is_no_cue() -> None:
    text = "Trump suspended asylum"
    place = (text.index("suspended"), len(text))
    kept = standing(
        text,
        (0, len(text)),
        place,
        [],
        [],
        default="in_force",
        own_words=(6, 15),
        era_year=2025,
        sentence_start=0,
    )
    assert (kept.status, kept.cue) == ("in_force", None)


def test_polarity_is_apart_from_status() -> None:
    assert of("ICE did not launch raids", "raids").negated
    assert of("ICE no longer conducts raids", "raids").negated
    assert not of("ICE not only launched raids", "raids").negated
    assert not of("officials have not ruled out raids", "raids").negated


def test_modality_is_apart_from_status() -> None:
    assert "reported" in of("ICE reportedly launched raids", "raids").modality
    assert "conditional" in of("if talks fail ICE will launch raids", "raids").modality
    assert "historical" in of("in 2018 ICE launched raids", "raids").modality
    assert "historical" not in of("in 2025 ICE launched raids", "raids").modality


def test_the_cue_is_the_words_of_the_text() -> None:
    text = "strikes are under consideration"
    found = of(text, "strikes")
    assert found.cue is not None
    assert text[slice(*found.cue)] == "under consideration"


def test_the_rules_stand_in_the_documented_order_and_know_only_real_statuses() -> None:
    order = list(dict.fromkeys(rule.status for rule in rules() if not rule.governs))
    assert set(order) <= set(get_args(Status))
    documented = [
        *(
            "not_authorised",
            "under_consideration",
            "floated",
            "blocked",
            "rescinded",
            "suspended",
            "requested",
        ),
        *("pledged", "announced", "reinstated", "expanded", "ordered", "authorised", "completed"),
    ]
    assert [status for status in order if status in documented] == documented
    assert all(rule["where"] in ("any", "before", "near") for rule in codebook.table("status")["rule"])
