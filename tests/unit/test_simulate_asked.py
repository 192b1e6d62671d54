"""What an ensemble is asked for: forms that are taken, and refusals in plain words."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from counterflow.ensemble.asked import Asked, asked
from counterflow.ensemble.posterior import Posterior
from counterflow.errors import CounterflowError, UsageError

PLAIN: dict[str, Any] = {
    "draws": 500,
    "replicates": 1,
    "years": 3,
    "seed": 0,
    "as_of": None,
    "design": "courses",
    "levers": None,
    "only": None,
    "outputs": ("homicides",),
    "every": "week",
    "sampling": "random",
    "posterior": None,
    "reduce": False,
    "above": None,
    "store": None,
    "resume": False,
    "workers": None,
    "scheduler": None,
}
WHOLE = ("draws", "replicates", "years", "seed", "workers")
NAMES = ("levers", "only", "outputs")


def ask(**options: Any) -> Asked:
    return asked(**PLAIN | options)


def refusal(**options: Any) -> UsageError:
    with pytest.raises(UsageError) as told:
        ask(**options)
    assert told.value.exit_code == 2
    return told.value


# ------------------------------------------------------------------------------------------ what is taken


def test_what_is_asked_for_is_what_was_given() -> None:
    assert ask().model_dump() == PLAIN | {"above": {}}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("kind", [int, np.int32, np.uint64])
def test_whole_numbers_of_numpy_are_whole_numbers(name: str, kind: type) -> None:
    found = getattr(ask(**{name: kind(7)}), name)
    assert (type(found), found) == (int, 7)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("names", [["b", "a"], ("b", "a"), np.array(["b", "a"])])
def test_names_come_as_any_list_and_keep_their_order(name: str, names: Any) -> None:
    found = getattr(ask(**{name: names, "design": "factorial"}), name)
    assert found == ("b", "a")
    assert {type(each) for each in found} == {str}


@pytest.mark.parametrize("day", [date(2025, 2, 1), "2025-02-01", datetime(2025, 2, 1)])
def test_a_day_is_a_day_however_it_is_written(day: Any) -> None:
    found = ask(as_of=day).as_of
    assert (type(found), found) == (date, date(2025, 2, 1))


@pytest.mark.parametrize("store", ["runs.zarr", Path("runs.zarr"), "s3://bucket/runs.zarr"])
def test_a_store_is_a_path_or_an_address(store: Any) -> None:
    assert ask(store=store, resume=True).store == str(store)


def test_values_to_count_above_are_numbers_by_output() -> None:
    found = ask(reduce=True, above={"homicides": [500, np.float32(600.5)], "cooperation": np.array([0.5])}).above
    assert found == {"homicides": (500.0, 600.5), "cooperation": (0.5,)}
    assert {type(value) for values in found.values() for value in values} == {float}
    assert ask(above={}).above == {}


def test_a_posterior_is_taken_as_it_is_or_read_from_its_file(tmp_path: Path) -> None:
    rows = Posterior((("border", "p_app"),), np.array([[0.5]]), "p.csv", "0" * 64)
    assert ask(posterior=rows).posterior is rows
    path = tmp_path / "p.csv"
    path.write_text("border.p_app\n0.5\n0.625\n", encoding="utf-8")
    for given_as in (path, str(path)):
        read = ask(posterior=given_as).posterior
        assert read is not None
        assert read.values.tolist() == [[0.5], [0.625]]
    path.write_text("year\n2019\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not a table of parameters"):
        ask(posterior=path)


def test_too_few_draws_and_other_years_are_left_to_the_judgement() -> None:
    assert (ask(draws=1).draws, ask(years=-3).years, ask(years=40).years) == (1, -3, 40)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ask().draws = 3


# ------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [20.5, 20.0, "20", True, np.float64(20.0), np.True_, [20]])
def test_what_is_no_whole_number_is_refused(name: str, value: Any) -> None:
    told = refusal(**{name: value})
    assert told.where == name
    assert told.message == f"{name} is {value!r}: a whole number is needed."
    assert told.hint


@pytest.mark.parametrize(
    ("options", "where", "said", "hint"),
    [
        ({"draws": 20.5}, "draws", "draws is 20.5: a whole number is needed.", "as 20"),
        ({"draws": 0}, "draws", "draws is 0: it is too small.", "1 or more"),
        ({"replicates": 0}, "replicates", "replicates is 0: it is too small.", "1 or more"),
        ({"workers": 0}, "workers", "workers is 0: it is too small.", "1 or more"),
        ({"seed": -1}, "seed", "seed is -1: it is too small.", "0 or more"),
        ({"seed": 2**63}, "seed", "it is too large.", "less than 9,223,372,036,854,775,808."),
        ({"years": None}, "years", "years is None: a whole number is needed.", ""),
        ({"as_of": "1 Feb 2025"}, "as_of", "as_of is '1 Feb 2025': a day is needed.", "YYYY-MM-DD"),
        ({"as_of": "2025-02-30"}, "as_of", "a day is needed.", ""),
        ({"as_of": 20250201}, "as_of", "a day is needed.", ""),
        ({"as_of": datetime(2025, 2, 1, 12)}, "as_of", "a day is needed.", ""),
        (
            {"design": "factorail"},
            "design",
            "design is 'factorail': there is no such choice.",
            "Did you mean factorial?",
        ),
        ({"every": "day"}, "every", "there is no such choice.", "There are week, month."),
        ({"sampling": "latin_hypercube"}, "sampling", "no such choice.", "Did you mean latin-hypercube?"),
        ({"sampling": None}, "sampling", "no such choice.", "There are random, latin-hypercube, sobol."),
        ({"only": "none"}, "only", "only is 'none': a list of names is needed.", "Give a list: ['none']."),
        ({"outputs": "homicides"}, "outputs", "a list of names is needed.", "['homicides']"),
        ({"outputs": {"homicides", "attempts"}}, "outputs", "a list of names is needed.", "Give a list"),
        ({"levers": [], "design": "factorial"}, "levers", "levers is []: at least one name is needed.", "Leave it out"),
        ({"only": [1]}, "only", "only is [1]: a list of names is needed.", "strings"),
        ({"only": 3}, "only", "only is 3: a list of names is needed.", ""),
        ({"reduce": 1}, "reduce", "reduce is 1: True or False is needed.", ""),
        ({"resume": "yes"}, "resume", "resume is 'yes': True or False is needed.", ""),
        ({"above": ["homicides"], "reduce": True}, "above", "values by the name of an output", "{'homicides': ["),
        ({"above": {"homicides": 500}, "reduce": True}, "above", "a list of values is needed for each", ""),
        ({"above": {"homicides": []}, "reduce": True}, "above", "at least one value is needed for each", ""),
        ({"above": {"homicides": ["500"]}, "reduce": True}, "above", "numbers are needed.", ""),
        ({"above": {"homicides": [10**400]}, "reduce": True}, "above", "numbers are needed.", ""),
        ({"above": {"homicides": [float("inf")]}, "reduce": True}, "above", "finite numbers are needed.", ""),
        ({"store": ""}, "store", "store is '': a path or an address is needed.", "'runs.zarr'"),
        ({"store": b"runs.zarr"}, "store", "a path or an address is needed.", ""),
        ({"scheduler": " "}, "scheduler", "the address of a Dask scheduler is needed.", "tcp://"),
        ({"posterior": 3}, "posterior", "posterior is 3: a posterior is needed.", "CSV or Parquet"),
        ({"drws": 500}, "drws", "drws: there is no such argument.", "Did you mean draws?"),
    ],
)
def test_what_cannot_be_used_is_refused_in_plain_words(
    options: dict[str, Any], where: str, said: str, hint: str
) -> None:
    told = refusal(**options)
    assert told.where == where
    assert said in told.message
    assert hint in told.hint
    assert "pydantic" not in str(told).lower()


@pytest.mark.parametrize(
    ("options", "where", "said"),
    [
        ({"above": {"homicides": [500.0]}}, "above", "reduced runs only"),
        ({"levers": ["interior.arrests"]}, "levers", "levers are named for a design only"),
        ({"resume": True}, "resume", "there is no store to go on with"),
        ({"workers": 2, "scheduler": "tcp://10.0.0.5:8786"}, "workers", "do not go together"),
    ],
)
def test_what_does_not_go_together_is_refused(options: dict[str, Any], where: str, said: str) -> None:
    told = refusal(**options)
    assert told.where == where
    assert said in told.message
    assert told.hint
    assert "--" not in str(told), "it may have been asked for from Python"


def test_the_first_of_several_is_told_and_a_long_value_not_whole() -> None:
    assert refusal(draws="x", seed=-1, only="none").where == "draws"
    assert len(refusal(only="x" * 10_000).message) < 200
    assert len(refusal(only=dict.fromkeys(range(10_000))).message) < 200


def test_an_argument_that_is_missing_is_told() -> None:
    with pytest.raises(UsageError, match="draws: it is missing"):
        asked(**{name: value for name, value in PLAIN.items() if name != "draws"})


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=3) | some.binary(max_size=3),
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(some.sampled_from(sorted(PLAIN)), ANYTHING)
def test_nothing_is_answered_by_anything_but_a_refusal(name: str, value: Any) -> None:
    with suppress(CounterflowError):
        ask(**{name: value})


def test_asking_loads_no_model() -> None:
    code = "import sys, counterflow.ensemble.asked; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
