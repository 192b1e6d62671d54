"""What a model calls an act is one only where the rules, in the same sentence, do not read it as something else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from counterflow.brief.reader import read
from counterflow.brief.schema import Action, Brief
from counterflow.strategy.record import acting
from llm_cases import action, items, serving

BEFORE = "The border with Mexico, March 3, 2025\n\nThe United States has a long border with Mexico.\n\n"
DEPLOYMENT, RESTRICTION = "military.deployment", "asylum.restriction"
TRUMP = {"words": "Trump", "code": "US.POTUS"}


def both(text: str, item: dict[str, Any], folder: Path) -> tuple[Brief, Brief, list[str]]:
    """A sentence as the model of one item reads it, as the rules do, and what the user is told."""
    path, told = folder / "document.txt", list[str]()
    path.write_text(BEFORE + text, encoding="utf-8")
    with serving(items([item])) as model:
        by_model = read(path, date=date(2025, 3, 3), endpoint=model.endpoint(), warn=told.append)
    return by_model, read(path, date=date(2025, 3, 3)), told


def kept(text: str, item: dict[str, Any], folder: Path) -> Action:
    """The one action that a sentence gives."""
    brief, _, told = both(text, item, folder)
    assert told == []
    (found,) = brief.actions
    return found


@pytest.mark.parametrize(
    ("text", "words", "status", "status_words", "opposite", "sensed"),
    [
        ("Trump terminated the CHNV parole programme.", "terminated", "rescinded", "terminated", True, "in_force"),
        ("Trump terminated the CHNV parole programme.", "CHNV", "ended", "terminated", True, "in_force"),
        ("Trump terminated the CHNV parole programme.", "terminated", "completed", None, False, "completed"),
        ("Trump paused refugee admissions.", "paused", "suspended", "paused", True, "in_force"),
        ("Trump restored humanitarian parole.", "restored", "reinstated", "restored", True, "rescinded"),
        ("Trump restored humanitarian parole.", "restored", "rescinded", "restored", False, "rescinded"),
        ("Trump ordered an end to the CHNV parole programme.", "end", "ordered", "ordered", False, "ordered"),
        ("Trump ordered an end to the CHNV parole programme.", "end", "ended", "end", True, "in_force"),
        ("Trump suspended asylum at the border.", "suspended asylum", "in_force", None, False, "in_force"),
    ],
)  # fmt: skip
def test_the_end_of_the_opposite_of_a_measure_is_the_measure(
    text: str, words: str, status: str, status_words: str | None, opposite: bool, sensed: str, tmp_path: Path
) -> None:
    item = action(text[:-1], RESTRICTION, words, status, status_words=status_words, actor=TRUMP)
    found = kept(text, item, tmp_path)
    assert (found.status, found.opposite) == (status, opposite)
    seen = acting(found)
    assert seen
    assert seen.status == sensed


@pytest.mark.parametrize(
    ("text", "lever", "words", "status", "status_words"),
    [
        ("In 2019 the previous administration deployed 3,000 troops.", DEPLOYMENT, "deployed 3,000 troops",
         "in_force", None),
        ("In 2019 the previous administration deployed 3,000 troops to the southern border.", DEPLOYMENT,
         "deployed 3,000 troops", "in_force", None),
        ("In 2018 the president lined the river with men.", DEPLOYMENT, "lined the river", "in_force", None),
        ("Critics demanded that the president close the border.", RESTRICTION, "close the border", "requested",
         "demanded"),
        ("Critics say President Trump should deploy troops to the border.", DEPLOYMENT, "deploy troops", "proposed",
         "should"),
        ("Economists fear that lanes at the crossings may shut.", RESTRICTION, "shut", "under_consideration", "may"),
        ("Had the court allowed it, lanes would have shut.", RESTRICTION, "shut", "in_force", None),
        ("If the river is lined with men, the valley empties.", DEPLOYMENT, "lined with men", "in_force", None),
        ("Will the president put men along the river? Nobody knows.", DEPLOYMENT, "put men", "in_force", None),
    ],
)  # fmt: skip
def test_background_opinion_and_history_are_no_acts(
    text: str, lever: str, words: str, status: str, status_words: str | None, tmp_path: Path
) -> None:
    quote = text.removesuffix(" Nobody knows.")
    item = action(quote, lever, words, status, status_words=status_words)
    by_model, by_rules, told = both(text, item, tmp_path)
    assert (by_model.actions, by_rules.actions, by_model.dropped) == ((), (), 1)
    assert "1 told as background, opinion or history" in told[0]
    assert by_model.gaps == by_rules.gaps


def test_what_the_model_does_not_say_is_what_the_rules_read_in_the_sentence(tmp_path: Path) -> None:
    text = "If Mexico refuses, President Trump will deploy 5,000 troops to the southern border, officials said."
    item = action("President Trump will deploy 5,000 troops to the southern border", DEPLOYMENT, "deploy 5,000 troops",
                  "announced", status_words="will", actor=TRUMP)  # fmt: skip
    by_model, by_rules, told = both(text, item, tmp_path)
    assert told == []
    (found,), (ruled,) = by_model.actions, by_rules.actions
    for key in ("policy_id", "modality", "speaker", "place", "scope", "instrument", "opposite"):
        assert getattr(found, key) == getattr(ruled, key)
    assert found.policy_id == "military.deployment:US"
    assert "conditional" in found.modality


def test_an_act_that_the_rules_do_not_see_is_kept_with_a_policy_of_its_own(tmp_path: Path) -> None:
    text = "Trump will line the river with men."
    item = action("Trump will line the river with men", DEPLOYMENT, "line the river", "announced",
                  status_words="will", actor=TRUMP)  # fmt: skip
    brief, by_rules, told = both(text, item, tmp_path)
    assert (by_rules.actions, told) == ((), [])
    (found,) = brief.actions
    assert (found.policy_id, found.modality, found.opposite) == ("military.deployment:US", ("future",), False)


def test_what_is_said_before_a_contrast_does_not_make_history_of_what_follows(tmp_path: Path) -> None:
    text = "In 2019 the river was quiet, but Trump lined it with men."
    found = kept(text, action("Trump lined it with men", DEPLOYMENT, "lined", actor=TRUMP), tmp_path)
    assert found.modality == ()


def test_the_state_of_the_models_actor_makes_the_policy(tmp_path: Path) -> None:
    text = "Trump terminated the CHNV parole programme."
    item = action(text[:-1], RESTRICTION, "terminated", "rescinded", status_words="terminated")
    unnamed = kept(text, item, tmp_path)
    assert unnamed.policy_id == kept(text, item | {"actor": TRUMP}, tmp_path).policy_id
    assert unnamed.policy_id == "asylum.restriction:US:parole"


def test_those_who_oppose_an_act_are_no_mere_opinion(tmp_path: Path) -> None:
    text = "Advocates chained themselves to the gate of the camp."
    found = kept(text, action(text[:-1], "opposition.protest", "chained themselves"), tmp_path)
    assert found.lever == "opposition.protest"
