"""`counterflow parameters`: every prior, readable on a terminal and complete as JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable

import pytest

from counterflow.model import priors
from counterflow.report.parameters import parameter_lines, parameter_rows, spread

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_it_gives_every_parameter_in_the_order_of_the_mechanisms(counterflow: Run) -> None:
    done = counterflow("parameters", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["parameters"]
    expected = [(mechanism, symbol) for mechanism, table in priors.load().items() for symbol in table]
    assert [(row["mechanism"], row["symbol"]) for row in rows] == expected
    keys = {"meaning", "unit", "family", "low", "central", "high", "grade", "assumed", "source", "known_from", "note"}
    assert all(keys <= set(row) for row in rows)
    for row in rows:
        assert priors.load()[row["mechanism"]][row["symbol"]].central == row["central"]


def test_it_can_be_asked_for_one_mechanism_and_one_grade(counterflow: Run) -> None:
    done = counterflow("parameters", "--mechanism", "border", "--grade", "D", "--json")
    rows = json.loads(done.stdout)["parameters"]
    assert rows
    assert {(row["mechanism"], row["grade"]) for row in rows} == {("border", "D")}
    shown = counterflow("parameters", "--mechanism", "border", "--grade", "D").stdout
    assert shown.startswith(f"border: {len(rows)} parameters, {len(rows)} of grade D\n")
    assert "supply" not in shown.split()[0]


def test_it_tells_which_points_are_drawn_where_a_joint_condition_moves_them(counterflow: Run) -> None:
    shown = counterflow("parameters", "--mechanism", "border").stdout.splitlines()
    rows = shown[shown.index("Points of 4,000 draws, of the parameters that a condition names:") + 1 :]
    assert [row.split()[0] for row in rows] == ["border.g_share", "border.p_app"]
    assert all(row.endswith("; gotaways") and row.count("|") == 2 for row in rows)
    assert "Joint conditions" not in counterflow("parameters", "--mechanism", "noise").stdout


def test_a_grade_that_a_mechanism_has_none_of_is_told(counterflow: Run) -> None:
    done = counterflow("parameters", "--mechanism", "noise", "--grade", "A")
    assert (done.returncode, done.stdout) == (0, "No parameter is of that grade.\n")


@pytest.mark.parametrize("width", [20, 80, 120, 160, 400])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(width: int) -> None:
    table = priors.chosen(priors.load())
    lines = parameter_lines(table, width)
    assert max(map(len, lines)) <= min(max(width, 80), 160)
    text = " ".join(" ".join(lines).split()).replace("−", "-")
    for mechanism, symbols in table.items():
        for symbol, prior in symbols.items():
            told = (symbol, prior.meaning, spread(prior), prior.source, f"known from {prior.known_from}", prior.note)
            for words in told:
                assert " ".join(words.replace("−", "-").split()) in text, f"{mechanism}.{symbol}: {words}"


def test_an_assumed_number_is_marked_so_and_a_measured_one_is_not() -> None:
    for symbols in priors.load().values():
        for symbol, prior in symbols.items():
            text = "\n".join(parameter_lines({"one": {symbol: prior}}, 160))
            assert (f"grade {prior.grade}, assumed" in text) == prior.assumed


def test_the_terminal_decides_how_wide_it_prints(counterflow: Run) -> None:
    wide, narrow = (
        counterflow("parameters", "--mechanism", "noise", env={**os.environ, "COLUMNS": str(columns)}).stdout
        for columns in (160, 80)
    )
    assert max(map(len, narrow.splitlines())) <= 80
    assert wide.split() == narrow.split()


def test_rows_carry_what_was_known_before() -> None:
    rows = {(row["mechanism"], row["symbol"]): row for row in parameter_rows(priors.load())}
    for (mechanism, symbol), row in rows.items():
        earlier = priors.load()[mechanism][symbol].earlier
        assert (row["earlier"] is None) == (earlier is None)
