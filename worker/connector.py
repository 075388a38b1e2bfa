"""How a workspace gets to a platform. Google Drive is the first; the next one is one more folder and one more line."""

from typing import NamedTuple, Protocol

from worker.platform import FilePlatform
from worker.vault import Tokens


class Refusal(NamedTuple):
    """Why no access was given. `code` as in IntegrationFailed; `reason` is a sentence for a marketer."""

    code: str
    reason: str


class Connector(Protocol):
    def exchange(self, workspace: str, attempt: str, code: str) -> Tokens:
        """Trade the one-time code of an attempt for tokens. Raises ConsentRefused; a code works only once."""
        ...

    def open(self, workspace: str, handle: str) -> FilePlatform:
        """Open the platform behind a vault handle. Raises GrantLost or VaultCannotOpen."""
        ...

    def give_back(self, workspace: str) -> None:
        """End every grant that is kept for a workspace, at the platform and here. Doing it again is fine."""
        ...

    def explain(self, error: str) -> Refusal:
        """Put the error of a callback into words."""
        ...
