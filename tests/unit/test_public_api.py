"""`import counterflow` and `counterflow --help` offer what is documented, and load nothing heavy to do so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import counterflow as cf

DOCUMENTED = {
    "Store", "Strategy", "assess", "check", "judge", "open_runs", "posterior", "read", "report", "simulate",
    "CounterflowError", "__version__",
}  # fmt: skip
HEAVY = {"jax", "jaxlib", "xarray", "pandas", "scipy", "duckdb", "lxml", "vl_convert"}


def test_the_package_offers_exactly_the_documented_names() -> None:
    assert set(cf.__all__) == DOCUMENTED
    for name in DOCUMENTED:
        assert getattr(cf, name) is not None


def test_names_are_functions_however_often_and_in_whatever_order_they_are_used() -> None:
    program = (
        "import counterflow as cf\n"
        "assert callable(cf.check) and callable(cf.assess) and callable(cf.assess) and callable(cf.report)\n"
        "import counterflow.report.page.render\n"
        "assert callable(cf.report) and callable(cf.posterior)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_names_that_completion_shows_are_the_documented_ones() -> None:
    """A fresh import, because other tests import rooms, which then show up as attributes of the package."""
    program = "import counterflow, json; print(json.dumps(dir(counterflow)))"
    shown = json.loads(subprocess.check_output([sys.executable, "-c", program]))
    assert set(shown) >= DOCUMENTED
    assert {n for n in shown if not n.startswith("_")} == {n for n in DOCUMENTED if not n.startswith("_")}


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="simulat"):
        cf.simulat  # noqa: B018


def test_the_readme_uses_only_documented_names(project: Path) -> None:
    used = set(re.findall(r"\bcf\.(\w+)", (project / "README.md").read_text()))
    assert used
    assert used <= DOCUMENTED


def modules_after(program: str) -> set[str]:
    """Top-level modules loaded once `program` has run in a fresh interpreter."""
    show = (
        "import atexit, json, sys\natexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", show + program], capture_output=True, text=True, timeout=60, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


def test_this_check_would_see_a_heavy_module() -> None:
    assert "duckdb" in modules_after("import duckdb")


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert modules_after("import counterflow") & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["assess", "--help"], ["assess", "--draw", "5"]])
def test_help_and_usage_errors_load_nothing_heavy(arguments: list[str]) -> None:
    program = (
        f"import sys; sys.argv = ['counterflow', *{arguments!r}]\n"
        "from counterflow.cli import main\n"
        "try: main()\nexcept SystemExit: pass"
    )
    assert modules_after(program) & HEAVY == set()


def fastest(command: list[str], runs: int = 7) -> float:
    """Seconds of the fastest of several runs, which is the one least disturbed by the rest of the machine."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def test_help_answers_within_400_milliseconds(console_script: Path) -> None:
    """On a machine so loaded that an empty Python takes 50 ms or more, the limit stretches in proportion."""
    empty = fastest([sys.executable, "-c", "pass"])
    took = fastest([str(console_script), "--help"])
    assert took < 0.4 * max(1.0, empty / 0.05), f"{took:.3f} s; python alone {empty:.3f} s"
