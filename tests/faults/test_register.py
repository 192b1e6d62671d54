"""A register that is damaged, foreign, out of reach or written by two at once: refused plainly, never half-written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from counterflow.errors import StrategyError, UsageError
from counterflow.strategy.register import files
from counterflow.strategy.register.adding import add, add_all
from counterflow.strategy.register.files import change_register, read_register, register_text
from counterflow.strategy.register.removing import remove
from counterflow.strategy.register.schema import Register
from register_cases import accepted, document, said, story

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "register.json"
    change_register(place, lambda _: story())
    return place


def broken(**changes: object) -> bytes:
    return json.dumps(json.loads(register_text(story())) | changes).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b"{}", "damaged"),
        (b"\xff\xfe{}", "damaged"),
        (b'{"format": 1', "damaged"),
        (b"[" * 200_000, "damaged"),
        (b'{"format": 2}', "has format 2"),
        (b'{"format": "1"}', 'has format "1"'),
        (b'{"format": true}', "has format true"),
        (b'{"format": null}', "has format null"),
        (broken(surprise=1), "surprise"),
        (broken(documents=[]), "a document that it does not hold"),
        (broken(mentions=[{"id": "x"}]), "mentions.0"),
    ],
)
def test_a_file_that_is_no_register_is_refused_and_left_as_it_is(content: bytes, told: str, tmp_path: Path) -> None:
    place = tmp_path / "register.json"
    place.write_bytes(content)
    with pytest.raises(StrategyError) as refused:
        read_register(place)
    assert told in str(refused.value)
    assert refused.value.where == str(place)
    with pytest.raises(StrategyError):
        change_register(place, lambda _: story())
    assert place.read_bytes() == content


@pytest.mark.parametrize(
    "review",
    [
        {"state": "accepted"},
        {"state": "accepted", "by": "Ann", "at": "2026-11-25T12:00:00"},
        {"state": "corrected", "by": "Ann", "at": "2026-11-25T12:00:00Z"},
        {"state": "approved", "by": "Ann", "at": "2026-11-25T12:00:00Z"},
    ],
)
def test_a_review_that_is_not_signed_or_not_whole_is_refused(review: dict[str, str], path: Path) -> None:
    data = json.loads(path.read_text())
    data["mentions"][0]["review"] = review
    path.write_text(json.dumps(data))
    with pytest.raises(StrategyError, match="damaged"):
        read_register(path)


def test_a_missing_register_says_how_one_begins(tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match="there is no register") as refused:
        read_register(tmp_path / "none.json")
    assert "register add" in refused.value.hint


def test_a_folder_in_the_place_of_the_register_is_told(tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match="cannot be read"):
        read_register(tmp_path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        change_register(tmp_path / "file" / "register.json", lambda _: story())


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_that_cannot_be_written_is_told_at_once(counterflow: Run, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("January 20, 2025\n\nPresident Trump ordered 1,500 troops to the border.\n")
    begun = time.monotonic()
    with pytest.raises(UsageError, match="cannot be written"):
        change_register(Path("/proc/register.json"), lambda _: story())
    assert time.monotonic() - begun < files.PATIENCE / 4
    assert counterflow("register", "add", tmp_path / "one.txt", "--register", "/proc/r.json").returncode == 2


def test_a_full_disk_leaves_the_old_register(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(target: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(UsageError, match="No space left on device"):
        change_register(path, accepted)
    assert path.read_bytes() == before


KILLED = """
import os, signal, sys
from pathlib import Path
from register_cases import accepted
from counterflow.strategy.register.files import change_register

kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "replace":
    os.replace = kill
else:
    os.fsync = kill
