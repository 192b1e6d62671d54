"""The codebook can be checked by those who did not write it, and says which one it is."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from importlib.resources import files

import pytest

from counterflow.brief import codebook
from counterflow.brief.codebook.listing import LeverTold, chosen, chosen_lines, overview, overview_lines, short
from counterflow.errors import UsageError
from counterflow.strategy.catalogue import levers

Run = Callable[..., "subprocess.CompletedProcess[str]"]
TOLD = {
    lever.id: LeverTold(lever.title, tuple((level.level, level.meaning) for level in lever.levels))
    for lever in levers().values()
}


def changelog() -> str:
    return files("counterflow.brief.codebook").joinpath("CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_is_the_newest_heading_of_the_changelog() -> None:
    headings = re.findall(r"^## (\d+\.\d+\.\d+) - (?:unreleased|\d{4}-\d\d-\d\d)$", changelog(), re.MULTILINE)
    assert codebook.number() == headings[0]
    assert headings == sorted(headings, key=lambda v: tuple(map(int, v.split("."))), reverse=True)
    assert headings == list(dict.fromkeys(headings))


@pytest.mark.parametrize("name", codebook.table_names())
def test_a_table_that_names_a_version_names_that_of_the_codebook(name: str) -> None:
    assert codebook.table(name).get("version", codebook.number()) == codebook.number()


@pytest.mark.parametrize("name", codebook.table_names())
def test_the_changelog_tells_of_every_table(name: str) -> None:
    assert f"`{name}`" in changelog()


def test_what_a_brief_records_is_the_version_and_a_hash_of_the_tables() -> None:
    assert re.fullmatch(rf"{re.escape(codebook.number())}\+[0-9a-f]{{12}}", codebook.version())
    assert "version" not in codebook.table_names()
    assert len({codebook.fingerprint(name) for name in codebook.table_names()}) == len(codebook.table_names())


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        (r"deploy(?:s|ed|ing)? troops?", "deploy(s | ed | ing)? troops?"),
        (r"(?<!\w)under\s+(?:active )?review\b", "under (active )?review"),
        (r"(?:\w+ )?weighing", "(… )?weighing"),
        (r"should(?! (?:not )?have| \w+ (?:fail|worsen))", "should"),
        (r"(?-i:May) \d{1,2}", "(May) 0"),
        (r"E\.O\.", "E.O."),
        (r"(?P<gap>a|b)", "(a | b)"),
        ("plain words", "plain words"),
    ],
)
def test_a_pattern_is_shown_as_words_and_choices(pattern: str, shown: str) -> None:
    assert short(pattern) == shown


def test_the_overview_has_every_lever_status_measure_unit_and_table() -> None:
    whole = overview(TOLD)
    assert [lever["id"] for lever in whole["levers"]] == [entry["id"] for entry in codebook.table("actions")["lever"]]
    assert [rule["status"] for rule in whole["statuses"]] == [r["status"] for r in codebook.table("status")["rule"]]
    assert [rule["order"] for rule in whole["statuses"]] == list(range(1, len(whole["statuses"]) + 1))
    assert {measure["id"] for measure in whole["measures"]} == {m["id"] for m in codebook.table("measures")["measure"]}
    assert {"lb", "kg", "oz"} <= set(whole["units"])
    assert tuple(whole["tables"]) == codebook.table_names()
    text = "\n".join(overview_lines(TOLD))
    assert all(lever["id"] in text for lever in whole["levers"])
    assert all(measure["title"].split()[0] in text for measure in whole["measures"])
    assert max(map(len, text.splitlines())) <= 100


def test_the_order_of_the_statuses_is_the_order_of_precedence() -> None:
    lines = overview_lines(TOLD)
    order = [line.split()[1] for line in lines if re.match(r"\s+\d+  [a-z_]+\s+(?:any|near|before|after)\s", line)]
    assert order == [rule["status"] for rule in codebook.table("status")["rule"]]


@pytest.mark.parametrize("name", codebook.table_names())
def test_every_table_is_shown_whole(name: str) -> None:
    lines = chosen_lines(name, TOLD)
    assert name in lines[0]
    text = re.sub(r"\s+", " ", "\n".join(lines))
    assert all(key in text for key in codebook.table(name) if key != "lever")
    assert not any("(?:" in line for line in lines)


def test_a_lever_is_shown_with_its_levels_and_each_of_its_wordings() -> None:
    text = "\n".join(chosen_lines("military.deployment", TOLD))
    entry = next(entry for entry in codebook.table("actions")["lever"] if entry["id"] == "military.deployment")
    assert levers()["military.deployment"].title in text
    assert all(f"level {level.level}: " in text for level in levers()["military.deployment"].levels)
    assert text.count("wording ") == len(entry["triggers"])


@pytest.mark.parametrize(
    ("wrong", "near"), [("action", "actions"), ("statuses", "status"), ("military.strikes", "military.strike")]
)
def test_a_wrong_name_is_refused_with_the_nearest(wrong: str, near: str) -> None:
    with pytest.raises(UsageError) as raised:
        chosen(wrong)
    assert raised.value.hint == f"Did you mean {near}?"


def test_a_name_like_no_other_is_refused_with_the_list() -> None:
    with pytest.raises(UsageError, match="Its tables are actions, "):
        chosen("zzzzzz")


def test_the_command_shows_tables_levers_and_json(counterflow: Run) -> None:
    assert counterflow("codebook").stdout.startswith(f"Codebook {codebook.version()}\n")
    assert "asylum.restriction" in counterflow("codebook", "actions").stdout
    whole = json.loads(counterflow("codebook", "--json").stdout)
    assert whole["version"] == codebook.version()
    one = json.loads(counterflow("codebook", "offices", "--json").stdout)
    assert (one["name"], one["fingerprint"]) == ("offices", codebook.fingerprint("offices"))
    assert one["table"]["office"]
    lever = json.loads(counterflow("codebook", "trade.tariff", "--json").stdout)
    assert set(lever["levels"]) == {"0", "1", "2", "3", "4"}
    wrong = counterflow("codebook", "sttus")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.endswith("Did you mean status?\n")
