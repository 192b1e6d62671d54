"""Each lever alone, at a strong level and without noise, moves the outcome that its users ask about: which way, and how
far at least in the median over draws.

Signs are those of the published effects that the priors come from. Where the 90% interval of what a lever does crosses
zero, the sign is "either": then draws of both signs are there, and at least so many of them move it so far.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import pytest

from counterflow.ensemble import planning, run
from counterflow.strategy.catalogue import levers
from system_runs import Results, branch, entry, outcome

SECOND_YEAR, FIRST_HALF = slice(53, 105), slice(1, 27)  # weeks; the first is the one before the lever
# Levers that act on what another lever does: they are pushed beside it, and compared with it alone.
BESIDE = {"opposition.suit": "asylum.restriction", "opposition.leak": "interior.arrests"}


class Moves(NamedTuple):
    lever: str
    output: str
    sign: Literal["up", "down", "either"]
    least: float  # relative to the run without the lever; where nothing is there without it, in the output's own unit
    weeks: slice = SECOND_YEAR


TABLE = [
    Moves("military.strike_lab", "fentanyl_produced", "down", 0.003),
    Moves("military.strike_lab", "civilian_harm", "up", 0.5),
    Moves("military.strike_lab", "cooperation", "either", 0.1),  # Mexico may answer force with concession
    Moves("military.strike_lab", "homicides", "either", 0.003),  # anticipation against reprisals
    Moves("military.strike_leader", "leaders_removed", "up", 0.1),
    Moves("military.strike_leader", "homicides", "up", 0.01),
    Moves("military.strike_leader", "cooperation", "either", 0.1),
    Moves("military.surveillance", "lab_capacity", "down", 0.005),
    Moves("military.surveillance", "cooperation", "down", 0.003),
    Moves("military.deployment", "attempts", "down", 0.03),
    Moves("emergency.declaration", "attempts", "down", 0.002),
    Moves("designation.terrorist", "revenue", "down", 0.02),
    Moves("designation.terrorist", "cooperation", "down", 0.003),
    Moves("asylum.restriction", "attempts", "down", 0.2),
    Moves("asylum.restriction", "encounters_ports", "down", 0.3),
    Moves("asylum.remain_in_mexico", "attempts", "down", 0.1),
    Moves("border.agents", "attempts", "down", 0.01),
    Moves("border.agents", "smuggler_fee", "up", 0.02),
    Moves("border.agents", "fentanyl_seized_border", "up", 0.001),
    Moves("border.barrier", "attempts", "down", 0.005),
    Moves("interior.arrests", "interior_arrests", "up", 1.0),
    Moves("interior.arrests", "detained", "up", 0.1),
    Moves("interior.arrests", "attempts", "down", 0.02),
    Moves("interior.local_cooperation", "interior_arrests", "up", 0.02),
    Moves("interior.detention", "detained", "up", 0.2),
    Moves("interior.detention", "removals", "up", 0.05),
    Moves("interior.removal", "removals", "up", 0.4),
    Moves("interior.removal", "unauthorised", "down", 0.005),
    Moves("justice.transfer", "transfers", "up", 1.0),
    Moves("justice.transfer", "cooperation", "up", 0.005),
    Moves("justice.transfer", "homicides", "up", 0.005),  # leaders are among those sent
    Moves("trade.tariff", "cooperation", "either", 0.1),
    Moves("trade.tariff", "attempts", "either", 0.01),
    Moves("drugs.port_scanning", "fentanyl_seized_border", "up", 0.1),
    Moves("drugs.port_scanning", "fentanyl_delivered", "down", 0.002),
    Moves("drugs.precursor_control", "fentanyl_delivered", "down", 0.04),
    Moves("drugs.precursor_control", "overdose_deaths", "down", 0.01),
    Moves("arms.southbound_inspection", "guns_seized", "up", 5.0),
    Moves("arms.southbound_inspection", "guns_arriving", "down", 0.03),
    Moves("mexico.arrests", "cartel_arrests", "up", 0.5),
    Moves("mexico.arrests", "cartel_members", "down", 0.02),
    Moves("mexico.migration_enforcement", "attempts", "down", 0.03),
    Moves("mexico.lab_raids", "lab_capacity", "down", 0.05),
    Moves("mexico.lab_raids", "fentanyl_delivered", "down", 0.005),
    Moves("health.treatment_naloxone", "overdose_deaths", "down", 0.05),
    Moves("prevention.recruitment", "cartel_recruits", "down", 0.003),
    Moves("diplomacy.reject", "cooperation", "down", 0.05),
    Moves("diplomacy.accuse", "cooperation", "down", 0.005),
    Moves("diplomacy.pledge", "cooperation", "up", 0.05),
    Moves("diplomacy.pledge", "attempts", "down", 0.005),
    Moves("opposition.leak", "interior_arrests", "down", 0.005),
    Moves("opposition.suit", "levers_blocked", "up", 0.2, FIRST_HALF),
    Moves("opposition.suit", "attempts", "up", 0.001, FIRST_HALF),
]


@cache
def pushed(*moved: str) -> Results:
    """250 draws with these levers at the central intensity of their highest level."""
    of = branch(*(entry(lever, levers()[lever].level_range(4).central) for lever in moved))
    return outcome(of, count=run.BATCH, with_noise=False)


def change(lever: str, output: str, weeks: slice) -> np.ndarray:
    """(draw,) change of an output's mean over some weeks, relative to that without the lever."""
    beside = [BESIDE[lever]] if lever in BESIDE else []
    with_it, without = (
        out[output][:, weeks].astype(np.float64).mean(axis=1) for out in (pushed(*beside, lever), pushed(*beside))
    )
    return (with_it - without) / np.where(without == 0.0, 1.0, without)


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.lever}-{row.output}" for row in TABLE])
def test_a_strong_lever_moves_the_outcome_that_it_is_for(row: Moves) -> None:
    moved = change(row.lever, row.output, row.weeks)
    if row.sign == "either":
        low, high = np.quantile(moved, [0.05, 0.95])
        assert low < 0.0 < high, "both signs are within the 90% of draws"
        assert np.median(np.abs(moved)) >= row.least
    else:
        assert (1.0 if row.sign == "up" else -1.0) * np.median(moved) >= row.least


def test_every_lever_is_in_the_table() -> None:
    assert {row.lever for row in TABLE} == set(planning.LEVERS)
