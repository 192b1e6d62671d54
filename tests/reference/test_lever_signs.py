"""Each lever alone: the sign of its first effect is the one that the literature gives, or both signs are open."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from counterflow.ensemble import planning
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.packed import pack, run_packed
from counterflow.evidence.store import Store
from counterflow.strategy.schema import Branch, Entry

START = date(2025, 1, 20)
DRAWS, YEARS, LEVEL = 83, 2, 3
ALMOST_ALL = 0.9  # of the draws

# What the lever does first, and in which direction, by the priors of its mechanism.
SIGNED = {
    "military.deployment": ("attempts", -1),
    "emergency.declaration": ("attempts", -1),
    "asylum.remain_in_mexico": ("attempts", -1),
    "border.agents": ("attempts", -1),
    "border.barrier": ("attempts", -1),
    "interior.arrests": ("interior_arrests", 1),
    "interior.local_cooperation": ("interior_arrests", 1),
    "interior.detention": ("removals", 1),
    "interior.removal": ("removals", 1),
    "justice.transfer": ("homicides", 1),
    "designation.terrorist": ("revenue", -1),
    "military.surveillance": ("cooperation", -1),
    "diplomacy.reject": ("cooperation", -1),
    "diplomacy.accuse": ("cooperation", -1),
    "diplomacy.pledge": ("cooperation", 1),
    "opposition.leak": ("interior_arrests", -1),
    "drugs.port_scanning": ("fentanyl_delivered", -1),
    "mexico.lab_raids": ("fentanyl_delivered", -1),
    "mexico.arrests": ("cartel_members", -1),
    "arms.southbound_inspection": ("guns_arriving", -1),
    "health.treatment_naloxone": ("overdose_deaths", -1),
    "prevention.recruitment": ("cartel_members", -1),
}
# Where the priors cross zero: opposing channels, each with a source.
OPEN = {
    "military.strike_lab": "homicides",  # scarcity and retaliation against anticipation and lost revenue
    "military.strike_leader": "homicides",
    "trade.tariff": "cooperation",  # Mexico retaliates or concedes
    "drugs.precursor_control": "fentanyl_delivered",  # shocks that suppliers recover from
    "mexico.migration_enforcement": "attempts",
    "asylum.restriction": "attempts",  # at this level hardly stricter than the rule of June 2024 that was on record
}
# A suit moves nothing by itself: it raises the hazard that courts block a lever that is contested.
NOTHING_ALONE = {"opposition.suit"}
OUTPUTS = tuple(dict.fromkeys([*(output for output, _ in SIGNED.values()), *OPEN.values()]))


def alone(lever: str) -> Branch:
    entry = Entry(
        lever=lever,
        level=LEVEL,
        start=START,
        start_reason="made for tests",
        status="in_force",
        basis="user",
    )
    return Branch(id=lever, title=lever, description="", entries=(entry,))


@pytest.fixture(scope="module")
def changes() -> dict[str, dict[str, np.ndarray]]:
    """By lever and output: (draw,) relative change over the judged weeks against no lever."""
    branches = [planning.NONE, *map(alone, [*SIGNED, *OPEN, *NOTHING_ALONE])]
    at = planning.plan(branches, START, years=YEARS, seed=0, store=Store.open())
    found = run_packed(pack(at, draws_for(at, DRAWS, None)), branches, OUTPUTS)
    means = {name: values[:, :, 1 : 1 + at.judged].mean(axis=2, dtype=float) for name, values in found.items()}
    return {
        branch.id: {name: of[row] / of[0] - 1.0 for name, of in means.items()} for row, branch in enumerate(branches)
    }


def test_every_lever_is_asked() -> None:
    assert {*SIGNED, *OPEN, *NOTHING_ALONE} == set(planning.LEVERS)


def test_a_suit_alone_moves_next_to_nothing(changes: dict[str, dict[str, np.ndarray]]) -> None:
    for lever in NOTHING_ALONE:
        assert all(np.abs(moved).max() < 1e-4 for moved in changes[lever].values())


def test_a_strike_on_leaders_without_consent_may_cost_cooperation_or_not(
    changes: dict[str, dict[str, np.ndarray]],
) -> None:
    low, high = np.quantile(changes["military.strike_leader"]["cooperation"], [0.05, 0.95])
    assert low < -0.05
    assert high > 0.0


@pytest.mark.parametrize("lever", SIGNED)
def test_the_first_effect_has_the_sign_of_the_literature(changes: dict[str, dict[str, np.ndarray]], lever: str) -> None:
    output, sign = SIGNED[lever]
    moved = sign * changes[lever][output]
    assert (moved >= 0.0).mean() >= ALMOST_ALL
    assert moved.mean() > 1e-5


@pytest.mark.parametrize("lever", OPEN)
def test_where_priors_cross_zero_so_does_the_effect(changes: dict[str, dict[str, np.ndarray]], lever: str) -> None:
    low, high = np.quantile(changes[lever][OPEN[lever]], [0.05, 0.95])
    assert low < -1e-5
    assert high > 1e-5
