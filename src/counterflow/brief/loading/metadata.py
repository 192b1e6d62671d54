"""What a web page says about itself: title, author and day of publication."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

_DATES = frozenset(("article:published_time", "datepublished", "dc.date", "dcterms.created", "date", "pubdate"))


def metadata(tree: Any) -> dict[str, str]:
    """Title, author and date of publication from meta elements, JSON-LD or a marked time, in that order."""
    found: dict[str, str] = {}
    title = tree.find(".//title")
    if title is not None and title.text_content().strip():
        found["title"] = " ".join(title.text_content().split())
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = " ".join((element.get("content") or "").split())
        if content and key in _DATES:
            found.setdefault("date", content)
        elif content and key in ("og:title", "author"):
            found.setdefault(key, content)
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json" and "date" not in found:
            for item in _linked_data(element.text or ""):
                if isinstance(item, dict) and isinstance(item.get("datePublished"), str):
                    found.setdefault("date", item["datePublished"])
    for element in tree.iter("time"):
        if element.get("datetime") and (element.get("pubdate") is not None or element.get("itemprop")):
            found.setdefault("date", element.get("datetime"))
    return found


def _linked_data(text: str) -> list[Any]:
    """The items of a JSON-LD script, those of a graph included; none where it is not JSON."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(data, dict) and isinstance(data.get("@graph"), list):
        return [data, *data["@graph"]]
    return data if isinstance(data, list) else [data]


def iso_date(words: str) -> date | None:
    """The day at the start of an ISO 8601 date or time; None where there is none."""
    match = re.match(r"\s*(\d{4}-\d{2}-\d{2})", words, re.ASCII)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
