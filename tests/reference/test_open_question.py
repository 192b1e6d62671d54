"""The question that such documents leave open: four headlines with their chances, and "undetermined" by its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow.brief.reader import read
from counterflow.calibration import bundled
from counterflow.ensemble.posterior import without
from counterflow.ensemble.simulate import simulate
from counterflow.evidence.store import Store
from counterflow.judgement.headlines import LIKELY, UNLIKELY
from counterflow.judgement.judge import judge
from counterflow.judgement.schema import Headline, Verdict
from counterflow.strategy.build import from_brief

DRAWS = 124


@pytest.fixture(scope="module")
def verdict(project: Path) -> Verdict:
    store = Store.open()
    strategy = from_brief(read(str(project / "examples" / "border-strategy.md")), store)
    posterior = without(bundled.posterior_of(bundled.latest()), strategy.parameters)
    only = ("none", "as_on_record", "strikes_heavy_no_consent")
    runs = simulate(strategy, draws=DRAWS, posterior=posterior, only=only, reduce=True, evidence=store)
    return judge(runs, store=store)


def headlines(verdict: Verdict, branch: str) -> dict[str, Headline]:
    return {one.id: one for one in verdict.headlines if (one.branch, one.reference) == (branch, "none")}


def test_every_headline_has_a_chance_with_its_error_against_both_references(verdict: Verdict) -> None:
    assert len(verdict.headlines) == 2 * 4 * 2
    for one in verdict.headlines:
        assert 0.0 <= one.probability <= 1.0
        assert 0.0 < one.mc_error < 0.06
    for four in verdict.four_way:
        shares = four.model_dump(exclude={"branch"}).values()
        assert sum(shares) == pytest.approx(1.0)


def test_undetermined_is_said_where_a_weak_parameter_carries_the_chance_across_and_nowhere_else(
    verdict: Verdict,
) -> None:
    grades = {(one.mechanism, one.symbol): one.grade for one in verdict.basis}
    assert any(one.undetermined for one in verdict.headlines)
    for one in verdict.headlines:
        assert one.undetermined == bool(one.decided_by) == (one.word == "undetermined")
        for by in one.decided_by:
            ends = sorted([by.probability_at_low, by.probability_at_high])
            assert any(ends[0] < limit <= ends[1] for limit in (UNLIKELY, LIKELY))
            assert by.flips_at
            assert all(by.low <= value <= by.high for value in by.flips_at)
            assert by.study
            assert grades.get((by.mechanism, by.symbol), "D") == "D"


def test_friction_after_strikes_turns_on_what_nobody_has_measured(verdict: Verdict) -> None:
    """How much cooperation a unilateral strike costs is assumed; with it the answer flips."""
    friction = headlines(verdict, "strikes_heavy_no_consent")["friction"]
    assert friction.undetermined
    assert "S_str" in {by.symbol for by in friction.decided_by}


def test_without_strikes_delivered_fentanyl_is_hardly_ever_a_fifth_lower(verdict: Verdict) -> None:
    assert headlines(verdict, "as_on_record")["trafficking"].probability < 0.05
