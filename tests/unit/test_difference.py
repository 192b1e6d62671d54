"""What two assessments differ in, what came out otherwise, and to what that may be laid."""

from __future__ import annotations

import copy
import json
import math
import shlex
from collections.abc import Callable
from typing import Any

import pytest

import report_fixture
from counterflow.errors import BriefError
from counterflow.report.studies.difference.compare import as_json, difference
from counterflow.report.studies.difference.lines import WIDTH, difference_lines
from counterflow.report.studies.difference.ways import values_of, with_option

Assessment = dict[str, Any]
COMMAND = "counterflow assess border-strategy.md --draws 60 --years 3 --seed 0"
MANIFEST = {
    "version": "0.1.0",
    "codebook_version": "1.0",
    "document_sha256": "9f2c" * 16,
    "strategy_sha256": "77aa" * 16,
    "priors_sha256": "11bb" * 16,
    "data": {"usbp_encounters_sw": "2026-11", "homicide_crimes_mx": "2026-11", "events.parquet": "ab" * 32},
    "draws": 60, "replicates": 1, "years": 3, "seed": 0, "design": "courses", "sampling": "random",
    "posterior": "bundled 2026-01", "posterior_sha256": "22cc" * 16,
    "foreseen_posterior": "bundled 2025-01", "foreseen_posterior_sha256": "33dd" * 16,
    "python": "3.11.7", "packages": {"numpy": "2.4.6", "jax": "0.10.2"},
    "command": COMMAND,
}  # fmt: skip
SET = {
    "name": "border.r_retry", "meaning": "x", "set": "0.6 | 0.7 | 0.8 probability, logit-normal",
    "default": "0.2 | 0.35 | 0.5 probability, logit-normal; grade A", "grade": "D", "assumed": False,
    "source": "elicited from A",
}  # fmt: skip


@pytest.fixture(scope="module")
def built() -> Assessment:
    assessment: Assessment = json.loads(json.dumps(report_fixture.build()))
    return assessment | {"manifest": MANIFEST}


@pytest.fixture
def a(built: Assessment) -> Assessment:
    return copy.deepcopy(built)


@pytest.fixture
def b(built: Assessment) -> Assessment:
    return copy.deepcopy(built)


def shift(assessment: Assessment, by: float, index: int = 0, **more: Any) -> dict[str, Any]:
    """Move the chance of one headline by so much, away from the nearer end."""
    row = next(h for n, h in enumerate(h for h in assessment["headlines"] if h["word"] != "not tested") if n == index)
    row["probability"] += by if row["probability"] < 0.5 else -by
    row.update(more)
    return dict(row)


def test_an_assessment_is_the_same_as_itself_though_it_took_another_time(a: Assessment, b: Assessment) -> None:
    b["timings"]["judge"] = 99.0
    found = difference(a, b)
    assert found.same
    assert (found.inputs, found.headlines, found.claims, found.ways) == ((), (), (), ())
    assert difference_lines(found, a) == ["A and B are the same, but for the time that they took."]


def option(name: str, value: Any) -> Callable[[Assessment], None]:
    def change(of: Assessment) -> None:
        of["manifest"][name] = value
        of["manifest"]["command"] = shlex.join(with_option(COMMAND.split(), f"--{name}", str(value)))

    return change


def manifest(**more: Any) -> Callable[[Assessment], None]:
    return lambda of: of["manifest"].update(more)


def priors_only(of: Assessment) -> None:
    for key in ("posterior", "posterior_sha256", "foreseen_posterior", "foreseen_posterior_sha256"):
        del of["manifest"][key]
    of["manifest"]["command"] += " --priors"


def elicited(of: Assessment) -> None:
    of["settings"]["parameters"] = [dict(SET)]
    of["manifest"] |= {"strategy_sha256": "f" * 64, "command": f"{COMMAND} --elicited 'of A.csv'"}


def switched(of: Assessment) -> None:
    of["settings"]["switches"] = [{"name": "hits", "meaning": "x", "set": "off", "default": "on"}]
    of["manifest"] |= {"strategy_sha256": "e" * 64, "command": f"{COMMAND} --strategy mine.toml"}


def other_entry(of: Assessment) -> None:
    for branch in of["branches"]:
        for entry in branch["entries"]:
            if entry["lever"] == "military.deployment":
                entry["start"] = "2025-09-01"
    of["manifest"] |= {"strategy_sha256": "d" * 64, "command": f"{COMMAND} --strategy mine.toml"}


