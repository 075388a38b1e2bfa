"""The one way to a Temporal client: same address and encryption for worker, dashboard, commands and tests."""

import os
import sys
from typing import NoReturn

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.client import Client

from worker.payloads import Keyring, converter


class TemporalSettings(BaseSettings):
    """Environment variables MEDIA_PLANNER_TEMPORAL_ADDRESS, ..._TEMPORAL_NAMESPACE, ..._PAYLOAD_KEY and so on.

    `payload_key` holds base64 keys of 32 bytes, separated by commas: the first encrypts, the others only decrypt.
    `api_key` is for Temporal Cloud and switches TLS on.
    """

    model_config = SettingsConfigDict(
        env_prefix="MEDIA_PLANNER_TEMPORAL_",
        title="MEDIA_PLANNER_TEMPORAL_",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    address: str = "127.0.0.1:7233"
    namespace: str = "default"
    tls: bool = False
    api_key: SecretStr | None = None
    payload_key: SecretStr = Field(validation_alias="MEDIA_PLANNER_PAYLOAD_KEY")

    @field_validator("payload_key")
    @classmethod
    def _is_a_keyring(cls, value: SecretStr) -> SecretStr:
        Keyring.parse(value.get_secret_value())
        return value


class TemporalUnreachable(Exception):
    """Nothing answers at Temporal's address."""


async def connect(settings: TemporalSettings) -> Client:
    """Connect, or raise TemporalUnreachable with a sentence."""
    api_key = settings.api_key
    try:
        return await Client.connect(
            settings.address,
            namespace=settings.namespace,
            data_converter=converter(Keyring.parse(settings.payload_key.get_secret_value())),
            tls=settings.tls or api_key is not None,
            api_key=api_key.get_secret_value() if api_key else None,
        )
    except RuntimeError as error:
        raise TemporalUnreachable(
            f"Temporal does not answer at {settings.address}. Start it, or check MEDIA_PLANNER_TEMPORAL_ADDRESS."
        ) from error


def leave(code: int) -> NoReturn:
    """End a process that used a client: Python's own teardown can abort in the client's threads after all work."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
