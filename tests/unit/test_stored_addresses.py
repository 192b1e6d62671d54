"""Stores elsewhere: in fsspec's memory, and on a server that speaks S3 on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import xarray as xr

from counterflow.ensemble.stored import writing
from counterflow.ensemble.stored.manifest import Manifest, hash_of, write_manifest
from counterflow.ensemble.stored.pieces import write
from counterflow.ensemble.stored.place import Place, listed, place, shared
from counterflow.ensemble.stored.reading import load_runs, open_runs
from counterflow.ensemble.stored.writing import finish
from counterflow.errors import StoreBusyError, StoreError, UsageError
from stored_cases import IDENTITY, begun, content, layout, run, started


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a bucket on a server that speaks S3."""
    pytest.importorskip("s3fs")
    pytest.importorskip("moto")
    import s3fs

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    told = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in told.items():
            patched.setenv(name, value)
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            s3fs.S3FileSystem.clear_instance_cache()
            s3fs.S3FileSystem().mkdir("runs")
            yield "s3://runs"
        finally:
            server.terminate()
            server.wait()
            s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(params=["memory", "s3"])
def address(request: pytest.FixtureRequest) -> str:
    """A place of its own for a store."""
    base = "memory://runs" if request.param == "memory" else request.getfixturevalue("s3")
    return f"{base}/{uuid.uuid4().hex}.zarr"


def test_runs_elsewhere_are_those_on_this_machine(address: str, tmp_path: Path) -> None:
    of = layout()
    assert run(address, of) == list(range(10))
    run(tmp_path / "runs.zarr", of)
    xr.testing.assert_identical(load_runs(address), load_runs(str(tmp_path / "runs.zarr")))
    there = listed(place(address))
    here = listed(place(str(tmp_path / "runs.zarr"))) - {"counterflow/writer.lock"}
    assert there == here


def test_any_reader_of_zarr_reads_them(address: str) -> None:
    run(address, layout())
    ours = load_runs(address)["attempts"].values.astype(float).sum()
    if address.startswith("memory://"):  # which no other process sees
        with xr.open_zarr(address) as found:
            assert found["attempts"].values.astype(float).sum() == ours
            assert found.attrs["complete"] == 1
    else:  # in a process of its own, since xarray leaves its connections open
        plain = (
            "import sys, xarray; found = xarray.open_zarr(sys.argv[1]);"
            "print(float(found.attempts.astype(float).sum()), found.attrs['complete'])"
        )
        strict = [sys.executable, "-W", "error::UserWarning", "-W", "error::RuntimeWarning", "-c", plain, address]
        said = subprocess.run(strict, capture_output=True, text=True, check=True)
        total, complete = said.stdout.split()
        assert float(total) == pytest.approx(ours, rel=1e-12)
        assert complete == "1"


def test_a_run_elsewhere_that_stopped_goes_on(address: str) -> None:
    of = layout()
    with begun(address, of) as store:
        for piece in store.missing[:4]:
            write(store.address, of, piece, content(of, piece), store.identity_hash)
    with pytest.raises(StoreError, match="4 of 10"):
        open_runs(address)
    assert run(address, of, resume=True) == list(range(4, 10))
    assert run(address, of, resume=True) == []


def test_refusals_are_the_same_elsewhere(address: str) -> None:
    with pytest.raises(UsageError, match="no store to go on with"):
        begun(address, layout(), resume=True)
    with pytest.raises(UsageError, match="no stored runs"):
        open_runs(address)
    run(address, layout())
    with pytest.raises(UsageError, match="there is a store already"):
        begun(address, layout())
    with pytest.raises(UsageError, match="seed is 7 there, and 8 here"):
        begun(address, layout(), resume=True, identity={**IDENTITY, "seed": 8})


def test_a_place_of_something_else_is_left_alone_elsewhere(address: str) -> None:
    at = place(address)
    at.files.pipe_file(f"{at.root}/thesis.txt", b"three years of work")
    with pytest.raises(UsageError, match="not a store of Counterflow's"):
        begun(address, layout())
    assert listed(at) == {"thesis.txt"}


