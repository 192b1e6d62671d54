"""Beginning a store, writing pieces to it, going on with it and completing it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from counterflow.ensemble.stored.manifest import differences, hash_of
from counterflow.ensemble.stored.pieces import digest_of, marked, write
from counterflow.ensemble.stored.writing import begin, finish
from counterflow.errors import ModelError, StoppedError, StoreBusyError, StoreError, UsageError
from stored_cases import ATTRS, IDENTITY, PROCESSOR, begun, content, coords, layout, run


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_pieces_are_written_once_and_a_resumed_run_writes_none(tmp_path: Path) -> None:
    of = layout()
    assert run(tmp_path / "runs.zarr", of) == list(range(10))
    before = everything(tmp_path)
    assert run(tmp_path / "runs.zarr", of, resume=True) == []
    assert everything(tmp_path) == before


def test_a_run_that_stopped_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    of = layout()
    with begun(tmp_path / "one.zarr", of) as store:
        for piece in store.missing[:4]:
            write(store.address, of, piece, content(of, piece), store.identity_hash, PROCESSOR)
    assert run(tmp_path / "one.zarr", of, resume=True) == list(range(4, 10))
    run(tmp_path / "other.zarr", of)
    assert everything(tmp_path / "one.zarr") == everything(tmp_path / "other.zarr")


def test_the_order_of_writing_leaves_no_trace(tmp_path: Path) -> None:
    of = layout()
    run(tmp_path / "one.zarr", of)
    with begun(tmp_path / "other.zarr", of) as store:
        for piece in reversed(store.missing):
            write(store.address, of, piece, content(of, piece), store.identity_hash, PROCESSOR)
        finish(store, about={"seconds": 1.5})
    assert everything(tmp_path / "one.zarr") == everything(tmp_path / "other.zarr")


def test_a_store_is_not_begun_where_one_is(tmp_path: Path) -> None:
    run(tmp_path / "runs.zarr", layout())
    before = everything(tmp_path)
    with pytest.raises(UsageError, match="there is a store already") as told:
        begun(tmp_path / "runs.zarr", layout())
    assert "--resume" in told.value.hint
    assert everything(tmp_path) == before


def test_there_is_nothing_to_go_on_with_where_no_store_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no store to go on with"):
        begun(tmp_path / "runs.zarr", layout(), resume=True)
    assert not (tmp_path / "runs.zarr").exists()


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, resume: bool) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(UsageError, match="not a store of Counterflow's"):
        begun(tmp_path, layout(), resume=resume)
    assert everything(tmp_path) == {"thesis.txt": b"three years of work"}


def test_a_file_is_not_a_place_for_a_store(tmp_path: Path) -> None:
    (tmp_path / "runs.zarr").write_text("a file")
    with pytest.raises(UsageError, match="cannot be used"):
        begun(tmp_path / "runs.zarr", layout())
    with pytest.raises(UsageError, match=r"cannot be (used|begun)"):
        begun(tmp_path / "runs.zarr" / "within", layout())


def test_an_empty_folder_is_a_place_for_a_store(tmp_path: Path) -> None:
    assert run(tmp_path, layout()) == list(range(10))


def test_other_runs_are_refused_by_every_field_that_differs(tmp_path: Path) -> None:
    run(tmp_path / "runs.zarr", layout())
    before = everything(tmp_path)
    other = {**IDENTITY, "seed": 8, "strategy": {"name": "made up", "branches": ["none"]}, "posterior": "abc"}
    with pytest.raises(UsageError) as told:
        begun(tmp_path / "runs.zarr", layout(), resume=True, identity=other)
    for said in ("seed is 7 there, and 8 here", "strategy.branches is [", "posterior is not given there, and abc here"):
        assert said in told.value.message
    assert "version" not in told.value.message
    assert everything(tmp_path) == before


def test_a_refusal_of_other_runs_can_be_read(tmp_path: Path) -> None:
    hashes = {name: hash_of({"": name}) for name in ("posterior", "prior", "strategy")}
    many = {f"option_{number:02}": number for number in range(30)}
    begun(tmp_path / "one.zarr", layout(), identity={**hashes, "name": "x" * 32}).close()
    with pytest.raises(UsageError) as told:
        begun(tmp_path / "one.zarr", layout(), resume=True, identity={**hashes, "name": "y" * 33, "prior": "0" * 64})
    there = (
        f"name is {'x' * 32} there, and {'y' * 12}... here; prior is {hashes['prior'][:12]}... there, and 000000000000"
    )
    assert told.value.message == f"this store holds other runs: {there}... here."
    begun(tmp_path / "other.zarr", layout(), identity=many).close()
    with pytest.raises(UsageError, match=r"option_07 is 7 there, and not given here; and 22 more\.") as told:
        begun(tmp_path / "other.zarr", layout(), resume=True, identity={})
    assert len(told.value.message) < 500


def test_another_layout_of_the_same_runs_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "runs.zarr", layout())
    with pytest.raises(UsageError, match=r"layout\.attempts\.shape"):
        begun(tmp_path / "runs.zarr", layout(times=5), resume=True)


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "runs.zarr", layout())
    manifest = tmp_path / "runs.zarr" / "counterflow" / "manifest.json"
    manifest.write_text(json.dumps({"format": 2, "anything": "else"}))
    with pytest.raises(UsageError, match=r"another version of Counterflow \(format 2\)"):
        begun(tmp_path / "runs.zarr", layout(), resume=True)


def test_only_one_at_a_time_writes_to_a_store(tmp_path: Path) -> None:
    with begun(tmp_path / "runs.zarr", layout()):
        for resume in (False, True):
            with pytest.raises(StoreBusyError, match="another run is writing") as told:
                begun(tmp_path / "runs.zarr", layout(), resume=resume)
            assert told.value.exit_code == 4
    begun(tmp_path / "runs.zarr", layout(), resume=True).close()


def test_a_refused_beginning_leaves_no_lock(tmp_path: Path) -> None:
    run(tmp_path / "runs.zarr", layout())
    with pytest.raises(UsageError):
        begun(tmp_path / "runs.zarr", layout(), resume=True, identity={})
    begun(tmp_path / "runs.zarr", layout(), resume=True).close()


def test_arrays_that_are_not_those_of_the_layout_are_refused(tmp_path: Path) -> None:
    of = layout()
    with begun(tmp_path / "runs.zarr", of) as store:
        piece = store.missing[0]
        good = content(of, piece)
        for wrong in (
            {name: values for name, values in good.items() if name != "bins"},
            {**good, "more": good["bins"]},
            {**good, "bins": good["bins"].astype(np.int32)},
            {**good, "bins": good["bins"][:, :2]},
        ):
            with pytest.raises(ModelError, match="chunk 0"):
                write(store.address, of, piece, wrong, store.identity_hash)
    with begun(tmp_path / "runs.zarr", of, resume=True) as store:
        assert store.done == {}


def test_a_store_with_pieces_missing_is_not_completed(tmp_path: Path) -> None:
    of = layout()
    with begun(tmp_path / "runs.zarr", of) as store:
        for piece in store.missing[:9]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        with pytest.raises(StoreError, match="9 of 10 chunks") as told:
            finish(store)
        assert told.value.exit_code == 5
        assert finish(store, [(9, "it broke"), (3, "broke once")])["failed"] == [{"index": 9, "reason": "it broke"}]


def test_a_piece_that_was_set_aside_is_run_when_resumed(tmp_path: Path) -> None:
    of = layout()
    with begun(tmp_path / "runs.zarr", of) as store:
        for piece in store.missing[1:]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        finish(store, [(0, "it broke")])
    assert run(tmp_path / "runs.zarr", of, resume=True) == [0]


def test_a_completed_store_says_what_it_holds(tmp_path: Path) -> None:
    of = layout()
    for name in ("one.zarr", "other.zarr"):
        run(tmp_path / name, of)
    one, other = (
        json.loads((tmp_path / name / "counterflow" / "manifest.json").read_text())
        for name in ("one.zarr", "other.zarr")
    )
    assert one["content_sha256"] == other["content_sha256"]
    assert one["identity"] == IDENTITY
    assert one["identity_sha256"] == hash_of(IDENTITY)
    assert (one["complete"], one["pieces"], one["failed"]) == (True, 10, [])
    assert one["about"] == {"seconds": 1.5, "processors": [PROCESSOR]}


def test_a_digest_tells_names_types_shapes_and_values_apart_but_not_layouts_in_memory() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = digest_of({"a": values, "b": values})
    assert found == digest_of({"b": np.asfortranarray(values), "a": values.astype(">f4")})
    for other in (
        {"a": values, "c": values},
        {"a": values.reshape(3, 2), "b": values},
        {"a": values.astype(np.float64), "b": values},
        {"a": values.view(np.int32), "b": values},
        {"a": np.where(values == 0, np.float32(-0.0), values), "b": values},
    ):
        assert found != digest_of(other)


def test_values_that_are_written_alike_are_told_apart() -> None:
    (said,) = differences({"seed": 7}, {"seed": "7"})
    there, here = said.split(" there, and ")
    assert there.removeprefix("seed is ") != here.removesuffix(" here")
    assert [*differences({}, {"seed": "not given"})] == ["seed is not given there, and not given here"]


def test_long_values_that_differ_are_shortened_and_still_told_apart() -> None:
    (said,) = differences({"strategy": "x" * 500}, {"strategy": "x" * 499 + "y"})
    there, here = said.split(" there, and ")
    assert len(said) < 100
    assert there.removeprefix("strategy is ") != here.removesuffix(" here")


# ------------------------------------------------------------------------------------------ what stands


def root(store: Path) -> dict[str, Any]:
    """What describes the store as a whole."""
    return dict(json.loads((store / "zarr.json").read_text()))


def test_a_store_says_to_any_reader_whether_it_is_complete(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    with begun(place, of) as store:
        for piece in store.missing[1:]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        assert root(place)["attributes"]["complete"] == 0
        finish(store, [(0, "it broke")])
    assert root(place)["attributes"]["complete"] == 0
    assert "homicides" in root(place)["consolidated_metadata"]["metadata"]
    with begun(place, of, resume=True) as store:
        assert root(place)["attributes"]["complete"] == 0
        assert "consolidated_metadata" not in root(place)
    run(place, of, resume=True)
    assert root(place)["attributes"]["complete"] == 1
    assert {*of, "branch", "low"} <= set(root(place)["consolidated_metadata"]["metadata"])


def test_a_complete_store_is_left_as_it_is(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    run(place, of)
    before = {path: (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in files(place)}
    with begun(place, of, resume=True) as store:
        assert store.manifest["complete"]
        assert store.manifest["about"]["seconds"] == 1.5
        assert store.missing == []
    assert {path: (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in files(place)} == before


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "writer.lock"]


def test_a_store_cut_short_between_its_last_steps_is_finished(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    run(place, of)
    before = everything(place)
    manifest = place / "counterflow" / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "complete": False, "about": {}}))
    with begun(place, of, resume=True) as store:
        assert not store.manifest["complete"]
        assert root(place)["attributes"]["complete"] == 0
    assert run(place, of, resume=True) == []
    assert everything(place) == before


def test_the_kinds_of_processors_are_gathered(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    with begun(place, of) as store:
        for piece in store.missing:
            kind = "" if piece.index == 0 else ("a", "b")[piece.index % 2]
            write(store.address, of, piece, content(of, piece), store.identity_hash, kind)
        assert finish(store, about={"seconds": 2})["about"] == {"seconds": 2, "processors": ["a", "b"]}


def test_a_piece_tells_that_it_is_complete(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    with begun(place, of) as store:
        at, ours = store.address, store.identity_hash
        assert marked(at, 3, ours) is None
        digest = write(at, of, store.pieces[3], content(of, store.pieces[3]), ours)
        assert marked(at, 3, ours) == digest
        assert marked(at, 4, ours) is None
        assert marked(at, 3, "0" * 64) is None
        marker = place / "counterflow" / "done" / "3.json"
        for damaged in ("", "[]", '{"index": 3}', marker.read_text().replace('"index":3', '"index":4'), "\x00"):
            marker.write_text(damaged)
            assert marked(at, 3, ours) is None
        marker.unlink()
        marker.mkdir()
        with pytest.raises(StoreError, match="whether chunk 3 is complete cannot be read"):
            marked(at, 3, ours)


def test_going_on_tells_how_far_it_has_looked_and_can_be_stopped(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    run(place, of)
    before = everything(place)
    steps: list[tuple[int, int]] = []

    def told(done: int, all_of_them: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        steps.append((done, all_of_them))

    def again(stop: Callable[[], bool]) -> None:
        begin(str(place), of, coords(of), ATTRS, IDENTITY, resume=True, progress=told, stop=stop).close()

    with pytest.raises(StoppedError, match="3 of 10 chunks that are there were looked through") as stopped:
        again(lambda: len(steps) == 3)
    assert "--resume" in stopped.value.hint
    assert steps == [(1, 10), (2, 10), (3, 10)]
    assert everything(place) == before
    steps.clear()
    again(lambda: False)  # the lock is free
    assert steps == [(number, 10) for number in range(1, 11)]
