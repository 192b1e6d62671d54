"""The codebook: what words count as what, kept as TOML so that it can be read, diffed and argued with."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_VERSION = "version"  # the file that says which codebook this is, and is no table of it


@cache
def table(name: str) -> dict[str, Any]:
    """The parsed TOML file `NAME.toml` of the codebook; parsed once; do not change it."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def table_names() -> tuple[str, ...]:
    """The names of all tables, in alphabetical order."""
    found = sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(".toml"))
    return tuple(name.removesuffix(".toml") for name in found if name != f"{_VERSION}.toml")


@cache
def party_codes() -> frozenset[str]:
    """Every code by which the codebook knows a party: of titles, bodies, countries and offices."""
    parties = table("parties")
    codes = {code for title in parties["title"] for code in title["codes"].values()}
    codes |= {body["code"] for body in parties["body"]} | set(parties["grammar"]["countries"])
    return frozenset(codes | {office["id"] for office in table("offices")["office"]})


@cache
def fingerprint(name: str) -> str:
    """Eight hexadecimal digits that change whenever a table does (from its SHA-256)."""
    return hashlib.sha256(files(__name__).joinpath(f"{name}.toml").read_bytes()).hexdigest()[:8]


def number() -> str:
    """The version of the codebook as a whole, as CHANGELOG.md counts it."""
    return str(table(_VERSION)["version"])


@cache
def version() -> str:
    """The version with twelve hexadecimal digits that change whenever a table does: "1.0.0+0123456789ab"."""
    digest = hashlib.sha256()
    for name in table_names():
        digest.update(f"{name}.toml".encode())
        digest.update(files(__name__).joinpath(f"{name}.toml").read_bytes())
    return f"{number()}+{digest.hexdigest()[:12]}"