def without_troops(of: Assessment) -> None:
    for branch in of["branches"]:
        branch["entries"] = [entry for entry in branch["entries"] if entry["lever"] != "military.deployment"]


def document(of: Assessment) -> None:
    of["document"] |= {"sha256": "c" * 64, "title": "Another", "source": "another.md"}
    without_troops(of)
    of["manifest"] |= {"document_sha256": "c" * 64, "strategy_sha256": "b" * 64}


def refused(of: Assessment) -> None:
    of["refused"] = ["20250120-1"]
    without_troops(of)
    of["manifest"] |= {"strategy_sha256": "a" * 64, "command": f"{COMMAND} --refuse 20250120-1"}


def newer_data(of: Assessment) -> None:
    of["manifest"]["data"] = of["manifest"]["data"] | {"usbp_encounters_sw": "2027-01", "events.parquet": "cd" * 32}


def release(of: Assessment) -> None:
    of["manifest"] |= {"version": "0.2.0", "codebook_version": "1.1", "priors_sha256": "0" * 64}
    of["manifest"]["posterior_sha256"] = "9" * 64


ONE = {
    "the seed": option("seed", 1),
    "the number of draws": option("draws", 500),
    "the number of years": option("years", 4),
    "the posterior": priors_only,
    "parameter border.r_retry": elicited,
    "switch hits": switched,
    "what military.deployment does": other_entry,
    "the document": document,
    "the fillings of the policy record that are accepted": refused,
    "the data": newer_data,
    "the version of Counterflow": release,
    "the packages that it computes with": manifest(packages={"numpy": "2.4.6", "jax": "0.11.0"}),
    "the reader": lambda of: of["manifest"].update(language_model="some model", command=f"{COMMAND} --reader llm"),
}


@pytest.mark.parametrize("cause", ONE)
def test_where_exactly_one_thing_differs_it_is_named_as_the_cause(a: Assessment, b: Assessment, cause: str) -> None:
    ONE[cause](b)
    found = difference(a, b)
    assert not found.same
    assert len(found.causes) == 1
    assert found.why == f"One thing differs: {cause}. No answer came out otherwise."
    shift(b, 0.4)
    found = difference(a, b)
    assert found.why.startswith(f"One thing differs: {cause}. ")
    assert "chance" in found.why or "It is the cause of all" in found.why
    assert found.ways == ()
    assert all(len(line) <= WIDTH for line in difference_lines(found, a))


def test_which_rows_are_told_of_each_thing(a: Assessment, b: Assessment) -> None:
    def rows(change: Callable[[Assessment], None]) -> list[tuple[str, str | None, str | None]]:
        other = copy.deepcopy(b)
        change(other)
        return [(row.what, row.a, row.b) for row in difference(a, other).inputs]

    assert rows(option("seed", 1)) == [("seed", "0", "1")]
    assert rows(elicited) == [
        ("parameter border.r_retry", f"{SET['default']} (not set)", f"{SET['set']} (elicited from A)")
    ]
    assert rows(newer_data) == [
        ("table events.parquet", "ab" * 6, "cd" * 6),
        ("series usbp_encounters_sw", "2026-11", "2027-01"),
    ]
    assert {what for what, *_ in rows(release)} == {"version", "codebook", "priors of the package", "posterior"}
    assert rows(priors_only)[0] == ("posterior", "bundled 2026-01, 22cc22cc22cc", "none: the priors")
    entries = rows(other_entry)
    assert [(what, new) for what, _, new in entries] == [("entry on military.deployment", "start 2025-09-01")]
    gone = [row for row in rows(document) if row[0].startswith("entry on")]
    assert gone
    assert all(new is None for _, _, new in gone)


def test_a_parameter_that_both_set_is_compared_by_what_is_set(a: Assessment, b: Assessment) -> None:
    elicited(a)
    elicited(b)
    assert difference(a, b).same
    b["settings"]["parameters"][0]["set"] = "0.5 | 0.7 | 0.8 probability, logit-normal"
    (row,) = difference(a, b).inputs
    assert (row.cause, row.a, row.b) == (
        "parameter border.r_retry",
        "0.6 | 0.7 | 0.8 probability, logit-normal (elicited from A)",
        "0.5 | 0.7 | 0.8 probability, logit-normal (elicited from A)",
    )


