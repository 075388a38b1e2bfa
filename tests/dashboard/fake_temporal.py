"""Temporal as the dashboard sees it, for tests whose subject is a page: remembers what was asked, can be away."""

from dataclasses import dataclass, field

from dashboard.access.temporal_bridge import NoSuchWorkflow, TemporalAway
from worker.contracts import ForceRefresh, IntegrationInput, OAuthCallback, PlanningInput, Progress


@dataclass
class FakeTemporal:
    away: bool = False
    started: dict[str, object] = field(default_factory=dict)
    answered: dict[str, OAuthCallback] = field(default_factory=dict)
    refreshed: list[tuple[str, ForceRefresh]] = field(default_factory=list)
    stages: dict[str, Progress | None] = field(default_factory=dict)
    """What a planning workflow answers; a workflow that is not here does not exist."""

    def start_integration(self, workflow_id: str, request: IntegrationInput) -> None:
        self._reach()
        self.started[workflow_id] = request

    def answer_consent(self, workflow_id: str, callback: OAuthCallback) -> None:
        self._reach()
        if workflow_id not in self.started:
            raise NoSuchWorkflow
        self.answered[workflow_id] = callback

    def force_refresh(self, workspace: str, request: ForceRefresh) -> None:
        self._reach()
        self.refreshed.append((workspace, request))

    def start_planning(self, workflow_id: str, request: PlanningInput) -> None:
        self._reach()
        self.started[workflow_id] = request
        self.stages[workflow_id] = Progress("gathering", 5)

    def progress(self, workflow_id: str) -> Progress | None:
        self._reach()
        if workflow_id not in self.stages:
            raise NoSuchWorkflow
        return self.stages[workflow_id]

    def answers(self) -> bool:
        return not self.away

    def has_workers(self) -> bool:
        return not self.away

    def _reach(self) -> None:
        if self.away:
            raise TemporalAway