def test_damage_elsewhere_is_found_and_mended(address: str, tmp_path: Path) -> None:
    of = layout()
    run(address, of)
    at = place(address)
    good = at.files.cat_file(f"{at.root}/homicides/c/0/4/1/0")
    at.files.pipe_file(f"{at.root}/homicides/c/0/4/1/0", good[:20] + b"?" + good[21:])
    at.files.rm_file(f"{at.root}/attempts/c/0/1/0/0/0")
    with begun(address, of, resume=True) as store:
        assert store.damaged == (2, 9)
    assert run(address, of, resume=True) == [2, 9]
    run(tmp_path / "runs.zarr", of)
    xr.testing.assert_identical(load_runs(address), load_runs(str(tmp_path / "runs.zarr")))


def test_two_runs_of_the_same_kind_into_one_place_elsewhere_do_no_harm(address: str, tmp_path: Path) -> None:
    of = layout()
    first, second = begun(address, of), begun(address, of, resume=True)
    for piece in first.missing:
        for store in (first, second):
            write(store.address, of, piece, content(of, piece), store.identity_hash)
    finish(first)
    finish(second)
    run(tmp_path / "runs.zarr", of)
    xr.testing.assert_identical(load_runs(address), load_runs(str(tmp_path / "runs.zarr")))


def test_of_two_other_runs_begun_in_one_place_at_once_one_gives_way(address: str) -> None:
    def overtaken(at: Place, held: Manifest) -> None:
        write_manifest(at, held)
        write_manifest(at, {**held, "identity": {"seed": 8}, "identity_sha256": hash_of({"seed": 8})})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "write_manifest", overtaken)
        with pytest.raises(StoreBusyError, match="another run has begun"):
            begun(address, layout())


def test_several_processes_write_to_a_bucket(s3: str, tmp_path: Path) -> None:
    address = f"{s3}/{uuid.uuid4().hex}.zarr"
    child = started(address, "--slow", "0.2")
    assert child.stdout
    assert child.stdout.readline() == "0\n"
    child.kill()
    child.communicate()
    again = started(address, "--resume")
    written, errors = again.communicate(timeout=120)
    assert (again.returncode, errors) == (0, "")
    assert "0" not in written.split()
    run(tmp_path / "runs.zarr", layout())
    xr.testing.assert_identical(load_runs(address), load_runs(str(tmp_path / "runs.zarr")))


def test_a_bucket_that_is_not_there_is_told_in_one_line(s3: str) -> None:
    with pytest.raises(UsageError, match="cannot be begun"):
        begun("s3://no-such-bucket/runs.zarr", layout())


def test_a_server_that_is_gone_is_told_in_one_line() -> None:
    given = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    child = started("s3://runs/runs.zarr", env=given)
    _, errors = child.communicate(timeout=120)
    assert child.returncode == 2, errors
    assert errors.startswith("s3://runs/runs.zarr: the store cannot be used: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("address", ["nonsense://runs", "http2://runs/a.zarr"])
def test_an_address_that_nothing_knows_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        begun(address, layout())


@pytest.mark.parametrize("address", ["", " ", *(f"{protocol}://" for protocol in ("file", "local"))])
def test_an_empty_name_is_refused(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for refused in (lambda: begun(address, layout()), lambda: open_runs(address)):
        with pytest.raises(UsageError, match=r"^an empty name is no place for a store\. "):
            refused()
    assert not any(tmp_path.iterdir())


def test_memory_is_reached_by_no_other_process(s3: str, tmp_path: Path) -> None:
    assert not shared(place("memory://runs/a.zarr"))
    assert shared(place(f"{s3}/a.zarr"))
    assert shared(place(str(tmp_path)))


def test_a_server_that_asks_for_credentials_is_told_with_what_to_do(s3: str, tmp_path: Path) -> None:
    given = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    command = [sys.executable, str(Path(__file__).parents[1] / "stored_cases.py"), f"{s3}/{uuid.uuid4().hex}.zarr"]
    told = subprocess.run(command, capture_output=True, text=True, env=given, timeout=120, check=False)
    assert told.returncode == 2, told.stderr
    assert told.stderr.count("\n") == 1
    assert "Give it the credentials that fsspec looks for (see the documentation of s3fs), or another" in told.stderr
    assert "move this one away" not in told.stderr


def test_an_address_on_this_machine_is_a_folder(tmp_path: Path) -> None:
    run(f"{tmp_path.as_uri()}/runs.zarr", layout())
    assert (tmp_path / "runs.zarr" / "counterflow" / "manifest.json").is_file()
    assert os.listdir(tmp_path) == ["runs.zarr"]
