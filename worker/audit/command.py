"""`media-planner audit`: replay what happened, see the state as it was, prove that the log is unbroken."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from worker.operations import opened
from worker.trouble import Trouble

audit = typer.Typer(help="Replay and verify the log of everything that happened.", no_args_is_help=True)


@audit.command()
def replay(
    until: Annotated[str | None, typer.Option(help="a position, or a time like 2026-11-23T14:00")] = None,
    stream: Annotated[str | None, typer.Option(help="only this stream, for example demo/file/ID")] = None,
    workspace: Annotated[str | None, typer.Option(help="only this workspace")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Show the events in order, and the state of each workspace as it was then."""
    from events.catalogue import UnknownEvent, UnreadableEvent
    from projections import replay as past

    point = _point(until)
    with opened() as engine, engine.connect() as connection:
        position = _position(connection, point)
        workspaces: list[str] = []
        try:
            for recorded in past.events(connection, until=position, workspace=workspace, stream=stream):
                if recorded.workspace not in workspaces:
                    workspaces.append(recorded.workspace)
                print(_event_json(recorded) if as_json else _event_line(recorded))
        except (UnknownEvent, UnreadableEvent) as problem:
            raise Trouble(str(problem)) from problem
        if not workspaces:
            _explain_nothing(position, stream or workspace)
        for each in workspaces:
            _print_state(connection, each, position, as_json=as_json)


@audit.command()
def verify(
    anchor: Annotated[str | None, typer.Option(help="POSITION:ROOT kept from an earlier run")] = None,
    file: Annotated[Path | None, typer.Option(help="check an exported log instead of the database")] = None,
) -> None:
    """Prove that no event was changed, removed or inserted. Exit status 1 when one was."""
    from events import verify as proof

    kept = _anchor(anchor)
    if file is not None:
        verdict = _of_file(file, kept)
    else:
        with opened() as engine, engine.connect() as connection:
            verdict = proof.verify(connection, kept)
    if verdict.problem is not None:
        first, last = verdict.problem.position, verdict.problem.last
        where = f"position {first}" if first == last else f"positions {first} to {last}"
        print(f"The log is broken at {where}. {verdict.problem.what}")
        raise typer.Exit(1)
    print(f"The log is unbroken: {verdict.events} events. Keep this to prove it later:")
    print(f"{verdict.anchor.position}:{verdict.anchor.root}")


@audit.command()
def export(file: Annotated[Path, typer.Argument(help="where to write it, one JSON object a line")]) -> None:
    """Write the whole log, with its hashes, to a file that `audit verify --file` can check anywhere."""
    from events import verify as proof

    count = 0
    with opened() as engine, engine.connect() as connection:
        try:
            with file.open("wb") as out:
                for lines in proof.export(connection):
                    out.write(lines)
                    count += lines.count(b"\n")
        except OSError as problem:
            raise Trouble(f"{file} can't be written: {problem.strerror}. Choose another place.") from problem
    print(f"{count} events written to {file}.")


def _point(until: str | None) -> int | datetime | None:
    """A position, or a moment; a time without a zone is in UTC."""
    if until is None or until.isdigit():
        return None if until is None else int(until)
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise Trouble(f"{until} is neither a position nor a time. Write 1234, or 2026-11-23T14:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _position(connection: Any, point: int | datetime | None) -> int:
    from events import store

    if point is None:
        return store.head(connection)
    return store.position_at(connection, point) if isinstance(point, datetime) else min(point, store.head(connection))


def _explain_nothing(position: int, asked: str | None) -> None:
    """A stream or a workspace without events is most likely a slip; a time before the first event is none."""
    if asked is None:
        sys.stderr.write("Nothing had happened by then.\n")
        return
    raise Trouble(f"Up to position {position} nothing is known of {asked!r}. Check its name, or choose a later moment.")


def _of_file(file: Path, kept: Any) -> Any:
    from events import verify as proof

    try:
        with file.open("rb") as lines:
            return proof.verify_export(lines, kept)
    except FileNotFoundError:
        raise Trouble(f"There is no file {file}.") from None
    except OSError as problem:
        raise Trouble(f"{file} can't be read: {problem.strerror}.") from problem
    except ValueError as problem:  # what msgspec finds wrong is one, and so are letters that are no hexadecimal
        raise Trouble(f"{file} is no export of the log, or a damaged one: {problem}.") from problem


def _anchor(text: str | None) -> Any:
    from events.verify import Anchor

    if text is None:
        return None
    position, _, root = text.partition(":")
    if not position.isdigit() or not root:
        raise Trouble("An anchor looks like 1234:ab12..., as an earlier `audit verify` printed it.")
    return Anchor(int(position), root)


def _event_line(recorded: Any) -> str:
    when = f"{recorded.position:>8}  {recorded.at:%Y-%m-%d %H:%M:%S}"
    return f"{when}  {recorded.event.NAME:<26} {recorded.stream}  by {recorded.meta.actor}"


def _event_json(recorded: Any) -> str:
    known = msgspec.to_builtins(recorded)
    return msgspec.json.encode({**known, "name": recorded.event.NAME}).decode()


def _print_state(connection: Any, workspace: str, position: int, *, as_json: bool) -> None:
    from projections import replay as past

    state = past.state(connection, workspace, position)
    if as_json:
        summary = {
            "workspace": workspace,
            "position": state.position,
            "connections": state.connections,
            "files": state.files,
            "plans": state.plans,
            "rows": state.rows,
        }
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
        return
    print(f"\nWorkspace {workspace} as of position {state.position}: {state.rows} rows that count")
    for each in state.connections:
        print(f"  connection  {each.platform}: {each.status} ({each.account or each.reason or 'no account yet'})")
    for file in state.files:
        print(
            f"  file        {file.name}: {file.status}, revision {file.revision_number or '-'}, {file.rows or 0} rows"
        )
    for plan in state.plans:
        print(f"  plan        {plan.brief.title}: {plan.status}, {plan.brief.budget} {plan.brief.currency}")
