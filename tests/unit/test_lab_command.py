"""The command `counterflow lab`: what it refuses to start with, what it opens, how it ends."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import lab_cases
from counterflow.cli.base import main
from counterflow.cli.lab import TOKEN
from counterflow.lab.documents.reading import read_document
from counterflow.lab.serve import GRACE, addresses
from counterflow.lab.settings import Settings

ARTICLE = Path(__file__).parents[2] / "examples" / "border-strategy.md"
COMMAND = [sys.executable, "-c", "import counterflow.cli.lab; from counterflow.cli.base import main; main()", "lab"]


def assert_one_line(told: str, said: str) -> None:
    assert told.startswith("counterflow: ")
    assert told.count("\n") == 1
    assert said in told


def refused(*arguments: str, **environment: str) -> str:
    """What the command says that ends with 2."""
    done = CliRunner().invoke(main, ["lab", *arguments], env=environment)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [*COMMAND, "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_line(done.stderr, f"port {port} cannot be listened on")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "lab.example.org"])
def test_others_are_not_let_in_without_a_token_or_a_proxy(host: str) -> None:
    assert_one_line(refused("--host", host), "asks for no token")


def test_a_token_that_is_none_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "token"
    short.write_text("short\n")
    assert_one_line(refused("--token-file", str(short)), "at least 16 plain characters")
    assert_one_line(refused("--token-file", str(tmp_path / "nowhere")), "cannot be read")
    assert_one_line(refused(**{TOKEN: "short"}), "at least 16 plain characters")


def test_a_document_that_cannot_be_read_is_told_before_anything_listens(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["lab", str(tmp_path / "nowhere.md"), "--port", "0"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert_one_line(done.stderr, "no such file")


def test_the_address_is_the_one_to_open() -> None:
    assert addresses(Settings(), 8765) == ("http://127.0.0.1:8765/",)
    assert addresses(Settings(host="::1"), 80) == ("http://[::1]:80/",)
    assert addresses(Settings(behind_proxy="lab.example.org", root_path="/lab"), 1) == ("https://lab.example.org/lab/",)


@pytest.mark.parametrize(("host", "other"), [("0.0.0.0", "http://0.0.0.0:80/"), ("::", "http://[::]:80/")])
def test_a_host_that_stands_for_all_is_no_address_to_open(host: str, other: str) -> None:
    (own,) = addresses(Settings(host=host), 80)
    assert own != other
    named = addresses(Settings(host=host, names=("labserver", "lab.example.org")), 80)
    assert named == ("http://labserver:80/", "http://lab.example.org:80/")


def test_a_name_that_is_none_is_refused() -> None:
    assert_one_line(refused("--name", "http://labserver:8765/"), "is no name of a host")


def test_the_document_of_the_command_line_is_the_first_preset() -> None:
    opened = read_document(ARTICLE, None, lambda stage, done, total: None)
    with lab_cases.running(opened=opened) as place:
        told: dict[str, Any] = httpx.get(f"{place}/api/documents/opened").json()
        assert told == {"document": opened.model_dump(mode="json")}
        first = httpx.get(f"{place}/api/catalogue").json()["presets"][0]
        assert first["strategy"] == opened.strategy.model_dump(mode="json")
    with lab_cases.running() as place:
        assert httpx.get(f"{place}/api/documents/opened").json() == {"document": None}


SERVED = """
import sys, time
sys.path.insert(0, {tests!r})
import counterflow.cli.lab
import lab_cases
from counterflow.cli.base import main
from counterflow.cli.lab import TOKEN
from counterflow.cli.base import told
from counterflow.errors import EvidenceError
from counterflow.lab.serve import serve
from counterflow.lab.settings import Settings
def warm():
    {warm}
with told(False, False):
    serve(Settings(port={port}), engine=lab_cases.stand_in()._replace(warm=warm), on_ready=print)
"""


def script(warm: str, port: int) -> list[str]:
    return [sys.executable, "-c", SERVED.format(tests=str(Path(__file__).parents[1]), warm=warm, port=port)]


def test_a_lab_is_ended_though_the_model_is_still_being_made_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(script("time.sleep(600)", port), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as lab:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                with contextlib.suppress(httpx.TransportError):
                    assert httpx.get(f"http://127.0.0.1:{port}/health").json()["status"] == "warming"
                    break
                time.sleep(0.05)
            lab.send_signal(signal.SIGINT)
            assert lab.communicate(timeout=15)[0] == b""  # it was never ready
        finally:
            lab.kill()
    assert lab.returncode == 0


def test_a_model_that_cannot_be_made_ready_ends_the_command_with_its_reason() -> None:
    command = script("raise EvidenceError('a table is damaged', hint='Fetch it anew.')", 0)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.splitlines()[-1] == "counterflow: a table is damaged. Fetch it anew."


def test_a_lab_ends_in_time_though_a_run_goes_on() -> None:
    script_ = script("pass", 0)
    script_[-1] = script_[-1].replace(
        "_replace(warm=warm)", "_replace(compare=lambda engine, asks, wanted: time.sleep(60))"
    )
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([script_[0], "-u", *script_[1:]], **pipes) as lab:
        try:
            place = lab.stdout.readline().strip()
            body = {"strategies": [lab_cases.strategy("any")] * 2, "draws": 20, "years": 2}
            with ThreadPoolExecutor(1) as pool:
                sent = pool.submit(httpx.post, f"{place}api/compare", json=body, timeout=60)
                time.sleep(1.0)
                began = time.monotonic()
                lab.send_signal(signal.SIGTERM)
                _, log = lab.communicate(timeout=40)
                assert time.monotonic() - began < GRACE + 4
                answer = sent.result()
        finally:
            lab.kill()
    assert lab.returncode == 0
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ending")
    assert "Traceback" not in log
    assert "Exception" not in log


@pytest.mark.slow
def test_the_lab_is_served_with_the_model_itself_until_it_is_told_to_end() -> None:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([*COMMAND, str(ARTICLE), "--port", "0", "--draws", "64"], **pipes) as lab:
        try:
            place = lab.stdout.readline().strip()
            with httpx.Client(base_url=place, timeout=120) as client:
                catalogue = client.get("api/catalogue").json()
                assert catalogue["limits"]["draws"]["usual"] == 64
                body = {"strategy": catalogue["presets"][0]["strategy"], "draws": 64, "years": 2}
                told = client.post("api/simulate", json=body)
                assert told.status_code == 200
                assert told.json()["draws"] == 64
                assert client.post("api/rests", json=body).status_code == 200
            lab.send_signal(signal.SIGTERM)
            rest, log = lab.communicate(timeout=30)
        finally:
            lab.kill()
    assert (lab.returncode, rest) == (0, "")
    assert "Traceback" not in log
