"""Events with every field filled, for tests to change and append."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from events import campaign_file, integration, overlap, plan, workspace
from events.envelope import Event, Meta

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
META = Meta(actor="ana", workflow_id="sync-w", run_id="run-1", activity="SyncFileActivity")


def discovered(file_id: str = "f1", **changes: Any) -> campaign_file.FileDiscovered:
    event = campaign_file.FileDiscovered(
        file_id=file_id,
        platform="google_drive",
        name=f"{file_id}.xlsx",
        mime_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        modified_at=MOMENT,
        link=f"https://drive.example/{file_id}",
        owner="Ana",
        score=0.93,
        reasons=["columns Spend and Clicks"],
    )
    return msgspec.structs.replace(event, **changes)


def synced(file_id: str = "f1", number: int = 1, **changes: Any) -> campaign_file.FileSynced:
    event = campaign_file.FileSynced(
        file_id=file_id,
        name=f"{file_id}.xlsx",
        revision=f"{number:064x}",
        revision_number=number,
        drive_version=str(number),
        modified_at=MOMENT,
        bytes=4096,
        mime_type="text/csv",
        kind="actuals",
        rows=100,
        rows_added=100,
        rows_removed=0,
        sums={"spend": Decimal("1234.50"), "clicks": Decimal(77)},
        currency="EUR",
        first_date="2026-01-01",
        last_date="2026-02-28",
        channels=["Search", "Social"],
        mapping=[campaign_file.ColumnMapping(tab="Data", header="Cost", field="spend", sure=0.98, why="known word")],
        quarantined=1,
        quarantined_cells=[
            campaign_file.QuarantinedCell(tab="Data", cell="C17", field="spend", raw="n/a", problem="not a number")
        ],
        dropped_rows=1,
        warnings=["One total row was left out."],
        reader_version="1",
        non_additive=["budget"],
    )
    return msgspec.structs.replace(event, **changes)


def pins(**changes: Any) -> campaign_file.FilePins:
    chosen = campaign_file.FilePins(
        tab="Data", header_row=2, columns={"Cost": "spend", "D": "other"}, currency="EUR", date_order="dmy"
    )
    return msgspec.structs.replace(chosen, **changes)


PAIR = {"one": "f1", "one_name": "f1.xlsx", "other": "f2", "other_name": "f2.xlsx"}


def overlap_found(**changes: Any) -> overlap.OverlapFound:
    found = overlap.OverlapFound(
        **PAIR, counts="f1", money=Decimal("1234.50"), currency="EUR", how="same_total", why="more_detail"
    )
    return msgspec.structs.replace(found, **changes)


def result() -> plan.PlanResult:
    estimate = plan.Estimate(mean=1.5, low=1.1, high=2.0)
    line = plan.Line(
        channel="Search",
        amount=Decimal("600.00"),
        share=0.6,
        current=Decimal("500.00"),
        change=Decimal("100.00"),
        expected=estimate,
        expected_current=None,
        marginal_now=0.8,
        marginal_plan=0.7,
        at_least=Decimal(0),
        at_most=Decimal(1000),
        bound_by=None,
        evidence=["52 weeks of data"],
    )
    distribution = plan.DistributionPlan(
        lines=[line],
        budget=Decimal("1000.00"),
        spent=Decimal("1000.00"),
        currency="EUR",
        start=date(2026, 4, 1),
        end=date(2026, 6, 30),
        goal="most_response",
        response="revenue",
        regime="channel",
        level="curves",
        expected=estimate,
        expected_current=estimate,
        uplift=estimate,
        probability_better=0.9,
        weeks=[plan.Week(start=date(2026, 3, 30), amounts={"Search": Decimal("600.00")})],
        curves=[
            plan.Curve(
                channel="Search",
                points=[plan.CurvePoint(spend=0.0, mean=0.0, low=0.0, high=0.0)],
                now=50.0,
                plan=60.0,
                seen_up_to=80.0,
            )
        ],
        data_version="d1",
        planner_version="p1",
        seed=7,
    )
    insight = plan.Insight(
        id="saturated-search",
        kind="saturation",
        sentence="Search is close to its limit.",
        size=120.0,
        unit="EUR",
        low=80.0,
        high=None,
        evidence=["curve"],
        sure=0.8,
        channel="Search",
    )
    return plan.PlanResult(
        distribution_plan=distribution,
        insights=[insight],
        confidence_score=0.82,
        confidence_word="good",
        confidence_drivers=["two years of data"],
        partial=False,
        missing=[],
        warnings=[],
    )


def brief() -> plan.Brief:
    return plan.Brief(
        title="Spring",
        budget=Decimal(1000),
        start=date(2026, 4, 1),
        end=date(2026, 6, 30),
        limits={"Search": plan.Limit(at_least=Decimal(100), at_most=None, locked=False)},
        file_ids=["f1"],
    )


def requested(campaign_id: str = "c1") -> plan.PlanRequested:
    return plan.PlanRequested(campaign_id=campaign_id, brief=brief())


def produced(campaign_id: str = "c1", planning_id: str = "planning-c1-1") -> plan.PlanProduced:
    return plan.PlanProduced(
        campaign_id=campaign_id,
        planning_id=planning_id,
        result=result(),
        sources=[plan.SourceFile(file_id="f1", name="f1.xlsx", revision="ab", rows=100)],
        draws="cd",
    )


def connected(attempt: str = "a1", **changes: Any) -> integration.IntegrationConnected:
    event = integration.IntegrationConnected(
        platform="google_drive",
        user="ana",
        attempt=attempt,
        account="ana@example.com",
        scopes=["drive.readonly"],
        vault_handle="handle-1",
    )
    return msgspec.structs.replace(event, **changes)


def _every_event() -> list[Event]:
    """One event of every kind there is."""
    about = {"platform": "google_drive", "user": "ana", "attempt": "a1"}
    file = {"file_id": "f1", "name": "f1.xlsx"}
    made = produced()
    return [
        workspace.WorkspaceCreated(title="Acme", currency="EUR", locale="de"),
        workspace.SettingsChanged(title="Acme Europe", currency="CHF", locale="de_CH"),
        workspace.MemberAdded(user="ana", name="Ana", role="owner"),
        workspace.MemberRemoved(user="ana"),
        integration.IntegrationRequested(**about),
        connected(),
        integration.IntegrationReconnected(**about, account="ana@example.com", scopes=[], vault_handle="handle-2"),
        integration.IntegrationFailed(**about, code="denied", reason="You said no. Try again."),
        integration.AccessLost(platform="google_drive", reason="Access ended. Reconnect."),
        integration.IntegrationDisconnected(platform="google_drive", user="ana"),
        discovered(),
        campaign_file.FileNotCampaign(
            file_id="f2", platform="google_drive", name="menu.xlsx", modified_at=MOMENT, score=0.1, reasons=["no spend"]
        ),
        synced(),
        campaign_file.FileRenamed(file_id="f1", old_name="a.xlsx", name="b.xlsx", modified_at=MOMENT),
        campaign_file.FileReadFailed(
            file_id="f1",
            name="f1.xlsx",
            drive_version="3",
            modified_at=MOMENT,
            code="protected",
            reason="Remove the password.",
        ),
        campaign_file.FileRemoved(**file, why="trashed"),
        campaign_file.FileRestored(**file),
        campaign_file.FilePinned(**file, pins=pins()),
        campaign_file.FileDriftConfirmed(**file, revision_number=2),
        campaign_file.FileContentsErased(file_id="f1", revisions=[1, 2], bytes_freed=4096),
        campaign_file.FilePinsUndone(**file, pins=campaign_file.NO_PINS),
        overlap_found(),
        overlap.OverlapEnded(**PAIR),
        overlap.OverlapChosen(**PAIR, counts=None),
        overlap.OverlapChoiceUndone(**PAIR),
        campaign_file.RefreshRequested(file_id=None, request_id="r1"),
        campaign_file.DriveChecked(files_watched=3, changed=0),
        requested(),
        plan.FindingStored(campaign_id="c1", planning_id="p1", agent="critic", summary="Looks right.", blob="ef"),
        made,
        plan.PlanPartiallyProduced(
            campaign_id="c1", planning_id="p1", result=made.result, sources=made.sources, draws=None
        ),
        plan.PlanFailed(campaign_id="c1", planning_id="p1", reason="No file holds spend."),
        plan.PlanApproved(campaign_id="c1"),
        plan.PlanDeclined(campaign_id="c1", reason="Too bold."),
        plan.PlanChangesRequested(campaign_id="c1", note="Less Display, please."),
        plan.DecisionUndone(campaign_id="c1"),
    ]


EVERY_EVENT = _every_event()
