"""Files of a store that were corrupted, cut short or lost: a reader is told, and a resumed run makes them good."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from counterflow.ensemble.layout import Coordinate
from counterflow.ensemble.stored import beside
from counterflow.ensemble.stored.pieces import write
from counterflow.ensemble.stored.reading import load_runs, manifest_of, open_runs
from counterflow.ensemble.stored.writing import finish
from counterflow.errors import CounterflowError, StoreError, UsageError
from stored_cases import IDENTITY, begun, content, layout, run

# The chunk of 5 draws with number 3, and that of the last 3 draws with number 9.
WHOLE, IN_PART = "homicides/c/0/1/1/0", "homicides/c/0/4/1/0"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    run(tmp_path / "runs.zarr", layout())
    return tmp_path / "runs.zarr"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    place = tmp_path_factory.mktemp("undisturbed") / "runs.zarr"
    run(place, layout())
    return load_runs(str(place))


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def swap(path: Path) -> None:
    """Put a chunk in its place that is whole, but another's."""
    path.write_bytes((path.parents[2] / "0" / "0" / path.name).read_bytes())


DAMAGE = [flip, cut, empty, Path.unlink, swap]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(("chunk", "number"), [(WHOLE, 3), (IN_PART, 9)])
def test_a_damaged_chunk_is_run_again_and_no_other(
    store: Path, undisturbed: xr.Dataset, damage: Callable[[Path], None], chunk: str, number: int
) -> None:
    damage(store / chunk)
    with begun(store, layout(), resume=True) as found:
        assert found.damaged == (number,)
        assert [piece.index for piece in found.missing] == [number]
        assert json.loads((store / "counterflow" / "manifest.json").read_text())["complete"] is False
    with pytest.raises(StoreError, match="9 of 10 chunks"):
        open_runs(str(store))
    assert run(store, layout(), resume=True) == [number]
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)


@pytest.mark.parametrize("damage", [flip, cut, empty])
def test_every_reader_is_told_of_a_damaged_chunk(store: Path, damage: Callable[[Path], None]) -> None:
    damage(store / WHOLE)
    with pytest.raises(StoreError, match="a chunk of the runs is damaged") as told:
        load_runs(str(store))
    assert "--resume" in told.value.hint
    with xr.open_zarr(store, chunks=None) as plain, pytest.raises((ValueError, RuntimeError)):
        plain["homicides"].load()


def test_a_lost_chunk_is_not_taken_for_missing_values(store: Path) -> None:
    (store / WHOLE).unlink()
    with pytest.raises(StoreError, match=r"1 of 10 chunks are missing, the first is 3 \(it was there once\)"):
        open_runs(str(store))


@pytest.mark.parametrize("damage", [cut, empty, Path.unlink, lambda path: path.write_text('{"index": 3}')])
def test_a_piece_without_a_good_marker_is_run_again(
    store: Path, undisturbed: xr.Dataset, damage: Callable[[Path], None]
) -> None:
    damage(store / "counterflow" / "done" / "3.json")
    with pytest.raises(StoreError, match="1 of 10 chunks"):
        open_runs(str(store))
    assert run(store, layout(), resume=True) == [3]
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)


def test_a_marker_of_other_runs_or_of_another_piece_does_not_count(store: Path) -> None:
    done = store / "counterflow" / "done"
    said = json.loads((done / "3.json").read_text())
    (done / "3.json").write_text(json.dumps({**said, "identity": "0" * 64}))
    (done / "4.json").write_text((done / "5.json").read_text())
    (done / "77.json").write_text(json.dumps({**said, "index": 77}))
    (done / "notes.txt").write_text("not a marker")
    assert run(store, layout(), resume=True) == [3, 4]


@pytest.mark.parametrize("name", ["zarr.json", "homicides/zarr.json", "branch/zarr.json", "branch/c/0", "time/c/0"])
@pytest.mark.parametrize("damage", [flip, cut, empty, Path.unlink])
def test_a_damaged_description_is_mended(
    store: Path, undisturbed: xr.Dataset, name: str, damage: Callable[[Path], None]
) -> None:
    damage(store / name)
    assert run(store, layout(), resume=True) == []
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)
    with xr.open_zarr(store) as plain:
        assert plain.attrs["complete"] == 1


@pytest.mark.parametrize("name", ["zarr.json", "homicides/zarr.json"])
def test_a_damaged_description_is_told_in_one_line(store: Path, name: str) -> None:
    empty(store / name)
    with pytest.raises(StoreError, match="damaged"):
        load_runs(str(store))


