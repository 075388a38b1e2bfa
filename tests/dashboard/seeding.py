"""A workspace as marketers leave it behind: told in events and stored rows, without Drive and without workflows."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
from sqlalchemy.engine import Connection, Engine

from events import store
from events.campaign_file import (
    ColumnMapping,
    FileDiscovered,
    FileNotCampaign,
    FileReadFailed,
    FileSynced,
    QuarantinedCell,
    ReadTable,
)
from events.envelope import Event, Meta, stream_of
from events.integration import AccessLost, IntegrationConnected, IntegrationFailed, IntegrationRequested
from events.plan import (
    Brief,
    Curve,
    CurvePoint,
    DistributionPlan,
    Estimate,
    Fact,
    Insight,
    Line,
    PlanFailed,
    PlanPartiallyProduced,
    PlanProduced,
    PlanRequested,
    PlanResult,
    SourceFile,
    Week,
)
from events.workspace import MemberAdded, Role, WorkspaceCreated
from projections import performance_rows, sync_lag
from projections.follower import catch_up
from tests.dashboard.kept_curves import store_curves
from worker.sheets.reading import ROW_SCHEMA

ACME = "acme"
ANA, PIA, VERA, STRANGER = "ana", "pia", "vera", "sam"
"""Owner, planner and viewer of ACME; the stranger has a workspace of their own."""
CHANNELS = {"Search": 4200.0, "Social": 3100.0, "Video": 2300.0, "Display": 1700.0, "Email": 400.0}
RETURNS = {"Search": 4.1, "Social": 2.6, "Video": 3.0, "Display": 1.2, "Email": 6.0}
GOOD_FILE, ODD_FILE, BROKEN_FILE, NEW_FILE, OTHER_FILE = "f-search", "f-social", "f-broken", "f-new", "f-holiday"
READY, PARTIAL, FAILED, WAITING = "c-ready", "c-partial", "c-failed", "c-waiting"


@dataclass(frozen=True)
class Teller:
    """Appends events of one workspace and keeps the read models up."""

    engine: Engine
    workspace: str = ACME

    def tell(
        self, kind: str, identifier: str, *events: Event, actor: str = "system", workflow_id: str | None = None
    ) -> int:
        with self.engine.begin() as connection:
            told = store.append(
                connection,
                stream_of(self.workspace, kind, identifier),
                events,
                meta=Meta(actor=actor, workflow_id=workflow_id),
            )
        catch_up(self.engine)
        return told.positions[-1]


def members(engine: Engine, *, currency: str = "EUR", locale: str = "en") -> Teller:
    """Found the workspace with its three people, and the stranger's own."""
    teller = Teller(engine)
    people: Sequence[tuple[str, str, Role]] = (
        (ANA, "Ana Ruiz", "owner"),
        (PIA, "Pia Maas", "planner"),
        (VERA, "Vera Lind", "viewer"),
    )
    teller.tell(
        "workspace",
        "self",
        WorkspaceCreated(title="Acme Europe", currency=currency, locale=locale),
        *(MemberAdded(user=user, name=name, role=role) for user, name, role in people),
        actor=ANA,
    )
    Teller(engine, "other").tell(
        "workspace",
        "self",
        WorkspaceCreated(title="Secret Rival"),
        MemberAdded(user=STRANGER, name="Sam Stone", role="owner"),
        actor=STRANGER,
    )
    return teller


def ask_to_connect(teller: Teller) -> None:
    asked = IntegrationRequested(platform="google_drive", user=PIA, attempt="integration-pia-1")
    teller.tell("integration", "google_drive", asked, actor=PIA)


def let_in(teller: Teller) -> None:
    """Tell of a Drive that was connected and not yet looked through."""
    ask_to_connect(teller)
    teller.tell(
        "integration",
        "google_drive",
        IntegrationConnected(
            platform="google_drive",
            user=PIA,
            attempt="integration-pia-1",
            account="marketing@acme.example",
            scopes=["drive.readonly"],
            vault_handle="handle",
        ),
    )


def connect(teller: Teller, now: datetime) -> None:
    let_in(teller)
    check(teller, now)


def check(teller: Teller, now: datetime) -> None:
    with teller.engine.begin() as connection:
        sync_lag.record_check(connection, teller.workspace, "google_drive", "cursor", now)


def lose_access(teller: Teller) -> None:
    reason = "Google no longer accepts our access: it was withdrawn in the Google account."
    teller.tell("integration", "google_drive", AccessLost(platform="google_drive", reason=reason))


def fail_to_connect(teller: Teller) -> None:
    ask_to_connect(teller)
    reason = "The page was left without an answer. Connect again when you are ready."
    failed = IntegrationFailed(
        platform="google_drive", user=PIA, attempt="integration-pia-1", code="expired", reason=reason
    )
    teller.tell("integration", "google_drive", failed)


