"""Commands about the register of many documents: register add, remove, show, review, strategy."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from counterflow.cli.base import DAY, as_json, day, debug, fail, main, told

at_place = click.option(
    "--register",
    "place",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The register's file; usually register.json in the data folder.",
)


@main.group()
def register() -> None:
    """One record of policies over many documents, reviewed by a person before anything is simulated."""


def file_of(place: Path | None) -> Path:
    """The register's file: the one asked for, else the usual one."""
    from counterflow.strategy.register.files import usual_place

    return place or usual_place()


@register.command()
@click.argument("documents", nargs=-1, required=True, metavar="DOC...")
@click.option("--date", "on", type=DAY, help="The date (YYYY-MM-DD) of a document that carries none.")
@at_place
@as_json
@debug
def add(documents: tuple[str, ...], on: datetime | None, place: Path | None, as_json: bool, debug: bool) -> None:
    """Read each DOC (a file, or - for standard input), and add what it tells of policies to the register.

    Documents are read by rules, without a model. All are added, or none. A document that was added before is read
    again: what a person reviewed stays. Another version of it, of the same name or address, supersedes it.
    """
    with told(as_json, debug):
        from counterflow.assess import refuse_other_subjects
        from counterflow.evidence.store import Store
        from counterflow.strategy.register.adding import Added, add_all
        from counterflow.strategy.register.documents import read_documents
        from counterflow.strategy.register.files import change_register, read_register
        from counterflow.strategy.register.listing import added_lines, count_line
        from counterflow.strategy.register.policies import policies_of

        if on is not None and len(documents) > 1:
            raise click.UsageError("--date is the date of one document: add that one alone.")
        if documents.count("-") > 1:
            raise click.UsageError("standard input can be read once.")
        path = file_of(place)
        known = read_register(path).documents if path.exists() else ()
        read = read_documents(documents, Store.open(), known, date=day(on), check=refuse_other_subjects)
        added: list[Added] = []
        whole = change_register(path, lambda held: add_all(held, read, added))
        if as_json:
            rows = [one.model_dump(mode="json") for one in added]
            click.echo(json.dumps({"register": str(path), "added": rows}, ensure_ascii=False))
        else:
            lines = [line for one in added for line in added_lines(one)]
            click.echo("\n".join([*lines, count_line(policies_of(whole), whole), str(path)]))


@register.command()
@click.argument("document", metavar="DOC")
@click.option("--force", is_flag=True, help="Also where a review is lost.")
@at_place
@as_json
@debug
def remove(document: str, force: bool, place: Path | None, as_json: bool, debug: bool) -> None:
    """Take DOC (a name, an address, or the first digits of a SHA-256) and what it tells out of the register."""
    with told(as_json, debug):
        from counterflow.strategy.register.files import change_register, read_register
        from counterflow.strategy.register.listing import count_line, removed_line
        from counterflow.strategy.register.policies import policies_of
        from counterflow.strategy.register.removing import Removed
        from counterflow.strategy.register.removing import remove as without
        from counterflow.strategy.register.schema import Register

        path = file_of(place)
        read_register(path)  # a register that is not there is not begun
        gone: list[Removed] = []

        def change(held: Register) -> Register:
            left, removed = without(held, document, reviewed_too=force)
            gone.append(removed)
            return left

        whole = change_register(path, change)
        if as_json:
            result = {"register": str(path), "removed": gone[0].model_dump(mode="json")}
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            click.echo("\n".join([removed_line(gone[0]), count_line(policies_of(whole), whole), str(path)]))


@register.command()
@click.option("--policy", metavar="ID", help="Only this policy, or those whose id begins like this.")
@click.option("--unreviewed", is_flag=True, help="Only what nobody has reviewed yet.")
@at_place
@as_json
@debug
def show(policy: str | None, unreviewed: bool, place: Path | None, as_json: bool, debug: bool) -> None:
    """Print the timeline of each policy: what happened when, by which document, and whether it was reviewed."""
    with told(as_json, debug):
        from counterflow.strategy.register.choosing import chosen, without_reviewed
        from counterflow.strategy.register.files import read_register
        from counterflow.strategy.register.listing import count_line, timeline_lines
        from counterflow.strategy.register.policies import policies_of

        path = file_of(place)
        held = read_register(path)
        policies = policies_of(held)
        shown = chosen(policies, policy)
        if as_json:
            rows = [one.model_dump(mode="json") for one in (without_reviewed(shown) if unreviewed else shown)]
            sources = [one.model_dump(mode="json") for one in held.documents]
            result = {"register": str(path), "documents": sources, "policies": rows}
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            lines = timeline_lines(shown, held, unreviewed=unreviewed)
            click.echo("\n".join([*lines, "", count_line(policies, held)] if lines else [count_line(policies, held)]))


