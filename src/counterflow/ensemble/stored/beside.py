"""What a store holds beside its pieces: arrays that belong to all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from counterflow.ensemble.layout import Coordinate
from counterflow.ensemble.stored.pieces import whole_chunk
from counterflow.ensemble.stored.place import listed, reaching, zarr_store
from counterflow.ensemble.stored.skeleton import DESCRIPTION, put, skeleton

if TYPE_CHECKING:
    from counterflow.ensemble.stored.writing import Begun


def write(begun: Begun, arrays: Mapping[str, Coordinate]) -> None:
    """Write arrays whole, in the place of those of the same names. Raises StoreError where they cannot be written."""
    made = skeleton({}, arrays, {})
    files = {name: content for name, content in made.items() if name.split("/")[0] in arrays}
    # What describes an array comes after its values: with it, the array is there.
    with reaching(begun.at, "the store cannot be written"):
        put(begun.at, dict(sorted(files.items(), key=lambda file: file[0].endswith(f"/{DESCRIPTION}"))))


def read(begun: Begun, names: Sequence[str]) -> dict[str, np.ndarray] | None:
    """Arrays that `write` wrote; None where one of them is not there or is damaged."""
    import zarr

    with reaching(begun.at, "the store cannot be read"):
        files = listed(begun.at)
        # One by one: a group that lists all that it holds warns of a chunk that lies there without a description.
        if not files.issuperset(f"{name}/{DESCRIPTION}" for name in names):
            return None
        store = zarr_store(begun.at, read_only=True)
        try:
            arrays = {name: zarr.open_array(store, path=name, mode="r", zarr_format=3) for name in names}
            # Zarr reads a file that is gone as 0.
            if not files.issuperset(whole_chunk(name, array.ndim) for name, array in arrays.items()):
                return None
            return {name: np.asarray(array[...]) for name, array in arrays.items()}
        except (KeyError, ValueError, RuntimeError, TypeError, IndexError):
            return None
