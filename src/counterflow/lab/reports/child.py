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
from counterflow.lab.documents.reading import require_quotes
from counterflow.lab.jobs.lifeline import Tell, arguments, work_apart
from counterflow.lab.reports.schema import AskReport
from counterflow.strategy.schema import Strategy

STRATEGY_FILE = Path(NAME)  # under which the lab hands out a strategy
ASK, REPORT = "ask.json", "report.html"


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

    ask = AskReport.model_validate_json((folder / ASK).read_bytes())
    strategy = ask.strategy
    if ask.brief is not None:
        require_quotes(ask.brief)
    store = Store.open()
    brief = ask.brief or brief_of(strategy)
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
        store=store,
        strategy_file=STRATEGY_FILE,
    )
    tell("report", 1, 1)
    return {"size": (folder / REPORT).stat().st_size}


def main() -> int:
    """Write the report of the folder that the argument names."""
    folder = Path(arguments()[0])
    return work_apart(lambda tell: write(folder, tell))


if __name__ == "__main__":
    sys.exit(main())
