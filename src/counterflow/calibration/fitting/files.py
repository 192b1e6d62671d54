"""The files of a calibration: draws, what series show beside the model, a manifest, and the whole for ArviZ.

    posterior.parquet    a column for each fitted parameter, as "border.p_app", in natural units; a row a draw
    discrepancy.parquet  columns "phi:SERIES", "sigma:SERIES" and "tau:SERIES"; the same rows in the same order
    manifest.json        what it is fitted to, from what, and how far it is to be trusted
    inference.zarr       all members with prior and observations, as ArviZ reads them (not of bundled posteriors)

The same arrays give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from counterflow.calibration.fitting.discrepancy import Hyper
from counterflow.errors import EvidenceError, UsageError
from counterflow.evidence.disk import folder_in_place, replace_synced, write_whole
from counterflow.model.conditions import Key

if TYPE_CHECKING:
    import xarray as xr

POSTERIOR, DISCREPANCY, MANIFEST, INFERENCE = (
    "posterior.parquet",
    "discrepancy.parquet",
    "manifest.json",
    "inference.zarr",
)


class Fitted(NamedTuple):
    """A calibration as it was written."""

    keys: tuple[Key, ...]
    values: np.ndarray  # (row, parameter) natural units
    hyper: Hyper  # (row, series) natural units, NumPy arrays
    series: tuple[str, ...]
    manifest: dict[str, Any]


def write_draws(folder: Path, keys: Sequence[Key], values: np.ndarray, series: Sequence[str], hyper: Hyper) -> None:
    """Write posterior.parquet and discrepancy.parquet: `values` (row, parameter), `hyper` (row, series)."""
    _write_table(folder / POSTERIOR, [".".join(key) for key in keys], values)
    parts = {f"{part}:{name}": part for part in Hyper._fields for name in series}
    stacked = np.concatenate([np.asarray(getattr(hyper, part)) for part in Hyper._fields], axis=1)
    _write_table(folder / DISCREPANCY, list(parts), stacked)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write manifest.json, the last file of a calibration: one that has it is whole."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(folder / MANIFEST, f"{text}\n".encode())


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a calibration. Raises EvidenceError where there is none that can be read."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvidenceError(
            f"this is no calibration, or not a whole one: {MANIFEST} cannot be read", where=folder.name
        ) from error
    return found


def read(folder: Path) -> Fitted:
    """A calibration. Raises EvidenceError where a file is missing, damaged, or of other rows than the rest."""
    manifest = manifest_of(folder)
    names, values = _read_table(folder / POSTERIOR)
    columns, stacked = _read_table(folder / DISCREPANCY)
    count = len(columns) // len(Hyper._fields)
    series = tuple(column.removeprefix("phi:") for column in columns[:count])
    expected = [f"{part}:{name}" for part in Hyper._fields for name in series]
    if columns != expected or not len(values) == len(stacked) == manifest.get("rows"):
        raise EvidenceError("the files of this calibration do not belong together", where=folder.name)
    keys = tuple((mechanism, symbol) for mechanism, _, symbol in (name.partition(".") for name in names))
    phi, sigma, tau = np.split(stacked, len(Hyper._fields), axis=1)
    return Fitted(keys, values, Hyper(phi, sigma, tau), series, manifest)  # type: ignore[arg-type]  # not JAX: in double


def require_zarr() -> None:
    """Raise UsageError where inference.zarr could not be written."""
    if find_spec("zarr") is None:
        raise UsageError("a calibration needs zarr, not installed here", hint="pip install 'counterflow[calibration]'")


def write_inference(folder: Path, groups: Mapping[str, xr.Dataset]) -> None:
    """Write inference.zarr, a group for each dataset, in the place of one that is there."""
    import xarray as xr
    from zarr.errors import UnstableSpecificationWarning

    shutil.rmtree(folder / INFERENCE, ignore_errors=True)
    with folder_in_place(folder / INFERENCE) as beside, warnings.catch_warnings():
        # Zarr says that its format 3 does not settle yet how strings are stored; xarray and Zarr read them.
        warnings.simplefilter("ignore", UnstableSpecificationWarning)
        tree = xr.DataTree.from_dict({f"/{name}": dataset for name, dataset in groups.items()})
        tree.to_zarr(beside, zarr_format=3, consolidated=False, mode="w")


def _write_table(target: Path, names: Sequence[str], values: np.ndarray) -> None:
    """Write (row, column) numbers in single precision, whole or not at all."""
    import duckdb  # not above: it takes a fifth of a second

    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    temporary = target.with_name(f"{target.name}.part")
    place = str(temporary).replace("'", "''")
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")  # one thread, so that rows and row groups keep their order
        connection.execute(f"CREATE TABLE rows ({', '.join(f'{name} FLOAT' for name in quoted)})")
        slots = ", ".join("unnest(CAST(? AS FLOAT[]))" for _ in names)
        connection.execute(
            f"INSERT INTO rows SELECT {slots}", [column.tolist() for column in np.asarray(values, np.float32).T]
        )
        connection.execute(f"COPY rows TO '{place}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9)")
    replace_synced(temporary, target)


def _read_table(path: Path) -> tuple[list[str], np.ndarray]:
    """Names and (row, column) numbers."""
    import duckdb

    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute("SET threads = 1")
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
    except duckdb.Error as error:
        raise EvidenceError(
            f"{path.name} cannot be read: {str(error).splitlines()[0]}", where=path.parent.name
        ) from error
    return list(found), np.stack([np.asarray(column, np.float64) for column in found.values()], axis=1)
