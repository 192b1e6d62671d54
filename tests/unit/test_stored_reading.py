"""Reading a store of runs, by this package and by any reader of Zarr."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from counterflow.ensemble.stored import beside
from counterflow.ensemble.stored.pieces import parts, write
from counterflow.ensemble.stored.reading import load_runs, manifest_of, open_runs
from counterflow.ensemble.stored.writing import finish
from counterflow.errors import StoreError, UsageError
from stored_cases import BRANCHES, IDENTITY, SECTORS, begun, content, layout, run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stored") / "runs.zarr"
    run(place, layout())
    return place


def whole(of: dict) -> dict[str, np.ndarray]:
    """The variables as they would be in memory."""
    from counterflow.ensemble.layout import pieces_of

    found = {name: np.empty(variable.shape, variable.dtype) for name, variable in of.items()}
    for piece in pieces_of(of):
        values = content(of, piece)
        for name, where in parts(of, piece).items():
            found[name][where] = values[name]
    return found


def test_runs_come_back_bit_for_bit(store: Path) -> None:
    found = load_runs(str(store))
    for name, values in whole(layout()).items():
        np.testing.assert_array_equal(found[name].values, values)
        assert found[name].dtype == values.dtype


def test_runs_come_back_with_names_dates_and_attributes(store: Path) -> None:
    found = open_runs(str(store))
    assert list(found.data_vars) == list(layout())
    assert found["homicides"].dims == ("branch", "draw", "replicate", "time")
    assert found["branch"].values.tolist() == list(BRANCHES)
    assert found["branch"].attrs == {"long_name": "branch"}
    assert found["sector"].values.tolist() == list(SECTORS)
    assert found["time"].values[1] == np.datetime64("2026-01-12")
    assert found["low"].dims == ("branch", "time")
    assert found.attrs == {"title": "made-up runs", "judged_weeks": 3, "Conventions": "CF-1.11"}
    assert found["homicides"].attrs == {"units": "crimes", "long_name": "homicides"}
    assert found.sel(branch=BRANCHES[2], sector="El Paso")["attempts"].shape == (23, 2, 4)


def test_any_reader_of_zarr_reads_the_same(store: Path) -> None:
    with xr.open_zarr(store) as plain:  # no keyword is needed, and there is no warning
        ours = load_runs(str(store))
        for name in layout():
            np.testing.assert_array_equal(plain[name].values, ours[name].values)
        assert plain.attrs["Conventions"] == "CF-1.11"
        assert plain.attrs["complete"] == 1
        assert plain["branch"].attrs["flag_meanings"].split() == ["none", "as_written", "on_record,_less_tariffs"]
        assert plain["time"].dtype == "datetime64[ns]"
        assert set(plain.variables) == {*layout(), "branch", "draw", "replicate", "time", "sector", "chunk", "low"}


def test_chunks_are_plain_and_carry_a_checksum(store: Path) -> None:
    import zarr

    array = zarr.open_array(store / "homicides", mode="r")
    assert array.shards is None
    assert array.chunks == (3, 5, 1, 4)
    assert type(array.metadata.codecs[-1]).__name__ == "Crc32cCodec"
    assert np.isnan(array.fill_value)


def test_a_place_without_a_store_is_refused(tmp_path: Path) -> None:
    for address in (tmp_path, tmp_path / "nothing.zarr"):
        with pytest.raises(UsageError, match="no stored runs"):
            open_runs(str(address))


def test_incomplete_runs_are_refused_unless_they_are_asked_for(tmp_path: Path) -> None:
    of, place = layout(), str(tmp_path / "runs.zarr")
    with begun(place, of) as store:
        for piece in store.missing[:7]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
    with pytest.raises(StoreError, match="7 of 10 chunks are there") as told:
        open_runs(place)
    assert told.value.exit_code == 5
    assert "--resume" in told.value.hint
    found = open_runs(place, allow_incomplete=True)
    assert found.attrs["missing_chunks"] == [7, 8, 9]
    with xr.open_zarr(place, consolidated=False) as plain:
        assert plain.attrs["complete"] == 0
    expected = whole(of)["homicides"]
    np.testing.assert_array_equal(found["homicides"].values[:, :15], expected[:, :15])
    assert np.isnan(found["homicides"].values[:, 15:20, 1]).all()


def test_runs_that_are_all_there_and_were_not_finished_are_not_complete(tmp_path: Path) -> None:
    of, place = layout(), str(tmp_path / "runs.zarr")
    with begun(place, of) as store:
        for piece in store.missing:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
    with pytest.raises(StoreError, match="10 of 10 chunks are there, and the last step was not taken") as told:
        open_runs(place)
    assert "--resume" in told.value.hint
    assert open_runs(place, allow_incomplete=True).attrs["missing_chunks"] == []


def test_what_a_full_disk_left_without_a_description_is_passed_over(tmp_path: Path) -> None:
    of, place = layout(), tmp_path / "runs.zarr"
    with begun(place, of) as store:
        (place / "left_over" / "c").mkdir(parents=True)
        (place / "left_over" / "c" / "0").write_bytes(b"half")
        assert beside.read(store, ["left_over"]) is None
        assert "left_over" not in open_runs(str(place), allow_incomplete=True)
        for piece in store.missing:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        finish(store)
    assert load_runs(str(place)).equals(xr.open_zarr(place).load().assign_coords(load_runs(str(place)).coords))


def test_chunks_that_were_set_aside_are_named_with_the_reason(tmp_path: Path) -> None:
    of, place = layout(), str(tmp_path / "runs.zarr")
    with begun(place, of) as store:
        for piece in store.missing[:9]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
        finish(store, [(9, "draw 22 turned impossible")])
    with pytest.raises(StoreError, match=r"1 of 10 chunks are missing, the first is 9 \(draw 22 turned impossible\)"):
        open_runs(place)
    assert open_runs(place, allow_incomplete=True).attrs["missing_chunks"] == [9]


def test_missing_values_within_runs_are_kept_and_are_not_missing_chunks(tmp_path: Path) -> None:
    of, place = layout(draws=5, replicates=1), str(tmp_path / "runs.zarr")
    with begun(place, of) as store:
        (piece,) = store.missing
        values = content(of, piece)
        values["homicides"][:] = np.nan
        values["bins"][:] = 0
        write(store.address, of, piece, values, store.identity_hash)
        finish(store)
    found = load_runs(place)
    assert np.isnan(found["homicides"].values).all()
    assert (found["bins"].values == 0).all()
    with begun(place, of, resume=True) as store:
        assert (store.missing, store.damaged) == ([], ())


def test_the_manifest_says_what_the_runs_depend_on(store: Path) -> None:
    assert manifest_of(str(store))["identity"] == IDENTITY
