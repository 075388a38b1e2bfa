"""What planning does outside of the workflow: gather rows, run the agents, keep what each finds, store the plan."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.engine import Connection as Database
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from events import blobs, store
from events.envelope import business_key, stream_of
from events.plan import FindingStored, PlanFailed, PlanPartiallyProduced, PlanProduced, PlanRequested
from worker.causes import because_of
from worker.contracts import (
    ANALYSIS_PROGRESS_SIGNAL,
    ASSEMBLE_PARTIAL_PLAN,
    GATHER_CAMPAIGN_DATA,
    RECORD_PLAN_FAILURE,
    RUN_AGENT_ANALYSIS,
    STAGES,
    STORE_PLAN,
    AnalysisInput,
    AnalysisResult,
    CampaignData,
    PartialInput,
    PlanningInput,
    PlanningResult,
    Progress,
    StorePlanInput,
)
from worker.failures import Refused
from worker.planning import gathering
from worker.planning.gathering import Asked
from worker.planning.language_model import Ask
from worker.planning.outcome import Gathered, Outcome, nothing
from worker.planning.voice import Voice

if TYPE_CHECKING:
    from worker.planning.planner import Planned

log = logging.getLogger(__name__)
Heard = Callable[[str, dict[str, Any]], None]
_SECONDS = 270.0
"""Half a minute less than Temporal gives: the time to put together what is there."""


class BriefRefused(Refused):
    """The brief contradicts itself or the history. The message says what to change."""


class OutOfTime(Exception):
    """Raised in the agents' thread, so that it ends at its next stage."""


