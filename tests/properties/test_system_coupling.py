"""The coupling table is what the system does: each edge carries something, and each switch changes something."""

from __future__ import annotations

import numpy as np
import pytest

from counterflow.ensemble import planning, run
from counterflow.errors import ModelError
from counterflow.model.cartels import SLOTS
from counterflow.model.coupling import EDGES, STRUCTURE, switches
from counterflow.model.outputs import ABOUT, SCALARS
from system_runs import HEAVY, branch, entry, outcome, top_of

# Everything pushed, with heavy strikes, with and without consent.
ENTRIES = tuple(entry(lever, top_of(lever) / 2, top_of(lever)) for lever in planning.LEVERS)
PUSHED = tuple(branch(*ENTRIES, strikes=HEAVY.model_copy(update={"consent": consent})) for consent in (True, False))


def both(changed: dict[str, float], with_noise: bool = True) -> dict[str, np.ndarray]:
    """(branch, draw, week) of every output that is not by place."""
    found = [outcome(of, with_noise=with_noise, switches=changed) for of in PUSHED]
    return {name: np.stack([out[name] for out in found]) for name in SCALARS}


@pytest.fixture(scope="module")
def whole() -> dict[str, np.ndarray]:
    return both({})


@pytest.mark.parametrize("edge", EDGES)
def test_cutting_an_edge_changes_the_output_that_it_names(edge: str, whole: dict[str, np.ndarray]) -> None:
    cut = both({edge: 0.0})[EDGES[edge].output]
    intact = whole[EDGES[edge].output]
    assert np.abs(cut / np.where(intact == 0.0, 1.0, intact) - 1.0).max() > 1e-4


@pytest.mark.parametrize("switch", STRUCTURE)
def test_a_structural_switch_changes_an_output(switch: str, whole: dict[str, np.ndarray]) -> None:
    other = both({switch: 1.0 - STRUCTURE[switch]})
    assert any(not np.array_equal(other[name], whole[name]) for name in SCALARS)


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_reciprocity_of_one_sign_moves_most_draws_its_way(sign: float) -> None:
    hostility = both({"reciprocity": sign, "acts_transfers": 0.0}, with_noise=False)["hostility_mexico"]
    drawn = both({"acts_transfers": 0.0}, with_noise=False)["hostility_mexico"]
    moved = sign * (hostility - drawn)
    assert (moved[1, :, 20] >= -1e-6).mean() >= 0.8, "the US may answer concessions with concessions"


@pytest.mark.slow
def test_splits_of_two_groups_in_one_week_are_rare_however_many_leaders_are_arrested() -> None:
    """Those arrested in a week hit one group, so that one uniform cannot split several at once."""
    often = branch(*(entry(lever, top_of(lever)) for lever in ("mexico.arrests", "justice.transfer")))
    out = outcome(often, count=run.BATCH)
    usual = outcome(branch(*often.entries), count=run.BATCH, switches={"splits": 0.0})
    assert out["leaders_removed"][:, 1:].mean() > 0.2, "a leader every few weeks"
    pieces = np.diff(np.rint(out["cartel_groups"] - usual["cartel_groups"]), axis=1)
    assert (pieces >= 1).sum() > 100
    assert (pieces > SLOTS).sum() <= 0.02 * (pieces >= 1).sum()


def test_edges_name_outputs_and_mechanisms_that_there_are() -> None:
    for edge in EDGES.values():
        assert edge.output in ABOUT
        assert edge.giver != edge.taker


def test_an_unknown_switch_is_refused_by_name() -> None:
    with pytest.raises(ModelError, match="no switch is called 'anticipate'"):
        switches({"anticipate": 0.0})
