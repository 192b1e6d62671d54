"""An assertion stands beside published effects and the model's contrast, and is not scored."""

from __future__ import annotations

import pytest

import report_fixture
from counterflow.judgement.headlines import rules
from counterflow.judgement.schema import BasisParameter, Verdict
from counterflow.model import priors
from counterflow.report.assessment.beside import beside, outcomes


@pytest.mark.parametrize("outcome", outcomes())
def test_what_stands_beside_an_outcome_exists_and_has_a_published_source(outcome: str) -> None:
    about = outcomes()[outcome]
    assert about.get("headline") in {None, *(rule.id for rule in rules())}
    for key in about["literature"]:
        mechanism, symbol = key.split(".")
        assert not priors.load()[mechanism][symbol].assumed  # type: ignore[index]


@pytest.fixture
def verdict() -> Verdict:
    made_up = report_fixture.verdict(60)
    prior = priors.load()["leaders"]["A_k"]
    known = BasisParameter(
        symbol="A_k",
        mechanism="leaders",
        meaning=prior.meaning,
        unit=prior.unit,
        median=0.45,
        low=0.05,
        high=1.0,
        grade=prior.grade,
        assumed=False,
        source=prior.source,
    )
    return made_up.model_copy(update={"basis": (*made_up.basis, known)})


def test_an_assertion_about_strikes_stands_beside_the_branches_with_strikes(verdict: Verdict) -> None:
    text = report_fixture.brief()
    _, branches = report_fixture.strategy(text)
    shown = beside(text.assertions[0], branches, verdict)
    assert "A_k" not in shown["literature"][0]["meaning"]
    assert shown["literature"][0]["source"].startswith("Calderon")
    assert len(shown["contrast"]) == 1
    assert f"over the {sum(b.strikes is not None for b in branches)} branches with strikes" in shown["contrast"][0]


def test_without_runs_nothing_stands_beside_it() -> None:
    text = report_fixture.brief()
    assert beside(text.assertions[0], (), None) == {"literature": [], "contrast": []}