@dataclass(frozen=True)
class PlanningActivities:
    engine: Engine
    client: Client
    seconds: float = _SECONDS
    words: Ask | None = None
    """The language model that words insights, if one is set."""

    def short(self) -> Sequence[Callable[..., object]]:
        return [self.gather, self.assemble_partial, self.store_plan, self.record_failure]

    def agents(self) -> Sequence[Callable[..., object]]:
        return [self.run_agent_analysis]

    @activity.defn(name=GATHER_CAMPAIGN_DATA.name, no_thread_cancel_exception=True)
    def gather(self, request: PlanningInput) -> CampaignData:
        with self.engine.connect() as database:
            asked = gathering.asked(database, request.workspace_id, request.campaign_id)
            gathered, rows = gathering.gather(database, asked)
        with self.engine.begin() as database:
            address = blobs.put(database, gathered.encode())
        return CampaignData(request.campaign_id, request.workspace_id, address, rows, len(gathered.sources))

    @activity.defn(name=RUN_AGENT_ANALYSIS.name)
    async def run_agent_analysis(self, work: AnalysisInput) -> AnalysisResult:
        """Run the agents in a thread. Each finding is kept at once: a killed analysis is put together from them."""
        loop, late = asyncio.get_running_loop(), threading.Event()

        def heard(agent: str, finding: dict[str, Any]) -> None:
            if late.is_set():
                raise OutOfTime
            self._keep(work, agent, finding)
            asyncio.run_coroutine_threadsafe(self._tell(work.planning_id, agent), loop)

        analysis = asyncio.create_task(asyncio.to_thread(self._analyze, work, heard))
        analysis.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.wait({analysis}, timeout=self.seconds)
        if analysis.done():
            return analysis.result()
        late.set()
        data = work.campaign_data
        partial = PartialInput(work.planning_id, data.campaign_id, data.workspace_id, "trouble.too_long", data)
        return await asyncio.to_thread(self._assemble, partial)

    def _analyze(self, work: AnalysisInput, heard: Heard) -> AnalysisResult:
        from worker.planning import planner
        from worker.planning.limits import BriefProblem

        data = work.campaign_data
        with self.engine.connect() as database:
            asked = gathering.asked(database, data.workspace_id, data.campaign_id)
            gathered = gathering.load(database, asked, data.blob)
        try:
            planned = planner.plan(
                asked.brief,
                gathered.history(),
                on_stage=heard,
                words=self.words,
                language=gathered.language,
                track=gathered.track,
            )
        except BriefProblem as problem:
            raise BriefRefused(problem.said(Voice(gathered.language))) from None
        return self._put(asked, planned, gathered)

    def _keep(self, work: AnalysisInput, agent: str, finding: dict[str, Any]) -> None:
        """Store a finding. It is the safety net, not the plan: without it the analysis goes on."""
        data = work.campaign_data
        try:
            with self.engine.begin() as database:
                address = blobs.put(database, finding["blob"])
                stored = FindingStored(
                    campaign_id=data.campaign_id,
                    planning_id=work.planning_id,
                    agent=agent,
                    summary=finding["summary"],
                    blob=address,
                )
                key = business_key(data.workspace_id, data.campaign_id, work.planning_id, agent, address)
                stream = stream_of(data.workspace_id, "plan", data.campaign_id)
                store.append(database, stream, [stored], meta=because_of("system"), key=key)
        except SQLAlchemyError:
            log.warning("What %s found for %s could not be kept", agent, work.planning_id, exc_info=True)

    async def _tell(self, planning_id: str, finished: str) -> None:
        """Let the workflow know which stage began. A lost message costs a step of the progress bar."""
        names = [name for name, _ in STAGES]
        began = STAGES[names.index(finished) + 1]
        try:
            await self.client.get_workflow_handle(planning_id).signal(ANALYSIS_PROGRESS_SIGNAL, Progress(*began))
        except RPCError as error:
            log.warning("Progress of %s could not be told: %s", planning_id, error)

    @activity.defn(name=ASSEMBLE_PARTIAL_PLAN.name, no_thread_cancel_exception=True)
    def assemble_partial(self, partial: PartialInput) -> AnalysisResult:
        return self._assemble(partial)

    def _assemble(self, partial: PartialInput) -> AnalysisResult:
        """Put together what was found until it broke. Whatever is missing or broken, there is a result."""
        with self.engine.connect() as database:
            asked = gathering.asked(database, partial.workspace_id, partial.campaign_id)
            data = partial.campaign_data
            gathered = gathering.load(database, asked, data.blob) if data else None
            found = gathering.findings(database, asked, partial.planning_id)
            language = gathered.language if gathered else gathering.language(database, asked.workspace)
        planned = _from_findings(asked, gathered, found, partial.why, Voice(language))
        return self._put(asked, planned, gathered)

    def _put(self, asked: Asked, planned: "Planned", gathered: Gathered | None) -> AnalysisResult:
        with self.engine.begin() as database:
            outcome = Outcome(
                workspace=asked.workspace,
                campaign_id=asked.campaign_id,
                result=planned.result,
                sources=gathered.sources if gathered else [],
                draws=blobs.put(database, planned.draws) if planned.draws is not None else None,
            )
            address = blobs.put(database, outcome.encode())
        return AnalysisResult(address, planned.result.partial, planned.result.missing)

    @activity.defn(name=STORE_PLAN.name, no_thread_cancel_exception=True)
    def store_plan(self, request: StorePlanInput) -> PlanningResult:
        with self.engine.begin() as database:
            asked = gathering.asked(database, request.workspace_id, request.campaign_id)
            outcome = gathering.outcome(database, asked, request.analysis.blob)
            self._append(database, asked, request.planning_id, outcome)
        result = outcome.result
        return PlanningResult(
            distribution_plan=msgspec.to_builtins(result.distribution_plan),
            insights=msgspec.to_builtins(result.insights),
            confidence_score=result.confidence_score,
            partial=result.partial,
            missing=result.missing,
        )

    @activity.defn(name=RECORD_PLAN_FAILURE.name, no_thread_cancel_exception=True)
    def record_failure(self, request: PartialInput) -> None:
        """Tell who waits that no plan will come. A request that this workspace never made is not answered."""
        stream = stream_of(request.workspace_id, "plan", request.campaign_id)
        key = business_key(request.workspace_id, request.campaign_id, request.planning_id, PlanFailed.NAME)
        with self.engine.begin() as database:
            why = _worded(request.why, Voice(gathering.language(database, request.workspace_id)))
            failed = PlanFailed(campaign_id=request.campaign_id, planning_id=request.planning_id, reason=why)
            if store.read(database, stream=stream, names=[PlanRequested.NAME], limit=1):
                store.append(database, stream, [failed], meta=because_of("system"), key=key)

    def _append(self, database: Database, asked: Asked, planning_id: str, outcome: Outcome) -> None:
        told = PlanPartiallyProduced if outcome.result.partial else PlanProduced
        produced = told(
            campaign_id=asked.campaign_id,
            planning_id=planning_id,
            result=outcome.result,
            sources=outcome.sources,
            draws=outcome.draws,
        )
        key = business_key(asked.workspace, asked.campaign_id, planning_id, "produced")
        stream = stream_of(asked.workspace, "plan", asked.campaign_id)
        store.append(database, stream, [produced], meta=because_of(asked.user), key=key)


def _worded(why: str, voice: Voice) -> str:
    """The sentence of a template's key; a sentence stays one."""
    return voice.say(why) if voice.knows(why) else why


def _from_findings(
    asked: Asked, gathered: Gathered | None, found: dict[str, bytes], why: str, voice: Voice
) -> "Planned":
    from worker.planning import planner

    why = _worded(why, voice)

    if gathered is None:
        return planner.Planned(nothing(asked.brief, why, voice), None)
    try:
        return planner.assemble_partial(asked.brief, gathered.history(), found, why, gathered.language)
    except Exception:  # a plan that says why it is empty is better than none
        log.warning("No partial plan could be put together for %s", asked.campaign_id, exc_info=True)
        return planner.Planned(nothing(asked.brief, why, voice), None)
