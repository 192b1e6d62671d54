"""Reading a document in a process of its own, with bounds on memory and time; see `counterflow.lab.jobs.lifeline`.

python -I -m counterflow.lab.documents.child document FILE-OR-ADDRESS [DATE]
python -I -m counterflow.lab.documents.child strategy FILE
python -I -m counterflow.lab.documents.child brief FILE
"""

from __future__ import annotations

import sys
from datetime import date as Date
from pathlib import Path

from counterflow.lab.documents.reading import brief_in, read_document, strategy_of
from counterflow.lab.jobs.lifeline import limit, work_apart

MEMORY = 2_500_000_000  # bytes of addresses; the libraries alone take a third
CPU = 60  # seconds of a processor


def main() -> int:
    """Do what the arguments say."""
    limit(MEMORY, CPU)
    what, source, *rest = sys.argv[1:]
    if what == "strategy":
        return work_apart(lambda tell: strategy_of(Path(source)).model_dump(mode="json"))
    if what == "brief":
        return work_apart(lambda tell: {"actions": len(brief_in(Path(source).read_bytes()).actions)})
    date = Date.fromisoformat(rest[0]) if rest else None
    return work_apart(lambda tell: read_document(source, date, tell).model_dump(mode="json"))


if __name__ == "__main__":
    sys.exit(main())
