"""Every setting there is. A misspelled one would be passed over in silence; by this list it is told."""

import difflib
from collections.abc import Iterable

PREFIX = "MEDIA_PLANNER_"

NAMES = frozenset({
    "COOKIE_SECRET",
    "DASHBOARD_PORT",
    "DASHBOARD_URL",
    "DATABASE_URL",
    "DEMO_USER",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "GOOGLE_MAX_FILE_BYTES",
    "GOOGLE_SANDBOX_URL",
    "GOOGLE_TIMEOUT_SECONDS",
    "LLM",
    "LLM_API_KEY",
    "LLM_BASE_URL",
    "LLM_SECONDS",
    "LLM_TOKENS",
    "LLM_TRIES",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_METADATA_URL",
    "PAYLOAD_KEY",
    "SIGN_IN",
    "STATE",
    "TEMPORAL_ADDRESS",
    "TEMPORAL_API_KEY",
    "TEMPORAL_NAMESPACE",
    "TEMPORAL_TLS",
    "TEMPORAL_UI_URL",
    "VAULT_KEY",
    "VAULT_OLD_KEYS",
})  # fmt: skip

OF_DEVELOPMENT = ("BENCH_", "CHROMIUM", "FUZZ", "MERIDIAN_PYTHON", "PYMC_PYTHON", "PYTHON", "TEST_")
"""How such names begin that `./dev`, the tests and the benches read."""


def given(environment: Iterable[str]) -> list[str]:
    """Names of our settings in an environment, without the prefix, in order. Those of development are left out."""
    ours = (name.upper().removeprefix(PREFIX) for name in environment if name.upper().startswith(PREFIX))
    return sorted(name for name in ours if not name.startswith(OF_DEVELOPMENT))


def misspelled(environment: Iterable[str]) -> str | None:
    """Give the sentence for a name that is no setting; None when every name is one."""
    name = next((name for name in given(environment) if name not in NAMES), None)
    if name is None:
        return None
    near = difflib.get_close_matches(name, NAMES, n=1)
    meant = f"Did you mean {PREFIX}{near[0]}? " if near else ""
    return f"There is no setting {PREFIX}{name}. {meant}Correct or unset it and start again."