change_register(Path(sys.argv[1]), accepted)
"""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_writer_that_is_killed_leaves_the_old_register_and_no_lock(moment: str, path: Path, project: Path) -> None:
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, path, moment], cwd=project / "tests", capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert path.read_bytes() == before
    after = change_register(path, accepted)
    assert read_register(path) == after != story()


def test_a_writer_waits_for_another_and_gives_up_in_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    before = path.read_bytes()
    with FileLock(path.with_name(".register.json.lock")), pytest.raises(StrategyError, match="another process"):
        change_register(path, accepted)
    assert path.read_bytes() == before


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    place = tmp_path / "register.json"
    documents = [document("2025-01-20", said(), name=f"{number}.txt") for number in range(12)]

    def write(number: int) -> None:
        one = documents[number]
        change_register(place, lambda held: add(held, one.source, one.mentions)[0])

    writers = [threading.Thread(target=write, args=(number,)) for number in range(len(documents))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(read_register(place).documents) == 12


def test_a_link_to_a_register_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    after = change_register(link, accepted)
    assert link.is_symlink()
    assert read_register(path) == after


def test_what_changes_nothing_does_not_touch_the_file(path: Path) -> None:
    before = path.stat().st_mtime_ns
    change_register(path, lambda held: Register.model_validate_json(register_text(held)))
    assert path.stat().st_mtime_ns == before


# ------------------------------------------------------------------------------------------ the commands


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["add"], 2, "DOC"),
        (["add", "missing.txt"], 3, "no such file"),
        (["add", "one.txt", "missing.txt"], 3, "no such file"),
        (["add", "one.txt", "two.txt", "--date", "2025-01-01"], 2, "--date is the date of one document"),
        (["add", "recipe.txt"], 3, "names no border"),
        (["show"], 3, "there is no register"),
        (["review", "--by", "Ann"], 3, "there is no register"),
        (["strategy"], 3, "there is no register"),
        (["remove"], 2, "DOC"),
        (["remove", "one.txt"], 3, "there is no register"),
        (["review", "--json"], 3, "there is no register"),
    ],
)
def test_wrong_input_ends_in_one_line_and_writes_nothing(
    arguments: list[str], code: int, told: str, counterflow: Run, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("January 20, 2025\n\nPresident Trump ordered 1,500 troops to the border.\n")
    (tmp_path / "two.txt").write_text("February 5, 2025\n\nPresident Trump deployed 1,500 troops to the border.\n")
    (tmp_path / "recipe.txt").write_text("Take two eggs and beat them well. Add a spoon of flour.\n")
    place = tmp_path / "register.json"
    there = [] if arguments == ["remove"] else ["--register", place]
    done = counterflow("register", *arguments, *there, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert told.lower() in (done.stderr + done.stdout).lower()
    assert len((done.stderr + done.stdout).strip().splitlines()) == 1
    assert not place.exists()


def test_bytes_that_are_no_text_are_a_wrong_answer(console_script: Path, path: Path) -> None:
    done = subprocess.run(
        [console_script, "register", "review", "--by", "An\udcffn", "--register", path],
        input=b"\xff\n\xe9\na\nr\n\xff\xfe\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"2 saved, 1 unreviewed" in done.stdout
    assert {one.review.by for one in read_register(path).mentions} == {"An?n", ""}


def test_an_unknown_policy_is_told_with_the_nearest(counterflow: Run, path: Path) -> None:
    done = counterflow("register", "show", "--policy", "asylum.remain_in_mexco/US", "--register", path)
    assert done.returncode == 2
    assert "Did you mean asylum.remain_in_mexico/US@2025-01-20?" in done.stderr


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("2025-01-21.txt", "Did you mean 2025-01-20.txt?"),
        ("ffff", "the register has no document"),
        ("", "the register has no document"),
        ("2025-01-20.txt", "1 reviewed mention, and the review would be lost"),
    ],
)
def test_a_document_that_cannot_be_removed_stays(asked: str, told: str, counterflow: Run, path: Path) -> None:
    change_register(path, accepted)
    before = path.read_bytes()
    done = counterflow("register", "remove", asked, "--register", path)
    assert done.returncode == 2
    assert told in done.stderr
    assert path.read_bytes() == before


def test_several_documents_of_one_name_are_told_apart_by_their_hash() -> None:
    register = add_all(Register(), [document("2025-01-20", said(), name="a.txt", content=one) for one in "xy"], [])
    with pytest.raises(UsageError, match="2 documents are called") as refused:
        remove(register, "a.txt")
    for source in register.documents:
        assert source.sha256[:12] in refused.value.hint
        assert remove(register, source.sha256[:12])[1].document == source


def test_a_superseded_document_without_its_newer_version_is_damage(path: Path) -> None:
    data = json.loads(path.read_text())
    data["documents"][0]["superseded_by"] = "0" * 64
    path.write_text(json.dumps(data))
    with pytest.raises(StrategyError, match="superseded by one that it does not hold"):
        read_register(path)


def test_errors_are_json_with_json(counterflow: Run, tmp_path: Path) -> None:
    done = counterflow("register", "show", "--json", "--register", tmp_path / "none.json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "strategy"
