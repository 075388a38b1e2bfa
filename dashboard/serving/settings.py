"""What the dashboard's process is told from outside."""

import sys
from functools import cache
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from streamlit.runtime.secrets import SecretsValue

from events.database import DatabaseSettings
from projections.start import CannotStart, settings_named
from worker.google_drive.consent import GoogleSettings, WebAddress
from worker.temporal_client import TemporalSettings


class DashboardSettings(BaseSettings):
    """Environment variables MEDIA_PLANNER_SIGN_IN, MEDIA_PLANNER_COOKIE_SECRET and so on.

    `sign_in` is "oidc" unless told otherwise: nobody should become a demo user by a forgotten setting.
    """

    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_", extra="ignore")

    sign_in: Literal["demo", "oidc"] = "oidc"
    demo_user: str = "demo"
    cookie_secret: SecretStr | None = None
    """Signs the sign-in cookie and the link to Google's page. The same in every replica."""
    dashboard_url: WebAddress = "http://127.0.0.1:8501"
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_metadata_url: WebAddress | None = None
    temporal_ui_url: WebAddress | None = None
    """Shown to owners as the technical view."""

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> Self:
        needed = ("oidc_client_id", "oidc_client_secret", "oidc_metadata_url", "cookie_secret")
        lacking = [f"MEDIA_PLANNER_{name.upper()}" for name in needed if getattr(self, name) is None]
        if self.sign_in == "oidc" and lacking:
            raise ValueError(f"Nobody could sign in: set {', '.join(lacking)}, as your OpenID Connect provider says.")
        return self

    def secrets(self) -> dict[str, SecretsValue]:
        """What Streamlit's own sign-in reads as `st.secrets["auth"]`."""
        if self.sign_in == "demo":
            return {}
        assert self.oidc_client_id is not None
        assert self.oidc_client_secret is not None
        assert self.oidc_metadata_url is not None
        assert self.cookie_secret is not None
        return {
            "auth": {
                "redirect_uri": f"{self.dashboard_url}/oauth2callback",
                "cookie_secret": self.cookie_secret.get_secret_value(),
                "client_id": self.oidc_client_id,
                "client_secret": self.oidc_client_secret.get_secret_value(),
                "server_metadata_url": self.oidc_metadata_url,
            }
        }


@cache
def settings() -> DashboardSettings:
    return DashboardSettings()


def require() -> None:
    """End the process with one sentence when a setting that it needs is misspelled, missing or wrong."""
    try:
        with settings_named():
            settings()
            DatabaseSettings()  # pyright: ignore[reportCallIssue] - filled from the environment
            TemporalSettings()  # pyright: ignore[reportCallIssue] - same
            GoogleSettings()
    except CannotStart as problem:
        sys.exit(str(problem))
