"""Every input that fuzzing found worth keeping still ends as it should."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

from counterflow.errors import BriefError
from fuzz.targets import TARGETS, kept

INPUTS = [(target, name, data) for target in TARGETS for name, data in kept(target).items()]


@pytest.mark.parametrize(("target", "data"), [pytest.param(t, d, id=f"{t}-{n}") for t, n, d in INPUTS])
def test_a_kept_input_is_read_or_refused(target: str, data: bytes) -> None:
    with contextlib.suppress(BriefError):
        TARGETS[target](data)


def test_every_target_has_inputs_to_begin_with() -> None:
    assert {target for target, _, _ in INPUTS} == set(TARGETS)


@pytest.mark.slow
def test_the_fuzzer_runs(project: Path) -> None:
    import subprocess

    pytest.importorskip("atheris", reason="there is no atheris for this Python: NOTHING was fuzzed")
    command = [sys.executable, project / "tests" / "fuzz" / "run.py", "2", "text"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Nothing was found." in done.stdout