def rows_of(channels: Sequence[str], now: datetime, weeks: int = 26) -> pl.DataFrame:
    """Invent weekly rows that breathe with the season."""
    monday = now.date() - timedelta(days=now.date().weekday())
    rows: list[dict[str, object]] = []
    for week in (monday - timedelta(weeks=weeks - place) for place in range(weeks)):
        place = week.toordinal() // 7
        for channel in channels:
            swing = 1 + 0.15 * ((place * 7 + len(channel)) % 5 - 2) / 2
            spend = Decimal(str(round(CHANNELS[channel] * swing, 2)))
            rows.append(
                {
                    "tab": "Data",
                    "row": len(rows) + 2,
                    "campaign": f"{channel} always-on",
                    "channel": channel,
                    "date": week,
                    "spend": spend,
                    "impressions": Decimal(int(spend * 90)),
                    "clicks": Decimal(int(spend * 2)),
                    "conversions": Decimal(int(spend / 20)),
                    "revenue": round(spend * Decimal(str(RETURNS[channel])), 2),
                    "currency": "EUR",
                }
            )
    return pl.DataFrame(rows, schema=ROW_SCHEMA, strict=False)


def discover(teller: Teller, file_id: str, name: str, now: datetime) -> None:
    teller.tell(
        "file",
        file_id,
        FileDiscovered(
            file_id=file_id,
            platform="google_drive",
            name=name,
            mime_type="application/vnd.google-apps.spreadsheet",
            modified_at=now - timedelta(hours=2),
            link=f"https://drive.example/{file_id}",
            owner="Ana Ruiz",
            score=0.96,
            reasons=["It has columns for a date, a channel and spend.", "130 rows hold numbers."],
        ),
    )


def sync(teller: Teller, file_id: str, name: str, rows: pl.DataFrame, now: datetime, *, odd_cells: int = 0) -> int:
    """Store a revision as the sync activity does."""
    with teller.engine.begin() as connection:
        number = _next_revision(connection, teller.workspace, file_id)
        changes = performance_rows.store(connection, teller.workspace, file_id, number, rows)
    sums = {metric: Decimal(rows[metric].sum() or 0) for metric in ("spend", "revenue", "conversions", "clicks")}
    cells = [
        QuarantinedCell(
            tab="Data", cell=f"C{17 + place}", field="spend", raw="tbc", problem="This is text, not a number."
        )
        for place in range(odd_cells)
    ]
    synced = FileSynced(
        file_id=file_id,
        name=name,
        revision=hashlib.sha256(rows.write_csv().encode()).hexdigest(),
        revision_number=number,
        drive_version=str(100 + number),
        modified_at=now - timedelta(seconds=42),
        bytes=20_480,
        mime_type="application/vnd.google-apps.spreadsheet",
        kind="actuals",
        rows=rows.height,
        rows_added=changes.added,
        rows_removed=changes.removed,
        sums=sums,
        currency="EUR",
        first_date=str(rows["date"].min()),
        last_date=str(rows["date"].max()),
        channels=sorted(set(rows["channel"].to_list())),
        mapping=mapping(),
        quarantined=odd_cells,
        quarantined_cells=cells,
        dropped_rows=1,
        warnings=["The last row is a total and was left out."],
        reader_version="1",
        tables=[
            ReadTable(
                tab="Data",
                header_row=1,
                used=True,
                why="the only tab with campaign data",
                date_format="%Y-%m-%d",
                decimal=".",
                currency="EUR",
            )
        ],
    )
    return teller.tell("file", file_id, synced)


def _next_revision(connection: Connection, workspace: str, file_id: str) -> int:
    told = store.read(connection, stream=stream_of(workspace, "file", file_id), names=[FileSynced.NAME])
    return len(told) + 1


def mapping() -> list[ColumnMapping]:
    found = (
        ("Week", "date", 0.99, "Every cell is a date."),
        ("Kanal", "channel", 0.97, "The header means channel in German."),
        ("Kosten", "spend", 0.95, "The header means spend; the cells are amounts in euros."),
        ("Umsatz", "revenue", 0.93, "The header means revenue; the cells are amounts in euros."),
        ("Notiz", "other", 0.9, "Free text."),
    )
    return [
        ColumnMapping(tab="Data", header=header, field=field, sure=sure, why=why, letters="ABCDE"[place])
        for place, (header, field, sure, why) in enumerate(found)
    ]


