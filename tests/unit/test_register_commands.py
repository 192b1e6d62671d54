"""The commands of the register as a user meets them, from three documents to a weekly path with its pause."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from counterflow.strategy.branches import branches
from counterflow.strategy.files import read_strategy
from counterflow.strategy.paths import lever_paths

Run = Callable[..., subprocess.CompletedProcess[str]]

MPP = "asylum.remain_in_mexico"
ORDER = """WASHINGTON, January 20, 2025

President Trump signed an executive order today. He ordered the Department of Homeland Security to begin the \
Remain in Mexico policy.
"""
BLOCK = """LOS ANGELES, February 5, 2025

A federal judge blocked the Remain in Mexico policy.
"""
BACK = """SAN FRANCISCO, March 11, 2025

The appeals court reinstated the Remain in Mexico policy.
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in (("order", ORDER), ("block", BLOCK), ("back", BACK)):
        (tmp_path / f"{name}.txt").write_text(text)
    return tmp_path


def result(done: subprocess.CompletedProcess[str]) -> dict:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def shown(counterflow: Run, place: Path, *options: str) -> dict:
    return result(counterflow("register", "show", "--json", "--register", place / "r.json", *options))


def test_three_documents_become_a_reviewed_strategy_with_a_pause(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    done = counterflow("register", "add", place / "back.txt", place / "order.txt", place / "block.txt", *at)
    assert done.returncode == 0, done.stderr
    assert "3 documents, 1 policy, 3 entries (3 unreviewed)" in done.stdout
    timeline = counterflow("register", "show", *at).stdout
    assert "ordered 20 Jan 2025 -> blocked 5 Feb 2025 -> reinstated 11 Mar 2025" in timeline
    assert "\x1b" not in timeline

    refused = counterflow("register", "strategy", "--out", place / "s.toml", *at)
    assert refused.returncode == 3
    assert "3 entries of the register are not reviewed" in refused.stderr
    assert not (place / "s.toml").exists()

    typed = "c\n\n\n3\n\n\n\n\na\na\n"
    done = counterflow("register", "review", "--by", "Ann", *at, input=typed, stdin=None)
    assert done.returncode == 0, done.stderr
    assert "3 saved, 0 unreviewed" in done.stdout

    again = counterflow("register", "add", place / "order.txt", *at)
    assert "nothing new, 1 reviewed and kept" in again.stdout
    history = shown(counterflow, place)["policies"][0]["history"]
    reviews = [entry["mentions"][0]["review"] for entry in history]
    assert [review["state"] for review in reviews] == ["corrected", "accepted", "accepted"]
    assert reviews[0]["changes"] == [{"field": "level", "before": "", "after": "3"}]
    assert {review["by"] for review in reviews} == {"Ann"}

    made = counterflow("register", "strategy", "--out", place / "s.toml", *at)
    assert made.returncode == 0, made.stderr
    strategy = read_strategy(place / "s.toml")
    (written,) = [branch for branch in branches(strategy) if branch.id == "as_written"]
    weeks = np.arange("2025-01-13", "2025-04-14", 7, dtype="datetime64[D]")
    middle = np.full((1, 1), 0.5)
    weekly = lever_paths(written, weeks, middle, middle, [MPP])[0, :, 0]
    before, acting, paused, resumed = weekly[[0, 2, 5, 10]]
    assert before == paused < acting == resumed


@pytest.mark.whole
def test_a_register_s_strategy_is_simulated(counterflow: Run, place: Path) -> None:
    import counterflow as cf

    at = ("--register", place / "r.json")
    assert (
        counterflow("register", "add", *(place / f"{n}.txt" for n in ("order", "block", "back")), *at).returncode == 0
    )
    done = counterflow("register", "strategy", "--include-unreviewed", "--out", place / "s.toml", "--json", *at)
    assert result(done)["entries"] == 2
    runs = cf.simulate(read_strategy(place / "s.toml"), draws=20, years=2)
    assert {"none", "as_written"} <= set(runs.branch.values.tolist())


def test_a_document_from_standard_input_is_added(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    done = counterflow("register", "add", "-", "--json", *at, input=ORDER, stdin=None)
    (added,) = result(done)["added"]
    assert (added["new"], added["document"]["name"]) == (1, "-")


def test_a_date_that_was_given_is_kept_when_the_document_is_read_again(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    (place / "undated.txt").write_text(ORDER.partition("\n\n")[2])
    assert counterflow("register", "add", place / "undated.txt", "--date", "2025-01-21", *at).returncode == 0
    before = (place / "r.json").read_bytes()
    assert counterflow("register", "add", place / "undated.txt", *at).returncode == 0
    assert (place / "r.json").read_bytes() == before
    assert shown(counterflow, place)["documents"][0]["dated"]["source"] == "user"


def test_the_usual_place_is_the_data_folder(counterflow: Run, place: Path) -> None:
    environment = os.environ | {"COUNTERFLOW_DATA": str(place / "data")}
    done = counterflow("register", "add", place / "order.txt", env=environment)
    assert done.returncode == 0, done.stderr
    assert (place / "data" / "register.json").exists()
    assert counterflow("series", "--json", env=environment).returncode == 0  # the evidence beside it still opens


def test_only_unreviewed_and_one_policy_can_be_shown(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    counterflow("register", "add", place / "order.txt", place / "block.txt", *at)
    counterflow("register", "review", "--by", "Ann", *at, input="a\nq\n", stdin=None)
    (policy,) = shown(counterflow, place, "--unreviewed", "--policy", f"{MPP}/US")["policies"]
    assert [entry["status"] for entry in policy["history"]] == ["blocked"]


def test_a_review_asks_for_a_name_that_nothing_tells(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    counterflow("register", "add", place / "order.txt", *at)
    nobody = {name: value for name, value in os.environ.items() if name not in ("USER", "LOGNAME")}
    counterflow("register", "review", *at, input="Bob\na\n", stdin=None, env=nobody)
    assert shown(counterflow, place)["policies"][0]["history"][0]["mentions"][0]["review"]["by"] == "Bob"
    done = counterflow("register", "review", *at, env=nobody)
    assert (done.returncode, "--by NAME" in done.stderr) == (2, True)


def test_what_is_to_be_reviewed_is_printed_as_json_and_nothing_is_asked(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    counterflow("register", "add", place / "order.txt", place / "block.txt", *at)
    counterflow("register", "review", "--by", "Ann", *at, input="a\nq\n", stdin=None)
    waiting = result(counterflow("register", "review", "--json", *at))["entries"]
    assert [entry["status"] for entry in waiting] == ["blocked"]
    assert len(result(counterflow("register", "review", "--all", "--json", *at))["entries"]) == 2


def test_a_document_can_be_taken_out(counterflow: Run, place: Path) -> None:
    at = ("--register", place / "r.json")
    counterflow("register", "add", place / "order.txt", place / "block.txt", *at)
    done = counterflow("register", "remove", "block.txt", *at)
    assert done.returncode == 0, done.stderr
    assert "is out of the register: 1 mention gone" in done.stdout
    assert "1 document, 1 policy, 1 entry" in done.stdout
    counterflow("register", "review", "--by", "Ann", *at, input="a\n", stdin=None)
    gone = result(counterflow("register", "remove", place / "order.txt", "--force", "--json", *at))["removed"]
    assert (gone["mentions"], gone["reviewed"]) == (1, 1)


def test_an_interrupted_review_keeps_every_answer(counterflow: Run, console_script: Path, place: Path) -> None:
    at = ("--register", place / "r.json")
    counterflow("register", "add", place / "order.txt", place / "block.txt", *at)
    person = subprocess.Popen(
        [console_script, "register", "review", "--by", "Ann", *at],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert person.stdin is not None
    assert person.stdout is not None
    person.stdin.write(b"a\n")
    person.stdin.flush()
    seen = b""
    while seen.count(b"[q]uit? ") < 2:
        seen += person.stdout.read(1)
    person.send_signal(signal.SIGINT)
    _, told = person.communicate(timeout=60)
    assert person.returncode == 130
    assert b"1 saved answer stays" in told
    history = shown(counterflow, place)["policies"][0]["history"]
    assert [entry["mentions"][0]["review"]["state"] for entry in history] == ["accepted", "unreviewed"]
