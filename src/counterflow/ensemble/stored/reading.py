"""A store of runs as a Dataset, with names where it holds numbers."""

from __future__ import annotations

import warnings
from collections.abc import Set
from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble.extra import require
from counterflow.ensemble.layout import Layout, Variable, pieces_of
from counterflow.ensemble.stored.manifest import FORMAT, DamagedError, Manifest, markers, read_manifest
from counterflow.ensemble.stored.pieces import chunks_of, whole_chunk
from counterflow.ensemble.stored.place import Place, listed, place, reaching, zarr_store
from counterflow.ensemble.stored.writing import incomplete
from counterflow.errors import StoreError, UsageError

if TYPE_CHECKING:
    import xarray as xr

MEND = "Run the command that wrote them again, with --resume: it runs only what is missing."
FLAGS = ("flag_values", "flag_meanings", "names")


def manifest_of(address: str) -> Manifest:
    """What a store says about itself. Raises UsageError where there is none, StoreError where it is damaged."""
    return _manifest(place(address))


def open_runs(address: str, *, allow_incomplete: bool = False) -> xr.Dataset:
    """The runs of a store, in the order of its layout; values are read when they are asked for.

    Raises UsageError where there is no store, StoreError where chunks are missing or were set aside, unless
    `allow_incomplete`: then what is missing is NaN (0 in counts), and the attribute `missing_chunks` lists it.
    """
    require("stored runs", "fsspec", "zarr")
    import xarray as xr
    from zarr.errors import ZarrUserWarning

    at = place(address)
    manifest = _manifest(at)
    with reaching(at, "the runs cannot be read", MEND):
        files = listed(at)
    missing = _missing(at, manifest, files)
    if not manifest["complete"] and not allow_incomplete:
        raise incomplete(at, manifest["pieces"] - len(missing), manifest["pieces"])
    if missing and not allow_incomplete:
        why = {failure["index"]: failure["reason"] for failure in manifest["failed"]}
        said = f"{len(missing):,} of {manifest['pieces']:,} chunks are missing, the first is {missing[0]}"
        raise StoreError(f"{said} ({why.get(missing[0], 'it was there once')}).", where=at.address, hint=MEND)
    with reaching(at, "the runs cannot be read", MEND):
        try:
            with warnings.catch_warnings():
                # What a writer left without its description, as where there was no room, is no array yet.
                warnings.filterwarnings("ignore", "Object at .* is not recognized", ZarrUserWarning)
                store = zarr_store(at, read_only=True)
                found = xr.open_zarr(store, consolidated=False, chunks=None, zarr_format=3, decode_timedelta=False)
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise StoreError(f"what describes the runs is damaged: {error}.", where=at.address, hint=MEND) from error
    _refuse_lost(at, manifest, files, found)
    found.attrs.pop("complete", None)  # told better, by refusing or by what follows
    if allow_incomplete:
        found.attrs["missing_chunks"] = missing
    # A listing has no order of its own. Names with `__` are of what a reduction adds up, not of what it tells.
    names = [*manifest["layout"], *sorted(set(found.data_vars) - set(manifest["layout"]))]
    return with_names(found[[name for name in names if "__" not in name]])


def load_runs(address: str) -> xr.Dataset:
    """The runs of a store, read whole. Raises as `open_runs`, and StoreError where a chunk is damaged."""
    at = place(address)
    with open_runs(address) as found, reaching(at, "the runs cannot be read", MEND):
        try:
            return found.load()
        except (ValueError, RuntimeError, TypeError, IndexError) as error:  # from the checksum, and from decompression
            raise StoreError(f"a chunk of the runs is damaged: {error}", where=at.address, hint=MEND) from error


def _manifest(at: Place) -> Manifest:
    with reaching(at, "the runs cannot be read", MEND):
        try:
            manifest = read_manifest(at)
        except DamagedError:
            raise StoreError("the manifest of the runs is damaged.", where=at.address, hint=MEND) from None
    if manifest is None:
        raise UsageError("there are no stored runs here.", where=at.address, hint="`--store` of simulate writes them.")
    if manifest["format"] != FORMAT:
        said = f"these runs were stored by another version of Counterflow (format {manifest['format']})."
        raise UsageError(said, where=at.address)
    return manifest


def layout_of(manifest: Manifest) -> Layout:
    """The layout that a manifest describes, without the attributes of its variables."""
    return {
        name: Variable(tuple(one["dims"]), tuple(one["shape"]), tuple(one["chunks"]), one["dtype"], {})
        for name, one in manifest["layout"].items()
    }


def _missing(at: Place, manifest: Manifest, files: Set[str]) -> list[int]:
    """The pieces that are not complete, or of which a file is gone: Zarr would show it as missing values."""
    layout = layout_of(manifest)
    with reaching(at, "the runs cannot be read", MEND):
        done, _ = markers(at, manifest["identity_sha256"])
    there = {piece.index for piece in pieces_of(layout) if files >= {*chunks_of(layout, piece).values()}}
    return [index for index in range(manifest["pieces"]) if index not in done or index not in there]


def _refuse_lost(at: Place, manifest: Manifest, files: Set[str], found: xr.Dataset) -> None:
    """Refuse a store of which an array, or a file of one that belongs to no piece, is gone: Zarr would read it as 0."""
    beside = manifest["beside"]
    lost = [name for name in (*manifest["layout"], *beside) if name not in found.variables]
    lost += [name for name in beside if name in found.variables and whole_chunk(name, found[name].ndim) not in files]
    if lost:
        raise StoreError(f"{', '.join(lost)} can no longer be read: a file is gone.", where=at.address, hint=MEND)


def with_names(found: xr.Dataset) -> xr.Dataset:
    """Put the names that flags stand for in their place."""
    for name, coordinate in found.coords.items():
        if "names" in coordinate.attrs:
            names = np.asarray(coordinate.attrs["names"], dtype=str)
            attrs = {key: value for key, value in coordinate.attrs.items() if key not in FLAGS}
            found = found.assign_coords({name: (coordinate.dims, names[coordinate.values], attrs)})
    return found
