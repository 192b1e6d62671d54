"""Writing one report in a process of its own; see `counterflow.lab.jobs.lifeline`.

    python -I -m counterflow.lab.reports.child FOLDER

FOLDER holds ask.json; report.html and assessment.json come to lie beside it.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from counterflow.brief import codebook
from counterflow.brief.schema import Brief, Document
from counterflow.lab.allowed import NAME
from counterflow.lab.documents.reading import brief_in
from counterflow.lab.jobs.lifeline import Tell, limit, work_apart
from counterflow.lab.reports.schema import AskReport
from counterflow.strategy.schema import Strategy

STRATEGY_FILE = Path(NAME)  # under which the lab hands out a strategy
ASK, REPORT = "ask.json", "report.html"
MEMORY = 6_000_000_000  # bytes
CPU = 3_600  # seconds of a processor
WRITTEN = 300_000_000  # bytes of one file


def brief_of(strategy: Strategy) -> Brief:
    """A strategy without a document, as one that says what its file says, and claims nothing."""
    from counterflow.strategy.files import strategy_toml

    text = strategy_toml(strategy)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = Document(
        id=sha256[:12],
        sha256=sha256,
        source=STRATEGY_FILE.name,
        media_type="text/plain",
        language="en",
        title=strategy.title,
        byline=None,
        date_published=strategy.date.start,
        date_source="user",
        text=text,
    )
    return Brief(
        document=document, findings=(), actions=(), claims=(), assertions=(), ledger=(),
        codebook_version=codebook.version(),
    )  # fmt: skip


def write(folder: Path, tell: Tell) -> dict[str, int]:
    """Simulate, judge and write what `ask.json` asks for. Raises as `counterflow.assess.assess`."""
    from counterflow.assess import answered, report
    from counterflow.evidence.checking.checker import check
    from counterflow.evidence.store import Store

    body = (folder / ASK).read_bytes()
    ask = AskReport.model_validate_json(body)
    strategy = ask.strategy
    brief = brief_of(strategy) if ask.brief is None else brief_in(body)
    store = Store.open()
    tell("check", 0, 1)
    checks = check(brief, store, interval=(strategy.date.start, strategy.date.end))

    def stage(name: str) -> Callable[[int, int], None]:
        return partial(tell, name)

    found = answered(strategy, store, draws=ask.draws, years=ask.years, seed=ask.seed, stage=stage)
    tell("report", 0, 1)
    report(
        brief,
        checks,
        found.runs,
        found.inquiry.verdict if found.inquiry else None,
        to=folder / REPORT,
        inquiry=found.inquiry,
        strategy=strategy,
        foreseen=found.foreseen,
        by_place=found.by_place,
        attribution=found.attribution,
        comparison=found.comparison,
        store=store,
        strategy_file=STRATEGY_FILE,
    )
    tell("report", 1, 1)
    return {"size": (folder / REPORT).stat().st_size}


def main() -> int:
    """Write the report of the folder that the argument names."""
    limit(MEMORY, CPU, WRITTEN, reserves=True)
    folder = Path(sys.argv[1])
    return work_apart(lambda tell: write(folder, tell))


if __name__ == "__main__":
    sys.exit(main())
