"""The canonical tables (tables.toml), and the one way to write them.

Parquet, compressed, rows sorted by all columns in order: the same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterflow.evidence.disk import replace_synced

Row = tuple[Any, ...]

SQL = {"string": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "date": "DATE", "boolean": "BOOLEAN"}

TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("tables.toml").read_text(encoding="utf-8")
)
WHOLE = tuple(name for name, table in TABLES.items() if table["kept"] == "package")
OF_A_VINTAGE = tuple(name for name, table in TABLES.items() if table["kept"] == "vintage")


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
