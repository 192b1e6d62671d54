"""Write the JSON Schema of assessment.json anew: after a change of what an assessment holds."""

from __future__ import annotations

import json
from pathlib import Path

from counterflow.report.assessment import schema

if __name__ == "__main__":
    place = Path(schema.__file__).with_name(schema.SCHEMA_FILE)
    place.write_text(json.dumps(schema.assessment_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(place.name)
