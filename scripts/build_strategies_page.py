"""Write docs/strategies.md with its chart: the built-in strategies beside the example's document.

python scripts/build_strategies_page.py                             # about a minute on two cores
python scripts/build_strategies_page.py --draws 200 --out FOLDER    # quicker and rougher, for a look

The same data, posterior and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from counterflow.assess import posterior_for
from counterflow.brief.reader import read
from counterflow.calibration.forecasting.diagrams import svg
from counterflow.evidence.store import Store
from counterflow.judgement.comparison.compare import compare
from counterflow.judgement.comparison.contenders import gathered
from counterflow.report.studies.compared.figure import front_figure
from counterflow.report.studies.compared.page import FIGURE, page
from counterflow.strategy.build import from_brief

ROOT = Path(__file__).parents[1]
DOCUMENT = "examples/border-strategy.md"
DRAWS, YEARS, SEED = 1000, 3, 0
COMMAND = """counterflow assess {document} --save-strategy border-strategy.toml
    counterflow compare --built-in --document border-strategy.toml --draws {draws}"""


def main() -> None:
    """Compare, then write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT, help="write below this folder, not into the checkout")
    chosen = parser.parse_args()
    store = Store.open()  # before anything is kept beside it
    document = from_brief(read(ROOT / DOCUMENT), store)
    found = compare(
        gathered([], document=document, with_built_in=True),
        store=store,
        posterior=posterior_for(document),
        draws=chosen.draws,
        years=YEARS,
        seed=SEED,
        progress=lambda done, total: print(f"{done} of {total} blocks", file=sys.stderr, flush=True),
    )
    command = COMMAND.format(document=DOCUMENT, draws=chosen.draws)
    texts = {
        "strategies.md": page(found, command=command, document=DOCUMENT),
        FIGURE: svg(front_figure(found), "front"),
    }
    for name, text in texts.items():
        target = chosen.out / "docs" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
