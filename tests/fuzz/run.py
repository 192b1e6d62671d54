"""Fuzz what reads documents, each target for some seconds: `python tests/fuzz/run.py [SECONDS] [TARGET ...]`.

Each target runs in a process of its own and begins with the inputs that are kept. New inputs that reach further, and
finds (crash-..., timeout-...), are written to build/fuzz/TARGET/. Keep the small ones that show something new.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).parents[1]
BUILD = TESTS.parent / "build" / "fuzz"
sys.path.insert(0, str(TESTS))


def main() -> int:
    """Fuzz the targets one after the other; 0 where nothing was found."""
    if find_spec("atheris") is None:
        print("There is no atheris for this Python: NOTHING was fuzzed. `make nightly` runs the properties instead.")
        return 0
    from fuzz.targets import TARGETS, kept

    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    found = []
    for target in sys.argv[2:] or TARGETS:
        folder = BUILD / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in kept(target).items():
            (folder / name).write_bytes(data)
        options = [f"-max_total_time={seconds}", "-timeout=10", "-max_len=8192", "-print_final_stats=1", "-verbosity=0"]
        command = [sys.executable, __file__, "--one", target, str(folder), *options, f"-artifact_prefix={folder}/"]
        print(f"{target}: {seconds} s", flush=True)
        if subprocess.run(command, check=False).returncode:
            found.append(target)
    print(f"Found something in: {', '.join(found)} (see {BUILD})" if found else "Nothing was found.")
    return 1 if found else 0


def one(target: str, options: list[str]) -> None:
    """Fuzz a target in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["counterflow"]):
        from counterflow.errors import BriefError
        from fuzz.targets import TARGETS

    def once(data: bytes) -> None:
        try:
            TARGETS[target](data)
        except BriefError:
            return

    atheris.Setup([sys.argv[0], *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
