"""What extras bring, such as `pip install 'counterflow[scale]'`, and the base install lacks."""

from __future__ import annotations

from importlib.util import find_spec

from counterflow.errors import UsageError


def require(what: str, *packages: str, extra: str = "scale") -> None:
    """Raise UsageError where one of the packages that `what` needs, and an extra brings, is not installed."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise UsageError(
            f"{what} need {', '.join(missing)}, not installed here", hint=f"pip install 'counterflow[{extra}]'"
        )
