"""What every test can count on: no network, property-test profiles, the article, the installed command."""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

PROJECT = Path(__file__).parents[1]

# A deadline would make slow machines fail tests that are right; the nightly run looks much longer.
settings.register_profile("suite", deadline=None, print_blob=True)
settings.register_profile("nightly", settings.get_profile("suite"), max_examples=5000)
settings.load_profile("suite")


# The tests begin an evidence store of their own, and leave the user's alone; commands that they start inherit it.
_EVIDENCE = tempfile.TemporaryDirectory(prefix="counterflow-tests-")
os.environ["COUNTERFLOW_DATA"] = str(Path(_EVIDENCE.name) / "evidence")
# Processes of one suite, and the next suite, compile nothing twice.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(PROJECT / "build" / "compiled"))


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: Counterflow works offline, so a test that reaches beyond this machine fails."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):  # a Unix socket's address is a path
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host in (None, "", "localhost")
    if not here:
        raise PermissionError(f"a test reached for the network: {host}")


sys.addaudithook(refuse_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, and say why, where no Chromium is installed."""
    if shutil.which("chromium") is None:
        reason = "no Chromium (Debian: apt-get install chromium): the page was NOT tested in a browser"
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root folder."""
    return PROJECT


@pytest.fixture(scope="session")
def article() -> Path:
    """The article that the first example paraphrases; it is not part of the project."""
    path = PROJECT.parent / "shared" / "briefs" / "border-strategy.txt"
    if not path.exists():
        pytest.skip("the article is not beside this checkout; other tests use examples/border-strategy.md")
    return path


@pytest.fixture(scope="session")
def console_script() -> Path:
    """The installed `counterflow` command."""
    script = shutil.which("counterflow", path=str(Path(sys.executable).parent))
    assert script, "the command line is not installed beside this Python: run the tests with `make test`"
    return Path(script)


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def counterflow(console_script: Path) -> Run:
    """Run the real command in a process of its own: `counterflow("series", "--json")`."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        defaults = {"capture_output": True, "stdin": subprocess.DEVNULL, "timeout": 280}
        command = [console_script, *map(str, arguments)]
        return subprocess.run(command, text=True, check=False, **defaults | options)

    return run