@register.command()
@click.option("--by", metavar="NAME", help="Who reviews; usually the user of this machine.")
@click.option("--all", "reviewed_too", is_flag=True, help="Step through what was reviewed too, to decide anew.")
@at_place
@as_json
@debug
def review(by: str | None, reviewed_too: bool, place: Path | None, as_json: bool, debug: bool) -> None:
    """Step through what nobody has reviewed: accept, correct or reject each. Every answer is saved at once.

    With --json it asks nothing and prints what it would step through.
    """
    with told(as_json, debug):
        from counterflow.strategy.register.dialogue import entries_of
        from counterflow.strategy.register.dialogue import review as step_through
        from counterflow.strategy.register.files import read_register

        path = file_of(place)
        held = read_register(path)  # before anybody is asked anything
        if as_json:
            waiting = [one for one in entries_of(held) if reviewed_too or one.review.state == "unreviewed"]
            rows = [one.model_dump(mode="json") for one in waiting]
            click.echo(json.dumps({"register": str(path), "entries": rows}, ensure_ascii=False))
            return
        saved: list[str] = []
        try:
            if isinstance(sys.stdin, io.TextIOWrapper):
                sys.stdin.reconfigure(errors="replace")  # a wrong byte is a wrong letter, and no end of the review
            name = (by or os.environ.get("USER") or os.environ.get("LOGNAME") or asked("Who reviews? ")).strip()
            name = name.encode("utf-8", "replace").decode()
            if not name:
                raise click.UsageError("a review needs a name: give --by NAME.")
            step_through(path, name, ask=asked, tell=click.echo, now=now, saved=saved.append, reviewed_too=reviewed_too)
        except KeyboardInterrupt:
            click.echo(err=True)
            stay = "1 saved answer stays" if len(saved) == 1 else f"{len(saved)} saved answers stay"
            kept = f"interrupted; {stay if saved else 'no answer was given yet'}"
            fail("interrupted", kept, "", "", 130, False)
        except EOFError:
            raise click.UsageError("a review needs a name: give --by NAME.") from None
        left = sum(one.review.state == "unreviewed" for one in entries_of(read_register(path)))
        click.echo(f"{len(saved)} saved, {left} unreviewed: {path}")


def asked(question: str) -> str:
    """The answer to a question on standard input. Raises EOFError at its end."""
    try:
        answer = input(question)
    except EOFError:
        click.echo()
        raise
    if not sys.stdin.isatty():
        click.echo(answer)  # over a pipe nobody has typed a line of their own
    return answer


def now() -> datetime:
    """The time of a decision, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


@register.command()
@click.option("--out", type=click.Path(path_type=Path), default="strategy.toml", show_default=True)
@click.option("--include-unreviewed", is_flag=True, help="Take what nobody has reviewed as it was read.")
@click.option("--refuse", multiple=True, metavar="ID", help="Do not accept this filling from the policy record.")
@at_place
@as_json
@debug
def strategy(
    out: Path, include_unreviewed: bool, refuse: tuple[str, ...], place: Path | None, as_json: bool, debug: bool
) -> None:
    """Write the register as a strategy file: each policy acts, pauses, goes on and ends as its history says."""
    with told(as_json, debug):
        from counterflow.evidence.store import Store
        from counterflow.strategy.files import write_strategy
        from counterflow.strategy.register.files import read_register
        from counterflow.strategy.register.listing import strategy_lines
        from counterflow.strategy.register.strategy import strategy_of

        path = file_of(place)
        made = strategy_of(read_register(path), Store.open(), include_unreviewed=include_unreviewed, refused=refuse)
        write_strategy(made, out)
        if as_json:
            result = {"strategy": str(out), "entries": len(made.written), "unplaced": len(made.unplaced)}
            click.echo(json.dumps(result, ensure_ascii=False))
        else:
            click.echo("\n".join([*strategy_lines(made), str(out)]))
