"""Whole runs where there is no room, where files are corrupted, and with a draw that always breaks: what is complete is
kept, and what comes of them in the end is what an undisturbed run gives, bit for bit."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import numpy as np
import pytest
import xarray as xr
from fsspec.implementations.memory import MemoryFileSystem

import ensemble_runs as runs
from counterflow.ensemble.posterior import Posterior
from counterflow.ensemble.sampling import places
from counterflow.ensemble.stored.reading import load_runs, open_runs
from counterflow.errors import ModelError, StoreError


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("undisturbed") / "runs.zarr"
    runs.ensemble(store=place).close()
    return place


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reduced") / "runs.zarr"
    runs.ensemble(store=place, reduce=True, above={"homicides": [600.0]}).close()
    return place


# ------------------------------------------------------------------------------------------ no room

LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"


def test_files_that_may_not_grow_end_a_run_in_one_line(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    sizes = sorted(
        path.stat().st_size for path in (undisturbed / "fentanyl_delivered" / "c").rglob("*") if path.is_file()
    )
    limit = LIMITED.format(sizes[-3])  # two chunks are larger
    told = runs.ran(tmp_path, "--store", place, "--quiet", before=limit)
    assert told.returncode == 5
    assert told.stdout == ""
    assert told.stderr.count("\n") == 1
    assert told.stderr.startswith(f"counterflow: {place}: chunk ")
    assert "cannot be written: File too large. Make room." in told.stderr
    assert "--resume" in told.stderr
    before = runs.done(place)
    runs.ensemble(store=place, resume=True).close()
    assert runs.done(place).items() >= before.items()
    assert runs.content(place) == runs.content(undisturbed)


class Brimming(MemoryFileSystem):
    """A file system of its own that takes so many more files, and then has no room."""

    protocol = "brimming"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    room: ClassVar[float] = float("inf")

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return MemoryFileSystem._strip_protocol(path.replace("brimming://", "memory://"))

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        type(self).room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().pipe_file(path, value, mode=mode, **options)


@pytest.fixture
def brimming() -> Iterator[type[Brimming]]:
    fsspec.register_implementation("brimming", Brimming, clobber=True)
    Brimming.room = float("inf")
    yield Brimming
    Brimming.store.clear()
    Brimming.clear_instance_cache()


def test_a_file_system_that_fills_up_loses_nothing(brimming: type[Brimming], tmp_path: Path) -> None:
    few: dict[str, Any] = {"draws": 600, "replicates": 1, "reduce": True}  # 3 chunks
    at = "brimming://place/runs.zarr"
    expected = runs.ensemble(store=tmp_path / "runs.zarr", **few)
    refused, resume, complete = [], False, set[str]()
    while True:
        brimming.room = 12 + 6 * len(refused)
        try:
            found = runs.ensemble(store=at, resume=resume, **few)
            break
        except StoreError as error:
            refused.append(error)
        resume = bool(brimming.store)
        held = {name for name in brimming.store if "/done/" in name}
        assert held >= complete, "a chunk that was complete is lost"
        complete = held
    assert len(refused) > 2
    for told in refused:
        assert told.exit_code == 5
        assert "No space left on device" in told.message
        assert "Make room" in told.hint
        assert "--resume" in told.hint
    xr.testing.assert_identical(found.load(), expected.load())
    found.close()
    expected.close()


# ------------------------------------------------------------------------------------------ damage


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


def test_a_corrupted_chunk_is_run_again_and_no_other(undisturbed: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    shutil.copytree(undisturbed, place)
    before = runs.done(place)
    flip(place / "homicides/c/0/2/1/0")  # of block 2 in replicate 1: number 5
    (place / "attempts/c/0/4/0/0").unlink()  # the last block, used in part: number 8
    with pytest.raises(StoreError, match="1 of 10 chunks are missing, the first is 8") as told:
        open_runs(str(place))
    assert "--resume" in told.value.hint
    steps: list[tuple[int, int]] = []
    runs.ensemble(store=place, resume=True, progress=lambda *step: steps.append(step)).close()
    assert steps == [(8, 10), (9, 10), (10, 10)]
    assert runs.about(place)["damaged_chunks_run_again"] == [5, 8]
    after = runs.done(place)
    assert {number for number in before if before[number] != after[number]} == {5, 8}
    assert runs.content(place) == runs.content(undisturbed)


@pytest.mark.parametrize("name", ["homicides_mean/c/0/0", "homicides_quantile/c/0/0/0", "branch/c/0", "time/c/0"])
@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_lost_or_corrupted_sum_or_coordinate_is_told_and_not_read_as_zeros(
    reduced: Path, tmp_path: Path, name: str, damage: Any
) -> None:
    place = tmp_path / "runs.zarr"
    shutil.copytree(reduced, place)
    damage(place / name)
    with pytest.raises(StoreError, match=r"damaged|missing") as told:
        load_runs(str(place))
    assert "--resume" in told.value.hint


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_corrupted_reduction_is_mended_with_what_is_whole(reduced: Path, tmp_path: Path, damage: Any) -> None:
    place = tmp_path / "runs.zarr"
    shutil.copytree(reduced, place)
    before = runs.done(place)
    damage(place / "homicides_quantile/c/0/0/0")  # what is told of all chunks
    damage(place / "homicides__low/c/0/0")  # the bins that all of them count in
    damage(place / "homicides__moments/c/3/0/0/0")  # what one chunk gave
    runs.ensemble(store=place, reduce=True, above={"homicides": [600.0]}, resume=True).close()
    after = runs.done(place)
    # The bins come from the first chunk's runs; the others count in the same ones.
    assert {number for number in before if before[number] != after[number]} <= {0, 3}
    assert runs.content(place) == runs.content(reduced)


def test_a_reduction_cut_short_before_its_sums_runs_nothing_again(reduced: Path, tmp_path: Path) -> None:
    place = tmp_path / "runs.zarr"
    shutil.copytree(reduced, place)
    for path in place.glob("homicides_[a-z]*"):
        shutil.rmtree(path)
    manifest = place / "counterflow" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "complete": False, "about": {}}))
    before = runs.done(place)
    steps: list[tuple[int, int]] = []
    again: dict[str, Any] = {"reduce": True, "above": {"homicides": [600.0]}, "resume": True}
    runs.ensemble(store=place, progress=lambda *step: steps.append(step), **again).close()
    assert steps == [(10, 10)]
    assert runs.done(place) == before
    assert runs.content(place) == runs.content(reduced)


# ------------------------------------------------------------------------------------------ a draw that breaks

ROWS = 20_000
BREAKS = 300  # a draw of the second block


def posterior(*, broken: bool) -> Posterior:
    """One value for all draws but one, which takes a row of its own; no run goes through with that, if `broken`."""
    row = int(places("random", ["posterior"], 0, BREAKS // 250)["posterior"][BREAKS % 250] * ROWS)
    values = np.full((ROWS, 1), 0.1)
    if broken:
        values[row] = 1e30
    return Posterior((("noise", "sd_supply"),), values, "made for tests", f"{broken}")


def test_a_draw_that_breaks_is_set_aside_and_the_rest_is_complete(tmp_path: Path) -> None:
    few: dict[str, Any] = {"draws": 600, "replicates": 1}
    place = tmp_path / "runs.zarr"
    expected = runs.ensemble(**few, posterior=posterior(broken=False))
    for resume in (False, True):
        with pytest.raises(StoreError, match="1 of 3 chunks were set aside after 3 tries each; the first is 1") as told:
            runs.ensemble(**few, posterior=posterior(broken=True), store=place, resume=resume)
        assert told.value.exit_code == 5
        assert f"draw {BREAKS}" in told.value.message  # which ensemble.run.replay runs again
        assert set(runs.done(place)) == {0, 2}
        failed = json.loads((place / "counterflow" / "manifest.json").read_text())["failed"]
        assert [one["index"] for one in failed] == [1]
    with pytest.raises(StoreError, match="1 of 3 chunks are missing, the first is 1"):
        open_runs(str(place))
    with open_runs(str(place), allow_incomplete=True) as found:
        assert found.attrs["missing_chunks"] == [1]
        whole = [*range(250), *range(500, 600)]
        for name in expected.data_vars:
            values = found[name].load()
            assert values.isel(draw=whole).identical(expected[name].isel(draw=whole)), name
            assert values.isel(draw=slice(250, 500)).isnull().all(), name
    with pytest.raises(ModelError, match=f"draw {BREAKS}"):
        runs.ensemble(**few, posterior=posterior(broken=True))


def test_a_reduction_sums_up_what_is_complete_where_a_draw_breaks(tmp_path: Path) -> None:
    few: dict[str, Any] = {"draws": 600, "replicates": 1}
    place = tmp_path / "runs.zarr"
    whole = [*range(250), *range(500, 600)]
    kept = runs.ensemble(**few, posterior=posterior(broken=False)).isel(draw=whole)
    with pytest.raises(StoreError, match="1 of 3 chunks were set aside"):
        runs.ensemble(**few, posterior=posterior(broken=True), store=place, reduce=True, above={"homicides": [500.0]})
    with open_runs(str(place), allow_incomplete=True) as found:
        expected = kept["homicides"].astype(float).mean(["draw", "replicate"])
        np.testing.assert_allclose(found["homicides_mean"], expected, rtol=1e-12)
        share = (kept["homicides"] > 500.0).mean(["draw", "replicate"])
        np.testing.assert_allclose(found["homicides_exceedance"].isel(homicides_threshold=0), share, rtol=1e-12)
