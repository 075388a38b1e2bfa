"""The way to Google's consent page and back: settings, the page's address, and the one-time state. Holds no tokens.

A flow is written down before the browser leaves, so that any process can take the answer, once, within ten minutes,
and only for the person who began.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Any, NamedTuple, Self
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import Connection

DRIVE_READONLY = "https://www.googleapis.com/auth/drive.readonly"
SCOPES = (DRIVE_READONLY,)
"""It covers listing, changes, downloads, exports, Sheets values and whose Drive it is. With a single scope Google's
page has no box that could be left unticked."""

CALLBACK_PATH = "/connect/google/callback"
VALID_FOR = timedelta(minutes=10)

_SANDBOX_CLIENT_ID = "media-planner.apps.sandbox.example"
_SANDBOX_CLIENT_SECRET = "known-to-everyone"  # noqa: S105 - the sandbox prints it on its front page
_KEPT_FOR = timedelta(days=1)


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write it as browsers do, for example https://planner.example.com.")
    return text.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""A setting that holds the address of a site; without a slash at its end."""


class GoogleSettings(BaseSettings):
    """Which Google to talk to: the real one when a client id is set, otherwise the sandbox."""

    model_config = SettingsConfigDict(
        env_prefix="MEDIA_PLANNER_GOOGLE_", title="MEDIA_PLANNER_GOOGLE_", populate_by_name=True, extra="ignore"
    )

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    sandbox_url: str = ""
    dashboard_url: WebAddress = Field(default="http://127.0.0.1:8501", validation_alias="MEDIA_PLANNER_DASHBOARD_URL")
    timeout_seconds: float = Field(default=50.0, gt=0)
    """Of one request; exports of large sheets take their time."""
    max_file_bytes: int = Field(default=200 * 1024 * 1024, gt=0)
    """Larger files are refused with a sentence."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.client_id and not self.client_secret.get_secret_value():
            raise ValueError(
                "MEDIA_PLANNER_GOOGLE_CLIENT_ID is set but MEDIA_PLANNER_GOOGLE_CLIENT_SECRET is not. "
                "Copy the secret of the same OAuth client from the Google Cloud console."
            )
        if self.client_secret.get_secret_value() and not self.client_id:
            raise ValueError(
                "MEDIA_PLANNER_GOOGLE_CLIENT_SECRET is set but MEDIA_PLANNER_GOOGLE_CLIENT_ID is not. "
                "Copy the id of the same OAuth client from the Google Cloud console."
            )
        if not self.client_id and not self.sandbox_url:
            raise ValueError(
                "There is no Google to talk to. Set MEDIA_PLANNER_GOOGLE_CLIENT_ID and "
                "MEDIA_PLANNER_GOOGLE_CLIENT_SECRET, or MEDIA_PLANNER_GOOGLE_SANDBOX_URL."
            )
        if not self.client_id and not _safe(self.sandbox_url):
            raise ValueError(
                f"The sandbox at {self.sandbox_url} would send access over the network in the open. "
                "Run it on this machine (127.0.0.1) or behind https."
            )
        return self

    @property
    def sandboxed(self) -> bool:
        return not self.client_id

    @property
    def redirect_uri(self) -> str:
        return self.dashboard_url + CALLBACK_PATH


@dataclass(frozen=True)
class Endpoints:
    authorize: str
    token: str
    revoke: str
    drive_root: str
    sheets_root: str


def endpoints(settings: GoogleSettings) -> Endpoints:
    """Where to send people and requests."""
    if settings.sandboxed:
        root = settings.sandbox_url.rstrip("/")
        return Endpoints(f"{root}/o/oauth2/v2/auth", f"{root}/token", f"{root}/revoke", f"{root}/", f"{root}/")
    return Endpoints(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        revoke="https://oauth2.googleapis.com/revoke",
        drive_root="https://www.googleapis.com/",
        sheets_root="https://sheets.googleapis.com/",
    )


def flow(settings: GoogleSettings, *, state: str | None = None, verifier: str | None = None) -> Any:
    """Make the google_auth_oauthlib Flow for the configured Google."""
    from google_auth_oauthlib.flow import Flow

    places = endpoints(settings)
    if urlsplit(places.token).scheme == "http":  # settings allow that on this machine only
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # noqa: TID251 - oauthlib offers no other switch
    client = {
        "client_id": settings.client_id or _SANDBOX_CLIENT_ID,
        "client_secret": settings.client_secret.get_secret_value() or _SANDBOX_CLIENT_SECRET,
        "auth_uri": places.authorize,
        "token_uri": places.token,
    }
    return Flow.from_client_config(
        {"web": client},
        scopes=list(SCOPES),
        redirect_uri=settings.redirect_uri,
        state=state,
        code_verifier=verifier,
        autogenerate_code_verifier=False,
    )


class ClaimedFlow(NamedTuple):
    workspace: str
    user: str
    attempt: str
    """Workflow id of the attempt that waits for the answer."""
    next_page: str


def create_tables(connection: Connection) -> None:
    """Make the table of flows; does nothing when it is there."""
    connection.exec_driver_sql(
        """
        CREATE TABLE IF NOT EXISTS consent_flow (
            workspace  text NOT NULL,
            attempt    text NOT NULL,
            state_hash text NOT NULL UNIQUE,
            user_id    text NOT NULL,
            verifier   text NOT NULL,
            next_page  text NOT NULL,
            created_at timestamptz NOT NULL,
            used_at    timestamptz,
            PRIMARY KEY (workspace, attempt)
        )
        """
    )


def begin(
    connection: Connection,
    settings: GoogleSettings,
    *,
    workspace: str,
    user: str,
    attempt: str,
    next_page: str,
    now: datetime,
) -> str:
    """Write a flow down and give the consent page's address. Beginning an attempt again replaces its old flow."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(72)
    connection.execute(sa.text("DELETE FROM consent_flow WHERE created_at < :old"), {"old": now - _KEPT_FOR})
    connection.execute(
        sa.text(
            "INSERT INTO consent_flow (workspace, attempt, state_hash, user_id, verifier, next_page, created_at)"
            " VALUES (:workspace, :attempt, :state_hash, :user_id, :verifier, :next_page, :created_at)"
            " ON CONFLICT (workspace, attempt) DO UPDATE SET state_hash = excluded.state_hash,"
            " user_id = excluded.user_id, verifier = excluded.verifier, next_page = excluded.next_page,"
            " created_at = excluded.created_at, used_at = NULL"
        ),
        {
            "workspace": workspace,
            "attempt": attempt,
            "state_hash": _hash(state),
            "user_id": user,
            "verifier": verifier,
            "next_page": next_page,
            "created_at": now,
        },
    )
    # Google hands out a lasting grant only when it asks again: a stored one may have been erased here.
    address, _ = flow(settings, state=state, verifier=verifier).authorization_url(
        access_type="offline", prompt="consent"
    )
    return str(address)