def files(teller: Teller, now: datetime) -> None:
    """Tell of five files: two read, one broken, one new, one that is no campaign file."""
    discover(teller, GOOD_FILE, "Search and Video.gsheet", now)
    sync(teller, GOOD_FILE, "Search and Video.gsheet", rows_of(["Search", "Video"], now, weeks=25), now)
    sync(teller, GOOD_FILE, "Search and Video.gsheet", rows_of(["Search", "Video"], now), now)
    discover(teller, ODD_FILE, "Social_Display [2026].xlsx", now)
    sync(teller, ODD_FILE, "Social_Display [2026].xlsx", rows_of(["Social", "Display", "Email"], now), now, odd_cells=3)
    discover(teller, BROKEN_FILE, "Q3 report.xlsx", now)
    teller.tell(
        "file",
        BROKEN_FILE,
        FileReadFailed(
            file_id=BROKEN_FILE,
            name="Q3 report.xlsx",
            drive_version="7",
            modified_at=now - timedelta(hours=3),
            code="no_table",
            reason="There is no column for spend. Add one with a header such as Spend, then save the file.",
        ),
    )
    discover(teller, NEW_FILE, "November.csv", now)
    with teller.engine.begin() as connection:
        sync_lag.add_pending(connection, teller.workspace, [(NEW_FILE, now - timedelta(minutes=1))], now)
    teller.tell(
        "file",
        OTHER_FILE,
        FileNotCampaign(
            file_id=OTHER_FILE,
            platform="google_drive",
            name="Holiday list.xlsx",
            modified_at=now - timedelta(days=9),
            score=0.04,
            reasons=["It has names and dates, but no spend, budget or result."],
        ),
    )


def brief(title: str = "Q1 always-on") -> Brief:
    return Brief(title=title, budget=Decimal(120_000), start=date(2027, 1, 1), end=date(2027, 3, 31))


def plans(teller: Teller) -> None:
    """Tell of four plans: ready, partial, failed and one on its way."""
    ask(teller, FAILED, brief("Summer test"))
    reason = "There are fewer than four weeks of data in the chosen files. Choose more files, then try again."
    teller.tell("plan", FAILED, PlanFailed(campaign_id=FAILED, planning_id=f"planning-{FAILED}-1", reason=reason))
    ask(teller, PARTIAL, brief("Spring launch"))
    teller.tell(
        "plan",
        PARTIAL,
        PlanPartiallyProduced(
            campaign_id=PARTIAL,
            planning_id=f"planning-{PARTIAL}-1",
            result=result(partial=True),
            sources=sources(),
            draws=None,
        ),
    )
    ask(teller, READY, brief())
    produced = PlanProduced(
        campaign_id=READY,
        planning_id=f"planning-{READY}-1",
        result=result(),
        sources=sources(),
        draws=store_curves(teller.engine, split(), RETURNS),
    )
    teller.tell("plan", READY, produced)


def ask(teller: Teller, campaign_id: str, wanted: Brief) -> None:
    asked = PlanRequested(campaign_id=campaign_id, brief=wanted)
    teller.tell("plan", campaign_id, asked, actor=PIA, workflow_id=f"planning-{campaign_id}-1")


def sources() -> list[SourceFile]:
    return [
        SourceFile(file_id=GOOD_FILE, name="Search and Video.gsheet", revision="ab" * 32, rows=52),
        SourceFile(file_id=ODD_FILE, name="Social_Display [2026].xlsx", revision="cd" * 32, rows=78),
    ]


def result(*, partial: bool = False) -> PlanResult:
    missing = ["The response of each channel could not be estimated in time, so the split follows past returns."]
    return PlanResult(
        distribution_plan=split(with_curves=not partial),
        insights=[
            Insight(
                id="room",
                kind="room_to_grow",
                sentence="Search still has room to grow: each extra euro brought 4.10 over the last 12 weeks.",
                size=18_500.0,
                unit="revenue",
                low=9_200.0,
                high=27_400.0,
                evidence=["return:Search", "gone"],
                sure=0.86,
                channel="Search",
            ),
            Insight(
                id="past",
                kind="past_its_best",
                sentence="Display is past its best point: its last 1,000 euros brought back 900.",
                size=4_100.0,
                unit="revenue",
                low=None,
                high=None,
                evidence=[],
                sure=0.74,
                channel="Display",
            ),
        ],
        confidence_score=0.42 if partial else 0.83,
        confidence_word="low" if partial else "high",
        confidence_drivers=["26 weeks of data for every channel.", "Spend of Search moved enough to learn from."],
        partial=partial,
        facts=[
            Fact(
                id="return:Search",
                text="Revenue for each extra unit of money in Search",
                value=4.1,
                unit="EUR",
                channel="Search",
                file_ids=[GOOD_FILE],
                first=date(2026, 5, 25),
                last=date(2026, 11, 22),
            )
        ],
        missing=missing if partial else [],
        warnings=["Email had under 8 weeks with changing spend; it was kept as it is."],
    )


