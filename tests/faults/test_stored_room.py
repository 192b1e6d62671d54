"""No room, and places that refuse: one line that says so, and nothing that was complete is lost."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
import xarray as xr
from fsspec.implementations.memory import MemoryFileSystem

from counterflow.ensemble.layout import Layout
from counterflow.ensemble.stored.pieces import write
from counterflow.ensemble.stored.reading import load_runs
from counterflow.ensemble.stored.writing import finish
from counterflow.errors import CounterflowError, StoreError, UsageError
from stored_cases import begun, content, layout, run, started


def test_a_limit_on_the_size_of_files_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    run(tmp_path / "undisturbed.zarr", layout(times=2000))
    largest = max(path.stat().st_size for path in (tmp_path / "undisturbed.zarr/homicides").rglob("0"))
    child = started(place, "--size", 2000, "--largest", largest - 1)
    written, errors = child.communicate(timeout=60)
    assert child.returncode == 5, errors
    assert errors.count("\n") == 1
    assert "cannot be written: File too large." in errors
    assert "--resume" in errors
    again = run(place, layout(times=2000), resume=True)
    assert sorted([*map(int, written.split()), *again]) == list(range(10))
    xr.testing.assert_identical(load_runs(str(place)), load_runs(str(tmp_path / "undisturbed.zarr")))


def test_a_limit_too_small_for_a_store_at_all_is_told(tmp_path: Path) -> None:
    child = started(tmp_path / "runs.zarr", "--largest", 100)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 5
    assert "the store cannot be begun: File too large. Make room." in errors
    assert run(tmp_path / "runs.zarr", layout(), resume=True) == list(range(10))


class Filling(MemoryFileSystem):
    """A file system of its own that takes so many more files, and then refuses."""

    protocol = "filling"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    room: ClassVar[float] = float("inf")
    refusal: ClassVar[Exception] = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    deaf: ClassVar[bool] = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return MemoryFileSystem._strip_protocol(path.replace("filling://", "memory://"))

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        type(self).room -= 1
        if self.room < 0:
            raise self.refusal
        super().pipe_file(path, value, mode=mode, **options)

    def cat_file(self, path: str, *given: Any, **options: Any) -> bytes:
        if self.deaf:
            raise self.refusal
        return bytes(super().cat_file(path, *given, **options))


@pytest.fixture
def filling() -> Iterator[type[Filling]]:
    fsspec.register_implementation("filling", Filling, clobber=True)
    Filling.store.clear()
    Filling.room = float("inf")
    yield Filling
    Filling.room = float("inf")
    Filling.refusal = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    Filling.deaf = False


def refused(address: str, of: Layout) -> CounterflowError | None:
    """What a run was refused with."""
    try:
        run(address, of)
    except CounterflowError as told:
        return told
    return None


@pytest.mark.parametrize("refusal", [OSError(errno.ENOSPC, "No space left on device"), PermissionError(13, "denied")])
def test_a_file_system_that_refuses_at_any_file_loses_nothing(filling: type[Filling], refusal: Exception) -> None:
    of, address = layout(draws=10), "filling://place/runs.zarr"
    filling.refusal = refusal
    run("filling://place/undisturbed.zarr", of)
    expected = load_runs("filling://place/undisturbed.zarr")
    for room in itertools.count(0, 3):
        filling.store.clear()
        filling.room = room
        told = refused(address, of)
        if told is None:
            break
        denied = isinstance(refusal, PermissionError)
        assert isinstance(told, (StoreError, UsageError) if denied else StoreError)
        filling.room = float("inf")
        held = {name for name in filling.store if "/done/" in name}
        written = run(address, of, resume=bool(filling.store))
        assert len(written) == 4 - len(held)
        xr.testing.assert_identical(load_runs(address), expected)
    assert room > 30


def test_a_failing_read_is_not_taken_for_damage(filling: type[Filling]) -> None:
    of, address = layout(draws=10), "filling://place/runs.zarr"
    run(address, of)
    before = dict(filling.store)
    filling.refusal, filling.deaf = OSError(errno.EIO, "Input/output error"), True
    with pytest.raises((StoreError, UsageError), match="Input/output error"):
        begun(address, of, resume=True)
    with pytest.raises(StoreError, match="Input/output error"):
        load_runs(address)
    assert filling.store == before


def test_what_was_complete_stays_when_there_is_no_room(filling: type[Filling]) -> None:
    of, address = layout(draws=10), "filling://place/runs.zarr"
    with begun(address, of) as store:
        first, second, *_ = store.missing
        write(store.address, of, first, content(of, first), store.identity_hash)
        filling.room = 2
        with pytest.raises(StoreError, match="chunk 1 cannot be written: No space left on device") as told:
            write(store.address, of, second, content(of, second), store.identity_hash)
        assert told.value.exit_code == 5
        assert "Make room" in told.value.hint
        assert "--resume" in told.value.hint
        with pytest.raises(StoreError, match="1 of 4 chunks"):
            finish(store)
    filling.room = float("inf")
    assert run(address, of, resume=True) == [1, 2, 3]


def test_a_parent_that_is_no_folder_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for parent in (tmp_path / "file", Path("/proc/none")):
        with pytest.raises(UsageError, match=r"the store cannot be (used|begun)") as told:
            begun(parent / "runs.zarr", layout())
        assert str(parent) in told.value.where
