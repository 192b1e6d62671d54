"""`counterflow verify`: published results as a table or as JSON, with what lies outside told at the end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import numpy as np
import pytest

from counterflow.calibration import verify as verifying
from counterflow.calibration.published import Band, targets
from counterflow.cli.verify import summary_lines

Run = Callable[..., subprocess.CompletedProcess[str]]

KEYS = {"target", "kind", "published", "value", "low", "high", "band", "inside"}


def test_it_gives_one_row_for_each_target_asked_for(counterflow: Run) -> None:
    done = counterflow("verify", "F1", "K1", "--draws", "20", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["targets"]
    assert [row["target"] for row in rows] == [name for name in targets() if name.split(".")[0] in ("F1", "K1")]
    assert all(set(row) >= KEYS for row in rows)


def test_standard_output_is_the_table_and_progress_goes_elsewhere(counterflow: Run) -> None:
    done = counterflow("verify", "F1", "--draws", "20")
    assert done.returncode == 0, done.stderr
    count = len(verifying.chosen(["F1"]))
    assert done.stderr == f"counterflow: {count} of {count} targets\n"
    assert all(one.id in done.stdout for one in verifying.chosen(["F1"]))
    assert done.stdout.rstrip().splitlines()[-1] == "Inside, by row: V same equations 2 of 2."
    assert "\x1b" not in done.stdout
    assert counterflow("verify", "F1", "--draws", "20", "--quiet").stderr == ""


@pytest.mark.slow
def test_draws_and_seed_are_heeded_and_the_same_seed_gives_the_same_numbers(counterflow: Run) -> None:
    def value(*options: str) -> float:
        return float(json.loads(counterflow("verify", "D4", "--json", *options).stdout)["targets"][0]["value"])

    first = value("--draws", "40", "--seed", "1")
    assert value("--draws", "40", "--seed", "1") == first
    assert value("--draws", "40", "--seed", "2") != first


def test_an_unknown_target_is_a_usage_error_in_one_line_or_one_json_object(counterflow: Run) -> None:
    done = counterflow("verify", "F99", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert "Did you mean F9?" in json.loads(done.stdout)["error"]["hint"]


def test_too_few_draws_are_a_usage_error(counterflow: Run) -> None:
    done = counterflow("verify", "F1", "--draws", "5")
    assert done.returncode == 2
    assert "--draws" in done.stderr


def test_the_end_counts_by_kind_and_says_of_each_one_outside_why() -> None:
    inside, other = (targets()[name] for name in ("F1.1", "B2"))
    band = Band(low=0.0, high=1.0)
    rows = [
        verifying.outcome(inside.model_copy(update={"band": band}), np.full(5, 0.5)),
        verifying.outcome(other.model_copy(update={"band": band}), np.full(5, 2.0)),
        verifying.outcome(other.model_copy(update={"id": "B8", "band": None}), np.full(5, 2.0)),
        verifying.outcome(other.model_copy(update={"id": "B9", "band": band, "why": ""}), np.full(5, 2.0)),
    ]
    lines = summary_lines(rows)
    assert lines[-1].endswith(" 0 of 1.")
    text = " ".join(line.strip() for line in lines)
    assert "Inside, by row: V same equations 1 of 1, C 0 of 2." in text
    assert "Reported and not counted: 1." in text
    assert f"B2 lies outside: {other.why}" in text
    assert "B9 lies outside: no reason is on record." in text
    assert "F1.1 lies" not in text
    assert "B8 lies" not in text
    assert max(map(len, lines)) <= 118


def test_the_last_line_says_how_many_event_studies_of_how_many(counterflow: Run) -> None:
    done = counterflow("verify", "F8", "F9", "--draws", "40", "-q")
    last = " ".join(done.stdout.split())
    assert last.endswith("Event studies, by target, a target counting only with all its parts inside: 2 of 2.")
