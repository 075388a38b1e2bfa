"""What a person may set before `./dev up`; everything has a default."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from projections import setting_names
from worker.google_drive.consent import GoogleSettings, WebAddress
from worker.planning.language_model import LanguageModelSettings
from worker.trouble import Trouble, settings_told

ROOT = Path(__file__).resolve().parents[2]

DECIDED = frozenset({
    "COOKIE_SECRET",
    "DASHBOARD_URL",
    "DEMO_USER",
    "GOOGLE_SANDBOX_URL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_METADATA_URL",
    "PAYLOAD_KEY",
    "SIGN_IN",
    "VAULT_KEY",
    "VAULT_OLD_KEYS",
})  # fmt: skip
"""What the stack decides itself: its keys, its addresses, and that everybody is the demo user."""

OF_OWN_TEMPORAL = frozenset({"TEMPORAL_NAMESPACE", "TEMPORAL_TLS", "TEMPORAL_API_KEY", "TEMPORAL_UI_URL"})
OWN_SERVICES = OF_OWN_TEMPORAL | {"DATABASE_URL", "TEMPORAL_ADDRESS", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"}


class StackSettings(BaseSettings):
    """Environment variables MEDIA_PLANNER_STATE, MEDIA_PLANNER_DASHBOARD_PORT and so on.

    A database URL or a Temporal address of your own replaces the embedded server; a Google client id replaces the
    sandbox.
    """

    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_")

    state: Path = ROOT / ".state"
    dashboard_port: int | None = Field(default=None, ge=1, le=65535)
    database_url: SecretStr | None = None
    temporal_address: str | None = None
    temporal_namespace: str | None = None
    temporal_ui_url: WebAddress | None = None
    google_client_id: str | None = None


def of_up(environment: Iterable[str]) -> StackSettings:
    """Read what a person set, and check all of it before anything starts. Raises Trouble with one sentence."""
    names = list(environment)
    with settings_told():
        settings = StackSettings()
        _refuse(DECIDED, names, "./dev up decides {} itself: unset it and start again.")
        if settings.temporal_address is None:
            _refuse(OF_OWN_TEMPORAL, names, "{} is for a Temporal of your own: set MEDIA_PLANNER_TEMPORAL_ADDRESS too.")
        GoogleSettings(sandbox_url="http://127.0.0.1")
        LanguageModelSettings()
    return settings


def of_demo(state: Path, environment: Iterable[str]) -> StackSettings:
    """Give the settings of a throw-away stack, which must not touch what is a person's own. Raises Trouble."""
    with settings_told():
        _refuse(DECIDED | OWN_SERVICES, environment, "The demo brings services of its own: unset {} and start again.")
        LanguageModelSettings()
        return StackSettings(state=state, dashboard_port=None)


def _refuse(names: frozenset[str], environment: Iterable[str], sentence: str) -> None:
    found = [setting_names.PREFIX + name for name in setting_names.given(environment) if name in names]
    if found:
        raise Trouble(sentence.format(" and ".join(found)))