def claim(connection: Connection, *, state: str, user: str, now: datetime) -> ClaimedFlow | None:
    """Take the flow that a callback belongs to. None when it is unknown, used, too old or someone else's."""
    row = connection.execute(
        sa.text(
            "UPDATE consent_flow SET used_at = :now WHERE state_hash = :state_hash AND user_id = :user_id"
            " AND used_at IS NULL AND created_at > :oldest RETURNING workspace, user_id, attempt, next_page"
        ),
        {"now": now, "state_hash": _hash(state), "user_id": user, "oldest": now - VALID_FOR},
    ).one_or_none()
    return None if row is None else ClaimedFlow(*row)


def verifier(connection: Connection, *, workspace: str, attempt: str) -> str:
    """Give the PKCE verifier of an attempt, for the exchange of its code. Raises LookupError when there is none."""
    found = connection.execute(
        sa.text("SELECT verifier FROM consent_flow WHERE workspace = :workspace AND attempt = :attempt"),
        {"workspace": workspace, "attempt": attempt},
    ).scalar_one_or_none()
    if found is None:
        raise LookupError(f"No consent was asked for in attempt {attempt}")
    return str(found)


class Refusal(NamedTuple):
    """Why no access was given. `code` as in IntegrationFailed; `reason` is a sentence for a marketer."""

    code: str
    reason: str


_DENIED = Refusal(
    "denied",
    "Access to Google Drive was not allowed on Google's page, so nothing was connected. "
    "Connect again and choose Allow when you are ready.",
)
_BY_ADMINISTRATOR = Refusal(
    "refused",
    "The administrator of this Google account does not let it connect to Media Planner. "
    "Ask them to allow the app, or connect with another account.",
)
_SET_UP_WRONG = Refusal(
    "broken",
    "Google did not accept this installation's sign-in settings. Ask whoever runs Media Planner to compare the "
    "client id and redirect address with the Google Cloud console.",
)
_REFUSALS: Mapping[str, Refusal] = {
    "access_denied": _DENIED,
    "admin_policy_enforced": _BY_ADMINISTRATOR,
    "org_internal": _BY_ADMINISTRATOR,
    "invalid_client": _SET_UP_WRONG,
    "unauthorized_client": _SET_UP_WRONG,
    "deleted_client": _SET_UP_WRONG,
    "redirect_uri_mismatch": _SET_UP_WRONG,
    "invalid_scope": _SET_UP_WRONG,
    "invalid_request": _SET_UP_WRONG,
}


def explain(error: str) -> Refusal:
    """Put the error of a callback into words."""
    unknown = Refusal("broken", "Google ended the sign-in without giving access. Wait a minute and connect again.")
    return _REFUSALS.get(error, unknown)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _safe(url: str) -> bool:
    """Tell whether tokens may travel to this address: encrypted, or not leaving the machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