@pytest.mark.parametrize("damage", [flip, cut, empty, Path.unlink])
def test_without_a_manifest_nothing_that_was_complete_is_lost(
    store: Path, undisturbed: xr.Dataset, damage: Callable[[Path], None]
) -> None:
    manifest = store / "counterflow" / "manifest.json"
    damage(manifest)
    with pytest.raises((StoreError, UsageError), match=r"damaged|no stored runs"):
        open_runs(str(store))
    with pytest.raises(UsageError, match="chunks of other runs"):
        begun(store, layout(), resume=True, identity={**IDENTITY, "seed": 8})
    assert run(store, layout(), resume=True) == []
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)


def told_of(store: Path) -> str:
    """What the manifest says, or what is said of it."""
    try:
        return json.dumps(manifest_of(str(store)))
    except CounterflowError as told:
        return told.message


def test_no_bit_of_a_manifest_can_change_unseen_that_anything_depends_on(store: Path) -> None:
    manifest = store / "counterflow" / "manifest.json"
    good = manifest.read_bytes()
    said = told_of(store)
    for position in range(0, 8 * good.index(b'"about"'), 7):
        bad = bytearray(good)
        bad[position // 8] ^= 1 << (position % 8)
        manifest.write_bytes(bad)
        found = told_of(store)
        assert found == said or "damaged" in found or "another version of Counterflow" in found


def test_a_damaged_manifest_is_not_overwritten_by_a_new_run(store: Path) -> None:
    cut(store / "counterflow" / "manifest.json")
    with pytest.raises(UsageError, match="there is a store already"):
        begun(store, layout())


@pytest.mark.parametrize("resume", [False, True])
def test_a_store_of_which_the_beginning_was_cut_short_is_begun_anew(
    tmp_path: Path, undisturbed: xr.Dataset, resume: bool
) -> None:
    place = tmp_path / "runs.zarr"
    begun(place, {**layout(), "left_over": layout()["order"]}).close()
    for name in ("counterflow/manifest.json", "zarr.json", "homicides/zarr.json", "time/c/0"):
        (place / name).unlink()
    assert run(place, layout(), resume=resume) == list(range(10))
    xr.testing.assert_identical(load_runs(str(place)), undisturbed)
    with xr.open_zarr(place, chunks=None) as plain:
        assert "left_over" not in plain


SUMS = {
    "total": Coordinate(("time",), np.arange(4.0), {"units": "crimes"}),
    "share": Coordinate(("branch",), np.ones(3), {"units": "1"}),
}


@pytest.mark.parametrize("name", ["total/zarr.json", "total/c/0"])
@pytest.mark.parametrize("damage", [flip, cut, empty, Path.unlink])
def test_a_damaged_array_beside_the_pieces_is_to_be_written_again(
    tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    with begun(place, of) as store:
        for piece in store.missing:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        beside.write(store, SUMS)
        finish(store, beside=SUMS)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    with begun(place, of, resume=True) as store:
        assert store.manifest["complete"]
    damage(place / name)
    with begun(place, of, resume=True) as store:
        assert (store.manifest["complete"], store.missing) == (False, [])
        assert json.loads((place / "zarr.json").read_text())["attributes"]["complete"] == 0
        assert beside.read(store, ["total", "share"]) is None
        beside.write(store, SUMS)
        finish(store, beside=SUMS)
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
    with xr.open_zarr(place) as plain:
        np.testing.assert_array_equal(plain["total"].values, np.arange(4.0))


def test_files_that_a_dead_writer_left_are_taken_away(store: Path) -> None:
    left = [store / "homicides/c/0/1/1/0.3f2a.partial", store / "counterflow/done/3.json.77.part"]
    for path in left:
        path.write_bytes(b"half")
    run(store, layout(), resume=True)
    assert not any(path.exists() for path in left)


def test_a_late_writer_of_a_killed_run_does_no_harm(store: Path, undisturbed: xr.Dataset) -> None:
    of = layout()
    with begun(store, of, resume=True) as found:
        for piece in found.pieces:
            write(str(store), of, piece, content(of, piece), found.identity_hash)
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)


def test_times_of_files_decide_nothing(store: Path, undisturbed: xr.Dataset) -> None:
    for number, path in enumerate(sorted(store.rglob("*"))):
        os.utime(path, (0, 0) if number % 2 else (4e9, 4e9))
    assert run(store, layout(), resume=True) == []
    xr.testing.assert_identical(load_runs(str(store)), undisturbed)


def test_no_bit_of_a_chunk_can_change_unseen(store: Path) -> None:
    random = np.random.default_rng(0)
    good = (store / WHOLE).read_bytes()
    for position in random.integers(len(good) * 8, size=60):
        bad = bytearray(good)
        bad[position // 8] ^= 1 << (position % 8)
        (store / WHOLE).write_bytes(bad)
        with pytest.raises(StoreError, match="damaged"):
            load_runs(str(store))
