"""The canonical tables (tables.toml), and the one way to write them.

Parquet, compressed, rows sorted by all columns in order: the same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

Row = tuple[Any, ...]

SQL = {"string": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "date": "DATE"}

TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("tables.toml").read_text(encoding="utf-8")
)
WHOLE = tuple(name for name, table in TABLES.items() if not table["of_a_vintage"])  # they come with the package
OF_A_VINTAGE = tuple(name for name, table in TABLES.items() if table["of_a_vintage"])


def sql_columns(name: str) -> str:
    """The columns of a table as SQL declares them."""
    return ", ".join(f'"{column}" {SQL[kind]}' for column, (kind, _) in TABLES[name]["columns"].items())


def write_table(name: str, rows: Iterable[Row], folder: Path) -> dict[str, int | str]:
    """Write one table into `folder`, whole or not at all; give its row count and SHA-256.

    Written beside its place, synced, and renamed into it.
    """
    import duckdb

    target, temporary = folder / f"{name}.parquet", folder / f"{name}.parquet.part"
    ordered = sorted(rows, key=lambda row: [(value is not None, value) for value in row])
    types = [SQL[kind] for kind, _ in TABLES[name]["columns"].values()]
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")  # one thread, so that rows and row groups keep their order
        connection.execute(f"CREATE TABLE rows ({sql_columns(name)})")
        if ordered:
            columns = [list(column) for column in zip(*ordered, strict=True)]
            slots = ", ".join(f"unnest(CAST(? AS {column_type}[]))" for column_type in types)
            connection.execute(f"INSERT INTO rows SELECT {slots}", columns)
        place = str(temporary).replace("'", "''")
        connection.execute(f"COPY rows TO '{place}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9)")
    replace_synced(temporary, target)
    return {"rows": len(ordered), "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}


def replace_synced(temporary: Path, target: Path) -> None:
    """Rename a file or folder into its place so that after a crash the old or the new one is there, whole."""
    sync(temporary)
    os.replace(temporary, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
