"""The secrets of an embedded installation: made once, kept in one file that only its owner can read."""

import base64
import json
import secrets
from pathlib import Path

from worker.trouble import Trouble

NAMES = ("payload_key", "vault_key", "cookie_secret")


def load_or_make(file: Path, *, state_is_new: bool) -> dict[str, str]:
    """Keys by name: 32 random bytes each, base64.

    Never makes new keys beside old state: what the old keys sealed could then never be opened again.
    """
    if file.exists():
        return _load(file)
    if not state_is_new:
        raise Trouble(
            f"The key file {file} is missing, and without it the stored access to Google Drive cannot be opened. "
            "Put the file back from a backup, or run ./dev up --fresh to start over."
        )
    keys = {name: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in NAMES}
    file.parent.mkdir(parents=True, exist_ok=True)
    half_made = file.with_suffix(".new")
    half_made.touch(mode=0o600)
    half_made.write_text(json.dumps(keys))
    half_made.rename(file)
    return keys


def _load(file: Path) -> dict[str, str]:
    try:
        keys = json.loads(file.read_text())
        return {name: str(keys[name]) for name in NAMES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Trouble(
            f"The key file {file} is damaged. Put it back from a backup, or run ./dev up --fresh to start over."
        ) from error
