"""Write the JSON Schema of strategy files anew: after a change of their types, of the levers or of the priors."""

from __future__ import annotations

from pathlib import Path

import counterflow.strategy.files as strategy_files
from counterflow.model import priors

if __name__ == "__main__":
    place = Path(strategy_files.__file__).with_name(strategy_files.SCHEMA_FILE)
    place.write_text(strategy_files.strategy_schema(priors.about(priors.load())), encoding="utf-8")
    print(place.name)
