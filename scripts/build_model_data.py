"""Write the tables of groups, their ties, the refits and the states where groups are present.

    python scripts/build_model_data.py SOURCE_DIR

SOURCE_DIR holds `cartel_groups.csv`, `cartel_ties.csv`, `cartel_refits.csv` and `policy/group_states.csv`. The
network is the one behind Prieto-Curiel, Campedelli & Hope (Science 2023, 381:1312-1316), Dryad
doi:10.5061/dryad.zw3r228d7 (CC0), compiled by PPD/CentroGeo; the refits are recomputed with the authors' equations;
the states come from the public overviews named in each row.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "counterflow" / "model" / "data"
ACCEPTED = 1.15  # a refit is accepted within 15% of the best sum of squared errors
# Names as in the official series of victims by state, where they differ from those of the overviews.
OFFICIAL = {
    "Ciudad de Mexico": "Ciudad de México",
    "Mexico": "Estado de México",
    "Michoacan": "Michoacán",
    "Nuevo Leon": "Nuevo León",
    "Queretaro": "Querétaro",
    "San Luis Potosi": "San Luis Potosí",
    "Yucatan": "Yucatán",
}


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: list[str], body: Sequence[Sequence[object]]) -> None:
    """Write one table, sorted as given, with unix line ends."""
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(body)


def states(names: str) -> str:
    """States split by `|`, under their official names, sorted."""
    return "|".join(sorted(OFFICIAL.get(name, name) for name in names.split("|") if name))


def main(source: Path) -> None:
    """Build the four tables from `source`. States that were recalled and not read in a source are left out."""
    groups = [[int(row["rank"]), row["group"]] for row in rows(source / "cartel_groups.csv")]
    write("groups.csv", ["rank", "group"], sorted(groups))
    ties = [
        [
            int(row["rank_a"]),
            int(row["rank_b"]),
            int(row["states_in_rivalry"]),
            int(row["states_in_alliance"]),
        ]
        for row in rows(source / "cartel_ties.csv")
    ]
    write("ties.csv", ["rank_a", "rank_b", "rivalry_states", "alliance_states"], sorted(ties))
    refits = rows(source / "cartel_refits.csv")
    limit = ACCEPTED * min(float(row["SSE"]) for row in refits)
    accepted = [
        [
            float(row["C0"]),
            float(row["rho_e3"]) * 1e-3,
            float(row["eta"]),
            float(row["theta_e8"]) * 1e-8,
            float(row["omega_mult"]) * 4e-8 * 115_000 / float(row["C0"]),
        ]
        for row in refits
        if float(row["SSE"]) <= limit
    ]
    write(
        "refits.csv",
        ["C0", "rho", "eta", "theta", "omega"],
        [[f"{v:.6g}" for v in r] for r in sorted(accepted)],
    )
    presence = [
        [
            int(row["rank"]),
            row["group"],
            *(states(row[column]) for column in ("home_states", "core_presence", "wider_presence")),
            row["as_of"],
            row["source"],
            row["status"],
            row["note"],
        ]
        for row in rows(source / "policy" / "group_states.csv")
    ]
    header = ["rank", "group", "home", "core", "wider", "as_of", "source", "status", "note"]
    write("group_states.csv", header, sorted(presence))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
