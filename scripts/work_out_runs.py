"""Work out which letters the codebook's patterns need, so that starting need not: writes brief/runs.json.

Usage: python scripts/work_out_runs.py [--check]

To be run after a change of the codebook (a test tells). Patterns are made as documents are read, so the example and the
gold documents are read; what is not met there is worked out when it is first needed. --check writes nothing, and exits
with 1 where the file is not what it would be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TARGET = PROJECT / "src" / "counterflow" / "brief" / "runs.json"


def worked_out() -> dict[str, list[str]]:
    """The runs of every pattern that reading the documents makes, by key."""
    from counterflow.brief import patterns

    found: dict[str, list[str]] = {}

    def noting(pattern: str, flags: int = patterns.re.IGNORECASE) -> tuple[str, ...]:
        runs = patterns.runs_in(pattern, flags)
        found[patterns.key_of(pattern, flags)] = list(runs)
        return runs

    patterns.required_runs = noting  # type: ignore[assignment]
    from counterflow.brief.reader import read

    documents = [PROJECT / "examples" / "border-strategy.md"]
    documents += sorted(path for path in (PROJECT / "tests" / "gold" / "own").iterdir() if path.suffix != ".json")
    for document in documents:
        read(document)
    return dict(sorted(found.items()))


def main() -> None:
    """Write the file, or say whether it is current."""
    rows = [f"{json.dumps(key)}: {json.dumps(runs, ensure_ascii=False)}" for key, runs in worked_out().items()]
    text = "{\n" + ",\n".join(rows) + "\n}\n"
    if "--check" in sys.argv[1:]:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.relative_to(PROJECT)} is not current: run scripts/work_out_runs.py")
        return
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(rows)} patterns, {len(text) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
