"""Where the browser is, and how to start it: headless, without sandbox for root, without calls home."""

import os
import shutil
from pathlib import Path

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


def find() -> Path | None:
    candidates = [os.environ.get("MEDIA_PLANNER_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    return Path(found) if found else None
