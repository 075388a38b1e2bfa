"""Make a plan: gather the rows, let the agents work, store the result. There is always a result."""

from temporalio import exceptions, workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from worker import activity_call
    from worker.contracts import (
        AGENTS_TASK_QUEUE,
        ANALYSIS_PROGRESS_SIGNAL,
        ASSEMBLE_PARTIAL_PLAN,
        GATHER_CAMPAIGN_DATA,
        GET_PROGRESS_QUERY,
        PLANNING_WORKFLOW,
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


@workflow.defn(name=PLANNING_WORKFLOW)
class PlanningWorkflow:
    @workflow.init
    def __init__(self, request: PlanningInput) -> None:
        self._request = request
        self._progress = Progress(*STAGES[0])

    @workflow.query(name=GET_PROGRESS_QUERY)
    def progress(self) -> Progress:
        return self._progress

    @workflow.signal(name=ANALYSIS_PROGRESS_SIGNAL)
    def advanced(self, progress: Progress) -> None:
        """Only forward: a late message of the analysis must not turn the bar back."""
        if progress.percent_complete > self._progress.percent_complete:
            self._progress = progress

    @workflow.run
    async def run(self, request: PlanningInput) -> PlanningResult:
        who = (workflow.info().workflow_id, request.campaign_id, request.workspace_id)
        try:
            analysis = await self._analyze(request)
            self._reach("storing")
            result = await activity_call.run(STORE_PLAN, StorePlanInput(*who, analysis), PlanningResult)
        except ActivityError as error:
            if not is_cancelled_exception(error):  # whoever waits for the plan must learn that none will come
                failure = PartialInput(*who, _explain_refusal(error))
                await activity_call.run(RECORD_PLAN_FAILURE, failure, type(None))
            raise
        self._reach("done")
        return result

    async def _analyze(self, request: PlanningInput) -> AnalysisResult:
        """Give the agents one try; whatever stops them, put together what they had found by then."""
        planning_id = workflow.info().workflow_id
        data: CampaignData | None = None
        try:
            data = await activity_call.run(GATHER_CAMPAIGN_DATA, request, CampaignData)
            self._reach("data_steward")
            work = AnalysisInput(planning_id, data)
            return await activity_call.run(RUN_AGENT_ANALYSIS, work, AnalysisResult, AGENTS_TASK_QUEUE)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            why = _explain(error, gathered=data is not None)
        partial = PartialInput(planning_id, request.campaign_id, request.workspace_id, why, data)
        return await activity_call.run(ASSEMBLE_PARTIAL_PLAN, partial, AnalysisResult)

    def _reach(self, stage: str) -> None:
        self.advanced(Progress(stage, dict(STAGES)[stage]))


def _explain(error: ActivityError, *, gathered: bool) -> str:
    """Key of a template in words/, or a sentence in the workspace's language."""
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in FINAL:
        return FINAL[cause.type] or cause.message
    if not gathered:
        return "trouble.unread"
    return "trouble.interrupted" if isinstance(cause, exceptions.TimeoutError) else "trouble.stopped"


def _explain_refusal(error: ActivityError) -> str:
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in FINAL:
        return FINAL[cause.type] or cause.message
    return "trouble.not_stored"


FINAL = {"NoAccess": "trouble.no_access", "NoSuchCampaign": "trouble.no_such_campaign", "BriefRefused": ""}
"""Failures that another try cannot mend, with their template; a refused brief brings its own sentence."""
