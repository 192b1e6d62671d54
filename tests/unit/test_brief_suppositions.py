"""What is supposed, recommended, denied or refused is told apart from what is done; so is who does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.brief.listing import brief_lines
from counterflow.brief.reader import read
from counterflow.brief.schema import Brief


@pytest.fixture
def brief_of(tmp_path: Path):  # type: ignore[no-untyped-def]
    def read_text(text: str) -> Brief:
        path = tmp_path / "document.txt"
        path.write_text(text, encoding="utf-8")
        return read(path)

    return read_text


@pytest.mark.parametrize(
    "text",
    [
        "Had the United States bombed fentanyl labs in Mexico, violence would have risen.",
        "If President Trump had bombed cartel labs in Mexico, violence would have risen.",
        "If the Pentagon sent 10,000 troops to the border, crossings would have fallen.",
        "Violence would have risen if the United States had bombed fentanyl labs in Mexico.",
        "Violence would have risen had the United States bombed fentanyl labs in Mexico.",
        "The United States would have bombed fentanyl labs in Mexico.",
        "The Pentagon could have deployed 5,000 troops to the border.",
    ],
)
def test_what_is_supposed_against_the_facts_is_no_act(brief_of, text: str) -> None:  # type: ignore[no-untyped-def]
    brief = brief_of(text)
    assert brief.actions == ()
    assert all("counterfactual" in entry.reason for entry in brief.ledger if "outside" in entry.kinds)
    assert not [claim for claim in brief.claims if claim.value is not None]


def test_a_contrast_ends_a_supposition(brief_of) -> None:  # type: ignore[no-untyped-def]
    text = "Violence would have risen if Biden had bombed cartel labs, but Trump deployed 1,500 troops to the border."
    assert [(action.lever, action.quantity) for action in brief_of(text).actions] == [("military.deployment", 1500)]


@pytest.mark.parametrize(
    "text",
    [
        "Were the United States to strike cartels in Mexico, cooperation would end.",
        "Should the White House deploy 5,000 troops to the border, Mexico would protest.",
    ],
)
def test_an_inverted_condition_is_not_in_force(brief_of, text: str) -> None:  # type: ignore[no-untyped-def]
    (action,) = brief_of(text).actions
    assert (action.status, "conditional" in action.modality) == ("under_consideration", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We recommend that Congress repeal the tariff on Mexico and that Treasury fund naloxone.",
            [
                ("trade.tariff", "proposed", ["US.CONGRESS"]),
                ("health.treatment_naloxone", "proposed", ["US.TREASURY"]),
            ],
        ),
        (
            "We urge the White House to repeal the tariffs on Mexico and expand naloxone.",
            [
                ("trade.tariff", "proposed", ["US.POTUS"]),
                ("health.treatment_naloxone", "proposed", ["US.POTUS"]),
            ],
        ),
        ("The United States should end Remain in Mexico.", [("asylum.remain_in_mexico", "proposed", ["US.GOV"])]),
        ("The report calls on Mexico to extradite cartel leaders.", [("justice.transfer", "requested", [])]),
        (
            "At the border we recommend:\n\n- Repeal the tariff on Mexico.\n- Fund naloxone.",
            [("trade.tariff", "proposed", []), ("health.treatment_naloxone", "proposed", [])],
        ),
        ("Mexico agreed that the tariffs on Mexico should be paused.", [("trade.tariff", "proposed", ["MX.GOV"])]),
        (
            "Trump urged Mexico to send 10,000 troops to its northern border.",
            [("mexico.migration_enforcement", "requested", ["US.POTUS"])],
        ),
        (
            "Congress repealed the tariff on Mexico and funded the naloxone program.",
            [
                ("trade.tariff", "rescinded", ["US.CONGRESS"]),
                ("health.treatment_naloxone", "in_force", ["US.CONGRESS"]),
            ],
        ),
    ],
)
def test_a_recommendation_is_proposed_and_a_cue_stays_with_its_object(  # type: ignore[no-untyped-def]
    brief_of, text: str, expected: list[tuple[str, str, list[str]]]
) -> None:
    found = [(a.lever, a.status, [actor.code for actor in a.actors]) for a in brief_of(text).actions]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Mexico answered by sending 10,000 National Guard troops to its northern border.", "MX"),
        ("Trump paused the tariffs after Mexico sent 10,000 National Guard troops to its northern border.", "MX"),
        ("Under the deal, 10,000 National Guard troops were sent to Mexico's northern border.", "MX"),
        ("After Trump imposed tariffs on Mexico, 10,000 Mexican troops were sent to the border.", "MX"),
        ("Se desplegaron 10.000 elementos de la Guardia Nacional en la frontera norte.", "MX"),
        ("Guardia Nacional en la frontera norte para frenar la migración.", "MX"),
        ("The White House sent 5,000 troops to its southern border with Mexico.", "US"),
        ("The White House sent 5,000 troops to the northern border with Canada to stop migrants.", "US"),
    ],
)
def test_troops_at_a_border_are_the_act_of_the_state_whose_they_are(  # type: ignore[no-untyped-def]
    brief_of, text: str, state: str
) -> None:
    lever = {"MX": "mexico.migration_enforcement", "US": "military.deployment"}[state]
    found = [a for a in brief_of(text).actions if a.lever in ("mexico.migration_enforcement", "military.deployment")]
    assert [(a.lever, [(actor.code or "").split(".")[0] for actor in a.actors]) for a in found] == [(lever, [state])]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Border crossings did not fall 90 percent.", "negated"),
        ("Fentanyl seizures never rose 40 percent.", "negated"),
        ("The Pentagon refused to deploy 5,000 troops to the border.", "negated"),
        ("The policy failed to cut border crossings by 20 percent.", "negated"),
        ("Mexico denied that homicides rose 20 percent.", "negated"),
        ("Los homicidios no cayeron 25 por ciento en México.", "negated"),
        ("Border crossings fell 90 percent.", "affirmed"),
        ("Border crossings not only fell, they fell 90 percent.", "affirmed"),
        ("Border encounters declined to about 6,000 a month.", "affirmed"),
        ("Border crossings were down 90 percent, and Mexico did not protest.", "affirmed"),
    ],
)
def test_a_claim_that_is_denied_or_refused_is_negated(brief_of, text: str, polarity: str) -> None:  # type: ignore[no-untyped-def]
    assert {claim.polarity for claim in brief_of(text).claims if claim.value is not None} == {polarity}


@pytest.mark.parametrize("verb", ["did not bomb", "must not bomb", "should not bomb", "will not bomb", "never bombed"])
def test_an_act_that_is_denied_is_negated(brief_of, verb: str) -> None:  # type: ignore[no-untyped-def]
    assert [a.polarity for a in brief_of(f"The United States {verb} cartels in Mexico.").actions] == ["negated"]


def test_an_act_that_was_not_done_is_listed_as_not_done(brief_of) -> None:  # type: ignore[no-untyped-def]
    brief = brief_of("Trump never reinstated Remain in Mexico.\n\nBorder crossings did not fall 90 percent.")
    listing = "\n".join(brief_lines(brief))
    assert "asylum.remain_in_mexico: not done: reinstated" in listing
    assert "90 percent, denied" in listing


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Se pausaron los aranceles a México.", "suspended"),
        ("Trump pausa los aranceles a México.", "suspended"),
        ("La Casa Blanca ha pausado los aranceles a México.", "suspended"),
        ("Trump suspendió los aranceles a México.", "suspended"),
        ("Los aranceles a México fueron suspendidos.", "suspended"),
        ("Trump cancela los aranceles a México.", "rescinded"),
        ("El gobierno canceló los aranceles contra México.", "rescinded"),
        ("Se derogaron los aranceles a México.", "rescinded"),
        ("Trump suspenderá los aranceles a México.", "announced"),
        ("Recomendamos que el Congreso derogue los aranceles a México.", "proposed"),
    ],
)
def test_spanish_verbs_tell_how_far_an_act_has_come(brief_of, text: str, status: str) -> None:  # type: ignore[no-untyped-def]
    assert [(action.lever, action.status) for action in brief_of(text).actions] == [("trade.tariff", status)]


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("By Jane Doe\nPublished March 14, 2026", "2026-03-14"),
        ("By Jane Doe\nMarch 14, 2025", "2025-03-14"),
        ("By Jane Doe | March 14, 2025", "2025-03-14"),
        ("Ciudad de México, 3 de febrero de 2025", "2025-02-03"),
        ("El Paso, Texas, March 14, 2025", "2025-03-14"),
        ("Updated: Friday, March 14, 2025", "2025-03-14"),
        ("Posted on 14 March 2025", "2025-03-14"),
        ("Published March 14, 2026 Updated March 15, 2026", "2026-03-14"),
        ("The order takes effect on\nMarch 14, 2025.", "None"),
        ("The wall was finished on March 14, 2025.", "None"),
    ],
)
def test_the_day_is_found_in_a_line_of_its_own(brief_of, head: str, day: str) -> None:  # type: ignore[no-untyped-def]
    brief = brief_of(f"Border plan\n\n{head}\n\nThe White House deployed troops to the border.")
    assert str(brief.document.date_published) == day
    assert brief.document.byline == ("Jane Doe" if "Jane" in head else None)
    assert [entry.reason for entry in brief.ledger].count("title or heading") == 1


def test_the_day_is_found_before_the_first_words_of_a_text(brief_of) -> None:  # type: ignore[no-untyped-def]
    brief = brief_of("Border plan\n\nEL PASO, Texas, March 14, 2025 - The White House deployed troops to the border.")
    assert str(brief.document.date_published) == "2025-03-14"
