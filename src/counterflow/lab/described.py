"""The API's description: every field in words, the package's own values too, and the token where one is asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words() -> dict[str, dict[str, str]]:
    """What fields of the package's values mean: by name of the value, or under `any` by name of the field alone."""
    return tomllib.loads((files("counterflow.lab") / "described.toml").read_text(encoding="utf-8"))


def described(schema: dict[str, Any], *, with_token: bool) -> dict[str, Any]:
    """The description with words for every field that has none, and with the token as a way to be let in."""
    for name, model in schema["components"]["schemas"].items():
        own, everywhere = words().get(name, {}), words()["any"]
        for key, field in model.get("properties", {}).items():
            if "description" not in field and (text := own.get(key) or everywhere.get(key)):
                field["description"] = text
    if with_token:
        schema["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "The token that the lab was started with."}
        }
        schema["security"] = [{"token": []}]
        for path, address in schema["paths"].items():
            if not path.startswith("/api/") or path.endswith(("/events", "/report.html", "/assessment.json")):
                for operation in address.values():
                    operation["security"] = []
    return schema
