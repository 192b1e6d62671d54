"""A pattern that looks for its letters first finds what the expression alone finds, at the same places."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.brief import patterns
from counterflow.brief.actions.lexicon import lexicon
from counterflow.brief.patterns import Folded, Pattern, lower, required_runs

SCRIPT = Path(__file__).parents[2] / "scripts" / "work_out_runs.py"
LEVERS = [
    (lever.id, pattern)
    for lever in lexicon()
    for trigger in lever.triggers
    for pattern in (trigger.phrase, trigger.verb, trigger.object)
    if pattern is not None
]
WORDS = [
    "deployed",
    "Deploys",
    "troops",
    "tropas",
    "Guardia",
    "Nacional",
    "border",
    "BORDER",
    "asylum",
    "ban",
    "cartels",
    "strike",
    "on",
    "the",
    "U.S.",
    "fentanyl",
    "labs",
    "remain",
    "in",
    "Mexico",
    "Protección",
    "terrorists,",
    "designated",
    "arrest-ed",
    "1,600",
    "envió",
    "soldados",
    "tariff",
    "lawsuit",
    "İstanbul",
    "ICE's",
]
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=25).map(" ".join)


@given(st.sampled_from(LEVERS), TEXTS, st.integers(0, 40))
def test_the_letters_that_are_looked_for_never_hide_a_match(lever: tuple[str, Pattern], text: str, start: int) -> None:
    pattern = lever[1]
    expected = [match.span() for match in pattern.expression.finditer(text, start)]
    assert [match.span() for match in pattern.finditer(text, start)] == expected
    assert [match.span() for match in pattern.finditer(Folded(text), start)] == expected
    found = pattern.search(Folded(text), start)
    assert (found.span() if found else None) == (expected[0] if expected else None)


@given(st.text())
def test_lower_case_has_the_length_of_the_text(text: str) -> None:
    assert len(lower(text)) == len(text)


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (r"(?:remain in mexico|\bMPP\b)", ("mpp", "remain in mexico")),
        (r"\w+ing", ("ing",)),
        (r"(?:troops)?", ()),  # may match nothing
        (r"\d+", ()),
        (r"(?:a|troops)", ()),  # too short to tell anything
        (r"(?=troops)\w+", ()),  # a look-ahead takes no room
        (r"(?:wait){2}s", ("wait",)),
    ],
)
def test_the_runs_that_every_match_holds(pattern: str, runs: tuple[str, ...]) -> None:
    assert required_runs(pattern) == runs


def test_its_example_holds() -> None:
    assert doctest.testmod(patterns).failed == 0


def test_the_runs_that_were_worked_out_beforehand_are_those_of_the_codebook() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
