"""What a sentence says is done, ordered, considered or answered, in many styles and from both sides."""

from __future__ import annotations

import re

import pytest

from counterflow.brief import codebook
from counterflow.brief.actions.find import find_actions
from counterflow.brief.actions.lexicon import lever_ids, lexicon
from counterflow.brief.claims.find import find_claims
from counterflow.brief.dates.era import Era, era_of
from counterflow.brief.findings.find import find_findings
from counterflow.brief.layout.text import lay_out
from counterflow.brief.schema import Action


def actions_of(text: str) -> tuple[Action, ...]:
    layout = lay_out(text)
    era = era_of(layout)
    findings = find_findings(layout)
    return find_actions(layout, findings, find_claims(layout, findings, era), era)


def register(text: str) -> list[tuple[str, str]]:
    return [(action.lever, action.status) for action in actions_of(text)]


STATED = [
    # wire story
    (
        "The Pentagon sent 3,000 soldiers to the Mexican border on Friday.",
        [("military.deployment", "in_force")],
    ),
    (
        "About 2,500 National Guard troops were deployed along the border with Mexico.",
        [("military.deployment", "in_force")],
    ),
    (
        "The White House is weighing drone strikes on fentanyl labs in Mexico.",
        [("military.strike_lab", "under_consideration")],
    ),
    (
        "Airstrikes against cartel leaders in Sinaloa have not been ruled out.",
        [("military.strike_leader", "under_consideration")],
    ),
    (
        "The U.S. military struck a drug boat off Sinaloa, killing four.",
        [("unmapped.vessel_strike", "in_force")],
    ),
    (
        "Lethal strikes against the cartels have not yet been authorized.",
        [("military.strike", "not_authorised")],
    ),
    ("The CIA flew surveillance drones over Mexico.", [("military.surveillance", "in_force")]),
    (
        "Spy flights near the Mexican border may be stepped up.",
        [("military.surveillance", "under_consideration")],
    ),
    ("In May, Spy flights over Mexico resumed.", [("military.surveillance", "reinstated")]),
    (
        "A federal judge blocked the asylum ban at the southern border on Tuesday.",
        [("asylum.restriction", "blocked")],
    ),
    ("The Supreme Court stayed the Remain in Mexico ruling.", [("asylum.remain_in_mexico", "suspended")]),
    ("Mexico handed over 29 cartel figures to the United States.", [("justice.transfer", "completed")]),
    (
        "Mexico agreed to deploy 10,000 National Guard troops to its northern border.",
        [("mexico.migration_enforcement", "pledged")],
    ),
    ("Mexican soldiers destroyed 14 clandestine labs in Sinaloa.", [("mexico.lab_raids", "in_force")]),
    (
        "Mexican marines captured a senior leader of the Sinaloa Cartel.",
        [("mexico.arrests", "in_force")],
    ),
    ("ICE arrested 1,179 migrants in nationwide raids.", [("interior.arrests", "in_force")]),
    (
        "The administration plans to impose 25 percent tariffs on Mexico over fentanyl.",
        [("trade.tariff", "announced")],
    ),
    ("The tariffs on Mexican goods were paused for a month.", [("trade.tariff", "suspended")]),
    (
        "The administration floated a naval blockade and drone strikes on cartels.",
        [("military.strike", "floated")],
    ),
    # order
    (
        "It is hereby ordered: The Secretary shall resume the Migrant Protection Protocols.",
        [("asylum.remain_in_mexico", "ordered")],
    ),
    (
        "I hereby declare a national emergency at the southern border.",
        [("emergency.declaration", "in_force")],
    ),
    (
        "The national emergency at the southern border is hereby terminated.",
        [("emergency.declaration", "rescinded")],
    ),
    (
        "It is hereby ordered: The Secretary of Defense may construct a wall at the border.",
        [("border.barrier", "authorised")],
    ),
    ("The President directed the hiring of 3,000 Border Patrol agents.", [("border.agents", "ordered")]),
    # press release and fact sheet, either side
    ("President Biden paused construction of the border wall.", [("border.barrier", "suspended")]),
    ("President Trump resumed construction of the border wall.", [("border.barrier", "reinstated")]),
    ("The Biden administration ended the Remain in Mexico program.", [("asylum.remain_in_mexico", "rescinded")]),
    (
        "President Biden announced a rule to bar migrants who cross unlawfully from receiving asylum.",
        [("asylum.restriction", "announced")],
    ),
    ("CBP installed 40 new X-ray scanners at ports of entry.", [("drugs.port_scanning", "in_force")]),
    (
        "The plan would expand access to naloxone against fentanyl.",
        [("health.treatment_naloxone", "proposed")],
    ),
    ("DHS will double detention capacity for immigration cases.", [("interior.detention", "announced")]),
    ("The Department deported 142,000 migrants.", [("interior.removal", "in_force")]),
    (
        "The State Department designated the Gulf Cartel a foreign terrorist organization.",
        [("designation.terrorist", "in_force")],
    ),
    (
        "CBP stepped up southbound inspections to stop guns bound for Mexico.",
        [("arms.southbound_inspection", "expanded")],
    ),
    ("China agreed to restrict fentanyl precursor chemicals.", [("drugs.precursor_control", "pledged")]),
    # communiqué, and Mexico's side
    (
        "President Claudia Sheinbaum rejected U.S. accusations of collusion with the cartels.",
        [("diplomacy.reject", "rejected")],
    ),
    (
        "Mexico's government blamed American gun makers for the violence of the cartels.",
        [("diplomacy.accuse", "in_force")],
    ),
    ("Mexico pledged closer cooperation with Washington on migration.", [("diplomacy.pledge", "pledged")]),
    (
        "President Andrés Manuel López Obrador called the proposed strikes unwise and ruled out any U.S. "
        "intervention in Mexico.",
        [("diplomacy.reject", "rejected")],
    ),
    ("CBP One appointments were canceled within minutes.", [("asylum.restriction", "rescinded")]),
    ("The administration dropped the asylum rule at the border.", [("asylum.restriction", "rescinded")]),
    ("The ACLU sued to stop the asylum rule.", [("opposition.suit", "in_force")]),
    ("Activists leaked the locations of planned ICE raids.", [("opposition.leak", "in_force")]),
    # Spanish
    (
        "Estados Unidos desplegó 1.500 soldados en la frontera con México.",
        [("military.deployment", "in_force")],
    ),
    ("México extraditó a tres líderes del cártel de Sinaloa.", [("justice.transfer", "completed")]),
    (
        "La presidenta Sheinbaum rechazó la intervención de Estados Unidos en México.",
        [("diplomacy.reject", "rejected")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), STATED, ids=[text[:50] for text, _ in STATED])
def test_a_statement_is_read_with_its_lever_and_status(text: str, expected: list[tuple[str, str]]) -> None:
    assert register(text) == expected


SILENT = [
    "Israel launched air strikes on southern Lebanon, close to the border, and its drones flew over Beirut.",
    "Russia deployed 10,000 troops to the Ukrainian border after talks failed.",
    "Iran arrested three people and accused the United States of funding protests.",
    "Under the previous administration, troops were deployed to the border with Mexico.",
    "In 1846, President Polk sent troops to the border with Mexico.",
    "Critics argue that military strikes on Mexican cartels would inflame violence.",
    "Military strikes in Mexico could provoke retaliation by the cartels.",
    "Auto workers at the border plants in Mexico went on strike.",
    "Prices rose on both sides of the Mexican border in May.",
    "The cartels are stronger than ever, analysts say.",
    "The bakery raided its savings to open a second shop.",
]


@pytest.mark.parametrize("text", SILENT)
def test_other_theatres_history_and_opinion_are_not_actions(text: str) -> None:
    assert register(text) == []


def test_a_month_is_not_a_possibility() -> None:
    assert register("On May 3, ICE raids began in Texas.") == [("interior.arrests", "in_force")]
    assert register("ICE raids may begin in Texas.") == [("interior.arrests", "under_consideration")]


def test_a_cue_does_not_leak_across_a_clause() -> None:
    text = "The CIA has expanded drone flights over Mexico, though lethal strikes on labs remain unauthorized."
    assert register(text) == [
        ("military.surveillance", "expanded"),
        ("military.strike_lab", "not_authorised"),
    ]


def test_verbs_in_a_row_are_separate_acts_with_their_own_status() -> None:
    text = "Trump reinstated the Remain in Mexico policy, slashed asylum access, and sent 900 troops north."
    assert register(text) == [
        ("asylum.remain_in_mexico", "reinstated"),
        ("asylum.restriction", "in_force"),
        ("military.deployment", "in_force"),
    ]


def test_a_participle_takes_status_and_actor_from_its_main_clause() -> None:
    (action,) = actions_of("President Trump signed an executive order on Monday, deploying troops to the border.")
    assert (action.lever, action.status) == ("military.deployment", "ordered")
    assert [actor.code for actor in action.actors] == ["US.POTUS"]


def test_a_list_takes_status_and_actor_from_the_sentence_that_opens_it() -> None:
    text = (
        "It is hereby ordered:\n\nThe Secretary of Homeland Security shall:\n\n"
        "(a) remove all aliens who enter unlawfully;\n\n(b) construct physical barriers at the border.\n"
    )
    found = actions_of(text)
    assert [(a.lever, a.status) for a in found] == [
        ("interior.removal", "ordered"),
        ("border.barrier", "ordered"),
    ]
    assert all(a.actors[0].code == "US.DHS" for a in found)


def test_the_saving_clauses_of_an_order_are_not_actions() -> None:
    text = (
        "It is hereby ordered:\n\nNothing in this order shall be construed to impair the authority of the "
        "Secretary of Defense to deploy members of the National Guard to the border.\n"
    )
    assert register(text) == []


def test_a_speaker_is_not_the_actor() -> None:
    (action,) = actions_of("Defense Secretary Lloyd Austin said that strikes on Mexican labs are under review.")
    assert action.actors == ()
    assert action.speaker is not None
    assert action.speaker.code == "US.DOD"


def test_a_passive_without_an_agent_has_no_actor() -> None:
    (action,) = actions_of("Five cartels were labeled terrorist organizations.")
    assert action.actors == ()


def test_an_agent_behind_by_acts() -> None:
    (action,) = actions_of("The asylum ban was blocked by a federal judge, a blow to the border plan.")
    assert action.status == "blocked"
    assert [(actor.role, actor.code) for actor in action.actors] == [("court", "US.COURT")]


def test_a_pronoun_stands_for_the_person_named_before() -> None:
    found = actions_of("Mexican President Claudia Sheinbaum spoke to Washington. She pledged cooperation on fentanyl.")
    assert [(a.lever, a.actors[0].code) for a in found] == [("diplomacy.pledge", "MX.PRES")]


def test_mentions_of_one_policy_are_one_action() -> None:
    text = (
        "The administration is considering strikes on Mexican drug labs. Officials met on Monday. "
        "The strikes on labs, still under consideration, would be led by the Pentagon."
    )
    assert register(text) == [("military.strike_lab", "under_consideration")]


def test_a_reported_tension_is_a_mention_of_the_act_and_not_a_new_one() -> None:
    text = (
        "The CIA flew surveillance drones over Mexico. "
        "Tensions persist over sovereignty, particularly regarding U.S. drone flights."
    )
    (action,) = actions_of(text)
    assert len(action.mentions) == 2


def test_a_further_deployment_is_another_action() -> None:
    text = "Trump deployed 1,500 troops to the border. The Pentagon may deploy 5,000 more troops there."
    assert [a.status for a in actions_of(text)] == ["in_force", "under_consideration"]


def test_the_later_reversal_tells_how_far_a_policy_has_come() -> None:
    text = "Trump imposed tariffs on Mexico on Saturday. On Monday he paused the tariffs on Mexico."
    assert register(text) == [("trade.tariff", "suspended")]


def test_size_date_citations_and_authority_come_from_the_clause() -> None:
    text = (
        "President Trump and Mexican President Claudia Sheinbaum spoke. Under Executive Order 14167, the "
        "Pentagon deployed 1,600 troops to the border on January 25, 2025, while ICE arrested over "
        "300 migrants[4]."
    )
    deployment, arrests = actions_of(text)
    assert (deployment.quantity, deployment.quantity_unit) == (1600, "troops")
    assert deployment.date is not None
    assert deployment.date.precision == "day"
    assert (arrests.quantity, arrests.citations) == (300, (4,))
    assert arrests.legal_authority == ()


def test_the_date_of_an_order_that_is_only_cited_is_not_the_date_of_the_act() -> None:
    (action,) = actions_of("Consistent with Executive Order 13767 of January 25, 2017, DHS is building a border wall.")
    assert action.date is None


def test_missing_words_make_an_action_incomplete_and_stay_missing() -> None:
    (action,) = actions_of("The U.S. secured the extradition of , including men tied to the Sinaloa Cartel.")
    assert (action.lever, action.status, action.incomplete) == ("justice.transfer", "completed", True)
    assert action.finding_ids


def test_a_policy_without_a_name_is_incomplete() -> None:
    (first, second) = actions_of("The president reinstated the policy, and curbed asylum at the border.")
    assert (first.lever, first.incomplete) == ("asylum.remain_in_mexico", True)
    assert (second.lever, second.incomplete) == ("asylum.restriction", False)


def test_a_vice_president_is_not_the_president() -> None:
    (action,) = actions_of("Vice President Kamala Harris promised to hire 1,500 more border agents.")
    assert [actor.code for actor in action.actors] == ["US.VP"]
    assert (action.status, action.quantity) == ("pledged", 1500)


def test_a_denial_is_kept_as_a_denial() -> None:
    (action,) = actions_of("Mexico did not extradite the cartel leader.")
    assert (action.lever, action.polarity) == ("justice.transfer", "negated")


def test_without_an_era_dates_that_need_one_stay_open() -> None:
    layout = lay_out("ICE raids began on Trump's first full day.")
    (action,) = find_actions(layout, (), (), Era((), ""))
    assert action.date is None or action.date.start is None
    (action,) = find_actions(layout, (), (), None)
    assert action.lever == "interior.arrests"


def test_every_trigger_of_the_codebook_has_one_form_and_known_keys() -> None:
    known = {
        "phrase",
        "verb",
        "object",
        "reach",
        "status",
        "object_code",
        "against",
        "needs",
        "opposite",
        "unnamed",
        "level",
        "actor",
    }
    for lever in codebook.table("actions")["lever"]:
        for trigger in lever["triggers"]:
            assert set(trigger) <= known, (lever["id"], set(trigger) - known)
            assert ("phrase" in trigger) != ("verb" in trigger and "object" in trigger)
    assert len(lexicon()) == len({lever.id for lever in lexicon()})


def test_every_lever_of_the_model_can_be_read() -> None:
    levers = {
        *("military.strike_lab", "military.strike_leader", "military.surveillance", "military.deployment"),
        *("emergency.declaration", "designation.terrorist", "asylum.restriction", "asylum.remain_in_mexico"),
        *("border.agents", "border.barrier", "interior.arrests", "interior.local_cooperation"),
        *(
            "interior.detention",
            "interior.removal",
            "justice.transfer",
            "trade.tariff",
            "drugs.port_scanning",
        ),
        *(
            "drugs.precursor_control",
            "arms.southbound_inspection",
            "mexico.arrests",
            "mexico.migration_enforcement",
        ),
        *("mexico.lab_raids", "health.treatment_naloxone", "prevention.recruitment", "diplomacy.reject"),
        *("diplomacy.accuse", "diplomacy.pledge", "opposition.leak", "opposition.suit"),
    }
    assert levers <= lever_ids()
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", lever) for lever in lever_ids())


def test_a_denied_block_leaves_the_measure_in_force() -> None:
    text = "The administration suspended asylum at the border. The courts have not blocked the asylum ban."
    asylum = [action for action in actions_of(text) if action.lever == "asylum.restriction"]
    assert [(action.status, action.polarity) for action in asylum] == [("in_force", "affirmed")]
