"""What study or published figure would settle a parameter of grade D: the sentences of studies.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def studies() -> dict[str, str]:
    """One sentence for each, by "mechanism.symbol"."""
    raw = tomllib.loads((files("counterflow.judgement") / "studies.toml").read_text(encoding="utf-8"))
    return {f"{mechanism}.{symbol}": text for mechanism, rows in raw.items() for symbol, text in rows.items()}


def study_of(name: str) -> str:
    """The sentence for one; "" where none is proposed."""
    return studies().get(name, "")