def test_a_difference_is_told_with_its_error_and_whether_it_lies_within(a: Assessment, b: Assessment) -> None:
    before = shift(a, 0.0, mc_error=0.03)
    after = shift(b, 0.1, mc_error=0.04)
    (row,) = difference(a, b).headlines
    assert row.difference == pytest.approx(after["probability"] - before["probability"])
    assert row.mc_error == pytest.approx(math.hypot(0.03, 0.04))
    assert row.within
    shift(b, 0.001)
    (row,) = difference(a, b).headlines
    assert not row.within
    assert "beyond Monte Carlo error" in " ".join(" ".join(difference_lines(difference(a, b), a)).split())


def test_paired_runs_are_told_from_others(a: Assessment, b: Assessment) -> None:
    shift(b, 0.01)
    elicited(b)
    found = difference(a, b)
    assert found.paired
    text = " ".join(" ".join(difference_lines(found, a)).split())
    assert "a difference within this one may still be real" in text
    assert "It is the cause of all that came out otherwise, in these draws." in text
    for change in (option("seed", 1), option("draws", 61), option("years", 4), manifest(version="0.2.0")):
        other = copy.deepcopy(b)
        change(other)
        assert not difference(a, other).paired
    b["basis"]["start"] = "2025-02-03"
    found = difference(a, b)
    assert not found.paired
    text = " ".join(" ".join(difference_lines(found, a)).split())
    assert "cannot be told from chance" in text
    assert "and with it chance" in text


def test_where_nothing_moved_beyond_error_no_cause_is_named(a: Assessment, b: Assessment) -> None:
    said = "What came out otherwise moved by no more than chance would do: the draws are not the same."
    for of in (a, b):
        shift(of, 0.0, mc_error=0.05)
    shift(b, 0.1)
    b["basis"]["start"] = "2025-02-03"
    elicited(b)
    found = difference(a, b)
    assert [row.within for row in found.headlines] == [True]
    assert found.why == f"One thing differs: parameter border.r_retry. {said}"
    newer_data(b)
    found = difference(a, b)
    assert found.why.endswith(said)
    assert found.ways == ()
    shift(b, 0.1)
    assert "cannot be laid to one of them" in difference(a, b).why
    b["claims"][0]["verdict"] = "no_series"
    assert said not in difference(a, b).why


def test_another_seed_is_chance_and_no_cause_of_anything_else(a: Assessment, b: Assessment) -> None:
    option("seed", 1)(b)
    shift(b, 0.2)
    assert "is chance: other draws of the same" in difference(a, b).why


def test_where_several_things_differ_none_is_blamed_and_the_way_to_find_out_is_told(
    a: Assessment, b: Assessment
) -> None:
    option("seed", 1)(a)
    elicited(b)
    newer_data(b)
    priors_only(b)
    b["manifest"]["command"] = f"{COMMAND} --priors --elicited 'of A.csv'"
    shift(b, 0.2)
    found = difference(a, b)
    assert set(found.causes) == {"data", "parameter border.r_retry", "seed", "posterior"}
    assert "cannot be laid to one of them" in found.why
    ways = {way.cause: way for way in found.ways}
    words = {cause: shlex.split(way.command) for cause, way in ways.items()}
    assert values_of(words["seed"], "--seed") == ["1"]
    assert values_of(words["seed"], "--elicited") == ["of A.csv"]
    assert "--priors" in words["seed"]
    assert "--priors" not in words["posterior"]
    assert values_of(words["posterior"], "--seed") == ["0"]
    assert "COUNTERFLOW_DATA" in ways["data"].do
    assert values_of(words["parameter border.r_retry"], "--elicited") == ["copy-of-of A.csv"]
    assert "take border.r_retry out" in ways["parameter border.r_retry"].do
    outs = [out for of in words.values() for out in values_of(of, "--out")]
    assert len(set(outs)) == len(found.causes)
    text = "\n".join(difference_lines(found, a))
    assert all(way.command in text for way in found.ways)


def test_the_way_to_undo_an_entry_goes_through_a_strategy_file(a: Assessment, b: Assessment) -> None:
    other_entry(b)
    option("seed", 1)(a)
    shift(b, 0.2)
    (way,) = (way for way in difference(a, b).ways if way.cause.startswith("entry"))
    assert "set the entries on military.deployment as in A" in way.do
    assert values_of(shlex.split(way.command), "--strategy") == ["copy-of-mine.toml"]
    other_entry(a)
    other_entry(b)
    without_troops(b)
    b["manifest"]["command"] = f"{COMMAND} --date 2025-03-01"
    way = next(way for way in difference(a, b).ways if way.cause.startswith("entry"))
    assert "--save-strategy" in way.do
    assert values_of(shlex.split(way.command), "--strategy") == ["b.toml"]
    assert "--date" not in way.command


