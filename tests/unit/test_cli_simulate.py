"""`counterflow simulate` as a user meets it: what it prints while it runs and at the end, and what it says to a wrong
option."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import ensemble_runs as runs
from counterflow.cli import main
from processes import members

Call = Callable[..., Result]
FEW = ("--draws", 600, "--replicates", 1)  # 3 chunks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulate")


@pytest.fixture(scope="module")
def call(folder: Path) -> Call:
    """The command in this process, which has imported and compiled already."""

    def run(*more: object) -> Result:
        return CliRunner().invoke(main, runs.arguments(folder, *FEW, *more))

    return run


@pytest.fixture(scope="module")
def store(folder: Path, call: Call) -> Path:
    place = folder / "runs.zarr"
    done = call("--store", place, "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    return place


# ------------------------------------------------------------------------------------------ what it prints


def test_a_run_tells_how_far_it_is_and_then_what_it_found(call: Call) -> None:
    done = call()
    assert done.exit_code == 0
    first, *_, last = done.stderr.splitlines()
    assert first == "counterflow: 0 of 3 chunks"
    assert last.startswith("counterflow: 3 of 3 chunks, ")
    assert last.endswith(" a second, 0 s left")
    first, *_, last = done.stdout.splitlines()
    assert first == "600 draws x 1 replicate; weeks 53 to 104 after the strategy's first lever count."
    assert "at least 30% lower than without the strategy\n  as_written  " in done.stdout
    assert "at least 30% lower than in the 26 weeks before it\n  as_written  " in done.stdout
    assert "9 in 10 runs between " in done.stdout
    assert last.startswith("These are shares of the runs, and no verdict: ")


def test_where_draws_come_from_changes_what_chance_means(call: Call, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("border.p_app\n0.5\n0.6\n")
    last = call("--sampling", "sobol", "--posterior", tmp_path / "rows.csv").stdout.splitlines()[-1]
    assert "With sobol it is that of as many independent draws" in last
    assert last.endswith("It leaves out the size of the posterior itself.")


def test_a_rate_has_three_digits_and_is_there_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from counterflow.cli import simulate

    clock = iter([0.0, 500.0, 1000.0, 1250.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    said: list[str] = []
    progress = simulate._lines(lambda told: said.append(simulate._pace(told) or simulate._starting(told)), every=0.0)
    for done in range(4):
        progress(done, 3)
    assert said == ["starting", "starting", "0.002 a second, 500 s left", "0.00267 a second, 0 s left"]
    assert simulate._starting({"done": 3, "of": 3}) == ""


def test_quiet_tells_and_counts_nothing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from counterflow.judgement import shares

    done = call("--quiet", "--json")
    (only,) = map(json.loads, done.stdout.splitlines())
    assert (done.stderr, set(only)) == ("", {"shares", "above", "store", "manifest"})
    monkeypatch.setattr(shares, "shares", None)
    done = call("--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_json_is_one_object_a_line(call: Call) -> None:
    done = call("--json")
    assert (done.exit_code, done.stderr) == (0, "")
    *progress, last = map(json.loads, done.stdout.splitlines())
    assert progress[0]["progress"]["done"] == 0
    for line in progress:
        assert set(line) == {"progress"}
        assert set(line["progress"]) == {"done", "of", "chunks_per_second", "seconds_left"}
    assert progress[-1]["progress"]["done"] == progress[-1]["progress"]["of"] == 3
    assert progress[-1]["progress"]["seconds_left"] == 0.0
    assert set(last) == {"shares", "above", "store", "manifest"}
    assert last["store"] is None
    assert last["above"] == []
    assert set(last["manifest"]) == {"identity", "identity_sha256"}
    assert last["manifest"]["identity"]["draws"] == 600
    assert re.fullmatch("[0-9a-f]{64}", last["manifest"]["identity_sha256"])
    assert [(share["branch"], share["reference"]) for share in last["shares"]] == [
        ("as_written", "none"),
        ("as_written", "before"),
    ] * 4
    for share in last["shares"]:
        assert 0.0 <= share["probability"] <= 1.0
        assert share["low"] <= share["median"] <= share["high"]


def test_json_of_a_stored_run_has_its_manifest(call: Call, store: Path) -> None:
    done = call("--json", "--store", store, "--resume")
    assert done.exit_code == 0
    first, *_, last = map(json.loads, done.stdout.splitlines())
    assert first == {"progress": {"done": 3, "of": 3, "chunks_per_second": None, "seconds_left": None}}
    assert last["store"] == str(store)
    held = json.loads((store / "counterflow" / "manifest.json").read_text())
    assert last["manifest"] == {name: value for name, value in held.items() if name != "sha256"}
    assert held["complete"]


def test_shares_of_a_reduced_run_are_those_of_the_runs(call: Call) -> None:
    kept, reduced = (json.loads(call("--json", *more).stdout.splitlines()[-1]) for more in ((), ("--reduce",)))
    assert kept["shares"] == reduced["shares"]
    assert kept["shares"]


def test_the_share_of_runs_above_a_value_is_told(call: Call) -> None:
    asked = ("--reduce", "--above", "homicides=0", "--above", "homicides=1e9", "--above", "homicides_by_state=0")
    rows = json.loads(call("--json", "--quiet", *asked).stdout)["above"]
    country = [row for row in rows if row["output"] == "homicides"]
    assert country == [
        {"output": "homicides", "value": value, "branch": branch, "share": share}
        for value, share in ((0.0, 1.0), (1e9, 0.0))
        for branch in runs.BRANCHES
    ]
    states = [row for row in rows if row["output"] == "homicides_by_state"]
    assert len({row["place"] for row in states}) == 32
    assert len(states) == 64
    told = call(*asked).stdout
    assert "  as_written  homicides above 0: 100%\n" in told
    assert "  as_written  homicides above 1,000,000,000: 0%\n" in told
    assert "  none        homicides_by_state above 0: 100% in " in told


def test_what_was_found_on_resume_is_told(call: Call, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    assert call("--store", place, "--quiet").exit_code == 0
    again = ("--store", place, "--resume")
    assert call(*again).stdout.splitlines()[-2:] == ["3 chunks were there before and kept.", f"Runs  {place}"]
    chunk = next(path for path in sorted(place.joinpath("homicides").rglob("*")) if "/c/" in path.as_posix())
    while chunk.is_dir():
        chunk = next(chunk.iterdir())
    chunk.write_bytes(b"damaged")
    done = call(*again)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-2] == "2 chunks were there before and kept; 1 was damaged and run again."
    assert f'`cf.judge(cf.open_runs("{place}"))`' in done.stdout


# ------------------------------------------------------------------------------------------ who hears it, who ends it


@pytest.mark.parametrize("options", [("--json",), ()], ids=["stdout", "stderr"])
def test_a_reader_that_hangs_up_does_not_end_the_run(tmp_path: Path, options: tuple[str, ...]) -> None:
    place = tmp_path / "runs.zarr"
    with runs.started(tmp_path, *FEW, "--store", place, *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        heard, other = (process.stdout, process.stderr) if options else (process.stderr, process.stdout)
        assert "0" in heard.readline()
        heard.close()
        rest = other.read()
    assert process.returncode == 0
    assert rest == "" if options else rest.endswith(f"Runs  {place}\n")
    assert runs.about(place)["chunks_from_before"] == 0
    assert len(runs.done(place)) == 3


LONG = ("--draws", 10_000, "--replicates", 2)  # 80 chunks


@pytest.mark.parametrize("options", [(), ("--workers", 2), ("--reduce", "--json")], ids=["plain", "workers", "reduced"])
def test_a_second_interrupt_ends_it_at_once(tmp_path: Path, options: tuple[str, ...]) -> None:
    place = tmp_path / "runs.zarr"
    process = runs.started(tmp_path, *LONG, "--store", place, *options)
    assert process.stderr is not None
    assert process.stdout is not None
    if "--reduce" in options:  # at once: while the first chunk is compiled
        assert '"progress"' in process.stdout.readline()
        time.sleep(0.2)
    else:
        runs.until(lambda: bool(runs.done(place)), process=process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    while "once more stops at once" not in process.stderr.readline():
        assert process.poll() is None
    before = runs.done(place)
    os.killpg(process.pid, signal.SIGINT)
    second = time.monotonic()
    told = runs.ended(process)
    assert time.monotonic() - second < 3.0
    assert told.returncode == 130
    hint = "What is complete is kept: the same command with --resume goes on."
    if "--json" in options:
        error = {"code": "interrupted", "message": "interrupted", "hint": hint, "where": str(place)}
        assert json.loads(told.stdout.splitlines()[-1]) == {"error": error}
        assert told.stderr == ""
    else:
        assert told.stdout == ""
        assert f"counterflow: {place}: interrupted. {hint}\n" in told.stderr  # Python may tell what workers shared
    assert runs.done(place).items() >= before.items()
    assert len(runs.done(place)) < 80
    runs.until(lambda: not members(process.pid), runs.ENDED)


def test_without_a_store_a_second_interrupt_says_that_nothing_is_kept(tmp_path: Path) -> None:
    process = runs.started(tmp_path, *LONG)
    assert process.stderr is not None
    assert process.stderr.readline() == "counterflow: 0 of 80 chunks\n"
    time.sleep(0.2)  # the first chunk begins: before it nothing would be left to stop at once
    process.send_signal(signal.SIGTERM)
    assert "once more stops at once" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    told = runs.ended(process, 3.0)
    assert (told.returncode, told.stdout) == (130, "")
    assert told.stderr == "counterflow: interrupted. Nothing was kept.\n"


# ------------------------------------------------------------------------------------------ what it refuses

WRONG = [
    ("--branch as_writen", 2, "the strategy has no branch 'as_writen'", "It has none, as_written, as_on_record"),
    ("--lever interior.arrests", 2, "levers are named for a design only", "--design"),
    ("--design factorial --lever interior.arrest", 2, "'interior.arrest'", "Did you mean interior.arrests?"),
    ("--output homicide", 2, "no output is called 'homicide'", "homicides"),
    ("--reduce --above homicide=3", 2, "no output is called 'homicide'", "homicides"),
    ("--reduce --above homicides", 2, "--above takes OUTPUT=VALUE", "'homicides'"),
    ("--reduce --above homicides=many", 2, "--above takes OUTPUT=VALUE", "'homicides=many'"),
    ("--reduce --above homicides=nan", 2, "--above takes OUTPUT=VALUE", "'homicides=nan'"),
    ("--above homicides=3", 2, "reduced runs only", "--reduce"),
    ("--resume", 2, "there is no store to go on with", "--store"),
    ("--store ''", 2, "--store names no place", "simulate --help"),
    ("--resume --store nowhere.zarr", 2, "nowhere.zarr: there is no store to go on with", "Leave out --resume"),
    ("--workers 2 --scheduler tcp://127.0.0.1:9", 2, "--workers", "give one of them"),
    ("--store other", 2, "other: this is not a store of Counterflow's, and is left alone", "another place"),
    ("--store other --resume", 2, "other: this is not a store of Counterflow's, and is left alone", "another place"),
    ("--store file", 2, "file: the store cannot be used", "another place"),
    ("--store nothing://place", 2, "nothing://place", "nothing"),
    ("--posterior file", 2, "file: this is not a table of parameters", "border.p_app"),
    ("--posterior file --priors", 2, "--priors and --posterior do not go together", "give one of them"),
    ("--posterior nowhere.csv", 2, "nowhere.csv: the posterior cannot be read", "No such file"),
    ("--draws 19", 2, "19 is not in the range", "20<=x"),
    ("--years 1", 2, "1 is not in the range", "2<=x<=10"),
    ("--sampling grid", 2, "'grid' is not one of", "sobol"),
]


@pytest.fixture(scope="module")
def around(folder: Path) -> Path:
    """A folder of something else, and a file."""
    place = folder / "around"
    (place / "other").mkdir(parents=True)
    (place / "other" / "notes.txt").write_text("mine")
    (place / "file").write_text("no store, no posterior")
    return place


@pytest.mark.parametrize(("options", "code", "said", "hint"), WRONG)
def test_a_wrong_option_is_told_in_one_line(
    call: Call, around: Path, monkeypatch: pytest.MonkeyPatch, options: str, code: int, said: str, hint: str
) -> None:
    monkeypatch.chdir(around)
    told = call(*shlex.split(options))
    assert (told.exit_code, told.stdout) == (code, "")
    assert told.stderr.startswith("counterflow: ")
    assert told.stderr.count("\n") == 1
    assert said in told.stderr
    assert hint in told.stderr
    assert sorted(path.name for path in around.rglob("*")) == ["file", "notes.txt", "other"]


@pytest.mark.parametrize(
    "options",
    [
        "--above homicides=3",
        "--lever interior.arrests",
        "--resume",
        "--store ''",
        "--workers 2 --scheduler tcp://a:9",
        "--priors --posterior rows.csv",
    ],
)
def test_options_that_do_not_go_together_are_told_before_anything_heavy_is_imported(
    tmp_path: Path, options: str
) -> None:
    told = runs.ran(tmp_path, *shlex.split(options), before="sys.modules['numpy'] = sys.modules['jax'] = None")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.endswith(" simulate --help.\n")


@pytest.mark.parametrize("name", ["border-strategy.md", "nowhere.toml", "odd.toml"])
def test_what_is_not_a_strategy_is_told_in_one_line(project: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "odd.toml").write_text("title = 3\n")
    file = (project / "examples" if name.endswith(".md") else tmp_path) / name
    told = CliRunner().invoke(main, ["simulate", str(file)])
    assert (told.exit_code, told.stdout) == (3, "")
    assert told.stderr.startswith(f"counterflow: {name}")
    assert told.stderr.count("\n") == 1


def test_errors_are_json_too(call: Call) -> None:
    told = call("--json", "--branch", "as_writen")
    assert (told.exit_code, told.stderr) == (2, "")
    error = json.loads(told.stdout)["error"]
    assert error["code"] == "usage"
    assert "as_writen" in error["message"]
    assert "as_written" in error["hint"]


def test_a_store_that_is_there_is_not_written_to(call: Call, store: Path) -> None:
    before = runs.content(store)
    told = call("--store", store)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == (
        f"counterflow: {store}: there is a store already. Go on with it by --resume. "
        "Give another place, or move this one away.\n"
    )
    told = call("--store", store, "--resume", "--seed", 1)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"counterflow: {store}: this store holds other runs: seed is 0 there, and 1 here.")
    assert told.stderr.count("\n") == 1
    assert runs.content(store) == before


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from counterflow.ensemble import cluster

    monkeypatch.setattr(cluster, "ANSWER", 1.0)
    told = call("--scheduler", "tcp://127.0.0.1:9", "--quiet")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("counterflow: tcp://127.0.0.1:9: no Dask scheduler answers there. Start one with ")
    assert told.stderr.count("\n") == 1


def test_help_names_every_option(call: Call) -> None:
    told = call("--help")
    assert told.exit_code == 0
    for name in ("draws", "replicates", "store", "resume", "workers", "scheduler", "reduce", "above", "design"):
        assert f"--{name} " in told.stdout
