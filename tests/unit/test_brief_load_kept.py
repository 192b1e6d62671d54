"""The original of a document, kept by its hash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from counterflow.brief.loading.keep import keep
from counterflow.brief.loading.load import load
from counterflow.errors import BriefError

DATA = b"ICE arrested 300 people.\r\n"


def test_the_bytes_are_kept_as_they_came_under_their_hash(tmp_path: Path) -> None:
    loaded = load(DATA, name="plan.txt")
    assert loaded.original == DATA
    path = keep(loaded, tmp_path / "documents")
    assert path == tmp_path / "documents" / f"{loaded.sha256}.txt"
    assert path.read_bytes() == DATA
    assert keep(loaded, tmp_path / "documents") == path
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_damaged_copy_is_replaced(tmp_path: Path) -> None:
    loaded = load(DATA, name="plan.md")
    path = keep(loaded, tmp_path)
    path.write_bytes(b"other")
    assert keep(loaded, tmp_path).read_bytes() == DATA
    assert path.suffix == ".md"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("in the way")
    with pytest.raises(BriefError, match="cannot be kept"):
        keep(load(DATA, name="plan.txt"), tmp_path / "documents")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BriefError, match="cannot be kept"):
        keep(load(DATA, name="plan.txt"), tmp_path)
