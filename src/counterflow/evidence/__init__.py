"""Official figures, each with origin and vintage, and the test of a document's claims against them."""

from counterflow.evidence.checking.checker import check
from counterflow.evidence.store import Store

__all__ = ["Store", "check"]
