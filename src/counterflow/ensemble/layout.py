"""How the results of an ensemble are laid out, and which part of them each piece of the work gives.

The work is cut into pieces: a block of draws in one replicate, all branches together. A piece has the number
`block * replicates + replicate`. Along `draw` an array is chunked by the block, along `replicate` and `chunk` (one
entry per piece) by one, and along every other dimension it is one chunk. So each piece owns whole chunks, and any
number of processes can write side by side: two that shared a chunk would undo each other's writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from counterflow.errors import ModelError


class Variable(NamedTuple):
    """A variable of the results: its dimensions, how it is chunked along each, its type and its CF attributes."""

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: str  # "float32" | "float64" | "int32" | "uint16"
    attrs: Mapping[str, Any]


Layout = Mapping[str, Variable]


class Coordinate(NamedTuple):
    """A coordinate as it is stored: numbers only, so that any reader of Zarr can take them."""

    dims: tuple[str, ...]
    values: np.ndarray
    attrs: Mapping[str, Any]


class Piece(NamedTuple):
    """A piece of the work: its number, its block and replicate, and the draws that it gives, by their numbers."""

    index: int  # type: ignore[assignment]  # what the number is called everywhere; nobody looks a value up in a piece
    block: int
    replicate: int
    draws: slice


def pieces(draws: int, replicates: int, block: int) -> list[Piece]:
    """All pieces of an ensemble in the order of their numbers; the last block may be used in part."""
    return [
        Piece(number * replicates + replicate, number, replicate, slice(first, min(first + block, draws)))
        for number, first in enumerate(range(0, draws, block))
        for replicate in range(replicates)
    ]


def pieces_of(layout: Layout) -> list[Piece]:
    """All pieces that give the variables of a layout, in the order of their numbers.

    Where no variable is over `draw`, the pieces have no draws. Raises ModelError where the lengths do not fit together.
    """
    lengths: dict[str, int] = {}
    for name, variable in layout.items():
        for dim, length, chunk in zip(variable.dims, variable.shape, variable.chunks, strict=True):
            for key, number in ((dim, length), (f"block of {dim}", chunk)):
                if lengths.setdefault(key, number) != number:
                    raise ModelError(f"{name} has {number} as {key}, another variable has {lengths[key]}")
    if "draw" not in lengths:
        return [Piece(index, index, 0, slice(0, 0)) for index in range(lengths.get("chunk", 0))]
    draws, block = lengths["draw"], lengths["block of draw"]
    blocks = -(-draws // block)
    replicates = lengths.get("replicate", lengths.get("chunk", blocks) // blocks)
    found = pieces(draws, replicates, block)
    if lengths.get("chunk", len(found)) != len(found):
        raise ModelError(f"{lengths['chunk']} chunks do not fit {blocks} blocks in {replicates} replicates")
    return found


def region(variable: Variable, piece: Piece) -> tuple[slice, ...] | None:
    """Where in `variable` the array that a piece gives belongs.

    None where the variable is the same in all replicates, and the piece is not of the first: then it gives nothing.
    Raises ModelError where the region would not be one whole chunk.
    """
    if not {"draw", "chunk"} & set(variable.dims):
        raise ModelError(f"a variable over {', '.join(variable.dims) or 'nothing'} belongs to no piece")
    if piece.replicate > 0 and not {"replicate", "chunk"} & set(variable.dims):
        return None
    own = {
        "draw": piece.draws,
        "replicate": slice(piece.replicate, piece.replicate + 1),
        "chunk": slice(piece.index, piece.index + 1),
    }
    where = []
    for dim, length, chunk in zip(variable.dims, variable.shape, variable.chunks, strict=True):
        part = own.get(dim, slice(0, length))
        begins = part.start % chunk == 0
        ends = part.stop == min(part.start + chunk, length)
        if not (begins and ends and part.start < part.stop):
            raise ModelError(
                f"piece {piece.index} covers {part.start} to {part.stop} of {length} along {dim}, "
                f"which is not a whole chunk of {chunk}"
            )
        where.append(part)
    return tuple(where)


def chunk_key(variable: Variable, piece: Piece) -> str | None:
    """The name of the file that a piece's array fills, beneath the variable's own; None as in `region`."""
    where = region(variable, piece)
    if where is None:
        return None
    return "/".join(["c", *(str(part.start // chunk) for part, chunk in zip(where, variable.chunks, strict=True))])


# ------------------------------------------------------------------------------------------ coordinates


def named(dim: str, names: Sequence[str], attrs: Mapping[str, Any] | None = None) -> Coordinate:
    """A coordinate of names, as numbers with the CF flags that say what they mean.

    CF separates meanings by blanks, so a blank within a name is written as `_` there; `names` has them as they are.
    """
    meanings = " ".join("_".join(name.split()) for name in names)
    flags = {"flag_values": list(range(len(names))), "flag_meanings": meanings, "names": list(names)}
    return Coordinate((dim,), np.arange(len(names), dtype=np.int32), {**(attrs or {}), **flags})


def numbered(dim: str, count: int, attrs: Mapping[str, Any] | None = None) -> Coordinate:
    """A coordinate that counts from 0."""
    return Coordinate((dim,), np.arange(count, dtype=np.int32), dict(attrs or {}))


def dated(dim: str, days: np.ndarray, attrs: Mapping[str, Any] | None = None) -> Coordinate:
    """A coordinate of days (datetime64), as CF counts them from 1970-01-01."""
    values = days.astype("datetime64[D]").astype(np.int64)
    units = {"units": "days since 1970-01-01", "calendar": "proleptic_gregorian", "standard_name": "time"}
    return Coordinate((dim,), values, {**units, **(attrs or {})})
