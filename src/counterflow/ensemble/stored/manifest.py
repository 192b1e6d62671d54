"""What a store says about itself: its manifest, and a marker for every piece that is complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from counterflow.ensemble.layout import Layout
from counterflow.ensemble.stored.place import Place, listed, read, read_all, write

Identity = Mapping[str, Any]  # all that a piece's content depends on, in values that JSON has
Manifest = dict[str, Any]

OURS = "counterflow"  # the folder beside the variables
MANIFEST = f"{OURS}/manifest.json"
DONE = f"{OURS}/done"
FORMAT = 1  # of the folder and its manifest; another number is another layout
ABSENT = object()
SHOWN = 32  # characters that a value may have in a message; a longer one is cut
CUT = 12  # to so many


class DamagedError(ValueError):
    """A manifest that is not one."""


def canonical(value: Any) -> str:
    """JSON of which equal values have the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(identity: Identity) -> str:
    """What tells one ensemble from another: the SHA-256 of its identity."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def begun_with(layout: Layout, coordinates: Iterable[str], identity: Identity, pieces: int) -> Manifest:
    """The manifest of a store in which no piece is complete yet."""
    return {
        "format": FORMAT,
        "identity": json.loads(canonical(identity)),
        "identity_sha256": hash_of(identity),
        "layout": described(layout),
        "beside": sorted(coordinates),  # arrays that belong to no piece
        "pieces": pieces,
        "complete": False,
        "failed": [],
        "about": {},
    }


def described(layout: Layout) -> dict[str, Any]:
    """A layout in values that JSON has, without the attributes."""
    return {
        name: {"dims": [*one.dims], "shape": [*one.shape], "chunks": [*one.chunks], "dtype": one.dtype}
        for name, one in layout.items()
    }


def read_manifest(at: Place) -> Manifest | None:
    """The manifest, None where there is none. Raises DamagedError, OSError."""
    found = read(at, MANIFEST)
    if found is None:
        return None
    try:
        manifest: Manifest = json.loads(found)
        if manifest["format"] == FORMAT:
            parts = (manifest["identity"], manifest["layout"], manifest["about"])
            whole = all(isinstance(part, dict) for part in parts) and isinstance(manifest["failed"], list)
            whole = whole and isinstance(manifest["beside"], list)
            whole = whole and isinstance(manifest["pieces"], int) and isinstance(manifest["complete"], bool)
            whole = whole and hash_of(manifest["identity"]) == manifest["identity_sha256"]
            if not whole or manifest.pop("sha256") != _checksum(manifest):
                raise DamagedError
    except (ValueError, KeyError, TypeError):
        raise DamagedError("the manifest is damaged") from None
    return manifest


def write_manifest(at: Place, manifest: Manifest) -> None:
    """Replace the manifest in one step."""
    told = {**manifest, "sha256": _checksum(manifest)}
    write(at, MANIFEST, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())


def _checksum(manifest: Manifest) -> str:
    """SHA-256 of all but `complete`, which no flipped bit turns around, and `about`, on which nothing depends."""
    return hash_of({name: value for name, value in manifest.items() if name not in ("complete", "about")})


def differences(held: Any, given: Any, where: str = "") -> Iterator[str]:
    """Each field in which two identities differ, with both values."""
    if isinstance(held, dict) and isinstance(given, dict):
        for name in sorted({*held, *given}):
            field = f"{where}.{name}" if where else name
            yield from differences(held.get(name, ABSENT), given.get(name, ABSENT), field)
    elif held is ABSENT or given is ABSENT or canonical(held) != canonical(given):
        there, here = _shown(held), _shown(given)
        if there == here and held is not ABSENT and given is not ABSENT:  # they differ further on
            there, here = (f"{there} (#{hash_of({'': value})[:8]})" for value in (held, given))
        yield f"{where} is {there} there, and {here} here"


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "not given"
    text = value if isinstance(value, str) else canonical(value)
    return text if len(text) <= SHOWN else f"{text[:CUT]}..."


# ------------------------------------------------------------------------------------------ markers


class Marker(NamedTuple):
    """Of a piece that is complete: what its content hashes to, and what kind of processor it was run on."""

    digest: str
    processor: str  # empty where nobody said


def write_marker(at: Place, index: int, digest: str, identity_hash: str, processor: str = "") -> None:
    """Say that a piece is complete."""
    said = {"index": index, "digest": digest, "identity": identity_hash, "processor": processor}
    write(at, marker(index), canonical(said).encode())


def marker(index: int) -> str:
    """The name of a piece's marker."""
    return f"{DONE}/{index}.json"


def read_marker(at: Place, index: int, identity_hash: str) -> Marker | None:
    """The marker of a piece; None where there is none, or a damaged one, or one of another ensemble. Raises OSError."""
    data = read(at, marker(index))
    said = None if data is None else _marker(marker(index), data)
    return said[1] if said is not None and said[0] == identity_hash else None


def markers(at: Place, identity_hash: str) -> tuple[dict[int, Marker], int]:
    """The marker of each piece that is complete, and how many markers are of another ensemble.

    One that is damaged counts as none.
    """
    found: dict[int, Marker] = {}
    others = 0
    names = {name for name in listed(at, DONE) if name.endswith(".json")}
    for name, data in read_all(at, names).items():
        said = _marker(name, data)
        if said is None:
            continue
        identity, held = said
        if identity != identity_hash:
            others += 1
        else:
            found[int(name.removeprefix(f"{DONE}/").removesuffix(".json"))] = held
    return dict(sorted(found.items())), others


def _marker(name: str, data: bytes) -> tuple[str, Marker] | None:
    """The ensemble that a marker is of, and what it says; None where it is damaged or another piece's."""
    try:
        said = json.loads(data)
        if name != marker(int(said["index"])):
            return None
        return str(said["identity"]), Marker(str(said["digest"]), str(said.get("processor", "")))
    except (ValueError, KeyError, TypeError):
        return None
