"""The command that serves the lab."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterflow.cli.base import debug, main, say, told
from counterflow.errors import BriefError, UsageError

if TYPE_CHECKING:
    from counterflow.lab.documents.schema import DocumentRead
    from counterflow.lab.settings import Settings

TOKEN = "COUNTERFLOW_LAB_TOKEN"


@main.command()
@click.argument("document", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any that is free."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; others are let in with a token.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help=f"A file with the token to ask for; it can also stand in {TOKEN}.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="A name of this machine that others open the lab by; repeatable.",
)
@click.option("--behind-proxy", metavar="HOST", help="The name under which a proxy serves the lab, and lets people in.")
@click.option("--root-path", default="", metavar="PATH", help="What stands before every path there, such as /lab.")
@click.option(
    "--draws", type=click.IntRange(20, 2000), default=256, show_default=True, help="Draws while sliders are at rest."
)
@debug
def lab(
    document: str | None,
    port: int,
    host: str,
    token_file: Path | None,
    names: tuple[str, ...],
    behind_proxy: str | None,
    root_path: str,
    draws: int,
    debug: bool,
) -> None:
    """Serve the lab: the model in a browser, with a slider for every lever. DOCUMENT, where given, is opened there.

    It listens on this machine alone unless told otherwise. Its address is printed once it is ready; its log, a JSON
    object a line, goes to standard error. Control-C ends it.
    """
    with told(False, debug):
        token = _token(token_file)
        try:
            from counterflow.lab.serve import serve
            from counterflow.lab.settings import Settings, checked
        except ModuleNotFoundError as error:
            if error.name not in ("fastapi", "uvicorn", "starlette"):
                raise
            hint = "Run: pip install 'counterflow[lab]'"
            raise UsageError(f"the lab needs {error.name}, which is not installed here", hint=hint) from error

        settings = checked(Settings(host, port, token, behind_proxy, root_path, draws, names))
        serve(settings, opened=_opened(document, settings) if document else None, on_ready=say)


def _token(file: Path | None) -> str | None:
    """The token that the lab asks for, None where it asks for none."""
    if file is None:
        return os.environ.get(TOKEN) or None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise UsageError(f"the token cannot be read ({reason})", where=str(file)) from error


def _opened(document: str, settings: Settings) -> DocumentRead:
    """The document, read in a process that is bounded as for the documents of others. Raises BriefError."""
    from counterflow.evidence.store import Store
    from counterflow.lab.documents.apart import opened_apart, read_apart
    from counterflow.lab.documents.schema import DocumentRead
    from counterflow.lab.jobs.apart import WorkerRefusal

    Store.open()  # begun here: what reads documents may write nothing
    try:
        if document == "-":
            data = sys.stdin.buffer.read(settings.document_size + 1)
            read = asyncio.run(read_apart(data, document, None, settings, lambda step: None))
        else:
            read = asyncio.run(opened_apart(document, settings))
    except WorkerRefusal as refused:
        raise BriefError(refused.message, where=refused.where, hint=refused.hint) from None
    return DocumentRead.model_validate_json(read)
