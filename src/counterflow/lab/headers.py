"""What every answer says to the browser: nothing from elsewhere, nothing inline, nothing framed, nothing told on."""

from __future__ import annotations

from collections.abc import Iterable

Headers = list[tuple[bytes, bytes]]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A report shows a stranger's words. In a sandbox it has an origin of its own: it reads nothing of the lab's, and asks
# it for nothing. It carries no script, and none runs;
# its pictures can be downloaded, and its links lead out of the sandbox.
REPORT_POLICY = (
    "sandbox allow-downloads allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_ALWAYS = {
    b"content-security-policy": PAGE_POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    b"cache-control": b"no-store",
}


def secured(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers with those that every answer has, unless the answer says otherwise itself."""
    own = [(name.lower(), value) for name, value in headers]
    named = {name for name, _ in own}
    return own + [(name, value) for name, value in _ALWAYS.items() if name not in named]
