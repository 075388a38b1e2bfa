"""Connect a platform: wait for its answer to the consent page, take the grant, find campaign files, start syncing."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from worker import activity_call
    from worker.contracts import (
        DISCOVER_CAMPAIGN_FILES,
        HANDLE_OAUTH,
        INTEGRATION_WORKFLOW,
        OAUTH_CALLBACK_SIGNAL,
        OAUTH_WAIT,
        PLATFORM_TITLES,
        RECORD_INTEGRATION_FAILURE,
        START_SYNC,
        STORE_INTEGRATION,
        Access,
        DiscoverInput,
        Discovery,
        HandleOAuthInput,
        IntegrationFailureInput,
        IntegrationInput,
        IntegrationResult,
        OAuthCallback,
        StartSyncInput,
        StoreIntegrationInput,
    )


@workflow.defn(name=INTEGRATION_WORKFLOW)
class IntegrationWorkflow:
    @workflow.init
    def __init__(self, request: IntegrationInput) -> None:
        self._request = request
        self._title = PLATFORM_TITLES.get(request.platform, request.platform)
        self._callback: OAuthCallback | None = None

    @workflow.signal(name=OAUTH_CALLBACK_SIGNAL)
    def answered(self, callback: OAuthCallback) -> None:
        """Take the first answer; a page that is loaded twice changes nothing."""
        self._callback = self._callback or callback

    @workflow.run
    async def run(self, request: IntegrationInput) -> IntegrationResult:
        try:
            await workflow.wait_condition(lambda: self._callback is not None, timeout=OAUTH_WAIT)
        except TimeoutError:
            return await self._failed("expired", self._expired())
        callback = self._callback or OAuthCallback()
        if callback.code is None:
            return await self._failed("denied", self._denied(), callback.error)
        try:
            return await self._connect(request, callback.code)
        except ActivityError as error:
            return await self._failed(*self._explain(error))

    async def _connect(self, request: IntegrationInput, code: str) -> IntegrationResult:
        who = (request.workspace_id, request.user_id, request.platform)
        attempt = workflow.info().workflow_id
        access = await activity_call.run(HANDLE_OAUTH, HandleOAuthInput(*who, attempt, code), Access)
        discovery = await activity_call.run(DISCOVER_CAMPAIGN_FILES, DiscoverInput(*who, access), Discovery)
        stored = StoreIntegrationInput(*who, attempt, access, discovery.listing)
        await activity_call.run(STORE_INTEGRATION, stored, type(None))
        sync = StartSyncInput(request.workspace_id, request.user_id, [file.id for file in discovery.files])
        await activity_call.run(START_SYNC, sync, type(None))
        return IntegrationResult("connected", discovery.files)

    async def _failed(self, code: str, reason: str, platform_error: str | None = None) -> IntegrationResult:
        """Record the failure. That this may fail too, as for somebody who is no member, does not change the outcome."""
        request = self._request
        who = (request.workspace_id, request.user_id, request.platform, workflow.info().workflow_id)
        failure = IntegrationFailureInput(*who, code, reason, platform_error)
        try:
            reason = await activity_call.run(RECORD_INTEGRATION_FAILURE, failure, str)
        except ActivityError as error:
            workflow.logger.warning("The failed connection could not be recorded: %s", error.cause)
        return IntegrationResult("failed", [], reason)

    def _expired(self) -> str:
        return f"No answer came from {self._title} within 10 minutes. Press Connect to try again."

    def _denied(self) -> str:
        return f"Access to {self._title} was not given. Press Connect to try again."

    def _explain(self, error: ActivityError) -> tuple[str, str]:
        """Give code and sentence for a marketer. Failures that are final carry such a sentence themselves."""
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type in FINAL:
            return FINAL[cause.type], cause.message
        return "broken", (
            f"{self._title} did not answer as it should, several times in a row. "
            "Nothing was changed. Wait a few minutes and press Connect to try again."
        )


FINAL = {"ConsentRefused": "refused", "GrantLost": "refused", "VaultCannotOpen": "broken", "NoAccess": "no_access"}
"""Types of failure whose message is a sentence for people, with the code under which they are recorded."""
