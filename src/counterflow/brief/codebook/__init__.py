"""The codebook: what words count as what, kept as TOML so that it can be read, diffed and argued with."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed TOML file `NAME.toml` of the codebook; parsed once; do not change it."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def version() -> str:
    """Twelve hexadecimal digits that change whenever a file of the codebook does (from its SHA-256)."""
    digest = hashlib.sha256()
    for entry in sorted(files(__name__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
    return digest.hexdigest()[:12]
