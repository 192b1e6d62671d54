"""What computes: the files, libraries and settings that decide which bits a run gives, on one kind of processor."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from counterflow.errors import UsageError

ROOMS = ("strategy", "model", "ensemble")  # whose files decide what a run gives
LIBRARIES = ("jax", "jaxlib", "numpy", "scipy")


@lru_cache(maxsize=1)
def engine() -> Mapping[str, str]:
    """Every field in which two processes can differ and give other bits; files are told by their SHA-256."""
    import jax

    return {
        "version": version("counterflow"),
        "files": _files(),
        **{name: version(name) for name in LIBRARIES},
        "machine": platform.machine(),
        "backend": jax.default_backend(),
        "xla_flags": " ".join(sorted(os.environ.get("XLA_FLAGS", "").split())),
    }


def refuse_another(asked: Mapping[str, str]) -> None:
    """Raise UsageError where this process would compute otherwise than the engine that is asked for."""
    own = engine()
    differing = [f"{name} is {own[name]!r} there, not {asked[name]!r}" for name in own if own[name] != asked[name]]
    if differing:
        raise UsageError(
            f"a worker would compute otherwise than this process: {'; '.join(differing)}",
            where=platform.node(),
            hint="Install the same there, and start it with the same settings.",
        )


def processor() -> str:
    """The processor's name: another kind gives other last digits."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:
            return next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), "")
    except OSError:
        return platform.processor()


def digest(package: str, folder: str, names: Collection[str] = ()) -> str:
    """SHA-256 over the files of a folder of the package, in order of name: those of `names`, or all of them."""
    found = hashlib.sha256()
    entries = (entry for entry in (files(package) / folder).iterdir() if entry.is_file())
    for entry in sorted(entries, key=lambda entry: entry.name):
        if not names or entry.name in names:
            found.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return found.hexdigest()


def _files() -> str:
    """SHA-256 over the files of the package that decide what a run gives."""
    found = hashlib.sha256()
    for room in ROOMS:
        for name, content in sorted(_contents(files("counterflow") / room, room)):
            found.update(f"{name} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def _contents(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        within = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _contents(entry, within)
        elif entry.name.endswith((".py", ".toml", ".csv")):
            found.append((within, entry.read_bytes()))
    return found
