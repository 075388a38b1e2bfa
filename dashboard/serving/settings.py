"""What the dashboard's process is told from outside."""

from functools import cache
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from streamlit.runtime.secrets import SecretsValue


class DashboardSettings(BaseSettings):
    """Environment variables MEDIA_PLANNER_SIGN_IN, MEDIA_PLANNER_COOKIE_SECRET and so on.

    `sign_in` is "oidc" unless told otherwise: nobody should become a demo user by a forgotten setting.
    """

    model_config = SettingsConfigDict(env_prefix="MEDIA_PLANNER_", extra="ignore")

    sign_in: Literal["demo", "oidc"] = "oidc"
    demo_user: str = "demo"
    cookie_secret: SecretStr | None = None
    """Signs the sign-in cookie and the link to Google's page. The same in every replica."""
    dashboard_url: str = "http://127.0.0.1:8501"
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_metadata_url: str | None = None
    temporal_ui_url: str | None = None
    """Shown to owners as the technical view."""

    def secrets(self) -> dict[str, SecretsValue]:
        """What Streamlit's own sign-in reads as `st.secrets["auth"]`."""
        if self.sign_in == "demo" or not (self.oidc_client_id and self.oidc_client_secret and self.oidc_metadata_url):
            return {}
        assert self.cookie_secret is not None, "MEDIA_PLANNER_COOKIE_SECRET is needed for sign-in with OIDC."
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
