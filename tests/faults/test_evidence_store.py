"""A broken store is refused in one line that names the file; nothing is read from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from counterflow.errors import EvidenceError
from counterflow.evidence.store import Store
from evidence_cases import PROJECT

DATA = PROJECT / "src" / "counterflow" / "evidence" / "data"


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.mark.parametrize("break_it", [cut_short, flip_a_bit, empty, Path.unlink])
@pytest.mark.parametrize(
    "table", ["series", "points", "events", "vintages/2026-11/observations", "vintages/2026-11/sources"]
)
def test_a_broken_table_is_named(copy: Path, table: str, break_it: Callable[[Path], None]) -> None:
    break_it(copy / f"{table}.parquet")
    with pytest.raises(EvidenceError) as caught:
        Store.open(copy)
    assert caught.value.where == f"{table}.parquet"
    assert caught.value.exit_code == 4
    assert caught.value.hint
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"tables": {}}', "null", '{"tables": {}, "vintages": []}'])
def test_a_damaged_manifest_is_named(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match="damaged") as caught:
        Store.open(copy)
    assert caught.value.where.endswith("manifest.json")


def test_a_store_of_another_version_is_told_as_such(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"another version of Counterflow \(format 99\)"):
        Store.open(copy)


def test_a_missing_manifest_is_named(copy: Path) -> None:
    (copy / "manifest.json").unlink()
    with pytest.raises(EvidenceError, match="missing"):
        Store.open(copy)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        Store.open(tmp_path)


def test_a_table_of_another_build_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["tables"]["points"]["sha256"] = "0" * 64
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(EvidenceError, match="not as its hash says"):
        Store.open(copy)


def test_a_folder_with_quotes_and_spaces_opens(tmp_path: Path) -> None:
    place = Path(shutil.copytree(DATA, tmp_path / "it's a folder"))
    assert len(Store.open(place).series_list()) == 28
