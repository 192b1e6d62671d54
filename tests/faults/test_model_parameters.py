"""Priors and what is set of them, with faults: each is refused, with its name and what is allowed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from counterflow.errors import StrategyError
from counterflow.model import priors
from counterflow.strategy.overrides import ParameterOverride

Run = Callable[..., subprocess.CompletedProcess[str]]
GOOD = {
    "meaning": "m", "unit": "share", "family": "lognormal", "low": 1.0, "central": 2.0, "high": 3.0, "grade": "D",
    "source": "s", "known_from": 2012,
}  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        {"low": 2.5},
        {"high": 1.5},
        {"low": None},
        {"low": -1.0},
        {"family": "logitnormal"},
        {"family": "uniform"},
        {"grade": "E"},
        {"sources": "s"},
        {"earlier": {"low": 3.0, "central": 2.0, "high": 1.0}},
    ],
)
def test_a_prior_that_does_not_hold_together_is_refused(fault: dict[str, object]) -> None:
    priors.Prior(**GOOD)
    with pytest.raises(ValidationError):
        priors.Prior(**GOOD | fault)


def test_a_parameter_that_there_is_not_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(
        StrategyError, match=r"no parameter is called 'border\.p_ap'.*Did you mean border\.p_app"
    ) as error:
        priors.with_overrides(priors.load(), {"border.p_ap": ParameterOverride(value=0.7)})
    assert error.value.where == 'parameters."border.p_ap"'


@pytest.mark.parametrize(
    ("name", "override", "says"),
    [
        ("border.p_app", {"value": 1.5}, "above 0 and below 1"),
        ("border.p_app", {"low": 0.1, "central": 0.2, "high": 0.3, "family": "normal"}, "allowed: logitnormal"),
        ("supply.recovers", {"value": 0.3}, "0 or 1"),
        ("cartels.theta", {"low": 1.0, "central": 2.0, "high": 3.0}, "cannot be given a range"),
    ],
)
def test_what_a_parameter_cannot_be_is_refused_without_a_file_too(
    name: str, override: dict[str, object], says: str
) -> None:
    with pytest.raises(StrategyError, match=says) as error:
        priors.with_overrides(priors.load(), {name: ParameterOverride(**override)})
    assert error.value.where.startswith(f'parameters."{name}".')


@pytest.mark.parametrize(
    ("values", "where", "says"),
    [
        (
            {"border.p_app": 0.99, "border.g_share": 0.33},
            'parameters."border.g_share", parameters."border.p_app"',
            "known gotaways are not more than",
        ),
        (
            {"diplomacy.b_UM": 0.4, "diplomacy.b_MU": 0.4},
            'parameters."diplomacy.b_UM", parameters."diplomacy.b_MU"',
            "hostility dies out",
        ),
        (
            {"supply.T_reb": 10.0, "supply.slack": 1.02, "supply.q_lab": 0.02},
            'parameters."supply.T_reb", parameters."supply.slack", parameters."supply.q_lab"',
            "laboratories destroyed",
        ),
    ],
)
def test_values_that_contradict_a_joint_condition_are_refused_before_anything_is_drawn(
    values: dict[str, float], where: str, says: str
) -> None:
    overrides = {name: ParameterOverride(value=value) for name, value in values.items()}
    with pytest.raises(StrategyError, match=says) as error:
        priors.with_overrides(priors.load(), overrides)
    assert error.value.where == where
    # With one of them left to its prior, drawing can still find what meets the condition.
    priors.with_overrides(priors.load(), dict(list(overrides.items())[1:]))


def test_values_that_agree_with_a_joint_condition_are_taken() -> None:
    values = {"border.p_app": 0.7, "border.g_share": 0.25}
    table = priors.with_overrides(
        priors.load(), {name: ParameterOverride(value=value) for name, value in values.items()}
    )
    assert table["border"]["g_share"].central == 0.25


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--mechanism", "boarder"], "Did you mean border?"),
        (["--mechanism", "Supply"], "Did you mean supply?"),
        (["--mechanism", "###"], "There are courts, diplomacy"),
        (["--grade", "E"], "Did you mean D?"),
        (["--grade", "b"], "Did you mean B?"),
        (["--grade", "B+"], "Did you mean B?"),
        (["--grade", ""], "Grades run from A"),
    ],
)
def test_a_wrong_mechanism_or_grade_is_named_with_the_nearest_right_one(
    arguments: list[str], says: str, counterflow: Run
) -> None:
    done = counterflow("parameters", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr
    asked = counterflow("parameters", *arguments, "--json")
    assert asked.returncode == 2
    assert says.split("?")[0] in json.loads(asked.stdout)["error"]["hint"]
