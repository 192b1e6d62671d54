"""Strikes set opposing channels going: turning one off changes what follows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from counterflow.ensemble import planning
from counterflow.ensemble.job import draws_for
from counterflow.ensemble.packed import pack, run_packed
from counterflow.evidence.store import Store
from counterflow.model import priors
from counterflow.strategy.schema import Branch, Campaign

START = date(2025, 3, 3)
DRAWS, YEARS = 62, 2
OUTPUTS = ("homicides", "fentanyl_delivered", "cooperation")
STRUCK = tuple(
    Branch(
        id=f"struck_{consent}",
        title="",
        description="",
        strikes=Campaign(start=START, weeks=104, strikes_per_week=10.0, consent=consent),
    )
    for consent in (False, True)  # anticipation needs the host's support
)
CHANNELS = {  # what a switch holds, and the parameter that it is about, of the mechanism
    "anticipation": ("strikes", "D_ant"),
    "hits": ("strikes", "p_hit"),
    "scarcity": ("homicide", "e_vio"),
    "retaliation": ("diplomacy", "b_MU"),
}
LEAST = 1e-4  # of the outcome; rounding in single precision makes a hundredth of that


def outcomes(switches: dict[str, float]) -> np.ndarray:
    """(output, consent, draw) mean change over the judged weeks that strikes come with."""
    at = planning.plan([planning.NONE, *STRUCK], START, years=YEARS, seed=0, store=Store.open(), switches=switches)
    found = run_packed(pack(at, draws_for(at, DRAWS, None)), at.branches, OUTPUTS)
    means = np.stack([found[name][:, :, 1 : 1 + at.judged].mean(axis=2, dtype=float) for name in OUTPUTS])
    return np.asarray(means[:, 1:] / means[:, :1] - 1.0)


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return outcomes({})


@pytest.mark.parametrize("channel", CHANNELS)
def test_turning_a_channel_off_changes_the_outcome_of_strikes(whole: np.ndarray, channel: str) -> None:
    without = outcomes({channel: 0.0})
    assert np.abs(without - whole).mean(axis=2).max() > LEAST


def test_what_the_channels_rest_on_is_known_and_some_of_it_is_of_grade_d() -> None:
    table = priors.load()
    grades = {channel: table[mechanism][symbol].grade for channel, (mechanism, symbol) in CHANNELS.items()}
    assert "D" in grades.values()


def test_opposing_channels_pull_violence_in_opposite_directions(whole: np.ndarray) -> None:
    """Without anticipation there is more of it, without hits on leaders less."""
    homicides = OUTPUTS.index("homicides")
    assert (outcomes({"anticipation": 0.0})[homicides] - whole[homicides]).mean() > 0.0
    assert (outcomes({"hits": 0.0})[homicides] - whole[homicides]).mean() < 0.0