def split(*, with_curves: bool = True) -> DistributionPlan:
    moves = {"Search": 8_000, "Social": 1_000, "Video": 3_000, "Display": -12_000, "Email": 0}
    total = sum(CHANNELS.values())
    current = {channel: Decimal(round(120_000 * spend / total)) for channel, spend in CHANNELS.items()}
    current["Email"] += 120_000 - sum(current.values())
    lines = [
        Line(
            channel=channel,
            amount=current[channel] + move,
            share=float(current[channel] + move) / 120_000,
            current=current[channel],
            change=Decimal(move),
            expected=Estimate(mean=90_000, low=80_000, high=101_000),
            expected_current=Estimate(mean=84_000, low=76_000, high=93_000),
            marginal_now=RETURNS[channel],
            marginal_plan=RETURNS[channel] * 0.9,
            at_least=Decimal(0),
            at_most=Decimal(120_000),
            bound_by="extrapolation" if channel == "Search" else None,
            evidence=[f"{channel} returned {RETURNS[channel]} per euro."],
        )
        for channel, move in moves.items()
    ]
    weeks = [
        Week(
            start=date(2026, 12, 28) + timedelta(weeks=place),
            amounts={line.channel: round(line.amount / 13, 2) for line in lines},
        )
        for place in range(13)
    ]
    return DistributionPlan(
        lines=lines,
        budget=Decimal(120_000),
        spent=Decimal(120_000),
        currency="EUR",
        start=date(2027, 1, 1),
        end=date(2027, 3, 31),
        goal="most_response",
        response="revenue",
        regime="channel",
        level="curves" if with_curves else "returns",
        expected=Estimate(mean=402_000, low=381_000, high=425_000),
        expected_current=Estimate(mean=379_000, low=362_000, high=398_000),
        uplift=Estimate(mean=0.061, low=0.032, high=0.088),
        probability_better=0.97,
        weeks=weeks,
        curves=[curve(channel) for channel in CHANNELS] if with_curves else [],
        data_version="1",
        planner_version="1",
        seed=1,
    )


def curve(channel: str) -> Curve:
    now = CHANNELS[channel]
    points = []
    for place in range(31):
        spend = now * 2.5 * place / 30
        mean = RETURNS[channel] * now * 1.8 * spend / (spend + now)
        points.append(CurvePoint(spend=round(spend, 2), mean=mean, low=mean * 0.88, high=mean * 1.13))
    return Curve(channel=channel, points=points, now=now, plan=now * 1.25, seen_up_to=now * 1.4)


def normal(engine: Engine, now: datetime | None = None, **workspace: str) -> Teller:
    """Tell of a workspace with everything in it."""
    now = now or datetime.now(UTC)
    teller = members(engine, **workspace)
    connect(teller, now)
    files(teller, now)
    plans(teller)
    return teller


def _no_connection(engine: Engine, _now: datetime) -> None:
    members(engine)


def _empty(engine: Engine, now: datetime) -> None:
    connect(members(engine), now)


def _needs_you(engine: Engine, now: datetime) -> None:
    lose_access(normal(engine, now))


def _failed(engine: Engine, now: datetime) -> None:
    """Everything that can fail has: the connection, a plan, a file, and the checks are late."""
    teller = members(engine)
    fail_to_connect(teller)
    discover(teller, BROKEN_FILE, "Q3 report.xlsx", now)
    reason = "The file is damaged. Open it in Drive, save it again, and we read it by ourselves."
    broken = FileReadFailed(
        file_id=BROKEN_FILE,
        name="Q3 report.xlsx",
        drive_version="7",
        modified_at=now - timedelta(hours=3),
        code="damaged",
        reason=reason,
    )
    teller.tell("file", BROKEN_FILE, broken)
    ask(teller, FAILED, brief("Summer test"))
    sentence = "There are fewer than four weeks of data in the chosen files. Choose more files, then try again."
    teller.tell("plan", FAILED, PlanFailed(campaign_id=FAILED, planning_id=f"planning-{FAILED}-1", reason=sentence))


def _connecting(engine: Engine, _now: datetime) -> None:
    ask_to_connect(members(engine))


def _working(engine: Engine, now: datetime) -> None:
    """A plan is on its way, and a file waits to be read."""
    ask(normal(engine, now), WAITING, brief("On its way"))


def _german(engine: Engine, now: datetime) -> None:
    normal(engine, now, locale="de")


STATES: dict[str, Callable[[Engine, datetime], object]] = {
    "no_connection": _no_connection,
    "empty": _empty,
    "connecting": _connecting,
    "working": _working,
    "normal": normal,
    "needs_you": _needs_you,
    "failed": _failed,
    "german": _german,
}
