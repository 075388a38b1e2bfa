"""What crosses the wire between the dashboard, the workflows and the activities. Standard library only.

Workflow files, the worker and the dashboard import this module; it imports nothing of ours. Every message is one
frozen dataclass, so that a field with a default can be added without breaking a running workflow.
No message holds a token: `access` is a handle of the vault.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TASK_QUEUE = "media-planner"
AGENTS_TASK_QUEUE = "media-planner-agents"
PLATFORM_GOOGLE_DRIVE = "google_drive"
PLATFORM_TITLES = {PLATFORM_GOOGLE_DRIVE: "Google Drive"}

INTEGRATION_WORKFLOW = "IntegrationWorkflow"
SYNC_WORKFLOW = "SyncWorkflow"
PLANNING_WORKFLOW = "PlanningWorkflow"

OAUTH_CALLBACK_SIGNAL = "OAuthCallbackSignal"
FORCE_REFRESH_SIGNAL = "ForceRefreshSignal"
ANALYSIS_PROGRESS_SIGNAL = "AnalysisProgressSignal"  # internal: only the running analysis sends it
GET_PROGRESS_QUERY = "GetProgressQuery"

OAUTH_WAIT = timedelta(minutes=10)
SYNC_EVERY = timedelta(minutes=15)
SYNC_CONTINUE_AS_NEW_AFTER = timedelta(hours=24)
SYNC_FILES_AT_ONCE = 4


@dataclass(frozen=True)
class ActivityContract:
    """Name, start-to-close timeout and number of tries of one activity."""

    name: str
    timeout: timedelta
    tries: int


ALIVE = timedelta(seconds=10)
"""Silence after which a worker counts as dead. Heartbeats come from the process, whatever its activity waits for."""

HANDLE_OAUTH = ActivityContract("HandleOAuthActivity", timedelta(seconds=60), 3)
DISCOVER_CAMPAIGN_FILES = ActivityContract("DiscoverCampaignFilesActivity", timedelta(minutes=2), 3)
CHECK_FOR_UPDATES = ActivityContract("CheckForUpdatesActivity", timedelta(minutes=1), 3)
SYNC_FILE = ActivityContract("SyncFileActivity", timedelta(minutes=3), 3)
GATHER_CAMPAIGN_DATA = ActivityContract("GatherCampaignDataActivity", timedelta(seconds=30), 2)
RUN_AGENT_ANALYSIS = ActivityContract("RunAgentAnalysisActivity", timedelta(minutes=5), 1)

# Short activities of our own around the six above. They only write to our database, so ten tries ride out a restart.
STORE_INTEGRATION = ActivityContract("StoreIntegrationActivity", timedelta(seconds=30), 10)
START_SYNC = ActivityContract("StartSyncActivity", timedelta(seconds=30), 10)
RECORD_INTEGRATION_FAILURE = ActivityContract("RecordIntegrationFailureActivity", timedelta(seconds=30), 10)
RECORD_FILE_FAILURE = ActivityContract("RecordFileFailureActivity", timedelta(seconds=30), 10)
RECORD_PLAN_FAILURE = ActivityContract("RecordPlanFailureActivity", timedelta(seconds=30), 10)
STORE_PLAN = ActivityContract("StorePlanActivity", timedelta(seconds=30), 10)
ASSEMBLE_PARTIAL_PLAN = ActivityContract("AssemblePartialPlanActivity", timedelta(seconds=30), 10)


def integration_workflow_id(user_id: str, timestamp: int) -> str:
    return f"integration-{user_id}-{timestamp}"


def sync_workflow_id(workspace_id: str) -> str:
    return f"sync-{workspace_id}"


def planning_workflow_id(campaign_id: str, timestamp: int) -> str:
    return f"planning-{campaign_id}-{timestamp}"


@dataclass(frozen=True)
class IntegrationInput:
    user_id: str
    platform: str
    workspace_id: str


@dataclass(frozen=True)
class OAuthCallback:
    """The platform's answer to the consent page: a one-time code, or an error. Encrypted like all payloads."""

    code: str | None = field(default=None, repr=False)
    error: str | None = None


@dataclass(frozen=True)
class DiscoveredFile:
    id: str
    name: str
    last_modified: datetime
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class IntegrationResult:
    status: str  # connected | failed
    discovered_files: list[DiscoveredFile]
    reason: str | None = None  # on failure: a sentence for a marketer


