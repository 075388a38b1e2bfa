"""What an operator asks at the command line: how far behind, how is every service, make a read model anew."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from worker.trouble import Trouble, settings_told

if TYPE_CHECKING:
    from sqlalchemy import Engine  # importing it takes longer than reading a file

    from projections.rebuild import Rebuilt


@contextmanager
def opened() -> Generator["Engine"]:
    """The database named in the environment, or else the one of the stack that runs from the state folder.

    Raises Trouble with a sentence when there is none, or when it does not answer.
    """
    from sqlalchemy.exc import OperationalError, ProgrammingError

    with settings_told():
        engine = _connect()
    try:
        yield engine
    except OperationalError as error:
        raise Trouble(
            "The database does not answer. Is it running, and is MEDIA_PLANNER_DATABASE_URL right?"
        ) from error
    except ProgrammingError as error:
        raise Trouble("This database has no Media Planner tables yet. Start the worker once; it makes them.") from error
    finally:
        engine.dispose()


def _connect() -> "Engine":
    from projections.start import open_database
    from worker.embedded.settings import StackSettings
    from worker.embedded.stack import export, running_environment

    settings = StackSettings()
    if settings.database_url is None:
        environment = running_environment(settings.state)
        if environment is None:
            raise Trouble("Nothing runs here. Start it with ./dev up, or set MEDIA_PLANNER_DATABASE_URL.")
        export(environment)
    return open_database(lambda _: None, pool_size=2)


def rebuild(
    name: Annotated[str, typer.Argument(help="a read model (connections, files, plans ...), performance, or all")],
) -> None:
    """Make a read model anew from the events and the kept bytes, and say whether it differs from what was live."""
    from projections.models import MODELS
    from projections.page import Fenced
    from projections.rebuild import rebuild as rebuild_model
    from projections.rebuild import rebuild_rows
    from worker.sync.rows import rows_of

    names = [model.name for model in MODELS]
    if name not in {*names, "all"}:
        raise Trouble(f"There is no read model {name}. There are: {', '.join(names)}, and all.")
    differs = 0
    with opened() as engine:
        for each in names if name == "all" else [name]:
            try:
                result = rebuild_model(engine, each)
            except Fenced as fenced:
                raise Trouble(f"{fenced} Use the version that the worker runs.") from None
            differs += not result.same
            stands = f"{result.rows} rows as of position {result.position}, {result.parked} events parked"
            print(f"{each}: {stands}. {_compared(result)}")
        if name in {"performance", "all"}:
            wrong = rebuild_rows(engine, rows_of)
            files = sum(not result.same for result in wrong)
            differs += files
            for result in wrong:
                print(f"{result.model}: {_compared(result)}{_unread(result.unread)}")
            print(f"performance rows: read again from the kept bytes; {files} files differed.")
    if differs:
        raise typer.Exit(1)


def _compared(result: "Rebuilt") -> str:
    if result.same:
        return "The same as what was live."
    return f"It differed from what was live in {result.wrong} rows, which are right now. {result.first_difference}."


def _unread(revisions: list[int]) -> str:
    if not revisions:
        return ""
    numbers = ", ".join(map(str, revisions))
    kept = f"Rows up to revision {revisions[-1]} stay as they were."
    return f" The originals of revisions {numbers} were erased under the retention setting. {kept}"


def workspace(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="short and lasting, for example acme-europe")],
    title: Annotated[str, typer.Option(help="what people read")],
    owner: Annotated[str, typer.Option(help="the owner's e-mail address, as the sign-in knows it")],
    owner_name: Annotated[str, typer.Option(help="what people call the owner")] = "",
    currency: Annotated[str, typer.Option(help="three letters")] = "EUR",
    locale: Annotated[str, typer.Option(help="en, de ...")] = "en",
) -> None:
    """Found a workspace with its first owner, who can then add members on the Settings page."""
    from events.workspace import MemberAdded, WorkspaceCreated
    from worker import workspaces

    created = WorkspaceCreated(title=title, currency=currency, locale=locale)
    with opened() as engine, engine.begin() as connection:
        first = MemberAdded(user=owner, name=owner_name or owner, role="owner")
        if not workspaces.found(connection, identifier, created, first):
            raise Trouble(f"The workspace {identifier} is there already. Its owners add members under Settings.")
    print(f"The workspace {identifier} is ready; {owner} owns it.")


def lag() -> None:
    """Show how many events the read models are behind. Exit status 1 when they are behind or have a problem."""
    from projections import follower

    with opened() as engine, engine.connect() as connection:
        health = follower.health(connection)
    seen = health.seen_at.isoformat(timespec="seconds") if health.seen_at else "never"
    print(f"{health.behind} events behind position {health.head}; {health.parked} parked; follower seen {seen}")
    if health.problem:
        print(health.problem)
    if health.behind or health.parked or health.problem:
        raise typer.Exit(1)


def status(as_json: Annotated[bool, typer.Option("--json", help="one JSON object for scripts")] = False) -> None:
    """Show how every service is doing. Exit status 1 when one is not well."""
    import asyncio  # a tenth of the start-up of commands that need none

    from events import store
    from projections import follower

    services: dict[str, str] = {}
    with opened() as engine:
        with engine.connect() as connection:
            services["database"] = f"ok, {store.head(connection)} events"
            health = follower.health(connection)
        services["projections"] = health.problem or f"ok, {health.behind} events behind"
        services.update(asyncio.run(_temporal_status()))
        services["dashboard"] = _dashboard_status()
    bad = [name for name, state in services.items() if not state.startswith("ok")]
    if as_json:
        print(json.dumps(services))
    else:
        for name, state in services.items():
            print(f"{'✗' if name in bad else '✓'} {name:<12} {state}")
    from worker.temporal_client import leave

    leave(1 if bad else 0)


async def _temporal_status() -> dict[str, str]:
    import asyncio

    from temporalio.api.enums.v1 import TaskQueueType
    from temporalio.api.taskqueue.v1 import TaskQueue
    from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

    from worker.contracts import TASK_QUEUE
    from worker.temporal_client import TemporalSettings, connect

    with settings_told():
        settings = TemporalSettings()  # pyright: ignore[reportCallIssue] - from the environment
    try:
        client = await asyncio.wait_for(connect(settings), timeout=5)
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=TASK_QUEUE),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
    except (RuntimeError, TimeoutError, OSError) as error:
        return {"temporal": f"does not answer at {settings.address}: {type(error).__name__}", "worker": "unknown"}
    worker = "ok" if answer.pollers else "not running: nobody works on the task queue"
    return {"temporal": f"ok, {settings.address}", "worker": worker}


def _dashboard_status() -> str:
    import httpx

    from worker.google_drive.consent import GoogleSettings

    with settings_told():
        url = GoogleSettings().dashboard_url
    try:
        answer = httpx.get(f"{url}/healthz", timeout=5)
    except httpx.HTTPError as error:
        return f"does not answer at {url}: {type(error).__name__}"
    return f"ok, {url}" if answer.is_success else f"answers with {answer.status_code} at {url}"
