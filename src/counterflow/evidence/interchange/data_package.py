"""The evidence for other programs: a Data Package (version 2) of its tables, as CSV or Parquet.

Standard: Data Package v2 and Table Schema v2, https://datapackage.org/standard/.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from counterflow.errors import UsageError
from counterflow.evidence.disk import replace_synced, write_whole
from counterflow.evidence.store import Store
from counterflow.evidence.tables import TABLES

Format = Literal["csv", "parquet"]
PROFILES = "https://datapackage.org/profiles/2.0"
MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def export_data_package(store: Store, folder: Path, form: Format = "csv") -> Path:
    """Write every table of the store, all vintages, with their description, and give the place of datapackage.json.

    The folder must not exist, or be empty, or hold an earlier export, which is replaced; datapackage.json comes last.
    Dates are ISO, numbers have a point, an empty field is a missing value, text is UTF-8. Raises UsageError where
    the folder holds something else or cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not _is_package(folder))):
        raise UsageError("this holds something else than an export", where=str(folder), hint="Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as name:
            beside = Path(name)
            described = _description(store, [_resource(store, name, beside, form) for name in TABLES])
            for stale in folder.iterdir():
                stale.unlink()
            for path in beside.iterdir():
                replace_synced(path, folder / path.name)
        text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
        write_whole(folder / "datapackage.json", text.encode())  # last: with it the package is whole
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"the folder cannot be written: {reason}", where=str(folder), hint="Name another.") from None
    return folder / "datapackage.json"


def _is_package(folder: Path) -> bool:
    """Whether a folder holds an export of ours and nothing else."""
    try:
        described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        own = {"datapackage.json", *(resource["path"] for resource in described["resources"])}
        return described["name"] == "counterflow-evidence" and {path.name for path in folder.iterdir()} <= own
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _resource(store: Store, name: str, folder: Path, form: Format) -> dict[str, Any]:
    """Write one table and describe it."""
    table, path = TABLES[name], folder / f"{name}.{form}"
    options = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet, COMPRESSION zstd"}[form]
    order = ", ".join(f'"{column}" NULLS FIRST' for column in table["columns"])
    place = str(path).replace("'", "''")
    store.connection.cursor().execute(f"COPY (SELECT * FROM {name} ORDER BY {order}) TO '{place}' ({options})")
    data = path.read_bytes()
    schema: dict[str, Any] = {
        "$schema": f"{PROFILES}/tableschema.json",
        "fields": [
            {"name": column, "type": kind, "description": meaning}
            for column, (kind, meaning) in table["columns"].items()
        ],
        "missingValues": [""],
    }
    if table["key"]:
        schema["primaryKey"] = table["key"]
    if "refers" in table:
        schema["foreignKeys"] = [
            {"fields": r["columns"], "reference": {"resource": r["to"], "fields": r["on"]}} for r in table["refers"]
        ]
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": name,
        "type": "table",
        "title": table["title"],
        "path": path.name,
        "format": form,
        "mediatype": MEDIA_TYPES[form],
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": schema,
    }


def _description(store: Store, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The package: whose figures, under which terms, of which vintage. The same store gives the same bytes."""
    listed = store.series_list()
    publishers = dict.fromkeys((series.publisher, series.url) for series in listed)
    latest = store.manifest["vintages"][-1]["id"]
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": "counterflow-evidence",
        "title": "Official figures on the US-Mexico border, drugs and violence",
        "description": f"The evidence of Counterflow {version('counterflow')}: {len(listed)} official series in every "
        "vintage, published single figures and the policy record, each with its source. Figures remain their "
        "publishers'; terms stand with each series.",
        "version": latest,
        "keywords": ["border", "migration", "fentanyl", "overdose", "homicide", "detention"],
        "licenses": [
            {"name": _short(terms), "title": terms} for terms in sorted({series.licence for series in listed})
        ],
        "sources": [{"title": publisher, "path": url} for publisher, url in publishers],
        "resources": resources,
    }


def _short(terms: str) -> str:
    """Terms of use as a name: letters, digits, dots and dashes."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in ".-") else "-" for letter in terms)
    return "-".join(part for part in plain.split("-") if part)