@dataclass(frozen=True)
class HandleOAuthInput:
    workspace_id: str
    user_id: str
    platform: str
    attempt: str
    authorization_code: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """A reference to tokens in the vault: the tokens themselves never travel."""

    handle: str
    scopes: list[str]
    expires_at: datetime
    account: str


@dataclass(frozen=True)
class DiscoverInput:
    workspace_id: str
    user_id: str
    platform: str
    access: Access


@dataclass(frozen=True)
class Discovery:
    """The campaign files that were found. `listing` is the blob address of all that was looked into."""

    files: list[DiscoveredFile]
    listing: str


@dataclass(frozen=True)
class StoreIntegrationInput:
    workspace_id: str
    user_id: str
    platform: str
    attempt: str
    access: Access
    listing: str


@dataclass(frozen=True)
class StartSyncInput:
    workspace_id: str
    user_id: str
    file_ids: list[str]


@dataclass(frozen=True)
class IntegrationFailureInput:
    workspace_id: str
    user_id: str
    platform: str
    attempt: str
    code: str
    reason: str
    platform_error: str | None = None
    """The error of the platform's answer, as it came; then code and reason are put into words from it."""


@dataclass(frozen=True)
class ForceRefresh:
    file_id: str | None = None  # None asks for all files


@dataclass(frozen=True)
class SyncInput:
    workspace_id: str
    file_ids: list[str] = field(default_factory=list)
    last_check_time: datetime | None = None
    pending: list[ForceRefresh] = field(default_factory=list)
    """Signals that came before continue-as-new and were not yet served."""


@dataclass(frozen=True)
class CheckInput:
    workspace_id: str
    file_ids: list[str]
    """Files to look at even when Drive says that nothing changed (force refresh); usually empty."""
    last_check_time: datetime | None
    all_files: bool = False


@dataclass(frozen=True)
class UpdatedFile:
    id: str
    last_modified: datetime


@dataclass(frozen=True)
class CheckResult:
    updated_files: list[UpdatedFile]
    checked_at: datetime
    connected: bool = True
    """False when the grant is gone: the workflow ends and a reconnect starts it again."""


@dataclass(frozen=True)
class SyncFileInput:
    workspace_id: str
    file_id: str


@dataclass(frozen=True)
class SyncFileResult:
    file_id: str
    sync_status: str  # synced | unchanged | not_campaign | failed | removed


@dataclass(frozen=True)
class FileFailureInput:
    workspace_id: str
    file_id: str
    code: str
    reason: str


@dataclass(frozen=True)
class PlanningInput:
    campaign_id: str
    workspace_id: str


@dataclass(frozen=True)
class Progress:
    """Answer of GetProgressQuery. `status` is a named stage, see STAGES."""

    status: str
    percent_complete: int


STAGES: tuple[tuple[str, int], ...] = (
    ("gathering", 5),
    ("data_steward", 10),
    ("response_analyst", 20),
    ("allocator", 60),
    ("critic", 75),
    ("narrator", 85),
    ("storing", 95),
    ("done", 100),
)
"""What planning goes through, each with how much of the work is done when it begins."""


@dataclass(frozen=True)
class CampaignData:
    """A reference to the gathered rows: they can be millions, so they travel as a blob address."""

    campaign_id: str
    workspace_id: str
    blob: str
    rows: int
    files: int


@dataclass(frozen=True)
class AnalysisInput:
    planning_id: str
    campaign_data: CampaignData


@dataclass(frozen=True)
class AnalysisResult:
    blob: str  # address of the agents' outcome
    partial: bool = False  # whether an agent in `missing` did not answer
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PartialInput:
    planning_id: str
    campaign_id: str
    workspace_id: str
    why: str  # what went wrong: a template's key in worker/planning/words, or a sentence in the workspace's language
    campaign_data: CampaignData | None = None


@dataclass(frozen=True)
class StorePlanInput:
    planning_id: str
    campaign_id: str
    workspace_id: str
    analysis: AnalysisResult


@dataclass(frozen=True)
class PlanningResult:
    distribution_plan: dict[str, Any]
    insights: list[dict[str, Any]]
    confidence_score: float
    partial: bool = False
    missing: list[str] = field(default_factory=list)
