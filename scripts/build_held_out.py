"""Write how often the model's 90% bands held in earlier tests, for the report, from docs/skill.md.

python scripts/build_held_out.py

To be run after scripts/build_skill_page.py. A test holds the two together.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SKILL = ROOT / "docs" / "skill.md"
TARGET = ROOT / "src" / "counterflow" / "report" / "assessment" / "held_out.toml"
# Which output of the model a series of the tests is, and what of it where it is a part.
OUTPUTS = {
    "encounters": ("encounters", ""),
    "nationwide": ("encounters_nationwide", ""),
    "overdose_deaths": ("overdose_deaths", ""),
    "homicides": ("homicides", ""),
    "seized_ports": ("fentanyl_seized_border_lb", "at ports of entry"),
    "seized_between": ("fentanyl_seized_border_lb", "between ports of entry"),
    "detained": ("detained", ""),
}
HEAD = """# How often the model's 90% bands held in earlier tests: forecasts from each cut-off with what was known then,
# all months ahead together. Written by `python scripts/build_held_out.py` from docs/skill.md, which says how they
# were made.
"""


def held_out(page: str) -> str:
    """The file's text, from the text of docs/skill.md. Raises ValueError where the page has no such tables."""
    scores = page.partition("## Scores")[2].partition("\n## ")[0]
    asked = re.search(r"Cut-offs ([\d, -]+), (\d+) months each\.", page)
    rows = re.findall(r"^\| `(\w+)` \| all \| (\d+) \| [\d.]+(?: \*\*loses\*\*)? \((\d+)%\)", scores, re.MULTILINE)
    if not asked or not rows:
        raise ValueError("docs/skill.md has no cut-offs or no scores over all months")
    cutoffs = ", ".join(f'"{month}"' for month in asked[1].split(", "))
    lines = [HEAD, f"cutoffs = [{cutoffs}]", f"months = {asked[2]}  # ahead, from each cut-off"]
    for name, months, inside in rows:
        if name in OUTPUTS:
            output, part = OUTPUTS[name]
            lines += ["", "[[series]]", f'output = "{output}"', f'part = "{part}"', f"months = {months}"]
            lines += [f"inside_90 = {int(inside) / 100:.2f}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(held_out(SKILL.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {TARGET}")
