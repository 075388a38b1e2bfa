"""What a person may set before `./dev up`; everything has a default."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class StackSettings(BaseSettings):
    """Environment variables MEDIA_PLANNER_STATE, MEDIA_PLANNER_DASHBOARD_PORT and so on.

    A database URL or a Temporal address of your own replaces the embedded server; a Google client id replaces the
    sandbox.
    """

    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_")

    state: Path = ROOT / ".state"
    dashboard_port: int | None = None
    database_url: SecretStr | None = None
    temporal_address: str | None = None
    google_client_id: str | None = None
