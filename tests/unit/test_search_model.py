"""A small search in the model itself: what it leaves behind, what it says, and what it refuses."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner, Result

import counterflow.cli.improve  # noqa: F401  it registers the command
from counterflow.cli.base import main
from counterflow.errors import JudgementError, UsageError
from counterflow.evidence.store import Store
from counterflow.judgement.search.improve import improve
from counterflow.judgement.search.results import Improved
from counterflow.report.studies.improved import improved_lines
from counterflow.strategy.branches import branches
from counterflow.strategy.build import from_brief
from counterflow.strategy.files import read_strategy, write_strategy
from counterflow.strategy.schema import Strategy
from strategy_cases import Record, action, brief

BUDGET = 60e9
ASKED = {"budget": BUDGET, "objectives": ("crossings", "friction"), "evaluations": 12, "draws": 20, "years": 2}


def document() -> Strategy:
    told = brief(*(action(name, number=number) for number, name in enumerate(("interior.arrests", "trade.tariff"), 1)))
    return from_brief(told, Record(()), date=date(2025, 2, 1))


class Done(NamedTuple):
    found: Improved
    out: Path
    strategy: Strategy


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    out = tmp_path_factory.mktemp("improve") / "search"
    return Done(improve(document(), store=Store.open(), out=out, **ASKED), out, document())  # type: ignore[arg-type]


def test_every_member_that_is_kept_has_a_file_that_can_be_read_back(done: Done) -> None:
    kept = [one for one in done.found.members if one.status == "kept"]
    assert kept
    assert sorted(one.file for one in kept) == sorted(path.name for path in done.out.glob("front-*.toml"))
    for one in kept:
        of = read_strategy(done.out / one.file)
        assert [branch.id for branch in branches(of)] == ["none", "as_written", "as_on_record"]
        assert of.parameters == done.strategy.parameters
    assert Improved.model_validate_json((done.out / "front.json").read_text()) == done.found


def test_the_budget_holds_on_fresh_draws_too(done: Done) -> None:
    for one in done.found.members:
        assert one.search.spent <= BUDGET
        assert (one.status == "over budget") == (one.fresh.spent > BUDGET)


def test_what_is_kept_is_beaten_by_no_other_on_fresh_draws(done: Done) -> None:
    kept = [list(one.fresh.aim.values()) for one in done.found.members if one.status == "kept"]
    for one in kept:
        assert not any((np.array(other) <= one).all() and other != one for other in kept)
    assert done.found.fresh_seed != done.found.seed
    assert all(one.fresh.aim != one.search.aim for one in done.found.members if one.search.spent or one.search.received)


def test_the_document_is_in_the_search_and_is_told_of_on_both_draws(done: Done) -> None:
    assert done.found.evaluations == 12
    assert done.found.document_in_search.spent >= 0.0
    assert done.found.document.aim != done.found.document_in_search.aim
    for one in done.found.members:
        if one.is_document:
            assert one.fresh == done.found.document
            assert not one.beats_document


def test_aim_lies_halfway_between_the_mean_and_the_worst_fifth(done: Done) -> None:
    of = done.found.document
    for name in done.found.objectives:
        assert of.tail[name] >= of.mean[name]
        assert of.aim[name] == pytest.approx((of.mean[name] + of.tail[name]) / 2)
        assert of.mean_error[name] > 0.0


def test_going_on_with_a_search_that_is_whole_gives_the_same_and_more_can_be_asked(done: Done) -> None:
    before = (done.out / "evaluations.jsonl").read_bytes()
    again = improve(document(), store=Store.open(), out=done.out, resume=True, **ASKED)  # type: ignore[arg-type]
    assert again == done.found
    assert (done.out / "evaluations.jsonl").read_bytes() == before
    with pytest.raises(UsageError, match=r"budget is 60000000000\.0 there, and 70000000000\.0 here"):
        improve(document(), store=Store.open(), out=done.out, resume=True, **{**ASKED, "budget": 7e10})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="seed is 0 there, and 1 here"):
        improve(document(), store=Store.open(), out=done.out, resume=True, seed=1, **ASKED)  # type: ignore[arg-type]


def test_the_text_names_reference_window_errors_and_what_was_not_moved(done: Done) -> None:
    text = " ".join(improved_lines(done.found, done.out))
    assert "mean over weeks 53 to 104 against the run without a strategy" in text
    assert "judgements of ours" in text
    assert "friction is the mean loss of Mexican cooperation" in text
    assert "deaths are" not in text
    assert "may stand anywhere" not in text
    assert "12 evaluations over 20 draws each" in text
    assert "twice the Monte Carlo standard error" in text
    assert "Strikes on drug laboratories in Mexico" in text
    assert all(one.name in text for one in done.found.members if one.status == "kept")
    assert "front.json" in text


def test_a_member_is_told_of_beside_the_document_by_paired_draws(done: Done) -> None:
    for one in done.found.members:
        of = one.against_document
        for name, value in of.difference.items():
            assert value == pytest.approx(one.fresh.aim[name] - done.found.document.aim[name])
            limit = max(2 * of.error[name], done.found.units[name])
            assert (name in of.better) == (value < -limit)
            assert (name in of.worse) == (value > limit)
        assert one.beats_document == (bool(of.better) and not of.worse)


def within_error(done: Done) -> Improved:
    """The same result, in which no difference is beyond its error."""
    members = []
    for one in done.found.members:
        apart = one.against_document
        paired = apart.model_copy(update={"error": dict.fromkeys(apart.error, 9.0), "better": (), "worse": ()})
        members.append(one.model_copy(update={"against_document": paired, "beats_document": False}))
    return done.found.model_copy(update={"members": tuple(members)})


def test_a_difference_within_its_error_gets_no_star(done: Done) -> None:
    text = "\n".join(improved_lines(within_error(done)))
    assert "±1800.00" in text
    assert " *" not in text
    assert not re.search(r"±[\d.]+ (better|worse)", text)
    assert re.search(r"kept, 0\s+are\s+better", text)


def test_no_lever_of_the_front_serves_nothing(done: Done) -> None:
    ids = {lever for one in done.found.members for lever in one.put_back}
    assert ids, "the search of twelve leaves levers anywhere"
    for one in done.found.members:
        recorded = {lever.lever for lever in one.levers if lever.step == "as recorded"}
        assert not set(one.put_back) & ({lever.lever for lever in one.levers} - recorded)
    assert "put back" in " ".join(improved_lines(done.found))


def test_a_budget_that_is_used_up_by_what_is_not_moved_is_refused() -> None:
    with pytest.raises(JudgementError, match="what the search does not move costs"):
        improve(document(), store=Store.open(), hold=("interior.arrests",), **{**ASKED, "budget": 1.0})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------ the command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_strategy(document(), tmp_path / "strategy.toml")
    return tmp_path / "strategy.toml"


def call(file: Path, *more: object) -> Result:
    return CliRunner().invoke(main, ["improve", str(file), *map(str, more)])


def test_quiet_leaves_out_progress_and_not_the_result(file: Path, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterflow.judgement.search.improve.improve", lambda *given, **more: done.found)
    result = call(file, "--budget", "5e9", "--objective", "crossings", "-q", "--priors")
    assert result.exit_code == 0, result.output
    assert result.output == "\n".join(improved_lines(done.found)) + "\n"


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--budget", "-5", "--objective", "deaths"), 2, "a budget must be zero or more USD, not -5"),
        (("--budget", "nan", "--objective", "deaths"), 2, "a budget must be zero or more USD, not nan"),
        (("--budget", "much", "--objective", "deaths"), 2, "'much' is not a valid float"),
        (("--budget", "5e9"), 2, "Missing option '--objective'"),
        (("--budget", "5e9", "--objective", "death"), 2, "Did you mean deaths?"),
        (("--budget", "5e9", "--objective", "cost"), 2, "cost alone asks for doing nothing"),
        (("--budget", "5e9", "--objective", "deaths", "--resume"), 2, "name it with --out"),
        (("--budget", "5e9", "--objective", "deaths", "--hold", "trade.tarif"), 2, "Did you mean trade.tariff?"),
        (("--budget", "5e9", "--objective", "deaths", "--allow", "canada"), 2, "Allowed: congress, mexico, china"),
        (("--budget", "5e9", "--objective", "deaths", "--draws", "10"), 2, "20<=x<=250"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(file: Path, more: tuple[str, ...], code: int, says: str) -> None:
    result = call(file, *more)
    assert result.exit_code == code, result.output
    assert says in result.output
    assert len(result.output.splitlines()) == 1
    told = json.loads(call(file, *more, "--json").output)
    assert says in f"{told['error']['message']} {told['error']['hint']}"


def test_a_strategy_without_entries_is_refused(file: Path) -> None:
    write_strategy(document().model_copy(update={"written": (), "record": ()}), file)
    result = call(file, "--budget", "5e9", "--objective", "deaths")
    assert result.exit_code == 3
    assert "no entries" in result.output
