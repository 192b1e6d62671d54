"""One piece of the runs in a store: written whole, read back, and told by its digest."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np

from counterflow.ensemble.layout import Layout, Piece, chunk_key, region
from counterflow.ensemble.stored.manifest import read_marker, write_marker
from counterflow.ensemble.stored.place import RESUME, Place, place, reaching, remove, zarr_store
from counterflow.errors import ModelError, StoreError

AT_ONCE = 8  # chunks that are sent at the same time


def digest_of(arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 over names, types, shapes and values (C order, little endian), so however they are packed the same."""
    found = hashlib.sha256()
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name])
        values = values.astype(values.dtype.newbyteorder("<"), copy=False)
        found.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
        found.update(values.data.cast("B") if values.size else b"")
    return found.hexdigest()


def parts(layout: Layout, piece: Piece) -> dict[str, tuple[slice, ...]]:
    """Where each array that a piece gives belongs, by the variable's name."""
    found = {name: region(variable, piece) for name, variable in layout.items()}
    return {name: where for name, where in found.items() if where is not None}


def chunks_of(layout: Layout, piece: Piece) -> dict[str, str]:
    """The file that each variable of a piece fills."""
    found = {name: chunk_key(variable, piece) for name, variable in layout.items()}
    return {name: f"{name}/{key}" for name, key in found.items() if key is not None}


def whole_chunk(name: str, dims: int) -> str:
    """The file of an array that is one chunk, with that many dimensions."""
    return "/".join([name, "c", *["0"] * dims])


def write(
    address: str,
    layout: Layout,
    piece: Piece,
    arrays: Mapping[str, np.ndarray],
    identity_hash: str,
    processor: str = "",
) -> str:
    """Write a piece, and then the marker that says so and on what kind of `processor` it was run; returns its digest.

    Any process may, at any time.

    Raises StoreError where there is no room or no way to write: whatever was complete before is as it was. Raises
    ModelError for arrays that are not those of the layout.
    """
    where = parts(layout, piece)
    _refuse_unfit(layout, piece, where, arrays)
    digest = digest_of(arrays)
    at = place(address)
    held = _arrays(at, identity_hash, tuple(layout))
    with reaching(at, f"chunk {piece.index} cannot be written"):
        chunks = chunks_of(layout, piece)

        def put(name: str) -> None:
            if arrays[name].shape != layout[name].chunks:
                # Zarr would merge a last block, used in part, into what is there, which may be damaged.
                remove(at, chunks[name])
            held[name][where[name]] = arrays[name]

        if at.folder is not None:
            for name in arrays:
                put(name)
        else:  # each waits for an answer from afar
            with ThreadPoolExecutor(AT_ONCE) as side_by_side:
                deque(side_by_side.map(put, arrays), maxlen=0)
        write_marker(at, piece.index, digest, identity_hash, processor)
    return digest


def marked(address: str, index: int, identity_hash: str) -> str | None:
    """The digest of a piece that is complete, by its number; None where it is not, or is of another ensemble.

    Raises StoreError where that cannot be read.
    """
    at = place(address)
    with reaching(at, f"whether chunk {index} is complete cannot be read"):
        said = read_marker(at, index, identity_hash)
    return None if said is None else said.digest


def read(address: str, layout: Layout, piece: Piece, identity_hash: str) -> dict[str, np.ndarray]:
    """The arrays of a piece. Raises StoreError where they cannot be read, ValueError or RuntimeError where damaged."""
    at = place(address)
    held = _arrays(at, identity_hash, tuple(layout))
    with reaching(at, f"chunk {piece.index} cannot be read"):
        return {name: np.asarray(held[name][where]) for name, where in parts(layout, piece).items()}


def _refuse_unfit(
    layout: Layout, piece: Piece, where: Mapping[str, tuple[slice, ...]], arrays: Mapping[str, np.ndarray]
) -> None:
    if set(where) != set(arrays):
        raise ModelError(f"chunk {piece.index} has to give {sorted(where)}, and gives {sorted(arrays)}")
    for name, values in arrays.items():
        shape = tuple(part.stop - part.start for part in where[name])
        if values.shape != shape or values.dtype != np.dtype(layout[name].dtype):
            raise ModelError(
                f"{name} of chunk {piece.index} is {values.dtype} {values.shape}, "
                f"its place is {layout[name].dtype} {shape}"
            )


@lru_cache(maxsize=8)
def _arrays(at: Place, identity_hash: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The arrays of a store; kept, since a process writes many pieces. The hash tells stores in one place apart."""
    import zarr

    with reaching(at, "the store cannot be opened"):
        try:
            store = zarr_store(at)
            arrays = {name: zarr.open_array(store, path=name, mode="r+", zarr_format=3) for name in names}
            # Without this a chunk that holds nothing but missing values would be no file, as one that was lost.
            return {name: array.with_config({"write_empty_chunks": True}) for name, array in arrays.items()}
        except (KeyError, ValueError, TypeError) as error:
            raise StoreError(
                f"what describes the store is damaged ({error}).", where=at.address, hint=RESUME
            ) from error
