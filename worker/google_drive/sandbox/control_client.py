"""The verbs as Python methods, for tests and the demo."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import httpx

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


class SandboxControl:
    """Talks to a sandbox over HTTP. Use it as a context manager, or call `close`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def consent(
        self, authorization_url: str, account: str, *, scopes: Sequence[str] | None = None, allow: bool = True
    ) -> str:
        """Fill in the consent page. `scopes` are the ticked boxes, None ticks all. Returns the redirect address."""
        asked = str(httpx.URL(authorization_url).params.get("scope", "")).split()
        form = {
            "account": account,
            "scope": asked if scopes is None else list(scopes),
            "decision": "allow" if allow else "deny",
        }
        answer = self._http.post(authorization_url, data=form)
        if answer.status_code != httpx.codes.FOUND.value:
            raise ValueError(f"The consent page refused: {answer.text}")
        return answer.headers["location"]

    def faults(self, *rules: dict[str, Any]) -> None:
        """Add rules like `{"match": {"path": "/files"}, "times": 2, "do": {"status": 503, "retry_after": 7}}`."""
        self._do("faults", rules=list(rules))

    def clear_faults(self) -> None:
        self._do("clear_faults")

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """List the requests that came in, oldest first; with `path` only those whose path contains it."""
        answer = self._http.get("/__sandbox/requests").raise_for_status()
        return [noted for noted in answer.json() if path in noted["path"]]

    def clear_requests(self) -> None:
        self._do("clear_requests")

    def reset(self, *, empty: bool = False) -> None:
        self._do("reset", empty=empty)

    def expire_access_tokens(self, user: str | None = None) -> int:
        return int(self._do("expire_access_tokens", user=user))

    def revoke_grant(self, user: str) -> None:
        self._do("revoke_grant", user=user)

    def set_export_limit(self, size: int) -> None:
        self._do("settings", export_limit=size)

    def set_token_lifetime(self, seconds: int) -> None:
        self._do("settings", token_lifetime=seconds)

    def advance_clock(self, seconds: float) -> None:
        self._do("advance_clock", seconds=seconds)

    def files(self, user: str) -> list[dict[str, Any]]:
        return self._do("files", user=user)

    def add_file(
        self,
        user: str,
        name: str,
        data: bytes,
        mime_type: str,
        *,
        folder: str | None = None,
        drive: str | None = None,
        modified_at: datetime | None = None,
        shared_with: Sequence[str] = (),
    ) -> str:
        """Put bytes into a user's Drive, or into a shared drive. Returns the file's id."""
        return self._do(
            "add_file",
            user=user,
            name=name,
            mime_type=mime_type,
            data_base64=base64.b64encode(data).decode(),
            folder=folder,
            drive=drive,
            modified_at=modified_at.isoformat() if modified_at else None,
            shared_with=list(shared_with),
        )["id"]

    def add_sheet(
        self,
        user: str,
        name: str,
        tabs: dict[str, list[list[Any]]],
        *,
        folder: str | None = None,
        drive: str | None = None,
        modified_at: datetime | None = None,
        shared_with: Sequence[str] = (),
    ) -> str:
        """Make a native Google Sheet from rows of JSON values. Returns the file's id."""
        return self._do(
            "add_file",
            user=user,
            name=name,
            mime_type=SPREADSHEET,
            tabs=tabs,
            folder=folder,
            drive=drive,
            modified_at=modified_at.isoformat() if modified_at else None,
            shared_with=list(shared_with),
        )["id"]

    def replace_content(self, file_id: str, data: bytes) -> None:
        self._do("change_file", file_id=file_id, data_base64=base64.b64encode(data).decode())

    def replace_tabs(self, file_id: str, tabs: dict[str, list[list[Any]]]) -> None:
        self._do("change_file", file_id=file_id, tabs=tabs)

    def change_file(self, file_id: str, **changes: Any) -> None:
        """Change `name`, `trashed`, `locale`, `download_forbidden`, `share_with` or `unshare_with`."""
        self._do("change_file", file_id=file_id, **changes)

    def trash(self, file_id: str, *, trashed: bool = True) -> None:
        self._do("change_file", file_id=file_id, trashed=trashed)

    def delete_file(self, file_id: str) -> None:
        self._do("delete_file", file_id=file_id)

    def edit_cell(self, file_id: str, cell: str, value: str, *, tab: str | None = None) -> None:
        """Type a value into one cell, "C5", of a sheet, an XLSX or a CSV file."""
        self._do("edit_cell", file_id=file_id, cell=cell, value=value, tab=tab)

    def _do(self, verb: str, **fields: Any) -> Any:
        answer = self._http.post(f"/__sandbox/{verb}", json=fields)
        if answer.status_code != httpx.codes.OK.value:
            raise ValueError(f"The sandbox refused {verb}: {answer.json().get('error')}")
        return answer.json()