def test_words_and_deciders_that_changed_are_told_first(a: Assessment, b: Assessment) -> None:
    row = shift(b, 0.0, word="undetermined", undetermined=True, decided_by=[{"mechanism": "m", "symbol": "s"}])
    (moved,) = difference(a, b).headlines
    assert moved.reworded
    assert moved.word_b == "undetermined"
    assert moved.decided_by_b == ("m.s",)
    assert moved.difference == 0.0
    text = " ".join(" ".join(difference_lines(difference(a, b), a)).split())
    assert "→ undetermined" in text
    assert row["branch"] == moved.branch


def test_claims_that_are_judged_otherwise_are_told(a: Assessment, b: Assessment) -> None:
    b["claims"][0]["verdict"] = "no_series"
    gone = b["claims"].pop()
    found = difference(a, b)
    changed = {(row.a, row.b) for row in found.claims}
    assert (a["claims"][0]["verdict"], "no_series") in changed
    assert (gone["verdict"], None) in changed
    text = "\n".join(difference_lines(found, a))
    assert "no official series" in text
    assert "only in A: " in text


def test_equal_claims_are_counted_and_not_lost(a: Assessment, b: Assessment) -> None:
    b["claims"].append(copy.deepcopy(b["claims"][0]))
    (row,) = difference(a, b).claims
    assert (row.a, row.b) == (None, b["claims"][0]["verdict"])


def test_branches_that_only_one_has_are_named(a: Assessment, b: Assessment) -> None:
    branch = b["headlines"][-1]["branch"]
    b["headlines"] = [row for row in b["headlines"] if row["branch"] != branch]
    found = difference(a, b)
    assert (found.only_a, found.only_b) == ((branch,), ())
    assert difference(b, a).only_b == (branch,)
    assert found.compared == len(b["headlines"])


def test_what_was_not_simulated_can_be_compared(a: Assessment, b: Assessment) -> None:
    document(b)
    b |= {"headlines": [], "basis": None, "branches": []}
    for key in ("draws", "replicates", "years", "seed", "design", "sampling", "posterior", "posterior_sha256"):
        del b["manifest"][key]
    found = difference(a, b)
    assert found.causes == ("document",)
    assert ("simulated", "yes", "no") in {(row.what, row.a, row.b) for row in found.inputs}
    assert not found.paired
    assert found.compared == 0
    difference_lines(found, a)
    difference_lines(difference(b, a), b)


def test_where_nothing_that_entered_differs_the_machine_is_suspected(a: Assessment, b: Assessment) -> None:
    shift(b, 0.01)
    assert "Another kind of processor" in difference(a, b).why
    b = copy.deepcopy(a)
    b["question"] = "Another?"
    assert difference(a, b).why == "Nothing that entered differs, and no answer; other words stand in question."


def test_a_strategy_that_differs_only_by_its_hash_is_a_thing_of_its_own(a: Assessment, b: Assessment) -> None:
    b["manifest"]["strategy_sha256"] = "5" * 64
    assert difference(a, b).why == "One thing differs: the strategy. No answer came out otherwise."
    option("seed", 1)(b)
    assert difference(a, b).causes == ("seed", "strategy")
    newer_data(b)
    assert difference(a, b).causes == ("data", "seed"), "another record can make another strategy"


def test_json_holds_all_of_it(a: Assessment, b: Assessment) -> None:
    option("seed", 1)(b)
    newer_data(b)
    shift(b, 0.2)
    rows = json.loads(json.dumps(as_json(difference(a, b)), allow_nan=False))
    assert rows["same"] is False
    assert rows["causes"] == ["data", "seed"]
    assert {"branch", "headline", "reference", "a", "b", "difference", "mc_error", "within", "reworded"} <= set(
        rows["headlines"][0]
    )
    assert rows["ways"][1]["command"].endswith("--seed 0 --out b-with-seed-of-a.html")
    assert set(rows["inputs"][0]) == {"cause", "what", "a", "b"}


def test_an_assessment_that_lacks_something_is_refused(a: Assessment, b: Assessment) -> None:
    del b["headlines"][0]["mc_error"]
    shift(b, 0.1)
    with pytest.raises(BriefError, match="lacks what an assessment holds") as caught:
        difference(a, b)
    assert caught.value.exit_code == 3
